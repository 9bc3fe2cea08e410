# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview's page in a real browser, opened from disk. Skipped where no Chromium is installed.

REPORT_SHOTS names a folder for screenshots of the pages.
"""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet_html
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import Row
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins import chromium
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits, fleets
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.test_report_browser import VISIBLE_ROWS, search
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.test_report_page import palettes

EXECUTABLE = chromium.find()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed (looked for: %s)" % ", ".join(chromium.NAMES))
ROWS = VISIBLE_ROWS % "pairs"
NAMES = "Array.from(document.querySelectorAll('.pairs tbody th')).map(e => e.textContent)"
# what reaches over the edge of the window, or of the place that it is in
WIDER = "Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.unseen')).length"
GROUND = "getComputedStyle(document.querySelectorAll('.pairs tbody tr')[%d]).backgroundColor"


@pytest.fixture(scope="module", params=[False, True], ids=["light", "dark"])
def scheme(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[tuple[chromium.Browser, bool]]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser"), request.param) as opened:
        yield opened, request.param


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[chromium.Browser]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def write(folder: Path, rows: t.Sequence[Row]) -> Path:
    path = folder / "overview.html"
    path.write_text(fleet_html.render(fleets.overview(rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("count", [50, 500])
def test_page_renders_and_its_script_runs_under_its_policy(scheme: tuple[chromium.Browser, bool], tmp_path: Path, count: int) -> None:
    browser, dark = scheme
    browser.events.clear()
    for width in (1280, 390):
        browser.resize(width, 900)
        browser.open(write(tmp_path, fleets.rows(count)))
        assert browser.evaluate("document.querySelector('.search').getBoundingClientRect().height > 0") is True
        assert browser.evaluate(ROWS) == count and browser.evaluate(WIDER) == 0
        tint = palettes()[dark]["amber-tint"]
        assert browser.evaluate(GROUND % 0) == "rgb(%d, %d, %d)" % tuple(bytes.fromhex(tint[1:])), "what was not audited stands out"
        assert browser.evaluate(GROUND % (count - 1)) != browser.evaluate(GROUND % 0)
        if "REPORT_SHOTS" in os.environ:
            shot = Path(os.environ["REPORT_SHOTS"]) / ("fleet-%d-%s%s.png" % (count, "desktop" if width > 1000 else "phone", "-dark" if dark else ""))
            browser.screenshot(shot, {"x": 0.0, "y": 0.0, "width": float(width), "height": 1500.0 if width > 1000 else 2400.0})
    assert browser.complaints() == []


def test_search_and_sort(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.resize(1280)
    browser.open(write(tmp_path, fleets.rows(500)))
    search(browser, "pairs", "drift dune")
    assert browser.evaluate(ROWS) == len([row for row in fleets.rows(500) if row["outcome"] == "drift" and "Dune" in row["name"]]) > 0
    assert browser.evaluate("document.querySelector('.search output').textContent").endswith(" of 500 rows")
    search(browser, "pairs", "20000000000003")
    assert browser.evaluate(ROWS) == 1
    search(browser, "pairs", "")
    first = browser.evaluate(NAMES)
    browser.evaluate("document.querySelectorAll('.pairs button.sort')[0].click()")
    assert browser.evaluate(NAMES)[0].startswith("Alder Games")
    browser.evaluate("document.querySelectorAll('.pairs button.sort')[1].click()")
    assert browser.evaluate(NAMES)[0].split()[0] in first[0] and "Not audited" in browser.evaluate("document.querySelector('.pairs tbody tr').textContent")


def test_page_is_whole_without_scripts(tmp_path: Path) -> None:
    with chromium.Browser(EXECUTABLE or "", tmp_path / "browser") as browser:
        browser.run_scripts(False)
        browser.open(write(tmp_path, fleets.rows(50)))
        assert browser.evaluate(ROWS) == 50 and browser.evaluate("document.querySelector('.search').getBoundingClientRect().height") == 0


def test_all_pairs_are_printed(browser: chromium.Browser, tmp_path: Path) -> None:
    # a sheet of A4 between the margins
    browser.resize(703, 1000)
    browser.open(write(tmp_path, fleets.rows(50)))
    search(browser, "pairs", "nobody is called so")
    assert browser.evaluate(ROWS) == 0
    browser.print_media(True)
    try:
        assert browser.evaluate(ROWS) == 50 and browser.evaluate(WIDER) == 0
        small = "Array.from(document.querySelectorAll('main *')).filter(e => e.offsetWidth > 1 && parseFloat(getComputedStyle(e).fontSize) < 12)"
        assert browser.evaluate(small + ".map(e => e.className)") == [], "9 points are 12 pixels"
    finally:
        browser.print_media(False)


def test_long_names_stay_within_the_page(browser: chromium.Browser, tmp_path: Path) -> None:
    for width in (360, 800, 1280):
        browser.resize(width)
        browser.open(write(tmp_path, [*fleets.rows(3), fleets.row(audits.report(audits.hostile("n" * 300)))]))
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
