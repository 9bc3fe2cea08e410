# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would lose access when user groups are unbound, and a refusal where they are too many, or others than planned."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import run_parallel
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory, User

# an error names so many people; so many are read one by one, since the list of all people has hundreds of pages in a large organization
MAX_NAMED_PEOPLE = 20
# results, statistics and diffs are stored for each run, by AWX for example: each list ends here, and the counts are exact
MAX_LISTED_PEOPLE = 100
STATUSES_WITHOUT_ACCOUNT = ("staged", "suspended")


@dataclass(frozen=True)
class LosingPerson:
    """Someone whose every path to the application leads through a removed group. ``email`` and ``status`` are None where nobody may read them."""

    id: str
    email: str | None
    status: str | None

    @property
    def has_account(self) -> bool:
        """Whether Unity may hold an account. JumpCloud exports activated people only (published); a person of unknown status counts."""
        return self.status not in STATUSES_WITHOUT_ACCOUNT

    @property
    def title(self) -> str:
        """On one line, even if what JumpCloud keeps as an address is none."""
        title = self.email or self.id
        return title if title.isprintable() else quoted(title)


@dataclass(frozen=True)
class AffectedUsers:
    """Everybody who loses access, sorted by email. ``unseen``: so many bound people neither JumpCloud's list nor the removed
    groups showed, and they count as losing access."""

    people: tuple[LosingPerson, ...] = ()
    unseen: int = 0

    @property
    def deprovisioned(self) -> list[LosingPerson]:
        return [person for person in self.people if person.has_account]

    @property
    def without_account(self) -> list[LosingPerson]:
        return [person for person in self.people if not person.has_account]

    @property
    def count(self) -> int:
        """How many accounts may be deleted."""
        return len(self.deprovisioned) + self.unseen

    def as_result(self) -> dict[str, t.Any]:
        """The fields of a module's result, failed or not."""
        return {
            "unseen_users_count": self.unseen,
            "deprovisioned_users": [{"id": person.id, "email": person.email} for person in self.deprovisioned[:MAX_LISTED_PEOPLE]],
            "deprovisioned_users_count": len(self.deprovisioned),
            "users_without_account": [{"id": person.id, "email": person.email, "status": person.status} for person in self.without_account[:MAX_LISTED_PEOPLE]],
            "users_without_account_count": len(self.without_account),
        }

    def as_diff(self) -> dict[str, list[str]]:
        """What a diff adds to the state after the change; before it, both lists are empty."""
        return {
            "people_losing_access": _listed(self.deprovisioned),
            "people_without_account_losing_access": _listed(self.without_account),
        }


class DeprovisionGuard:
    """Counts and names the people who lose access, before anything is unbound, and again right before it is."""

    def __init__(self, directory: Directory, associations: Associations, allowed: int, concurrency: int):
        """``allowed``: how many people with an account may lose access. ``concurrency``: how many people are read at a time."""
        self._directory = directory
        self._associations = associations
        self._allowed = allowed
        self._are_allowed = counted(allowed, "is", "are")
        self._concurrency = concurrency

    def plan(self, removed: frozenset[str], added: t.Collection[str]) -> AffectedUsers:
        """Who would lose access without the removed groups, were the added ones bound. ScimError if they are more than allowed."""
        losing, unseen = self._losing(removed, added)
        affected = _sorted(self._named(losing), unseen)
        count = affected.count
        if count > self._allowed:
            raise ScimError(
                "Unbinding would take %s their access, and Unity deletes the accounts of those who have one: %s. At most %s allowed. "
                "Nothing was changed."
                % (counted(count, "person", "people"), _enumerated((person.title for person in affected.deprovisioned), unseen), self._are_allowed),
                "If that is what you want, raise %s to at least %d.%s" % (named("max_deprovisioned_users"), count, _why_unnamed(affected)),
                **affected.as_result(),
            )
        return affected

    def check_again(self, planned: AffectedUsers, removed: frozenset[str], added: t.Collection[str]) -> AffectedUsers:
        """Who loses access by now; ScimError if an account is at risk that was not when this was planned.

        People who were planned and lose nothing any more are fine: so nobody can lose an account who was not counted against the limit.
        """
        foreseen = {person.id: person for person in planned.deprovisioned}
        losing_now, unseen = self._losing(removed, added)
        read_again = self._named([user_id for user_id in losing_now if user_id not in foreseen])
        affected = _sorted([*read_again, *(foreseen[user_id] for user_id in losing_now if user_id in foreseen)], unseen)
        unforeseen = [person for person in affected.deprovisioned if person.id not in foreseen]
        more_unseen = max(0, unseen - planned.unseen)
        if unforeseen or more_unseen:
            without_account = {person.id: person.status for person in planned.without_account}
            said = _enumerated(("%s (%s)" % (person.title, _what_changed(without_account.get(person.id))) for person in unforeseen), more_unseen)
            raise ScimError(
                "Since the plan was made, %s would lose access by unbinding, and Unity deletes the accounts of those who have one: %s. "
                "That makes %s, and at most %s allowed. No group was unbound."
                % (
                    counted(len(unforeseen) + more_unseen, "more person", "more people"),
                    said,
                    counted(affected.count, "person", "people"),
                    self._are_allowed,
                ),
                "New bindings stay, see actions. Run again in check mode to see who would lose access now.%s" % _why_unnamed(affected),
                **affected.as_result(),
            )
        return affected

    def members(self, group_id: str) -> frozenset[str]:
        """The ids of all members of a group, direct and indirect."""
        return frozenset(self._directory.member_ids(group_id))

    def without_access(self, user_ids: t.Collection[str]) -> AffectedUsers:
        """Those of these people who are not bound in any way."""
        bound = {user.id for user in self._associations.users().seen()}
        return _sorted(self._named([user_id for user_id in user_ids if user_id not in bound]), 0)

    def _losing(self, removed: frozenset[str], added: t.Collection[str]) -> tuple[list[str], int]:
        """The ids of those who lose access, and how many more the list of bound people owes or does not show in a readable form: they may lose it, too."""
        users = self._associations.users()
        losing, shown = [], set()
        for user in users.seen():
            shown.add(user.id)
            if user.loses_access_without(removed):
                losing.append(user.id)
        # a list may end early without saying so, and reads may lag behind a binding: whoever is in a removed group counts, unless the list shows another way
        hidden = {member for group_id in sorted(removed) for member in self._members_if_there(group_id)} - shown
        # whoever is owed and would lose access is among these
        unseen = max(0, users.owed + users.odd - len(hidden))
        losing += sorted(hidden)
        # the list of bound people does not show the new groups yet: they are bound later, or reads lag behind
        if losing:
            kept = {member for group_id in added for member in self._directory.member_ids(group_id)}
            losing = [user_id for user_id in losing if user_id not in kept]
        return losing, unseen

    def _members_if_there(self, group_id: str) -> frozenset[str]:
        """A binding may outlive its group, and can be removed: such a group has no members."""
        try:
            return self.members(group_id)
        except ApiError as error:
            if error.status != 404:
                raise
            return frozenset()

    def _named(self, user_ids: list[str]) -> list[LosingPerson]:
        """As far as the credentials may read people."""
        users = self._read_each(user_ids) if len(user_ids) <= MAX_NAMED_PEOPLE else self._read_all(frozenset(user_ids))
        people = []
        for user_id in user_ids:
            user = users.get(user_id)
            people.append(LosingPerson(user_id, user.email if user else None, user.status if user else None))
        return people

    def _read_each(self, user_ids: list[str]) -> dict[str, User | None]:
        users: dict[str, User | None] = {}

        def read(user_id: str) -> None:
            users[user_id] = self._directory.user(user_id)

        # after a refusal it does not go on; whoever was not read is counted, and named by id
        run_parallel(user_ids, read, lambda user_id: None, self._concurrency)
        return users

    def _read_all(self, user_ids: frozenset[str]) -> dict[str, User | None]:
        users: dict[str, User | None] = {}
        # the same as above: names are a courtesy, and an unknown status counts
        with suppress(ScimError):
            for user in self._directory.users():
                if user.id in user_ids:
                    users[user.id] = user
                    if len(users) == len(user_ids):
                        break
        return users


def _listed(people: list[LosingPerson]) -> list[str]:
    more = len(people) - MAX_LISTED_PEOPLE
    return [person.title for person in people[:MAX_LISTED_PEOPLE]] + (["... and %d more" % more] if more > 0 else [])


def _sorted(people: t.Iterable[LosingPerson], unseen: int) -> AffectedUsers:
    return AffectedUsers(tuple(sorted(people, key=lambda person: (person.title, person.id))), unseen)


def _enumerated(titles: t.Iterable[str], unseen: int) -> str:
    every = list(titles)
    parts = every[:MAX_NAMED_PEOPLE]
    if len(every) > MAX_NAMED_PEOPLE:
        parts.append("and %d more" % (len(every) - MAX_NAMED_PEOPLE))
    if unseen:
        parts.append("%d whom JumpCloud's list does not show" % unseen)
    return ", ".join(parts)


def _what_changed(status_then: str | None) -> str:
    return "not in the plan" if status_then is None else "%s when it was made" % status_then


def _why_unnamed(affected: AffectedUsers) -> str:
    unread = sum(1 for person in affected.people if person.status is None)
    if not unread:
        return ""
    what = " %d of the people could not be read in JumpCloud, and %s activated: check what the credentials may read."
    return what % (unread, "is counted as if" if unread == 1 else "are counted as if they were")
