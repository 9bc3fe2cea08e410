# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions and sentences of the role that its YAML asks for."""

from __future__ import annotations

import os
import shlex
import typing as t

from ansible import context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import failure, is_active, is_delivered, joined, looked_at, summary


def absolute_path(path: str) -> str:
    """From where ansible-playbook was started, whatever the environment says of it. No path stays none."""
    return os.path.abspath(os.path.expanduser(path)) if path else ""


def runbook(folder: str) -> dict[str, str]:
    """The texts of the runbook's pages in the folder, by their paths."""
    found = {}
    for name in ("unity", "jumpcloud"):
        for suffix in (".md", ".html"):
            path = os.path.join(folder, name + suffix)
            if folder and os.path.isfile(path):
                with open(path, encoding="utf-8") as stream:
                    found[path] = stream.read()
    return found


def summary_with_command(preflight: t.Mapping[str, t.Any], results: t.Mapping[str, t.Any], entry: str = "") -> dict[str, t.Any]:
    """The summary, with the command to run next where a person has to do something."""
    return summary(preflight, results, entry, next_command(context.CLIARGS, entry))


def next_command(typed: t.Mapping[str, t.Any], entry: str) -> str:
    """The command as it was typed, with the files of variables, but without values: there may be secrets among them. After an audit something is done."""
    playbooks = ["unity_jumpcloud.scim.provision"] if entry == "audit" else typed.get("args") or ()
    files = [given for given in typed.get("extra_vars") or () if given.startswith("@")]
    return shlex.join(["ansible-playbook", *playbooks, *(part for given in files for part in ("-e", given))]) if playbooks else ""


class FilterModule:
    """Each has its documentation beside this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {
            "absolute_path": absolute_path,
            "scim_failure": failure,
            "scim_is_active": is_active,
            "scim_is_delivered": is_delivered,
            "scim_joined": joined,
            "scim_looked_at": looked_at,
            "scim_runbook": runbook,
            "scim_summary": summary_with_command,
        }
