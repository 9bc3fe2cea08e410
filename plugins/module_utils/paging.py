# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Iterators over paged lists. They yield lazily, end for certain, and notice a service that repeats a page."""
from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError

PAGE_SIZE = 100


class Page(t.NamedTuple):
    """``total`` is what the service says of the whole list, or None where it does not say."""

    rows: list[t.Any]
    total: int | None


def iterate_skipping(
    fetch: t.Callable[[int, int], Page], identity: t.Callable[[t.Any], t.Any], what: str, limit: int = PAGE_SIZE
) -> t.Iterator[t.Any]:
    """Rows of a list that is paged by skip and limit; ``fetch(skip, limit)`` reads one page.

    The end is an empty page, the known total, or, where no total is known, a page that is shorter than ``limit``.
    """
    return _iterate(fetch, identity, what, limit, first=0, ends_at_short_page=True)


def iterate_scim(fetch: t.Callable[[int, int], Page], identity: t.Callable[[t.Any], t.Any], what: str, count: int = PAGE_SIZE) -> t.Iterator[t.Any]:
    """Resources of a SCIM list (RFC 7644 section 3.4.2.4); ``fetch(start_index, count)`` with a start index from 1.

    A server may return fewer resources than asked for on any page, so only the total or an empty page ends the list.
    """
    return _iterate(fetch, identity, what, count, first=1, ends_at_short_page=False)


def _iterate(
    fetch: t.Callable[[int, int], Page], identity: t.Callable[[t.Any], t.Any], what: str, limit: int, first: int, ends_at_short_page: bool
) -> t.Iterator[t.Any]:
    seen = 0
    first_rows: set[t.Any] = set()
    while True:
        rows, total = fetch(first + seen, limit)
        if not rows:
            return
        # one key a page keeps memory flat; a service that ignores the position starts each page with the same row
        key = identity(rows[0])
        if key in first_rows:
            raise ScimError("The list of %s does not advance: the service sent the same page twice." % what, "Try again; if it persists, tell the vendor.")
        first_rows.add(key)
        yield from rows
        seen += len(rows)
        if total is not None and seen >= total:
            return
        if total is None and ends_at_short_page and len(rows) < limit:
            return
