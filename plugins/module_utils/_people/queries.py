# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the comparison of people, and what it asks them.

``recent_at``: when somebody was bound, or unbound, if that was a moment ago, in seconds since the epoch.
"""

from __future__ import annotations

SCHEMA = """
CREATE TABLE bound (id TEXT PRIMARY KEY, recent_at REAL, wanted_by TEXT) WITHOUT ROWID;
CREATE TABLE leaving (id TEXT PRIMARY KEY, recent_at REAL) WITHOUT ROWID;
CREATE TABLE wanted (id TEXT PRIMARY KEY, wanted_by TEXT) WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, key TEXT, domain TEXT, email TEXT, username TEXT, first_name TEXT, last_name TEXT, status TEXT, expired INTEGER)
  WITHOUT ROWID;
CREATE TABLE provisioned (id TEXT PRIMARY KEY, key TEXT, domain TEXT, user_name TEXT, external_id TEXT, given_name TEXT, family_name TEXT, active INTEGER)
  WITHOUT ROWID;
"""

# pair: who is there of those who should be. By address first, whatever the case; of several users the one whose externalId fits. Who is left over on
# both sides goes by externalId: an address was changed on one side. Who has a pair already is ignored there.
# best: one user for each user name, one that is not deactivated where there is any. The others are duplicates.
# owner: whom in JumpCloud a user belongs to, though that person should not be there, or is there under another user name already.
# bound: who is in a group that is to be bound counts as well, so that whoever lost an account by its unbinding is not forgotten.
JOIN = """
INSERT OR IGNORE INTO bound SELECT id, NULL, wanted_by FROM wanted;
CREATE INDEX person_key ON person (key);
CREATE VIEW expected AS SELECT person.*, bound.recent_at FROM bound JOIN person ON person.id = bound.id WHERE person.status = 'activated';
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
PERSON_ALONE = PERSON % ("p.status", "''") + 11 * ", NULL"
STANDING = "CASE WHEN b.id IS NULL AND p.status = 'activated' THEN 'unbound' ELSE p.status END"
# whom Unity's externalId names, though nobody may have been able to read that person; whether they should have an account, and which one they have
PERSON_AND_USER = (
    PERSON % (STANDING, "u.key")
    + """, u.id, u.user_name, u.active, u.given_name, u.family_name, o.id,
  coalesce(nullif(o.email, ''), nullif(o.username, ''), u.external_id), ob.id IS NOT NULL AND ifnull(o.status, 'activated') = 'activated',
  CASE WHEN pair_o.user_id IS NULL THEN 'none' WHEN third.id IS NULL THEN 'own' ELSE 'foreign' END, p.expired, o.status"""
)
OWNER = """LEFT JOIN person o ON o.id = u.external_id LEFT JOIN bound ob ON ob.id = u.external_id
  LEFT JOIN pair pair_o ON pair_o.person_id = o.id LEFT JOIN provisioned user_o ON user_o.id = pair_o.user_id
  LEFT JOIN person third ON third.id = user_o.external_id AND third.id <> o.id"""
MATCHED = "FROM pair JOIN provisioned u ON u.id = pair.user_id JOIN person p ON p.id = pair.person_id JOIN bound b ON b.id = p.id " + OWNER
# alike to the letter, as nearly all are: only the others are worth a closer look. What one side does not have is null, and so left out by NOT as well.
ALIKE = """u.user_name = p.email AND u.given_name = ifnull(p.first_name, '') AND u.family_name = ifnull(p.last_name, '') AND u.active
  AND ifnull(o.id, p.id) = p.id"""
LACKING = "FROM expected p WHERE p.id NOT IN (SELECT person_id FROM pair) AND p.recent_at IS %s"
LEFT_OVER = (
    "FROM provisioned u LEFT JOIN owner ON owner.user_id = u.id LEFT JOIN person p ON p.id = owner.person_id LEFT JOIN bound b ON b.id = p.id "
    + OWNER
    + " WHERE u.id NOT IN (SELECT user_id FROM pair) AND "
)
IS_BEST = "u.id IN (SELECT user_id FROM best)"
# who would come under the same user name; three are enough to name
TWINS = "SELECT id FROM expected WHERE key = ? AND id <> ? ORDER BY id LIMIT 3"
# deactivated is as good as gone for somebody who should not be there
IS_LIVE = "u.active IS NOT 0"
IS_OURS = "(p.id IS NOT NULL OR u.domain IN (SELECT name FROM domain))"
UNLISTED = "SELECT id FROM (SELECT id FROM bound UNION SELECT id FROM wanted) WHERE id NOT IN (SELECT id FROM person) ORDER BY id LIMIT ?"
# whom JumpCloud may still be removing; who was deleted there is known by what Unity has of the person
IS_LEAVING = "b.id IS NULL AND coalesce(p.id, u.external_id, '') IN (SELECT id FROM leaving)"
PENDING_SINCE = """SELECT min(recent_at) FROM (SELECT p.recent_at %s
  UNION ALL SELECT (SELECT recent_at FROM leaving WHERE id = coalesce(p.id, u.external_id)) %s %s AND %s)""" % (
    LACKING % "NOT NULL",
    LEFT_OVER,
    IS_LIVE,
    IS_LEAVING,
)
UNBOUND = "SELECT EXISTS (SELECT 1 %s %s AND b.id IS NULL AND p.status = 'activated' AND NOT (%s))" % (LEFT_OVER, IS_LIVE, IS_LEAVING)
EXPECTS = "SELECT EXISTS (SELECT 1 FROM expected WHERE id = ? OR (key = ? AND key <> ''))"
# who failed since is not being worked on, by JumpCloud's id or else by address
HAS_FAILED = "WHERE recent_at <= ? AND (id = ? OR id IN (SELECT id FROM person WHERE key = ? AND key <> ''))"
FAILED = ("UPDATE bound SET recent_at = NULL " + HAS_FAILED, "DELETE FROM leaving " + HAS_FAILED)
NOBODY_PENDING = "UPDATE bound SET recent_at = NULL; DELETE FROM leaving;"
