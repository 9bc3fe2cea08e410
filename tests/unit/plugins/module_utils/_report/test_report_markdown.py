# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown: complete, and harmless whatever somebody is called."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.markdown import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import markdown
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit_report import ARGUMENTS
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

# a bar that no backslash escapes
CELL_END = re.compile(r"(?<!\\)(?:\\\\)*\|")


def render(given: dict[str, t.Any], max_listed: int = 500, past: t.Sequence[t.Any] = ()) -> str:
    return markdown.render(audits.report(given, past), max_listed)


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_in_sync() -> None:
    text = render(audits.works())
    assert "**In sync.** All 6 steps are as wanted, and all 412 expected people have their accounts." in text
    assert headings(text) == [
        "# SCIM provisioning audit: Example Games",
        "## The checks",
        "## Bound groups",
        "## People",
        "### Staged in JumpCloud: 2",
        "## Events",
    ]
    assert text.count("\u2705 OK") == 7


def test_drift() -> None:
    text = render(audits.drifts(), past=audits.past(audits.ROUGH))
    assert headings(text)[1:] == [
        "## The checks",
        "## What a provision run would do",
        "## Bound groups",
        "## People",
        "### Missing in Unity: 5",
        "### Unexpected in Unity: 2",
        "### Differing: 1",
        "### Pending: 2",
        "### Outside the domains: 1",
        "### Suspended in JumpCloud: 1",
        "## Failures by cause",
        "## Events",
        "## The last 10 runs",
        "## What could not be seen",
    ]
    assert "| User groups | 24 Nov 2026, 06:00 | 1 group bound | bind 1 group |" in text
    assert "| name.familyName: Lovelace in JumpCloud, Byron in Unity |" in text
    assert (
        "| margaret.hamilton@example.com | Margaret Hamilton | activated | 24 Nov 2026, 06:00 | Unity refused the account: its domain is not validated |"
        in text
    )


def test_nothing_was_handed_over() -> None:
    text = render(params(ARGUMENTS, checked_at=audits.AT))
    assert headings(text) == ["# SCIM provisioning audit", "## The checks"] and "> Nothing was compared" in text


def test_subject_and_runs_that_are_not_there() -> None:
    assert "\n- Unity organization: `12345678901234`\n" in render(audits.works())
    assert "\n- Unity organization" not in render(params(ARGUMENTS, checked_at=audits.AT))
    assert "## The last" not in render(audits.works()) and "## The last 2 runs" in render(audits.works(), past=audits.past([0]))


def test_error_of_several_lines() -> None:
    assert "> first\n> \\# second\n" in render(params(ARGUMENTS, checked_at=audits.AT, error="first\n# second"))


def test_tables_are_cut_and_say_so() -> None:
    people = audits.people(missing=[audits.person(number) for number in range(30)])
    people["counts"]["missing"] = 50000
    text = render(audits.works(people=people), 10)
    assert text.count("| activated |") == 10
    assert "are shown" not in render(audits.works(), 12)
    assert "### Missing in Unity: 50,000" in text and "10 of 50,000 are shown." in text and "10 of 12 are shown." in text


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    text, usual = render(audits.hostile(name)), render(audits.hostile("Unity"))
    # an error keeps its line ends, each within the quotation
    lines, others = ([line for line in one.splitlines() if not line.startswith("> ")] for one in (text, usual))
    assert len(lines) == len(others), "a name began a line of its own"
    for line, other in zip(lines, others):
        assert re.match(r"(#+ |- |\| |\*\*|Checked|\d)?", line).group() == re.match(r"(#+ |- |\| |\*\*|Checked|\d)?", other).group(), "a name made a block"
        if other.startswith("|"):
            assert len(CELL_END.findall(line)) == len(CELL_END.findall(other)), "a name made a cell"
    outside = re.sub(r"(`+) ?.*?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"<\w|</|<!|://|www\.", outside) and "](" not in outside and "![" not in outside.replace("\\!", "")
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b\ud800]", text)


@pytest.mark.parametrize(
    "name, shown",
    [
        ("a | b", "a \\| b"),
        ("a \\| b", "a \\\\\\| b"),
        ("https://evil.example", "https&#58;//evil.example"),
        ("WWW.evil.example wwwx.", "WWW&#46;evil.example wwwx."),
        ("a: b", "a: b"),
        ("&#58;", "&amp;\\#58;"),
    ],
)
def test_text(name: str, shown: str) -> None:
    assert text(name) == shown


def test_groups_to_be_bound_and_what_to_do_about_people() -> None:
    groups = [{"id": "1", "name": "Artists", "bound": False}]
    text = render(audits.works(groups=groups, people=audits.people(at_risk=[audits.person(remedy="Let them set a new password.")])))
    assert "## Bound groups" not in text and "## Groups to be bound\n\n- Artists" in text
    assert "### At risk: 1" in text and "| Let them set a new password. |" in text
