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
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import plain, require_whole
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import serializable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker, without_secrets

Logic = t.Callable[[t.Dict[str, t.Any], Context], t.Dict[str, t.Any]]


def run_module(arguments: Arguments, logic: Logic) -> None:
    """Run ``logic(params, context)`` as an Ansible module, and report its result or its failure."""
    module = AnsibleModule(supports_check_mode=True, **arguments.as_spec())

    def masked(value: t.Any) -> t.Any:
        """Since ansible-core 2.22 AnsibleModule does not take the values of no_log_values out of what leaves it."""
        return without_secrets(serializable(value), module.no_log_values)

    context = Context(
        check_mode=module.check_mode,
        warn=lambda text: module.warn(masked(text)),
        masker=Masker(module.no_log_values.add),
        announce=lambda line: module.log(masked(line)),
    )
    params = plain(module.params)
    invocation = {"invocation": arguments.invocation(params)}
    try:
        require_whole(module.params)
        result = logic(params, context)
    except ScimError as error:
        module.fail_json(**masked({**failure(error, context), **invocation}))
    else:
        module.exit_json(**masked({**result, **invocation}))


def failure(error: ScimError, context: Context) -> dict[str, t.Any]:
    """The result of a failed run: what happened, what to do next, and what had been done by then."""
    done = context.progress.done
    result: dict[str, t.Any] = serializable({"msg": context.masker.redact(error.sentence()), "changed": bool(done), "actions": done, **error.as_result()})
    return result
