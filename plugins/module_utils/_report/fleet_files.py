# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an overview: the reports that it is made of, and PREFIX.json, PREFIX.md and PREFIX.html that it is written to."""

from __future__ import annotations

import glob
import json
import os
from urllib.parse import quote

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import NewFile, read_regular
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet, fleet_html, fleet_markdown
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import LARGEST
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import NoReport, Row, is_overview, not_audited, row_of

NAME = "overview"
PATH = "path (scim_provisioning_overview)"
MAX_AGE = "max_age (scim_provisioning_reports_max_age)"
SUFFIX = ".json"


class OverviewFiles:
    """The forms of one overview."""

    def __init__(self, prefix: str):
        self.json = prefix + SUFFIX
        self.markdown = prefix + ".md"
        self.html = prefix + ".html"

    def as_result(self) -> dict[str, str]:
        return {"json": self.json, "markdown": self.markdown, "html": self.html}

    def previous(self) -> Row | None:
        """The overview that is there; None where there is none that can be read."""
        try:
            found = json.loads(_read(self.json) or "")
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def contents(self, overview: Row, mode: int) -> list[NewFile]:
        """The JSON comes last: who finds it finds the pages as well."""
        texts = (
            (self.markdown, fleet_markdown.render(overview)),
            (self.html, fleet_html.render(overview)),
            (self.json, fleet.as_json(overview)),
        )
        return [NewFile(path, content, mode, "path", PATH) for path, content in texts]


def found_at(place: str) -> list[str]:
    """The files at this path: a file itself, those of a folder, those of a pattern.

    A path of a file is one also where there is no file: somebody expects it there.
    """
    if os.path.isdir(place):
        return sorted(glob.glob(os.path.join(glob.escape(place), "*" + SUFFIX)))
    if os.path.lexists(place) or not glob.has_magic(place):
        return [place]
    return sorted(path for path in glob.glob(place, recursive=True) if path.endswith(SUFFIX) and not os.path.isdir(path))


def why_empty(place: str) -> str:
    """A folder or a pattern that leads to no report. An overview is none, whatever its name ends with."""
    if os.path.isdir(place):
        return "%s is a folder without a report, a file whose name ends with %s." % (quoted(place), SUFFIX)
    return "No report, a file whose name ends with %s, matches %s." % (SUFFIX, quoted(place))


def empty_row(place: str) -> Row:
    """Whoever names a folder or a pattern expects reports there."""
    return not_audited(_called(place), why_empty(place) + " Audit its pairs, or take its path away.")


def _called(place: str) -> str:
    """The folder's name; of a pattern that and the rest, from the last folder on of which the name is known."""
    if os.path.isdir(place):
        return os.path.basename(os.path.abspath(place)) or place
    parts = place.split(os.sep)
    first = next((position for position, part in enumerate(parts) if glob.has_magic(part)), 0)
    return os.sep.join(parts[max(first - 1, 0) :])


def row_at(path: str, folder: str, name: str | None = None) -> Row | None:
    """The row of the report that is at ``path``, for an overview in ``folder``; None for an overview, which is no report.

    ``name``: what the pair is called if its report does not say. A report that can't be used makes a row that says why.
    """
    called = name or os.path.basename(path).removesuffix(SUFFIX)
    try:
        content = _text_of(path)
        if is_overview(content):
            return None
        row = row_of(content, path, called)
    except NoReport as reason:
        return not_audited(name or reason.name or called, reason.why)
    page = path.removesuffix(SUFFIX) + ".html"
    return {**row, "report": link(page if os.path.isfile(page) else path, folder), "file": path}


def link(path: str, folder: str) -> str:
    """The path from the folder, as a relative URL. It names no scheme, whatever a file is called: a colon is encoded."""
    return quote(os.fsencode(os.path.relpath(path, folder)), safe="/")


def _text_of(path: str) -> str:
    try:
        content = _read(path)
    except UnicodeDecodeError:
        raise NoReport("%s is damaged: it is no text in UTF-8. Audit the pair again." % quoted(path)) from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise NoReport("Can't read %s: %s. Let the user who runs Ansible read it, or audit the pair again." % (quoted(path), why)) from None
    if content is None:
        raise NoReport("There is no report %s. Audit the pair, or take its path away." % quoted(path))
    return content


def _read(path: str) -> str | None:
    """The text of the file; None where there is none. A link is read through, as that of a report is."""
    content = read_regular(os.path.realpath(path), LARGEST)
    return None if content is None else content.decode("utf-8")
