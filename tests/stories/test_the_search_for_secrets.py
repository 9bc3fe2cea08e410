# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search that follows each run really finds what it looks for. Otherwise its silence would prove nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from simulator.testing import API_KEY, TOKEN
from stories.pair import Pair
from stories.secrecy import find_secrets

SECRET = "Zk8/q+SENTINEL=made"
LEAK = """
- name: Leak
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Say a secret
      ansible.builtin.debug:
        msg: "{{ lookup('ansible.builtin.env', 'JUMPCLOUD_API_KEY') | b64encode }}"

    - name: Leave a secret in a temporary file
      ansible.builtin.copy:
        content: "{{ lookup('ansible.builtin.env', 'UNITY_ACCESS_TOKEN') }}"
        dest: "{{ lookup('ansible.builtin.env', 'TMPDIR') }}/left"
        mode: "0600"
      no_log: true

    - name: Pass a secret as an argument
      ansible.builtin.command:
        argv: ["{{ ansible_playbook_python }}", "-c", "import sys, time; time.sleep(1)", "{{ lookup('ansible.builtin.env', 'JUMPCLOUD_API_KEY') }}"]
      no_log: true
"""


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"a URL: https://example.com/?key={quote(SECRET, safe='')}&more",
        f"base64: {base64.b64encode(SECRET.encode()).decode()}",
        *(f"Basic {base64.b64encode((key_id + ':' + SECRET).encode()).decode()}" for key_id in ("k", "ke", "key", "2b6f0cc9-0000-4000-8000-acc000000001")),
        quote(base64.b64encode(f"key:{SECRET}".encode()).decode(), safe=""),
    ],
)
def test_each_form_of_a_secret_is_found(text: str) -> None:
    assert find_secrets([SECRET], {"log": f"before {text} after"}) == [f"log: a form of {SECRET[:14]}..."]


def test_innocent_text_is_not_found() -> None:
    assert find_secrets([SECRET], {"log": f"{SECRET[:-1]} {base64.b64encode(b'key:another secret of some length').decode()}"}) == []


def test_leaks_of_a_run_are_found(pair: Pair, tmp_path: Path) -> None:
    leaky = tmp_path / "leak.yml"
    leaky.write_text(LEAK, encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        pair.play(str(leaky))
    found = str(caught.value)
    for place in ("output", "process arguments", "ansible-1.log", "results-1.jsonl"):
        assert f"{place}: a form of {API_KEY[:14]}" in found, place
    assert f"{pair.temporary}/left: a form of {TOKEN[:14]}" in found
