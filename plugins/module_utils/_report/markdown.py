# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown with GitHub's tables: for a ticket, a merge request or a chat. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted, visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.markdown import code, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_minute, shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import (
    OUTCOME_WORDS,
    PEOPLE_TITLES,
    STATE_WORDS,
    are_shown,
    event_subject,
    event_title,
    open_first,
    outcome_of,
    person_name,
    shown_number,
    step_title,
    verdict_beside,
    why,
    worst_first,
)

Row = t.Dict[str, t.Any]
SIGNS = {"green": "\u2705", "amber": "\u26a0\ufe0f", "red": "\u274c", "unknown": "\u2754"}


def render(report: Row, max_listed: int) -> str:
    """``max_listed``: how many rows each table has. What is left out is counted."""
    lines = ["# SCIM provisioning audit%s" % (": %s" % text(report["name"]) if report["name"] else ""), ""]
    lines += ["**%s.** %s" % (OUTCOME_WORDS[report["outcome"]], text(verdict_beside(report["outcome"], report["verdict"]))), ""]
    if report["error"]:
        lines += [*("> %s" % text(line) for line in report["error"].splitlines()), ""]
    lines += ["Checked on %s." % text(shown_time(report["checked_at"])), *_subject(report["subject"]), ""]
    lines += _chain(report) + _differences(report) + _groups(report) + _people(report, max_listed) + _failures(report)
    lines += _events(report, max_listed) + _history(report) + _unchecked(report)
    lines.append("Made by %s %s." % (code(report["collection"]["name"]), text(report["collection"]["version"])))
    return "\n".join(lines).rstrip("\n") + "\n"


def _subject(subject: Row) -> list[str]:
    titles = (
        ("unity_organization_id", "Unity organization"),
        ("jumpcloud_organization_id", "JumpCloud organization"),
        ("application", "Application"),
        ("application_id", "Application ID"),
        ("base_url", "SCIM base URL"),
    )
    found = ["- %s: %s" % (title, code(visible(subject[name]))) for name, title in titles if subject[name]]
    return ["", *found] if found else []


def _table(head: t.Sequence[str], rows: t.Iterable[t.Sequence[t.Any]]) -> list[str]:
    lines = ["| %s |" % " | ".join(head), "|%s" % (" --- |" * len(head))]
    return [*lines, *("| %s |" % " | ".join(_cell(value) for value in row) for row in rows), ""]


def _cell(value: t.Any) -> str:
    return text(str(value)) if value not in (None, "") else ""


def _left_out(shown: int, count: int | None) -> list[str]:
    return [are_shown(shown, count), ""] if shown < (count or 0) else []


def _chain(report: Row) -> list[str]:
    checks = worst_first(report["checks"])
    rows = [("%s %s" % (SIGNS[one["state"]], STATE_WORDS[one["state"]]), one["title"], _since(one), one["found"], one["remedy"]) for one in checks]
    # one check may have the command of another
    commands = dict.fromkeys(check["command"] for check in checks if check["command"])
    lines = ["## The checks", "", *_table(("State", "Check", "Since (UTC)", "Found", "What to do"), rows)]
    return [*lines, *("    %s" % command for command in commands), ""] if commands else lines


def _since(row: Row) -> str:
    return shown_minute(row["since"]) if row["since"] else ""


def _differences(report: Row) -> list[str]:
    if not report["differences"]:
        return []
    rows = [(step_title(row["step"]), _since(row), row["found"], ", ".join(row["would_do"])) for row in report["differences"]]
    return ["## What a provision run would do", "", *_table(("Step", "Since (UTC)", "Found", "It would do"), rows)]


def _groups(report: Row) -> list[str]:
    lines: list[str] = []
    for title, is_bound in (("Bound groups", True), ("Groups to be bound", False)):
        names = [text(group["name"] or group["id"] or "\u2013") for group in report["groups"] if group["bound"] == is_bound]
        lines += ["## %s" % title, "", *("- %s" % name for name in names), ""] if names else []
    return lines


def _people(report: Row, max_listed: int) -> list[str]:
    people = report["people"]
    if people is None:
        return []
    count = people["counts"]
    facts = "%s expected, %s provisioned, %s matched." % tuple(shown_number(count[name]) for name in ("expected", "provisioned", "matched"))
    lines = ["## People", "", facts, ""]
    for name, title, meaning in PEOPLE_TITLES:
        shown = people[name][:max_listed]
        if count[name]:
            lines += ["### %s: %s" % (title, shown_number(count[name])), "", meaning, ""]
            lines += _table(
                ("Person", "Name", "JumpCloud", "Since (UTC)", "Why", "What to do"),
                [(person_name(name, one), one["name"], one["status"], _since(one), why(one), one["remedy"]) for one in shown],
            )
            lines += _left_out(len(shown), count[name])
    return lines


def _failures(report: Row) -> list[str]:
    health = report["health"]
    if health is None or not health["failures"]:
        return []
    rows = [
        (row["title"], row["open_people_count"], row["count"], shown_time(row["first"]), shown_time(row["last"]), row["remedy"], row["message"])
        for row in open_first(health["failures"])
    ]
    cut = ["Not all events were shown, so these numbers are at least so many.", ""] if health["incomplete"] else []
    return ["## Failures by cause", "", *cut, *_table(("Cause", "People concerned now", "Failures", "Since", "Last", "What to do", "A message"), rows)]


def _events(report: Row, max_listed: int) -> list[str]:
    if not report["events"]:
        return []
    shown = report["events"][:max_listed]
    rows = [
        (shown_minute(event["timestamp"]), event_title(event["event_type"]), event_subject(event), outcome_of(event), event["error_message"]) for event in shown
    ]
    return ["## Events", "", *_table(("Time (UTC)", "Event", "About", "Outcome", "Message"), rows), *_left_out(len(shown), len(report["events"]))]


def _history(report: Row) -> list[str]:
    if len(report["history"]) < 2:
        return []
    names = ("expected", "provisioned", "missing", "unexpected", "differing", "open_failures")
    runs = report["history"][:-11:-1]
    rows = [(shown_time(run["checked_at"]), OUTCOME_WORDS[run["outcome"]], *(shown_number(run[name]) for name in names)) for run in runs]
    head = ("Run", "Outcome", *(step_title(name) for name in names))
    return ["## The last %s" % counted(len(runs), "run", "runs"), "", *_table(head, rows)]


def _unchecked(report: Row) -> list[str]:
    if not report["unchecked"]:
        return []
    return ["## What could not be seen", "", *("- %s: %s" % (text(row["what"]), text(row["why"])) for row in report["unchecked"]), ""]
