# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the report's page. Pure; each value of a tenant goes through ``text``."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.copying import copyable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_minute
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.svg import badge
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import (
    OUTCOME_WORDS,
    PEOPLE_TITLES,
    STATE_ORDER,
    STATE_WORDS,
    are_shown,
    event_subject,
    event_title,
    outcome_of,
    person_name,
    shown_number,
    step_title,
    why,
    worst_first,
)

Row = t.Dict[str, t.Any]
LIST_STATES = {"missing": "red", "unexpected": "amber", "differing": "amber", "duplicates": "amber"}
RUN_HEADS = {"provisioned": "In Unity", "open_failures": "Failing now"}
# rows from which on a table is laid out only where it is seen: with thousands, the page is there several times as fast
LONG = 100
NONE = '<span class="none">\u2013</span>'


def table(caption: str, heads: t.Sequence[str], rows: t.Sequence[t.Sequence[str]], kind: str = "") -> str:
    """``rows`` hold HTML; the first cell of a row is its head. Where the table is wider than its place, it scrolls by itself, by keyboard, too.

    With scripts a head sorts by its column: by ``data`` or ``time`` in a cell, else by the text.

    On a phone each row is a block, and each cell says its column. The roles keep it a table for screen readers then.
    """
    head = "".join('<th scope="col" role="columnheader">%s</th>' % text(name) for name in heads)
    cell = ['<td role="cell" data-label="%s">' % text(name) for name in heads]
    body = "\n".join(
        '<tr role="row"><th scope="row" role="rowheader">%s</th>%s</tr>'
        % (row[0], "".join("%s%s</td>" % (cell[column], value) for column, value in enumerate(row[1:], start=1)))
        for row in rows
    )
    return '<div class="%s" role="region" tabindex="0" aria-label="%s"><table role="table" class="%s">\n<caption>%s</caption>\n' % (
        "scroll long" if len(rows) > LONG else "scroll",
        text(caption),
        "%s sortable" % kind if len(rows) > 1 else kind,
        text(caption),
    ) + '<thead role="rowgroup"><tr role="row">%s</tr></thead>\n<tbody role="rowgroup">\n%s\n</tbody></table></div>' % (head, body)


def checks(found: t.Sequence[Row]) -> str:
    rows = []
    for check in worst_first(found):
        state = ranked(check["state"], STATE_ORDER.index(check["state"]), STATE_WORDS[check["state"]], 20)
        since = moment(check["since"]) if check["since"] else NONE
        remedy = '<span class="remedy">%s</span>' % text(check["remedy"]) if check["remedy"] else ""
        how = command(check["command"], "the command for %s" % check["title"].lower()) if check["command"] else ""
        rows.append((text(check["title"]), state, since, text(check["found"]), remedy + how or NONE))
    return table("The checks", ("Check", "State", "Since (UTC)", "Found", "What to do"), rows, "checks")


def ranked(state: str, rank: int, word: str, size: int) -> str:
    """A state that is sorted by its rank."""
    return '<data class="state %s" value="%d">%s%s</data>' % (state, rank, badge(state, size), word)


def moment(value: str | None) -> str:
    return '<time datetime="%s">%s</time>' % (text(value or ""), text(shown_minute(value)))


def number(value: int | None) -> str:
    return '<data value="%s">%s</data>' % (-1 if value is None else value, shown_number(value))


def command(value: str, what: str) -> str:
    return '<div class="command">%s</div>' % copyable(value, what)


def differences(found: t.Sequence[Row]) -> str:
    """What a provision run would do."""
    rows = [(text(step_title(row["step"])), moment(row["since"]), text(row["found"]), text(", ".join(row["would_do"]) or "\u2013")) for row in found]
    return table("Steps that differ", ("Step", "Since (UTC)", "Found", "It would do"), rows, "steps")


def runs(found: t.Sequence[Row]) -> str:
    """The runs, newest first."""
    names = ("expected", "provisioned", "missing", "unexpected", "differing", "pending", "open_failures")
    rows = []
    for run in reversed(found):
        state = {"in_sync": "green", "drift": "red", "error": "unknown"}[run["outcome"]]
        outcome = ranked(state, STATE_ORDER.index(state), OUTCOME_WORDS[run["outcome"]], 16)
        rows.append((moment(run["checked_at"]), outcome, *(number(run[name]) for name in names)))
    return table("The runs, newest first", ("Run (UTC)", "Outcome", *(RUN_HEADS.get(name, step_title(name)) for name in names)), rows, "runs")


def people(found: Row, max_listed: int) -> str:
    """The tables of those who are on a list, and a line about the lists that are empty."""
    parts = []
    for name, title, meaning in PEOPLE_TITLES:
        count = found["counts"][name]
        if count:
            shown = found[name][:max_listed]
            head = '<h3>%s%s <span class="count">%s</span></h3>' % (badge(LIST_STATES[name]) if name in LIST_STATES else "", text(title), shown_number(count))
            said = '%s\n<p class="meaning">%s%s</p>' % (head, text(meaning), left_out(len(shown), count))
            rows = [_person(name, one) for one in shown]
            listed = "\n" + table(title, ("Person", "Name", "JumpCloud", "Since (UTC)", "Why", "What to do"), rows, "people") if shown else ""
            parts.append('<div class="list">%s%s</div>' % (said, listed))
    empty = [title for name, title, _meaning in PEOPLE_TITLES if not found["counts"][name]]
    if empty:
        parts.append('<p class="meaning empty">Nobody is on these lists: %s.</p>' % text(", ".join(empty)))
    return "\n".join(parts)


def left_out(shown: int, count: int) -> str:
    if shown >= count:
        return ""
    return ' <strong class="cut">%s</strong>' % are_shown(shown, count)


def _person(kind: str, person: Row) -> tuple[str, ...]:
    name, status = text(person["name"] or ""), '<span class="tag">%s</span>' % text(person["status"])
    return text(person_name(kind, person)), name, status, moment(person["since"]), text(why(person)), text(person["remedy"] or "")


def events(rows: t.Sequence[Row]) -> str:
    return '<div class="list">%s</div>' % table(
        "Events, newest first", ("Time (UTC)", "Event", "About", "By", "Outcome", "Message"), [_event(event) for event in rows], "events"
    )


def _event(event: Row) -> tuple[str, ...]:
    outcome = outcome_of(event)
    state = {"succeeded": "green", "failed": "red"}.get(outcome, "unknown")
    shown = ranked(state, STATE_ORDER.index(state), outcome, 16)
    code = "" if event["response_code"] is None else "HTTP %s " % event["response_code"]
    message = code + (event["error_message"] or event["details"] or "") if outcome != "succeeded" else ""
    title = '<span title="%s">%s</span>' % (text(event["event_type"]), text(event_title(event["event_type"])))
    return moment(event["timestamp"]), title, text(event_subject(event)), text(event["initiated_by"] or ""), shown, text(message)


def days(rows: t.Sequence[Row]) -> str:
    cells = [(text(row["day"]), number(row["succeeded"]), number(row["failed"])) for row in rows]
    return table("Syncs by day", ("Day", "Succeeded", "Failed"), cells, "days")
