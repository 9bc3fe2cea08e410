# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: both vendors as an administrator sees them, in a few lines, and simulations from the seeds."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import requests

from .application import Simulation
from .state import read_seed

SEEDS = Path(__file__).resolve().parent / "seeds"
ORGANIZATION = "12345678901234"
TOKEN = "SENTINEL-unity-token-7f3a"
API_KEY = "SENTINEL-jumpcloud-api-key-91c2"
APPLICATION = "64aa00000000000000000001"
ARTISTS = "64cc00000000000000000001"
DEVELOPERS = "64cc00000000000000000002"
TEST_EMAIL = "scim-test@example.com"


class Tenants:
    """Both vendors as an administrator sees them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.accounts = f"/auth/v1/organizations/{ORGANIZATION}/service-accounts"
        self.scim = f"/scim/v2/tenants/{ORGANIZATION}"
        self.provision = f"/api/v2/applications/{APPLICATION}/provision"

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        return self.session.request(method, self.url + path, timeout=30, **arguments)

    def unity(self, method: str, path: str, token: str = TOKEN, **arguments: Any) -> Any:
        return self.call(method, path, headers={"Authorization": f"Bearer {token}"}, **arguments)

    def jumpcloud(self, method: str, path: str, **arguments: Any) -> Any:
        return self.call(method, path, headers={"x-api-key": API_KEY}, **arguments)

    def control(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self.call(method, f"/_simulator/{path}", **arguments)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def settle(self) -> None:
        assert self.control("POST", "settle", json={"timeout": 20}) == {"idle": True}

    def account(self, name: str = "JumpCloud SCIM", roles: tuple[str, ...] = ("SCIM Authenticator",)) -> str:
        account_id: str = self.unity("POST", self.accounts, json={"name": name, "description": "made by a test"}).json()["id"]
        answer = self.unity("PUT", f"{self.accounts}/{account_id}/organization-roles", json={"roles": [{"name": role} for role in roles]})
        assert answer.status_code == 200, answer.text
        return account_id

    def header(self, account_id: str) -> str:
        key = self.unity("POST", f"{self.accounts}/{account_id}/keys").json()
        return "Basic " + base64.b64encode(f"{key['id']}:{key['secretKey']}".encode()).decode()

    def configuration(self, header_value: str, **changes: Any) -> dict[str, Any]:
        return {
            "type": "scim",
            "version": "2.0",
            "authMethod": "apiKey",
            "baseUrl": self.url + self.scim,
            "headerName": "Authorization",
            "headerValue": header_value,
            "testEmail": TEST_EMAIL,
            "groupManagement": False,
            **changes,
        }

    def verify(self, **fields: Any) -> dict[str, Any]:
        answer = self.jumpcloud("POST", "/api/v2/provision/client/verify", json={"applicationId": APPLICATION, **fields})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def connect(self) -> str:
        """The whole set-up of the vendor's guide; the header value."""
        header_value = self.header(self.account())
        assert self.jumpcloud("PUT", self.provision, json=self.configuration(header_value)).status_code == 200
        assert self.verify()["success"]
        assert self.jumpcloud("POST", self.provision + "/activate").json()["status"] == "active"
        return header_value

    def associate(self, operation: str, target: str, kind: str = "user_group") -> int:
        body = {"op": operation, "type": kind, "id": target}
        status: int = self.jumpcloud("POST", f"/api/v2/applications/{APPLICATION}/associations", json=body).status_code
        return status

    def people(self) -> list[str]:
        """Who is in Unity, seen from behind the scenes."""
        self.settle()
        resources = self.control("GET", "state")["scim"][ORGANIZATION]
        return sorted(resource["userName"] for resource in resources if resource["meta"]["resourceType"] == "User")

    def events(self, *types: str) -> list[dict[str, Any]]:
        query = {"service": ["directory"], "start_time": "2020-01-01T00:00:00Z", "search_term": {"and": {"event_type": list(types)}}}
        found: list[dict[str, Any]] = self.jumpcloud("POST", "/insights/directory/v1/events", json=query).json()
        return found


def simulation_of(seed: str, **options: Any) -> Simulation:
    return Simulation(read_seed(SEEDS / f"{seed}.yml"), **options)
