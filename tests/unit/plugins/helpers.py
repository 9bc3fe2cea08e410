# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several test files need."""

from __future__ import annotations

import json
import traceback
import typing as t
from contextlib import contextmanager

import pytest
import yaml
from ansible.module_utils import basic
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, UNITY, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOwner

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core 2.18

    @contextmanager
    def patch_module_args(args: dict[str, t.Any]) -> t.Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode("utf-8"))
            yield


def run_main(main: t.Callable[[], None], capsys: pytest.CaptureFixture[str], check_mode: bool = False, **given: t.Any) -> dict[str, t.Any]:
    """What a module prints for these options: its result, or its failure."""
    with patch_module_args({**given, "_ansible_check_mode": check_mode, "_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False}):
        with pytest.raises(SystemExit):
            main()
    result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
    # since ansible-core 2.22 for the controller only, which takes it out before anything is shown
    result.pop("_ansible_new_secrets", None)
    return result


def params(arguments: Arguments, **given: t.Any) -> dict[str, t.Any]:
    """The options of a module as AnsibleModule would hand them over: the defaults, and these."""
    unknown = set(given) - set(arguments.options)
    assert not unknown, "no such option: %s" % unknown
    return {**{name: option.get("default") for name, option in arguments.options.items()}, **given}


def jumpcloud(context: Context, **given: t.Any) -> JumpCloudConnection:
    """A connection with these options."""
    options = params(JUMPCLOUD, **given)
    return JumpCloudConnection(parse(JumpCloudAccess, options), open_transport(parse(HttpSettings, options), context))


def unity(context: Context, **given: t.Any) -> tuple[UnityOwner, Transport]:
    """What a connection is made of, from these options."""
    options = params(UNITY, **given)
    return parse(UnityOwner, options), open_transport(parse(HttpSettings, options), context)


def everything_in(error: BaseException) -> str:
    """All text that an exception can give away: itself, its attributes, its causes, its traceback."""
    found: list[str] = ["".join(traceback.format_exception(error))]
    current: BaseException | None = error
    while current is not None:
        found += [str(current), repr(current), repr(vars(current)), repr(current.args)]
        current = current.__cause__
    return "\n".join(found)


def verbs(result: dict[str, t.Any]) -> list[str]:
    """The actions of a result, by name."""
    return [action["action"] for action in result["actions"]]


def assert_documented(module: t.Any, result: dict[str, t.Any]) -> None:
    """What a module returns on success is what its documentation says, in both directions, and in the fields of each part."""
    values = yaml.safe_load(module.RETURN)
    always = {name for name, value in values.items() if value["returned"] == "always" or "success" in value["returned"]}
    assert set(result) - {"changed", "diff"} == always
    for name in always:
        contains = values[name].get("contains")
        for part in result[name] if isinstance(result[name], list) else [result[name]]:
            if contains and part is not None:
                assert set(part) == set(contains), name
