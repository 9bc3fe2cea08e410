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


def test_search_finds_hostile_names(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, audits.hostile("<script>alert(1)</script>")))
    search(browser, "people", "<script>")
    assert browser.evaluate(VISIBLE_ROWS % "people") == 8


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
    browser.open(write(tmp_path, given, audits.past(past)))
    path = Path(os.environ.get("REPORT_SHOTS") or tmp_path) / ("audit-report-%s-%s.png" % (name, "dark" if dark else "light"))
    browser.screenshot(path, {"x": 0.0, "y": 0.0, "width": 1200.0, "height": float(browser.evaluate(SHOT_END))})
    assert 50_000 < path.stat().st_size < 300_000
    assert re.match(rb"\x89PNG", path.read_bytes())
