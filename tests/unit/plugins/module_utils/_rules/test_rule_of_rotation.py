# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a rotation is under way, by what can be seen of the keys."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.rotation import rotation_under_way

NOW = datetime(2026, 11, 24, 6, 0, 0, tzinfo=timezone.utc)
OLD = 90 * 24 * 60


def key(key_id: str, minutes: float | None, **given: t.Any) -> dict[str, t.Any]:
    """A key that was created so many minutes ago; None for one without a date."""
    at = None if minutes is None else (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": key_id, "name": "ours " + key_id, "created_at": at, **given}


@pytest.mark.parametrize(
    "keys, found",
    [
        ([], None),
        ([key("a", 1)], None),
        ([key("a", OLD), key("b", OLD)], None),
        ([key("a", OLD), key("b", 4)], ("b", 4)),
        ([key("b", 4.9), key("a", OLD)], ("b", 4)),
        ([key("a", OLD), key("b", 0)], ("b", 0)),
        ([key("a", OLD), key("b", 14.98)], ("b", 14)),
        ([key("a", OLD), key("b", 15)], None),
        ([key("a", 6), key("b", 2)], ("b", 2)),
        ([key("a", OLD), key("b", OLD), key("c", 1)], ("c", 1)),
        # the clocks of two services differ
        ([key("a", OLD), key("b", -5)], ("b", 0)),
        ([key("a", OLD), key("b", -6)], None),
        # a foreign key takes no part
        ([key("a", OLD, managed=False), key("b", 4)], None),
        ([key("a", OLD), key("b", 4, managed=False)], None),
        ([key("a", OLD, managed=True), key("b", 4, managed=True)], ("b", 4)),
        # what has no date may be the older one
        ([key("a", None), key("b", 4)], ("b", 4)),
        ([key("a", None), key("b", None)], None),
        ([key("a", OLD), key("b", None, created_at="soon")], None),
        ([key("a", OLD), key("b", None, created_at=7)], None),
        ([key("a", OLD), key("b", None, created_at="2026-11-24T05:58:00")], ("b", 2)),
    ],
)
def test_rotation_under_way(keys: list[dict[str, t.Any]], found: tuple[str, int] | None) -> None:
    assert rotation_under_way(keys, NOW) == (None if found is None else {"key_id": found[0], "minutes": found[1]})
