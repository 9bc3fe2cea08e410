# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event source remembers from one run to the next: identities and times, no addresses, and no secret."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import read_regular, require_writable, write_atomically
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.watching import Memory

VERSION = 1
# more than what is remembered at the most
LARGEST = 8 * 1024 * 1024
SHAPE = {"version": int, "application_id": str, "floor": str, "seen": dict, "outcomes": dict, "losses": list, "told": str}


class Unusable(Exception):
    """There is a state, but not one to go on with. The text says why."""


def load(path: str, application_id: str) -> Memory | None:
    """The state; None where there is none yet. ScimError where the path is not for this watch."""
    content = _read(path)
    if content is None:
        return None
    try:
        found = check_shape(json.loads(content), SHAPE, "the file")
        if found["version"] != VERSION:
            raise Unusable("it has version %d, and this collection reads version %d" % (found["version"], VERSION))
        memory = Memory(
            _time(found["floor"]),
            {identity: _time(at) for identity, at in found["seen"].items()},
            {who: (_time(at), bool(failed)) for who, (at, failed) in found["outcomes"].items()},
            tuple((_time(at), str(who)) for at, who in found["losses"]),
            found["told"],
        )
    except ShapeMismatch as mismatch:
        raise Unusable("it is damaged: expected %s, got %s" % (mismatch.expected, mismatch.got)) from None
    except (ValueError, TypeError, RecursionError):
        raise Unusable("it is damaged") from None
    if found["application_id"] != application_id:
        raise ScimError(
            "The state file %s is of the application %s, and this watch is of %s." % (quoted(path), quoted(found["application_id"]), quoted(application_id)),
            "Give each watch a state_file of its own.",
        )
    return memory


def prepare(path: str) -> None:
    """Show that the state can be written, by making the folder, or by replacing the file by itself. ScimError where it can't."""
    content = _read(path)
    if content is None:
        require_writable(path, "state_file")
    else:
        # what is no text is damaged, and stays it
        write_atomically(path, content.decode("utf-8", "backslashreplace"), 0o600, "state_file")


def save(path: str, application_id: str, memory: Memory) -> None:
    """Replace the file, readable by nobody else."""
    state = {
        "version": VERSION,
        "application_id": application_id,
        "floor": memory.floor.isoformat(),
        "seen": {identity: at.isoformat() for identity, at in memory.seen.items()},
        "outcomes": {who: [at.isoformat(), failed] for who, (at, failed) in memory.outcomes.items()},
        "losses": [[at.isoformat(), who] for at, who in memory.losses],
        "told": memory.told,
    }
    write_atomically(path, json.dumps(state) + "\n", 0o600, "state_file")


def _read(path: str) -> bytes | None:
    try:
        return read_regular(path, LARGEST)
    except OSError as error:
        raise ScimError(
            "Can't read the state file %s: %s." % (quoted(path), error.strerror or type(error).__name__),
            "Choose another path for state_file, where the user who runs ansible-rulebook can read and write.",
        ) from None


def _time(value: t.Any) -> datetime:
    found = moment_of(value)
    if found is None:
        raise ValueError(value)
    return found
