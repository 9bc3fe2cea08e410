# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced as a whole or not at all, and read only if they are regular ones."""

from __future__ import annotations

import os
import stat
import tempfile
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted


@dataclass(frozen=True)
class NewFile:
    """What a file shall hold. ``option`` is where its path comes from; ``called`` is what messages call that."""

    path: str
    text: str
    mode: int
    option: str
    called: str = ""


class NotRegular(OSError):
    """There is something, but no regular file."""


class TooLarge(OSError):
    """There is more in the file than there can be."""


def _accept(_found: os.stat_result) -> None:
    """Nothing more is required of the file."""


def read_regular(path: str, largest: int, require: t.Callable[[os.stat_result], None] = _accept) -> bytes | None:
    """What a regular file holds; None where there is none. OSError, with the reason in ``strerror``, where it can't be read or is not to be.

    A symbolic link is not followed, and neither a pipe nor a device is waited for. ``require`` raises for a file that is not to be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError:
        if os.path.islink(path):
            raise NotRegular(0, "it is a symbolic link") from None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotRegular(0, "it is a directory" if stat.S_ISDIR(found.st_mode) else "it is not a regular file")
        require(found)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(largest + 1)
    finally:
        os.close(descriptor)
    if len(content) > largest:
        raise TooLarge(0, "it is too large")
    return content


def write_atomically(path: str, text: str, mode: int, option: str) -> None:
    """Replace the file. A symbolic link at ``path`` is replaced too, never followed."""
    write_together([NewFile(path, text, mode, option)])


def require_writable(path: str, option: str) -> None:
    """Make the folder of a file that is not there yet, open to nobody else, and show that a file can be written in it."""
    with _explained(NewFile(path, "", 0o600, option)):
        folder = os.path.dirname(os.path.abspath(path))
        os.makedirs(folder, 0o700, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()


def write_together(files: t.Sequence[NewFile], make_folders: bool = False) -> None:
    """Replace the files in their order, each as write_atomically does. None is replaced unless all could be written beside their places."""
    staged: list[tuple[NewFile, str]] = []
    try:
        for file in files:
            with _explained(file):
                if make_folders:
                    os.makedirs(os.path.dirname(os.path.abspath(file.path)), exist_ok=True)
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
            "Choose another path for %s, where the user who runs Ansible can write." % (file.called or file.option),
        ) from None
