# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stories: real runs of ansible-playbook against the simulator, one simulator for each pytest process.

STORIES_ANSIBLE_PLAYBOOK chooses another ansible-playbook than the one beside Python. Most runs are forks of one that has started already; with STORIES_FORK=0
each is a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
START_SECONDS = 30
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folders to find the collection in; where the environment does not say, a folder with a link to this tree."""
    if os.environ.get("ANSIBLE_COLLECTIONS_PATH"):
        return os.environ["ANSIBLE_COLLECTIONS_PATH"]
    folder = tmp_path_factory.mktemp("collections")
    namespace = folder / "ansible_collections" / "unity_jumpcloud"
    namespace.mkdir(parents=True)
    (namespace / "scim").symlink_to(ROOT)
    return str(folder)


@pytest.fixture(scope="session")
def simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Path]]]:
    """The address of a running simulator, and the files that it writes."""
    folder = tmp_path_factory.mktemp("simulator")
    ready, log, output = folder / "ready.json", folder / "requests.jsonl", folder / "output.txt"
    command = [sys.executable, "-m", "simulator", "--seed", str(TESTS / "simulator" / "seeds" / "empty.yml")]
    command += ["--port", "0", "--ready-file", str(ready), "--log", str(log)]
    with output.open("wb") as stream:
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=stream, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + START_SECONDS
            while not ready.exists():
                assert process.poll() is None and time.monotonic() < end, output.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield json.loads(ready.read_text(encoding="utf-8"))["url"], [log, output]
        finally:
            process.terminate()
            process.wait(START_SECONDS)


@pytest.fixture(scope="session")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The ansible-playbook that most runs are forks of, if there may be one."""
    from stories.forked import ForkingPlaybook
    from stories.pair import default_ansible_playbook

    made = ForkingPlaybook(default_ansible_playbook(), tmp_path_factory.mktemp("forking"))
    yield made if os.environ.get("STORIES_FORK") != "0" else None
    made.close()


@pytest.fixture
def pair(simulator_process: tuple[str, list[Path]], collections: str, forking: Any, tmp_path: Path) -> Iterator[Any]:
    """An empty pair of tenants. At the end no request broke a published contract, and the simulator had no trouble of its own."""
    from stories.pair import Pair, default_ansible_playbook

    url, evidence = simulator_process
    # Ansible makes a socket below its temporary folder, and the path of a socket may not be longer than 107 characters
    with tempfile.TemporaryDirectory(prefix="story-", dir="/tmp") as temporary:
        made = Pair(url, evidence, tmp_path, Path(temporary), collections, default_ansible_playbook(), forking)
        made.begin()
        yield made
    made.require_no_secret(made.simulator_texts())
    assert made.tenants.control("GET", "contract-violations") == {"violations": [], "checked": True}
    assert "Traceback" not in evidence[1].read_text(encoding="utf-8")
