# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the role, by tag; the enforcement; other ways to call the role, and other credentials."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.testing import ORGANIZATION
from stories.pair import GROUPS, PEOPLE, Pair, Seed, finished, unity_of

SSO = f"/auth/v1/organizations/{ORGANIZATION}/sso"
OWN_PLAY = """
- name: Somebody's own play
  hosts: all
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Call the role, then show all that is remembered
      block:
        - name: Call the role
          ansible.builtin.include_role:
            name: unity_jumpcloud.scim.scim_provisioning
      always:
        - name: Show all that is remembered
          ansible.builtin.debug:
            msg: "{{ lookup('ansible.builtin.vars', item) }}"
          loop: "{{ query('ansible.builtin.varnames', '^__scim_provisioning|^scim_provisioning_summary|^ansible_failed_result') }}"
"""


IN_MODULE_PROCESSES = OWN_PLAY.replace("  vars:", "  environment:\n    SOMETHING: of the play\n  vars:")


def scim_is_off(seed: Seed) -> None:
    finished(seed)
    unity_of(seed)["scim"]["enabled"] = False


def only_exchanged_tokens(seed: Seed) -> None:
    seed["unity"]["require_exchange"] = True


def test_tag_user_groups_binds_only(pair: Pair) -> None:
    run = pair.play("provision", "--tags", "user_groups").succeeded()
    assert run.did() == {"user_groups": ["bind 2"]} and run.services == {"jumpcloud"}
    assert pair.bound_groups() == GROUPS and pair.account() is None and pair.identity_management() is None


def test_a_tag_that_is_misspelt_is_said(pair: Pair) -> None:
    """Ansible takes any tag, and a run that does nothing is green."""
    run = pair.play("provision", "--tags", "groups").succeeded()
    assert "no step ran, since the tags select none" in run.output and pair.is_untouched()


def test_the_preflight_with_a_tag_looks_at_what_its_step_needs(pair: Pair) -> None:
    """It would be green without a look otherwise."""
    pair.begin("empty", lambda seed: unity_of(seed)["sso"].update(enabled=False))
    assert pair.play("preflight", "--tags", "user_groups").succeeded().services == {"jumpcloud"}
    pair.play("preflight", "--tags", "identity_management").failed("single_sign_on")


def test_tag_service_account_makes_no_key(pair: Pair) -> None:
    run = pair.play("provision", "--tags", "service_account").succeeded()
    assert run.did() == {"service_account": ["create", "set_roles"]} and run.services == {"unity-admin"}
    assert pair.account() and pair.is_untouched()


@pytest.mark.parametrize("playbook", ["provision", "rotate_key"])
def test_a_tag_that_another_step_needs_is_not_skipped_alone(pair: Pair, playbook: str) -> None:
    pair.begin("configured", finished)
    alone = pair.play(playbook, "--skip-tags", "connector_url")
    alone.failed("The step identity_management needs what connector_url finds out. Nothing was changed. Skip both tags, or neither.")
    assert alone.writes == [] and len(pair.keys()) == 1
    both = pair.play(playbook, "--skip-tags", "connector_url,identity_management").succeeded()
    assert both.writes == []


def test_enforcement_is_set_kept_skipped_and_lifted(pair: Pair) -> None:
    pair.begin("configured", finished)

    def play(enforced: bool, *arguments: str) -> list[str]:
        run = pair.play("provision", *arguments, extra_vars={"scim_provisioning_enforced": enforced}).succeeded()
        assert run.changed == len(run.writes) == len(run.did())
        return run.writes

    assert play(True, "--skip-tags", "enforcement") == []
    assert play(True) == [f"PATCH {SSO}"] and pair.state()["unity"]["organizations"][0]["scim_enforced"]
    assert play(True) == []
    assert play(False, "--tags", "enforcement") == [f"PATCH {SSO}"] and not pair.state()["unity"]["organizations"][0]["scim_enforced"]
    assert play(False, "--tags", "enforcement") == []


def test_enforcement_is_refused_where_scim_is_off(pair: Pair) -> None:
    pair.begin("configured", scim_is_off)
    run = pair.play("provision", extra_vars={"scim_provisioning_enforced": True})
    run.failed("SCIM provisioning can't be enforced: SCIM provisioning is not enabled in the Unity organization.", "Enable it in the Unity Dashboard")
    assert run.writes == []


def test_inventory_with_localhost_in_a_folder_with_a_blank_and_a_play_from_elsewhere(pair: Pair, tmp_path: Path) -> None:
    folder = tmp_path / "my inventory é"
    folder.mkdir()
    inventory, own = folder / "hosts.ini", folder / "site.yml"
    inventory.write_text("localhost\n", encoding="utf-8")
    own.write_text(OWN_PLAY, encoding="utf-8")
    own_play = pair.play(str(own), "-i", str(inventory), check=True, folder=Path("/")).succeeded()
    assert own_play.did()["user_groups"] == ["bind 2"] and own_play.writes == []
    shipped = pair.play("provision", "-i", str(inventory), folder=folder).succeeded()
    assert shipped.did()["user_groups"] == ["bind 2"] and pair.people() == PEOPLE


def test_modules_in_processes_of_their_own_do_the_same(pair: Pair, tmp_path: Path) -> None:
    """With an environment of the play, modules are packed, copied and started, instead of run within the controller's process."""
    own = tmp_path / "site.yml"
    own.write_text(IN_MODULE_PROCESSES, encoding="utf-8")
    (tmp_path / "hosts.ini").write_text("localhost\n", encoding="utf-8")
    inventory = ["-i", str(tmp_path / "hosts.ini")]
    first = pair.play(str(own), *inventory, diff=True).succeeded()
    assert first.said("AnsiballZ_jumpcloud_scim_app.py", "AnsiballZ_unity_service_account_key.py") and first.changed == 4
    assert first.said("(item=__scim_provisioning_connector)") and pair.people() == PEOPLE and pair.bound_groups() == GROUPS and len(pair.keys()) == 1
    in_this_process = pair.play("audit", extra_vars={"scim_provisioning_check_people": False}).succeeded()
    assert in_this_process.changed == 0 and "AnsiballZ_jumpcloud" not in in_this_process.output

    pair.begin()
    pair.fault("status", "jumpcloud-provisioning", "POST", "/activate$", times=0, status=500)
    failed = pair.play(str(own), *inventory).failed("cannot activate provisioning: HTTP 500", "was revoked.")
    assert failed.said("(item=ansible_failed_result)") and pair.keys() == []


def test_oauth_client_instead_of_an_api_key(pair: Pair) -> None:
    env = {"JUMPCLOUD_API_KEY": None, "JUMPCLOUD_CLIENT_ID": "example-client", "JUMPCLOUD_CLIENT_SECRET": "SENTINEL-client-secret-55d0"}
    run = pair.play("provision", env=env).succeeded()
    assert "jumpcloud-oauth" in run.services and pair.people() == PEOPLE


def test_admin_key_instead_of_an_access_token_both_by_variables(pair: Pair) -> None:
    given = {
        "scim_provisioning_unity_admin_key_id": "0d5f9c1e-0000-4000-8000-5a17e0000001",
        "scim_provisioning_unity_admin_secret_key": "SENTINEL-unity-admin-secret-3c8b",
        "scim_provisioning_jumpcloud_client_id": "example-client",
        "scim_provisioning_jumpcloud_client_secret": "SENTINEL-client-secret-55d0",
    }
    run = pair.play("provision", extra_vars=given, env={"UNITY_ACCESS_TOKEN": None, "JUMPCLOUD_API_KEY": None}).succeeded()
    assert run.changed == 4 and pair.people() == PEOPLE


@pytest.mark.parametrize("exchanges", [True, False])
def test_token_is_exchanged_where_unity_wants_that(pair: Pair, exchanges: bool) -> None:
    pair.begin("empty", only_exchanged_tokens)
    run = pair.play("provision", extra_vars={"scim_provisioning_unity_exchange_token": exchanges})
    if exchanges:
        run.succeeded()
        assert pair.people() == PEOPLE
    else:
        run.failed("HTTP 401", "The credentials are not valid, or have expired.")
        assert run.writes == []


NOT_MADE = "and this run does not make it. Nothing was changed. Run the provision playbook, without tags, first."


@pytest.mark.parametrize(
    "seed, playbook, arguments, given",
    [
        ("configured", "rotate_key", (), {"scim_provisioning_service_account": "SCIM new"}),
        ("empty", "provision", ("--tags", "identity_management"), {}),
        ("empty", "provision", ("--skip-tags", "service_account"), {}),
    ],
)
def test_what_needs_an_account_that_it_does_not_make_is_refused_in_check_mode_too(
    pair: Pair, seed: str, playbook: str, arguments: tuple[str, ...], given: dict[str, str]
) -> None:
    pair.begin(seed, finished if seed == "configured" else None)
    for check in (True, False):
        run = pair.play(playbook, *arguments, check=check, extra_vars=given).failed("Unity has no service account", NOT_MADE)
        assert (run.rc, run.writes) == (2, [])
