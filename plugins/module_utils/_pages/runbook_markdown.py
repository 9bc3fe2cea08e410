# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runbook as Markdown (CommonMark with task lists). Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.markdown import code, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_model import Section, Step, commands, shown_value, since
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time


def render(sections: t.Sequence[Section]) -> str:
    lines = ["# SCIM provisioning: steps for a person", ""]
    lines += ["The vendors publish no API for these steps. The boxes are for your own notes: no run reads them. No secret is in this file.", ""]
    for section in sections:
        lines += ["## %s" % text(section.title), "", "%s. %s" % (text(section.tenant), _state(section)), "", *_counts(section), ""]
        number = 0
        for where, steps in section.pages():
            lines += ["### %s" % text(where), ""]
            for step in steps:
                number += 1
                lines += _step(number, step, "x" if not section.is_pending else " ")
            lines.append("")
    for number, command in enumerate(commands(sections)):
        lines += [*([] if number else ["## Then", ""]), text(command.words), "", "    %s" % command.shown, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _state(section: Section) -> str:
    if section.is_pending:
        return "Asked for on %s%s." % (text(shown_time(section.started_at)), text(since(section)))
    return "**Done**, seen on %s." % text(shown_time(section.done_at or ""))


def _counts(section: Section) -> list[str]:
    said = "What makes it count: %s" % text(section.counts_when)
    return [said, "", "    %s" % section.confirmation] if section.confirmation else [said]


def _step(number: int, step: Step, mark: str) -> list[str]:
    field = "" if step["field"] is None else "%s: " % text(str(step["field"]))
    value = "" if step["value"] is None else code(shown_value(step["value"]))
    lines = ["- [%s] %d\\. %s" % (mark, number, text(str(step["do"])))]
    if field or value:
        lines.append("  - %s%s" % (field, value) if value else "  - %s" % field.rstrip(": "))
    return [*lines, "  - Why: %s" % text(str(step["why"]))]
