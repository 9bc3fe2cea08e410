# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses are safe enough for credentials, and paths that are assumed. Knows no vendor."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted

USUAL_PORTS = {"https": 443, "http": 80}
LOOPBACK_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))


@dataclass(frozen=True)
class AssumedPath:
    """The path of an endpoint that no vendor has published. ``template`` is how the contract names it, ``values`` what stands for its braces."""

    template: str
    values: t.Mapping[str, str] = field(default_factory=dict)

    def below(self, template: str, **values: str) -> AssumedPath:
        return AssumedPath(self.template + template, {**self.values, **values})

    def __str__(self) -> str:
        return self.template.format(**{name: quote(value, safe="") for name, value in self.values.items()})


def require_safe_url(url: str, what: str) -> str:
    """Return the URL without a trailing slash, if it is https, or http to this machine; else raise ScimError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise ScimError("%s is not a valid URL: %s." % (what, quoted(url))) from None
    # urlsplit drops some white space silently, and an empty user or query can't be told from none in its result
    if not host or set(url) & set("@?#") or not url.isprintable() or " " in url:
        raise ScimError("%s must be a plain URL such as https://host/path, not %s." % (what, quoted(url)))
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS):
        return url.rstrip("/")
    raise ScimError("%s must start with https:// (http:// is allowed to this machine only), not %s." % (what, quoted(url)), "Secrets never travel in clear.")


def shown_origin(place: tuple[str, str | None, int | None]) -> str:
    """An origin as people write it: with its port, where that is not the usual one of the scheme."""
    scheme, host, port = place
    return "%s://%s%s" % (scheme, host, "" if port in (None, USUAL_PORTS.get(scheme)) else ":%d" % port)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme)
