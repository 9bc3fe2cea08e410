# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Since when: what a run remembers of those before it, whom it knows again, and that it names nobody for it."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history, model, since
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

DAYS = tuple("2026-11-%02dT06:00:00Z" % day for day in (20, 21, 22, 23, 24))


def runs(*given: dict[str, t.Any]) -> list[model.Report]:
    """The reports of a run a day; each knows the history that those before it have written."""
    reports: list[model.Report] = []
    past: list[history.Line] = []
    for day, facts in zip(DAYS, given):
        reports.append(model.make(facts, day, past))
        past = [history.parse(line) for line in history.as_text(history.with_line(past, reports[-1]["history"][-1])).splitlines()]
    return reports


def missing(*numbers: int, **given: t.Any) -> dict[str, t.Any]:
    return audits.works(people=audits.people(missing=[audits.person(number) for number in numbers]), **given)


def unseen() -> dict[str, t.Any]:
    """An audit that could not look."""
    return audits.nothing(error="No connection.")


def of_check(report: model.Report, name: str) -> tuple[str, str | None]:
    return next((check["state"], check["since"]) for check in report["checks"] if check["check"] == name)


def of_people(report: model.Report) -> dict[str, str]:
    return {person["email"]: person["since"] for person in report["people"]["missing"]}


def test_state_of_a_check_lasts_until_it_is_another() -> None:
    reports = runs(audits.works(), missing(1), missing(2), audits.works(), missing(1))
    assert [of_check(report, "people") for report in reports] == [
        ("green", None),
        ("red", DAYS[1]),
        ("red", DAYS[1]),
        ("green", None),
        ("red", DAYS[4]),
    ]


def test_run_that_could_not_look_changes_nothing() -> None:
    reports = runs(missing(1), unseen(), unseen(), missing(1, 2))
    assert of_check(reports[3], "people") == ("red", DAYS[0])
    assert of_people(reports[3]) == {audits.person(1)["email"]: DAYS[0], audits.person(2)["email"]: DAYS[3]}
    assert of_check(reports[2], "people") == ("unknown", DAYS[1])


def test_people_are_known_again_by_their_ids() -> None:
    renamed = audits.works(people=audits.people(missing=[audits.person(1, email="new@example.com", user_name=None, name="New")]))
    reports = runs(missing(1, 2), renamed, missing(2))
    assert of_people(reports[1]) == {"new@example.com": DAYS[0]}
    assert of_people(reports[2]) == {audits.person(2)["email"]: DAYS[2]}, "who left the list begins anew"


def test_each_list_has_its_own_time() -> None:
    reports = runs(missing(1), audits.works(people=audits.people(pending=[audits.person(1)])))
    assert reports[1]["people"]["pending"][0]["since"] == DAYS[1]


def step(*did: str) -> dict[str, t.Any]:
    return audits.works(steps=[{"step": "user_groups", "changed": bool(did), "found": "", "did": list(did), "verified": []}])


def test_step_differs_since_the_first_run_that_saw_it() -> None:
    reports = runs(step("bind 1"), step("bind 2"), unseen(), step("bind 1"), step())
    assert [[row["since"] for row in report["differences"]] for report in reports] == [[DAYS[0]], [DAYS[0]], [], [DAYS[0]], []]
    assert [row["since"] for row in runs(step("bind 1"), step(), step("bind 1"))[2]["differences"]] == [DAYS[2]]


def test_run_that_ended_early_may_not_have_come_to_the_step() -> None:
    early = audits.works(error="It ended.", steps=[{"step": "prerequisites", "changed": False, "found": "", "did": [], "verified": []}])
    assert [row["since"] for row in runs(step("bind 1"), early, step("bind 1"))[2]["differences"]] == [DAYS[0]]


def test_same_run_once_more_says_the_same() -> None:
    before, report = runs(missing(1), missing(1, 2))
    past = before["history"] + [report["history"][-1]]
    assert model.make(missing(1, 2), DAYS[1], past) == report
    assert model.make(missing(1, 2), DAYS[1], [], replaced=report["history"][-1])["people"] == report["people"]


def test_report_that_is_replaced_tells_where_there_is_no_history() -> None:
    first = model.make(missing(1), DAYS[0], [])
    second = model.make(missing(1), DAYS[1], [], replaced=first["history"][-1])
    assert of_people(second) == {audits.person(1)["email"]: DAYS[0]} and of_check(second, "people") == ("red", DAYS[0])
    assert len(second["history"]) == 1, "that makes no trend"
    late = model.make(missing(1), DAYS[0], [], replaced=second["history"][-1])
    assert of_people(late) == {audits.person(1)["email"]: DAYS[0]}


def test_history_of_an_earlier_version() -> None:
    old = [{name: value for name, value in line.items() if name not in history.MEMORY} for line in audits.past([4, 4])]
    past = [history.parse(json.dumps(line)) for line in old]
    report = model.make(missing(1), audits.AT, past)
    assert audits.complaints(report) == [] and of_check(report, "people") == ("red", audits.AT)


def test_history_names_nobody_and_remembers_people_once() -> None:
    nameless = audits.person(7, jumpcloud_id=None, email="someone@example.com", name=None)
    reports = runs(missing(1), audits.works(people=audits.people(missing=[audits.person(1), nameless])))
    lines = reports[1]["history"]
    assert [bool(line["people_since"]) for line in lines] == [False, True]
    text = history.as_text(lines)
    assert "@" not in text and "Grace" not in text and audits.person(1)["jumpcloud_id"] not in text


@pytest.mark.parametrize(
    "memory",
    [
        {"checks": []},
        {"checks": {"key": "red"}},
        {"checks": {"key": {"state": "purple", "since": None}}},
        {"checks": {"key": {"state": ["red"], "since": None}}},
        {"checks": {"key": {"state": "red", "since": "soon"}}},
        {"checks": {"key": {"state": "red", "since": audits.AT, "more": 1}}},
        {"differing_steps": {}},
        {"differing_steps": [7]},
        {"differing_steps": [{"step": 7, "since": audits.AT}]},
        {"differing_steps": [{"step": "a", "since": None}]},
        {"people_since": []},
        {"people_since": {"missing": {}}},
        {"people_since": {"missing": [{"since": audits.AT, "people": [7]}]}},
        {"people_since": {"missing": [{"since": " " + audits.AT, "people": []}]}},
    ],
)
def test_memory_of_another_form_is_no_line(memory: dict[str, t.Any]) -> None:
    with pytest.raises(ValueError, match="not a line of a history"):
        history.parse(json.dumps({**audits.past([0])[0], **memory}))


def test_time_in_the_future_is_not_believed() -> None:
    late = {"missing": [{"since": "2030-01-01T00:00:00Z", "people": [since.fingerprint(audits.person(1))]}]}
    line = {**audits.past([1])[0], "people_since": late}
    assert of_people(model.make(missing(1), audits.AT, [line])) == {audits.person(1)["email"]: audits.AT}
