# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of a summary, for none, one and many; and how many lines they are."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.deeds import COUNTED_WORDS, WORDS, in_words
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import summary_lines
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import EVERY, summary
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary_lines import asks, line, lost_access

PLUGINS = Path(summary_lines.__file__).parents[2]
COMMAND = "ansible-playbook unity_jumpcloud.scim.provision -e @vars.yml"
CLICK = {"where": "Unity Dashboard > Here", "do": "Do it.", "field": None, "value": None}
IN_JUMPCLOUD = {**CLICK, "where": "JumpCloud Admin Portal"}
IN_A_TERMINAL = {**CLICK, "where": "A terminal"}
RUNBOOK = "/r/scim.html"
LOOK = "look for their accounts in Unity, since JumpCloud deletes nobody once provisioning is stopped. --diff names %s."


def step(found: str, *did: str, verified: t.Sequence[str] = (), waiting: bool = False) -> dict[str, t.Any]:
    return {"step": "x", "found": found, "did": list(did), "verified": list(verified), "waiting": waiting}


@pytest.mark.parametrize(
    "seen, said, in_check_mode",
    [
        (step("it is so."), "x: it is so; nothing to do", None),
        (step("active", verified=["a", "b"]), "x: active; nothing to do; verified: a, b", None),
        (step("no account.", "create", "set_roles"), "x: no account; created one, set its roles", "x: no account; would create one, set its roles"),
        (
            step("0 groups bound", "bind 2", "unbind 1"),
            "x: 0 groups bound; bound 2 groups, unbound 1 group",
            "x: 0 groups bound; would bind 2 groups, unbind 1 group",
        ),
        (step("old keys", "revoke", "revoke"), "x: old keys; revoked 2 keys", "x: old keys; would revoke 2 keys"),
        (step("old key", "revoke", "delete"), "x: old key; revoked 1 key, deleted it", "x: old key; would revoke 1 key, delete it"),
        (step("No key yet.", "ask"), "x: No key yet; asked a person", "x: No key yet; would ask a person"),
        (step("Seen.", "see_done"), "x: Seen; saw that a person has done it", "x: Seen; would go on, since a person has done it"),
        (step("not configured", waiting=True), "x: not configured; it waits", None),
        (step(summary_lines.WAITS, waiting=True), "x: it waits for the identity management", None),
        (step(summary_lines.HELD, waiting=True), "x: it waits until JumpCloud's events show everybody as deprovisioned", None),
    ],
)
def test_a_step_in_one_line(seen: dict[str, t.Any], said: str, in_check_mode: str | None) -> None:
    assert line(seen, check_mode=False) == said
    assert line(seen, check_mode=True) == (in_check_mode or said)


@pytest.mark.parametrize(
    "lost, unseen, done, left, said",
    [
        (0, 0, None, None, "Nobody has lost access."),
        (0, 0, True, 0, "Nobody has lost access."),
        (0, 0, False, 1, "JumpCloud's events do not show 1 person deprovisioned yet who lost access before this run."),
        (0, 0, False, 2, "JumpCloud's events do not show 2 people deprovisioned yet who lost access before this run."),
        (1, 0, True, 0, "1 person has lost access, and Unity deletes the account. --diff names the person."),
        (3, 0, True, 0, "3 people have lost access, and Unity deletes their accounts. --diff names them."),
        (1, 0, False, 1, "1 person has lost access, and JumpCloud's events do not show the person deprovisioned yet. --diff names the person."),
        (3, 0, False, 2, "3 people have lost access, and JumpCloud's events do not show 2 of them deprovisioned yet. --diff names them."),
        (3, 0, False, 3, "3 people have lost access, and JumpCloud's events do not show any of them deprovisioned yet. --diff names them."),
        (2, 1, False, None, "3 people have lost access, and the events can't tell whether JumpCloud has deprovisioned them: " + LOOK % "them"),
        (3, 0, None, None, "3 people have lost access, and nothing has shown them deprovisioned: " + LOOK % "them"),
        (
            1,
            0,
            None,
            None,
            "1 person has lost access, and nothing has shown the person deprovisioned: " + LOOK.replace("their accounts", "the account") % "the person",
        ),
    ],
)
def test_what_a_deprovisioning_cost(lost: int, unseen: int, done: bool | None, left: int | None, said: str) -> None:
    result = {"deprovisioned_users_count": lost, "unseen_users_count": unseen, "deprovisioned": done, "awaited_users_count": left}
    assert lost_access(result, False) == said


@pytest.mark.parametrize(
    "lost, said",
    [
        (0, "Nobody would lose access."),
        (1, "1 person would lose access, and Unity would delete the account. --diff names the person."),
        (3, "3 people would lose access, and Unity would delete their accounts. --diff names them."),
    ],
)
def test_what_a_deprovisioning_would_cost(lost: int, said: str) -> None:
    """Nothing is waited for in check mode."""
    assert lost_access({"deprovisioned_users_count": lost, "unseen_users_count": 0, "deprovisioned": None, "awaited_users_count": None}, True) == said


@pytest.mark.parametrize("command, end", [(COMMAND, ", and it waits once more: " + COMMAND), ("", ", and it waits once more.")])
def test_what_to_run_where_the_time_ran_out(command: str, end: str) -> None:
    said = summary_lines.wait_again(command)
    assert "say scim_provisioning_deprovision_wait=0, and nothing is waited for. Run again in a few minutes" in said and said.endswith(end)


def test_a_deed_without_words_is_shown_as_it_is() -> None:
    assert in_words(["bind 1", "dance", "create"], True) == ["bind 1 group", "dance", "create one"]


def test_every_verb_of_a_step_has_words() -> None:
    """The plans of the modules whose steps the summary tells of."""
    told = [path for path in PLUGINS.glob("module_utils/**/*.py") if "step=" in path.read_text(encoding="utf-8") or "Step(" in path.read_text(encoding="utf-8")]
    told += [PLUGINS / "module_utils/_rules/identity_management.py", PLUGINS / "module_utils/_logic/key_accountant.py"]
    verbs = {
        verb
        for path in told
        for found in re.findall(r"\b_?[Aa]ction\((.*)", path.read_text(encoding="utf-8"))
        for verb in re.findall(r'"([a-z_]+)"(?= if| else|,)', found)
    }
    assert {"create", "set_roles", "configure", "reactivate", "bind", "revoke", "see_done", "take", "stop_enforcing"} <= verbs
    assert verbs - {"prepare", "by", "connection"} <= set(WORDS) | set(COUNTED_WORDS)


@pytest.mark.parametrize(
    "pending, waiting, runbooks, check_mode, command, said",
    [
        ({}, [], {}, False, COMMAND, []),
        ({}, ["user_groups"], {}, True, COMMAND, []),
        (
            {"enforcement": [CLICK]},
            [],
            {},
            False,
            "",
            [
                "A person has to do enforcement: 1 step in the Unity Dashboard. It is in scim_provisioning_summary.manual_steps.",
                "Then run again, with the same options.",
            ],
        ),
        (
            {"service_account": [CLICK] * 4, "service_account_key": [CLICK, IN_A_TERMINAL] * 2, "identity_management": [IN_JUMPCLOUD] * 12},
            ["user_groups"],
            {"service_account": RUNBOOK, "service_account_key": RUNBOOK, "identity_management": RUNBOOK},
            False,
            COMMAND,
            [
                "A person has to do service_account, service_account_key and identity_management: 20 steps in the Unity Dashboard and the JumpCloud Admin "
                "Portal. Runbook: /r/scim.html",
                "user_groups waits for that. Then run again, with the same options: " + COMMAND,
            ],
        ),
        (
            {"service_account": [CLICK] * 4},
            ["identity_management", "user_groups", "enforcement"],
            {},
            True,
            COMMAND,
            [
                "A person would have to do service_account: 4 steps in the Unity Dashboard. They are in scim_provisioning_summary.manual_steps.",
                "identity_management, user_groups and enforcement would wait for that. To begin, run without check mode: " + COMMAND,
            ],
        ),
        (
            {"service_account": [CLICK]},
            ["identity_management", "user_groups"],
            {"service_account": RUNBOOK},
            False,
            "",
            [
                "A person has to do service_account: 1 step in the Unity Dashboard. Runbook: /r/scim.html",
                "identity_management and user_groups wait for that. Then run again, with the same options.",
            ],
        ),
    ],
)
def test_what_a_person_has_to_do(pending: t.Any, waiting: list[str], runbooks: dict[str, str], check_mode: bool, command: str, said: list[str]) -> None:
    assert asks(pending, waiting, runbooks, check_mode, command) == said


@pytest.mark.parametrize(
    "clicks, consoles",
    [
        ([CLICK, IN_JUMPCLOUD, CLICK], " in the Unity Dashboard and the JumpCloud Admin Portal"),
        ([IN_JUMPCLOUD, CLICK], " in the JumpCloud Admin Portal and the Unity Dashboard"),
        ([IN_A_TERMINAL, IN_JUMPCLOUD], " in the JumpCloud Admin Portal"),
        ([IN_A_TERMINAL], ""),
    ],
)
def test_the_consoles_are_those_of_the_clicks(clicks: list[dict[str, t.Any]], consoles: str) -> None:
    said = asks({"identity_management": clicks}, [], {"identity_management": RUNBOOK}, False, COMMAND)[0]
    assert said == "A person has to do identity_management: %s%s. Runbook: /r/scim.html" % ("%d step%s" % (len(clicks), "s" * (len(clicks) > 1)), consoles)


@pytest.mark.parametrize("with_runbook", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
def test_with_all_its_steps_by_hand_the_task_shows_at_most_15_lines(check_mode: bool, with_runbook: bool) -> None:
    """Four lines are Ansible's own: the host, the name of the value, and what closes both."""

    def asked(name: str) -> dict[str, t.Any]:
        said = {"step": name, "method": "manual", "changed": True, "found": "?", "did": ["ask"], "verified": [], "pending": True, "waiting": False}
        return {"step": said, "manual_steps": [CLICK] * 20, "runbook": {"html": RUNBOOK} if with_runbook else None}

    names = ["service_account", "service_account_key", "connector_url", "identity_management", "retire_keys", "user_groups", "enforcement"]
    assert set(EVERY[3:]) <= set(names)
    preflight = {"check_mode": check_mode, "step": {**asked("prerequisites")["step"], "pending": False}}
    told = summary(preflight, {name: asked(name) for name in names}, "", COMMAND)
    assert len(told["pending"]) == 7 and len(told["manual_steps"]) == 140
    assert len(told["lines"] + told["asks"]) + 4 <= 15 and not [said for said in told["lines"] + told["asks"] if "\n" in said]
