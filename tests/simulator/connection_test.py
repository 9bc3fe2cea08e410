# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's Test Connection (published): create a test user and a test group, then delete both."""

from __future__ import annotations

from typing import Any

from .records import Connection, User
from .scim_peer import PeerError, ScimPeer

TEST_GROUP = "JumpCloud SCIM test group"


def try_connection(connection: Connection, test_email: str) -> dict[str, Any]:
    """`{success, message, details}`; details tell what happened, step by step."""
    person = User("", "", test_email, "jumpcloud-scim-test", "JumpCloud", "Test", "JumpCloud Test")
    details: list[str] = []
    try:
        with ScimPeer(connection) as peer:
            user_id = _step(details, "create test user", lambda: peer.create_user(person))
            _try_group(details, peer)
            _remove_user(details, peer, user_id, person)
    except PeerError as error:
        return {"success": False, "message": f"Test connection failed: {error.message}", "details": details + [error.details]}
    return {"success": True, "message": "Test connection successful", "details": details}


def _step(details: list[str], name: str, call: Any) -> Any:
    try:
        result = call()
    except PeerError as error:
        details.append(f"{name}: {error.message}")
        raise
    details.append(f"{name}: ok")
    return result


def _try_group(details: list[str], peer: ScimPeer) -> None:
    """Assumed: a refused group does not fail the test, since group management is optional."""
    try:
        group_id = _step(details, "create test group", lambda: peer.create_group(TEST_GROUP))
        _step(details, "delete test group", lambda: peer.delete_group(group_id))
    except PeerError:
        details.append("groups: not supported by the service provider, group management is not available")


def _remove_user(details: list[str], peer: ScimPeer, user_id: str, person: User) -> None:
    """Where DELETE is not supported the test user is deactivated (published)."""
    try:
        _step(details, "delete test user", lambda: peer.delete_user(user_id))
    except PeerError as error:
        if error.status not in (405, 501):
            raise
        _step(details, "deactivate test user", lambda: peer.update_user(user_id, person, active=False))
