# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second shell around a module's logic: in the controller's own process, without a module process.

Starting a module process costs about half a second a task, most of it for unpacking and compiling. Where the task would run on the
controller anyway (``connection: local``), its logic runs here instead. Everywhere else, and with ``async``, ``become`` or an
``environment`` of the task, the module itself is run. Both shells take the same arguments, run the same logic and give the same result.
"""

from __future__ import annotations

import importlib
import json
import typing as t
from dataclasses import replace

from ansible import context as ansible_context
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import require_whole
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.module_shell import Logic, failure
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import serializable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker, without_secrets
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.commands import given_files, next_command, provision_command
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.workers import prepare_workers

LOCAL_CONNECTIONS = frozenset(("local", "ansible.builtin.local"))

prepare_workers()


class InProcessAction(ActionBase):
    """Subclasses name the module's ``arguments`` and ``logic``. See ``action_of``."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = True
    arguments: Arguments
    logic: Logic

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        if not self._runs_in_this_process():
            done: dict[str, t.Any] = self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val)
            return done
        # Failures are results here, as a module's are: failed_when and until do not see an exception.
        spec = self.arguments.as_spec()
        try:
            validation, given = self.validate_argument_spec(**spec)  # type: ignore[no-untyped-call]  # ansible-core gives it no types
        except AnsibleActionFail as error:
            return {**result, "failed": True, "msg": error.message, "actions": []}
        # Plain values, as a module gets them: templates give subclasses of str, and old versions of requests refuse those in a header.
        params = json.loads(json.dumps(given))
        masked = set(validation._no_log_values)  # pylint: disable=protected-access
        warnings: list[str] = []
        modes = {"check_mode": self._task.check_mode, "diff_mode": bool(self._task.diff)}
        # the entry point of the role, where it is the role's task
        entry = (task_vars or {}).get("__scim_provisioning_entry") or ""
        command, provision = next_command(ansible_context.CLIARGS), provision_command(ansible_context.CLIARGS, entry)
        masker = Masker(masked.add)
        context = Context(**modes, warn=warnings.append, masker=masker, announce=self._announce, command=command, provision=provision)
        if command:
            context = replace(context, given=given_files(ansible_context.CLIARGS))
        try:
            require_whole(given)
            result.update(serializable(type(self).logic(params, context)))
        except ScimError as error:
            result.update(failed=True, **failure(error, context))
        if warnings:
            result["warnings"] = serializable(warnings)
        result["invocation"] = self.arguments.invocation(params)
        clean: dict[str, t.Any] = without_secrets(result, masked)
        return clean

    def _announce(self, line: str) -> None:
        """At normal verbosity: whoever watches a run that waits for a person must see that it does."""
        Display().display("%s: %s" % (self._task.action.rpartition(".")[2], line))

    def _runs_in_this_process(self) -> bool:
        local = self._play_context.connection in LOCAL_CONNECTIONS and not self._play_context.become
        return local and not self._task.async_val and not any(self._task.environment or ())


def action_of(name: str) -> type[InProcessAction]:
    """The action plugin of the module of this name. The module is imported here, once, in the process that forks the workers."""
    module = importlib.import_module("ansible_collections.unity_jumpcloud.scim.plugins.modules.%s" % name)
    logic = module.run_info if name.endswith("_info") else module.run
    return type("ActionModule", (InProcessAction,), {"__doc__": module.__doc__, "arguments": module.ARGUMENTS, "logic": staticmethod(logic)})
