# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people as CSV: everybody once for each list, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import spreadsheet
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits


def rows(given: dict[str, t.Any]) -> list[dict[str, str]]:
    text = spreadsheet.render(audits.report(given))
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def test_everybody_is_there() -> None:
    found = rows(audits.drifts())
    assert [row["list"] for row in found] == ["missing"] * 5 + ["pending"] * 2 + ["unexpected"] * 2 + ["differing", "outside_domain", "suspended"]
    assert found[0] == {
        "list": "missing",
        "email": "margaret.hamilton@example.com",
        "name": "Margaret Hamilton",
        "status": "activated",
        "user_name": "margaret.hamilton@example.com",
        "jumpcloud_id": audits.person(3)["jumpcloud_id"],
        "unity_id": "",
        "since": audits.AT,
        "why": "Unity refused the account: its domain is not validated",
        "remedy": "Validate the domain in the Unity Dashboard: Administration, SSO, Domains.",
    }
    assert found[9]["why"] == "name.familyName: Lovelace in JumpCloud, Byron in Unity"


def test_head_alone_where_nobody_was_compared() -> None:
    text = spreadsheet.render(audits.report(audits.nothing()))
    assert text.count("\r\n") == 1 and text.startswith('\ufeff"list","email","name"')


# by OWASP's page on CSV injection
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_formula_is_text(sign: str) -> None:
    evil = sign + 'HYPERLINK("http://evil.example","a")'
    person = audits.person(1, evil, evil, email=evil, name=evil, user_name=evil, jumpcloud_id=evil, unity_id=evil, remedy=evil)
    found = rows(audits.works(people=audits.people(missing=[person])))
    cells = [value for name, value in found[0].items() if name not in ("list", "since")]
    assert cells == ["'" + visible(evil)] * 8


@pytest.mark.parametrize("name", ['Ada, "the" first', "a;b", "line\r\nbreak", "=1\r\n=2", "Zoë 李", "right\u202eto left"])
def test_whatever_a_name_holds_it_is_one_cell(name: str) -> None:
    found = rows(audits.works(people=audits.people(missing=[audits.person(1, name=name), audits.person(2)])))
    assert len(found) == 2 and found[0]["name"].lstrip("'") == visible(name) and not set(found[0]["name"]) & set("\r\n\t\u202e")
