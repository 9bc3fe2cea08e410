# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of JSON by example."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import OneOf, Optional, ShapeMismatch, check_shape, type_name

THING = {"id": str, "count": Optional(int), "tags": [str], "state": OneOf("on", "off"), "inner": Optional({"ok": bool})}
GOOD = {"id": "1", "tags": ["a"], "state": "on"}


@pytest.mark.parametrize(
    "value, shape",
    [
        ("x", str),
        (1, int),
        (True, bool),
        (1.5, float),
        ([], [str]),
        (["a", "b"], [str]),
        (None, Optional(str)),
        ("x", Optional(str)),
        ("on", OneOf("on", "off")),
        (GOOD, THING),
        ({**GOOD, "count": None, "inner": {"ok": False}, "more": object()}, THING),
        ({}, {"a": Optional(str)}),
    ],
)
def test_good(value: t.Any, shape: t.Any) -> None:
    assert check_shape(value, shape) is value


@pytest.mark.parametrize(
    "value, shape, expected, got",
    [
        (1, str, "a string in the answer", "a whole number"),
        ("1", int, "a whole number in the answer", "a string"),
        (True, int, "a whole number in the answer", "true or false"),
        (1, bool, "true or false in the answer", "a whole number"),
        (None, str, "a string in the answer", "null"),
        (None, dict, "an object in the answer", "null"),
        ({}, list, "a list in the answer", "an object"),
        (1.5, int, "a whole number in the answer", "a number"),
        ({}, [str], "a list in the answer", "an object"),
        (["a", 1], [str], "a string in the answer[1]", "a whole number"),
        ([{"a": {"b": 1}}], [{"a": {"b": str}}], "a string in the answer[0].a.b", "a whole number"),
        ({}, {"id": str}, "a field 'id' in the answer", "none"),
        ([], {"id": str}, "an object in the answer", "a list"),
        (1, Optional(str), "a string in the answer", "a whole number"),
        ("maybe", OneOf("on", "off"), "one of on, off in the answer", "another value"),
        (None, OneOf("on"), "one of on in the answer", "null"),
        ({**GOOD, "inner": {}}, THING, "a field 'ok' in the answer.inner", "none"),
    ],
)
def test_mismatch(value: t.Any, shape: t.Any, expected: str, got: str) -> None:
    with pytest.raises(ShapeMismatch) as caught:
        check_shape(value, shape)
    assert (caught.value.expected, caught.value.got) == (expected, got)


@pytest.mark.parametrize("value, shape", [({"key": "my-secret"}, {"key": int}), ("my-secret", OneOf("a")), (["my-secret"], [int]), ("my-secret", dict)])
def test_a_mismatch_never_shows_the_value(value: t.Any, shape: t.Any) -> None:
    with pytest.raises(ShapeMismatch) as caught:
        check_shape(value, shape)
    assert "my-secret" not in "%r %s %r" % (caught.value, caught.value, vars(caught.value))


def test_other_types_are_named_as_python_does() -> None:
    assert type_name(bytes) == "bytes"
