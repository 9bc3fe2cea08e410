# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logic of a module may know of its surroundings. Nothing in here depends on AnsibleModule."""

from __future__ import annotations

import random
import secrets
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.commands import GIVEN, RUN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Progress
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker


@dataclass(frozen=True)
class Clock:
    """Time and chance, so that tests can hold both still. All times are in seconds."""

    now: t.Callable[[], float] = time.monotonic
    wall: t.Callable[[], float] = time.time
    sleep: t.Callable[[float], None] = time.sleep
    random: t.Callable[[], float] = random.random

    def rfc3339(self, seconds_ago: float = 0.0) -> str:
        """The time, to the second and in UTC, as RFC 3339 section 5.6 has it."""
        return rfc3339(at(self.wall() - seconds_ago))


def _quiet(message: str) -> None:
    """Drop a message."""


@dataclass(frozen=True)
class Context:
    """One run of a module's logic.

    ``check_mode``: nothing may be written. ``diff_mode``: what is shown may name people. ``warn`` shows a message to the operator. ``progress``
    remembers what was done. ``announce`` shows at once that a long wait goes on. ``command`` is the one to type for the next run, and ``provision`` the
    one that does not rotate again; empty where they are not known. ``given``: the files of variables, as a command goes on with them.
    ``open_session`` makes the HTTP session (default: a plain ``requests.Session``). ``make_nonce`` gives a short text that never repeats.
    """

    check_mode: bool = False
    diff_mode: bool = False
    warn: t.Callable[[str], None] = _quiet
    masker: Masker = field(default_factory=Masker)
    progress: Progress = field(default_factory=Progress)
    clock: Clock = field(default_factory=Clock)
    open_session: t.Callable[[], t.Any] | None = None
    make_nonce: t.Callable[[], str] = lambda: secrets.token_hex(6)
    announce: t.Callable[[str], None] = _quiet
    command: str = ""
    provision: str = ""
    given: str = GIVEN

    def playbook(self, name: str) -> str:
        """The command that runs another playbook of this collection, with the variables of this run."""
        return RUN % name + self.given

    def say(self, line: str) -> None:
        """Announce a line that may hold a secret."""
        self.announce(self.masker.redact(line))
