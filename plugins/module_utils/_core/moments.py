# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as services write them. Pure."""
from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

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
