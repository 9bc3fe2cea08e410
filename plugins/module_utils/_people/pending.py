# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who was bound or unbound a moment ago, so that JumpCloud may still be working on it. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import BoundUser
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BindingChange


@dataclass
class Unbound:
    """Who was unbound, and when that was done last, by id."""

    people: dict[str, datetime] = field(default_factory=dict)
    groups: dict[str, datetime] = field(default_factory=dict)


class Recent:
    """The changes of the bindings within the grace time."""

    def __init__(self, changes: t.Iterable[BindingChange] = ()):
        self._everybody: datetime | None = None
        # by one of the ids that were connected: all of them, and when that was done last
        self._bound: dict[str, dict[frozenset[str], datetime]] = {}
        self._removals: list[BindingChange] = []
        # the groups through which somebody is bound
        self._ways: set[str] = set()
        for change in changes:
            self._add(change)

    def _add(self, change: BindingChange) -> None:
        ids = change.people | change.groups
        if change.is_removal:
            self._removals.append(change)
        elif ids:
            known = self._bound.setdefault(min(change.people or change.groups), {})
            known[ids] = _newer(known.get(ids), change.at)
        else:
            self._everybody = _newer(self._everybody, change.at)

    def see(self, user: BoundUser) -> None:
        """One of those who are bound now."""
        self._ways.update(*user.groups)

    @property
    def needs_bound_groups(self) -> bool:
        """Whether somebody, or a group, left a group of which it is not known yet whether it leads to the application."""
        return any(not self._is_unbinding(change, self._known()) for change in self._removals)

    def unbound(self, bound_groups: t.AbstractSet[str] = frozenset()) -> Unbound:
        """Whom the changes have unbound: who left a group that has never led to the application is not leaving it."""
        found, leading = Unbound(), self._known() | bound_groups
        for change in self._removals:
            if self._is_unbinding(change, leading):
                for unbound, identifiers in ((found.people, change.people), (found.groups, change.whole_groups)):
                    unbound.update((identifier, _newer(unbound.get(identifier), change.at)) for identifier in identifiers)
        return found

    def _known(self) -> set[str]:
        return self._ways.union(*(change.groups for change in self._removals if change.is_of_the_application))

    @staticmethod
    def _is_unbinding(change: BindingChange, leading: t.AbstractSet[str]) -> bool:
        return change.is_of_the_application or bool(change.groups & leading)

    def bound_at(self, user: BoundUser) -> datetime | None:
        """The newest of the changes that made, or made again, one of the person's ways to the application; None where there is none.

        Who joined a group that is on none of them is bound no sooner for it, and neither are those whom somebody joined.
        """
        newest = self._everybody
        if self._bound:
            for groups in user.groups or (frozenset(),):
                way = groups | {user.id}
                for ids, bound_at in [one for identifier in way for one in self._bound.get(identifier, {}).items()]:
                    if ids <= way:
                        newest = _newer(newest, bound_at)
        return newest


def _newer(known: datetime | None, at: datetime) -> datetime:
    return max(known or at, at)
