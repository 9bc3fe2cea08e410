# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions that the guide on upgrading and the README name are those that the collection requires, and that Ansible itself supports."""

from __future__ import annotations

import re
from importlib.metadata import metadata, version
from pathlib import Path

import pytest
import yaml
from ansible import constants

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_upgrading.rst").read_text(encoding="utf-8")
SUPPORTED = {core: (controller, host) for core, controller, host in re.findall(r"   \* - (2\.\d+)\n     - (.+)\n     - (.+)\n", GUIDE)}
OLDEST = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"].removeprefix(">=").removesuffix(".0")
REQUESTS = re.findall(r"^requests>=(\S+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
# ruff holds what runs on a managed host to this version
OLDEST_PYTHON = re.findall(r'^target-version = "py3(\d+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_table_begins_with_what_is_required_and_ends_with_what_is_tested() -> None:
    tested = re.findall(r"^ansible-core==(2\.\d+)", (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert [list(SUPPORTED)[0], list(SUPPORTED)[-1]] == [OLDEST, max(tested)]
    assert [int(core.removeprefix("2.")) for core in SUPPORTED] == list(range(int(OLDEST.removeprefix("2.")), int(max(tested).removeprefix("2.")) + 1))


def test_the_row_of_the_installed_ansible_is_what_ansible_says_of_itself() -> None:
    installed = ".".join(version("ansible-core").split(".")[:2])
    if int(installed.removeprefix("2.")) > int(list(SUPPORTED)[-1].removeprefix("2.")):
        pytest.skip(f"ansible-core {installed} is newer than what is supported")
    controllers = [int(minor) for minor in re.findall(r":: Python :: 3\.(\d+)$", "\n".join(metadata("ansible-core").get_all("Classifier") or []), re.MULTILINE)]
    fallback = constants.config.get_configuration_definitions()["INTERPRETER_PYTHON_FALLBACK"]["default"]
    hosts = [int(minor) for minor in re.findall(r"python3\.(\d+)", " ".join(fallback))]
    first = max(min(hosts), *map(int, OLDEST_PYTHON))
    assert SUPPORTED[installed] == (f"3.{min(controllers)} to 3.{max(controllers)}", f"3.{first} to 3.{max(hosts)}")


def test_guide_and_readme_name_the_versions_that_are_required() -> None:
    assert [f"``requests`` is {wanted} or newer" in GUIDE for wanted in REQUESTS] == [True]
    assert [f"ansible-core >= {OLDEST} and `requests` >= {wanted}" in README for wanted in REQUESTS] == [True]
    assert [f"Python 3.{minor} or newer" in README for minor in OLDEST_PYTHON] == [True]


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.rst"))], ids=lambda path: path.name
)
def test_no_text_names_the_version_of_the_tarball(path: Path) -> None:
    """It stands in galaxy.yml, and a text would be forgotten."""
    assert re.findall(r"unity_jumpcloud[-.]scim[-:=@]+v?\d+\.\d+\S*", path.read_text(encoding="utf-8")) == []
