# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as services write them. Pure."""

from __future__ import annotations

import email.utils
import re
import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted

TIME = re.compile(r"\A(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


def moment_of(value: t.Any) -> datetime | None:
    """The time in UTC, from RFC 3339 with any number of decimals (Python reads them itself only from 3.11 on); None for what is none."""
    match = TIME.match(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    offset = "+00:00" if match.group(3) in "Zz" else match.group(3)
    try:
        whole = datetime.fromisoformat(match.group(1).upper().replace(" ", "T") + offset).astimezone(timezone.utc)
        return whole + timedelta(microseconds=int((match.group(2) or "0").ljust(6, "0")[:6]))
    except (ValueError, OverflowError):
        return None


def moment(value: str) -> datetime:
    """As moment_of has it. What is no such time is a ScimError."""
    found = moment_of(value)
    if found is None:
        raise ScimError("%s is not a time such as 2026-11-24T05:40:04Z." % quoted(value))
    return found


def http_date(value: str | None) -> datetime | None:
    """The time in UTC, from a date as HTTP headers have it (RFC 9110 section 5.6.7); None for what is none."""
    try:
        found = email.utils.parsedate_to_datetime(value or "")
        # a zone of -0000 gives a time without one, which is meant in UTC
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def rfc3339(at: datetime) -> str:
    """To the second, in UTC."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def at(seconds: float) -> datetime:
    """The moment that is so many seconds after the epoch."""
    return datetime.fromtimestamp(seconds, timezone.utc)
