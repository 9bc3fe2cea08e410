# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watch, look by look, on a clock that stands still: exact requests, pauses, and what is told of a long failure."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import requests
from ansible_collections.unity_jumpcloud.scim.extensions.eda.plugins.event_source.jumpcloud_provisioning import ARGUMENTS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import WATCHED_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.provisioning_watch import Look, Watch, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime, Reply, cut_off, read_timeout, refused, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.conftest import clean_environment
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, JC_ORG, JUMPCLOUD, V1_PAGE, application, event, event_query, v1

__all__ = ["clean_environment"]

EVENTS = "/insights/directory/v1/events"
# a quarter of an hour before the fake clock's time, which is 2026-11-24T06:00:00Z
BEGUN = "2026-11-24T05:45:00Z"


@pytest.fixture
def lines() -> list[str]:
    return []


def watch(context: Context, lines: list[str], **given: t.Any) -> Watch:
    return run(params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", **given}), context, lines.append)


def expect_events(http: ExactCalls, *rows: dict[str, t.Any], since: str = BEGUN, answer: Reply | Break | None = None) -> None:
    http.expect("POST", EVENTS, answer or reply(list(rows), headers={"X-Limit": "1000"}), json=event_query(since, WATCHED_TYPES))


def begin(http: ExactCalls, watched: Watch) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    expect_events(http)
    keep(watched)


def keep(watched: Watch) -> Look:
    look = watched.look()
    watched.keep(look)
    return look


def changed(identity: str, at: str, **fields: t.Any) -> dict[str, t.Any]:
    return event("integration_deactivate", id=identity, timestamp=at, **fields)


def test_each_look_asks_for_the_overlap_again(http: ExactCalls, context: Context, lines: list[str], time: FakeTime) -> None:
    watched = watch(context, lines)
    begin(http, watched)
    time.pass_(60)
    row = changed("e1", "2026-11-24T06:00:30Z")
    expect_events(http, row)
    look = keep(watched)
    assert ([one["kind"] for one in look.told], look.pause) == (["deactivated", "changed_by_others"], 60.0)
    expect_events(http, row, since="2026-11-24T05:45:30Z")
    assert (keep(watched).told, lines) == ([], [])


def test_whose_change_it_is(http: ExactCalls, context: Context, lines: list[str]) -> None:
    watched = watch(context, lines, ours=["robot@example.com"])
    begin(http, watched)
    expect_events(http, changed("e1", "2026-11-24T06:00:30Z", initiated_by={"type": "admin", "email": "Robot@example.com"}))
    (told,) = keep(watched).told
    assert (told["kind"], told["by_us"], told["application"]) == ("deactivated", True, {"id": APP_ID, "name": "Unity"})


def test_a_change_of_bindings_that_names_the_application_as_an_end_only(http: ExactCalls, context: Context, lines: list[str]) -> None:
    watched = watch(context, lines)
    begin(http, watched)
    ends = {"from": {"type": "application", "object_id": APP_ID}, "to": {"type": "user_group", "object_id": "g1"}}
    row = event("association_change", id="e1", timestamp="2026-11-24T06:00:30Z", association={"op": "remove", "connection": ends})
    del row["application"]
    expect_events(http, row)
    assert [one["kind"] for one in keep(watched).told] == ["changed", "changed_by_others"]


def test_a_restart_after_sixteen_days_goes_on_and_says_what_may_be_gone(
    http: ExactCalls, context: Context, lines: list[str], time: FakeTime, tmp_path: Path
) -> None:
    """JumpCloud keeps events for 90 days, or 15."""
    state = str(tmp_path / "state.json")
    begin(http, watch(context, lines, state_file=state))
    time.pass_(16 * 86400)
    watched = watch(context, lines, state_file=state)
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    expect_events(http, changed("e1", "2026-11-30T06:00:00Z"))
    told = keep(watched).told
    assert [one["kind"] for one in told] == ["deactivated", "changed_by_others", "unwatched"]
    said = "JumpCloud may have forgotten what was before 2026-11-25 06:00 UTC, since on its lowest plan it keeps events for 15 days"
    assert (told[-1]["reason"], lines) == (said, [said + ". Run the audit."])
    expect_events(http, since="2026-11-30T05:45:00Z")
    assert keep(watched).told == []


TLS = Break(requests.exceptions.SSLError("certificate verify failed: certificate has expired"))
FAILURES: list[t.Any] = [
    pytest.param([TLS], id="the certificate has expired"),
    pytest.param([refused()] * 5, id="refused"),
    pytest.param([read_timeout()] * 5, id="no answer in time"),
    pytest.param([cut_off()] * 5, id="cut off"),
    pytest.param([text_reply("<html>Log in</html>")], id="a login page"),
    pytest.param([reply({"results": []})], id="another shape"),
    pytest.param([reply(status=500)], id="500"),
    pytest.param([reply({"message": "no"}, 401)], id="401"),
]


@pytest.mark.parametrize("answers", FAILURES)
def test_after_a_failure_it_looks_again_later_and_misses_nothing(
    http: ExactCalls, context: Context, lines: list[str], time: FakeTime, answers: list[Reply | Break]
) -> None:
    watched = watch(context, lines)
    begin(http, watched)
    for answer in answers:
        expect_events(http, answer=answer)
    look = keep(watched)
    assert (look.told, look.memory, look.pause) == ([], None, 120.0)
    time.pass_(look.pause)
    expect_events(http, changed("e1", "2026-11-24T06:00:30Z"))
    assert [one["kind"] for one in keep(watched).told] == ["deactivated", "changed_by_others"]
    assert len(lines) == 2 and "Looking again in 120 s." in lines[0] and lines[1] == "JumpCloud answers again, after 1 failed looks."


def test_pauses_grow_and_a_long_failure_is_told_once(http: ExactCalls, context: Context, lines: list[str], time: FakeTime) -> None:
    watched, kinds, pauses = watch(context, lines), [], []
    begin(http, watched)
    for _unused in range(8):
        expect_events(http, answer=reply(status=500))
        look = keep(watched)
        kinds += [one["kind"] for one in look.told]
        pauses.append(look.pause)
        time.pass_(look.pause)
    assert pauses == [120.0, 240.0, 480.0, 900.0, 900.0, 900.0, 900.0, 900.0]
    assert kinds == ["unwatched"]
    expect_events(http)
    keep(watched)
    # the next one is news again
    for _unused in range(5):
        expect_events(http, answer=text_reply("<html>Log in</html>"))
        look = keep(watched)
        time.pass_(look.pause)
        kinds += [one["reason"] for one in look.told]
    assert len(kinds) == 2 and kinds[1].startswith("for 29 minutes JumpCloud gave nothing but unexpected answers. The last one: JumpCloud Directory Insights: ")


def test_a_service_that_wants_to_be_left_alone_for_an_hour(http: ExactCalls, context: Context, lines: list[str]) -> None:
    watched = watch(context, lines)
    begin(http, watched)
    expect_events(http, answer=reply({"message": "slow down"}, 429, {"Retry-After": "3600"}))
    assert keep(watched).pause == 3600.0


def test_each_look_has_the_whole_time_budget(http: ExactCalls, context: Context, lines: list[str], time: FakeTime) -> None:
    watched = watch(context, lines, time_budget=300.0)
    begin(http, watched)
    for _unused in range(3):
        time.pass_(86400)
        expect_events(http)
        assert keep(watched).told == []
    assert lines == []


def test_a_service_account_gets_one_token_for_many_looks(http: ExactCalls, context: Context, lines: list[str], time: FakeTime) -> None:
    watched = watch(context, lines, api_key=None, client_id="c1", client_secret="SENTINEL-client-secret", expected_organization_id=JC_ORG)
    token = reply({"access_token": "SENTINEL-token", "expires_in": 3600})
    form = {"scope": "api", "grant_type": "client_credentials"}
    http.expect("POST", "/oauth2/token", token, form=form)
    begin(http, watched)
    for _unused in range(5):
        time.pass_(600)
        expect_events(http)
        keep(watched)
    time.pass_(600)
    http.expect("POST", "/oauth2/token", token, form=form)
    expect_events(http)
    keep(watched)
    assert lines == []


def test_the_service_says_that_older_events_are_missing(http: ExactCalls, context: Context, lines: list[str]) -> None:
    """A full page without the position of the next one."""
    watched = watch(context, lines)
    begin(http, watched)
    rows = [event("user_update_provision", id="e%d" % number, timestamp="2026-11-24T06:00:30Z") for number in range(1000)]
    expect_events(http, *rows)
    told = keep(watched).told
    assert [one["kind"] for one in told] == ["person_provisioned"] * 1000 + ["unwatched"]
    assert "older ones are missing" in told[-1]["reason"] and len(lines) == 1


def test_a_list_of_applications_that_is_not_whole_ends_nothing(http: ExactCalls, context: Context, lines: list[str]) -> None:
    watched = watch(context, lines)
    http.expect("GET", "/api/applications", reply(v1(application(), total=3)), query=V1_PAGE)
    http.expect("GET", "/api/applications", reply(v1(total=3)), query={**V1_PAGE, "skip": 1, "limit": 2})
    http.expect("GET", "/api/applications", reply(v1(total=3)), query={**V1_PAGE, "skip": 1})
    assert (watched.look().memory, len(lines)) == (None, 1)
    begin(http, watched)


def test_a_list_of_events_that_does_not_advance_ends_nothing(http: ExactCalls, context: Context, lines: list[str]) -> None:
    watched = watch(context, lines)
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    rows, query = [event(id=str(number)) for number in range(1000)], event_query(BEGUN, WATCHED_TYPES)
    page = reply(rows, headers={"X-Limit": "1000", "X-Search_after": "[1]"})
    http.expect("POST", EVENTS, page, json=query)
    http.expect("POST", EVENTS, page, json={**query, "search_after": [1]})
    assert (watched.look().memory, len(lines)) == (None, 1) and "does not advance" in lines[0]
    expect_events(http)
    keep(watched)
