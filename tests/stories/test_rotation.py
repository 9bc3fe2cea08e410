# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation without a gap: whoever joins while keys are rotated arrives, and JumpCloud is never refused."""

from __future__ import annotations

import base64
import os
import threading
import time

import pytest
from stories.pair import Pair, account_of, finished

ROTATIONS = int(os.environ.get("STORIES_ROTATIONS", "5"))
MAX_KEYS = 2


class Hiring(threading.Thread):
    """Puts somebody new into a group again and again, and watches the number of live keys meanwhile."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(name="hiring", daemon=True)
        self._pair = pair
        self._over = threading.Event()
        self.hired: list[str] = []
        self.key_counts: set[int] = set()
        self.trouble: list[Exception] = []

    def run(self) -> None:
        try:
            while not self._over.wait(0.3):
                email = f"new.hire{len(self.hired)}@example.com"
                self._pair.joins(email, "Unity Artists")
                self.hired.append(email)
                self.key_counts.add(len(self._pair.keys()))
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.trouble.append(error)

    def stop(self) -> None:
        self._over.set()
        self.join(30)
        assert not self.trouble, self.trouble


def refused_calls(pair: Pair) -> list[str]:
    """SCIM calls of JumpCloud's engine that did not succeed. A lookup of somebody new, and a group that is refused in a test, are no failures."""
    entries = pair.tenants.control("GET", "log")["entries"]
    return [
        f"{entry['status']} {entry['method']} {entry['path']}"
        for entry in entries
        if entry["by"] == "engine" and entry["status"] >= 400 and not entry["path"].endswith("/Groups")
    ]


def rotate(pair: Pair, **extra_vars: object) -> list[str]:
    """Rotate once; the engine's calls that were refused."""
    run = pair.play("rotate_key", extra_vars=extra_vars).succeeded()
    assert run.did()["retire_keys"] == ["revoke"], run.did()
    return refused_calls(pair)


def test_people_who_join_during_rotations_arrive(pair: Pair) -> None:
    """STORIES_ROTATIONS sets how many rotations: 5 by default, 50 for the figures of a release."""
    pair.begin("configured", finished)
    before = pair.people()
    hiring = Hiring(pair)
    hiring.start()
    refused, used = [], set(pair.keys())
    try:
        for _number in range(ROTATIONS):
            refused += rotate(pair)
            used |= set(pair.keys())
    finally:
        hiring.stop()
    assert refused == []
    assert hiring.hired and pair.people() == sorted(before + hiring.hired)
    assert hiring.key_counts <= set(range(1, MAX_KEYS + 1)) and min(hiring.key_counts) == 1
    assert len(pair.keys()) == 1 and len(used) == ROTATIONS + 1
    print(f"{ROTATIONS} rotations, {len(hiring.hired)} people joined meanwhile, live keys {sorted(hiring.key_counts)}")


def test_rotation_by_age_leaves_a_young_key_alone(pair: Pair) -> None:
    pair.begin("configured", finished)
    keys = pair.keys()
    run = pair.play("rotate_key", extra_vars={"scim_provisioning_key_max_age": 30}).succeeded()
    assert run.writes == [] and run.changed == 0 and pair.keys() == keys


@pytest.mark.parametrize("created_at", ["2026-01-01T00:00:00Z", None, "2999-01-01T00:00:00Z"])
def test_rotation_by_age(pair: Pair, created_at: str | None) -> None:
    def dated(seed: dict) -> None:
        finished(seed)
        account_of(seed)["keys"][0]["created_at"] = created_at

    pair.begin("configured", dated)
    keys = pair.keys()
    is_old = created_at == "2026-01-01T00:00:00Z"
    check = pair.play("rotate_key", check=True, extra_vars={"scim_provisioning_key_max_age": 30}, may_warn=not is_old).succeeded()
    assert check.writes == [] and bool(check.did()) == is_old
    run = pair.play("rotate_key", extra_vars={"scim_provisioning_key_max_age": 30}, may_warn=not is_old).succeeded()
    assert (pair.keys() != keys) == is_old and len(pair.keys()) == 1
    # a task with no_log may hide its warnings
    assert is_old or run.core < (2, 19) or run.said("can't be applied to it" if created_at is None else "in the future")


def test_what_all_runs_are_told_does_not_turn_a_rotation_off(pair: Pair) -> None:
    """A file of variables for every playbook wins over what a playbook gives the role."""
    pair.begin("configured", finished)
    keys = pair.keys()
    run = pair.play("rotate_key", extra_vars={"scim_provisioning_rotate": "auto"}).succeeded()
    assert run.did()["retire_keys"] == ["revoke"] and not set(pair.keys()) & set(keys)
    keys = pair.keys()
    refused = pair.play("rotate_key", extra_vars={"scim_provisioning_rotate": "never"})
    refused.failed("A rotation was asked for, but scim_provisioning_rotate is 'never'. Nothing was changed.")
    assert refused.writes == [] and pair.keys() == keys


def test_an_age_that_applies_to_no_key_is_told_until_one_is_made(pair: Pair) -> None:
    """After a change of the keys' name all of them are foreign."""

    def old(seed: dict) -> None:
        finished(seed)
        account_of(seed)["keys"][0]["created_at"] = "2026-01-01T00:00:00Z"

    pair.begin("configured", old)
    keys = pair.keys()
    given = {"scim_provisioning_key_name": "corp scim", "scim_provisioning_key_max_age": 30}
    check = pair.play("rotate_key", check=True, extra_vars=given, may_warn=True).succeeded()
    assert check.writes == [] and check.said('none was made under the name "corp scim", so max_age applies to none')
    audit = pair.play("audit", extra_vars={**given, "scim_provisioning_check_people": False}, may_warn=True).succeeded()
    assert audit.said("none of them was made by this collection, so the maximum age applies to none.")
    run = pair.play("rotate_key", extra_vars={**given, "scim_provisioning_rotate": "always"}, may_warn=True).succeeded()
    assert len(pair.keys()) == 2 and set(keys) < set(pair.keys()) and run.did()["service_account_key"] == ["create"]
    settled = pair.play("rotate_key", extra_vars=given).succeeded()
    assert settled.writes == []


def test_older_keys_are_kept_as_wanted_and_foreign_ones_always(pair: Pair) -> None:
    def with_foreign_key(seed: dict) -> None:
        finished(seed)
        account_of(seed)["keys"].append({"id": "2b6f0cc9-0000-4000-8000-c0f190000009", "secret": "SENTINELforeignkeysecret00aa11bb", "name": "by hand"})

    pair.begin("configured", with_foreign_key)
    for _number in range(3):
        pair.play("rotate_key", extra_vars={"scim_provisioning_keep_previous": 1}).succeeded()
    assert len(pair.keys()) == 3 and "2b6f0cc9-0000-4000-8000-c0f190000009" in pair.keys()
    # an audit with the same number is in sync, and one that wants none kept is not
    steps_only = {"scim_provisioning_check_people": False}
    assert pair.play("audit", extra_vars={**steps_only, "scim_provisioning_keep_previous": 1}).succeeded().changed == 0
    # unless the younger one is only minutes old: then a rotation could be under way
    assert pair.play("audit", extra_vars=steps_only).succeeded().said("A rotation seems to be under way")

    def with_two_managed_keys(seed: dict) -> None:
        finished(seed)
        account_of(seed)["keys"].append(
            {"id": "2b6f0cc9-0000-4000-8000-c0f190000009", "secret": "SENTINELsecondkeysecret00aa11bb", "name": "unity_jumpcloud.scim 000000000001"}
        )
        for number, key in enumerate(account_of(seed)["keys"]):
            key["created_at"] = f"2026-01-0{number + 1}T00:00:00Z"

    pair.begin("configured", with_two_managed_keys)
    pair.play("audit", extra_vars=steps_only).failed("service_account_key", "create", "retire_keys")


def test_no_room_for_another_key_is_found_before_anything_is_changed(pair: Pair) -> None:
    def full(seed: dict) -> None:
        finished(seed)
        account_of(seed)["keys"] += [
            {"id": f"2b6f0cc9-0000-4000-8000-c0f1900001{number:02}", "secret": f"SENTINELanotherkeysecret{number:08}", "name": "by hand"}
            for number in range(19)
        ]

    pair.begin("configured", full)
    run = pair.play("rotate_key").failed("The service account has 20 keys, and 20 are allowed. No key was created.", "1 of them was made by this collection")
    assert run.writes == [] and len(pair.keys()) == 20 and pair.is_active()


def test_store_gets_the_key_and_gives_it_back(pair: Pair) -> None:
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    store = pair.machine / "store" / "key.yml"
    store.parent.mkdir()
    given = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(store),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    pair.play("provision", extra_vars=given).succeeded()
    keys = pair.keys()
    assert store.stat().st_mode & 0o777 == 0o600 and store.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")

    pair.tenants.jumpcloud("DELETE", pair.tenants.provision)
    again = pair.play("provision", extra_vars=given).succeeded()
    assert pair.keys() == keys and pair.is_active()
    assert again.did() == {"identity_management": ["configure", "test", "activate"]}

    pair.play("rotate_key", extra_vars=given).succeeded()
    assert pair.keys() != keys and len(pair.keys()) == 1
    assert pair.play("provision", extra_vars=given).succeeded().changed == 0

    content = store.read_bytes()
    wrong = pair.play("rotate_key", extra_vars={**given, "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-0000"})
    wrong.failed("can't be decrypted", "Nothing was changed.")
    assert wrong.writes == [] and store.read_bytes() == content


def test_where_no_key_is_wanted_none_is_made_for_an_empty_store(pair: Pair) -> None:
    pair.begin("configured", finished)
    keys, store = pair.keys(), pair.machine / "key.yml"
    given = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(store),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    run = pair.play("provision", extra_vars={**given, "scim_provisioning_rotate": "never"}, may_warn=True).succeeded()
    assert run.writes == [] and pair.keys() == keys and not store.exists()
    assert run.said("the store has none that works; since rotate is 'never', none is made for it.")
    assert pair.play("provision", extra_vars=given).succeeded().did()["service_account_key"] == ["create"]
    settled = pair.play("provision", extra_vars={**given, "scim_provisioning_rotate": "never"}).succeeded()
    assert settled.writes == []


def test_two_uses_of_one_file_do_not_replace_each_others_key(pair: Pair) -> None:
    def second_application(seed: dict) -> None:
        seed["jumpcloud"]["applications"].append({"id": "64aa00000000000000000003", "name": "unity", "displayName": "Unity", "displayLabel": "Unity 2"})

    pair.begin("empty", second_application)
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    folder = pair.machine / "keys"
    folder.mkdir()
    given = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": f"{folder}/",
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    second = {**given, "scim_provisioning_application": "Unity 2", "scim_provisioning_service_account": "B"}
    pair.play("provision", extra_vars=given).succeeded()
    keys, content = pair.keys(), (folder / "localhost.yml").read_bytes()
    run = pair.play("provision", extra_vars=second)
    run.failed(
        "holds the key of another use", 'the service account "JumpCloud SCIM". Nothing was changed.', "Set scim_provisioning_vaulted_file to another file"
    )
    assert run.writes == [] and (folder / "localhost.yml").read_bytes() == content
    second["scim_provisioning_vaulted_file"] = str(folder / "second.yml")
    pair.play("provision", extra_vars=second).succeeded()
    for use in (given, second):
        assert pair.play("provision", extra_vars=use).succeeded().changed == 0
    assert pair.keys() == keys and len(pair.keys("B")) == 1


@pytest.mark.parametrize("obstacle", ["symlink", "folder", "no folder"])
def test_store_that_cannot_be_written_is_found_before_a_key_exists(pair: Pair, obstacle: str) -> None:
    store = pair.machine / "there" / "key.yml"
    if obstacle != "no folder":
        store.parent.mkdir()
    if obstacle == "symlink":
        store.symlink_to(pair.machine / "elsewhere.yml")
    elif obstacle == "folder":
        store.mkdir()
    pair.begin("configured", finished)
    given = {"scim_provisioning_key_store": "vaulted_file", "scim_provisioning_vaulted_file": str(store), "scim_provisioning_vaulted_file_password": "x" * 12}
    run = pair.play("rotate_key", extra_vars=given).failed("can't be the store of the key", "Nothing was changed.")
    assert run.writes == [] and not (pair.machine / "elsewhere.yml").exists()


def test_own_store_that_fails_costs_the_new_key_and_nothing_else(pair: Pair) -> None:
    pair.begin("configured", finished)
    keys = pair.keys()
    failing = pair.machine / "failing_store.yml"
    failing.write_text("- name: The store is down\n  ansible.builtin.fail:\n    msg: the store is down\n", encoding="utf-8")
    pair.play("rotate_key", extra_vars={"scim_provisioning_key_store_tasks": str(failing)}).failed("was revoked.")
    assert pair.keys() == keys and pair.is_active()
    # what JumpCloud provisions with still works
    pair.joins("still.works@example.com", "Unity Artists")
    assert "still.works@example.com" in pair.people()


def test_two_rotations_at_once_end_with_one_working_key(pair: Pair) -> None:
    pair.begin("configured", finished)
    runs = []

    def one() -> None:
        runs.append(pair.play("rotate_key", may_warn=True, search=False))

    threads = [threading.Thread(target=one) for _number in range(2)]
    threads[0].start()
    time.sleep(0.15)
    threads[1].start()
    for thread in threads:
        thread.join()
    for run in runs:
        assert run.rc == 0 or "run again" in run.failure
    if len(pair.keys()) != 1:
        pair.play("provision").succeeded()
    assert len(pair.keys()) == 1
    state = pair.tenants.control("GET", "state?secrets=true")
    integration = next(application["integration"] for application in state["jumpcloud"]["applications"] if application["display_label"] == "Unity")
    header = base64.b64decode(integration["activated"]["header_value"].removeprefix("Basic ")).decode()
    assert header.partition(":")[0] == pair.keys()[0]
    pair.joins("after.all@example.com", "Unity Artists")
    assert "after.all@example.com" in pair.people()
