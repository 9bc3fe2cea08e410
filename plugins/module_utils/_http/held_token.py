# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bearer token that is got with other credentials, held for as long as it lasts, and got anew where a service takes it no longer."""

from __future__ import annotations

import typing as t
from threading import Lock

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock

# seconds; a token does not end on its way
MARGIN = 60.0


class HeldToken:
    """For several threads. ``fetch`` gives a token and for how many seconds it lasts."""

    def __init__(self, fetch: t.Callable[[], tuple[str, float]], clock: Clock):
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._token: str | None = None
        self._end = 0.0
        self._has_served = False

    def headers(self) -> dict[str, str]:
        with self._lock:
            self._has_served = self._token is not None and self._clock.now() < self._end
            if self._token is None or not self._has_served:
                self._token, lifetime = self._fetch()
                self._end = self._clock.now() + lifetime - MARGIN
            return _headers(self._token)

    def refused(self, headers: t.Mapping[str, str]) -> bool:
        """Forget the token of these headers, which a service answered with 401. Whether another one may do better.

        A machine can sleep for longer than its clock tells, and a token can be withdrawn. One that was got for the very request that was refused says that
        the account is: another one would be, too.
        """
        with self._lock:
            if self._token is None or headers["Authorization"] != _headers(self._token)["Authorization"]:
                return True
            self._token = None
            return self._has_served


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + token}
