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
import time

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""ru_maxrss is in bytes on macOS, and in KiB elsewhere."""


def main() -> None:
    """The memory is that of the largest process of the tree: the command, or one that it started and waited for."""
    result_path, command = sys.argv[1], sys.argv[2:]
    started = time.perf_counter()
    status = subprocess.call(command, stdin=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT
    with open(result_path, "w", encoding="utf-8") as stream:
        json.dump({"status": status, "seconds": seconds, "peak_bytes": peak}, stream)


if __name__ == "__main__":
    main()
