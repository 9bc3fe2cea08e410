# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the partners are, how one is started, and what the guides print for them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(os.environ.get("PARTNERS_PYTHON") or "/nonexistent")
START_SECONDS = 30


def program(name: str) -> Path:
    return PYTHON.parent / name


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not program(name).exists(), reason=f"PARTNERS_PYTHON names no Python with {name} beside it: make test STEPS=partners installs it")


def printed(guide: str, *landmarks: str) -> str:
    """The code block that follows these texts, each after the one before, in a guide."""
    rest = (ROOT / "docs" / "docsite" / "rst" / f"{guide}.rst").read_text(encoding="utf-8")
    for landmark in landmarks:
        assert landmark in rest, f"{guide} has no {landmark!r} there"
        rest = rest.partition(landmark)[2]
    block = re.match(r"[^\n]*\n(?:[^\n]*\n)*?\.\. code-block:: \w+\n\n((?: {4}[^\n]*\n|\n)+)", rest)
    assert block, f"{guide} has no code after {landmarks}"
    return textwrap.dedent(block[1])


def fenced(page: Path, landmark: str) -> str:
    """The YAML that follows this text in a page of Markdown."""
    found = re.search(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8").partition(landmark)[2], flags=re.DOTALL)
    assert found, f"{page.name} has no YAML after {landmark!r}"
    return found[1]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path, is_ready: Callable[[], bool]) -> Iterator[None]:
    """A server, from when it is ready."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=stream, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + START_SECONDS
            while not is_ready():
                assert process.poll() is None and time.monotonic() < end, log.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield
            assert process.poll() is None, log.read_text(encoding="utf-8")
        finally:
            process.terminate()
            process.wait(START_SECONDS)
