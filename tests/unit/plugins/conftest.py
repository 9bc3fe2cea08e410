# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A known environment for every test of the plugins."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's proxies, certificates or credentials reaches a test."""
    variables = [variable for concern in ENVIRONMENT.values() for variable in concern.values()]
    for name in (*PROXIES, *(proxy.upper() for proxy in PROXIES), *BUNDLES, *variables):
        monkeypatch.delenv(name, raising=False)
