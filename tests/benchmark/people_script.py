# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is missing, unexpected or different in Unity, as a bare script finds out: `people_script.py APPLICATION_ID BASE_URL`.

One Session, one request after the other: JumpCloud's people, who of them is bound, and Unity's users, all as dictionaries in memory. The key of
JumpCloud and the Authorization header of Unity come from the environment. The counts go to standard output, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Callable

import requests

PAGE = 100
TIMEOUT = (10, 60)
JUMPCLOUD = os.environ["JUMPCLOUD_CONSOLE_URL"]
ADMINISTRATOR = {"x-api-key": os.environ["JUMPCLOUD_API_KEY"]}
IDENTITY_PROVIDER = {"Authorization": os.environ["BENCHMARK_SCIM_HEADER"], "Accept": "application/scim+json"}
SESSION = requests.Session()
Row = dict[str, Any]


def get(url: str, headers: dict[str, str], **query: Any) -> Any:
    """One request; a bad status ends the script."""
    answer = SESSION.get(url, headers=headers, params=query, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()


def everything(page: Callable[[int], list[Row]], key: str) -> dict[str, Row]:
    """All rows by their key: a short page is the last one."""
    found: dict[str, Row] = {}
    seen = 0
    while True:
        rows = page(seen)
        found.update((row[key], row) for row in rows)
        seen += len(rows)
        if len(rows) < PAGE:
            return found


def names(user: Row) -> tuple[str, str]:
    """First and last name of a SCIM user."""
    name = user.get("name") or {}
    return name.get("givenName", ""), name.get("familyName", "")


def main() -> None:
    """Read the three lists, and compare them by the address."""
    application_id, base_url = sys.argv[1:]
    fields = "email username firstname lastname state suspended"
    people = everything(
        lambda skip: get(f"{JUMPCLOUD}/api/systemusers", ADMINISTRATOR, limit=PAGE, skip=skip, sort="_id", fields=fields)["results"], "_id"
    )
    bound = everything(lambda skip: get(f"{JUMPCLOUD}/api/v2/applications/{application_id}/users", ADMINISTRATOR, limit=PAGE, skip=skip), "id")
    users = everything(lambda seen: get(f"{base_url}/Users", IDENTITY_PROVIDER, startIndex=seen + 1, count=PAGE).get("Resources", []), "userName")
    expected = {row["email"].lower(): row for user_id, row in people.items() if user_id in bound and row["state"] == "ACTIVATED" and not row["suspended"]}
    provisioned = {user_name.lower(): row for user_name, row in users.items()}
    both = expected.keys() & provisioned.keys()
    differing = sum(1 for email in both if (expected[email]["firstname"], expected[email]["lastname"]) != names(provisioned[email]))
    counts = {
        "bound": len(bound),
        "expected": len(expected),
        "provisioned": len(provisioned),
        "missing": len(expected.keys() - provisioned.keys()),
        "unexpected": len(provisioned.keys() - expected.keys()),
        "differing": differing,
    }
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    main()
