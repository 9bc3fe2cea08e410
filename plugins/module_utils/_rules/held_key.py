# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may become of the key that the secret file holds already: it is taken, replaced, or in the way. Pure.

Two uses of the role can meet in one file, where the operator names it. A key whose secret nothing else holds is never overwritten, unless it is dead,
or of the account whose key takes its place.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class HeldKey:
    """``works``: Unity's SCIM service accepts it for this organization. ``is_known``: it knows it at least; one that it does not may be another's."""

    key_id: str
    works: bool
    is_known: bool


def is_taken(held: HeldKey, live_key_ids: t.Collection[str] | None) -> bool:
    """Whether it is the one that an earlier run has made and that waits to be delivered. ``live_key_ids``: None where they can't be listed."""
    return held.works and (live_key_ids is None or held.key_id in live_key_ids)


def why_it_stays(held: HeldKey, live_key_ids: t.Collection[str] | None, was_asked_for: bool, is_own_file: bool) -> str | None:
    """Why it must not be overwritten, as a clause; None where it may. ``was_asked_for``: the runbook asked a person to give this application that key.

    ``is_own_file``: no other application has the same file.
    """
    if live_key_ids is not None and held.key_id in live_key_ids:
        return None
    if not held.is_known:
        # dead, or of another organization: who has put it there tells
        return None if was_asked_for or is_own_file else "which Unity does not know in this organization, so it may be of another one"
    if live_key_ids is None:
        return None if was_asked_for else "which Unity knows, and which this application was not asked to be given"
    return "which Unity knows, and which is none of the keys of this service account"
