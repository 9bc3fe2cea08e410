# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether another application of JumpCloud may provision with the keys that this run would revoke: a key does not tell whose it is. Pure."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import created
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

VENDOR = "unity"
HINT = (
    "Set scim_provisioning_service_account or scim_provisioning_key_name to another one for this application. "
    "If it takes the other one's place, pause or deprovision that one first. If a run that broke off has left the keys, revoke them in the Unity Dashboard."
)

HINT_FOR_A_TAKEDOWN = (
    "If that one provisions with this account, leave the account: run again with --skip-tags service_account. If it has another account, revoke the keys of "
    "this one in the Unity Dashboard, or deprovision that application first."
)


@dataclass(frozen=True)
class Other:
    """Another application. ``is_active``: None where that can't be told, which is then ``unknown``. ``base_url``: None where it was not read."""

    title: str
    is_active: bool | None
    base_url: str | None = None
    unknown: str = ""


def is_alike(application: Application, other: Application) -> bool:
    """Whether it can be one for Unity as well. Anything can be a label, so what has this one's template counts, too."""
    if other.id == application.id:
        return False
    names = [name.casefold() for name in (other.template, other.display_name, other.display_label) if name]
    # where a word begins: a community is no Unity
    begins = re.compile(r"(?<![^\W_])(%s|%s)" % (VENDOR, re.escape(application.title.casefold())))
    return (other.template is not None and other.template == application.template) or any(map(begins.search, names))


def are_newer(keys: t.Iterable[Key], used_at: datetime | None) -> bool:
    """Whether all of the keys were created after the application last had one that worked: they may be another's, which has taken its place."""
    return used_at is not None and all((found := created(key)) is not None and found > used_at for key in keys)


def require_unshared(others: t.Iterable[Other], base_url: str, hint: str = HINT) -> None:
    """Raise ScimError if one of them may provision to ``base_url``: which of the account's keys it uses can't be told."""
    for other in others:
        if other.is_active is None:
            raise ScimError(
                "Whether the application %s uses the service account's keys can't be told: %s Nothing was changed." % (quoted(other.title), other.unknown), hint
            )
        is_there = other.base_url is None or _plain(other.base_url) == _plain(base_url)
        if other.is_active and is_there:
            raise ScimError("The service account's keys may be in use by the application %s. Nothing was changed." % quoted(other.title), hint)


def _plain(base_url: str) -> str:
    return base_url.rstrip("/").casefold()
