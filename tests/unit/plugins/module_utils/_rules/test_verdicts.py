# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on each step, and that one cause is told once."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import (
    STEPS,
    Causes,
    Found,
    NotTried,
    Verdict,
    is_unreachable,
    judge,
    refusal,
    stops_of,
)

NAMES = "what the message names"
WRONG = ScimError("It is wrong.", "Make it right.")
UNEXPECTED = UnexpectedAnswer("Odd.", expected="JSON", got="HTML", service="Unity administration", operation="read")


def api_error(service: str = "JumpCloud", **fields: t.Any) -> ApiError:
    return ApiError("No connection.", service=service, operation="read", **fields)


def assumption() -> AssumptionFailed:
    return AssumptionFailed("Do it", [{"do": "Click."}], UNEXPECTED)


# step, what is in its way, the variable
TABLE: list[tuple[str, ScimError, str]] = [
    ("application", WRONG, "scim_provisioning_application or scim_provisioning_application_id"),
    ("test_user", WRONG, NAMES),
    ("single_sign_on", WRONG, NAMES),
    ("single_sign_on", assumption(), "scim_provisioning_check_sso=false, once you have checked it yourself"),
    ("service_account", WRONG, NAMES),
    (
        "service_account",
        assumption(),
        "scim_provisioning_unity_method=auto or manual, or scim_provisioning_key_id and scim_provisioning_secret_key",
    ),
    ("connector_url", WRONG, "scim_provisioning_base_url, scim_provisioning_key_id or scim_provisioning_secret_key"),
    ("identity_management", WRONG, NAMES),
    ("identity_management", assumption(), "scim_provisioning_jumpcloud_method=auto or manual"),
    ("user_groups", WRONG, "scim_provisioning_groups or scim_provisioning_max_deprovisioned_users"),
    ("enforcement", WRONG, NAMES),
    ("enforcement", assumption(), "scim_provisioning_enforcement_method=auto or manual"),
    ("user_groups", NotTried("JumpCloud could not be reached", "application"), ""),
]


@pytest.mark.parametrize("step, error, variable", TABLE)
def test_what_is_in_the_way_blocks(step: str, error: ScimError, variable: str) -> None:
    found = judge(step, error)
    cause = error.cause if isinstance(error, NotTried) else ""
    assert found == Verdict(step, "blocked", error.sentence(), "preflight", variable, cause) and found.stops


@pytest.mark.parametrize("verdict, playbook", [("api", "provision"), ("manual", "provision"), ("unproven", "provision"), ("done", "audit")])
def test_nothing_is_in_the_way(verdict: str, playbook: str) -> None:
    found = judge("enforcement", Found(verdict, "So it is."))
    assert found == Verdict("enforcement", verdict, "So it is.", playbook) and not found.stops
    assert found.line == "enforcement: %s. So it is." % verdict


def test_lines() -> None:
    assert [
        judge("test_user", ScimError("It\n  is wrong.")).line,
        judge("user_groups", NotTried("No", "application")).line,
    ] == ["test_user: blocked. It is wrong. Set what the message names.", "user_groups: blocked. No, see application."]


def test_reasons_are_shown_without_secrets() -> None:
    assert judge("test_user", WRONG, lambda error: error.message.upper()).reason == "IT IS WRONG."


def test_refusal() -> None:
    verdicts = [judge("application", Found("done", "It is there.")), judge("test_user", WRONG), judge("enforcement", ScimError("No\nway."))]
    said = "Nothing was changed. These steps can not run as they are set up now: test_user: It is wrong. Make it right. enforcement: No way."
    assert " ".join(refusal(verdicts)) == said
    assert stops_of(verdicts) == ["test_user: It is wrong. Make it right.", "enforcement: No way."]
    assert refusal(verdicts[:1]) == []


def test_one_cause_is_one_line_with_all_that_waits_for_it() -> None:
    errors = {"application": WRONG, "test_user": NotTried("No", "application"), "single_sign_on": assumption(), "user_groups": NotTried("No", "application")}
    verdicts = [judge(step, error) for step, error in errors.items()]
    assert stops_of(verdicts) == ["application, test_user, user_groups: It is wrong. Make it right.", "single_sign_on: %s" % assumption().sentence()]
    assert stops_of(verdicts[:1]) == ["application: It is wrong. Make it right."] and stops_of([]) == []


@pytest.mark.parametrize(
    "error, unreachable",
    [
        (WRONG, False),
        (api_error(outcome="not_sent"), True),
        (api_error(outcome="unknown", retryable=True), True),
        (api_error(outcome="unknown"), False),
        (api_error(status=503, retryable=True), False),
        (UNEXPECTED, False),
        (assumption(), False),
    ],
)
def test_unreachable(error: ScimError, unreachable: bool) -> None:
    assert is_unreachable(error) is unreachable


def test_a_service_that_gave_no_answer_is_not_asked_again() -> None:
    causes = Causes()
    error = api_error(outcome="not_sent")
    causes.require_reachable(["JumpCloud"])
    assert causes.told("application", error) is error
    causes.require_reachable(["Unity administration"])
    causes.told("test_user", api_error(outcome="not_sent"))
    with pytest.raises(NotTried, match="^JumpCloud could not be reached, see application.$"):
        causes.require_reachable(["Unity", "JumpCloud"])


def test_what_two_steps_meet_in_the_same_moment_is_told_once() -> None:
    causes = Causes()
    causes.told("test_user", api_error(outcome="not_sent"))
    assert causes.told("user_groups", api_error(outcome="not_sent")).sentence() == "JumpCloud could not be reached, see test_user."


def test_one_cause_is_told_once() -> None:
    causes = Causes()
    assert causes.told("application", WRONG) is WRONG
    assert causes.told("user_groups", WRONG).sentence() == "What it needs could not be read, see application."
    causes.require_reachable(["JumpCloud"])


def test_steps() -> None:
    assert STEPS == ("application", "test_user", "single_sign_on", "service_account", "connector_url", "identity_management", "user_groups", "enforcement")


@pytest.mark.parametrize("status, said", [(401, "JumpCloud refuses the credentials, see application."), (403, None), (500, None)])
def test_refused_credentials_are_told_once(status: int, said: str | None) -> None:
    """403 may be about one thing alone."""
    causes = Causes()
    causes.told("application", api_error(status=status))
    if said is None:
        causes.require_reachable(["JumpCloud"])
        return
    with pytest.raises(NotTried, match=said):
        causes.require_reachable(["JumpCloud"])
    causes.require_reachable(["Unity administration"])
