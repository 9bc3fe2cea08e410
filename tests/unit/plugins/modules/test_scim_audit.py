# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_audit: it reads, judges, and makes one report of it all."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import EVENT_TYPES, INTEGRATION_TYPES, PROVISIONING_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_audit
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit import ARGUMENTS, main, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    API_KEY,
    APP_ID,
    BASE_URL,
    HEADER,
    JC_ORG,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PAGE,
    SECRET,
    V1_PAGE,
    application,
    event,
    event_query,
    scim_list,
    scim_user,
    v1,
)

NOW = "2026-11-24T06:00:00Z"
APPLICATION = "/api/applications/" + APP_ID
BOUND, PEOPLE, USERS, EVENTS = "/api/v2/applications/%s/users" % APP_ID, "/api/systemusers", BASE_URL + "/Users", "/insights/directory/v1/events"
PEOPLE_PAGE = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}
SCIM_PAGE = {"startIndex": 1, "count": 100}
GRACE = event_query("2026-11-24T05:00:00Z", ["association_change", "integration_activate"])
WEEK = event_query("2026-11-17T06:00:00Z", EVENT_TYPES)
STEPS = ("prerequisites", "service_account", "service_account_key", "connector_url", "identity_management", "user_groups")
SEEN: dict[str, t.Any] = {
    "application": {"id": APP_ID, "display_label": "Unity", "display_name": "Unity SSO", "organization_id": JC_ORG},
    "identity_management": {"status": "active", "last_test": {"success": True, "at": "2026-10-14T09:11:02Z", "message": "Connection verified."}},
    "service_account": {"account": {"id": "7d1f2a10", "name": "JumpCloud SCIM", "roles": ["SCIM Authenticator"]}},
    "service_account_key": {
        "service_account_id": "7d1f2a10",
        "keys": [
            {"id": "7b0d6b0e", "name": "unity_jumpcloud.scim 00000000001f", "created_at": "2026-10-10T05:40:04Z"},
            {"id": "0d1e2f3a", "name": "for audits", "created_at": "2026-11-23T05:40:04Z"},
        ],
    },
    "user_groups": {"wanted": [], "bound": [{"id": "65f0c0ffee65f0c0ffee00b0", "name": "Unity Artists"}]},
    "enforcement": {"enabled": True, "scim_enabled": True, "scim_enforced": False, "base_url": BASE_URL},
}
CONNECTOR = {"base_url": BASE_URL, "verified": None, "features": None, "users": None}
SECRETS = (API_KEY, SECRET, HEADER)


def step(name: str, *did: str) -> dict[str, t.Any]:
    return {
        "step": name,
        "method": "api",
        "changed": bool(did),
        "found": "as wanted",
        "did": list(did),
        "verified": [],
        "pending": False,
        "waiting": False,
        "reason": "",
    }


def steps(**differing: list[str]) -> list[dict[str, t.Any]]:
    names = [*STEPS, *(name for name in differing if name not in STEPS)]
    return [step(name, *differing.get(name, [])) for name in names]


def options(**given: t.Any) -> dict[str, t.Any]:
    reading = {**JUMPCLOUD, "application": "Unity", "unity_organization_id": ORG, "key_id": KEY_ID, "secret_key": SECRET}
    return params(ARGUMENTS, **{**reading, "steps": steps(), "seen": SEEN, "connector": CONNECTOR, **given})


def where(folder: Path) -> dict[str, t.Any]:
    return {"path": str(folder / "report"), "history": str(folder / "history.jsonl")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def written(folder: Path) -> dict[str, t.Any]:
    """The report, which has the published form."""
    found = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert audits.complaints(found) == []
    return found


def checks(result: dict[str, t.Any]) -> dict[str, str]:
    return {check["check"]: check["state"] for check in result["audit"]["checks"]}


def why(result: dict[str, t.Any]) -> dict[str, str]:
    return {row["what"]: row["why"] for row in result["audit"]["unchecked"]}


def person(identifier: str) -> dict[str, t.Any]:
    return {"_id": identifier, "email": "%s@example.com" % identifier, "state": "ACTIVATED", "suspended": False}


def expect_people(http: ExactCalls, *there: str, users: t.Any = None, grace: bool = True, recent: t.Sequence[t.Any] = ()) -> None:
    """Ada and Bob should be there. ``users``: another answer than those who are ``there``."""
    if grace:
        http.expect("POST", EVENTS, reply(list(recent)), json=GRACE)
    with http.in_any_order():
        http.expect("GET", BOUND, reply([{"id": name, "type": "user", "paths": []} for name in ("ada", "bob")]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1(person("ada"), person("bob"))), query=PEOPLE_PAGE)
        answer = users or reply(scim_list(*(scim_user("u-" + name, "%s@example.com" % name, active=True) for name in there)))
        http.expect("GET", USERS, answer, query=SCIM_PAGE, headers={"Authorization": HEADER})
        if there:
            http.expect("GET", USERS, reply(scim_list(total=len(there))), query={**SCIM_PAGE, "startIndex": 1 + len(there)})


def expect_events(http: ExactCalls, *rows: dict[str, t.Any], answer: t.Any = None, since: str = "2026-11-17T06:00:00Z") -> None:
    http.expect("POST", EVENTS, answer or reply(list(rows) or [event("integration_activate")]), json={**WEEK, "start_time": since})


def assert_no_secret(result: dict[str, t.Any], folder: Path | None = None) -> None:
    texts = [repr(result), *(path.read_text(encoding="utf-8") for path in (folder.iterdir() if folder else ()))]
    assert [secret for secret in SECRETS for text in texts if secret in text] == []
    assert "@example.com" not in texts[0], "people are named in the files only"


def test_everything_is_fine(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    """The application is not read again: it was seen."""
    expect_people(http, "ada", "bob")
    expect_events(http)
    result = run(options(name="Example Games", key_max_age=90, **where(tmp_path)), context)
    assert_documented(scim_audit, result)
    audit = result["audit"]
    assert (audit["outcome"], audit["error"], audit["unchecked"], audit["differences"], audit["drift"]) == ("in_sync", None, [], [], [])
    assert audit["verdict"] == "In sync: all 6 steps are as wanted, and all 2 expected people have their accounts."
    assert set(checks(result).values()) == {"green"} and audit["checked_at"] == NOW and audit["counts"]["matched"] == 2
    endings = {"json": ".json", "markdown": ".md", "html": ".html", "csv": ".csv", "metrics": ".prom", "junit": ".junit.xml"}
    assert audit["files"] == {name: str(tmp_path / "report") + ending for name, ending in endings.items()}
    assert result["changed"] and [action["option"] for action in result["actions"]] == ["path"] * 6 + ["history"]
    assert names(tmp_path) == ["history.jsonl", "report.csv", "report.html", "report.json", "report.junit.xml", "report.md", "report.prom"]
    assert http.carrying(HEADER) == ["GET " + USERS.partition(".com")[2]] * 2
    found = written(tmp_path)
    assert (found["duration_seconds"], found["key_age_seconds"] // 86400) == (0.0, 45)
    assert found["name"] == "Example Games" and found["history"][-1]["key_age_days"] == 45, "a key for audits does not count"
    assert found["subject"] == {
        "unity_organization_id": ORG,
        "jumpcloud_organization_id": JC_ORG,
        "application": "Unity",
        "application_id": APP_ID,
        "base_url": BASE_URL,
    }
    assert result["lines"][0] == audit["verdict"] and result["lines"][-1] == "Written: %s.junit.xml" % (tmp_path / "report")
    assert "GREEN Connector: The SCIM service accepts the key and has 2 users." in result["lines"]
    assert_no_secret(result, tmp_path)


def test_nothing_is_written_without_a_path(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect_people(http, "ada", "bob")
    expect_events(http)
    result = run(options(), context)
    assert (result["changed"], result["actions"], result["audit"]["files"]) == (False, [], None)
    assert result["diff"]["before"] == result["diff"]["after"] and names(tmp_path) == []


def test_check_mode_reads_and_writes_nothing(http: ExactCalls, check_context: Context, tmp_path: Path) -> None:
    expect_people(http, "ada", "bob")
    expect_events(http)
    result = run(options(**where(tmp_path)), check_context)
    assert result["changed"] and len(result["actions"]) == 7 and names(tmp_path) == [] and check_context.progress.done == []
    assert result["audit"]["outcome"] == "in_sync"
    assert result["lines"][-1] == "Would be written: %s.junit.xml" % (tmp_path / "report")


def test_somebody_is_missing_and_a_step_differs(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    expect_people(http, "ada")
    expect_events(http, event(success=False, resource={"type": "user", "id": "bob", "email": "bob@example.com"}), event("integration_activate"))
    result = run(options(steps=steps(user_groups=["bind 1"]), **where(tmp_path)), context)
    assert (result["audit"]["outcome"], result["audit"]["drift"]) == ("drift", ["1 step differs", "1 person is missing"])
    assert result["audit"]["differences"] == [{"step": "user_groups", "found": "as wanted", "would_do": ["bind 1 group"], "since": NOW}]
    assert result["audit"]["counts"]["missing"] == 1 and checks(result)["people"] == "red"
    found = written(tmp_path)
    assert found["people"]["missing"][0]["email"] == "bob@example.com" and found["people"]["missing"][0]["reason"] == found["health"]["failures"][0]["title"]
    assert_no_secret(result)


def failed(name: str, at: str, **fields: t.Any) -> dict[str, t.Any]:
    address = "%s@example.com" % name
    return event(timestamp=at, success=False, message_chain={"response_code": 401}, resource={"type": "user", "id": name, "email": address}, **fields)


ACTIVATED = event("integration_activate", timestamp="2026-11-24T05:50:00Z")


@pytest.mark.parametrize(
    "at, outcome, drift",
    [
        ("2026-11-24T05:51:00Z", "drift", ["2 people are missing"]),
        # they are tried again with the new key
        ("2026-11-24T05:49:00Z", "in_sync", []),
    ],
)
def test_who_has_failed_since_the_activation_is_not_pending(
    http: ExactCalls, context: Context, tmp_path: Path, at: str, outcome: str, drift: list[str]
) -> None:
    """An audit right after a rotation. What it reads of the events in any case tells it, so nothing more is asked for."""
    expect_people(http, recent=[ACTIVATED])
    expect_events(http, failed("ada", at), failed("bob", at), ACTIVATED)
    result = run(options(**where(tmp_path)), context)
    assert (result["audit"]["outcome"], result["audit"]["drift"]) == (outcome, drift)
    if drift:
        missing = written(tmp_path)["people"]["missing"]
        assert [row["reason"] for row in missing] == ["Unity does not accept the key that JumpCloud sends."] * 2


@pytest.mark.parametrize(
    "name, kind, state, failing",
    [
        ("gone", "user_create_provision", "green", 0),
        ("gone", "user_deprovision", "amber", 1),
        ("ada", "user_update_provision", "amber", 1),
    ],
)
def test_who_failed_and_is_not_expected_any_more_does_not_count(
    http: ExactCalls, context: Context, tmp_path: Path, name: str, kind: str, state: str, failing: int
) -> None:
    expect_people(http, "ada", "bob")
    expect_events(http, {**failed(name, "2026-11-20T05:00:00Z"), "event_type": kind}, ACTIVATED)
    result = run(options(**where(tmp_path)), context)
    assert (result["audit"]["outcome"], checks(result)["people"]) == ("in_sync", state)
    health = written(tmp_path)["health"]
    assert (health["failed"], health["open_failures"], health["failures"][0]["open_people_count"]) == (1, failing, failing)
    samples = (tmp_path / "report.prom").read_text(encoding="utf-8").splitlines()
    assert [line[-1] for line in samples if line.startswith("scim_provisioning_failing_people{")] == [str(failing)]


@pytest.mark.parametrize("odd", [[], [{"id": "odd"}]])
def test_who_was_gone_already_when_to_be_deprovisioned_is_nobodys_trouble(http: ExactCalls, context: Context, tmp_path: Path, odd: list[t.Any]) -> None:
    """Whether all people were seen or not."""
    http.expect("POST", EVENTS, reply([]), json=GRACE)
    accounts = [scim_user("u-ada", "ada@example.com", active=True), *odd]
    with http.in_any_order():
        http.expect("GET", BOUND, reply([{"id": "ada", "type": "user", "paths": []}]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1(person("ada"))), query=PEOPLE_PAGE)
        http.expect("GET", USERS, reply(scim_list(*accounts)), query=SCIM_PAGE)
        http.expect("GET", USERS, reply(scim_list(total=len(accounts))), query={**SCIM_PAGE, "startIndex": 1 + len(accounts)})
    gone = {**failed("gone", "2026-11-20T05:00:00Z"), "event_type": "user_deprovision", "message_chain": {"response_code": 404}}
    expect_events(http, gone, ACTIVATED)
    result = run(options(**where(tmp_path)), context)
    assert checks(result)["people"] == ("amber" if odd else "green") and "provision the person again" not in str(result)
    health = written(tmp_path)["health"]
    assert (health["failed"], health["open_failures"], health["failures"]) == (0, 0, [])


def test_where_not_all_people_were_seen_whoever_failed_counts(http: ExactCalls, context: Context) -> None:
    http.expect("POST", EVENTS, reply([]), json=GRACE)
    with http.in_any_order():
        http.expect("GET", BOUND, reply([{"id": "ada", "type": "user", "paths": []}]), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1(person("ada"))), query=PEOPLE_PAGE)
        http.expect("GET", USERS, reply(scim_list(scim_user("u-ada", "ada@example.com", active=True), {"id": "odd"})), query=SCIM_PAGE)
        http.expect("GET", USERS, reply(scim_list(total=2)), query={**SCIM_PAGE, "startIndex": 3})
    expect_events(http, failed("gone", "2026-11-20T05:00:00Z"), ACTIVATED)
    result = run(options(), context)
    assert "1 person's last sync failed" in next(check["found"] for check in result["audit"]["checks"] if check["check"] == "people")


def test_events_of_less_time_than_somebody_is_pending_for_are_not_enough(http: ExactCalls, context: Context) -> None:
    expect_people(http, recent=[{**ACTIVATED, "timestamp": "2026-11-24T05:10:00Z"}])
    expect_events(http, ACTIVATED, since="2026-11-24T05:45:36Z")
    http.expect("POST", EVENTS, reply([failed("bob", "2026-11-24T05:20:00Z")]), json=event_query("2026-11-24T05:10:00Z", PROVISIONING_TYPES))
    result = run(options(events_days=0.01), context)
    assert (result["audit"]["counts"]["missing"], result["audit"]["counts"]["pending"]) == (1, 1)


def test_events_that_are_refused_meanwhile_let_nobody_be_pending(http: ExactCalls, context: Context) -> None:
    expect_people(http, recent=[ACTIVATED])
    expect_events(http, answer=reply({"message": "Forbidden"}, 403))
    http.expect("POST", EVENTS, reply({"message": "Forbidden"}, 403), json=event_query("2026-11-24T05:50:00Z", PROVISIONING_TYPES))
    result = run(options(), context)
    assert (result["audit"]["outcome"], result["audit"]["counts"]["missing"]) == ("error", 2)
    assert set(why(result)) == {"events", "pending"}


@pytest.mark.parametrize(
    "given, calls",
    [
        ({"seen": None}, [("/api/applications", reply(v1(application())), V1_PAGE)]),
        ({"seen": None, "application": None, "application_id": APP_ID}, [(APPLICATION, reply(application()), None)]),
        ({"application": None, "application_id": APP_ID}, []),
        ({"application": "Unity SSO"}, []),
        ({"application": None}, []),
        # another one was seen, or something else
        ({"seen": {**SEEN, "application": {**SEEN["application"], "display_label": "Other"}}}, [("/api/applications", reply(v1(application())), V1_PAGE)]),
        (
            {"seen": {**SEEN, "application": {**SEEN["application"], "id": "f" * 24}}, "application": None, "application_id": APP_ID},
            [(APPLICATION, reply(application()), None)],
        ),
        ({"seen": {"application": {"id": "odd", "display_label": "Unity"}}}, [("/api/applications", reply(v1(application())), V1_PAGE)]),
        ({"seen": {"application": {"id": 7, "display_label": "Unity"}}}, [("/api/applications", reply(v1(application())), V1_PAGE)]),
    ],
)
def test_application_is_read_once_unless_it_was_seen(http: ExactCalls, context: Context, given: dict[str, t.Any], calls: list[t.Any]) -> None:
    for path, answer, query in calls:
        http.expect("GET", path, answer, query=query)
    expect_people(http, "ada", "bob")
    expect_events(http)
    assert run(options(**given), context)["audit"]["counts"]["matched"] == 2


# ---- what could not be read


@pytest.mark.parametrize("status", [401, 403])
def test_people_are_refused(http: ExactCalls, context: Context, tmp_path: Path, status: int) -> None:
    expect_people(http, users=reply({"detail": "no"}, status))
    expect_events(http)
    result = run(options(connector=None, **where(tmp_path)), context)
    audit = result["audit"]
    assert audit["outcome"] == "error" and audit["error"].startswith("The people could not be compared. Unity SCIM") and "HTTP %d" % status in audit["error"]
    assert why(result) == {"people": audit["error"]} and audit["counts"] == {} and audit["files"]
    assert checks(result)["connector"] == "red" and checks(result)["people"] == "unknown" and checks(result)["application"] == "green"
    assert audit["drift"] == [], "what refused to answer need not be what is broken"
    assert written(tmp_path)["people"] is None and "RED Connector: " in "".join(result["lines"])
    assert_no_secret(result)


def test_a_refusal_that_drift_explains_is_no_error(http: ExactCalls, context: Context) -> None:
    expect_people(http, users=reply({"detail": "no"}, 403))
    expect_events(http)
    seen = {**SEEN, "service_account": {"account": {"id": "7d1f2a10", "name": "JumpCloud SCIM", "roles": []}}}
    result = run(options(seen=seen, steps=steps(service_account=["set_roles"])), context)
    assert result["audit"]["error"] is None and result["audit"]["outcome"] == "error" and result["audit"]["drift"] == ["1 step differs"]
    assert result["audit"]["verdict"].startswith("Not in sync: unchecked. The people could not be compared.")
    assert (checks(result)["role"], checks(result)["connector"]) == ("red", "red")


def test_a_service_that_fails_is_an_error(http: ExactCalls, context: Context) -> None:
    http.expect("POST", EVENTS, reply([]), json=GRACE)
    with http.in_any_order():
        http.expect("GET", BOUND, reply({"message": "no"}, 403), query=PAGE)
        http.expect("GET", PEOPLE, reply(v1()), query=PEOPLE_PAGE)
        http.expect("GET", USERS, reply(scim_list()), query=SCIM_PAGE)
    expect_events(http)
    result = run(options(steps=steps(service_account=["set_roles"])), context)
    assert "JumpCloud" in result["audit"]["error"] and checks(result)["connector"] == "unknown"


def test_an_application_that_can_not_be_read_is_asked_for_once(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply({"message": "no"}, 401), query=V1_PAGE)
    result = run(options(seen=None), context)
    assert list(why(result)) == ["people", "events"] and result["audit"]["error"] == why(result)["people"]
    assert why(result)["events"].endswith("scim_provisioning_check_events=false leaves the events out.")


@pytest.mark.parametrize("status", [401, 402, 403])
def test_events_are_forbidden(http: ExactCalls, context: Context, status: int) -> None:
    http.expect("POST", EVENTS, reply({"message": "no"}, status), json=GRACE)
    expect_people(http, "ada", "bob", grace=False)
    expect_events(http, answer=reply({"message": "no"}, status))
    result = run(options(), context)
    assert (result["audit"]["outcome"], result["audit"]["error"]) == ("error", None) and list(why(result)) == ["events", "pending"]
    assert why(result)["events"].endswith(" scim_provisioning_check_events=false leaves the events out.")
    assert checks(result)["people"] == "green" and result["audit"]["verdict"].startswith("Not in sync: unchecked.")


def test_events_of_another_shape_are_an_error(http: ExactCalls, context: Context) -> None:
    expect_people(http, "ada", "bob")
    expect_events(http, answer=reply({"odd": True}))
    result = run(options(), context)
    assert result["audit"]["error"] == why(result)["events"] and result["audit"]["counts"]["matched"] == 2


@pytest.mark.parametrize("key_id", [None, ""])
def test_no_key(http: ExactCalls, context: Context, tmp_path: Path, key_id: str | None) -> None:
    """Unity is not asked, and JumpCloud only for the events."""
    expect_events(http)
    result = run(options(key_id=key_id, secret_key=key_id, **where(tmp_path)), context)
    assert (result["audit"]["outcome"], result["audit"]["error"], result["audit"]["drift"]) == ("error", None, [])
    assert why(result)["people"].startswith("The people were not compared: there is no key to read Unity's users with. To get a key for audits, run: ")
    assert checks(result)["people"] == checks(result)["connector"] == "unknown"
    assert written(tmp_path)["people"] is None


@pytest.mark.parametrize("key_id", ["", KEY_ID])
def test_a_key_that_was_looked_for_in_vain(http: ExactCalls, context: Context, key_id: str) -> None:
    expect_events(http)
    result = run(options(key_id=key_id, reading_error="The vault is sealed."), context)
    assert result["audit"]["error"] == why(result)["people"] == "The people could not be compared. The vault is sealed."
    assert checks(result)["connector"] == "unknown" and checks(result)["application"] == "green"


@pytest.mark.parametrize(
    "given, said",
    [
        ({"secret_key": None}, "only the key ID was given"),
        ({"key_id": None}, "only the secret key was given"),
        ({"unity_organization_id": None}, "No Unity organization."),
        ({"unity_expected_organization_id": "999"}, 'but "999" is expected'),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"pending_grace": -1}, "pending_grace (scim_provisioning_pending_grace) must be at least 0, not -1."),
        ({"pending_grace": 7776001}, "pending_grace (scim_provisioning_pending_grace) must be at most 7776000"),
    ],
)
def test_people_that_options_keep_from_being_read(http: ExactCalls, context: Context, given: dict[str, t.Any], said: str) -> None:
    expect_events(http)
    result = run(options(**given), context)
    assert said in result["audit"]["error"] and result["audit"]["error"].startswith("The people could not be compared. ")
    assert list(why(result)) == ["people"] and checks(result)["connector"] == "unknown"


@pytest.mark.parametrize(
    "given, said",
    [
        ({"expected_organization_id": "f" * 24}, "belongs to the JumpCloud organization"),
        ({"api_key": None, "seen": None}, "No credentials for JumpCloud."),
        ({"seen": None, "application": None}, "No application was named."),
    ],
)
def test_neither_people_nor_events_can_be_read(http: ExactCalls, context: Context, given: dict[str, t.Any], said: str) -> None:
    result = run(options(**given), context)
    assert result["audit"]["error"].count(said) == 1 and list(why(result)) == ["people", "events"] and http.seen == []


@pytest.mark.parametrize("days, said", [(0.0, "0"), (-1.0, "-1"), (float("nan"), "nan")])
def test_days_that_make_no_sense(http: ExactCalls, context: Context, days: float, said: str) -> None:
    expect_people(http, "ada", "bob")
    result = run(options(events_days=days), context)
    assert result["audit"]["error"] == "scim_provisioning_events_days must be more than 0, not %s." % said


@pytest.mark.parametrize("days, since", [(0.5, "2026-11-23T18:00:00Z"), (90.0, "2026-08-26T06:00:00Z"), (365.0, "2026-08-26T06:00:00Z")])
def test_days_to_look_back(http: ExactCalls, context: Context, warnings: list[str], days: float, since: str) -> None:
    expect_events(http, since=since)
    run(options(events_days=days, check_people=False), context)
    assert warnings == []


def test_the_longer_look_for_the_last_activation(http: ExactCalls, context: Context) -> None:
    expect_events(http, event())
    http.expect("POST", EVENTS, reply([]), json=event_query("2026-08-26T06:00:00Z", INTEGRATION_TYPES))
    assert run(options(switched_off=["people"]), context)["audit"]["outcome"] == "in_sync"


# ---- what is switched off, and what stopped or changed the set-up


@pytest.mark.parametrize("given", [{"check_people": False, "check_events": False}, {"switched_off": ["people", "events"]}])
def test_switched_off(http: ExactCalls, context: Context, tmp_path: Path, given: dict[str, t.Any]) -> None:
    result = run(options(**given, **where(tmp_path)), context)
    assert (result["audit"]["outcome"], result["audit"]["unchecked"], http.seen) == ("in_sync", [], [])
    assert "people were not compared, since that is switched off" in result["audit"]["verdict"]
    assert written(tmp_path)["switched_off"] == ["people", "events"]


def test_without_events_nobody_is_pending(http: ExactCalls, context: Context) -> None:
    expect_people(http, "ada", grace=False)
    result = run(options(check_events=False), context)
    assert result["audit"]["drift"] == ["1 person is missing"] and result["audit"]["unchecked"] == []


def test_what_stopped_the_set_up(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    """The rest is looked at, and the header is in no file even if somebody wrote it into the error."""
    expect_people(http, "ada", "bob")
    expect_events(http)
    given = {"failure": "HTTP 403 for %s." % HEADER, "steps": [step("service_account", "create")]}
    result = run(options(**given, **where(tmp_path)), context)
    assert result["audit"]["outcome"] == "error" and result["audit"]["error"].startswith("The set-up could not be compared. HTTP 403")
    assert result["audit"]["drift"] == ["1 step differs"] and result["audit"]["counts"]["matched"] == 2
    assert_no_secret(result)
    assert [path.name for path in tmp_path.iterdir() if SECRET in path.read_text(encoding="utf-8") or HEADER in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    "seen",
    [
        {**SEEN, "service_account": {"account": {"id": [], "roles": "x"}}, "service_account_key": {"keys": [{"id": {}, "name": "x"}]}},
        {**SEEN, "identity_management": {"status": ["odd"]}, "user_groups": {"bound": [{"id": {}}]}},
        {**SEEN, "service_account": 7, "service_account_key": [], "identity_management": "odd", "user_groups": "odd"},
    ],
)
def test_what_was_seen_in_another_shape_was_not_seen(http: ExactCalls, context: Context, seen: dict[str, t.Any]) -> None:
    expect_people(http, "ada", "bob")
    expect_events(http)
    result = run(options(seen=seen, connector={"base_url": ["odd"]}), context)
    assert "unknown" in checks(result).values() and result["audit"]["counts"]["matched"] == 2


# ---- the keys


def with_keys(*keys: tuple[str, str]) -> dict[str, t.Any]:
    return {**SEEN, "service_account_key": {"keys": [{"id": name[-1], "name": name, "created_at": at} for name, at in keys]}}


OFF = {"switched_off": ["people", "events"]}
OURS = "unity_jumpcloud.scim 00000000000"


def test_a_rotation_is_under_way(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    seen = with_keys((OURS + "a", "2026-08-01T00:00:00Z"), (OURS + "b", "2026-11-24T05:55:30Z"))
    differing = steps(service_account_key=["create"], identity_management=["configure", "test", "reactivate"], retire_keys=["revoke"])
    result = run(options(seen=seen, steps=differing, key_max_age=90, **OFF, **where(tmp_path)), context)
    assert (result["audit"]["outcome"], result["audit"]["drift"], result["audit"]["differences"]) == ("in_sync", [], [])
    assert "AMBER Key: A rotation seems to be under way: the key b was created 4 minutes ago. Audit again later." in result["lines"]
    assert "all 4 steps are as wanted" in result["audit"]["verdict"] and "worth a look: key" in result["audit"]["verdict"]
    assert checks(result)["application"] == "green" and written(tmp_path)["checks"] == result["audit"]["checks"]
    assert http.seen == []


@pytest.mark.parametrize(
    "differing, drift",
    [
        ({"service_account_key": ["create"], "user_groups": ["bind 1"]}, ["1 step differs"]),
        ({"service_account_key": ["create"], "identity_management": ["configure", "test", "activate"]}, ["1 step differs"]),
        ({"service_account_key": ["create"], "service_account": ["set_roles"]}, ["1 step differs"]),
    ],
)
def test_other_drift_beside_a_rotation(context: Context, differing: dict[str, list[str]], drift: list[str]) -> None:
    seen = with_keys((OURS + "a", "2026-08-01T00:00:00Z"), (OURS + "b", "2026-11-24T05:55:30Z"))
    assert run(options(seen=seen, steps=steps(**differing), **OFF), context)["audit"]["drift"] == drift


@pytest.mark.parametrize("others, drift", [({}, []), ({"user_groups": ["bind 1"]}, ["1 step differs"])])
def test_a_step_of_which_nothing_tells_is_unchecked_and_no_difference(context: Context, others: dict[str, list[str]], drift: list[str]) -> None:
    untold = {**step("service_account", "ask"), "found": "Nothing tells.", "known": False}
    given = [one for one in steps(**others) if one["step"] != "service_account"]
    audit = run(options(steps=[untold, *given], seen={**SEEN, "service_account": None}, **OFF), context)["audit"]
    assert (audit["outcome"], audit["drift"], audit["unchecked"]) == ("error", drift, [{"what": "service_account", "why": "Nothing tells."}])
    assert [row["step"] for row in audit["differences"]] == list(others)
    assert audit["verdict"].startswith("Not in sync: unchecked. Nothing tells.")
    check = next(one for one in audit["checks"] if one["check"] == "service_account")
    assert (check["state"], check["found"]) == ("unknown", "Nothing tells.")
    # what is known not to be so differs, whoever mends it
    known = run(options(steps=[{**untold, "known": True}, *given], **OFF), context)["audit"]
    assert known["outcome"] == "drift" and known["differences"][0]["step"] == "service_account"


def test_a_single_step_that_waits_for_the_rotation(context: Context) -> None:
    seen = with_keys((OURS + "a", "2026-08-01T00:00:00Z"), (OURS + "b", "2026-11-24T05:55:30Z"))
    result = run(options(seen=seen, steps=[step("service_account_key", "create")], **OFF), context)
    assert result["audit"]["verdict"].startswith("In sync: the steps wait for the end of a rotation, and ")


@pytest.mark.parametrize(
    "keys, state, found",
    [
        ([(OURS + "a", "2026-08-01T00:00:00Z"), (OURS + "b", "2026-11-24T05:45:00Z")], "green", "2 keys are live; the newest is 0 days old."),
        ([("for audits", "2026-08-01T00:00:00Z"), (OURS + "b", "2026-11-24T05:55:00Z")], "green", "1 key is live; the newest is 0 days old."),
        ([("for audits", "2026-11-24T05:55:00Z"), ("mine", "2026-08-01T00:00:00Z")], "amber", "2 keys are live, and none of them was made by this collection."),
        ([], "red", "No key is live."),
    ],
)
def test_keys(context: Context, keys: list[tuple[str, str]], state: str, found: str) -> None:
    result = run(options(seen=with_keys(*keys), steps=steps(service_account_key=["create"]), **OFF), context)
    assert next((check["state"], check["found"]) for check in result["audit"]["checks"] if check["check"] == "key") == (state, found)
    assert [row["step"] for row in result["audit"]["differences"]] == ["service_account_key"]


# ---- the files


def test_a_path_that_is_not_writable(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    """What was found is not lost, and the history knows nothing of it."""
    expect_people(http, "ada")
    expect_events(http)
    given = {"path": "/dev/null/nowhere/report", "history": str(tmp_path / "history.jsonl")}
    result = run(options(**given), context)
    audit = result["audit"]
    assert audit["outcome"] == "error" and "Can't write" in audit["error"] and "nowhere" in audit["error"] and audit["verdict"] == audit["error"]
    assert (result["changed"], result["actions"], audit["files"], names(tmp_path)) == (False, [], None, [])
    assert audit["drift"] == ["1 person is missing"] and checks(result)["application"] == "green" and audit["counts"]["missing"] == 1
    assert result["diff"]["before"] == result["diff"]["after"] and result["lines"][0] == audit["error"]
    assert_documented(scim_audit, result)
    assert_no_secret(result)


def test_a_path_that_is_not_writable_beside_another_error(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    result = run(options(failure="Stopped.", path="/dev/null/nowhere/report", **OFF), context)
    assert result["audit"]["error"].startswith("The set-up could not be compared. Stopped. Can't write")


def test_a_history_that_is_something_else(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text("precious: 1\n", encoding="utf-8")
    result = run(options(**OFF, **where(tmp_path)), context)
    assert "is no history of audits" in result["audit"]["error"] and result["audit"]["files"] is None and len(result["audit"]["checks"]) == 7
    assert names(tmp_path) == ["history.jsonl"] and (tmp_path / "history.jsonl").read_text(encoding="utf-8") == "precious: 1\n"


def test_the_next_run(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(history.as_text(audits.past([2])), encoding="utf-8")
    expect_people(http, "ada", "bob")
    expect_events(http)
    result = run(options(mode="0640", **where(tmp_path)), context)
    assert [result["diff"][side]["missing"] for side in ("before", "after")] == [2, 0]
    assert [line["outcome"] for line in written(tmp_path)["history"]] == ["drift", "in_sync"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.suffix != ".prom"} == {0o640}


@pytest.mark.parametrize(
    "started_at, seconds",
    [(None, 0.0), ("", 0.0), ("2026-11-24T05:59:56.500000Z", 3.5), ("2026-11-24T06:00:01Z", None)],
)
def test_duration(context: Context, tmp_path: Path, started_at: str | None, seconds: float | None) -> None:
    """Of the whole audit; not known if the clock was set back meanwhile."""
    run(options(started_at=started_at, **OFF, **where(tmp_path)), context)
    assert written(tmp_path)["duration_seconds"] == seconds


@pytest.mark.parametrize(
    "given, words",
    [
        ({"started_at": "a moment ago"}, "started_at must be a time such as 2026-11-24T05:40:04Z, not"),
        ({"max_listed": -1}, "max_listed .scim_provisioning_report_max_listed. must be at least 0, not -1."),
        ({"max_history": 0}, "max_history must be at least 1, not 0."),
        ({"key_max_age": -1}, "key_max_age .scim_provisioning_key_max_age. must be at least 0, not -1."),
        ({"mode": "0800"}, "mode must be four octal digits"),
        (
            {"path": "/x/report", "history": "/x/report.json"},
            "path .scim_provisioning_report. name the same file",
        ),
        ({"steps": [{"step": "user_groups", "did": 7}], **OFF}, "The report can't be made: steps"),
    ],
)
def test_options_that_make_no_sense(http: ExactCalls, context: Context, given: dict[str, t.Any], words: str) -> None:
    with pytest.raises(ScimError, match=words):
        run(options(**given), context)
    assert http.seen == []


def test_module(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    result = run_main(main, capsys, steps=steps(), seen=SEEN, path=str(tmp_path / "report"), **OFF)
    assert result["changed"] and result["audit"]["outcome"] == "in_sync" and len(names(tmp_path)) == 6
    failed = run_main(main, capsys, application="Unity", application_id=APP_ID)
    assert failed["failed"] and "mutually exclusive" in failed["msg"]


ARTISTS = {"id": "65f0c0ffee65f0c0ffee00b0", "name": "Unity Artists"}


def test_wanted_groups_decide_who_is_expected_and_a_diff_names_people(http: ExactCalls, context: Context, tmp_path: Path) -> None:
    """Bob lost his account when his group was unbound. He is on the list, with that reason and the remedy."""
    coders = {"id": "65f0c0ffee65f0c0ffee00b9", "name": "Coders"}
    for asked in (context, replace(context, diff_mode=True)):
        http.expect("POST", EVENTS, reply([]), json=GRACE)
        with http.in_any_order():
            http.expect("GET", BOUND, reply([{"id": "ada", "type": "user", "paths": []}]), query=PAGE)
            http.expect("GET", PEOPLE, reply(v1(person("ada"), {**person("bob"), "password_expired": True})), query=PEOPLE_PAGE)
            http.expect("GET", USERS, reply(scim_list(scim_user("u-ada", "ada@example.com", active=True))), query=SCIM_PAGE)
            http.expect("GET", USERS, reply(scim_list(total=1)), query={**SCIM_PAGE, "startIndex": 2})
        http.expect("GET", "/api/v2/usergroups/%s/membership" % coders["id"], reply([{"id": "bob", "type": "user"}]), query=PAGE)
        expect_events(http)
        seen = {**SEEN, "user_groups": {"wanted": [ARTISTS, coders], "bound": [ARTISTS]}}
        result = run(options(steps=steps(user_groups=["bind 1"]), seen=seen, **where(tmp_path)), asked)
        assert result["audit"]["verdict"] == "Drift: 1 step differs and 1 person is missing. To be bound: Coders. To do: bind groups for 1 person."
        named = [line for line in result["lines"] if "@" in line]
        assert named == (
            [
                "missing: bob@example.com (in no bound group: Coders is to be bound). Bind the group: run the playbook provision.",
                "at_risk: bob@example.com (the password has expired: JumpCloud may send the account as inactive). "
                "Let the person set a new password in JumpCloud.",
            ]
            if asked.diff_mode
            else []
        )
    report = written(tmp_path)
    assert [group["bound"] for group in report["groups"]] == [True, False]
    assert report["people"]["to_do"] == {"bind_group": 1, "provision_user": 0, "correct_in_jumpcloud": 0, "correct_in_unity": 0}
    assert (report["people"]["missing"][0]["action"], report["people"]["counts"]["at_risk"]) == ("bind_group", 1)


@pytest.mark.parametrize("off, tags, is_error", [([], ["nonsense"], True), ([], ["all"], True), (["steps"], ["nonsense"], False), ([], [], False)])
def test_tags_that_select_no_step(http: ExactCalls, context: Context, off: list[str], tags: list[str], is_error: bool) -> None:
    """Unless the steps were switched off, nothing that was compared is no comparison."""
    result = run(options(seen=SEEN, steps=[], run_tags=tags, switched_off=["people", "events", *off]), context)
    assert ("the tags select none" in (result["audit"]["error"] or "")) is is_error
