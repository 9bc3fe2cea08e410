# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the published events tell of an application's provisioning: whether it is active, and whether its calls are refused. Pure, but for the reading."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, moment, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES, PROVISIONING_TYPES, Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.deprovisioning import found_nobody
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word

SOURCE = "JumpCloud Directory Insights"
RETENTION_DAYS = 90
# on the lowest plan, and nobody says which one it is
LEAST_RETENTION_DAYS = 15
NO_INSIGHTS = (401, 402, 403, 404)
# which field of the console a refused call speaks against
CONTRADICTED = {401: "Authorization header value", 403: "Admin (role of the Unity service account)", 404: "Base URL", None: "Base URL"}
TEST_USER_FIELD = "Test user email"
WORD = "identity_management"
UNSAID = Word(WORD)


@dataclass(frozen=True)
class History:
    """``newest``: the newest activation or deactivation. ``call``: the newest provisioning call since an activation. ``gap``: why none can be known."""

    newest: Event | None
    call: Event | None
    gap: str = ""

    @property
    def status(self) -> str | None:
        if self.newest is None:
            return None
        return "active" if self.newest.event_type == "integration_activate" else "inactive"

    @property
    def baseline(self) -> str | None:
        """Only what is newer than this has happened since, by JumpCloud's own clock."""
        return self.newest.timestamp if self.newest else None


def oldest_kept(now: float) -> datetime:
    """Events before this moment are gone."""
    return at(now) - timedelta(days=RETENTION_DAYS)


def newest_change(events: Events, application_id: str, now: float) -> Event | None:
    """The newest activation or deactivation that JumpCloud still knows."""
    found = events.search(application_id, INTEGRATION_TYPES, rfc3339(oldest_kept(now)))
    return max((event for event in found if event.success is not False), key=lambda event: moment(event.timestamp), default=None)


def read_history(events: Events, application_id: str, now: float) -> History:
    """Two questions to Directory Insights, the second only where provisioning is active. It may be off, or not be in the plan: then nothing is known."""
    call = None
    try:
        newest = newest_change(events, application_id, now)
    except ApiError as error:
        if error.status not in NO_INSIGHTS:
            raise
        return History(None, None, error.message)
    if newest is not None and newest.event_type == "integration_activate":
        calls = events.search(application_id, PROVISIONING_TYPES, newest.timestamp)
        call = next((event for event in calls if moment(event.timestamp) > moment(newest.timestamp) and not found_nobody(event)), None)
    return History(newest, call)


def evidence_of_activity(history: History, newer_than: str | None, must_be_newer: bool, test_email: str | None, word: Word = UNSAID) -> Evidence:
    """Is provisioning active, and by an activation after ``newer_than`` where there must be a new one? A person's word counts where no event tells."""
    newest = history.newest
    if newest is None:
        return _unknown(history, word, "if it was activated before, activate it once more in the console")
    if history.status == "inactive":
        return Evidence(False, SOURCE, "Provisioning was deactivated at %s." % newest.timestamp, newest.timestamp)
    if must_be_newer and newer_than is not None and moment(newest.timestamp) <= moment(newer_than):
        return Evidence(False, SOURCE, "It was activated at %s, and not again since it was asked for." % newest.timestamp, newest.timestamp)
    activated = "Provisioning was activated at %s%s." % (newest.timestamp, " by %s" % newest.initiated_by if newest.initiated_by else "")
    field, reason = contradiction(history.call, test_email)
    if field:
        return Evidence(False, SOURCE, "%s But %s" % (activated, reason), newest.timestamp, field)
    return Evidence(True, SOURCE, activated + (" " + reason if reason else ""), newest.timestamp)


def evidence_of_inactivity(history: History, word: Word = UNSAID) -> Evidence:
    if history.newest is None:
        return _unknown(history, word, "deactivate it in the console")
    if history.status == "active":
        return Evidence(False, SOURCE, "Provisioning is active since %s." % history.newest.timestamp, history.newest.timestamp)
    return Evidence(True, SOURCE, "Provisioning was deactivated at %s." % history.newest.timestamp, history.newest.timestamp)


def contradiction(call: Event | None, test_email: str | None) -> tuple[str | None, str]:
    """The field that the newest call speaks against, or None, and what it says in words.

    A conflict (409) about a person is that person's trouble; about the test user it speaks against the test user's email.
    """
    if call is None or call.success is not False:
        return None, ""
    said = call.error_message or "no reason given"
    who = call.resource.get("email") or call.resource.get("username")
    if call.response_code == 409:
        is_test_user = test_email and who and matching_key(who) == matching_key(test_email)
        return TEST_USER_FIELD if is_test_user else None, "Unity already has %s (%s)." % (quoted(who) if who else "this person", said)
    if call.response_code in CONTRADICTED:
        return CONTRADICTED[call.response_code], "the provisioning call at %s failed: %s." % (call.timestamp, said.rstrip("."))
    return None, "The provisioning call at %s failed: %s." % (call.timestamp, said.rstrip("."))


def _unknown(history: History, word: Word, do: str) -> Evidence:
    """``do``: what gives an event that tells."""
    if history.gap:
        return word.instead_of(Evidence(None, SOURCE, history.gap), "Once you have seen it in the console")
    kept = "There is no activation or deactivation in the events. JumpCloud keeps them for %d days, or %d: %s" % (RETENTION_DAYS, LEAST_RETENTION_DAYS, do)
    if word.is_early or word.is_taken:
        return word.instead_of(Evidence(None, SOURCE, kept + "."))
    return Evidence(None, SOURCE, "%s, or %s" % (kept, word.hint))


def unknown_settings(names: t.Iterable[str], status: str | None) -> dict[str, t.Any]:
    """The identity management as far as the events tell: the status. Settings can't be read there."""
    return {**dict.fromkeys(names), "header_value_set": None, "status": status, "pending_reactivation": None, "last_test": None}
