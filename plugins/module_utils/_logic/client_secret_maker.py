# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a JumpCloud service account and its client secrets are made: none twice, and none that nobody holds is left alive, unless the error says so."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import poll
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.roles import Role
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.service_accounts import CreatedSecret, ServiceAccount, ServiceAccounts
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.client_secrets import left_alive
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.service_account_plan import ACCOUNT, SECRET

REFUSED = (401, 403)
Made = t.Tuple[CreatedSecret, ServiceAccount]


class ClientSecretMaker:
    """Makes a client secret for the account of this name, with the account where there is none, and proves it."""

    def __init__(self, gateway: ServiceAccounts, name: str, lifetime: int, context: Context):
        self._gateway = gateway
        self._name = name
        self._lifetime = lifetime
        self._context = context

    def create_account(self, role: Role, check: t.Callable[[CreatedSecret], None]) -> Made:
        """Whatever fails after the creation, the account does not stay: nothing can depend on it yet."""
        try:
            created = self._gateway.create(self._name, role.id, self._lifetime)
        except BaseException as error:
            if not isinstance(error, ApiError) or error.outcome == "unknown":
                self._delete_lost(role, error)
            elif error.status == 409:
                error.hint = "The name may be in use by an account that the list does not show. Choose another name."
            raise
        self._register(created, Action("create", ACCOUNT, {"name": self._name}))
        try:
            account = self._require_shown(created)
            if not account.has(role):
                raise ScimError("JumpCloud gave the service account %s another role than %s." % (quoted(self._name), quoted(role.name)))
            check(created)
        except BaseException as error:
            # also where somebody, or a time limit of the task, stops the run
            self._delete(created.account_id, error, "it was deleted")
            raise
        return created, account

    def add_secret(self, account: ServiceAccount, check: t.Callable[[CreatedSecret], None]) -> Made:
        """A new client secret that fails can't be revoked (see the gateway), so the error says what is left."""
        try:
            created = self._gateway.add_secret(account.id, self._lifetime)
        except BaseException as error:
            if not isinstance(error, ApiError) or error.outcome == "unknown":
                self._tell_lost(account, error)
            raise
        self._register(created, Action("create", SECRET, {"client_id": created.public.client_id}))
        try:
            shown = self._require_shown(created)
            check(created)
        except BaseException as error:
            self._say(error, left_alive(created.public, self._name))
            raise
        return created, shown

    def _register(self, created: CreatedSecret, action: Action) -> None:
        self._context.masker.register_key(created.public.client_id, created.secret, returned=True)
        self._context.progress.record(action)

    def _accounts(self) -> list[ServiceAccount]:
        return [account for account in self._gateway.list() if account.name == self._name]

    def _require_shown(self, created: CreatedSecret) -> ServiceAccount:
        """A successful answer to a write is no proof: read the list until it shows the secret, of one account of this name."""

        def is_shown(found: list[ServiceAccount]) -> bool:
            return any(secret.id == created.public.id for account in found for secret in account.secrets)

        found = poll(self._accounts, is_shown, self._context.clock)
        if len(found) > 1:
            raise ScimError("Another run has made a service account %s at the same time." % quoted(self._name), "Let the other run finish, then run again.")
        if not is_shown(found):
            raise ScimError("JumpCloud made a client secret of the service account %s, but does not show it." % quoted(self._name), "Run again.")
        return found[0]

    def _delete_lost(self, role: Role, error: BaseException) -> None:
        """The answer got lost, and the secret with it. There was no account of this name, so one with this role came of this request."""
        found: list[ServiceAccount] = []
        try:
            with self._gateway.cleanup():
                found = poll(self._accounts, bool, self._context.clock)
        except ScimError:
            self._say(error, "Whether the account was created could not be seen. Look for it in the JumpCloud Admin Portal: if it is there, delete it.")
            return
        ours = [account for account in found if account.has(role)]
        if len(found) == len(ours) == 1:
            self._delete(ours[0].id, error, "it was created all the same, its client secret is lost, and so it was deleted: run again")
        else:
            self._say(error, "No account has appeared. Run again." if not found else "Run again to see what is there.")

    def _tell_lost(self, account: ServiceAccount, error: BaseException) -> None:
        known = {secret.id for secret in account.secrets}

        def new() -> list[str]:
            return [left_alive(secret, self._name) for found in self._accounts() for secret in found.secrets if secret.id not in known]

        said = ["Whether a client secret was created could not be seen: look at the service account %s." % quoted(self._name)]
        with suppress(ScimError), self._gateway.cleanup():
            said = poll(new, bool, self._context.clock) or ["No new client secret has appeared. Run again."]
        self._say(error, " ".join(said))

    def _delete(self, account_id: str, error: BaseException, done: str) -> None:
        try:
            with self._gateway.cleanup():
                self._gateway.delete(account_id)
            self._context.progress.record(Action("delete", ACCOUNT, {"name": self._name}))
            self._say(error, "Of the service account %s: %s." % (quoted(self._name), done))
        except ApiError as failure:
            left = "The service account %s, whose client secret nobody holds, could not be deleted (%s): delete it, with state=absent."
            self._say(error, left % (quoted(self._name), failure.message.rstrip(".")))

    def _say(self, error: BaseException, text: str) -> None:
        """Beside what the error says, or as a warning where it can't."""
        if isinstance(error, ScimError):
            error.hint = " ".join(part for part in (text, error.hint) if part)
        else:
            self._context.warn(text)


def prove(created: CreatedSecret, access: JumpCloudAccess, http: HttpSettings, wait_timeout: float, context: Context) -> None:
    """The client secret gets an access token, if need be after a while."""
    own = replace(access, api_key=None, client_id=created.public.client_id, client_secret=created.secret)
    connection = JumpCloudConnection(own, open_transport(http, context, wait_timeout))

    def refusal() -> ApiError | None:
        try:
            connection.check_credentials()
        except ApiError as error:
            if error.status not in REFUSED:
                raise
            return error
        return None

    error = poll(refusal, lambda found: found is None, context.clock, timeout=wait_timeout)
    if error:
        raise error
