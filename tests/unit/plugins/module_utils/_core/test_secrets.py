# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authorization header, and the masking of secrets in all their forms."""

from __future__ import annotations

import base64
import datetime
import json
import random
import typing as t
from decimal import Decimal
from importlib.metadata import version
from urllib.parse import quote, quote_plus

import pytest
from ansible.module_utils.common import parameters
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import (
    MASK,
    WHOLE,
    Masker,
    authorization_header,
    parse_authorization_header,
    without_secrets,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import everything_in

SECRET = "a/b c+d=0123"
CORE = tuple(map(int, version("ansible-core").split(".")[:2]))


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


NOW = datetime.datetime(2026, 11, 27, 16, 0, tzinfo=datetime.timezone.utc)
MASKED = {
    "nothing secret": ("a plain text", "a plain text"),
    "no text": ("", ""),
    "the whole text": ("zebra-1", WHOLE),
    "a part": ("<zebra-1>", "<%s>" % MASK),
    "several parts": ("zebra-1, 2024, zebra-1", "%s, %s, %s" % (MASK, MASK, MASK)),
    "side by side": ("zebra-1zebra-1", MASK * 2),
    "one that holds another": ("a-zebra-1-b", WHOLE),
    "a part that holds another": ("<a-zebra-1-b>", "<%s>" % MASK),
    "not only ASCII": ("é pässwört ü", "é %s ü" % MASK),
    "half a surrogate pair": ("\ud83d pässwört", "\ud83d " + MASK),
    "bytes": (b"plain", b"plain"),
    "all of the bytes": ("pässwört".encode(), WHOLE),
    "a part of the bytes": (b"<zebra-1>", b"<%s>" % MASK.encode()),
    "bytes that are no UTF-8": (b"\xff zebra-1", b"\xff " + MASK.encode()),
    "a number": (7, 7),
    "a secret number": (2024, WHOLE),
    "a number with a secret within": (1202499, WHOLE),
    "a fraction": (0.5, 0.5),
    "a secret fraction": (2024.5, WHOLE),
    "true": (True, True),
    "false": (False, False),
    "none": (None, None),
    "a moment": (NOW, NOW),
    "a day": (NOW.date(), NOW.date()),
    "a time of day": (NOW.time(), NOW.time()),
    "a list": (["zebra-1", "plain", ["<zebra-1>"]], [WHOLE, "plain", ["<%s>" % MASK]]),
    "a tuple": (("zebra-1", ("plain",)), [WHOLE, ["plain"]]),
    "a set": ({"zebra-1", "plain"}, {WHOLE, "plain"}),
    "a frozen set": (frozenset(("<zebra-1>", 7)), {"<%s>" % MASK, 7}),
    "a dictionary": ({"said": {"nested": ["zebra-1"]}, "at": NOW}, {"said": {"nested": [WHOLE]}, "at": NOW}),
    "empty ones": ([{}, [], set(), ()], [{}, [], set(), []]),
    "a name that is a secret": ({"zebra-1": "plain"}, {WHOLE: "plain"}),
    "a name with a secret within": ({"urn:zebra-1:x": {"<zebra-1>": 1}}, {"urn:%s:x" % MASK: {"<%s>" % MASK: 1}}),
    "names that are no text": ({2024: 1, 7: 2, None: 3, b"<zebra-1>": 4}, {WHOLE: 1, 7: 2, None: 3, b"<%s>" % MASK.encode(): 4}),
    "a name that results are read by": ({"failed": "it failed", "failed_when_result": False}, {"failed": "it " + MASK, "failed_when_result": False}),
}


@pytest.mark.parametrize("value, shown", MASKED.values(), ids=MASKED)
def test_secrets_are_taken_out_of_results(value: t.Any, shown: t.Any) -> None:
    found = without_secrets(value, {"zebra-1", "a-zebra-1-b", "pässwört", "2024", "failed", ""})
    assert found == shown and type(found) is type(shown)


@pytest.mark.parametrize("value", [True, False, None, [True, None], {"is": False}])
def test_what_is_no_text_and_no_number_is_never_masked(value: t.Any) -> None:
    assert without_secrets(value, {"True", "False", "None", "true", "false", "null", "1", "0"}) == value


@pytest.mark.parametrize("secrets", [[], [""], ["absent"]])
def test_without_a_secret_in_it_a_result_is_the_same(secrets: list[str]) -> None:
    result = {"changed": True, "groups": [{"name": "Engineering", "members": 7}], "note": None}
    assert without_secrets(result, secrets) == result


def test_a_result_itself_is_left_as_it_is() -> None:
    result = {"said": ["zebra-1", {"zebra-1": "zebra-1"}]}
    before = json.dumps(result)
    without_secrets(result, ["zebra-1"])
    assert json.dumps(result) == before


def test_what_is_shared_by_two_parts_of_a_result_is_masked_in_both() -> None:
    said = ["<zebra-1>"]
    assert without_secrets({"a": said, "b": said}, ["zebra-1"]) == {"a": ["<%s>" % MASK], "b": ["<%s>" % MASK]}


def test_depth_does_not_matter() -> None:
    value: t.Any = "zebra-1"
    for _unused in range(20_000):
        value = [{"in": value}]
    value = without_secrets(value, ["zebra-1"])
    for _unused in range(20_000):
        (value,) = value
        value = value["in"]
    assert value == WHOLE


@pytest.mark.parametrize("value", [Decimal("1.5"), object(), [Decimal("1.5")], {"a": {1j}}])
def test_a_value_that_cannot_be_looked_into_is_refused_without_showing_it(value: t.Any) -> None:
    with pytest.raises(TypeError, match=r"^A result can't hold a value of the type \w+\.$"):
        without_secrets(value, ["zebra-1"])


# 2.18 masks false where a secret is in the word, and takes secrets in any order
@pytest.mark.skipif(not (2, 19) <= CORE < (2, 22), reason="only ansible-core 2.19 to 2.21 has the same, without a warning")
@pytest.mark.parametrize("seed", range(10))
def test_results_are_masked_as_ansible_core_masked_them(seed: int) -> None:
    chance = random.Random(seed)
    for _unused in range(400):
        value, secrets = nested(chance), {text(chance, 1) for _unused in range(chance.randint(0, 4))}
        assert without_secrets(value, secrets) == parameters.remove_values(value, secrets), (value, secrets)


def text(chance: random.Random, shortest: int = 0) -> str:
    """Of few characters, so that secrets are found in values, and in each other."""
    return "".join(chance.choice("ab1.é") for _unused in range(chance.randint(shortest, 6)))


def nested(chance: random.Random, depth: int = 4) -> t.Any:
    kind = chance.choice(("scalar", "list", "tuple", "set", "dict")) if depth else "scalar"
    if kind == "scalar":
        number = chance.choice((chance.randint(-1200, 1200), chance.randint(0, 99) / 10))
        return chance.choice((text(chance), text(chance), text(chance).encode(), number, True, False, None))
    size = range(chance.randint(0, 4))
    if kind == "set":
        return {nested(chance, 0) for _unused in size}
    parts = [nested(chance, depth - 1) for _unused in size]
    # the names are not compared: ansible-core leaves them
    return dict(zip(("first", "second", "third", "fourth"), parts)) if kind == "dict" else tuple(parts) if kind == "tuple" else parts
