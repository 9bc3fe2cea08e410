# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules read from SCIM servers that nobody here wrote."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_drift_info, scim_provisioned_user, unity_scim_connector, unity_scim_user_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from peers.conftest import KEY, Peer, begin_configured
from peers.people import Population, in_another_case
from peers.proxy import Proxy
from simulator.testing import API_KEY, ORGANIZATION
from stories.pair import Pair

HEADER = authorization_header(KEY["id"], KEY["secret"])
GRACE = "grace@example.com"


def unity(proxy: Proxy, **more: Any) -> dict[str, Any]:
    return {"organization_id": ORGANIZATION, "api_url": proxy.url, "services_url": proxy.url, "authorization_header": HEADER, **more}


def both(proxy: Proxy, **more: Any) -> dict[str, Any]:
    addresses = dict.fromkeys(("console_url", "oauth_url", "insights_url", "unity_api_url"), proxy.url)
    return {"api_key": API_KEY, "application": "Unity", "unity_organization_id": ORGANIZATION, "authorization_header": HEADER, **addresses, **more}


@pytest.fixture
def reading(pair: Pair, proxy: Proxy, peer: Peer, size: str, population: Population) -> Iterator[Proxy]:
    """The peer holds the people, and JumpCloud's provisioning is paused, so that nothing is written to the peer."""
    proxy.peer = peer.service(size)
    begin_configured(pair, proxy, population, active=False)
    yield proxy
    assert not any(exchange.is_write for exchange in proxy.exchanges)


def users(proxy: Proxy, **options: Any) -> dict[str, Any]:
    return unity_scim_user_info.run_info(params(unity_scim_user_info.ARGUMENTS, **unity(proxy, **options)), Context())


def names(result: dict[str, Any]) -> list[str]:
    return sorted(user["user_name"] for user in result["users"])


def test_the_connector_proves_the_key_and_counts_the_users(reading: Proxy, peer: Peer, population: Population) -> None:
    connector = unity_scim_connector.run(params(unity_scim_connector.ARGUMENTS, **unity(reading)), Context())["connector"]
    assert connector["base_url"] == f"{reading.url}/scim/v2/tenants/{ORGANIZATION}"
    assert connector["verified"] is True and connector["users"] == len(population.users)
    assert connector["features"]["filter"] is peer.knows_filters and connector["features"]["patch"] is True


def test_a_wrong_key_is_refused_in_the_gateways_form(reading: Proxy) -> None:
    wrong = unity(reading, authorization_header=authorization_header(KEY["id"], "not-the-secret-of-this-key"))
    with pytest.raises(ApiError) as caught:
        unity_scim_connector.run(params(unity_scim_connector.ARGUMENTS, **wrong), Context())
    assert (caught.value.status, caught.value.code) == (401, 51) and reading.exchanges == []


def test_all_users_are_read_with_every_field_whatever_the_size_of_a_page(reading: Proxy, size: str, population: Population) -> None:
    # one at a time, a page that is full, whole pages only, and more than there are
    for page_size in {"few": (1, 2, 3, 100), "many": (500, 700, 2000)}[size]:
        found = users(reading, page_size=page_size)
        assert (page_size, names(found)) == (page_size, sorted(user["userName"] for user in population.users))
        assert found["total"] == len(population.users)
    shown = {user["user_name"]: user for user in found["users"]}
    for user in population.users:
        held, name = shown[user["userName"]], user.get("name") or {}
        assert held["external_id"] == user.get("externalId") and held["active"] is user["active"]
        assert held["emails"] == [email["value"] for email in user.get("emails", [])]
        assert (held["given_name"], held["family_name"]) == (name.get("givenName"), name.get("familyName"))


def test_a_limit_ends_the_reading(reading: Proxy, population: Population) -> None:
    found = users(reading, page_size=2, limit=2)
    assert len(found["users"]) == 2 and set(names(found)) <= {user["userName"] for user in population.users}
    assert users(reading, limit=0)["users"] == []


def test_addresses_are_found_in_another_case_and_nobody_twice(reading: Proxy, peer: Peer, population: Population) -> None:
    held = [user["userName"] for user in population.users]
    wanted = held[:2] + held[-4:]
    found = users(reading, emails=[*in_another_case(wanted), *wanted, "nobody@example.com"], page_size=500)
    assert names(found) == sorted(set(wanted))
    # a filter for each, as long as it is of use, and the list once, whose end has to be proven
    filters = [exchange for exchange in reading.of_modules() if "filter=" in exchange.target]
    assert len(reading.of_modules()) - len(filters) <= -(-len(held) // 500) + 1
    if not peer.knows_filters:
        assert [exchange.status for exchange in filters] == [501]


def test_a_filter_selects_or_is_refused(reading: Proxy, peer: Peer, population: Population) -> None:
    if peer.knows_filters:
        assert set(names(users(reading, filter="active eq false"))) == population.inactive
        one = population.users[0]["userName"]
        assert names(users(reading, filter=f'userName eq "{one}"')) == [one]
        return
    with pytest.raises(ApiError) as caught:
        users(reading, filter="active eq false")
    assert caught.value.status == 501


def test_attributes_are_asked_for_with_those_that_tell_users_apart(reading: Proxy, population: Population) -> None:
    shown = {user["user_name"]: user for user in users(reading, attributes=["name.givenName"], page_size=700)["users"]}
    assert len(shown) == len(population.users)
    for user in population.users:
        found = shown[user["userName"]]
        assert found["given_name"] == (user.get("name") or {}).get("givenName")
        assert (found["family_name"], found["external_id"], found["emails"]) == (None, None, [])


def test_the_comparison_finds_the_known_differences_and_no_others(reading: Proxy, population: Population) -> None:
    found = scim_drift_info.run_info(params(scim_drift_info.ARGUMENTS, **both(reading, page_size=500)), Context())
    assert found["unchecked"] == [] and found["in_sync"] is False and found["truncated"] is False
    assert {person["email"] for person in found["missing"]} == population.missing
    assert {person["user_name"] for person in found["unexpected"]} == population.unexpected
    assert {person["email"]: tuple(change["attribute"] for change in person["differences"]) for person in found["differing"]} == population.differing
    counts = found["counts"]
    assert (counts["expected"], counts["provisioned"], counts["matched"]) == (len(population.people), len(population.users), population.matched)
    assert (counts["duplicates"], counts["outside_domain"], counts["pending"]) == (0, 0, 0)


def test_somebody_who_was_lost_is_provisioned_now_and_then_found(pair: Pair, proxy: Proxy, peer: Peer, size: str, population: Population) -> None:
    proxy.peer = peer.copy(size)
    begin_configured(pair, proxy, population, members=(GRACE,))

    def provision(user: str) -> dict[str, Any]:
        return scim_provisioned_user.run(params(scim_provisioned_user.ARGUMENTS, **both(proxy, user=user, timeout=20.0)), Context())

    pair.tenants.settle()
    if not peer.knows_filters:
        # JumpCloud looks people up by a filter, so nobody can arrive, and what JumpCloud was told is passed on
        with pytest.raises(ScimError) as caught:
            provision(GRACE)
        assert "501" in str(caught.value) and GRACE not in peer.users()
        return
    peer.remove(GRACE)
    created = provision(GRACE)
    assert created["outcome"] == "created" and created["changed"] and created["provisioned_user"]["user_name"] == GRACE
    assert peer.users()[GRACE]["name"]["familyName"] == "Hopper"
    found = provision(GRACE.upper())
    assert found["outcome"] == "found" and not found["changed"] and found["differences"] == []


def test_somebody_who_is_there_is_found_whatever_the_case(reading: Proxy, size: str, population: Population) -> None:
    # of the few somebody who is there in another case
    person = population.people[0 if size == "few" else -1]
    found = scim_provisioned_user.run(params(scim_provisioned_user.ARGUMENTS, **both(reading, user=person.email, timeout=0.0)), Context(check_mode=True))
    assert found["outcome"] == "found" and found["provisioned_user"]["user_name"] == (person.held or {}).get("userName", person.email)
