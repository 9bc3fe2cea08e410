# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever wants to see people in an audit gets the key for it with one command, and it is never delivered."""

from __future__ import annotations

import shlex
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stories.pair import PEOPLE, Pair, Seed, account_of, finished

COMMAND = "ansible-playbook unity_jumpcloud.scim.audit_key -e @vars.yml"
GO_ON = "ansible-playbook unity_jumpcloud.scim.audit_key -e "
ACCOUNT = "JumpCloud SCIM audit"
KEY_ID = "2b6f0cc9-0000-4000-8000-c0f190000001"
SECRET_KEY = "SENTINELconfiguredkeysecret8a2f0"
NO_OWNER = {"UNITY_ACCESS_TOKEN": None}
BY_ENVIRONMENT = {"UNITY_SCIM_AUDIT_KEY_ID": KEY_ID, "UNITY_SCIM_AUDIT_SECRET_KEY": SECRET_KEY}


def without_role(seed: Seed) -> None:
    account_of(seed)["roles"] = []


def test_everything_that_lacks_the_key_names_the_one_command(pair: Pair) -> None:
    pair.begin("configured", finished)
    assert pair.play("audit", check=True).said("there is no key to read Unity's users with. To get a key for audits, run: " + COMMAND)
    pair.play("provision_user", extra_vars={"scim_provisioning_user": PEOPLE[0]}).failed(
        "There is no key to see the person in Unity with.", "run the playbook unity_jumpcloud.scim.audit_key with the same variables"
    )


def test_a_person_is_asked_and_the_next_run_proves_the_key(pair: Pair, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    given = {"scim_provisioning_runbook_dir": str(tmp_path / "runbook")}
    first = pair.play("audit_key", env=NO_OWNER, extra_vars=given).succeeded()
    assert first.said("A person has to make a key for audits: 10 steps.", f"Runbook: {tmp_path}/runbook/scim.html", GO_ON)
    page = (tmp_path / "runbook" / "scim.md").read_text(encoding="utf-8")
    # with the file that was given
    assert first.entries == [] and GO_ON in page and "@vars.yml" not in page

    elsewhere = {"scim_provisioning_audit_key_file": str(tmp_path / "none.yml"), "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-2b19"}
    second = pair.play("audit_key", env={**NO_OWNER, **BY_ENVIRONMENT}, extra_vars={**given, **elsewhere}).succeeded()
    assert not second.said("none.yml") and not second.said("--ask-vault-pass"), "the file does not hold the key"
    assert second.said(f"The key for audits {KEY_ID} can read Unity's people (3 users).", "Next: ansible-playbook unity_jumpcloud.scim.audit -e ")
    assert second.services == {"unity-scim"} and second.writes == []

    audit = pair.play("audit", env=BY_ENVIRONMENT).succeeded()
    assert audit.said("all 3 expected people have their accounts")


def test_a_refused_key_is_an_error_with_the_command(pair: Pair) -> None:
    pair.begin("configured", without_role)
    pair.play("audit_key", env={**NO_OWNER, **BY_ENVIRONMENT}).failed("HTTP 403", "Assign it.", GO_ON)


def test_a_key_is_made_and_kept_in_a_file_that_an_audit_takes(pair: Pair, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    kept, password = tmp_path / "localhost.audit.yml", "SENTINEL-vault-password-2b19"
    pair.more_secrets.append(password)
    given = {"scim_provisioning_audit_key_file": str(kept), "scim_provisioning_vaulted_file_password": password}
    preview = pair.play("audit_key", check=True, extra_vars=given).succeeded()
    assert preview.said(f"A key for audits would be made. Its place is {kept}.") and preview.writes == [] and not kept.exists()

    first = pair.play("audit_key", extra_vars=given).succeeded()
    assert first.said("A key for audits was made, and can read Unity's people (3 users).", f"-e {shlex.quote(f'@{kept}')} --ask-vault-pass")
    assert len(pair.keys(ACCOUNT)) == 1 and kept.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
    assert pair.keys() == [KEY_ID]

    another = pair.play("audit_key", extra_vars={**given, "scim_provisioning_audit_service_account": "B"})
    another.failed("holds the key of another use", "Set scim_provisioning_audit_key_file to another file")
    assert another.writes == []
    second = pair.play("audit_key", extra_vars={**given, "scim_provisioning_audit_key_file": f"{tmp_path}/"}).succeeded()
    assert second.writes == [] and second.changed == 0 and second.said("can read Unity's people (3 users).")

    secret = tmp_path / "password"
    secret.write_text(password, encoding="utf-8")
    audit = pair.play("audit", "-e", f"@{kept}", "--vault-password-file", str(secret)).succeeded()
    assert audit.said("all 3 expected people have their accounts")


def test_a_key_that_can_not_be_kept_is_revoked(pair: Pair, tmp_path: Path) -> None:
    pair.begin("configured", finished)
    kept = tmp_path / "folder" / "audit_key.yml"
    given = {"scim_provisioning_audit_key_file": str(kept), "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-2b19"}
    pair.play("audit_key", extra_vars=given).failed("can't be the store of the key")
    assert pair.keys(ACCOUNT) == []


@pytest.mark.parametrize("status", [403, 500])
def test_a_key_that_can_be_neither_kept_nor_revoked_is_named(pair: Pair, tmp_path: Path, status: int) -> None:
    pair.begin("configured", finished)
    folder = tmp_path / "folder"
    folder.mkdir()
    given = {"scim_provisioning_audit_key_file": str(folder / "audit_key.yml"), "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-2b19"}
    # long enough for the folder to go between the look at it and the key
    pair.fault("hang", "unity-scim", "GET", "/Users", seconds=2)
    pair.fault("status", "unity-admin", "DELETE", "/keys/", times=0, status=status)
    with ThreadPoolExecutor() as pool:
        gone = pool.submit(remove_once_there_is_a_key, pair, folder)
        run = pair.play("audit_key", extra_vars=given, may_warn=True)
        gone.result()
    key, *others = pair.keys(ACCOUNT)
    run.failed("can't be the store of the key", f"The key {key}", "could not be revoked either", f"HTTP {status}")
    assert others == []


def remove_once_there_is_a_key(pair: Pair, folder: Path) -> None:
    end = time.monotonic() + 60
    while not pair.keys(ACCOUNT):
        assert time.monotonic() < end
        time.sleep(0.05)
    shutil.rmtree(folder)
