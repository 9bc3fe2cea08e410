# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the report's page. Pure; each value of a tenant goes through ``text``."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.svg import badge
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import (
    PEOPLE_TITLES,
    STATE_WORDS,
    event_subject,
    event_title,
    outcome_of,
    person_name,
    shown_minute,
    shown_number,
    why,
)

Row = t.Dict[str, t.Any]
LIST_STATES = {"missing": "red", "unexpected": "amber", "differing": "amber", "duplicates": "amber"}


def table(caption: str, heads: t.Sequence[str], rows: t.Sequence[t.Sequence[str]], kind: str = "") -> str:
    """``rows`` hold HTML; the first cell of a row is its head. Where the table is wider than its place, it scrolls by itself, by keyboard, too.

    On a phone each row is a block, and each cell says its column. The roles keep it a table for screen readers then.
    """
    head = "".join('<th scope="col" role="columnheader">%s</th>' % text(name) for name in heads)
    cell = ['<td role="cell" data-label="%s">' % text(name) for name in heads]
    body = "\n".join(
        '<tr role="row"><th scope="row" role="rowheader">%s</th>%s</tr>'
        % (row[0], "".join("%s%s</td>" % (cell[column], value) for column, value in enumerate(row[1:], start=1)))
        for row in rows
    )
    return '<div class="scroll" role="region" tabindex="0" aria-label="%s"><table role="table" class="%s">\n<caption>%s</caption>\n' % (
        text(caption),
        kind,
        text(caption),
    ) + '<thead role="rowgroup"><tr role="row">%s</tr></thead>\n<tbody role="rowgroup">\n%s\n</tbody></table></div>' % (head, body)


def checks(found: t.Sequence[Row]) -> str:
    rows = []
    for check in found:
        state = '<span class="state %s">%s%s</span>' % (check["state"], badge(check["state"]), STATE_WORDS[check["state"]])
        remedy = '<span class="remedy">%s</span>' % text(check["remedy"]) if check["remedy"] else '<span class="none">\u2013</span>'
        rows.append((text(check["title"]), state, text(check["found"]), remedy))
    return table("The checks", ("Check", "State", "Found", "What to do"), rows, "checks")


def people(found: Row, max_listed: int) -> str:
    """The tables of those who are on a list, and a line about the lists that are empty."""
    parts = []
    for name, title, meaning in PEOPLE_TITLES:
        count = found["counts"][name]
        if count:
            shown = found[name][:max_listed]
            head = '<h3>%s%s <span class="count">%s</span></h3>' % (badge(LIST_STATES[name]) if name in LIST_STATES else "", text(title), shown_number(count))
            parts.append('%s\n<p class="meaning">%s%s</p>' % (head, text(meaning), left_out(len(shown), count)))
            if shown:
                parts.append(table(title, ("Person", "Name", "JumpCloud", "Why"), [_person(one) for one in shown], "people"))
    empty = [title for name, title, _meaning in PEOPLE_TITLES if not found["counts"][name]]
    if empty:
        parts.append('<p class="meaning empty">Nobody is on these lists: %s.</p>' % text(", ".join(empty)))
    return "\n".join(parts)


def left_out(shown: int, count: int) -> str:
    if shown >= count:
        return ""
    return ' <strong class="cut">%s of %s are shown.</strong>' % (shown_number(shown), shown_number(count))


def _person(person: Row) -> tuple[str, str, str, str]:
    name = text(person["name"] or "")
    return text(person_name(person)), name, '<span class="tag">%s</span>' % text(person["status"]), text(why(person))


def events(rows: t.Sequence[Row]) -> str:
    return table("Events, newest first", ("Time (UTC)", "Event", "About", "By", "Outcome", "Message"), [_event(event) for event in rows], "events")


def _event(event: Row) -> tuple[str, ...]:
    outcome = outcome_of(event)
    state = {"succeeded": "green", "failed": "red"}.get(outcome, "unknown")
    shown = '<span class="state %s">%s%s</span>' % (state, badge(state, 16), outcome)
    code = "" if event["response_code"] is None else "HTTP %s " % event["response_code"]
    message = code + (event["error_message"] or event["details"] or "") if outcome != "succeeded" else ""
    title = '<span title="%s">%s</span>' % (text(event["event_type"]), text(event_title(event["event_type"])))
    time = '<time datetime="%s">%s</time>' % (text(event["timestamp"] or ""), text(shown_minute(event["timestamp"])))
    return time, title, text(event_subject(event)), text(event["initiated_by"] or ""), shown, text(message)


def days(rows: t.Sequence[Row]) -> str:
    cells = [(text(row["day"]), shown_number(row["succeeded"]), shown_number(row["failed"])) for row in rows]
    return table("Syncs by day", ("Day", "Succeeded", "Failed"), cells, "days")
