# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an overview of many pairs tells of one: taken from the JSON file of its report, or why there is no report to take it from. Pure.

No person is named: an overview goes to where the reports themselves do not.
"""

from __future__ import annotations

import itertools
import json
import re
import typing as t
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment, moment_of, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line, sentence
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import OneOf, Optional, ShapeMismatch, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.model import REPORT_VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import listed, step_title, verdict_beside

Row = t.Dict[str, t.Any]
NOT_AUDITED = "not_audited"
# the worst first: what nobody saw could be anything
OUTCOMES = (NOT_AUDITED, "error", "drift", "in_sync")
SUBJECT = ("unity_organization_id", "jumpcloud_organization_id", "application", "application_id", "base_url")
# runs in a trend, the newest included
SHOWN_RUNS = 24
LONGEST_NAME = 120
# clocks of two machines differ by less
LARGEST_SKEW = timedelta(minutes=10)
LONGEST_SUMMARY = 300
# for the vendor's support, to whom the report itself tells it
REQUEST_ID = re.compile(r" ?\(request id [^()]*\)")
# what an error of a vendor may quote of a person
ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]+@[^\s@<>()\[\]\"',;:]+")
SHAPE = {
    "name": Optional(str),
    "checked_at": str,
    "subject": {name: Optional(str) for name in SUBJECT},
    "outcome": OneOf(*history.OUTCOMES),
    "verdict": str,
    "drift": [str],
    "checks": [{"check": str, "state": OneOf(*history.STATES), "since": Optional(str)}],
    "differences": [{"step": str, "since": Optional(str)}],
    "error": Optional(str),
    "history": [dict],
}


class AgeLimit(t.NamedTuple):
    """How old a report may be, in hours (None: of any age), and the time from which that counts."""

    hours: float | None
    now: datetime


class NoReport(Exception):
    """There is no report to be used. ``why`` names the file and says what to do; ``name`` is what the pair is called, if that could be seen."""

    def __init__(self, why: str, name: str | None = None):
        super().__init__(why)
        self.why = why
        self.name = name


def not_audited(name: str, why: str) -> Row:
    """A pair without a report."""
    return {
        "name": one_line(name, LONGEST_NAME),
        "outcome": NOT_AUDITED,
        "since": None,
        "summary": one_line(without_addresses(why), LONGEST_SUMMARY),
        "checked_at": None,
        "subject": dict.fromkeys(SUBJECT),
        "counts": dict.fromkeys(history.NUMBERS),
        "checks": {},
        "trend": [],
        "report": None,
        "file": None,
    }


def within(limit: AgeLimit, row: Row) -> Row:
    """The row; that of a report which is too old is one that was not audited, and leads to it."""
    if limit.hours is None or not row["checked_at"] or (limit.now - moment(row["checked_at"])).total_seconds() <= limit.hours * 3600:
        return row
    # without the hours since, which would make each overview another one
    hours = "{:,} {}".format(int(limit.hours) if limit.hours == int(limit.hours) else limit.hours, "hour" if limit.hours == 1 else "hours")
    return _unusable(row, "The report is of %s, and so more than %s old. Audit the pair again." % (shown_time(row["checked_at"]), hours))


def not_from_the_future(now: datetime, row: Row) -> Row:
    """The row; that of a report from the future is one that was not audited. When it was made is not known, so it is newer than no other."""
    if not row["checked_at"] or moment(row["checked_at"]) - now <= LARGEST_SKEW:
        return row
    return _unusable(row, "The report is of %s, from the future. Check the clock of the runner, and audit the pair again." % shown_time(row["checked_at"]))


def _unusable(row: Row, why: str) -> Row:
    """A pair with a report that does not count, and still can be looked at."""
    return {**not_audited(row["name"], why), **{name: row[name] for name in ("subject", "report", "file")}}


def is_overview(content: str) -> bool:
    """Whether it is what this makes itself: it lies beside the reports, and is none."""
    # its first field; a report, which may be long, is not read twice
    return re.match(r'\s*\{\s*"overview_version"\s*:', content) is not None


def row_of(content: str, file: str, name: str) -> Row:
    """The pair whose report has this content. ``name``: what it is called if the report does not say."""
    report = _read(content, file)
    trend = [{"checked_at": run["checked_at"], "outcome": run["outcome"], "missing": run["missing"]} for run in report["history"][-SHOWN_RUNS:]]
    newest = report["history"][-1]
    return {
        "name": one_line(report["name"] or name, LONGEST_NAME),
        "outcome": report["outcome"],
        "since": _since(report),
        "summary": one_line(without_addresses(REQUEST_ID.sub("", _summary(report))), LONGEST_SUMMARY),
        "checked_at": newest["checked_at"],
        "subject": {field: report["subject"].get(field) for field in SUBJECT},
        "counts": {number: newest[number] for number in history.NUMBERS},
        "checks": {check["check"]: check["state"] for check in report["checks"]},
        "trend": trend,
        "report": None,
        "file": None,
    }


def without_addresses(said: str) -> str:
    return ADDRESS.sub("(an address)", said)


def _read(content: str, file: str) -> Row:
    """The report, with its history as runs. NoReport for anything else."""
    try:
        report = json.loads(content)
    except (ValueError, RecursionError):
        raise NoReport("%s is damaged: it is no JSON. Audit the pair again." % quoted(file)) from None
    called = report.get("name") if isinstance(report, dict) and isinstance(report.get("name"), str) else None
    version = report.get("report_version") if isinstance(report, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise NoReport("%s is no report of an audit. Take it away, or audit the pair again." % quoted(file), called)
    if version != REPORT_VERSION:
        newer = "Update the collection that makes the overview" if version > REPORT_VERSION else "Audit the pair again"
        raise NoReport("%s is a report of version %d, and only version %d can be read. %s." % (quoted(file), version, REPORT_VERSION, newer), called)
    try:
        check_shape(report, SHAPE, "the report")
        runs = [history.parse(json.dumps(run)) for run in report["history"][-history.SHOWN :]]
        at = moment_of(report["checked_at"])
        if at is None or not runs or rfc3339(at) != runs[-1]["checked_at"]:
            raise ShapeMismatch("the report", "a history that ends with its own run", "another one")
    except ShapeMismatch as error:
        raise NoReport("%s is damaged: %s. Audit the pair again." % (quoted(file), error), called) from None
    except (ValueError, RecursionError):
        raise NoReport("%s is damaged: its history has a line that is no run. Audit the pair again." % quoted(file), called) from None
    return {**report, "history": runs}


def _since(report: Row) -> str | None:
    """Since when audits have come to the same outcome, as far as the report tells; None where it tells nothing.

    Where no run has come to another outcome, what differs may be older than all of them: a report takes these times from the one that it replaces.
    """
    runs = report["history"]
    same = [*itertools.takewhile(lambda run: run["outcome"] == report["outcome"], reversed(runs))]
    times = [run["checked_at"] for run in same]
    if len(same) == len(runs):
        # the time of a run alone is no more than that of the audit
        times = times if len(times) > 1 else []
        broken = [check for check in report["checks"] if check["state"] == "red"]
        # what differs has nothing to do with what nobody could see
        found = [moment_of(one.get("since")) for one in (*broken, *report["differences"])] if report["outcome"] == "drift" else []
        times += [rfc3339(at) for at in found if at]
    return min(times, default=None)


def _summary(report: Row) -> str:
    """What differs, in a line."""
    if report["outcome"] == "error" and report["error"]:
        too = " Drift was found, too: %s." % listed(report["drift"]) if report["drift"] else ""
        return str(report["error"]) + too
    if report["outcome"] == "drift" and report["drift"]:
        steps = [step_title(row["step"]).lower() for row in report["differences"]]
        return sentence(listed(report["drift"])) + (" %s: %s." % ("Step" if len(steps) == 1 else "Steps", listed(steps)) if steps else "")
    return verdict_beside(str(report["outcome"]), str(report["verdict"]))
