# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted file is written whole or not at all, and gives back what it was given."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.vaulted_key import run
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import KEY_ID, SECRET

KEY = {"key_id": KEY_ID, "secret_key": SECRET}
PASSWORD = "correct horse"
UNSAID = {"unity_organization_id": None, "jumpcloud_organization_id": None, "service_account": None, "key_name": "unity_jumpcloud.scim"}
OWNER = {"unity_organization_id": "123", "service_account": "JumpCloud SCIM"}


def options(path: Path, **given: t.Any) -> dict[str, t.Any]:
    return {"path": str(path), "password": PASSWORD, "state": "read", "purpose": "provisioning", "key_id": None, "secret_key": None, **UNSAID, **given}


def kept(path: Path, check_mode: bool = False, **given: t.Any) -> dict[str, t.Any]:
    return run(options(path, **{"state": "present", **KEY, **given}), check_mode)


def encrypted(path: Path, text: str) -> Path:
    path.write_bytes(VaultLib().encrypt(text, VaultSecret(PASSWORD.encode())))
    return path


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "key.yml"
    assert run(options(path), False) == {"changed": False, "key": None}
    assert kept(path) == {"changed": True, "key": KEY}
    assert (
        path.stat().st_mode & 0o777 == 0o600
        and path.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;1.1;AES256")
        and os.listdir(tmp_path) == ["key.yml"]
    )
    assert run(options(path), False) == {"changed": False, "key": KEY}


def test_the_same_key_again_is_no_change(tmp_path: Path) -> None:
    kept(tmp_path / "key.yml")
    before = (tmp_path / "key.yml").read_bytes()
    assert kept(tmp_path / "key.yml")["changed"] is False and (tmp_path / "key.yml").read_bytes() == before
    assert kept(tmp_path / "key.yml", secret_key="another")["changed"] is True and (tmp_path / "key.yml").read_bytes() != before


@pytest.mark.parametrize(
    "purpose, variables",
    [
        ("provisioning", ["scim_provisioning_key_id", "scim_provisioning_secret_key"]),
        ("audit", ["scim_provisioning_audit_key_id", "scim_provisioning_audit_secret_key"]),
        ("jumpcloud", ["scim_provisioning_jumpcloud_client_id", "scim_provisioning_jumpcloud_client_secret"]),
    ],
)
def test_the_file_holds_the_variables_of_its_purpose(tmp_path: Path, purpose: str, variables: list[str]) -> None:
    path = tmp_path / "key.yml"
    kept(path, purpose=purpose)
    held = yaml.safe_load(VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes()))
    assert held == dict(zip(variables, KEY.values())) and run(options(path, purpose=purpose), False)["key"] == KEY


class UnsafeText(str):
    """As AnsibleUnsafeText of ansible-core 2.18, which stays one when a str is made of it."""

    def __str__(self) -> str:  # pylint: disable=invalid-str-returned
        return self


def test_a_key_that_another_task_has_returned(tmp_path: Path) -> None:
    kept(tmp_path / "key.yml", **{name: UnsafeText(value) for name, value in KEY.items()})
    assert run(options(tmp_path / "key.yml"), False)["key"] == KEY


def test_check_mode_writes_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path / "key.yml", check_mode=True) == {"changed": True, "key": KEY} and os.listdir(tmp_path) == []


def test_the_file_is_a_vars_file_of_the_role(tmp_path: Path) -> None:
    kept(tmp_path / "key.yml", key_id="0123", secret_key="yes")
    text = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt((tmp_path / "key.yml").read_bytes())
    assert yaml.safe_load(text) == {"scim_provisioning_key_id": "0123", "scim_provisioning_secret_key": "yes"}


def test_a_file_that_the_first_version_wrote(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "key.yml", "scim_provisioning_key_id: %s\nscim_provisioning_secret_key: %s\n" % (KEY_ID, SECRET))
    assert run(options(path), False)["key"] == KEY


@pytest.mark.parametrize(
    "text", ["", "[]", "scim_provisioning_key_id: a", "a: [", "!!python/object:os.system {}", "just words"], ids=lambda text: text or "empty"
)
def test_a_file_of_another_kind(tmp_path: Path, text: str) -> None:
    path = encrypted(tmp_path / "key.yml", text)
    before = path.read_bytes()
    for state in ({}, {"state": "present", **KEY}):
        with pytest.raises(ScimError, match="can't be decrypted with this password, or is not a file that this module wrote. Nothing was changed."):
            run(options(path, **state), False)
    assert path.read_bytes() == before


def test_another_password(tmp_path: Path) -> None:
    kept(tmp_path / "key.yml")
    with pytest.raises(ScimError, match="can't be decrypted") as caught:
        run(options(tmp_path / "key.yml", password="wrong"), False)
    assert SECRET not in caught.value.sentence() and "wrong" not in caught.value.sentence()


def test_a_file_that_is_not_encrypted(tmp_path: Path) -> None:
    (tmp_path / "key.yml").write_text("scim_provisioning_key_id: a", encoding="utf-8")
    with pytest.raises(ScimError, match="can't be decrypted"):
        run(options(tmp_path / "key.yml"), False)


@pytest.mark.parametrize("given", [{"path": ""}, {"password": ""}])
def test_no_path_or_no_password(tmp_path: Path, given: dict[str, t.Any]) -> None:
    with pytest.raises(ScimError, match="needs a path and a password") as caught:
        run({**options(tmp_path / "key.yml"), **given}, False)
    assert caught.value.hint == "Set scim_provisioning_vaulted_file and scim_provisioning_vaulted_file_password."


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("name", ["key_id", "secret_key"])
@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_no_key_does_not_take_the_place_of_one(tmp_path: Path, name: str, nothing: str, check_mode: bool) -> None:
    path = tmp_path / "key.yml"
    kept(path)
    before = path.read_bytes()
    # the file is not even looked at
    for password in (PASSWORD, "wrong"):
        with pytest.raises(ScimError, match="^There is no key to keep: key_id or secret_key is empty. Nothing was changed.$"):
            kept(path, check_mode, password=password, **{name: nothing})
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe", "no folder", "folder of others"])
def test_what_can_not_be_replaced_is_refused_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / "key.yml"
    if kind.endswith("link"):
        path.symlink_to(encrypted(tmp_path / "other.yml", "{}") if kind == "link" else tmp_path / "missing")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "no folder":
        path = tmp_path / "missing" / "key.yml"
    else:
        monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(ScimError, match="can't be the store of the key. It must be a regular file, no symbolic link, in a folder that exists and is writable"):
        run(options(path), False)


def test_a_file_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path / "key.yml")

    def refuse(*_given: t.Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ScimError, match=r"can't be read \(Permission denied\)"):
        run(options(tmp_path / "key.yml"), False)


def content_of(path: Path) -> t.Any:
    return yaml.safe_load(VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes()))


@pytest.mark.parametrize("purpose, variable", [("provisioning", "scim_provisioning_vaulted_file"), ("audit", "scim_provisioning_audit_key_file")])
@pytest.mark.parametrize(
    "other, said",
    [
        ({"service_account": "B"}, 'that of the service account "JumpCloud SCIM"'),
        ({"unity_organization_id": "999"}, 'that of the Unity organization "123"'),
        ({"key_name": "second"}, 'that of keys called "unity_jumpcloud.scim"'),
    ],
)
def test_the_key_of_another_use_is_neither_read_nor_overwritten(tmp_path: Path, purpose: str, variable: str, other: dict[str, str], said: str) -> None:
    path = tmp_path / "key.yml"
    kept(path, purpose=purpose, **OWNER)
    before = path.read_bytes()
    for state in ({}, {"state": "present", **KEY}):
        with pytest.raises(ScimError, match="holds the key of another use: ") as caught:
            run(options(path, purpose=purpose, **{**OWNER, **other}, **state), False)
        assert said in caught.value.message and caught.value.message.endswith("Nothing was changed.") and SECRET not in caught.value.sentence()
        assert str(caught.value.hint).startswith("Set %s to another file" % variable)
    assert path.read_bytes() == before
    assert run(options(path, purpose=purpose, **OWNER), False)["key"] == KEY


@pytest.mark.parametrize(
    "other, said",
    [
        ({"jumpcloud_organization_id": "5f0a"}, 'that of the JumpCloud organization "66b0"'),
        ({"service_account": "second"}, 'that of the service account "first"'),
    ],
)
def test_the_client_of_another_organization_is_neither_read_nor_overwritten(tmp_path: Path, other: dict[str, str], said: str) -> None:
    owner = {"purpose": "jumpcloud", "service_account": "first", "jumpcloud_organization_id": "66b0"}
    kept(tmp_path / "key.yml", **owner)
    for state in ({}, {"state": "present", **KEY}):
        with pytest.raises(ScimError, match=said) as caught:
            run(options(tmp_path / "key.yml", **{**owner, **other}, **state), False)
        assert str(caught.value.hint).startswith("Set bootstrap_jumpcloud_file to another file")
    assert run(options(tmp_path / "key.yml", **owner), False)["key"] == KEY
    assert content_of(tmp_path / "key.yml")["scim_kept_for_jumpcloud_organization_id"] == "66b0"


def test_the_file_tells_whose_key_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "key.yml"
    kept(path, **{**OWNER, "service_account": UnsafeText("JumpCloud SCIM")})
    assert content_of(path) == {
        "scim_provisioning_key_id": KEY_ID,
        "scim_provisioning_secret_key": SECRET,
        "scim_kept_for_unity_organization_id": "123",
        "scim_kept_for_service_account": "JumpCloud SCIM",
        "scim_kept_for_key_name": "unity_jumpcloud.scim",
    }
    assert kept(path, **OWNER)["changed"] is False
    # whoever does not say whose it is goes on as before
    assert run(options(path), False)["key"] == KEY


def test_a_file_that_does_not_tell_is_taken_and_tells_it_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "key.yml"
    kept(path)
    assert run(options(path, **OWNER), False)["key"] == KEY
    assert kept(path, **OWNER)["changed"] is True and kept(path, **OWNER)["changed"] is False
    with pytest.raises(ScimError, match="another use"):
        run(options(path, **{**OWNER, "service_account": "B"}), False)


@pytest.mark.parametrize("given", [{}, {"service_account": "JumpCloud SCIM"}])
def test_whose_key_it_is_does_not_get_lost(tmp_path: Path, given: dict[str, str]) -> None:
    """Where another key is written, and it is not said, or not wholly, whose it is."""
    path = tmp_path / "key.yml"
    kept(path, **OWNER)
    before = content_of(path)
    assert kept(path, key_id="another", **given)["changed"] is True
    assert content_of(path) == {**before, "scim_provisioning_key_id": "another"}
    for other in ({"service_account": "B"}, {"unity_organization_id": "999"}):
        with pytest.raises(ScimError, match="another use"):
            run(options(path, **{**OWNER, **other}), False)


@pytest.mark.parametrize("mode, is_due", [(0o644, True), (0o640, True), (0o700, True), (0o600, False), (0o400, False)])
def test_a_file_that_others_may_read(tmp_path: Path, mode: int, is_due: bool) -> None:
    path = tmp_path / "key.yml"
    kept(path)
    path.chmod(mode)
    assert run(options(path), False)["changed"] is False
    assert kept(path, check_mode=True)["changed"] is is_due and path.stat().st_mode & 0o777 == mode
    assert kept(path) == {"changed": is_due, "key": KEY}
    assert path.stat().st_mode & 0o777 == (0o600 if is_due else mode) and kept(path)["changed"] is False
