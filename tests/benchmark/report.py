# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's table."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tenants import Requests

BASELINE = "uri playbook"
HEADINGS = (
    "groups",
    "run",
    "way",
    "seconds: median (range)",
    f"ratio to {BASELINE}",
    "CPU seconds: median (range)",
    f"ratio to {BASELINE}",
    "requests: reads + writes + tokens",
    "peak memory, MiB",
)
Cell = tuple[int, str, str]


@dataclass(frozen=True)
class Run:
    """One measured run. ``peak_bytes`` is the memory of the largest process of its tree."""

    groups: int
    name: str
    way: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    requests: Requests

    @property
    def cell(self) -> Cell:
        """What its row is found by."""
        return self.groups, self.name, self.way


def as_markdown(runs: list[Run], rounds: int, latency_ms: float) -> str:
    """The conditions, then a row for each number of groups, run and way."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(cell, runs) for cell in dict.fromkeys(run.cell for run in runs))]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{conditions(rounds, latency_ms)}\n\n{table}"


def _row(cell: Cell, runs: list[Run]) -> tuple[str, ...]:
    groups, name, way = cell
    own = [run for run in runs if run.cell == cell]
    baseline = [run for run in runs if run.cell == (groups, name, BASELINE)]
    return (
        str(groups),
        name,
        way,
        with_range([run.seconds for run in own], 1),
        f"{median_ratio([run.seconds for run in own], [run.seconds for run in baseline]):.2f}",
        with_range([run.cpu_seconds for run in own], 1),
        f"{median_ratio([run.cpu_seconds for run in own], [run.cpu_seconds for run in baseline]):.2f}",
        " or ".join(dict.fromkeys(str(run.requests) for run in own)),
        f"{median(run.peak_bytes for run in own) / 2**20:.0f}",
    )


def with_range(values: list[float], digits: int) -> str:
    """The median, and in brackets the least and the most."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def median_ratio(values: list[float], baseline: list[float]) -> float:
    """Of the ratios to the baseline's value of the same round: both are in the order of the rounds."""
    return median(value / other for value, other in zip(values, baseline, strict=True))


def conditions(rounds: int, latency_ms: float) -> str:
    """How it was measured, and on what."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "requests"))
    return (
        f"{rounds} rounds, {latency_ms:g} ms for each answer. {_processor()}, {os.cpu_count()} logical processors, "
        f"load {os.getloadavg()[0]:.1f} at the end; {platform.system()} {platform.machine()}; Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
