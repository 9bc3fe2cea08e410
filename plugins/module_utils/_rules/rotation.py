# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether somebody is at work with the keys just now, by what can be seen of them. Pure."""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import TOLERATED_SKEW, creation_of

# how long two live keys can be the sign of a rotation that is still running
SECONDS_OF_A_ROTATION = 900.0


def rotation_under_way(keys: t.Iterable[t.Mapping[str, t.Any]], now: datetime) -> dict[str, t.Any] | None:
    """``{key_id, minutes}`` of the newest managed key, where another one is live beside it and it is minutes old; else None.

    ``keys`` have ``id``, ``created_at`` and ``managed``, which only false takes out: who does not say hands over managed keys.
    """
    managed = [key for key in keys if key.get("managed") is not False]
    ages = [((now - at).total_seconds(), key) for key, at in ((key, creation_of(key.get("created_at"))) for key in managed) if at]
    if len(managed) < 2 or not ages:
        return None
    age, newest = min(ages, key=lambda one: one[0])
    if not -TOLERATED_SKEW <= age < SECONDS_OF_A_ROTATION:
        return None
    return {"key_id": newest.get("id"), "minutes": max(0, int(age // 60))}
