# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all requests of one module run share: connections, proxy and certificates, one time budget. Knows no vendor."""
from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.retry import RetryPolicy, TimeBudget
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.urls import LOOPBACK_HOSTS

try:
    import requests
    import requests.utils
except ImportError:  # the module's shell reports it with Ansible's own words
    requests = None  # type: ignore[assignment]


@dataclass(frozen=True)
class HttpSettings:
    """``connect_timeout``, ``read_timeout`` and ``time_budget`` in seconds; ``ca_path`` and ``proxy`` win over the environment."""

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    time_budget: float = 300.0
    ca_path: str | None = None
    proxy: str | None = None


class Transport:
    """What all clients of one module run share: the connection pool, the time budget, the retry policy, the masker."""

    def __init__(self, settings: HttpSettings, context: Context, policy: RetryPolicy | None = None):
        self.settings = settings
        self.context = context
        self.policy = policy or RetryPolicy()
        self.budget = TimeBudget(settings.time_budget, context.clock)
        self._session: t.Any = None

    @property
    def session(self) -> t.Any:
        if self._session is None:
            self._session = (self.context.open_session or requests.Session)()
            # else a ~/.netrc could replace our Authorization header, and an environment CA bundle the one that was asked for
            self._session.trust_env = False
        return self._session

    def send(self, method: str, url: str, **arguments: t.Any) -> t.Any:
        """One attempt. Everything from the environment is passed explicitly, for the reason above."""
        environment = self._environment(url)
        read_timeout = max(0.001, min(self.settings.read_timeout, self.budget.remaining()))
        return self.session.request(
            method, url, allow_redirects=False, timeout=(min(self.settings.connect_timeout, read_timeout), read_timeout), **environment, **arguments
        )

    def _environment(self, url: str) -> dict[str, t.Any]:
        verify = self.settings.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        if urlsplit(url).hostname in LOOPBACK_HOSTS:
            return {"verify": verify, "proxies": {}}
        proxies = {"http": self.settings.proxy, "https": self.settings.proxy} if self.settings.proxy else requests.utils.get_environ_proxies(url)
        return {"verify": verify, "proxies": proxies}


def open_transport(params: dict[str, t.Any], context: Context) -> Transport:
    """The transport with the connection options of a module."""
    return Transport(HttpSettings(**{option.name: params[option.name] for option in fields(HttpSettings)}), context)
