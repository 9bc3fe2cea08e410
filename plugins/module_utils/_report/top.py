# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report's page begins with: the result, what to do first, and figures that add up. Pure; each value of a tenant goes through ``text``."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import remedies, svg, tables
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import OUTCOME_WORDS, STATE_WORDS, shown_number, verdict_beside, worst_first

Row = t.Dict[str, t.Any]
OUTCOME_BADGES = {"in_sync": "green", "drift": "red", "error": "unknown"}
# a figure, its title, and the state of its tile if it is not zero; the first of each group is the sum of the others
EXPECTED = (("expected", "Expected", ""), ("matched", "Matched", ""), ("missing", "Missing", "red"), ("pending", "Pending", ""))
IN_UNITY = (
    ("provisioned", "In Unity", ""),
    ("matched", "Matched", ""),
    ("unexpected", "Unexpected", "amber"),
    ("duplicates", "Duplicates", "amber"),
    ("outside_domain", "Outside the domains", ""),
    ("deactivated", "Deactivated", ""),
)
STATE = (("differing", "Differing", "amber"), ("open_failures", "Failing now", "amber"), ("key_age_days", "Key age, days", ""))
GROUPS = (("Whom JumpCloud expects in Unity", EXPECTED), ("How it goes", STATE), ("Who is in Unity", IN_UNITY))


def banner(report: Row) -> str:
    outcome = report["outcome"]
    words = (svg.badge(OUTCOME_BADGES[outcome], 46), OUTCOME_WORDS[outcome], text(verdict_beside(outcome, report["verdict"])), _worst(report))
    head = '<div class="banner %s" id="result" role="region" aria-labelledby="result-title" tabindex="-1">' % outcome
    said = '%s%s<div><h2 id="result-title">%s</h2><p>%s</p>%s</div></div>' % (head, *words)
    return said + (lines("p", "why", report["error"]) if report["error"] else "")


def worst(report: Row) -> Row | None:
    """The check to look at first. What nobody could see comes first only where that is what keeps the audit from being in sync."""
    for check in worst_first(report["checks"]):
        if check["state"] in ("red", "amber") or (check["state"] == "unknown" and report["outcome"] == "error"):
            return check
    return None


def _worst(report: Row) -> str:
    check = worst(report)
    if check is None:
        return ""
    command = check["command"] or (remedies.AUDIT if check["state"] == "unknown" else None)
    said = "<strong>%s: %s</strong> since %s. %s" % (
        text(check["title"]),
        STATE_WORDS[check["state"]].lower(),
        text(shown_time(check["since"])),
        text(check["found"]),
    )
    return '<div class="worst"><p>%s</p>%s%s</div>' % (
        said,
        "<p>%s</p>" % text(check["remedy"]) if check["remedy"] else "",
        tables.command(command, "the command to begin with") if command else "",
    )


def lines(tag: str, kind: str, value: str) -> str:
    """Text whose line ends stay line ends."""
    return '<%s class="%s">%s</%s>' % (tag, kind, "\n".join(text(line) for line in value.splitlines()), tag)


def figures(report: Row) -> str:
    known = _figures(report)
    groups = []
    for position, (title, tiles) in enumerate(GROUPS, start=1):
        shown = "".join(_tile(title, known[name], state) for name, title, state in tiles if name != "deactivated" or known[name])
        groups.append('<div><h2 id="figures-%d">%s</h2><ul class="tiles" aria-labelledby="figures-%d">%s</ul></div>' % (position, title, position, shown))
    return '<div class="figures">%s</div>' % "".join(groups)


def _figures(report: Row) -> dict[str, int | None]:
    """Whoever is in Unity and on no list was deactivated there instead of deleted, which is no drift."""
    counts = (report["people"] or {}).get("counts") or {}
    known: dict[str, int | None] = {**report["history"][-1], **counts}
    known = {name: known.get(name) for _title, tiles in GROUPS for name, _tile_title, _state in tiles}
    parts = [known[name] for name, _title, _state in IN_UNITY[:-1]]
    numbers = [part for part in parts if part is not None]
    known["deactivated"] = max(0, numbers[0] - sum(numbers[1:])) if len(numbers) == len(parts) else None
    return known


def _tile(title: str, value: int | None, state: str) -> str:
    unseen = ' title="Not seen"' if value is None else ""
    return '<li class="%s"><span>%s</span><b%s>%s</b></li>' % (state if value else "", title, unseen, shown_number(value))
