# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several requests at a time, with an end to it when going on would be useless."""
from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ApiError, ScimError

Item = t.TypeVar("Item")
# an answer like this would come for every item, and vendors block those who repeat it
HOPELESS_STATUSES = frozenset((401, 403))


def run_parallel(
    items: t.Sequence[Item], work: t.Callable[[Item], None], done: t.Callable[[Item], None], concurrency: int
) -> list[tuple[Item, ScimError]]:
    """Do ``work`` for each item, ``concurrency`` at a time, and return those that failed, in order. ``done`` hears of each success.

    After a refusal of the credentials the remaining items are not tried, and count as failed.
    """
    stop = Event()

    def attempt(item: Item) -> ScimError | None:
        if stop.is_set():
            return ScimError("Not tried, since the credentials were refused before.")
        try:
            work(item)
        except ScimError as error:
            if isinstance(error, ApiError) and error.status in HOPELESS_STATUSES:
                stop.set()
            return error
        done(item)
        return None

    with ThreadPoolExecutor(max_workers=max(1, concurrency)) as pool:
        outcomes = list(pool.map(attempt, items))
    return [(item, error) for item, error in zip(items, outcomes) if error is not None]
