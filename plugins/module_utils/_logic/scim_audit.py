# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scim_audit does: it reads the people and the events, judges them beside what was seen of the set-up, and makes one report of it all."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.plan import Plan
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.audit_reads import Options, Reader
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.scim_audit_report import (
    TITLE,
    files_of,
    make_report,
    plan_files,
    validated,
    write_files,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.files import read_history
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import audit as rules

Facts = t.Dict[str, t.Any]
# what the report and its diff are made of is in the files, since it names people; this is not
OF_THE_REPORT = ("outcome", "verdict", "drift", "checked_at", "checks", "differences")


def run(params: Facts, context: Context) -> Facts:
    """Read and judge what is to be audited. What can't be read is unchecked, and a report that can't be written is not lost."""
    options = parse(Options, params)
    mode = validated(options.files, options.key_max_age)
    elapsed = _stopwatch(options.started_at, context)
    checked_at, reader = context.clock.rfc3339(), Reader(options, context)
    people, events = reader.people(), reader.events()
    facts = {**_facts(options, people, events, reader), "duration": elapsed()}
    past, unwritable = _past(options.files.history, context)
    report = make_report(facts, checked_at, past, options.files.path)
    shown = history.without_people(report["history"][-1])
    plan = Plan(shown, shown, title=TITLE)
    if unwritable is None:
        wanted = plan_files(options.files, report, past, mode)
        try:
            write_files(wanted, context)
            plan = wanted
        except ScimError as error:
            unwritable = error
    files = files_of(options.files)
    if unwritable:
        why = " ".join(part for part in (facts["error"], context.masker.redact(unwritable.sentence())) if part)
        report, files = {**report, "outcome": "error", "error": why, "verdict": why}, None
    audit = {
        **{name: report[name] for name in OF_THE_REPORT},
        "counts": (report["people"] or {}).get("counts") or {},
        "unchecked": report["unchecked"],
        "error": report["error"],
        "files": files,
    }
    lines = rules.lines_of(audit, written=not context.check_mode) + (rules.names_of(report["people"]) if context.diff_mode else [])
    return {**plan.as_result(), "audit": audit, "lines": lines}


def _stopwatch(started_at: str | None, context: Context) -> t.Callable[[], float | None]:
    """Gives the seconds since the audit began; None where the clock was set back meanwhile."""
    if not started_at:
        begun = context.clock.now()
        return lambda: context.clock.now() - begun
    start = moment_of(started_at)
    if start is None:
        raise ScimError("started_at must be a time such as 2026-11-24T05:40:04Z, not %s." % quoted(started_at))

    def elapsed() -> float | None:
        seconds = (at(context.clock.wall()) - start).total_seconds()
        return seconds if seconds >= 0 else None

    return elapsed


def _facts(options: Options, people: Facts | None, events: Facts, reader: Reader) -> Facts:
    """Everything that the report is made of."""
    seen = options.seen
    setup = {**rules.setup_seen(seen, options.key_name), "connector": rules.connector_seen(options.connector, people, reader.refused_at)}
    setup = {name: _readable(name, value) for name, value in setup.items()}
    application = rules.seen_object(seen, "application") or {}
    return {
        "name": options.name,
        "subject": {
            "unity_organization_id": options.unity_organization_id,
            "jumpcloud_organization_id": _text(application.get("organization_id")),
            "application": _text(application.get("display_label")) or options.target.application,
            "application_id": _text(application.get("id")),
            "base_url": (setup["connector"] or {}).get("base_url"),
        },
        "steps": options.steps,
        **setup,
        "key_max_age": options.key_max_age,
        "people": people,
        "health": events.get("health"),
        "events": events.get("events") or [],
        "unchecked": reader.unchecked,
        "switched_off": reader.off,
        "error": rules.said_errors(reader.context.masker.redact(_stopped(options) or ""), reader.unread),
    }


def _stopped(options: Options) -> str | None:
    steps = [] if "steps" in options.switched_off else [step.get("step") for step in options.steps]
    return rules.stopped(options.stops, options.failure, steps, [] if "steps" in options.switched_off else options.run_tags)


def _readable(name: str, value: t.Any) -> t.Any:
    """What was seen of the set-up, unless it is of a shape that the report can't show: that was not seen."""
    try:
        GIVEN[name](value, name)
    except ShapeMismatch:
        return None
    return value


def _text(value: t.Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _past(path: str | None, context: Context) -> tuple[list[history.Line], ScimError | None]:
    """The runs before this one, and why they can't be read."""
    try:
        return (read_history(path, context.warn) if path else []), None
    except ScimError as error:
        return [], error
