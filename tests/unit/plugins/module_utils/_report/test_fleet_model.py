# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview as a value: what it takes from a report, which pair comes first, and which report of a pair counts."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import fleet, model
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import (
    AgeLimit,
    NoReport,
    Row,
    is_overview,
    not_audited,
    row_of,
    without_addresses,
)
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits, fleets

FILE = "/reports/a.json"


def test_row_of_a_report() -> None:
    row = fleets.row(fleets.report(3, "drift"))
    assert (row["name"], row["outcome"], row["checked_at"], row["since"]) == ("Dune Games", "drift", "2026-11-24T06:03:00Z", "2026-11-19T06:00:00Z")
    assert row["subject"]["unity_organization_id"] == "20000000000003" and row["checks"]["groups"] == "red"
    assert (row["counts"]["missing"], row["counts"]["expected"], row["counts"]["key_age_days"]) == (5, 412, 81)
    assert len(row["trend"]) == 24 and row["trend"][-1] == {"checked_at": "2026-11-24T06:03:00Z", "outcome": "drift", "missing": 5}


def audited(at: str, kind: str, past: t.Sequence[Row] = (), replaced: Row | None = None) -> Row:
    """What an audit leaves that finds everything as wanted, that groups are to be bound, or that the people can't be compared."""
    given = audits.works(checked_at=at, steps=[{**STEP, "changed": kind != "in_sync", "did": [] if kind == "in_sync" else ["bind 1"]}])
    given = {**given, "people": None if kind == "error" else given["people"]}
    facts = {name: value for name, value in given.items() if name != "checked_at"}
    return model.make(facts, at, past, replaced=replaced)


OCTOBER, NOVEMBER, TODAY = "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-24T00:00:00Z"


@pytest.mark.parametrize(
    "kinds, kept, since",
    [
        # without a history file, a report takes over since when something differs, and nothing else
        (("drift", "drift"), False, OCTOBER),
        (("drift", "drift", "drift"), False, OCTOBER),
        (("drift",), False, TODAY),
        (("in_sync", "drift"), False, TODAY),
        (("in_sync", "in_sync"), False, None),
        (("drift", "in_sync"), False, None),
        (("drift", "error"), False, None),
        (("error", "error"), False, None),
        # with one, the runs tell
        (("drift", "drift", "drift"), True, OCTOBER),
        (("in_sync", "drift", "drift"), True, NOVEMBER),
        (("in_sync", "in_sync"), True, OCTOBER),
        (("error", "error"), True, OCTOBER),
        (("drift", "error"), True, TODAY),
        (("in_sync",), True, None),
    ],
)
def test_since_when_a_pair_is_as_it_is(kinds: tuple[str, ...], kept: bool, since: str | None) -> None:
    times = (OCTOBER, NOVEMBER, TODAY) if len(kinds) == 3 else (OCTOBER, TODAY)[-len(kinds) :]
    past: list[Row] = []
    made: Row = {}
    for at, kind in zip(times, kinds):
        made = audited(at, kind, past if kept else (), made["history"][-1] if made else None)
        past.append(made["history"][-1])
    assert (made["outcome"], fleets.row(made)["since"]) == (kinds[-1], since)


def test_a_history_that_began_after_the_drift_is_not_believed() -> None:
    """The report that the first of its runs replaced knew more."""
    first = audited(OCTOBER, "drift")
    second = audited(NOVEMBER, "drift", replaced=first["history"][-1])
    third = audited(TODAY, "drift", [second["history"][-1]])
    assert len(third["history"]) == 2 and fleets.row(third)["since"] == OCTOBER


def test_a_time_that_is_none_tells_nothing() -> None:
    made = audited(TODAY, "drift")
    for row in (*made["checks"], *made["differences"]):
        row["since"] = "of old"
    assert fleets.row(made)["since"] is None
    for row in (*made["checks"], *made["differences"]):
        del row["since"]
    assert fleets.row(made)["since"] is None


STEP = {"step": "user_groups", "changed": True, "found": "none", "did": ["bind 1"], "verified": []}


@pytest.mark.parametrize(
    "given, summary",
    [
        (audits.works(), "All 6 steps are as wanted, and all 412 expected people have their accounts."),
        (
            audits.drifts(),
            "2 steps differ, 5 people are missing, 2 accounts are unexpected and 1 account differs. Steps: identity management and user groups.",
        ),
        (audits.works(steps=[STEP]), "1 step differs. Step: user groups."),
        (audits.works(people=None), "The people were not compared."),
        (audits.works(error="No answer (request id 7-a).\nTry again."), "No answer. Try again."),
        (audits.works(error="No answer.", steps=[STEP]), "No answer. Drift was found, too: 1 step differs."),
        (audits.works(error="Ada <ada@example.com> is not known."), "Ada <(an address)> is not known."),
        (audits.works(error="n" * 5000), "n" * 299 + "\u2026"),
    ],
)
def test_what_differs_is_one_line(given: dict[str, t.Any], summary: str) -> None:
    assert fleets.row(audits.report(given))["summary"] == summary


@pytest.mark.parametrize(
    "said, shown",
    [
        ("ada@example.com: HTTP 409", "(an address): HTTP 409"),
        ("(userName=ada.l+x@example.co.uk)", "((an address))"),
        ("run ansible-playbook unity_jumpcloud.scim.audit -e @vars.yml", "run ansible-playbook unity_jumpcloud.scim.audit -e @vars.yml"),
    ],
)
def test_addresses_are_not_told(said: str, shown: str) -> None:
    assert without_addresses(said) == shown


def changed(**fields: t.Any) -> str:
    return json.dumps({**fleets.report(), **fields})


@pytest.mark.parametrize(
    "content, why",
    [
        ("", "is damaged: it is no JSON. Audit the pair again."),
        ('{"report_version": 1,', "is damaged: it is no JSON. Audit the pair again."),
        ("[" * 100_000, "is damaged: it is no JSON. Audit the pair again."),
        ("[]", "is no report of an audit. Take it away, or audit the pair again."),
        ('{"report_version": true}', "is no report of an audit. Take it away, or audit the pair again."),
        ('{"name": "a package"}', "is no report of an audit. Take it away, or audit the pair again."),
        (changed(report_version=2), "is a report of version 2, and only version 1 can be read. Update the collection that makes the overview."),
        (changed(report_version=0), "is a report of version 0, and only version 1 can be read. Audit the pair again."),
        ('{"report_version": 1}', "is damaged: the report: expected a field 'checked_at', got none. Audit the pair again."),
        (changed(outcome="green"), "is damaged: the report.outcome: expected one of in_sync, drift, error, got another value. Audit the pair again."),
        (changed(checks=[{"check": "role"}]), "is damaged: the report.checks[0]: expected a field 'state', got none. Audit the pair again."),
        (
            changed(differences=[{"step": "x", "since": 7}]),
            "is damaged: the report.differences[0].since: expected a string, got a whole number. Audit the pair again.",
        ),
        (changed(history=[]), "is damaged: the report: expected a history that ends with its own run, got another one. Audit the pair again."),
        (changed(checked_at="soon"), "is damaged: the report: expected a history that ends with its own run, got another one. Audit the pair again."),
        (changed(history=[{"outcome": "drift"}]), "is damaged: its history has a line that is no run. Audit the pair again."),
        (changed(name=7), "is damaged: the report.name: expected a string, got a whole number. Audit the pair again."),
    ],
)
def test_what_is_no_report_says_why_and_what_to_do(content: str, why: str) -> None:
    with pytest.raises(NoReport) as caught:
        row_of(content, FILE, "a")
    assert caught.value.why == '"%s" %s' % (FILE, why)


def test_a_report_that_cannot_be_read_is_still_called_by_its_name() -> None:
    with pytest.raises(NoReport) as caught:
        row_of(changed(report_version=2), FILE, "a")
    assert caught.value.name == "Alder Games"


def test_an_overview_is_no_report() -> None:
    overview = fleet.as_json(fleets.overview(fleets.rows(1)))
    assert is_overview(overview) and is_overview(json.dumps(json.loads(overview)))
    assert not is_overview(changed(name='{"overview_version": 1')) and not is_overview("")


def outcome_and_verdict(*kinds: str) -> tuple[str, str]:
    found = [not_audited("n%d" % number, "No.") if kind == "none" else fleets.row(fleets.report(number, kind)) for number, kind in enumerate(kinds)]
    overview = fleets.overview(found)
    return overview["outcome"], overview["verdict"]


@pytest.mark.parametrize(
    "kinds, outcome, verdict",
    [
        (("in_sync",), "in_sync", "The one pair is in sync."),
        (("in_sync", "in_sync"), "in_sync", "All 2 pairs are in sync."),
        (("in_sync", "drift"), "drift", "Of 2 pairs, 1 differs and 1 is in sync."),
        (("drift", "drift", "error"), "error", "Of 3 pairs, 1 is unchecked and 2 differ."),
        (("none", "none", "error", "error", "in_sync", "in_sync"), "error", "Of 6 pairs, 2 were not audited, 2 are unchecked and 2 are in sync."),
        (("none",), "error", "Of 1 pair, 1 was not audited."),
    ],
)
def test_the_worst_speaks_for_all(kinds: tuple[str, ...], outcome: str, verdict: str) -> None:
    assert outcome_and_verdict(*kinds) == (outcome, verdict)


def test_the_verdict_tells_of_a_report_that_is_older_than_one_round() -> None:
    def verdict(*times: str, hours: float | None = None) -> str:
        rows = [fleets.row(fleets.report(number, checked_at=at)) for number, at in enumerate(times)]
        return fleets.overview(rows, limit=AgeLimit(hours, NOW))["verdict"]

    assert verdict("2026-11-24T00:00:00Z", "2024-01-01T23:59:59Z") == "All 2 pairs are in sync. The oldest report is of 1 Jan 2024."
    assert verdict("2026-11-24T06:00:00Z", "2026-11-23T05:59:59Z") == "All 2 pairs are in sync. The oldest report is of 23 Nov 2026."
    assert verdict("2026-11-24T06:00:00Z", "2026-11-23T06:00:00Z") == "All 2 pairs are in sync."
    assert verdict("2024-01-01T00:00:00Z") == "The one pair is in sync."
    assert verdict("2026-11-24T06:00:00Z", "2026-11-20T06:00:00Z", hours=100) == "All 2 pairs are in sync.", "somebody has said how old is old"
    assert outcome_and_verdict("none", "none") == ("error", "Of 2 pairs, 2 were not audited.")


NOW = datetime(2026, 11, 24, 6, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "hours, older, said",
    [
        (12, timedelta(hours=12, seconds=1), "more than 12 hours old"),
        (12, timedelta(hours=12), None),
        (1, timedelta(hours=2), "more than 1 hour old"),
        (0.5, timedelta(minutes=31), "more than 0.5 hours old"),
        (1000, timedelta(days=1000), "more than 1,000 hours old"),
        (1e300, timedelta(days=1000), None),
        (float("inf"), timedelta(days=1000), None),
        (0.5, timedelta(minutes=-10), None),
    ],
)
def test_a_report_that_is_too_old_is_none(hours: float, older: timedelta, said: str | None) -> None:
    made = {**fleets.row(fleets.report(3, "drift", checked_at=(NOW - older).strftime("%Y-%m-%dT%H:%M:%SZ"))), "report": "a.html", "file": "/a.json"}
    overview = fleets.overview([made], limit=AgeLimit(hours, NOW))
    (row,) = overview["pairs"]
    if said is None:
        assert row == made
        return
    assert (row["outcome"], row["name"], row["report"], row["file"], row["subject"]) == ("not_audited", "Dune Games", "a.html", "/a.json", made["subject"])
    assert (row["checked_at"], row["since"], row["trend"], row["checks"], set(row["counts"].values())) == (None, None, [], {}, {None})
    assert row["summary"].startswith("The report is of ") and row["summary"].endswith(" UTC, and so %s. Audit the pair again." % said)
    assert (overview["checked_from"], overview["people"]["missing"], overview["verdict"]) == (None, None, "Of 1 pair, 1 was not audited.")


def test_a_newer_report_takes_the_place_of_one_that_is_too_old() -> None:
    older = {**fleets.row(fleets.report(checked_at="2026-11-01T06:00:00Z")), "file": "/old/a.json"}
    newer = {**fleets.row(fleets.report(checked_at="2026-11-24T05:00:00Z")), "file": "/new/a.json"}
    overview = fleets.overview([older, newer], limit=AgeLimit(12, NOW))
    assert overview["verdict"] == "The one pair is in sync." and len(overview["left_out"]) == 1


@pytest.mark.parametrize("hours", [None, 12, float("inf")])
def test_a_report_from_the_future_hides_no_other(hours: float | None) -> None:
    def of_file(file: str, kind: str, later: timedelta) -> Row:
        return {**fleets.row(fleets.report(3, kind, checked_at=(NOW + later).strftime("%Y-%m-%dT%H:%M:%SZ"))), "file": file, "report": "b.html"}

    real = of_file("/a.json", "drift", timedelta(minutes=-1))
    for found in ([real, of_file("/b.json", "in_sync", timedelta(minutes=10, seconds=1))], [of_file("/b.json", "in_sync", timedelta(days=200)), real]):
        overview = fleets.overview(found, limit=AgeLimit(hours, NOW))
        unusable, kept = overview["pairs"]
        assert (kept, overview["left_out"]) == (real, [])
        assert overview["verdict"] == "Of 2 pairs, 1 was not audited and 1 differs." and overview["checked_until"] == real["checked_at"]
        assert (unusable["outcome"], unusable["file"], unusable["report"], unusable["checked_at"]) == ("not_audited", "/b.json", "b.html", None)
        assert unusable["summary"].endswith(", from the future. Check the clock of the runner, and audit the pair again.")


def test_reports_from_the_future_stand_for_themselves() -> None:
    found = [{**fleets.row(fleets.report(checked_at="2027-06-01T00:00:00Z")), "file": file} for file in ("/a.json", "/b.json", "/b.json")]
    overview = fleets.overview(found)
    assert ([row["file"] for row in overview["pairs"]], overview["left_out"]) == (["/a.json", "/b.json"], [])


def test_worst_first() -> None:
    def amber(number: int) -> Row:
        return {**fleets.row(fleets.report(number)), "checks": {"key": "amber"}}

    few = {**fleets.row(fleets.report(3, "drift")), "counts": {**fleets.row(fleets.report(3, "drift"))["counts"], "missing": 1}}
    found = [
        {**fleets.row(fleets.report(1)), "name": "pair 10"},
        {**fleets.row(fleets.report(2)), "name": "Pair 9"},
        {**amber(4), "name": "worth a look"},
        {**few, "name": "drifted a little"},
        {**fleets.row(fleets.report(5, "drift")), "name": "drifted"},
        {**fleets.row(fleets.report(6, "error")), "name": "unchecked"},
        not_audited("nobody looked", "No."),
    ]
    names = [row["name"] for row in fleets.overview(found)["pairs"]]
    assert names == ["nobody looked", "unchecked", "drifted", "drifted a little", "worth a look", "Pair 9", "pair 10"]
    assert [row["name"] for row in fleets.overview(found[::-1])["pairs"]] == names


def test_of_the_same_pair_the_newest_counts_and_the_other_is_named() -> None:
    older = {**fleets.row(fleets.report(0, "drift", checked_at="2026-11-23T06:00:00Z")), "file": "/old/a.json"}
    newer = {**fleets.row(fleets.report(0, name="Another name")), "file": "/new/a.json"}
    other = fleets.row(fleets.report(1))
    for found in ([older, newer, other], [newer, other, older]):
        overview = fleets.overview(found)
        assert sorted(row["name"] for row in overview["pairs"]) == ["Another name", "Basalt Games"]
        assert overview["left_out"] == [
            '"/old/a.json" of 23 Nov 2026, 06:00, since the same pair, "Another name", has a newer report: "/new/a.json" of 24 Nov 2026, 06:00.'
        ]


@pytest.mark.parametrize(
    "one, other, pairs",
    [
        ({"name": "a"}, {"name": "a"}, 1),
        ({"name": "a"}, {"name": "b"}, 1),
        ({"name": "a", "application": "Unity"}, {"name": "a", "application": "Unity 2"}, 2),
        ({"name": "a", "unity_organization_id": None}, {"name": "b", "unity_organization_id": None}, 2),
        ({"name": "a", "unity_organization_id": None}, {"name": "a", "unity_organization_id": None}, 1),
    ],
)
def test_which_reports_are_of_the_same_pair(one: dict[str, t.Any], other: dict[str, t.Any], pairs: int) -> None:
    for found in ((one, other), (other, one)):
        assert len(fleets.overview([of_subject(number, **given) for number, given in enumerate(found)])["pairs"]) == pairs


def of_subject(number: int, name: str = "a", outcome: str = "in_sync", **facts: str | None) -> Row:
    """The row of the file with this number; the higher, the newer."""
    row = fleets.row(fleets.report(0, outcome, checked_at="2026-11-24T06:%02d:00Z" % number))
    return {**row, "name": name, "subject": {**row["subject"], **facts}, "file": "/%d.json" % number}


# what the subject of a report knows: which pairs are told apart, by their files
NOBODY: dict[str, str | None] = {"jumpcloud_organization_id": None, "application_id": None}
ACME: dict[str, str | None] = {"jumpcloud_organization_id": "jc1", "application_id": "app1"}
BOREALIS: dict[str, str | None] = {"jumpcloud_organization_id": "jc2", "application_id": "app2"}


@pytest.mark.parametrize(
    "subjects, files",
    [
        ((ACME, BOREALIS), "01"),
        ((ACME, ACME), "1"),
        ((ACME, NOBODY), "1"),
        ((NOBODY, ACME), "1"),
        ((ACME, {**NOBODY, "application_id": "app1"}, {**NOBODY, "jumpcloud_organization_id": "jc1"}), "2"),
        (({**ACME, "application_id": None}, {**BOREALIS, "application_id": None}), "01"),
        (({**ACME, "jumpcloud_organization_id": None}, {**BOREALIS, "jumpcloud_organization_id": None}), "01"),
        (({**ACME, "jumpcloud_organization_id": ""}, BOREALIS), "01"),
        # it is one of them, and nobody knows which
        ((ACME, BOREALIS, NOBODY), "012"),
        ((NOBODY, ACME, BOREALIS), "012"),
        ((ACME, NOBODY, BOREALIS), "012"),
        ((ACME, NOBODY, BOREALIS, NOBODY, ACME), "234"),
    ],
)
@pytest.mark.parametrize("organization", ["20000000000000", None])
def test_pairs_of_the_same_organization_and_label(subjects: tuple[dict[str, str | None], ...], files: str, organization: str | None) -> None:
    rows = [of_subject(number, unity_organization_id=organization, **known) for number, known in enumerate(subjects)]
    for found in (rows, rows[::-1]):
        overview = fleets.overview(found)
        assert sorted(row["file"] for row in overview["pairs"]) == ["/%s.json" % number for number in files]
        assert len(overview["left_out"]) == len(subjects) - len(files)


def test_pairs_that_somebody_names_are_not_one() -> None:
    def files(*rows: Row) -> list[str]:
        made = fleet.make(rows, fleets.OF_ANY_AGE, {"/0.json": "acme", "/1.json": "borealis", "/2.json": "acme"})
        return sorted(row["file"] for row in made["pairs"])

    assert files(of_subject(0, **NOBODY), of_subject(1, **NOBODY)) == ["/0.json", "/1.json"]
    assert files(of_subject(0, **ACME), of_subject(1, **ACME)) == ["/0.json", "/1.json"]
    assert files(of_subject(0, **NOBODY), of_subject(2, **NOBODY), of_subject(3, **NOBODY)) == ["/3.json"]
    assert files(of_subject(0, **ACME), of_subject(1, **BOREALIS), of_subject(3, **BOREALIS)) == ["/0.json", "/3.json"]
    assert files(of_subject(0, **NOBODY), of_subject(1, **NOBODY), of_subject(3, **NOBODY)) == ["/0.json", "/1.json", "/3.json"]


def test_a_file_that_is_named_twice_is_read_once() -> None:
    row = {**fleets.row(fleets.report()), "file": FILE}
    overview = fleets.overview([row, row])
    assert (len(overview["pairs"]), overview["left_out"]) == (1, [])


def test_counts_of_people_are_sums_of_what_was_seen() -> None:
    overview = fleets.overview([fleets.row(fleets.report(0)), fleets.row(fleets.report(3, "drift")), fleets.row(fleets.report(7, "error"))])
    assert (overview["people"]["expected"], overview["people"]["missing"]) == (824, 5)
    assert fleets.overview([not_audited("a", "No.")])["people"] == dict.fromkeys(fleet.SUMMED)
    assert (overview["checked_from"], overview["checked_until"]) == ("2026-11-24T06:00:00Z", "2026-11-24T06:07:00Z")


def test_lines_for_people() -> None:
    lines = fleet.lines_of(fleets.overview(fleets.rows(500), ["A folder is empty."]))
    assert lines[0] == "Of 500 pairs, 13 were not audited, 25 are unchecked, 65 differ and 397 are in sync."
    assert lines[1].startswith("NOT AUDITED: Cobalt Games 7: There is no report") and lines[14].startswith("UNCHECKED: ")
    assert lines[-2:] == ["... and 83 more pairs, which the overview lists.", "Left out: A folder is empty."] and len(lines) == 23


@pytest.mark.parametrize("kind", ["in_sync", "drift", "error"])
def test_no_person_is_named(kind: str) -> None:
    made = fleets.report(3, kind)
    text = fleet.as_json(fleets.overview([fleets.row(made)]))
    people = [person for name in ("missing", "unexpected", "differing") for person in (made["people"] or {}).get(name, [])]
    assert bool(people) is (kind == "drift")
    assert [one for person in people for one in (person["email"], person["name"], person["jumpcloud_id"]) if one and one in text] == [] and "@" not in text


@pytest.mark.parametrize("name", audits.HOSTILE)
def test_hostile_names_make_a_row(name: str) -> None:
    row = fleets.row(audits.report(audits.hostile(name)))
    assert row["outcome"] == "error" and "\n" not in row["name"] + row["summary"] and len(row["name"]) <= 120
    fleets.overview([row])
