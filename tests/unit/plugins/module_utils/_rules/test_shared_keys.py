# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose keys a run would revoke."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.shared_keys import are_newer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

USED = datetime(2026, 11, 24, 5, 40, 4, tzinfo=timezone.utc)
BEFORE, THEN, AFTER = "2026-11-24T05:40:03Z", "2026-11-24T05:40:04Z", "2026-11-24T05:40:05Z"


@pytest.mark.parametrize(
    "created, newer",
    [
        ([AFTER], True),
        ([AFTER, AFTER], True),
        ([AFTER, BEFORE], False),
        ([THEN], False),
        ([AFTER, None], False),
        (["soon"], False),
    ],
)
def test_keys_that_are_younger_than_the_last_use(created: list[str | None], newer: bool) -> None:
    keys = [Key(str(number), at) for number, at in enumerate(created)]
    assert are_newer(keys, USED) is newer
    assert are_newer(keys, None) is False
