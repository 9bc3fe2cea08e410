# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three pairs of tenants in one audit, and one overview of them: one in sync, one that drifted, and one that can't be audited."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stories.pair import GROUPS, PEOPLE, Pair, Run, Seed, account_of, application_of, finished, unity_of
from stories.test_the_report import SCHEMA as REPORT_SCHEMA

SCHEMA = json.loads((REPORT_SCHEMA.parent / "fleet_report.schema.json").read_text(encoding="utf-8"))
WORKS, DRIFTS, FAILS = "acme", "borealis", "corona"
REFUSED_KEY = "SENTINEL-key-of-another-day"


class Fleet:
    """The pairs, made of the seed `configured`, each with ids and credentials of its own, and what an audit of them leaves behind."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.folder = folder
        self.reports = folder / "reports"
        self.inventory = folder / "hosts.json"
        self.hosts: dict[str, dict[str, Any]] = {}
        pair.begin("configured", self._as_three)
        # the inventory's variables are no part of the reports
        self.inventory.write_text(json.dumps({"pairs": {"hosts": self.hosts}}), encoding="utf-8")
        pair.more_secrets += [REFUSED_KEY]

    def _as_three(self, seed: Seed) -> None:
        finished(seed)
        one = json.dumps(seed)
        parts = ("organizations", "api_keys", "applications", "users", "groups")
        seed["unity"]["organizations"], seed["jumpcloud"] = [], {part: [] for part in parts}
        for number, name in enumerate((WORKS, DRIFTS, FAILS), start=1):
            made = self._another(one, number, name)
            seed["unity"]["organizations"] += made["unity"]["organizations"]
            for part in parts:
                seed["jumpcloud"][part] += made["jumpcloud"][part]

    def _another(self, one: str, number: int, name: str) -> Seed:
        """The seed with other ids and credentials. Groups and people are called alike in all pairs, so their ids stand for them."""
        for fixed in ("12345678901234", "444455556666", "acc000000001", "c0f190000001", "configuredkeysecret8a2f0", "4e5f6071829301", "api-key-91c2"):
            one = one.replace(fixed, fixed[:-1] + str(number))
        for kind in "abc":
            one = one.replace(f"64{kind}{kind}0000", f"64{kind}{kind}{number:04d}")
        made = json.loads(one)
        key, home, tenant = account_of(made)["keys"][0], made["jumpcloud"]["organizations"][0], made["jumpcloud"]
        unity_of(made)["name"] = home["name"] = name
        application_of(made)["provision"]["headerValue"] = "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
        ids = {**{group["name"]: group["id"] for group in tenant["groups"]}, **{person["email"]: person["id"] for person in tenant["users"]}}
        for group in tenant["groups"]:
            group["members"] = [ids[email] for email in group["members"]]
        application_of(made)["bindings"] = [{"type": "user_group", "id": ids[group]} for group in (GROUPS[:1] if name == DRIFTS else GROUPS)]
        for entry in (*tenant["applications"], *tenant["users"], *tenant["groups"]):
            entry["organization"] = home["id"]
        self.hosts[name] = {
            "scim_provisioning_unity_organization_id": unity_of(made)["genesis_id"],
            "scim_provisioning_jumpcloud_api_key": REFUSED_KEY if name == FAILS else tenant["api_keys"][0]["key"],
            "scim_provisioning_audit_key_id": key["id"],
            "scim_provisioning_audit_secret_key": key["secret"],
        }
        return made

    def audit(self, *arguments: str, **given: Any) -> Run:
        where = {"scim_provisioning_report": f"{self.reports}/", "scim_provisioning_report_history": f"{self.reports}/"}
        variables = {"scim_provisioning_hosts": "pairs", **where, **given.pop("extra_vars", {})}
        return self.pair.play("audit", "-i", str(self.inventory), *arguments, extra_vars=variables, **given)

    def overview(self, path: Path | None = None) -> dict[str, Any]:
        found = json.loads((path or self.reports / "overview.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(found)
        return found

    def outcomes(self, path: Path | None = None) -> dict[str, str]:
        return {row["name"]: row["outcome"] for row in self.overview(path)["pairs"]}


@pytest.fixture(name="fleet")
def make_fleet(pair: Pair, tmp_path: Path) -> Fleet:
    return Fleet(pair, tmp_path)


ALL = {FAILS: "error", DRIFTS: "drift", WORKS: "in_sync"}


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_one_audit_of_three_pairs(fleet: Fleet, strategy: str) -> None:
    audit = fleet.audit(env={"ANSIBLE_STRATEGY": strategy})
    assert audit.rc == 1 and audit.writes == [] and audit.said(f"{FAILS}: ", "HTTP 401", "Of 3 pairs, 1 is unchecked, 1 differs and 1 is in sync.")
    assert f"{WORKS}: In sync" not in audit.output.splitlines()[-1]
    assert list(fleet.outcomes().items()) == list(ALL.items()), "the worst first"
    pairs = {row["name"]: row for row in fleet.overview()["pairs"]}
    assert pairs[DRIFTS]["summary"].startswith("1 step differs") and pairs[WORKS]["counts"]["missing"] == 0
    assert [pairs[name]["report"] for name in ALL] == [f"{name}.html" for name in ALL]
    names = sorted(path.name for path in fleet.reports.iterdir())
    own = [f"{name}.{ending}" for name in ALL for ending in ("csv", "history", "html", "json", "junit.xml", "md", "prom")]
    assert names == sorted([*own, "overview.html", "overview.json", "overview.md"])
    # node_exporter is another user, and reads metrics that name nobody
    assert {oct(path.stat().st_mode & 0o777) for path in fleet.reports.iterdir() if path.suffix != ".prom"} == {"0o600"}
    texts = {str(path): path.read_text(encoding="utf-8") for path in fleet.reports.iterdir()}
    fleet.pair.require_no_secret(texts)
    overviews = "".join(text for path, text in texts.items() if "overview" in path)
    assert all(f'href="{name}.html"' in overviews for name in ALL) and not [person for person in PEOPLE if person in overviews]
    assert not [person for person in PEOPLE if person in audit.output]


def test_what_one_exit_status_says_of_several_pairs(fleet: Fleet) -> None:
    two = fleet.audit("--limit", f"{WORKS},{DRIFTS}")
    assert two.rc == 2 and fleet.outcomes() == {DRIFTS: "drift", WORKS: "in_sync"}
    one = fleet.audit("--limit", WORKS, extra_vars={"scim_provisioning_report": f"{fleet.folder}/alone/"})
    assert one.rc == 0 and not (fleet.folder / "alone" / "overview.json").exists(), "one pair needs no overview"
    again = fleet.audit("--limit", f"{WORKS},{DRIFTS}", extra_vars={"scim_provisioning_overview": f"{fleet.folder}/pages/all"})
    assert again.rc == 2 and len(fleet.overview(fleet.folder / "pages" / "all.json")["pairs"][0]["trend"]) == 2
    assert '"report": "../reports/' in (fleet.folder / "pages" / "all.json").read_text(encoding="utf-8")


def test_one_file_for_all_reports_is_an_error(fleet: Fleet) -> None:
    audit = fleet.audit("--limit", f"{WORKS},{DRIFTS}", extra_vars={"scim_provisioning_report": f"{fleet.folder}/report"})
    assert audit.rc == 1 and audit.said("The overview could not be written.", "write the same report", "End scim_provisioning_report with a slash")


def test_reports_of_several_jobs_are_brought_together(fleet: Fleet) -> None:
    """As slices of a job leave them, or pipelines: each has audited its own pairs."""
    for name in ALL:
        fleet.audit("--limit", name)
    (fleet.reports / "damaged.json").write_text('{"report_version": 1,', encoding="utf-8")
    given = {"scim_provisioning_reports": str(fleet.reports), "scim_provisioning_overview": f"{fleet.folder}/all/"}
    where = fleet.folder / "all" / "overview.json"
    would = fleet.pair.play("fleet_report", check=True, extra_vars=given)
    assert would.rc == 1 and would.said("Would be written: ") and not where.exists()
    run = fleet.pair.play("fleet_report", extra_vars=given)
    assert run.rc == 1 and run.entries == [] and run.said("Of 4 pairs, 1 was not audited, 1 is unchecked, 1 differs and 1 is in sync.", "damaged.json")
    assert list(fleet.outcomes(where).items()) == [("damaged", "not_audited"), *ALL.items()]
    (fleet.reports / "damaged.json").unlink()
    (fleet.reports / f"{FAILS}.json").unlink()
    assert fleet.pair.play("fleet_report", extra_vars=given).rc == 2
    seen = {path: path.stat().st_ino for path in where.parent.iterdir()}
    fleet.pair.play("fleet_report", extra_vars=given)
    assert {path: path.stat().st_ino for path in where.parent.iterdir()} == seen, "the same reports make the same overview"
    old = fleet.pair.play("fleet_report", extra_vars={**given, "scim_provisioning_reports_max_age": 0.0001})
    assert old.rc == 1 and old.said("Of 2 pairs, 2 were not audited.", "more than 0.0001 hours old")
    assert fleet.pair.play("fleet_report", extra_vars={**given, "scim_provisioning_reports_max_age": "12"}).rc == 2
    assert fleet.pair.play("fleet_report", extra_vars={**given, "scim_provisioning_reports_max_age": ""}).rc == 2
    never = fleet.pair.play("fleet_report", extra_vars={**given, "scim_provisioning_reports_max_age": 0})
    assert never.rc == 1 and never.said("max_age (scim_provisioning_reports_max_age) must be above 0, not 0.0.")
    absent = fleet.pair.play("fleet_report", extra_vars={"scim_provisioning_reports": [str(fleet.reports), f"{fleet.folder}/none/*/audit.json"]})
    assert absent.rc == 1 and absent.said("NOT AUDITED: none/*/audit.json: No report", "Of 3 pairs, 1 was not audited, 1 differs and 1 is in sync.")
    in_sync = fleet.pair.play("fleet_report", extra_vars={"scim_provisioning_reports": [f"{fleet.reports}/{WORKS}.json"]})
    assert in_sync.rc == 0 and in_sync.said("The one pair is in sync.")


def test_nothing_to_bring_together_is_an_error(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = pair.play("fleet_report", extra_vars={"scim_provisioning_reports": str(tmp_path / "empty")})
    assert run.rc == 1 and run.said("There is no report to make an overview of.", "is a folder without a report", "scim_provisioning_reports")
