# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell around a module's logic, in a real AnsibleModule."""

from __future__ import annotations

import base64
import json
import typing as t
from urllib.parse import quote

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import PASS_VARS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import run_module
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import run_main

ARGUMENTS = Arguments({"name": {"type": "str", "default": "x"}, "secret": {"type": "str", "no_log": True}})
SECRET = "s3cr3t/value+0123"
# as the controller asks for it from -vvv on; older versions of ansible-core always get it
WITH_INVOCATION = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}

Params = t.Dict[str, t.Any]


def run(logic: t.Callable[[Params, Context], Params], capsys: pytest.CaptureFixture[str], **given: t.Any) -> Params:
    return run_main(lambda: run_module(ARGUMENTS, logic), capsys, **given)


def test_the_result_is_returned(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(lambda params, context: {"changed": True, "name": params["name"], "check": context.check_mode}, capsys, name="y")
    assert (result["changed"], result["name"], result["check"], result.get("failed")) == (True, "y", False, None)


def test_check_mode_reaches_the_logic(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda params, context: {"changed": False, "check": context.check_mode}, capsys, check_mode=True)["check"] is True


def test_warnings_reach_the_operator(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda self, warning: told.append(warning))

    def logic(params: Params, context: Context) -> Params:
        context.warn("mind the gap")
        return {"changed": False}

    run(logic, capsys)
    assert told == ["mind the gap"]


def test_a_failure_tells_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    def logic(params: Params, context: Context) -> Params:
        context.progress.record(Action("bind", "group", {"id": "1"}))
        raise ScimError("It failed.", "Do this.", failed_groups=["2"])

    result = run(logic, capsys)
    assert (result["failed"], result["changed"], result["msg"]) == (True, True, "It failed. Do this.")
    assert result["actions"] == [{"action": "bind", "target": "group", "id": "1"}]
    assert result["failed_groups"] == ["2"]


def test_a_failure_before_anything_was_done_is_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    def logic(params: Params, context: Context) -> Params:
        raise ApiError("No.", service="Things", operation="list things", status=403, request_id="r1")

    result = run(logic, capsys)
    assert (result["failed"], result["changed"], result["actions"]) == (True, False, [])
    assert (result["error"]["service"], result["error"]["status"], result["error"]["request_id"]) == ("Things", 403, "r1")


def test_manual_steps_are_returned(capsys: pytest.CaptureFixture[str]) -> None:
    def logic(params: Params, context: Context) -> Params:
        cause = UnexpectedAnswer("no", expected="a list", got="an HTML page", service="Things", operation="list things")
        raise AssumptionFailed("List things", [{"do": "Click."}], cause)

    result = run(logic, capsys)
    assert result["manual_steps"] == [{"do": "Click."}]
    assert result["error"]["step"] == "List things"


FORMS = {
    "plain": SECRET,
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "urlencoded": quote(SECRET, safe=""),
    "header": authorization_header("key-1", SECRET),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fails", [True, False], ids=["failure", "success"])
def test_every_form_of_a_secret_option_is_masked(form: str, fails: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = FORMS[form]

    def logic(params: Params, context: Context) -> Params:
        context.masker.register_key("key-1", params["secret"])
        context.warn("It said %s." % text)
        context.announce("It said %s." % text)
        if fails:
            raise ScimError("It said %s." % text, "Look at %s." % text, more=[text])
        return {"changed": False, "said": {"nested": [text]}}

    told: list[str] = []
    for name in ("warn", "log"):
        monkeypatch.setattr(AnsibleModule, name, lambda self, line, *others, **more: told.append(line))
    result = run(logic, capsys, secret=SECRET)
    assert sum(line.startswith("It said") for line in told) == 2 and text.rpartition(" ")[2] not in json.dumps([result, told])


def test_a_created_secret_leaves_in_the_result_but_not_in_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def create(params: Params, context: Context) -> Params:
        context.masker.register_key("key-1", "created-once-0123", returned=True)
        return {"changed": True, "credentials": {"secret_key": "created-once-0123"}}

    def fail(params: Params, context: Context) -> Params:
        context.masker.register_key("key-1", "created-once-0123", returned=True)
        raise ScimError("It said created-once-0123 and %s." % authorization_header("key-1", "created-once-0123"))

    assert run(create, capsys)["credentials"] == {"secret_key": "created-once-0123"}
    assert run(fail, capsys)["msg"] == "It said ******** and Basic ********."


@pytest.mark.parametrize("userinfo", ["mary:s3cret-word", "mary:pw", "a:b"])
@pytest.mark.parametrize("fails", [True, False], ids=["failure", "success"])
def test_the_credentials_of_a_proxy_are_shown_nowhere(userinfo: str, fails: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even in the invocation, which -vvv shows."""
    proxy = "http://%s@proxy.example:3128" % userinfo

    def logic(params: Params, context: Context) -> Params:
        assert params["proxy"] == proxy
        open_transport(parse(HttpSettings, params), context)
        said = "via %s and %s@proxy.example" % (params["proxy"], userinfo)
        if fails:
            raise ScimError(said, said, more=[said])
        return {"changed": False, "said": {"nested": [said]}}

    result = run_main(lambda: run_module(JUMPCLOUD, logic), capsys, proxy=proxy, api_key="key-0123", **WITH_INVOCATION)
    assert set(result["invocation"]["module_args"]) == set(JUMPCLOUD.options)
    assert userinfo + "@" not in json.dumps(result)
    assert result["invocation"]["module_args"]["proxy"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_half_a_character_of_a_vendor_does_not_cost_the_result(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda self, warning: told.append(warning))

    def logic(params: Params, context: Context) -> Params:
        context.warn("Zo\ud83d")
        return {"changed": False, "name": "Zo\ud83d", "na\ud83dme": ["\udc00"]}

    result = run(logic, capsys)
    assert (result.get("failed"), result["name"], result["na\\ud83dme"]) == (None, "Zo\\ud83d", ["\\udc00"])
    assert told == ["Zo\\ud83d"]


def test_half_a_character_of_a_vendor_does_not_cost_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def logic(params: Params, context: Context) -> Params:
        context.progress.record(Action("bind", "Zo\ud83d"))
        raise ScimError("It said Zo\ud83d.", more=["\udc00"])

    result = run(logic, capsys)
    assert (result["failed"], result["msg"], result["more"], result["actions"][0]["target"]) == (True, "It said Zo\\ud83d.", ["\\udc00"], "Zo\\ud83d")
