# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_group_binding with wait_timeout: JumpCloud gets the time to deprovision those who lost access."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_group_binding
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_group_binding import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    ASSOCIATIONS,
    BOUND_PAGE,
    GROUPS_PAGE,
    JUMPCLOUD,
    PAGE,
    PROVISION,
    application,
    configuration,
    edge,
    event,
    event_query,
)

ARTISTS = "65f0c0ffee65f0c0ffee00b0"
USERS = "/api/v2/applications/%s/users" % APP_ID
EVENTS = "/insights/directory/v1/events"
# the service tells what time it has before the first unbinding, or does not
TIMED, UNTIMED = reply([], headers={"Date": "Tue, 24 Nov 2026 06:00:01 GMT"}), reply([])
UNBOUND_AT = "2026-11-24T06:00:01.250Z"
UNBOUND = event("association_change", timestamp=UNBOUND_AT)
DEVELOPERS = "65f0c0ffee65f0c0ffee00b1"


def changed(op: str, group_id: str, at: str = UNBOUND_AT, kind: str = "user_group") -> dict[str, t.Any]:
    ends = {"from": {"type": "application", "object_id": APP_ID}, "to": {"type": kind, "object_id": group_id}}
    return event("association_change", timestamp=at, association={"op": op, "connection": ends})


REFUSED = reply({"message": "no"}, 403)
TITLE = "JumpCloud has deprovisioned those who lost access to Unity"


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def watched(context: Context, lines: list[str]) -> Context:
    return dataclasses.replace(context, announce=lines.append)


def options(**given: t.Any) -> dict[str, t.Any]:
    chosen = {"application_id": APP_ID, "groups": [], "state": "exact", "max_deprovisioned_users": 9, "concurrency": 1, "wait_timeout": 60.0, "method": "api"}
    return params(ARGUMENTS, **{**JUMPCLOUD, **chosen, **given})


def expect_bindings(http: ExactCalls, *bound: str) -> None:
    http.expect("GET", "/api/applications/" + APP_ID, reply(application()))
    http.expect("GET", "/api/v2/usergroups", reply([{"id": ARTISTS, "name": "Unity Artists"}]), query=GROUPS_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([edge(group_id) for group_id in bound]), query=BOUND_PAGE)


def expect_unbinding(
    http: ExactCalls,
    *user_ids: str,
    email: str | None = "someone@example.com",
    odd: t.Sequence[t.Any] = (),
    begun: t.Any = TIMED,
) -> None:
    """``begun``: what answers where the time is asked for before the unbinding; None where it is not asked for."""
    people = [{"id": user_id, "type": "user", "paths": [[edge(ARTISTS)]]} for user_id in user_ids]
    bound = reply([*people, *odd])
    expect_bindings(http, ARTISTS)
    http.expect("GET", USERS, bound, query=PAGE)
    expect_members(http, ARTISTS, *user_ids)
    for user_id in user_ids:
        http.expect("GET", "/api/systemusers/" + user_id, reply({"_id": user_id, "email": email, "state": "ACTIVATED"}))
    if begun is not None:
        expect_recent(http, answer=begun)
    http.expect("GET", ASSOCIATIONS, reply([edge(ARTISTS)]), query=BOUND_PAGE)
    http.expect("GET", USERS, bound, query=PAGE)
    expect_members(http, ARTISTS, *user_ids)
    http.expect("POST", ASSOCIATIONS, reply(status=204), json={"op": "remove", "type": "user_group", "id": ARTISTS})
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)


def ago(http: ExactCalls, **since: t.Any) -> str:
    return (datetime.fromtimestamp(http.time.WALL + http.time.elapsed, timezone.utc) - timedelta(**since)).strftime("%Y-%m-%dT%H:%M:%SZ")


def expect_recent(http: ExactCalls, *rows: t.Any, answer: t.Any = None) -> None:
    http.expect("POST", EVENTS, answer or reply(list(rows)), json=event_query(ago(http, days=1), ["association_change"]))


def expect_status(http: ExactCalls, **fields: t.Any) -> None:
    http.expect("GET", PROVISION, reply(configuration(**fields)))


def expect_change(http: ExactCalls, answer: t.Any) -> None:
    http.expect("POST", EVENTS, answer, json=event_query(ago(http, days=90), INTEGRATION_TYPES))


def expect_look(http: ExactCalls, *gone: str, answer: t.Any = None) -> None:
    rows = [event("user_deprovision", timestamp=UNBOUND_AT, resource={"type": "user", "id": user_id}) for user_id in gone]
    http.expect("POST", EVENTS, answer or reply(rows), json=event_query("2026-11-24T06:00:01Z", ["user_deprovision", "user_delete_provision"]))


# ---- whom the events tell of


def test_the_wait_ends_when_the_events_show_everybody(http: ExactCalls, watched: Context, time: FakeTime, lines: list[str]) -> None:
    expect_unbinding(http, "u1", "u2")
    expect_status(http)
    expect_look(http)
    expect_look(http, "u1")
    expect_look(http, "u1")
    expect_look(http, "u2", "u1")
    result = run(options(), watched)
    assert (result["deprovisioned"], result["awaited_users_count"], result["changed"], time.sleeps) == (True, 0, True, [2.0, 2.0, 2.0])
    assert lines == [
        "Waiting for: %s (0 s of 60 s): 0 of 2 people" % TITLE,
        "Waiting for: %s (2 s of 60 s): 1 of 2 people" % TITLE,
        "%s: seen. 2 of 2 people" % TITLE,
    ]
    assert_documented(jumpcloud_group_binding, result)


def test_what_is_done_already_is_not_waited_for(http: ExactCalls, watched: Context, time: FakeTime, lines: list[str]) -> None:
    expect_unbinding(http, "u1")
    expect_status(http)
    expect_look(http, "u1", "u9")
    assert run(options(), watched)["deprovisioned"] is True
    assert (time.sleeps, lines) == ([], ["%s: seen. 1 of 1 person" % TITLE])


def test_the_time_runs_out_and_a_line_tells_so_now_and_then(http: ExactCalls, watched: Context, time: FakeTime, lines: list[str]) -> None:
    expect_unbinding(http, "u1", "u2")
    expect_status(http)
    for _number in range(24):
        expect_look(http, "u1")
    result = run(options(wait_timeout=45.0), watched)
    assert (result["deprovisioned"], result["awaited_users_count"], sum(time.sleeps), time.sleeps[-1]) == (False, 1, 45.0, 1.0)
    assert lines == ["Waiting for: %s (%d s of 45 s): 1 of 2 people" % (TITLE, seconds) for seconds in (0, 20, 40)]


def test_a_failed_deprovisioning_is_none(http: ExactCalls, watched: Context) -> None:
    failed = event("user_deprovision", success=False, resource={"id": "u1"})
    expect_unbinding(http, "u1")
    expect_status(http)
    expect_look(http, answer=reply([failed]))
    expect_look(http, answer=reply([failed]))
    assert run(options(wait_timeout=2.0), watched)["deprovisioned"] is False


def test_trouble_for_a_moment_ends_nothing(http: ExactCalls, watched: Context, lines: list[str]) -> None:
    expect_unbinding(http, "u1")
    expect_status(http)
    for _try in range(5):
        expect_look(http, answer=reply({}, 503))
    expect_look(http, "u1")
    assert run(options(), watched)["deprovisioned"] is True
    assert "HTTP 503" in lines[0]


def test_after_a_refusal_the_rest_of_the_time_is_waited_for(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_unbinding(http, "u1")
    expect_status(http)
    expect_look(http)
    expect_look(http, answer=REFUSED)
    result = run(options(), watched)
    assert (result["deprovisioned"], result["awaited_users_count"], sum(time.sleeps)) == (False, None, 60.0)


def test_the_wait_is_no_part_of_the_time_budget(http: ExactCalls, watched: Context) -> None:
    expect_unbinding(http, "u1")
    expect_status(http)
    for _number in range(20):
        expect_look(http)
    expect_look(http, "u1")
    assert run(options(time_budget=30.0), watched)["deprovisioned"] is True


def test_neither_the_order_of_the_unbindings_nor_a_late_event_of_one_matters(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    """u1 is gone before the second group is unbound, and no event of an unbinding is there when u1 and u2 are looked for."""
    people = [{"id": "u1", "type": "user", "paths": [[edge(ARTISTS)]]}, {"id": "u2", "type": "user", "paths": [[edge(DEVELOPERS)]]}]
    both = reply([edge(ARTISTS), edge(DEVELOPERS)])

    def expect_people() -> None:
        http.expect("GET", USERS, reply(people), query=PAGE)
        expect_members(http, ARTISTS, "u1")
        expect_members(http, DEVELOPERS, "u2")

    expect_bindings(http, ARTISTS, DEVELOPERS)
    expect_people()
    for user_id in ("u1", "u2"):
        http.expect("GET", "/api/systemusers/" + user_id, reply({"_id": user_id, "email": "someone@example.com", "state": "ACTIVATED"}))
    expect_recent(http, answer=TIMED)
    http.expect("GET", ASSOCIATIONS, both, query=BOUND_PAGE)
    expect_people()
    with http.in_any_order():
        for group_id in (ARTISTS, DEVELOPERS):
            http.expect("POST", ASSOCIATIONS, reply(status=204), json={"op": "remove", "type": "user_group", "id": group_id})
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)
    expect_status(http)
    gone = [("u2", "2026-11-24T06:00:05Z"), ("u1", "2026-11-24T06:00:02Z")]
    expect_look(http, answer=reply([event("user_deprovision", timestamp=at, resource={"type": "user", "id": user_id}) for user_id, at in gone]))
    result = run(options(), watched)
    assert (result["deprovisioned"], time.sleeps) == (True, [])


def test_a_deprovisioning_of_before_is_none_of_this_one(http: ExactCalls, watched: Context) -> None:
    before = event("user_deprovision", timestamp="2026-11-24T06:00:00.999Z", resource={"type": "user", "id": "u1"})
    expect_unbinding(http, "u1")
    expect_status(http)
    expect_look(http, answer=reply([before]))
    expect_look(http, answer=reply([before]))
    assert run(options(wait_timeout=2.0), watched)["deprovisioned"] is False


@pytest.mark.parametrize("begun", [UNTIMED, REFUSED])
def test_where_the_service_told_no_time_the_event_of_the_unbinding_does(http: ExactCalls, watched: Context, time: FakeTime, begun: t.Any) -> None:
    expect_unbinding(http, "u1", begun=begun)
    expect_recent(http, UNBOUND, event("association_change"))
    expect_status(http)
    expect_look(http, "u1")
    assert run(options(), watched)["deprovisioned"] is True and time.sleeps == []


def test_somebody_else_unbound_the_group_meanwhile(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    """This run has unbound nothing, so the events tell who it is about."""
    expect_bindings(http, ARTISTS)
    http.expect("GET", USERS, reply([{"id": "u1", "type": "user", "paths": [[edge(ARTISTS)]]}]), query=PAGE)
    expect_members(http, ARTISTS, "u1")
    http.expect("GET", "/api/systemusers/u1", reply({"_id": "u1", "email": "someone@example.com", "state": "ACTIVATED"}))
    expect_recent(http, answer=TIMED)
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)
    expect_recent(http, changed("remove", ARTISTS))
    expect_status(http)
    expect_members(http, ARTISTS, "u1")
    expect_look(http, "u1")
    result = run(options(), watched)
    assert (result["changed"], result["deprovisioned"], time.sleeps) == (False, None, [])


# ---- the whole time, where the events can't tell who it is about


@pytest.mark.parametrize(
    "people, recent",
    [
        pytest.param({"email": None}, None, id="people can't be read"),
        pytest.param({"odd": [{"id": "u2", "paths": 7}]}, None, id="someone can't be read in the list of bound people"),
        pytest.param({"begun": REFUSED}, REFUSED, id="events can't be read"),
        pytest.param({"begun": UNTIMED}, reply([]), id="no time, and no event of the unbinding"),
        pytest.param({"begun": UNTIMED}, reply([{**UNBOUND, "application": {"id": "f" * 24}}]), id="no time, and an event of another application"),
    ],
)
def test_the_whole_time(http: ExactCalls, watched: Context, time: FakeTime, lines: list[str], people: dict[str, t.Any], recent: t.Any) -> None:
    expect_unbinding(http, "u1", **people)
    if recent is not None:
        expect_recent(http, answer=recent)
    expect_status(http)
    result = run(options(), watched)
    assert (result["deprovisioned"], result["awaited_users_count"], sum(time.sleeps)) == (False, None, 60.0)
    assert lines == ["Waiting for: %s (%d s of 60 s): the events can't tell who it is about" % (TITLE, seconds) for seconds in (0, 20, 40, 60)]


@pytest.mark.parametrize("state, groups", [("exact", []), ("absent", ["Unity Artists"])])
def test_nothing_is_to_be_done_and_the_event_does_not_say_who_lost_access(
    http: ExactCalls, watched: Context, time: FakeTime, state: str, groups: list[str]
) -> None:
    """A run may have unbound the groups and stopped then, or have seen it through."""
    expect_bindings(http)
    expect_recent(http, UNBOUND)
    expect_status(http)
    result = run(options(state=state, groups=groups), watched)
    assert (result["changed"], result["deprovisioned"], sum(time.sleeps)) == (False, None, 60.0)


@pytest.mark.parametrize("method", ["api", "manual", "auto"])
def test_whether_a_run_broke_off_is_not_known(http: ExactCalls, watched: Context, time: FakeTime, method: str) -> None:
    """Without Directory Insights, a run after one that broke off looks like any other. It waits, and does not say that anybody is left."""
    expect_bindings(http)
    expect_recent(http, answer=REFUSED)
    if method == "api":
        expect_status(http)
    else:
        expect_change(http, REFUSED)
    result = run(options(method=method), watched)
    assert (result["changed"], result["deprovisioned"], sum(time.sleeps)) == (False, None, 60.0)


# ---- after a run that broke off, where the events tell who it is about


def expect_members(http: ExactCalls, group_id: str, *user_ids: str, answer: t.Any = None) -> None:
    rows = reply([{"id": user_id, "type": "user"} for user_id in user_ids])
    http.expect("GET", "/api/v2/usergroups/%s/membership" % group_id, answer or rows, query=PAGE)


def expect_left(http: ExactCalls, *user_ids: str, bound: t.Sequence[str] = (), **fields: t.Any) -> None:
    """Who is bound still, and those who are not."""
    http.expect("GET", USERS, reply([{"id": user_id, "type": "user", "paths": [[edge(DEVELOPERS)]]} for user_id in bound]), query=PAGE)
    for user_id in user_ids:
        http.expect("GET", "/api/systemusers/" + user_id, reply({"_id": user_id, "email": "someone@example.com", "state": "ACTIVATED", **fields}))


@pytest.mark.parametrize("seconds, done", [(60.0, True), (2.0, False)])
def test_who_was_unbound_by_a_run_that_broke_off_is_waited_for(http: ExactCalls, watched: Context, time: FakeTime, seconds: float, done: bool) -> None:
    expect_bindings(http)
    expect_recent(http, changed("remove", ARTISTS))
    expect_status(http)
    expect_members(http, ARTISTS, "u1", "u2", "u3")
    expect_look(http, "u2")
    expect_left(http, "u1", bound=["u3"])
    expect_look(http)
    expect_look(http, *(["u1"] if done else []))
    result = run(options(wait_timeout=seconds), watched)
    assert (result["changed"], result["deprovisioned"], result["awaited_users_count"], time.sleeps) == (False, done, 0 if done else 1, [2.0])


def test_what_a_run_has_seen_through_is_not_waited_for_again(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    """The same task twice: the second one has nothing to do."""
    expect_bindings(http)
    expect_recent(http, changed("remove", ARTISTS))
    expect_status(http)
    expect_members(http, ARTISTS, "u1", "u2")
    expect_look(http, "u1", "u2")
    result = run(options(), watched)
    assert (result["changed"], result["deprovisioned"], time.sleeps) == (False, None, [])


def test_a_group_that_is_bound_again_and_people_without_an_account(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_bindings(http, DEVELOPERS)
    expect_recent(http, changed("add", DEVELOPERS), changed("remove", DEVELOPERS), changed("remove", "u2", kind="user"))
    expect_status(http)
    expect_members(http, DEVELOPERS, "u1")
    expect_look(http)
    expect_left(http, "u2", bound=["u1"], state="STAGED")
    result = run(options(state="absent", groups=["Unity Artists"]), watched)
    assert (result["changed"], result["deprovisioned"], time.sleeps) == (False, None, [])


def test_an_unbinding_of_nobody(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_bindings(http)
    expect_recent(http, changed("remove", ARTISTS))
    expect_status(http)
    expect_members(http, ARTISTS)
    assert run(options(), watched)["deprovisioned"] is None and time.sleeps == []


@pytest.mark.parametrize("what", ["the group", "the events", "the bound people", "a person"])
def test_who_was_unbound_can_not_be_read(http: ExactCalls, watched: Context, time: FakeTime, what: str) -> None:
    """The group was deleted, for example."""
    expect_bindings(http)
    expect_recent(http, changed("remove", ARTISTS))
    expect_status(http)
    expect_members(http, ARTISTS, "u1", answer=reply({"message": "Not Found"}, 404) if what == "the group" else None)
    if what != "the group":
        expect_look(http, answer=REFUSED if what == "the events" else None)
    if what == "the bound people":
        http.expect("GET", USERS, REFUSED, query=PAGE)
    elif what == "a person":
        expect_left(http)
        http.expect("GET", "/api/systemusers/u1", REFUSED)
    assert run(options(), watched)["deprovisioned"] is None and sum(time.sleeps) == 60.0


def test_what_was_bound_is_not_waited_for(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_bindings(http, DEVELOPERS)
    expect_recent(http, changed("add", DEVELOPERS))
    result = run(options(state="absent", groups=["Unity Artists"]), watched)
    assert (result["changed"], result["deprovisioned"], time.sleeps) == (False, None, [])


# ---- nothing to wait for


def test_nothing_was_unbound(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_bindings(http)
    expect_recent(http)
    assert run(options(), watched)["deprovisioned"] is None
    assert time.sleeps == []


def test_nobody_lost_access(http: ExactCalls, watched: Context, time: FakeTime, lines: list[str]) -> None:
    expect_unbinding(http, begun=None)
    expect_recent(http, UNBOUND)
    result = run(options(), watched)
    assert (result["changed"], result["deprovisioned"], time.sleeps, lines) == (True, None, [], [])


def test_where_nothing_was_unbound_and_provisioning_is_not_active(http: ExactCalls, watched: Context, time: FakeTime) -> None:
    expect_bindings(http)
    expect_recent(http, answer=REFUSED)
    expect_status(http, status="inactive")
    assert run(options(), watched)["deprovisioned"] is None
    assert time.sleeps == []


@pytest.mark.parametrize("answer", [reply(configuration(status="inactive")), reply({"message": "Not configured"}, 404)])
def test_provisioning_is_not_active(http: ExactCalls, watched: Context, time: FakeTime, answer: t.Any) -> None:
    expect_unbinding(http, "u1")
    http.expect("GET", PROVISION, answer)
    assert run(options(), watched)["deprovisioned"] is None
    assert time.sleeps == []


def test_check_mode_asks_no_events(http: ExactCalls, check_context: Context, time: FakeTime) -> None:
    expect_bindings(http, ARTISTS)
    http.expect("GET", USERS, reply([]), query=PAGE)
    expect_members(http, ARTISTS)
    result = run(options(), check_context)
    assert (result["changed"], result["deprovisioned"], time.sleeps) == (True, None, [])


def test_without_a_timeout_nothing_is_waited_for(http: ExactCalls, watched: Context) -> None:
    expect_unbinding(http, "u1", begun=None)
    assert run(options(wait_timeout=0.0), watched)["deprovisioned"] is None


def test_what_only_binds_takes_nothing_from_anybody(http: ExactCalls, watched: Context) -> None:
    expect_bindings(http)
    assert run(options(state="present"), watched)["deprovisioned"] is None


def test_a_negative_timeout(http: ExactCalls, watched: Context) -> None:
    with pytest.raises(ScimError, match="wait_timeout .*must not be negative"):
        run(options(wait_timeout=-1.0), watched)
    assert http.seen == []


# ---- whether provisioning is active


@pytest.mark.parametrize(
    "newest, expected",
    [(event("integration_activate"), True), (event("integration_deactivate"), None), (None, True)],
)
def test_in_manual_mode_the_events_tell_it(http: ExactCalls, watched: Context, newest: t.Any, expected: bool | None) -> None:
    expect_unbinding(http, "u1")
    expect_change(http, reply([newest] if newest else []))
    if expected:
        expect_look(http, "u1")
    assert run(options(method="manual"), watched)["deprovisioned"] is expected


@pytest.mark.parametrize("recent, seconds", [(None, 0.0), (REFUSED, 60.0)])
@pytest.mark.parametrize(
    "method, answer", [("manual", REFUSED), ("auto", text_reply("<html>")), ("api", REFUSED), ("api", reply({})), ("api", text_reply("<html>", 404))]
)
def test_where_that_can_not_be_read_it_is_taken_as_active(
    http: ExactCalls, watched: Context, time: FakeTime, warnings: list[str], method: str, answer: t.Any, recent: t.Any, seconds: float
) -> None:
    """The unbinding is done by then: the result tells of it, and the people are waited for."""
    expect_unbinding(http, "u1", begun=TIMED if recent is None else recent)
    if recent is not None:
        expect_recent(http, answer=recent)
    if method == "api":
        http.expect("GET", PROVISION, answer)
    else:
        expect_change(http, answer)
    if recent is None:
        expect_look(http, "u1")
    result = run(options(method=method), watched)
    assert (result["deprovisioned"], verbs(result), result["changed"], sum(time.sleeps)) == (recent is None, ["unbind"], True, seconds)
    assert [warning.endswith(" Provisioning is taken as active.") for warning in warnings] == [True]
    assert_documented(jumpcloud_group_binding, result)
