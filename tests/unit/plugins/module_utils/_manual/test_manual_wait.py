# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking for a step and waiting for it, on a clock that stands still."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import typing as t
from base64 import b64encode
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import Evidence, ManualStep, ManualTimeout, left_to_a_person
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import NO_CREDENTIALS
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime

NOTHING = Evidence(False, "source", "nothing yet")
DONE = Evidence(True, "source", "it is done", "2026-11-24T05:40:04Z")
STEPS = [{"where": "Console", "do": "Click.", "field": None, "value": None, "why": "It helps."}]


class Eyes:
    """Gives these pieces of evidence one after the other; the last one stays."""

    def __init__(self, *seen: Evidence | Exception):
        self.seen = list(seen)
        self.looks = 0

    def __call__(self) -> Evidence:
        self.looks += 1
        found = self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def watched(time: FakeTime, lines: list[str]) -> Context:
    return Context(clock=time.clock, announce=lines.append)


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    return str(tmp_path / "runbook")


def step(context: Context, prefix: str | None = None, timeout: float = 0.0, **changes: t.Any) -> ManualStep:
    return ManualStep("unity_service_account", "The account exists", "Unity organization 1", prefix, context, timeout, **changes)


def state_of(prefix: str) -> dict[str, t.Any]:
    return json.loads(Path(prefix + ".json").read_text(encoding="utf-8"))["sections"][0]


def test_what_is_done_is_not_asked_for(watched: Context, prefix: str) -> None:
    outcome = step(watched, prefix).carry_out(STEPS, Eyes(DONE))
    assert not outcome.pending and not outcome.changed and outcome.as_result()["manual_steps"] == []
    assert not Path(prefix + ".html").exists()


def test_without_a_timeout_it_looks_once_and_leaves_a_runbook(watched: Context, prefix: str, time: FakeTime, lines: list[str]) -> None:
    eyes = Eyes(NOTHING)
    outcome = step(watched, prefix).carry_out(STEPS, eyes, baseline="2026-11-24T05:00:00Z", key_id="key-1")
    assert outcome.pending and outcome.changed and eyes.looks == 1 and not time.sleeps and not lines
    assert outcome.as_result()["runbook"] == {"markdown": prefix + ".md", "html": prefix + ".html", "state": prefix + ".json"}
    assert {stat.S_IMODE(Path(prefix + suffix).stat().st_mode) for suffix in (".md", ".html", ".json")} == {0o644}
    state = state_of(prefix)
    assert (state["state"], state["baseline_event_timestamp"], state["key_id"]) == ("pending", "2026-11-24T05:00:00Z", "key-1")


def test_it_waits_until_the_evidence_is_there_and_says_so(watched: Context, prefix: str, lines: list[str]) -> None:
    outcome = step(watched, prefix, 600.0).carry_out(STEPS, Eyes(NOTHING, NOTHING, NOTHING, DONE))
    assert not outcome.pending and outcome.changed
    assert lines[0] == "The account exists: 1 step for a person. The runbook: %s.html" % prefix
    assert lines[1] == "Waiting for: The account exists (0 s of 600 s): nothing yet"
    assert lines[-1] == "The account exists: seen. it is done"


def test_a_line_comes_every_twenty_seconds_and_when_something_new_is_seen(watched: Context, time: FakeTime, lines: list[str]) -> None:
    wrong = Evidence(False, "source", "the role is missing", contradicts="Admin")
    with pytest.raises(ManualTimeout):
        step(watched, None, 100.0).carry_out(STEPS, Eyes(NOTHING, NOTHING, wrong))
    waiting = [line for line in lines if line.startswith("Waiting")]
    assert "the role is missing" in waiting[1]
    seconds = [int(line.split("(")[1].split(" s")[0]) for line in waiting]
    assert all(later - earlier <= 30 for earlier, later in zip(seconds, seconds[1:]))
    assert max(time.sleeps) == 10.0 and sum(time.sleeps) == pytest.approx(100.0)


def test_time_runs_out_with_all_that_is_needed_to_go_on(watched: Context, prefix: str) -> None:
    wrong = Evidence(False, "source", "the role is missing.", contradicts="Admin")
    with pytest.raises(ManualTimeout) as caught:
        step(watched, prefix, 30.0).carry_out(STEPS, Eyes(wrong))
    said = caught.value.sentence()
    assert "within 30 s" in said and "Look at the field 'Admin' first." in said and prefix + ".html" in said and "picks up where this one stopped" in said
    result = caught.value.as_result()
    assert result["resumable"] is True and result["pending"] is True and result["manual_steps"] == STEPS and result["evidence"]["contradicts"] == "Admin"


def test_next_run_sees_it_done_and_closes_the_section(watched: Context, prefix: str) -> None:
    step(watched, prefix).carry_out(STEPS, Eyes(NOTHING))
    later = step(watched, prefix)
    assert later.is_open
    outcome = later.carry_out(STEPS, Eyes(DONE))
    later.close()
    assert not outcome.pending and outcome.changed and state_of(prefix)["state"] == "done"
    again = step(watched, prefix).carry_out(STEPS, Eyes(DONE))
    assert not again.changed


def test_started_at_stays_while_the_same_thing_is_asked_for(watched: Context, prefix: str, time: FakeTime) -> None:
    step(watched, prefix).carry_out(STEPS, Eyes(NOTHING), key_id="a")
    first = state_of(prefix)["started_at"]
    time.pass_(3600)
    step(watched, prefix).carry_out(STEPS, Eyes(NOTHING), key_id="a")
    assert state_of(prefix)["started_at"] == first
    step(watched, prefix).carry_out(STEPS, Eyes(NOTHING), key_id="b")
    assert state_of(prefix)["started_at"] != first


def test_the_command_is_that_of_the_run_that_has_asked(watched: Context, prefix: str) -> None:
    """Another playbook may write into the same runbook."""

    def shown_after(typed: str, name: str, seen: Evidence, **given: t.Any) -> list[str]:
        one = dataclasses.replace(step(dataclasses.replace(watched, command=typed), prefix, **given), step=name)
        if not one.carry_out(STEPS, Eyes(seen)).pending:
            one.close()
        last = Path(prefix + ".md").read_text(encoding="utf-8").partition("## Then")[2]
        return [line.strip() for line in last.splitlines() if line.startswith("    ")]

    assert shown_after("provision", "unity_service_account", NOTHING) == ["provision"]
    assert shown_after("audit_key", "unity_audit_key", NOTHING, command="") == ["provision"]
    assert shown_after("rotate_key", "jumpcloud_scim_app", NOTHING) == ["provision", "rotate_key"]
    assert shown_after("provision", "jumpcloud_scim_app", NOTHING) == ["provision"]
    assert shown_after("rotate_key", "unity_service_account", DONE) == ["provision"]
    assert shown_after("rotate_key", "jumpcloud_scim_app", DONE) == []


@pytest.mark.parametrize("reason, held", [("it does not write", "it does not write"), (NO_CREDENTIALS, ""), ("", "")])
def test_what_an_earlier_run_has_left_to_a_person_stays_with_one(watched: Context, prefix: str, reason: str, held: str) -> None:
    def left(*steps: str) -> str:
        return left_to_a_person(prefix, "Unity organization 1", *steps)

    assert left("unity_service_account") == "" and left_to_a_person(None, "Unity organization 1", "unity_service_account") == ""
    step(watched, prefix, reason=reason).carry_out(STEPS, Eyes(NOTHING))
    assert state_of(prefix)["reason"] == reason and left("unity_scim_connector", "unity_service_account") == held
    assert left("unity_scim_connector") == left_to_a_person(prefix, "Unity organization 2", "unity_service_account") == ""
    for page in (prefix + ".md", prefix + ".html"):
        assert (", since %s" % reason in Path(page).read_text(encoding="utf-8")) == bool(reason)
    step(watched, prefix).close()
    assert left("unity_service_account") == ""


def test_a_reason_that_quotes_a_secret_does_not_carry_it_into_the_runbook(watched: Context, prefix: str) -> None:
    """A vendor may have said it, and the files of the runbook are no secret."""
    watched.masker.register("echoed-secret-0123")
    step(watched, prefix, reason="expected JSON, got echoed-secret-0123 and %s" % b64encode(b"echoed-secret-0123").decode()).carry_out(STEPS, Eyes(NOTHING))
    assert state_of(prefix)["reason"] == "expected JSON, got ******** and ********"
    for suffix in (".md", ".html", ".json"):
        content = Path(prefix + suffix).read_text(encoding="utf-8")
        assert "echoed-secret-0123" not in content and b64encode(b"echoed-secret-0123").decode() not in content


def test_a_section_of_another_tenant_is_not_ours(watched: Context, prefix: str) -> None:
    step(watched, prefix).carry_out(STEPS, Eyes(NOTHING))
    other = dataclasses.replace(step(watched, prefix), tenant="Unity organization 2")
    assert other.previous is None and not other.is_open


def test_check_mode_looks_once_and_writes_nothing(watched: Context, prefix: str, time: FakeTime) -> None:
    prepared: list[str] = []
    checking = dataclasses.replace(watched, check_mode=True)
    eyes = Eyes(NOTHING)
    outcome = step(checking, prefix, 600.0).carry_out(STEPS, eyes, prepare=lambda: prepared.append("!"))
    assert outcome.pending and outcome.changed and eyes.looks == 1 and not prepared and not time.sleeps
    assert list(Path(prefix).parent.iterdir()) == []


def test_confirmed_settles_without_evidence(watched: Context) -> None:
    outcome = step(watched).carry_out(STEPS, Eyes(Evidence(None, "you", "You say so.", confirmed=True)))
    assert not outcome.pending and outcome.as_result()["evidence"]["found"] is None


def trouble(retryable: bool) -> ApiError:
    return ApiError("The service is out of order.", service="Unity SCIM", operation="count", status=503, retryable=retryable)


def test_passing_trouble_ends_no_wait(watched: Context, lines: list[str]) -> None:
    outcome = step(watched, None, 60.0).carry_out(STEPS, Eyes(NOTHING, trouble(True), DONE))
    assert not outcome.pending and any("out of order" in line for line in lines)


def test_lasting_trouble_ends_it(watched: Context) -> None:
    with pytest.raises(ApiError):
        step(watched, None, 60.0).carry_out(STEPS, Eyes(NOTHING, trouble(False)))


def test_secret_in_a_detail_is_masked(watched: Context, lines: list[str]) -> None:
    watched.masker.register("hunter2-hunter2")
    said = Evidence(False, "source", "the service says hunter2-hunter2")
    with pytest.raises(ManualTimeout) as caught:
        step(watched, None, 5.0).carry_out(STEPS, Eyes(said))
    assert "hunter2" not in "".join(lines) + caught.value.sentence() + str(caught.value.as_result())


@pytest.mark.parametrize("content", ["not json", "{}"])
def test_broken_state_is_no_reason_to_forget(watched: Context, prefix: str, content: str) -> None:
    Path(prefix + ".json").write_text(content, encoding="utf-8")
    with pytest.raises(ScimError, match="can't be read as the state of a runbook"):
        step(watched, prefix)


def test_missing_folder_is_made(watched: Context, tmp_path: Path) -> None:
    step(watched, str(tmp_path / "missing" / "runbook")).carry_out(STEPS, Eyes(NOTHING))
    assert sorted(path.name for path in (tmp_path / "missing").iterdir()) == [".gitignore", "runbook.html", "runbook.json", "runbook.md"]


def test_folder_that_can_not_be_made_is_named(watched: Context, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ScimError, match=r"The folder .*/link\" of the runbook can't be made \(File exists\)"):
        step(watched, str(tmp_path / "link" / "runbook")).carry_out(STEPS, Eyes(NOTHING))


def test_negative_timeout_is_refused(watched: Context) -> None:
    with pytest.raises(ScimError, match="manual_timeout"):
        step(watched, None, -1.0)


def test_state_that_is_a_pipe_is_not_waited_for(watched: Context, prefix: str) -> None:
    os.mkfifo(prefix + ".json")
    with pytest.raises(ScimError, match="can't be read as the state of a runbook .it is not a regular file"):
        step(watched, prefix, 5.0)
