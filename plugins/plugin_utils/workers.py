# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done once, so that not every worker does it.

``ansible-playbook`` forks a worker for each task of each host. It loads the action plugin before that, to see how the task wants to be run; but
the plugins within templates are loaded where they are used first, in each worker anew. Where a task does little, that is much of its time.
"""

from __future__ import annotations

import contextlib
import gc
import os

from ansible.plugins.loader import connection_loader, filter_loader, lookup_loader, test_loader

LOADED_EARLY = (
    # one of Ansible's own brings all others of them
    (filter_loader, "ansible.builtin.combine"),
    (test_loader, "ansible.builtin.truthy"),
    # all of this collection's are in one file
    (filter_loader, "unity_jumpcloud.scim.scim_summary"),
    (lookup_loader, "ansible.builtin.env"),
    (connection_loader, "ansible.builtin.local"),
)


def prepare_workers() -> None:
    """To be called in the process that forks the workers, before it does."""
    for loader, name in LOADED_EARLY:
        # where the plugins are imported without Ansible's loader for collections, nobody forks workers
        with contextlib.suppress(KeyError):
            loader.get(name, class_only=True)
    # What is loaded by now stays. To look for garbage in it finds none, takes time, and touches memory that parent and worker share until one of them does.
    gc.freeze()
    os.register_at_fork(after_in_child=gc.freeze)
