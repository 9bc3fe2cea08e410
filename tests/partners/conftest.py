# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that nobody here wrote, and that the collection works with. The step `partners` installs them: PARTNERS_PYTHON is the Python beside them."""

from __future__ import annotations

from stories.conftest import collections, forking, pair, simulator_process

__all__ = ["collections", "forking", "pair", "simulator_process"]
