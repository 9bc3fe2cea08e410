# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of what happened: a time line of the syncs, and the trend over the runs. Pure.

Numbers and days are drawn, no text of a tenant. What differs in color differs in place or in shape as well.
"""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.html import text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_day, shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import OUTCOME_WORDS, shown_number

Row = t.Dict[str, t.Any]
SYNCS = ("user_create_provision", "user_update_provision", "user_deprovision", "user_delete_provision")
MARKS = ("integration_activate", "integration_deactivate")
# JumpCloud keeps events for 90 days
LONGEST = 92
WIDTH, TOP, UP, DOWN = 1000, 26, 104, 52


def days(health: Row | None, events: t.Sequence[Row]) -> list[Row]:
    """The days with syncs, oldest first: from the events themselves where nothing counted them."""
    rows: dict[str, Row] = {}
    if health:
        counted_days = [(row["day"], row["succeeded"], row["failed"]) for row in health["days"]]
    else:
        syncs = [event for event in events if event["event_type"] in SYNCS and event["timestamp"] and event["success"] is not None]
        counted_days = [(event["timestamp"][:10], int(event["success"]), int(not event["success"])) for event in syncs]
    for day, succeeded, failed in counted_days:
        if _date(day):
            row = rows.setdefault(day, {"day": day, "succeeded": 0, "failed": 0})
            row["succeeded"] += succeeded
            row["failed"] += failed
    return [rows[day] for day in sorted(rows)]


def marks(health: Row | None, events: t.Sequence[Row]) -> list[Row]:
    """When provisioning was activated or deactivated, oldest first."""
    last = (health or {}).get("last_integration_change")
    found = {(event["timestamp"], event["event_type"]): event for event in [*events, *([last] if last else [])] if event["event_type"] in MARKS}
    return [found[key] for key in sorted(found, key=lambda key: key[0] or "") if moment_of(key[0])]


def timeline(rows: t.Sequence[Row], changes: t.Sequence[Row]) -> str:
    """Successes grow upwards, failures downwards. A filled flag is an activation, a hollow one a deactivation."""
    dates = [date for date in (*(_date(row["day"]) for row in rows), *(_date((event["timestamp"] or "")[:10]) for event in changes)) if date]
    if not dates:
        return ""
    last = max(dates)
    first = max(min(dates), last - timedelta(days=LONGEST - 1))
    first = min(first, last - timedelta(days=6))
    slot = WIDTH / ((last - first).days + 1)
    most = max((row["succeeded"] for row in rows), default=0)
    worst = max((row["failed"] for row in rows), default=0)
    base = TOP + UP
    bottom = base + (DOWN if worst else 0)
    parts = ['<line class="axis" x1="0" y1="%d" x2="%d" y2="%d"/>' % (base, WIDTH, base)]
    for row in rows:
        position = ((_date(row["day"]) or first) - first).days
        if position >= 0:
            parts.append(_bars(row, position * slot, slot, most, worst, base))
    for event in changes:
        position = ((_date((event["timestamp"] or "")[:10]) or first) - first).days
        if position >= 0:
            parts.append(_flag(event, (position + 0.5) * slot, base))
    said = "Syncs from %s to %s: %s, %s." % (
        shown_day(first.isoformat()),
        shown_day(last.isoformat()),
        counted(sum(row["succeeded"] for row in rows), "success", "successes"),
        counted(sum(row["failed"] for row in rows), "failure", "failures"),
    )
    head = '<svg class="timeline" viewBox="0 0 %d %d" role="img" aria-label="%s" focusable="false">' % (WIDTH, bottom + 28, text(said))
    ends = '<text x="0" y="%d">%s</text><text x="%d" y="%d" text-anchor="end">%s</text>'
    parts.append(ends % (bottom + 21, shown_day(first.isoformat()), WIDTH, bottom + 21, shown_day(last.isoformat())))
    return "%s\n%s\n</svg>" % (head, "\n".join(parts))


def _date(day: str | None) -> datetime | None:
    return moment_of("%sT00:00:00Z" % (day or ""))


def _bars(row: Row, x: float, slot: float, most: int, worst: int, base: int) -> str:
    """One day. A single failure among thousands of successes is still seen: no bar is lower than 4."""
    width = max(2.0, min(26.0, slot * 0.66))
    left = x + (slot - width) / 2
    said = "%s: %s, %s" % (shown_day(row["day"]), counted(row["succeeded"], "success", "successes"), counted(row["failed"], "failure", "failures"))
    bars = "<g><title>%s</title>" % text(said)
    if row["succeeded"]:
        height = max(4.0, UP * row["succeeded"] / most)
        bars += '<rect class="success" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>' % (left, base - height - 1, width, height)
    if row["failed"]:
        height = max(4.0, DOWN * row["failed"] / worst)
        bars += '<rect class="failure" x="%.1f" y="%d" width="%.1f" height="%.1f" rx="2"/>' % (left, base + 1, width, height)
    return bars + "</g>"


def _flag(event: Row, x: float, base: int) -> str:
    is_on = event["event_type"] == MARKS[0]
    said = "%s: provisioning was %s" % (shown_time(event["timestamp"]), "activated" if is_on else "deactivated")
    # near the right edge the flag looks to the left
    side = -1 if x > WIDTH - 20 else 1
    shape = '<path class="flag %s" d="M%.1f 3l%d 7l%d 7z"/>' % ("on" if is_on else "off", x, 14 * side, -14 * side)
    return '<g><title>%s</title><line class="pole" x1="%.1f" y1="3" x2="%.1f" y2="%d"/>%s</g>' % (text(said), x, x, base, shape)


def sparkline(title: str, values: t.Sequence[int | None]) -> str:
    """A line over the runs; where a run could not see the number, the line has a gap."""
    known = [value for value in values if value is not None]
    highest = max(known, default=0)
    step = 236.0 / max(1, len(values) - 1)
    # one point sits at the right, where the newest of many would
    points = [(2 + (step * position if len(values) > 1 else 236.0), 42 - 36.0 * (value or 0) / (highest or 1), value) for position, value in enumerate(values)]
    runs: list[list[str]] = [[]]
    for x, y, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append("%.1f %.1f" % (x, y))
    lines = "".join('<path class="line" d="M%s"/>' % "L".join(run) for run in runs if len(run) > 1)
    areas = "".join('<path class="area" d="M%s 44L%s L%s 44z"/>' % (run[0].split()[0], "L".join(run), run[-1].split()[0]) for run in runs if len(run) > 1)
    alone = "".join('<circle class="dot" cx="%s" cy="%s" r="1.5"/>' % tuple(run[0].split()) for run in runs if len(run) == 1)
    dots = alone + "".join('<circle class="dot" cx="%.1f" cy="%.1f" r="3"/>' % (x, y) for x, y, value in points[-1:] if value is not None)
    said = "%s over %s: lowest %s, highest %s, now %s." % (
        title,
        counted(len(values), "run", "runs"),
        shown_number(min(known, default=None)),
        shown_number(max(known, default=None)),
        shown_number(values[-1] if values else None),
    )
    return '<svg class="spark" viewBox="0 0 242 46" role="img" aria-label="%s" focusable="false">' % text(
        said
    ) + '<line class="axis" x1="0" y1="44" x2="242" y2="44"/>%s%s%s</svg>' % (areas, lines, dots)


def outcomes(runs: t.Sequence[Row]) -> str:
    """One mark a run: high where it was in sync, half as high for drift, a low hollow one where something was unchecked."""
    step = 1000.0 / max(1, len(runs))
    width = min(22.0, step * 0.7)
    shapes = {"in_sync": (2, 30), "drift": (16, 16), "error": (24, 8)}
    parts = []
    for position, run in enumerate(runs):
        y, height = shapes[run["outcome"]]
        said = "%s: %s" % (shown_time(run["checked_at"]), OUTCOME_WORDS[run["outcome"]].lower())
        x = position * step if len(runs) > 20 else position * 28.0
        parts.append(
            '<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d" rx="2"><title>%s</title></rect>' % (run["outcome"], x, y, width, height, text(said))
        )
    totals = ", ".join("%s %s" % (shown_number(sum(run["outcome"] == name for run in runs)), word.lower()) for name, word in OUTCOME_WORDS.items())
    said = "Outcome of %s: %s." % (counted(len(runs), "run", "runs"), totals)
    return '<svg class="outcomes" viewBox="0 0 1000 34" role="img" aria-label="%s" focusable="false">%s</svg>' % (text(said), "".join(parts))
