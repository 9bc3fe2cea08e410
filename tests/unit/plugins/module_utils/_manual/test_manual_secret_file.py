# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret file: private, never followed, never shown, never overwritten if it is something else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile, WrongContent
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import HEADER, KEY_ID, SECRET


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secret"


def put(path: Path, text: str, mode: int = 0o600) -> SecretFile:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return SecretFile(str(path))


@pytest.mark.parametrize(
    "text",
    [
        HEADER,
        HEADER + "\n",
        "\ufeff" + HEADER + "\r\n",
        "Authorization: " + HEADER,
        "key_id: %s\nsecret_key: %s\n" % (KEY_ID, SECRET),
        "Secret key: %s\r\n\r\nKey ID: %s" % (SECRET, KEY_ID),
        "secret_key=%s\nkey_id=%s\n" % (SECRET, KEY_ID),
    ],
)
def test_both_forms_are_read(path: Path, text: str) -> None:
    assert put(path, text).read() == HEADER


@pytest.mark.parametrize("text", ["", "\n", "  \n\n"])
def test_empty_file_is_not_there_yet(path: Path, text: str) -> None:
    assert put(path, text).read() is None


def test_missing_file_is_not_there_yet(path: Path) -> None:
    assert SecretFile(str(path)).read() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Bearer abcdefghij", "does not start with 'Basic '"),
        (SECRET, "does not start with 'Basic '"),
        ("Basic %s" % SECRET, "does not hold a key"),
        ("key_id: %s" % KEY_ID, "a key ID only"),
        ("secret_key: %s" % SECRET, "a secret key only"),
        ("key_id: %s\nkey_id: %s" % (KEY_ID, KEY_ID), "twice"),
        ("key_id: %s\nsecret_key: %s\nmore" % (KEY_ID, SECRET), "neither"),
        ("x" * 9000, "larger than a key"),
    ],
)
def test_wrong_content_is_told_and_not_shown(path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongContent) as caught:
        put(path, text).read()
    assert said in caught.value.sentence() and "Write either" in caught.value.sentence()
    assert SECRET not in everything_in(caught.value) and text.split("Basic ")[-1] not in caught.value.sentence()


def test_binary_content_is_told(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(WrongContent, match="holds no text"):
        SecretFile(str(path)).read()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o700, 0o666])
def test_file_that_is_too_open_is_refused(path: Path, mode: int) -> None:
    with pytest.raises(ScimError, match="has mode %04o" % mode):
        put(path, HEADER, mode).read()


def test_narrower_mode_is_fine(path: Path) -> None:
    assert put(path, HEADER, 0o400).read() == HEADER


def test_symbolic_link_is_refused_by_all(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    put(target, HEADER)
    path.symlink_to(target)
    for use in (SecretFile(str(path)).read, SecretFile(str(path)).remove, lambda: SecretFile(str(path)).write(HEADER)):
        with pytest.raises(ScimError, match="is a symbolic link"):
            use()
    assert target.read_text(encoding="utf-8") == HEADER and path.is_symlink()


def test_dangling_link_is_not_written_through(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "nothing")
    with pytest.raises(ScimError, match="is a symbolic link"):
        SecretFile(str(path)).write(HEADER)
    assert not (tmp_path / "nothing").exists()


def test_directory_and_pipe_are_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ScimError, match="is not a regular file"):
        SecretFile(str(tmp_path)).read()
    os.mkfifo(path, 0o600)
    with pytest.raises(ScimError, match="is not a regular file"):
        SecretFile(str(path)).read()


def test_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file = put(path, HEADER)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(ScimError, match="belongs to another user"):
        secret_file.read()


def test_written_file_is_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        SecretFile(str(path)).write(HEADER)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and SecretFile(str(path)).read() == HEADER
    assert [found.name for found in path.parent.iterdir()] == ["secret"]


def test_another_key_is_replaced_and_anything_else_is_not(path: Path) -> None:
    put(path, "key_id: old\nsecret_key: other\n").write(HEADER)
    assert path.read_text(encoding="utf-8") == HEADER + "\n"
    path.write_text("my shopping list", encoding="utf-8")
    with pytest.raises(ScimError, match="It was not overwritten"):
        SecretFile(str(path)).write(HEADER)
    assert path.read_text(encoding="utf-8") == "my shopping list"


def test_folder_that_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(ScimError, match="in a folder that everybody may write to"):
        SecretFile(str(tmp_path / "secret")).write(HEADER)


def test_removal(path: Path) -> None:
    assert put(path, HEADER).remove() and not path.exists()
    assert not SecretFile(str(path)).remove()


def test_commands_quote_the_path() -> None:
    secret_file = SecretFile("/a folder/it's; rm -rf")
    assert secret_file.command_to_show == "cat '/a folder/it'\"'\"'s; rm -rf'"
    assert secret_file.command_to_fill.startswith("(umask 077 && cat > '/a folder/")


OTHER = authorization_header("another-key", "z8Zr5tVw2xYb4nMk7pLs9dFg3hJc6aQf")


@pytest.mark.parametrize("only_over", [None, [KEY_ID], [KEY_ID, ""]])
def test_a_key_that_may_be_replaced_is_overwritten(path: Path, only_over: list[str] | None) -> None:
    secret_file = put(path, HEADER)
    secret_file.write(OTHER, only_over)
    assert secret_file.read() == OTHER


@pytest.mark.parametrize("only_over", [[], [""], ["a third key"]])
def test_a_key_that_somebody_else_has_put_there_is_not_overwritten(path: Path, only_over: list[str]) -> None:
    secret_file = put(path, HEADER)
    with pytest.raises(ScimError, match="that somebody else has put there. It was not overwritten") as caught:
        secret_file.write(OTHER, only_over)
    assert secret_file.read() == HEADER and SECRET not in everything_in(caught.value)
    # the same one, in whichever form
    secret_file.write(HEADER, only_over)
    path.unlink()
    secret_file.write(OTHER, only_over)
    assert secret_file.read() == OTHER
