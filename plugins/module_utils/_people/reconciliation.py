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

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import (
    differing_attributes,
    domain_key,
    email_domain,
    matching_key,
    other_owner,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.remedies import NO_ADDRESS, NOT_BOUND, SHARED, UNKNOWN, remedy_of
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

SCHEMA = """
CREATE TABLE bound (id TEXT PRIMARY KEY, is_recent INTEGER, wanted_by TEXT) WITHOUT ROWID;
CREATE TABLE wanted (id TEXT PRIMARY KEY, wanted_by TEXT) WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, key TEXT, domain TEXT, email TEXT, username TEXT, first_name TEXT, last_name TEXT, status TEXT, expired INTEGER)
  WITHOUT ROWID;
CREATE TABLE provisioned (id TEXT PRIMARY KEY, key TEXT, domain TEXT, user_name TEXT, external_id TEXT, given_name TEXT, family_name TEXT, active INTEGER)
  WITHOUT ROWID;
"""

COLUMNS = {"bound": 3, "wanted": 2, "person": 9, "provisioned": 8}

# pair: who is there of those who should be. By address first, whatever the case; of several users the one whose externalId fits. Who is left over on
# both sides goes by externalId: an address was changed on one side. Who has a pair already is ignored there.
# best: one user for each user name, one that is not deactivated where there is any. The others are duplicates.
# owner: whom in JumpCloud a user belongs to, though that person should not be there, or is there under another user name already.
# bound: who is in a group that is to be bound counts as well, so that whoever lost an account by its unbinding is not forgotten.
JOIN = """
INSERT OR IGNORE INTO bound SELECT id, 0, wanted_by FROM wanted;
CREATE INDEX person_key ON person (key);
CREATE VIEW expected AS SELECT person.*, bound.is_recent FROM bound JOIN person ON person.id = bound.id WHERE person.status = 'activated';
CREATE TABLE pair (user_id TEXT PRIMARY KEY, person_id TEXT UNIQUE) WITHOUT ROWID;
INSERT INTO pair SELECT user_id, person_id FROM (
  SELECT u.id AS user_id, e.id AS person_id, row_number() OVER (PARTITION BY e.key ORDER BY u.external_id IS NOT e.id, u.active IS 0, e.id, u.id) AS rank
  FROM expected e JOIN provisioned u ON u.key = e.key WHERE e.key <> '') WHERE rank = 1;
INSERT OR IGNORE INTO pair SELECT u.id, e.id FROM expected e JOIN provisioned u ON u.external_id = e.id
  ORDER BY u.active IS 0, u.id;
CREATE TABLE best (user_id TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO best SELECT id FROM (
  SELECT u.id, row_number() OVER (PARTITION BY u.key ORDER BY pair.user_id IS NULL, u.active IS 0, p.id IS NULL, u.id) AS rank
  FROM provisioned u LEFT JOIN pair ON pair.user_id = u.id LEFT JOIN person p ON p.id = u.external_id AND p.key = u.key) WHERE rank = 1;
CREATE TABLE owner (user_id TEXT PRIMARY KEY, person_id TEXT) WITHOUT ROWID;
INSERT INTO owner SELECT user_id, person_id FROM (
  SELECT u.id AS user_id, p.id AS person_id, row_number() OVER (PARTITION BY u.id ORDER BY b.id IS NULL, u.external_id IS NOT p.id, p.id) AS rank
  FROM provisioned u JOIN person p ON p.key = u.key LEFT JOIN bound b ON b.id = p.id WHERE u.key <> '') WHERE rank = 1;
INSERT OR IGNORE INTO owner SELECT u.id, p.id FROM provisioned u JOIN person p ON p.id = u.external_id;
CREATE TABLE domain (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""

PERSON = "p.id, p.email, p.first_name, p.last_name, %s, ifnull(nullif(p.key, ''), %s)"
PERSON_ALONE = PERSON % ("p.status", "''") + ", NULL, NULL, NULL, NULL, NULL, NULL, NULL"
STANDING = "CASE WHEN b.id IS NULL AND p.status = 'activated' THEN 'unbound' ELSE p.status END"
PERSON_AND_USER = PERSON % (STANDING, "u.key") + ", u.id, u.user_name, u.active, u.given_name, u.family_name"
NOBODY_ELSE = ", NULL, NULL"
# whom Unity's externalId names, where that is somebody else
SOMEBODY_ELSE = ", o.id, coalesce(nullif(o.email, ''), nullif(o.username, ''), o.id)"
MATCHED = """FROM pair JOIN provisioned u ON u.id = pair.user_id JOIN person p ON p.id = pair.person_id JOIN bound b ON b.id = p.id
  LEFT JOIN person o ON o.id = u.external_id AND o.id <> p.id"""
# alike to the letter, as nearly all are: only the others are worth a closer look. What one side does not have is null, and so left out by NOT as well.
ALIKE = """u.user_name = p.email AND u.given_name = ifnull(p.first_name, '') AND u.family_name = ifnull(p.last_name, '') AND u.active
  AND o.id IS NULL"""
LACKING = "FROM expected p WHERE p.id NOT IN (SELECT person_id FROM pair) AND p.is_recent = %d"
LEFT_OVER = """FROM provisioned u LEFT JOIN owner ON owner.user_id = u.id LEFT JOIN person p ON p.id = owner.person_id LEFT JOIN bound b ON b.id = p.id
  WHERE u.id NOT IN (SELECT user_id FROM pair) AND """
IS_BEST = "u.id IN (SELECT user_id FROM best)"
# who would come under the same user name; three are enough to name
TWINS = "SELECT id FROM expected WHERE key = ? AND id <> ? ORDER BY id LIMIT 3"
# deactivated is as good as gone for somebody who should not be there
IS_LIVE = "u.active IS NOT 0"
IS_OURS = "(p.id IS NOT NULL OR u.domain IN (SELECT name FROM domain))"
UNLISTED = "SELECT id FROM (SELECT id FROM bound UNION SELECT id FROM wanted) WHERE id NOT IN (SELECT id FROM person) ORDER BY id LIMIT ?"
PASSWORD_EXPIRED = "the password has expired: JumpCloud may send the account as inactive"
SAME_NAME = "another user has the same name, but for upper and lower case"
REASONS = {
    "activated": "another account of a person who is there already",
    "unbound": "in no group that is bound to the application",
    "staged": "staged in JumpCloud, so it is not exported",
    "suspended": "suspended in JumpCloud",
}


class Reconciliation:
    """Fill it with all three lists, then ask for the result, once."""

    def __init__(self, connection: t.Any):
        self._connection = connection
        connection.executescript("PRAGMA cache_size = -%d; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;" % CACHE)
        connection.executescript(SCHEMA)

    def add_bound(self, people: t.Iterable[tuple[str, bool]]) -> None:
        """The JumpCloud ids of all who are bound, each with whether that came about a moment ago."""
        self._fill("bound", ((user_id, is_recent, None) for user_id, is_recent in people))

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

    def result(self, max_listed: int, domains: t.Sequence[str] | None) -> Row:
        """``{in_sync, counts, to_do, truncated}`` and a list of people for each of KINDS, sorted by address. Counts are exact, lists end at ``max_listed``."""
        self._connection.executescript(JOIN)
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
            counts[kind], found[kind] = _cut(_with_remedies(kind, people, to_do), max_listed)
        return {
            "in_sync": not any(counts[kind] for kind in DRIFT),
            "counts": counts,
            "to_do": dict(sorted(to_do.items())),
            **found,
            "truncated": any(counts[kind] > len(found[kind]) for kind in KINDS),
        }

    def unlisted(self, at_most: int) -> list[str]:
        """The ids of people who are bound, but not in the directory's list: the first of them."""
        return [row[0] for row in self._connection.execute(UNLISTED, (at_most,))]

    def _kinds(self) -> dict[str, t.Iterator[Row]]:
        away = "FROM bound b JOIN person p ON p.id = b.id WHERE p.status = '%s'"
        left_over = "%s %s" % (PERSON_AND_USER + NOBODY_ELSE, LEFT_OVER)
        return {
            "missing": self._people("%s %s" % (PERSON_ALONE, LACKING % 0), self._why_missing),
            "pending": self._people("%s %s" % (PERSON_ALONE, LACKING % 1), lambda person, user: "bound a moment ago"),
            "unexpected": self._people("%s %s AND %s AND %s" % (left_over, IS_LIVE, IS_BEST, IS_OURS), _why_unexpected),
            "differing": self._differing(),
            "duplicates": self._people("%s %s AND NOT %s" % (left_over, IS_LIVE, IS_BEST), lambda person, user: SAME_NAME),
            "outside_domain": self._people("%s %s AND %s AND NOT %s" % (left_over, IS_LIVE, IS_BEST, IS_OURS), lambda person, user: UNKNOWN),
            "staged": self._people("%s %s" % (PERSON_ALONE, away % "staged"), _nothing),
            "suspended": self._people("%s %s" % (PERSON_ALONE, away % "suspended"), _nothing),
            "at_risk": self._people("%s FROM expected p WHERE p.expired" % PERSON_ALONE, lambda person, user: PASSWORD_EXPIRED),
        }

    def _differing(self) -> t.Iterator[Row]:
        looked_at = self._people("%s %s WHERE NOT (%s)" % (PERSON_AND_USER + SOMEBODY_ELSE, MATCHED, ALIKE), _nothing)
        return (person for person in looked_at if person["differences"])

    def _why_missing(self, person: User, user: ScimUser | None) -> str | None:
        key = matching_key(person.email)
        if not key:
            return NO_ADDRESS
        group = self._connection.execute("SELECT wanted_by FROM bound WHERE id = ?", (person.id,)).fetchone()[0]
        if group is not None:
            return "%s: %s is to be bound" % (NOT_BOUND, group)
        twins = self._connection.execute(TWINS, (key, person.id)).fetchall()
        return "%s%s in JumpCloud" % (SHARED, ", ".join(row[0] for row in twins)) if twins else None

    def _count(self, source: str) -> int:
        count: int = self._connection.execute("SELECT count(*) " + source).fetchone()[0]
        return count

    def _people(self, query: str, reason: t.Callable[[t.Any, t.Any], str | None]) -> t.Iterator[Row]:
        for row in self._connection.execute("SELECT %s ORDER BY 6, 1, 7" % query):
            person = None if row[0] is None else User(row[0], row[1], None, row[2], row[3], row[4], None)
            user = None if row[6] is None else ScimUser(row[6], row[7], None, None if row[8] is None else bool(row[8]), (), row[9], row[10])
            # only who should be there can differ
            differences = differing_attributes(person, user) if person and user and person.status == "activated" else []
            if row[11] is not None:
                differences.append(other_owner(person, row[11], row[12]))
            yield _shown(person, user, reason(person, user), differences)


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


def _with_remedies(kind: str, people: t.Iterator[Row], to_do: dict[str, int]) -> t.Iterator[Row]:
    """The people, each with what to do; what is to be done is counted: about drift alone something is."""
    for person in people:
        action, words = remedy_of(kind, person)
        if action:
            to_do[action] += 1
        yield {**person, "action": action, "remedy": words}


def _nothing(person: t.Any, user: t.Any) -> None:
    """No reason needs to be given."""


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
