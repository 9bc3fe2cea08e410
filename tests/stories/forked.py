# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-playbook at half the cost: forks of one that has started already (forking_playbook.py)."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import threading
from pathlib import Path

PROGRAM = Path(__file__).with_name("forking_playbook.py")
ACTIONS = [f"unity_jumpcloud.scim.{path.stem}" for path in sorted((PROGRAM.parents[2] / "plugins" / "action").glob("[!_]*.py"))]
START_SECONDS = 60


class ForkingPlaybook:
    """It starts with its first run. One run at a time: another one that begins meanwhile is a process of its own."""

    def __init__(self, ansible_playbook: str, folder: Path) -> None:
        self._python = Path(ansible_playbook).with_name("python")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.number = 0
        self.started: set[str] = set()
        self._is_busy = threading.Lock()

    def run(self, entry: str, command: list[str], environment: dict[str, str], folder: Path, seconds: float) -> tuple[int, str] | None:
        """Exit status and output of the run. None where it has to be a process of its own: of each entry point the first one is."""
        if entry not in self.started:
            self.started.add(entry)
            return None
        if not self._is_busy.acquire(blocking=False):
            return None
        try:
            process = self._process = self._process or self._start(environment)
            return self._fork(process, command, environment, folder, seconds)
        finally:
            self._is_busy.release()

    def _start(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """With the settings of the first run, but for the places that a run has of its own."""
        own = {"ANSIBLE_LOCAL_TEMP": str(self._folder / "local"), "ANSIBLE_LOG_PATH": str(self._folder / "log")}
        # -P: as with ansible-playbook, the folder of the program is no place to import from
        return subprocess.Popen(
            [self._python, "-P", PROGRAM, *ACTIONS],
            env={**environment, **own},
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def _fork(self, process: subprocess.Popen[bytes], command: list[str], environment: dict[str, str], folder: Path, seconds: float) -> tuple[int, str]:
        assert process.stdin and process.stdout
        outputs = self._folder / "stdout", self._folder / "stderr"
        for output in outputs:
            output.write_bytes(b"")
        places = {"folder": str(folder), "log": environment["ANSIBLE_LOG_PATH"], "stdout": str(outputs[0]), "stderr": str(outputs[1])}
        process.stdin.write(json.dumps({"arguments": command, "environment": environment, **places}).encode() + b"\n")
        if not select.select([process.stdout], [], [], START_SECONDS + seconds)[0]:
            self.close()
            raise subprocess.TimeoutExpired(command, seconds)
        self.number += 1
        answer = process.stdout.readline()
        output = "".join(output.read_text(encoding="utf-8") for output in outputs)
        assert answer, f"the playbook that forks has ended\n{output}"
        return int(answer), output

    def close(self) -> None:
        """With a run that does not end, if there is one."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
