# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview of many pairs as one value, from which every form of it is made. Pure: the rows are those of fleet_rows.

It tells nothing of the time at which it is made, so the same reports make the same overview, until one is too old, or no longer from the future.
"""

from __future__ import annotations

import json
import re
import typing as t
from datetime import timedelta
from types import MappingProxyType

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_day, shown_minute
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import NOT_AUDITED, OUTCOMES, AgeLimit, Row, not_from_the_future, within
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.history import NUMBERS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.model import COLLECTION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import OUTCOME_WORDS, listed

OVERVIEW_VERSION = 1
WORDS = {NOT_AUDITED: "Not audited", **OUTCOME_WORDS}
# outcome, what one pair is said to be, and many
SAID = ((NOT_AUDITED, "was not audited", "were not audited"), ("error", "is unchecked", "are unchecked"), ("drift", "differs", "differ"))
# how much of what is wrong weighs in the order of pairs with the same outcome
WEIGHTS = ("missing", "unexpected", "differing", "open_failures")
# a key's age is no sum
SUMMED = tuple(name for name in NUMBERS if name != "key_age_days")
SHOWN_LINES = 20
Marks = t.Tuple[t.Optional[str], t.Optional[str], t.Optional[str]]
# reports of one round of audits are not further apart
ONE_ROUND = timedelta(days=1)


def make(rows: t.Sequence[Row], limit: AgeLimit, known: t.Mapping[str, str] = MappingProxyType({})) -> Row:
    """``rows``: one for each file, or for each pair or place without one. ``known``: which pair is to be found in which file, as somebody says."""
    newest, left_out = _newest([not_from_the_future(limit.now, row) for row in rows], known)
    pairs = sorted((within(limit, row) for row in newest), key=_worst_first)
    counts = {name: sum(row["outcome"] == name for row in pairs) for name in OUTCOMES}
    times = sorted(row["checked_at"] for row in pairs if row["checked_at"])
    return {
        "overview_version": OVERVIEW_VERSION,
        "collection": {"name": COLLECTION, "version": VERSION},
        "outcome": "error" if counts[NOT_AUDITED] or counts["error"] else "drift" if counts["drift"] else "in_sync",
        "verdict": _verdict(counts) + ("" if limit.hours else _oldest(times)),
        "checked_from": times[0] if times else None,
        "checked_until": times[-1] if times else None,
        "counts": {"pairs": len(pairs), **counts},
        "people": {name: _sum(row["counts"][name] for row in pairs) for name in SUMMED},
        "pairs": pairs,
        "left_out": left_out,
    }


def as_json(overview: Row) -> str:
    """ASCII only, so that no name can change how the rest is read."""
    return json.dumps(overview, indent=2) + "\n"


def lines_of(overview: Row) -> list[str]:
    """What a person is shown: the verdict, and the pairs that are not in sync."""
    wrong = [row for row in overview["pairs"] if row["outcome"] != "in_sync"]
    lines = [overview["verdict"], *("%s: %s: %s" % (WORDS[row["outcome"]].upper(), row["name"], row["summary"]) for row in wrong[:SHOWN_LINES])]
    more = ["... and %s, which the overview lists." % counted(len(wrong) - SHOWN_LINES, "more pair", "more pairs")] if len(wrong) > SHOWN_LINES else []
    return [*lines, *more, *("Left out: %s" % one for one in overview["left_out"])]


def _newest(rows: t.Sequence[Row], known: t.Mapping[str, str]) -> tuple[list[Row], list[str]]:
    """Of the same pair the newest report, and a sentence for each that it takes the place of."""
    kept: dict[tuple[t.Any, ...], Row] = {}
    said = []
    marks: dict[tuple[str, ...], set[Marks]] = {}
    for row in rows:
        marks.setdefault(_identity(row), set()).add(_marks(row, known))
    # of two reports of the same time, the one that was named last
    for row in sorted(rows, key=lambda one: one["checked_at"] or ""):
        identity, own = _identity(row), _marks(row, known)
        # one that could be of either of two pairs takes the place of neither
        key = (*identity, frozenset(others for others in marks[identity] if _agree(own, others)))
        older = kept.pop(key, None)
        kept[key] = row
        if older and older["file"] != row["file"]:
            facts = (quoted(older["file"]), shown_minute(older["checked_at"]), quoted(row["name"]), quoted(row["file"]), shown_minute(row["checked_at"]))
            said.append("%s of %s, since the same pair, %s, has a newer report: %s of %s." % facts)
    return list(kept.values()), said


def _identity(row: Row) -> tuple[str, ...]:
    """Which pair it may be: its tenants, or else its name. What was not audited is not known to be the same as anything."""
    if row["outcome"] == NOT_AUDITED:
        return (NOT_AUDITED, row["name"], row["summary"], row["file"] or "")
    subject = row["subject"]
    if subject["unity_organization_id"]:
        return ("tenants", subject["unity_organization_id"], subject["application"] or row["name"])
    return ("name", row["name"])


def _marks(row: Row, known: t.Mapping[str, str]) -> Marks:
    """What tells pairs of the same identity apart: the tenant and the application at JumpCloud, and what whoever named the pair calls it."""
    subject = row["subject"]
    return (subject["jumpcloud_organization_id"], subject["application_id"], known.get(row["file"] or ""))


def _agree(one: Marks, other: Marks) -> bool:
    """What one of them does not know makes no difference."""
    return all(not mine or not theirs or mine == theirs for mine, theirs in zip(one, other))


def _worst_first(row: Row) -> tuple[t.Any, ...]:
    states = list(row["checks"].values())
    weight = sum(row["counts"][name] or 0 for name in WEIGHTS)
    return (OUTCOMES.index(row["outcome"]), -states.count("red"), -weight, -states.count("amber"), natural(row["name"]))


def natural(name: str) -> list[tuple[int, int | str]]:
    """``pair 9`` comes before ``pair 10``."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(part)) if position % 2 else (1, part) for position, part in enumerate(parts)]


def _verdict(counts: t.Mapping[str, int]) -> str:
    total = sum(counts.values())
    if counts["in_sync"] == total:
        return "The one pair is in sync." if total == 1 else "All %s are in sync." % counted(total, "pair", "pairs")
    parts = ["{:,} {}".format(counts[name], one if counts[name] == 1 else many) for name, one, many in SAID if counts[name]]
    parts += ["{:,} {} in sync".format(counts["in_sync"], "is" if counts["in_sync"] == 1 else "are")] if counts["in_sync"] else []
    return "Of %s, %s." % (counted(total, "pair", "pairs"), listed(parts))


def _oldest(times: t.Sequence[str]) -> str:
    """A pair that nobody audits any more is as green as on its last day."""
    if not times or moment(times[-1]) - moment(times[0]) <= ONE_ROUND:
        return ""
    return " The oldest report is of %s." % shown_day(times[0])


def _sum(values: t.Iterable[int | None]) -> int | None:
    """Of what was seen; nothing where nobody has seen anything."""
    seen = [value for value in values if value is not None]
    return sum(seen) if seen else None
