# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second door of the simulator: what a person does is done, and counted as nobody else's."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from simulator.operator import ConsoleRefused, Operator, header_of, main


def test_person_does_all_steps_from_the_command_line(tenants, tmp_path: Path, capsys) -> None:
    secret_file = tmp_path / "secret"
    tenants.control("DELETE", "log")
    given = ["--url", tenants.url, "--secret-file", str(secret_file), "do", "unity-account", "unity-key", "jumpcloud-activate", "enforce"]
    assert main(given) == 0, capsys.readouterr().err
    assert stat.S_IMODE(secret_file.stat().st_mode) == 0o600
    assert tenants.events("integration_activate")
    log = tenants.control("GET", "log")
    entries = [entry for entry in log["entries"] if entry["by"] not in ("engine", "module")]
    assert entries and {entry["by"] for entry in entries} == {"operator"}
    assert log["counts"]["writes"] == 0


def test_console_refuses_to_activate_an_untested_connection(tenants) -> None:
    operator = Operator(tenants.url)
    operator.create_account(roles=())
    header = header_of(*operator.create_key())
    with pytest.raises(ConsoleRefused, match="403"):
        operator.activate(header)
    assert main(["--url", tenants.url, "do", "enforce", "stop-enforcing"]) == 0


def test_command_line_says_what_it_needs(tenants) -> None:
    with pytest.raises(SystemExit):
        main(["--url", tenants.url, "do", "unity-key"])
