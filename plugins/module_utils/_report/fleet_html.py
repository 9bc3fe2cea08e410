# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview of many pairs as one page. Pure; each value of a tenant goes through ``text``, and each link is encoded as the path of a URL."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import page, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_day, shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet, svg, tables, top
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import NOT_AUDITED, OUTCOMES, Row
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_style import STYLE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.script import SCRIPT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import OUTCOME_WORDS, shown_number

TITLE = "SCIM provisioning overview"
BADGES = {NOT_AUDITED: "amber", **top.OUTCOME_BADGES}
HEADS = ("Pair", "State", "What differs", "Trend", "Expected", "Missing", "Failing now", "Checked (UTC)")
PAIRS = (("pairs", "Pairs", ""), (NOT_AUDITED, "Not audited", "amber"), ("error", "Unchecked", "amber"), ("drift", "Drift", "red"), ("in_sync", "In sync", ""))
PEOPLE = (
    ("expected", "Expected", ""),
    ("missing", "Missing", "red"),
    ("unexpected", "Unexpected", "amber"),
    ("differing", "Differing", "amber"),
    ("open_failures", "Failing now", "amber"),
)
# as charts.outcomes draws them: where a mark begins, and how far it goes down
MARKS = {"in_sync": (2, 20), "drift": (12, 10), "error": (18, 4)}
STEP = 5
LEGEND = (
    '<p class="meaning">A name leads to the pair\u2019s report. Trend: one mark for each audit, the newest at the right; high: in sync, half as high: drift, '
    "low: unchecked. Beside who is missing: how many more or fewer than in the audit before.</p>"
)


def render(overview: Row) -> str:
    title = "%s of %s" % (TITLE, counted(len(overview["pairs"]), "pair", "pairs"))
    parts = ['<a class="skip" href="#result">To the result</a>', '<header class="top"><div class="width">', *_head(overview), "</div></header>"]
    parts += ['<main class="width">', _banner(overview), _figures(overview), _pairs(overview["pairs"]), _left_out(overview["left_out"])]
    collection = overview["collection"]
    made = "Made by %s %s. This page names no people; the reports that it leads to do. It loads nothing, and sends nothing."
    parts += ["</main>", '<footer class="width"><p>%s</p></footer>' % text(made % (collection["name"], collection["version"]))]
    return page(title, STYLE, SCRIPT, "\n".join(part for part in parts if part))


def _head(overview: Row) -> list[str]:
    times = [overview[name] for name in ("checked_from", "checked_until") if overview[name]]
    shown = " and ".join('<time datetime="%s">%s</time>' % (text(at), text(shown_time(at))) for at in dict.fromkeys(times))
    return [
        '<p class="eyebrow">%s</p>' % TITLE,
        "<h1>JumpCloud to Unity Cloud: %s</h1>" % counted(len(overview["pairs"]), "pair", "pairs"),
        '<p class="checked">Checked %s %s</p>' % ("between" if len(set(times)) > 1 else "on", shown) if shown else "",
    ]


def _banner(overview: Row) -> str:
    outcome = overview["outcome"]
    head = '<div class="banner %s" id="result" role="region" aria-labelledby="result-title" tabindex="-1">' % outcome
    return '%s%s<div><h2 id="result-title">%s</h2><p>%s</p></div></div>' % (
        head,
        svg.badge(BADGES[outcome], 46),
        OUTCOME_WORDS[outcome],
        text(overview["verdict"]),
    )


def _figures(overview: Row) -> str:
    groups = (("The pairs", PAIRS, overview["counts"]), ("The people, of all pairs in which they were seen", PEOPLE, overview["people"]))
    shown = []
    for position, (title, tiles, known) in enumerate(groups, start=1):
        items = "".join(_tile(name, known[field], state) for field, name, state in tiles)
        shown.append('<div><h2 id="figures-%d">%s</h2><ul class="tiles" aria-labelledby="figures-%d">%s</ul></div>' % (position, title, position, items))
    return '<div class="figures">%s</div>' % "".join(shown)


def _tile(title: str, value: int | None, state: str) -> str:
    return '<li class="%s"><span>%s</span><b>%s</b></li>' % (state if value else "", title, shown_number(value))


def _pairs(pairs: t.Sequence[Row]) -> str:
    search = (
        '<form class="search" role="search" aria-label="Search pairs" hidden><label for="search-pairs">Search pairs</label>'
        '<input type="search" id="search-pairs" autocomplete="off" spellcheck="false"><output for="search-pairs"></output></form>'
    )
    rows = tables.table("All pairs", HEADS, [_cells(row) for row in pairs], "pairs")
    head = '<section id="pairs" aria-labelledby="pairs-title"><h2 id="pairs-title">The pairs, the worst first</h2>'
    return '%s\n%s\n%s\n<div class="list">%s</div>\n</section>' % (head, search, LEGEND, rows)


def _cells(row: Row) -> tuple[str, ...]:
    outcome = row["outcome"]
    name = text(row["name"])
    tenants = ", ".join(row["subject"][field] for field in ("unity_organization_id", "application") if row["subject"][field])
    # a state lasts since a day; when exactly stands in the pair's report
    since = '<span class="since">since %s</span>' % text(shown_day(row["since"])) if row["since"] else ""
    return (
        ('<a href="%s">%s</a>' % (text(row["report"]), name) if row["report"] else name) + ('<span class="of">%s</span>' % text(tenants) if tenants else ""),
        # the style draws the sign: five hundred pictures would be a quarter of the page
        '<data class="state %s %s" value="%d">%s</data>%s' % (BADGES[outcome], outcome, OUTCOMES.index(outcome), fleet.WORDS[outcome], since),
        text(row["summary"]),
        _trend(row["trend"]) or tables.NONE,
        tables.number(row["counts"]["expected"]),
        tables.number(row["counts"]["missing"]) + _change(row["trend"]),
        tables.number(row["counts"]["open_failures"]),
        tables.moment(row["checked_at"]) if row["checked_at"] else tables.NONE,
    )


def _trend(runs: t.Sequence[Row]) -> str:
    """One mark a run. All marks of a kind are one path: five hundred pairs have many."""
    paths = ""
    for outcome, (top_of, height) in MARKS.items():
        marks = "".join("M%d %dv%d" % (STEP * position + 2, top_of, height) for position, run in enumerate(runs) if run["outcome"] == outcome)
        paths += '<path class="%s" d="%s"/>' % (outcome, marks) if marks else ""
    said = ", ".join("%d %s" % (number, word.lower()) for name, word in OUTCOME_WORDS.items() if (number := sum(run["outcome"] == name for run in runs)))
    width = STEP * len(runs)
    picture = '<svg class="runs" viewBox="0 0 %d 24" width="%d" height="24" role="img" aria-label="%s" focusable="false">%s</svg>'
    return picture % (width, width, said, paths) if runs else ""


def _change(runs: t.Sequence[Row]) -> str:
    """How many more people are missing than in the run before."""
    known = [run["missing"] for run in runs[-2:]]
    if len(known) < 2 or None in known or known[0] == known[1]:
        return ""
    return ' <span class="change">(%+d)</span>' % (known[1] - known[0])


def _left_out(said: t.Sequence[str]) -> str:
    items = "".join("<li>%s</li>" % text(one) for one in said)
    head = '<section id="left-out" aria-labelledby="left-out-title"><h2 id="left-out-title">Left out</h2>'
    return '%s\n<ul class="plain">%s</ul>\n</section>' % (head, items) if items else ""
