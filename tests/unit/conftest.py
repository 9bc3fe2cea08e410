# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the unit tests."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def http(time: FakeTime) -> t.Iterator[ExactCalls]:
    """The expected calls. What was expected and did not come, or came unexpected, fails the test when it ends."""
    calls = ExactCalls(time)
    yield calls
    calls.verify()


@pytest.fixture
def warnings() -> list[str]:
    """What the context was told to warn of."""
    return []


@pytest.fixture
def context(http: ExactCalls, time: FakeTime, warnings: list[str]) -> Context:
    return Context(warn=warnings.append, clock=time.clock, open_session=http.open_session)


@pytest.fixture
def check_context(http: ExactCalls, time: FakeTime, warnings: list[str]) -> Context:
    return Context(check_mode=True, warn=warnings.append, clock=time.clock, open_session=http.open_session)
