# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runbook: the steps that persons do in the vendors' consoles, as values. Pure: no files, no clock. It never holds a secret."""

from __future__ import annotations

import json
import typing as t
from dataclasses import asdict, dataclass, fields, replace

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible

Step = t.Dict[str, t.Any]
VERSION = 1
STEP_FIELDS = ("where", "do", "field", "value", "why")
# what makes a step count, by the module that asks for it
COUNTS_WHEN = {
    "unity_service_account": "The next run tries a key of the account at Unity's SCIM service, and the answer shows that this is done.",
    "unity_service_account_key": "The next run finds the key in the secret file, and Unity's SCIM service accepts it.",
    "unity_service_account_key_revocation": "Your word, since nothing published shows it. Once you have done it, give the next run this option.",
    "jumpcloud_scim_app": "JumpCloud's Directory Insights shows the activation or deactivation that is asked for, newer than this request, and no call that "
    "was refused after it. Where it is off, your word counts in a run after this one: identity_management in scim_provisioning_confirmed.",
    "unity_scim_connector": "Your word, since nothing published shows it. Once you have seen it in the dashboard, give the next run this option.",
    "unity_audit_key": "The playbook audit_key finds it, and Unity's SCIM service accepts it. Provisioning does not need it; audits do, to see people.",
}
# a module may ask for two things, of which a word alone tells of one
COUNTS_BY_WORD = {"service_account": "Your word, since nothing published shows it. Once the account is gone, give the next run this option."}
COUNTS_OTHERWISE = "The next run of the playbook sees it."
# what a person adds to the command of the next run, where only that makes the steps count
CONFIRMATION = """-e '{"scim_provisioning_confirmed": %s}'"""
# in the order of the vendor's guide
ORDER = ("unity_service_account", "unity_service_account_key", "jumpcloud_scim_app", "unity_service_account_key_revocation", "unity_scim_connector")
NEXT = "When you have done %s, run this again. It sees what is done, and goes on."
NEXT_BY_WORD = (
    "When you have done %s, run this. Its last option says so, where nothing else can tell; it stands in for what scim_provisioning_confirmed names in "
    "your variables, so add that to it."
)


@dataclass(frozen=True)
class Section:
    """What one module asks for. ``step`` names the module, ``tenant`` the organization or application; together they are its identity.

    ``baseline_event_timestamp`` is the time of the newest event when the step was asked for, in the vendor's clock: evidence must be newer.
    ``key_id`` is the ID of the key that the step hands over. ``reason`` is why a person does it, as a clause; empty where the operator chose so.
    ``command`` goes on once it is done; empty where none does, or none is known. ``word``: how scim_provisioning_confirmed names it, where only that makes
    it count.
    """

    step: str
    title: str
    tenant: str
    steps: tuple[Step, ...]
    state: str
    started_at: str
    done_at: str | None = None
    baseline_event_timestamp: str | None = None
    key_id: str | None = None
    reason: str = ""
    command: str = ""
    word: str = ""

    @property
    def is_pending(self) -> bool:
        return self.state == "pending"

    @property
    def counts_when(self) -> str:
        return COUNTS_BY_WORD.get(self.word) or COUNTS_WHEN.get(self.step, COUNTS_OTHERWISE)

    @property
    def confirmation(self) -> str | None:
        return confirmation([self.word]) if self.word else None

    def pages(self) -> list[tuple[str, list[Step]]]:
        """The steps grouped by console page, in their order."""
        groups: list[tuple[str, list[Step]]] = []
        for step in self.steps:
            if not groups or groups[-1][0] != step["where"]:
                groups.append((step["where"], []))
            groups[-1][1].append(step)
        return groups


def with_section(sections: t.Iterable[Section], new: Section) -> list[Section]:
    """The sections in their order, with this one in the place of the one for the same step of the same tenant."""
    others = [one for one in sections if (one.step, one.tenant) != (new.step, new.tenant)]
    return sorted([*others, new], key=lambda one: ORDER.index(one.step) if one.step in ORDER else len(ORDER))


def since(section: Section) -> str:
    """Why a person was asked."""
    return ", since %s" % section.reason if section.reason else ""


def confirmation(words: t.Iterable[str]) -> str:
    """The option that says that these are done."""
    return CONFIRMATION % json.dumps(list(dict.fromkeys(words)))


@dataclass(frozen=True)
class Command:
    """What to run next. ``after``: the titles of what is to be done before, where another command goes on after the rest. ``says``: that it is done."""

    shown: str
    after: str = ""
    says: bool = False

    @property
    def words(self) -> str:
        return (NEXT_BY_WORD if self.says else NEXT) % (self.after or "the steps")

    @property
    def name(self) -> str:
        return "the command of the next run%s" % (", after %s" % self.after if self.after else "")


def commands(sections: t.Iterable[Section]) -> list[Command]:
    """The commands that go on with what is still open, each of them once."""
    found: dict[str, list[Section]] = {}
    for section in sections:
        if section.is_pending and section.command:
            found.setdefault(section.command, []).append(section)
    return [_command(command, together, len(found) > 1) for command, together in found.items()]


def _command(command: str, sections: list[Section], is_one_of_several: bool) -> Command:
    words = [section.word for section in sections if section.word]
    after = " and ".join(dict.fromkeys("'%s'" % section.title for section in sections)) if is_one_of_several else ""
    return Command(visible(" ".join([command, *([confirmation(words)] if words else [])])), after, bool(words))


def done(section: Section, at: str) -> Section:
    return replace(section, state="done", done_at=at)


def to_json(sections: t.Sequence[Section]) -> str:
    """The state as it is kept beside the runbook."""
    return json.dumps({"version": VERSION, "sections": [asdict(section) for section in sections]}, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> list[Section]:
    """The sections of a state. ValueError where it is not one that this version wrote."""
    state = json.loads(text)
    if not isinstance(state, dict) or state.get("version") != VERSION or not isinstance(state.get("sections"), list):
        raise ValueError("not a state of a runbook")
    return [_section(row) for row in state["sections"]]


def _section(row: t.Any) -> Section:
    names = [field.name for field in fields(Section)]
    if isinstance(row, dict):
        # of a version that kept none
        row = {"command": "", "word": "", **row}
    if not isinstance(row, dict) or set(row) != set(names) or not isinstance(row["steps"], list):
        raise ValueError("not a section of a runbook")
    steps = tuple({name: step.get(name) for name in STEP_FIELDS} for step in row["steps"] if isinstance(step, dict))
    required = ("step", "title", "tenant", "state", "started_at", "reason", "command", "word")
    if not all(isinstance(row[name], str) for name in required) or not all(isinstance(step["where"], str) for step in steps):
        raise ValueError("not a section of a runbook")
    return Section(**{**row, "steps": steps})


def shown_value(value: t.Any) -> str:
    """A value as a person has to type it. Characters that can't be seen, or that change how the rest is read, are shown as escapes."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return visible(str(value))
