# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that come in pages: whole, or they say what they owe."""
from __future__ import annotations

import itertools
import threading
import typing as t

import pytest

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import (
    BEYOND_THE_END,
    MAX_TOTAL,
    PAGE_SIZE,
    IncompleteList,
    Listing,
    Page,
    require_readable,
)

Total = t.Callable[[int, int], t.Optional[int]]


def honest(size: int, rows: int) -> int:
    return size


def nothing(size: int, rows: int) -> None:
    return None


TOTALS: dict[str, Total] = {
    "honest": honest,
    "none": nothing,
    "page": lambda size, rows: rows,
    "zero": lambda size, rows: 0,
    "minus one": lambda size, rows: -1,
    "one short": lambda size, rows: size - 1,
    "absurd": lambda size, rows: 10**300,
}


class Service:
    """A list of numbers. ``largest``: the most it gives at a time; ``dead``: rows that take up positions and are never shown; ``asked``: what was read."""

    def __init__(self, size: int, total: Total = honest, *, first: int = 0, largest: int = 10**6, dead: t.Collection[int] = (), beyond: int | None = None):
        self.rows = list(range(size))
        self.total = total
        self.first = first
        self.largest = largest
        self.dead = frozenset(dead)
        self.beyond = beyond
        self.asked: list[tuple[int, int]] = []
        self.live = [row for row in self.rows if row not in self.dead]

    def fetch(self, position: int, size: int) -> Page:
        self.asked.append((position, size))
        start = position - self.first
        if self.beyond is not None and start >= len(self.rows):
            raise ApiError("refused", service="it", operation="list", status=self.beyond)
        found = [row for row in self.rows[start : start + min(size, self.largest)] if row not in self.dead]
        return Page(found, self.total(len(self.live), len(found)))

    def skipping(self, **options: t.Any) -> Listing[int]:
        return Listing(self.fetch, same, "numbers", **{"size": 10, **options})

    def scim(self, **options: t.Any) -> Listing[int]:
        return Listing(self.fetch, same, "users", **{"size": 10, "first": 1, "capped": True, **options})


def same(row: t.Any) -> t.Any:
    return row


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 25, 30, 99, 100])
def test_whatever_the_total_all_rows_come_once(size: int, total: str, ahead: int) -> None:
    for listing in (Service(size, TOTALS[total]).skipping(ahead=ahead), Service(size, TOTALS[total], first=1).scim(ahead=ahead)):
        assert list(listing) == list(range(size))
        assert (listing.owed, listing.odd) == (0, 0)


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("largest", [1, 3, 4, 7, 10])
def test_pages_may_be_shorter_than_asked_for(largest: int, total: str, ahead: int) -> None:
    service = Service(25, TOTALS[total], first=1, largest=largest)
    assert sorted(service.scim(ahead=ahead)) == list(range(25))
    if total != "page":
        assert sorted(Service(25, TOTALS[total], largest=largest).skipping(ahead=ahead)) == list(range(25))


# a total that is the size of a page which left rows out agrees with the page, and nobody could tell
@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("total", [name for name in TOTALS if name != "page"])
@pytest.mark.parametrize("dead", [[5], [3, 4, 17], [9], [10], [24], list(range(1, 10))])
def test_rows_that_are_left_out_do_not_end_a_list(dead: list[int], total: str, ahead: int) -> None:
    service = Service(35, TOTALS[total], dead=dead)
    assert sorted(service.skipping(ahead=ahead)) == service.live


@pytest.mark.parametrize("beyond", sorted(BEYOND_THE_END))
@pytest.mark.parametrize("size", [9, 10, 20, 25])
def test_a_refusal_beyond_the_end_is_the_end_if_the_rest_agrees(size: int, beyond: int) -> None:
    assert list(Service(size, beyond=beyond).skipping()) == list(range(size))
    assert list(Service(size, first=1, beyond=beyond).scim()) == list(range(size))


def test_a_refusal_after_a_full_page_proves_nothing_where_no_total_agrees() -> None:
    for total in (nothing, lambda size, rows: 3):
        with pytest.raises(ApiError, match="refused"):
            list(Service(20, total, beyond=400).skipping())


@pytest.mark.parametrize("status", [401, 403, 429, 500, None])
def test_another_error_is_no_end(status: int | None) -> None:
    with pytest.raises(ApiError, match="refused"):
        list(Service(9, first=1, beyond=status or 0).scim() if status else Service(20, nothing, beyond=0).skipping())


def test_a_refusal_of_the_first_page_is_an_error() -> None:
    with pytest.raises(ApiError, match="refused"):
        list(Service(0, beyond=400).skipping())


@pytest.mark.parametrize("shown, owed", [([], 3), ([0], 2), ([0, 1], 1)])
def test_fewer_rows_than_promised_are_owed(shown: list[int], owed: int) -> None:
    def fetch(position: int, size: int) -> Page:
        return Page(shown[position : position + size], 3)

    listing = Listing(fetch, same, "bound users", size=10)
    with pytest.raises(IncompleteList) as caught:
        list(listing)
    more = "%d more %s" % (owed, "is" if owed == 1 else "are")
    assert caught.value.message == "The list of bound users is not whole: the service showed %d, and at least %s missing." % (len(shown), more)
    assert caught.value.owed == listing.owed == owed
    assert list(listing.seen()) == shown


@pytest.mark.parametrize("ahead", [1, 4])
def test_a_page_that_is_missing(ahead: int) -> None:
    def fetch(position: int, size: int) -> Page:
        return Page(list(range(position, position + size)) if position < 20 else [], 45)

    listing = Listing(fetch, same, "numbers", size=10, ahead=ahead)
    assert list(listing.seen()) == list(range(20))
    assert listing.owed == 25


@pytest.mark.parametrize("total", [20, None])
def test_rows_that_come_again_stand_for_others(total: int | None) -> None:
    pages = {0: list(range(10)), 10: list(range(5, 15))}
    listing = Listing(lambda position, size: Page(pages.get(position, []), total), same, "numbers", size=10)
    assert list(listing.seen()) == list(range(15))
    assert listing.owed == 5


def test_a_total_that_changes_counts_where_it_is_largest() -> None:
    totals = itertools.cycle([30, 31, 29, 29])
    listing = Listing(lambda position, size: Page(list(range(position, min(30, position + size))), next(totals)), same, "numbers", size=10)
    assert len(list(listing.seen())) == 30
    assert listing.owed == 1


@pytest.mark.parametrize(
    "size, total, asked",
    [
        (0, honest, [0]),
        (5, honest, [0]),  # the page could have been longer, and the total agrees
        (10, honest, [0, 10]),  # a full page, and the total could be its size
        (15, honest, [0, 10]),
        (20, honest, [0, 10, 20]),
        (5, nothing, [0, 5]),
        (10, nothing, [0, 10]),
    ],
)
def test_what_is_asked_where_pages_have_one_size(size: int, total: Total, asked: list[int]) -> None:
    service = Service(size, total)
    assert list(service.skipping()) == service.rows
    assert service.asked == [(position, 10) for position in asked]


@pytest.mark.parametrize(
    "size, largest, asked",
    [
        (0, 10, [(1, 10)]),
        (5, 10, [(1, 10), (6, 10)]),  # the service may give no more at a time, and mean these by its total
        (10, 10, [(1, 10), (11, 10)]),
        (15, 10, [(1, 10), (11, 10)]),
        (15, 4, [(1, 10), (11, 10), (5, 6), (15, 1), (9, 2), (16, 10)]),
    ],
)
def test_what_is_asked_in_scim(size: int, largest: int, asked: list[tuple[int, int]]) -> None:
    service = Service(size, first=1, largest=largest)
    assert sorted(service.scim()) == service.rows
    assert service.asked == asked


def test_a_page_has_a_hundred_rows() -> None:
    service = Service(1)
    list(Listing(service.fetch, same, "numbers"))
    assert service.asked == [(0, 100)] and PAGE_SIZE == 100


def test_pages_are_read_when_they_are_needed() -> None:
    service = Service(100)
    rows = iter(service.skipping())
    assert service.asked == []
    assert list(itertools.islice(rows, 10)) == service.rows[:10]
    assert len(service.asked) == 1


def test_a_few_pages_are_read_at_a_time_and_no_more() -> None:
    service, lock, under_way, most = Service(200), threading.Lock(), [0], [0]
    together = threading.Barrier(3)

    def fetch(position: int, size: int) -> Page:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        if position in (10, 20, 30):
            together.wait(10)
        page = service.fetch(position, size)
        with lock:
            under_way[0] -= 1
        return page

    assert list(Listing(fetch, same, "numbers", size=10, ahead=3)) == service.rows
    assert most == [3]
    assert sorted(position for position, size in service.asked) == [*range(0, 210, 10)]


def test_a_list_that_is_left_early_leaves_no_thread() -> None:
    rows = iter(Service(10**6).skipping(ahead=4))
    assert list(itertools.islice(rows, 25)) == list(range(25))
    rows.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor") and thread.is_alive()]


@pytest.mark.parametrize("ahead", [1, 4])
def test_an_error_on_a_later_page_is_raised(ahead: int) -> None:
    def fetch(position: int, size: int) -> Page:
        if position == 30:
            raise ApiError("broken", service="it", operation="list", status=500)
        return Page(list(range(position, position + size)), 100)

    seen: list[int] = []
    with pytest.raises(ApiError, match="broken"):
        for row in Listing(fetch, same, "numbers", size=10, ahead=ahead):
            seen.append(row)
    assert seen == list(range(30))


@pytest.mark.parametrize("total", [None, 10, 99])
def test_a_service_that_ignores_the_position(total: int | None) -> None:
    asked: list[int] = []

    def fetch(position: int, size: int) -> Page:
        asked.append(position)
        return Page(list(range(size)), total)

    listing = Listing(fetch, same, "things", size=10)
    with pytest.raises(ScimError, match="The list of things (does not advance: the service sent the same page twice|is not whole)"):
        list(listing)
    assert len(asked) < 25


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize("size", [4, 25])
def test_a_service_that_ignores_paging_altogether_and_shows_all(size: int, capped: bool) -> None:
    listing = Listing(lambda position, asked: Page(list(range(size)), size), same, "users", size=10, capped=capped)
    assert list(listing) == list(range(size))


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("size", [3, 10, 20, 25, 30])
def test_a_service_that_begins_anew_behind_its_end(size: int, ahead: int) -> None:
    """As scimmy does."""

    def fetch(position: int, asked: int) -> Page:
        start = position - 1 if position <= size else 0
        return Page(list(range(size))[start : start + asked], size)

    listing = Listing(fetch, same, "users", size=10, first=1, capped=True, ahead=ahead)
    assert list(listing) == list(range(size)) and listing.owed == 0


def test_one_full_page_that_comes_again_could_be_the_beginning_of_a_longer_list() -> None:
    with pytest.raises(ScimError, match="does not advance"):
        list(Listing(lambda position, asked: Page(list(range(10)), 10), same, "users", size=10, first=1, capped=True))


def test_a_service_that_alternates_between_pages_ends_too() -> None:
    pages = itertools.cycle(([1, 2], [3, 4]))
    with pytest.raises(ScimError, match="does not advance"):
        list(Listing(lambda skip, size: Page(next(pages), None), same, "numbers", size=2))


class Moving(Service):
    """A list that changes after so many pages: ``change`` is called with its rows."""

    def __init__(self, size: int, after: int, change: t.Callable[[list[t.Any]], None], for_ever: bool = False):
        super().__init__(size, first=1)
        self.after = after
        self.change = change
        self.for_ever = for_ever

    def fetch(self, position: int, size: int) -> Page:
        if len(self.asked) == self.after or (self.for_ever and self.asked):
            self.change(self.rows)
            self.live = list(self.rows)
        return super().fetch(position, size)


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("size", [5, 20, 25])
def test_somebody_who_comes_while_the_list_is_read_is_seen(size: int, after: int) -> None:
    """Sorted before the others, so that each page begins with a row of the one before."""
    service = Moving(size, after, lambda rows: rows.insert(0, "new"))
    listing = service.scim()
    found = list(listing)
    assert set(found) >= set(range(size)) and len(found) == len(set(found))
    assert "new" in found or len(service.asked) <= after, "the change came in time to be noticed"
    assert listing.owed == 0


@pytest.mark.parametrize("after", [1, 2])
def test_somebody_who_leaves_while_the_list_is_read_hides_nobody(after: int) -> None:
    service = Moving(25, after, lambda rows: rows.pop(0))
    assert set(service.scim()) >= set(range(1, 25))
    assert len(service.asked) > 3, "it was read again"


def test_a_list_that_never_stops_changing_is_not_whole() -> None:
    service = Moving(25, 0, lambda rows: rows.insert(0, object()), for_ever=True)
    with pytest.raises(ScimError, match="not whole|does not advance"):
        list(service.scim())
    assert len([position for position, size in service.asked if position == 1]) == 3


def test_a_claim_beyond_all_bounds_is_none() -> None:
    assert list(Service(5, lambda size, rows: MAX_TOTAL + 1).skipping()) == list(range(5))
    listing = Service(5, lambda size, rows: MAX_TOTAL).skipping()
    assert len(list(listing.seen())) == 5
    assert listing.owed == MAX_TOTAL - 5


def test_rows_that_cannot_be_used_are_counted() -> None:
    listing = Service(25).skipping(convert=lambda row: None if row % 10 == 3 else str(row))
    assert len(list(listing)) == 22
    assert listing.odd == 3
    with pytest.raises(ScimError, match="3 entries of the list can't be read"):
        require_readable(listing, "the list")
    assert require_readable(Service(1).skipping(), "the list") is None
    listing = Service(1).skipping(convert=lambda row: None)
    assert list(listing) == []
    with pytest.raises(ScimError, match="^1 entry of the list can't be read"):
        require_readable(listing, "the list")


def test_a_list_can_be_read_again() -> None:
    listing = Service(25).skipping()
    assert list(listing) == list(listing) == list(range(25))


def test_the_time_is_looked_at_within_a_long_page() -> None:
    looks: list[None] = []
    assert len(list(Service(2600).skipping(size=5000, look=lambda: looks.append(None)))) == 2600
    assert len(looks) == 5
