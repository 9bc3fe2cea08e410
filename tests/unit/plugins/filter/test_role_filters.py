# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the role."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.unity_jumpcloud.scim.plugins.filter import scim_given, scim_summary
from ansible_collections.unity_jumpcloud.scim.plugins.filter.scim_summary import FilterModule, absolute_path, runbook, unknown_variables
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import OPTIONS, options_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_steps import STEPS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import looked_at
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.commands import next_command, provision_command
from jinja2 import Environment, StrictUndefined
from jinja2.exceptions import UndefinedError

DOCS = Path(scim_summary.__file__).parent
GIVERS = ("scim_given", "scim_step")


def test_a_path_is_meant_from_where_the_playbook_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")
    monkeypatch.setenv("HOME", "/home/ada")
    assert absolute_path("a/../b.yml") == str(tmp_path / "b.yml")
    assert absolute_path("/x/y") == "/x/y" and absolute_path("~/y") == "/home/ada/y"
    # a folder, and what the file in it is called
    assert absolute_path("/x/", "a/../b") == "/x/a_.._b" and absolute_path("/x", "a") == "/x" and absolute_path("/x/") == "/x" and absolute_path("", "a") == ""


def test_the_pages_of_a_runbook(tmp_path: Path) -> None:
    (tmp_path / "scim.md").write_text("# Steps", encoding="utf-8")
    (tmp_path / "scim-64aa00000000000000000001.secret").write_text("no", encoding="utf-8")
    assert runbook(str(tmp_path / "scim")) == {str(tmp_path / "scim.md"): "# Steps"}
    assert runbook("") == {} and runbook(str(tmp_path / "missing")) == {}


@pytest.mark.parametrize(
    "names, said",
    [
        (["scim_provisioning_test_email", "scim_provisioning_hosts", "scim_provisioning_artifacts"], []),
        (
            ["scim_provisioning_test_mail"],
            ["The role has no variable scim_provisioning_test_mail, so it has no effect. Did you mean scim_provisioning_test_email?"],
        ),
        (
            ["scim_provisioning_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"],
            ["The role has no variable scim_provisioning_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz, so it has no effect."],
        ),
        (["scim_provisioning_portal_timeout", "scim_provisioning_group"], 2),
    ],
)
def test_a_misspelled_variable(names: list[str], said: list[str] | int) -> None:
    assert (unknown_variables(names) if isinstance(said, list) else len(unknown_variables(names))) == said


def test_one_template_gives_the_options_of_a_vendor() -> None:
    environment = Environment(undefined=StrictUndefined)
    environment.filters["given"] = scim_given.given
    variables = {"scim_provisioning_unity_organization_id": "1", "scim_provisioning_unity_api_url": "", "scim_provisioning_time_budget": None}
    assert environment.compile_expression("'unity' | given")(**variables) == {"organization_id": "1"}
    with pytest.raises(UndefinedError):
        environment.compile_expression("'unity' | given")(scim_provisioning_unity_organization_id=StrictUndefined(name="item"))


def test_the_choices_of_what_is_given_are_all_that_there_are() -> None:
    choices = {name: yaml.safe_load((DOCS / (name + ".yml")).read_text(encoding="utf-8"))["DOCUMENTATION"]["options"]["_input"]["choices"] for name in GIVERS}
    assert {name: set(found) for name, found in choices.items()} == {"scim_given": set(OPTIONS), "scim_step": set(STEPS)}


def test_a_key_is_supplied_by_variables_or_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment(undefined=StrictUndefined)
    environment.filters["supplied"] = scim_given.supplied
    monkeypatch.setenv("UNITY_SCIM_KEY_ID", "k")
    monkeypatch.delenv("UNITY_SCIM_AUDIT_KEY_ID", raising=False)
    assert environment.compile_expression("'key_id' | supplied('scim')")() == "k"
    assert environment.compile_expression("'key_id' | supplied('audit')")(scim_provisioning_audit_key_id="a") == "a"
    assert environment.compile_expression("'secret_key' | supplied('audit')")() == ""


@pytest.mark.parametrize(
    "purpose, variables, key_id",
    [
        ("handed_over", {"key": {"credentials": {"key_id": "new"}}}, "new"),
        ("handed_over", {"seen": {"key": {"source": "stored"}}}, "stored"),
        ("handed_over", {"seen": {"key": None}}, None),
        ("handed_over", {}, None),
        ("reading", {}, "stored"),
        ("reading", {"seen": {"key": None}}, None),
        ("reading", {"seen": {"key": None}, "entry": "audit"}, "stored"),
        ("audit", {"vaulted_key": {"key": {"key_id": "kept"}}}, "kept"),
        ("audit", {"vaulted_key": {"failed": True}}, None),
    ],
)
def test_the_key_for_a_purpose(purpose: str, variables: dict[str, t.Any], key_id: str | None) -> None:
    """By what the tasks have registered so far."""
    environment = Environment(undefined=StrictUndefined)
    environment.filters["key"] = scim_given.key
    given = {"key": {"key_id": ""}, "audit_key": {"key_id": ""}, "stored_key": {"key_id": "stored"}}
    named = {"__scim_provisioning_%s" % name: value for name, value in {"given": given, **variables}.items()}
    assert environment.compile_expression("purpose | key")(purpose=purpose, **named).get("key_id") == key_id


def test_one_template_gives_a_step_all_its_options() -> None:
    environment = Environment(undefined=StrictUndefined)
    environment.filters["step"] = scim_given.step
    registered = {
        "seen": {"application_id": "1", "seen": {"methods": {}}, "key": {"source": "jumpcloud", "redeliver": True, "secret_file": None}},
        "connector": {"connector": {"base_url": "https://scim.example.com/x"}},
        "given": {"unity_organization_id": ""},
    }
    named = {"__scim_provisioning_%s" % name: value for name, value in registered.items()}
    options = environment.compile_expression("'identity_management' | step")(
        scim_provisioning_runbook_dir="/r", scim_provisioning_jumpcloud_api_key="k", **named
    )
    assert (options["runbook"], options["allowed_hosts"], options["update_secret"], options["api_key"]) == ("/r/scim", ["scim.example.com"], "always", "k")


@pytest.mark.parametrize(
    "whose, variables, options",
    [
        ("jumpcloud_group_binding", {}, {"groups": []}),
        ("jumpcloud_group_binding", {"groups": "Artists, Coders,", "groups_state": "exact"}, {"groups": ["Artists", "Coders"], "state": "exact"}),
        ("jumpcloud_group_binding", {"groups": ["Artists, all"], "groups_state": ""}, {"groups": ["Artists, all"]}),
        ("jumpcloud_scim_app", {"runbook_dir": "~/book"}, {"runbook": "/home/ada/book/scim", "header_name": "Authorization"}),
        (
            "jumpcloud_scim_app",
            {"header_name": "X-Key", "group_management": False, "runbook_dir": "/r", "jumpcloud_method": "api"},
            {"header_name": "X-Key", "group_management": False, "runbook": "/r/scim", "method": "api"},
        ),
        (
            "unity_service_account_key",
            {"service_account": None, "runbook_dir": "/r", "unity_method": "auto"},
            {"service_account": "JumpCloud SCIM", "runbook": "/r/scim", "method": "auto"},
        ),
        (
            "scim_preflight_info",
            {
                "application": "Unity",
                "application_id": "1",
                "test_email": "t@e",
                "runbook_dir": "/book",
                "key_max_age": 5,
                "groups": ["A"],
                "service_account": "S",
            },
            {
                "application_id": "1",
                "test_email": "t@e",
                "runbook": "/book/scim",
                "max_age": 5,
                "groups": ["A"],
                "service_account": "S",
                "fail": True,
                "steps": looked_at([]),
            },
        ),
    ],
)
def test_the_options_that_the_role_gives_a_module(
    whose: str, variables: dict[str, object], options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    value_of = {"scim_provisioning_" + name: value for name, value in variables.items()}.get
    assert options_of(whose, value_of, absolute_path) == options


@pytest.mark.parametrize(
    "typed, entry, command",
    [
        ({}, "", ""),
        ({"args": ("unity_jumpcloud.scim.provision",)}, "", "ansible-playbook unity_jumpcloud.scim.provision"),
        (
            {"args": ("site.yml",), "extra_vars": ("@vars.yml", "token=SENTINEL", "@my vars.yml")},
            "",
            "ansible-playbook site.yml -e @vars.yml -e '@my vars.yml'",
        ),
        (
            {"args": ("unity_jumpcloud.scim.rotate_key",), "extra_vars": ('{"token": "SENTINEL"}',)},
            "rotate",
            "ansible-playbook unity_jumpcloud.scim.rotate_key",
        ),
        ({"args": ("unity_jumpcloud.scim.audit",), "extra_vars": ("@v",)}, "audit", "ansible-playbook unity_jumpcloud.scim.provision -e @v"),
    ],
)
def test_the_command_to_run_next(typed: dict[str, tuple[str, ...]], entry: str, command: str) -> None:
    assert next_command(typed, entry) == command


@pytest.mark.parametrize("entry, playbook", [("rotate", "unity_jumpcloud.scim.provision"), ("", "site.yml"), ("deprovision", "site.yml")])
def test_the_command_that_does_not_rotate_again(entry: str, playbook: str) -> None:
    assert provision_command({"args": ("site.yml",), "extra_vars": ("@vars.yml", "a=b")}, entry) == "ansible-playbook %s -e @vars.yml" % playbook
    assert provision_command({}, entry) == ("ansible-playbook unity_jumpcloud.scim.provision" if entry == "rotate" else "")


def test_every_filter_is_documented() -> None:
    documented = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in DOCS.glob("*.yml")}
    assert set(documented) == {*FilterModule().filters(), *scim_given.FilterModule().filters()}
    assert all(found["DOCUMENTATION"]["name"] == name for name, found in documented.items())


def test_a_tag_that_may_not_be_skipped_alone_is_an_error_of_ansible() -> None:
    environment = Environment(undefined=StrictUndefined)
    environment.filters["given"] = scim_given.given
    template = environment.from_string("{{ 'scim_preflight_info' | given }}")
    needed = {"scim_provisioning_application": "Unity", "scim_provisioning_test_email": "t@e", "scim_provisioning_groups": []}
    with pytest.raises(AnsibleFilterError, match="needs what connector_url finds out"):
        template.render(**needed, ansible_run_tags=["all"], ansible_skip_tags=["connector_url"])
