# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's guide from end to end: what JumpCloud's engine does at Unity's side."""

from __future__ import annotations

import json

import pytest
from simulator.application import Simulation
from simulator.server import Simulator
from simulator.state import read_seed
from simulator.testing import APPLICATION, ARTISTS, DEVELOPERS, ORGANIZATION, SEEDS, TEST_EMAIL, Tenants, simulation_of


def test_members_of_bound_groups_arrive(tenants: Tenants) -> None:
    tenants.connect()
    assert tenants.people() == []
    assert tenants.associate("add", ARTISTS) == 204
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    resources = tenants.control("GET", "state")["scim"][ORGANIZATION]
    ada = next(resource for resource in resources if resource["userName"] == "ada@example.com")
    assert ada["externalId"] == "64bb00000000000000000001"
    assert ada["active"] is True
    assert ada["name"]["familyName"] == "Lovelace"
    assert [email["value"] for email in ada["emails"]] == ["ada@example.com"]
    created = tenants.events("user_create_provision")
    assert {event["resource"]["email"] for event in created} == {"ada@example.com", "grace@example.com"}
    assert all(event["success"] and event["application"]["id"] == APPLICATION for event in created)
    assert len(tenants.events("association_change")) == 1
    assert len(tenants.events("integration_activate")) == 1


def test_unbinding_deletes_those_whom_no_other_group_holds(tenants: Tenants) -> None:
    tenants.connect()
    tenants.associate("add", ARTISTS)
    tenants.associate("add", DEVELOPERS)
    assert tenants.people() == ["ada@example.com", "alan@example.com", "grace@example.com"]
    assert tenants.associate("remove", ARTISTS) == 204
    assert tenants.people() == ["alan@example.com", "grace@example.com"]
    assert [event["resource"]["email"] for event in tenants.events("user_deprovision")] == ["ada@example.com"]


@pytest.mark.parametrize("is_failure", [False, True])
def test_a_seed_tells_whether_a_removal_of_nobody_fails(is_failure: bool) -> None:
    seed = read_seed(SEEDS / "empty.yml")
    seed["jumpcloud"]["gone_is_failure"] = is_failure
    with Simulator(Simulation(seed)) as simulator:
        tenants = Tenants(simulator.url)
        tenants.connect()
        tenants.associate("add", ARTISTS)
        tenants.settle()
        tenants.control("DELETE", f"unity/users/{ORGANIZATION}/ada@example.com")
        tenants.associate("remove", ARTISTS)
        assert tenants.people() == []
        told = {event["resource"]["email"]: event for event in tenants.events("user_deprovision")}
        assert {email: event["success"] for email, event in told.items()} == {"ada@example.com": not is_failure, "grace@example.com": True}
        assert not is_failure or told["ada@example.com"]["message_chain"]["response_code"] == 404
        # once
        tenants.control("POST", "sync")
        tenants.settle()
        assert len(tenants.events("user_deprovision")) == 2


def test_suspension_staging_and_deletion_deprovision(tenants: Tenants) -> None:
    tenants.connect()
    tenants.associate("add", ARTISTS)
    assert len(tenants.people()) == 2
    tenants.control("POST", "jumpcloud/users", json={"email": "ada@example.com", "state": "SUSPENDED"})
    assert tenants.people() == ["grace@example.com"]
    tenants.control("POST", "jumpcloud/users", json={"email": "staged@example.com", "state": "ACTIVATED"})
    assert tenants.people() == ["grace@example.com", "staged@example.com"]
    tenants.control("DELETE", "jumpcloud/users/64bb00000000000000000002")
    assert tenants.people() == ["staged@example.com"]
    assert len(tenants.events("user_delete_provision")) == 1


def test_a_changed_person_is_updated(tenants: Tenants) -> None:
    tenants.connect()
    tenants.associate("add", ARTISTS)
    tenants.people()
    tenants.control("POST", "jumpcloud/users", json={"id": "64bb00000000000000000001", "email": "ada.lovelace@example.com"})
    assert tenants.people() == ["ada.lovelace@example.com", "grace@example.com"]
    assert len(tenants.events("user_update_provision")) == 1


def test_a_new_member_and_a_direct_binding_arrive(tenants: Tenants) -> None:
    tenants.connect()
    tenants.associate("add", ARTISTS)
    tenants.control("POST", f"jumpcloud/groups/{ARTISTS}/members", json={"add": ["alan@example.com"], "remove": ["ada@example.com"]})
    assert tenants.people() == ["alan@example.com", "grace@example.com"]
    assert tenants.associate("add", "64bb00000000000000000001", kind="user") == 204
    assert tenants.people() == ["ada@example.com", "alan@example.com", "grace@example.com"]


def test_a_person_who_is_there_already_is_adopted(tenants: Tenants) -> None:
    header = tenants.connect()
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com"}
    made = tenants.call("POST", tenants.scim + "/Users", json=body, headers={"Authorization": header}).json()
    tenants.associate("add", ARTISTS)
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    adopted = tenants.call("GET", f"{tenants.scim}/Users/{made['id']}", headers={"Authorization": header}).json()
    assert adopted["externalId"] == "64bb00000000000000000001"
    assert [event["resource"]["email"] for event in tenants.events("user_update_provision")] == ["ada@example.com"]


def test_who_was_removed_by_hand_comes_back_when_bound_directly(tenants: Tenants) -> None:
    """Assumed: the engine believes that the person is there, until a new binding of the person makes it look again."""
    ada = "64bb00000000000000000001"
    header = tenants.connect()
    tenants.associate("add", ARTISTS)
    tenants.people()
    resources = tenants.control("GET", "state")["scim"][ORGANIZATION]
    there = next(resource["id"] for resource in resources if resource["userName"] == "ada@example.com")
    assert tenants.call("DELETE", f"{tenants.scim}/Users/{there}", headers={"Authorization": header}).status_code == 204
    tenants.control("POST", "sync")
    assert tenants.people() == ["grace@example.com"]
    assert tenants.associate("add", ada, kind="user") == 204
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    assert [event["resource"]["email"] for event in tenants.events("user_create_provision")].count("ada@example.com") == 2
    calls = len(tenants.events("user_create_provision", "user_update_provision", "user_lookup_provision"))
    tenants.control("POST", "sync")
    assert tenants.associate("remove", ada, kind="user") == 204
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    assert len(tenants.events("user_create_provision", "user_update_provision", "user_lookup_provision")) == calls
    assert tenants.events("user_deprovision") == []


def test_deactivation_deletes_nobody(tenants: Tenants) -> None:
    tenants.connect()
    tenants.associate("add", ARTISTS)
    tenants.people()
    assert tenants.jumpcloud("DELETE", tenants.provision + "/activate").status_code == 204
    tenants.associate("remove", ARTISTS)
    assert tenants.people() == ["ada@example.com", "grace@example.com"]
    assert len(tenants.events("integration_deactivate")) == 1


def test_a_revoked_key_shows_up_as_failed_events_and_heals(tenants: Tenants) -> None:
    tenants.connect()
    account = tenants.unity("GET", tenants.accounts).json()["results"][0]["id"]
    key = tenants.unity("GET", f"{tenants.accounts}/{account}/keys").json()["results"][0]["id"]
    tenants.control("DELETE", f"unity/keys/{ORGANIZATION}/{account}/{key}")
    tenants.associate("add", ARTISTS)
    assert tenants.people() == []
    failed = [event for event in tenants.events("user_lookup_provision") if not event["success"]]
    assert {event["message_chain"]["response_code"] for event in failed} == {401}
    assert "authorization header" in failed[0]["error_message"]

    change = tenants.configuration(tenants.header(account))
    assert tenants.jumpcloud("PUT", tenants.provision, json=change).json()["pendingReactivation"] is True
    assert tenants.jumpcloud("POST", tenants.provision + "/reactivate").status_code == 409
    assert tenants.verify()["success"]
    assert tenants.jumpcloud("POST", tenants.provision + "/reactivate").json()["pendingReactivation"] is False
    assert tenants.people() == ["ada@example.com", "grace@example.com"]


class TestConnectionTest:
    def test_success_leaves_nothing_behind(self, tenants: Tenants) -> None:
        tenants.jumpcloud("PUT", tenants.provision, json=tenants.configuration(tenants.header(tenants.account())))
        result = tenants.verify()
        assert result["success"], result
        assert "groups: not supported by the service provider, group management is not available" in result["details"]
        assert tenants.jumpcloud("GET", tenants.provision).json()["lastTest"]["success"] is True
        assert tenants.people() == []

    def test_before_anything_is_stored(self, tenants: Tenants) -> None:
        fields = tenants.configuration(tenants.header(tenants.account()))
        assert tenants.verify(**fields)["success"]
        assert tenants.jumpcloud("GET", tenants.provision).status_code == 404

    def test_wrong_key(self, tenants: Tenants) -> None:
        result = tenants.verify(**tenants.configuration("Basic bm9ib2R5Om5vdGhpbmc="))
        assert not result["success"] and "401" in result["message"]

    def test_missing_role(self, tenants: Tenants) -> None:
        result = tenants.verify(**tenants.configuration(tenants.header(tenants.account(roles=("Manager",)))))
        assert not result["success"] and "403" in result["message"]

    def test_address_taken(self, tenants: Tenants) -> None:
        header = tenants.connect()
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": TEST_EMAIL}
        assert tenants.call("POST", tenants.scim + "/Users", json=body, headers={"Authorization": header}).status_code == 201
        result = tenants.verify()
        assert not result["success"] and "409" in result["message"]

    def test_unvalidated_domain(self, tenants: Tenants) -> None:
        header = tenants.header(tenants.account())
        result = tenants.verify(**tenants.configuration(header, testEmail="someone@draft.example.net"))
        assert not result["success"] and "400" in result["message"]
        assert "draft.example.net is not validated" in json.dumps(result["details"])

    @pytest.mark.parametrize("base_url", ["http://127.0.0.1:9", "https://scim.example.invalid/v2"])
    def test_unreachable(self, tenants: Tenants, base_url: str) -> None:
        result = tenants.verify(**tenants.configuration("Basic bm9ib2R5Om5vdGhpbmc=", baseUrl=base_url))
        assert not result["success"] and "Could not reach" in result["message"]

    def test_not_scim(self, tenants: Tenants) -> None:
        header = tenants.header(tenants.account())
        tenants.control("POST", "faults", json={"match": {"service": "unity-scim", "by": "engine"}, "action": "html"})
        result = tenants.verify(**tenants.configuration(header))
        assert not result["success"] and "not SCIM" in result["message"]

    def test_a_service_provider_with_groups(self) -> None:
        with Simulator(simulation_of("conformance")) as simulator:
            tenants = Tenants(simulator.url)
            result = tenants.verify(**tenants.configuration(tenants.header(tenants.account())))
            assert result["details"] == [
                f"{step} test {what}: ok" for step, what in (("create", "user"), ("create", "group"), ("delete", "group"), ("delete", "user"))
            ]
            assert tenants.control("GET", "state")["scim"][ORGANIZATION] == []


def test_a_pair_that_works_already() -> None:
    with Simulator(simulation_of("configured")) as simulator:
        tenants = Tenants(simulator.url)
        assert tenants.people() == ["ada@example.com", "grace@example.com"]
        assert tenants.jumpcloud("GET", tenants.provision).json()["pendingReactivation"] is False
        assert tenants.verify()["success"]


class TestConfiguration:
    @pytest.mark.parametrize(
        "change", [{"baseUrl": "http://127.0.0.1/x/"}, {"type": "ldap"}, {"version": "1.1"}, {"authMethod": "oauth"}, {"headerName": ""}, {"baseUrl": 3}]
    )
    def test_refused(self, tenants: Tenants, change: dict) -> None:
        answer = tenants.jumpcloud("PUT", tenants.provision, json=tenants.configuration("Basic eDp5", **change))
        assert answer.status_code == 400
        assert answer.json()["details"][0]["field"] == next(iter(change))
        assert tenants.jumpcloud("GET", tenants.provision).status_code == 404

    def test_the_value_is_kept_and_never_shown(self, tenants: Tenants) -> None:
        change = tenants.configuration("Basic c2VudGluZWw6dmFsdWU=")
        first = tenants.jumpcloud("PUT", tenants.provision, json=change)
        del change["headerValue"]
        second = tenants.jumpcloud("PUT", tenants.provision, json=change)
        assert second.json()["headerValueSet"] is True
        assert "c2VudGluZWw6dmFsdWU" not in first.text + second.text

    def test_activation_needs_a_value_and_a_passed_test(self, tenants: Tenants) -> None:
        assert tenants.jumpcloud("POST", tenants.provision + "/activate").status_code == 404
        change = tenants.configuration("")
        assert tenants.jumpcloud("PUT", tenants.provision, json=change).json()["headerValueSet"] is False
        assert tenants.jumpcloud("POST", tenants.provision + "/activate").status_code == 400
        tenants.jumpcloud("PUT", tenants.provision, json=tenants.configuration("Basic eDp5"))
        assert tenants.jumpcloud("POST", tenants.provision + "/activate").status_code == 409
        assert not tenants.verify()["success"]
        assert tenants.jumpcloud("POST", tenants.provision + "/activate").status_code == 409
        assert tenants.jumpcloud("POST", tenants.provision + "/reactivate").status_code == 409

    def test_an_active_configuration_wants_the_test_email_again(self, tenants: Tenants) -> None:
        header = tenants.connect()
        change = tenants.configuration(header)
        del change["testEmail"]
        answer = tenants.jumpcloud("PUT", tenants.provision, json=change)
        assert answer.status_code == 400 and answer.json()["details"][0]["field"] == "testEmail"

    def test_removal(self, tenants: Tenants) -> None:
        tenants.connect()
        assert tenants.jumpcloud("DELETE", tenants.provision).status_code == 204
        assert tenants.jumpcloud("GET", tenants.provision).status_code == 404
        assert tenants.jumpcloud("DELETE", tenants.provision).status_code == 404
