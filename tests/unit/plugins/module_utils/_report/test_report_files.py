# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history, and the files of a report: all of them or none, private, and whatever lies in their places."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import files, history
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

LINES = audits.past([0, 3, -1])


def test_lines_survive_a_round_trip() -> None:
    assert [history.parse(row) for row in history.as_text(LINES).splitlines()] == LINES


def test_line_of_a_run_that_saw_nothing() -> None:
    line = history.line(audits.AT, "error", None, None, None)
    assert set(line) == {"checked_at", "outcome", *history.NUMBERS, *history.MEMORY} and {line[name] for name in history.NUMBERS} == {None}


@pytest.mark.parametrize(
    "row",
    [
        "",
        "{",
        "7",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"outcome": "good", "checked_at": "2026-11-24T06:00:00Z"}',
        '{"outcome": "drift"}',
        '{"outcome": "drift", "checked_at": "soon"}',
        '{"outcome": "drift", "checked_at": 7}',
        '{"outcome": "drift", "checked_at": "2026-11-24T06:00:00Z", "missing": -1}',
        '{"outcome": "drift", "checked_at": "2026-11-24T06:00:00Z", "missing": true}',
        '{"outcome": "drift", "checked_at": "2026-11-24T06:00:00Z", "missing": "1"}',
        '{"outcome": ["drift"], "checked_at": "2026-11-24T06:00:00Z"}',
    ],
)
def test_what_is_no_line(row: str) -> None:
    with pytest.raises(ValueError):
        history.parse(row)


def test_line_of_another_version() -> None:
    found = history.parse('{"outcome": "drift", "checked_at": "2026-11-24T07:00:00.5+01:00", "more": "<b>", "missing": 2}')
    assert (found["checked_at"], found["missing"], found["expected"]) == (audits.AT, 2, None) and "more" not in found


def test_new_line_takes_its_place_in_time() -> None:
    late = {**LINES[0], "checked_at": "2030-01-01T00:00:00Z"}
    assert [one["checked_at"][:10] for one in history.with_line([late, *LINES], {**LINES[0], "checked_at": audits.AT})] == [
        "2026-11-21",
        "2026-11-22",
        "2026-11-23",
        "2026-11-24",
        "2030-01-01",
    ]


def test_same_time_is_the_same_run() -> None:
    again = {**LINES[1], "missing": 7}
    assert history.with_line(LINES, again) == [LINES[0], again, LINES[2]]


# ---- reading the history


def read(path: Path) -> tuple[list[history.Line], list[str]]:
    warnings: list[str] = []
    return files.read_history(str(path), warnings.append), warnings


def test_no_history_yet(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == ([], [])


def test_broken_lines_are_left_out_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"\xff\xfe\n" + history.as_text(LINES[:2]).encode() + b'{"half\n\n   \n' + history.as_text(LINES[2:]).encode() + b"SENTINEL")
    lines, warnings = read(path)
    assert lines == LINES and len(warnings) == 1
    assert "has lines that are no run of an audit, and were left out: 1, 4, 8." in warnings[0]
    assert "SENTINEL" not in warnings[0]


def test_many_broken_lines_are_one_short_warning(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text("x\n" * 5 + history.as_text(LINES), encoding="utf-8")
    assert read(path)[1][0].endswith("left out: 1, 2, 3, 4, 5.")
    path.write_text("x\n" * 5000 + history.as_text(LINES), encoding="utf-8")
    assert read(path)[1][0].endswith("left out: 1, 2, 3, 4, 5 and 4995 more.")


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "vars.yml"
    path.write_text("---\nunity: 1\n", encoding="utf-8")
    with pytest.raises(ScimError, match="is no history of audits: none of its lines is a run. It was left as it is."):
        read(path)


@pytest.mark.parametrize("kind, words", [("folder", "it is a directory"), ("pipe", "it is not a regular file"), ("large", "it is too large")])
def test_history_that_is_no_history(tmp_path: Path, kind: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history"
    monkeypatch.setattr(files, "LARGEST", 10)
    {"folder": path.mkdir, "pipe": lambda: os.mkfifo(path), "large": lambda: path.write_text("x" * 11)}[kind]()
    with pytest.raises(ScimError, match="Can't read the history .*: %s. Choose another path for history .scim_provisioning_report_history." % words):
        try:
            read(path)
        except ScimError as error:
            raise ScimError(error.sentence()) from None


def test_folder_of_the_history_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScimError, match="Not a directory"):
        read(tmp_path / "file" / "history")


# ---- the report's files


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"history": []}', '{"history": 7}', '{"history": [7]}', "\xff", '{"history": [{"outcome": "drift"}]}'])
def test_previous_report_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="latin-1")
    assert files.ReportFiles(str(tmp_path / "report")).previous() is None


def test_previous_report(tmp_path: Path) -> None:
    found = files.ReportFiles(str(tmp_path / "report"))
    assert found.previous() is None
    (tmp_path / "report.json").write_text(json.dumps({"history": LINES}), encoding="utf-8")
    assert found.previous() == LINES[-1]
    (tmp_path / "report.json").unlink()
    (tmp_path / "report.json").mkdir()
    assert found.previous() is None


def test_contents() -> None:
    report = audits.report(audits.works())
    wanted = files.ReportFiles("/x/report").contents(report, 0o640, 10)
    modes = {".md": 0o640, ".html": 0o640, ".csv": 0o640, ".prom": 0o644, ".junit.xml": 0o640, ".json": 0o640}
    assert [(file.path, file.mode, file.option) for file in wanted] == [("/x/report" + suffix, mode, "path") for suffix, mode in modes.items()]
    assert json.loads(wanted[-1].text) == report


@pytest.mark.parametrize("change", ["nothing", "text", "mode", "link", "gone", "folder"])
def test_is_as_wanted(tmp_path: Path, change: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"text\r\n")
    path.chmod(0o600)
    changes: dict[str, t.Callable[[], t.Any]] = {
        "nothing": lambda: None,
        "text": lambda: path.write_text("text\n"),
        "mode": lambda: path.chmod(0o644),
        "link": lambda: (path.rename(tmp_path / "other"), path.symlink_to(tmp_path / "other")),
        "gone": path.unlink,
        "folder": lambda: (path.unlink(), path.mkdir()),
    }
    changes[change]()
    assert files.is_as_wanted(files.NewFile(str(path), "text\r\n", 0o600, "path")) is (change == "nothing")
