# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin jumpcloud_organizations: the exact calls, the cache, the hosts, and what is refused before anything is asked."""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible_collections.unity_jumpcloud.scim.plugins.doc_fragments import connection, jumpcloud
from ansible_collections.unity_jumpcloud.scim.plugins.inventory import jumpcloud_organizations
from ansible_collections.unity_jumpcloud.scim.plugins.inventory.jumpcloud_organizations import ARGUMENTS, DOCUMENTATION, EXAMPLES, NOT_ASKED, InventoryModule
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http import transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_organizations import run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import API_KEY, PAGE, V1_PAGE, v1

NAME = InventoryModule.NAME
A, B = "a" * 24, "b" * 24
PROVIDER = "c" * 24
UNITY, OTHER = "12345678901234", "12345678905678"
ROWS = v1({"_id": A, "displayName": "Acme", "logoUrl": None}, {"_id": B, "displayName": "Beta"})
FRAGMENTS = {
    "unity_jumpcloud.scim.jumpcloud.across_organizations": jumpcloud.ModuleDocFragment.ACROSS_ORGANIZATIONS,
    "unity_jumpcloud.scim.connection": connection.ModuleDocFragment.DOCUMENTATION,
    "ansible.builtin.constructed": constructed.ModuleDocFragment.DOCUMENTATION,
    "ansible.builtin.inventory_cache": inventory_cache.ModuleDocFragment.DOCUMENTATION,
}
DOCUMENTED = yaml.safe_load(DOCUMENTATION)
OPTIONS: dict[str, t.Any] = DOCUMENTED["options"] | {
    name: option for fragment in DOCUMENTED["extends_documentation_fragment"] for name, option in yaml.safe_load(FRAGMENTS[fragment])["options"].items()
}


class Inventories:
    """Files of this plugin, and the inventories that are made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loader = DataLoader()
        self.warnings: list[str] = []

    def write(self, name: str = "fleet.yml", **given: t.Any) -> Path:
        path = self.folder / name
        path.write_text(json.dumps({"plugin": NAME, **given}), encoding="utf-8")
        return path

    def parse(self, path: Path, cache: bool = True, inventory: InventoryData | None = None) -> InventoryData:
        """``inventory``: what other sources have made of it so far."""
        constants.config.initialize_plugin_configuration_definitions("inventory", NAME, OPTIONS)
        made = InventoryModule()
        # what Ansible's loader sets
        made._load_name, made.ansible_name, made._redirected_names = NAME, NAME, [NAME]
        made.display = type("Display", (), {"warning": lambda _self, text: self.warnings.append(text)})()
        inventory = inventory or InventoryData()
        made.parse(inventory, self.loader, str(path), cache)
        if hasattr(made, "_cache"):
            made.update_cache_if_changed()
        return inventory

    def of(self, **given: t.Any) -> InventoryData:
        return self.parse(self.write(**given))

    def refuses(self, **given: t.Any) -> str:
        """The message of the refusal."""
        with pytest.raises(AnsibleParserError) as caught:
            self.of(**given)
        assert "\n" not in caught.value.message
        return t.cast(str, caught.value.message)


@pytest.fixture
def inventories(tmp_path: Path, http: ExactCalls, time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> Inventories:
    patched = functools.partial(Context, clock=time.clock, open_session=http.open_session)
    monkeypatch.setattr(jumpcloud_organizations, "Context", patched)
    monkeypatch.setenv("JUMPCLOUD_API_KEY", API_KEY)
    return Inventories(tmp_path)


def expect_organizations(http: ExactCalls, **more: t.Any) -> None:
    http.expect("GET", "/api/organizations", reply(ROWS), query=V1_PAGE, without=("x-org-id",), **more)


def hosts(inventory: InventoryData) -> dict[str, dict[str, t.Any]]:
    return {name: host.get_vars() for name, host in inventory.hosts.items()}


# ---- documentation


def test_options_are_documented_as_they_are() -> None:
    spec = ARGUMENTS.options
    ansible = {"plugin", *yaml.safe_load(FRAGMENTS["ansible.builtin.constructed"])["options"]}
    assert set(OPTIONS) == set(spec) | ansible | set(yaml.safe_load(FRAGMENTS["ansible.builtin.inventory_cache"])["options"])
    for option, facts in spec.items():
        said = OPTIONS[option]
        assert [said.get(field) for field in ("type", "choices", "default")] == [facts.get(field) for field in ("type", "choices", "default")], option
        variables = facts["fallback"][1] if "fallback" in facts else []
        assert all("E(%s)" % variable in " ".join(said["description"]) for variable in variables), option
    assert DOCUMENTED["name"] == NAME.rpartition(".")[2] and OPTIONS["plugin"]["choices"] == [NAME]


def test_examples_have_known_options_only() -> None:
    examples = list(yaml.safe_load_all(EXAMPLES))
    assert len(examples) == 3
    for given in examples:
        assert given["plugin"] == NAME and set(given) <= set(OPTIONS)


# ---- hosts


def test_organizations_of_a_key(http: ExactCalls, inventories: Inventories) -> None:
    expect_organizations(http, headers={"x-api-key": API_KEY})
    inventory = inventories.of(unity_organizations={"Acme": UNITY})
    found = hosts(inventory)
    assert list(found) == ["acme", "beta"]
    assert found["acme"]["scim_provisioning_unity_organization_id"] == UNITY
    assert found["beta"]["scim_provisioning_jumpcloud_organization_id"] == B and found["beta"]["ansible_connection"] == "local"
    assert found["beta"]["jumpcloud_organization"] == {"id": B, "name": "Beta", "logo_url": None, "max_system_users": None}
    groups = inventory.get_groups_dict()
    assert (groups["mapped"], groups["unmapped"]) == (["acme"], ["beta"])
    assert inventories.warnings == []


def test_organizations_of_a_provider_with_a_service_account(http: ExactCalls, inventories: Inventories, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"API_KEY": "", "CLIENT_ID": "client", "CLIENT_SECRET": "secret-of-client", "REGION": "", "ORGANIZATION_ID": "not asked"}.items():
        monkeypatch.setenv("JUMPCLOUD_" + name, value)
    http.expect(
        "POST",
        "https://admin-oauth.id.eu.jumpcloud.com/oauth2/token",
        reply({"access_token": "made-token"}),
        form={"scope": "api", "grant_type": "client_credentials"},
    )
    http.expect(
        "GET",
        "https://console.eu.jumpcloud.com/api/v2/providers/%s/organizations" % PROVIDER,
        reply(v1({"id": A, "name": "Acme", "maxSystemUsers": 25})),
        query=PAGE,
        headers={"Authorization": "Bearer made-token"},
        without=("x-org-id",),
    )
    found = hosts(inventories.of(provider_id=PROVIDER, region="EU", unity_organizations={A: int(UNITY)}, host_names="id"))
    assert found[A]["jumpcloud_organization"]["max_system_users"] == 25
    assert (found[A]["scim_provisioning_jumpcloud_region"], found[A]["scim_provisioning_unity_organization_id"]) == ("eu", UNITY)


def test_options_may_be_templates(http: ExactCalls, inventories: Inventories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUMPCLOUD_API_KEY")
    expect_organizations(http, headers={"x-api-key": "KEY-IN-CAPITALS"})
    given = {"api_key": "{{ 'key-in-capitals' | upper }}", "region": "{{ '' }}"}
    assert hosts(inventories.of(**given, unity_organizations={"Acme": "{{ %s }}" % UNITY}))["acme"]["scim_provisioning_unity_organization_id"] == UNITY


def test_variables_and_groups_of_ones_own(http: ExactCalls, inventories: Inventories) -> None:
    expect_organizations(http)
    inventory = inventories.of(
        compose={"report": "'/reports/' ~ inventory_hostname", "label": "jumpcloud_organization.name | upper"},
        groups={"betas": "jumpcloud_organization.name == 'Beta'"},
        keyed_groups=[{"key": "scim_provisioning_jumpcloud_region", "prefix": "region"}],
        strict=True,
    )
    assert hosts(inventory)["acme"]["report"] == "/reports/acme" and hosts(inventory)["acme"]["label"] == "ACME"
    groups = inventory.get_groups_dict()
    assert (groups["betas"], groups["region_us"]) == (["beta"], ["acme", "beta"])


def test_strict(http: ExactCalls, inventories: Inventories) -> None:
    given = {"compose": {"report": "nobody_knows"}}
    expect_organizations(http)
    assert "report" not in hosts(inventories.of(**given))["acme"]
    expect_organizations(http)
    with pytest.raises(AnsibleError, match="Could not set report for host acme"):
        inventories.of(**given, strict=True)


def test_a_name_is_never_a_template(http: ExactCalls, inventories: Inventories) -> None:
    name = "{{ 7 * 6 }}"
    http.expect("GET", "/api/organizations", reply(v1({"_id": A, "displayName": name})), query=V1_PAGE)
    found = hosts(inventories.of(compose={"label": "jumpcloud_organization.name"}, groups={"found": "'42' in jumpcloud_organization.name"}))
    assert list(found) == ["7-6"]
    assert found["7-6"]["label"] == found["7-6"]["jumpcloud_organization"]["name"] == name


def expect_the_other_region(http: ExactCalls) -> None:
    http.expect("GET", "https://console.eu.jumpcloud.com/api/organizations", reply(v1({"_id": "d" * 24, "displayName": "Acme"})), query=V1_PAGE)


def test_two_files_with_an_organization_of_one_name(http: ExactCalls, inventories: Inventories) -> None:
    expect_organizations(http)
    inventory = inventories.of(unity_organizations={"Acme": UNITY})
    before = (hosts(inventory), inventory.get_groups_dict())
    second: dict[str, t.Any] = {"name": "eu.yml", "region": "eu"}
    for unity_id, more, said in ((OTHER, {}, 'has the host "acme" for'), (UNITY, {"host_names": "id"}, 'for the host "acme"')):
        expect_the_other_region(http)
        with pytest.raises(AnsibleParserError, match=said) as caught:
            inventories.parse(inventories.write(**second, **more, unity_organizations={"Acme": unity_id}), inventory=inventory)
        assert "\n" not in caught.value.message
        # a file that is refused leaves nothing behind
        assert (hosts(inventory), inventory.get_groups_dict()) == before
    expect_the_other_region(http)
    inventories.parse(inventories.write(**second, host_names="id", unity_organizations={"Acme": OTHER}), inventory=inventory)
    assert {host: found.get("scim_provisioning_unity_organization_id") for host, found in hosts(inventory).items()} == {
        "acme": UNITY,
        "beta": None,
        "d" * 24: OTHER,
    }


# ---- the cache


def cached(inventories: Inventories, **given: t.Any) -> dict[str, t.Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(inventories.folder / "cache"), **given}


def test_a_second_run_asks_nothing(http: ExactCalls, inventories: Inventories) -> None:
    expect_organizations(http)
    path = inventories.write(**cached(inventories, api_key=API_KEY))
    first = hosts(inventories.parse(path))
    # the mapping is not remembered
    assert "scim_provisioning_unity_organization_id" not in first["acme"]
    path = inventories.write(**cached(inventories, unity_organizations={"Acme": UNITY}))
    second = hosts(inventories.parse(path))
    assert second["acme"]["scim_provisioning_unity_organization_id"] == UNITY and second["beta"] == first["beta"]
    (file,) = (inventories.folder / "cache").iterdir()
    assert API_KEY not in file.read_text(encoding="utf-8")
    expect_organizations(http)
    inventories.parse(path, cache=False)


def test_an_organization_that_is_newer_than_the_cache(http: ExactCalls, inventories: Inventories) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": B, "displayName": "Beta"})), query=V1_PAGE)
    assert list(hosts(inventories.of(**cached(inventories)))) == ["beta"]
    expect_organizations(http)
    given = cached(inventories, unity_organizations={"Acme": UNITY})
    assert list(hosts(inventories.of(**given))) == list(hosts(inventories.of(**given))) == ["acme", "beta"]


@pytest.mark.parametrize("change", [{"provider_id": PROVIDER}, {"region": "in"}, {"console_url": "https://console.example.com"}])
def test_another_place_is_another_entry(http: ExactCalls, inventories: Inventories, change: dict[str, str]) -> None:
    expect_organizations(http)
    inventories.of(**cached(inventories))
    if "provider_id" in change:
        http.expect("GET", "/api/v2/providers/%s/organizations" % PROVIDER, reply(v1({"id": A})), query=PAGE)
    else:
        expect_organizations(http)
    inventories.of(**cached(inventories, **change))


@pytest.mark.parametrize("found", [{}, "text", [{"id": A}], [7], [{"id": 7, "name": None, "logo_url": None, "max_system_users": None}]])
def test_what_else_may_be_in_the_cache(http: ExactCalls, context: Context, found: t.Any) -> None:
    expect_organizations(http)
    options = {**dict.fromkeys(NOT_ASKED), **params(ARGUMENTS, api_key=API_KEY)}
    assert list(run(options, context, found).variables) == ["acme", "beta"]


@pytest.mark.parametrize("text", ["{", '"text"', "[7]", ""])
def test_a_damaged_cache_is_read_anew(http: ExactCalls, inventories: Inventories, text: str) -> None:
    for _unused in range(2):
        expect_organizations(http)
    inventories.of(**cached(inventories))
    (file,) = (inventories.folder / "cache").iterdir()
    file.write_text(text, encoding="utf-8")
    assert list(hosts(inventories.of(**cached(inventories)))) == ["acme", "beta"]
    # old versions of Ansible hand over whatever is JSON
    assert inventories.warnings or text in ('"text"', "[7]")
    assert all(said.startswith("The cache of the inventory can't be read (") and said.endswith("so JumpCloud is asked.") for said in inventories.warnings)
    assert list(hosts(inventories.of(**cached(inventories)))) == ["acme", "beta"]


# ---- what is refused


@pytest.mark.parametrize(
    "given, said",
    [
        ({"unity_organisations": {}}, 'This plugin has no option "unity_organisations" (did you mean "unity_organizations"?). Correct it, or remove it.'),
        ({"client_id": "x", "client_secret": "y"}, "parameters are mutually exclusive: api_key|client_id."),
        ({"client_secret": "y"}, "parameters are required together: client_id, client_secret."),
        ({"region": "mars"}, 'region (scim_provisioning_jumpcloud_region, JUMPCLOUD_REGION) must be us or eu or in, not "mars".'),
        ({"unity_organizations": {"Acme": UNITY, "Beta": UNITY}}, "two pairs would fight over its people"),
        ({"unity_organizations": {"Acme": None}}, 'no ID of a Unity organization for "Acme"'),
        ({"concurrency": 0}, "concurrency (scim_provisioning_concurrency) must be between 1 and 32, not 0."),
        ({"console_url": "http://console.example.com"}, "must start with https://"),
    ],
)
def test_what_is_refused_before_anything_is_asked(inventories: Inventories, given: dict[str, t.Any], said: str) -> None:
    assert said in inventories.refuses(**given)


def test_without_credentials(inventories: Inventories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUMPCLOUD_API_KEY", "")
    said = inventories.refuses()
    assert said.startswith("No credentials for JumpCloud. Set api_key (")
    assert "JUMPCLOUD_CLIENT_ID" in said and "JUMPCLOUD_CLIENT_SECRET" in said


def test_without_requests(inventories: Inventories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "requests", None)
    assert "pip install 'requests>=2.28'" in inventories.refuses()


def test_a_mapped_organization_that_the_key_does_not_see(http: ExactCalls, inventories: Inventories) -> None:
    expect_organizations(http)
    assert 'names "Gamma", which is not among the 2 organizations that JumpCloud shows.' in inventories.refuses(unity_organizations={"Gamma": UNITY})


@pytest.mark.parametrize(
    "given, path, said",
    [
        ({}, "/api/organizations", "The JumpCloud credentials reach no organization, so the inventory is empty. Check whose"),
        (
            {"provider_id": PROVIDER},
            "/api/v2/providers/%s/organizations" % PROVIDER,
            'The provider "%s" has no organizations, so the inventory is empty.' % PROVIDER,
        ),
    ],
)
def test_no_organizations(http: ExactCalls, inventories: Inventories, given: dict[str, str], path: str, said: str) -> None:
    http.expect("GET", path, reply(v1()), query=PAGE if given else V1_PAGE)
    assert hosts(inventories.of(**given)) == {}
    (warning,) = inventories.warnings
    assert warning.startswith(said)


def test_a_refusal_does_not_show_the_key(http: ExactCalls, inventories: Inventories) -> None:
    http.expect("GET", "/api/organizations", reply({"code": 16, "message": "bad key %s" % API_KEY, "status": "X"}, 401), query=V1_PAGE)
    said = inventories.refuses()
    assert "HTTP 401: bad key ********" in said and API_KEY not in said


def test_a_retry_is_told(http: ExactCalls, inventories: Inventories) -> None:
    http.expect("GET", "/api/organizations", reply({"message": "try %s" % API_KEY}, 503), query=V1_PAGE)
    expect_organizations(http)
    inventories.of()
    (warning,) = inventories.warnings
    assert "503" in warning and API_KEY not in warning


@pytest.mark.parametrize("name, taken", [("fleet.yml", True), ("fleet.yaml", True), ("fleet.ini", False), ("fleet", False)])
def test_which_files_it_takes(inventories: Inventories, name: str, taken: bool) -> None:
    assert InventoryModule().verify_file(str(inventories.write(name))) is taken
    assert InventoryModule().verify_file(str(inventories.folder / "missing.yml")) is False
