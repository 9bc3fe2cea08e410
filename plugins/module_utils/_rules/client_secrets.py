# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a JumpCloud service account needs a new client secret, and when one may be taken back. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import listed_id
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.service_accounts import MAX_SECRETS, ClientSecret, ServiceAccount

SECONDS_A_DAY = 86400.0
NOT_REVOCABLE = (
    "JumpCloud publishes no operation that revokes one client secret of an account, so delete it in the JumpCloud Admin Portal, at the service account"
)


@dataclass(frozen=True)
class SecretPolicy:
    """``renew_before`` in days. ``stored_client_id``: what the operator's store holds; empty if nothing, None if it can't be read."""

    rotate: str
    renew_before: float
    stored_client_id: str | None


def ending(secret: ClientSecret) -> float:
    """When it ends, in seconds since the epoch. One whose end is not told does not end."""
    moment = moment_of(secret.expires_at)
    return moment.timestamp() if moment else float("inf")


def live_secrets(secrets: t.Iterable[ClientSecret], now: float) -> list[ClientSecret]:
    """Those that can be used, the one that ends last at the end."""
    return sorted((secret for secret in secrets if secret.status != "EXPIRED" and ending(secret) > now), key=ending)


def reason_to_create(secrets: t.Iterable[ClientSecret], policy: SecretPolicy, now: float) -> str | None:
    """Why the account needs a new client secret, in words; None if it does not."""
    live, stored = live_secrets(secrets, now), policy.stored_client_id
    if policy.rotate == "always":
        return "rotate is 'always'"
    if not live:
        return "the account has no live client secret"
    if stored is not None:
        live = [secret for secret in live if secret.client_id == stored]
        if not live:
            return "the store holds %s" % ("no client secret" if not stored else "%s, which is no live client secret of the account" % quoted(stored))
    if ending(live[-1]) - now < policy.renew_before * SECONDS_A_DAY:
        return "the client secret in use ends on %s" % live[-1].expires_at
    return None


def require_room(account: ServiceAccount, now: float) -> None:
    """Raise ScimError if the account can't have one more client secret."""
    live = live_secrets(account.secrets, now)
    if len(live) >= MAX_SECRETS:
        raise ScimError(
            "The service account %s has %s already (%s), and %d are allowed. Nothing was changed."
            % (quoted(account.name), counted(len(live), "client secret", "client secrets"), "; ".join(map(shown, live)), MAX_SECRETS),
            "Of the one that is not in use: %s, or wait until it has ended." % NOT_REVOCABLE,
        )


def may_delete_with(account: ServiceAccount, secret_id: str, now: float) -> bool:
    """Whether a client secret may be taken back by deleting its account; False if there is nothing to take back, ScimError if others would go with it."""
    secret_id = listed_id(secret_id, (secret.id for secret in account.secrets))
    found = [secret for secret in account.secrets if secret.id == secret_id]
    others = [secret for secret in live_secrets(account.secrets, now) if secret.id != secret_id]
    if found and others:
        raise ScimError(left_alive(found[0], account.name), "The account stays, since another client secret of it is in use.")
    return bool(found)


def left_alive(secret: ClientSecret, account: str) -> str:
    return "The client secret of the service account %s (%s) could not be taken back, and nobody holds it. %s." % (
        quoted(account),
        shown(secret),
        NOT_REVOCABLE,
    )


def shown(secret: ClientSecret) -> str:
    return "client ID %s, which ends %s" % (
        secret.client_id or "(unknown)",
        "on %s" % secret.expires_at if secret.expires_at else "at a time that is not shown",
    )
