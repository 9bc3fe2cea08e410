# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_fleet_report does: no vendor is called; the reports of many pairs become one overview, and files that hold it."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import write_together
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Action, Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import is_as_wanted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_files import (
    MAX_AGE,
    NAME,
    PATH,
    OverviewFiles,
    empty_row,
    found_at,
    row_at,
    why_empty,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import AgeLimit, Row, not_audited

TITLE = "SCIM provisioning overview"
MODE = re.compile(r"\A0[0-7]{3}\Z", re.ASCII)
DIFFED = ("outcome", "verdict", "checked_from", "checked_until", "counts", "people")
NO_REPORT = "No report of this pair was written. Set scim_provisioning_report, and audit it again."


@dataclass(frozen=True)
class Options:
    """The options of scim_fleet_report."""

    reports: tuple[str, ...]
    pairs: tuple[dict[str, t.Any], ...]
    max_age: float | None
    path: str | None
    mode: str


def run(params: dict[str, t.Any], context: Context) -> dict[str, t.Any]:
    """Read the reports, make the overview, and write its files where they differ. A report that can't be read costs nobody else's row."""
    options = parse(Options, params)
    mode = _validated(options)
    places = {place: found_at(place) for place in options.reports}
    paths = list(dict.fromkeys(path for inside in places.values() for path in inside))
    if not paths and not options.pairs:
        raise _nothing([why_empty(place) for place in places])
    files = OverviewFiles(options.path or _beside([*paths, *(pair["report"] for pair in options.pairs if pair["report"])]))
    folder = os.path.dirname(os.path.abspath(files.json))
    of_paths = {path: row_at(path, folder) for path in paths}
    found = [*of_paths.items(), *((pair["report"], _row_of_pair(pair, folder)) for pair in options.pairs)]
    rows = [row for _path, row in found if row]
    if not rows:
        raise _nothing(["The files that were found are overviews themselves."])
    _require_no_report(files, [path for path, row in found if row and path])
    # a file that is named is there, also if it is an overview
    rows += [empty_row(place) for place, inside in places.items() if inside != [place] and not any(of_paths[path] for path in inside)]
    limit = AgeLimit(options.max_age, at(context.clock.wall()))
    overview = fleet.make(rows, limit, {pair["report"]: pair["name"] for pair in options.pairs if pair["report"]})
    plan = _plan(files, overview, mode)
    if not context.check_mode and plan.actions:
        write_together([action.values["file"] for action in plan.actions], make_folders=True)
        for action in plan.actions:
            context.progress.record(action)
    shown = {**overview, "pairs": [{name: value for name, value in row.items() if name != "trend"} for row in overview["pairs"]]}
    written, due = "Would be written" if context.check_mode else "Written", {action.target for action in plan.actions}
    lines = [*fleet.lines_of(overview), *("%s: %s" % (written, path) for path in files.as_result().values() if path in due)]
    return {**plan.as_result(), "overview": shown, "lines": lines, "files": files.as_result()}


def _validated(options: Options) -> int:
    """The mode of the files, once every option is known to be usable."""
    if not options.reports and not options.pairs:
        raise ScimError("There is nothing to make an overview of.", "Set %s to the folder in which the reports are." % named("reports"))
    for path in (*options.reports, *(pair["report"] for pair in options.pairs), options.path):
        if "\0" in (path or ""):
            raise ScimError("A path holds no null character, but %s does." % quoted(path))
    if not MODE.match(options.mode):
        raise ScimError("mode must be four octal digits in quotes, such as '0600', not %s." % quoted(options.mode))
    # not a number is not above 0 either
    if options.max_age is not None and not options.max_age > 0:
        raise ScimError("%s must be above 0, not %s." % (MAX_AGE, options.max_age))
    names: dict[str, str] = {}
    for pair in options.pairs:
        other = names.setdefault(pair["report"], pair["name"]) if pair["report"] else pair["name"]
        if other != pair["name"]:
            raise ScimError(
                "The pairs %s and %s write the same report, %s, so one of them is lost." % (quoted(other), quoted(pair["name"]), quoted(pair["report"])),
                "End scim_provisioning_report with a slash: it is a folder then, and the report of each pair is called as its host. "
                "Do the same with scim_provisioning_report_history.",
            )
    return int(options.mode, 8)


def _nothing(why: t.Sequence[str]) -> ScimError:
    return ScimError(
        "There is no report to make an overview of. %s" % " ".join(why),
        "Audit the pairs with scim_provisioning_report first, or name other places in %s." % named("reports"),
    )


def _beside(paths: t.Sequence[str]) -> str:
    """The overview's path in the folder that all reports have in common, or beside the first where that is only the root."""
    folders = [os.path.dirname(os.path.abspath(path)) for path in paths]
    if not folders:
        raise ScimError("Where shall the overview be written?", "There is no report beside which it could be. Set %s." % PATH)
    common = os.path.commonpath(folders)
    return os.path.join(folders[0] if common == os.sep else common, NAME)


def _require_no_report(files: OverviewFiles, reports: t.Sequence[str]) -> None:
    """What is read, and is no overview, is not written over."""
    if _place(files.json) in {place for path in reports for place in (_place(path), os.path.realpath(path))}:
        raise ScimError(
            "The overview would be written over a report: both are called %s." % quoted(files.json),
            "Choose another path for %s." % PATH,
        )


def _place(path: str) -> str:
    """What a file that is written to this path replaces: links lead to its folder, but one in its own place is replaced, not followed."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _row_of_pair(pair: t.Mapping[str, t.Any], folder: str) -> Row | None:
    if pair["report"] and not pair["why"]:
        return row_at(pair["report"], folder, pair["name"])
    return not_audited(pair["name"], pair["why"] or NO_REPORT)


def _plan(files: OverviewFiles, overview: Row, mode: int) -> Plan:
    """The files that are not yet as they shall be. The diff shows the overview beside the one before."""
    wanted = files.contents(overview, mode)
    actions = tuple(Action("write", file.path, {"option": file.option}, {"file": file}) for file in wanted if not is_as_wanted(file))
    before, after = files.previous() if actions else overview, {name: overview[name] for name in DIFFED}
    return Plan({name: before.get(name) for name in DIFFED} if before else None, after, actions, TITLE)
