# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the role."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.filter import scim_summary
from ansible_collections.unity_jumpcloud.scim.plugins.filter.scim_summary import FilterModule, absolute_path, next_command, runbook

DOCS = Path(scim_summary.__file__).parent


def test_a_path_is_meant_from_where_the_playbook_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")
    monkeypatch.setenv("HOME", "/home/ada")
    assert absolute_path("a/../b.yml") == str(tmp_path / "b.yml")
    assert absolute_path("/x/y") == "/x/y" and absolute_path("~/y") == "/home/ada/y"


def test_the_pages_of_a_runbook(tmp_path: Path) -> None:
    (tmp_path / "unity.md").write_text("# Steps", encoding="utf-8")
    (tmp_path / "other.md").write_text("no", encoding="utf-8")
    assert runbook(str(tmp_path)) == {str(tmp_path / "unity.md"): "# Steps"}
    assert runbook("") == {} and runbook(str(tmp_path / "missing")) == {}


@pytest.mark.parametrize(
    "typed, entry, command",
    [
        ({}, "", ""),
        ({"args": ("unity_jumpcloud.scim.provision",)}, "", "ansible-playbook unity_jumpcloud.scim.provision"),
        (
            {"args": ("site.yml",), "extra_vars": ("@vars.yml", "token=SENTINEL", "@my vars.yml")},
            "",
            "ansible-playbook site.yml -e @vars.yml -e '@my vars.yml'",
        ),
        (
            {"args": ("unity_jumpcloud.scim.rotate_key",), "extra_vars": ('{"token": "SENTINEL"}',)},
            "rotate",
            "ansible-playbook unity_jumpcloud.scim.rotate_key",
        ),
        ({"args": ("unity_jumpcloud.scim.audit",), "extra_vars": ("@v",)}, "audit", "ansible-playbook unity_jumpcloud.scim.provision -e @v"),
    ],
)
def test_the_command_to_run_next(typed: dict[str, tuple[str, ...]], entry: str, command: str) -> None:
    assert next_command(typed, entry) == command


def test_every_filter_is_documented() -> None:
    documented = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in DOCS.glob("*.yml")}
    assert set(documented) == set(FilterModule().filters())
    assert all(found["DOCUMENTATION"]["name"] == name for name, found in documented.items())
