# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all requests of one module run share: connections, proxy and certificates, one time budget. Knows no vendor."""

from __future__ import annotations

import os
import sys
import typing as t
from dataclasses import dataclass, field, replace
from threading import Lock
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.bounded import Received, TimedAdapter, read_whole, time_limit
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.pace import Pace
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import RetryPolicy, TimeBudget
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import LOOPBACK_HOSTS

try:
    import requests
    import requests.utils
except ImportError:
    requests = None  # type: ignore[assignment]
REQUESTS_MISSING = "The Python library requests is missing, so nothing can be asked of either vendor."
# seconds
CLEANUP_RESERVE = 30.0
MAX_CONCURRENCY = 32
LIMITS = ("connect_timeout", "read_timeout", "time_budget")


@dataclass(frozen=True)
class HttpSettings:
    """``connect_timeout``, ``read_timeout`` and ``time_budget`` in seconds; ``ca_path`` and ``proxy`` win over the environment.

    ``concurrency``: how many requests may be under way at a time, to all services together.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    time_budget: float = 300.0
    ca_path: str | None = None
    # its URL may hold a password
    proxy: str | None = field(default=None, repr=False)
    concurrency: int = 4


class Transport:
    """What all clients of one module run share: the connection pool, the time budget, the retry policy, the masker."""

    def __init__(self, settings: HttpSettings, context: Context, policy: RetryPolicy | None = None):
        self.settings = settings
        self.context = context
        self.policy = policy or RetryPolicy()
        self.budget = TimeBudget(settings.time_budget, context.clock)
        for proxy in (settings.proxy, *getproxies().values()):
            register_proxy(proxy, context.masker)
        self.pace = Pace(settings.concurrency, context.clock)
        self._session: t.Any = None
        self._opening = Lock()

    @property
    def session(self) -> t.Any:
        with self._opening:
            if self._session is None:
                self._session = (self.context.open_session or _timed_session)()
                # else a ~/.netrc could replace our Authorization header, and an environment CA bundle the one that was asked for
                self._session.trust_env = False
                # else requests reads the body of a redirect to its end, whatever its size
                self._session.get_redirect_target = lambda response: None
            return self._session

    def send(self, method: str, url: str, require_time_left: t.Callable[[], None], **arguments: t.Any) -> Received:
        """One attempt, read to its end. Everything from the environment is passed explicitly, for the reason above."""
        environment = self._environment(url)
        with self.pace.turn(self.budget.remaining), time_limit(self.budget.remaining):
            # to wait for one's turn takes time
            require_time_left()
            read_timeout = max(0.001, min(self.settings.read_timeout, self.budget.remaining()))
            timeouts = (min(self.settings.connect_timeout, read_timeout), read_timeout)
            with self.session.request(method, url, allow_redirects=False, stream=True, timeout=timeouts, **environment, **arguments) as response:
                self.pace.heed(response.status_code, response.headers)
                return read_whole(response, self.budget.remaining)

    def cleanup(self) -> t.ContextManager[None]:
        """For undoing what must not stay, such as a key that nobody can use: within, there is time for that, even if the budget is used up."""
        return self.budget.at_least(CLEANUP_RESERVE)

    def _environment(self, url: str) -> dict[str, t.Any]:
        verify = self.settings.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        if urlsplit(url).hostname in LOOPBACK_HOSTS:
            return {"verify": verify, "proxies": {}}
        proxies = {"http": self.settings.proxy, "https": self.settings.proxy} if self.settings.proxy else requests.utils.get_environ_proxies(url)
        return {"verify": verify, "proxies": proxies}


def register_proxy(proxy: str | None, masker: Masker) -> None:
    """Mask the credentials that a proxy's URL may hold, as they stand there and as they are sent; also where it is no valid URL."""
    _scheme, separator, rest = (proxy or "").partition("://")
    user, colon, password = (rest if separator else proxy or "").rpartition("@")[0].partition(":")
    if colon:
        masker.register_userinfo(user, password)
        masker.register_userinfo(unquote(user), unquote(password))


def _timed_session() -> t.Any:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, TimedAdapter(pool_maxsize=MAX_CONCURRENCY))
    return session


def open_transport(settings: HttpSettings, context: Context, waits: float = 0.0) -> Transport:
    """The transport with the connection options of a module; its ``waits`` in seconds use up no budget. ScimError for limits that are none, and without
    the library requests."""
    if requests is None:
        raise ScimError(REQUESTS_MISSING, "Install it for the Python that runs the module: %s -m pip install 'requests>=2.28'" % sys.executable)
    if not 1 <= settings.concurrency <= MAX_CONCURRENCY:
        raise ScimError("%s must be between 1 and %d, not %d." % (named("concurrency"), MAX_CONCURRENCY, settings.concurrency))
    for limit in LIMITS:
        # else requests refuses it within the request, which then looks as if it had been sent; "not >" refuses what is no number, too
        if not getattr(settings, limit) > 0:
            raise ScimError("%s must be more than 0 seconds, not %s." % (named(limit), getattr(settings, limit)))
    return Transport(replace(settings, time_budget=settings.time_budget + waits), context)
