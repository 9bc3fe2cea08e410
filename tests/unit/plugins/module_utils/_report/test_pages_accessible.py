# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both pages, as far as their text tells whether everybody can use them; tests/peers has axe look at them in a browser."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_html, runbook_model, runbook_style
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import html
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._manual.test_manual_runbook import section
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.test_report_page import Page, contrast

DONE = runbook_model.done(
    runbook_model.Section(**{**vars(section()), "step": "unity_scim_connector", "word": "enforcement", "title": "SCIM is enforced"}), "2026-11-24T06:00:00Z"
)
PAGES = {
    "drift": html.render(audits.report(audits.drifts(), audits.past(audits.ROUGH)), 500),
    "in sync": html.render(audits.report(audits.works(), audits.past(audits.CALM)), 500),
    "nothing": html.render(audits.report(audits.nothing()), 500),
    "runbook": runbook_html.render([section(), DONE]),
}
page_of_each_kind = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


@page_of_each_kind
def test_headings_are_in_order(page: str) -> None:
    levels = [int(tag[1]) for tag in Page(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


@page_of_each_kind
def test_landmarks_are_labelled_and_told_apart(page: str) -> None:
    marks = re.findall(r'<(?:section|nav|form|\w+ [^>]*role="(?:region|search)")[^>]*>', page)
    texts = {name: re.sub("<[^>]*>", "", said) for name, said in re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', page)}
    names = []
    for mark in marks:
        label = re.search(r'aria-label="([^"]+)"', mark)
        by = re.search(r'aria-labelledby="([^"]+)"', mark)
        assert label or by, mark
        names.append(label.group(1) if label else texts[by.group(1)] if by else "")
    assert names and len(set(names)) == len(names) and all(names)


@page_of_each_kind
def test_buttons_have_names_of_their_own(page: str) -> None:
    names = [re.sub("<[^>]*>", "", name) for name in re.findall(r"<button[^>]*>(.*?)</button>", page)]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"Copy \S.+", name) for name in names)
    assert page.count('id="said" role="status"') == 1


@page_of_each_kind
def test_nothing_is_there_twice(page: str) -> None:
    found = Page(page)
    identifiers = found.values("id")
    assert len(identifiers) == len(set(identifiers)) and set(found.values("for")) | set(found.values("aria-labelledby")) <= set(identifiers)
    assert len(found.values("scope", "th")) == found.tags.count("th")


def palettes() -> list[dict[str, str]]:
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in re.findall(r":root \{([^}]*)\}", runbook_style.STYLE)]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark", "print"])
def test_contrast_of_the_runbook(palette: dict[str, str]) -> None:
    pairs: list[tuple[str, t.Sequence[str]]] = [
        ("page", ("text", "soft", "accent")),
        ("card", ("text", "soft", "accent", "good")),
        ("box", ("text", "soft")),
    ]
    for ground, inks in pairs:
        for ink in inks:
            assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
