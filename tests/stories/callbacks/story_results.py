# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback for the stories: what each task came to, a JSON line each. It sees what every callback sees, so no_log holds for it."""

from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: story_results
type: aggregate
short_description: Write the result of each task to a file, a JSON line each
description:
  - Appends to the file that the environment variable E(STORY_RESULTS) names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "story_results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, line):
        with open(os.environ["STORY_RESULTS"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, default=str) + "\n")

    def _finished(self, status, result):
        # ansible-core 2.19 made these public
        values = result.result if hasattr(result, "result") else result._result  # pylint: disable=protected-access
        self._write({"task": result.task_name, "status": status, "result": values})

    def v2_runner_on_ok(self, result):
        self._finished("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._finished("failed", result)

    def v2_runner_on_skipped(self, result):
        self._finished("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._finished("unreachable", result)

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in stats.processed}
        self._write({"stats": hosts, "custom": stats.custom})
