# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs, composed, and with their fallbacks to the environment."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.basic import AnsibleFallbackNotFound
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT, Arguments, FromEnvironment, env_fallback
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import PAIRS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import run_main

PARTS = {"unity": arguments.UNITY, "scim": arguments.SCIM_CREDENTIALS, "audit": arguments.AUDIT_KEY, "jumpcloud": arguments.JUMPCLOUD}
# what must be given beside an option so that the rules are met
COMPANIONS = {
    "admin_key_id": {"admin_secret_key": "companion-0123"},
    "admin_secret_key": {"admin_key_id": "companion"},
    "key_id": {"secret_key": "companion-0123"},
    "secret_key": {"key_id": "companion"},
    "client_id": {"client_secret": "companion-0123"},
    "client_secret": {"client_id": "companion"},
}
VALUES = {"exchange_token": ("yes", True), "region": ("eu", "eu")}
CASES = [(concern, option) for concern, variables in ENVIRONMENT.items() for option in variables]


def params_of(part: Arguments, capsys: pytest.CaptureFixture[str], **given: t.Any) -> dict[str, t.Any]:
    """The options as AnsibleModule hands them to the logic; or its failure."""
    taken: dict[str, t.Any] = {}

    def logic(params: dict[str, t.Any], context: t.Any) -> dict[str, t.Any]:
        taken.update(params)
        return {"changed": context.check_mode}

    result = run_main(lambda: run_module(part, logic), capsys, **given)
    return result if result.get("failed") else taken


def test_adding_merges_options_and_rules() -> None:
    one = Arguments({"a": {"type": "str"}, "b": {"type": "str"}}, {"required_together": [("a", "b")]})
    other = Arguments({"b": {"type": "int"}, "c": {}}, {"required_together": [("b", "c")], "mutually_exclusive": [("a", "c")]})
    both = one + other
    assert both.as_spec() == {
        "argument_spec": {"a": {"type": "str"}, "b": {"type": "int"}, "c": {}},
        "required_together": [("a", "b"), ("b", "c")],
        "mutually_exclusive": [("a", "c")],
    }
    assert one.rules == {"required_together": [("a", "b")]}


@pytest.mark.parametrize("concern, option", CASES)
def test_the_environment_is_used_where_an_option_is_left_out(
    concern: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, expected = VALUES.get(option, ("from-the-environment", "from-the-environment"))
    monkeypatch.setenv(ENVIRONMENT[concern][option], text)
    for companion, value in COMPANIONS.get(option, {}).items():
        monkeypatch.setenv(ENVIRONMENT[concern][companion], value)
    given = {}
    if concern == "unity" and option != "organization_id":
        given["organization_id"] = "1234"
    assert params_of(PARTS[concern], capsys, **given)[option] == expected


@pytest.mark.parametrize("concern, option", [case for case in CASES if case[1] not in VALUES])
def test_an_option_wins_over_the_environment(concern: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(ENVIRONMENT[concern][option], "from-the-environment")
    given = {"organization_id": "1234"} if concern == "unity" else {}
    given = {**given, **COMPANIONS.get(option, {}), option: "from-the-play"}
    assert params_of(PARTS[concern], capsys, **given)[option] == "from-the-play"


@pytest.mark.parametrize("concern, option", CASES)
def test_a_variable_that_is_set_but_empty_does_not_count(
    concern: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """AWX and CI systems set the variables of credentials that were not chosen, too. An empty half of a pair must not be missed either."""
    monkeypatch.setenv(ENVIRONMENT[concern][option], "")
    assert params_of(PARTS[concern], capsys)[option] == PARTS[concern].options[option].get("default")


def test_an_unset_variable_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleFallbackNotFound):
        env_fallback("UNITY_ACCESS_TOKEN")
    monkeypatch.setenv("UNITY_ACCESS_TOKEN", " ")
    assert env_fallback("UNITY_ACCESS_TOKEN") == " ", "only what is empty is taken as not given"


def test_who_only_reads_takes_the_key_for_audits_first(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("UNITY_SCIM_KEY_ID", "supplied"), ("UNITY_SCIM_SECRET_KEY", "supplied-secret")):
        monkeypatch.setenv(name, value)
    assert params_of(arguments.SCIM_READING, capsys)["key_id"] == "supplied"
    for name, value in (("UNITY_SCIM_AUDIT_KEY_ID", "audits"), ("UNITY_SCIM_AUDIT_SECRET_KEY", "audits-secret")):
        monkeypatch.setenv(name, value)
    assert params_of(arguments.SCIM_READING, capsys)["key_id"] == "audits"
    assert params_of(arguments.SCIM_CREDENTIALS, capsys)["key_id"] == "supplied"


@pytest.mark.parametrize("variable, option", [("UNITY_SCIM_AUDIT_KEY_ID", "key_id"), ("UNITY_SCIM_AUDIT_SECRET_KEY", "secret_key")])
def test_halves_of_two_keys_are_not_put_together(variable: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("UNITY_SCIM_KEY_ID", "supplied"), ("UNITY_SCIM_SECRET_KEY", "supplied-secret"), (variable, "audits-half")):
        monkeypatch.setenv(name, value)
    found = params_of(arguments.SCIM_READING, capsys)
    assert {name: found[name] for name in ("key_id", "secret_key")} == {"key_id": None, "secret_key": None, option: "audits-half"}


@pytest.mark.parametrize(
    "part, option, variable, said",
    [
        (
            "SCIM_CREDENTIALS",
            "key_id",
            "UNITY_SCIM_SECRET_KEY",
            "Of the key for Unity's SCIM service, the key ID was given as an option or variable. The secret key is only in the environment "
            "(UNITY_SCIM_SECRET_KEY), and may belong to another one. Give both in the same place: key_id (scim_provisioning_key_id, UNITY_SCIM_KEY_ID) and "
            "secret_key (scim_provisioning_secret_key, UNITY_SCIM_SECRET_KEY).",
        ),
        ("SCIM_CREDENTIALS", "secret_key", "UNITY_SCIM_KEY_ID", "The key ID is only in the environment (UNITY_SCIM_KEY_ID), and may belong to another one."),
        ("SCIM_READING", "key_id", "UNITY_SCIM_SECRET_KEY", "(UNITY_SCIM_SECRET_KEY), and may belong to another one. Give both in the same place: key_id (sc"),
        ("SCIM_READING", "key_id", "UNITY_SCIM_AUDIT_SECRET_KEY", "secret_key (scim_provisioning_audit_secret_key, UNITY_SCIM_AUDIT_SECRET_KEY)."),
        ("AUDIT_KEY", "secret_key", "UNITY_SCIM_AUDIT_KEY_ID", "the secret key was given as an option or variable. The key ID is only in the environment (UN"),
        ("UNITY", "admin_key_id", "UNITY_ADMIN_SECRET_KEY", "Of Unity's administrative key, the key ID was given as an option or variable."),
        ("UNITY_OWNER_BESIDE_JUMPCLOUD", "unity_admin_secret_key", "UNITY_ADMIN_KEY_ID", "Of Unity's administrative key, the secret key was given as an"),
        ("JUMPCLOUD", "client_id", "JUMPCLOUD_CLIENT_SECRET", "Of JumpCloud's service account, the client ID was given as an option or variable. The client"),
        ("JUMPCLOUD", "client_secret", "JUMPCLOUD_CLIENT_ID", "Of JumpCloud's service account, the client secret was given as an option or variable."),
    ],
)
def test_half_a_pair_is_not_completed_from_the_environment(
    part: str, option: str, variable: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may hold half of another key, or a whole one."""
    monkeypatch.setenv(variable, "from-the-environment")
    result = params_of(getattr(arguments, part), capsys, **{option: "from-the-play"})
    assert result["failed"] and said in result["msg"] and "from-the" not in result["msg"]


@pytest.mark.parametrize(
    "part, found_in, option, given, beside, is_refused",
    [
        ("JUMPCLOUD", "jumpcloud", "client_id", "c1", "c1", False),
        ("JUMPCLOUD", "jumpcloud", "client_id", "C1 ", " c1", False),
        ("JUMPCLOUD", "jumpcloud", "client_id", "c1", "c2", True),
        ("UNITY_OWNER_BESIDE_JUMPCLOUD", "unity", "admin_key_id", "a", "A", False),
        ("SCIM_READING", "audit", "key_id", "a", "a", False),
        ("SCIM_READING", "scim", "key_id", "a", "a", False),
        ("SCIM_READING", "scim", "key_id", "a", "b", True),
    ],
)
def test_a_pair_of_the_environment_whose_public_half_is_given_once_more_is_whole(
    part: str,
    found_in: str,
    option: str,
    given: str,
    beside: str,
    is_refused: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same public half can't be that of two keys."""
    secret = option.replace("key_id", "secret_key").replace("client_id", "client_secret")
    prefix = "unity_" if part == "UNITY_OWNER_BESIDE_JUMPCLOUD" else ""
    monkeypatch.setenv(ENVIRONMENT[found_in][option], beside)
    monkeypatch.setenv(ENVIRONMENT[found_in][secret], "the-secret-0123")
    found = params_of(getattr(arguments, part), capsys, **{prefix + option: given})
    assert bool(found.get("failed")) is is_refused
    if not is_refused:
        assert (found[prefix + option], found[prefix + secret]) == (given, "the-secret-0123")


def test_a_pair_of_which_the_secret_half_alone_is_given_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose it is can't be seen by it."""
    monkeypatch.setenv("JUMPCLOUD_CLIENT_ID", "c1")
    monkeypatch.setenv("JUMPCLOUD_CLIENT_SECRET", "another-secret")
    assert params_of(arguments.JUMPCLOUD, capsys, client_secret="the-secret-0123")["failed"]


def test_a_half_that_is_given_as_an_option_may_be_what_the_environment_holds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever says so has said whose it is."""
    monkeypatch.setenv("UNITY_SCIM_SECRET_KEY", "the-secret-0123")
    found = params_of(arguments.SCIM_CREDENTIALS, capsys, key_id="a", secret_key="the-secret-0123")
    assert (found["key_id"], found["secret_key"]) == ("a", "the-secret-0123")


def test_the_logic_gets_plain_values(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JUMPCLOUD_API_KEY", "from-the-environment")
    found = params_of(arguments.JUMPCLOUD, capsys)["api_key"]
    assert found == "from-the-environment" and not isinstance(found, FromEnvironment)


def test_every_pair_of_secrets_is_known() -> None:
    halves = [half for pair in PAIRS for half in pair[:2]]
    for concern, options in ENVIRONMENT.items():
        for option in options:
            is_half = option.endswith(("key_id", "secret_key", "client_id", "client_secret"))
            assert (option in halves) is is_half, (concern, option)


def test_every_variable_belongs_to_one_option() -> None:
    variables = [variable for concern in ENVIRONMENT.values() for variable in concern.values()]
    assert len(variables) == len(set(variables))
    for concern, options in ENVIRONMENT.items():
        assert set(options) <= set(PARTS[concern].options)


@pytest.mark.parametrize(
    "part, given, problem",
    [
        ("UNITY", {"organization_id": "1", "admin_key_id": "a"}, "required together: admin_key_id, admin_secret_key"),
        ("UNITY", {"organization_id": "1", "admin_key_id": "a", "admin_secret_key": "first-0123", "access_token": "second-0123"}, "mutually exclusive"),
        ("SCIM_CREDENTIALS", {"key_id": "a"}, "required together: key_id, secret_key"),
        ("JUMPCLOUD", {"client_id": "a"}, "required together: client_id, client_secret"),
        ("JUMPCLOUD", {"client_id": "a", "client_secret": "first-0123", "api_key": "second-0123"}, "mutually exclusive"),
        ("SERVICE_ACCOUNT_IDENTITY", {}, "one of the following is required"),
        ("SERVICE_ACCOUNT_IDENTITY", {"service_account": "a", "service_account_id": "b"}, "mutually exclusive"),
        ("APPLICATION_IDENTITY", {}, "one of the following is required"),
        ("APPLICATION_IDENTITY", {"application": "a", "application_id": "b"}, "mutually exclusive"),
        ("HTTP", {"time_budget": "long"}, "float"),
    ],
)
def test_rules(part: str, given: dict[str, t.Any], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = params_of(getattr(arguments, part), capsys, **given)
    assert result["failed"] and problem in result["msg"]


@pytest.mark.parametrize("part", ["HTTP", "UNITY", "SCIM_CREDENTIALS", "JUMPCLOUD", "SERVICE_ACCOUNT_IDENTITY", "APPLICATION_IDENTITY"])
def test_every_secret_is_hidden(part: str) -> None:
    secrets = ("token", "secret", "api_key", "authorization")
    for name, option in getattr(arguments, part).options.items():
        if any(word in name for word in secrets) and option["type"] == "str":
            assert option.get("no_log") is True, name


def test_an_owners_options_beside_those_of_jumpcloud() -> None:
    """They are those of Unity's modules, under names of their own."""
    part = arguments.UNITY_OWNER_BESIDE_JUMPCLOUD
    assert {name: arguments.UNITY.options[name.removeprefix("unity_")] for name in part.options} == part.options
    assert {"unity_" + name for name in arguments.UNITY.options if name not in arguments.HTTP.options} == set(part.options)
    assert part.rules == {
        "required_together": [("unity_admin_key_id", "unity_admin_secret_key")],
        "mutually_exclusive": [("unity_access_token", "unity_admin_key_id")],
    }
    assert set((arguments.JUMPCLOUD + part).options) == {*arguments.JUMPCLOUD.options, *part.options}


def test_what_the_preflight_handed_on_does_not_stand_in_every_result() -> None:
    arguments = Arguments({"name": {"type": "str"}, "seen": {"type": "dict"}})
    assert arguments.invocation({"name": "JumpCloud SCIM", "seen": {"user_groups": {}}, "_ansible_verbosity": 3}) == {"module_args": {"name": "JumpCloud SCIM"}}
