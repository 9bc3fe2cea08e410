# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that was typed, as people are told to type it again. Only the controller's own process knows it."""

from __future__ import annotations

import shlex
import typing as t


def next_command(typed: t.Mapping[str, t.Any], entry: str = "") -> str:
    """The command as it was typed, with the files of variables, but without values: there may be secrets among them. After an audit something is done."""
    playbooks = ["unity_jumpcloud.scim.provision"] if entry == "audit" else typed.get("args") or ()
    return shlex.join(["ansible-playbook", *playbooks]) + given_files(typed) if playbooks else ""


def given_files(typed: t.Mapping[str, t.Any]) -> str:
    """The files of variables."""
    return "".join(" -e " + shlex.quote(given) for given in typed.get("extra_vars") or () if given.startswith("@"))


def provision_command(typed: t.Mapping[str, t.Any], entry: str = "") -> str:
    """The command for what an entry point has left over: to rotate again would ask for yet another key."""
    return next_command(typed, "audit" if entry == "rotate" else entry)
