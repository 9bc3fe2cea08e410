# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell that runs a module's logic in the controller's process, and when it must not."""

from __future__ import annotations

import base64
import json
import typing as t
from types import SimpleNamespace

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT, JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils import in_process
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.in_process import InProcessAction

Params = t.Dict[str, t.Any]
SECRET = "s3cr3t/value+0123"


def make_action(
    logic: t.Callable[[Params, Context], Params], given: Params | None = None, connection: str = "local", become: bool = False, **task: t.Any
) -> InProcessAction:
    arguments = Arguments({"name": {"type": "str", "default": "x"}, "secret": {"type": "str", "no_log": True}}, {"required_together": [("name", "secret")]})
    kind = type("ActionModule", (InProcessAction,), {"arguments": task.pop("arguments", arguments), "logic": staticmethod(logic)})
    facts = {
        "args": given or {"name": "y", "secret": SECRET},
        "async_val": 0,
        "check_mode": False,
        "diff": False,
        "environment": None,
        "action": "thing",
        **task,
    }
    shell = SimpleNamespace(tmpdir="/tmp")
    play_context = SimpleNamespace(connection=connection, become=become)
    action = kind(SimpleNamespace(**facts), SimpleNamespace(_shell=shell), play_context, None, None, None)
    action._load_name = "thing"  # the plugin loader sets it
    return action


def unchanged(params: Params, context: Context) -> Params:
    return {"changed": False, "name": params["name"], "check": context.check_mode}


@pytest.mark.parametrize("connection", ["local", "ansible.builtin.local"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_the_result_is_returned(connection: str, check_mode: bool) -> None:
    result = make_action(unchanged, connection=connection, check_mode=check_mode).run(task_vars={})
    assert (result["changed"], result["name"], result["check"]) == (False, "y", check_mode)
    assert "warnings" not in result


def test_half_a_pair_is_not_completed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUMPCLOUD_CLIENT_SECRET", SECRET)
    result = make_action(unchanged, {"client_id": "c"}, arguments=JUMPCLOUD).run(task_vars={})
    assert result["failed"] and result["msg"].startswith("Of JumpCloud's service account, the client ID was given as an option or variable. ")


@pytest.mark.parametrize(
    "given",
    [{"connection": "ssh"}, {"become": True}, {"async_val": 60}, {"environment": [{"A": "b"}]}],
    ids=["ssh", "become", "async", "environment"],
)
def test_elsewhere_the_module_is_run(given: Params, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[t.Any] = []
    monkeypatch.setattr(InProcessAction, "_execute_module", lambda self, **arguments: called.append(arguments) or {"from": "module"})
    assert make_action(unchanged, **given).run(task_vars={"v": 1}) == {"from": "module"}
    assert called == [{"task_vars": {"v": 1}, "wrap_async": given.get("async_val", 0)}]


@pytest.mark.parametrize("entry", [None, "", "rotate"])
def test_the_logic_knows_the_commands_to_go_on_with(entry: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def logic(params: Params, context: Context) -> Params:
        return {"changed": False, "commands": [context.command, context.provision, context.playbook("audit")]}

    monkeypatch.setattr(in_process.ansible_context, "CLIARGS", {"args": ("site.yml",), "extra_vars": ("@v",)})
    provision = "unity_jumpcloud.scim.provision" if entry == "rotate" else "site.yml"
    found = make_action(logic).run(task_vars={} if entry is None else {"__scim_provisioning_entry": entry})
    assert found["commands"] == [
        "ansible-playbook site.yml -e @v",
        "ansible-playbook %s -e @v" % provision,
        "ansible-playbook unity_jumpcloud.scim.audit -e @v",
    ]


@pytest.mark.parametrize("environment", [None, [], [{}]])
def test_no_environment_of_the_task(environment: t.Any) -> None:
    assert make_action(unchanged, environment=environment).run(task_vars={})["name"] == "y"


def test_a_failure_is_a_result() -> None:
    def logic(params: Params, context: Context) -> Params:
        context.warn("mind the gap")
        context.progress.record(Action("bind", "group"))
        raise ApiError("No.", service="Things", operation="list things", status=403, hint="Log in.")

    result = make_action(logic).run(task_vars={})
    assert (result["failed"], result["changed"], result["msg"]) == (True, True, "No. Log in.")
    assert (result["actions"], result["error"]["status"], result["warnings"]) == ([{"action": "bind", "target": "group"}], 403, ["mind the gap"])


@pytest.mark.parametrize(
    "given, problem",
    [({"nome": "x", "name": "y", "secret": SECRET}, "nome"), ({"name": "x"}, "required together"), ({"name": "x", "secret": SECRET, "count": 1}, "count")],
)
def test_wrong_options_are_a_failure(given: Params, problem: str) -> None:
    result = make_action(unchanged, given).run(task_vars={})
    assert result["failed"] and problem in result["msg"]
    assert SECRET not in json.dumps(result)


@pytest.mark.parametrize("fails", [True, False])
def test_secrets_are_masked_everywhere(fails: bool) -> None:
    encoded = base64.b64encode(SECRET.encode()).decode()

    def logic(params: Params, context: Context) -> Params:
        context.masker.register(params["secret"])
        context.warn("it said " + encoded)
        if fails:
            raise ScimError("It said %s." % SECRET, more=[encoded])
        return {"changed": False, "said": [SECRET, {"nested": encoded}]}

    text = json.dumps(make_action(logic).run(task_vars={}))
    assert SECRET not in text and encoded not in text


@pytest.mark.parametrize("userinfo", ["mary:s3cret-word", "mary:pw", "a:b"])
@pytest.mark.parametrize("fails", [True, False], ids=["failure", "success"])
def test_the_credentials_of_a_proxy_are_shown_nowhere(userinfo: str, fails: bool) -> None:
    """Not even in the invocation, which -vvv shows."""
    proxy = "http://%s@proxy.example:3128" % userinfo

    def logic(params: Params, context: Context) -> Params:
        assert params["proxy"] == proxy
        open_transport(parse(HttpSettings, params), context)
        said = "via %s and %s@proxy.example" % (params["proxy"], userinfo)
        context.warn(said)
        if fails:
            raise ScimError(said, said, more=[said])
        return {"changed": False, "said": {"nested": [said]}}

    result = make_action(logic, {"proxy": proxy, "api_key": "key-0123"}, arguments=JUMPCLOUD).run(task_vars={})
    assert len(result["warnings"]) == 1 and set(result["invocation"]["module_args"]) == set(JUMPCLOUD.options)
    assert userinfo + "@" not in json.dumps(result)
    assert result["invocation"]["module_args"]["proxy"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_a_created_secret_leaves_in_the_result() -> None:
    def logic(params: Params, context: Context) -> Params:
        context.masker.register_key("key-1", "created-once-0123", returned=True)
        return {"changed": True, "credentials": {"secret_key": "created-once-0123"}}

    assert make_action(logic).run(task_vars={})["credentials"]["secret_key"] == "created-once-0123"


def test_the_environment_is_used_as_in_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT["jumpcloud"]["region"], "eu")
    monkeypatch.setenv(ENVIRONMENT["jumpcloud"]["api_key"], SECRET)
    taken: Params = {}

    def logic(params: Params, context: Context) -> Params:
        taken.update(params)
        return {"changed": False}

    result = make_action(logic, {"console_url": "http://127.0.0.1:1"}, arguments=JUMPCLOUD).run(task_vars={})
    assert (taken["region"], taken["api_key"]) == ("eu", SECRET)
    assert SECRET not in json.dumps(result)
    assert set(result["invocation"]["module_args"]) == set(JUMPCLOUD.options)


def test_half_a_character_does_not_cost_the_result() -> None:
    def logic(params: Params, context: Context) -> Params:
        context.warn("Zo\ud83d")
        return {"changed": False, "name": "Zo\ud83d"}

    result = make_action(logic).run(task_vars={})
    assert (result["name"], result["warnings"]) == ("Zo\\ud83d", ["Zo\\ud83d"])
