# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as all pages say them. Pure."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of, rfc3339

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
NOT_SEEN = "not seen"


def shown_time(value: str | None) -> str:
    """``24 November 2026, 05:40 UTC``; what is no time stays as it is."""
    at = moment_of(value)
    return "%d %s %04d, %02d:%02d UTC" % (at.day, MONTHS[at.month - 1], at.year, at.hour, at.minute) if at else value or NOT_SEEN


def shown_minute(value: str | None) -> str:
    """``24 Nov 2026, 05:40``, where the zone is said elsewhere; what is no time stays as it is."""
    at = moment_of(value)
    return "%s, %02d:%02d" % (shown_day(rfc3339(at)), at.hour, at.minute) if at else value or NOT_SEEN


def shown_day(value: str | None) -> str:
    """``24 Nov 2026``, of a day or of a time."""
    at = moment_of("%sT00:00:00Z" % (value or "")[:10])
    return "%d %s %04d" % (at.day, MONTHS[at.month - 1][:3], at.year) if at else value or NOT_SEEN
