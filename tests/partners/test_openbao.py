# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's stores in Vault, as they are printed, with OpenBao, whose API and command are Vault's: through every state that a store can be in."""

from __future__ import annotations

import json
import os
from typing import Any, Iterator

import pytest
import requests
from partners.partner import free_port, needs, printed, program, running
from simulator.testing import ORGANIZATION
from stories.pair import GROUPS, Pair, account_of, finished, read_seed

pytestmark = needs("bao")

ROOT_TOKEN = "SENTINEL-openbao-root-token-6c0e"
DATA = "secret/data/unity/scim"
RECIPES = {"api": "HashiCorp Vault, through its API", "command": "HashiCorp Vault, through its command"}
FOREIGN = {"key_id": "somebody-elses", "secret_key": "SENTINEL-of-somebody-else-11d2"}
KEY = account_of(read_seed("configured"))["keys"][0]
# what a run would have stored
STORED = {"key_id": KEY["id"], "secret_key": KEY["secret"]}
FASTER = """\
- name: Somebody else was faster
  ansible.builtin.uri:
    url: "{{ lookup('ansible.builtin.env', 'VAULT_ADDR') }}/v1/%s"
    method: POST
    headers:
      X-Vault-Token: %s
    body_format: json
    body:
      data: %s
  no_log: true

"""


class Store:
    """An OpenBao in development mode, whose engine KV is of version 2, as somebody sees it who may do everything."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tokens: dict[str, str] = {}

    def call(self, method: str, path: str, **body: Any) -> requests.Response:
        return requests.request(method, f"{self.url}/v1/{path}", headers={"X-Vault-Token": ROOT_TOKEN}, json=body or None, timeout=30)

    def done(self, method: str, path: str, **body: Any) -> Any:
        answer = self.call(method, path, **body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def allow(self, name: str, rules: str) -> None:
        self.done("PUT", f"sys/policies/acl/{name}", policy=rules)
        self.tokens[name] = self.done("POST", "auth/token/create", policies=[name], no_default_policy=True)["auth"]["client_token"]

    @property
    def versions(self) -> list[str]:
        """What became of each version, in their order."""
        answer = self.call("GET", DATA.replace("data", "metadata", 1))
        if answer.status_code == 404:
            return []
        found = answer.json()["data"]["versions"].items()
        return [
            "destroyed" if one["destroyed"] else "deleted" if one["deletion_time"] else "there" for _number, one in sorted(found, key=lambda item: int(item[0]))
        ]

    @property
    def key(self) -> dict[str, str]:
        found: dict[str, str] = self.done("GET", DATA)["data"]["data"]
        return found


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("openbao")
    address = f"127.0.0.1:{free_port()}"
    store = Store(f"http://{address}")

    def is_ready() -> bool:
        try:
            return store.call("GET", "secret/config").status_code == 200
        except requests.ConnectionError:
            return False

    command = [str(program("bao")), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address={address}"]
    with running(command, {"PATH": os.defpath, "HOME": str(folder)}, folder / "log", is_ready):
        store.allow("writer", printed("guide_keys", "HashiCorp Vault, through its API", "policy"))
        store.allow("reader", 'path "secret/data/unity/scim" { capabilities = ["read"] }')
        store.allow("stranger", 'path "secret/data/of/others" { capabilities = ["read"] }')
        yield store


@pytest.fixture(params=RECIPES)
def store(openbao: Store, pair: Pair, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Empty, with the guide's files for it on the machine; as `vault`, OpenBao's command is on PATH."""
    openbao.done("DELETE", DATA.replace("data", "metadata", 1))
    for name in ("vault_read.yml", "vault_write.yml"):
        (pair.machine / name).write_text(printed("guide_keys", RECIPES[request.param], f":file:`{name}`:"), encoding="utf-8")
    folder = pair.machine / "bin"
    folder.mkdir()
    (folder / "vault").symlink_to(program("bao"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    pair.more_secrets += [ROOT_TOKEN, *openbao.tokens.values(), FOREIGN["secret_key"]]
    return openbao


def given(pair: Pair) -> dict[str, Any]:
    return {f"scim_provisioning_key_{name}_tasks": str(pair.machine / f"vault_{file}.yml") for name, file in (("read", "read"), ("store", "write"))}


def play(pair: Pair, store: Store, playbook: str, token: str = "writer") -> Any:
    environment: dict[str, str | None] = {"VAULT_ADDR": store.url, "VAULT_TOKEN": store.tokens[token]}
    run = pair.play(playbook, extra_vars={**given(pair), "scim_provisioning_report": str(pair.machine / "report")}, env=environment, check=playbook == "audit")
    pair.require_no_secret({str(path): path.read_text(encoding="utf-8") for path in pair.machine.glob("report.*")})
    return run


def require_one_key(pair: Pair, store: Store) -> str:
    """The stored one is the only one that lives; it is good, and JumpCloud has it."""
    key = store.key
    assert pair.keys() == [key["key_id"]]
    users = requests.get(f"{pair.url}/scim/v2/tenants/{ORGANIZATION}/Users", auth=(key["key_id"], key["secret_key"]), timeout=30)
    assert users.status_code == 200
    pair.joins(f"joined.with.{key['key_id']}@example.com", GROUPS[0])
    assert f"joined.with.{key['key_id']}@example.com" in pair.people()
    return key["key_id"]


def test_first_stored_left_alone_and_rotated(pair: Pair, store: Store) -> None:
    play(pair, store, "provision").succeeded()
    assert store.versions == ["there"]
    first = require_one_key(pair, store)
    again = play(pair, store, "provision").succeeded()
    assert (again.writes, store.versions) == ([], ["there"])
    # whoever audits need not write, and the stored key sees Unity's people
    assert play(pair, store, "audit", "reader").succeeded().custom_stats["scim_provisioning_audit"]["outcome"] == "in_sync"
    play(pair, store, "rotate_key").succeeded()
    assert store.versions == ["there", "there"] and require_one_key(pair, store) != first
    # JumpCloud's settings are lost, and the stored key is delivered again
    pair.tenants.jumpcloud("DELETE", pair.tenants.provision)
    play(pair, store, "provision").succeeded()
    assert store.versions == ["there", "there"]
    require_one_key(pair, store)


@pytest.mark.parametrize("loss, then", [("deleted", ["deleted", "there"]), ("destroyed", ["destroyed", "there"]), ("forgotten", ["there"])])
def test_a_lost_version_is_followed_by_a_new_key(pair: Pair, store: Store, loss: str, then: list[str]) -> None:
    pair.begin("configured", finished)
    store.done("POST", DATA, data=STORED)
    first = require_one_key(pair, store)
    if loss == "deleted":
        store.done("DELETE", DATA)
    elif loss == "destroyed":
        store.done("PUT", DATA.replace("data", "destroy", 1), versions=[1])
    else:
        store.done("DELETE", DATA.replace("data", "metadata", 1))
    play(pair, store, "provision").succeeded()
    assert store.versions == then and require_one_key(pair, store) != first


def test_who_may_not_read_changes_nothing(pair: Pair, store: Store) -> None:
    pair.begin("configured", finished)
    keys = pair.keys()
    run = play(pair, store, "rotate_key", "stranger").failed("Vault could not be read: ", "403")
    assert (run.writes, pair.keys(), store.versions) == ([], keys, [])


def test_who_may_not_write_keeps_the_old_key(pair: Pair, store: Store) -> None:
    pair.begin("configured", finished)
    keys, settings = pair.keys(), pair.identity_management()
    play(pair, store, "rotate_key", "reader").failed("was revoked.")
    assert (pair.keys(), pair.identity_management(), store.versions) == (keys, settings, [])


def test_somebody_who_was_faster_is_not_overwritten(pair: Pair, store: Store) -> None:
    pair.begin("configured", finished)
    store.done("POST", DATA, data=STORED)
    keys, settings = pair.keys(), pair.identity_management()
    write = pair.machine / "vault_write.yml"
    faster = FASTER % (DATA, ROOT_TOKEN, json.dumps(FOREIGN))
    write.write_text(faster + write.read_text(encoding="utf-8"), encoding="utf-8")
    play(pair, store, "rotate_key").failed("was revoked.")
    assert (pair.keys(), pair.identity_management(), store.versions, store.key) == (keys, settings, ["there", "there"], FOREIGN)
