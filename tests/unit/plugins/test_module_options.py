# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of each module are the fields of the dataclass that its logic reads them into: none is missing, unused or of another type."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import sys
import typing as t
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import PREFIX, dataclass_of, parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import scim_audit_report
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization

MODULES = "ansible_collections.unity_jumpcloud.scim.plugins.modules."
ROOT = Path(__file__).parents[3]
NAMES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
# its logic is in an action plugin, which has the options
ON_THE_CONTROLLER = "scim_vaulted_key"
TYPES = {"str": "str", "path": "str", "int": "int", "float": "float", "bool": "bool", "dict": "dict[str, t.Any]", "list": "tuple[%s, ...]"}


def options_of(name: str) -> tuple[Arguments, type[t.Any]]:
    module = importlib.import_module(MODULES + name)
    logic = getattr(module, "run_info", None) or module.run
    return module.ARGUMENTS, vars(sys.modules[logic.__module__])["InfoOptions" if logic.__name__ == "run_info" else "Options"]


def leaves(cls: type[t.Any], prefix: str = "") -> list[tuple[str, str]]:
    """Names and annotations."""
    found = []
    for one in fields(cls):
        part = dataclass_of(cls, one)
        found += leaves(part, prefix + one.metadata.get(PREFIX, "")) if part else [(prefix + one.name, str(one.type).replace("Facts", "dict[str, t.Any]"))]
    return found


def organizations(cls: type[t.Any], prefix: str = "") -> dict[str, str]:
    """The options that name the Unity organization, where none does without it: which says that itself, as no argument spec could."""
    found = {prefix + "organization_id": "12345678901234"} if cls is UnityOrganization else {}
    for one in fields(cls):
        part = dataclass_of(cls, one)
        found.update(organizations(part, prefix + one.metadata.get(PREFIX, "")) if part else {})
    return found


def expected_type(option: dict[str, t.Any]) -> str:
    shown = TYPES[option["type"]]
    if option["type"] == "list":
        shown %= TYPES[option["elements"]]
    return shown if option.get("required") or option.get("default") is not None else shown + " | None"


def fields_within(cls: type[t.Any]) -> set[str]:
    parts = [(one.name, dataclass_of(cls, one)) for one in fields(cls)]
    return {name for name, _part in parts}.union(*(fields_within(part) for _name, part in parts if part))


@functools.lru_cache(maxsize=1)
def used_names() -> set[str]:
    """All attributes and texts of module_utils, but for the argument specs."""
    paths = (path for path in (ROOT / "plugins" / "module_utils").glob("_*/*.py") if path.name != "arguments.py")
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_modules_are_found() -> None:
    assert len(NAMES) > 15 and ON_THE_CONTROLLER in NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != ON_THE_CONTROLLER])
def test_fields_are_the_options(name: str) -> None:
    arguments, cls = options_of(name)
    found = leaves(cls)
    assert len(found) == len(dict(found)), "one option in two places"
    needed = dict.fromkeys(organizations(cls), {"required": True})
    expected = {option: expected_type({**spec, **needed.get(option, {})}) for option, spec in arguments.options.items()}
    assert dict(found) == expected


@pytest.mark.parametrize("name", [name for name in NAMES if name != ON_THE_CONTROLLER])
def test_options_are_read_as_they_are_given(name: str) -> None:
    arguments, cls = options_of(name)
    given = {option: spec.get("default") for option, spec in arguments.options.items()}
    parse(cls, {**given, **organizations(cls)})
    for option in organizations(cls):
        with pytest.raises(ScimError, match="^No Unity organization"):
            parse(cls, {**given, option: None})


@pytest.mark.parametrize("name", [name for name in NAMES if name != ON_THE_CONTROLLER])
def test_every_field_is_used(name: str) -> None:
    """As an attribute, or as a text: settings are found by their names."""
    _arguments, cls = options_of(name)
    assert fields_within(cls) - used_names() == set()


def test_the_facts_of_a_report_have_readers() -> None:
    """One for each."""
    assert {one.name for one in fields(scim_audit_report.Facts)} == set(GIVEN)


@pytest.mark.parametrize("name", [name for name in NAMES if name != ON_THE_CONTROLLER])
def test_secrets_are_in_no_representation_of_the_options(name: str) -> None:
    """A message or a log that shows the options shows none."""
    arguments, cls = options_of(name)
    secrets = {option: "hidden-%s" % option for option, spec in arguments.options.items() if spec.get("no_log")}
    shown = repr(parse(cls, {**dict.fromkeys(arguments.options), **secrets, **organizations(cls), "stored_key": {"key_id": "k", "secret_key": "hidden"}}))
    assert "=" in shown and "hidden" not in shown


PATHS = sorted((ROOT / "plugins" / "module_utils").glob("_*/*.py"))
BORDER = re.compile(r"def run(_info)?\(params: |    options = parse\((Info)?Options, params\)$")


@pytest.mark.parametrize("path", [path for path in PATHS if path.parent.name != "_core"], ids=lambda path: "%s/%s" % (path.parent.name, path.stem))
def test_only_the_border_sees_the_options_in_a_dict(path: Path) -> None:
    """To read them into the dataclass is the first that the logic does; nothing else in it, and nothing below it, knows them otherwise."""
    naming = [line for line in path.read_text(encoding="utf-8").splitlines() if re.search(r'(?<!")\bparams\b', line)]
    assert [line for line in naming if path.parent.name != "_logic" or not BORDER.match(line)] == []


SECRETS = re.compile(r"(secret_key|api_key|token|client_secret|authorization_header|password|stored_key)$")
ROOMS = ROOT / "plugins" / "module_utils"
EVERY_FILE = sorted(path.relative_to(ROOMS).with_suffix("").as_posix().replace("/", ".") for path in ROOMS.glob("_*/[a-z]*.py"))


@pytest.mark.parametrize("name", EVERY_FILE)
def test_what_is_parsed_shows_no_secret_of_itself(name: str) -> None:
    """Wherever it is printed: in a traceback, or by whoever looks for a fault."""
    module = importlib.import_module(MODULES.replace(".modules.", ".module_utils.") + name)
    for kind in (kind for kind in vars(module).values() if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__):
        shown = [field.name for field in fields(kind) if field.repr and field.type != "bool" and SECRETS.search(field.name)]
        assert not shown, "%s shows %s" % (kind, shown)
