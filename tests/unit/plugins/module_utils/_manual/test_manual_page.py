# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runbook's page in a real browser, opened from disk. Skipped where no Chromium is installed.

RUNBOOK_SHOTS names a folder for screenshots of the pages.
"""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import printable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_html, runbook_model
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins import chromium
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._manual.test_manual_runbook import HOSTILE, section

EXECUTABLE = chromium.find()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed (looked for: %s)" % ", ".join(chromium.NAMES))
BASE_URL = "https://services.api.unity.com/scim/v2/tenants/12345678901234"


def unity() -> list[runbook_model.Section]:
    organization = "Unity organization 12345678901234"
    first = [
        *instructions.switch_organization("12345678901234"),
        *instructions.create_service_account("JumpCloud SCIM", "SCIM provisioning from JumpCloud, managed by Ansible", ["SCIM Authenticator"]),
    ]
    second = instructions.create_key_for_file("JumpCloud SCIM", "(umask 077 && cat > /home/ada/scim/secret)")
    title = "The service account JumpCloud SCIM %s"
    return [
        runbook_model.Section("unity_service_account", title % "exists, with its roles", organization, tuple(first), "pending", "2026-11-24T05:40:04Z"),
        runbook_model.Section("unity_service_account_key", title % "has a key", organization, tuple(second), "pending", "2026-11-24T05:40:05Z"),
    ]


def jumpcloud() -> list[runbook_model.Section]:
    settings = {"base_url": BASE_URL, "header_name": "Authorization", "test_email": "scim-test@example.com"}
    steps = instructions.configure_identity_management("Unity", settings, "cat /home/ada/scim/secret")
    title = "Provisioning of the application Unity is configured, tested and active"
    tenant = "JumpCloud application Unity (65f0c0ffee65f0c0ffee00a1)"
    return [runbook_model.Section("jumpcloud_scim_app", title, tenant, tuple(steps), "pending", "2026-11-24T05:45:00Z", key_id="7b0d6b0e")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[chromium.Browser]:
    with chromium.Browser(EXECUTABLE or "", tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def write(folder: Path, sections: list[runbook_model.Section]) -> Path:
    path = folder / "runbook.html"
    path.write_text(runbook_html.render(sections), encoding="utf-8")
    return path


def test_page_renders_and_its_script_runs_under_its_policy(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, unity()))
    assert browser.evaluate("document.querySelector('h1').textContent") == runbook_html.TITLE
    assert browser.evaluate("document.getElementById('count').textContent") == "0 of 10 ticked"
    assert browser.evaluate("getComputedStyle(document.querySelector('section')).borderTopWidth") == "1px"
    assert browser.evaluate("Array.from(document.querySelectorAll('button.copy')).every(b => b.offsetWidth > 0)") is True
    assert browser.complaints() == []


def test_button_copies_the_value(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, jumpcloud()))
    listens = "window.copied = null; document.addEventListener('copy', () => { window.copied = String(window.getSelection()); })"
    browser.evaluate(listens)
    browser.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined}); 0")
    browser.evaluate("Array.from(document.querySelectorAll('code')).find(c => c.textContent.startsWith('https:')).parentNode.querySelector('button').click()")
    assert browser.evaluate("window.copied") == BASE_URL
    assert browser.evaluate("Array.from(document.querySelectorAll('button.copy')).filter(b => b.firstElementChild.textContent === 'Copied').length") == 1


def test_button_uses_the_clipboard_where_the_browser_has_it(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, jumpcloud()))
    assert browser.evaluate("window.isSecureContext") is True
    browser.evaluate("Object.defineProperty(navigator, 'clipboard', {value: {writeText: text => { window.written = text; return Promise.resolve(); }}}); 0")
    browser.evaluate("document.querySelector('button.copy').click()")
    assert browser.evaluate("window.written") == "SCIM API"


def test_button_says_what_it_did(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, jumpcloud()))
    browser.evaluate("Object.defineProperty(navigator, 'clipboard', {value: {writeText: () => Promise.resolve()}}); 0")
    browser.evaluate("document.querySelector('button.copy').click()")
    assert (
        browser.evaluate("document.getElementById('said').textContent")
        == "Copied:  the value of step 1, API type: Provisioning of the application Unity is configured, tested and active"
    )


@pytest.mark.parametrize("width", [320, 800])
def test_long_names_wrap(browser: chromium.Browser, tmp_path: Path, width: int) -> None:
    browser.resize(width)
    name = "n" * 300
    done = runbook_model.done(section(name), "2026-11-24T06:00:00Z")
    browser.open(write(tmp_path, [section(name), runbook_model.Section(**{**vars(done), "step": name, "tenant": name})]))
    browser.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; }); 0")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.resize(800)


def test_print_shows_what_is_folded(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, [runbook_model.done(one, "2026-11-24T06:00:00Z") for one in unity()]))
    shown = "Array.from(document.querySelectorAll('ol')).map(e => e.checkVisibility({contentVisibilityAuto: true}))"
    assert set(browser.evaluate(shown)) == {False}
    browser.print_media(True)
    try:
        assert set(browser.evaluate(shown)) == {True}
        assert browser.evaluate("getComputedStyle(document.querySelector('label')).fontSize") == "12px"
    finally:
        browser.print_media(False)


def test_button_selects_where_nothing_can_copy(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, jumpcloud()))
    browser.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false")
    browser.evaluate("document.querySelector('button.copy').click()")
    assert browser.evaluate("String(window.getSelection())") == "SCIM API"
    assert browser.evaluate("document.querySelector('button.copy span').textContent") == "Selected: press Ctrl+C"


def test_ticks_stay_when_the_page_is_opened_again(browser: chromium.Browser, tmp_path: Path) -> None:
    ticked = "Array.from(document.querySelectorAll('input')).map(box => box.checked).indexOf(true)"
    end = time.monotonic() + 30
    browser.open(write(tmp_path, unity()))
    while browser.evaluate(ticked) != 1:
        # the browser hands what a page stores to another process, and a page that is left too soon takes it along
        assert time.monotonic() < end, "the tick is lost"
        browser.evaluate("document.querySelectorAll('input')[1].click()")
        assert browser.evaluate("document.getElementById('count').textContent") == "1 of 10 ticked"
        time.sleep(0.3)
        browser.open(write(tmp_path, jumpcloud()))
        browser.open(write(tmp_path, unity()))
    browser.evaluate("window.localStorage.clear()")


def test_hostile_names_do_nothing(browser: chromium.Browser, tmp_path: Path) -> None:
    browser.events.clear()
    browser.open(write(tmp_path, [section(name) for name in HOSTILE]))
    assert browser.evaluate("document.querySelectorAll('script').length") == 1
    assert browser.evaluate("document.querySelectorAll('img, a, iframe, b').length") == 0
    assert browser.evaluate("Array.from(document.querySelectorAll('*')).every(e => e.getAttributeNames().every(n => !n.startsWith('on')))") is True
    codes = browser.evaluate("Array.from(document.querySelectorAll('code')).map(code => code.textContent)")
    assert all(printable.visible(name) in codes for name in HOSTILE)
    assert browser.complaints() == []


def test_policy_stops_a_script_that_got_in_all_the_same(browser: chromium.Browser, tmp_path: Path) -> None:
    """The second line of defence, seen to hold."""
    path = tmp_path / "broken.html"
    hack = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'></main>"
    path.write_text(runbook_html.render(unity()).replace("</main>", hack), encoding="utf-8")
    browser.open(path)
    assert browser.evaluate("window.hacked === undefined") is True


@pytest.mark.parametrize("dark", [False, True])
def test_both_colour_schemes_are_readable(tmp_path: Path, dark: bool) -> None:
    shots = Path(os.environ.get("RUNBOOK_SHOTS") or tmp_path)
    with chromium.Browser(EXECUTABLE or "", tmp_path / "browser", dark) as opened:
        for name, sections in (("unity", unity()), ("jumpcloud", jumpcloud())):
            opened.open(write(tmp_path, sections))
            text, page = opened.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor].join(';')").split(";")
            light = [sum(int(part) for part in colour.strip("rgb()").split(",")) for colour in (text, page)]
            assert abs(light[0] - light[1]) > 400 and (light[1] < light[0]) is dark
            opened.screenshot(shots / ("runbook-%s%s.png" % (name, "-dark" if dark else "")))
