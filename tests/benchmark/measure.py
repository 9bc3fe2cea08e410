# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command, and write what it took: `measure.py RESULT COMMAND...`.

A process of its own, and a small one. The kernel counts the memory of a process that starts another one as the other one's, until
that has its own program: a large parent would hide a small child.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""ru_maxrss is in bytes on macOS, and in KiB elsewhere."""
PROC = Path("/proc")
SAMPLE_SECONDS = 0.2


def main() -> None:
    """Exact are peak_bytes, of the largest process of the tree, and cpu_seconds, of all of it: the command, and what it started and waited for.

    tree_bytes is sampled, or null.
    """
    result_path, command = sys.argv[1], sys.argv[2:]
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        sampler = Sampler(process.pid)
        sampler.start()
        status = process.wait()
        seconds = time.perf_counter() - started
    sampler.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * RSS_UNIT, "tree_bytes": sampler.peak}
    with open(result_path, "w", encoding="utf-8") as stream:
        json.dump({"status": status, **found}, stream)


class Sampler:
    """Looks at all processes of a tree from time to time, where Linux tells about them."""

    def __init__(self, root: int) -> None:
        self.peak: int | None = None
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            sizes = [size for size in (_proportional_bytes(pid) for pid in _tree(self._root)) if size is not None]
            if sizes:
                self.peak = max(self.peak or 0, sum(sizes))


def _tree(root: int) -> list[int]:
    """The process and all that descend from it."""
    found = [root]
    for pid in found:
        for path in (PROC / str(pid) / "task").glob("*/children"):
            try:
                found += [int(child) for child in path.read_text(encoding="ascii").split()]
            except OSError:
                continue  # it has ended meanwhile
    return found


def _proportional_bytes(pid: int) -> int | None:
    """The memory of a process; what it shares with others, as after a fork, in equal parts. None: it has ended, or nobody tells."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)


if __name__ == "__main__":
    main()
