# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three files of a runbook: PREFIX.md and PREFIX.html for people, PREFIX.json for the next run. None holds a secret."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import read_regular, write_atomically
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_html, runbook_markdown, runbook_model

MODE = 0o644
# a state has a few sections; what is larger is something else
LARGEST = 16 * 1024 * 1024


class RunbookFiles:
    """One runbook may have sections of several modules; each module keeps its own."""

    def __init__(self, prefix: str):
        self.markdown = prefix + ".md"
        self.html = prefix + ".html"
        self.state = prefix + ".json"

    def as_result(self) -> dict[str, str]:
        return {"markdown": self.markdown, "html": self.html, "state": self.state}

    def load(self) -> list[runbook_model.Section]:
        """The sections that earlier runs wrote."""
        try:
            content = read_regular(self.state, LARGEST)
            return [] if content is None else runbook_model.from_json(content.decode("utf-8"))
        except (OSError, ValueError) as error:
            raise ScimError(
                "%s can't be read as the state of a runbook (%s)." % (quoted(self.state), getattr(error, "strerror", None) or type(error).__name__),
                "Delete it, if you can do without what earlier runs asked for, or choose another path for %s." % named("runbook"),
            ) from None

    def save(self, sections: t.Sequence[runbook_model.Section]) -> None:
        """The state comes last: who finds it finds the pages as well."""
        self.make_folder()
        write_atomically(self.markdown, runbook_markdown.render(sections), MODE, named("runbook"))
        write_atomically(self.html, runbook_html.render(sections), MODE, named("runbook"))
        write_atomically(self.state, runbook_model.to_json(sections), MODE, named("runbook"))

    def make_folder(self) -> None:
        """The mode of one that is there is nobody's business."""
        folder = os.path.dirname(os.path.abspath(self.state))
        is_new = not os.path.isdir(folder)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise ScimError(
                "The folder %s of the runbook can't be made (%s)." % (quoted(folder), error.strerror), "Choose another path for %s." % named("runbook")
            ) from None
        if is_new:
            # a key may be handed over in this folder
            write_atomically(os.path.join(folder, ".gitignore"), "*\n", MODE, named("runbook"))
