# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A step that a person does in a vendor's console: ask for it, wait for the evidence, tell how it stands.

Knows no vendor. A module gives the steps and a ``look`` that reads the evidence; everything else is the same for all of them.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.waiting import Pauses, Wait
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import Steps
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.runbook_files import RunbookFiles
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import runbook_model
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import holds

PAUSES = Pauses(1.0, 1.5, 10.0)
# a takedown is told in several words, by as many runs: what one of them has taken is not asked for again by the next
SITTING = 86400.0


@dataclass(frozen=True)
class Outcome:
    """How the step stands. ``asked``: in this run, or in an earlier one that left it open."""

    evidence: Evidence
    asked: bool
    steps: Steps
    files: dict[str, str] | None = None

    @property
    def pending(self) -> bool:
        return not self.evidence.settles

    @property
    def changed(self) -> bool:
        return self.pending or self.asked

    def as_result(self) -> dict[str, t.Any]:
        return {
            "method": "manual",
            "pending": self.pending,
            "manual_steps": self.steps if self.pending else [],
            "runbook": self.files,
            "evidence": self.evidence.as_result(),
        }


def left_to_a_person(runbook: str | None, tenant: str, *steps: str) -> str:
    """Why an earlier run has left one of the steps to a person, if nothing has shown yet that it is done; empty where it may go otherwise now."""
    return next(filter(holds, (one.reason for one in open_sections(runbook, tenant, *steps))), "")


def section_of(runbook: str | None, tenant: str, step: str) -> runbook_model.Section | None:
    """What a person was asked for last."""
    sections = RunbookFiles(runbook).load() if runbook else []
    return next((one for one in sections if one.tenant == tenant and one.step == step), None)


def open_sections(runbook: str | None, tenant: str, *steps: str) -> list[runbook_model.Section]:
    """What earlier runs have asked for of these steps, and no run has seen done."""
    sections = RunbookFiles(runbook).load() if runbook else []
    return [one for one in sections if one.is_pending and one.tenant == tenant and one.step in steps]


def was_handed_over(runbook: str | None, tenant: str, step: str, key_id: str) -> bool:
    """Whether the last request for this step was to hand over that key, be it open or done."""
    sections = RunbookFiles(runbook).load() if runbook else []
    return any((one.tenant, one.step, one.key_id) == (tenant, step, key_id) for one in sections)


class ManualTimeout(ScimError):
    """The time is over and the evidence is not there. Nothing is lost: the next run picks up where this one stopped."""

    def __init__(self, title: str, outcome: Outcome, timeout: float):
        super().__init__(
            "%s: nobody has done it within %.0f s, as far as can be seen: %s" % (title, timeout, outcome.evidence.detail),
            "Do the steps in manual_steps%s, then run again: the next run picks up where this one stopped."
            % (" (runbook: %s)" % outcome.files["html"] if outcome.files else ""),
            resumable=True,
            **outcome.as_result(),
        )
        if outcome.evidence.contradicts:
            self.hint = "Look at the field '%s' first. %s" % (outcome.evidence.contradicts, self.hint)


@dataclass
class ManualStep:
    """One step for one tenant. ``title`` says what shall be true; it heads the runbook's section and the messages. ``reason``: why a person does it.

    ``command``: the one that goes on once it is done, where that is not the one of this run; empty where none does. ``word``: how
    scim_provisioning_confirmed names it, where only that tells that it is done.
    """

    step: str
    title: str
    tenant: str
    runbook: str | None
    context: Context
    timeout: float = 0.0
    reason: str = ""
    command: str | None = None
    word: str = ""
    _sections: list[runbook_model.Section] = field(default_factory=list)
    _files: RunbookFiles | None = None

    def __post_init__(self) -> None:
        if self.timeout < 0:
            raise ScimError("%s must not be negative." % named("manual_timeout"))
        if self.runbook:
            self._files = RunbookFiles(self.runbook)
            self._sections = self._files.load()

    @property
    def previous(self) -> runbook_model.Section | None:
        """What an earlier run has asked for in the same tenant."""
        return next((one for one in self._sections if one.step == self.step and one.tenant == self.tenant), None)

    @property
    def is_open(self) -> bool:
        """An earlier run asked for it, and no run has seen it done."""
        return self.previous is not None and self.previous.is_pending

    def has_asked(self, key_id: str | None = None, remembered: float = SITTING) -> bool:
        """Whether an earlier run has asked for this very thing: under the same title, and where it is about a key, for the same one.

        A request that is done counts for so many seconds after it was. Without a runbook nothing is known of earlier runs, and nobody says a word that is
        not about this.
        """
        previous = self.previous
        if not self.runbook:
            return True
        if previous is None or previous.title != self.title or (key_id is not None and previous.key_id != key_id):
            return False
        done_at = moment_of(previous.done_at)
        return previous.is_pending or (done_at is not None and 0 <= self.context.clock.wall() - done_at.timestamp() < remembered)

    def carry_out(
        self,
        steps: Steps,
        look: t.Callable[[], Evidence],
        *,
        first: Evidence | None = None,
        prepare: t.Callable[[], None] = lambda: None,
        baseline: str | None = None,
        key_id: str | None = None,
    ) -> Outcome:
        """Ask for the step unless the evidence is there, and wait for it within the timeout. ``prepare`` runs before anybody is asked."""
        evidence = first or look()
        asked = self.is_open or not evidence.settles
        if evidence.settles or self.context.check_mode:
            return self._outcome(evidence, asked, steps)
        if self._files:
            # the secret file may be beside the runbook
            self._files.make_folder()
        prepare()
        self._write(steps, baseline, key_id)
        if self.timeout > 0:
            evidence = self._wait(look, evidence, len(steps))
            if not evidence.settles:
                raise ManualTimeout(self.title, self._outcome(evidence, True, steps), self.timeout)
        return self._outcome(evidence, asked, steps)

    def close(self) -> None:
        """Tell the runbook that the step was seen done."""
        section = self.previous
        if section is not None and section.is_pending and not self.context.check_mode:
            self._save(runbook_model.done(section, self._now()))

    def _outcome(self, evidence: Evidence, asked: bool, steps: Steps) -> Outcome:
        shown = replace(evidence, detail=self.context.masker.redact(evidence.detail))
        return Outcome(shown, asked, steps, self._files.as_result() if self._files else None)

    def _write(self, steps: Steps, baseline: str | None, key_id: str | None) -> None:
        started_at = self.previous.started_at if self.previous is not None and self.is_open and self.previous.key_id == key_id else self._now()
        # it may quote what a vendor said
        reason = self.context.masker.redact(self.reason)
        command = self.context.command if self.command is None else self.command
        asked = (self.step, self.title, self.tenant, tuple(steps), "pending", started_at, None, baseline, key_id, reason, command, self.word)
        self._save(runbook_model.Section(*asked))

    def _save(self, section: runbook_model.Section) -> None:
        if self._files:
            self._sections = runbook_model.with_section(self._sections, section)
            self._files.save(self._sections)

    def _now(self) -> str:
        return self.context.clock.rfc3339()

    def _wait(self, look: t.Callable[[], Evidence], evidence: Evidence, number_of_steps: int) -> Evidence:
        where = " The runbook: %s" % self._files.html if self._files else ""
        self.context.say("%s: %s for a person.%s" % (self.title, counted(number_of_steps, "step", "steps"), where))
        wait: Wait[Evidence] = Wait("Waiting for: %s" % self.title, self.timeout, PAUSES, self.context, lambda found: found.detail or "nothing yet")
        evidence = wait.until(lambda found: found.settles, lambda: self._look_again(look), evidence)
        if evidence.settles:
            self.context.say("%s: seen. %s" % (self.title, evidence.detail))
        return evidence

    @staticmethod
    def _look_again(look: t.Callable[[], Evidence]) -> Evidence:
        """While a person works, a service that is out of order for a moment ends nothing."""
        try:
            return look()
        except ApiError as error:
            if not error.retryable:
                raise
            return Evidence(None, error.service, error.message)
