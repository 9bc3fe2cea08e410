# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege: which scopes are enough. Pure, and without imports of the collection, since scripts/scopes.py makes the guide's tables with it, too."""

from __future__ import annotations

import typing as t


def fewest(scopes: t.Iterable[t.Sequence[str]]) -> list[str]:
    """One scope for each operation, of those that it takes: the narrowest, unless one that is needed anyhow will do."""
    chosen: set[str] = set()
    for options in sorted(filter(None, scopes), key=lambda options: (len(options), options)):
        if not chosen & set(options):
            chosen.add(max(options, key=lambda scope: (scope.endswith(".readonly"), scope.count("."), scope)))
    return sorted(chosen)
