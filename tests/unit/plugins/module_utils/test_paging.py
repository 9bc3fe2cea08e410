# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are read page by page."""
from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.paging import PAGE_SIZE, Page, iterate_scim, iterate_skipping


class Service:
    """A list of numbers. ``pages`` remembers what was asked; ``largest`` is the most it gives at a time."""

    def __init__(self, size: int, tells_total: bool = True, first: int = 0, largest: int = 1000):
        self.rows = list(range(size))
        self.tells_total = tells_total
        self.first = first
        self.largest = largest
        self.pages: list[tuple[int, int]] = []

    def fetch(self, position: int, limit: int) -> Page:
        self.pages.append((position, limit))
        start = position - self.first
        return Page(self.rows[start : start + min(limit, self.largest)], len(self.rows) if self.tells_total else None)


def same(row: t.Any) -> t.Any:
    return row


@pytest.mark.parametrize(
    "size, tells_total, pages",
    [
        (0, True, [0]),
        (0, False, [0]),
        (5, True, [0]),
        (5, False, [0]),  # a short page
        (10, True, [0]),  # the total
        (10, False, [0, 10]),  # an empty page
        (25, True, [0, 10, 20]),
        (25, False, [0, 10, 20]),
        (30, False, [0, 10, 20, 30]),
    ],
)
def test_skipping(size: int, tells_total: bool, pages: list[int]) -> None:
    service = Service(size, tells_total)
    assert list(iterate_skipping(service.fetch, same, "numbers", limit=10)) == service.rows
    assert service.pages == [(page, 10) for page in pages]


def test_a_short_page_does_not_end_a_list_whose_total_is_known() -> None:
    service = Service(7, largest=3)
    assert list(iterate_skipping(service.fetch, same, "numbers", limit=10)) == service.rows
    assert [position for position, limit in service.pages] == [0, 3, 6]


def test_an_empty_page_ends_a_list_whose_total_is_too_large() -> None:
    pages = iter(([1, 2], []))
    assert list(iterate_skipping(lambda skip, limit: Page(next(pages), 99), same, "numbers")) == [1, 2]


@pytest.mark.parametrize(
    "size, largest, positions",
    [(0, 10, [1]), (10, 10, [1]), (10, 4, [1, 5, 9]), (3, 1, [1, 2, 3])],
)
def test_scim_starts_at_one_and_accepts_short_pages(size: int, largest: int, positions: list[int]) -> None:
    service = Service(size, first=1, largest=largest)
    assert list(iterate_scim(service.fetch, same, "users", count=10)) == service.rows
    assert [position for position, count in service.pages] == positions


def test_a_page_has_a_hundred_rows() -> None:
    service = Service(1)
    list(iterate_skipping(service.fetch, same, "numbers"))
    list(iterate_scim(service.fetch, same, "numbers"))
    assert [limit for position, limit in service.pages] == [100, 100] == [PAGE_SIZE, PAGE_SIZE]


def test_pages_are_read_when_they_are_needed() -> None:
    service = Service(100)
    rows = iterate_skipping(service.fetch, same, "numbers", limit=10)
    assert service.pages == []
    assert list(itertools.islice(rows, 10)) == service.rows[:10]
    assert len(service.pages) == 1
    next(rows)
    assert len(service.pages) == 2


@pytest.mark.parametrize("iterate", [iterate_skipping, iterate_scim])
@pytest.mark.parametrize("total", [None, 99])
def test_a_service_that_ignores_the_position(iterate: t.Callable[..., t.Iterator[t.Any]], total: int | None) -> None:
    asked: list[int] = []

    def fetch(position: int, limit: int) -> Page:
        asked.append(position)
        return Page([{"id": number} for number in range(limit)], total)

    with pytest.raises(ScimError, match="The list of things does not advance: the service sent the same page twice.") as caught:
        list(iterate(fetch, lambda row: row["id"], "things", 10))
    assert len(asked) == 2
    assert caught.value.hint


def test_a_service_that_alternates_between_pages_ends_too() -> None:
    pages = itertools.cycle(([1, 2], [3, 4]))
    with pytest.raises(ScimError, match="does not advance"):
        list(iterate_skipping(lambda skip, limit: Page(next(pages), None), same, "numbers", limit=2))
