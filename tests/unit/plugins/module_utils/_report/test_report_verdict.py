# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of an audit and its verdict: green means seen."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import html, markdown, model, unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.audits import complaints, nothing


def test_in_sync() -> None:
    report = audits.report(audits.works())
    assert (report["outcome"], report["error"], report["differences"]) == ("in_sync", None, [])
    assert report["verdict"] == "In sync: all 6 steps are as wanted, and all 412 expected people have their accounts."


def test_drift() -> None:
    report = audits.report(audits.drifts())
    assert report["outcome"] == "drift"
    assert report["verdict"] == "Drift: 2 steps differ, 5 people are missing, 2 accounts are unexpected and 1 account differs."
    assert report["differences"] == [
        {"step": "identity_management", "found": "active", "would_do": ["test the connection", "configure it", "activate it again"], "since": audits.AT},
        {"step": "user_groups", "found": "1 group bound", "would_do": ["bind 1 group"], "since": audits.AT},
    ]


@pytest.mark.parametrize(
    "given, verdict",
    [
        ({}, "The audit could not be completed, so it has no result."),
        (
            audits.drifts(),
            "The audit could not be completed. Drift was found, too: 2 steps differ, 5 people are missing, 2 accounts are unexpected and 1 account differs.",
        ),
        # that the key for audits is refused need not be what is broken
        (audits.works(people=None, connector={"reachable": False}), "The audit could not be completed, so it has no result."),
    ],
)
def test_error(given: dict[str, t.Any], verdict: str) -> None:
    report = audits.report({**nothing(), **given, "error": "Unity does not answer."})
    assert (report["outcome"], report["error"], report["verdict"]) == ("error", "Unity does not answer.", verdict)


@pytest.mark.parametrize("given", [{}, dict.fromkeys(GIVEN), {"health": audits.health()}, {"account": audits.works()["account"]}])
def test_nothing_compared_is_not_in_sync(given: dict[str, t.Any]) -> None:
    report = audits.report({**nothing(), **given, "checked_at": audits.AT})
    assert (report["outcome"], report["error"]) == ("error", model.NOTHING_COMPARED)


@pytest.mark.parametrize(
    "given, verdict",
    [
        (
            {"people": None, "switched_off": ["people"]},
            "In sync: all 6 steps are as wanted, and people were not compared, since that is switched off.",
        ),
        (
            {"steps": [], "switched_off": ["events", "steps"]},
            "In sync: steps were not compared, since that is switched off, and all 412 expected people have their accounts.",
        ),
        (
            {"keys": None, "account": None},
            "In sync: all 6 steps are as wanted, and all 412 expected people have their accounts; not seen: service account, role and key.",
        ),
        ({"steps": audits.works()["steps"][:1]}, "In sync: the one step is as wanted, and all 412 expected people have their accounts."),
        (
            {"people": audits.people(pending=[audits.person()])},
            "In sync: all 6 steps are as wanted, and 411 of 412 expected people have their accounts, with 1 pending; worth a look: people.",
        ),
        (
            {"key_max_age": 30, "health": audits.health([audits.failure("a", "A", "Do.", (1,))])},
            "In sync: all 6 steps are as wanted, and all 412 expected people have their accounts; worth a look: key and people.",
        ),
        ({"people": {"counts": {"expected": 1, "matched": 1}}}, "In sync: all 6 steps are as wanted, and the one expected person has an account."),
        ({"people": {"counts": {"expected": 0, "matched": 0}}}, "In sync: all 6 steps are as wanted, and nobody is expected in Unity; worth a look: people."),
    ],
)
def test_verdicts_in_sync(given: dict[str, t.Any], verdict: str) -> None:
    report = audits.report(audits.works(**given))
    assert (report["outcome"], report["verdict"]) == ("in_sync", verdict)


@pytest.mark.parametrize(
    "given, verdict",
    [
        ({"people": audits.people(missing=[audits.person()])}, "Drift: 1 person is missing."),
        ({"people": audits.people(duplicates=[audits.person()])}, "Drift: 1 account is a duplicate."),
        ({"people": {**audits.people(), "in_sync": False}}, "Drift: people on both sides do not agree."),
        ({"steps": [{"step": "user_groups", "changed": True, "did": ["unbind 1"]}]}, "Drift: 1 step differs."),
        (
            {
                "steps": [{"step": "user_groups", "changed": True, "did": ["bind 2"]}],
                "groups": [{"id": "1", "name": "Artists"}, {"id": "2", "name": "Coders", "bound": False}, {"id": "3", "bound": False}],
                "people": {**audits.people(missing=[audits.person()] * 3), "to_do": {"bind_group": 2, "provision_user": 1, "correct_in_unity": 1}},
            },
            "Drift: 1 step differs and 3 people are missing. To be bound: Coders and 3. "
            "To do: bind groups for 2 people, run provision_user for 1 person, correct 1 person in Unity.",
        ),
        (
            {"keys": [], "groups": [{"id": "%d" % number, "name": "G%d" % number, "bound": False} for number in range(7)]},
            "Drift: broken at key and groups. To be bound: G0, G1, G2, G3, G4 and 2 more.",
        ),
        # a broken check is drift, though no step names it
        ({"keys": []}, "Drift: broken at key."),
        ({"keys": [], "connector": {"reachable": False}}, "Drift: broken at key and connector."),
    ],
)
def test_verdicts_of_drift(given: dict[str, t.Any], verdict: str) -> None:
    report = audits.report(audits.works(**given))
    assert (report["outcome"], report["verdict"]) == ("drift", verdict)


# ---- what was not seen is never green

HIDDEN = {"what": "provisioned", "why": "Unity says that it has 160 users, but showed 100."}
FORBIDDEN = {"what": "events", "why": "JumpCloud Directory Insights: HTTP 403"}
NOBODY_PENDING = {"what": "pending", "why": "The events could not be read, so nobody counts as pending."}


def hidden(*rows: dict[str, str], **lists: list[dict[str, t.Any]]) -> dict[str, t.Any]:
    return {**audits.people(**lists), "unchecked": list(rows)}


@pytest.mark.parametrize(
    "given, verdict, drift",
    [
        ({"people": hidden(HIDDEN)}, HIDDEN["why"], []),
        ({"people": {**hidden(HIDDEN), "in_sync": False}}, HIDDEN["why"], []),
        ({"people": hidden({"what": "bound", "why": "2 people are not\nin the list"})}, "2 people are not in the list.", []),
        ({"people": hidden({"what": "directory", "why": "A page is missing."})}, "A page is missing.", []),
        ({"people": hidden({"what": "odd_rows", "why": "1 row was left out."})}, "1 row was left out.", []),
        ({"people": hidden({"what": "what comes one day", "why": "No."})}, "No.", []),
        ({"unchecked": [HIDDEN]}, HIDDEN["why"], []),
        ({"people": hidden(HIDDEN, NOBODY_PENDING)}, HIDDEN["why"], []),
        ({"unchecked": [FORBIDDEN, NOBODY_PENDING]}, "JumpCloud Directory Insights: HTTP 403.", []),
        ({"unchecked": [FORBIDDEN], "people": hidden(HIDDEN)}, "JumpCloud Directory Insights: HTTP 403. %s" % HIDDEN["why"], []),
        ({"health": audits.health(incomplete=True)}, unseen.EVENTS_INCOMPLETE, []),
        ({"health": audits.health(incomplete=True), "unchecked": [FORBIDDEN]}, "JumpCloud Directory Insights: HTTP 403.", []),
        ({"people": None}, "The people were not compared.", []),
        ({"people": None, "unchecked": [{"what": "People", "why": "There is no key."}]}, "There is no key.", []),
        ({"steps": []}, "The steps of the set-up were not compared.", []),
        ({"steps": [], "unchecked": [{"what": "steps", "why": "This run has changed it."}]}, "This run has changed it.", []),
        ({"people": {}}, unseen.NO_COUNTS, []),
        ({"people": {"in_sync": True}}, unseen.NO_COUNTS, []),
        ({"people": {"counts": {"expected": 3}}}, unseen.NO_COUNTS, []),
        # drift is named beside it
        ({"people": hidden(HIDDEN, missing=[audits.person()])}, "%s Drift was found, too: 1 person is missing." % HIDDEN["why"], ["1 person is missing"]),
        (
            {"people": None, "steps": audits.drifts()["steps"]},
            "The people were not compared. Drift was found, too: 2 steps differ.",
            ["2 steps differ"],
        ),
        ({"people": None, "keys": []}, "The people were not compared. Drift was found, too: broken at key.", ["broken at key"]),
    ],
)
def test_unchecked(given: dict[str, t.Any], verdict: str, drift: list[str]) -> None:
    report = audits.report(audits.works(**given))
    assert (report["outcome"], report["verdict"], report["drift"]) == ("error", "Not in sync: unchecked. %s" % verdict, drift)
    assert report["error"] is None and report["unchecked"] and report["history"][-1]["outcome"] == "error"
    assert complaints(report) == []


@pytest.mark.parametrize("people", [hidden(HIDDEN), {**hidden(HIDDEN), "in_sync": True}, {**audits.people(), "in_sync": True, "counts": None}])
def test_people_are_not_in_sync_beside_anybody_unseen(people: dict[str, t.Any]) -> None:
    for given in ({}, {"error": "Unity does not answer."}):
        assert audits.report(audits.works(people=people, **given))["people"]["in_sync"] is False


def test_people_are_not_in_sync_beside_drift_whatever_is_said() -> None:
    report = audits.report(audits.works(people={**audits.people(missing=[audits.person()]), "in_sync": True}))
    assert (report["people"]["in_sync"], report["outcome"]) == (False, "drift")


def test_a_comparison_without_pending_people_has_seen_everybody() -> None:
    """Who would be pending is missing, which is drift: nothing is greener for it."""
    report = audits.report(audits.works(people=hidden(NOBODY_PENDING)))
    assert (report["outcome"], report["people"]["in_sync"], report["unchecked"]) == ("in_sync", True, [NOBODY_PENDING])
    missing = audits.report(audits.works(people=hidden(NOBODY_PENDING, missing=[audits.person()])))
    assert (missing["outcome"], missing["verdict"]) == ("drift", "Drift: 1 person is missing.")


def test_what_is_switched_off_and_handed_over_all_the_same_is_not_switched_off() -> None:
    report = audits.report(audits.works(switched_off=["events", "people", "steps"]))
    assert (report["outcome"], report["switched_off"]) == ("in_sync", [])
    assert audits.report(audits.works(health=None, switched_off=["events"]))["switched_off"] == ["events"]


def test_numbers_of_incomplete_events_are_at_least_so_many() -> None:
    report = audits.report(audits.works(health=audits.health([audits.failure("a", "A", "Do.", (1,))], incomplete=True)))
    assert report["health"]["incomplete"] is True
    assert ": at least " in html.render(report, 10) and "at least so many" in markdown.render(report, 10)
    whole = audits.report(audits.works(health=audits.health([audits.failure("a", "A", "Do.", (1,))])))
    assert ": at least " not in html.render(whole, 10) and "at least so many" not in markdown.render(whole, 10)


def test_page_says_unchecked_once() -> None:
    report = audits.report(audits.works(people=hidden(HIDDEN)))
    assert '<h2 id="result-title">Unchecked</h2><p>%s</p>' % HIDDEN["why"] in html.render(report, 10)
    assert "**Unchecked.** %s" % HIDDEN["why"] in markdown.render(report, 10)


def test_failures_alone_are_no_drift() -> None:
    report = audits.report(audits.works(health=audits.health([audits.failure("a", "A", "Do.", (1, 2))])))
    assert report["outcome"] == "in_sync" and report["history"][-1]["open_failures"] == 2
