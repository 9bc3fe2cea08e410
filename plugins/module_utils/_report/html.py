# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs no network. Pure; each value of a tenant goes through ``text``."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.copying import LIVE_REGION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import page, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import charts, remedies, svg, tables, top
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.script import SCRIPT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.style import STYLE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import open_first, shown_number, step_title

Row = t.Dict[str, t.Any]
TITLE = "SCIM provisioning audit"
SUBJECT = (
    ("unity_organization_id", "Unity organization"),
    ("jumpcloud_organization_id", "JumpCloud organization"),
    ("application", "JumpCloud application"),
    ("application_id", "Application ID"),
    ("base_url", "SCIM base URL"),
)
TRENDS = (("missing", "Missing"), ("unexpected", "Unexpected"), ("differing", "Differing"), ("open_failures", "Failing now"))
PEOPLE_SHOWN = 10
LEGEND = (
    '<p class="meaning">In the commands, @vars.yml stands for your own variables, and ADDRESS for the address of a person. '
    "Since: when an audit first saw it, if no audit has seen anything else meanwhile.</p>"
)
SPREADSHEET = '\n<p class="meaning">For a spreadsheet, all of them are in the file beside this page whose name ends in .csv.</p>'


def render(report: Row, max_listed: int) -> str:
    """``max_listed``: how many rows each table has. What is left out is counted."""
    sections = [(name, title, content) for name, title, content in _sections(report, max_listed) if content]
    title = "%s: %s" % (report["name"], TITLE) if report["name"] else TITLE
    parts = ['<a class="skip" href="#result">To the result</a>', '<header class="top"><div class="width">', *_head(report), _nav(sections), "</div></header>"]
    parts += ['<main class="width">', top.banner(report), top.figures(report)]
    parts += ['<section id="%s" aria-labelledby="%s-title"><h2 id="%s-title">%s</h2>\n%s\n</section>' % (name, name, name, *rest) for name, *rest in sections]
    collection = report["collection"]
    made = "Made by %s %s. This page holds names of people; it loads nothing, and sends nothing." % (collection["name"], collection["version"])
    parts += ["</main>", '<footer class="width"><p>%s</p></footer>' % text(made), LIVE_REGION]
    return page(title, STYLE, SCRIPT, "\n".join(parts))


def _sections(report: Row, max_listed: int) -> list[tuple[str, str, str]]:
    people = report["people"]
    return [
        ("checks", "Checks, from Unity to the people", "\n".join((svg.picture_of(report["checks"]), tables.checks(report["checks"]), LEGEND))),
        ("differences", "What a provision run would do", tables.differences(report["differences"]) if report["differences"] else ""),
        ("trend", "Trend over the runs", _trend(report["history"])),
        ("people", "People", _search("people", "Search people") + tables.people(people, max_listed) + SPREADSHEET if people else ""),
        ("failures", "Failures by cause", _failures(report["health"])),
        ("syncs", "Syncs over time", _timeline(report)),
        ("events", "Events", _events(report["events"], max_listed)),
        ("unseen", "What could not be seen", _plain((row["what"], row["why"]) for row in report["unchecked"])),
        ("subject", "What was audited", _subject(report)),
    ]


def _head(report: Row) -> list[str]:
    subject = report["subject"]
    tenants = ["%s %s" % (title, subject[name]) for name, title in SUBJECT if name in ("unity_organization_id", "application") and subject[name]]
    return [
        '<p class="eyebrow">%s</p>' % TITLE,
        "<h1>%s</h1>" % text(report["name"] or "JumpCloud to Unity Cloud"),
        '<p class="checked">Checked on <time datetime="%s">%s</time></p>' % (text(report["checked_at"]), text(shown_time(report["checked_at"]))),
        '<p class="checked">%s</p>' % text(", ".join(tenants)) if tenants else "",
    ]


def _nav(sections: t.Sequence[tuple[str, str, str]]) -> str:
    names = {"unseen": "Not seen", "subject": "Tenants"}
    links = ('<li><a href="#%s">%s</a></li>' % (name, names.get(name, name.capitalize())) for name, _title, _content in sections)
    return '<nav aria-label="Sections"><ul>%s</ul></nav>' % "".join(links)


def _search(name: str, label: str) -> str:
    """Hidden until the script shows it: without scripts it could not work."""
    return '<form class="search" role="search" aria-label="%s" hidden><label for="search-%s">%s</label>' % (
        label,
        name,
        label,
    ) + '<input type="search" id="search-%s" autocomplete="off" spellcheck="false"><output for="search-%s"></output></form>\n' % (name, name)


def _failures(health: Row | None) -> str:
    if not health or not health["failures"]:
        return ""
    window = "From %s to %s: %s%s, %s." % (
        shown_time(health["since"]),
        shown_time(health["until"]),
        "at least " if health["incomplete"] else "",
        counted(health["succeeded"], "sync succeeded", "syncs succeeded"),
        counted(health["failed"], "failed", "failed"),
    )
    return "\n".join(['<p class="meaning">%s</p>' % text(window), *(_failure(row) for row in open_first(health["failures"]))])


def _failure(row: Row) -> str:
    now = row["open_people_count"]
    facts = "%s, %s now. Since %s, last on %s%s." % (
        counted(row["count"], "failure", "failures"),
        counted(now, "person concerned", "people concerned") if now else "nobody concerned",
        shown_time(row["first"]),
        shown_time(row["last"]),
        " (HTTP %d)" % row["response_code"] if row["response_code"] else "",
    )
    named = row["people"][: min(now, PEOPLE_SHOWN)]
    chips = "".join("<li>%s</li>" % text(person["email"] or person["id"] or "\u2013") for person in named)
    more = "<li>and %s more</li>" % shown_number(now - len(named)) if now > len(named) else ""
    return "\n".join(
        [
            '<div class="failure-card %s"><h3>%s%s</h3>' % ("open" if now else "", svg.badge("red" if now else "green"), text(row["title"])),
            "<p>%s</p>" % text(row["remedy"]) if row["remedy"] else "",
            tables.command(remedies.for_people(row), "the command for: %s" % row["title"]) if now else "",
            '<p class="meaning">%s</p>' % text(facts),
            '<ul class="chips">%s%s</ul>' % (chips, more) if named else "",
            top.lines("code", "sample", row["message"]) if row["message"] else "",
            "</div>",
        ]
    )


def _timeline(report: Row) -> str:
    days = charts.days(report["health"], report["events"])
    picture = charts.timeline(days, charts.marks(report["health"], report["events"]))
    if not picture:
        return ""
    key = '<li><svg viewBox="0 0 14 14" aria-hidden="true">%s</svg>%s</li>'
    legend = (
        ('<rect class="success" x="2" y="1" width="10" height="12" rx="2"/>', "Upwards: succeeded"),
        ('<rect class="failure" x="2" y="1" width="10" height="12" rx="2"/>', "Downwards: failed"),
        ('<path class="flag on" d="M1 1l12 6L1 13z"/>', "Provisioning activated"),
        ('<path class="flag off" d="M1 1l12 6L1 13z"/>', "Provisioning deactivated"),
    )
    figure = '<div class="figure" role="group" tabindex="0" aria-label="Time line">%s</div>\n<ul class="legend">%s</ul>' % (
        picture,
        "".join(key % item for item in legend),
    )
    return figure + ("<details><summary>The days as a table</summary>%s</details>" % tables.days(days) if days else "")


def _trend(runs: t.Sequence[Row]) -> str:
    sparks = []
    for name, title in TRENDS:
        values = [run[name] for run in runs]
        sparks.append("<li><p>%s <b>%s</b></p>%s</li>" % (title, shown_number(values[-1]), charts.sparkline(title, values)))
    said = "%s, from %s to %s." % (counted(len(runs), "run", "runs"), shown_time(runs[0]["checked_at"]), shown_time(runs[-1]["checked_at"]))
    if len(runs) == 1:
        return ""
    key = "High: in sync. Half as high: drift. Low and hollow: unchecked."
    figure = '<div class="figure" role="group" tabindex="0" aria-label="Outcomes">%s</div>' % charts.outcomes(runs)
    table = "<details><summary>The runs as a table</summary>%s</details>" % tables.runs(runs)
    return '<p class="meaning">%s %s</p>\n%s\n<ul class="sparks">%s</ul>\n%s' % (text(said), key, figure, "".join(sparks), table)


def _events(events: t.Sequence[Row], max_listed: int) -> str:
    if not events:
        return ""
    shown = events[:max_listed]
    cut = tables.left_out(len(shown), len(events))
    return "%s%s%s" % (_search("events", "Search events"), '<p class="meaning">%s</p>' % cut if cut else "", tables.events(shown))


def _subject(report: Row) -> str:
    rows = ["<div><dt>%s</dt><dd>%s</dd></div>" % (title, text(report["subject"][name])) for name, title in SUBJECT if report["subject"][name]]
    groups = ""
    for title, is_bound in (("Bound groups", True), ("Groups to be bound", False)):
        names = [group["name"] or group["id"] or "\u2013" for group in report["groups"] if group["bound"] == is_bound]
        chips = "".join("<li>%s</li>" % text(name) for name in names)
        groups += '<h3>%s <span class="count">%s</span></h3>\n<ul class="chips">%s</ul>' % (title, shown_number(len(names)), chips) if names else ""
    return ('<dl class="subject">%s</dl>' % "".join(rows) if rows else "") + groups


def _plain(rows: t.Iterable[tuple[str, str]]) -> str:
    items = "".join("<li><strong>%s</strong>: %s</li>" % (text(step_title(what)), text(why)) for what, why in rows)
    return '<ul class="plain">%s</ul>' % items if items else ""
