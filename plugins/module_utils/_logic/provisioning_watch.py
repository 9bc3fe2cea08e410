# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the event source jumpcloud_provisioning does: look, tell what is new, remember, and wait. It knows neither asyncio nor ansible-rulebook."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import at, rfc3339
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import serializable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.listing import IncompleteList, NoAdvance
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import WATCHED_TYPES, Event, Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.watch_state import Unusable, load, prepare, save
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.incidents import Told, Watchwords, incidents, told, unwatched
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.watching import (
    REFUSED,
    TOLERANCE,
    UNWATCHED_AFTER,
    Memory,
    Now,
    begin,
    ends_the_watch,
    forgotten,
    news,
    now_between,
    pause_after_failure,
    remember,
    trouble_with,
)

# what begins a template, in ansible-rulebook and in a playbook that gets the event
TEMPLATE = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True)
class Options:
    """The options of the event source; ``interval`` and ``overlap`` in seconds."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    interval: float
    overlap: float
    state_file: str | None
    ours: tuple[str, ...]
    max_deprovisioned: int
    within_minutes: int
    may_provision_users: bool
    may_pause: bool


@dataclass(frozen=True)
class Look:
    """What came of one look: what to tell, what to remember once it is told, and how many seconds to wait then."""

    told: list[Told]
    memory: Memory | None
    pause: float


def run(params: dict[str, t.Any], context: Context, report: t.Callable[[str], None]) -> Watch:
    """The watch of these options. ScimError where they make no sense."""
    options = parse(Options, params)
    _require_sense(options)
    return Watch(options, context, report)


class Watch:
    """One application, watched. ``look`` and ``keep`` block, and are called in turn."""

    def __init__(self, options: Options, context: Context, report: t.Callable[[str], None]):
        """``report`` gets what an operator should see: one line, without secrets."""
        self._options = options
        self._context = context
        self._report_line = report
        self._transport = open_transport(options.http, context)
        self._connection = JumpCloudConnection(options.jumpcloud, self._transport)
        self._events = Events(self._connection.insights)
        self._words = Watchwords(
            options.ours, options.max_deprovisioned, timedelta(minutes=options.within_minutes), options.may_provision_users, options.may_pause
        )
        self._overlap = timedelta(seconds=options.overlap)
        self._application: Application | None = None
        self._memory: Memory | None = None
        self._has_seen = False
        self._failures = self._refusals = 0
        self._failing_since = 0.0
        self._gaps: list[str] = []
        self._differs = False

    def look(self) -> Look:
        """Never fails, but with a ScimError where the watch has to end."""
        try:
            with self._transport.budget.at_least(self._options.http.time_budget):
                found = self._look()
        except ScimError as error:
            return self._failed(error)
        if self._failures:
            self._report("JumpCloud answers again, after %d failed looks." % self._failures)
        self._has_seen, self._failures, self._refusals = True, 0, 0
        return found

    def keep(self, look: Look) -> None:
        """What was found is told: it is not told again, by no later run either."""
        if look.memory is None:
            return
        self._memory = look.memory
        if self._options.state_file and self._application:
            try:
                save(self._options.state_file, self._application.id, look.memory)
            except ScimError as error:
                self._report("%s Until then, a restart begins where the file ends." % error.sentence())

    def _look(self) -> Look:
        application = self._application
        if application is None:
            application = open_application(self._connection, self._options.target)
        memory, reasons = self._memory, []
        if memory is None:
            memory, reason = self._resumed(application.id)
            reasons += [reason] if reason else []
        self._application = application
        is_new = memory is None
        if memory is None:
            memory = begin(now_between(self._ours(), None), self._overlap)
        found, now = self._search(application, memory)
        if not is_new:
            trouble = trouble_with(memory, now)
            if trouble:
                reasons.append(self._unusable(trouble))
                is_new, memory = True, replace(begin(now, self._overlap), outcomes=memory.outcomes)
                found, now = self._search(application, memory)
            else:
                reasons += self._forgotten(memory, now)
        elif now.earliest - self._overlap < memory.floor:
            # by JumpCloud's clock it is earlier: ask for that time, too
            memory = begin(now, self._overlap)
            found, now = self._search(application, memory)
        fresh = news(memory, found)
        amount, learned = incidents(memory, fresh, self._words, now)
        # what was there at the beginning is known, and not told
        lines = [] if is_new else [told(event, self._words, now) for event in fresh] + amount
        reasons += self._new_gaps()
        lines += [unwatched(reason) for reason in reasons]
        remembered = remember(replace(learned, told=""), fresh, now, self._overlap)
        return Look([self._shown(line, application) for line in lines], remembered, self._options.interval)

    def _resumed(self, application_id: str) -> tuple[Memory | None, str]:
        """Where an earlier run has ended, or why that can't be gone on with."""
        if not self._options.state_file:
            return None, ""
        memory, why = None, ""
        try:
            memory = load(self._options.state_file, application_id)
        except Unusable as error:
            why = str(error)
        # else each restart would begin anew, and nobody would notice
        prepare(self._options.state_file)
        return memory, self._unusable(why) if why else ""

    def _unusable(self, why: str) -> str:
        line = "The state file can't be gone on with: %s. Watching begins anew, and what happened before is not told." % why
        self._report("%s Run the audit. (state_file: %s)" % (line, self._options.state_file))
        return line

    def _forgotten(self, memory: Memory, now: Now) -> list[str]:
        reason = forgotten(memory, now, is_resumed=self._memory is None)
        if reason:
            self._report("%s. Run the audit." % reason)
        return [reason] if reason else []

    def _search(self, application: Application, memory: Memory) -> tuple[list[Event], Now]:
        self._events.gaps.clear()
        found = list(self._events.search(application.id, WATCHED_TYPES, rfc3339(memory.floor)))
        theirs, ours = self._events.service_time, self._ours()
        differs = theirs is not None and abs(theirs - ours) > TOLERANCE
        if differs and not self._differs and theirs:
            self._report("This machine's clock says %s, and JumpCloud's %s. Correct it." % (rfc3339(ours), rfc3339(theirs)))
        self._differs = differs
        return found, now_between(ours, theirs)

    def _ours(self) -> datetime:
        return at(self._context.clock.wall())

    def _new_gaps(self) -> list[str]:
        gaps = list(self._events.gaps)
        new = [gap for gap in gaps if gap not in self._gaps]
        self._gaps = gaps
        for gap in new:
            self._report(gap)
        return new

    def _failed(self, error: ScimError) -> Look:
        clock, status = self._context.clock, getattr(error, "status", None)
        self._failures += 1
        is_refusal = self._is_refusal(error)
        self._refusals = self._refusals + 1 if is_refusal and status in REFUSED else 0
        if ends_the_watch(status, is_refusal, self._has_seen, self._refusals):
            raise error
        if self._failures == 1:
            self._failing_since = clock.now()
        retry_after = error.retry_after if isinstance(error, ApiError) else None
        pause = pause_after_failure(self._failures, self._options.interval, retry_after, clock.random())
        self._report("%s Looking again in %.0f s." % (error.sentence(), pause))
        lines, memory = [], self._memory
        failing_for = clock.now() - self._failing_since
        if failing_for >= UNWATCHED_AFTER and memory is not None and self._application and not memory.told:
            what = "unexpected answers" if isinstance(error, UnexpectedAnswer) else "failures"
            reason = "for %.0f minutes JumpCloud gave nothing but %s. The last one: %s" % (failing_for / 60, what, error.message)
            lines = [self._shown(unwatched(reason), self._application)]
            memory = replace(memory, told="unwatched")
        return Look(lines, memory if lines else None, pause)

    def _is_refusal(self, error: ScimError) -> bool:
        """Whether it is sure that the same question has the same end. A list that lies, or an answer of another shape, is no such thing."""
        if isinstance(error, ApiError):
            return not isinstance(error, UnexpectedAnswer) and error.outcome != "unknown" and not error.retryable
        return self._application is None and not isinstance(error, (IncompleteList, NoAdvance))

    def _shown(self, line: Told, application: Application) -> Told:
        """An event for others: of which application it is, and without what is secret, can't be written, or would be taken for a template."""
        shown: Told = self._harmless(serializable({**line, "application": {"id": application.id, "name": application.title}}))
        return shown

    def _harmless(self, value: t.Any) -> t.Any:
        if isinstance(value, str):
            return TEMPLATE.sub("{ ", self._context.masker.redact(value))
        if isinstance(value, dict):
            return {name: self._harmless(entry) for name, entry in value.items()}
        return [self._harmless(entry) for entry in value] if isinstance(value, list) else value

    def _report(self, line: str) -> None:
        self._report_line(self._context.masker.redact(serializable(line)))


def _require_sense(options: Options) -> None:
    for name, value, least, most in (
        ("interval", options.interval, 0.05, 86400),
        ("overlap", options.overlap, 0, 7 * 86400),
        ("max_deprovisioned", options.max_deprovisioned, 0, 10000),
        ("within_minutes", options.within_minutes, 1, 1440),
    ):
        if not least <= value <= most:
            raise ScimError("%s must be between %g and %g, not %g." % (name, least, most, value))
