# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_provisioning_event_info: what the provisioning engine did, newest first."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import EVENT_TYPES, INTEGRATION_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_provisioning_event_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_provisioning_event_info import ARGUMENTS, main, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    JC_ORG,
    JUMPCLOUD,
    V1_PAGE,
    application,
    event,
    event_query,
    v1,
)

EVENTS = "/insights/directory/v1/events"
# a day before the fake clock's time
YESTERDAY = "2026-11-23T06:00:00Z"


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", **given})


def expect_application(http: ExactCalls) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)


def expect_events(http: ExactCalls, *rows: dict[str, t.Any], since: str = YESTERDAY, event_types: t.Iterable[str] = EVENT_TYPES, **query: t.Any) -> None:
    http.expect("POST", EVENTS, reply(list(rows), headers={"X-Search_after": "[1]", "X-Limit": "1000"}), json={**event_query(since, event_types), **query})


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_last_day(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    expect_application(http)
    expect_events(http, event("user_deprovision"), event(success=False), event(application={"id": "f" * 24}))
    result = run_info(options(), check_context if check_mode else context)
    assert ([found["event_type"] for found in result["events"]], result["changed"]) == (["user_deprovision", "user_create_provision"], False)
    assert (result["application"]["id"], result["since"]) == (APP_ID, YESTERDAY)
    assert_documented(jumpcloud_provisioning_event_info, result)
    assert "PRIVATE KEY" not in repr(result)


def test_nothing_happened(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http)
    assert run_info(options(), context)["events"] == []


def test_by_id(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications/" + APP_ID, reply(application()))
    expect_events(http, event())
    assert len(run_info(options(application=None, application_id=APP_ID), context)["events"]) == 1


@pytest.mark.parametrize("wanted, found", [(True, ["1"]), (False, ["2"]), (None, ["1", "2", "3"])])
def test_success(http: ExactCalls, context: Context, wanted: bool | None, found: list[str]) -> None:
    """An event that does not say is neither."""
    expect_application(http)
    expect_events(http, event(error_message="1"), event(success=False, error_message="2"), event(success=None, error_message="3"))
    assert [one["error_message"] for one in run_info(options(success=wanted), context)["events"]] == found


def test_types(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event("integration_activate"), event("user_deprovision"), event_types=["integration_activate"])
    result = run_info(options(event_types=["integration_activate"]), context)
    assert [found["event_type"] for found in result["events"]] == ["integration_activate"]


def test_no_types_are_all_types(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event())
    assert len(run_info(options(event_types=[]), context)["events"]) == 1


# ---- the limit


@pytest.mark.parametrize("limit", [1, 999, 1000])
def test_the_limit_stops_the_paging(http: ExactCalls, context: Context, limit: int) -> None:
    """There is another page, but it is not asked for."""
    expect_application(http)
    expect_events(http, *[event()] * 1000)
    assert len(run_info(options(limit=limit), context)["events"]) == limit


def test_the_limit_counts_what_is_returned(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, *[event()] * 999, event(success=False, error_message="1"))
    expect_events(http, event(success=False, error_message="2"), search_after=[1])
    assert [found["error_message"] for found in run_info(options(limit=2, success=False), context)["events"]] == ["1", "2"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one(http: ExactCalls, context: Context, limit: int) -> None:
    with pytest.raises(ScimError, match="limit must be at least 1, not %d" % limit):
        run_info(options(limit=limit), context)
    assert http.seen == []


# ---- times


@pytest.mark.parametrize(
    "given, sent",
    [
        ("2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"),
        ("2026-11-24t00:00:00z", "2026-11-24T00:00:00Z"),
        ("2026-11-24T01:00:00+01:00", "2026-11-24T01:00:00+01:00"),
        ("2026-11-24T00:00:00.123456789Z", "2026-11-24T00:00:00.123456789Z"),
        ("2026-11-24T00:00:00.5-05:30", "2026-11-24T00:00:00.5-05:30"),
        # what YAML makes of a time without quotes
        ("2026-11-24 00:00:00+00:00", "2026-11-24T00:00:00+00:00"),
    ],
)
def test_times(http: ExactCalls, context: Context, given: str, sent: str) -> None:
    expect_application(http)
    expect_events(http, since=sent, end_time="2026-11-25T00:00:00Z")
    assert run_info(options(since=given, until="2026-11-25T00:00:00Z"), context)["since"] == sent


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2026-11-24",
        "2026-11-24T00:00:00",
        "2026-11-24T00:00Z",
        "2026-13-24T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-24T25:00:00Z",
        "20261124T000000Z",
        "1795500000",
        "٢٠٢٦-11-24T00:00:00Z",
        " ",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_what_is_no_time(http: ExactCalls, context: Context, name: str, value: str) -> None:
    with pytest.raises(ScimError, match="^%s must be a time such as 2026-11-24T05:40:04Z, not " % name) as caught:
        run_info(options(**{name: value}), context)
    assert "\n" not in str(caught.value)
    assert http.seen == []


@pytest.mark.parametrize(
    "since, until",
    [
        ("2026-11-24T00:00:00Z", "2026-11-23T23:59:59Z"),
        ("2026-11-24T00:00:00Z", "2026-11-24T00:30:00+01:00"),
        (None, "2026-11-23T05:59:59Z"),
    ],
)
def test_until_before_since(http: ExactCalls, context: Context, since: str | None, until: str) -> None:
    with pytest.raises(ScimError, match="until must not be earlier than since"):
        run_info(options(since=since, until=until), context)
    assert http.seen == []


@pytest.mark.parametrize("until", ["2026-11-24T00:00:00Z", "2026-11-24T01:00:00+01:00", "2026-11-24T00:00:00.1Z"])
def test_until_may_be_since(http: ExactCalls, context: Context, until: str) -> None:
    expect_application(http)
    expect_events(http, since="2026-11-24T00:00:00Z", end_time=until)
    run_info(options(since="2026-11-24T00:00:00Z", until=until), context)


# ---- failures


@pytest.mark.parametrize("status", [401, 402, 403])
def test_events_that_may_not_be_read(http: ExactCalls, context: Context, status: int) -> None:
    expect_application(http)
    http.expect("POST", EVENTS, reply({"message": "no"}, status), json=event_query(YESTERDAY, EVENT_TYPES))
    with pytest.raises(ApiError, match="JumpCloud Directory Insights: cannot search the provisioning events: HTTP %d: no" % status):
        run_info(options(), context)


def test_another_shape(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    http.expect("POST", EVENTS, text_reply("<html>"), json=event_query(YESTERDAY, EVENT_TYPES))
    with pytest.raises(UnexpectedAnswer):
        run_info(options(), context)


def test_an_unknown_application(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1()), query=V1_PAGE)
    with pytest.raises(ScimError, match='no application labelled "Unity"'):
        run_info(options(), context)


def test_another_organization(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    with pytest.raises(ScimError, match="is expected"):
        run_info(options(expected_organization_id="f" * 24), context)


def test_the_organization_is_named(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE, headers={"x-org-id": JC_ORG})
    http.expect("POST", EVENTS, reply([]), json=event_query(YESTERDAY, EVENT_TYPES), headers={"x-org-id": JC_ORG})
    run_info(options(organization_id=JC_ORG), context)


@pytest.mark.parametrize("given, reason", [({"api_key": None}, "No credentials for JumpCloud"), ({"insights_url": "http://api.jumpcloud.com"}, "https://")])
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run_info(options(**given), context)
    assert http.seen == []


def test_an_unknown_type_is_refused_by_the_argument_spec(capsys: pytest.CaptureFixture[str]) -> None:
    result = run_main(main, capsys, api_key="key-0123456", application="Unity", event_types=["user_create"])
    assert result["failed"] and "must be one or more of: user_create_provision" in result["msg"]


# ---- health

# 90 days before the fake clock's time
OLDEST = "2026-08-26T06:00:00Z"


def test_there_is_no_health_unless_it_is_asked_for(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event())
    assert run_info(options(), context)["health"] is None


@pytest.mark.parametrize("check_mode", [True, False])
def test_health(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    """One search tells all, where somebody activated provisioning in that time."""
    ada = {"type": "user", "id": "a", "email": "ada@example.com"}
    checks = {"response_code": 401, "message_details": "No such key"}
    expect_application(http)
    expect_events(
        http,
        event(success=False, error_message="Unauthorized", message_chain=checks, resource=ada),
        event("integration_activate", timestamp="2026-11-24T04:00:00Z", initiated_by={"email": "admin@example.com"}),
        event("association_change"),
        event(timestamp="2026-11-23T07:00:00Z"),
    )
    result = run_info(options(health=True), check_context if check_mode else context)
    assert_documented(jumpcloud_provisioning_event_info, result)
    health = result["health"]
    assert (len(result["events"]), health["succeeded"], health["failed"], health["open_failures"]) == (4, 1, 1, 1)
    assert (health["since"], health["until"]) == (YESTERDAY, "2026-11-24T06:00:00Z")
    assert health["last_integration_change"]["initiated_by"] == "admin@example.com"
    assert health["last_failure"] == result["events"][0]
    assert health["failures"][0]["message"] == "Unauthorized: No such key"
    values = yaml.safe_load(jumpcloud_provisioning_event_info.RETURN)["health"]["contains"]
    assert set(health["failures"][0]) == set(values["failures"]["contains"])
    assert set(health["days"][0]) == set(values["days"]["contains"])


def test_what_is_shown_does_not_narrow_the_health(http: ExactCalls, context: Context) -> None:
    """Over all pages, though one event is shown."""
    expect_application(http)
    types = [name for name in EVENT_TYPES if name != "association_change"]
    page = [event(success=False, message_chain={"response_code": 409})] * 1000
    expect_events(http, *page, event_types=types)
    expect_events(http, event("integration_activate"), event("user_deprovision"), event_types=types, search_after=[1])
    result = run_info(options(health=True, limit=1, success=True, event_types=["user_deprovision"]), context)
    assert [one["event_type"] for one in result["events"]] == ["user_deprovision"]
    assert (result["health"]["failed"], result["health"]["succeeded"]) == (1000, 1)


def test_the_limit_does_not_stop_the_health(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, *[event()] * 1000)
    expect_events(http, event("integration_activate"), event(success=False), search_after=[1])
    result = run_info(options(health=True, limit=1), context)
    assert (len(result["events"]), result["health"]["succeeded"], result["health"]["failed"]) == (1, 1000, 1)


def test_event_types_beyond_the_health_are_searched_with_it(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event("association_change"), event("integration_activate"))
    result = run_info(options(health=True, event_types=["association_change"]), context)
    assert [one["event_type"] for one in result["events"]] == ["association_change"]


def test_who_activated_it_before(http: ExactCalls, context: Context) -> None:
    expect_application(http)
    expect_events(http, event())
    older = event("integration_activate", timestamp="2026-09-01T00:00:00Z"), event("integration_deactivate", timestamp="2026-09-02T00:00:00Z")
    expect_events(http, *older, since=OLDEST, event_types=INTEGRATION_TYPES)
    health = run_info(options(health=True), context)["health"]
    assert health["last_integration_change"]["event_type"] == "integration_deactivate"
    assert (health["succeeded"], health["since"]) == (1, YESTERDAY)


def test_the_past_knows_no_later_activation(http: ExactCalls, context: Context) -> None:
    until = "2026-11-23T07:00:00+01:00"
    expect_application(http)
    expect_events(http, since="2026-11-22T00:00:00Z", end_time=until)
    expect_events(http, since=OLDEST, end_time=until, event_types=INTEGRATION_TYPES)
    health = run_info(options(health=True, since="2026-11-22T00:00:00Z", until=until), context)["health"]
    assert (health["until"], health["last_integration_change"]) == ("2026-11-23T06:00:00Z", None)


@pytest.mark.parametrize("until", [None, "2026-08-01T00:00:00Z"])
def test_a_window_that_holds_everything_is_searched_once(http: ExactCalls, context: Context, warnings: list[str], until: str | None) -> None:
    expect_application(http)
    expect_events(http, since="2026-07-01T00:00:00Z", **({"end_time": until} if until else {}))
    run_info(options(health=True, since="2026-07-01T00:00:00Z", until=until), context)
    assert warnings == ['JumpCloud keeps events for 90 days. Those before 2026-08-26T06:00:00Z are gone, though since is "2026-07-01T00:00:00Z".']


@pytest.mark.parametrize("since, warned", [(OLDEST, 0), ("2026-08-26T05:59:59Z", 1)])
def test_events_of_long_ago_are_gone(http: ExactCalls, context: Context, warnings: list[str], since: str, warned: int) -> None:
    expect_application(http)
    expect_events(http, since=since)
    run_info(options(since=since), context)
    assert len(warnings) == warned


@pytest.mark.parametrize("status", [401, 403])
def test_no_health_without_permission(http: ExactCalls, context: Context, status: int) -> None:
    expect_application(http)
    http.expect("POST", EVENTS, reply({"message": "no"}, status), json=event_query(YESTERDAY, EVENT_TYPES))
    with pytest.raises(ApiError, match="JumpCloud Directory Insights: cannot search the provisioning events: HTTP %d: no" % status):
        run_info(options(health=True), context)


# ---- what is missing


@pytest.mark.parametrize("health", [True, False])
def test_a_full_page_without_a_position_is_not_all(http: ExactCalls, context: Context, warnings: list[str], health: bool) -> None:
    """Else 1,000 of 1,500 failures would be all there are."""
    expect_application(http)
    headers = {"X-Result-Count": "1000", "X-Limit": "1000"}
    rows = [event("integration_activate")] + [event(success=False)] * 999
    http.expect("POST", EVENTS, reply(rows, headers=headers), json=event_query(YESTERDAY, EVENT_TYPES))
    result = run_info(options(limit=2000, health=health), context)
    gap = "JumpCloud gave as many events as it gives at a time, and did not say where the next ones begin: older ones are missing."
    assert result["gaps"] == [gap]
    assert warnings == [gap + " What is counted is at least so many." if health else gap]
    assert (result["health"] or {}).get("incomplete") is (True if health else None)


def test_an_odd_event_does_not_cost_the_others(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_application(http)
    odd = [event(timestamp=None), {"timestamp": "2026-11-24T05:00:00Z"}]
    expect_events(http, *odd, event(error_message={"an": "object"}), event(message_chain=[1], success="yes"))
    result = run_info(options(), context)
    assert [(one["error_message"], one["success"]) for one in result["events"]] == [(None, True), (event().get("error_message"), None)]
    assert result["gaps"] == warnings == ["2 events have no readable time or type, and are left out."]
