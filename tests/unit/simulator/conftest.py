# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running simulator for each test."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from pathlib import Path
from typing import Any, Iterator

import pytest

TESTS = Path(__file__).resolve().parents[2]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

NEEDED = ("requests", "yaml", "jsonschema", "scim2_server", "scim2_client", "httpx2")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
collect_ignore_glob = ["test_*.py"] if MISSING else []
if MISSING:
    warnings.warn(f"the simulator's own tests are left out: {', '.join(MISSING)} cannot be imported", stacklevel=2)


@pytest.fixture
def simulator() -> Iterator[Any]:
    from simulator.server import Simulator
    from simulator.testing import simulation_of

    with Simulator(simulation_of("empty")) as running:
        yield running


@pytest.fixture
def tenants(simulator: Any) -> Any:
    from simulator.testing import Tenants

    return Tenants(simulator.url)
