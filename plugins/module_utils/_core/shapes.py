# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the shape of JSON values, by example.

A shape is a type (``str``), a one-element list (``[str]``: a list of strings), a dictionary of required fields, or one
of the helpers below. A mismatch names the place and the type that was found, never the value: it could be a secret.
"""

from __future__ import annotations

import typing as t


class ShapeMismatch(Exception):
    """``expected`` and ``got`` describe the first difference in words."""

    def __init__(self, where: str, expected: str, got: str):
        super().__init__("%s: expected %s, got %s" % (where, expected, got))
        self.expected = "%s in %s" % (expected, where)
        self.got = got


class Optional:
    """The field may be missing or null; otherwise it has this shape."""

    def __init__(self, shape: t.Any):
        self.shape = shape


class OneOf:
    """The value is one of these strings."""

    def __init__(self, *values: str):
        self.values = values


_TYPE_NAMES = {str: "a string", int: "a whole number", bool: "true or false", dict: "an object", list: "a list", float: "a number", type(None): "null"}


def type_name(value_type: type) -> str:
    """The JSON name of a Python type."""
    return _TYPE_NAMES.get(value_type, value_type.__name__)


def check_shape(value: t.Any, shape: t.Any, where: str = "the answer") -> t.Any:
    """Return ``value`` if it has ``shape``, else raise ShapeMismatch. Fields that the shape does not name are let through."""
    if not _fits(value, shape):
        _find_mismatch(value, shape, where)
    return value


def _fits(value: t.Any, shape: t.Any) -> bool:
    """Only yes or no, since nearly all answers fit, and describing each place of a long list takes longer than all the rest."""
    if isinstance(shape, type):
        # bool is a subclass of int in Python, but true is no number in JSON
        return isinstance(value, shape) and not (shape is int and isinstance(value, bool))
    if isinstance(shape, Optional):
        return value is None or _fits(value, shape.shape)
    if isinstance(shape, OneOf):
        return isinstance(value, str) and value in shape.values
    # plain loops: a generator for each of the many places takes twice as long
    if isinstance(shape, list):
        if not isinstance(value, list):
            return False
        inner = shape[0]
        for item in value:
            if not _fits(item, inner):
                return False
        return True
    if not isinstance(value, dict):
        return False
    for name, inner in shape.items():
        if not (_fits(value[name], inner) if name in value else isinstance(inner, Optional)):
            return False
    return True


def _find_mismatch(value: t.Any, shape: t.Any, where: str) -> None:
    """Raise ShapeMismatch for the first place that does not fit."""
    if isinstance(shape, Optional):
        if value is not None:
            _find_mismatch(value, shape.shape, where)
    elif isinstance(shape, OneOf):
        if not _fits(value, shape):
            raise ShapeMismatch(where, "one of %s" % ", ".join(shape.values), "another value" if isinstance(value, str) else type_name(type(value)))
    elif isinstance(shape, dict):
        _require_type(value, dict, where)
        for name, inner in shape.items():
            if name not in value and not isinstance(inner, Optional):
                raise ShapeMismatch(where, "a field '%s'" % name, "none")
            _find_mismatch(value.get(name), inner, "%s.%s" % (where, name))
    elif isinstance(shape, list):
        _require_type(value, list, where)
        for number, item in enumerate(value):
            _find_mismatch(item, shape[0], "%s[%d]" % (where, number))
    else:
        _require_type(value, shape, where)


def _require_type(value: t.Any, expected: type, where: str) -> None:
    if not _fits(value, expected):
        raise ShapeMismatch(where, type_name(expected), type_name(type(value)))
