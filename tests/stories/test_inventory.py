# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many pairs: the organizations of a provider as an inventory, as ansible-inventory shows it, as AWX reads it, and as the playbooks take it."""

from __future__ import annotations

import importlib.util
import json
import shlex
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import yaml
from simulator.testing import API_KEY, APPLICATION, ORGANIZATION
from stories.pair import GROUPS, JUMPCLOUD_ORGANIZATION, Pair, Run, Seed, default_ansible_playbook, unity_of
from stories.secrecy import files_below

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "unity_jumpcloud.scim.jumpcloud_organizations"
PROVIDER = "5f0a1b2c3d4e5f60718293aa"
SECOND, TRIAL = "5f0a1b2c3d4e5f6071829302", "5f0a1b2c3d4e5f6071829303"
SECOND_UNITY = "98765432109876"
SECOND_APPLICATION = "64aa00000000000000000011"
LISTED = f"/api/v2/providers/{PROVIDER}/organizations"
MAPPING = {"Example Studio": ORGANIZATION, SECOND: SECOND_UNITY}
FLEET = {"plugin": PLUGIN, "provider_id": PROVIDER, "unity_organizations": MAPPING}
# else Ansible goes on without an inventory that has failed
STRICT: dict[str, str | None] = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
# what AWX sets when it updates an inventory
OF_AWX: dict[str, str | None] = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_INVENTORY_EXPORT": "True", "ANSIBLE_VERBOSE_TO_STDERR": "True"}
GRAPH = """\
@all:
  |--@ungrouped:
  |--@mapped:
  |  |--example-studio
  |  |--muller-sohne
  |--@unmapped:
  |  |--trial
"""


def portal(seed: Seed) -> None:
    """A provider with three organizations; two of them have a Unity organization, each with the application and the groups."""
    jumpcloud = seed["jumpcloud"]
    jumpcloud["organizations"] += [{"id": SECOND, "name": "Müller & Söhne", "max_system_users": 25}, {"id": TRIAL, "name": "Trial"}]
    jumpcloud["providers"] = [{"id": PROVIDER}]
    jumpcloud["api_keys"][0].update(organizations=[JUMPCLOUD_ORGANIZATION, SECOND, TRIAL], providers=[PROVIDER])
    jumpcloud["applications"].append({"id": SECOND_APPLICATION, "organization": SECOND, "name": "unity", "displayName": "Unity", "displayLabel": "Unity"})
    jumpcloud["users"].append({"id": "64bb00000000000000000011", "organization": SECOND, "email": "erika@example.com", "firstname": "Erika"})
    jumpcloud["groups"] += [
        {"id": f"64cc0000000000000000001{number}", "organization": SECOND, "name": name, "members": ["64bb00000000000000000011"]}
        for number, name in enumerate(GROUPS)
    ]
    seed["unity"]["organizations"].append({**unity_of(seed), "genesis_id": SECOND_UNITY, "id": "7c1f2a90-1111-4222-8333-444455557777", "name": "Müller"})


def fleet(pair: Pair, **changes: Any) -> list[str]:
    path = pair.machine / "fleet.yml"
    path.write_text(yaml.safe_dump({**FLEET, **changes}, allow_unicode=True), encoding="utf-8")
    return ["-i", str(path)]


def plain(value: Any) -> Any:
    """The JSON of ansible-core 2.19 and newer marks text that is no template."""
    if isinstance(value, dict):
        return plain(value["__ansible_unsafe"]) if set(value) == {"__ansible_unsafe"} else {name: plain(entry) for name, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def shown(run: Run) -> dict[str, Any]:
    """What `ansible-inventory --list` shows, which is all of its output."""
    assert run.rc == 0, run.output
    return plain(json.loads(run.output))


def hosts(run: Run) -> dict[str, dict[str, Any]]:
    return shown(run)["_meta"]["hostvars"]


def calls(run: Run) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in run.entries]


# ---- what it shows


def test_the_organizations_of_a_provider(pair: Pair) -> None:
    pair.begin(change=portal)
    graph = pair.inventory(*fleet(pair), "--graph")
    assert (graph.rc, graph.output) == (0, GRAPH)
    assert textwrap.indent(GRAPH, "    ") in (ROOT / "docs" / "docsite" / "rst" / "guide_many_pairs.rst").read_text(encoding="utf-8")
    assert calls(graph) == [f"GET {LISTED}"]
    found = hosts(pair.inventory(*fleet(pair), "--list"))
    assert found["muller-sohne"] == {
        "ansible_connection": "local",
        "jumpcloud_organization": {"id": SECOND, "name": "Müller & Söhne", "logo_url": None, "max_system_users": 25},
        "scim_provisioning_jumpcloud_region": "us",
        "scim_provisioning_jumpcloud_organization_id": SECOND,
        "scim_provisioning_jumpcloud_expected_organization_id": SECOND,
        "scim_provisioning_unity_organization_id": SECOND_UNITY,
        "scim_provisioning_unity_expected_organization_id": SECOND_UNITY,
    }


def test_the_organizations_of_a_key(pair: Pair) -> None:
    pair.begin(change=portal)
    run = pair.inventory(*fleet(pair, provider_id=None), "--graph", env={"JUMPCLOUD_ORGANIZATION_ID": SECOND})
    assert (run.rc, run.output, calls(run)) == (0, GRAPH, ["GET /api/organizations"])


def test_only_what_the_guide_names_is_called(pair: Pair) -> None:
    """The scopes that a service account needs are generated from this list."""
    pair.begin(change=portal)
    spec = importlib.util.spec_from_file_location("scopes", ROOT / "scripts" / "scopes.py")
    assert spec and spec.loader
    scopes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scopes)
    runs = [pair.inventory(*fleet(pair, **change), "--graph") for change in ({}, {"provider_id": None})]
    published = scopes.published_scopes()
    called = sorted({scopes.operation_of(entry["method"], entry["path"], published) for run in runs for entry in run.entries})
    named = yaml.safe_load((ROOT / "tests" / "contracts" / "called_operations.yml").read_text(encoding="utf-8"))
    assert called == named["jumpcloud_organizations"]


def test_a_thousand_organizations(pair: Pair) -> None:
    def thousand(seed: Seed) -> None:
        portal(seed)
        seed["jumpcloud"]["organizations"] += [{"id": f"{number:024x}", "name": f"Customer {number % 500}"} for number in range(997)]

    pair.begin(change=thousand)
    run = pair.inventory(*fleet(pair), "--list")
    assert len(hosts(run)) == 1000 and len(calls(run)) <= 11
    # two of one name: both have their id behind it
    assert {f"customer-7-{7:024x}", f"customer-7-{507:024x}"} <= set(hosts(run)) and "customer-7" not in hosts(run)


def test_a_service_account(pair: Pair) -> None:
    def with_client(seed: Seed) -> None:
        portal(seed)
        seed["jumpcloud"]["oauth_clients"][0]["providers"] = [PROVIDER]

    pair.begin(change=with_client)
    given = {"JUMPCLOUD_API_KEY": "", "JUMPCLOUD_CLIENT_ID": "example-client", "JUMPCLOUD_CLIENT_SECRET": "SENTINEL-client-secret-55d0"}
    run = pair.inventory(*fleet(pair), "--graph", env=given)
    assert (run.output, calls(run)) == (GRAPH, ["POST /oauth2/token", f"GET {LISTED}"])


def test_a_vaulted_key(pair: Pair) -> None:
    pair.begin(change=portal)
    password = pair.machine / "password"
    password.write_text("SENTINEL-vault-password-5e1d", encoding="utf-8")
    pair.more_secrets.append("SENTINEL-vault-password-5e1d")
    ansible_vault = str(Path(default_ansible_playbook()).parent / "ansible-vault")
    encrypt = [ansible_vault, "encrypt_string", "--vault-password-file", str(password), "--stdin-name", "api_key"]
    made = subprocess.run(encrypt, input=API_KEY, capture_output=True, text=True, check=True).stdout
    arguments = fleet(pair)
    path = Path(arguments[1])
    path.write_text(path.read_text(encoding="utf-8") + made, encoding="utf-8")
    unset: dict[str, str | None] = {"JUMPCLOUD_API_KEY": None}
    assert pair.inventory(*arguments, "--graph", "--vault-password-file", str(password), env=unset).output == GRAPH
    without = pair.inventory(*arguments, "--graph", env={**unset, **STRICT})
    assert without.rc == 1 and "no vault secrets" in without.output.lower() and calls(without) == []


def test_a_cache_asks_nothing_and_holds_no_secret(pair: Pair) -> None:
    pair.begin(change=portal)
    cache = pair.temporary / "cache"
    arguments = fleet(pair, cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(cache), api_key=API_KEY)
    first, second = (pair.inventory(*arguments, "--list") for _unused in range(2))
    assert (calls(first), calls(second)) == ([f"GET {LISTED}"], [])
    assert shown(first) == shown(second)
    assert any("Söhne" in text or "S\\u00f6hne" in text.replace("\\\\", "\\") for text in files_below(cache).values())
    for file in cache.iterdir():
        file.write_text("{", encoding="utf-8")
    damaged = pair.inventory(*arguments, "--graph")
    assert damaged.said("The cache of the inventory can't be read (", "so JumpCloud is asked.") and calls(damaged) == [f"GET {LISTED}"]


# ---- what is refused, with a way out


def partly(seed: Seed) -> None:
    """The key reaches one of the organizations, and no provider."""
    portal(seed)
    seed["jumpcloud"]["api_keys"][0].update(organizations=[JUMPCLOUD_ORGANIZATION], providers=[])


def twice(seed: Seed) -> None:
    portal(seed)
    seed["jumpcloud"]["organizations"][2]["name"] = "Example Studio"


@pytest.mark.parametrize(
    "change, given, said",
    [
        (partly, {}, [f'cannot list the organizations of the provider "{PROVIDER}": HTTP 403', "leave provider_id out to list the organizations"]),
        (portal, {"provider_id": "0" * 24}, ["HTTP 404", "No such provider is known there. Check provider_id and region"]),
        (
            partly,
            {"provider_id": None},
            [f'names "{SECOND}"', "which is not among the 1 organization that JumpCloud shows. Correct or remove what is wrong, or"],
        ),
        (portal, {"unity_organizations": {"Example Studios": ORGANIZATION}}, ['names "Example Studios" (did you mean "Example Studio"?), which is not among']),
        (portal, {"unity_organizations": {"Trial": ORGANIZATION, SECOND: ORGANIZATION}}, ["two pairs would fight over its people. Leave it to one of them."]),
        (twice, {}, [f'names "Example Studio", and JumpCloud has more than one of that name: {JUMPCLOUD_ORGANIZATION}, {TRIAL}. Use the ID.']),
        (portal, {"unity_organisations": {}}, ['This plugin has no option "unity_organisations" (did you mean "unity_organizations"?).']),
        (portal, {"region": "mars"}, ['JUMPCLOUD_REGION) must be us or eu or in, not "mars"']),
    ],
)
def test_bad_input(pair: Pair, change: Any, given: dict[str, Any], said: list[str]) -> None:
    pair.begin(change=change)
    run = pair.inventory(*fleet(pair, **given), "--graph", env=STRICT)
    assert run.rc == 1 and run.said(*said), run.output
    assert "Traceback" not in run.output


def test_a_provider_without_organizations(pair: Pair) -> None:
    def empty(seed: Seed) -> None:
        portal(seed)
        seed["jumpcloud"]["providers"][0]["organizations"] = []

    pair.begin(change=empty)
    run = pair.inventory(*fleet(pair, unity_organizations={}), "--graph", env=STRICT)
    assert run.rc == 0 and "example-studio" not in run.output
    assert run.said(f'The provider "{PROVIDER}" has no organizations, so the inventory is empty. Check provider_id and region'), run.output
    # with a mapping, somebody is missing
    assert pair.inventory(*fleet(pair), "--graph", env=STRICT).rc == 1


@pytest.mark.parametrize(
    "lie, is_told",
    [({"lost_after": 2}, True), ({"total": "too_many"}, True), ({"total": "zero"}, False), ({"cap": 2}, False), ({"beyond_end": 404}, False)],
)
def test_a_list_is_whole_or_an_error(pair: Pair, lie: dict[str, Any], is_told: bool) -> None:
    pair.begin(change=portal)
    pair.tenants.control("POST", "lies", json={"service": "jumpcloud", "path": "/providers/", **lie})
    run = pair.inventory(*fleet(pair), "--graph", env=STRICT)
    if is_told:
        assert run.rc == 1 and run.said("The list of organizations is not whole"), run.output
    else:
        assert (run.rc, run.output) == (0, GRAPH)


# ---- the playbooks


def test_each_host_is_its_own_pair(pair: Pair) -> None:
    """UNITY_ORGANIZATION_ID is set, as it often is where one pair was enough, and no host takes it for its own."""
    pair.begin(change=portal)
    where = fleet(pair)
    run = pair.play("provision", *where, extra_vars={"scim_provisioning_hosts": "mapped"})
    assert run.rc == 0, run.output[-3000:]
    state = pair.state()
    urls = {known["id"]: (known["integration"] or {}).get("base_url") for known in state["jumpcloud"]["applications"]}
    assert urls[APPLICATION].endswith(f"/tenants/{ORGANIZATION}") and urls[SECOND_APPLICATION].endswith(f"/tenants/{SECOND_UNITY}")
    accounts = {known["genesis_id"]: [account["name"] for account in known["service_accounts"]] for known in state["unity"]["organizations"]}
    assert accounts == {ORGANIZATION: ["JumpCloud SCIM"], SECOND_UNITY: ["JumpCloud SCIM"]}
    pair.tenants.settle()
    people = {genesis_id: sorted(user["userName"] for user in pair.state()["scim"][genesis_id] if "userName" in user) for genesis_id in MAPPING.values()}
    assert people == {ORGANIZATION: ["ada@example.com", "alan@example.com", "grace@example.com"], SECOND_UNITY: ["erika@example.com"]}
    again = pair.play("provision", *where, extra_vars={"scim_provisioning_hosts": "mapped"})
    assert again.rc == 0 and again.writes == []
    # what each hands over is its own
    assert set(again.custom_stats["artifacts"]) == {"example-studio", "muller-sohne"}


def test_a_host_without_a_unity_organization_is_refused(pair: Pair) -> None:
    pair.begin(change=portal)
    run = pair.play("provision", *fleet(pair), extra_vars={"scim_provisioning_hosts": "trial"})
    assert run.rc != 0 and run.writes == []
    run.failed(f'The Unity organization is "{ORGANIZATION}", but "unmapped" is expected. Nothing was changed.')


def test_a_variable_for_all_hosts_does_not_make_two_pairs_one(pair: Pair) -> None:
    pair.begin(change=portal)
    run = pair.play("provision", *fleet(pair), extra_vars={"scim_provisioning_hosts": "mapped", "scim_provisioning_unity_organization_id": ORGANIZATION})
    assert run.rc != 0 and f'The Unity organization is "{ORGANIZATION}", but "{SECOND_UNITY}" is expected.' in run.output.replace("\\", "")
    assert pair.state()["unity"]["organizations"][1]["service_accounts"] == []


# ---- AWX


def test_awx_reads_the_inventory_and_runs_jobs_with_it(pair: Pair) -> None:
    """AWX hands ansible-runner a whole command line in the file `args`, and stores what comes out as JSON; a job gets that from a script."""
    pair.begin(change=portal)
    source = fleet(pair)[1]
    private = pair.machine / "runner"
    (private / "env").mkdir(parents=True)
    output = private / "output.json"
    command = [str(Path(default_ansible_playbook()).parent / "ansible-inventory"), "--list", "--export", "-i", source, "--playbook-dir", str(pair.machine)]
    (private / "args").write_text(shlex.join([*command, "--output", str(output), "-v"]), encoding="utf-8")
    environment = {**pair.prepared("preflight", {})[1], **OF_AWX}
    (private / "env" / "envvars").write_text(json.dumps(environment), encoding="utf-8")
    done = ansible_runner.run(private_data_dir=str(private), ident="1", quiet=True)
    said = done.stdout.read()
    assert (done.status, done.rc) == ("successful", 0), said
    stored = output.read_text(encoding="utf-8")
    pair.require_no_secret({"stored": stored, "output": said})
    assert sorted(json.loads(stored)["_meta"]["hostvars"]) == ["example-studio", "muller-sohne", "trial"]
    assert json.loads(stored)["mapped"] == {"hosts": ["example-studio", "muller-sohne"]}
    script = pair.machine / "inventory.sh"
    script.write_text(f"#!/bin/sh\nexec cat '{output}'\n", encoding="utf-8")
    script.chmod(0o700)
    job = pair.play("preflight", "-i", str(script), extra_vars={"scim_provisioning_hosts": "mapped"})
    assert job.rc == 0, job.output[-3000:]
    asked = {entry["path"] for entry in job.entries}
    assert {f"/auth/v1/organizations/{unity}/sso" for unity in MAPPING.values()} <= asked
    assert {f"/api/v2/applications/{application}/associations" for application in (APPLICATION, SECOND_APPLICATION)} <= asked


def test_awx_says_why_there_is_no_inventory(pair: Pair) -> None:
    pair.begin(change=partly)
    run = pair.inventory("--list", "--export", *fleet(pair), env=OF_AWX)
    assert run.rc == 1 and run.said("leave provider_id out to list the organizations that the credentials reach")
