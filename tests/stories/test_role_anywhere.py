# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role in somebody else's play: any strategy, several hosts, loops, check mode as a keyword, other connections, relative paths."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.testing import API_KEY, APPLICATION, ORGANIZATION
from stories.pair import GROUPS, PEOPLE, WANTED, Pair, Run, Seed, cases, finished, unity_of

# the other one of the seeds, for the same organization
OTHER_APPLICATION = "64aa00000000000000000002"
SECOND_GRACE = 3.0
PLAY = """
- name: Somebody's own play
  hosts: %(hosts)s
  connection: local
  gather_facts: false
  %(keywords)s
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
%(tasks)s
"""
USE = """
    - name: Use the role
      ansible.builtin.include_role:
        name: unity_jumpcloud.scim.scim_provisioning
        tasks_from: %s
      vars: %s
"""
ROLE = """
    - name: Use the role
      ansible.builtin.include_role:
        name: unity_jumpcloud.scim.scim_provisioning
        tasks_from: %s
"""


def own_play(folder: Path, tasks: str, keywords: str = "any_errors_fatal: false", hosts: str = "localhost") -> str:
    path = folder / "own.yml"
    path.write_text(PLAY % {"tasks": tasks, "keywords": keywords, "hosts": hosts}, encoding="utf-8")
    return str(path)


def moment(run: Run, method: str, end: str, number: int = 0) -> float:
    """When the run made this request."""
    found = [entry["at"] for entry in run.entries if entry["method"] == method and entry["path"].endswith(end)]
    return datetime.fromisoformat(found[number].replace("Z", "+00:00")).timestamp()


def inventory(folder: Path, hosts: dict[str, dict[str, Any]], every: str = "") -> list[str]:
    (folder / "hosts").mkdir()
    (folder / "hosts" / "hosts.ini").write_text("[pairs]\n" + "\n".join(hosts) + "\n" + every, encoding="utf-8")
    (folder / "hosts" / "host_vars").mkdir()
    for host, values in hosts.items():
        (folder / "hosts" / "host_vars" / f"{host}.yml").write_text(json.dumps(values), encoding="utf-8")
    return ["-i", str(folder / "hosts" / "hosts.ini")]


# ---- strategies


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_any_strategy(pair: Pair, tmp_path: Path, strategy: str) -> None:
    env = {"ANSIBLE_STRATEGY": strategy}
    assert pair.play("provision", env=env).succeeded().changed == 4
    assert pair.people() == PEOPLE and pair.bound_groups() == GROUPS
    keys = pair.keys()
    rotation = pair.play("rotate_key", env=env, extra_vars={"scim_provisioning_grace_period": 2}).succeeded()
    assert rotation.did()["retire_keys"] == ["revoke"] and len(pair.keys()) == 1 and pair.keys() != keys
    assert moment(rotation, "DELETE", keys[0]) - moment(rotation, "POST", "activate") >= 2
    own = own_play(tmp_path, ROLE % "main", f"strategy: ansible.builtin.{strategy}")
    assert pair.play(own).succeeded().writes == []


# ---- several hosts


def test_each_pair_waits_its_own_grace_period(pair: Pair, tmp_path: Path) -> None:
    hosts = {
        "one": {"scim_provisioning_application_id": APPLICATION, "scim_provisioning_grace_period": 0, "test_user": "one@example.com"},
        "two": {
            "scim_provisioning_application_id": OTHER_APPLICATION,
            "scim_provisioning_service_account": "Second",
            "scim_provisioning_grace_period": int(SECOND_GRACE),
            "test_user": "two@example.com",
        },
    }
    # both pairs have the same Unity organization, in which a connection test makes its test user for a moment
    given = {"scim_provisioning_hosts": "pairs", "scim_provisioning_test_email": "{{ test_user }}"}
    where = inventory(tmp_path, hosts)
    provision = pair.play("provision", *where, extra_vars=given)
    assert provision.rc == 0, provision.failure
    first, second = pair.keys()[0], pair.keys("Second")[0]
    rotation = pair.play("rotate_key", *where, extra_vars=given)
    assert rotation.rc == 0, rotation.failure
    assert len(pair.keys()) == len(pair.keys("Second")) == 1
    assert {first, second} & {*pair.keys(), *pair.keys("Second")} == set()
    waited = {
        key: moment(rotation, "DELETE", key) - moment(rotation, "POST", f"{application}/provision/reactivate")
        for key, application in ((first, APPLICATION), (second, OTHER_APPLICATION))
    }
    assert waited[second] >= SECOND_GRACE > waited[first]
    # what each hands over is its own
    artifacts = rotation.custom_stats["artifacts"]
    assert {host: list(uses) for host, uses in artifacts.items()} == {"one": [APPLICATION], "two": [OTHER_APPLICATION]}


# ---- paths


@pytest.mark.parametrize("elsewhere", [None, "/usr"])
def test_relative_paths_are_meant_from_where_the_caller_is(pair: Pair, tmp_path: Path, elsewhere: str | None) -> None:
    """PWD is what a shell has set, and neither cron nor a change of folder sets it anew."""
    here = tmp_path / "here"
    here.mkdir()
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    (here / "hook.yml").write_text("- name: Tell\n  ansible.builtin.debug:\n    msg: somebody was told\n", encoding="utf-8")
    at: dict[str, Any] = {"folder": here, "env": {"PWD": elsewhere}}
    store = {
        "scim_provisioning_key_store": "vaulted_file",
        "scim_provisioning_vaulted_file": "key.yml",
        "scim_provisioning_vaulted_file_password": "SENTINEL-vault-password-5e1d",
    }
    pair.play("provision", extra_vars=store, **at).succeeded()
    assert (here / "key.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    assert pair.play("provision", extra_vars=store, **at).succeeded().writes == []

    pair.play("provision", "--tags", "user_groups", extra_vars={"scim_provisioning_groups": GROUPS[:1]}, **at).succeeded()
    report = {**store, "scim_provisioning_report": "report", "scim_provisioning_report_history": "history.jsonl", "scim_provisioning_on_drift": "hook.yml"}
    wanted = {"scim_provisioning_groups": [*GROUPS, "Everyone else"], "scim_provisioning_pending_grace": 0}
    audit = pair.play("audit", extra_vars={**report, **wanted}, **at)
    assert audit.rc == 2 and audit.said("somebody was told"), audit.output[-3000:]
    # copies of the state of the pair, and nothing beside them
    reports = ["report" + ending for ending in (".csv", ".html", ".json", ".junit.xml", ".md", ".prom")]
    assert sorted(path.name for path in here.iterdir()) == ["history.jsonl", "hook.yml", "key.yml", *reports]


@pytest.mark.parametrize("elsewhere", [None, "/usr"])
def test_relative_paths_of_own_stores_and_of_what_a_person_needs(pair: Pair, tmp_path: Path, elsewhere: str | None) -> None:
    here = tmp_path / "here"
    here.mkdir()
    at: dict[str, Any] = {"folder": here, "env": {"PWD": elsewhere}}
    (here / "store.yml").write_text("- name: Store\n  ansible.builtin.debug:\n    msg: stored\n", encoding="utf-8")
    (here / "read.yml").write_text("- name: Read\n  ansible.builtin.debug:\n    msg: looked into the store\n", encoding="utf-8")
    own = {"scim_provisioning_key_store_tasks": "store.yml", "scim_provisioning_key_read_tasks": "read.yml"}
    run = pair.play("provision", extra_vars=own, **at).succeeded()
    assert run.said("looked into the store") and run.ran("Store")

    pair.begin()
    manual = {"scim_provisioning_jumpcloud_method": "manual", "scim_provisioning_runbook_dir": "runbook", "scim_provisioning_secret_file": "secret"}
    pair.play("provision", extra_vars=manual, search=False, **at).succeeded()
    assert (here / "runbook" / "scim.md").is_file() and (here / "secret").stat().st_mode & 0o777 == 0o600


# ---- loops, and several uses


def summaries(run: Run) -> int:
    return sum("Show the summary" in line["task"] for line in run.tasks)


def test_values_of_a_callers_loop_are_used(pair: Pair, tmp_path: Path) -> None:
    """Of the first pair, whose connection is right, and of one whose credentials are not."""
    pair.begin("configured", finished)
    pair.more_secrets.append("SENTINEL-wrong-key-2b")
    tasks = """
    - name: Use the role
      ansible.builtin.include_role:
        name: unity_jumpcloud.scim.scim_provisioning
      loop: "{{ pairs }}"
      vars:
        scim_provisioning_application_id: "{{ known[item].application }}"
        scim_provisioning_jumpcloud_api_key: "{{ known[item].key }}"
        scim_provisioning_jumpcloud_console_url: "{{ known[item].url }}"
        scim_provisioning_unity_organization_id: "{{ known[item].organization }}"
"""
    good = {"application": APPLICATION, "key": API_KEY, "url": pair.url, "organization": ORGANIZATION}
    env = {"JUMPCLOUD_API_KEY": None, "JUMPCLOUD_CONSOLE_URL": "http://127.0.0.1:9", "UNITY_ORGANIZATION_ID": "99999999999999"}
    own = own_play(tmp_path, tasks)
    given = {"known": {"good": good, "wrong": {**good, "key": "SENTINEL-wrong-key-2b"}}}
    run = pair.play(own, env=env, extra_vars={**given, "pairs": ["good", "good"]}).succeeded()
    assert run.writes == [] and summaries(run) == 2
    wrong = pair.play(own, env=env, extra_vars={**given, "pairs": ["good", "wrong"]}).failed("JumpCloud", "HTTP 401")
    assert wrong.writes == [] and summaries(wrong) == 1


def test_twice_in_one_play_and_nothing_of_the_first_counts_for_the_second(pair: Pair, tmp_path: Path) -> None:
    tasks = (
        USE % ("main", "{scim_provisioning_application_id: '%s', wanted: [Unity Artists]}" % APPLICATION)
        + USE % ("main", "{scim_provisioning_application_id: '%s', scim_provisioning_service_account: Second, wanted: '{{ second }}'}" % OTHER_APPLICATION)
    )  # fmt: skip
    own = own_play(tmp_path, tasks)
    # extra variables win over those of a task
    given = {"scim_provisioning_groups": "{{ wanted }}"}
    refused = pair.play(own, extra_vars={**given, "second": ["Unity Artisans"]}).failed("Unity Artisans", "Nothing was changed.")
    assert pair.is_active() and pair.bound_groups() == GROUPS[:1] and pair.account("Second") is None
    assert refused.writes and not any(OTHER_APPLICATION in write for write in refused.writes)
    told = {use: bool(artifacts["summary"]["steps"]) for use, artifacts in refused.custom_stats["artifacts"]["localhost"].items()}
    assert told == {APPLICATION: True, OTHER_APPLICATION: False}

    keys = pair.keys()
    both = pair.play(own, extra_vars={**given, "second": GROUPS[1:]}).succeeded()
    assert pair.keys() == keys and len(pair.keys("Second")) == 1 and pair.bound_groups() == GROUPS[:1]
    done = {use: uses["summary"]["changed"] for use, uses in both.custom_stats["artifacts"]["localhost"].items()}
    assert done == {APPLICATION: False, OTHER_APPLICATION: True}
    assert {step["step"]: step["did"] for step in both.custom_stats["scim_provisioning_summary"]["steps"]}["user_groups"] == ["bind 1"]


@pytest.mark.parametrize("how", ["include_role", "import_role"])
def test_check_mode_as_a_keyword(pair: Pair, tmp_path: Path, how: str) -> None:
    tasks = (ROLE % "main").replace("include_role", how)
    tasks = (
        tasks.rstrip("\n") + "\n      check_mode: true\n"
        if how == "import_role"
        else tasks.replace("        tasks_from", "        apply: {check_mode: true}\n        tasks_from")
    )
    run = pair.play(own_play(tmp_path, tasks), diff=True).succeeded()
    assert run.writes == [] and pair.is_untouched() and pair.account() is None
    assert run.said("service_account: no account; would create one, set its roles", "user_groups: 0 groups bound;", "would bind 2 groups")
    assert run.custom_stats["scim_provisioning_summary"]["check_mode"] is True
    pair.begin("configured", finished)
    keys = pair.keys()
    rotation = pair.play(
        own_play(tmp_path, tasks.replace("tasks_from: main", "tasks_from: rotate")), extra_vars={"scim_provisioning_rotate": "always"}, diff=True
    )
    assert rotation.succeeded().writes == [] and rotation.said("would create one") and pair.keys() == keys


# ---- values as operators give them


@pytest.mark.parametrize("age", [None, ""])
def test_no_age_is_as_if_none_were_given(pair: Pair, age: str | None) -> None:
    """Where Ansible takes an empty text for a number at all; a survey of AWX leaves an empty answer out."""
    pair.begin("configured", finished)
    for _number in range(2):
        keys = pair.keys()
        rotation = pair.play("rotate_key", extra_vars={"scim_provisioning_key_max_age": age})
        if age == "" and rotation.rc:
            rotation.failed("scim_provisioning_key_max_age", "float")
            return
        assert rotation.did()["retire_keys"] == ["revoke"] and pair.keys() != keys


# they are read by the argument spec, which is Ansible's
@pytest.mark.parametrize("yes, no", cases([("y", "n"), ("True", "False")], [("y", "n"), ("t", "off"), ("yes", "no"), ("True", "False"), ("1", "0")]))
def test_booleans_as_a_survey_gives_them(pair: Pair, yes: str, no: str) -> None:
    def sso_is_off(seed: Seed) -> None:
        unity_of(seed)["sso"]["enabled"] = False

    pair.begin("empty", sso_is_off)
    assert pair.play("provision", extra_vars={"scim_provisioning_check_sso": yes}).failed("Single sign-on is not enabled").writes == []
    assert pair.play("provision", check=True, extra_vars={"scim_provisioning_check_sso": no}).succeeded().did()
    refused = pair.play("provision", extra_vars={"scim_provisioning_check_sso": no, "scim_provisioning_group_management": yes})
    refused.failed("Group management was asked for, but Unity's guide for JumpCloud says not to enable it.")
    assert refused.writes == [] and pair.is_untouched() and pair.account() is None
    pair.begin()
    enforced = pair.play("provision", check=True, extra_vars={"scim_provisioning_check_sso": no, "scim_provisioning_enforced": yes}).succeeded()
    assert enforced.did()["enforcement"]
    lifted = pair.play("provision", check=True, extra_vars={"scim_provisioning_check_sso": no, "scim_provisioning_enforced": no}).succeeded()
    assert "enforcement" not in lifted.did() and lifted.steps["enforcement"]["found"] != "left alone"


SPECS = yaml.safe_load((Path(__file__).resolve().parents[2] / "roles" / "scim_provisioning" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
ENTRIES = {name: spec["options"] for name, spec in SPECS["argument_specs"].items()}
# the playbook of an entry point, and which have to be there for it to be of any use
PLAYBOOKS = {
    "main": "provision",
    "audit_key": "audit_key",
    "audit": "audit",
    "provision_user": "provision_user",
    "preflight": "preflight",
    "rotate": "rotate_key",
    "deprovision": "deprovision",
}
KEPT = {"scim_provisioning_application", "scim_provisioning_audit_key_id", "scim_provisioning_audit_secret_key"}


def optional(entry: str, value: str | None, core: tuple[int, ...]) -> tuple[list[str], list[str]]:
    """The optional variables of an entry point for which this version of Ansible takes this value, and those for which it does not."""

    def is_taken(option: dict[str, Any]) -> bool:
        if "choices" in option:
            return False
        text = option["type"] in ("str", "path")
        if value is None:
            return "default" not in option or (text and core >= (2, 19))
        return text or option["type"] == "list"

    options = {name: option for name, option in ENTRIES[entry].items() if not option.get("required") and name not in KEPT | set(WANTED)}
    taken = [name for name, option in options.items() if is_taken(option)]
    return taken, [name for name in options if name not in taken]


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_empty_is_as_if_not_given(pair: Pair, entry: str, value: str | None) -> None:
    """An answer that was left empty in a survey. What Ansible refuses by itself is tested below."""
    pair.begin("configured", finished)
    base = {
        "scim_provisioning_audit_key_id": account_key(pair),
        "scim_provisioning_audit_secret_key": "SENTINELconfiguredkeysecret8a2f0",
        "scim_provisioning_user": PEOPLE[0],
    }
    without = pair.play(PLAYBOOKS[entry], check=True, extra_vars=base)
    names, _refused = optional(entry, value, without.core)
    empty = pair.play(PLAYBOOKS[entry], check=True, extra_vars={**dict.fromkeys(names, value), **base})
    assert (empty.rc, empty.writes) == (without.rc, []), empty.output[-5000:]
    assert asked(empty) == asked(without)
    assert shown(empty) == shown(without)
    if entry == "main":
        assert empty.did() == {} and empty.changed == 0


def account_key(pair: Pair) -> str:
    return pair.keys()[0]


def shown(run: Run) -> Any:
    """What the run hands over, without what the time of day changes."""
    text = json.dumps(run.custom_stats, sort_keys=True)
    return re.sub(r"20\d\d-\d\d-\d\dT[\d:.]+(Z|\+00:00)|\d+(\.\d+)? seconds", "then", text)


def asked(run: Run) -> list[str]:
    """What the run has read; an audit reads several at a time."""
    return sorted(f"{entry['method']} {entry['path']}" for entry in run.entries)


@pytest.mark.parametrize("value", ["", None])
def test_ansible_refuses_an_empty_value_where_it_wants_another_type(pair: Pair, value: str | None) -> None:
    """An empty text for a number, a boolean or one of several choices; null for those that have a default, and choices. Nothing runs, and each is named."""
    core = pair.play("provision", check=True).core
    _taken, names = optional("main", value, core)
    assert names
    run = pair.play("provision", extra_vars=dict.fromkeys(names, value)).failed(*names)
    assert run.entries == []


# ---- connections


@pytest.mark.parametrize("playbook", ["provision", "preflight", "audit", "rotate_key", "provision_user", "deprovision"])
def test_another_connection_in_the_inventory_does_not_count(pair: Pair, tmp_path: Path, playbook: str) -> None:
    pair.begin("configured", finished)
    every = "[all:vars]\nansible_connection=ssh\nansible_host=127.0.0.1\nansible_port=9\n"
    where = inventory(tmp_path, {"localhost": {}}, every)
    given = {"scim_provisioning_user": PEOPLE[0], "scim_provisioning_audit_key_id": account_key(pair)}
    given["scim_provisioning_audit_secret_key"] = "SENTINELconfiguredkeysecret8a2f0"
    run = pair.play(playbook, *where, check=True, extra_vars={**given, "scim_provisioning_max_deprovisioned_users": 9})
    assert run.rc == 0 and run.entries and "UNREACHABLE" not in run.output, run.output[-3000:]


def test_jumpcloud_that_is_unreachable_is_said_once(pair: Pair) -> None:
    begun = time.monotonic()
    env = {"JUMPCLOUD_CONSOLE_URL": "http://127.0.0.1:9"}
    run = pair.play("provision", env=env, extra_vars={"scim_provisioning_time_budget": 4}, may_warn=True)
    run.failed("JumpCloud")
    assert run.writes == [] and run.failure.count("no connection") == 1, run.failure
    assert "application, test_user, identity_management, user_groups: JumpCloud: " in run.failure and run.failure.count("JumpCloud:") == 1
    # the tries of one request, within the budget of one task, although four steps need JumpCloud
    assert len(set(re.findall(r"try (\d) of 5", run.output))) == run.output.count("[WARNING]: JumpCloud: cannot list the applications")
    assert time.monotonic() - begun < 12


# ---- budgets


def test_a_run_is_short(pair: Pair) -> None:
    first = pair.play("provision").succeeded()
    bindings = [write for write in first.writes if write.endswith("/associations")]
    assert first.headers <= 15 and len(first.entries) - len(bindings) <= 30
    second = pair.play("provision").succeeded()
    assert second.headers <= 15 and len(second.entries) <= 15 and second.writes == []
    assert pair.play("rotate_key").succeeded().headers <= 15
