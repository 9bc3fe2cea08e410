# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages under axe, which nobody here wrote, in a real browser: no violation of WCAG 2.2, A or AA, and no advice of its best practices.

Skipped where there is no Chromium, or no axe: the step `peers` installs it with npm.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_html, runbook_model
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet_html, html
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins import chromium
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._manual.test_manual_page import jumpcloud, unity
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._manual.test_manual_runbook import section
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits, fleets

EXECUTABLE = chromium.find()
AXE = Path(os.environ.get("PEERS_NODE_MODULES") or "/nonexistent") / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed (looked for: %s)" % ", ".join(chromium.NAMES)),
    pytest.mark.skipif(not AXE.exists(), reason="PEERS_NODE_MODULES names no folder with axe-core"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """axe.run(document, {runOnly: {type: 'tag', values: %s}}).then(found => ({
  passes: found.passes.length,
  violations: found.violations.map(rule => [rule.id, rule.help, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary)]),
}))"""
DONE = [runbook_model.done(one, "2026-11-24T06:00:00Z") for one in unity()]
ENFORCEMENT = runbook_model.Section(**{**vars(section()), "step": "unity_scim_connector", "word": "enforcement"})
PAGES = {
    "report in sync": lambda: html.render(audits.report(audits.works(), audits.past(audits.CALM)), 500),
    "report of drift": lambda: html.render(audits.report(audits.drifts(), audits.past(audits.ROUGH)), 500),
    "first report": lambda: html.render(audits.report(audits.drifts()), 500),
    "report of an error": lambda: html.render(audits.report(audits.nothing(error="The people could not be compared.\nTry again.")), 500),
    "report of nothing": lambda: html.render(audits.report(audits.nothing()), 500),
    "report of long names": lambda: html.render(audits.report(audits.hostile("n" * 300)), 500),
    "report of hostile names": lambda: html.render(audits.report(audits.hostile(audits.HOSTILE[0])), 500),
    "report cut to nothing": lambda: html.render(audits.report(audits.drifts(), audits.past(audits.ROUGH)), 0),
    "overview": lambda: fleet_html.render(fleets.overview(fleets.rows(50), ["A folder is empty."])),
    "overview of one": lambda: fleet_html.render(fleets.overview(fleets.rows(1))),
    "overview of hostile names": lambda: fleet_html.render(fleets.overview([fleets.row(audits.report(audits.hostile(name))) for name in audits.HOSTILE])),
    "runbook for Unity": lambda: runbook_html.render(unity()),
    "runbook for JumpCloud": lambda: runbook_html.render(jumpcloud()),
    "runbook that is done": lambda: runbook_html.render([*DONE, ENFORCEMENT]),
}


@pytest.fixture(scope="module", params=["light", "dark"])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser"), request.param == "dark") as opened:
        yield opened


def violations(browser: chromium.Browser) -> list[Any]:
    if browser.evaluate("typeof axe") == "undefined":
        browser.evaluate(AXE.read_text(encoding="utf-8") + "\n; 0")
    found = browser.evaluate(RUN % TAGS)
    assert found["passes"] > 15, "axe has looked at the page"
    return found["violations"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(browser: chromium.Browser, tmp_path: Path, page: str, width: int) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGES[page](), encoding="utf-8")
    browser.resize(width)
    browser.open(path)
    assert violations(browser) == []
    # what is folded is looked at as well
    browser.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; }); 0")
    assert violations(browser) == []


def test_axe_would_find_something(browser: chromium.Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGES["runbook for Unity"]().replace('<html lang="en">', "<html>"), encoding="utf-8")
    browser.open(path)
    assert [rule[0] for rule in violations(browser)] == ["html-has-lang"]
