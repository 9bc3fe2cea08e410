# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who was bound or unbound a moment ago, so that JumpCloud may still be working on it. Pure."""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import BoundUser
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import BindingChange


class Recent:
    """The changes of the bindings within the grace time."""

    def __init__(self, changes: t.Iterable[BindingChange] = ()):
        self._everybody: datetime | None = None
        self._bound: dict[str, datetime] = {}
        # the newest of the changes that unbound each, by id
        self.unbound_people: dict[str, datetime] = {}
        self.unbound_groups: dict[str, datetime] = {}
        for change in changes:
            bound = self._bound
            if change.is_removal:
                bound = self.unbound_people if change.people else self.unbound_groups
            # where a person joined or left a group, it is about the person, not about all of the group
            for identifier in change.people or change.groups:
                bound[identifier] = max(bound.get(identifier, change.at), change.at)
            if not change.people and not change.groups:
                self._everybody = max(self._everybody or change.at, change.at)

    def bound_at(self, user: BoundUser) -> datetime | None:
        """The newest of the changes that bound this person; None where there is none."""
        ids = {user.id}.union(*user.paths)
        found = [self._bound[identifier] for identifier in ids if identifier in self._bound]
        return max([*found, *([self._everybody] if self._everybody else [])], default=None)
