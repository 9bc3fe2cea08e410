# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced as a whole, or not at all."""

from __future__ import annotations

import os
import tempfile
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted


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
