# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced as a whole or not at all, and read only if they are regular ones."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import files
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import (
    NewFile,
    NotRegular,
    TooLarge,
    read_regular,
    write_atomically,
    write_together,
)


def new(path: Path, text: str = "new", mode: int = 0o600) -> NewFile:
    return NewFile(str(path), text, mode, "path")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    write_atomically(str(path), "gr\u00fc\u00df", 0o640, "path")
    assert (path.read_text(encoding="utf-8"), stat.S_IMODE(path.stat().st_mode), names(tmp_path)) == ("gr\u00fc\u00df", 0o640, ["file"])


def test_symbolic_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "link").symlink_to(target)
    write_together([new(tmp_path / "link")])
    assert target.read_text() == "precious" and not (tmp_path / "link").is_symlink() and (tmp_path / "link").read_text() == "new"


def test_long_name(tmp_path: Path) -> None:
    write_together([new(tmp_path / ("n" * 250))])
    assert names(tmp_path) == ["n" * 250]


@pytest.mark.parametrize("obstacle", ["folder", "no folder", "no space"])
def test_all_or_none(tmp_path: Path, obstacle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last of three can't be written: the others stay as they were, and nothing is left behind."""
    (tmp_path / "one").write_text("old")
    last = tmp_path / "three"
    if obstacle == "folder":
        last.mkdir()
    elif obstacle == "no folder":
        last = tmp_path / "none" / "three"
    else:

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files.os, "fsync", full)
    before = names(tmp_path)
    with pytest.raises(ScimError, match="Can't write ") as caught:
        write_together([new(tmp_path / "one"), new(tmp_path / "two"), new(last)])
    assert (names(tmp_path), (tmp_path / "one").read_text()) == (before, "old")
    assert "Choose another path for path, where" in caught.value.sentence()


def test_what_can_not_be_moved_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: str, _target: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(ScimError, match="Operation not permitted"):
        write_together([new(tmp_path / "one")])
    assert names(tmp_path) == []


def test_folder_that_is_not_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system refuses it to everybody but root."""

    def refuse(**_where: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(ScimError, match="Can't write .*one.: Permission denied"):
        write_together([new(tmp_path / "one")])
    assert names(tmp_path) == []


# ---- reading


def test_read_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\r\nb\xff")
    assert read_regular(str(tmp_path / "file"), 5) == b"a\r\nb\xff"
    assert read_regular(str(tmp_path / "none"), 5) is None


def test_more_than_there_can_be_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456")
    with pytest.raises(TooLarge, match="it is too large"):
        read_regular(str(tmp_path / "file"), 5)


@pytest.mark.parametrize(
    "kind, words",
    [
        ("folder", "it is a directory"),
        ("pipe", "it is not a regular file"),
        ("link", "it is a symbolic link"),
        ("dangling link", "it is a symbolic link"),
        ("loop", "it is a symbolic link"),
    ],
)
def test_what_is_no_regular_file_is_not_read(tmp_path: Path, kind: str, words: str) -> None:
    path, target = tmp_path / "file", tmp_path / "target"
    target.write_text("precious")
    links = {"link": target, "dangling link": tmp_path / "none", "loop": path}
    if kind in links:
        path.symlink_to(links[kind])
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    with pytest.raises(NotRegular, match=words):
        read_regular(str(path), 100)


def test_what_else_keeps_from_reading(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        read_regular(str(tmp_path / "file" / "another"), 100)


def test_the_caller_may_refuse_a_file(tmp_path: Path) -> None:
    """Before it is read, and by what is known of the opened file."""
    (tmp_path / "file").write_text("123456")
    (tmp_path / "file").chmod(0o640)
    seen: list[int] = []

    def refuse(found: os.stat_result) -> None:
        seen.append(stat.S_IMODE(found.st_mode))
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        read_regular(str(tmp_path / "file"), 1, refuse)
    assert seen == [0o640]
