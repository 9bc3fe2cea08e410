# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""By which method a step is done: what ends in a person's hands, and what stays an error."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import (
    NO_CREDENTIALS,
    Method,
    MethodFacts,
    choose_method,
    holds,
    needs_second_look,
)


def refusal(status: int | None, endpoint: str | None = "GET /service-accounts", **fields: t.Any) -> ApiError:
    """``endpoint``: only an assumed one is named."""
    error = ApiError("No.", service="Unity administration", operation="list", status=status, **fields)
    error.endpoint = endpoint
    return error


def odd(outcome: str = "refused") -> UnexpectedAnswer:
    return UnexpectedAnswer("Odd.", expected="JSON", got="an HTML page.", service="Unity administration", operation="list", outcome=outcome)


def after_the_secret() -> AssumptionFailed:
    return AssumptionFailed("Do it", [], odd(), secret_sent=True)


def auto(**facts: t.Any) -> Method | None:
    return choose_method(MethodFacts("auto", **facts))


@pytest.mark.parametrize(
    "error, reason", [(odd(), "expected JSON, got an HTML page"), (AssumptionFailed("Do it", [], odd()), "expected JSON, got an HTML page")]
)
@pytest.mark.parametrize("accepts", [True, False])
def test_an_answer_of_another_form_is_a_persons_work(error: ScimError, reason: str, accepts: bool) -> None:
    assert auto(error=error, accepts=accepts) == Method("manual", "the assumed endpoint did not answer as assumed: %s" % reason, proven=True)


@pytest.mark.parametrize(
    "status, reason",
    [
        (401, "refuses credentials that the service takes elsewhere (HTTP 401)"),
        (403, "refuses credentials that the service takes elsewhere (HTTP 403)"),
        (404, "does not exist, as far as can be seen (HTTP 404)"),
        *((status, "leads elsewhere, such as to a login page (HTTP %d)" % status) for status in (301, 302, 303, 307, 308)),
    ],
)
def test_a_refusal_of_credentials_that_another_endpoint_takes(status: int, reason: str) -> None:
    assert needs_second_look(refusal(status))
    assert auto(error=refusal(status), accepts=True) == Method("manual", "the assumed endpoint %s" % reason, proven=True)
    assert auto(error=refusal(status), accepts=False) is None


@pytest.mark.parametrize(
    "error",
    [
        refusal(429, retryable=True),
        refusal(500, outcome="unknown"),
        *map(refusal, (300, 304, 306, 309, 400, 402, 405, 409)),
        refusal(None, outcome="not_sent"),
        ScimError("No."),
    ],
)
@pytest.mark.parametrize("accepts", [True, False])
def test_everything_else_stays_an_error(error: ScimError, accepts: bool) -> None:
    assert auto(error=error, accepts=accepts) is None and not needs_second_look(error)


def test_an_answer_that_is_odd_for_sure_needs_no_second_look() -> None:
    assert not needs_second_look(odd()) and not needs_second_look(after_the_secret())


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_of_what_is_not_assumed_needs_no_second_look(status: int) -> None:
    """Such as that of the token exchange, before an assumed endpoint was asked."""
    assert not needs_second_look(refusal(status, None))


def test_after_the_secret_was_sent_nobody_else_takes_over() -> None:
    assert auto(error=after_the_secret()) is None
    sent = refusal(403)
    sent.secret_sent = True
    assert auto(error=sent, accepts=True) is None


@pytest.mark.parametrize("wrote, outcome, method", [(True, "unknown", None), (True, "refused", "manual"), (False, "unknown", "manual")])
def test_a_write_whose_outcome_is_unknown_stays_an_error(wrote: bool, outcome: str, method: str | None) -> None:
    found = auto(error=odd(outcome), wrote=wrote)
    assert (found.method if found else None) == method


@pytest.mark.parametrize(
    "facts, method, proven, reason",
    [
        ({}, "api", True, "the endpoint answers as assumed"),
        ({"has_credentials": False}, "manual", True, "no credentials of an owner or manager were given"),
        ({"unproven": True}, "api", False, "whether the assumed endpoint exists is not proven"),
        ({"unproven": True, "works": True}, "manual", True, "it works, and the assumed endpoint knows nothing of it"),
        ({"unproven": True, "beside_manual": True}, "manual", True, "a person does the other console's steps anyway"),
        ({"unproven": True, "asked": "it does not write"}, "manual", True, "it does not write"),
        ({"asked": "it does not write"}, "manual", True, "it does not write"),
        ({"unproven": True, "asked": "it does not write", "works": True}, "manual", True, "it works, and the assumed endpoint knows nothing of it"),
        ({"has_credentials": False, "asked": "it does not write"}, "manual", True, "no credentials of an owner or manager were given"),
        ({"works": True, "beside_manual": True}, "api", True, "the endpoint answers as assumed"),
    ],
)
def test_without_an_error(facts: dict[str, t.Any], method: str, proven: bool, reason: str) -> None:
    found = auto(**facts)
    assert found and (found.method, found.proven) == (method, proven) and reason in found.reason
    assert found.as_result() == {"method": method, "reason": found.reason, "proven": proven}


def test_what_left_it_to_a_person_holds_later_unless_the_operator_can_change_it() -> None:
    assert not holds("") and not holds(NO_CREDENTIALS)
    for found in (auto(error=odd()), auto(error=refusal(404), accepts=True), auto(unproven=True, beside_manual=True)):
        assert found and holds(found.reason)


@pytest.mark.parametrize("wanted", ["api", "manual"])
def test_what_the_operator_chose_is_done(wanted: str) -> None:
    for facts in ({}, {"has_credentials": False}, {"works": True}, {"beside_manual": True}, {"asked": "it does not write"}):
        assert choose_method(MethodFacts(wanted, **facts)) == Method(wanted, "", proven=True)
    assert choose_method(MethodFacts(wanted, unproven=True)) == Method(wanted, "", proven=wanted == "manual")
    assert choose_method(MethodFacts(wanted, error=odd(), accepts=True)) is None
