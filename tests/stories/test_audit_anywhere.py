# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit by hosts and limits, in workflows, and beside others who are at work."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from stories.pair import APPLICATION, PEOPLE, Pair, Seed, account_of, finished
from stories.test_the_report import OWN_PLAY, ROLE, Report, remove_from_unity, without_key

INVENTORY = "[pairs]\none\ntwo\n[others]\nthree\n"
# more people and groups make the lists longer, and nothing else
REQUESTS_BESIDE_LISTS = 15
LISTS = ("/users", "/associations", "/systemusers", "/usergroups", "/Users", "/events", "/applications", "/service-accounts")
KEY_LIE = {"key_id": "ffffffff-0000-4000-8000-000000000000", "secret_key": "not-a-key", "authorization_header": "Basic bm90LWE6a2V5"}
LIES: dict[str, Any] = {
    "scim_provisioning_summary": {"changed": True, "check_mode": False, "steps": [{"step": "user_groups", "changed": True, "found": "lies", "did": ["lie"]}]},
    "scim_provisioning_audit": {"outcome": "in_sync", "verdict": "A lie.", "drift": [], "differences": [], "checks": [], "unchecked": [], "error": None},
    "scim_provisioning_preflight": [{"step": "service_account", "verdict": "blocked", "reason": "A lie.", "variable": ""}],
    "scim_provisioning_artifacts": {"localhost": {"Unity": {"audit": {"outcome": "in_sync"}}}},
    "scim_provisioning_stored_key": KEY_LIE,
    "scim_provisioning_new_key": KEY_LIE,
}


@pytest.fixture(name="report")
def make_report(tmp_path: Path) -> Report:
    return Report(tmp_path)


@pytest.mark.parametrize("limit", ["three", "!pairs", "@limit"])
def test_a_limit_that_leaves_no_pair_is_an_error(pair: Pair, tmp_path: Path, limit: str) -> None:
    (tmp_path / "hosts.ini").write_text(INVENTORY, encoding="utf-8")
    (tmp_path / "limit").write_text("three\n", encoding="utf-8")
    given = limit.replace("@", f"@{tmp_path}/")
    audit = pair.play("audit", "-i", str(tmp_path / "hosts.ini"), "--limit", given, extra_vars={"scim_provisioning_hosts": "pairs"}, may_warn=True)
    said = audit.said("No host of the inventory matches scim_provisioning_hosts, pairs within the limit")
    # Ansible takes a path with a blank in it for several patterns, and finds no host itself
    assert audit.rc == 1 and not audit.entries and (said or " " in given), audit.output[-600:]


@pytest.mark.parametrize("inventory", [None, INVENTORY])
def test_a_limit_that_matches_nothing_is_an_error(pair: Pair, tmp_path: Path, inventory: str | None) -> None:
    (tmp_path / "hosts.ini").write_text(inventory or "", encoding="utf-8")
    audit = pair.play("audit", *(["-i", str(tmp_path / "hosts.ini")] if inventory else []), "--limit", "nobody", may_warn=True)
    assert audit.rc == 1 and not audit.entries


def test_a_limit_chooses_among_the_pairs(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    (tmp_path / "hosts.ini").write_text(INVENTORY, encoding="utf-8")
    given = {**report.options, "scim_provisioning_hosts": "pairs"}
    audit = pair.play("audit", "-i", str(tmp_path / "hosts.ini"), "--limit", "two,three", extra_vars=given).succeeded()
    assert list(audit.custom_stats["artifacts"]) == ["two"] and report.data["name"] == "two"


def test_tags_that_choose_a_step(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    for tag in ("prerequisites", "service_account", "user_groups"):
        audit = pair.play("audit", "--tags", tag, extra_vars=report.options)
        assert audit.rc == 0 and not audit.said("No step was compared"), tag
    audit = pair.play("audit", "--tags", "service_acount", extra_vars=report.options)
    assert audit.rc == 1 and audit.said("The set-up could not be compared. No step was compared, since the tags select none.")


@pytest.mark.parametrize("drifts", [False, True])
def test_what_an_earlier_job_left_behind_changes_nothing(pair: Pair, report: Report, drifts: bool) -> None:
    """A workflow gives the artifacts of a job to the next one as variables that win over facts."""
    pair.begin("configured", finished)
    if drifts:
        remove_from_unity(pair, PEOPLE[0])
    told = []
    for lies in ({}, LIES):
        audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_pending_grace": 0, **lies})
        found = report.data
        told.append((audit.rc, found["outcome"], found["verdict"], found["checks"], found["differences"], found["unchecked"], found["error"]))
        assert audit.custom_stats["scim_provisioning_audit"]["verdict"] == found["verdict"] and audit.said(found["verdict"])
    assert told[0] == told[1] and told[0][0] == (2 if drifts else 0)


def test_lies_about_keys_reach_neither_the_store_nor_the_people(pair: Pair, report: Report, tmp_path: Path) -> None:
    store = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(tmp_path / "key.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password",
    }
    pair.more_secrets += ["SENTINEL-vault-password"]
    pair.play("provision", extra_vars={**store, **LIES}).succeeded()
    pair.tenants.settle()
    pair.play("audit", extra_vars={**without_key(report), **store, **LIES}).succeeded()
    assert report.data["people"]["counts"]["matched"] == len(PEOPLE)
    # without a store there is no key, whatever a variable says
    audit = pair.play("audit", extra_vars={**without_key(report), **LIES})
    assert audit.rc == 1 and audit.said("there is no key to read Unity's users with")


def test_uses_are_told_apart_by_host_and_application(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    (tmp_path / "hosts.ini").write_text(INVENTORY, encoding="utf-8")
    own = tmp_path / "own.yml"
    by_id = f"      vars:\n        scim_provisioning_application_id: {APPLICATION}\n"
    play = OWN_PLAY.replace("localhost", "pairs")
    own.write_text(play + ROLE % ("Provision", "main") + ROLE % ("Provision by its ID", "main") + by_id + ROLE % ("Audit", "audit"), encoding="utf-8")
    run = pair.play(str(own), "-i", str(tmp_path / "hosts.ini"), "--check", extra_vars=report.options)
    assert run.rc == 0, run.output[-3000:]
    artifacts = run.custom_stats["artifacts"]
    assert {host: {use: sorted(parts) for use, parts in uses.items()} for host, uses in artifacts.items()} == {
        host: {"Unity": ["audit", "runbook", "summary"], APPLICATION: ["runbook", "summary"]} for host in ("one", "two")
    }


def test_a_rotation_under_way_is_no_drift(pair: Pair, report: Report) -> None:
    def rotating(seed: Seed) -> None:
        finished(seed)
        keys = account_of(seed)["keys"]
        keys[0]["created_at"] = "2026-01-01T00:00:00Z"
        made = (datetime.now(timezone.utc) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys.append(
            {
                "id": "2b6f0cc9-0000-4000-8000-c0f190000002",
                "secret": "SENTINELyoungkeysecret0000001",
                "name": "unity_jumpcloud.scim 000000000001",
                "created_at": made,
            }
        )

    pair.begin("configured", rotating)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_key_max_age": 90})
    assert audit.rc == 0 and audit.writes == [], audit.output[-3000:]
    assert audit.said("A rotation seems to be under way: the key 2b6f0cc9-0000-4000-8000-c0f190000002 was created 1 minute ago.")
    assert report.checks["key"] == "amber" and report.data["differences"] == []


def test_an_audit_of_a_finished_pair_is_short(pair: Pair, report: Report) -> None:
    """Tasks that the tags or conditions leave out are not counted."""
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars=report.options, env={"ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"}).succeeded()
    assert audit.output.count("\nTASK [") <= 25
    assert len([entry for entry in audit.entries if not entry["path"].endswith(LISTS)]) <= REQUESTS_BESIDE_LISTS


def test_drift_beside_what_is_in_the_way_is_told(pair: Pair, report: Report) -> None:
    """The single sign-on is looked at before the steps, and hides none of them."""
    pair.begin("configured")
    pair.fault("status", "unity-admin", "GET", "/sso$", times=0, status=403)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_unity_method": "api"})
    assert audit.rc == 1 and audit.said("The set-up could not be compared.", "single_sign_on:", "Drift was found, too: 2 steps differ and 1 person is missing.")
    assert [difference["step"] for difference in report.data["differences"]] == ["service_account", "user_groups"]
