# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a report as CSV for a spreadsheet (RFC 4180). Pure."""

from __future__ import annotations

import csv
import io
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import PEOPLE_LISTS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import why

Row = t.Dict[str, t.Any]
# without it, Excel takes UTF-8 for something else
BYTE_ORDER_MARK = "\ufeff"
# what begins a formula in a spreadsheet, by OWASP's list (CSV injection), in full width as well
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FIELDS = ("email", "name", "status", "user_name", "jumpcloud_id", "unity_id", "since")


def render(report: Row) -> str:
    """One row for each person on each list, all that the report names. Without people it is the head alone."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(("list", *FIELDS, "why", "remedy"))
    for name in PEOPLE_LISTS if report["people"] else ():
        writer.writerows((name, *(_cell(person[field]) for field in FIELDS), _cell(why(person)), _cell(person["remedy"])) for person in report["people"][name])
    return BYTE_ORDER_MARK + stream.getvalue()


def _cell(value: str | None) -> str:
    """Text that no spreadsheet takes for a formula."""
    said = value or ""
    return visible("'" + said if said.startswith(FORMULA) else said)
