# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runbook as one HTML page. Pure."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import page, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_model import Section, Step, shown_value
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_style import SCRIPT, STYLE

TITLE = "SCIM provisioning: steps for a person"
LEAD = "The vendors publish no API for these steps. Tick what you have done; the next run of the playbook sees it. No secret is on this page."


def render(sections: t.Sequence[Section]) -> str:
    head = '<h1>%s</h1>\n<p class="lead">%s <span class="count" id="count"></span></p>' % (text(TITLE), text(LEAD))
    body = "\n".join(["<main>", head, *(_section(section) for section in sections), "</main>"])
    return page(TITLE, STYLE, SCRIPT, body)


def _section(section: Section) -> str:
    state = "Asked for at %s" % text(section.started_at)
    if not section.is_pending:
        state = '<span class="done">Done</span>, seen at %s' % text(section.done_at or "")
    number = 0
    pages = []
    for where, steps in section.pages():
        items = []
        for step in steps:
            number += 1
            items.append(_step(section, number, step))
        pages.append("<h3>%s</h3>\n<ol>\n%s\n</ol>" % (text(where), "\n".join(items)))
    head = '<h2>%s</h2>\n<div class="tenant">%s. %s</div>' % (text(section.title), text(section.tenant), state)
    return "<section>\n%s\n%s\n</section>" % (head, "\n".join(pages))


def _step(section: Section, number: int, step: Step) -> str:
    # ticks belong to this round of this step: a new round starts without them
    key = hashlib.sha256("\n".join([section.step, section.tenant, section.started_at, str(number)]).encode("utf-8")).hexdigest()[:16]
    ticked = "" if section.is_pending else " checked disabled"
    identifier = "step-%s" % key
    field = "" if step["field"] is None else '<span class="field">%s</span>' % text(step["field"])
    value = "" if step["value"] is None else '<code>%s</code> <button type="button" class="copy" hidden>Copy</button>' % text(shown_value(step["value"]))
    entry = '\n<div class="value">%s %s</div>' % (field, value) if field or value else ""
    return (
        '<li><input type="checkbox" id="%s" data-key="runbook-%s"%s>\n' % (identifier, key, ticked)
        + '<div><label class="do" for="%s">%d. %s</label>%s\n' % (identifier, number, text(step["do"]), entry)
        + '<small class="why">%s</small></div></li>' % text(step["why"])
    )
