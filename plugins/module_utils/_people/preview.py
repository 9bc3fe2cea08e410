# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would be created in Unity by binding groups or by an activation, who adopted, who left out and why, and who is there and in no bound group. Pure.

Counts and reasons go wherever a plan is shown. Names go into the diff alone.
"""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import domain_key, email_domain, matching_key, name_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted, visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import User
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import MAX_LISTED_PEOPLE, MAX_NAMED_PEOPLE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimUser

# why somebody is not counted as to create, in the order in which it is looked for
UNLISTED, OF_ANOTHER = "not in JumpCloud's list of users", "the account belongs to somebody else"
NO_ADDRESS, NO_NAME, OUTSIDE, SHARED = "no email address", "no name", "outside the validated domains", "shares the address"
# nothing published says that these get no account, so a limit counts them
UNPROVEN = (UNLISTED, NO_NAME, OUTSIDE, SHARED)
IN_NO_GROUP = "people_in_no_bound_group"
NAMES = ("people_created", "people_adopted", "people_left_out", IN_NO_GROUP)


@dataclass(frozen=True)
class Preview:
    """Names, each list sorted; of those left out, each with the reason.

    ``in_no_group`` is None where not all of Unity's people are known, for the reason ``unread``: then ``created`` may hold people who are there already.
    """

    created: tuple[str, ...]
    adopted: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    in_no_group: tuple[str, ...] | None
    unread: str | None
    checks_domains: bool
    limit: int | None
    # those left out who may get an account all the same
    unsure: tuple[tuple[str, str], ...] = ()
    # in Unity by JumpCloud's hand, and bound by nothing any more; None where the run resumes nothing, or they could not be read
    forsaken: tuple[str, ...] | None = None
    max_deprovisioned: int | None = None

    def as_result(self) -> dict[str, t.Any]:
        """What a module returns: nobody's name."""
        return {
            "created": len(self.created),
            "adopted": None if self.unread else len(self.adopted),
            "left_out": len(self.left_out),
            "left_out_reasons": dict(sorted(self._reasons().items())),
            "in_no_bound_group": None if self.in_no_group is None else len(self.in_no_group),
            "unread": self.unread,
            "domains_checked": self.checks_domains,
            "max_created_users": self.limit,
            "said": self.sentence(),
        }

    def as_diff(self) -> dict[str, list[str]]:
        """What a diff adds to the state after the change; before it, the lists are empty."""
        left_out = ["%s (%s)" % (name, why) for name, why in self.left_out]
        lists = (list(self.created), list(self.adopted), left_out, list(self.in_no_group or ()))
        return {name: _listed(people) for name, people in zip(NAMES, lists)}

    def sentence(self) -> str:
        """The counts in words."""
        reasons = ", ".join("%d %s" % (number, why) for why, number in sorted(self._reasons().items()))
        parts = ["%s%d to create" % ("at most " if self.unread and self.created else "", len(self.created))]
        parts += [] if self.unread else ["%d to adopt" % len(self.adopted)]
        parts += ["%d left out (%s)" % (len(self.left_out), reasons)] if self.left_out else []
        parts += ["%d in Unity in no bound group" % len(self.in_no_group)] if self.in_no_group else []
        parts += ["%d to be deprovisioned, unbound while provisioning was stopped" % len(self.forsaken)] if self.forsaken else []
        parts += ["who is in Unity already was not read: %s" % self.unread.rstrip(".")] if self.unread else []
        parts += ["so who was unbound while provisioning was stopped is not counted"] if self.unread and self.max_deprovisioned is not None else []
        parts += [] if self.checks_domains else ["validated domains are not known"]
        parts += ["no limit is set (scim_provisioning_max_created_users)"] if self.limit is None else ["limit %d" % self.limit]
        return ", ".join(parts)

    def require_allowed(self) -> None:
        """ScimError if more accounts could be created, or lost, than the limits allow."""
        self._require_few_forsaken()
        number = len(self.created) + len(self.unsure)
        if self.limit is None or number <= self.limit:
            return
        said = []
        if self.created:
            said.append("This would create accounts in Unity for %s: %s." % (counted(len(self.created), "person", "people"), _named(self.created)))
        if self.unsure:
            people = counted(len(self.unsure), "person who is", "people who are")
            named = _named(["%s (%s)" % (name, why) for name, why in self.unsure])
            said.append("This may create accounts in Unity for %s only assumed to get none: %s." % (people, named))
        unread = " Some of them may be in Unity already, which was not read: %s" % self.unread if self.unread else ""
        raise ScimError(
            "%s At most %s allowed. Nothing was changed." % (" ".join(said), counted(self.limit, "is", "are")),
            "See that these are the right groups. If they are, raise max_created_users (scim_provisioning_max_created_users) to at least %d.%s"
            % (number, unread),
            people=self.as_result(),
        )

    def _require_few_forsaken(self) -> None:
        """What a resumption does is not published; that JumpCloud then deprovisions whom it holds no longer is assumed."""
        allowed, people = self.max_deprovisioned, self.forsaken or ()
        if allowed is not None and len(people) > allowed:
            raise ScimError(
                "Activating may make JumpCloud deprovision %s not bound any more: %s. At most %s allowed. Nothing was changed."
                % (counted(len(people), "person who is", "people who are"), _named(people), counted(allowed, "is", "are")),
                "Bind them again. If they may lose their accounts, raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least %d."
                % len(people),
                people=self.as_result(),
            )

    def _reasons(self) -> dict[str, int]:
        return collections.Counter(why.partition(":")[0] for _name, why in self.left_out)


def preview(
    members: t.Collection[str],
    bound: t.Collection[str],
    directory: t.Iterable[User],
    provisioned: t.Iterable[ScimUser] | None,
    domains: t.Collection[str] | None,
    unread: str | None = None,
    limit: int | None = None,
    max_deprovisioned: int | None = None,
) -> Preview:
    """``members``: the ids of those in the groups to be bound; ``bound``: of those who stay bound in any case. ``provisioned``: who is seen in Unity, or None.

    An activation provisions everybody who is bound, so they are members then. ``max_deprovisioned``: how many may have been unbound while provisioning
    was stopped; None where it is not resumed.

    ``unread``: why not everybody is; who is seen is there all the same, and no limit stops them.
    ``domains`` are the validated ones, or None where they are not known.
    """
    people = {user.id: user for user in directory}
    expected = [people[one] for one in {*members, *bound} if one in people and people[one].status == "activated"]
    holders = collections.Counter(matching_key(user.email) for user in expected)
    allowed = None if domains is None else {domain_key(name) for name in domains}
    there = list(provisioned or ())
    by_name = {matching_key(user.user_name): user for user in there}
    by_owner = {user.external_id: user for user in there if user.external_id}
    addresses = {user.id: matching_key(user.email) for user in expected}
    created: list[str] = []
    adopted: list[str] = []
    left_out: list[tuple[str, str]] = []
    unsure: list[tuple[str, str]] = []
    for user_id in set(members) - set(bound):
        user = people.get(user_id)
        account = (by_name.get(matching_key(user.email)) if user else None) or by_owner.get(user_id)
        why = _why_left_out(user, holders, allowed) or _why_not_adopted(user_id, account, people)
        title = visible(user.title) if user else user_id
        if why:
            left_out.append((title, why))
            # whose account it is may have got another address, and then there is room for another account
            is_room = account is None or matching_key(account.user_name) != addresses.get(account.external_id or "", matching_key(account.user_name))
            unsure += [(title, why)] if is_room and (why in UNPROVEN or why.startswith(OF_ANOTHER)) else []
        else:
            (adopted if account else created).append(title)
    in_no_group = None
    if provisioned is not None and unread is None:
        ids = {user.id for user in expected}
        strangers = (one for one in there if one.active is not False and matching_key(one.user_name) not in holders and one.external_id not in ids)
        in_no_group = tuple(sorted(visible(one.user_name) for one in strangers))
    return Preview(
        tuple(sorted(created)),
        tuple(sorted(adopted)),
        tuple(sorted(left_out)),
        in_no_group,
        unread,
        allowed is not None,
        limit,
        tuple(sorted(unsure)),
        None if max_deprovisioned is None or provisioned is None else _forsaken(there, people, {*members, *bound}),
        max_deprovisioned,
    )


def _forsaken(there: t.Iterable[ScimUser], people: t.Container[str], held: t.Container[str]) -> tuple[str, ...]:
    left = (one for one in there if one.active is not False and one.external_id in people and one.external_id not in held)
    return tuple(sorted(visible(one.user_name) for one in left))


def _why_left_out(user: User | None, holders: t.Mapping[str, int], domains: t.Collection[str] | None) -> str | None:
    if user is None:
        return UNLISTED
    if user.status != "activated":
        return user.status if user.status in ("staged", "suspended") else "in the state %s" % visible(user.status)
    key = matching_key(user.email)
    if not key:
        return NO_ADDRESS
    if not name_key(user.first_name) and not name_key(user.last_name):
        return NO_NAME
    if domains is not None and email_domain(user.email) not in domains:
        return OUTSIDE
    return SHARED if holders[key] > 1 else None


def _why_not_adopted(user_id: str, account: ScimUser | None, people: t.Container[str]) -> str | None:
    """An external id that names another person who exists is a difference, never a match."""
    if account is None or account.external_id in (None, user_id) or account.external_id not in people:
        return None
    return "%s: %s" % (OF_ANOTHER, visible(account.external_id or ""))


def _named(people: t.Sequence[str]) -> str:
    more = len(people) - MAX_NAMED_PEOPLE
    return ", ".join([*people[:MAX_NAMED_PEOPLE], *(["and %d more" % more] if more > 0 else [])])


def _listed(people: list[str]) -> list[str]:
    more = len(people) - MAX_LISTED_PEOPLE
    return people[:MAX_LISTED_PEOPLE] + (["... and %d more" % more] if more > 0 else [])
