# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which URLs are safe enough for credentials."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import origin, require_safe_url

SAFE = [
    ("https://host.example.com", "https://host.example.com"),
    ("https://host.example.com/", "https://host.example.com"),
    ("https://host.example.com:8443/base//", "https://host.example.com:8443/base"),
    ("HTTPS://host.example.com/x", "HTTPS://host.example.com/x"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://localhost/x", "http://localhost/x"),
    ("http://LOCALHOST/x", "http://LOCALHOST/x"),
    ("http://[::1]:80/", "http://[::1]:80"),
]
IN_CLEAR = ["http://host.example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "ftp://host", "file://host/x", "ws://127.0.0.1"]
NOT_PLAIN = [
    "",
    "host.example.com",
    "https://",
    "https:///path",
    "https://user@host/",
    "https://user:password@host/",
    "https://:password@host/",
    "https://@host/",
    "https://host/?a=b",
    "https://host/?",
    "https://host/#top",
    "https://host/#",
    "https://host/x\n",
    "https://ho\nst/x",
    " https://host/x",
    "https://host/a b",
    "https://host/\x00",
]
INVALID = ["https://host:port/", "https://host:99999/", "https://[::1", "https://[zz]/"]


@pytest.mark.parametrize("url, expected", SAFE)
def test_safe(url: str, expected: str) -> None:
    assert require_safe_url(url, "api_url") == expected


@pytest.mark.parametrize("url", IN_CLEAR)
def test_in_clear(url: str) -> None:
    with pytest.raises(ScimError, match="api_url must start with https://") as caught:
        require_safe_url(url, "api_url")
    assert caught.value.hint == "Secrets never travel in clear."


@pytest.mark.parametrize("url", NOT_PLAIN)
def test_not_plain(url: str) -> None:
    with pytest.raises(ScimError, match="api_url must be a plain URL") as caught:
        require_safe_url(url, "api_url")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", INVALID)
def test_invalid(url: str) -> None:
    with pytest.raises(ScimError, match="api_url is not a valid URL"):
        require_safe_url(url, "api_url")


@pytest.mark.parametrize(
    "url, expected",
    [
        ("https://host/x", ("https", "host", 443)),
        ("http://host/x", ("http", "host", 80)),
        ("https://host:8443/x", ("https", "host", 8443)),
        ("ftp://host/x", ("ftp", "host", None)),
    ],
)
def test_origin(url: str, expected: tuple[str, str, int | None]) -> None:
    assert origin(url) == expected
