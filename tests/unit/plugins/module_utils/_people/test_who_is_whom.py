# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is whom: the rules by which a person in JumpCloud and a user in Unity are taken for the same, as examples.

Each example says which people and users there are, which user is which person's (``pairs``: the user's id, then the person's), and who else is told,
under which heading, and why. A person is told by their id, a user as ``1 of ada`` or ``1 of nobody``; then comes the status, then the reason, or what
differs as ``attribute JumpCloud -> Unity``. Nothing here knows how the comparison is made.
"""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import datetime, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.reconciliation import KINDS, open_reconciliation
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser

Row = t.Dict[str, t.Any]
JUST_NOW = datetime(2026, 11, 24, 5, 50, tzinfo=timezone.utc)
# what must be empty for both sides to be in sync
DRIFT = {"missing", "unexpected", "differing", "duplicates"}


@dataclasses.dataclass(frozen=True)
class Person:
    """Somebody in JumpCloud, and whether they are bound: ``yes``, ``no``, or ``just`` now."""

    user: User
    bound: str


@dataclasses.dataclass(frozen=True)
class Example:
    """What there is, and what must be found."""

    people: list[Person]
    users: list[ScimUser]
    pairs: dict[str, str]
    kinds: dict[str, list[str]]
    domains: list[str] | None


def address(name: str | None) -> str | None:
    """``ada`` is short for ``ada@our.example``. Nothing, blanks and whole addresses stay what they are."""
    return "%s@our.example" % name if name and name.strip() and "@" not in name else name


def person(identifier: str, *names: str | None, bound: str = "yes", state: str = "ACTIVATED", suspended: bool = False, **fields: t.Any) -> Person:
    """A person who is activated and bound, and whose address goes by their id unless another name is given."""
    given = {"username": "login-" + identifier, "first_name": None, "last_name": None, **fields}
    return Person(User(identifier, address(names[0] if names else identifier), state=state, suspended=suspended, **given), bound)


def unbound(identifier: str, *names: str | None, **fields: t.Any) -> Person:
    return person(identifier, *names, bound="no", **fields)


def user(identifier: str, name: str, external_id: str | None = None, active: bool | None = True, **fields: t.Any) -> ScimUser:
    return ScimUser(identifier, address(name) or "", external_id, active, (), **fields)


def service(identifier: str, name: str) -> ScimUser:
    """A user whose name is no address."""
    return ScimUser(identifier, name, None, True, ())


def rule(
    name: str, people: list[Person], users: list[ScimUser], pairs: dict[str, str] | None = None, domains: list[str] | None = None, **kinds: list[str]
) -> t.Any:
    return pytest.param(Example(people, users, pairs or {}, kinds, domains), id=name)


UNBOUND = "unbound: in no group that is bound to the application"
STRANGER = "of nobody, unknown: unknown to JumpCloud"
SPARE = "activated: another account of a person who is there already"
TWIN = "another user has the same name, but for upper and lower case"

RULES = [
    # By address
    rule("a user is the person whose address is its name", [person("ada"), person("bob")], [user("1", "bob"), user("2", "ada")], {"1": "bob", "2": "ada"}),
    rule("whatever the case of the address", [person("ada", "Ada@Our.example")], [user("1", "aDA@our.EXAMPLE")], {"1": "ada"}),
    rule("whatever blanks are around it", [person("ada", " ada@our.example ")], [user("1", "ada")], {"1": "ada"}),
    rule("whatever form its domain has", [person("ada", "ada@bücher.example")], [user("1", "ada@XN--bcher-kva.example")], {"1": "ada"}),
    rule(
        "nobody is matched by having no address",
        [person("ada", ""), person("bob", None), person("cleo", " ")],
        [user("1", "", active=True), user("2", " ")],
        missing=[
            "ada, activated: no email address in JumpCloud",
            "bob, activated: no email address in JumpCloud",
            "cleo, activated: no email address in JumpCloud",
        ],
        outside_domain=["1 " + STRANGER],
        duplicates=["2 of nobody, unknown: " + TWIN],
    ),
    rule("an externalId that names nobody is no difference", [person("ada")], [user("1", "ada", "gone")], {"1": "ada"}),
    rule(
        "an externalId that names somebody else who exists is a difference",
        [person("ada"), unbound("bob")],
        [user("1", "ada", "bob")],
        {"1": "ada"},
        differing=["1 of ada, activated: externalId ada (ada@our.example) -> bob (bob@our.example)"],
    ),
    rule(
        "who has no address is named by their login, else by their id",
        [person("ada"), person("bob"), unbound("cleo", ""), unbound("dan", None, username="")],
        [user("1", "ada", "cleo"), user("2", "bob", "dan")],
        {"1": "ada", "2": "bob"},
        differing=[
            "1 of ada, activated: externalId ada (ada@our.example) -> cleo (login-cleo)",
            "2 of bob, activated: externalId bob (bob@our.example) -> dan (dan)",
        ],
    ),
    rule(
        "the address wins over the externalId",
        [person("ada", "new"), person("bob", "old")],
        [user("1", "old", "ada")],
        {"1": "bob"},
        missing=["ada, activated"],
        differing=["1 of bob, activated: externalId bob (old@our.example) -> ada (new@our.example)"],
    ),
    # Several users of one name
    rule(
        "of several users of one name, the person's is the one whose externalId fits, though it is not the first",
        [person("ada")],
        [user("1", "ada"), user("2", "ADA", "ada"), user("3", "Ada")],
        {"2": "ada"},
        duplicates=["1 of ada, activated: " + TWIN, "3 of ada, activated: " + TWIN],
    ),
    rule(
        "even if it is deactivated",
        [person("ada")],
        [user("1", "ada"), user("2", "ADA", "ada", active=False)],
        {"2": "ada"},
        differing=["2 of ada, activated: active True -> False"],
        duplicates=["1 of ada, activated: " + TWIN],
    ),
    rule("else the one that is not deactivated", [person("ada")], [user("1", "ada", active=False), user("2", "ADA")], {"2": "ada"}),
    rule(
        "where it is not known whether a user is active, it counts as active",
        [person("ada")],
        [user("1", "ada", active=False), user("2", "ADA", active=None), user("3", "Ada")],
        {"2": "ada"},
        duplicates=["3 of ada, activated: " + TWIN],
    ),
    rule("else the first by id", [person("ada")], [user("2", "ada"), user("1", "ADA")], {"1": "ada"}, duplicates=["2 of ada, activated: " + TWIN]),
    # Several people of one address
    rule(
        "of several people of one address, the one whom the externalId names is there",
        [person("ada", "team"), person("bob", "Team")],
        [user("1", "team", "bob")],
        {"1": "bob"},
        missing=["ada, activated: shares the address with bob in JumpCloud"],
    ),
    rule(
        "else the first by id",
        [person("ada", "team"), person("bob", "Team")],
        [user("1", "team")],
        {"1": "ada"},
        missing=["bob, activated: shares the address with ada in JumpCloud"],
    ),
    rule(
        "one address makes one pair, and the others are told on both sides",
        [person("ada", "team"), person("bob", "team")],
        [user("1", "team"), user("2", "TEAM")],
        {"1": "ada"},
        missing=["bob, activated: shares the address with ada in JumpCloud"],
        duplicates=["2 of ada, activated: " + TWIN],
    ),
    rule(
        "but each has their own where every externalId fits",
        [person("ada", "team"), person("bob", "team")],
        [user("1", "team", "bob"), user("2", "TEAM", "ada")],
        {"1": "bob", "2": "ada"},
    ),
    rule(
        "at most three who share the address are named, and nobody who is not expected",
        [unbound("a", "team"), person("b", "team", suspended=True), *(person(name, "team") for name in "cdefg")],
        [user("1", "team", "f")],
        {"1": "f"},
        missing=[
            "c, activated: shares the address with d, e, f in JumpCloud",
            "d, activated: shares the address with c, e, f in JumpCloud",
            "e, activated: shares the address with c, d, f in JumpCloud",
            "g, activated: shares the address with c, d, e in JumpCloud",
        ],
        suspended=["b, suspended"],
    ),
    # By externalId
    rule(
        "who is left over on both sides is matched by externalId: an address has changed",
        [person("ada", "new")],
        [user("1", "old", "ada")],
        {"1": "ada"},
        differing=["1 of ada, activated: userName new@our.example -> old@our.example"],
    ),
    rule(
        "who has no address can be there by externalId, and no user name differs from that",
        [person("ada", ""), person("bob", None), person("cleo", " ")],
        [user("1", "x", "ada"), user("2", "y", "bob"), user("3", "z", "cleo")],
        {"1": "ada", "2": "bob", "3": "cleo"},
    ),
    rule(
        "of several old accounts, the first by id",
        [person("ada", "new")],
        [user("2", "older", "ada"), user("1", "old", "ada")],
        {"1": "ada"},
        differing=["1 of ada, activated: userName new@our.example -> old@our.example"],
        unexpected=["2 of ada, " + SPARE + ", userName new@our.example -> older@our.example"],
    ),
    rule(
        "but not one that is deactivated",
        [person("ada", "new")],
        [user("1", "old", "ada", active=False), user("2", "older", "ada", active=None)],
        {"2": "ada"},
        differing=["2 of ada, activated: userName new@our.example -> older@our.example"],
    ),
    rule(
        "who is there under the right name is not matched a second time: the other account was left behind",
        [person("ada", "new")],
        [user("1", "old", "ada"), user("2", "new")],
        {"2": "ada"},
        unexpected=["1 of ada, " + SPARE + ", userName new@our.example -> old@our.example"],
    ),
    rule(
        "a second user of one name can be another person's, by externalId",
        [person("ada"), person("bob")],
        [user("1", "ada", "ada"), user("2", "ADA", "bob")],
        {"1": "ada", "2": "bob"},
        differing=["2 of bob, activated: userName bob@our.example -> ADA@our.example"],
    ),
    rule(
        "an externalId makes nobody expected who is not",
        [unbound("ada", "new"), person("bob", "other", suspended=True)],
        [user("1", "old", "ada"), user("2", "older", "bob")],
        unexpected=["1 of ada, " + UNBOUND, "2 of bob, suspended: suspended in JumpCloud"],
        suspended=["bob, suspended"],
    ),
    # Which of several users of one name is no duplicate
    rule(
        "of several users of one name, the paired one is no duplicate, though another one is the first by id, or names somebody of that address",
        [person("ada"), unbound("bob", "ada")],
        [user("1", "ada", "bob"), user("2", "ADA"), user("3", "Ada", "ada")],
        {"3": "ada"},
        duplicates=["1 of ada, activated: " + TWIN, "2 of ada, activated: " + TWIN],
    ),
    rule(
        "a paired one is no duplicate, even if it is deactivated and paired by externalId",
        [person("ada", "new")],
        [user("1", "old"), user("2", "OLD", "ada", active=False)],
        {"2": "ada"},
        differing=["2 of ada, activated: userName new@our.example -> OLD@our.example, active True -> False"],
        duplicates=["1 of nobody, unknown: " + TWIN],
    ),
    rule(
        "where nobody of that name is expected, the one whose externalId names somebody of that address is none",
        [unbound("ada")],
        [user("1", "ada"), user("2", "ADA", "ada"), user("3", "Ada", "gone")],
        unexpected=["2 of ada, " + UNBOUND],
        duplicates=["1 of ada, unbound: " + TWIN, "3 of ada, unbound: " + TWIN],
    ),
    rule(
        "an externalId that names somebody of another address does not count there",
        [unbound("ada"), unbound("bob")],
        [user("1", "ada"), user("2", "ADA", "bob"), user("3", "Ada", "ada")],
        unexpected=["3 of ada, " + UNBOUND],
        duplicates=["1 of ada, unbound: " + TWIN, "2 of ada, unbound: " + TWIN],
    ),
    rule(
        "else the first by id is none",
        [person("zoe")],
        [user("3", "eve"), user("1", "EVE"), user("2", "Eve"), user("4", "zoe")],
        {"4": "zoe"},
        unexpected=["1 " + STRANGER],
        duplicates=["2 of nobody, unknown: " + TWIN, "3 of nobody, unknown: " + TWIN],
    ),
    rule(
        "a deactivated one makes no duplicate of the one that is left",
        [person("zoe"), unbound("ada")],
        [
            user("1", "eve", active=False),
            user("2", "EVE"),
            user("3", "g@x.example", active=False),
            user("4", "G@x.example"),
            user("5", "zoe"),
            user("6", "ada", "ada", active=False),
            user("7", "ADA"),
        ],
        {"5": "zoe"},
        unexpected=["7 of ada, " + UNBOUND, "2 " + STRANGER],
        outside_domain=["4 " + STRANGER],
    ),
    # Who is missing, and who is not
    rule(
        "who is bound, activated and not there is missing, or pending if bound a moment ago",
        [person("ada"), person("bob", bound="just"), person("cleo", bound="just"), unbound("dan")],
        [user("1", "cleo")],
        {"1": "cleo"},
        missing=["ada, activated"],
        pending=["bob, activated: bound a moment ago"],
    ),
    rule(
        "who is bound, but not activated, is not expected",
        [person("ada", state="STAGED"), person("bob", suspended=True), person("cleo", state="SUSPENDED"), person("dan", state="PASSWORD_EXPIRED")],
        [],
        staged=["ada, staged"],
        suspended=["bob, suspended", "cleo, suspended"],
    ),
    rule("who is neither bound nor activated is told nowhere", [unbound("ada", state="STAGED"), unbound("bob", suspended=True), unbound("cleo")], []),
    # Who should not be there
    rule(
        "who is there and should not be is unexpected, and the reason is their state",
        [unbound("ada"), person("bob", suspended=True), person("cleo", state="STAGED"), person("dan", state="EXPIRED"), unbound("eve", suspended=True)],
        [user("1", "ada"), user("2", "bob"), user("3", "cleo"), user("4", "dan"), user("5", "eve")],
        unexpected=[
            "1 of ada, " + UNBOUND,
            "2 of bob, suspended: suspended in JumpCloud",
            "3 of cleo, staged: staged in JumpCloud, so it is not exported",
            "4 of dan, expired: in the state expired in JumpCloud",
            "5 of eve, suspended: suspended in JumpCloud",
        ],
        staged=["cleo, staged"],
        suspended=["bob, suspended"],
    ),
    rule(
        "what differs of somebody who should not be there is not told",
        [unbound("ada", first_name="Ada"), person("bob", suspended=True)],
        [user("1", "ada", given_name="Augusta"), user("2", "old", "bob")],
        unexpected=["1 of ada, " + UNBOUND, "2 of bob, suspended: suspended in JumpCloud"],
        suspended=["bob, suspended"],
    ),
    rule(
        "who is deactivated is as good as gone",
        [person("ada"), unbound("bob"), person("cleo", suspended=True)],
        [
            user("1", "ada"),
            user("2", "ADA", active=False),
            user("3", "bob", active=False),
            user("4", "cleo", active=False),
            user("5", "x", active=False),
            user("6", "g@x.example", active=False),
        ],
        {"1": "ada"},
        suspended=["cleo, suspended"],
    ),
    rule(
        "whoever may be active is not",
        [person("ada"), unbound("bob")],
        [user("1", "ada"), user("2", "ADA", active=None), user("3", "bob", active=None), user("4", "x", active=None), user("5", "g@x.example", active=None)],
        {"1": "ada"},
        unexpected=["3 of bob, " + UNBOUND, "4 " + STRANGER],
        duplicates=["2 of ada, activated: " + TWIN],
        outside_domain=["5 " + STRANGER],
    ),
    # Whose account it is
    rule(
        "of several people of that address, an unexpected account is the one's who is bound, though another one is the first by id, or named by externalId",
        [unbound("ada", "team"), person("bob", "team", suspended=True), unbound("cleo", "team")],
        [user("1", "team"), user("2", "TEAM", "cleo")],
        unexpected=["2 of bob, suspended: suspended in JumpCloud"],
        duplicates=["1 of bob, suspended: " + TWIN],
        suspended=["bob, suspended"],
    ),
    rule(
        "else the one's whom the externalId names",
        [unbound("ada", "team"), unbound("bob", "team")],
        [user("1", "team", "bob")],
        unexpected=["1 of bob, " + UNBOUND],
    ),
    rule(
        "of several who are bound as well",
        [person("ada", "team", suspended=True), person("bob", "team", state="STAGED")],
        [user("1", "team", "bob")],
        unexpected=["1 of bob, staged: staged in JumpCloud, so it is not exported"],
        staged=["bob, staged"],
        suspended=["ada, suspended"],
    ),
    rule("else the first one's by id", [unbound("bob", "team"), unbound("ada", "team")], [user("1", "team")], unexpected=["1 of ada, " + UNBOUND]),
    rule(
        "an account whose name is nobody's address is the one's whom the externalId names",
        [unbound("ada"), person("bob", "new")],
        [user("1", "x@else.example", "ada"), user("2", "new"), user("3", "old@else.example", "bob")],
        {"2": "bob"},
        unexpected=["1 of ada, " + UNBOUND, "3 of bob, " + SPARE + ", userName new@our.example -> old@else.example"],
    ),
    rule(
        "but the address wins over the externalId",
        [unbound("ada"), unbound("bob")],
        [user("1", "ada", "bob")],
        unexpected=["1 of ada, " + UNBOUND],
    ),
    rule(
        "a user without a name is not the one's who has no address",
        [unbound("ada", ""), unbound("bob", None)],
        [user("1", "")],
        outside_domain=["1 " + STRANGER],
    ),
    # Guests
    rule(
        "a stranger is unexpected in the domain of somebody who is expected, else a guest",
        [person("ada"), unbound("bob", "bob@second.example"), person("cleo", "cleo@third.example", suspended=True)],
        [user("1", "ada"), user("2", "x@OUR.example"), user("3", "x@second.example"), user("4", "x@third.example"), service("5", "backup")],
        {"1": "ada"},
        unexpected=["2 " + STRANGER],
        outside_domain=["5 " + STRANGER, "3 " + STRANGER, "4 " + STRANGER],
        suspended=["cleo, suspended"],
    ),
    rule(
        "where nobody is expected, in the domain of anybody in JumpCloud",
        [unbound("bob", "bob@second.example"), person("cleo", "cleo@third.example", suspended=True)],
        [user("1", "x@second.example"), user("2", "x@third.example"), user("3", "x@our.example")],
        unexpected=["1 " + STRANGER, "2 " + STRANGER],
        outside_domain=["3 " + STRANGER],
        suspended=["cleo, suspended"],
    ),
    rule(
        "who has no address makes no domain of it",
        [person("ada"), person("bob", ""), unbound("cleo", "cleo-has-none@")],
        [user("1", "ada"), user("2", "", "bob"), service("3", "backup")],
        {"1": "ada", "2": "bob"},
        outside_domain=["3 " + STRANGER],
    ),
    rule(
        "domains that are given count instead, each once, with and without the sign, in any form",
        [person("ada")],
        [user("1", "ada"), user("2", "x@bücher.example"), user("3", "x@our.example")],
        {"1": "ada"},
        domains=["bücher.example", "@bücher.example", " BÜCHER.example", "xn--bcher-kva.example"],
        unexpected=["2 " + STRANGER],
        outside_domain=["3 " + STRANGER],
    ),
    rule(
        "where no domain is ours, every stranger is a guest",
        [person("ada")],
        [user("1", "ada"), user("2", "x")],
        {"1": "ada"},
        domains=[],
        outside_domain=["2 " + STRANGER],
    ),
    rule(
        "whom JumpCloud knows is no guest, whatever the domains",
        [unbound("ada"), unbound("bob", "new")],
        [user("1", "ada"), user("2", "old", "bob")],
        domains=["else.example"],
        unexpected=["1 of ada, " + UNBOUND, "2 of bob, " + UNBOUND],
    ),
    rule(
        "a guest's duplicate is none of a guest",
        [person("ada")],
        [user("1", "ada"), user("2", "g@x.example"), user("3", "G@x.example")],
        {"1": "ada"},
        outside_domain=["2 " + STRANGER],
        duplicates=["3 of nobody, unknown: " + TWIN],
    ),
    # What differs
    rule(
        "first and last name differ in any letter, and only where Unity shows them",
        [
            person("ada", first_name="Ada", last_name="King"),
            person("bob", first_name="Bob", last_name="Ray"),
            person("cleo"),
            person("dan", first_name="Dan"),
            person("eve"),
            person("fay"),
        ],
        [
            user("1", "ada", given_name="ada", family_name="Kin"),
            user("2", "bob"),
            user("3", "cleo", given_name="", family_name=" "),
            user("4", "dan", given_name="", family_name="D"),
            user("5", "eve", given_name="Eve"),
            user("6", "fay", family_name="Fox"),
        ],
        {"1": "ada", "2": "bob", "3": "cleo", "4": "dan", "5": "eve", "6": "fay"},
        differing=[
            "1 of ada, activated: name.givenName Ada -> ada, name.familyName King -> Kin",
            "4 of dan, activated: name.givenName Dan -> , name.familyName None -> D",
            "5 of eve, activated: name.givenName None -> Eve",
            "6 of fay, activated: name.familyName None -> Fox",
        ],
    ),
    rule(
        "who should be there must be active, unless Unity does not say",
        [person("ada"), person("bob")],
        [user("1", "ada", active=False), user("2", "bob", active=None)],
        {"1": "ada", "2": "bob"},
        differing=["1 of ada, activated: active True -> False"],
    ),
    # In which order they are told
    rule(
        "people are told by address, whatever the case, then by id; first those who have none",
        [person("a", "z"), person("c", "Y"), person("b", "y"), person("d", "x"), person("e", "")],
        [],
        missing=[
            "e, activated: no email address in JumpCloud",
            "d, activated",
            "b, activated: shares the address with c in JumpCloud",
            "c, activated: shares the address with b in JumpCloud",
            "a, activated",
        ],
    ),
    rule(
        "users are told by address, then by the person, then by id",
        [unbound("a", "team"), unbound("b", "team"), unbound("c", "first")],
        [user("0", "team", "a"), user("1", "Team", "b"), user("2", "tEAM", "a"), user("3", "TEAM", "a"), user("4", "first"), user("5", "z"), user("6", "x")],
        unexpected=["4 of c, " + UNBOUND, "0 of a, " + UNBOUND, "6 " + STRANGER, "5 " + STRANGER],
        duplicates=["2 of a, unbound: " + TWIN, "3 of a, unbound: " + TWIN, "1 of b, unbound: " + TWIN],
    ),
    rule(
        "a user of somebody without an address is told by its name",
        [unbound("ada", ""), unbound("bob"), unbound("zoe", "x")],
        [user("1", "m", "ada"), user("2", "bob"), user("3", "x")],
        unexpected=["2 of bob, " + UNBOUND, "1 of ada, " + UNBOUND, "3 of zoe, " + UNBOUND],
    ),
    rule(
        "by the address in JumpCloud where it is not the same in Unity",
        [person("ada", "b"), person("bob", "a")],
        [user("1", "x", "ada"), user("2", "y", "bob")],
        {"1": "ada", "2": "bob"},
        differing=[
            "2 of bob, activated: userName a@our.example -> y@our.example",
            "1 of ada, activated: userName b@our.example -> x@our.example",
        ],
    ),
]


def compared(example: Example, is_reversed: bool, at_most: int = 100) -> Row:
    """The result, with the lists in the order of the example, or in the other one."""
    people, users = (example.people[::-1], example.users[::-1]) if is_reversed else (example.people, example.users)
    with open_reconciliation() as found:
        if is_reversed:
            # what no ORDER BY decides comes the other way round, too
            found._connection.execute("PRAGMA reverse_unordered_selects = ON")  # pylint: disable=protected-access
        found.add_bound((each.user.id, JUST_NOW if each.bound == "just" else None) for each in people if each.bound != "no")
        found.add_directory(each.user for each in people)
        found.add_provisioned(users)
        return found.result(at_most, example.domains)


def told(row: Row) -> str:
    who = "%s of %s" % (row["unity_id"], row["jumpcloud_id"] or "nobody") if row["unity_id"] else row["jumpcloud_id"]
    differences = ["%(attribute)s %(jumpcloud)s -> %(unity)s" % difference for difference in row["differences"]]
    why = ", ".join(([row["reason"]] if row["reason"] else []) + differences)
    return "%s, %s%s" % (who, row["status"], ": " + why if why else "")


def pairs_of(example: Example) -> dict[str, str]:
    """A pair that is alike is not told, so here every user bears a name that nobody has: then all pairs differ."""
    renamed = [dataclasses.replace(each, family_name="of nobody in JumpCloud") for each in example.users]
    return {row["unity_id"]: row["jumpcloud_id"] for row in compared(dataclasses.replace(example, users=renamed), False)["differing"]}


@pytest.mark.parametrize("is_reversed", [False, True], ids=["", "in the other order"])
@pytest.mark.parametrize("example", RULES)
def test_rule(example: Example, is_reversed: bool) -> None:
    result = compared(example, is_reversed)
    assert {kind: [told(row) for row in result[kind]] for kind in KINDS if result[kind]} == example.kinds
    assert pairs_of(example) == example.pairs
    assert result["in_sync"] is not bool(DRIFT & set(example.kinds)) and result["truncated"] is False
    bound = [each.user for each in example.people if each.bound != "no"]
    assert result["counts"] == {
        "bound": len(bound),
        "expected": len([each for each in bound if each.status == "activated"]),
        "provisioned": len(example.users),
        "matched": len(example.pairs),
        **{kind: len(example.kinds.get(kind, [])) for kind in KINDS},
    }


@pytest.mark.parametrize("is_reversed", [False, True], ids=["", "in the other order"])
@pytest.mark.parametrize("example", RULES)
def test_a_limit_keeps_the_first(example: Example, is_reversed: bool) -> None:
    result = compared(example, is_reversed, at_most=1)
    assert {kind: [told(row) for row in result[kind]] for kind in KINDS if result[kind]} == {kind: rows[:1] for kind, rows in example.kinds.items()}
    assert result["truncated"] is any(len(rows) > 1 for rows in example.kinds.values())
