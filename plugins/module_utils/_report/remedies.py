# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about what an audit found: in words, and as the command to type. Pure.

As in the guides, ``@vars.yml`` stands for the reader's own variables, and ADDRESS for a person's address.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import commands

PROVISION = commands.PLAYBOOK % "provision"
PREVIEW = PROVISION + " --check --diff"
# now, whatever the age that the reader's variables let a key reach
ROTATE_KEY = commands.PLAYBOOK % "rotate_key" + " -e scim_provisioning_rotate=always"
PREFLIGHT = commands.PLAYBOOK % "preflight"
AUDIT = commands.AUDIT + " --diff"
PROVISION_USER = commands.PLAYBOOK % "provision_user" + " -e scim_provisioning_user=%s"
ANYBODY = PROVISION_USER % "ADDRESS"
# an address that means the same in a shell, in a variable of Ansible, and to whoever reads it
PLAIN_ADDRESS = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9][A-Za-z0-9.-]*\Z")
# after whatever else the remedy says; for other causes, provisioning one of the people again shows whether it helped
BY_CAUSE = {"key_refused": ROTATE_KEY, "role_missing": PROVISION}


class Remedy(t.NamedTuple):
    words: str
    command: str | None = None


RUN = Remedy("Run the provision playbook.", PROVISION)


def run_then(more: str) -> Remedy:
    return Remedy("%s %s" % (RUN.words, more), RUN.command)


def of_cause(failure: t.Mapping[str, t.Any]) -> str:
    """The command for a cause of failures. It names nobody."""
    return BY_CAUSE.get(failure["cause"], ANYBODY)


def for_people(failure: t.Mapping[str, t.Any]) -> str:
    """The same where people may be named: of one person alone, the address is filled in."""
    named = [person["email"] or "" for person in failure["people"][:1]] if failure["open_people_count"] == 1 else []
    command = of_cause(failure)
    return PROVISION_USER % named[0] if command == ANYBODY and named and PLAIN_ADDRESS.match(named[0]) else command
