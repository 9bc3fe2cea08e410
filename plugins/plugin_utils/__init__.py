# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in the controller's process only.

Ansible's loader of collections compiles each file anew in each run, which takes a tenth of a second for those that the role needs. Python's own keeps
what it has compiled, in ``__pycache__``, where it may write. So the plugins of this collection are imported by it.
"""

from __future__ import annotations

import functools
import sys
import typing as t
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader

PACKAGE = __name__.rpartition(".")[0]
# what is below these folders; the folders themselves are Ansible's to find
COMPILED = tuple("%s.%s." % (PACKAGE, folder) for folder in ("filter", "module_utils", "modules", "plugin_utils"))


@functools.lru_cache(maxsize=None)
def _finder_in(folder: str) -> FileFinder:
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


class _Finder(MetaPathFinder):
    """Finds the modules of this collection as Python finds any other. What it does not find is left to Ansible."""

    def find_spec(self, fullname: str, path: t.Sequence[str] | None, target: t.Any = None) -> ModuleSpec | None:
        if not fullname.startswith(COMPILED):
            return None
        found = (_finder_in(folder).find_spec(fullname) for folder in path or ())
        return next((spec for spec in found if spec), None)


# here, since a package is imported before what is in it
sys.meta_path.insert(0, _Finder())
