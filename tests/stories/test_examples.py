# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation works as it is printed: those of a module, in their order, are one playbook.

What the examples take for granted is prepared: the tenants that they name (``as_in_the_examples``), the variables and results that they use (``VARIABLES``,
``EARLIER_TASKS``), and the person whom some of them wait for. What is not run as printed stands in ``REPLACED`` and ``IN_CHECK_MODE``, and nowhere else.
"""

from __future__ import annotations

import ast
import json
import re
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest
import yaml
from simulator.operator import Operator, header_of
from simulator.testing import API_KEY, ORGANIZATION, TEST_EMAIL, TOKEN
from stories.pair import ACCOUNT, GROUPS, PEOPLE, Pair, Run, Seed, account_of, application_of, finished, unity_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.yml"))
COLLECTION = "unity_jumpcloud.scim"

SCIM_KEY_ID = "2b6f0cc9-0000-4000-8000-c0f190000001"
SCIM_SECRET_KEY = "SENTINELconfiguredkeysecret8a2f0"
VARIABLES = {
    "unity_access_token": TOKEN,
    "jumpcloud_api_key": API_KEY,
    "scim_key_id": SCIM_KEY_ID,
    "scim_secret_key": SCIM_SECRET_KEY,
    "vault_password": "SENTINEL-vault-password-2b19",
    "scim_provisioning_groups": ["Unity Artists"],
}

# what an example must not wait for, or can't reach from here
REPLACED = {
    "https://services.api.unity.com": "{simulator}",
    "/var/lib/scim": "{machine}/var",
    "grace_period: 600": "grace_period: 1",
}
# what would take away what the next example is about
IN_CHECK_MODE = {
    "unity_service_account": ["The account has another name", "The account is gone, with its keys"],
}

ROTATE = f"""
- name: There is a new key
  unity_jumpcloud.scim.unity_service_account_key:
    service_account: {ACCOUNT}
    rotate: always
  register: %s
  no_log: true
"""
DELIVER = f"""
- name: It is delivered
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
    base_url: https://services.api.unity.com/scim/v2/tenants/12345678901234
    test_email: {TEST_EMAIL}
    authorization_header: "{{{{ %s.credentials.authorization_header | default(omit) }}}}"
    update_secret: "{{{{ 'always' if %s.changed else 'on_change' }}}}"
  register: %s
  no_log: true
"""
# The tasks that register a result which examples use; later ones may use those of earlier ones.
EARLIER_TASKS = {
    "key": ROTATE % "key",
    "new_key": ROTATE % "new_key",
    "keys_before": f"""
- name: The keys are read
  unity_jumpcloud.scim.unity_service_account_key_info:
    service_account: {ACCOUNT}
  register: keys_before
""",
    "delivered": DELIVER % ("new_key", "new_key", "delivered"),
    "identity": DELIVER % ("key", "key", "identity"),
    "revival": """
- name: Provisioning is active with the key that JumpCloud has
  unity_jumpcloud.scim.jumpcloud_scim_app:
    application: Unity
  register: revival
""",
    "revocation": f"""
- name: A key is revoked
  unity_jumpcloud.scim.unity_service_account_key:
    service_account: {ACCOUNT}
    key_id: "{{{{ key.key.id }}}}"
    state: absent
  check_mode: true
  register: revocation
""",
    "preflight": """
- name: Both sides are looked at
  unity_jumpcloud.scim.scim_preflight_info:
    application: Unity
  register: preflight
""",
    "bindings": """
- name: The group is bound
  unity_jumpcloud.scim.jumpcloud_group_binding:
    application: Unity
    groups: [Unity Artists]
  register: bindings
""",
    "folder": f"""
- name: A person is shown what to do
  unity_jumpcloud.scim.unity_service_account:
    method: manual
    name: {ACCOUNT}
    runbook: "{{{{ playbook_dir }}}}/pages/unity"
- name: The pages are there
  ansible.builtin.set_fact:
    folder: "{{{{ playbook_dir }}}}/pages"
""",
    "scim_provisioning_summary": """
- name: The role has run
  ansible.builtin.import_role:
    name: unity_jumpcloud.scim.scim_provisioning
""",
}
AFTER_A_FAILURE = ("ansible_failed_result", "ansible_failed_task")

Task = dict[str, Any]


def as_in_the_examples(seed: Seed) -> None:
    """A pair that works, with the ids that the examples name."""
    finished(seed)
    application_of(seed)["bindings"] = [{"type": "user_group", "id": "Unity Artists"}]
    account_of(seed)["id"] = "2d7c9b1e-6a37-4a0a-9d38-1f0c1a4b8a55"
    account_of(seed)["keys"].append({"id": "7b0d6b0e-3a55-4a7e-8d0c-5a0f3e2f9a10", "secret": "SENTINELforeignkeysecret31c7de0a"})
    grace = next(person for person in seed["jumpcloud"]["users"] if person["email"] == "grace@example.com")
    grace["id"] = "65f0c0ffee65f0c0ffee00c2"
    assert unity_of(seed)["genesis_id"] == "12345678901234"


def without_identity_management(seed: Seed) -> None:
    as_in_the_examples(seed)
    del application_of(seed)["provision"]


def examples_of(name: str) -> list[Task]:
    if name in FILTERS:
        source = yaml.safe_load((ROOT / "plugins" / "filter" / f"{name}.yml").read_text(encoding="utf-8"))["EXAMPLES"]
    else:
        tree = ast.parse((ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8"))
        source = next(node.value.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES")  # type: ignore[attr-defined]
    found: list[Task] = yaml.safe_load(source)
    return found


def used_names(tasks: list[Task]) -> set[str]:
    """The names in the templates and conditions of the tasks that none of them has registered before."""
    found: set[str] = set()
    registered: set[str] = set()
    for task in tasks:
        conditions = [task.get("when"), task.get("ansible.builtin.assert", {}).get("that")]
        for text in [json.dumps(conditions), *re.findall(r"\{\{(.*?)\}\}", json.dumps(task))]:
            found |= set(re.findall(r"(?<![\w.])[a-z_]+\b", text)) - registered
        registered |= {task.get("register", "")}
    return found


def playbook_of(examples: list[Task], earlier: dict[str, str]) -> list[dict[str, Any]]:
    """One play with the examples, and before them what they take for granted."""
    tasks = [
        {"block": [{"name": "Something fails", "ansible.builtin.fail": {"msg": "It failed."}}], "rescue": [task]}
        if used_names([task]) & set(AFTER_A_FAILURE)
        else task
        for task in examples
    ]
    needed = used_names(examples)
    for name, text in reversed(earlier.items()):
        if name in needed:
            before = yaml.safe_load(text)
            tasks, needed = [*before, *tasks], needed | used_names(before)
    play = {"name": "Examples", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    return [{**play, "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}]


def run_playbook(pair: Pair, playbook: list[dict[str, Any]], **given: Any) -> Run:
    text = yaml.safe_dump(playbook, sort_keys=False, width=1000)
    for printed, here in REPLACED.items():
        text = text.replace(printed, here.format(simulator=pair.url, machine=pair.machine))
    path = pair.machine / "examples.yml"
    path.write_text(text, encoding="utf-8")
    pair.more_secrets.append(VARIABLES["vault_password"])  # type: ignore[arg-type]
    environment = {"UNITY_SCIM_KEY_ID": SCIM_KEY_ID, "UNITY_SCIM_SECRET_KEY": SCIM_SECRET_KEY}
    return pair.play(str(path), extra_vars=VARIABLES, env=environment, **given).succeeded()


class Person(threading.Thread):
    """Does what a runbook beside the playbook asks for, as long as the examples run."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(name="person", daemon=True)
        self._operator = Operator(pair.url)
        self._machine = pair.machine
        self._over = threading.Event()
        self._done: set[str] = set()

    def __enter__(self) -> Person:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.2):
            for step in self._asked_for() - self._done:
                if step == "unity_service_account_key":
                    self._operator.hand_over_key(self._machine / "unity-key")
                elif step == "jumpcloud_scim_app":
                    self._operator.activate(self._operator.read_secret_file(self._machine / "jumpcloud-header"))
                self._done.add(step)

    def _asked_for(self) -> set[str]:
        runbook = self._machine / "runbook.json"
        sections = json.loads(runbook.read_text(encoding="utf-8"))["sections"] if runbook.exists() else []
        return {section["step"] for section in sections if section["state"] == "pending"}


@pytest.fixture
def tenants(pair: Pair) -> Iterator[Pair]:
    """The tenants of the examples, and the folder. Somebody joins as soon as a new key is in use, so that JumpCloud calls Unity with it."""
    (pair.machine / "var").mkdir()
    pair.begin("configured", as_in_the_examples)
    Operator(pair.url).activate(header_of(SCIM_KEY_ID, SCIM_SECRET_KEY))
    newcomer = {"email": "joan@example.com", "firstname": "Joan", "lastname": "Clarke", "state": "ACTIVATED", "groups": ["Unity Artists"]}
    joins = {"method": "POST", "path": "jumpcloud/users", "body": newcomer}
    pair.fault("meanwhile", "jumpcloud-provisioning", "POST", "/provision/reactivate$", request=joins)
    yield pair


def require_all_ran(run: Run, examples: list[Task], name: str) -> None:
    """Each example of the module has done its work; those of other modules may have had no reason to."""
    own = [example["name"] for example in examples if f"{COLLECTION}.{name}" in example]
    assert own, f"{name} has no example of its own"
    assert sorted(own) == sorted({line["task"] for line in run.tasks if line["status"] == "ok"} & set(own))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(tenants: Pair, name: str) -> None:
    if name == "jumpcloud_scim_app":
        tenants.begin("configured", without_identity_management)
    examples = examples_of(name)
    for example in examples:
        if example["name"] in IN_CHECK_MODE.get(name, []):
            example["check_mode"] = True
    with Person(tenants):
        run = run_playbook(tenants, playbook_of(examples, EARLIER_TASKS))
    require_all_ran(run, examples, name)


def test_examples_of_the_filters(tenants: Pair) -> None:
    examples = [{**example, "name": name} for name in FILTERS for example in examples_of(name)]
    run = run_playbook(tenants, playbook_of(examples, EARLIER_TASKS))
    assert {example["name"] for example in examples} == set(FILTERS)
    assert all(f"{COLLECTION}.{example['name']}" in json.dumps(example) for example in examples)
    assert set(FILTERS) <= {line["task"] for line in run.tasks if line["status"] == "ok"}


# whoever asks for a key for audits without giving one gets a new one
MAKERS_OF_KEYS = [name for name in MODULES if ".credentials" in json.dumps(examples_of(name)) and name != "unity_audit_key"]


@pytest.mark.parametrize("name", MAKERS_OF_KEYS)
def test_examples_where_no_key_was_created(tenants: Pair, name: str) -> None:
    """The module that creates a key where one is needed returns none where there is one: what comes after it works all the same."""
    examples = json.loads(json.dumps(examples_of(name)).replace('"rotate": "always"', '"rotate": "auto"'))
    earlier = {result: text.replace("rotate: always", "rotate: auto") for result, text in EARLIER_TASKS.items()}
    with Person(tenants):
        run = run_playbook(tenants, playbook_of(examples, earlier))
    assert not [write for write in run.writes if write.startswith("POST") and write.endswith("/keys")]


GUIDES = ROOT / "docs" / "docsite" / "rst"


def playbook_in(guide: str) -> list[dict[str, Any]]:
    """The one whole playbook that a guide shows."""
    blocks = re.findall(r"^\.\. code-block:: yaml\n\n((?:    .*\n|\n)+)", (GUIDES / f"{guide}.rst").read_text(encoding="utf-8"), flags=re.MULTILINE)
    playbooks = [found for found in map(yaml.safe_load, blocks) if isinstance(found, list) and "hosts" in found[0]]
    assert len(playbooks) == 1
    return playbooks[0]  # type: ignore[no-any-return]


def test_playbook_of_modules_alone_night_after_night(pair: Pair) -> None:
    path = pair.machine / "modules.yml"
    path.write_text(yaml.safe_dump(playbook_in("guide_keys"), sort_keys=False, width=1000), encoding="utf-8")
    first_look = pair.play(str(path), check=True).succeeded()
    assert first_look.writes == [] and first_look.changed > 0 and pair.is_untouched()

    first = pair.play(str(path)).succeeded()
    assert first.changed > 0 and pair.is_active() and pair.bound_groups() == GROUPS and pair.people() == PEOPLE
    keys = pair.keys()
    assert len(keys) == 1

    for check in (False, True):
        again = pair.play(str(path), check=check).succeeded()
        assert again.changed == 0 and again.writes == [] and pair.keys() == keys

    # somebody revokes the key, and JumpCloud gets another one the next night
    pair.tenants.control("DELETE", f"unity/keys/{ORGANIZATION}/{ACCOUNT}/{keys[0]}")
    pair.play(str(path)).succeeded()
    assert len(pair.keys()) == 1 and pair.keys() != keys
    pair.joins("joan.clarke@example.com", "Unity Artists")
    assert "joan.clarke@example.com" in pair.people()


def test_playbook_of_modules_alone_leaves_no_key_that_was_not_delivered(pair: Pair) -> None:
    path = pair.machine / "modules.yml"
    path.write_text(yaml.safe_dump(playbook_in("guide_keys"), sort_keys=False, width=1000), encoding="utf-8")
    pair.fault("status", "jumpcloud-provisioning", "PUT", "/provision$", status=400)
    pair.play(str(path)).failed()
    assert pair.is_untouched()
