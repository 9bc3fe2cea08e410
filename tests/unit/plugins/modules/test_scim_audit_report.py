# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_audit_report: the report, its files and its history; no vendor is asked."""

from __future__ import annotations

import json
import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import files
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_audit_report
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit_report import ARGUMENTS, main, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

# the fake clock's time
NOW = "2026-11-24T06:00:00Z"
SUFFIXES = (".md", ".html", ".csv", ".prom", ".junit.xml", ".json")


def where(folder: Path) -> dict[str, t.Any]:
    return {"path": str(folder / "report"), "history": str(folder / "history.jsonl")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def written(result: dict[str, t.Any]) -> list[str]:
    return [os.path.basename(action["target"]) for action in result["actions"]]


def lines(folder: Path) -> list[dict[str, t.Any]]:
    return [json.loads(row) for row in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]


def test_report_is_returned_only(context: Context, tmp_path: Path) -> None:
    result = run(audits.works(), context)
    assert (result["changed"], result["actions"], result["files"], result["report"]["outcome"]) == (False, [], None, "in_sync")
    assert result["diff"]["before"] == result["diff"]["after"]
    assert_documented(scim_audit_report, {**result, "files": {}})
    assert names(tmp_path) == []


def test_all_files(context: Context, tmp_path: Path, warnings: list[str]) -> None:
    result = run(audits.drifts(**where(tmp_path)), context)
    assert (result["changed"], written(result)) == (
        True,
        ["report.md", "report.html", "report.csv", "report.prom", "report.junit.xml", "report.json", "history.jsonl"],
    )
    endings = {"json": ".json", "markdown": ".md", "html": ".html", "csv": ".csv", "metrics": ".prom", "junit": ".junit.xml"}
    assert result["files"] == {name: str(tmp_path / "report") + ending for name, ending in endings.items()}
    assert names(tmp_path) == ["history.jsonl", "report.csv", "report.html", "report.json", "report.junit.xml", "report.md", "report.prom"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.suffix != ".prom"} == {0o600}
    assert stat.S_IMODE((tmp_path / "report.prom").stat().st_mode) == 0o644, "node_exporter is another user"
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == result["report"]
    assert lines(tmp_path) == [result["report"]["history"][-1]]
    assert context.progress.done == result["actions"] and warnings == []
    assert "margaret" not in (tmp_path / "history.jsonl").read_text(encoding="utf-8")


def test_check_mode_writes_nothing_and_says_the_same(context: Context, check_context: Context, tmp_path: Path) -> None:
    given = audits.drifts(**where(tmp_path))
    would = run(given, check_context)
    assert (names(tmp_path), check_context.progress.done) == ([], [])
    assert run(given, context) == would


def test_second_run_changes_nothing(context: Context, tmp_path: Path) -> None:
    given = audits.works(**where(tmp_path))
    run(given, context)
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    result = run(given, context)
    assert (result["changed"], result["actions"]) == (False, []) and result["diff"]["before"] == result["diff"]["after"]
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before


def test_metrics_stay_readable_for_node_exporter(context: Context, tmp_path: Path) -> None:
    """A link from its folder leads to each new file; and it reads nothing that is half written, since that has another ending."""
    run(audits.works(**where(tmp_path)), context)
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "production.prom").symlink_to(tmp_path / "report.prom")
    (tmp_path / "report.prom").chmod(0o600)
    assert written(run(audits.works(**where(tmp_path)), context)) == ["report.prom"]
    run(audits.drifts(**where(tmp_path)), context)
    linked = tmp_path / "node" / "production.prom"
    assert 'outcome="drift"} 1' in linked.read_text(encoding="utf-8") and stat.S_IMODE(linked.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.glob("*.prom")] == ["report.prom"]


def test_what_was_changed_by_hand_is_written_again(context: Context, tmp_path: Path) -> None:
    given = audits.works(**where(tmp_path))
    run(given, context)
    (tmp_path / "report.md").write_text("mine")
    (tmp_path / "report.html").chmod(0o644)
    assert written(run(given, context)) == ["report.md", "report.html"]


def test_next_run_shows_what_became_of_the_one_before(context: Context, tmp_path: Path) -> None:
    run(audits.drifts(**where(tmp_path), checked_at="2026-11-23T06:00:00Z"), context)
    result = run(audits.works(**where(tmp_path)), context)
    assert [result["diff"][side]["outcome"] for side in ("before", "after")] == ["drift", "in_sync"]
    assert [result["diff"][side]["missing"] for side in ("before", "after")] == [5, 0]
    assert [run_["outcome"] for run_ in result["report"]["history"]] == ["drift", "in_sync"]
    assert len(lines(tmp_path)) == 2


def test_report_of_an_earlier_time_is_not_mixed_up_with_the_newest(context: Context, tmp_path: Path) -> None:
    run(audits.works(**where(tmp_path)), context)
    result = run(audits.drifts(**where(tmp_path), checked_at="2026-11-20T06:00:00Z"), context)
    assert [run_["outcome"] for run_ in result["report"]["history"]] == ["drift"], "a trend ends with its own run"
    assert result["diff"]["after"]["outcome"] == "drift"
    assert [line["outcome"] for line in lines(tmp_path)] == ["drift", "in_sync"]


def test_report_of_the_same_time_replaces_the_one_that_was(context: Context, tmp_path: Path) -> None:
    run(audits.drifts(**where(tmp_path)), context)
    result = run(audits.works(**where(tmp_path)), context)
    assert [result["diff"][side]["outcome"] for side in ("before", "after")] == ["drift", "in_sync"]
    assert [line["outcome"] for line in lines(tmp_path)] == ["in_sync"]


def test_diff_without_a_history_takes_the_report_that_is_there(context: Context, tmp_path: Path) -> None:
    path = str(tmp_path / "report")
    assert run(audits.drifts(path=path), context)["diff"]["before"] == {}
    result = run(audits.works(path=path), context)
    assert (result["diff"]["before"]["outcome"], len(result["report"]["history"])) == ("drift", 1)


def test_time_is_now_unless_it_is_given(context: Context) -> None:
    assert run(audits.works(checked_at=None), context)["report"]["checked_at"] == NOW
    assert run(audits.works(checked_at="2026-11-24 07:00:00.5+01:00"), context)["report"]["checked_at"] == NOW


def test_history_keeps_the_newest(context: Context, tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(history.as_text(audits.past([0] * 12)), encoding="utf-8")
    result = run(audits.works(history=str(tmp_path / "history.jsonl"), max_history=3), context)
    assert (written(result), len(result["report"]["history"])) == (["history.jsonl"], 13)
    assert [line["checked_at"][:10] for line in lines(tmp_path)] == ["2026-11-22", "2026-11-23", "2026-11-24"]


def test_broken_line_of_the_history_is_left_out(context: Context, tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "history.jsonl").write_text(history.as_text(audits.past([1])) + '{"half', encoding="utf-8")
    run(audits.works(**where(tmp_path)), context)
    assert len(lines(tmp_path)) == 2 and len(warnings) == 1 and "were left out: 2." in warnings[0]


def test_symbolic_links_are_replaced(context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("report.json", "history.jsonl"):
        (tmp_path / name).write_text(history.as_text(audits.past([3])), encoding="utf-8")
        (folder / name).symlink_to(tmp_path / name)
    result = run(audits.works(**where(folder)), context)
    assert not any(path.is_symlink() for path in folder.iterdir())
    assert len(lines(tmp_path)) == 1 and len(lines(folder)) == len(result["report"]["history"]) == 2


def test_error_of_an_audit_is_a_report_too(context: Context, tmp_path: Path) -> None:
    result = run(params(ARGUMENTS, error="Unity: cannot list the users: HTTP 401.", **where(tmp_path)), context)
    assert (result["report"]["outcome"], lines(tmp_path)[0]["outcome"], lines(tmp_path)[0]["missing"]) == ("error", "error", None)
    assert "cannot list the users" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_rotation_that_is_under_way_is_no_drift(context: Context) -> None:
    keys = [{"id": name, "name": name, "created_at": at, "managed": True} for name, at in (("old", "2026-08-01T00:00:00Z"), ("new", "2026-11-24T05:50:00Z"))]
    steps = [{"step": name, "changed": True, "found": "live keys: 2", "did": ["create"]} for name in ("service_account_key", "retire_keys")]
    report = run(audits.works(keys=keys, steps=[*audits.works()["steps"][:2], *steps]), context)["report"]
    assert (report["outcome"], report["differences"]) == ("in_sync", []) and audits.complaints(report) == []
    key = next(check for check in report["checks"] if check["check"] == "key")
    assert (key["state"], key["remedy"]) == ("amber", "Audit again later.")
    assert key["found"] == "A rotation seems to be under way: the key new was created 10 minutes ago."
    again = run(audits.works(keys=[{**key, "managed": False} for key in keys], steps=steps), context)["report"]
    assert again["drift"] == ["2 steps differ"], "what is foreign is rotated by somebody else"


def test_mode(context: Context, tmp_path: Path) -> None:
    run(audits.works(mode="0640", **where(tmp_path)), context)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.suffix != ".prom"} == {0o640}
    assert stat.S_IMODE((tmp_path / "report.prom").stat().st_mode) == 0o644


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_names_are_written(context: Context, tmp_path: Path, name: str) -> None:
    result = run({**audits.hostile(name), **where(tmp_path)}, context)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == result["report"]


def test_fifty_thousand_people(context: Context, tmp_path: Path) -> None:
    people = audits.people(missing=[audits.person(number) for number in range(50000)])
    result = run(audits.works(people=people, **where(tmp_path)), context)
    assert result["report"]["people"]["counts"]["missing"] == len(result["report"]["people"]["missing"]) == 50000
    assert (tmp_path / "report.html").stat().st_size < 600_000 and (tmp_path / "report.md").stat().st_size < 200_000


# ---- what goes wrong


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_is_half_written(context: Context, tmp_path: Path, suffix: str) -> None:
    """One of the report's files can't be written: none is, and the history knows nothing of the run."""
    (tmp_path / ("report" + suffix)).mkdir()
    (tmp_path / "history.jsonl").write_text("", encoding="utf-8")
    before = names(tmp_path)
    with pytest.raises(ScimError, match="Can't write .*report\\%s.*it is a directory" % suffix) as caught:
        run(audits.works(**where(tmp_path)), context)
    assert "Choose another path for path (scim_provisioning_report)" in caught.value.sentence()
    assert (names(tmp_path), (tmp_path / "history.jsonl").read_text(), context.progress.done) == (before, "", [])


def test_folder_that_is_not_there_is_made(context: Context, tmp_path: Path) -> None:
    run(audits.works(path=str(tmp_path / "none" / "such" / "report"), history=str(tmp_path / "past" / "history.jsonl")), context)
    assert (tmp_path / "none" / "such" / "report.html").is_file() and (tmp_path / "past" / "history.jsonl").is_file()


def test_folder_that_can_not_be_made(context: Context, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("", encoding="utf-8")
    with pytest.raises(ScimError, match="Not a directory") as caught:
        run(audits.works(path=str(tmp_path / "report"), history=str(tmp_path / "none" / "history")), context)
    assert "Choose another path for history (scim_provisioning_report_history)" in caught.value.sentence() and names(tmp_path) == ["none"]


def test_no_space_is_left(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(ScimError, match="No space left on device"):
        run(audits.works(**where(tmp_path)), context)
    assert names(tmp_path) == []


def test_history_is_a_directory(context: Context, tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").mkdir()
    with pytest.raises(ScimError, match="Can't read the history .*: it is a directory"):
        run(audits.works(**where(tmp_path)), context)
    assert names(tmp_path) == ["history.jsonl"]


@pytest.mark.parametrize(
    "given, words",
    [
        ({"checked_at": "yesterday"}, 'checked_at must be a time such as 2026-11-24T05:40:04Z, not "yesterday"'),
        ({"max_history": 0}, "max_history must be at least 1, not 0"),
        ({"max_listed": -1}, "max_listed (scim_provisioning_report_max_listed) must be at least 0, not -1"),
        ({"key_max_age": -1}, "key_max_age (scim_provisioning_key_max_age) must be at least 0, not -1"),
        ({"key_max_age": float("nan")}, "key_max_age (scim_provisioning_key_max_age) must be at least 0, not nan"),
        ({"key_max_age": float("inf")}, "key_max_age (scim_provisioning_key_max_age) must be at least 0, not inf"),
        ({"mode": "384"}, "mode must be four octal digits in quotes, such as '0600', not \"384\""),
        ({"mode": "u=rw"}, "mode must be four octal digits"),
        ({"mode": "0800"}, "mode must be four octal digits"),
        ({"path": "a\0b"}, "path (scim_provisioning_report) must be a path, and a path holds no null character"),
        ({"history": "a\0b"}, "history (scim_provisioning_report_history) must be a path"),
        (
            {"path": "/x/report", "history": "/x/report.json"},
            'path (scim_provisioning_report) name the same file, "/x/report.json"',
        ),
        ({"duration": -0.5}, "The report can't be made: duration: expected a number that is not negative"),
        ({"duration": float("nan")}, "The report can't be made: duration: expected a number that is not negative"),
        ({"duration": float("inf")}, "The report can't be made: duration: expected a number that is not negative"),
        (
            {"path": "/x/report", "history": "/x/report.prom"},
            'path (scim_provisioning_report) name the same file, "/x/report.prom"',
        ),
        ({"people": {"missing": 7}}, "The report can't be made: people.missing: expected a list, got a whole number"),
    ],
)
def test_bad_input(context: Context, tmp_path: Path, given: dict[str, t.Any], words: str) -> None:
    with pytest.raises(ScimError) as caught:
        run(audits.works(**{**where(tmp_path), **given}), context)
    assert words in str(caught.value) and names(tmp_path) == []


def test_module(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    given = {name: value for name, value in audits.works().items() if value is not None}
    result = run_main(main, capsys, **{**given, "path": str(tmp_path / "report")})
    assert result["changed"] and result["report"]["outcome"] == "in_sync" and len(names(tmp_path)) == 6
    failed = run_main(main, capsys, steps=["no step"])
    assert failed["failed"] and "steps" in failed["msg"]
