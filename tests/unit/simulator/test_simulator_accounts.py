# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's roles and service accounts, and what their tokens may do."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.testing import API_KEY, Tenants

WANTED = {"authType": "CLIENT_SECRET", "clientSecretConfig": {"lifetime": "90 Days"}}
ROLES, ACCOUNTS = "/api/v2/roles", "/api/v2/service-accounts"


@pytest.fixture
def clean(tenants: Tenants) -> Any:
    """No contract was broken."""
    yield tenants
    assert tenants.control("GET", "contract-violations")["violations"] == []


def role(tenants: Tenants, *scopes: str, name: str = "Reader") -> str:
    answer = tenants.jumpcloud("POST", ROLES, json={"name": name, "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    role_id: str = answer.json()["id"]
    return role_id


def account(tenants: Tenants, role_id: str) -> tuple[str, dict[str, str]]:
    """Its id, and its client secret as the answer shows it."""
    answer = tenants.jumpcloud("POST", ACCOUNTS, json={"name": "Robot", "roleId": role_id, "authConfig": WANTED})
    assert answer.status_code == 201, answer.text
    made = answer.json()["serviceAccount"]
    return made["objectId"], made["authConfigList"][0]["clientSecretConfig"]


def token_of(tenants: Tenants, secret: dict[str, str]) -> Any:
    form = {"grant_type": "client_credentials", "scope": "api"}
    return tenants.call("POST", "/oauth2/token", auth=(secret["clientId"], secret["clientSecret"]), data=form)


def test_a_token_may_do_what_its_role_says(clean: Tenants) -> None:
    role_id = role(clean, "users.readonly", "directoryinsights.readonly")
    account_id, secret = account(clean, role_id)
    headers = {"Authorization": "Bearer " + token_of(clean, secret).json()["access_token"]}

    def status(method: str, path: str, **given: Any) -> int:
        found: int = clean.call(method, path, headers=headers, **given).status_code
        return found

    events = {"service": ["all"], "start_time": "2020-01-01T00:00:00Z"}
    assert status("GET", "/api/systemusers") == 200 and status("GET", "/api/applications") == 403
    assert status("POST", "/insights/directory/v1/events", json=events) == 200 and status("GET", ROLES) == 403
    # none of its scopes is known
    assert status("GET", clean.provision) == 404
    assert clean.jumpcloud("PUT", f"{ROLES}/{role_id}", json={"name": "Reader", "scopes": ["applications"]}).status_code == 200
    assert status("GET", "/api/applications") == 200 and status("GET", "/api/systemusers") == 403
    assert status("POST", "/insights/directory/v1/events", json=events) == 403
    assert clean.jumpcloud("DELETE", f"{ROLES}/{role_id}").status_code == 409
    assert clean.jumpcloud("DELETE", f"{ACCOUNTS}/{account_id}").status_code == 200
    assert status("GET", "/api/applications") == 401 and token_of(clean, secret).status_code == 401
    assert clean.jumpcloud("DELETE", f"{ROLES}/{role_id}").status_code == 204


def test_a_secret_is_shown_once_and_two_are_allowed(clean: Tenants) -> None:
    account_id, first = account(clean, role(clean, "users"))
    path = f"{ACCOUNTS}/{account_id}/auth-config"
    second = clean.jumpcloud("POST", path, json={"authConfig": WANTED}).json()["authConfig"]["clientSecretConfig"]
    assert clean.jumpcloud("POST", path, json={"authConfig": WANTED}).status_code == 400
    assert token_of(clean, first).status_code == token_of(clean, second).status_code == 200
    for shown in (clean.jumpcloud("GET", f"{ACCOUNTS}/{account_id}").json(), clean.jumpcloud("GET", ACCOUNTS).json()["results"][0]):
        secrets = [config["clientSecretConfig"] for config in shown["authConfigList"]]
        assert [one["clientId"] for one in secrets] == [first["clientId"], second["clientId"]]
        assert not any("clientSecret" in one for one in secrets)
    known = clean.control("GET", "state?secrets=true")["secrets"]
    assert first["clientSecret"] in known and second["clientSecret"] in known


@pytest.mark.parametrize(
    "config, status", [({"authType": "API_KEY"}, 400), ({"authType": "CLIENT_SECRET", "clientSecretConfig": {"lifetime": "1 Day"}}, 400), (WANTED, 201)]
)
def test_what_an_account_is_made_with(clean: Tenants, config: dict[str, Any], status: int) -> None:
    body = {"name": "Robot", "roleId": role(clean, "users"), "authConfig": config}
    assert clean.jumpcloud("POST", ACCOUNTS, json=body).status_code == status
    assert clean.jumpcloud("POST", ACCOUNTS, json={**body, "roleId": "0" * 24}).status_code == 404
    assert status == 400 or clean.jumpcloud("POST", ACCOUNTS, json=body).status_code == 409


def test_twenty_custom_roles(clean: Tenants) -> None:
    for number in range(20):
        role(clean, "users", name=f"Role {number}")
    assert clean.jumpcloud("POST", ROLES, json={"name": "Role 0", "scopes": []}).status_code == 409
    assert clean.jumpcloud("POST", ROLES, json={"name": "Role 20", "scopes": []}).status_code == 400
    page = clean.jumpcloud("GET", ROLES, params={"limit": 15, "skip": 10}).json()
    assert (len(page["results"]), page["totalCount"]) == (10, 20)


def test_they_are_saved(clean: Tenants) -> None:
    account_id, _secret = account(clean, role(clean, "users"))
    saved = clean.control("GET", "state")["jumpcloud"]
    assert [one["id"] for one in saved["service_accounts"]] == [account_id] and saved["roles"][0]["scopes"] == ["users"]
    assert API_KEY not in str(saved)
