# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of both vendors: seeded, saved, loaded, shown."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Callable, TypeVar

import yaml

from .records import JumpCloud, Unity, UnityOrganization, from_plain, to_plain
from .scim_tenant import ScimTenant
from .secret_register import SecretRegister
from .seeding import jumpcloud_from_seed, unity_from_seed

PLACE = "{simulator}"
Remembered = TypeVar("Remembered")


def read_seed(path: str | Path) -> dict[str, Any]:
    with open(path, encoding="utf-8") as stream:
        return yaml.safe_load(stream) or {}


class State:
    def __init__(self, unity: Unity, jumpcloud: JumpCloud, secrets: SecretRegister) -> None:
        self.unity = unity
        self.jumpcloud = jumpcloud
        self.secrets = secrets
        self.lock = threading.RLock()
        self._remembered: dict[Hashable, Any] = {}
        self.tenants = {organization.genesis_id: ScimTenant(organization.scim_groups, organization.scim_page_limit) for organization in unity.organizations}

    @classmethod
    def from_seed(cls, seed: dict[str, Any]) -> State:
        unity = unity_from_seed(seed.get("unity") or {})
        jumpcloud = jumpcloud_from_seed(seed.get("jumpcloud") or {}, seed.get("generate"))
        state = cls(unity, jumpcloud, SecretRegister())
        state._register_secrets()
        for entry in (seed.get("unity") or {}).get("organizations", []):
            tenant = state.tenants[str(entry["genesis_id"])]
            for user in entry.get("users", []):
                tenant.add_user(user)
        return state

    @classmethod
    def from_saved(cls, saved: dict[str, Any]) -> State:
        state = cls(from_plain(Unity, saved["unity"]), from_plain(JumpCloud, saved["jumpcloud"]), SecretRegister(saved["secrets"]))
        for genesis_id, resources in saved["scim"].items():
            state.tenants[genesis_id].load(resources)
        return state

    def to_plain(self) -> dict[str, Any]:
        with self.lock:
            return {
                "unity": to_plain(self.unity),
                "jumpcloud": to_plain(self.jumpcloud),
                "scim": {genesis_id: tenant.dump() for genesis_id, tenant in self.tenants.items()},
                "secrets": self.secrets.values(),
            }

    def without_secrets(self) -> dict[str, Any]:
        shown = self.to_plain()
        del shown["secrets"]
        redacted: dict[str, Any] = self.secrets.redact(shown)
        return redacted

    def place(self, base_url: str) -> None:
        """Seeds and saved states write {simulator} for the address, which is known only now."""
        for application in self.jumpcloud.applications:
            integration = application.integration
            for holder in (integration, integration.activated) if integration else ():
                if holder:
                    holder.base_url = holder.base_url.replace(PLACE, base_url)

    def save(self, path: str | Path, base_url: str) -> None:
        """Write it whole or not at all, for the owner only: it holds secrets. The next start may have another address."""
        unfinished = Path(f"{path}.{os.getpid()}.tmp")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(self.to_plain(), indent=1).replace(base_url, PLACE))
        os.replace(unfinished, path)

    def remembered(self, key: Hashable, make: Callable[[], Remembered]) -> Remembered:
        """What was made for this key since the last change: with many people, a list is made once, not once a page."""
        with self.lock:
            if key not in self._remembered:
                self._remembered[key] = make()
            found: Remembered = self._remembered[key]
            return found

    def touch(self) -> None:
        """Something of JumpCloud was changed, or may have been."""
        with self.lock:
            self._remembered.clear()

    def unity_organization(self, genesis_id: str) -> UnityOrganization | None:
        return next((known for known in self.unity.organizations if known.genesis_id == genesis_id), None)

    def _register_secrets(self) -> None:
        for token in self.unity.access_tokens:
            self.secrets.add(token.token)
        for admin_key in self.unity.admin_keys:
            self.secrets.add_pair(admin_key.key_id, admin_key.secret_key)
        for organization in self.unity.organizations:
            for account in organization.service_accounts:
                for key in account.keys:
                    self.secrets.add_pair(key.id, key.secret)
                for bearer in account.bearer_tokens:
                    self.secrets.add(bearer)
        for api_key in self.jumpcloud.api_keys:
            self.secrets.add(api_key.key)
        for client in self.jumpcloud.oauth_clients:
            self.secrets.add_pair(client.client_id, client.client_secret)
        for jumpcloud_account in self.jumpcloud.service_accounts:
            for secret in jumpcloud_account.secrets:
                self.secrets.add_pair(secret.client_id, secret.client_secret)
        for application in self.jumpcloud.applications:
            self.secrets.add(application.config["idpPrivateKey"]["value"])
            if application.integration:
                self.secrets.add(application.integration.header_value)
