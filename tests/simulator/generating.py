# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large seeds from a few numbers: the section `generate`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .clock import derived_object_id
from .records import Application, Binding, Group, User


@dataclass
class Generated:
    """What a seed's section made, and where it goes."""

    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def bind(self, label: str, applications: list[Application]) -> None:
        """Bind all generated groups to the applications with this label."""
        for application in applications:
            if application.display_label == label:
                application.bindings += [Binding("user_group", group.id) for group in self.groups]


def generated(section: dict[str, Any], home: str) -> Generated:
    """Many people in many groups: person N is a member of group N modulo the number of groups, and of those that follow it."""
    domain, prefix = section.get("domain", "example.com"), section.get("group_prefix", "Team")
    made = Generated(users=[_person(number, domain, home) for number in range(section.get("users", 0))])
    # the last ones are staged, those before them suspended
    staged, suspended = section.get("staged", 0), section.get("suspended", 0)
    for number, user in enumerate(reversed(made.users[len(made.users) - staged - suspended :])):
        user.state = "STAGED" if number < staged else "SUSPENDED"
    amount = section.get("groups", 0)
    members: list[list[str]] = [[] for _unused in range(amount)]
    for number, user in enumerate(made.users if amount else ()):
        for following in range(section.get("groups_per_person", 1)):
            members[(number + following) % amount].append(user.id)
    for number in range(amount):
        name = f"{prefix} {number:04d}"
        made.groups.append(Group(id=derived_object_id("group", name), organization=home, name=name, members=members[number]))
    return made


def _person(number: int, domain: str, home: str) -> User:
    name = f"person{number:05d}"
    email, last = f"{name}@{domain}", f"{number:05d}"
    return User(derived_object_id("user", email), home, email, name, "Person", last, f"Person {last}")
