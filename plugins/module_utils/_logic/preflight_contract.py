# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What assumed endpoints answered otherwise than assumed, as a file to attach to an issue. It holds no value of the tenant."""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import NewFile, write_together
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.runbook_files import MODE, RunbookFiles

REPORT_VERSION = 1
NOT_REFUSED = "a success, since the service takes the same credentials elsewhere"


class OddAnswers:
    """Each endpoint once. An answer that leaves a step to a person is lost in the choice of the method, so it is noted when that is made."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, t.Any]] = {}

    def note(self, step: str, error: ScimError, left_to_a_person: bool) -> None:
        """``left_to_a_person``: because of it. That a service fails, or refuses credentials that it refuses elsewhere, too, says nothing of an endpoint."""
        if not isinstance(error, ApiError) or error.endpoint is None or error.shape is None:
            return
        is_unexpected = isinstance(error, (UnexpectedAnswer, AssumptionFailed))
        if is_unexpected or left_to_a_person:
            expected = t.cast(UnexpectedAnswer, error).expected if is_unexpected else NOT_REFUSED
            self._found.setdefault(
                error.endpoint, {"operation": error.operation, "endpoint": error.endpoint, "step": step, "expected": expected, **error.shape}
            )

    def as_result(self) -> list[dict[str, t.Any]]:
        return [self._found[endpoint] for endpoint in sorted(self._found)]


def report(answers: list[dict[str, t.Any]], path: str | None, runbook: str | None, context: Context) -> list[str]:
    """Write the file, if there is something to report and a path is given, and say so. No verdict is lost if it can't be written."""
    if not answers or not path:
        return []
    # no time of the day: it would tell when somebody works
    made = {"report_version": REPORT_VERSION, "collection_version": VERSION, "date": context.clock.rfc3339()[:10], "answers": answers}
    try:
        if runbook and os.path.dirname(os.path.abspath(runbook)) == os.path.dirname(os.path.abspath(path)):
            RunbookFiles(runbook).make_folder()
        text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
        write_together([NewFile(path, text, MODE, "contract_report")], make_folders=True)
    except ScimError as error:
        context.warn(error.sentence())
        return []
    return [
        "Not as assumed: %s." % ", ".join(answer["endpoint"] for answer in answers),
        "  What they answered is outlined in %s. Please attach it to an issue of the collection: it holds no value of your tenant." % path,
    ]
