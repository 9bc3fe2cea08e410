# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is missing, unexpected or different in Unity, as a bare script finds out: `people_script.py APPLICATION_ID BASE_URL [CONCURRENCY]`.

One Session: JumpCloud's people, who of them is bound, and Unity's users, all as dictionaries in memory. One request after the other, or, with a concurrency,
the first page of each list, then all other pages that the totals promise, so many at a time. The key of JumpCloud and the Authorization header of Unity
come from the environment. The counts go to standard output, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

import requests

PAGE = 100
TIMEOUT = (10, 60)
JUMPCLOUD = os.environ["JUMPCLOUD_CONSOLE_URL"]
ADMINISTRATOR = {"x-api-key": os.environ["JUMPCLOUD_API_KEY"]}
IDENTITY_PROVIDER = {"Authorization": os.environ["BENCHMARK_SCIM_HEADER"], "Accept": "application/scim+json"}
SESSION = requests.Session()
Row = dict[str, Any]


Pages = Callable[[int], tuple[list[Row], int]]


def get(url: str, headers: dict[str, str], **query: Any) -> requests.Response:
    """One request; a bad status ends the script."""
    answer = SESSION.get(url, headers=headers, params=query, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer


def everything(page: Pages, key: str) -> dict[str, Row]:
    """All rows by their key: a short page is the last one."""
    found: dict[str, Row] = {}
    seen = 0
    while True:
        rows, _total = page(seen)
        found.update((row[key], row) for row in rows)
        seen += len(rows)
        if len(rows) < PAGE:
            return found


def at_the_same_time(lists: list[tuple[Pages, str]], concurrency: int) -> list[dict[str, Row]]:
    """All rows of all lists by their keys: the totals are believed."""
    with ThreadPoolExecutor(concurrency) as pool:
        first = [answer.result() for answer in [pool.submit(page, 0) for page, _key in lists]]
        more = [[pool.submit(page, skip) for skip in range(PAGE, total, PAGE)] for (page, _key), (_rows, total) in zip(lists, first)]
        found = []
        for (_page, key), (rows, _total), answers in zip(lists, first, more):
            found.append({row[key]: row for row in rows})
            for answer in answers:
                found[-1].update((row[key], row) for row in answer.result()[0])
        return found


def people(skip: int) -> tuple[list[Row], int]:
    """A page of JumpCloud's people."""
    fields = "email username firstname lastname state suspended password_expired"
    body = get(f"{JUMPCLOUD}/api/systemusers", ADMINISTRATOR, limit=PAGE, skip=skip, sort="_id", fields=fields).json()
    return body["results"], body["totalCount"]


def bound_to(application_id: str) -> Pages:
    """Pages of the people who are bound."""

    def page(skip: int) -> tuple[list[Row], int]:
        answer = get(f"{JUMPCLOUD}/api/v2/applications/{application_id}/users", ADMINISTRATOR, limit=PAGE, skip=skip)
        return answer.json(), int(answer.headers["X-Total-Count"])

    return page


def provisioned_at(base_url: str) -> Pages:
    """Pages of Unity's users."""

    def page(skip: int) -> tuple[list[Row], int]:
        body = get(f"{base_url}/Users", IDENTITY_PROVIDER, startIndex=skip + 1, count=PAGE).json()
        return body.get("Resources", []), body["totalResults"]

    return page


def names(user: Row) -> tuple[str, str]:
    """First and last name of a SCIM user."""
    name = user.get("name") or {}
    return name.get("givenName", ""), name.get("familyName", "")


def main() -> None:
    """Read the three lists, and compare them by the address."""
    application_id, base_url = sys.argv[1:3]
    lists = [(people, "_id"), (bound_to(application_id), "id"), (provisioned_at(base_url), "userName")]
    if len(sys.argv) > 3:
        directory, bound, users = at_the_same_time(lists, int(sys.argv[3]))
    else:
        directory, bound, users = (everything(page, key) for page, key in lists)
    expected = {row["email"].lower(): row for user_id, row in directory.items() if user_id in bound and row["state"] == "ACTIVATED" and not row["suspended"]}
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
