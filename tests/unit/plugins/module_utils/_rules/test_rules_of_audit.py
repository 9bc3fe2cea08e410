# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit makes of what it could not read, and of what was seen before it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import audit as rules

HINT = " scim_provisioning_check_events=false leaves the events out."
BASE_URL = "https://services.api.unity.com/scim/v2/tenants/12345678901234"


def failed(status: int | None, service: str = "Unity SCIM") -> ApiError:
    return ApiError("no", service=service, operation="list the users", status=status)


def step(name: str, *did: str, changed: bool = True) -> dict[str, t.Any]:
    return {"step": name, "changed": changed, "found": "", "did": list(did), "verified": []}


@pytest.mark.parametrize(
    "error, steps, is_error, refused",
    [
        (ScimError("no"), [], True, False),
        (failed(500), [], True, False),
        (failed(None), [], True, False),
        (failed(401), [], True, True),
        (failed(403), [], True, True),
        (failed(402), [], True, False),
        # what was found already explains it
        (failed(403), [step("service_account", "set_roles")], False, True),
        (failed(401), [step("service_account", "create")], False, True),
        (failed(401), [step("service_account", "update", "set_roles")], False, True),
        (failed(401), [step("service_account_key", "create")], False, True),
        # and this does not
        (failed(401), [step("service_account", "update")], True, True),
        (failed(401), [step("service_account", "create", changed=False)], True, True),
        (failed(401), [step("user_groups", "bind 1")], True, True),
        (failed(401), [{**step("service_account", "ask"), "known": False}], True, True),
        (failed(401), [{**step("service_account", "ask"), "known": True}], False, True),
        (failed(401), ["odd", {}, {"step": "service_account"}], True, True),
        (failed(500), [step("service_account", "create")], True, False),
        # another service knows nothing of the account
        (failed(401, "JumpCloud"), [step("service_account", "create")], True, False),
        (failed(403, "JumpCloud Directory Insights"), [], True, False),
    ],
)
def test_people_who_could_not_be_read(error: ScimError, steps: list[t.Any], is_error: bool, refused: bool) -> None:
    found = rules.unread_people(error, "No.", steps)
    assert (found.is_error, found.refused) == (is_error, refused)
    assert found.as_row() == {"what": "people", "why": "The people could not be compared. No."}


@pytest.mark.parametrize(
    "error, is_error", [(ScimError("no"), True), (failed(401), False), (failed(402), False), (failed(403), False), (failed(404), True), (failed(500), True)]
)
def test_events_that_could_not_be_read(error: ScimError, is_error: bool) -> None:
    found = rules.unread_events(error, "No.")
    assert (found.is_error, found.as_row()) == (is_error, {"what": "events", "why": "No." if is_error else "No." + HINT})


PEOPLE = rules.Unread("people", "The people could not be compared. No.", "No.", True)


NOTHING_COMPARED = "No step was compared, since the tags select none. The tags are named like the steps."


@pytest.mark.parametrize(
    "stops, failure, steps, run_tags, said",
    [
        ([], None, [], [], None),
        ([], "", ["user_groups"], ["all"], None),
        (["a: no.", "b: no."], None, [], ["all"], "a: no. b: no."),
        (["a: no.", "b: no."], "It broke.", [], ["all"], "a: no. b: no. It broke."),
        (["a: no.", "b: no."], "a: no. b: no.", [], ["all"], "a: no. b: no."),
        (["a: no.", "b: no."], "b: no.", [], ["all"], "a: no. b: no."),
        ([], "It broke.", [], ["nothing"], "It broke."),
        ([], None, [], ["nothing"], NOTHING_COMPARED),
        ([], None, ["prerequisites"], ["nothing"], NOTHING_COMPARED),
        ([], None, ["prerequisites"], ["prerequisites"], None),
        ([], None, ["prerequisites", "user_groups"], ["user_groups"], None),
    ],
)
def test_what_stopped_the_comparison(stops: list[str], failure: str | None, steps: list[str], run_tags: list[str], said: str | None) -> None:
    assert rules.stopped(stops, failure, steps, run_tags) == (said and "The set-up could not be compared. " + said)


@pytest.mark.parametrize(
    "run_error, unread, said",
    [
        (None, [], None),
        ("", [], None),
        ("Stopped.", [], "Stopped."),
        ("Stopped.", [PEOPLE, rules.Unread("events", "Away.", "Away.", True)], "Stopped. The people could not be compared. No. Away."),
        (None, [rules.Unread("people", "No.", "No.", False)], None),
        # one reason for several parts is said once
        ("Stopped: No.", [PEOPLE, rules.Unread("events", "No. Leave them out.", "No.", True)], "Stopped: No."),
        (None, [PEOPLE, rules.Unread("events", "No.", "No.", True)], "The people could not be compared. No."),
    ],
)
def test_errors_are_said_once(run_error: str | None, unread: list[rules.Unread], said: str | None) -> None:
    assert rules.said_errors(run_error, unread) == said


@pytest.mark.parametrize(
    "given, off",
    [
        (([], True, True), []),
        (([], False, True), ["people"]),
        (([], True, False), ["events"]),
        ((["events"], False, True), ["people", "events"]),
        ((["people", "steps"], False, True), ["steps", "people"]),
    ],
)
def test_parts_that_are_switched_off(given: tuple[list[str], bool, bool], off: list[str]) -> None:
    assert rules.parts_off(*given) == off


def named(*names: t.Any) -> list[dict[str, t.Any]]:
    return [{"id": str(number), "name": name} for number, name in enumerate(names)]


@pytest.mark.parametrize(
    "names, count",
    [
        ([], []),
        (["ours"], ["0"]),
        (["ours", "for audits", "ours 00000000001f"], ["0", "2"]),
        (["ours", None], ["0"]),
        (["oursome", "ours-1"], ["foreign 0", "foreign 1"]),
        # nobody can tell
        ([None], ["0"]),
        (["for audits", None], ["0", "1"]),
        (["for audits", 7], ["0", "1"]),
    ],
)
def test_keys_that_count(names: list[t.Any], count: list[str]) -> None:
    found = rules.keys_that_count(named(*names), "ours")
    assert found is not None
    assert [("foreign " if key.get("managed") is False else "") + key["id"] for key in found] == count


def test_keys_that_nobody_looked_for() -> None:
    assert rules.keys_that_count(None, "ours") is None


PEOPLE_SEEN = {"base_url": BASE_URL, "counts": {"provisioned": 3}}


@pytest.mark.parametrize(
    "connector, people, refused_at, found",
    [
        (None, None, None, None),
        ({}, None, None, None),
        ({"base_url": BASE_URL, "verified": None, "users": None}, None, None, (None, None)),
        ({"base_url": BASE_URL, "verified": True, "users": 7}, None, None, (True, 7)),
        ({"base_url": BASE_URL, "verified": True, "users": 7}, PEOPLE_SEEN, None, (True, 3)),
        ({"base_url": BASE_URL, "verified": None, "users": None}, None, BASE_URL, (False, None)),
        # another key was proven
        ({"base_url": BASE_URL, "verified": True, "users": 7}, None, BASE_URL, (True, 7)),
        (None, PEOPLE_SEEN, None, (True, 3)),
        (None, None, BASE_URL, (False, None)),
    ],
)
def test_connector(connector: t.Any, people: t.Any, refused_at: str | None, found: tuple[t.Any, t.Any] | None) -> None:
    expected = None if found is None else {"base_url": BASE_URL, "reachable": found[0], "users": found[1]}
    assert rules.connector_seen(connector, people, refused_at) == expected


NOT_SEEN = {"account": None, "keys": None, "application": None, "groups": None}


@pytest.mark.parametrize(
    "seen, found",
    [
        (None, {}),
        ({}, {}),
        ("odd", {}),
        ({"service_account": None, "service_account_key": None, "user_groups": None, "application": None}, {}),
        ({"service_account": {"account": None}, "service_account_key": {"keys": None}, "user_groups": {"bound": None}}, {}),
        ({"service_account": [1], "service_account_key": "odd", "user_groups": {"bound": "odd"}, "application": 7}, {}),
        ({"service_account": {"account": {"id": "a"}}}, {"account": {"id": "a"}}),
        ({"service_account_key": {"keys": []}}, {"keys": []}),
        ({"service_account_key": {"keys": [7]}}, {}),
        ({"user_groups": {"wanted": [{"id": "g"}], "bound": []}}, {"groups": []}),
        ({"user_groups": {"bound": [{"id": "g", "name": "G"}]}}, {"groups": [{"id": "g", "name": "G"}]}),
        ({"application": {"id": "x", "display_label": "Unity"}}, {"application": {"display_label": "Unity", "identity_management": None}}),
        ({"identity_management": {"status": "active"}}, {}),
        (
            {"application": {"id": "x"}, "identity_management": {"status": "active"}},
            {"application": {"display_label": None, "identity_management": {"status": "active"}}},
        ),
    ],
)
def test_what_was_seen_of_the_set_up(seen: t.Any, found: dict[str, t.Any]) -> None:
    assert rules.setup_seen(seen, "ours") == {**NOT_SEEN, **found}


def test_lines() -> None:
    check = {"check": "key", "title": "Key", "state": "amber", "found": "It is old.", "remedy": "Rotate it."}
    audit = {
        "verdict": "Drift: 1 step differs.",
        "checks": [check, {**check, "state": "red", "remedy": None}, {**check, "state": "green"}, {**check, "state": "unknown"}],
        "unchecked": [{"what": "events", "why": "HTTP 403."}],
        "files": {"json": "/x/report.json"},
    }
    lines = ["Drift: 1 step differs.", "AMBER Key: It is old. Rotate it.", "RED Key: It is old.", "GREEN Key: It is old.", "UNKNOWN Key: It is old."]
    assert rules.lines_of(audit, written=True) == [*lines, "Unchecked: events. HTTP 403.", "Written: /x/report.json"]
    assert rules.lines_of({**audit, "unchecked": [], "files": None}, written=True) == lines
    assert rules.lines_of(audit, written=False)[-1] == "Would be written: /x/report.json"


def test_keys_without_names_are_not_said_to_be_foreign() -> None:
    keys = [{"id": "one", "name": None, "managed": False}, {"id": "two", "name": "theirs", "managed": False}]
    assert rules.keys_that_count(keys, "ours") == [{"id": "one", "name": None}, {"id": "two", "name": "theirs"}]


def somebody(name: str | None = "Grace", **fields: t.Any) -> dict[str, t.Any]:
    nothing = {"email": None, "user_name": name, "jumpcloud_id": None, "unity_id": None, "reason": None, "differences": [], "remedy": None}
    return {**nothing, **fields}


MANY = [somebody("P%d" % number) for number in range(102)]


@pytest.mark.parametrize(
    "people, names",
    [
        (None, []),
        ({}, []),
        ({"missing": None, "counts": None}, []),
        ({"pending": [somebody()], "counts": {"pending": 1}}, []),
        ({"missing": [somebody()]}, ["missing: Grace"]),
        ({"missing": [somebody()], "counts": {"missing": 1}}, ["missing: Grace"]),
        ({"missing": [somebody()], "counts": {"missing": 3}}, ["missing: Grace", "missing: ... and 2 more"]),
        ({"missing": [], "counts": {"missing": 1}}, ["missing: ... and 1 more"]),
        ({"at_risk": MANY[:100], "counts": {"at_risk": 100}}, ["at_risk: P%d" % number for number in range(100)]),
        ({"at_risk": MANY, "counts": {"at_risk": 102}}, [*("at_risk: P%d" % number for number in range(100)), "at_risk: ... and 2 more"]),
        ({"unexpected": [somebody(reason="suspended", remedy="Delete it.")]}, ["unexpected: Grace (suspended). Delete it."]),
        # an account is called what Unity calls it, since its person has another one, or another address
        ({"unexpected": [somebody("old@x", email="new@x", unity_id="8", remedy="Look.")]}, ["unexpected: old@x, in JumpCloud new@x. Look."]),
        ({"unexpected": [somebody("A@x", email="a@x", unity_id="8")]}, ["unexpected: A@x"]),
        ({"duplicates": [somebody("A@x", email="a@x", unity_id="8")]}, ["duplicates: A@x, Unity ID 8"]),
        ({"differing": [somebody("old@x", email="new@x", unity_id="8")]}, ["differing: new@x"]),
        ({"differing": [somebody(differences=[{"attribute": "active"}, {"attribute": "userName"}])]}, ["differing: Grace (active, userName)"]),
        ({"missing": [somebody(email="a@example.com", jumpcloud_id="7")]}, ["missing: a@example.com"]),
        ({"missing": [somebody(None, jumpcloud_id="7", unity_id="8")]}, ["missing: 7"]),
        ({"missing": [somebody(None, unity_id="8")]}, ["missing: 8"]),
        ({"missing": [somebody(None)]}, ["missing: ?"]),
    ],
)
def test_whom_a_diff_names(people: dict[str, t.Any] | None, names: list[str]) -> None:
    assert rules.names_of(people) == names
