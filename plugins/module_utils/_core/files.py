# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are read only if they are what they should be, and replaced as a whole, or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted

LARGEST = 64 * 1024 * 1024


class TooLarge(OSError):
    """A file holds more than anything that is wanted there."""


def _anything(_found: os.stat_result) -> None:
    """No demand on the file's owner and mode."""


def read_regular(path: str, largest: int = LARGEST, require: t.Callable[[os.stat_result], None] = _anything) -> bytes | None:
    """The content of a regular file; None where there is none. ``require`` may refuse it by the owner and the mode of what was really opened.

    OSError, in words, for everything else: a symbolic link may lead anywhere, and reading a pipe or a device could wait for ever.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError:
        if os.path.islink(path):
            raise OSError(0, "it is a symbolic link") from None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is a directory" if stat.S_ISDIR(found.st_mode) else "it is not a regular file")
        require(found)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(largest + 1)
    finally:
        os.close(descriptor)
    if len(content) > largest:
        raise TooLarge(0, "it is too large")
    return content


@dataclass(frozen=True)
class NewFile:
    """What a file shall hold. ``option`` is where its path comes from."""

    path: str
    text: str
    mode: int
    option: str


def write_atomically(path: str, text: str, mode: int, option: str) -> None:
    """Replace the file. A symbolic link at ``path`` is replaced too, never followed."""
    write_together([NewFile(path, text, mode, option)])


def write_together(files: t.Sequence[NewFile]) -> None:
    """Replace the files in their order, each as write_atomically does. None is replaced unless all could be written beside their places."""
    staged: list[tuple[NewFile, str]] = []
    try:
        for file in files:
            with _explained(file):
                if os.path.isdir(file.path):
                    raise IsADirectoryError(0, "it is a directory")
                _stage(file, staged)
        for file, temporary in staged:
            with _explained(file):
                os.replace(temporary, file.path)
    finally:
        for _unused, temporary in staged:
            if os.path.exists(temporary):
                os.unlink(temporary)


def _stage(file: NewFile, staged: list[tuple[NewFile, str]]) -> None:
    # made with mode 0600, exclusively
    descriptor, temporary = tempfile.mkstemp(prefix=".%s." % os.path.basename(file.path)[:200], dir=os.path.dirname(os.path.abspath(file.path)))
    staged.append((file, temporary))
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(file.text)
        stream.flush()
        os.fchmod(stream.fileno(), file.mode)
        os.fsync(stream.fileno())


@contextmanager
def _explained(file: NewFile) -> t.Iterator[None]:
    """Turns what the system says into what to do."""
    try:
        yield
    except OSError as error:
        raise ScimError(
            "Can't write %s: %s." % (quoted(file.path), error.strerror or type(error).__name__),
            "Choose another path for %s, in a folder that exists and that the user who runs Ansible can write to." % file.option,
        ) from None
