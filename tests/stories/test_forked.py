# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in a fork (forking_playbook.py) is what ansible-playbook itself makes of the same: to the letter, but for ids, times and places."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable

import pytest
from stories.forked import ForkingPlaybook
from stories.pair import Pair, Run, finished

CHANCE = {
    r"20\d\d-\d\d-\d\d[T ][\d:.,]+(Z|\+00:00)?": "TIME",
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}": "ID",
    r"unity_jumpcloud\.scim [0-9a-f]{12}": "KEY",
    r"(given|results|ansible)-\d+": r"\1",
    r"\d+(\.\d+)?( s\b| seconds?)": "SECONDS",
    r"\bp=\d+": "PROCESS",
    # an empty one
    r"\S+/ansible\.cfg": "SETTINGS",
}


def provision(pair: Pair, _folder: Path) -> Run:
    return pair.play("provision", diff=True)


def refused(pair: Pair, _folder: Path) -> Run:
    return pair.play("provision", "--tags", "user_groups", extra_vars={"scim_provisioning_groups": ["Unity Artistes"]})


def audit(pair: Pair, _folder: Path) -> Run:
    pair.begin("configured", finished)
    return pair.play("audit", check=True, extra_vars={"scim_provisioning_check_people": False, "scim_provisioning_check_sso": False})


def several_hosts(pair: Pair, folder: Path) -> Run:
    """Host and group variables in files, which plugins read."""
    (folder / "host_vars").mkdir(parents=True, exist_ok=True)
    (folder / "group_vars").mkdir(exist_ok=True)
    (folder / "hosts.ini").write_text("[pairs]\none\ntwo\n", encoding="utf-8")
    (folder / "group_vars" / "pairs.yml").write_text("scim_provisioning_test_email: '{{ test_user }}'\n", encoding="utf-8")
    for host in ("one", "two"):
        (folder / "host_vars" / f"{host}.yml").write_text(f"test_user: {host}@example.com\n", encoding="utf-8")
    given = {"scim_provisioning_hosts": "pairs", "scim_provisioning_test_email": "{{ test_user }}"}
    return pair.play("preflight", "-i", str(folder / "hosts.ini"), "--forks", "1", extra_vars=given)


def without_chance(text: str) -> str:
    for pattern, shown in CHANCE.items():
        text = re.sub(pattern, shown, text)
    return text


# what ansible-core says of a user without a name: once a process, so that a fork need not say it again
NAMELESS = "does not seem to exist on this system, leaving user empty"


def all_of(run: Run) -> dict[str, Any]:
    return {
        "status": run.rc,
        "output": [line for line in without_chance(run.output).splitlines() if NAMELESS not in line],
        "tasks": json.loads(without_chance(json.dumps(run.tasks))),
        "requests": sorted(without_chance(f"{entry['method']} {entry['path']} {entry['status']}") for entry in run.entries if entry["service"] != "insights"),
        "stats": run.stats,
        "custom": json.loads(without_chance(json.dumps(run.custom_stats))),
    }


@pytest.mark.parametrize("story", [provision, refused, audit, several_hosts])
def test_a_fork_does_what_a_process_does(pair: Pair, forking: ForkingPlaybook | None, tmp_path: Path, story: Callable[[Pair, Path], Run]) -> None:
    if not forking:
        pytest.skip("STORIES_FORK=0: no run is a fork")
    pair.forking = None
    process = all_of(story(pair, tmp_path))
    pair.begin()
    pair.forking = forking
    forking.started |= {"provision", "audit", "preflight"}
    number = forking.number
    fork = all_of(story(pair, tmp_path))
    for name, value in process.items():
        assert fork[name] == value, name
    assert forking.number == number + 1
