# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second door: a person who does the console's steps. What they do is logged as done by the operator, and not counted as the modules'."""

from __future__ import annotations

import argparse
import base64
import os
import sys
from pathlib import Path
from typing import Any

import requests

from .request_log import OPERATOR_USER_AGENT
from .testing import API_KEY, APPLICATION, ORGANIZATION, TEST_EMAIL, TOKEN

ACCOUNT = "JumpCloud SCIM"
ROLE = "SCIM Authenticator"
SECONDS = 30


class ConsoleRefused(Exception):
    """The console shows an error."""


class Operator:
    """A person with both consoles open, and a terminal on the machine that runs Ansible."""

    def __init__(self, url: str, organization: str = ORGANIZATION, application: str = APPLICATION, token: str = TOKEN, api_key: str = API_KEY) -> None:
        self._url = url
        self._organization = f"/auth/v1/organizations/{organization}"
        self._scim_url = f"{url}/scim/v2/tenants/{organization}"
        self._application = application
        self._provision = f"/api/v2/applications/{application}/provision"
        self._token = token
        self._api_key = api_key
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = OPERATOR_USER_AGENT

    # ------------------------------------------------------------ Unity Dashboard

    def create_account(self, name: str = ACCOUNT, roles: tuple[str, ...] = (ROLE,), description: str = "") -> str:
        """New, name and description, Create, Manage organization roles, Save. The ID."""
        account_id: str = self._unity("POST", "/service-accounts", {"name": name, "description": description})["id"]
        self.set_roles(name, roles)
        return account_id

    def set_roles(self, name: str = ACCOUNT, roles: tuple[str, ...] = (ROLE,)) -> None:
        self._unity("PUT", f"/service-accounts/{self._account_id(name)}/organization-roles", {"roles": [{"name": role} for role in roles]})

    def create_key(self, name: str = ACCOUNT) -> tuple[str, str]:
        """Add key: the key ID and the secret key, shown this once."""
        key = self._unity("POST", f"/service-accounts/{self._account_id(name)}/keys", {})
        return key["id"], key["secretKey"]

    def revoke_key(self, key_id: str, name: str = ACCOUNT) -> None:
        self._unity("DELETE", f"/service-accounts/{self._account_id(name)}/keys/{key_id}")

    def enforce(self, enforced: bool = True) -> None:
        self._unity("PATCH", "/sso", {"scim": {"enforced": enforced}})

    # ---------------------------------------------------- JumpCloud Admin Portal

    def activate(self, header: str, base_url: str | None = None, test_email: str = TEST_EMAIL, test: bool = True) -> None:
        """Fill the tab Identity Management in, Test Connection, Activate."""
        fields = {
            "type": "scim",
            "version": "2.0",
            "authMethod": "apiKey",
            "baseUrl": base_url or self._scim_url,
            "headerName": "Authorization",
            "headerValue": header,
            "testEmail": test_email,
            "groupManagement": False,
        }
        was_active = self._jumpcloud("PUT", self._provision, fields)["status"] == "active"
        if test:
            verdict = self._jumpcloud("POST", "/api/v2/provision/client/verify", {"applicationId": self._application, **fields})
            if not verdict["success"]:
                raise ConsoleRefused(verdict["message"])
        self._jumpcloud("POST", self._provision + ("/reactivate" if was_active else "/activate"))

    def deactivate(self) -> None:
        self._jumpcloud("DELETE", self._provision + "/activate")

    # ------------------------------------------------------------------ terminal

    @staticmethod
    def write_secret_file(path: Path, text: str, mode: int = 0o600) -> None:
        """As the runbook's command does: under another name first, so that nobody reads half of it."""
        half = path.with_name(path.name + ".half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(text)
        half.replace(path)

    def hand_over_key(self, path: Path, name: str = ACCOUNT, as_lines: bool = False) -> str:
        """Make a key and write it into the secret file, in one of the two forms. The key ID."""
        key_id, secret_key = self.create_key(name)
        header = header_of(key_id, secret_key)
        self.write_secret_file(path, f"key_id: {key_id}\nsecret_key: {secret_key}\n" if as_lines else header + "\n")
        return key_id

    @staticmethod
    def read_secret_file(path: Path) -> str:
        return path.read_text(encoding="utf-8").strip()

    # --------------------------------------------------------------------- wires

    def _account_id(self, name: str) -> str:
        found: list[str] = [account["id"] for account in self._unity("GET", "/service-accounts?limit=100")["results"] if account["name"] == name]
        if len(found) != 1:
            raise ConsoleRefused(f"{len(found)} service accounts are called {name}")
        return found[0]

    def _unity(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, self._organization + path, {"Authorization": f"Bearer {self._token}"}, body)

    def _jumpcloud(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, path, {"x-api-key": self._api_key}, body)

    def _call(self, method: str, path: str, headers: dict[str, str], body: Any) -> Any:
        answer = self._session.request(method, self._url + path, headers=headers, json=body, timeout=SECONDS)
        if answer.status_code >= 300:
            raise ConsoleRefused(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None


def header_of(key_id: str, secret_key: str) -> str:
    return "Basic " + base64.b64encode(f"{key_id}:{secret_key}".encode()).decode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator.operator", description="Do the console's steps on the simulator, as a person would.")
    parser.add_argument("--url", required=True, help="the simulator's address")
    parser.add_argument(
        "--secret-file", type=Path, help="unity-key writes the key there, jumpcloud-activate reads it; without it, jumpcloud-activate makes the key, too"
    )
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("action", choices=["do"])
    steps = ["unity-account", "unity-key", "jumpcloud-activate", "jumpcloud-deactivate", "enforce", "stop-enforcing"]
    parser.add_argument("steps", nargs="+", choices=steps)
    given = parser.parse_args(arguments)
    if not given.secret_file and "unity-key" in given.steps:
        parser.error("unity-key needs --secret-file")
    operator = Operator(given.url)
    for step in given.steps:
        try:
            _do(operator, step, given)
        except ConsoleRefused as error:
            print(f"{step}: {error}", file=sys.stderr)
            return 1
        print(f"{step}: done")
    return 0


def _do(operator: Operator, step: str, given: argparse.Namespace) -> None:
    if step == "unity-account":
        operator.create_account(given.account)
    elif step == "unity-key":
        operator.hand_over_key(given.secret_file, given.account)
    elif step == "jumpcloud-activate":
        operator.activate(operator.read_secret_file(given.secret_file) if given.secret_file else header_of(*operator.create_key(given.account)))
    elif step == "jumpcloud-deactivate":
        operator.deactivate()
    else:
        operator.enforce(step == "enforce")


if __name__ == "__main__":
    sys.exit(main())
