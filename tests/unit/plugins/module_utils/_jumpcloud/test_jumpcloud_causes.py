# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a call failed: the status first, words only where it leaves several causes."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Event
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import causes
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.causes import Cause, cause_of, classify, message_of


def failed(response_code: int | None = None, message: t.Any = None, details: t.Any = None) -> Event:
    return Event("user_create_provision", "2026-11-24T05:40:04Z", False, "a", message, response_code, details, None, {})


@pytest.mark.parametrize(
    "status, text, slug",
    [
        (401, "anything", "key_refused"),
        (403, "domain timed out", "role_missing"),
        (404, "", "not_found"),
        (408, "", "timeout"),
        (409, "domain", "already_exists"),
        (429, "", "rate_limited"),
        (400, "The domain draft.example.net is not validated", "domain_not_validated"),
        (400, "DOMAINS", "domain_not_validated"),
        (400, "userName is missing", "invalid_data"),
        (400, "subdomainless", "invalid_data"),
        (422, "the domain", "invalid_data"),
        (500, "timed out", "service_failed"),
        (501, "", "service_failed"),
        (599, "", "service_failed"),
        (200, "the service provider's answer is not SCIM", "not_scim"),
        (204, "", "not_scim"),
        (302, "", "other"),
        (418, "", "other"),
        (600, "", "other"),
        (None, "the request timed out", "timeout"),
        (None, "Timeout", "timeout"),
        (None, "time-out while reading", "timeout"),
        (None, "context deadline exceeded", "timeout"),
        (None, "Could not reach the service provider", "unreachable"),
        (None, "getaddrinfo ENOTFOUND services.api.unity.com", "unreachable"),
        (None, "DNS lookup failed", "unreachable"),
        (None, "certificate has expired", "unreachable"),
        (None, "TLS handshake", "unreachable"),
        (None, "connection reset by peer", "unreachable"),
        (None, "Could not reach it: connection timed out", "timeout"),
        (None, "sometimes outside", "other"),
        (None, "", "other"),
    ],
)
def test_causes(status: int | None, text: str, slug: str) -> None:
    assert classify(status, text).slug == slug


def test_every_cause_says_what_to_do() -> None:
    known = [value for value in vars(causes).values() if isinstance(value, Cause)]
    assert len({cause.slug for cause in known}) == len(known) == 12
    for cause in known:
        assert cause.title.endswith(".") and cause.remedy.endswith(".") and len(cause.title) < 80


def test_the_details_are_read_as_well() -> None:
    assert cause_of(failed(400, "invalid", "domain not validated")).slug == "domain_not_validated"
    assert cause_of(failed(None, None, {"reason": "timed out"})).slug == "timeout"
    assert cause_of(failed(None, None, None)).slug == "other"


@pytest.mark.parametrize(
    "message, details, shown",
    [
        (None, None, None),
        ("", "  \n", None),
        ("Unauthorized", None, "Unauthorized"),
        (None, "No such key", "No such key"),
        ("Unauthorized", "No such key", "Unauthorized: No such key"),
        ("Unauthorized", "Unauthorized", "Unauthorized"),
        ("a\nb\x1b[31m\u202ec\x00", None, "a b [31m c"),
        ("x" * 299, "yz", "x" * 299 + ":"),
        ("x" * 400, None, "x" * 300),
        (None, {"a": 1}, "{'a': 1}"),
    ],
)
def test_messages(message: str | None, details: t.Any, shown: str | None) -> None:
    assert message_of(failed(500, message, details)) == shown
