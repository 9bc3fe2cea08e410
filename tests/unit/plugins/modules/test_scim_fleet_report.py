# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_fleet_report: which files it reads, what it writes, and what it refuses; no vendor is asked."""

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
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import scim_fleet_report as logic
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet_files
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_fleet_report
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_fleet_report import ARGUMENTS, main, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import FakeTime
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, run_main
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import fleets
from jsonschema import Draft202012Validator

ENDINGS = {"json": ".json", "markdown": ".md", "html": ".html"}


@pytest.fixture(name="reports")
def make_reports(tmp_path: Path) -> Path:
    """A folder with two reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    fleets.write(folder, one=fleets.report(0), two=fleets.report(3, "drift"))
    return folder


def given(*reports: t.Any, **options: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, reports=[str(path) for path in reports], **options)


def pairs(*entries: tuple[str, t.Any, str | None]) -> list[dict[str, t.Any]]:
    return [{"name": name, "report": report and str(report), "why": why} for name, report, why in entries]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def shown(result: dict[str, t.Any]) -> dict[str, str]:
    return {row["name"]: row["outcome"] for row in result["overview"]["pairs"]}


def why(result: dict[str, t.Any], name: str) -> str:
    return next(row["summary"] for row in result["overview"]["pairs"] if row["name"] == name)


def test_overview_of_a_folder(context: Context, reports: Path, warnings: list[str]) -> None:
    result = run(given(reports), context)
    assert_documented(scim_fleet_report, result)
    assert shown(result) == {"Dune Games": "drift", "Alder Games": "in_sync"} and result["changed"] and warnings == []
    assert result["files"] == {name: str(reports / "overview") + ending for name, ending in ENDINGS.items()}
    assert names(reports) == ["one.html", "one.json", "overview.html", "overview.json", "overview.md", "two.html", "two.json"]
    assert {stat.S_IMODE((reports / ("overview" + ending)).stat().st_mode) for ending in ENDINGS.values()} == {0o600}
    written = json.loads((reports / "overview.json").read_text(encoding="utf-8"))
    Draft202012Validator(fleets.SCHEMA).validate(written)
    assert [len(row.pop("trend")) for row in written["pairs"]] == [24, 24] and written == result["overview"]
    assert [action["target"] for action in result["actions"]] == [str(reports / ("overview" + ending)) for ending in (".md", ".html", ".json")]
    assert result["lines"][0] == "Of 2 pairs, 1 differs and 1 is in sync." and result["lines"][-1] == "Written: %s/overview.html" % reports
    assert context.progress.done == result["actions"]


def test_check_mode_writes_nothing_and_says_the_same(context: Context, check_context: Context, reports: Path) -> None:
    before = names(reports)
    would = run(given(reports), check_context)
    assert (names(reports), check_context.progress.done) == (before, [])
    done = run(given(reports), context)
    assert would.pop("lines") == [line.replace("Written: ", "Would be written: ") for line in done.pop("lines")] and would == done


def test_second_run_changes_nothing(context: Context, reports: Path) -> None:
    run(given(reports), context)
    before = {path: path.stat().st_ino for path in reports.iterdir()}
    result = run(given(reports), context)
    assert (result["changed"], result["actions"]) == (False, []) and result["diff"]["before"] == result["diff"]["after"]
    assert {path: path.stat().st_ino for path in reports.iterdir()} == before
    assert not [line for line in result["lines"] if "ritten" in line]


def test_only_what_was_written_is_said_to_be(context: Context, reports: Path) -> None:
    run(given(reports), context)
    (reports / "overview.html").unlink()
    result = run(given(reports), context)
    assert [line for line in result["lines"] if "ritten" in line] == ["Written: %s/overview.html" % reports]


def test_diff_shows_the_overview_beside_the_one_before(context: Context, reports: Path) -> None:
    assert run(given(reports), context)["diff"]["before"] == {}
    fleets.write(reports, three=fleets.report(7, "error"))
    diff = run(given(reports), context)["diff"]
    assert (diff["before"]["counts"]["pairs"], diff["after"]["counts"]["pairs"], diff["after"]["outcome"]) == (2, 3, "error")


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000])
def test_an_overview_that_is_damaged_is_replaced(context: Context, reports: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "all.json").write_text(content, encoding="utf-8")
    result = run(given(reports, path=str(tmp_path / "all")), context)
    assert result["changed"] and result["diff"]["before"] == {} and json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["counts"]["pairs"] == 2


def test_mode(context: Context, reports: Path) -> None:
    run(given(reports, mode="0644"), context)
    assert stat.S_IMODE((reports / "overview.html").stat().st_mode) == 0o644
    assert run(given(reports), context)["changed"]


def test_all_files_or_none(context: Context, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(given(reports), context)
    before = (reports / "overview.md").read_text(encoding="utf-8")
    fleets.write(reports, three=fleets.report(7, "error"))

    def fails(file: t.Any, staged: list[t.Any]) -> None:
        if file.path.endswith(".json"):
            raise OSError(28, "No space left on device")
        stage(file, staged)

    stage = files._stage
    monkeypatch.setattr(files, "_stage", fails)
    with pytest.raises(ScimError) as caught:
        run(given(reports), context)
    message = """Can't write "%s/overview.json": No space left on device. Choose another path for path (scim_provisioning_overview), where the user who runs"""
    assert caught.value.sentence().startswith(message % reports)
    assert (reports / "overview.md").read_text(encoding="utf-8") == before and not [name for name in names(reports) if name.startswith(".")]


# ---- what is found


def test_files_folders_and_patterns(context: Context, tmp_path: Path) -> None:
    for number, folder in enumerate(("a", "b/c", "b/d[1]", "e")):
        (tmp_path / folder).mkdir(parents=True)
        fleets.write(tmp_path / folder, audit=fleets.report(number))
    result = run(given(tmp_path / "a", tmp_path / "a" / "audit.json", tmp_path / "b" / "*" / "audit.*", tmp_path / "**" / "e" / "*"), context)
    assert sorted(shown(result)) == ["Alder Games", "Basalt Games", "Cobalt Games", "Dune Games"] and result["overview"]["left_out"] == []
    assert sorted(row["report"] for row in result["overview"]["pairs"]) == ["a/audit.html", "b/c/audit.html", "b/d%5B1%5D/audit.html", "e/audit.html"]
    assert result["files"]["html"] == str(tmp_path / "overview.html"), "in the folder that all have in common"
    assert sorted(shown(run(given(tmp_path / "b" / "d[1]"), context))) == ["Cobalt Games"]


def test_links_lead_from_the_overview_to_the_page_or_else_to_the_json(context: Context, reports: Path, tmp_path: Path) -> None:
    (reports / "two.html").unlink()
    result = run(given(reports, path=str(tmp_path / "pages" / "all")), context)
    assert [row["report"] for row in result["overview"]["pairs"]] == ["../reports/two.json", "../reports/one.html"]


@pytest.mark.parametrize(
    "path, url",
    [
        ("/x/a.html", "a.html"),
        ("/x/javascript:alert(1).html", "javascript%3Aalert%281%29.html"),
        ('/x/"><b>.html', "%22%3E%3Cb%3E.html"),
        ("/x/a b?c#d.html", "a%20b%3Fc%23d.html"),
        ("/x/\u00e9\udcff.html", "%C3%A9%FF.html"),
        ("/y/a.html", "../y/a.html"),
    ],
)
def test_a_link_is_a_path(path: str, url: str) -> None:
    assert fleet_files.link(path, "/x") == url


def test_what_cannot_be_used_stands_out_and_stops_nobody(context: Context, reports: Path, tmp_path: Path) -> None:
    (reports / "damaged.json").write_text('{"report_version": 1,', encoding="utf-8")
    (reports / "latin.json").write_bytes(b'{"name": "\xff"}')
    (reports / "folder.json").mkdir()
    fleets.write(reports, newer={**fleets.report(5), "report_version": 2})
    os.mkfifo(reports / "pipe.json")
    (reports / "broken-link.json").symlink_to(tmp_path / "nowhere")
    (reports / "notes.txt").write_text("Not ours.", encoding="utf-8")
    result = run(given(reports, reports / "absent.json"), context)
    missing = ("absent", "broken-link", "damaged", "folder", "Fjord Games", "latin", "pipe")
    assert shown(result) == {**dict.fromkeys(missing, "not_audited"), "Dune Games": "drift", "Alder Games": "in_sync"}
    for name, said in (
        ("absent", 'There is no report "%s/absent.json". Audit the pair, or take its path away.'),
        ("broken-link", 'There is no report "%s/broken-link.json". Audit the pair, or take its path away.'),
        ("damaged", '"%s/damaged.json" is damaged: it is no JSON. Audit the pair again.'),
        ("folder", 'Can\'t read "%s/folder.json": it is a directory. Let the user who runs Ansible read it, or audit the pair again.'),
        ("Fjord Games", '"%s/newer.json" is a report of version 2, and only version 1 can be read. Update the collection that makes the overview.'),
        ("latin", '"%s/latin.json" is damaged: it is no text in UTF-8. Audit the pair again.'),
        ("pipe", 'Can\'t read "%s/pipe.json": it is not a regular file. Let the user who runs Ansible read it, or audit the pair again.'),
    ):
        assert why(result, name) == said % reports
    assert result["overview"]["verdict"] == "Of 9 pairs, 7 were not audited, 1 differs and 1 is in sync."


def test_a_file_that_may_not_be_read(context: Context, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(path: str, *_unused: t.Any) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fleet_files, "read_regular", refuses)
    result = run(given(reports / "one.json"), context)
    assert why(result, "one") == 'Can\'t read "%s/one.json": Permission denied. Let the user who runs Ansible read it, or audit the pair again.' % reports


def test_a_link_to_a_report_is_read_through(context: Context, reports: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "one.json").symlink_to(reports / "one.json")
    assert shown(run(given(tmp_path / "linked"), context)) == {"Alder Games": "in_sync"}


def test_the_same_pair_twice_is_said(context: Context, reports: Path) -> None:
    fleets.write(reports, again=fleets.report(0, "drift", checked_at="2026-11-24T06:05:00Z"))
    result = run(given(reports), context)
    assert shown(result) == {"Alder Games": "drift", "Dune Games": "drift"}
    assert result["overview"]["left_out"] == [
        '"%s/one.json" of 24 Nov 2026, 06:00, since the same pair, "Alder Games", has a newer report: "%s/again.json" of 24 Nov 2026, 06:05.'
        % (reports, reports)
    ]
    assert "Left out: " + result["overview"]["left_out"][0] in result["lines"]


def test_places_without_a_report_were_not_audited(context: Context, reports: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "overview.json").write_text('{"overview_version": 1}', encoding="utf-8")
    places = ("%s/empty/" % tmp_path, tmp_path / "none" / "**" / "a[12].json", tmp_path / "older", tmp_path / "older" / "*.json", "/*/x.json")
    result = run(given(reports, *places), context)
    lost = ("empty", "none/**/a[12].json", "older", "older/*.json", "/*/x.json")
    assert shown(result) == {**dict.fromkeys(lost, "not_audited"), "Dune Games": "drift", "Alder Games": "in_sync"}
    advice = "Audit its pairs, or take its path away."
    assert why(result, "empty") == '"%s/empty/" is a folder without a report, a file whose name ends with .json. %s' % (tmp_path, advice)
    assert why(result, "older") == '"%s/older" is a folder without a report, a file whose name ends with .json. %s' % (tmp_path, advice)
    assert why(result, "older/*.json") == 'No report, a file whose name ends with .json, matches "%s/older/*.json". %s' % (tmp_path, advice)
    assert result["overview"]["outcome"] == "error" and result["overview"]["left_out"] == []


def test_an_overview_that_is_named_or_lies_beside_reports_is_left_out(context: Context, reports: Path) -> None:
    run(given(reports), context)
    assert run(given(reports, reports / "overview.json", reports / "*.json"), context)["overview"]["counts"]["pairs"] == 2


def test_reports_that_are_too_old(context: Context, time: FakeTime, reports: Path) -> None:
    fleets.write(
        reports,
        old=fleets.report(5, checked_at=context.clock.rfc3339(12 * 3600 + 1)),
        young=fleets.report(6, checked_at=context.clock.rfc3339(12 * 3600)),
        future=fleets.report(7, checked_at=context.clock.rfc3339(-400 * 24 * 3600)),
    )
    places = [reports / ("%s.json" % name) for name in ("old", "young", "future")]
    result = run(given(*places, max_age=12.0), context)
    assert shown(result) == {"Fjord Games": "not_audited", "Glacier Games": "in_sync", "Harbor Games": "not_audited"}
    assert why(result, "Harbor Games").endswith(" UTC, from the future. Check the clock of the runner, and audit the pair again.")
    assert why(result, "Fjord Games").endswith(" UTC, and so more than 12 hours old. Audit the pair again.")
    assert (result["overview"]["pairs"][0]["report"], result["overview"]["outcome"]) == ("old.html", "error")
    known = pairs(*(("host %d" % number, path, None) for number, path in enumerate(places)))
    assert run(given(pairs=known, max_age=12.0), context)["overview"]["counts"] == result["overview"]["counts"]
    without = run(given(*places), context)
    assert shown(without) == {"Fjord Games": "in_sync", "Glacier Games": "in_sync", "Harbor Games": "not_audited"}
    assert run(given(places[0], max_age=12.0), context)["changed"]
    time.pass_(10 * 3600)
    assert not run(given(places[0], max_age=12.0), context)["changed"], "the time goes on, and the page stays"


@pytest.mark.parametrize(
    "paths, prefix",
    [
        (["/a/b/x.json"], "/a/b/overview"),
        (["/a/b/x.json", "/a/b/y.json"], "/a/b/overview"),
        (["/a/b/x.json", "/a/c/d/y.json"], "/a/overview"),
        (["/a/b/x.json", "/c/y.json"], "/a/b/overview"),
    ],
)
def test_where_an_overview_is_written_if_nobody_says(paths: list[str], prefix: str) -> None:
    assert logic._beside(paths) == prefix


# ---- pairs that are known


def test_pairs_are_there_with_and_without_a_report(context: Context, reports: Path) -> None:
    nameless = {**fleets.report(5), "name": None}
    fleets.write(reports, three=nameless)
    known = pairs(
        ("alpha", reports / "one.json", None),
        ("beta", reports / "three.json", None),
        ("gamma", None, "The audit was not made."),
        ("delta", None, None),
        ("epsilon", reports / "two.json", "Can't write it."),
        ("zeta", reports / "gone.json", None),
    )
    result = run(given(pairs=known), context)
    lost = dict.fromkeys(("gamma", "delta", "epsilon", "zeta"), "not_audited")
    assert shown(result) == {**lost, "Alder Games": "in_sync", "beta": "in_sync"}
    assert (why(result, "gamma"), why(result, "epsilon")) == ("The audit was not made.", "Can't write it.")
    assert why(result, "delta") == "No report of this pair was written. Set scim_provisioning_report, and audit it again."
    assert why(result, "zeta").startswith("There is no report ") and result["files"]["json"] == str(reports / "overview.json")


def test_one_unity_organization_and_two_of_jumpcloud(context: Context, tmp_path: Path) -> None:
    """The newer is in sync, and the other is not."""
    for called, kind, minute in (("acme", "drift", 0), ("borealis", "in_sync", 1)):
        subject = {**fleets.subject(0), "jumpcloud_organization_id": called}
        fleets.write(tmp_path, **{called: fleets.report(0, kind, name=called, subject=subject, checked_at="2026-11-24T06:%02d:00Z" % minute)})
    said = "Of 2 pairs, 1 differs and 1 is in sync."
    assert run(given(tmp_path), context)["overview"]["verdict"] == said
    known = pairs(*((name, tmp_path / ("%s.json" % name), None) for name in ("acme", "borealis")))
    assert run(given(pairs=known), context)["overview"]["verdict"] == said
    result = run(given(tmp_path, pairs=known), context)
    assert result["overview"]["verdict"] == said and result["overview"]["left_out"] == []


def test_hosts_with_the_same_tenants_are_two_pairs(context: Context, tmp_path: Path) -> None:
    """As the playbook audit hands them over; without it, two reports of the same tenants are of one pair."""
    fleets.write(tmp_path, one=fleets.report(0, "drift"), two=fleets.report(0, checked_at="2026-11-24T06:01:00Z"))
    known = pairs(*((name, tmp_path / ("%s.json" % name), None) for name in ("one", "two")))
    assert run(given(pairs=known), context)["overview"]["verdict"] == "Of 2 pairs, 1 differs and 1 is in sync."
    assert run(given(tmp_path), context)["overview"]["verdict"] == "The one pair is in sync."


# ---- what is refused


def refused(options: dict[str, t.Any], context: Context) -> str:
    with pytest.raises(ScimError) as caught:
        run(options, context)
    return caught.value.sentence()


def test_one_file_for_two_pairs_is_refused(context: Context, reports: Path) -> None:
    known = pairs(("alpha", reports / "one.json", None), ("beta", reports / "one.json", None))
    assert refused(given(pairs=known), context).startswith(
        'The pairs "alpha" and "beta" write the same report, "%s/one.json", so one of them is lost. End scim_provisioning_report with a slash' % reports
    )
    assert "overview.json" not in names(reports)


def test_a_report_is_not_written_over(context: Context, reports: Path) -> None:
    for options in (given(reports, path=str(reports / "one")), given(pairs=pairs(("alpha", reports / "one.json", None)), path=str(reports / "one"))):
        assert refused(options, context) == (
            'The overview would be written over a report: both are called "%s/one.json". Choose another path for path (scim_provisioning_overview).' % reports
        )
    assert json.loads((reports / "one.json").read_text(encoding="utf-8"))["report_version"] == 1


def test_a_report_is_not_written_over_through_links(context: Context, reports: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to(reports)
    (tmp_path / "file.json").symlink_to(reports / "one.json")
    over = "The overview would be written over a report: both are called"
    for options in (
        given(reports, path=str(tmp_path / "folder" / "one")),
        given(tmp_path / "folder", path=str(reports / "one")),
        given(tmp_path / "file.json", path=str(reports / "one")),
        given(reports, path="%s/folder/../reports/one" % tmp_path),
    ):
        assert refused(options, context).startswith(over)
    assert json.loads((reports / "one.json").read_text(encoding="utf-8"))["report_version"] == 1
    (tmp_path / "mine.json").symlink_to(reports / "one.json")
    assert run(given(reports, path=str(tmp_path / "mine")), context)["changed"], "a link is replaced by a file"
    assert json.loads((reports / "one.json").read_text(encoding="utf-8"))["report_version"] == 1


@pytest.mark.parametrize(
    "options, message",
    [
        ({}, "There is nothing to make an overview of. Set reports (scim_provisioning_reports) to the folder in which the reports are."),
        ({"reports": ["a\0b"]}, 'A path holds no null character, but "a\\u0000b" does.'),
        ({"reports": ["/x"], "mode": "644"}, "mode must be four octal digits in quotes, such as '0600', not \"644\"."),
        *(
            ({"reports": ["/x"], "max_age": value}, "max_age (scim_provisioning_reports_max_age) must be above 0, not %s." % value)
            for value in (0.0, -1.0, float("nan"))
        ),
        (
            {"pairs": [{"name": "alpha", "report": None, "why": None}]},
            "Where shall the overview be written? There is no report beside which it could be. Set path (scim_provisioning_overview).",
        ),
    ],
)
def test_options_that_make_no_sense(context: Context, options: dict[str, t.Any], message: str) -> None:
    assert refused(params(ARGUMENTS, **options), context) == message


def test_nothing_found_is_an_error(context: Context, tmp_path: Path) -> None:
    hint = "Audit the pairs with scim_provisioning_report first, or name other places in reports (scim_provisioning_reports)."
    assert refused(given(tmp_path), context) == (
        'There is no report to make an overview of. "%s" is a folder without a report, a file whose name ends with .json. %s' % (tmp_path, hint)
    )
    (tmp_path / "overview.json").write_text('{\n  "overview_version": 1\n}', encoding="utf-8")
    assert refused(given(tmp_path), context) == ("There is no report to make an overview of. The files that were found are overviews themselves. %s" % hint)
    assert names(tmp_path) == ["overview.json"]


def test_as_a_module(capsys: pytest.CaptureFixture[str], reports: Path) -> None:
    result = run_main(main, capsys, check_mode=True, reports=[str(reports)])
    assert result["changed"] and result["overview"]["counts"]["pairs"] == 2 and "overview.json" not in names(reports)
    assert run_main(main, capsys, reports=[])["failed"]
