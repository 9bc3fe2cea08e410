# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page as text: harmless whatever somebody is called, complete, accessible, and small enough."""

from __future__ import annotations

import base64
import hashlib
import re
import typing as t
from html.parser import HTMLParser

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import printable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import markdown as pages
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import charts, html, markdown, script, style, svg, wording
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit_report import ARGUMENTS
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

VOID = ("meta", "input", "br")


class Page(HTMLParser):
    """A page as a browser takes it apart; every element that is opened is closed."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def values(self, name: str, tag: str | None = None) -> list[str]:
        return [value or "" for of, attribute, value in self.attributes if attribute == name and tag in (None, of)]


def render(given: dict[str, t.Any], past: t.Sequence[t.Any] = (), max_listed: int = 500) -> str:
    return html.render(audits.report(given, past), max_listed)


def test_page_needs_nothing_from_outside_and_allows_nothing() -> None:
    page = render(audits.drifts(), audits.past(audits.ROUGH))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy.group(1).startswith("default-src &#x27;none&#x27;;")
    for content in (style.STYLE, script.SCRIPT):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert "sha256-%s" % digest in policy.group(1)
    assert not re.search(r"src=|@import|url\(|<link|style=", page)
    assert all(value.startswith("#") for value in Page(page).values("href"))


def test_page_says_what_the_report_says() -> None:
    said = " ".join(Page(render(audits.drifts(), audits.past(audits.ROUGH))).texts)
    for words in (
        "Example Games",
        "Checked on",
        "24 November 2026, 06:00 UTC",
        "2 steps differ, 5 people are missing",
        "test the connection, configure it, activate it again",
        "Lovelace in JumpCloud, Byron in Unity",
        "Unity refused the account: its domain is not validated",
        "Validate the domain in the Unity Dashboard",
        "12 failures, 4 people concerned now. Since 20 November 2026, 08:11 UTC, last on 24 November 2026, 05:12 UTC (HTTP 400).",
        "2 failures, nobody concerned now.",
        "Create account",
        "Directory Insights answered for the last hour only.",
        "12345678901234",
        "Unity Artists",
        "30 runs",
        "guest@partner.example.org",
        "Nobody is on these lists: Duplicates, Staged in JumpCloud, At risk.",
    ):
        assert words in said, words


def cells(page: str, section: str) -> list[list[str]]:
    """The rows of a section's tables, as text."""
    part = page.split('<section id="%s"' % section)[1].split("</section>")[0]
    rows = re.findall(r'<tr role="row"><th scope="row".*?</tr>', part, re.DOTALL)
    return [["".join(re.sub(r"<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def test_rows_of_the_chain() -> None:
    rows = cells(render(audits.drifts()), "checks")
    assert [row[:2] for row in rows] == [
        ["Groups", "Broken"],
        ["People", "Broken"],
        ["Key", "Attention"],
        ["Application", "Attention"],
        ["Service account", "OK"],
        ["Role", "OK"],
        ["Connector", "OK"],
    ], "red rows come first"
    assert rows[4] == ["Service account", "OK", "\u2013", "JumpCloud SCIM exists.", "\u2013"]
    assert rows[2][2:] == [
        "24 Nov 2026, 06:00",
        "1 key is live; the newest is 81 days old (maximum age: 90 days).",
        "Rotate the key within 9 days.ansible-playbook unity_jumpcloud.scim.rotate_key -e @vars.yml -e scim_provisioning_rotate=always "
        "Copy the command for key",
    ]


def test_rows_of_people() -> None:
    nameless = audits.person(1, email=None, name=None, user_name=None, reason="Lost.", remedy="Find it.")
    rows = cells(render(audits.works(people=audits.people(missing=[audits.person(0), nameless]))), "people")
    when = "24 Nov 2026, 06:00"
    assert rows == [
        ["ada.lovelace@example.com", "Ada Lovelace", "activated", when, "", ""],
        [nameless["jumpcloud_id"], "", "activated", when, "Lost.", "Find it."],
    ]


@pytest.mark.parametrize(
    "kind, called",
    [
        ("unexpected", "old@x.example, in JumpCloud new@x.example"),
        ("duplicates", "old@x.example, Unity ID u-8, in JumpCloud new@x.example"),
        ("differing", "new@x.example"),
    ],
)
def test_an_account_is_called_what_unity_calls_it(kind: str, called: str) -> None:
    """What is to be done is done to that account, and its person may have another one."""
    facts = audits.works(people=audits.people(**{kind: [audits.person(0, email="new@x.example", user_name="old@x.example", unity_id="u-8")]}))
    assert cells(render(facts), "people")[0][0] == called
    assert "| %s | Ada Lovelace |" % pages.text(called) in markdown.render(audits.report(facts), 10)


def test_rows_of_events() -> None:
    refused = {"success": False, "response_code": 400, "error_message": "Bad Request", "details": "More."}
    events = [
        audits.event(**refused),
        audits.event(**{**refused, "response_code": None, "error_message": None}),
        audits.event(**{**refused, "response_code": 200, "success": True}),
        audits.event(at=None, success=None, initiated_by=None, resource={"type": "application", "id": "7"}),
    ]
    when, who = "24 Nov 2026, 05:40", "ada.lovelace@example.com"
    page = render(audits.works(events=events))
    assert cells(page, "events") == [
        [when, "Create account", who, "JumpCloud", "failed", "HTTP 400 Bad Request"],
        [when, "Create account", who, "JumpCloud", "failed", "More."],
        [when, "Create account", who, "JumpCloud", "succeeded", ""],
        ["not seen", "Create account", "the application", "", "not said", ""],
    ]
    times = re.findall(r'datetime="([^"]*)"', page.split('<section id="events"')[1])
    assert times == ["2026-11-24T05:40:04.123Z", "2026-11-24T05:40:04.123Z", "2026-11-24T05:40:04.123Z", ""]
    assert "are shown" not in page


def test_head_names_the_tenants() -> None:
    assert '<p class="checked">Unity organization 12345678901234, JumpCloud application Unity</p>' in render(audits.works())
    assert '<p class="checked">JumpCloud application Unity</p>' in render(audits.works(subject={"application": "Unity"}))
    assert render(params(ARGUMENTS, checked_at=audits.AT)).count('class="checked"') == 1


def test_failures_that_were_overcome_look_so() -> None:
    page = render(audits.drifts())
    found = re.findall(r'<div class="failure-card (\w*)"><h3><svg class="badge (\w+)"', page)
    assert found == [("open", "red"), ("", "green")]
    assert page.count("<p></p>") == 0 and not re.search(r"<li>and [\d,]+ more</li>", page)
    chips = re.findall(r"<li>([^<]*)</li>", page.split('class="failure-card')[1].split("</ul>")[0])
    assert chips == [audits.person(number)["email"] for number in (3, 8, 15, 21)]


def test_days_are_a_table_where_there_are_days() -> None:
    assert cells(render(audits.works(health={"days": [{"day": "2026-11-24", "succeeded": 5000, "failed": 1}]})), "syncs") == [["2026-11-24", "5,000", "1"]]
    changed = audits.works(health=None, events=[audits.event("integration_activate")])
    assert 'id="syncs"' in render(changed) and "<details>" not in render(changed)


def test_empty_parts_are_left_out() -> None:
    page = Page(render(params(ARGUMENTS, checked_at=audits.AT)))
    assert list(page.values("id", "section")) == ["checks"]
    assert "Nothing was compared: the audit gave neither steps nor people." in page.texts
    assert page.values("title", "b") == ["Not seen"] * 12 and page.tags.count("input") == 0
    assert "JumpCloud to Unity Cloud" in page.texts


def test_people_in_plenty_are_cut_and_counted() -> None:
    people = audits.people(missing=[audits.person(number) for number in range(50000)])
    page = render(audits.works(people=people))
    assert '<strong class="cut">500 of 50,000 are shown.</strong>' in page and '<span class="count">50,000</span>' in page
    assert page.count(">activated<") == 500 and len(page) < 600_000


def test_no_rows_at_all() -> None:
    page = Page(render(audits.drifts(), max_listed=0))
    assert "0 of 5 are shown." in page.texts and "0 of 19 are shown." in page.texts


def test_failure_of_many_people_names_some() -> None:
    failed = audits.failure("a", "A", "Do.", range(100), open_people_count=1200, people_count=1300)
    nameless = {**audits.failure("b", "B", "", (1,), people=[{"id": None, "email": None}], response_code=None), "remedy": None}
    page = Page(render(audits.works(health=audits.health([failed, nameless]))))
    assert "and 1,190 more" in page.texts and "\u2013" in page.texts


# ---- hostile names


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_name_stays_text(name: str) -> None:
    page, harmless = Page(render(audits.hostile(name))), Page(render(audits.hostile("Unity")))
    assert page.tags == harmless.tags
    assert [(tag, attribute) for tag, attribute, value in page.attributes] == [(tag, attribute) for tag, attribute, value in harmless.attributes]
    assert printable.visible(name) in page.texts
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b\ud800]", "".join(page.texts))


# ---- accessible


def test_page_is_accessible() -> None:
    page = Page(render(audits.drifts(), audits.past(audits.ROUGH)))
    assert page.values("lang", "html") == ["en"] and page.tags.count("h1") == 1 and page.tags.count("main") == 1
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert page.tags.count("table") == page.tags.count("caption") == page.values("role").count("table")
    assert set(page.values("scope", "th")) == {"col", "row"} and len(page.values("scope", "th")) == page.tags.count("th")
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert set(page.values("aria-labelledby")) | set(page.values("for")) <= set(identifiers)
    assert {value[1:] for value in page.values("href")} <= set(identifiers)
    pictures = page.values("aria-label", "svg")
    assert len(pictures) == page.values("role", "svg").count("img") and all(pictures)
    assert len(pictures) + len(page.values("aria-hidden", "svg")) == page.tags.count("svg")


def test_picture_of_the_chain_is_told_in_words() -> None:
    page = render(audits.drifts())
    said = "The checks: service account ok, role ok, key attention, connector ok, application attention, groups broken, people broken."
    assert page.count('aria-label="%s"' % said) == 2
    pictures = [page.split('<svg class="checks %s"' % kind)[1].split("</svg>")[0] for kind in ("across", "down")]
    for picture in pictures:
        lines = re.findall(r'class="check (\w+)"', picture)
        assert lines == ["green", "amber", "amber", "amber", "red", "red", "red", "red"], "one between two checks, in two parts where it is broken"
        ends = [[float(end) for end in re.findall(r' [xy][12]="([\d.]+)"', line)] for line in re.findall(r"<line[^>]*>", picture)]
        assert all(x1 <= x2 and y1 <= y2 and (x1, y1) != (x2, y2) for x1, y1, x2, y2 in ends)
    assert [picture.count('class="break"') for picture in pictures] == [2, 0]
    across = [re.findall(r'y1="([\d.]+)".*? y2="([\d.]+)"', line)[0] for line in re.findall(r"<line[^>]*>", pictures[0])]
    assert {y1 == y2 for y1, y2 in across} == {True}


def test_states_differ_in_shape_and_word_not_only_in_colour() -> None:
    shapes = [svg.BADGES[state] for state in wording.STATE_WORDS]
    assert len(set(shapes)) == len(set(wording.STATE_WORDS.values())) == 4
    lines = {state: svg._connection(state, 0, 0, 99, 0).replace(state, "") for state in ("green", "red")}
    assert lines["green"] != lines["red"]
    across, down = (svg._connection("red", 0, 0, *end) for end in ((80, 0), (0, 80)))
    assert across.count("<line") == down.count("<line") == 2


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[dict[str, str]]:
    """Light, dark, print."""
    found = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in re.findall(r":root \{([^}]*)\}", style.STYLE))
    # colors that are forced are the system's
    return [palette for palette in found if palette]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark", "print"])
def test_contrast(palette: dict[str, str]) -> None:
    colours = {**palettes()[0], **palette}
    for ground in ("page", "card", "zebra"):
        for text in ("text", "soft", "accent", "green", "amber", "red", "unknown"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for state in ("green", "amber", "red", "unknown"):
        assert contrast(colours[state], colours[state + "-tint"]) >= 3, "WCAG 2.2, 1.4.11: what is drawn"
        assert contrast(colours["mark"], colours[state]) >= 4.5
    for banner in ("banner-green", "banner-amber", "banner-red"):
        assert contrast(colours["banner-text"], colours[banner]) >= 4.5
    assert contrast(colours["text"], colours["unknown-tint"]) >= 4.5


def test_there_are_three_palettes() -> None:
    assert len(palettes()) == 3


# ---- the pictures


def test_days_are_counted_from_the_events_where_nothing_else_did() -> None:
    events = [
        audits.event(),
        audits.event(success=False),
        audits.event(success=None),
        audits.event("association_change"),
        audits.event(at="soon"),
        audits.event(at="2026-11-20T00:00:00Z"),
        {**audits.event(), "timestamp": None},
    ]
    report = audits.report(audits.works(health=None, events=events))
    assert charts.days(None, report["events"]) == [
        {"day": "2026-11-20", "succeeded": 1, "failed": 0},
        {"day": "2026-11-24", "succeeded": 1, "failed": 1},
    ]


def test_marks_are_told_once() -> None:
    last = audits.event("integration_activate", "2026-11-05T09:12:00Z")
    events = [audits.event(), last, audits.event("integration_deactivate", "2026-11-03T17:40:00Z"), audits.event("integration_activate", "soon")]
    found = charts.marks({"last_integration_change": last}, events)
    assert [event["timestamp"] for event in found] == ["2026-11-03T17:40:00Z", "2026-11-05T09:12:00Z"]
    assert charts.marks(None, []) == []


def test_time_line() -> None:
    rows = [{"day": "2026-11-23", "succeeded": 5000, "failed": 1}, {"day": "2026-11-24", "succeeded": 0, "failed": 400}]
    changes = [audits.event("integration_activate", "2026-11-24T09:12:00Z"), audits.event("integration_deactivate", "2026-11-23T09:12:00Z")]
    picture = charts.timeline(rows, changes)
    assert 'aria-label="Syncs from 18 Nov 2026 to 24 Nov 2026: 5,000 successes, 401 failures."' in picture
    assert (picture.count('class="success"'), picture.count('class="failure"')) == (1, 2)
    heights = [float(height) for height in re.findall(r'class="failure".*? height="([\d.]+)"', picture)]
    assert heights == [4.0, 52.0], "one failure is still seen"
    assert re.findall(r'class="success".*? height="([\d.]+)"', picture) == ["104.0"]
    flags = re.findall(r"<g><title>([^<]*)</title><line[^>]*/><path class=\"flag (on|off)\"", picture)
    assert flags == [("24 November 2026, 09:12 UTC: provisioning was activated", "on"), ("23 November 2026, 09:12 UTC: provisioning was deactivated", "off")]


def test_time_line_from_its_first_day_to_its_last() -> None:
    ends = ("2026-10-01", "2026-11-24")
    rows = [{"day": day, "succeeded": 1, "failed": 0} for day in ends]
    picture = charts.timeline(rows, [audits.event("integration_activate", "%sT09:12:00Z" % day) for day in ends])
    bars = [float(x) for x in re.findall(r'class="success" x="([\d.]+)"', picture)]
    assert len(bars) == 2 and bars[0] < 10 and bars[1] > 980
    # the flag at the right end looks to the left, so that it stays in the picture
    assert re.findall(r'class="flag on" d="M[\d.]+ 3l(-?\d+) ', picture) == ["14", "-14"]


def test_time_line_without_failures_is_lower() -> None:
    heights = [
        int(re.findall(r'viewBox="0 0 1000 (\d+)"', charts.timeline([{"day": "2026-11-24", "succeeded": 1, "failed": failed}], []))[0]) for failed in (0, 1)
    ]
    assert heights[1] - heights[0] == 52


def test_time_line_ends_after_ninety_two_days() -> None:
    rows = [{"day": "2020-01-01", "succeeded": 1, "failed": 1}, {"day": "2026-11-24", "succeeded": 1, "failed": 0}]
    picture = charts.timeline(rows, [audits.event("integration_activate", "2020-01-01T00:00:00Z")])
    assert "25 Aug 2026" in picture and "flag" not in picture and 'class="failure"' not in picture
    assert charts.timeline([], []) == ""


def test_day_given_twice_is_one() -> None:
    rows = [("2026-11-24", 1, 0), ("2026-11-24", 2, 1), ("x", 1, 1)]
    assert charts.days({"days": [dict(zip(("day", "succeeded", "failed"), row)) for row in rows]}, []) == [{"day": "2026-11-24", "succeeded": 3, "failed": 1}]


@pytest.mark.parametrize(
    "values, lines, dots, said",
    [
        ([], 0, 0, "lowest \u2013, highest \u2013, now \u2013"),
        ([5], 0, 2, "lowest 5, highest 5, now 5"),
        ([0, 0, 0], 1, 1, "lowest 0, highest 0, now 0"),
        ([1, None, 3, 4], 1, 2, "lowest 1, highest 4, now 4"),
        ([1, 2, None], 1, 0, "lowest 1, highest 2, now \u2013"),
        ([None], 0, 0, "lowest \u2013, highest \u2013, now \u2013"),
    ],
)
def test_sparkline(values: list[int | None], lines: int, dots: int, said: str) -> None:
    picture = charts.sparkline("Missing", values)
    assert (picture.count('class="line"'), picture.count('class="dot"'), said in picture) == (lines, dots, True)
    newest = [float(x) for x in re.findall(r'class="dot" cx="([\d.]+)" cy="[\d.]+" r="3"', picture)]
    assert newest == ([238.0] if values and values[-1] is not None else [])
    assert "nan" not in picture and "-" not in "".join(re.findall(r' d="([^"]*)"', picture))


def test_outcomes_differ_in_height() -> None:
    picture = charts.outcomes(audits.past([0, 1, -1]))
    assert len(set(re.findall(r'height="(\d+)" rx', picture))) == 3
    assert "Outcome of 3 runs: 1 in sync, 1 drift, 1 unchecked." in picture
    for runs, last in ((3, 56.0), (20, 532.0), (21, 952.4), (100, 990.0)):
        found = [float(x) for x in re.findall(r' x="([\d.]+)"', charts.outcomes(audits.past([0] * runs)))]
        assert (len(found), found[0], found[-1]) == (runs, 0.0, last)


def test_first_run_has_no_trend() -> None:
    assert 'id="trend"' not in render(audits.works()) and 'id="trend"' in render(audits.works(), audits.past([0]))
