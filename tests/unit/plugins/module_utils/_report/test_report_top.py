# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report's page begins with: what to look at first, the command for it, and figures that add up; and the remedies of the checks."""

from __future__ import annotations

import re
import shlex
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import html, remedies, top
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

PLAYBOOKS = Path(__file__).resolve().parents[5] / "playbooks"


def banner(given: dict[str, t.Any]) -> str:
    found = re.search(r'<div class="banner .*?</div></div>', html.render(audits.report(given), 10), re.DOTALL)
    assert found
    return found.group()


def test_banner_names_the_worst_check_its_remedy_and_the_command() -> None:
    said = banner(audits.drifts())
    assert "<strong>Groups: broken</strong> since 24 November 2026, 06:00 UTC. 1 group is bound; one that is wanted is not." in said
    assert "<p>Run the provision playbook. Until then its members get no accounts.</p>" in said
    assert "<code>ansible-playbook unity_jumpcloud.scim.provision -e @vars.yml</code>" in said
    assert '<button type="button" class="copy" hidden><span>Copy</span><span class="unseen"> the command to begin with</span></button>' in said


def worst(given: dict[str, t.Any]) -> str | None:
    found = top.worst(audits.report(given))
    return found["check"] if found else None


@pytest.mark.parametrize(
    "given, name",
    [
        (audits.works(), None),
        (audits.works(keys=[]), "key"),
        (audits.works(keys=[], connector={"reachable": False}), "key"),
        (audits.works(key_max_age=46), "key"),
        (audits.works(key_max_age=46, people=audits.people(missing=[audits.person(1)])), "people"),
        (audits.works(people=None, switched_off=["people"]), None),
        (audits.works(people=None), "people"),
        (audits.works(people=None, keys=[]), "key"),
        (audits.nothing(), "service_account"),
    ],
)
def test_worst_check(given: dict[str, t.Any], name: str | None) -> None:
    assert worst(given) == name
    assert ("worst" in banner(given)) is (name is not None)


def test_what_nobody_could_see_is_audited_again() -> None:
    assert "<code>%s</code>" % remedies.AUDIT in banner(audits.works(people=None))


def test_commands_name_playbooks_that_are_there() -> None:
    commands = [remedies.PROVISION, remedies.PREVIEW, remedies.ROTATE_KEY, remedies.PREFLIGHT, remedies.AUDIT, remedies.ANYBODY]
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "ansible-playbook" and words[2:4] == ["-e", "@vars.yml"]
        assert (PLAYBOOKS / (words[1].removeprefix("unity_jumpcloud.scim.") + ".yml")).is_file()


def test_every_red_check_has_a_command() -> None:
    broken = audits.works(
        account=None,
        keys=[],
        connector={"reachable": False},
        groups=[],
        people=audits.people(missing=[audits.person(1)]),
        application={"display_label": "Unity", "identity_management": {"status": "inactive", "last_test": None}},
        steps=[{"step": "service_account", "changed": True, "found": "absent", "did": ["create"], "verified": []}],
    )
    checks = audits.report(broken)["checks"]
    assert {check["state"] for check in checks} == {"red"} and all(check["remedy"] and check["command"] for check in checks)


@pytest.mark.parametrize(
    "cause, numbers, command",
    [
        ("key_refused", (1, 2), remedies.ROTATE_KEY),
        ("role_missing", (1,), remedies.PROVISION),
        ("already_exists", (1, 2), remedies.ANYBODY),
        ("already_exists", (1,), remedies.PROVISION_USER % "grace.liskov@example.com"),
    ],
)
def test_command_of_a_cause(cause: str, numbers: tuple[int, ...], command: str) -> None:
    assert remedies.for_people(audits.failure(cause, "A", "B", numbers)) == command


@pytest.mark.parametrize(
    "email", ["a;reboot@example.com", "$(id)@example.com", "a b@example.com", "-e@example.com", "a{{b}}@example.com", "", None, "a\n@example.com"]
)
def test_address_that_means_something_to_a_shell_is_not_filled_in(email: str | None) -> None:
    assert remedies.for_people(audits.failure("other", "A", "B", (1,), people=[{"id": "7", "email": email}])) == remedies.ANYBODY


def figures(given: dict[str, t.Any]) -> list[dict[str, str]]:
    part = html.render(audits.report(given), 10).split('<div class="figures">')[1].split("<section")[0]
    return [dict(re.findall(r"<span>([^<]*)</span><b[^>]*>([^<]*)</b>", group)) for group in part.split("</ul>")[:-1]]


@pytest.mark.parametrize("deactivated", [0, 3])
def test_figures_add_up(deactivated: int) -> None:
    found = audits.drifts()["people"]
    found["counts"]["provisioned"] += deactivated
    expected, _state, in_unity = figures(audits.drifts(people=found))
    numbers = [int(number) for number in expected.values()]
    assert numbers == [412, 405, 5, 2] and numbers[0] == sum(numbers[1:])
    numbers = [int(number) for number in in_unity.values()]
    assert numbers[0] == sum(numbers[1:]) and in_unity.get("Deactivated") == (str(deactivated) if deactivated else None)


def test_figures_that_nobody_saw() -> None:
    assert {value for group in figures(audits.nothing()) for value in group.values()} == {"\u2013"}
