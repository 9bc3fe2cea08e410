# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outline of an answer tells fields and types, and holds no value, whatever the answer is like."""

from __future__ import annotations

import json
import random
import re
import time
import typing as t
import uuid

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.outline import (
    MOST_VALUES,
    WORDS,
    length_class,
    outline,
    shown_media_type,
    shown_name,
)

TEXT = "a string (1-16)"


@pytest.mark.parametrize(
    "value, expected",
    [
        (None, "null"),
        (True, "true or false"),
        (4711, "a whole number"),
        (47.11, "a number"),
        ("", "a string (0)"),
        ("x" * 16, "a string (1-16)"),
        ("x" * 17, "a string (17-64)"),
        ("x" * 5000, "a string (4097+)"),
        ({}, {}),
        ([], []),
        ({"name": "Ada", "id": 7}, {"id": "a whole number", "name": TEXT}),
        ([{"id": "1"}, {"id": "2"}, {"id": None}, 3], [{"id": TEXT}, {"id": "null"}, "a whole number"]),
        ({"results": [[1], [1, "a"]]}, {"results": [["a whole number"], ["a whole number", TEXT]]}),
        # a map: its names are values
        ({"users": {"ada": {"id": 1}, "alan": {"id": 2}}}, {"users": {"a name (1-16)": {"id": "a whole number"}}}),
        ({"ada": 1, "alan": "x"}, {"a name (1-16)": {"(one of)": ["a whole number", TEXT]}}),
        ({"users": {"ada@example.com": True, "a" * 70: 1}}, {"users": {"a name (1-16)": "true or false", "a name (65-256)": "a whole number"}}),
    ],
)
def test_outline(value: t.Any, expected: t.Any) -> None:
    assert outline(value) == expected


@pytest.mark.parametrize(
    "name, shown",
    [
        ("createdAt", "createdAt"),
        ("service_accounts", "service_accounts"),
        ("baseURL", "baseURL"),
        ("$ref", "$ref"),
        ("secretKey", "secretKey"),
        ("urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:User"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
        ("urn:ietf:params:scim:schemas:core:2.0:Lovelace", "urn:ietf:params:scim:schemas:core:2.0:\N{HORIZONTAL ELLIPSIS}"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:ada@example.com", "a name (17-64)"),
        # what is not a word of APIs is left out
        ("lovelaceId", "\N{HORIZONTAL ELLIPSIS}Id"),
        ("admin_of_lovelace42", "admin_of_\N{HORIZONTAL ELLIPSIS}"),
        ("key4711", "key\N{HORIZONTAL ELLIPSIS}"),
        # nothing of these is
        ("ada", "a name (1-16)"),
        ("Lovelace", "a name (1-16)"),
        ("", "a name (0)"),
        ("ada@example.com", "a name (1-16)"),
        ("user@example.com", "a name (1-16)"),
        ("name of a user", "a name (1-16)"),
        ("example.com", "a name (1-16)"),
        ("65f0c0ffee65f0c0ffee00a1", "a name (17-64)"),
        ("2b6f0cc9-0000-4000-8000-acc000000001", "a name (17-64)"),
        ("12345678901234", "a name (1-16)"),
        ("deadbeef", "a name (1-16)"),
        ("名前", "a name (1-16)"),
        ("nаme", "a name (1-16)"),  # with a Cyrillic letter
        ("name\u202e", "a name (1-16)"),
        ("\ud800", "a name (1-16)"),
        ("id\n", "a name (1-16)"),
        ("name" * 100, "a name (257-4096)"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    "header, shown",
    [
        ("application/json", "application/json"),
        ("Application/SCIM+JSON; charset=utf-8; tenant=lovelace", "application/scim+json"),
        ("text/html;charset=x", "text/html"),
        ("application/vnd.lovelace+json", "another one"),
        ("ada@example.com", "another one"),
        ("lovelace/json", "another one"),
        ("application/json lovelace", "another one"),
        ("  ", None),
        (None, None),
    ],
)
def test_media_types(header: str | None, shown: str | None) -> None:
    assert shown_media_type(header) == shown


@pytest.mark.parametrize("length, shown", [(0, "(0)"), (1, "(1-16)"), (64, "(17-64)"), (65, "(65-256)"), (4096, "(257-4096)"), (4097, "(4097+)")])
def test_lengths(length: int, shown: str) -> None:
    assert length_class(length) == shown


def nested(depth: int, kind: str) -> t.Any:
    value: t.Any = "lovelace"
    for _unused in range(depth):
        value = [value] if kind == "list" else {"object": value}
    return value


HOSTILE = {
    "deep lists": nested(1000, "list"),
    "deep objects": nested(1000, "object"),
    "many fields": {"lovelace%d" % number: number for number in range(100_000)},
    "many words": {
        "%s_%s_%s" % (first, second, third): "lovelace" for first in sorted(WORDS)[:47] for second in sorted(WORDS)[:47] for third in sorted(WORDS)[:47]
    },
    "a long list": ["lovelace"] * 1_000_000,
    "a long list of many kinds": [{"%s_%s" % (first, second): 1} for first in sorted(WORDS) for second in sorted(WORDS)[:99]],
    "lists of lists": [[[[[["lovelace%d" % number] * 9] * 9] * 9] * 9] * 9 for number in range(9)],
    "a long text": "lovelace" * 1_000_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_large_is_looked_at_in_part(case: str) -> None:
    begun = time.monotonic()
    found = json.dumps(outline(HOSTILE[case]), ensure_ascii=False)
    assert time.monotonic() - begun < 5
    assert "lovelace" not in found and len(found) < 64 * MOST_VALUES
    assert ("(more)" in found) == (case != "a long text")


def test_a_list_of_records_is_not_cut_within_one() -> None:
    records = [{"id": str(number), "name": "x", "createdAt": None, "roles": [{"id": 1}]} for number in range(5000)]
    assert outline(records) == [{"createdAt": "null", "id": TEXT, "name": TEXT, "roles": [{"id": "a whole number"}]}, "(more)"]


# ---- no value, whatever the answer


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PEOPLE = ["Grace", "Hopper", "ada", "lovelace", "turing", "Zoë", "Müller", "佐藤", "O'Brien", "Ms. X"]
MAKERS: tuple[t.Callable[[random.Random], str], ...] = (
    lambda chance: str(uuid.UUID(int=chance.getrandbits(128))),
    lambda chance: "%024x" % chance.getrandbits(96),
    lambda chance: str(chance.randrange(10**9, 10**14)),
    lambda chance: "".join(chance.choices(LETTERS, k=chance.randint(8, 40))),
    lambda chance: "".join(chance.choices(LETTERS + "0123456789+/=", k=chance.randint(8, 80))),
    lambda chance: "%s.%s@example.com" % (chance.choice(PEOPLE), chance.choice(PEOPLE)),
    lambda chance: "%s%d" % (chance.choice(PEOPLE), chance.randrange(1000, 10000)),
    lambda chance: "%s %s" % (chance.choice(PEOPLE), chance.choice(PEOPLE)),
    lambda chance: "studio-%s" % chance.choice(("acme", "globex", "initech")),
    lambda chance: "%s_%s" % (chance.choice(("acme", "Globex", "initech")), chance.choice(("prod", "artists", "qa"))),
    lambda chance: "https://%s.example.net/?q=%d" % (chance.choice(("acme", "globex")), chance.randrange(10**6)),
    lambda chance: "2026-%02d-%02dT05:40:04Z" % (chance.randint(1, 12), chance.randint(1, 28)),
    lambda chance: "".join(chr(chance.randrange(0x20, 0x3000)) for _unused in range(chance.randint(5, 30))),
)


class Answers:
    """Random answers, and each of the values that they hold; names that are values, too."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.values: set[str] = set()

    def text(self) -> str:
        made = self.chance.choice(MAKERS)(self.chance)
        self.values.add(made)
        return made

    def number(self) -> int:
        made = self.chance.randrange(10**5, 10**15)
        self.values.add(str(made))
        return made

    def any(self, depth: int = 0) -> t.Any:
        kind = self.chance.choice(("text", "text", "number", "flag") if depth > 5 else ("text", "number", "flag", "object", "object", "map", "list"))
        if kind == "text":
            return self.text()
        if kind == "number":
            return self.number()
        if kind == "flag":
            return self.chance.choice((True, False, None))
        size = range(self.chance.randint(0, 6))
        if kind == "list":
            return [self.any(depth + 1) for _unused in size]
        name = self.text if kind == "map" else lambda: self.chance.choice(("id", "name", "createdAt", "emails", "scim", "base_url"))
        return {name(): self.any(depth + 1) for _unused in size}


def words(text: str) -> set[str]:
    """Its words, as they stand in names with capitals and underscores."""
    return {found.lower() for found in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)}


OWN_WORDS = words("a an string name (one of) (more) whole number true or false null object list")


def test_no_value_of_any_answer_is_in_its_outline() -> None:
    checked = 0
    for seed in range(3000):
        answers = Answers(seed)
        found = json.dumps(outline(answers.any()), ensure_ascii=False)
        assert [value for value in answers.values if value in found] == [], seed
        assert {word for word in words(found) - OWN_WORDS if word not in WORDS and word.removesuffix("s") not in WORDS} == set(), seed
        assert set(re.findall("[0-9]+", found)) <= {"0", "1", "16", "17", "64", "65", "256", "257", "4096", "4097"}
        checked += len(answers.values)
    assert checked > 10_000


def test_the_words_are_those_of_no_tenant() -> None:
    """Each is one in lower case, and none of them looks like an ID."""
    assert all(re.fullmatch("[a-z]{1,16}", word) for word in WORDS)
    assert not WORDS & {"ada", "acme", "example", "com", "net", "studio", "artists"}
