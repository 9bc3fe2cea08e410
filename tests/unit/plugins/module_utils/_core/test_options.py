# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a module as a frozen dataclass."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import NAMING, PREFIX, VARIABLES, dataclass_of, listed_id, parse


@dataclass(frozen=True)
class Place:
    url: str
    port: int | None


@dataclass(frozen=True)
class Nested:
    place: Place
    names: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    base: Nested
    other: Place = field(metadata={PREFIX: "other_"})
    further: Nested = field(metadata={PREFIX: "further_"})
    facts: dict[str, t.Any] | None


GIVEN = {
    "url": "here",
    "port": 1,
    "names": ["a", "b"],
    "other_url": "",
    "other_port": None,
    "further_url": "far",
    "further_port": 0,
    "further_names": [],
    "facts": {"rows": [1, 2]},
}


def test_every_option_has_its_place() -> None:
    """Nothing is made of a value but a tuple of a list: what is empty stays empty, what is null stays null, and facts stay as they are."""
    expected = Options(Nested(Place("here", 1), ("a", "b")), Place("", None), Nested(Place("far", 0), ()), {"rows": [1, 2]})
    assert parse(Options, {**GIVEN, "more": 1}) == expected


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_field_that_is_no_option_is_an_error(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        parse(Options, {other: value for other, value in GIVEN.items() if other != name})


def test_options_can_not_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse(Options, GIVEN).facts = None  # type: ignore[misc]


def test_what_is_a_part() -> None:
    assert [dataclass_of(Options, one) for one in dataclasses.fields(Options)] == [Nested, Place, Nested, None]


@dataclass(frozen=True)
class Choice:
    application: str | None
    groups: tuple[str, ...] | None


@pytest.mark.parametrize("given", [{"application": ""}, {"application": " \t"}, {"groups": ["Unity Artists", ""]}, {"groups": [" "]}])
def test_an_empty_name_names_nothing(given: dict[str, t.Any]) -> None:
    with pytest.raises(ScimError) as caught:
        parse(Choice, {"application": None, "groups": None, **given})
    option = next(iter(given))
    expected = (
        "%s (scim_provisioning_%s) has an empty text in place of a name. Nothing was changed. Say which one is meant, or leave it out if it is not needed."
    )
    assert caught.value.sentence() == expected % (option, option)


@dataclasses.dataclass(frozen=True)
class Person:
    user: str
    role: str


def test_an_empty_name_is_called_by_what_was_typed() -> None:
    """The role gives the one by a variable of its own, and not the other."""
    with pytest.raises(ScimError, match=r"^user \(scim_provisioning_user\) has an empty text"):
        parse(Person, {"user": "", "role": "x"})
    with pytest.raises(ScimError, match="^role has an empty text"):
        parse(Person, {"user": "ada@example.com", "role": ""})


def test_what_is_called_a_variable_of_the_role_is_one() -> None:
    specs = (Path(__file__).parents[5] / "roles/scim_provisioning/meta/argument_specs.yml").read_text(encoding="utf-8")
    known = {name for name in NAMING if re.search(r"^ +scim_provisioning_%s:" % name, specs, re.MULTILINE)}
    assert known == VARIABLES


def test_no_name_is_none() -> None:
    assert parse(Choice, {"application": None, "groups": []}) == Choice(None, ())


@dataclass(frozen=True)
class Ids:
    key_id: str | None
    known_key_ids: tuple[str, ...]
    name: str


def test_blanks_around_an_id_are_no_part_of_it() -> None:
    """Those around a name may be."""
    assert parse(Ids, {"key_id": " a1\n", "known_key_ids": ["a", "b "], "name": "n "}) == Ids("a1", ("a", "b"), "n ")
    assert parse(Ids, {"key_id": None, "known_key_ids": [], "name": "n"}) == Ids(None, (), "n")
    assert parse(Ids, {"key_id": " ", "known_key_ids": [], "name": "n"}).key_id == ""


@pytest.mark.parametrize(
    "wanted, listed, meant",
    [
        ("a1", ["a1", "b2"], "a1"),
        ("A1", ["a1", "b2"], "a1"),
        ("a1", ["A1"], "A1"),
        ("A1", ["a1", "A1"], "A1"),
        ("c3", ["a1"], "c3"),
        ("c3", [], "c3"),
        ("", ["a1"], ""),
        # which of them is meant is anybody's guess
        ("aB", ["ab", "AB"], "aB"),
    ],
)
def test_which_listed_id_is_meant(wanted: str, listed: list[str], meant: str) -> None:
    assert listed_id(wanted, listed) == meant
