# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Within ansible-playbook, the collection's files are compiled once, not in every run."""

from __future__ import annotations

import json
import subprocess
import sys

LOADING = """
import json, sys
from ansible.plugins.loader import action_loader, init_plugin_loader

init_plugin_loader()
action_loader.get("unity_jumpcloud.scim.scim_preflight_info", class_only=True)
ours = {name: module for name, module in sys.modules.items() if name.startswith("ansible_collections.unity_jumpcloud.scim.plugins.")}
# packages, which are empty but for this one, are Ansible's to find
print(json.dumps([name for name, module in ours.items() if not hasattr(module, "__path__") and not getattr(module, "__cached__", None)]))
"""


def test_what_an_action_plugin_imports_has_bytecode() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOADING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [], done.stderr
