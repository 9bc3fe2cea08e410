# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions and sentences of the role that its YAML asks for."""

from __future__ import annotations

import difflib
import functools
import os
import re
import typing as t

from ansible import context
from ansible.errors import AnsibleFilterError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import read_regular
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import (
    failure,
    is_active,
    is_delivered,
    joined,
    may_stop,
    may_take_account,
    summary,
)
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.commands import next_command, provision_command

LARGEST = 16 * 1024 * 1024


def absolute_path(path: str, name: str = "") -> str:
    """From where ansible-playbook was started, whatever the environment says of it. No path stays none.

    A path that ends with a slash is a folder, and ``name`` that of the file in it, made fit to be one.
    """
    if name and path.endswith("/"):
        path += re.sub(r"[/\0]", "_", name)
    return os.path.abspath(os.path.expanduser(path)) if path else ""


def runbook(prefix: str) -> dict[str, str]:
    """The texts of the runbook's pages, by their paths."""
    found = {}
    for suffix in (".md", ".html"):
        path = prefix + suffix
        content = read_regular(path, LARGEST) if prefix and os.path.isfile(path) else None
        if content is not None:
            found[path] = content.decode("utf-8")
    return found


# what playbooks and operators give the role beside its options, and what it hands over
OTHERS = ("hosts", "reports", "overview", "stored_key", "new_key", "summary", "preflight", "audit", "artifacts")
SPECS = os.path.join(os.path.dirname(__file__), "..", "..", "roles", "scim_provisioning", "meta", "argument_specs.yml")


@functools.lru_cache(maxsize=1)
def known_variables() -> frozenset[str]:
    """The variables of the role, from its argument specs."""
    with open(SPECS, encoding="utf-8") as stream:
        # each is a key of its own in a line of its own; to parse all of it would take a tenth of the run's time
        described = re.findall(r"^ +(scim_provisioning_\w+):", stream.read(), re.MULTILINE)
    return frozenset(["scim_provisioning_" + name for name in OTHERS] + described)


def unknown_variables(names: t.Iterable[str]) -> list[str]:
    """A sentence for each variable that is named like one of the role, and is none: most likely it was misspelled, and has no effect."""
    unknown = sorted(name for name in names if name not in known_variables())
    found = []
    for name in unknown:
        close = difflib.get_close_matches(name, known_variables(), n=1)
        found.append("The role has no variable %s, so it has no effect.%s" % (name, " Did you mean %s?" % close[0] if close else ""))
    return found


def or_told(decide: t.Callable[[], t.Any]) -> t.Any:
    """What is decided, or why it can't be. Old versions of ansible-core show the reason of their own errors only."""
    try:
        return decide()
    except ScimError as error:
        raise AnsibleFilterError(error.sentence()) from None


def summary_with_command(preflight: t.Mapping[str, t.Any], results: t.Mapping[str, t.Any], entry: str = "") -> dict[str, t.Any]:
    """The summary, with the command to run next where a person has to do something."""
    return summary(preflight, results, entry, next_command(context.CLIARGS, entry), provision_command(context.CLIARGS, entry))


class FilterModule:
    """Each has its documentation beside this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {
            "absolute_path": absolute_path,
            "scim_failure": failure,
            "scim_is_active": is_active,
            "scim_is_delivered": is_delivered,
            "scim_joined": joined,
            "scim_may_stop": may_stop,
            "scim_may_take_account": may_take_account,
            "scim_runbook": runbook,
            "scim_summary": summary_with_command,
            "scim_unknown_variables": unknown_variables,
        }
