# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authorization header, and the masking of secrets in all their forms."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import MASK, Masker, authorization_header, parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in

SECRET = "a/b c+d=0123"


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_authorization_header() -> None:
    # RFC 7617 section 2
    assert authorization_header("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize("key_id, secret", [("id", "secret"), ("id", "with:colon"), ("id", "pässwört"), ("7b0d6b0e-3a55", "x" * 200)])
def test_a_header_can_be_read_back(key_id: str, secret: str) -> None:
    assert parse_authorization_header(authorization_header(key_id, secret)) == (key_id, secret)


@pytest.mark.parametrize(
    "value, reason",
    [
        ("", "does not start with 'Basic '"),
        ("Basic", "does not start with 'Basic '"),
        ("Bearer my-secret-token", "does not start with 'Basic '"),
        ("basic " + encode("id:my-secret"), "does not start with 'Basic '"),
        ("Authorization: Basic " + encode("id:my-secret"), "does not start with 'Basic '"),
        ("Basic  " + encode("id:my-secret"), "does not start with 'Basic '"),
        ("Basic " + encode("id:my-secret") + "\n", "does not start with 'Basic '"),
        (encode("id:my-secret"), "does not start with 'Basic '"),
        ("Basic my-secret", "not valid base64"),
        ("Basic id:my-secret", "not valid base64"),
        ("Basic " + encode("id:my-secret")[:-1], "not valid base64"),
        # a decoder that skips what it does not know would take it
        ("Basic " + encode("id:my-secret").replace("a", "a!", 1), "not valid base64"),
        ("Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), "not valid base64"),
        ("Basic é", "not valid base64"),
        ("Basic " + encode("my-secret"), "does not hold 'key ID:secret key'"),
        ("Basic " + encode(":my-secret"), "does not hold 'key ID:secret key'"),
        ("Basic " + encode("my-secret:"), "does not hold 'key ID:secret key'"),
        ("Basic ", "does not hold 'key ID:secret key'"),
    ],
)
def test_a_header_of_another_form(value: str, reason: str) -> None:
    with pytest.raises(ScimError, match=reason) as caught:
        parse_authorization_header(value)
    assert "after 'Authorization: '" in (caught.value.hint or "")
    text = everything_in(caught.value)
    assert "my-secret" not in text.replace("Bearer my-secret", "") and encode("id:my-secret") not in text


@pytest.mark.parametrize(
    "form",
    [SECRET, encode(SECRET), encode(SECRET).rstrip("="), quote(SECRET, safe=""), quote_plus(SECRET), quote(encode(SECRET), safe="")],
    ids=["plain", "base64", "base64-unpadded", "urlencoded", "form-encoded", "base64-urlencoded"],
)
def test_every_form_is_masked(form: str) -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register(SECRET)
    assert masker.redact("before %s after %s" % (form, form)) == "before %s after %s" % (MASK, MASK)
    assert form in told


def test_base64_that_has_to_be_quoted_within_a_url_is_masked_as_a_whole() -> None:
    secret = "??>?>??>>"
    encoded = encode(secret)
    assert "/" in encoded and "/" not in secret
    masker = Masker()
    masker.register(secret)
    assert masker.redact("?token=%s&more" % quote(encoded, safe="")) == "?token=%s&more" % MASK


def test_the_header_of_a_key_is_masked() -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register_key("id-0123", SECRET)
    header = authorization_header("id-0123", SECRET)
    assert masker.redact(header) == "Basic " + MASK
    assert masker.redact("id-0123 " + SECRET) == "id-0123 " + MASK
    assert header.partition(" ")[2] in told


def test_a_created_secret_is_masked_in_messages_but_not_told_to_ansible() -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register_key("id-0123", SECRET, returned=True)
    assert told == []
    assert SECRET not in masker.redact("the secret is %s" % SECRET)
    assert masker.redact(authorization_header("id-0123", SECRET)) == "Basic " + MASK


def test_ansible_is_told_once() -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register(SECRET)
    masker.register(SECRET)
    assert len(told) == len(set(told))


def test_the_longest_form_is_masked_first() -> None:
    masker = Masker()
    masker.register("secret-1")
    masker.register("secret-1-and-more")
    assert masker.redact("secret-1-and-more") == MASK


@pytest.mark.parametrize("inner, outer", [("zebra-1", "a-zebra-1-b"), ("apple-1", "z-apple-1-z")])
def test_a_secret_within_another_leaves_nothing_of_the_other(inner: str, outer: str) -> None:
    masker = Masker()
    masker.register(inner)
    masker.register(outer)
    assert masker.redact("<%s> <%s>" % (outer, inner)) == "<%s> <%s>" % (MASK, MASK)


def test_the_shortest_secret_that_is_masked() -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register("s1x-ch")
    assert "s1x-ch" in told and masker.redact("it is s1x-ch.") == "it is %s." % MASK


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_what_is_too_short_is_not_masked(secret: str | None) -> None:
    told: list[str] = []
    masker = Masker(told.append)
    masker.register(secret)
    assert (told, masker.redact("a short text")) == ([], "a short text")


@pytest.mark.parametrize("key_id, secret", [(None, None), ("id", None), (None, "only-the-secret")])
def test_half_a_key(key_id: str | None, secret: str | None) -> None:
    masker = Masker()
    masker.register_key(key_id, secret)
    assert masker.redact("only-the-secret") == (MASK if secret else "only-the-secret")
