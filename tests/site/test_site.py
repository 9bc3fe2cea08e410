# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site in a real browser, opened from disk; SITE names its folder. Skipped where no Chromium is installed.

SITE_SHOTS names a folder for screenshots of the pages.
"""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins import chromium

EXECUTABLE = chromium.find()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed (looked for: %s)" % ", ".join(chromium.NAMES))
SITE = Path(os.environ["SITE"])
PAGES = {
    "front": "index.html",
    "start": "reference/docsite/guide_start.html",
    "compare": "reference/docsite/guide_compare.html",
    "module": "reference/jumpcloud_group_binding_module.html",
    "role": "reference/scim_provisioning_role.html",
    "inventory": "reference/jumpcloud_organizations_inventory.html",
}
# what reaches over the edge of the window, and can't be scrolled in a place of its own
WIDER = """Array.from(document.querySelectorAll('article *')).filter(e => {
  if (e.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let up = e; up.tagName != 'ARTICLE'; up = up.parentElement) if (getComputedStyle(up).overflowX != 'visible') return false;
  return true;
}).map(e => e.outerHTML.slice(0, 100))"""
RAW = "Array.from(document.querySelectorAll('article p, article li, article td, article h1, article h2')).map(e => e.textContent)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[chromium.Browser]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_and_asks_no_other_host(browser: chromium.Browser, page: str, width: int, height: int) -> None:
    browser.events.clear()
    browser.resize(width, height)
    browser.open(SITE / PAGES[page])
    assert browser.evaluate(WIDER) == []
    assert [said for said in browser.complaints() if not said.startswith("data:")] == []
    assert [text for text in browser.evaluate(RAW) if ":ref:" in text or ":ansplugin:" in text or "ERROR" in text] == []
    if "SITE_SHOTS" in os.environ:
        part = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(height)}
        browser.screenshot(Path(os.environ["SITE_SHOTS"]) / ("site-%s-%d.png" % (page, width)), part)


def test_the_front_page_leads_to_the_start(browser: chromium.Browser) -> None:
    browser.open(SITE / "index.html")
    assert browser.evaluate("document.querySelector('article a.reference').href").partition("#")[0] == (SITE / PAGES["start"]).as_uri()


@pytest.mark.parametrize(("word", "found"), [("rotate", "guide_keys.html"), ("jumpcloud_group_binding", PAGES["module"])])
def test_search_finds(browser: chromium.Browser, word: str, found: str) -> None:
    browser.open(SITE / "index.html")
    browser.evaluate("document.querySelector('input[name=q]').value = '%s'; document.querySelector('input[name=q]').form.submit()" % word)
    results: list[str] = []
    end = time.monotonic() + chromium.SECONDS
    while not any(found in link for link in results) and time.monotonic() < end:
        time.sleep(0.1)
        results = browser.evaluate("Array.from(document.querySelectorAll('#search-results li a')).map(e => e.getAttribute('href'))")
    assert any(found in link for link in results), results
