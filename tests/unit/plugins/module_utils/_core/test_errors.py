# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as sentences, and as results."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer, quoted

FIELDS = {"service": "Things", "operation": "list things", "status": 404, "request_id": "r1"}
STEPS = [{"where": "Console", "do": "Click.", "field": None, "value": None, "why": "Because."}]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Unity", '"Unity"'),
        ('a "quoted" name', '"a \\"quoted\\" name"'),
        ("two\nlines", '"two\\nlines"'),
        ("Zoë 東京", '"Zoë 東京"'),
        ("{{ lookup('env', 'HOME') }}", "\"{{ lookup('env', 'HOME') }}\""),
        (None, '"None"'),
        ("\x1b[31mred", '"\\u001b[31mred"'),
    ],
)
def test_quoted(name: str | None, expected: str) -> None:
    assert quoted(name) == expected


def test_sentence() -> None:
    assert ScimError("It failed.").sentence() == "It failed."
    assert ScimError("It failed.", "Do this.").sentence() == "It failed. Do this."


def test_details_become_the_result() -> None:
    assert ScimError("It failed.", people=3).as_result() == {"people": 3}


def test_api_error_as_result() -> None:
    error = ApiError("No.", code=7, retryable=True, hint="Wait.", outcome="unknown", **FIELDS)
    assert error.as_result() == {"error": {**FIELDS, "code": 7, "retryable": True, "hint": "Wait.", "outcome": "unknown"}}


@pytest.mark.parametrize("secret_sent, said", [(True, "The secret had been sent by then."), (False, "No secret was sent.")])
def test_assumption_failed(secret_sent: bool, said: str) -> None:
    cause = UnexpectedAnswer("Things: cannot list things.", expected="a list", got="an HTML page", **FIELDS)
    error = AssumptionFailed("List things", STEPS, cause, secret_sent)
    assert str(error).startswith("List things: ") and str(error).endswith("Expected a list, but got an HTML page. " + said)
    result = error.as_result()
    assert result["manual_steps"] == STEPS
    assert {name: result["error"][name] for name in ("step", "expected", "got", "status", "request_id")} == {
        "step": "List things",
        "expected": "a list",
        "got": "an HTML page",
        "status": 404,
        "request_id": "r1",
    }
    assert "Things: cannot list things." in error.sentence()
