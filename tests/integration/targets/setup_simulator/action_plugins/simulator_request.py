# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request to the simulator. ansible.builtin.uri would start a module process for each, and the targets make hundreds.

Since this is loaded before the workers are forked, so is what the lookup plugin url needs: else each worker whose task looks at the simulator loads it.
"""

from __future__ import annotations

import json
import urllib.error

from ansible.module_utils.urls import open_url
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader

lookup_loader.get("ansible.builtin.url", class_only=True)


class ActionModule(ActionBase):
    """Arguments: url, method, body, headers, http_agent, and the status that is expected. Returns the answer as json."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        arguments = self._task.args
        body = json.dumps(arguments["body"]).encode() if "body" in arguments else None
        headers = {"Content-Type": "application/json", **arguments.get("headers", {})}
        try:
            answer = open_url(arguments["url"], body, headers, arguments["method"], http_agent=arguments.get("http_agent"), timeout=30)
            status, text = answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            status, text = answer.code, answer.read()
        result["json"] = json.loads(text) if text else None
        expected = arguments["status"] if isinstance(arguments["status"], list) else [arguments["status"]]
        if status not in [int(one) for one in expected]:
            result.update(failed=True, msg=f"{arguments['method']} {arguments['url']}: HTTP {status}, and not {expected}: {text.decode()}")
        return result
