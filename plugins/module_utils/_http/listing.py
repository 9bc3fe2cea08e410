# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that come in pages. A list is whole, or it says how many rows it still owes. Knows no vendor.

Nobody may be deleted on the strength of a list that did not prove its end, so nothing that a service says of its list is believed alone:
rows are distinct by their identity, a total is a claim that the rows have to meet, a short page is no end, and where totals are missing,
wrong or could be the size of the page, one more read beyond the end has to come back empty.
"""

from __future__ import annotations

import collections
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import MAX_WHICH, ApiError, ScimError, which
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted

PAGE_SIZE = 100
# a larger claim is none
MAX_TOTAL = 10_000_000
# how a service may answer to a page beyond the end of its list, instead of with an empty one
BEYOND_THE_END = frozenset((204, 400, 404, 416))
# how a service may answer to a filter that it does not know, instead of with a reason
REFUSALS_OF_A_FILTER = frozenset((400, 403, 404, 405, 501))
# of a list that changes while it is read
MAX_READINGS = 3
# so many rows are handed on between two looks at the time
ROWS_BETWEEN_LOOKS = 500

Row = t.TypeVar("Row")
Part = t.Tuple[int, int]


class Page(t.NamedTuple):
    """``total`` is what the service says of the whole list, or None where it does not say."""

    rows: list[t.Any]
    total: int | None


class NoAdvance(ScimError):
    """A page that brings nothing new, where the list can't have ended."""


class IncompleteList(ScimError):
    """A list that ended before it had shown what it promised. ``owed``: how many rows are missing at least."""

    def __init__(self, what: str, owed: int, seen: int):
        super().__init__(
            "The list of %s is not whole: the service showed %d, and at least %s missing." % (what, seen, counted(owed, "more is", "more are")),
            "Nothing is decided on the strength of such a list. Run again; if it persists, tell the vendor.",
        )
        self.owed = owed


class Listing(t.Generic[Row]):
    """The rows of one list, read while they are iterated.

    Iterating raises IncompleteList at the end if the list is not whole; ``seen()`` does not, and then ``owed`` tells how many rows are missing.

    ``fetch(position, size)`` reads one page, and may be called by several threads at a time, ``ahead`` of them. ``identity`` tells rows apart.
    ``convert`` makes a row usable, or None of one that is not; these are counted in ``odd``, and the first few named in ``odd_ids``. ``first`` is the
    position of the first row. ``capped``: the service may give fewer rows at a time than it is asked for (RFC 7644 section 3.4.2.4), so that a page which
    is short by that measure proves nothing. ``look`` raises when the time is up.

    Where no total tells the positions, each page begins after the rows of the one before. If that one was short because rows were left out, some come
    again, which costs nothing; the other way round, rows would be lost.
    """

    def __init__(
        self,
        fetch: t.Callable[[int, int], Page],
        identity: t.Callable[[t.Any], t.Any],
        what: str,
        *,
        convert: t.Callable[[t.Any], Row | None] = lambda row: row,
        first: int = 0,
        size: int = PAGE_SIZE,
        capped: bool = False,
        ahead: int = 1,
        look: t.Callable[[], None] = lambda: None,
    ):
        self._fetch = fetch
        self._identity = identity
        self._what = what
        self._convert = convert
        self._first = first
        self._size = size
        self._capped = capped
        self._ahead = ahead
        self._look = look
        self._shown: set[t.Any] = set()
        self._begin()

    def _begin(self) -> None:
        self.total: int | None = None
        self.owed = 0
        self.odd = 0
        self.odd_ids: list[str] = []
        self._known: set[t.Any] = set()
        self._repeats = 0
        self._longest = 0
        self._has_changed = self._was_whole = False

    @property
    def _claim(self) -> int | None:
        """The total that the rows have to meet; None where there is none, or it is known to be wrong."""
        return self.total if self.total is not None and self.total >= len(self._known) else None

    @property
    def _is_met(self) -> bool:
        return self.total == len(self._known)

    def __iter__(self) -> t.Iterator[Row]:
        yield from self.seen()
        if self.owed:
            raise IncompleteList(self._what, self.owed, len(self._known))

    def seen(self) -> t.Iterator[Row]:
        """The rows that the service shows, once each. Afterwards ``owed`` and ``odd`` count those that it did not, or not in a usable form.

        People come and go while a list is read, which moves rows from one page to another. Where the total says so, and the list is not whole, it is
        read again. If people join all the time, the list is at last as it was a moment before the newest of them.
        """
        self._shown = set()
        for readings_left in reversed(range(MAX_READINGS)):
            self._begin()
            try:
                yield from self._read()
            except NoAdvance:
                if not readings_left and self._was_whole:
                    return
                if not self._has_changed or not readings_left:
                    raise
            else:
                if not self.owed or not self._has_changed:
                    return
            self._shown |= self._known

    def _read(self) -> t.Iterator[Row]:
        """One reading, from the first page to the end."""
        position, size = self._first, self._size
        page = self._fetch(position, size)
        yield from self._new(page)
        end, last = position + len(page.rows), len(page.rows)
        gaps: list[Part] = []
        if last:
            self._note_gap(gaps, position, size, last)
            # as long as there is a total ahead, pages are read a few at a time
            for (position, _size), page in self._read_ahead((start, size) for start in self._starts(end)):
                if not page.rows:
                    last = 0
                    break
                yield from self._new(page)
                end, last = position + len(page.rows), len(page.rows)
                self._note_gap(gaps, position, size, last)
        # gaps are read even where the total is met, since it may be too small; where a page within it is empty, the service has ended the list, and there
        # is nothing to be had from them
        while last and gaps:
            asked, gaps = gaps, []
            for (position, wanted), page in self._read_ahead(asked):
                before = len(self._known)
                yield from self._new(page, wanted)
                # what was found in a gap shows that the service caps its pages, whoever says what
                self._capped = self._capped or len(self._known) > before
                if len(self._known) > before and len(page.rows) < wanted:
                    gaps.append((position + len(page.rows), wanted - len(page.rows)))
                if position + len(page.rows) > end:
                    # a page that was asked for no more than it gave proves nothing
                    end, last = position + len(page.rows), len(page.rows) if len(page.rows) < wanted else self._size
        if last and not self._is_proven_by(last):
            yield from self._beyond(end, last)
        claim = self._claim
        # without a total, rows that come again stand for others that never come
        self.owed = claim - len(self._known) if claim is not None else self._repeats

    def _beyond(self, position: int, last: int) -> t.Iterator[Row]:
        """Read on, page by page, until the end is proven."""
        exactly_full = last == self._size
        while True:
            try:
                page = self._fetch(position, self._size)
            except ApiError as error:
                if error.status in BEYOND_THE_END and (self._is_met or last < max(self._size, self._longest)):
                    return
                raise
            if not page.rows:
                return
            before, promised = len(self._known), self.total
            yield from self._new(page, max(0, self._size - last))
            if len(self._known) == before:
                # somebody new has moved these rows behind the end: a moment ago the list was whole
                self._was_whole = promised == before and 0 < len(page.rows) <= (self.total or 0) - before
                # scimmy begins anew behind its end, and others show all there is each time. Where several pages came, the total is not the size of one;
                # one full page alone could be all that is shown of a longer list, unless the service is seen to heed positions
                if self._is_met and (not exactly_full or len(self._known) > self._longest or self._heeds_positions(page)):
                    return
                raise NoAdvance(
                    "The list of %s does not advance: the service sent the same page twice." % self._what, "Try again; if it persists, tell the vendor."
                )
            position, last = position + len(page.rows), len(page.rows)
            if self._is_proven_by(last):
                return

    def _heeds_positions(self, first_page: Page) -> bool:
        """Whether the list, read from its second row, begins with that row and shows nothing new."""
        rows = self._fetch(self._first + 1, self._size).rows
        keys = [self._identity(row) for row in rows]
        return bool(keys) and keys[0] != self._identity(first_page.rows[0]) and self._known.issuperset(keys)

    def _is_proven_by(self, last: int) -> bool:
        """Whether a last page of so many rows is surely the last one: it meets the total, and was shorter than the service's pages can be."""
        return self._is_met and last < (self._longest if self._capped else self._size)

    def _new(self, page: Page, left_out: int = 0) -> t.Iterator[Row]:
        """The rows of a page that did not come before. As many as the page before left out may come again."""
        repeats = -left_out
        if page.total is not None and 0 <= page.total <= MAX_TOTAL:
            self._has_changed = self._has_changed or (self.total is not None and page.total != self.total)
            self.total = max(page.total, self.total or 0)
        self._longest = max(self._longest, len(page.rows))
        for number, raw in enumerate(page.rows):
            if number % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1:
                self._look()
            key = self._identity(raw)
            if key in self._known:
                repeats += 1
                continue
            self._known.add(key)
            row = self._convert(raw)
            if row is None:
                self.odd += 1
                # any other identity is made of what the row says
                self.odd_ids += [key] if isinstance(key, str) and self.odd <= MAX_WHICH else []
            elif key not in self._shown:
                yield row
        self._repeats += max(0, repeats)

    def _starts(self, position: int) -> t.Iterator[int]:
        """Where the pages begin that the total promises. It may change meanwhile."""
        # a page that was short leaves a gap, which is read later
        position = max(position, self._first + self._size)
        while self.total is not None and position < self._first + self.total:
            yield position
            position += self._size

    def _note_gap(self, gaps: list[Part], position: int, size: int, rows: int) -> None:
        """What is missing of a page, as far as the total reaches."""
        end = min(position + size, self._first + (self.total or 0))
        if position + rows < end:
            gaps.append((position + rows, end - position - rows))

    def _read_ahead(self, parts: t.Iterable[Part]) -> t.Iterator[tuple[Part, Page]]:
        """The pages in their order. One that the service says is beyond its end is empty."""
        if self._ahead <= 1:
            for part in parts:
                yield part, self._page(*part)
            return
        waiting: collections.deque[tuple[Part, Future[Page]]] = collections.deque()
        # whoever leaves early waits for what is under way
        with ThreadPoolExecutor(max_workers=self._ahead) as pool:
            for part in parts:
                waiting.append((part, pool.submit(self._page, *part)))
                if len(waiting) > self._ahead:
                    done, page = waiting.popleft()
                    yield done, page.result()
            while waiting:
                done, page = waiting.popleft()
                yield done, page.result()

    def _page(self, position: int, size: int) -> Page:
        try:
            return self._fetch(position, size)
        except ApiError as error:
            if error.status not in BEYOND_THE_END:
                raise
            # whether the end may be here is settled by the rows: where they don't meet the total, some are owed
            return Page([], None)


def unreadable(listing: Listing[t.Any], what: str) -> str:
    """How many entries of a list can't be used, and the ids of some of them, as the beginning of a sentence."""
    return "%s of %s%s can't be read" % (counted(listing.odd, "entry", "entries"), what, which(listing.odd_ids, listing.odd))


def require_readable(listing: Listing[t.Any], what: str) -> None:
    """Raise ScimError if entries of a list that was read had to be left out: somebody who is looked for may be among them."""
    if listing.odd:
        raise ScimError(
            "%s: a field that people are told apart by is missing, or has another type." % unreadable(listing, what),
            "Nothing is decided on the strength of such a list. Correct what is wrong there, or tell the vendor.",
        )
