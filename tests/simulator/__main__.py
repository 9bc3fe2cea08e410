# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run it: `PYTHONPATH=tests python -m simulator --seed tests/simulator/seeds/empty.yml`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from .application import Simulation
from .server import Simulator
from .state import State, read_seed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="Plays Unity Cloud and JumpCloud on one loopback port.")
    parser.add_argument("--seed", required=True, help="YAML file with the tenants to begin with, and to come back to after a reset")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--ready-file", help="JSON file {url, port, pid}, written when requests are answered")
    parser.add_argument("--load", help="begin with this saved state instead of the seed, if the file exists")
    parser.add_argument("--save", help="save the state to this file at the end (holds secrets, mode 0600)")
    parser.add_argument("--log", help="append each request to this file, a JSON line each")
    parser.add_argument("--latency-ms", type=float, default=0, help="how long each answer takes at least")
    parser.add_argument("--engine-delay-ms", type=float, default=0, help="how long JumpCloud waits before it provisions")
    parser.add_argument("--no-contracts", action="store_true", help="do not check requests and answers against the published contracts")
    return parser.parse_args()


def _write_ready_file(path: str, simulator: Simulator) -> None:
    unfinished = Path(f"{path}.{os.getpid()}.tmp")
    unfinished.write_text(json.dumps({"url": simulator.url, "port": simulator.port, "pid": os.getpid()}), encoding="utf-8")
    os.replace(unfinished, path)


def main() -> None:
    options = _arguments()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_unused: stopped.set())
    state = None
    if options.load and Path(options.load).exists():
        state = State.from_saved(json.loads(Path(options.load).read_text(encoding="utf-8")))
    simulation = Simulation(
        seed=read_seed(options.seed),
        state=state,
        log_path=options.log,
        latency_seconds=options.latency_ms / 1000,
        engine_delay_seconds=options.engine_delay_ms / 1000,
        check_contracts=not options.no_contracts,
    )
    with Simulator(simulation, options.port) as simulator:
        print(f"simulator ready on {simulator.url}", flush=True)
        if options.ready_file:
            _write_ready_file(options.ready_file, simulator)
        stopped.wait()
    if options.save:
        simulation.state.save(options.save, simulator.url)


if __name__ == "__main__":
    main()
