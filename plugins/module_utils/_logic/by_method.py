# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step that is done by the method which its module was given, or, with auto, by the API as far as it goes and else, in the same task, by a person."""

from __future__ import annotations

import typing as t
from contextlib import suppress

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.seen import part_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import OneOf
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import (
    API,
    AUTO,
    MANUAL,
    Method,
    MethodFacts,
    choose_method,
    needs_second_look,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection, UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.organizations import Organizations

Result = t.Dict[str, t.Any]
SEEN = {"method": OneOf(API, MANUAL), "reason": str, "proven": bool}


def chosen(wanted: str, side: str, seen: Result | None) -> Method | None:
    """The method that scim_preflight_info has chosen for a side (unity, jumpcloud or enforcement); None where it has not, or another one is wanted."""
    part = part_of((seen or {}).get("methods"), side, SEEN) if wanted == AUTO else None
    return Method(part["method"], part["reason"], part["proven"]) if part else None


def settled(wanted: str, side: str, seen: Result | None) -> str:
    """What was chosen, else what is wanted, which may be auto."""
    choice = chosen(wanted, side, seen)
    return choice.method if choice else wanted


def carry_out(
    wanted: str,
    choice: Method | None,
    by_api: t.Callable[[], Result],
    by_hand: t.Callable[[str], Result],
    context: Context,
    has_credentials: bool = True,
    accepts: t.Callable[[], bool] = lambda: False,
    asked: t.Callable[[], str] = lambda: "",
) -> Result:
    """The result of the method. ``choice``: what was chosen before. ``by_hand`` is given the reason. ``accepts``: whether another endpoint takes the same
    credentials; ``asked``: why an earlier run has left it to a person."""
    method = choice
    if choice is None or choice.method == API:
        unproven = choice is not None and not choice.proven
        method = choose_method(MethodFacts(wanted, has_credentials, unproven=unproven, asked=asked() if wanted == AUTO else ""))
    if method is None or method.method == API:
        try:
            return _told(by_api(), method)
        except ScimError as error:
            method = choose_method(
                MethodFacts(wanted, error=error, accepts=needs_second_look(error) and wanted == AUTO and accepts(), wrote=context.progress.writes)
            )
            if method is None:
                raise
    done, context.progress.done = context.progress.done, []
    return _told(_joined(done, by_hand(method.reason)), method)


def owner_is_accepted(owner: UnityOwner, http: HttpSettings, context: Context) -> bool:
    """Whether the endpoint that Unity's own packages call takes the owner's credentials for this organization."""
    connection = UnityConnection(owner, open_transport(http, context))
    with suppress(ScimError):
        Organizations(connection.admin, connection.services, connection.organization_id).read()
        return True
    return False


def _told(result: Result, method: Method | None) -> Result:
    # a step may have gone to a person for a reason of its own
    if result.get("step") and method and not result["step"].get("reason"):
        result["step"]["reason"] = method.reason
    return result


def _joined(done: list[Result], result: Result) -> Result:
    """What the API has done before a person had to go on is told, too."""
    if not done:
        return result
    step = result.get("step")
    if step:
        step.update(changed=True, did=[*(action["action"] for action in done), *step["did"]])
    return {**result, "changed": True, "actions": [*done, *result["actions"]]}
