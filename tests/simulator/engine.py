# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JumpCloud's provisioning engine: a background worker that brings the other side in line with the bindings."""

from __future__ import annotations

import logging
import threading
from typing import Callable

from .bindings import wanted_people
from .events import person_synced
from .records import Application, Connection, Integration, Provisioned, User
from .scim_peer import PeerError, ScimPeer
from .state import State

LOG = logging.getLogger(__name__)


class Engine:
    """Each trigger leads to one pass over all active integrations; what fails is tried again at the next trigger."""

    def __init__(self, state: State, delay_seconds: float = 0.0) -> None:
        self._state = state
        self._delay_seconds = delay_seconds
        self._condition = threading.Condition()
        self._dirty = False
        self._busy = False
        self._stopping = False
        self._direct: dict[str, set[str]] = {}
        self._thread = threading.Thread(target=self._run, name="provisioning-engine", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def trigger(self) -> None:
        with self._condition:
            self._dirty = True
            self._condition.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: not self._dirty and not self._busy, timeout)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._dirty or self._stopping)
                if self._stopping:
                    return
                self._busy = True
                if self._delay_seconds:
                    self._condition.wait_for(lambda: self._stopping, self._delay_seconds)
                self._dirty = False
            try:
                self._sync_all()
            except Exception:  # pylint: disable=broad-exception-caught
                LOG.exception("a pass of the provisioning engine failed")
            with self._condition:
                self._busy = False
                self._condition.notify_all()

    def _sync_all(self) -> None:
        with self._state.lock:
            applications = [known for known in self._state.jumpcloud.applications if known.integration and known.integration.active]
        for application in applications:
            if self._stopping:
                return
            Pass(self._state, application, lambda: self._stopping, self._newly_direct(application)).run()

    def _newly_direct(self, application: Application) -> set[str]:
        """Who was bound directly since the last pass. Such a person is looked up again, even if the engine put them there before (assumed)."""
        with self._state.lock:
            direct = {binding.id for binding in application.bindings if binding.type == "user"}
        before = self._direct.get(application.id, direct)
        self._direct[application.id] = direct
        return direct - before


class Pass:
    """One look at one application: who is wanted, who is there, and the difference over SCIM."""

    def __init__(self, state: State, application: Application, stopping: Callable[[], bool], again: set[str]) -> None:
        self._state = state
        self._application = application
        self._stopping = stopping
        self._again = again

    def run(self) -> None:
        with self._state.lock:
            integration = self._application.integration
            if not integration or not integration.active or not integration.activated:
                return
            connection = Connection(**vars(integration.activated))
            wanted = {user.id: User(**vars(user)) for user in wanted_people(self._state, self._application)}
            known = {identifier: Provisioned(**vars(entry)) for identifier, entry in integration.provisioned.items()}
            everyone = {user.id: User(**vars(user)) for user in self._state.jumpcloud.users}
        to_put = [user for user in wanted.values() if self._is_to_put(user, known.get(user.id))]
        to_delete = [identifier for identifier in known if identifier not in wanted]
        if not to_put and not to_delete:
            return
        try:
            peer = ScimPeer(connection)
        except PeerError as error:
            for user in to_put:
                self._report("user_create_provision", user, error)
            return
        with peer:
            for user in to_put:
                if self._is_over(integration, connection):
                    return
                self._put(peer, integration, user, known.get(user.id))
            for identifier in to_delete:
                if self._is_over(integration, connection):
                    return
                gone = everyone.get(identifier) or User(identifier, "", known[identifier].user_name, known[identifier].user_name)
                self._delete(peer, integration, gone, known[identifier], existed=identifier in everyone)

    def _is_to_put(self, user: User, entry: Provisioned | None) -> bool:
        return entry is None or entry.fingerprint != fingerprint(user) or user.id in self._again

    def _is_over(self, integration: Integration, connection: Connection) -> bool:
        """A pass ends when another header is in use: the next one takes it (assumed)."""
        return self._stopping() or self._application.integration is not integration or not integration.active or integration.activated != connection

    def _put(self, peer: ScimPeer, integration: Integration, user: User, entry: Provisioned | None) -> None:
        event = "user_lookup_provision"
        try:
            scim_id = None
            if entry:
                event = "user_update_provision"
                scim_id = self._update(peer, entry.scim_id, user)
            if scim_id is None:
                event = "user_lookup_provision"
                found = peer.find_user(user.email)
                self._report(event, user)
                event = "user_update_provision" if found else "user_create_provision"
                scim_id = self._update(peer, found, user) if found else peer.create_user(user)
            if scim_id is None:
                return  # found, and gone a moment later: the next trigger tries again
        except PeerError as error:
            self._report(event, user, error)
            return
        with self._state.lock:
            integration.provisioned[user.id] = Provisioned(scim_id, fingerprint(user), user.email)
        self._report(event, user)

    @staticmethod
    def _update(peer: ScimPeer, scim_id: str, user: User) -> str | None:
        """None: the person is no longer there, and must be created."""
        try:
            peer.update_user(scim_id, user)
        except PeerError as error:
            if error.status != 404:
                raise
            return None
        return scim_id

    def _delete(self, peer: ScimPeer, integration: Integration, user: User, entry: Provisioned, existed: bool) -> None:
        """Assumed: user_deprovision when the person still is in JumpCloud, user_delete_provision when not.

        Whether it is told as a failure that the other side knows nobody of this id (404) is not published, so a seed decides.
        """
        event, failure = "user_deprovision" if existed else "user_delete_provision", None
        try:
            peer.delete_user(entry.scim_id)
        except PeerError as error:
            if error.status != 404:
                self._report(event, user, error)
                return
            failure = error if self._state.jumpcloud.gone_is_failure else None
        with self._state.lock:
            integration.provisioned.pop(user.id, None)
        self._report(event, user, failure)

    def _report(self, event_type: str, user: User, error: PeerError | None = None) -> None:
        failure = (error.status, error.message, error.details) if error else None
        person_synced(self._state, self._application, event_type, user, failure)


def fingerprint(user: User) -> str:
    """What the other side is told about a person; a change of it leads to an update."""
    return "|".join([user.email, user.firstname, user.lastname, user.displayname])
