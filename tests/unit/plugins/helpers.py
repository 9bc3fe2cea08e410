# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several test files need."""
from __future__ import annotations

import traceback
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.arguments import Arguments

MASK = "********"


def params(arguments: Arguments, **given: t.Any) -> dict[str, t.Any]:
    """The options of a module as AnsibleModule would hand them over: the defaults, and these."""
    unknown = set(given) - set(arguments.options)
    assert not unknown, "no such option: %s" % unknown
    return {**{name: option.get("default") for name, option in arguments.options.items()}, **given}


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
