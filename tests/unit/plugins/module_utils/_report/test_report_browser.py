# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page in a real browser, opened from disk. Skipped where no Chromium is installed.

REPORT_SHOTS names a folder for screenshots of the pages.
"""

from __future__ import annotations

import os
import re
import struct
import typing as t
import zlib
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import printable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import html
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins import chromium
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.test_report_page import palettes

EXECUTABLE = chromium.find()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed (looked for: %s)" % ", ".join(chromium.NAMES))
PICTURE = "Array.from(document.querySelectorAll('svg.checks')).find(e => e.getBoundingClientRect().width > 0).getBoundingClientRect()"
VISIBLE_ROWS = "Array.from(document.querySelectorAll('#%s tbody tr')).filter(row => row.getBoundingClientRect().height > 0).length"
# what the documentation shows of the report: it ends where a section does
SHOT_END = "Math.max(...Array.from(document.querySelectorAll('section')).map(e => Math.ceil(e.getBoundingClientRect().bottom)).filter(y => y < 2100)) + 16"


@pytest.fixture(scope="module", params=[False, True], ids=["light", "dark"])
def scheme(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[tuple[chromium.Browser, bool]]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser"), request.param) as opened:
        yield opened, request.param


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[chromium.Browser]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def write(folder: Path, given: dict[str, t.Any], past: t.Sequence[t.Any] = ()) -> Path:
    path = folder / "report.html"
    path.write_text(html.render(audits.report(given, past), 500), encoding="utf-8")
    return path


def search(browser: chromium.Browser, name: str, words: str) -> None:
    browser.evaluate("(() => { const box = document.getElementById('search-%s'); box.value = '%s'; box.dispatchEvent(new Event('input')); })()" % (name, words))


def pixels(path: Path) -> t.Iterator[bytes]:
    """The rows of a PNG of 8 bits a channel, without interlacing (PNG, third edition, sections 7 and 9), each pixel as three bytes."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, width, channels = 8, b"", 0, 0
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, _height, depth, colour, _compression, _filter, interlace = struct.unpack(">IIBBBBB", body)
            assert (depth, interlace) == (8, 0)
            channels = {2: 3, 6: 4}[colour]
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    plain, stride, above = zlib.decompress(packed), width * channels, bytearray(width * channels)
    for start in range(0, len(plain), stride + 1):
        row = bytearray(plain[start + 1 : start + 1 + stride])
        unfilter(plain[start], row, above, channels)
        above = row
        yield bytes(value for position, value in enumerate(row) if position % channels < 3)


def unfilter(kind: int, row: bytearray, above: bytearray, channels: int) -> None:
    for at, value in enumerate(row):
        left = row[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        if kind == 4:
            guess = left + above[at] - corner
            nearest = min((abs(guess - left), 0, left), (abs(guess - above[at]), 1, above[at]), (abs(guess - corner), 2, corner))[2]
        else:
            nearest = (0, left, above[at], (left + above[at]) // 2)[kind]
        row[at] = (value + nearest) % 256


def colours(path: Path) -> tuple[int, int, dict[str, int]]:
    """Width, height, and how often each colour is there."""
    found: dict[str, int] = {}
    width = height = 0
    for row in pixels(path):
        width, height = len(row) // 3, height + 1
        for at in range(0, len(row), 3):
            name = "#" + row[at : at + 3].hex()
            found[name] = found.get(name, 0) + 1
    return width, height, found


def test_page_renders_and_its_script_runs_under_its_policy(scheme: tuple[chromium.Browser, bool], tmp_path: Path) -> None:
    browser, dark = scheme
    browser.resize(1200)
    browser.events.clear()
    browser.open(write(tmp_path, audits.drifts(), audits.past(audits.ROUGH)))
    assert browser.evaluate("document.title") == "Example Games: SCIM provisioning audit"
    assert browser.evaluate("Array.from(document.querySelectorAll('.search')).every(e => e.getBoundingClientRect().height > 0)") is True
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    page = palettes()[dark]["page"]
    assert ground == "rgb(%d, %d, %d)" % tuple(bytes.fromhex(page[1:]))
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [360, 1200])
def test_colours_of_the_chain_are_really_there(scheme: tuple[chromium.Browser, bool], tmp_path: Path, width: int) -> None:
    browser, dark = scheme
    browser.resize(width)
    browser.open(write(tmp_path, audits.drifts()))
    box = browser.evaluate("(() => { const box = %s; return {x: box.x, y: box.y + scrollY, width: box.width, height: box.height}; })()" % PICTURE)
    browser.screenshot(tmp_path / "checks.png", {name: float(int(value)) for name, value in box.items()})
    shown_width, shown_height, found = colours(tmp_path / "checks.png")
    assert (shown_width, shown_height) == (int(box["width"]), int(box["height"]))
    assert shown_width > (1000 if width > 1000 else 250) and shown_height > 100
    palette = palettes()[dark]
    for state in ("green", "amber", "red"):
        assert found.get(palette[state], 0) > 200, state
        assert found.get(palette[state + "-tint"], 0) > 1000, state
    assert found.get(palette["unknown"], 0) == 0
    assert found[palette["card"]] > shown_width * shown_height / 3


@pytest.mark.parametrize("width", [320, 360, 740, 1200])
@pytest.mark.parametrize("given", [audits.works(), audits.drifts(), audits.hostile("n" * 300), audits.hostile("<b>" * 60)])
def test_page_is_never_wider_than_the_screen(browser: chromium.Browser, tmp_path: Path, width: int, given: dict[str, t.Any]) -> None:
    browser.resize(width)
    browser.open(write(tmp_path, given, audits.past(audits.ROUGH)))
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    wide = "Array.from(document.querySelectorAll('main *')).filter(e => !e.closest('.scroll, .figure, caption, thead')"
    assert browser.evaluate(wide + " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))") == []


def test_one_picture_of_the_chain_is_shown(browser: chromium.Browser, tmp_path: Path) -> None:
    shown = "Array.from(document.querySelectorAll('svg.checks')).filter(e => e.getBoundingClientRect().width > 0).map(e => e.getAttribute('class'))"
    for width, kind in ((360, "checks down"), (1200, "checks across")):
        browser.resize(width)
        browser.open(write(tmp_path, audits.drifts()))
        assert browser.evaluate(shown) == [kind]


# ---- searching


def test_search_filters_the_rows_of_all_tables(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.resize(1200)
    browser.open(write(tmp_path, audits.drifts()))
    before = [browser.evaluate(VISIBLE_ROWS % name) for name in ("people", "events")]
    assert before == [12, 19]
    search(browser, "people", "MARGARET domain")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 2
    assert browser.evaluate("document.querySelector('#people output').textContent") == "2 of 12 rows"
    assert browser.evaluate(VISIBLE_ROWS % "events") == 19, "each box has its own tables"
    search(browser, "people", "nobody at all")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 0
    search(browser, "people", "  ")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 12
    assert browser.evaluate("document.querySelector('#people output').textContent") == ""
    search(browser, "events", "failed")
    assert browser.evaluate(VISIBLE_ROWS % "events") == 4


def test_search_ignores_accents_composition_and_joiners(browser: chromium.Browser, tmp_path: Path) -> None:
    names = ("Zo\u00eb Br\u00f6nte", "Zoe\u0308 Bro\u0308nte", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\uff21\uff24\uff21")
    people = audits.people(missing=[audits.person(number, name=name) for number, name in enumerate(names)])
    browser.open(write(tmp_path, audits.works(people=people)))
    for words, found in (
        ("zoe bronte", 2),
        ("ZOE\u0308", 2),
        ("zo\u00eb", 2),
        ("\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", 1),
        (names[2], 1),
        ("\uff21\uff24\uff21", 2),
        ("zoa", 0),
    ):
        search(browser, "people", words)
        assert browser.evaluate(VISIBLE_ROWS % "people") == found, words


def test_search_hides_lists_without_a_hit(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.drifts()))
    heads = "Array.from(document.querySelectorAll('#people h3')).filter(e => e.getBoundingClientRect().height > 0)"
    shown = heads + ".map(e => e.firstChild.data || e.childNodes[1].data)"
    assert len(browser.evaluate(shown)) == 6
    search(browser, "people", "guest")
    assert browser.evaluate(shown) == ["Outside the domains "]
    search(browser, "people", "")
    assert len(browser.evaluate(shown)) == 6


# ---- sorting

COLUMN = "Array.from(document.querySelectorAll('%s tbody tr')).map(row => row.cells[%d].textContent)"
SORT = "document.querySelectorAll('%s thead button')[%d].click()"
SORTED = "Array.from(document.querySelectorAll('%s thead th')).map(head => head.getAttribute('aria-sort'))"


def test_head_sorts_by_its_column(browser: chromium.Browser, tmp_path: Path) -> None:
    people = audits.people(missing=[audits.person(number, name=name) for number, name in enumerate(("Zo\u00eb", "ada 10", "Ada 9", "\u00c4da"))])
    browser.open(write(tmp_path, audits.works(people=people)))
    assert browser.evaluate(SORTED % "table.people") == [None] * 6
    browser.evaluate(SORT % ("table.people", 1))
    assert browser.evaluate(COLUMN % ("table.people", 1)) == ["\u00c4da", "Ada 9", "ada 10", "Zo\u00eb"]
    assert browser.evaluate(SORTED % "table.people") == [None, "ascending", *[None] * 4]
    browser.evaluate(SORT % ("table.people", 1))
    assert browser.evaluate(COLUMN % ("table.people", 1))[0] == "Zo\u00eb"
    browser.evaluate(SORT % ("table.people", 0))
    assert browser.evaluate(SORTED % "table.people") == ["ascending", *[None] * 5]


def test_times_numbers_and_states_sort_by_what_they_are(browser: chromium.Browser, tmp_path: Path) -> None:
    days = [{"day": day, "succeeded": number, "failed": 0} for day, number in (("2026-11-20", 9), ("2026-11-21", 5000), ("2026-11-22", 70))]
    events = [audits.event(at=at) for at in ("2026-11-23T08:00:00Z", "2026-11-09T08:00:00Z", "2026-10-30T08:00:00Z")]
    browser.open(write(tmp_path, audits.drifts(health=audits.health(days=days), events=events), audits.past(audits.ROUGH)))
    browser.evaluate(SORT % ("table.days", 1))
    assert browser.evaluate(COLUMN % ("table.days", 1)) == ["9", "70", "5,000"]
    browser.evaluate(SORT % ("table.events", 0))
    assert [row[:6] for row in browser.evaluate(COLUMN % ("table.events", 0))] == ["30 Oct", "9 Nov ", "23 Nov"]
    browser.evaluate(SORT % ("table.checks", 1))
    assert browser.evaluate(COLUMN % ("table.checks", 1)) == ["Broken"] * 2 + ["Attention"] * 2 + ["OK"] * 3
    browser.evaluate(SORT % ("table.runs", 2))
    assert browser.evaluate(COLUMN % ("table.runs", 2))[:2] == ["\u2013", "398"], "what nobody saw comes before the numbers"


def test_tables_of_one_row_have_nothing_to_sort(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.works(people=audits.people(missing=[audits.person(1)]))))
    assert browser.evaluate("document.querySelectorAll('table.people button').length") == 0


@pytest.mark.parametrize("width", [360, 1200])
def test_heads_that_sort_can_be_seen(browser: chromium.Browser, tmp_path: Path, width: int) -> None:
    browser.resize(width)
    browser.open(write(tmp_path, audits.drifts()))
    sizes = "Array.from(document.querySelectorAll('#people button.sort')).map(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width))"
    found = browser.evaluate(sizes)
    assert found and min(found) >= 24, "WCAG 2.2, 2.5.8"


# ---- copying


def test_button_copies_the_command(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.drifts()))
    browser.evaluate("Object.defineProperty(navigator, 'clipboard', {value: {writeText: text => { window.written = text; return Promise.resolve(); }}}); 0")
    browser.evaluate("document.querySelector('.banner button').click()")
    assert browser.evaluate("window.written") == "ansible-playbook unity_jumpcloud.scim.provision -e @vars.yml"
    assert browser.evaluate("document.getElementById('said').textContent") == "Copied:  the command to begin with"


# ---- large reports


def test_long_tables_are_laid_out_only_where_they_are_seen(browser: chromium.Browser, tmp_path: Path) -> None:
    people = audits.people(missing=[audits.person(number) for number in range(101)], staged=[audits.person(number, "staged") for number in range(100)])
    browser.open(write(tmp_path, audits.works(people=people)))
    kinds = "Array.from(document.querySelectorAll('#people .scroll')).map(e => getComputedStyle(e).contentVisibility)"
    assert browser.evaluate(kinds) == ["auto", "visible"]
    browser.print_media(True)
    try:
        assert browser.evaluate(kinds) == ["visible", "visible"]
    finally:
        browser.print_media(False)


def test_search_finds_hostile_names(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.hostile("<script>alert(1)</script>")))
    search(browser, "people", "<script>")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 9


def test_enter_in_the_search_box_does_not_leave_the_page(browser: chromium.Browser, tmp_path: Path) -> None:
    path = write(tmp_path, audits.drifts())
    browser.open(path)
    browser.evaluate("document.getElementById('search-people').form.requestSubmit()")
    assert browser.evaluate("location.href") == path.as_uri()


def test_large_tables_are_filtered_row_by_row(browser: chromium.Browser, tmp_path: Path) -> None:
    people = audits.people(missing=[audits.person(number) for number in range(600)], staged=[audits.person(number, "staged") for number in range(600)])
    browser.open(write(tmp_path, audits.works(people=people)))
    assert browser.evaluate(VISIBLE_ROWS % "people") == 1000
    search(browser, "people", "staged")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 500


# ---- print, keyboard, no scripts


def test_print_shows_every_row_and_no_controls(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.resize(700)
    browser.open(write(tmp_path, audits.drifts()))
    search(browser, "people", "nobody at all")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 0
    browser.print_media(True)
    try:
        assert browser.evaluate(VISIBLE_ROWS % "people") == 12
        assert browser.evaluate("['.search', 'nav'].map(e => getComputedStyle(document.querySelector(e)).display)") == ["none", "none"]
        assert browser.evaluate("getComputedStyle(document.querySelector('svg.checks.across')).display") == "block"
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    finally:
        browser.print_media(False)


def test_print_has_nine_points_and_shows_what_is_closed(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.drifts(), audits.past(audits.ROUGH)))
    search(browser, "people", "nobody at all")
    rows = "Array.from(document.querySelectorAll('details')).map(e => e.open || e.querySelector('tbody td').checkVisibility({contentVisibilityAuto: true}))"
    size = "Array.from(new Set(Array.from(document.querySelectorAll('%s')).map(e => getComputedStyle(e).fontSize)))"
    assert browser.evaluate(rows) == [False, False]
    browser.print_media(True)
    try:
        assert browser.evaluate(rows) == [True, True]
        assert browser.evaluate("Array.from(document.querySelectorAll('.list')).every(e => e.getBoundingClientRect().height > 0)") is True
        assert browser.evaluate(size % "main p, td, th, dd, dt, main li, code, button.sort") == ["12px"]
        assert browser.evaluate("Array.from(document.querySelectorAll('h2, h3')).every(e => getComputedStyle(e).breakAfter === 'avoid')") is True
        # a head with a box of a button is not repeated on the next sheet
        assert browser.evaluate("Array.from(document.querySelectorAll('button.sort')).every(e => getComputedStyle(e).display === 'contents')") is True
        assert browser.evaluate("getComputedStyle(document.querySelector('button.copy')).display") == "none"
    finally:
        browser.print_media(False)


def test_motion_only_for_who_likes_it(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.drifts()))
    moves = "getComputedStyle(document.documentElement).scrollBehavior"
    for wish, behavior in (("no-preference", "smooth"), ("reduce", "auto")):
        browser.prefer(prefers_reduced_motion=wish)
        assert browser.evaluate(moves) == behavior
    browser.prefer()


def test_colors_of_the_system_are_used_where_they_are_forced(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.drifts()))
    drawn = "['.badge.red .body', '.success', '.node.red .icon'].map(e => getComputedStyle(document.querySelector('section ' + e)))"
    browser.prefer(forced_colors="active")
    try:
        ink = browser.evaluate("(() => { const e = document.createElement('p'); document.body.append(e); return getComputedStyle(e).color; })()")
        assert browser.evaluate(drawn + ".map(e => e.fill === 'none' ? e.stroke : e.fill)") == [ink] * 3
        assert browser.evaluate("getComputedStyle(document.querySelector('.banner')).borderTopStyle") == "solid"
    finally:
        browser.prefer()


def test_print_is_dark_on_white_whatever_the_screen_is(scheme: tuple[chromium.Browser, bool], tmp_path: Path) -> None:
    browser, _dark = scheme
    browser.open(write(tmp_path, audits.drifts()))
    browser.print_media(True)
    try:
        found = browser.evaluate("[document.body, document.querySelector('section')].map(e => getComputedStyle(e).backgroundColor)")
        assert found == ["rgb(255, 255, 255)"] * 2
        assert browser.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert browser.evaluate("getComputedStyle(document.querySelector('.state.red')).color") == "rgb(%d, %d, %d)" % tuple(
            bytes.fromhex(palettes()[0]["red"][1:])
        )
    finally:
        browser.print_media(False)


def test_keyboard_reaches_links_boxes_and_tables(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.resize(1200)
    browser.open(write(tmp_path, audits.drifts()))
    seen = []
    for _unused in range(40):
        browser.press("Tab")
        seen.append(browser.evaluate("document.activeElement.className || document.activeElement.id || document.activeElement.localName"))
    assert seen[0] == "skip" and "scroll" in seen and "search-people" in seen
    assert browser.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_page_without_scripts_has_no_search(browser: chromium.Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write(tmp_path, audits.drifts())
    # the policy knows the script by its content: another one does not run
    path.write_text(path.read_text(encoding="utf-8").replace('"use strict";', '"use strict"; ', 1), encoding="utf-8")
    browser.open(path)
    assert browser.evaluate("Array.from(document.querySelectorAll('.search')).map(e => e.getBoundingClientRect().height)") == [0, 0]
    assert browser.evaluate(VISIBLE_ROWS % "people") == 12


# ---- hostile


def test_hostile_names_do_nothing(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.events.clear()
    for name in audits.HOSTILE:
        browser.open(write(tmp_path, audits.hostile(name)))
        assert browser.evaluate("document.querySelectorAll('script').length") == 1
        assert browser.evaluate("document.querySelectorAll('img, iframe, object, embed, base').length") == 0
        assert browser.evaluate("Array.from(document.querySelectorAll('*')).every(e => e.getAttributeNames().every(n => !n.startsWith('on')))") is True
        assert browser.evaluate("Array.from(document.links).every(a => a.getAttribute('href').startsWith('#'))") is True
        assert browser.evaluate("document.querySelector('h1').textContent") == printable.visible(name)
    assert browser.complaints() == []


def test_policy_stops_a_script_that_got_in_all_the_same(browser: chromium.Browser, tmp_path: Path) -> None:
    """The second line of defence, seen to hold."""
    path = write(tmp_path, audits.works())
    hack = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'></main>"
    path.write_text(path.read_text(encoding="utf-8").replace("</main>", hack), encoding="utf-8")
    browser.open(path)
    assert browser.evaluate("window.hacked === undefined") is True


# ---- pictures for the documentation


@pytest.mark.parametrize("name, given, past", [("in-sync", audits.works(), audits.CALM), ("drift", audits.drifts(), audits.ROUGH)])
def test_screenshots(scheme: tuple[chromium.Browser, bool], tmp_path: Path, name: str, given: dict[str, t.Any], past: list[int]) -> None:
    browser, dark = scheme
    browser.resize(1200)
    browser.open(write(tmp_path, given, audits.with_memory(given, audits.past(past), "2026-11-22T06:00:00Z")))
    path = Path(os.environ.get("REPORT_SHOTS") or tmp_path) / ("audit-report-%s-%s.png" % (name, "dark" if dark else "light"))
    browser.screenshot(path, {"x": 0.0, "y": 0.0, "width": 1200.0, "height": float(browser.evaluate(SHOT_END))})
    assert 50_000 < path.stat().st_size < 300_000
    assert re.match(rb"\x89PNG", path.read_bytes())
