# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ansible-playbook that has started already, for tests that need hundreds of runs of one playbook.

It takes the arguments of ansible-playbook. For each line that it reads, the name of a file for the output, it runs the playbook: the first time
by itself, so that everything is loaded then, and from then on in a fork of itself. It answers with two lines: the id of the process that runs
the playbook, and the exit status. It needs ansible-core 2.19 or newer.

A run is what ansible-playbook makes of the same files, but for two things. Tasks run within the process and not in a worker of their own, so to
kill it is to kill all of the run. And nobody waits for long: what is waited for is a simulator, which is quick.
"""

from __future__ import annotations

import copy
import gc
import io
import json
import os
import sys
import time
import traceback
from typing import Any

LONGEST_WAIT = 0.05
_sleep = time.sleep
# before the collection is imported, whose clock takes it from here
time.sleep = lambda seconds: _sleep(min(seconds, LONGEST_WAIT))

# ansible.cli has to be the first import of ansible
from ansible.cli.playbook import PlaybookCLI  # noqa: E402  # isort: skip
import jinja2  # noqa: E402
from ansible import context  # noqa: E402
from ansible.executor.playbook_executor import PlaybookExecutor  # noqa: E402
from ansible.executor.process.worker import WorkerProcess  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.plugins.loader import init_plugin_loader  # noqa: E402
from ansible.utils.display import Display  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402

_compile = jinja2.Environment.compile
_compiled: dict[Any, Any] = {}


def run_here(worker: Any) -> None:
    """Instead of WorkerProcess.start: do what the worker would do, on copies of what it changes, as a fork would have them."""
    worker._host, worker._task = copy.copy(worker._host), worker._task.copy()
    output = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        worker.run()
    finally:
        sys.stdout, sys.stderr = output


def compiled_once(environment: Any, source: Any, *arguments: Any, **options: Any) -> Any:
    """Instead of jinja2.Environment.compile, which makes the same of the same."""
    key = (type(environment), source, arguments, tuple(sorted(options.items())))
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, *arguments, **options)
    return _compiled[key]


class WarmPlaybook:
    def __init__(self, arguments: list[str]) -> None:
        self._cli = PlaybookCLI(["ansible-playbook", *arguments])
        self._cli.parse()
        init_plugin_loader()
        self._loader = DataLoader()
        self._inventory = InventoryManager(loader=self._loader, sources=context.CLIARGS["inventory"])

    def run(self) -> int:
        variables = VariableManager(loader=self._loader, inventory=self._inventory, version_info=self._cli.version_info(gitinfo=False))
        executor = PlaybookExecutor(context.CLIARGS["args"], self._inventory, variables, self._loader, passwords={})
        status: int = executor.run()
        return status

    def run_into(self, output: str) -> int:
        """Run it with this file as its output."""
        stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number in (1, 2):
            os.dup2(stream, number)
        os.close(stream)
        try:
            return self.run()
        except BaseException:  # pylint: disable=broad-exception-caught
            traceback.print_exc()
            return 255
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")

    def answer(value: Any) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    jinja2.Environment.compile = compiled_once
    WorkerProcess.start = run_here
    WorkerProcess._detach = lambda worker: None
    Display.set_queue = lambda display, queue: None
    playbook = WarmPlaybook(sys.argv[1:])
    is_warm = False
    for line in sys.stdin:
        if not is_warm:
            answer(os.getpid())
            answer(playbook.run_into(line.strip()))
            is_warm = True
            # what the forks share is not looked through again by each of them
            gc.freeze()
            gc.disable()
            continue
        child = os.fork()
        if child == 0:
            os._exit(playbook.run_into(line.strip()))
        answer(child)
        answer(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
