# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of many pairs of tenants, as their audits would have written them."""

from __future__ import annotations

import functools
import json
import typing as t
from datetime import datetime, timezone
from pathlib import Path

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import AgeLimit, Row, not_audited, row_of
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from jsonschema import Draft202012Validator

SCHEMA = json.loads((audits.SCHEMA_PATH.parent / "fleet_report.schema.json").read_text(encoding="utf-8"))
STUDIOS = ("Alder", "Basalt", "Cobalt", "Dune", "Ember", "Fjord", "Glacier", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen", "Meadow", "Nimbus", "Onyx")
# after every report
NOW = datetime(2026, 11, 25, tzinfo=timezone.utc)
OF_ANY_AGE = AgeLimit(None, NOW)
KINDS = ("Games", "Interactive", "Studio", "Pictures", "Works")
REFUSED = "The people could not be compared. Unity SCIM service: cannot list the users: HTTP 401. Check the key, its role and whether it was revoked."


def subject(number: int) -> dict[str, t.Any]:
    organization = str(20_000_000_000_000 + number)
    return {**audits.works()["subject"], "unity_organization_id": organization, "base_url": audits.BASE_URL.replace("12345678901234", organization)}


def name(number: int) -> str:
    return "%s %s%s" % (STUDIOS[number % 15], KINDS[number // 15 % 5], " %d" % (number // 75 + 1) if number >= 75 else "")


def report(number: int = 0, kind: str = "in_sync", **given: t.Any) -> Row:
    """The report of one pair."""
    facts = {"name": name(number), "subject": subject(number), "checked_at": "2026-11-24T06:%02d:00Z" % (number % 60), **given}
    if kind == "drift":
        return audits.report(audits.drifts(**facts), audits.past(audits.ROUGH))
    if kind == "error":
        return audits.report(audits.works(people=None, error=REFUSED, **facts), audits.past(audits.CALM))
    return audits.report(audits.works(**facts), audits.past(audits.CALM))


def kind_of(number: int) -> str:
    return "error" if number % 19 == 7 else "drift" if number % 7 == 3 else "in_sync"


def row(made: Row, file: str = "report.json") -> Row:
    return row_of(json.dumps(made), "/reports/" + file, "unnamed")


@functools.lru_cache(maxsize=4)
def _rows(count: int) -> tuple[Row, ...]:
    found = []
    for number in range(count):
        if number % 40 == 12:
            found.append(not_audited(name(number), "There is no report /reports/pair%03d.json. Audit the pair, or take its path away." % number))
        else:
            made = row(report(number, kind_of(number)), "pair%03d.json" % number)
            found.append({**made, "report": "pair%03d.html" % number, "file": "/reports/pair%03d.json" % number})
    return tuple(found)


def rows(count: int) -> list[Row]:
    """So many pairs, of which some differ, some are unchecked, and one in forty was not audited."""
    return [*_rows(count)]


def overview(found: t.Sequence[Row], left_out: t.Sequence[str] = (), limit: AgeLimit = OF_ANY_AGE) -> Row:
    """The overview, which follows its schema."""
    made = fleet.make(found, limit)
    made["left_out"] += left_out
    Draft202012Validator(SCHEMA).validate(json.loads(fleet.as_json(made)))
    return made


def write(folder: Path, **reports: Row) -> list[str]:
    """The files of these reports, as their audits would have left them."""
    paths = []
    for called, made in reports.items():
        path = folder / (called + ".json")
        path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
        path.with_suffix(".html").write_text("<!DOCTYPE html>", encoding="utf-8")
        paths.append(str(path))
    return paths
