# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runbook as one HTML page. Pure."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.copying import LIVE_REGION, copyable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import page, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_model import Section, Step, commands, shown_value, since
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.runbook_style import SCRIPT, STYLE
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time

TITLE = "SCIM provisioning: steps for a person"
LEAD = "The vendors publish no API for these steps. The ticks are your own notes: this browser keeps them, and no run reads them. No secret is on this page."


def render(sections: t.Sequence[Section]) -> str:
    head = '<h1>%s</h1>\n<p class="lead">%s</p>\n<p class="count" id="count" role="status"></p>' % (text(TITLE), text(LEAD))
    parts = (_section(number, section) for number, section in enumerate(sections, start=1))
    body = "\n".join(["<main>", head, *parts, *_next(sections), "</main>", LIVE_REGION])
    return page(TITLE, STYLE, SCRIPT, body)


def _next(sections: t.Sequence[Section]) -> t.Iterator[str]:
    found = ['<p>%s</p>\n<div class="value">%s</div>' % (text(one.words), copyable(one.shown, one.name)) for one in commands(sections)]
    if found:
        yield '<section aria-labelledby="next">\n<h2 id="next">Then</h2>\n%s\n</section>' % "\n".join(found)


def _section(number: int, section: Section) -> str:
    """What is done is folded."""
    identifier = "section-%d" % number
    head = '<h2 id="%s">%s</h2>\n<div class="tenant">%s. %s</div>' % (identifier, text(section.title), text(section.tenant), _state(section))
    steps = "\n".join([_counts(section), *_pages(section)])
    if not section.is_pending:
        steps = "<details><summary>The steps that were done</summary>\n%s\n</details>" % steps
    return '<section aria-labelledby="%s">\n%s\n%s\n</section>' % (identifier, head, steps)


def _state(section: Section) -> str:
    if section.is_pending:
        return "Asked for on %s%s" % (_time(section.started_at), text(since(section)))
    return '<span class="done">Done</span>, seen on %s' % _time(section.done_at or "")


def _time(value: str) -> str:
    return '<time datetime="%s">%s</time>' % (text(value), text(shown_time(value)))


def _counts(section: Section) -> str:
    option = section.confirmation
    return '<div class="counts">What makes it count: %s%s</div>' % (
        text(section.counts_when),
        '<div class="value">%s</div>' % copyable(option, "the option that confirms: %s" % section.title) if option else "",
    )


def _pages(section: Section) -> t.Iterator[str]:
    number = 0
    for where, steps in section.pages():
        items = []
        for step in steps:
            number += 1
            items.append(_step(section, number, step))
        yield "<h3>%s</h3>\n<ol>\n%s\n</ol>" % (text(where), "\n".join(items))


def _step(section: Section, number: int, step: Step) -> str:
    # ticks belong to this round of this step: a new round starts without them
    key = hashlib.sha256("\n".join([section.step, section.tenant, section.started_at, str(number)]).encode("utf-8")).hexdigest()[:16]
    ticked = "" if section.is_pending else " checked disabled"
    identifier = "step-%s" % key
    field = "" if step["field"] is None else '<span class="field">%s</span>' % text(step["field"])
    what = "the value of step %d, %s: %s" % (number, step["field"] or step["do"], section.title)
    value = "" if step["value"] is None else copyable(shown_value(step["value"]), what)
    entry = '\n<div class="value">%s %s</div>' % (field, value) if field or value else ""
    return (
        '<li><input type="checkbox" id="%s" data-key="runbook-%s"%s>\n' % (identifier, key, ticked)
        + '<div><label class="do" for="%s">%d. %s</label>%s\n' % (identifier, number, text(step["do"]), entry)
        + '<small class="why">%s</small></div></li>' % text(step["why"])
    )
