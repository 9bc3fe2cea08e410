# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of JumpCloud's console."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import HttpClient
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import jumpcloud
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import JUMPCLOUD


@pytest.fixture
def console(context: Context) -> HttpClient:
    return jumpcloud(context, **JUMPCLOUD).console
