# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks as a picture. A check's state is told by a shape, a word and a color, so that nobody needs the color. Pure.

Only titles and words that this file knows are drawn, no name of a tenant.
"""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import STATE_WORDS

Check = t.Dict[str, t.Any]
TILE = 68
WIDTH = 1036
SPACING = 148
FIRST = 74
ROW = 92

# drawn by strokes in a square of 24
ICONS = {
    "service_account": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><circle cx="9" cy="10.6" r="2.1"/>'
    '<path d="M5.6 16c.5-1.9 1.8-2.7 3.4-2.7s2.9.8 3.4 2.7M15 10h3.2M15 13.6h3.2"/>',
    "role": '<path d="M12 3l7.2 2.8v5.4c0 4.6-3 8-7.2 9.8-4.2-1.8-7.2-5.2-7.2-9.8V5.800z"/><path d="M8.8 11.900l2.3 2.3 4.2-4.4"/>',
    "key": '<circle cx="8" cy="15.4" r="4.2"/><path d="M11.1 12.400L19.5 4M16.4 7.100l2.8 2.800M13.7 9.800l1.9 1.9"/>',
    "connector": '<path d="M9 3v5M15 3v5M5.5 8h13v2.500a6.5 6.5 0 0 1-13 0zM12 17v4"/>',
    "application": '<rect x="4" y="4" width="6.5" height="6.5" rx="1.5"/><rect x="13.5" y="4" width="6.5" height="6.5" rx="1.5"/>'
    '<rect x="4" y="13.5" width="6.5" height="6.5" rx="1.5"/><rect x="13.5" y="13.5" width="6.5" height="6.5" rx="1.5"/>',
    "groups": '<circle cx="9" cy="8.2" r="3.2"/><path d="M3 19c.3-3.7 2.7-5.6 6-5.600s5.7 1.9 6 5.6"/>'
    '<path d="M15.5 5.400a2.9 2.9 0 0 1 0 5.600M17.3 13.900c2.2.6 3.5 2.4 3.7 5.1"/>',
    "people": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20c.4-4.2 3.3-6.3 7.5-6.300s7.1 2.1 7.5 6.3"/>',
}
# a circle with a tick, a triangle with an exclamation mark, an octagon with a cross, a diamond with a question mark; in a square of 24
BADGES = {
    "green": '<circle class="body" cx="12" cy="12" r="11"/><path class="mark" d="M7 12.400l3.5 3.5 6.5-7"/>',
    "amber": '<path class="body" d="M12 1.500L23.5 22H.5z"/><path class="mark" d="M12 9v6M12 18.300v.2"/>',
    "red": '<path class="body" d="M7.5 1h9L23 7.500v9L16.5 23h-9L1 16.500v-9z"/><path class="mark" d="M8 8l8 8M16 8l-8 8"/>',
    "unknown": '<path class="body" d="M12 0l12 12-12 12L0 12z"/><path class="mark" d="M9.3 9.600a2.7 2.7 0 1 1 3.8 2.500c-.8.4-1.1.9-1.1 1.800M12 17.300v.2"/>',
}
# the worse of its two ends is a connection's state
ORDER = ("green", "unknown", "amber", "red")


def badge(state: str, size: int = 20) -> str:
    """The sign of a state, beside a word that says the same."""
    return '<svg class="badge %s" viewBox="0 0 24 24" width="%d" height="%d" aria-hidden="true" focusable="false">%s</svg>' % (state, size, size, BADGES[state])


def picture_of(checks: t.Sequence[Check]) -> str:
    """The picture twice: from left to right, and from top to bottom for narrow screens. The style shows one of them."""
    said = "The checks: %s." % ", ".join("%s %s" % (check["title"].lower(), STATE_WORDS[check["state"]].lower()) for check in checks)
    return _across(checks, said) + "\n" + _down(checks, said)


def _picture(kind: str, width: int, height: int, said: str, parts: t.Iterable[str]) -> str:
    head = '<svg class="checks %s" viewBox="0 0 %d %d" role="img" aria-label="%s" focusable="false">' % (kind, width, height, text(said))
    return "%s\n%s\n</svg>" % (head, "\n".join(parts))


def _across(checks: t.Sequence[Check], said: str) -> str:
    parts = []
    for position, check in enumerate(checks):
        x, y = FIRST + position * SPACING, 46
        if position:
            start, end = x - SPACING + TILE // 2 + 7, x - TILE // 2 - 7
            parts.append(_connection(_worse(checks[position - 1], check), start, y, end, y))
        parts.append(_tile(check, x - TILE // 2, y - TILE // 2))
        words = '<text class="title" x="%d" y="%d" text-anchor="middle">%s</text><text class="word %s" x="%d" y="%d" text-anchor="middle">%s</text>'
        parts.append(words % (x, y + 60, text(check["title"]), check["state"], x, y + 82, STATE_WORDS[check["state"]]))
    return _picture("across", WIDTH, 140, said, parts)


def _down(checks: t.Sequence[Check], said: str) -> str:
    parts = []
    for position, check in enumerate(checks):
        x, y = 46, 46 + position * ROW
        if position:
            parts.append(_connection(_worse(checks[position - 1], check), x, y - ROW + TILE // 2 + 3, x, y - TILE // 2 - 3))
        parts.append(_tile(check, x - TILE // 2, y - TILE // 2))
        words = '<text class="title" x="104" y="%d">%s</text><text class="word %s" x="104" y="%d">%s</text>'
        parts.append(words % (y - 3, text(check["title"]), check["state"], y + 20, STATE_WORDS[check["state"]]))
    return _picture("down", 300, 92 + ROW * (len(checks) - 1), said, parts)


def _worse(one: Check, other: Check) -> str:
    worse: str = max(one["state"], other["state"], key=ORDER.index)
    return worse


def _connection(state: str, x1: int, y1: int, x2: int, y2: int) -> str:
    """Whole where it holds, dashed where it needs a look, and broken in the middle where it does not hold."""
    line = '<line class="check %s" x1="%d" y1="%d" x2="%d" y2="%d"/>' % (state, x1, y1, x2, y2)
    if state != "red":
        return line
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    if y1 == y2:
        halves = ((x1, y1, x - 9, y), (x + 9, y, x2, y2))
    else:
        halves = ((x1, y1, x, y - 3), (x, y + 3, x2, y2))
    return "".join('<line class="check red" x1="%g" y1="%g" x2="%g" y2="%g"/>' % half for half in halves) + (
        '<path class="break" d="M%g %gl6 10M%g %gl6 10"/>' % (x - 7, y - 5, x + 1, y - 5) if y1 == y2 else ""
    )


def _tile(check: Check, x: int, y: int) -> str:
    return (
        '<g class="node %s"><rect class="tile" x="%d" y="%d" width="%d" height="%d" rx="18"/>' % (check["state"], x, y, TILE, TILE)
        + '<g class="icon" transform="translate(%d %d) scale(1.5)">%s</g>' % (x + 16, y + 16, ICONS[check["check"]])
        + '<g class="badge %s" transform="translate(%d %d)">%s</g></g>' % (check["state"], x + TILE - 16, y - 7, BADGES[check["state"]])
    )
