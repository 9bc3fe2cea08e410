# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persons do the steps without a published API; the playbook tells them how, sees them done, and calls no assumed endpoint."""

from __future__ import annotations

import base64
import json
import shlex
import stat
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from simulator.operator import Operator, header_of
from simulator.testing import APPLICATION
from stories.pair import GROUPS, PEOPLE, Pair, Run
from stories.test_role_anywhere import OTHER_APPLICATION, USE, own_play

NO_OWNER = {"UNITY_ACCESS_TOKEN": None}
ASSUMED = {"unity-admin", "unity-observed", "jumpcloud-provisioning"}
PATIENCE = 60


class Office:
    """The persons, and where the run leaves things for them."""

    def __init__(self, pair: Pair, folder: Path) -> None:
        self.pair = pair
        self.operator = Operator(pair.url)
        self.secret_file = folder / "secret"
        self.runbook_dir = folder / "runbook"
        self.insights = {"JUMPCLOUD_INSIGHTS_URL": pair.url}

    def play(self, playbook: str = "provision", *arguments: str, unity: str = "manual", jumpcloud: str = "manual", **given: Any) -> Run:
        """Without an owner's credentials, where Unity's steps are a person's."""
        variables = {
            "scim_provisioning_unity_method": unity,
            "scim_provisioning_jumpcloud_method": jumpcloud,
            "scim_provisioning_runbook_dir": str(self.runbook_dir),
            "scim_provisioning_secret_file": str(self.secret_file),
            **given.pop("extra_vars", {}),
        }
        run = self.pair.play(playbook, *arguments, extra_vars=variables, env={**self.insights, **(NO_OWNER if unity == "manual" else {})}, **given)
        assert not run.services & (ASSUMED - {"jumpcloud-provisioning"} if unity == "manual" else set()), run.services
        assert not run.services & ({"jumpcloud-provisioning"} if jumpcloud == "manual" else set()), run.services
        return run

    def state(self, step: str) -> dict[str, Any] | None:
        path = self.runbook_dir / "scim.json"
        sections = json.loads(path.read_text(encoding="utf-8"))["sections"] if path.exists() else []
        return next((section for section in sections if section["step"] == step), None)

    def next_commands(self) -> list[list[str]]:
        """The commands that the page names at its end, in words."""
        last = (self.runbook_dir / "scim.md").read_text(encoding="utf-8").partition("\n## Then\n")[2]
        return [shlex.split(line) for line in last.splitlines() if line.startswith("    ")]

    def next_playbooks(self) -> list[str]:
        """Their playbooks."""
        return [command[1].rpartition(".")[2] for command in self.next_commands()]

    def wait_until_asked(self, step: str) -> None:
        end = time.monotonic() + PATIENCE
        while (self.state(step) or {}).get("state") != "pending":
            assert time.monotonic() < end, f"nobody asked for {step}"
            time.sleep(0.1)

    def meanwhile(self, work: Callable[[], Any]) -> threading.Thread:
        """Somebody works while the playbook waits."""
        thread = threading.Thread(target=work, name="person", daemon=True)
        thread.start()
        return thread


@pytest.fixture
def office(pair: Pair, tmp_path: Path) -> Office:
    return Office(pair, tmp_path)


def asks(run: Run) -> tuple[list[str], list[str]]:
    summary = run.custom_stats["scim_provisioning_summary"]
    return summary["pending"], summary["waiting"]


def test_persons_do_their_steps_while_the_playbook_waits(office: Office) -> None:
    pair, operator = office.pair, office.operator

    def work() -> None:
        office.wait_until_asked("unity_service_account_key")
        operator.create_account()
        operator.hand_over_key(office.secret_file, as_lines=True)
        office.wait_until_asked("jumpcloud_scim_app")
        operator.activate(header_of(*(line.split(": ")[1] for line in operator.read_secret_file(office.secret_file).splitlines())))

    person = office.meanwhile(work)
    run = office.play(extra_vars={"scim_provisioning_manual_timeout": PATIENCE}).succeeded()
    person.join(PATIENCE)
    assert not run.services & ASSUMED
    assert run.said("unity_service_account_key: Waiting for:", f"(0 s of {PATIENCE} s)", "jumpcloud_scim_app: Waiting for:")
    assert asks(run) == ([], []) and pair.people() == PEOPLE and pair.bound_groups() == GROUPS
    assert not office.secret_file.exists()
    for step in ("unity_service_account", "unity_service_account_key", "jumpcloud_scim_app"):
        assert (office.state(step) or {})["state"] == "done"

    again = office.play().succeeded()
    assert again.changed == 0 and again.writes == [] and asks(again) == ([], [])
    assert office.play("audit", check=True, extra_vars={"scim_provisioning_check_people": False}).succeeded().writes == []


def test_each_run_ends_with_the_runbook_and_the_next_one_picks_up(office: Office) -> None:
    pair, operator = office.pair, office.operator
    enforced = {"scim_provisioning_enforcement_method": "manual", "scim_provisioning_enforced": True}

    first = office.play(extra_vars=enforced).succeeded()
    assert asks(first) == (["service_account", "service_account_key"], ["identity_management", "user_groups", "enforcement"])
    runbook = first.custom_stats["scim_provisioning_runbook"]
    assert sorted(Path(path).name for path in runbook) == ["scim.html", "scim.md"] and "Add key" in "".join(runbook.values())
    assert pair.is_untouched() and first.writes == []
    shown = first.result("what a person has to do")["msg"]
    assert len(shown) + 4 <= 15 and shown[-2:] == [
        f"A person has to do service_account and service_account_key: 13 steps in the Unity Dashboard. Runbook: {office.runbook_dir / 'scim.html'}",
        "identity_management, user_groups and enforcement wait for that. Then run again, with the same options: "
        "ansible-playbook unity_jumpcloud.scim.provision -e " + shlex.quote(f"@{pair.machine / 'given-1.json'}"),
    ]

    operator.create_account()
    key_id = operator.hand_over_key(office.secret_file)
    second = office.play(extra_vars=enforced).succeeded()
    assert asks(second) == (["identity_management"], ["user_groups", "enforcement"])
    assert stat.S_IMODE(office.secret_file.stat().st_mode) == 0o600
    third = office.play(extra_vars=enforced).succeeded()
    assert asks(third) == asks(second) and pair.keys() == [key_id]

    operator.activate(operator.read_secret_file(office.secret_file))
    fourth = office.play(extra_vars=enforced).succeeded()
    assert asks(fourth) == (["enforcement"], []) and not office.secret_file.exists() and pair.people() == PEOPLE

    operator.enforce()
    fifth = office.play(extra_vars={**enforced, "scim_provisioning_confirmed": ["enforcement"]}).succeeded()
    assert asks(fifth) == ([], [])
    sixth = office.play(extra_vars={**enforced, "scim_provisioning_confirmed": ["enforcement"]}).succeeded()
    assert sixth.changed == 0 and asks(sixth) == ([], [])


def test_wrong_value_is_told_while_the_run_waits_and_corrected(office: Office) -> None:
    operator = office.operator

    def work() -> None:
        office.wait_until_asked("unity_service_account_key")
        operator.create_account(roles=())
        operator.write_secret_file(office.secret_file, "Bearer not-the-value\n")
        time.sleep(4)
        operator.hand_over_key(office.secret_file)
        time.sleep(8)
        operator.set_roles()
        office.wait_until_asked("jumpcloud_scim_app")
        operator.activate(operator.read_secret_file(office.secret_file))

    office.meanwhile(work)
    run = office.play(extra_vars={"scim_provisioning_manual_timeout": PATIENCE}).succeeded()
    assert run.said("does not start with 'Basic '", "the role SCIM Authenticator is missing (403)")
    assert office.pair.people() == PEOPLE


def test_time_runs_out_and_the_next_run_goes_on(office: Office) -> None:
    run = office.play(extra_vars={"scim_provisioning_manual_timeout": 2})
    run.failed("nobody has done it within 2 s", "There is no key in", "the next run picks up where this one stopped", "scim.html")
    assert "scim_provisioning_runbook" in run.custom_stats
    office.operator.create_account()
    office.operator.hand_over_key(office.secret_file)
    again = office.play(extra_vars={"scim_provisioning_manual_timeout": 2})
    again.failed("nobody has done it within 2 s", "is kept: its secret is in")
    office.operator.activate(office.operator.read_secret_file(office.secret_file))
    office.play(extra_vars={"scim_provisioning_manual_timeout": 2}).succeeded()
    assert office.pair.people() == PEOPLE


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_secret_file_that_others_can_read_is_refused(office: Office, mode: int) -> None:
    office.operator.create_account()
    office.operator.hand_over_key(office.secret_file)
    office.secret_file.chmod(mode)
    office.play().failed(f"has mode {mode:04o}, so others than its owner may read it", "chmod 600")


def test_secret_file_that_is_a_link_is_refused(office: Office, tmp_path: Path) -> None:
    office.operator.create_account()
    office.operator.hand_over_key(tmp_path / "elsewhere")
    office.secret_file.symlink_to(tmp_path / "elsewhere")
    office.play().failed("is a symbolic link")
    assert (tmp_path / "elsewhere").exists()


def test_check_mode_tells_all_and_leaves_nothing(office: Office) -> None:
    run = office.play(check=True, diff=True, extra_vars={"scim_provisioning_manual_timeout": 600}).succeeded()
    assert run.writes == [] and asks(run)[0] == ["service_account", "service_account_key", "identity_management"]
    assert not office.runbook_dir.exists() and not office.secret_file.exists()
    shown = run.result("what a person has to do")["msg"]
    assert run.said("in scim_provisioning_summary.manual_steps.", "To begin, run without check mode: ansible-playbook") and len(shown) + 4 <= 15
    assert len(run.custom_stats["scim_provisioning_summary"]["manual_steps"]) > 15


def test_key_that_the_run_made_waits_in_the_file_and_is_made_once(office: Office) -> None:
    """Unity by the assumed API, JumpCloud by a person."""
    pair = office.pair
    first = office.play(unity="api").succeeded()
    assert asks(first) == (["identity_management"], ["user_groups"]) and len(pair.keys()) == 1
    keys = pair.keys()
    second = office.play(unity="api").succeeded()
    assert pair.keys() == keys and asks(second) == asks(first), "no second key while the first one waits"
    office.operator.activate(office.operator.read_secret_file(office.secret_file))
    third = office.play(unity="api").succeeded()
    assert asks(third) == ([], []) and pair.keys() == keys and pair.people() == PEOPLE and not office.secret_file.exists()
    fourth = office.play(unity="api").succeeded()
    assert fourth.changed == 0 and pair.keys() == keys


def test_key_is_kept_when_the_time_runs_out(office: Office) -> None:
    run = office.play(unity="api", extra_vars={"scim_provisioning_manual_timeout": 2})
    run.failed("nobody has done it within 2 s", "is kept: its secret is in", "the next run goes on with it")
    assert len(office.pair.keys()) == 1 and office.secret_file.exists()


def test_rotation_revokes_the_old_key_only_when_the_activation_was_seen(office: Office) -> None:
    pair = office.pair
    office.play(unity="api", jumpcloud="api").succeeded()
    old = pair.keys()
    first = office.play("rotate_key", unity="api", extra_vars={"scim_provisioning_verify_timeout": 0}).succeeded()
    assert asks(first)[0] == ["identity_management"] and len(pair.keys()) == 2 and old[0] in pair.keys()
    office.operator.activate(office.operator.read_secret_file(office.secret_file))
    second = office.play("rotate_key", unity="api", extra_vars={"scim_provisioning_verify_timeout": 0}).succeeded()
    assert asks(second)[0] == [] and len(pair.keys()) == 1 and old[0] not in pair.keys()
    assert not office.secret_file.exists() and pair.is_active()


def test_persons_rotate_and_are_asked_to_revoke_the_old_key(office: Office) -> None:
    pair, operator = office.pair, office.operator
    operator.create_account()
    old = operator.hand_over_key(office.secret_file)
    operator.activate(operator.read_secret_file(office.secret_file))
    office.secret_file.unlink()
    office.play().succeeded()
    assert pair.people() == PEOPLE

    first = office.play("rotate_key").succeeded()
    assert asks(first) == (["service_account_key"], ["identity_management"])
    new = operator.hand_over_key(office.secret_file)
    assert asks(office.play("rotate_key").succeeded())[0] == ["identity_management"]
    operator.activate(operator.read_secret_file(office.secret_file))
    last = office.play("rotate_key").succeeded()
    assert asks(last)[0] == ["retire_keys"] and set(pair.keys()) == {old, new}
    assert f"{new}" in json.dumps(last.custom_stats["scim_provisioning_runbook"])
    next_command = last.result("what a person has to do")["msg"][-1]
    assert "scim_provisioning_confirmed: [retire_keys]" in next_command and "ansible-playbook unity_jumpcloud.scim.provision" in next_command
    assert office.next_playbooks() == ["provision"], "to rotate again would ask for another key"
    # until it is said, each run asks for it
    again = office.play(extra_vars={"scim_provisioning_pending_is_failure": True})
    assert again.rc != 0 and asks(again) == (["retire_keys"], []) and again.did() == {"retire_keys": ["ask"]}
    audit = office.play("audit").output
    assert "In sync" not in audit and "retire_keys" in audit
    (command,) = office.next_commands()
    assert command[-2:] == ["-e", json.dumps({"scim_provisioning_confirmed": ["retire_keys"]})]
    operator.revoke_key(old)
    done = office.play("provision", *command[-2:]).succeeded()
    assert asks(done) == ([], []) and done.did() == {"retire_keys": ["see_done"]} and set(pair.keys()) == {new}
    assert office.next_playbooks() == []
    assert office.play().succeeded().did() == {}
    pair.joins("barbara.liskov@example.com", GROUPS[0])
    assert len(pair.people()) == 4


def test_rotation_goes_on_where_no_event_tells_of_the_activation(office: Office) -> None:
    """Events are kept for 90 days, and a key may be older."""
    assert asks(office.play("rotate_key").succeeded()) == (["service_account_key"], ["identity_management"])
    office.operator.create_account()
    office.operator.hand_over_key(office.secret_file)
    assert asks(office.play("rotate_key").succeeded()) == (["identity_management"], [])


def test_dead_header_value_is_replaced_by_the_key_that_a_person_hands_over(office: Office) -> None:
    """Unity by a person, JumpCloud by the assumed API: its key is tried first, and a new one is asked for only then."""
    pair, operator = office.pair, office.operator
    operator.create_account()
    key_id, secret_key = operator.create_key()
    operator.activate(header_of(key_id, secret_key))
    operator.deactivate()
    operator.revoke_key(key_id)
    first = office.play(jumpcloud="api").succeeded()
    assert asks(first) == (["service_account", "service_account_key"], ["identity_management", "user_groups"])
    operator.hand_over_key(office.secret_file)
    assert asks(office.play(jumpcloud="api").succeeded())[0] == [] and pair.people() == PEOPLE and not office.secret_file.exists()


def test_check_mode_finds_the_key_in_the_file(office: Office) -> None:
    office.operator.create_account()
    key_id = office.operator.hand_over_key(office.secret_file)
    run = office.play(check=True).succeeded()
    assert asks(run)[0] == ["identity_management"] and run.writes == [] and office.secret_file.exists() and office.pair.keys() == [key_id]


def test_unity_by_a_person_and_jumpcloud_by_the_api(office: Office) -> None:
    office.operator.create_account()
    office.operator.hand_over_key(office.secret_file)
    run = office.play(jumpcloud="api").succeeded()
    assert asks(run) == ([], []) and office.pair.people() == PEOPLE and not office.secret_file.exists()
    assert office.play(jumpcloud="api").succeeded().changed == 0


def test_supplied_key_is_shown_by_a_command_and_typed_in_by_a_person(office: Office) -> None:
    operator = office.operator
    operator.create_account()
    key_id, secret_key = operator.create_key()
    own = {"scim_provisioning_key_id": key_id, "scim_provisioning_secret_key": secret_key}
    first = office.play(extra_vars=own).succeeded()
    assert asks(first) == (["identity_management"], ["user_groups"]) and stat.S_IMODE(office.secret_file.stat().st_mode) == 0o600
    operator.activate(operator.read_secret_file(office.secret_file))
    second = office.play(extra_vars=own).succeeded()
    assert asks(second) == ([], []) and office.pair.people() == PEOPLE and not office.secret_file.exists()
    assert office.play(extra_vars=own).succeeded().changed == 0


def test_dead_key_behind_an_active_integration_is_asked_for_again(office: Office) -> None:
    """The events say active, and that Unity refuses every call: that contradicts the header value."""
    pair, operator = office.pair, office.operator
    operator.create_account()
    key_id = operator.hand_over_key(office.secret_file)
    operator.activate(operator.read_secret_file(office.secret_file))
    office.secret_file.unlink()
    office.play().succeeded()
    operator.revoke_key(key_id)
    pair.joins("barbara.liskov@example.com", GROUPS[0])
    pair.tenants.settle()
    run = office.play().succeeded()
    assert asks(run)[0] == ["service_account", "service_account_key"]
    operator.hand_over_key(office.secret_file)
    office.play().succeeded()
    operator.activate(operator.read_secret_file(office.secret_file))
    assert asks(office.play().succeeded())[0] in ([], ["retire_keys"]) and len(pair.people()) == 4


TWO_APPLICATIONS = USE % ("main", "{scim_provisioning_application_id: '%s'}" % APPLICATION) + USE % (
    "main",
    "{scim_provisioning_application_id: '%s', scim_provisioning_service_account: Second}" % OTHER_APPLICATION,
)
JUMPCLOUD_BY_HAND = {"scim_provisioning_jumpcloud_method": "manual"}


def held_key(path: Path) -> str:
    """The ID of the key in the secret file."""
    return base64.b64decode(path.read_text(encoding="utf-8").split()[1]).decode().partition(":")[0]


def test_two_applications_in_one_play_have_a_key_each(pair: Pair, tmp_path: Path) -> None:
    play = own_play(tmp_path, TWO_APPLICATIONS)
    folder = pair.machine / "scim-runbook" / "localhost"
    files = {application: folder / f"scim-{application}.secret" for application in (APPLICATION, OTHER_APPLICATION)}
    for _again in range(2):
        pair.play(play, extra_vars=JUMPCLOUD_BY_HAND).succeeded()
        keys = [*pair.keys(), *pair.keys("Second")]
        assert len(keys) == 2 and [held_key(path) for path in files.values()] == keys
    for application, path in files.items():
        Operator(pair.url, application=application).activate(Operator.read_secret_file(path))
    done = pair.play(play, extra_vars=JUMPCLOUD_BY_HAND).succeeded()
    assert [use["summary"]["pending"] for use in done.custom_stats["artifacts"]["localhost"].values()] == [[], []]
    assert [*pair.keys(), *pair.keys("Second")] == keys and not any(path.exists() for path in files.values())


def test_a_file_that_two_applications_share_is_the_firsts_until_its_key_is_delivered(pair: Pair, tmp_path: Path) -> None:
    play, shared = own_play(tmp_path, TWO_APPLICATIONS), tmp_path / "secret"
    given = {**JUMPCLOUD_BY_HAND, "scim_provisioning_secret_file": str(shared)}
    for _again in range(2):
        run = pair.play(play, extra_vars=given)
        run.failed(str(shared), "none of the keys of this service account", "Leave scim_provisioning_secret_file out")
        assert len(pair.keys()) == 1 and pair.keys("Second") == [] and held_key(shared) == pair.keys()[0]
    Operator(pair.url).activate(Operator.read_secret_file(shared))
    pair.play(play, extra_vars=given).succeeded()
    assert len(pair.keys()) == 1 and held_key(shared) == pair.keys("Second")[0]


def test_a_key_of_another_organization_in_the_file_is_not_lost(office: Office) -> None:
    header = header_of("00000000-0000-4000-8000-000000000001", "SENTINEL-of-another-organization")
    office.operator.write_secret_file(office.secret_file, header + "\n")
    office.play(unity="api").failed("it may be of another one. It was not overwritten.")
    assert office.operator.read_secret_file(office.secret_file) == header and office.pair.is_untouched()


def test_a_dead_key_in_the_store_is_replaced_where_a_person_makes_the_keys(office: Office, tmp_path: Path) -> None:
    pair, operator = office.pair, office.operator
    store = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": str(tmp_path / "store.yml"),
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    operator.create_account()
    old = operator.hand_over_key(office.secret_file)
    office.play(jumpcloud="api", extra_vars=store).succeeded()
    steady = office.play(jumpcloud="api", extra_vars=store).succeeded()
    assert steady.writes == [] and asks(steady) == ([], [])
    operator.revoke_key(old)
    for check in (True, False):
        asked = office.play(jumpcloud="api", extra_vars=store, check=check).succeeded()
        assert "service_account_key" in asks(asked)[0] and asked.writes == []
    new = operator.hand_over_key(office.secret_file)
    office.play(jumpcloud="api", extra_vars=store).succeeded()
    assert pair.keys() == [new] and not office.secret_file.exists()
    again = office.play(jumpcloud="api", extra_vars=store).succeeded()
    assert again.writes == [] and "service_account_key" not in asks(again)[0]


def test_persons_take_it_down(office: Office) -> None:
    pair, operator = office.pair, office.operator
    operator.create_account()
    operator.hand_over_key(office.secret_file)
    operator.activate(operator.read_secret_file(office.secret_file))
    office.secret_file.unlink()
    office.play().succeeded()
    assert pair.people() == PEOPLE
    limits = {"scim_provisioning_max_deprovisioned_users": 5, "scim_provisioning_deprovision_wait": 10}
    run = office.play("deprovision", extra_vars=limits).succeeded()
    assert run.custom_stats["scim_provisioning_summary"]["pending"] == ["identity_management", "service_account"] and pair.people() == []


BOTH_CONSOLES = {"scim_provisioning_secret_file": None}


def open_steps(office: Office) -> list[str]:
    sections = json.loads((office.runbook_dir / "scim.json").read_text(encoding="utf-8"))["sections"]
    return [one["step"] for one in sections if one["state"] == "pending"]


def test_the_page_names_no_command_that_would_rotate_again(office: Office) -> None:
    """From console to console, and whoever is done is not sent to make one more key."""
    operator = office.operator
    assert asks(office.play(extra_vars=BOTH_CONSOLES).succeeded())[0] == ["service_account", "identity_management"]
    assert office.next_playbooks() == ["provision"]
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    assert asks(office.play(extra_vars=BOTH_CONSOLES).succeeded()) == ([], [])
    assert open_steps(office) == ["unity_audit_key"] and office.next_playbooks() == []
    assert asks(office.play("rotate_key", extra_vars=BOTH_CONSOLES).succeeded())[0] == ["identity_management"]
    assert office.next_playbooks() == ["rotate_key"]
    operator.activate(header_of(*operator.create_key()))
    assert asks(office.play("rotate_key", extra_vars=BOTH_CONSOLES).succeeded()) == ([], [])
    assert open_steps(office) == ["unity_audit_key"] and office.next_playbooks() == []


def test_another_playbook_does_not_take_the_page_over(office: Office) -> None:
    pair, operator = office.pair, office.operator
    office.play().succeeded()
    assert office.next_playbooks() == ["provision"]
    office.play("audit_key").succeeded()
    assert (office.state("unity_audit_key") or {})["state"] == "pending" and office.next_playbooks() == ["provision"]
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    # the account and its key are asked for by the one, the stop by the other
    office.play("pause").failed("JumpCloud still provisions with the application Unity, as far as is known. Stop it by hand:")
    assert office.next_playbooks() == ["provision", "pause"]
    page = (office.runbook_dir / "scim.md").read_text(encoding="utf-8")
    assert "When you have done 'Deactivate provisioning of the application Unity', run this again." in page
    operator.deactivate()
    office.play("pause").succeeded()
    assert office.next_playbooks() == ["provision"] and not pair.is_active()


def test_what_is_taken_down_is_not_taken_down_again(office: Office) -> None:
    operator = office.operator
    office.play(extra_vars=BOTH_CONSOLES).succeeded()
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    office.play(extra_vars=BOTH_CONSOLES).succeeded()
    limits = {**BOTH_CONSOLES, "scim_provisioning_max_deprovisioned_users": 5, "scim_provisioning_deprovision_wait": 10}
    assert asks(office.play("deprovision", extra_vars=limits).succeeded())[0] == ["identity_management", "service_account"]
    assert office.next_playbooks() == ["deprovision"]
    operator.deactivate()
    asked = office.play("deprovision", extra_vars=limits).succeeded()
    assert asks(asked)[0] == ["service_account"] and "scim_provisioning_confirmed: [service_account]" in asked.result("what a person has to do")["msg"][-1]
    (command,) = office.next_commands()
    assert command[-2:] == ["-e", json.dumps({"scim_provisioning_confirmed": ["service_account"]})]
    done = office.play("deprovision", *command[-2:], extra_vars=limits).succeeded()
    assert asks(done) == ([], []) and open_steps(office) == ["unity_audit_key"] and office.next_playbooks() == []


# Directory Insights is off, so the word has to stay in the variables: each run needs it
WORD = {"scim_provisioning_confirmed": ["identity_management", "enforcement"]}
EARLY = "It was said before it was asked for"


def without_insights(pair: Pair) -> None:
    pair.fault("status", "insights", "POST", "", status=403, times=0)


def delivered_key(pair: Pair) -> str:
    """The ID of the key that JumpCloud provisions with."""
    state = pair.tenants.control("GET", "state?secrets=true")
    integration = next(one for one in state["jumpcloud"]["applications"] if one["display_label"] == "Unity")["integration"]
    return base64.b64decode(integration["activated"]["header_value"].removeprefix("Basic ")).decode().split(":")[0]


def told_once(run: Run) -> bool:
    """Why the word was not taken, in what a person reads."""
    return "\n".join(run.result("what a person has to do")["msg"]).count(EARLY) == 1


def test_a_word_of_before_delivers_no_key_that_the_run_has_made(office: Office) -> None:
    """Unity by the assumed API, JumpCloud by a person, who made the key that is in use."""
    pair, operator = office.pair, office.operator
    without_insights(pair)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    (old,) = pair.keys()
    for _run in range(2):
        steady = office.play(unity="api", extra_vars=WORD).succeeded()
        assert asks(steady) == ([], []) and pair.keys() == [old] and pair.people() == PEOPLE
    assert (steady.changed, steady.writes) == (0, [])

    first = office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    assert asks(first)[0] == ["identity_management"] and told_once(first)
    (new,) = set(pair.keys()) - {old}
    assert office.secret_file.exists() and (office.state("jumpcloud_scim_app") or {})["key_id"] == new and delivered_key(pair) == old
    operator.activate(operator.read_secret_file(office.secret_file))
    second = office.play(unity="api", extra_vars=WORD).succeeded()
    assert asks(second)[0] == [] and not office.secret_file.exists() and delivered_key(pair) == new
    third = office.play(unity="api", extra_vars=WORD).succeeded()
    assert (third.changed, third.writes, set(pair.keys())) == (0, [], {old, new})

    # the older key is one of this collection now
    again = office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    assert asks(again)[0] == ["identity_management"] and told_once(again) and office.secret_file.exists()
    operator.activate(operator.read_secret_file(office.secret_file))
    # the word is taken for the delivery, and revokes nothing
    taken = office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    assert asks(taken)[0] == ["retire_keys"] and len(pair.keys()) == 3 and not office.secret_file.exists()
    newest = delivered_key(pair)
    assert newest not in (old, new) and (office.state("unity_service_account_key_revocation") or {})["key_id"] == newest
    for _run in range(2):
        last = office.play(unity="api", extra_vars=WORD).succeeded()
        assert asks(last) == (["retire_keys"], []) and last.writes == [] and len(pair.keys()) == 3, "no more keys while somebody is asked to revoke"
    operator.revoke_key(new)
    assert office.play(unity="api", extra_vars=WORD).succeeded().writes == [] and delivered_key(pair) == newest
    told = {"scim_provisioning_confirmed": [*WORD["scim_provisioning_confirmed"], "retire_keys"]}
    assert asks(office.play(unity="api", extra_vars=told).succeeded()) == ([], [])
    assert (office.state("unity_service_account_key_revocation") or {})["state"] == "done"


def test_a_word_of_before_delivers_no_key_that_a_person_has_made(office: Office) -> None:
    pair, operator = office.pair, office.operator
    without_insights(pair)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    assert asks(office.play(extra_vars=WORD).succeeded())[0] == [] and pair.people() == PEOPLE
    assert asks(office.play("rotate_key", extra_vars=WORD).succeeded())[0] == ["service_account_key"]
    new = operator.hand_over_key(office.secret_file)
    asked = office.play("rotate_key", extra_vars=WORD).succeeded()
    assert asks(asked)[0] == ["identity_management"] and told_once(asked) and office.secret_file.exists() and delivered_key(pair) != new
    operator.activate(operator.read_secret_file(office.secret_file))
    taken = office.play("rotate_key", extra_vars=WORD).succeeded()
    assert asks(taken)[0] == ["retire_keys"] and not office.secret_file.exists() and delivered_key(pair) == new


def test_a_word_of_before_rotates_no_key_from_console_to_console(office: Office) -> None:
    pair, operator = office.pair, office.operator
    without_insights(pair)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    given = {**WORD, "scim_provisioning_secret_file": None}
    done = office.play(extra_vars=given).succeeded()
    assert asks(done) == ([], []) and pair.people() == PEOPLE
    for _rotation in range(2):
        asked = office.play("rotate_key", extra_vars=given).succeeded()
        assert asks(asked)[0] == ["identity_management"] and told_once(asked)
        operator.activate(header_of(*operator.create_key()))
        assert asks(office.play("rotate_key", extra_vars=given).succeeded())[0] == []
    # what has to be said, and can't be seen, stops no audit
    seen_by_nobody = pair.play("audit", extra_vars={**given, "scim_provisioning_confirmed": ["retire_keys"]})
    assert "has no attribute" not in seen_by_nobody.output


def test_a_word_of_before_stops_nothing(office: Office) -> None:
    pair, operator = office.pair, office.operator
    without_insights(pair)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    operator.enforce()
    enforced = {**WORD, "scim_provisioning_enforced": True, "scim_provisioning_enforcement_method": "manual"}
    done = office.play(extra_vars=enforced).succeeded()
    assert asks(done) == ([], []) and pair.people() == PEOPLE

    office.play("pause", extra_vars=WORD).failed("JumpCloud still provisions with the application Unity, as far as is known. Stop it by hand:", EARLY)
    operator.deactivate()
    office.play("pause", extra_vars=WORD).succeeded()
    # what was paused is not active because that was said before
    assert asks(office.play(extra_vars=WORD).succeeded())[0] == ["service_account", "service_account_key"]
    operator.hand_over_key(office.secret_file)
    assert asks(office.play(extra_vars=WORD).succeeded())[0] == ["identity_management"]
    operator.activate(operator.read_secret_file(office.secret_file))
    assert "identity_management" not in asks(office.play(extra_vars=WORD).succeeded())[0] and pair.is_active()

    limits = {**enforced, "scim_provisioning_max_deprovisioned_users": 5, "scim_provisioning_deprovision_wait": 0}
    steps = ["enforcement", "identity_management", "service_account"]
    first = office.play("deprovision", extra_vars={**limits, "scim_provisioning_confirmed": steps}).succeeded()
    assert sorted(asks(first)[0]) == steps and pair.is_active()
    operator.enforce(False)
    operator.deactivate()
    # one after the other
    second = office.play("deprovision", extra_vars=limits).succeeded()
    assert asks(second)[0] == ["service_account"]
    third = office.play("deprovision", extra_vars={**limits, "scim_provisioning_confirmed": steps}).succeeded()
    assert asks(third) == ([], [])


def test_an_activation_that_sent_no_key_revokes_none(office: Office) -> None:
    """It was said that a person has delivered a key, which is not true. What activates with the key that JumpCloud has then proves nothing of the other one."""
    pair, operator = office.pair, office.operator
    without_insights(pair)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    office.play(unity="api", extra_vars=WORD).succeeded()
    office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    operator.activate(operator.read_secret_file(office.secret_file))
    office.play(unity="api", extra_vars=WORD).succeeded()
    used = delivered_key(pair)
    office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    taken = office.play("rotate_key", unity="api", extra_vars=WORD).succeeded()
    assert asks(taken)[0] == ["retire_keys"] and delivered_key(pair) == used and used in pair.keys()
    changed = office.play(unity="api", jumpcloud="api", extra_vars={"scim_provisioning_test_email": "other-test@example.com"}).succeeded()
    assert changed.did()["identity_management"] == ["configure", "test", "reactivate"]
    assert delivered_key(pair) == used and used in pair.keys()


def test_preflight_knows_that_persons_do_it(office: Office) -> None:
    run = office.play("preflight").succeeded()
    verdicts = {one["step"]: one["verdict"] for one in run.custom_stats["scim_provisioning_preflight"]}
    assert verdicts["service_account"] == verdicts["identity_management"] == "manual" and "blocked" not in verdicts.values()
