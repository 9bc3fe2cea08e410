# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview's page and its Markdown as text: complete, accessible, small enough, and harmless whatever a pair is called."""

from __future__ import annotations

import base64
import hashlib
import re
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import printable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet_html, fleet_markdown, fleet_style, script
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import Row, not_audited
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits, fleets
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.test_report_page import Page, cells, contrast, palettes


def render(rows: t.Sequence[Row], left_out: t.Sequence[str] = ()) -> str:
    return fleet_html.render(fleets.overview(rows, left_out))


def test_page_needs_nothing_from_outside_and_allows_nothing() -> None:
    page = render(fleets.rows(50))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy.group(1).startswith("default-src &#x27;none&#x27;;")
    for content in (fleet_style.STYLE, script.SCRIPT):
        assert "sha256-%s" % base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy.group(1)
    assert not re.search(r"src=|@import|url\(|<link|style=", page)


def test_rows() -> None:
    rows = [*fleets.rows(4), not_audited("Gone", "There is no report.")]
    assert cells(render(rows), "pairs") == [
        ["Gone", "Not audited", "There is no report.", "\u2013", "\u2013", "\u2013", "\u2013", "\u2013"],
        [
            "Dune Games20000000000003, Unity",
            "Driftsince 19 Nov 2026",
            "2 steps differ, 5 people are missing, 2 accounts are unexpected and 1 account differs. Steps: identity management and user groups.",
            "",
            "412",
            "5 (+1)",
            "4",
            "24 Nov 2026, 06:03",
        ],
        *(
            [
                "%s Games%d, Unity" % (name, 20_000_000_000_000 + number),
                "In syncsince 21 Nov 2026",
                "All 6 steps are as wanted, and all 412 expected people have their accounts.",
                "",
                "412",
                "0",
                "0",
                "24 Nov 2026, 06:0%d" % number,
            ]
            for number, name in enumerate(("Alder", "Basalt", "Cobalt"))
        ),
    ]


def test_names_lead_to_the_reports() -> None:
    page = Page(render([*fleets.rows(4), not_audited("Gone", "There is no report.")]))
    assert page.values("href", "a") == ["#result", "pair003.html", "pair000.html", "pair001.html", "pair002.html"]


def test_head_and_figures() -> None:
    page = Page(render(fleets.rows(50), ["A folder is empty."]))
    said = " ".join(page.texts)
    for words in (
        "JumpCloud to Unity Cloud: 50 pairs",
        "24 November 2026, 06:00 UTC",
        "24 November 2026, 06:49 UTC",
        "Of 50 pairs, 1 was not audited, 3 are unchecked, 6 differ and 40 are in sync.",
        "18,952",
        "A folder is empty.",
        "This page names no people",
    ):
        assert words in said, words
    assert "Left out" not in render(fleets.rows(2))


def test_trend_is_told_in_words_and_drawn_in_heights() -> None:
    picture = fleet_html._trend([{"outcome": outcome} for outcome in ("in_sync", "drift", "error", "in_sync")])
    assert 'aria-label="2 in sync, 1 drift, 1 unchecked"' in picture
    assert re.findall(r'class="(\w+)" d="([^"]*)"', picture) == [("in_sync", "M2 2v20M17 2v20"), ("drift", "M7 12v10"), ("error", "M12 18v4")]
    assert fleet_html._trend([]) == ""


@pytest.mark.parametrize("missing, shown", [([], ""), ([1], ""), ([1, 1], ""), ([None, 1], ""), ([1, None], ""), ([1, 5], " (+4)"), ([9, 5, 0], " (-5)")])
def test_change_since_the_run_before(missing: list[int | None], shown: str) -> None:
    assert re.sub("<[^>]*>", "", fleet_html._change([{"missing": number} for number in missing])) == shown


def test_five_hundred_pairs_are_less_than_a_megabyte() -> None:
    assert len(render(fleets.rows(500)).encode()) < 1_000_000
    # none of them in sync, each with the longest texts that there are
    longest = [{**fleets.row(fleets.report(number, "error", name="%d" % number + "n" * 200)), "summary": "s" * 300} for number in range(500)]
    assert len(render(longest).encode()) < 1_000_000


def test_page_is_accessible() -> None:
    page = Page(render([*fleets.rows(50), not_audited("Gone", "There is no report.")], ["A folder is empty."]))
    assert page.values("lang", "html") == ["en"] and page.tags.count("h1") == 1 and page.tags.count("main") == 1
    assert page.tags.count("table") == page.tags.count("caption") == page.values("role").count("table") == 1
    assert set(page.values("scope", "th")) == {"col", "row"} and len(page.values("scope", "th")) == page.tags.count("th")
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert set(page.values("aria-labelledby")) | set(page.values("for")) <= set(identifiers)
    assert all(page.values("aria-label", "svg")) and page.values("role", "svg").count("img") == len(page.values("aria-label", "svg"))


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark", "print"])
def test_contrast_of_what_stands_out(palette: dict[str, str]) -> None:
    colours = {**palettes()[0], **palette}
    for text in ("text", "amber", "accent"):
        assert contrast(colours[text], colours["amber-tint"]) >= 4.5, text


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_name_stays_text(name: str) -> None:
    def rows(called: str) -> list[Row]:
        """One with a report, and one without."""
        row = fleets.row(audits.report(audits.hostile(called)))
        return [{**row, "report": "a.html"}, not_audited(called, called)]

    page, harmless = Page(render(rows(name), [name])), Page(render(rows("Unity"), ["Unity"]))
    assert page.tags == harmless.tags
    assert [(tag, attribute) for tag, attribute, _value in page.attributes] == [(tag, attribute) for tag, attribute, _value in harmless.attributes]
    assert printable.one_line(name, 120) in page.texts
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b\ud800]", "".join(page.texts))


# ---- Markdown


def test_markdown() -> None:
    said = fleet_markdown.render(fleets.overview([*fleets.rows(4), not_audited("Gone", "There is no report.")], ["A folder is empty."]))
    lines = said.splitlines()
    assert "**Unchecked.** Of 5 pairs, 1 was not audited, 1 differs and 3 are in sync." in lines
    assert "| \u26a0\ufe0f Not audited | Gone | There is no report. |  | \u2013 | \u2013 | \u2013 |  |" in lines
    dune = next(line for line in lines if "Dune" in line)
    assert dune.startswith("| \u274c Drift | [Dune Games](pair003.html) | 2 steps differ") and dune.endswith("| 412 | 5 | 4 | 24 Nov 2026, 06:03 |")
    assert "\u2754\u2705\u2705\u274c" in dune and lines[-3] == "- A folder is empty."


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_name_makes_no_markdown(name: str) -> None:
    made = fleet_markdown.render(fleets.overview([not_audited(name, name), {**fleets.row(audits.report(audits.hostile(name))), "report": "a.html"}], [name]))
    rows = [line for line in made.splitlines() if line.startswith("| ")]
    assert len(rows) == 4 and {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {9}, "three rows below the head, of eight cells"
    assert not re.search(r"<(script|img|svg)|\]\((?!a\.html)|(?<!&)https?://|(?<!\w)www\.e", made)
