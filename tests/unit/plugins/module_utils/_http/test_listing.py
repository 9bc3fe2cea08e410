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
    MAX_READINGS,
    PAGE_SIZE,
    REFUSALS_OF_A_FILTER,
    IncompleteList,
    Listing,
    Page,
    require_readable,
    unreadable,
)

Total = t.Callable[[int, int], t.Optional[int]]
Fetch = t.Callable[[int, int], Page]
# a list of the tests is never read with so many requests
MAX_REQUESTS = 200


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
        return listing_of(self.fetch, "numbers", **options)

    def scim(self, **options: t.Any) -> Listing[int]:
        return listing_of(self.fetch, "users", **{"first": 1, "capped": True, **options})


def same(row: t.Any) -> t.Any:
    return row


def listing_of(fetch: Fetch, what: str = "numbers", **options: t.Any) -> Listing[t.Any]:
    """A list in pages of ten. One that is read for ever fails the test instead of keeping it."""
    requests = itertools.count(1)

    def bounded(position: int, size: int) -> Page:
        assert next(requests) <= MAX_REQUESTS, "the list is read for ever"
        return fetch(position, size)

    return Listing(bounded, same, what, **{"size": 10, **options})


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


@pytest.mark.parametrize("size", [12, 25, 33])
@pytest.mark.parametrize("total", range(40))
def test_a_wrong_total_hides_nobody(size: int, total: int) -> None:
    """Also where it is met by chance before the gaps of short pages are read. Then all rows come, or it is an error."""
    for largest in range(1, 11):
        everybody = Service(size, lambda length, rows: total, first=1, largest=largest).scim()
        others = Service(size, lambda length, rows: total, largest=largest).skipping()
        # where a service does not cap its pages, a page that is the total is the list
        for listing in (everybody, others)[: 1 if total == largest else 2]:
            try:
                found = sorted(listing)
            except IncompleteList:
                assert total > size
            else:
                assert found == list(range(size))


# a total that is the size of a page which left rows out agrees with the page, and nobody could tell
@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("total", [name for name in TOTALS if name != "page"])
@pytest.mark.parametrize("dead", [[5], [3, 4, 17], [9], [10], [24], list(range(1, 10))])
def test_rows_that_are_left_out_do_not_end_a_list(dead: list[int], total: str, ahead: int) -> None:
    service = Service(35, TOTALS[total], dead=dead)
    assert sorted(service.skipping(ahead=ahead)) == service.live


def test_what_counts_as_a_refusal() -> None:
    assert BEYOND_THE_END == {204, 400, 404, 416}
    assert REFUSALS_OF_A_FILTER == {400, 403, 404, 405, 501}


@pytest.mark.parametrize("beyond", sorted(BEYOND_THE_END))
@pytest.mark.parametrize("size", [9, 10, 20, 25])
def test_a_refusal_beyond_the_end_is_the_end_if_the_rest_agrees(size: int, beyond: int) -> None:
    assert list(Service(size, beyond=beyond).skipping()) == list(range(size))
    assert list(Service(size, first=1, beyond=beyond).scim()) == list(range(size))


def test_a_refusal_after_a_full_page_proves_nothing_where_no_total_agrees() -> None:
    for total in (nothing, lambda size, rows: 3):
        with pytest.raises(ApiError, match="refused"):
            list(Service(20, total, beyond=400).skipping())


@pytest.mark.parametrize(
    "pages, ends",
    [
        ([9], True),
        ([10], False),
        ([10, 9], True),
        ([10, 10], False),
        ([4, 4], True),  # it could have been longer, as far as anybody knows
        ([25, 15], True),  # whoever gives more than was asked for has given all
        ([25, 25], False),
    ],
)
def test_a_refusal_without_a_total_is_the_end_after_a_short_page(pages: list[int], ends: bool) -> None:
    starts = dict(zip(itertools.accumulate(pages, initial=0), pages))

    def fetch(position: int, size: int) -> Page:
        if position not in starts:
            raise ApiError("refused", service="it", operation="list", status=404)
        return Page(list(range(position, position + starts[position])), None)

    if ends:
        assert list(listing_of(fetch)) == list(range(sum(pages)))
    else:
        with pytest.raises(ApiError, match="refused"):
            list(listing_of(fetch))


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

    listing = listing_of(fetch, "bound users")
    with pytest.raises(IncompleteList) as caught:
        list(listing)
    more = "%d more %s" % (owed, "is" if owed == 1 else "are")
    assert caught.value.message == "The list of bound users is not whole: the service showed %d, and at least %s missing." % (len(shown), more)
    assert caught.value.hint == "Nothing is decided on the strength of such a list. Run again; if it persists, tell the vendor."
    assert caught.value.owed == listing.owed == owed
    assert list(listing.seen()) == shown


@pytest.mark.parametrize("ahead", [1, 4])
def test_a_page_that_is_missing(ahead: int) -> None:
    def fetch(position: int, size: int) -> Page:
        return Page(list(range(position, position + size)) if position < 20 else [], 45)

    listing = listing_of(fetch, ahead=ahead)
    assert list(listing.seen()) == list(range(20))
    assert listing.owed == 25


@pytest.mark.parametrize("shown, asked", [(0, [(0, 10)]), (8, [(0, 10), (10, 10)]), (20, [(0, 10), (10, 10), (20, 10)])])
def test_an_empty_page_within_the_total_ends_the_list(shown: int, asked: list[tuple[int, int]]) -> None:
    """There is nothing to be had from the gaps before it, nor behind it, and reading the list again would not help either."""
    service = Service(shown, lambda size, rows: 45)
    listing = service.skipping()
    assert list(listing.seen()) == list(range(shown)) and listing.owed == 45 - shown
    assert service.asked == asked


@pytest.mark.parametrize("total, owed", [(20, 5), (None, 5), (15, 0), (14, 5), (0, 5)])
def test_rows_that_come_again_stand_for_others(total: int | None, owed: int) -> None:
    """Unless the total is met without them."""
    pages = {0: list(range(10)), 10: list(range(5, 15))}
    listing = listing_of(lambda position, size: Page(pages.get(position, []), total))
    assert list(listing.seen()) == list(range(15))
    assert listing.owed == owed


@pytest.mark.parametrize("again, owed", [(0, 0), (2, 0), (3, 1), (5, 3)])
def test_as_many_as_a_short_page_left_out_may_come_again(again: int, owed: int) -> None:
    """The first page has eight rows, so the second one, which begins after the eighth, may show two of them once more."""
    pages = {0: list(range(8)), 8: list(range(8 - again, 16))}
    listing = listing_of(lambda position, size: Page(pages.get(position, []), None))
    assert list(listing.seen()) == list(range(16))
    assert listing.owed == owed


def test_a_total_that_changes_counts_where_it_is_largest() -> None:
    totals = itertools.cycle([30, 31, 29, 29])
    listing = listing_of(lambda position, size: Page(list(range(position, min(30, position + size))), next(totals)))
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


@pytest.mark.parametrize("capped", [True, False])
def test_what_is_asked_where_rows_are_missing(capped: bool) -> None:
    """The gap that the total tells of, and what is behind it."""
    service = Service(15, lambda size, rows: 18)
    listing = service.skipping(capped=capped)
    assert list(listing.seen()) == service.rows and listing.owed == 3
    assert service.asked == [(0, 10), (10, 10), (15, 3), (15, 10)]


def test_a_gap_without_rows_does_not_show_that_pages_are_whole() -> None:
    """Each page is short by one, the total is met by chance, and the last page is as long as any."""
    service = Service(30, lambda size, rows: 18, first=1, dead=[5, 15, 25])
    assert sorted(service.scim()) == service.live


def test_a_gap_without_rows_does_not_show_that_pages_are_capped() -> None:
    """So a last page that could have been longer proves the end."""
    service = Service(19, dead=[5])
    assert sorted(service.skipping()) == service.live
    assert service.asked == [(0, 10), (10, 10), (9, 1)]


def test_a_refusal_behind_a_gap_that_is_not_filled_leaves_the_rest_owed() -> None:
    listing = Service(7, lambda size, rows: 9, largest=4, beyond=404).skipping()
    assert list(listing.seen()) == list(range(7)) and listing.owed == 2


def test_a_page_has_a_hundred_rows() -> None:
    service = Service(1)
    list(Listing(service.fetch, same, "numbers"))
    assert service.asked == [(0, 100)] and PAGE_SIZE == 100


def test_pages_are_read_when_they_are_needed() -> None:
    service = Service(100)
    listing = service.skipping()
    rows = iter(listing)
    assert service.asked == [] and (listing.total, listing.owed, listing.odd) == (None, 0, 0)
    assert list(itertools.islice(rows, 10)) == service.rows[:10]
    assert len(service.asked) == 1


def test_a_few_pages_are_read_at_a_time_and_no_more() -> None:
    service, lock, under_way, most = Service(200), threading.Lock(), [0], [0]
    together, another = threading.Barrier(3), threading.Event()

    def fetch(position: int, size: int) -> Page:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        if position in (10, 20, 30):
            together.wait(10)
            # a moment for one too many
            another.wait(0.2)
        elif position == 40 and under_way[0] > 3:
            another.set()
        page = service.fetch(position, size)
        with lock:
            under_way[0] -= 1
        return page

    assert list(listing_of(fetch, ahead=3)) == service.rows
    assert most == [3]
    assert sorted(position for position, size in service.asked) == [*range(0, 210, 10)]


def test_while_a_page_is_used_the_next_ones_are_on_their_way() -> None:
    service, coming = Service(100), threading.Event()

    def fetch(position: int, size: int) -> Page:
        if position == 30:
            coming.set()
        return service.fetch(position, size)

    rows = iter(listing_of(fetch, ahead=2))
    assert list(itertools.islice(rows, 11)) == list(range(11))
    assert coming.wait(5), "the page after the next one is read while this one is used"
    rows.close()  # type: ignore[attr-defined]
    assert sorted(position for position, size in service.asked) == [0, 10, 20, 30]


@pytest.mark.parametrize("options", [{}, {"ahead": 1}, {"ahead": 0}])
def test_one_page_at_a_time_takes_no_thread(options: dict[str, int]) -> None:
    threads: set[str] = set()

    def fetch(position: int, size: int) -> Page:
        threads.add(threading.current_thread().name)
        return Page(list(range(position, min(35, position + size))), 35)

    assert list(listing_of(fetch, **options)) == list(range(35))
    assert threads == {threading.current_thread().name}


def test_a_list_that_is_left_early_leaves_no_thread() -> None:
    service, never = Service(10**6), threading.Event()

    def fetch(position: int, size: int) -> Page:
        if position > 20:
            never.wait(0.2)
        return service.fetch(position, size)

    rows = iter(listing_of(fetch, ahead=4))
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
        for row in listing_of(fetch, ahead=ahead):
            seen.append(row)
    assert seen == list(range(30))


@pytest.mark.parametrize("total", [None, 10, 99])
def test_a_service_that_ignores_the_position(total: int | None) -> None:
    asked: list[int] = []

    def fetch(position: int, size: int) -> Page:
        asked.append(position)
        return Page(list(range(size)), total)

    listing = listing_of(fetch, "things")
    with pytest.raises(ScimError, match="The list of things (does not advance: the service sent the same page twice|is not whole)"):
        list(listing)
    assert len(asked) < 25


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize("size", [4, 25])
def test_a_service_that_ignores_paging_altogether_and_shows_all(size: int, capped: bool) -> None:
    listing = listing_of(lambda position, asked: Page(list(range(size)), size), "users", capped=capped)
    assert list(listing) == list(range(size))


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("size", [3, 10, 20, 25, 30])
def test_a_service_that_begins_anew_behind_its_end(size: int, ahead: int) -> None:
    """As scimmy does. Only where one full page is all, a look at the second row must tell whether it heeds positions."""
    asked: list[int] = []

    def fetch(position: int, wanted: int) -> Page:
        asked.append(position)
        start = position - 1 if position <= size else 0
        return Page(list(range(size))[start : start + wanted], size)

    listing = listing_of(fetch, "users", first=1, capped=True, ahead=ahead)
    assert list(listing) == list(range(size)) and listing.owed == 0
    assert sorted(asked) == {3: [1, 4], 10: [1, 2, 11], 20: [1, 11, 21], 25: [1, 11, 21], 30: [1, 11, 21, 31]}[size]


def test_a_total_that_is_told_late_proves_the_end_too() -> None:
    service = Service(15, lambda size, rows: max(rows, 15 if len(service.asked) > 1 else 0))
    assert list(service.skipping()) == service.rows
    assert service.asked == [(0, 10), (10, 10)]


def test_one_full_page_that_comes_again_could_be_the_beginning_of_a_longer_list() -> None:
    with pytest.raises(ScimError) as caught:
        list(listing_of(lambda position, asked: Page(list(range(10)), 10), "users", first=1, capped=True))
    assert caught.value.message == "The list of users does not advance: the service sent the same page twice."
    assert caught.value.hint == "Try again; if it persists, tell the vendor."


@pytest.mark.parametrize(
    "second_look, ends",
    [
        (range(1, 10), True),
        (range(5, 6), True),
        (range(0), False),  # it shows nothing there, whatever there is
        (range(10), False),  # it heeds no position
        (range(1, 11), False),  # and there is another one
    ],
)
def test_the_second_row_tells_whether_one_full_page_is_all(second_look: range, ends: bool) -> None:
    listing = listing_of(lambda position, size: Page(list(second_look if position == 2 else range(10)), 10), first=1, capped=True)
    if ends:
        assert list(listing) == list(range(10))
    else:
        with pytest.raises(ScimError, match="does not advance"):
            list(listing)


def test_a_service_that_alternates_between_pages_ends_too() -> None:
    pages = itertools.cycle(([1, 2], [3, 4]))
    with pytest.raises(ScimError, match="does not advance"):
        list(listing_of(lambda skip, size: Page(next(pages), None), size=2))


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


@pytest.mark.parametrize("after", [1, 2])
def test_a_list_that_has_grown_at_its_end_is_not_read_again(after: int) -> None:
    service = Moving(25, after, lambda rows: rows.append(len(rows)))
    assert list(service.scim()) == list(range(26))
    assert [position for position, size in service.asked].count(1) == 1


def test_a_list_that_has_changed_is_whole_whenever_it_is_read() -> None:
    service = Moving(25, 1, lambda rows: rows.pop(0))
    listing = service.scim()
    assert set(listing) >= set(range(1, 25))
    assert list(listing) == list(range(1, 25))


def test_a_page_is_whole_at_last_whoever_joins_all_the_time() -> None:
    """Whoever joins moves the last one behind the end, before that is proven. A list of one page was whole when that was read."""
    service = Moving(7, 0, lambda rows: rows.insert(0, object()), for_ever=True)
    listing = service.scim(size=100)
    rows = list(listing)
    assert set(range(7)) <= set(rows) and len(rows) == len(set(rows)) and listing.owed == 0
    assert [position for position, size in service.asked].count(1) == MAX_READINGS


def test_a_list_that_never_stops_changing_is_not_whole() -> None:
    service = Moving(25, 0, lambda rows: rows.insert(0, object()), for_ever=True)
    with pytest.raises(ScimError, match="not whole|does not advance"):
        list(service.scim())
    assert len([position for position, size in service.asked if position == 1]) == MAX_READINGS


def test_a_claim_beyond_all_bounds_is_none() -> None:
    assert list(Service(5, lambda size, rows: 10_000_001).skipping()) == list(range(5))
    listing = Service(5, lambda size, rows: 10_000_000).skipping()
    assert len(list(listing.seen())) == 5
    assert listing.owed == 9_999_995


def test_rows_that_cannot_be_used_are_counted() -> None:
    listing = Service(25).skipping(convert=lambda row: None if row % 10 == 3 else str(row))
    assert len(list(listing)) == 22
    assert listing.odd == 3 and listing.odd_ids == []
    with pytest.raises(ScimError) as caught:
        require_readable(listing, "the list")
    assert caught.value.message == "3 entries of the list can't be read: a field that people are told apart by is missing, or has another type."
    assert caught.value.hint == "Nothing is decided on the strength of such a list. Correct what is wrong there, or tell the vendor."
    assert require_readable(Service(1).skipping(), "the list") is None
    listing = Service(1).skipping(convert=lambda row: None)
    assert list(listing) == []
    with pytest.raises(ScimError, match="^1 entry of the list can't be read"):
        require_readable(listing, "the list")


@pytest.mark.parametrize(
    "odd, said",
    [
        (["a"], '1 entry of the list ("a") can\'t be read'),
        (["a", None, "b"], '3 entries of the list ("a", "b", 1 more) can\'t be read'),
        ([None, None], "2 entries of the list can't be read"),
        (list("abcde"), '5 entries of the list ("a", "b", "c", "d", "e") can\'t be read'),
        (list("abcdefg"), '7 entries of the list ("a", "b", "c", "d", "e", 2 more) can\'t be read'),
    ],
)
def test_rows_that_cannot_be_used_are_named_by_their_ids_and_by_nothing_else(odd: list[str | None], said: str) -> None:
    """An identity that is no id is made of all that the row says."""
    rows = ["good", *(row or ("odd", "ada@example.com %d" % number) for number, row in enumerate(odd))]

    def fetch(position: int, _size: int) -> Page:
        return Page(rows[position:], len(rows))

    listing: Listing[t.Any] = Listing(fetch, lambda row: row, "rows", convert=lambda row: row if row == "good" else None)
    assert list(listing) == ["good"] and unreadable(listing, "the list") == said
    assert list(listing) == ["good"] and unreadable(listing, "the list") == said, "the second time as well"


def test_the_total_of_an_empty_list_is_zero() -> None:
    listing = Service(0).skipping()
    assert list(listing) == [] and listing.total == 0


def test_a_list_can_be_read_again() -> None:
    listing = Service(25).skipping()
    assert list(listing) == list(listing) == list(range(25))


@pytest.mark.parametrize("size, times", [(499, 0), (500, 1), (999, 1), (1000, 2), (2600, 5)])
def test_the_time_is_looked_at_within_a_long_page(size: int, times: int) -> None:
    looks: list[None] = []
    assert len(list(Service(size).skipping(size=5000, look=lambda: looks.append(None)))) == size
    assert len(looks) == times
