# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to JumpCloud's user groups and users.

PUBLISHED: ``GET /api/v2/usergroups`` (bare array; ``id``, ``name``), ``GET /api/systemusers`` and ``/api/systemusers/{id}`` (v1 API;
``_id``, ``email``, ``firstname``, ``lastname``, ``state``, ``suspended``, ``password_expired``; filter ``email:$eq:value``), and
``/api/v2/usergroups/{id}/membership`` (``id``, ``type``). Names are compared here, exactly: the server's filter knows wild cards.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import matching_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional, ShapeMismatch, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import REFUSALS_OF_A_FILTER, Listing, require_readable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import list_v1, list_v2

GROUP = {"id": str, "name": str}
MEMBER = {"id": str, "type": str}
USER = {
    "_id": str,
    "email": Optional(str),
    "username": Optional(str),
    "firstname": Optional(str),
    "lastname": Optional(str),
    "state": Optional(str),
    "suspended": Optional(bool),
    "password_expired": Optional(bool),
}


@dataclass(frozen=True)
class UserGroup:
    """A user group."""

    id: str
    name: str

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True)
class User:
    """A person in JumpCloud. ``state`` is ACTIVATED, STAGED or SUSPENDED."""

    id: str
    email: str | None
    username: str | None
    first_name: str | None
    last_name: str | None
    state: str | None
    suspended: bool | None
    password_expired: bool | None = None

    @property
    def status(self) -> str:
        """``activated``, ``staged`` or ``suspended``. JumpCloud exports activated people only (published)."""
        return "suspended" if self.suspended else (self.state or "activated").lower()

    @property
    def title(self) -> str:
        return self.email or self.username or self.id

    def as_result(self) -> dict[str, t.Any]:
        return {"id": self.id, "email": self.email, "username": self.username, "state": self.state, "suspended": self.suspended}


class Directory:
    """The groups and people of one JumpCloud organization."""

    def __init__(self, client: HttpClient):
        self._client = client
        self._everybody: list[User] | None = None
        self._by_address: dict[str, list[User]] | None = None

    def groups(self) -> t.Iterator[UserGroup]:
        rows = list_v2(
            self._client, "/api/v2/usergroups", "list the user groups", "user groups", GROUP, lambda row: row["id"], {"sort": "name", "fields": "id,name"}
        )
        return (UserGroup(row["id"], row["name"]) for row in rows)

    def member_ids(self, group_id: str) -> t.Iterator[str]:
        """The ids of all members of a group, direct and indirect."""
        path = "/api/v2/usergroups/%s/membership" % quote(group_id, safe="")
        rows = list_v2(self._client, path, "list the members of a user group", "members", MEMBER, lambda row: row["id"])
        return (row["id"] for row in rows if row["type"] == "user")

    def find_by_email(self, email: str) -> list[User]:
        """Users with this email address, as matching_key compares it.

        That a filter finds nobody, or is refused, is no proof that nobody is there: then the whole list is read, once for each run.
        """
        if self._by_address is None:
            wanted = matching_key(email)
            try:
                found = [user for user in self._filtered(email) if matching_key(user.email) == wanted]
            except ApiError as error:
                if error.status not in REFUSALS_OF_A_FILTER:
                    raise
                found = []
            if found:
                return found
        return self.holders(email)

    def holders(self, email: str) -> list[User]:
        """As find_by_email, without asking a filter first: for an address that nobody should have."""
        if self._by_address is None:
            people: dict[str, list[User]] = {}
            for user in self.everybody():
                people.setdefault(matching_key(user.email), []).append(user)
            self._by_address = people
        return self._by_address.get(matching_key(email), [])

    def everybody(self) -> list[User]:
        """All people, of whom each can be read: else ScimError. The list is read once for each run."""
        if self._everybody is None:
            listing = self.users()
            everybody = list(listing)
            require_readable(listing, "JumpCloud's list of users")
            self._everybody = everybody
        return self._everybody

    def _filtered(self, email: str) -> Listing[User]:
        # JumpCloud keeps addresses in lower case (observed); the comparison here does not rely on it
        query = {"filter": "email:$eq:%s" % email.strip().lower()}
        return list_v1(self._client, "/api/systemusers", "look up users by email", "users", dict, query, _user)

    def users(self) -> Listing[User]:
        """All people. An entry that can't be read counts as ``odd``, and is left out."""
        query = {"sort": "_id", "fields": "email username firstname lastname state suspended password_expired"}
        return list_v1(self._client, "/api/systemusers", "list the users", "users", dict, query, _user, capped=True)

    def user(self, user_id: str) -> User | None:
        answer = self._client.request("GET", "/api/systemusers/%s" % quote(user_id, safe=""), "read a user", handled=(404,))
        if answer.status == 404 or answer.is_empty():
            return None
        return _user(answer.json(USER))


def _user(row: dict[str, t.Any]) -> User | None:
    """None where a field that people are compared by has another type than it should have."""
    try:
        check_shape(row, USER)
    except ShapeMismatch:
        return None
    named = (row.get("email"), row.get("username"), row.get("firstname"), row.get("lastname"))
    return User(row["_id"], *named, row.get("state"), row.get("suspended"), row.get("password_expired"))
