# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People on both sides, with known differences between them. Pure: the same size gives the same people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Iterable

from stories.pair import GROUPS, Seed

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
# one in so many of a large population
EVERY = 50
UNEXPECTED = 4


@dataclass(frozen=True)
class Person:
    """Somebody in JumpCloud, and what Unity holds of them: ``held`` replaces fields of what JumpCloud sends, None leaves them out."""

    id: str
    email: str
    first_name: str
    last_name: str
    held: dict[str, Any] | None = field(default_factory=dict)

    def in_jumpcloud(self) -> dict[str, Any]:
        return {"id": self.id, "email": self.email, "username": "u" + self.id, "firstname": self.first_name, "lastname": self.last_name}

    def in_unity(self) -> dict[str, Any] | None:
        """As it is sent to the SCIM service; None of somebody who is not there."""
        if self.held is None:
            return None
        sent = {
            "schemas": [USER_SCHEMA],
            "userName": self.email,
            "externalId": self.id,
            "name": {"givenName": self.first_name, "familyName": self.last_name},
            "emails": [{"value": self.email, "type": "work", "primary": True}],
            "active": True,
            **self.held,
        }
        return {name: value for name, value in sent.items() if value is not None}


@dataclass(frozen=True)
class Population:
    """``users`` are those in Unity. The other fields are what a comparison has to find, as addresses of JumpCloud, else user names of Unity."""

    people: tuple[Person, ...]
    users: tuple[dict[str, Any], ...]
    missing: frozenset[str]
    unexpected: frozenset[str]
    differing: dict[str, tuple[str, ...]]

    @property
    def inactive(self) -> set[str]:
        return {user["userName"] for user in self.users if not user["active"]}

    @property
    def matched(self) -> int:
        return len(self.people) - len(self.missing)

    def into(self, seed: Seed) -> None:
        """All of them are in the two groups, and nobody else is."""
        jumpcloud = seed["jumpcloud"]
        jumpcloud["users"] = [person.in_jumpcloud() for person in self.people]
        for number, name in enumerate(GROUPS):
            group = next(known for known in jumpcloud["groups"] if known["name"] == name)
            group["members"] = [person.email for person in self.people[number::2]]
        for group in jumpcloud["groups"]:
            if group["name"] not in GROUPS:
                group["members"] = []

    def in_unity_with(self, *addresses: str) -> list[str]:
        """The user names, in lower case, once these have arrived."""
        return sorted({user["userName"].lower() for user in self.users} | {address.lower() for address in addresses})


ODD = (
    # no name, no emails, no externalId, and the address in lower case
    Person(
        "64bb00000000000000000101",
        "Ada.Lovelace+Unity@Example.com",
        "Ada",
        "Lovelace",
        {"userName": "ada.lovelace+unity@example.com", "name": None, "emails": None, "externalId": None},
    ),
    # the address in another case, the name in another form of Unicode, and deactivated
    Person("64bb00000000000000000102", "zoë.o'brien@example.com", "Zoë", "O'Brien", {"userName": "Zoë.O'Brien@example.com", "active": False}),
    Person("64bb00000000000000000103", "grace@example.com", "Grace", "Hopper", None),
)
ODD_DIFFERING = {"zoë.o'brien@example.com": ("active",)}
LEFT_OVER = {"schemas": [USER_SCHEMA], "userName": "Left.Over@example.com", "active": True}


def few() -> Population:
    """Three on each side."""
    people = (ODD[0], replace(ODD[1], held={**(ODD[1].held or {}), "name": {"givenName": "Zoe\u0308", "familyName": "O'Brien"}}), ODD[2])
    return _population(people, [LEFT_OVER], ODD_DIFFERING)


def many(size: int = 1500) -> Population:
    """As many in Unity: whole pages of 100, among them the three of `few`, people who are missing, called otherwise, or deactivated."""
    missing = size // EVERY
    ordinary = [_ordinary(number) for number in range(size - UNEXPECTED - 2 + missing)]
    differing: dict[str, tuple[str, ...]] = {}
    changed = []
    for number, person in enumerate(ordinary):
        if number < missing:
            person = replace(person, held=None)
        elif number % EVERY == 0:
            person = replace(person, held={"name": {"givenName": "Another", "familyName": person.last_name}})
            differing[person.email] = ("name.givenName",)
        elif number % EVERY == 1:
            person = replace(person, held={"active": False})
            differing[person.email] = ("active",)
        elif number % EVERY == 2:
            person = replace(person, held={"userName": person.email.upper(), "name": None, "emails": None, "externalId": None})
        changed.append(person)
    left_over = [{**LEFT_OVER, "userName": f"left.over{number}@example.com"} for number in range(UNEXPECTED - 1)]
    return _population((*few().people, *changed), [LEFT_OVER, *left_over], {**ODD_DIFFERING, **differing})


def _population(people: tuple[Person, ...], left_over: list[dict[str, Any]], differing: dict[str, tuple[str, ...]]) -> Population:
    users = [user for user in (person.in_unity() for person in people) if user is not None]
    missing = frozenset(person.email for person in people if person.held is None)
    return Population(people, tuple(users + left_over), missing, frozenset(user["userName"] for user in left_over), differing)


def _ordinary(number: int) -> Person:
    """Every fifth with a plus, every seventh with an apostrophe, every third beyond ASCII."""
    parts = ["person%04d" % number, "+tag" * (number % 5 == 0), "o'x" * (number % 7 == 0), "é" * (number % 3 == 0)]
    return Person("64bb%020x" % (number + 4096), "".join(parts) + "@example.com", "Pérsøn" if number % 3 == 0 else "Person", "N%04d" % number)


def in_another_case(addresses: Iterable[str]) -> list[str]:
    return [address.swapcase() for address in addresses]
