# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scheduled audit tells: the people, the events, one report, an exit status, and somebody who is told."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families
from simulator.testing import API_KEY
from stories.pair import GROUPS, PEOPLE, Pair, Seed, account_of, application_of, finished, read_seed

KEY = account_of(read_seed("configured"))["keys"][0]
AUDIT_KEY = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
SCHEMA = Path(__file__).resolve().parents[2] / "roles" / "scim_provisioning" / "files" / "audit_report.schema.json"
# Fewer is an achievement, more is a question. 17 of them compare the set-up, as before there was a report.
# of people, groups and events: they grow with the tenants
LISTS = re.compile(r"/(systemusers|usergroups|associations|users|Users|events)$")
REQUESTS = {"in sync": {"reads": 20, "writes": 0}}
PAIR_LABELS = ("pair", "unity_organization_id", "application")
HOSTILE = "<img src=x onerror=alert(1)>\"'|`"


class Report:
    """The files that an audit left behind."""

    def __init__(self, folder: Path) -> None:
        self.prefix = folder / "audit"
        self.history = folder / "audit.history"
        self.options = {**AUDIT_KEY, "scim_provisioning_report": str(self.prefix), "scim_provisioning_report_history": str(self.history)}

    @property
    def data(self) -> dict[str, Any]:
        found = json.loads(self.prefix.with_suffix(".json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
        return found

    @property
    def checks(self) -> dict[str, str]:
        return {check["check"]: check["state"] for check in self.data["checks"]}

    @property
    def page(self) -> str:
        return self.prefix.with_suffix(".html").read_text(encoding="utf-8")

    @property
    def texts(self) -> dict[str, str]:
        files = [*(self.prefix.with_suffix(ending) for ending in (".json", ".md", ".html", ".csv", ".prom", ".junit.xml")), self.history]
        return {str(file): file.read_text(encoding="utf-8") for file in files}

    def people(self, kind: str) -> list[str]:
        return [person["email"] for person in self.data["people"][kind]]


@pytest.fixture(name="report")
def make_report(tmp_path: Path) -> Report:
    return Report(tmp_path)


def in_unity(pair: Pair, method: str, path: str, **body: Any) -> Any:
    """What somebody with a key does in Unity, behind JumpCloud's back."""
    header = "Basic " + base64.b64encode(f"{KEY['id']}:{KEY['secret']}".encode()).decode()
    headers = {"Authorization": header, "Content-Type": "application/scim+json"}
    answer = pair.tenants.call(method, pair.tenants.scim + path, headers=headers, **({"data": json.dumps(body)} if body else {}))
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def user_in_unity(pair: Pair, email: str) -> dict[str, Any]:
    return next(user for user in in_unity(pair, "GET", "/Users?count=1000")["Resources"] if user["userName"] == email)


def remove_from_unity(pair: Pair, email: str) -> None:
    in_unity(pair, "DELETE", f"/Users/{user_in_unity(pair, email)['id']}")


def add_to_unity(pair: Pair, email: str, given_name: str = "Eve") -> None:
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
    in_unity(pair, "POST", "/Users", schemas=schemas, userName=email, emails=[{"value": email}], name={"givenName": given_name}, active=True)


def rename_in_unity(pair: Pair, email: str, given_name: str) -> None:
    user = user_in_unity(pair, email)
    user["name"]["givenName"] = given_name
    in_unity(pair, "PUT", f"/Users/{user['id']}", **user)


def test_in_sync_twice(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars=report.options, env={"ANSIBLE_SHOW_CUSTOM_STATS": "1"}).succeeded()
    assert audit.rc == 0 and audit.writes == [] and audit.changed == 0 and audit.requests == REQUESTS["in sync"]
    assert audit.headers <= 21 and len([entry for entry in audit.entries if not LISTS.search(entry["path"])]) <= 15
    assert audit.said("In sync", '"scim_provisioning_audit": {')
    found = report.data
    assert found["outcome"] == "in_sync" and found["people"]["counts"]["matched"] == len(PEOPLE) and not found["unchecked"]
    assert set(report.checks.values()) == {"green"}
    outcome = audit.custom_stats["scim_provisioning_audit"]
    assert outcome["outcome"] == "in_sync" and outcome["counts"]["missing"] == 0 and len(outcome["files"]) == 6
    assert {name: oct(os.stat(file).st_mode & 0o777) for name, file in outcome["files"].items()} == {
        **dict.fromkeys(("json", "markdown", "html", "csv", "junit"), "0o600"),
        "metrics": "0o644",
    }
    assert not any(person in json.dumps(outcome) for person in PEOPLE), "people are named in the files only"

    pair.play("audit", extra_vars=report.options).succeeded()
    assert [line["outcome"] for line in map(json.loads, report.history.read_text(encoding="utf-8").splitlines())] == ["in_sync", "in_sync"]
    assert len(report.data["history"]) == 2
    pair.require_no_secret(report.texts)


def test_drift_among_the_people_is_named_and_told(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    ada, alan, _grace = PEOPLE
    remove_from_unity(pair, ada)
    rename_in_unity(pair, alan, "Al")
    add_to_unity(pair, "eve@example.com")
    add_to_unity(pair, "guest@example.com", HOSTILE)
    hook, told = tmp_path / "hook.yml", tmp_path / "told"
    hook.write_text(
        f"""
- name: Tell somebody
  ansible.builtin.copy:
    content: "{{{{ scim_provisioning_audit.verdict }}}}"
    dest: "{told}"
    mode: "0600"
""",
        encoding="utf-8",
    )
    given = {**report.options, "scim_provisioning_on_drift": str(hook), "scim_provisioning_pending_grace": 0}
    audit = pair.play("audit", extra_vars=given).failed("Drift", "missing", "unexpected", "differ")
    assert audit.rc == 2 and audit.writes == []
    assert report.people("missing") == [ada] and report.people("differing") == [alan]
    assert report.people("unexpected") == ["eve@example.com", "guest@example.com"]
    assert report.data["people"]["differing"][0]["differences"] == [{"attribute": "name.givenName", "jumpcloud": "Alan", "unity": "Al"}]
    assert report.checks["people"] == "red" and report.checks["groups"] == "green"
    assert told.read_text(encoding="utf-8") == report.data["verdict"] and audit.failure.splitlines()[0] == report.data["verdict"]
    assert HOSTILE not in report.page and "&lt;img" in report.page
    pair.require_no_secret(report.texts)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", report.page)


def test_other_tools_read_what_differs(pair: Pair, report: Report) -> None:
    """A drifted pair in all formats: the metrics, and the tests of a pipeline."""

    def old(seed: Seed) -> None:
        finished(seed)
        account_of(seed)["keys"][0]["created_at"] = "2026-01-01T00:00:00Z"

    pair.begin("configured", old)
    remove_from_unity(pair, PEOPLE[0])
    given = {**report.options, "scim_provisioning_report_name": "Production", "scim_provisioning_pending_grace": 0}
    assert pair.play("audit", extra_vars=given).rc == 2
    assert {path.name.partition(".")[2] for path in report.prefix.parent.glob("audit.*")} == {"json", "md", "html", "csv", "prom", "junit.xml", "history"}

    text = report.prefix.with_suffix(".prom").read_text(encoding="utf-8")
    samples = {
        (sample.name.removeprefix("scim_provisioning_"), *(value for label, value in sample.labels.items() if label not in PAIR_LABELS)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels["pair"] == "Production"
    }
    assert (samples["audit_outcome", "drift"], samples["people", "missing"], samples["people", "matched"]) == (1, 1, len(PEOPLE) - 1)
    assert samples["check_state", "people", "red"] == 1 and samples["syncs", "failed"] == 0
    # of the whole audit, not of its last module alone
    assert 0 < samples["audit_duration_seconds",] == report.data["duration_seconds"] < 600
    assert samples["key_age_seconds",] == report.data["key_age_seconds"] > 300 * 86400

    suite = ElementTree.parse(report.prefix.with_suffix(".junit.xml")).getroot()[0]
    assert (suite.attrib["name"], suite.attrib["failures"], suite.attrib["errors"]) == ("SCIM provisioning: Production", "1", "0")
    failure = suite.find("testcase[@name='People']/failure")
    assert failure is not None and "1 is missing" in (failure.text or "") and "ansible-playbook unity_jumpcloud.scim." in (failure.text or "")

    public = text + report.prefix.with_suffix(".junit.xml").read_text(encoding="utf-8")
    assert not [person for person in PEOPLE if person in public]
    pair.require_no_secret(report.texts)


def test_somebody_missing_a_moment_after_the_binding_is_pending(pair: Pair, report: Report) -> None:
    """JumpCloud may still be at it: nothing has failed since."""
    pair.begin("configured")
    before = pair.people()
    pair.play("provision").succeeded()
    pair.tenants.settle()
    newcomer = next(email for email in pair.people() if email not in before)
    remove_from_unity(pair, newcomer)
    audit = pair.play("audit", extra_vars=report.options)
    assert audit.rc == 0, audit.output[-3000:]
    assert report.people("missing") == [] and report.people("pending") == [newcomer]
    assert report.checks["people"] == "amber"


def test_somebody_whom_unity_refused_since_the_binding_is_missing(pair: Pair, report: Report) -> None:
    pair.begin("configured")
    pair.fault("status", "unity-scim", "POST", "/Users$", by="engine", status=500, times=0)
    pair.play("provision").succeeded()
    pair.tenants.settle()
    audit = pair.play("audit", extra_vars=report.options).failed("Drift", "missing")
    assert audit.rc == 2 and report.people("missing") and report.people("pending") == []
    failure = report.data["health"]["failures"][0]
    assert (failure["cause"], {row["reason"] for row in report.data["people"]["missing"]}) == ("service_failed", {failure["title"]})


def test_a_refused_key_of_jumpcloud_is_seen_by_its_failures(pair: Pair, report: Report) -> None:
    """The blind spot of the steps: another live key hides that JumpCloud's own was revoked by hand."""
    pair.begin("configured", finished)
    account = pair.account()
    assert account
    key = pair.tenants.unity("POST", f"{pair.tenants.accounts}/{account['id']}/keys", json={"name": "unity_jumpcloud.scim 00000000000d"}).json()
    pair.tenants.unity("DELETE", f"{pair.tenants.accounts}/{account['id']}/keys/{KEY['id']}")
    pair.joins("new.hire@example.com", GROUPS[0])
    pair.tenants.settle()
    given = {**report.options, "scim_provisioning_audit_key_id": key["id"], "scim_provisioning_audit_secret_key": key["secretKey"]}
    pair.more_secrets += [key["secretKey"]]
    # eight hours behind UTC a day of events is a day, too
    given.update({"scim_provisioning_pending_grace": 0, "scim_provisioning_events_days": 0.2})
    audit = pair.play("audit", extra_vars=given, env={"TZ": "PST8"}).failed("Drift", "1 person is missing")
    assert audit.rc == 2 and report.people("missing") == ["new.hire@example.com"]
    assert [failure["cause"] for failure in report.data["health"]["failures"]] == ["key_refused"]
    assert report.data["people"]["missing"][0]["reason"] == "Unity does not accept the key that JumpCloud sends."


def test_the_age_of_a_key_is_that_of_an_own_one(pair: Pair, report: Report) -> None:
    def old_and_foreign(seed: Seed) -> None:
        finished(seed)
        account_of(seed)["keys"][0]["created_at"] = "2026-01-01T00:00:00Z"
        account_of(seed)["keys"].append({"id": "2b6f0cc9-0000-4000-8000-c0f190000002", "secret": "SENTINELforeignkeysecret00000001", "name": "for audits"})

    pair.begin("configured", old_and_foreign)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_key_max_age": 90}).failed("Drift: 3 steps differ", "service_account_key")
    assert audit.rc == 2 and report.checks["key"] == "amber" and report.data["history"][-1]["key_age_days"] > 300


def without_key(report: Report) -> dict[str, Any]:
    return {name: value for name, value in report.options.items() if name not in AUDIT_KEY}


def test_people_who_were_not_compared_are_not_green(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars=without_key(report))
    assert audit.rc == 1 and audit.writes == [] and "unity-scim" not in audit.services
    assert audit.said(
        "Not in sync: unchecked. The people were not compared", "ansible-playbook unity_jumpcloud.scim.audit_key -e @vars.yml", "Unchecked: people."
    )
    assert report.data["outcome"] == "error" and report.data["error"] is None and report.data["drift"] == []
    assert report.data["people"] is None and report.checks["people"] == "unknown"


def test_people_may_be_switched_off(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars={**without_key(report), "scim_provisioning_check_people": False}).succeeded()
    assert audit.rc == 0 and report.data["outcome"] == "in_sync" and report.data["switched_off"] == ["people"] and report.data["unchecked"] == []
    assert audit.said("people were not compared, since that is switched off") and report.checks["people"] == "unknown"


def test_drift_beside_people_who_were_not_compared_is_named_and_told(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured")
    hook = tmp_path / "hook.yml"
    hook.write_text("- name: Tell somebody\n  ansible.builtin.debug:\n    msg: somebody was told\n", encoding="utf-8")
    audit = pair.play("audit", extra_vars={**without_key(report), "scim_provisioning_on_drift": str(hook)})
    assert audit.rc == 1 and audit.said("Not in sync: unchecked.", "Drift was found, too: 2 steps differ.", "somebody was told")
    assert report.data["outcome"] == "error" and report.data["drift"] == ["2 steps differ"]


def test_events_may_be_forbidden_and_are_unchecked_then(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    pair.fault("status", "insights", "POST", "/events$", times=0, status=403)
    audit = pair.play("audit", extra_vars=report.options)
    assert audit.rc == 1 and {part["what"] for part in report.data["unchecked"]} == {"pending", "events"} and report.data["health"] is None
    assert audit.said("Not in sync: unchecked.", "HTTP 403", "scim_provisioning_check_events=false") and report.people("missing") == []
    assert report.data["people"]["in_sync"] and report.checks["people"] == "green", "the people were seen"


def test_events_may_be_switched_off(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_check_events": False}).succeeded()
    assert "insights" not in audit.services and report.data["switched_off"] == ["events"] and report.data["unchecked"] == []


def test_an_error_has_its_own_exit_status_and_the_rest_is_reported(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    pair.fault("status", "unity-admin", "GET", "/service-accounts$", times=0, status=403)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_unity_method": "api"})
    assert audit.rc == 1 and audit.said("The set-up could not be compared.", "HTTP 403") and audit.writes == []
    assert report.data["outcome"] == "error" and report.data["people"]["counts"]["matched"] == len(PEOPLE)


def test_a_refused_key_for_audits_is_an_error(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_audit_secret_key": "SENTINEL-of-another-day"})
    assert audit.rc == 1 and audit.said("The people could not be compared.", "HTTP 401")
    assert report.data["outcome"] == "error" and report.data["people"] is None and report.checks["application"] == "green"


def test_a_report_path_that_is_not_writable(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    (tmp_path / "nowhere").write_text("A file is no folder.", encoding="utf-8")
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_report": str(tmp_path / "nowhere" / "audit")})
    assert audit.rc == 1 and audit.said("Can't write", "nowhere") and not report.history.exists()
    assert audit.said("GREEN"), "what was found is shown, though not written"


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"scim_provisioning_report_max_listed": -1}, "max_listed (scim_provisioning_report_max_listed) must be at least 0, not -1."),
        ({"scim_provisioning_report_max_listed": "many"}, "The report could not be made."),
        ({"scim_provisioning_events_days": -1}, "scim_provisioning_events_days must be more than 0, not -1."),
    ],
)
def test_options_that_make_no_sense_are_errors(pair: Pair, report: Report, given: dict[str, Any], reason: str) -> None:
    pair.begin("configured", finished)
    audit = pair.play("audit", extra_vars={**report.options, **given})
    assert audit.rc == 1 and audit.said(reason)


def test_a_history_that_is_something_else_is_left_alone(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    report.history.write_text("precious: 1\n", encoding="utf-8")
    audit = pair.play("audit", extra_vars=report.options)
    assert audit.rc == 1 and audit.said("is no history of audits") and report.history.read_text(encoding="utf-8") == "precious: 1\n"


def test_people_are_named_in_the_files_only(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    remove_from_unity(pair, PEOPLE[0])
    for where in (report.prefix, tmp_path / "nowhere" / "audit"):
        audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_report": str(where), "scim_provisioning_pending_grace": 0})
        assert audit.rc and not [person for person in PEOPLE if person in audit.output]


def test_directory_insights_that_fails_is_an_error(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    pair.fault("status", "insights", "POST", "/events$", times=0, status=500)
    audit = pair.play("audit", extra_vars=report.options, may_warn=True)
    assert audit.rc == 1 and audit.said("HTTP 500") and report.data["outcome"] == "error" and report.data["people"]["counts"]["matched"] == len(PEOPLE)


def test_a_refused_key_is_an_error_beside_drift_that_does_not_explain_it(pair: Pair, report: Report) -> None:
    pair.begin("configured")
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_audit_secret_key": "SENTINEL-of-another-day"})
    assert audit.rc == 1 and audit.said("The people could not be compared.", "HTTP 401") and report.checks["connector"] == "red"
    assert [difference["step"] for difference in report.data["differences"]] == ["service_account", "user_groups"]


def test_the_role_that_is_gone_is_drift(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    account = pair.account()
    assert account
    pair.tenants.unity("PUT", f"{pair.tenants.accounts}/{account['id']}/organization-roles", json={"roles": []})
    audit = pair.play("audit", extra_vars=report.options)
    assert audit.rc == 1 and audit.said("The people could not be compared.", "Drift was found, too: 1 step differs.", "set its roles")
    assert report.data["error"] is None and report.checks["role"] == "red" and report.checks["connector"] == "red" and report.data["people"] is None


def test_what_was_compared_before_an_error_is_in_the_report(pair: Pair, report: Report) -> None:
    pair.begin("configured")
    pair.fault("status", "unity-admin", "GET", "/keys$", times=0, status=403)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_unity_method": "api"})
    assert audit.rc == 1 and [difference["step"] for difference in report.data["differences"]] == ["service_account", "user_groups"]


def test_a_key_for_audits_does_not_hide_that_the_other_one_is_gone(pair: Pair, report: Report) -> None:
    def only_foreign(seed: Seed) -> None:
        finished(seed)
        account_of(seed)["keys"][0]["name"] = "for audits"

    pair.begin("configured", only_foreign)
    pair.play("audit", extra_vars=report.options).succeeded()
    assert report.checks["key"] == "amber" and "worth a look: key" in report.data["verdict"]


@pytest.mark.parametrize("second, status", [(KEY["secret"], 2), ("SENTINEL-of-another-day", 1)])
def test_several_pairs_have_one_exit_status(pair: Pair, report: Report, tmp_path: Path, second: str, status: int) -> None:
    """The first differs; so does the second, or it can't be audited, which counts more."""
    pair.begin("configured", finished)
    remove_from_unity(pair, PEOPLE[0])
    folder = tmp_path / "hosts"
    folder.mkdir()
    (folder / "hosts.ini").write_text("[pairs]\none\ntwo\n", encoding="utf-8")
    (folder / "host_vars").mkdir()
    for host, secret in (("one", KEY["secret"]), ("two", second)):
        (folder / "host_vars" / f"{host}.yml").write_text(json.dumps({"scim_provisioning_audit_secret_key": secret}), encoding="utf-8")
    given = {"scim_provisioning_hosts": "pairs", "scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_pending_grace": 0}
    audit = pair.play("audit", "-i", str(folder / "hosts.ini"), extra_vars=given)
    assert audit.rc == status and audit.writes == []
    if status == 1:
        assert audit.said("two: The people could not be compared.")
    else:
        assert sorted(audit.custom_stats["artifacts"]) == ["one", "two"]


def test_no_pair_at_all_is_an_error(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_text("[pairs]\none\n", encoding="utf-8")
    audit = pair.play("audit", "-i", str(tmp_path / "hosts.ini"), extra_vars={"scim_provisioning_hosts": "prodd"}, may_warn=True)
    assert audit.rc == 1 and audit.said("No host of the inventory matches scim_provisioning_hosts, prodd.")


def test_a_hook_by_a_relative_path(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    remove_from_unity(pair, PEOPLE[0])
    (tmp_path / "hook.yml").write_text("- name: Tell somebody\n  ansible.builtin.debug:\n    msg: somebody was told\n", encoding="utf-8")
    given = {**report.options, "scim_provisioning_on_drift": "hook.yml", "scim_provisioning_pending_grace": 0}
    for started_from in (None, "/nowhere"):
        audit = pair.play("audit", extra_vars=given, folder=tmp_path, env={"PWD": started_from})
        assert audit.rc == 2 and audit.said("somebody was told")


def test_a_hook_that_fails_is_an_error_and_the_report_is_there(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    remove_from_unity(pair, PEOPLE[0])
    hook = tmp_path / "hook.yml"
    hook.write_text("- name: Tell somebody\n  ansible.builtin.fail:\n    msg: The mail server is away.\n", encoding="utf-8")
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_on_drift": str(hook), "scim_provisioning_pending_grace": 0})
    assert audit.rc == 1 and audit.said("The mail server is away.") and report.data["outcome"] == "drift"


def test_nobody_is_bound_and_nobody_there(pair: Pair, report: Report) -> None:
    def empty_groups(seed: Seed) -> None:
        finished(seed)
        for group in seed["jumpcloud"]["groups"]:
            group["members"] = []

    pair.begin("configured", empty_groups)
    pair.play("audit", extra_vars=report.options).succeeded()
    assert report.data["outcome"] == "in_sync" and report.data["people"]["counts"]["expected"] == 0


def test_an_application_without_scim(pair: Pair, report: Report) -> None:
    def not_set_up(seed: Seed) -> None:
        finished(seed)
        del application_of(seed)["provision"]

    pair.begin("configured", not_set_up)
    audit = pair.play("audit", extra_vars={**report.options, "scim_provisioning_pending_grace": 0})
    assert audit.rc == 2 and report.checks["application"] == "red" and report.people("missing") == PEOPLE


def test_a_group_that_is_deleted_meanwhile(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    pair.tenants.jumpcloud("DELETE", "/api/v2/usergroups/64cc00000000000000000002")
    audit = pair.play("audit", extra_vars=report.options)
    assert audit.rc == 1 and audit.said("JumpCloud has no user group") and report.data["outcome"] == "error"
    assert report.data["people"]["in_sync"], "who left with the group has gone from Unity, too"


def test_parts_by_tag(pair: Pair, report: Report) -> None:
    pair.begin("configured", finished)
    pair.play("audit", "--skip-tags", "people,health", extra_vars=report.options).succeeded()
    assert report.data["people"] is None and report.data["health"] is None and report.data["switched_off"] == ["people", "events"]
    nothing = pair.play("audit", "--tags", "misspelt", extra_vars=report.options)
    assert nothing.rc == 1 and nothing.said("No step was compared")


def test_the_key_of_a_store_reads_the_people(pair: Pair, report: Report, tmp_path: Path) -> None:
    store = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(tmp_path / "key.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password",
    }
    pair.more_secrets += ["SENTINEL-vault-password"]
    pair.play("provision", extra_vars=store).succeeded()
    pair.tenants.settle()
    audit = pair.play("audit", extra_vars={**without_key(report), **store}).succeeded()
    assert report.data["people"]["counts"]["matched"] == len(PEOPLE) and audit.writes == []


def test_manual_mode_reports_what_can_be_seen(pair: Pair, report: Report, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    manual = {
        "scim_provisioning_unity_method": "manual",
        "scim_provisioning_jumpcloud_method": "manual",
        "scim_provisioning_runbook_dir": str(tmp_path / "runbooks"),
        "scim_provisioning_secret_file": str(tmp_path / "secret"),
    }
    pair.play("audit", extra_vars={**report.options, **manual})
    assert report.data["people"]["in_sync"] and report.checks["role"] == "unknown" and report.checks["application"] == "unknown", "no event tells"
    # that is neither in sync nor drift; that the file has no key is seen
    assert report.data["outcome"] == "error" and [row["step"] for row in report.data["differences"]] == ["service_account_key"]
    assert {"service_account", "identity_management"} <= {row["what"] for row in report.data["unchecked"]}


ROLE = """
    - name: %s
      ansible.builtin.include_role:
        name: unity_jumpcloud.scim.scim_provisioning
        tasks_from: %s
"""
OWN_PLAY = """
- name: A play of one's own
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
"""


def test_an_audit_within_a_play_of_ones_own_is_in_check_mode(pair: Pair, report: Report, tmp_path: Path) -> None:
    """The entry point is the role's, not the playbook's, and the play is not in check mode."""
    own = tmp_path / "own.yml"
    own.write_text(OWN_PLAY + ROLE % ("Audit", "audit"), encoding="utf-8")
    pair.begin("configured")
    run = pair.play(str(own), extra_vars=report.options).succeeded()
    assert report.data["drift"] and report.checks["groups"] == "red"
    assert run.writes == [] and pair.bound_groups() != GROUPS and API_KEY not in report.page


def test_an_audit_after_a_repair_in_the_same_play_finds_nothing(pair: Pair, report: Report, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text(OWN_PLAY + ROLE % ("Provision", "main") + ROLE % ("Audit", "audit"), encoding="utf-8")
    pair.begin("configured")
    run = pair.play(str(own), extra_vars=report.options).succeeded()
    assert run.writes and report.data["differences"] == [] and report.checks["groups"] == "green"
