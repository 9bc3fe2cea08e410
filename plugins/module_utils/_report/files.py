# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report, each PREFIX with its ending, and the history beside them.

``.json`` for programs, ``.md``, ``.html`` and ``.csv`` for people, ``.prom`` for Prometheus and ``.junit.xml`` for pipelines.
"""

from __future__ import annotations

import json
import os
import stat
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import NewFile, read_regular
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history, html, junit, markdown, metrics, model, spreadsheet

# a history of the most lines that are allowed has less; what is larger is something else
LARGEST = 64 * 1024 * 1024
# node_exporter runs as another user, and metrics name nobody
METRICS_MODE = 0o644


class ReportFiles:
    """The forms of one report."""

    def __init__(self, prefix: str):
        self.json = prefix + ".json"
        self.markdown = prefix + ".md"
        self.html = prefix + ".html"
        self.csv = prefix + ".csv"
        self.metrics = prefix + ".prom"
        self.junit = prefix + ".junit.xml"

    def as_result(self) -> dict[str, str]:
        return {"json": self.json, "markdown": self.markdown, "html": self.html, "csv": self.csv, "metrics": self.metrics, "junit": self.junit}

    def previous(self) -> history.Line | None:
        """What the report that is there says of its own run; None where there is none that can be read."""
        try:
            found = json.loads(_read(self.json) or "")
            return history.parse(json.dumps(found["history"][-1]))
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def contents(self, report: model.Report, mode: int, max_listed: int) -> list[NewFile]:
        """The JSON comes last: who finds it finds the pages as well."""
        return [
            NewFile(self.markdown, markdown.render(report, max_listed), mode, "path", named("path")),
            NewFile(self.html, html.render(report, max_listed), mode, "path", named("path")),
            NewFile(self.csv, spreadsheet.render(report), mode, "path", named("path")),
            NewFile(self.metrics, metrics.render(report), METRICS_MODE, "path", named("path")),
            NewFile(self.junit, junit.render(report), mode, "path", named("path")),
            NewFile(self.json, model.as_json(report), mode, "path", named("path")),
        ]


def read_history(path: str, warn: t.Callable[[str], None]) -> list[history.Line]:
    """The runs of a history, oldest first. A line that can't be read is skipped with a warning: one bad line must not cost the others."""
    try:
        text = _read(path)
    except OSError as error:
        raise ScimError(
            "Can't read the history %s: %s." % (quoted(path), error.strerror or type(error).__name__),
            "Choose another path for %s: a regular file, or one that does not exist yet." % named("history"),
        ) from None
    lines: list[history.Line] = []
    broken: list[int] = []
    for number, row in enumerate((text or "").split("\n"), start=1):
        try:
            if row.strip():
                lines.append(history.parse(row))
        except ValueError:
            broken.append(number)
    if broken and not lines:
        raise ScimError(
            "%s is no history of audits: none of its lines is a run. It was left as it is." % quoted(path),
            "Choose another path for %s: one that does not exist yet, or the history of earlier runs." % named("history"),
        )
    if broken:
        shown = ", ".join(map(str, broken[:5])) + (" and %d more" % (len(broken) - 5) if len(broken) > 5 else "")
        warn("The history %s has lines that are no run of an audit, and were left out: %s." % (quoted(path), shown))
    return lines


def is_as_wanted(file: NewFile) -> bool:
    """Whether the file is there, with this text and this mode."""
    try:
        return not os.path.islink(file.path) and _read(file.path) == file.text and stat.S_IMODE(os.stat(file.path).st_mode) == file.mode
    except OSError:
        return False


def _read(path: str) -> str | None:
    """The text of the file; None where there is none. A link is read through: what is written replaces it, and must not forget what it has led to."""
    content = read_regular(os.path.realpath(path), LARGEST)
    # line ends stay as they are
    return None if content is None else content.decode("utf-8", errors="replace")
