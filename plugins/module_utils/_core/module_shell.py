# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell around a module's logic: the only place that knows AnsibleModule."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import serializable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker

Logic = t.Callable[[t.Dict[str, t.Any], Context], t.Dict[str, t.Any]]


def run_module(arguments: Arguments, logic: Logic) -> None:
    """Run ``logic(params, context)`` as an Ansible module, and report its result or its failure."""
    module = AnsibleModule(supports_check_mode=True, **arguments.as_spec())
    context = Context(
        check_mode=module.check_mode,
        warn=lambda text: module.warn(serializable(text)),
        masker=Masker(module.no_log_values.add),
        announce=module.log,
    )
    try:
        result = logic(module.params, context)
    except ScimError as error:
        module.fail_json(**failure(error, context))
    else:
        module.exit_json(**serializable(result))


def failure(error: ScimError, context: Context) -> dict[str, t.Any]:
    """The result of a failed run: what happened, what to do next, and what had been done by then."""
    done = context.progress.done
    result: dict[str, t.Any] = serializable({"msg": context.masker.redact(error.sentence()), "changed": bool(done), "actions": done, **error.as_result()})
    return result
