# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as metrics for Prometheus: counts, times and states, and nobody's name. Pure.

Every family is a gauge, without timestamps, and the last line is the one that OpenMetrics ends with. To the older text format of Prometheus, the only one
that node_exporter's textfile collector reads, that line is a comment: so the file is valid as both. What is not known is left out. Nothing is ever 0, or
green, because nobody could look.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import COUNTS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.history import OUTCOMES, STATES

Report = t.Dict[str, t.Any]
Value = t.Union[int, float, None]
# labels beside those of the pair, and the value
Sample = t.Tuple[t.Dict[str, str], Value]

PREFIX = "scim_provisioning_"
END = "# EOF"
# what the operator has named, so that a series does not change its labels when something could not be read
LABELS = (("unity_organization_id", "unity_organization_id"), ("application", "application"))
FOUND = ("jumpcloud_organization_id", "application_id")
# name, what it says, and where its samples come from; texts are the same in every file, or node_exporter refuses them
Family = t.Tuple[str, str, t.Callable[[Report], t.List[Sample]]]


def render(report: Report) -> str:
    pair = {"pair": report["name"], **{label: report["subject"][field] for label, field in LABELS}}
    lines = []
    for name, says, find in FAMILIES:
        samples = [_sample(name, {**pair, **labels}, value) for labels, value in find(report) if value is not None]
        lines += ["# HELP %s%s %s" % (PREFIX, name, says), "# TYPE %s%s gauge" % (PREFIX, name), *samples] if samples else []
    return "\n".join([*lines, END]) + "\n"


def _sample(name: str, labels: t.Mapping[str, str | None], value: int | float) -> str:
    # an empty label is no label
    shown = ",".join('%s="%s"' % (label, _escaped(said)) for label, said in labels.items() if said)
    return "%s%s%s %r" % (PREFIX, name, "{%s}" % shown if shown else "", value)


def _escaped(value: str) -> str:
    return visible(value).replace("\\", "\\\\").replace('"', '\\"')


def _if_seen(value: int | None, whole: bool) -> int | None:
    """The number. Where not all was seen it is at least so many; a zero would say nothing then."""
    return value if value or whole else None


def _seconds(time: t.Any) -> float | None:
    """Since the epoch."""
    at = moment_of(time)
    return at.timestamp() if at else None


def _pair(report: Report) -> list[Sample]:
    return [({name: report["subject"][name] for name in FOUND}, 1)]


def _outcome(report: Report) -> list[Sample]:
    return [({"outcome": one}, int(one == report["outcome"])) for one in OUTCOMES]


def _checks(report: Report) -> list[Sample]:
    return [({"check": check["check"], "state": state}, int(state == check["state"])) for check in report["checks"] for state in STATES]


def _steps(report: Report) -> list[Sample]:
    steps = report["history"][-1]["differing_steps"]
    return [({}, None if steps is None else _if_seen(len(steps), not report["error"]))]


def _people(report: Report) -> list[Sample]:
    if not report["people"]:
        return []
    whole = not unseen.of_people(report)
    # without the events nobody can be told to be pending
    events = "events" not in report["switched_off"] and not any(unseen.kind(row) == "pending" for row in report["unchecked"])
    counts = report["people"]["counts"]
    return [({"kind": name}, _if_seen(counts[name], whole and (events or name != "pending"))) for name in COUNTS]


def _by_cause(report: Report, number: str) -> list[Sample]:
    found: Counter[str] = Counter()
    for failure in (report["health"] or {}).get("failures") or ():
        found[failure["cause"]] += failure[number]
    return [({"cause": cause}, count) for cause, count in found.items()]


def _syncs(report: Report) -> list[Sample]:
    """Beside these, no failure of some cause says that there was none."""
    health = report["health"]
    return [({"result": name}, _if_seen(health[name], not health["incomplete"])) for name in ("succeeded", "failed")] if health else []


FAMILIES: tuple[Family, ...] = (
    ("pair_info", "The pair of tenants that was audited, with what was found of it. Always 1.", _pair),
    ("audit_timestamp_seconds", "When the audit was made.", lambda report: [({}, _seconds(report["checked_at"]))]),
    ("audit_duration_seconds", "How long the audit took.", lambda report: [({}, report["duration_seconds"])]),
    ("audit_outcome", "What came out of the audit: 1 for its outcome, 0 for the others.", _outcome),
    ("check_state", "The state of a check: 1 for the one that it is in, 0 for the others.", _checks),
    ("differing_steps", "Steps of the set-up that a provision run would change.", _steps),
    ("people", "People and accounts by kind.", _people),
    ("syncs", "Syncs by result, within the days of events that the audit looks back.", _syncs),
    ("failures", "Failed syncs by cause, within the days of events that the audit looks back.", lambda report: _by_cause(report, "count")),
    ("failing_people", "People whose newest provisioning event is a failure, by cause.", lambda report: _by_cause(report, "open_people_count")),
    (
        "last_success_timestamp_seconds",
        "When a sync succeeded last, within the days of events that the audit looks back.",
        lambda report: [({}, _seconds(((report["health"] or {}).get("last_success") or {}).get("timestamp")))],
    ),
    ("key_age_seconds", "The age of the newest key of the service account, at the time of the audit.", lambda report: [({}, report["key_age_seconds"])]),
)
