# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_audit_report does: no vendor is called; what an audit found becomes a report and, on request, files."""

from __future__ import annotations

import math
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import NewFile, write_together
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history, model
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import ReportFiles, is_as_wanted, read_history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.rotation import rotation_under_way

TITLE = "SCIM audit report"
MODE = re.compile(r"\A0[0-7]{3}\Z", re.ASCII)


@dataclass(frozen=True)
class WantedFiles:
    """The files that the report is written to."""

    path: str | None
    history: str | None
    max_history: int
    max_listed: int
    mode: str


@dataclass(frozen=True)
class Facts:
    """What the report is made of. A shape of its own says what each of them may hold."""

    name: str | None
    duration: float | None
    subject: dict[str, t.Any] | None
    steps: tuple[dict[str, t.Any], ...]
    account: dict[str, t.Any] | None
    keys: tuple[dict[str, t.Any], ...] | None
    key_max_age: float
    application: dict[str, t.Any] | None
    connector: dict[str, t.Any] | None
    groups: tuple[dict[str, t.Any], ...] | None
    people: dict[str, t.Any] | None
    health: dict[str, t.Any] | None
    events: tuple[dict[str, t.Any], ...]
    unchecked: tuple[dict[str, t.Any], ...]
    switched_off: tuple[str, ...]
    error: str | None


@dataclass(frozen=True)
class Options:
    """The options of scim_audit_report."""

    facts: Facts
    files: WantedFiles
    checked_at: str | None


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Make the report, and the files that hold it where they differ. The history is replaced last: it counts only reports that were written."""
    options = parse(Options, params)
    mode = validated(options.files, options.facts.key_max_age)
    past = read_history(options.files.history, context.warn) if options.files.history else []
    report = make_report(vars(options.facts), _checked_at(options.checked_at, context), past, options.files.path)
    plan = plan_files(options.files, report, past, mode)
    try:
        write_files(plan, context)
    except ScimError as error:
        # what was found must not be lost with the files
        raise ScimError(error.message, error.hint, report=report) from None
    return {**plan.as_result(), "report": report, "files": files_of(options.files)}


def make_report(facts: t.Mapping[str, t.Any], checked_at: str, past: t.Sequence[history.Line], path: str | None) -> model.Report:
    """The report of these facts, which are called as the options of the module. ``path`` is where it shall be written, or None."""
    return model.make(facts, checked_at, past, rotation_under_way, ReportFiles(path).previous() if path else None)


def files_of(wanted: WantedFiles) -> dict[str, str] | None:
    """The paths of the forms of the report."""
    return ReportFiles(wanted.path).as_result() if wanted.path else None


def plan_files(wanted: WantedFiles, report: model.Report, past: t.Sequence[history.Line], mode: int) -> Plan:
    """What has to be written of the report and of the history."""
    line = report["history"][-1]
    files = ReportFiles(wanted.path) if wanted.path else None
    contents = files.contents(report, mode, wanted.max_listed) if files else []
    if wanted.history:
        kept = history.with_line(past, line)[-wanted.max_history :]
        contents.append(NewFile(wanted.history, history.as_text(kept), mode, "history", named("history")))
    before = [one for one in past if one["checked_at"] <= line["checked_at"]]
    return _plan(contents, before[-1] if before else files.previous() if files else None, line)


def write_files(plan: Plan, context: Context) -> None:
    """Write what is planned, unless this is check mode: all of it, or nothing."""
    if not context.check_mode and plan.actions:
        write_together([action.values["file"] for action in plan.actions], make_folders=True)
        for action in plan.actions:
            context.progress.record(action)


def _plan(wanted: list[NewFile], before: history.Line | None, after: history.Line) -> Plan:
    """The files that are not yet as they shall be. The diff shows this run beside the one before."""
    actions = tuple(Action("write", file.path, {"option": file.option}, {"file": file}) for file in wanted if not is_as_wanted(file))
    shown = history.without_people(after)
    return Plan(history.without_people(before) if before and actions else before if actions else shown, shown, actions, TITLE)


def _checked_at(checked_at: str | None, context: Context) -> str:
    if not checked_at:
        return context.clock.rfc3339()
    at = moment_of(checked_at)
    if at is None:
        raise ScimError("checked_at must be a time such as 2026-11-24T05:40:04Z, not %s." % quoted(checked_at))
    return rfc3339(at)


def validated(wanted: WantedFiles, key_max_age: float) -> int:
    """The mode of the files, once every option is known to be usable."""
    for name, value, least in (("max_history", wanted.max_history, 1), (named("max_listed"), wanted.max_listed, 0), (named("key_max_age"), key_max_age, 0)):
        # whatever is no number is not in between
        if not least <= value < math.inf:
            raise ScimError("%s must be at least %d, not %g." % (name, least, value))
    for name, path in ((named("path"), wanted.path), (named("history"), wanted.history)):
        if "\0" in (path or ""):
            raise ScimError("%s must be a path, and a path holds no null character." % name)
    if not MODE.match(wanted.mode):
        raise ScimError("mode must be four octal digits in quotes, such as '0600', not %s." % quoted(wanted.mode))
    if wanted.path and wanted.history in ReportFiles(wanted.path).as_result().values():
        raise ScimError("%s and %s name the same file, %s." % (named("history"), named("path"), quoted(wanted.history)), "Choose another path for one of them.")
    return int(wanted.mode, 8)
