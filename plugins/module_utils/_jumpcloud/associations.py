# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway to what is bound to a JumpCloud application.

PUBLISHED: ``GET .../associations?targets=user_group`` (direct bindings, ids only), ``POST .../associations`` ``{op, type, id}`` -> 204, one
target per call, ``GET .../users`` (everybody who is bound, directly or through groups, each with all paths; an edge has ``to``, and ``from`` is optional).
``targets`` and ``type`` may be ``user``, too.
OBSERVED on sibling calls, not published here: adding twice answers 409, removing what is not there 404. Both are settled by reading again.
ASSUMED: that a direct binding of a person who is bound through a group already leads to a new attempt to provision that person, and that its
removal, while the group still binds the person, takes nothing away.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import Optional, ShapeMismatch, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import Listing, require_readable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import identity_of, list_v2

END = {"id": str, "type": str}
EDGE = {"to": END}
BOUND_USER = {"id": str, "paths": [[{"to": END, "from": Optional(END)}]]}


@dataclass(frozen=True)
class BoundUser:
    """Someone who is bound to the application.

    ``paths``: for each way, the ids of the groups whose unbinding may cut it; an empty one is a direct binding. ``groups``: for each way, all of its groups.
    """

    id: str
    paths: tuple[frozenset[str], ...]
    groups: tuple[frozenset[str], ...] = ()

    def loses_access_without(self, group_ids: frozenset[str]) -> bool:
        """True if every path leads through one of these groups."""
        return all(path & group_ids for path in self.paths)


class Associations:
    """What is bound to one application."""

    def __init__(self, client: HttpClient, application_id: str):
        self._client = client
        self._path = "/api/v2/applications/%s" % quote(application_id, safe="")

    def group_ids(self, enough: frozenset[str] | None = None) -> frozenset[str]:
        """The ids of the user groups that are bound directly: all, or as many as are read until ``enough`` are among them."""
        rows = self._list("/associations", "list the bound user groups", "associations", EDGE, lambda row: row["to"]["id"], {"targets": "user_group"})
        found: set[str] = set()
        for row in rows:
            if row["to"]["type"] == "user_group":
                found.add(row["to"]["id"])
            if enough is not None and enough <= found:
                break
        return frozenset(found)

    def users(self) -> Listing[BoundUser]:
        """Everybody who is bound, directly or through groups. An entry that can't be read counts as ``odd``, and is left out."""
        return list_v2(
            self._client, self._path + "/users", "list the bound users", "bound users", dict, lambda row: identity_of(row, "id"), {}, _bound_user, capped=True
        )

    def add_group(self, group_id: str) -> None:
        """Bind a user group; one that is bound already is fine."""
        self._write("add", group_id, "bind the user group %s" % group_id, 409)

    def remove_group(self, group_id: str) -> None:
        """Unbind a user group; one that is not bound is fine."""
        self._write("remove", group_id, "unbind the user group %s" % group_id, 404)

    def paths_of(self, user_id: str) -> tuple[frozenset[str], ...]:
        """One person's paths, as in BoundUser; none if the person is not bound. Asking for one person is not published: the list is read up to there."""
        users = self.users()
        found = next((user.paths for user in users if user.id == user_id), None)
        if found is None:
            require_readable(users, "JumpCloud's list of bound users")
        return found or ()

    def is_bound_directly(self, user_id: str) -> bool:
        rows = self._list("/associations", "list the people who are bound directly", "associations", EDGE, lambda row: row["to"]["id"], {"targets": "user"})
        return any(row["to"]["type"] == "user" and row["to"]["id"] == user_id for row in rows)

    def add_user(self, user_id: str) -> None:
        """Bind a person directly; one who is bound so already is fine."""
        self._write("add", user_id, "bind the user %s" % user_id, 409, "user")

    def remove_user(self, user_id: str) -> None:
        """Remove a person's direct binding; one who has none is fine."""
        self._write("remove", user_id, "unbind the user %s" % user_id, 404, "user")

    def cleanup(self) -> t.ContextManager[None]:
        """For removing what was bound for a while: within, there is time for that, even if the time budget is used up."""
        return self._client.transport.cleanup()

    def _write(self, operation: str, target_id: str, purpose: str, already_done: int, kind: str = "user_group") -> None:
        body = {"op": operation, "type": kind, "id": target_id}
        # the outcome is a set, so sending it twice has the effect of sending it once
        self._client.request("POST", self._path + "/associations", purpose, json_body=body, idempotent=True, handled=(already_done,))

    def _list(self, below: str, operation: str, what: str, row: dict[str, t.Any], identity: t.Callable[[t.Any], t.Any], query: dict[str, t.Any]) -> t.Any:
        return list_v2(self._client, self._path + below, operation, what, row, identity, query, capped=True)


def _bound_user(row: dict[str, t.Any]) -> BoundUser | None:
    """None for an entry of another shape. There are as many as people, so the usual one, which fits, is checked as a whole."""
    try:
        check_shape(row, BOUND_USER)
    except ShapeMismatch:
        return None
    paths = row["paths"]
    if not all(paths):
        # a way without an edge is not a direct one: it says nothing
        return None
    return BoundUser(row["id"], tuple([_cutting_groups(path) for path in paths]), tuple([_groups(_ends(path)) for path in paths]))


def _cutting_groups(path: list[dict[str, t.Any]]) -> frozenset[str]:
    """The groups whose unbinding cuts this path.

    A group can be a member of another one. Then only the group at the application's end is bound, and unbinding an inner one that is bound as
    well cuts another path, not this one. Where no edge says that it begins at the application, every group on the path counts: rather too many
    people than too few.
    """
    neighbours = [_other_end(edge) for edge in path if edge.get("from") and "application" in (edge["from"]["type"], edge["to"]["type"])]
    return _groups(neighbours or _ends(path))


def _ends(path: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    return [end for edge in path for end in (edge.get("from"), edge["to"]) if end]


def _groups(ends: list[dict[str, t.Any]]) -> frozenset[str]:
    return frozenset([end["id"] for end in ends if end["type"] == "user_group"])


def _other_end(edge: dict[str, t.Any]) -> dict[str, t.Any]:
    """What the application is bound to, whichever way the edge points."""
    other: dict[str, t.Any] = edge["to"] if edge["from"]["type"] == "application" else edge["from"]
    return other
