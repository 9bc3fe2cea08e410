# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies and certificates: the option, then the environment, never for this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http import transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, Seen, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import URL, make_client

PROXY = "http://proxy.example.com:3128"
OTHER = "http://other.example.com:3128"
LOOPBACK = ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://localhost:8443"]


def sent(http: ExactCalls, context: Context, url: str = URL, **settings: t.Any) -> Seen:
    http.expect("GET", url + "/things", reply({}))
    make_client(context, url, **settings).request("GET", "/things", "list things")
    return http.seen[-1]


def test_without_anything(http: ExactCalls, context: Context) -> None:
    seen = sent(http, context)
    assert (seen.verify, seen.proxies) == (True, {})


@pytest.mark.parametrize(
    "ca_path, variables, expected",
    [
        (None, {"REQUESTS_CA_BUNDLE": "/env.pem"}, "/env.pem"),
        (None, {"CURL_CA_BUNDLE": "/curl.pem"}, "/curl.pem"),
        (None, {"REQUESTS_CA_BUNDLE": "/env.pem", "CURL_CA_BUNDLE": "/curl.pem"}, "/env.pem"),
        (None, {"REQUESTS_CA_BUNDLE": ""}, True),
        ("/option.pem", {"REQUESTS_CA_BUNDLE": "/env.pem", "CURL_CA_BUNDLE": "/curl.pem"}, "/option.pem"),
    ],
)
def test_verify(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch, ca_path: str | None, variables: dict[str, str], expected: t.Any) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert sent(http, context, ca_path=ca_path).verify == expected


def test_the_proxy_option_wins_over_the_environment(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", OTHER)
    monkeypatch.setenv("NO_PROXY", "things.example.com")
    assert sent(http, context, proxy=PROXY).proxies == {"http": PROXY, "https": PROXY}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_the_environments_proxy(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, PROXY)
    assert sent(http, context).proxies["https"] == PROXY


@pytest.mark.parametrize("hosts", ["things.example.com", ".example.com", "other.example.com,things.example.com", "*"])
def test_no_proxy(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", hosts)
    assert sent(http, context).proxies == {}


@pytest.mark.parametrize("url", LOOPBACK)
def test_this_machine_is_never_proxied(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, OTHER)
    assert sent(http, context, url, proxy=PROXY).proxies == {}


def test_without_requests_the_first_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, context: Context) -> None:
    monkeypatch.setattr(transport, "requests", None)
    with pytest.raises(ScimError) as caught:
        open_transport(HttpSettings(), context)
    said = caught.value.sentence()
    assert "requests is missing" in said and f"{sys.executable} -m pip install 'requests>=2.28'" in said and "\n" not in said


def test_without_requests_everything_can_be_imported() -> None:
    """In a process of its own: modules that are loaded again are no longer the same."""
    room = "ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http."
    names = [room + name for name in ("client", "transport", "failures", "bounded", "listing")]
    missing = "sys.modules.update(dict.fromkeys(('requests', 'requests.adapters', 'urllib3.connection', 'urllib3.connectionpool')))"
    script = "import importlib, sys; %s; print([importlib.import_module(name).__name__ for name in %r])" % (missing, names)
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.strip() == repr(names), done.stderr
