# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command while a simulator of both vendors runs on loopback, then stop it.

Usage: with_simulator.py [--seed FILE] [--log FILE] [--integration-config FILE] COMMAND...

The command finds the simulator through the environment variables that the collection's modules read.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import typing as t

import yaml

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"
START_TIMEOUT = 30  # seconds

URLS = ("UNITY_API_URL", "UNITY_SERVICES_URL", "JUMPCLOUD_CONSOLE_URL", "JUMPCLOUD_OAUTH_URL", "JUMPCLOUD_INSIGHTS_URL")


def environment_for(seed: str, url: str) -> dict[str, str]:
    """The variables that point the collection at the simulator, with the first credentials of each side in its seed."""
    with open(seed, encoding="utf-8") as stream:
        tenants = yaml.safe_load(stream)
    return {
        "UNITY_ORGANIZATION_ID": str(tenants["unity"]["organizations"][0]["genesis_id"]),
        "UNITY_ACCESS_TOKEN": tenants["unity"]["access_tokens"][0]["token"],
        "JUMPCLOUD_API_KEY": tenants["jumpcloud"]["api_keys"][0]["key"],
        "SCIM_SIMULATOR_URL": url,
        **dict.fromkeys(URLS, url),
    }


def _terminated(_signal: int, _frame: t.Any) -> t.NoReturn:
    raise SystemExit(143)


@contextlib.contextmanager
def simulator(seed: str, log: str) -> t.Iterator[str]:
    """The URL of a simulator that runs as long as the context."""
    signal.signal(signal.SIGTERM, _terminated)
    with tempfile.TemporaryDirectory() as folder, open(log + ".stderr", "w+", encoding="utf-8") as output:
        ready = pathlib.Path(folder, "ready.json")
        command = [sys.executable, "-m", "simulator", "--seed", seed, "--port", "0", "--ready-file", str(ready), "--log", log]
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=output, stderr=output) as process:
            try:
                yield _url_when_ready(process, ready, output)
            finally:
                process.terminate()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()


def _url_when_ready(process: subprocess.Popen[bytes], ready: pathlib.Path, output: t.TextIO) -> str:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        # The file may be seen half written.
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(ready.read_text(encoding="utf-8"))["url"])
        time.sleep(0.05)
    output.seek(0)
    raise SystemExit("The simulator did not start:\n" + output.read())


def main() -> int:
    """Start, run, stop."""
    parser = argparse.ArgumentParser(description="Run a command beside the simulator.")
    parser.add_argument("--seed", default=str(TESTS / "simulator" / "seeds" / "empty.yml"))
    parser.add_argument("--log", default=os.path.join(tempfile.gettempdir(), "simulator.log"))
    parser.add_argument("--integration-config", help="write the same settings as variables for ansible-test, in lower case")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with simulator(options.seed, options.log) as url:
        settings = environment_for(options.seed, url)
        if options.integration_config:
            lines = ["---"] + [f"{name.lower()}: {json.dumps(value)}" for name, value in settings.items()]
            pathlib.Path(options.integration_config).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return subprocess.call(options.command, env={**os.environ, **settings})


if __name__ == "__main__":
    sys.exit(main())
