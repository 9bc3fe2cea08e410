# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module as a frozen dataclass. Pure.

A field is the option of its name. A field that is annotated with another dataclass is made of the options that this one names, so that what several
modules have in common is said once. Such a field may give them a prefix: ``field(metadata={PREFIX: "other_"})``.

An option that says which thing is meant is never an empty text: to look for that would find what has no name, and change it. Blanks around an ID are
no part of it: they come with it from a file or a console.
"""

from __future__ import annotations

import sys
import typing as t
from dataclasses import Field, fields, is_dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named

PREFIX = "prefix"
# of lists, each item
NAMING = frozenset(
    ("application", "application_id", "emails", "groups", "key_name", "name", "role", "roles", "secret_id", "service_account", "service_account_id", "user")
)
IDS = ("_id", "_ids")
# of those, what the role has a variable for
VARIABLES = frozenset(("application", "application_id", "groups", "key_name", "service_account", "user"))
Options = t.TypeVar("Options")


def parse(cls: type[Options], params: t.Mapping[str, t.Any], prefix: str = "") -> Options:
    """The options, with lists as tuples. ScimError for an empty name, KeyError for a field that is no option of the module."""
    return cls(**{one.name: _value(one, dataclass_of(cls, one), params, prefix) for one in fields(t.cast(t.Any, cls))})


def listed_id(wanted: str, listed: t.Iterable[str]) -> str:
    """The one of these IDs that is meant, be it written in another case; ``wanted`` itself where none is, or where that leaves a choice."""
    alike = [one for one in listed if one.lower() == wanted.lower()]
    return alike[0] if len(alike) == 1 else wanted


def dataclass_of(cls: type[t.Any], one: Field[t.Any]) -> type[t.Any] | None:
    """The dataclass that the field is annotated with; None where it is an option. Annotations are texts, since Python 3.9 can't evaluate them all."""
    named = vars(sys.modules[cls.__module__]).get(str(one.type))
    return named if is_dataclass(named) and isinstance(named, type) else None


def _value(one: Field[t.Any], part: type[t.Any] | None, params: t.Mapping[str, t.Any], prefix: str) -> t.Any:
    if part is not None:
        return parse(part, params, prefix + one.metadata.get(PREFIX, ""))
    value = params[prefix + one.name]
    if one.name.endswith(IDS):
        value = [_trimmed(item) for item in value] if isinstance(value, list) else _trimmed(value)
    if one.name in NAMING and any(isinstance(text, str) and not text.strip() for text in (value if isinstance(value, list) else [value])):
        said = named(one.name) if one.name in VARIABLES else prefix + one.name
        raise ScimError("%s has an empty text in place of a name. Nothing was changed." % said, "Say which one is meant, or leave it out if it is not needed.")
    return tuple(value) if isinstance(value, list) else value


def _trimmed(value: t.Any) -> t.Any:
    return value.strip() if isinstance(value, str) else value
