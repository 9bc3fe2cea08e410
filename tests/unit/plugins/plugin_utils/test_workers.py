# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a worker of ansible-playbook finds done already, once an action plugin of this collection was loaded."""

from __future__ import annotations

import json
import subprocess
import sys

WORKER = """
import gc, json, os, sys
from ansible.plugins.loader import action_loader, connection_loader, filter_loader, init_plugin_loader, lookup_loader, test_loader

init_plugin_loader()
action_loader.get("unity_jumpcloud.scim.unity_scim_connector", class_only=True)
loaded = set(sys.modules)
if os.fork():
    os.wait()
else:
    for name in ("ansible.builtin.b64encode", "ansible.builtin.urlsplit", "unity_jumpcloud.scim.absolute_path"):
        filter_loader.get(name)
    for name in ("ansible.builtin.changed", "ansible.builtin.version"):
        test_loader.get(name)
    lookup_loader.get("ansible.builtin.env")
    connection_loader.get("local", class_only=True)
    # the loader makes empty packages as well, which cost nothing
    modules = [name for name in set(sys.modules) - loaded if getattr(sys.modules[name], "__file__", None) and not hasattr(sys.modules[name], "__path__")]
    print(json.dumps({"loaded again": modules, "is frozen": gc.get_freeze_count() > 0}))
"""


def test_a_worker_loads_no_plugin_again_and_searches_no_garbage_of_its_parent() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", WORKER], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"loaded again": [], "is frozen": True}, done.stderr
