# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the logic of a module may know of its surroundings."""

from __future__ import annotations

import random
import time

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock, Context


def test_the_defaults_are_quiet_and_writing() -> None:
    context = Context()
    context.warn("nobody hears this")
    assert (context.check_mode, context.open_session, context.progress.done) == (False, None, [])


def test_the_clock_is_the_real_one_by_default() -> None:
    assert Clock() == Clock(time.monotonic, time.time, time.sleep, random.random)


def test_contexts_share_nothing() -> None:
    one, other = Context(), Context()
    assert one.masker is not other.masker and one.progress is not other.progress
