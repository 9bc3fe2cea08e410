# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the people who should be provisioned with those who are, whatever their number and order. Knows no wire format.

Neither service promises an order or a filter, so both lists go, page by page, into a temporary index on disk, and are joined there. Memory
stays flat: SQLite keeps a few megabytes of it, and removes its file, which has no name, when it is opened.
"""

from __future__ import annotations

import collections
import typing as t
from contextlib import contextmanager
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import (
    differing_attributes,
    domain_key,
    email_domain,
    matching_key,
    other_owner,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people import queries
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import NO_ADDRESS, NOT_BOUND, SHARED, UNKNOWN, Owner, remedy_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser

try:
    import sqlite3
except ImportError:  # some minimal builds of Python
    sqlite3 = None  # type: ignore[assignment]

Row = t.Dict[str, t.Any]
KINDS = ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended", "at_risk")
DRIFT = ("missing", "unexpected", "differing", "duplicates")
# in KiB
CACHE = 4096

COLUMNS = {"bound": 3, "leaving": 2, "wanted": 2, "person": 9, "provisioned": 8}
PASSWORD_EXPIRED = "the password has expired: JumpCloud may send the account as inactive"
SAME_NAME = "another user has the same name, but for upper and lower case"
REASONS = {
    "activated": "another account of a person who is there already",
    "unbound": "in no group that is bound to the application",
    "staged": "staged in JumpCloud, so it is not exported",
    "suspended": "suspended in JumpCloud",
}


class Found(t.NamedTuple):
    """Somebody on a list, with what the advice depends on beside it: whom the externalId of the account names, and whether the password has expired."""

    row: Row
    owner: Owner | None
    is_expired: bool


class Reconciliation:
    """Fill it with all three lists, then ask for the result, once."""

    def __init__(self, connection: t.Any):
        self._connection = connection
        self._is_joined = False
        connection.executescript("PRAGMA cache_size = -%d; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;" % CACHE)
        connection.executescript(queries.SCHEMA)

    def add_bound(self, people: t.Iterable[tuple[str, datetime | None]]) -> None:
        """The JumpCloud ids of all who are bound, each with when that came about, if it was a moment ago."""
        self._fill("bound", ((user_id, recent_at and recent_at.timestamp(), None) for user_id, recent_at in people))

    def add_unbound(self, people: t.Iterable[tuple[str, datetime]]) -> None:
        """The JumpCloud ids of those who were unbound a moment ago, and when: whoever is not bound otherwise is leaving."""
        self._fill("leaving", ((user_id, recent_at.timestamp()) for user_id, recent_at in people))

    def add_wanted(self, people: t.Iterable[str], group: str) -> None:
        """The JumpCloud ids of the members of a group that is to be bound, and is not."""
        self._fill("wanted", ((user_id, group) for user_id in people))

    def add_directory(self, users: t.Iterable[User]) -> None:
        rows = (
            (
                user.id,
                matching_key(user.email),
                email_domain(user.email),
                user.email,
                user.username,
                user.first_name,
                user.last_name,
                user.status,
                user.password_expired is True,
            )
            for user in users
        )
        self._fill("person", rows)

    def add_provisioned(self, users: t.Iterable[ScimUser]) -> None:
        rows = (
            (
                user.id,
                matching_key(user.user_name),
                email_domain(user.user_name),
                user.user_name,
                user.external_id,
                user.given_name,
                user.family_name,
                user.active,
            )
            for user in users
        )
        self._fill("provisioned", rows)

    def _fill(self, table: str, rows: t.Iterable[tuple[t.Any, ...]]) -> None:
        """A row that came on two pages counts once."""
        statement = "INSERT OR REPLACE INTO %s VALUES (%s)" % (table, ", ".join("?" * COLUMNS[table]))
        self._connection.executemany(statement, (tuple(_storable(value) for value in row) for row in rows))

    def result(self, max_listed: int, domains: t.Sequence[str] | None, is_whole: bool = True) -> Row:
        """``{in_sync, counts, to_do, truncated}`` and a list of people for each of KINDS, sorted by address. Counts are exact, lists end at ``max_listed``.

        ``is_whole``: whether JumpCloud's lists are, so that whoever is on none of them has no account to keep.
        """
        self._join()
        if domains is None:
            # where nobody is expected (any more), all of JumpCloud's: who was left behind is no guest
            source = "expected" if self._count("FROM expected") else "person"
            self._connection.execute("INSERT OR IGNORE INTO domain SELECT domain FROM %s WHERE domain <> ''" % source)
        else:
            self._connection.executemany("INSERT OR IGNORE INTO domain VALUES (?)", ((domain_key(name),) for name in domains))
        counts = {
            "bound": self._count("FROM bound WHERE wanted_by IS NULL"),
            "expected": self._count("FROM expected"),
            "provisioned": self._count("FROM provisioned"),
            "matched": self._count("FROM pair"),
        }
        found: Row = {}
        to_do: dict[str, int] = collections.Counter()
        for kind, people in self._kinds().items():
            counts[kind], found[kind] = _cut(_with_remedies(kind, people, to_do, is_whole), max_listed)
        return {
            "in_sync": not any(counts[kind] for kind in DRIFT),
            "counts": counts,
            "to_do": dict(sorted(to_do.items())),
            **found,
            "truncated": any(counts[kind] > len(found[kind]) for kind in KINDS),
        }

    def pending_since(self) -> datetime | None:
        """When the first of those was bound, or unbound, who would be pending; None where nobody would be. All lists are there by now."""
        self._join()
        since = self._connection.execute(queries.PENDING_SINCE).fetchone()[0]
        return None if since is None else at(since)

    def add_failures(self, people: t.Iterable[tuple[str | None, str | None, datetime]]) -> None:
        """For whom provisioning failed, by id and address, and when: who failed after being bound or unbound is not pending."""
        rows = [tuple(_storable(value) for value in (at.timestamp(), user_id, matching_key(email))) for user_id, email, at in people]
        for statement in queries.FAILED:
            self._connection.executemany(statement, rows)

    def expects(self, user_id: str | None, email: str | None) -> bool:
        """Whether this person should be there, by JumpCloud's id or else by address."""
        self._join()
        return bool(self._connection.execute(queries.EXPECTS, tuple(map(_storable, (user_id, matching_key(email))))).fetchone()[0])

    def any_unbound(self) -> bool:
        """Whether somebody is in Unity who is bound by nothing, and is not known to be leaving."""
        self._join()
        return bool(self._connection.execute(queries.UNBOUND).fetchone()[0])

    def let_nobody_be_pending(self) -> None:
        self._connection.executescript(queries.NOBODY_PENDING)

    def _join(self) -> None:
        """Once."""
        if not self._is_joined:
            self._connection.executescript(queries.JOIN)
            self._is_joined = True

    def unlisted(self, at_most: int) -> list[str]:
        """The ids of people who are bound, but not in the directory's list: the first of them."""
        return [row[0] for row in self._connection.execute(queries.UNLISTED, (at_most,))]

    def _kinds(self) -> dict[str, t.Iterator[Found]]:
        away = "FROM bound b JOIN person p ON p.id = b.id WHERE p.status = '%s'"
        left_over = "%s %s" % (queries.PERSON_AND_USER, queries.LEFT_OVER)
        live_best = "%s%s AND %s" % (left_over, queries.IS_LIVE, queries.IS_BEST)
        alone, ours = queries.PERSON_ALONE, "%s AND %s" % (live_best, queries.IS_OURS)
        lacking = "%s %s" % (alone, queries.LACKING)
        return {
            "missing": self._people(lacking % "NULL", self._why_missing),
            "pending": self._people("%s UNION ALL SELECT %s AND %s" % (lacking % "NOT NULL", ours, queries.IS_LEAVING), _why_pending),
            "unexpected": self._people("%s AND NOT (%s)" % (ours, queries.IS_LEAVING), _why_unexpected),
            "differing": self._differing(),
            "duplicates": self._people("%s%s AND NOT %s" % (left_over, queries.IS_LIVE, queries.IS_BEST), lambda person, user: SAME_NAME),
            "outside_domain": self._people("%s AND NOT %s" % (live_best, queries.IS_OURS), lambda person, user: UNKNOWN),
            "staged": self._people("%s %s" % (alone, away % "staged"), _nothing),
            "suspended": self._people("%s %s" % (alone, away % "suspended"), _nothing),
            "at_risk": self._people("%s FROM expected p WHERE p.expired" % alone, lambda person, user: PASSWORD_EXPIRED),
        }

    def _differing(self) -> t.Iterator[Found]:
        looked_at = self._people("%s %s WHERE NOT (%s)" % (queries.PERSON_AND_USER, queries.MATCHED, queries.ALIKE), _nothing, is_pair=True)
        return (found for found in looked_at if found.row["differences"])

    def _why_missing(self, person: User, user: ScimUser | None) -> str | None:
        key = matching_key(person.email)
        if not key:
            return NO_ADDRESS
        group = self._connection.execute("SELECT wanted_by FROM bound WHERE id = ?", (person.id,)).fetchone()[0]
        if group is not None:
            return "%s: %s is to be bound" % (NOT_BOUND, group)
        twins = self._connection.execute(queries.TWINS, (key, person.id)).fetchall()
        return "%s%s in JumpCloud" % (SHARED, ", ".join(row[0] for row in twins)) if twins else None

    def _count(self, source: str) -> int:
        count: int = self._connection.execute("SELECT count(*) " + source).fetchone()[0]
        return count

    def _people(self, query: str, reason: t.Callable[[t.Any, t.Any], str | None], is_pair: bool = False) -> t.Iterator[Found]:
        for row in self._connection.execute("SELECT %s ORDER BY 6, 1, 7" % query):
            person = None if row[0] is None else User(row[0], row[1], None, row[2], row[3], row[4], None)
            user = None if row[6] is None else ScimUser(row[6], row[7], None, None if row[8] is None else bool(row[8]), (), row[9], row[10])
            # only who should be there can differ
            differences = differing_attributes(person, user) if person and user and person.status == "activated" else []
            if is_pair and row[11] not in (None, row[0]):
                differences.append(other_owner(person, row[11], row[12]))
            owner = None if row[12] is None else Owner(row[12], bool(row[13]), row[14], row[16], row[11] != row[0])
            yield Found(_shown(person, user, reason(person, user), differences), owner, bool(row[15]))


@contextmanager
def open_reconciliation() -> t.Iterator[Reconciliation]:
    """An empty one, whose index is gone afterwards. ScimError where Python has no SQLite."""
    if sqlite3 is None:
        raise ScimError("This Python has no module sqlite3, which the comparison of people needs.", "Run the module on a machine with a full Python.")
    # an empty name: a file without a name in the temporary directory, made only when the cache is full
    connection = sqlite3.connect("", isolation_level=None)
    try:
        yield Reconciliation(connection)
    except sqlite3.Error as error:
        raise ScimError("The temporary index of people failed: %s." % error, "Make room in the temporary directory, or set TMPDIR to another one.") from error
    finally:
        connection.close()


def _storable(value: t.Any) -> t.Any:
    """JSON can hold halves of characters, and SQLite can't."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _cut(people: t.Iterator[Row], at_most: int) -> tuple[int, list[Row]]:
    """How many there are, and the first of them."""
    count, first = 0, []
    for person in people:
        count += 1
        if count <= at_most:
            first.append(person)
    return count, first


def _with_remedies(kind: str, people: t.Iterator[Found], to_do: dict[str, int], is_whole: bool) -> t.Iterator[Row]:
    """The people, each with what to do; what is to be done is counted: about drift alone something is."""
    for person in people:
        action, words = remedy_of(kind, person.row, person.owner, person.is_expired, is_whole)
        if action:
            to_do[action] += 1
        yield {**person.row, "action": action, "remedy": words}


def _nothing(person: t.Any, user: t.Any) -> None:
    """No reason needs to be given."""


def _why_pending(person: User | None, user: ScimUser | None) -> str:
    return "unbound a moment ago" if user else "bound a moment ago"


def _why_unexpected(person: User | None, user: ScimUser | None) -> str:
    return REASONS.get(person.status, "in the state %s in JumpCloud" % person.status) if person else UNKNOWN


def _shown(person: User | None, user: t.Any, reason: str | None, differences: list[Row]) -> Row:
    """A person, a user, or both."""
    full_name = (person.first_name, person.last_name) if person else (user.given_name, user.family_name)
    return {
        "email": (person.email if person else None) or (user.user_name if user else None),
        "name": " ".join(part for part in full_name if part) or None,
        "status": person.status if person else "unknown",
        "jumpcloud_id": person.id if person else None,
        "unity_id": user.id if user else None,
        "user_name": user.user_name if user else None,
        "reason": reason,
        "differences": differences,
    }
