# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provisioning as a bare script does it: `requests_script.py SETTINGS.json`, credentials and addresses from the environment.

One Session, one request after the other, each answer trusted once its status is good. No retries, no check mode, no diff.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any, Iterator

import requests

TIMEOUT = (10, 30)
PAGE = 100
ORGANIZATION = os.environ["UNITY_ORGANIZATION_ID"]
UNITY = os.environ["UNITY_API_URL"]
JUMPCLOUD = os.environ["JUMPCLOUD_CONSOLE_URL"]
ACCOUNTS = f"{UNITY}/auth/v1/organizations/{ORGANIZATION}/service-accounts"
SCIM = f"{UNITY}/scim/v2/tenants/{ORGANIZATION}"
OWNER = {"Authorization": f"Bearer {os.environ['UNITY_ACCESS_TOKEN']}"}
ADMINISTRATOR = {"x-api-key": os.environ["JUMPCLOUD_API_KEY"]}

SESSION = requests.Session()


def call(method: str, url: str, headers: dict[str, str], accepted: tuple[int, ...] = (), **arguments: Any) -> requests.Response:
    """One request; a bad status ends the script."""
    answer = SESSION.request(method, url, headers=headers, timeout=TIMEOUT, **arguments)
    if answer.status_code not in accepted:
        answer.raise_for_status()
    return answer


def pages(url: str, **query: Any) -> Iterator[dict[str, Any]]:
    """The rows of a JumpCloud v2 list: a short page is the last one."""
    skip = 0
    while True:
        rows = call("GET", url, ADMINISTRATOR, params={"limit": PAGE, "skip": skip, **query}).json()
        yield from rows
        skip += len(rows)
        if len(rows) < PAGE:
            return


def require(condition: bool, message: str) -> None:
    """End the script unless the condition holds."""
    if not condition:
        sys.exit(message)


def check_prerequisites(settings: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The application's id and its identity management, after all checks that need no key."""
    answer = call("GET", f"{JUMPCLOUD}/api/applications", ADMINISTRATOR, params={"limit": PAGE, "sort": "_id"}).json()
    require(answer["totalCount"] <= PAGE, "There are more applications than one page holds.")
    matches = [row["_id"] for row in answer["results"] if row["displayLabel"] == settings["application"]]
    require(len(matches) == 1, f"Expected one application {settings['application']}, found {matches}.")
    provision = call("GET", f"{JUMPCLOUD}/api/v2/applications/{matches[0]}/provision", ADMINISTRATOR, accepted=(404,))
    query = {"filter": f"email:$eq:{settings['test_email']}"}
    people = call("GET", f"{JUMPCLOUD}/api/systemusers", ADMINISTRATOR, params=query).json()
    require(people["totalCount"] == 0, "The test user's email is in use in JumpCloud.")
    sso = call("GET", f"{UNITY}/auth/v1/organizations/{ORGANIZATION}/sso", OWNER).json()
    validated = [domain["name"] for domain in sso["domains"] if domain["validated"]]
    require(sso["enabled"], "Single sign-on is not enabled.")
    require(settings["test_email"].split("@")[1] in validated, "The test user's domain is not validated.")
    return matches[0], None if provision.status_code == 404 else provision.json()


def ensure_account(settings: dict[str, Any]) -> str:
    """The id of the service account, which has the description and exactly the wanted role."""
    found = call("GET", ACCOUNTS, OWNER, params={"limit": PAGE}).json()["results"]
    account = next((row for row in found if row["name"] == settings["account"]), None)
    wanted = {"name": settings["account"], "description": settings["description"]}
    roles: list[str] = []
    if account is None:
        account = call("POST", ACCOUNTS, OWNER, json=wanted).json()
    else:
        roles = [role["name"] for role in call("GET", f"{ACCOUNTS}/{account['id']}/organization-roles", OWNER).json()["roles"]]
    if account["description"] != settings["description"]:
        call("PATCH", f"{ACCOUNTS}/{account['id']}", OWNER, json={"description": settings["description"]})
    if roles != [settings["role"]]:
        call("PUT", f"{ACCOUNTS}/{account['id']}/organization-roles", OWNER, json={"roles": [{"name": settings["role"]}]})
    return account["id"]


def ensure_key(account_id: str, provision: dict[str, Any] | None) -> dict[str, Any] | None:
    """A new key where one is needed: there is none, or JumpCloud has no header value."""
    keys = call("GET", f"{ACCOUNTS}/{account_id}/keys", OWNER, params={"limit": PAGE}).json()["results"]
    if keys and provision and provision["headerValueSet"]:
        return None
    return call("POST", f"{ACCOUNTS}/{account_id}/keys", OWNER, json={}).json()


def prove_key(header: str, test_email: str) -> None:
    """The key works, its account has the role, and the test user is unknown to Unity: one request tells all three."""
    headers = {"Authorization": header, "Accept": "application/scim+json"}
    query: dict[str, Any] = {"filter": f'userName eq "{test_email}"', "count": 1}
    found = call("GET", f"{SCIM}/Users", headers, params=query).json()
    require(found["totalResults"] == 0, "The test user's email is in use in Unity.")


def ensure_identity_management(application_id: str, provision: dict[str, Any] | None, header: str | None, settings: dict[str, Any]) -> None:
    """Configured, tested, active."""
    url = f"{JUMPCLOUD}/api/v2/applications/{application_id}/provision"
    wanted = {
        "type": "scim",
        "version": "2.0",
        "authMethod": "apiKey",
        "baseUrl": SCIM,
        "headerName": "Authorization",
        "testEmail": settings["test_email"],
        "groupManagement": False,
    }
    current = provision or {}
    as_wanted = all(current.get(name) == value for name, value in wanted.items())
    if as_wanted and not header and current["status"] == "active" and (current["lastTest"] or {}).get("success"):
        return
    if header or not as_wanted:
        call("PUT", url, ADMINISTRATOR, json={**wanted, **({"headerValue": header} if header else {})})
    test = call("POST", f"{JUMPCLOUD}/api/v2/provision/client/verify", ADMINISTRATOR, json={"applicationId": application_id, **wanted}).json()
    require(test["success"], f"The connection test failed: {test['message']}.")
    step = "reactivate" if current.get("status") == "active" else "activate"
    active = call("POST", f"{url}/{step}", ADMINISTRATOR).json()
    require(active["status"] == "active", "The application is not active.")


def deliver_key(application_id: str, provision: dict[str, Any] | None, account_id: str, key: dict[str, Any] | None, settings: dict[str, Any]) -> None:
    """Prove the key, then give it to JumpCloud. One that could not be delivered is revoked."""
    try:
        header = None
        if key:
            header = "Basic " + base64.b64encode(f"{key['id']}:{key['secretKey']}".encode()).decode()
            prove_key(header, settings["test_email"])
        ensure_identity_management(application_id, provision, header, settings)
    except BaseException:
        if key:
            call("DELETE", f"{ACCOUNTS}/{account_id}/keys/{key['id']}", OWNER)
        raise


def bound_groups(application_id: str) -> set[str]:
    """The ids of the groups that are bound to the application."""
    url = f"{JUMPCLOUD}/api/v2/applications/{application_id}/associations"
    return {row["to"]["id"] for row in pages(url, targets="user_group")}


def ensure_groups(application_id: str, names: list[str]) -> int:
    """Bind the groups that are not bound yet, read that back, and return how many there were."""
    ids: dict[str, list[str]] = {}
    for row in pages(f"{JUMPCLOUD}/api/v2/usergroups", sort="name", fields="id,name"):
        ids.setdefault(row["name"], []).append(row["id"])
    wrong = [name for name in names if len(ids.get(name, [])) != 1]
    require(not wrong, f"Not exactly one group: {wrong}.")
    wanted = {ids[name][0] for name in names}
    missing = wanted - bound_groups(application_id)
    for group_id in sorted(missing):
        body = {"op": "add", "type": "user_group", "id": group_id}
        call("POST", f"{JUMPCLOUD}/api/v2/applications/{application_id}/associations", ADMINISTRATOR, json=body)
    if missing:
        require(wanted <= bound_groups(application_id), "Not all groups are bound.")
    return len(missing)


def main() -> None:
    """In the order of the vendor's guide."""
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    application_id, provision = check_prerequisites(settings)
    account_id = ensure_account(settings)
    key = ensure_key(account_id, provision)
    deliver_key(application_id, provision, account_id, key, settings)
    bound = ensure_groups(application_id, settings["groups"])
    print(f"{'a new' if key else 'no new'} key, {bound} groups bound")


if __name__ == "__main__":
    main()
