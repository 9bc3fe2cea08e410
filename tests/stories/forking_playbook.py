# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ansible-playbook that has started already. Each run is a fork of it, which goes on as ansible-playbook does when all is imported.

Usage: forking_playbook.py ACTION..., the names of the action plugins that are imported, too.

Each line that it reads asks for one run: its arguments, environment, folder, log, and files for its output (``forked.py``). Each line that it answers is
an exit status. A run parses its arguments, reads its inventory, playbook and variables, and forks its workers as any other. What Ansible has read before
the fork is read anew, from the run's environment: every setting, and where the log is. Only the loader of collections is the one that is there already.
It needs ansible-core 2.19 or newer. ``test_forked.py`` compares such runs with those of ansible-playbook itself.
"""

from __future__ import annotations

import atexit
import gc
import json
import logging
import os
import sys
import tempfile
from typing import Any

# has to be the first import of Ansible
import ansible.cli.playbook  # isort: skip
import requests  # noqa: F401  # pylint: disable=unused-import
from ansible import constants
from ansible.config.manager import cleanup_tmp_file
from ansible.plugins import loader
from ansible.plugins.strategy import linear  # noqa: F401  # pylint: disable=unused-import

# Of these kinds Ansible looks at all that there are, and reads what is documented of their settings. Those of vars are no matter of ours: it remembers
# which ones there were when it looked first.
ALL_OF_A_KIND = (
    loader.become_loader,
    loader.callback_loader,
    loader.connection_loader,
    loader.filter_loader,
    loader.inventory_loader,
    loader.shell_loader,
    loader.test_loader,
)


def load(actions: list[str]) -> None:
    loader.init_plugin_loader()
    # a run would be warned that this has been done
    ansible.cli.init_plugin_loader = lambda *_paths: None
    for action in actions:
        loader.action_loader.get(action, class_only=True)
    for kind in ALL_OF_A_KIND:
        list(kind.all(class_only=True))
    for name in constants.INVENTORY_ENABLED:
        loader.inventory_loader.get(name, class_only=True)
    # what the forks share is not looked through by each of them
    gc.freeze()


def become(run: dict[str, Any]) -> None:
    """In the fork: be a process that was started so."""
    os.environ.clear()
    os.environ.update(run["environment"])
    os.chdir(run["folder"])
    appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    redirected = [(0, os.devnull, os.O_RDONLY), (1, run["stdout"], appended), (2, run["stderr"], appended)]
    redirected += [(handler.stream.fileno(), run["log"], appended) for handler in logging.root.handlers if isinstance(handler, logging.FileHandler)]
    for number, path, flags in redirected:
        stream = os.open(path, flags, 0o644)
        os.dup2(stream, number, inheritable=number < 3)
        os.close(stream)
    tempfile.tempdir = None
    # the temporary folder of the parent is its own
    atexit.unregister(cleanup_tmp_file)
    for name in constants.config.get_configuration_definitions():
        constants.set_constant(name, constants.config.get_config_value(name, variables=vars(constants)))
    sys.argv = run["arguments"]


def main() -> None:
    requested, answered = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", buffering=1)
    load(sys.argv[1:])
    for line in requested:
        run = os.fork()
        if run == 0:
            become(json.loads(line))
            break
        print(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]), file=answered)
    else:
        return
    requested.close()
    answered.close()
    ansible.cli.playbook.main()


if __name__ == "__main__":
    main()
