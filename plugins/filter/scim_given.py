# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the role's modules, in one template: a template for each of them would have to be compiled for every task."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.filter.scim_summary import absolute_path, or_told
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import role_keys
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import handed_on, key_of, options_of
from jinja2 import pass_context
from jinja2.runtime import Context, Undefined
from jinja2.utils import missing


@pass_context
def given(context: Context, whose: str, key: t.Mapping[str, t.Any] | None = None, delivers: bool = False) -> dict[str, t.Any]:
    """What the variables of the role give, the key if there is one, and, if this is the step that delivers it, what the steps before hand on.

    A variable that is there, but can't be told, such as another play's loop variable in it, is an error.
    """

    value_of = functools.partial(_value_of, context)
    return {**or_told(lambda: options_of(whose, value_of, absolute_path)), **(handed_on(value_of) if delivers else {}), **key_of(key or {})}


@pass_context
def key(context: Context, purpose: str) -> t.Mapping[str, t.Any]:
    """The key of the run for this purpose, ``{key_id, secret_key}``, or an empty dictionary."""

    def registered(name: str) -> t.Any:
        return _value_of(context, "__scim_provisioning_%s" % name) or {}

    if purpose == "reading":
        # after the look, every run but an audit may make a new key, so the stored one may be out of date
        return role_keys.reading(registered("given"), bool(registered("seen")) and registered("entry") != "audit")
    if purpose == "audit":
        return role_keys.for_audits(registered("given"), registered("vaulted_key").get("key"))
    source = (registered("seen").get("key") or {}).get("source")
    return role_keys.handed_over(registered("key").get("credentials"), source, registered("given"))


def _value_of(context: Context, variable: str) -> t.Any:
    value = context.resolve_or_missing(variable)
    if isinstance(value, Undefined):
        str(value)
    return None if value is missing else value


class FilterModule:
    """Each has its documentation beside this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"scim_given": given, "scim_key": key}
