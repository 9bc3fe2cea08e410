# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight reads, of both vendors: where to look, and for what, each thing at most once."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from threading import Lock

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import email_trouble
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import ApplicationChoice
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_people import PreviewOptions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import in_order
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import BESIDE_JUMPCLOUD, UnityOwner

Value = t.TypeVar("Value")


class Once(t.Generic[Value]):
    """A read that is made at most once, whoever asks at the same time. What failed fails again, with the same error."""

    def __init__(self, read: t.Callable[[], Value]):
        self._read = read
        self._lock = Lock()
        self._outcome: tuple[Value | None, ScimError | None] | None = None

    def __call__(self) -> Value:
        with self._lock:
            if self._outcome is None:
                try:
                    self._outcome = self._read(), None
                except ScimError as failure:
                    self._outcome = None, failure
        value, error = self._outcome
        if error:
            raise error
        return t.cast(Value, value)


@dataclass(frozen=True)
class Reads:
    """The options that say where to look, and for what."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    owner: UnityOwner = field(metadata=BESIDE_JUMPCLOUD)
    policy: KeyPolicy
    base_url: str | None
    service_account: str | None
    description: str | None
    roles: tuple[str, ...] | None
    groups: tuple[str, ...]
    groups_state: str
    max_deprovisioned_users: int
    enforced: bool | None
    unity_method: str
    jumpcloud_method: str
    enforcement_method: str
    confirmed: tuple[str, ...]


@dataclass(frozen=True)
class InfoOptions:
    """The options of scim_preflight_info."""

    reads: Reads
    preview: PreviewOptions
    runbook: str | None
    contract_report: str | None
    secret_file: str | None
    steps: tuple[str, ...] | None
    fail: bool
    activates: bool
    left_out: tuple[str, ...]
    makes_account: bool
    test_email: str | None
    check_sso: bool
    key_id: str | None
    secret_key: str | None = field(repr=False)
    stored_key: dict[str, t.Any] | None = field(repr=False)
    store_error: str | None
    has_store: bool
    warnings: tuple[str, ...]
    group_management: bool
    accept_group_management: bool


def require_valid(options: InfoOptions, context: Context) -> str | None:
    """Check what can be checked without a request, and return the header of the supplied key, if there is one."""
    key_id, secret_key = options.key_id, options.secret_key
    needs_key = "connector_url" in in_order(options.steps)
    if bool(key_id) != bool(secret_key) and (needs_key or not key_id):
        raise ScimError(
            "Of the supplied key, only the %s was given. Nothing was changed." % ("key ID" if key_id else "secret key"),
            "Set both scim_provisioning_key_id (UNITY_SCIM_KEY_ID) and scim_provisioning_secret_key (UNITY_SCIM_SECRET_KEY) in the same place, or neither.",
        )
    options.reads.policy.require_sense()
    trouble = email_trouble(options.test_email) if options.test_email else None
    if trouble:
        raise ScimError(
            "%s is no address of a test user: %s. Nothing was changed." % (quoted(options.test_email), trouble),
            "Set %s to one address, in a domain that Unity has validated, which neither JumpCloud nor Unity knows." % named("test_email"),
        )
    if options.store_error:
        trouble = "The key can't be read back from its store. %s" % options.store_error
        if needs_key:
            raise ScimError(trouble)
        context.warn(trouble)
    stored = options.stored_key or {}
    context.masker.register_key(stored.get("key_id"), stored.get("secret_key"))
    return authorization_header(key_id, secret_key) if key_id and secret_key else None
