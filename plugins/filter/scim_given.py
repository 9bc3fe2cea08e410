# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the role's modules, in one template: a template for each of them would have to be compiled for every task."""

from __future__ import annotations

import functools
import os
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.filter.scim_summary import absolute_path, or_told
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import role_keys
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import options_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_steps import options_of_step
from jinja2 import pass_context
from jinja2.runtime import Context, Undefined
from jinja2.utils import missing


@pass_context
def given(context: Context, whose: str) -> dict[str, t.Any]:
    """What the variables of the role give an action group or a module.

    A variable that is there, but can't be told, such as another play's loop variable in it, is an error.
    """
    return t.cast("dict[str, t.Any]", or_told(lambda: options_of(whose, functools.partial(_value_of, context), absolute_path)))


@pass_context
def step(context: Context, name: str) -> dict[str, t.Any]:
    """All that a step of the role gives its module."""
    return t.cast("dict[str, t.Any]", or_told(lambda: options_of_step(name, functools.partial(_value_of, context), absolute_path)))


@pass_context
def key(context: Context, purpose: str) -> t.Mapping[str, t.Any]:
    """The key of the run for this purpose, ``{key_id, secret_key}``, or an empty dictionary."""
    return role_keys.key_for(purpose, lambda name: _value_of(context, "__scim_provisioning_%s" % name) or {})


@pass_context
def supplied(context: Context, half: str, concern: str) -> str:
    """Half of the key that the operator supplies; an empty text where there is none."""
    return role_keys.supplied(half, concern, functools.partial(_value_of, context), os.environ)


def _value_of(context: Context, variable: str) -> t.Any:
    value = context.resolve_or_missing(variable)
    if isinstance(value, Undefined):
        str(value)
    return None if value is missing else value


class FilterModule:
    """Each has its documentation beside this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"scim_given": given, "scim_key": key, "scim_step": step, "scim_supplied": supplied}
