# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events tell of an application's provisioning, word for word."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES, PROVISIONING_TYPES, Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import Evidence
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import (
    WORD,
    History,
    contradiction,
    evidence_of_activity,
    evidence_of_inactivity,
    moment,
    newest_change,
    oldest_kept,
    read_history,
    unknown_settings,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import CONFIRMED, Word
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import jumpcloud
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, JUMPCLOUD, event, event_query

SEARCH = "/insights/directory/v1/events"
# 2026-11-24T05:40:04Z
NOW = 1795498804.0
OLDEST = "2026-08-26T05:40:04Z"
SOURCE = "JumpCloud Directory Insights"
T1, T2, T3 = ("2026-11-24T05:40:0%dZ" % second for second in (1, 2, 3))
UNKNOWN = Evidence(
    None,
    SOURCE,
    "There is no activation or deactivation in the events. JumpCloud keeps them for 90 days, or 15: if it was activated before, activate it once more in "
    "the console, or say so: scim_provisioning_confirmed: [identity_management].",
)
NEITHER = dataclasses.replace(UNKNOWN, detail=UNKNOWN.detail.replace("if it was activated before, activate it once more", "deactivate it"))


def seen(event_type: str, timestamp: str = T2, **fields: t.Any) -> Event:
    return dataclasses.replace(Event(event_type, timestamp, True, APP_ID, None, None, None, None, {}), **fields)


ACTIVATED, DEACTIVATED = seen("integration_activate"), seen("integration_deactivate")


def failed(code: int | None, message: str | None = "it said no", **resource: str) -> Event:
    return seen("user_create_provision", T3, success=False, response_code=code, error_message=message, resource=resource)


@pytest.fixture
def events(context: Context) -> Events:
    return Events(jumpcloud(context, **JUMPCLOUD).insights)


# ---- what is read


def expect_changes(http: ExactCalls, *rows: dict[str, t.Any]) -> None:
    http.expect("POST", SEARCH, reply(list(rows)), json=event_query(OLDEST, INTEGRATION_TYPES))


def expect_calls(http: ExactCalls, *rows: dict[str, t.Any], since: str) -> None:
    http.expect("POST", SEARCH, reply(list(rows)), json=event_query(since, PROVISIONING_TYPES))


def test_events_are_kept_for_ninety_days() -> None:
    assert oldest_kept(NOW) == datetime(2026, 8, 26, 5, 40, 4, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "rows, newest",
    [
        ([], None),
        ([event("integration_activate", success=False)], None),
        ([event("integration_activate", success=None)], "2026-11-24T05:40:04Z"),
        ([event("integration_deactivate", timestamp=T3, success=False), event("integration_activate", timestamp=T1)], T1),
        # by time, whatever the order, and not by the letters
        ([event("integration_activate", timestamp="2026-11-24T06:40:01+01:00"), event("integration_deactivate", timestamp=T2)], T2),
        ([event("integration_deactivate", timestamp=T3), event("integration_activate", timestamp=T2)], T3),
        ([event("integration_activate", application={"id": "another"})], None),
    ],
)
def test_the_newest_change(http: ExactCalls, events: Events, rows: list[dict[str, t.Any]], newest: str | None) -> None:
    expect_changes(http, *rows)
    found = newest_change(events, APP_ID, NOW)
    assert (found.timestamp if found else None) == newest


def test_history_of_what_is_active(http: ExactCalls, events: Events) -> None:
    expect_changes(http, event("integration_activate", timestamp=T1))
    expect_calls(http, event(timestamp=T3), event("user_update_provision", timestamp=T2), event(timestamp=T1), since=T1)
    history = read_history(events, APP_ID, NOW)
    assert history.newest and history.call and (history.newest.timestamp, history.call.timestamp) == (T1, T3)
    assert (history.status, history.baseline) == ("active", T1)


@pytest.mark.parametrize("rows", [[], [event(timestamp=T1)], [event(timestamp="2026-11-24T05:40:00Z")]])
def test_a_call_that_is_not_newer_than_the_activation_is_none(http: ExactCalls, events: Events, rows: list[dict[str, t.Any]]) -> None:
    expect_changes(http, event("integration_activate", timestamp=T1))
    expect_calls(http, *rows, since=T1)
    assert read_history(events, APP_ID, NOW).call is None


def test_a_deprovisioning_that_found_nobody_tells_nothing(http: ExactCalls, events: Events) -> None:
    expect_changes(http, event("integration_activate", timestamp=T1))
    gone = event("user_deprovision", timestamp=T3, success=False, message_chain={"response_code": 404})
    expect_calls(http, gone, event("user_update_provision", timestamp=T2), since=T1)
    history = read_history(events, APP_ID, NOW)
    assert history.call and history.call.timestamp == T2


@pytest.mark.parametrize("rows, status, baseline", [([], None, None), ([event("integration_deactivate", timestamp=T1)], "inactive", T1)])
def test_no_calls_are_looked_for_where_nothing_is_active(
    http: ExactCalls, events: Events, rows: list[dict[str, t.Any]], status: str | None, baseline: str | None
) -> None:
    expect_changes(http, *rows)
    history = read_history(events, APP_ID, NOW)
    assert (history.status, history.baseline, history.call) == (status, baseline, None)


# ---- what it tells


@pytest.mark.parametrize(
    "history, newer_than, must_be_newer, expected",
    [
        (History(None, None), None, False, UNKNOWN),
        (History(None, None), T1, True, UNKNOWN),
        (History(DEACTIVATED, None), None, False, Evidence(False, SOURCE, "Provisioning was deactivated at %s." % T2, T2)),
        (History(ACTIVATED, None), None, False, Evidence(True, SOURCE, "Provisioning was activated at %s." % T2, T2)),
        (History(ACTIVATED, None), None, True, Evidence(True, SOURCE, "Provisioning was activated at %s." % T2, T2)),
        (History(ACTIVATED, None), T3, False, Evidence(True, SOURCE, "Provisioning was activated at %s." % T2, T2)),
        (History(ACTIVATED, None), T1, True, Evidence(True, SOURCE, "Provisioning was activated at %s." % T2, T2)),
        (History(ACTIVATED, None), T2, True, Evidence(False, SOURCE, "It was activated at %s, and not again since it was asked for." % T2, T2)),
        (History(ACTIVATED, None), T3, True, Evidence(False, SOURCE, "It was activated at %s, and not again since it was asked for." % T2, T2)),
        (
            History(dataclasses.replace(ACTIVATED, initiated_by="admin@example.com"), None),
            None,
            False,
            Evidence(True, SOURCE, "Provisioning was activated at %s by admin@example.com." % T2, T2),
        ),
        (
            History(ACTIVATED, failed(401)),
            None,
            False,
            Evidence(
                False,
                SOURCE,
                "Provisioning was activated at %s. But the provisioning call at %s failed: it said no." % (T2, T3),
                T2,
                "Authorization header value",
            ),
        ),
        (
            History(ACTIVATED, failed(409, email="test@example.com")),
            None,
            False,
            Evidence(False, SOURCE, 'Provisioning was activated at %s. But Unity already has "test@example.com" (it said no).' % T2, T2, "Test user email"),
        ),
        (
            History(ACTIVATED, failed(500)),
            None,
            False,
            Evidence(True, SOURCE, "Provisioning was activated at %s. The provisioning call at %s failed: it said no." % (T2, T3), T2),
        ),
    ],
)
def test_evidence_of_activity(history: History, newer_than: str | None, must_be_newer: bool, expected: Evidence) -> None:
    assert evidence_of_activity(history, newer_than, must_be_newer, "test@example.com") == expected


@pytest.mark.parametrize(
    "history, expected",
    [
        (
            History(None, None),
            dataclasses.replace(UNKNOWN, detail=UNKNOWN.detail.replace("if it was activated before, activate it once more", "deactivate it")),
        ),
        (History(ACTIVATED, None), Evidence(False, SOURCE, "Provisioning is active since %s." % T2, T2)),
        (History(DEACTIVATED, None), Evidence(True, SOURCE, "Provisioning was deactivated at %s." % T2, T2)),
    ],
)
def test_evidence_of_inactivity(history: History, expected: Evidence) -> None:
    assert evidence_of_inactivity(history) == expected


@pytest.mark.parametrize("history", [History(None, None), History(None, None, "It is off.")])
@pytest.mark.parametrize("counts", [True, False])
def test_a_word_where_no_event_tells(history: History, counts: bool) -> None:
    for found in (evidence_of_activity(history, None, False, None, Word(WORD, True, counts)), evidence_of_inactivity(history, Word(WORD, True, counts))):
        assert found.settles is counts and (found == CONFIRMED) is counts
        assert found.detail.count("It was said before it was asked for: ") == (0 if counts else 1) and "say so" not in found.detail
        assert counts or found.detail.startswith(history.gap or "There is no activation")


def test_a_word_counts_against_no_event() -> None:
    said = Word(WORD, True)
    assert evidence_of_activity(History(DEACTIVATED, None), None, False, None, said).found is False
    assert evidence_of_inactivity(History(ACTIVATED, None), said).found is False


TROUBLE = "the provisioning call at %s failed: " % T3


@pytest.mark.parametrize(
    "call, expected",
    [
        (None, (None, "")),
        (seen("user_create_provision", response_code=401), (None, "")),
        (dataclasses.replace(failed(401), success=None), (None, "")),
        (failed(401), ("Authorization header value", TROUBLE + "it said no.")),
        (failed(403), ("Admin (role of the Unity service account)", TROUBLE + "it said no.")),
        (failed(404), ("Base URL", TROUBLE + "it said no.")),
        (failed(None), ("Base URL", TROUBLE + "it said no.")),
        (failed(None, "A sentence."), ("Base URL", TROUBLE + "A sentence.")),
        (failed(404, "It has no X."), ("Base URL", TROUBLE + "It has no X.")),
        (failed(None, None), ("Base URL", TROUBLE + "no reason given.")),
        (failed(400), (None, "T" + TROUBLE[1:] + "it said no.")),
        (failed(400, "It has no X."), (None, "T" + TROUBLE[1:] + "It has no X.")),
        (failed(500, "A sentence."), (None, "T" + TROUBLE[1:] + "A sentence.")),
    ],
)
def test_which_field_a_call_speaks_against(call: Event | None, expected: tuple[str | None, str]) -> None:
    assert contradiction(call, None) == expected
    assert contradiction(call, "test@example.com") == expected


TEST_USER = "Test user email"


@pytest.mark.parametrize(
    "resource, test_email, field, who",
    [
        ({"email": "test@example.com"}, "test@example.com", TEST_USER, "test@example.com"),
        ({"email": "Test@Example.com"}, "TEST@example.COM", TEST_USER, "Test@Example.com"),
        ({"username": "test@example.com"}, "test@example.com", TEST_USER, "test@example.com"),
        ({"email": "", "username": "test@example.com"}, "test@example.com", TEST_USER, "test@example.com"),
        ({"email": "test@example.com", "username": "ada"}, "ada", None, "test@example.com"),
        ({"email": "ada@example.com"}, "test@example.com", None, "ada@example.com"),
        ({"email": "test@example.com"}, None, None, "test@example.com"),
        ({"email": "test@example.com"}, "", None, "test@example.com"),
        ({"username": "None"}, "none", TEST_USER, "None"),
        ({"email": " "}, None, None, " "),
    ],
)
def test_whom_a_conflict_is_about(resource: dict[str, str], test_email: str | None, field: str | None, who: str) -> None:
    assert contradiction(failed(409, **resource), test_email) == (field, 'Unity already has "%s" (it said no).' % who)


@pytest.mark.parametrize("test_email", ["test@example.com", "None", " ", "", None])
def test_a_conflict_about_nobody_in_particular(test_email: str | None) -> None:
    assert contradiction(failed(409), test_email) == (None, "Unity already has this person (it said no).")


# ---- times


@pytest.mark.parametrize(
    "timestamp, expected",
    [
        ("2026-11-24T05:40:04Z", 0),
        (" 2026-11-24t05:40:04z\n", 0),
        ("2026-11-24 05:40:04Z", 0),
        ("2026-11-24T06:40:04+01:00", 0),
        ("2026-11-24T05:10:04-00:30", 0),
        ("2026-11-24T05:40:04.5Z", 500000),
        ("2026-11-24T05:40:04.05Z", 50000),
        ("2026-11-24T05:40:04.000001Z", 1),
        ("2026-11-24T05:40:04.123456789+00:00", 123456),
        ("2026-11-24T05:40:04.%sZ" % ("0" * 5000), 0),
    ],
)
def test_a_time(timestamp: str, expected: int) -> None:
    assert moment(timestamp) == datetime(2026, 11, 24, 5, 40, 4, tzinfo=timezone.utc) + timedelta(microseconds=expected)


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "yesterday",
        "2026-11-24",
        "2026-11-24T05:40:04",
        "2026-13-24T05:40:04Z",
        "2026-11-24T05:40:04Z x",
        "x 2026-11-24T05:40:04Z",
        "2026-11-24T05:40:04+99:00",
        "2026-11-24T05:40:04.Z",
    ],
)
def test_what_is_no_time(timestamp: str) -> None:
    with pytest.raises(ScimError) as caught:
        moment(timestamp)
    assert caught.value.message == '"%s" is not a time such as 2026-11-24T05:40:04Z.' % timestamp


def test_settings_cannot_be_read_in_the_events() -> None:
    expected = {"base_url": None, "test_email": None, "header_value_set": None, "status": "active", "pending_reactivation": None, "last_test": None}
    assert unknown_settings(["base_url", "test_email"], "active") == expected
