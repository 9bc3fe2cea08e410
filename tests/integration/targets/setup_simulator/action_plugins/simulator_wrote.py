# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the modules' requests that write with the expected ones. Templates would read the whole log once for each time that they name it."""

from __future__ import annotations

import json

from ansible.module_utils.urls import open_url
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Arguments: url of the log, expected as "METHOD path", and seen, the number of the last request before them. Returns that of the last one now."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        arguments = self._task.args
        entries = json.load(open_url(arguments["url"], timeout=30))["entries"]
        new = [entry for entry in entries if entry["by"] == "module" and entry["n"] > int(arguments["seen"])]
        wrote = [f"{entry['method']} {entry['path']}" for entry in new if entry["write"]]
        if wrote != arguments["expected"]:
            result.update(failed=True, msg=f"Requests that wrote: {wrote}. Expected: {arguments['expected']}")
        return {**result, "seen": max([entry["n"] for entry in entries], default=0)}
