# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several requests at a time, with an end to it when going on would be useless."""

from __future__ import annotations

import queue
import typing as t
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError

Item = t.TypeVar("Item")
# an answer like this would come for every item, and vendors block those who repeat it
HOPELESS_STATUSES = frozenset((401, 403))
# rows go from one thread to another in pieces of this size, and so many pieces may wait
PIECE = 100
WAITING_PIECES = 8


def run_parallel(items: t.Sequence[Item], work: t.Callable[[Item], None], done: t.Callable[[Item], None], concurrency: int) -> list[tuple[Item, ScimError]]:
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


def results_of(*reads: t.Callable[[], t.Any]) -> list[t.Any]:
    """What each of them returns, while they run at the same time. The first error, in their order, is raised once all have ended."""
    with ThreadPoolExecutor(max_workers=max(1, len(reads))) as pool:
        outcomes = [pool.submit(read) for read in reads]
    return [outcome.result() for outcome in outcomes]


def read_together(readings: t.Sequence[tuple[t.Iterable[t.Any], t.Callable[[list[t.Any]], None]]]) -> None:
    """Iterate several lists at the same time, each in a thread of its own; what comes is given to the list's consumer, here, in this thread.

    The first error ends it all, and is raised.
    """
    pieces: queue.Queue[tuple[int, list[t.Any] | BaseException | None]] = queue.Queue(WAITING_PIECES)
    stop = Event()

    def hand_over(number: int, piece: list[t.Any] | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return pieces.put((number, piece), timeout=0.2)
            except queue.Full:
                continue
        return None

    def read(number: int, rows: t.Iterable[t.Any]) -> None:
        try:
            piece: list[t.Any] = []
            for row in rows:
                piece.append(row)
                if len(piece) == PIECE:
                    hand_over(number, piece)
                    piece = []
                    if stop.is_set():
                        return
            hand_over(number, piece)
            hand_over(number, None)
        except BaseException as error:  # pylint: disable=broad-exception-caught
            # it is raised again where the results are waited for
            hand_over(number, error)

    with ThreadPoolExecutor(max_workers=len(readings)) as pool:
        try:
            for number, (rows, _consume) in enumerate(readings):
                pool.submit(read, number, rows)
            ended = 0
            while ended < len(readings):
                number, piece = pieces.get()
                if isinstance(piece, BaseException):
                    raise piece
                if piece is None:
                    ended += 1
                else:
                    readings[number][1](piece)
        finally:
            stop.set()
