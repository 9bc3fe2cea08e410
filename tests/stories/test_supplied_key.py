# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever brings a key of their own needs no owner of the Unity organization, and gets no other key."""

from __future__ import annotations

import pytest
from stories.pair import GROUPS, PEOPLE, Pair, Seed, account_of, application_of, finished

KEY_ID = "2b6f0cc9-0000-4000-8000-c0f190000001"
SECRET_KEY = "SENTINELconfiguredkeysecret8a2f0"
OTHER_SECRET = "SENTINELotherkeysecret00aa11bb22c"
WRONG_SECRET = "SENTINELnobodysecret0000000000000"
NO_OWNER = {"UNITY_ACCESS_TOKEN": None}
BY_ENVIRONMENT = {**NO_OWNER, "UNITY_SCIM_KEY_ID": KEY_ID, "UNITY_SCIM_SECRET_KEY": SECRET_KEY}
BY_VARIABLES = {"scim_provisioning_key_id": KEY_ID, "scim_provisioning_secret_key": SECRET_KEY}
OWNERS_SERVICES = {"unity-admin", "unity-observed"}


def key_and_nothing_in_jumpcloud(seed: Seed) -> None:
    application_of(seed).update(provision=None, bindings=[])


def key_without_role(seed: Seed) -> None:
    key_and_nothing_in_jumpcloud(seed)
    account_of(seed)["roles"] = []


@pytest.mark.parametrize("given", ["by variables", "by environment"])
def test_supplied_key_is_delivered_and_the_owners_services_are_never_asked(pair: Pair, given: str) -> None:
    pair.begin("configured", key_and_nothing_in_jumpcloud)
    options = {"extra_vars": BY_VARIABLES, "env": NO_OWNER} if given == "by variables" else {"env": BY_ENVIRONMENT}

    check = pair.play("provision", check=True, diff=True, **options).succeeded()
    assert check.writes == [] and not check.services & OWNERS_SERVICES

    first = pair.play("provision", **options).succeeded()
    assert not first.services & OWNERS_SERVICES
    assert first.did() == {"identity_management": ["configure", "test", "activate"], "user_groups": ["bind 2"]}
    assert first.steps["service_account"]["found"] == "a key is supplied"
    assert first.steps["service_account_key"]["found"] == "the supplied key is used"
    assert pair.keys() == [KEY_ID] and pair.bound_groups() == GROUPS and pair.people() == PEOPLE

    second = pair.play("provision", **options).succeeded()
    assert second.writes == [] and second.changed == 0 and not second.services & OWNERS_SERVICES
    assert "whether JumpCloud has it can't be told" in second.steps["service_account_key"]["found"]


def test_wrong_supplied_key_is_refused_before_anything_is_changed(pair: Pair) -> None:
    pair.begin("configured", key_and_nothing_in_jumpcloud)
    pair.more_secrets.append(WRONG_SECRET)
    run = pair.play("provision", env=NO_OWNER, extra_vars={**BY_VARIABLES, "scim_provisioning_secret_key": WRONG_SECRET})
    run.failed("Unity SCIM: cannot count the users: HTTP 401", "The key ID or the secret key is wrong, or the key was revoked.")
    assert run.writes == [] and pair.keys() == [KEY_ID] and pair.identity_management() is None


def test_supplied_key_without_the_role_is_refused_before_anything_is_changed(pair: Pair) -> None:
    pair.begin("configured", key_without_role)
    run = pair.play("provision", env=BY_ENVIRONMENT)
    run.failed("HTTP 403", "its service account has not the organization role 'SCIM Authenticator' in this organization. Assign it.")
    assert run.writes == [] and pair.identity_management() is None


def test_half_a_supplied_key_is_refused(pair: Pair) -> None:
    """A key ID without its secret must not lead to a new account and key, which nobody asked for."""
    run = pair.play("provision", extra_vars={"scim_provisioning_key_id": KEY_ID})
    run.failed("Of the supplied key, only the key ID was given. Nothing was changed.", "scim_provisioning_secret_key (UNITY_SCIM_SECRET_KEY)")
    assert run.entries == []


def test_a_supplied_key_of_the_environment_whose_id_is_a_variable_too_is_whole(pair: Pair) -> None:
    pair.begin("configured", finished)
    given = {"scim_provisioning_key_id": KEY_ID}
    run = pair.play("provision", "--tags", "connector_url", env=BY_ENVIRONMENT, extra_vars=given).succeeded()
    assert run.steps["connector_url"]["verified"][0] == "the SCIM service accepts the key"
    other = pair.play("provision", env={**BY_ENVIRONMENT, "UNITY_SCIM_KEY_ID": "another"}, extra_vars=given)
    other.failed("The secret key is only in the environment (UNITY_SCIM_SECRET_KEY), and may belong to another one. Give both in the same place")


def test_connector_alone_proves_a_supplied_key(pair: Pair) -> None:
    pair.begin("configured", finished)
    run = pair.play("provision", "--tags", "connector_url", env=BY_ENVIRONMENT).succeeded()
    assert run.services == {"unity-scim"} and run.steps["connector_url"]["verified"][0] == "the SCIM service accepts the key"


def test_change_to_a_supplied_key_and_back(pair: Pair) -> None:
    """Nobody may be led to revoke the key that JumpCloud has: that would end the provisioning."""
    other = "2b6f0cc9-0000-4000-8000-c0f190000007"

    def beside_a_managed_key(seed: Seed) -> None:
        finished(seed)
        account_of(seed)["keys"].append({"id": other, "secret": OTHER_SECRET, "name": "by hand"})

    pair.begin("configured", beside_a_managed_key)
    pair.more_secrets.append(OTHER_SECRET)
    given = {"scim_provisioning_key_id": other, "scim_provisioning_secret_key": OTHER_SECRET}
    for check in (True, False):
        run = pair.play("provision", check=check, extra_vars=given).succeeded()
        assert run.writes == [] and not run.said("the supplied key is used")
        assert run.said("whether JumpCloud has it can't be told, and scim_provisioning_update_secret=always delivers it")
    planned = pair.play("provision", check=True, extra_vars={**given, "scim_provisioning_update_secret": "always"}).succeeded()
    assert planned.writes == [] and planned.said("the supplied key would be used")
    delivered = pair.play("provision", extra_vars={**given, "scim_provisioning_update_secret": "always"}).succeeded()
    assert delivered.said("the supplied key is used") and delivered.did() == {"identity_management": ["configure", "test", "reactivate"]}

    back = pair.play("provision", extra_vars={"scim_provisioning_rotate": "always"}).succeeded()
    assert back.did()["service_account_key"] == ["create"] and back.did()["retire_keys"] == ["revoke"]
    assert other in pair.keys() and KEY_ID not in pair.keys() and len(pair.keys()) == 2 and pair.people() == PEOPLE


def test_supplied_key_is_given_again_with_each_run_on_request(pair: Pair) -> None:
    pair.begin("configured", finished)
    run = pair.play("provision", env=BY_ENVIRONMENT, extra_vars={"scim_provisioning_update_secret": "always"}).succeeded()
    assert run.did() == {"identity_management": ["configure", "test", "reactivate"]}
    assert pair.is_active() and pair.people() == PEOPLE


def test_deprovisioning_with_a_supplied_key_leaves_unity_alone(pair: Pair) -> None:
    pair.begin("configured", finished)
    assert pair.people() == PEOPLE
    limits = {"scim_provisioning_max_deprovisioned_users": 5, "scim_provisioning_deprovision_wait": 10}
    run = pair.play("deprovision", env=NO_OWNER, extra_vars={**BY_VARIABLES, **limits}).succeeded()
    assert not run.services & OWNERS_SERVICES
    assert pair.keys() == [KEY_ID] and pair.identity_management() is None and pair.people() == []
