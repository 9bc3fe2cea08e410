# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a value: outcome, verdict, what is joined, and its published form."""
from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.report import html, markdown, model, unseen, wording
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit_report import ARGUMENTS
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.report import audits

SCHEMA_PATH = Path(__file__).resolve().parents[4] / "roles" / "scim_provisioning" / "files" / "audit_report.schema.json"
SCHEMA = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))


def complaints(report: model.Report) -> list[str]:
    return ["%s: %s" % (error.json_path, error.message) for error in Draft202012Validator(SCHEMA).iter_errors(report)]


def nothing(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, checked_at=audits.AT, **given)


def objects(schema: t.Any) -> t.Iterator[dict[str, t.Any]]:
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema.get("type"), (str, list)):
            yield schema
        for value in schema.values():
            yield from objects(value)


# ---- the published form


def test_schema_is_one_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    found = list(objects(SCHEMA))
    assert len(found) > 15
    for schema in found:
        assert schema["additionalProperties"] is False and sorted(schema["required"]) == sorted(schema["properties"])
        assert all(field.get("description") for field in schema["properties"].values())


@pytest.mark.parametrize(
    "report",
    [
        audits.report(audits.works()),
        audits.report(audits.drifts(), audits.past(audits.ROUGH)),
        audits.report(nothing()),
        audits.report(nothing(error="No connection.")),
        *(audits.report(audits.hostile(name)) for name in audits.HOSTILE),
    ],
)
def test_report_has_the_published_form(report: model.Report) -> None:
    assert complaints(json.loads(model.as_json(report))) == []


def test_schema_refuses_another_form() -> None:
    report = audits.report(audits.works())
    assert complaints({**report, "more": 1}) and complaints({**report, "outcome": "good"}) and complaints({**report, "chain": report["chain"][:6]})


def test_module_describes_the_fields_of_the_schema() -> None:
    assert set(audits.report(nothing())) == set(SCHEMA["properties"])


# ---- the outcome


def test_in_sync() -> None:
    report = audits.report(audits.works())
    assert (report["outcome"], report["error"], report["differences"]) == ("in_sync", None, [])
    assert report["verdict"] == "In sync: all 6 steps are as wanted, and all 412 expected people have their accounts."


def test_drift() -> None:
    report = audits.report(audits.drifts())
    assert report["outcome"] == "drift"
    assert report["verdict"] == "Drift: 2 steps differ, 5 people are missing, 2 accounts are unexpected and 1 account differs."
    assert report["differences"] == [
        {"step": "identity_management", "found": "active", "would_do": ["test", "configure", "reactivate"]},
        {"step": "user_groups", "found": "1 groups bound", "would_do": ["bind 1"]},
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
        # a broken link is drift, though no step names it
        ({"keys": []}, "Drift: the chain is broken at key."),
        ({"keys": [], "connector": {"reachable": False}}, "Drift: the chain is broken at key and connector."),
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
    return {**audits.people(**lists), "not_seen": list(rows)}


@pytest.mark.parametrize(
    "given, verdict, drift",
    [
        ({"people": hidden(HIDDEN)}, HIDDEN["why"], []),
        ({"people": {**hidden(HIDDEN), "in_sync": False}}, HIDDEN["why"], []),
        ({"people": hidden({"what": "bound", "why": "2 people are not\nin the list"})}, "2 people are not in the list.", []),
        ({"people": hidden({"what": "directory", "why": "A page is missing."})}, "A page is missing.", []),
        ({"people": hidden({"what": "odd_rows", "why": "1 row was left out."})}, "1 row was left out.", []),
        ({"people": hidden({"what": "what comes one day", "why": "No."})}, "No.", []),
        ({"not_seen": [HIDDEN]}, HIDDEN["why"], []),
        ({"people": hidden(HIDDEN, NOBODY_PENDING)}, HIDDEN["why"], []),
        ({"not_seen": [FORBIDDEN, NOBODY_PENDING]}, "JumpCloud Directory Insights: HTTP 403.", []),
        ({"not_seen": [FORBIDDEN], "people": hidden(HIDDEN)}, "JumpCloud Directory Insights: HTTP 403. %s" % HIDDEN["why"], []),
        ({"health": audits.health(incomplete=True)}, unseen.EVENTS_INCOMPLETE, []),
        ({"health": audits.health(incomplete=True), "not_seen": [FORBIDDEN]}, "JumpCloud Directory Insights: HTTP 403.", []),
        ({"people": None}, "The people were not compared.", []),
        ({"people": None, "not_seen": [{"what": "People", "why": "There is no key."}]}, "There is no key.", []),
        ({"steps": []}, "The steps of the set-up were not compared.", []),
        ({"steps": [], "not_seen": [{"what": "steps", "why": "This run has changed it."}]}, "This run has changed it.", []),
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
        ({"people": None, "keys": []}, "The people were not compared. Drift was found, too: the chain is broken at key.", ["the chain is broken at key"]),
    ],
)
def test_unchecked(given: dict[str, t.Any], verdict: str, drift: list[str]) -> None:
    report = audits.report(audits.works(**given))
    assert (report["outcome"], report["verdict"], report["drift"]) == ("error", "Not in sync: unchecked. %s" % verdict, drift)
    assert report["error"] is None and report["not_seen"] and report["history"][-1]["outcome"] == "error"
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
    assert (report["outcome"], report["people"]["in_sync"], report["not_seen"]) == ("in_sync", True, [NOBODY_PENDING])
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
    assert "<h2>Unchecked</h2><p>%s</p>" % HIDDEN["why"] in html.render(report, 10)
    assert "**Unchecked.** %s" % HIDDEN["why"] in markdown.render(report, 10)


def test_failures_alone_are_no_drift() -> None:
    report = audits.report(audits.works(health=audits.health([audits.failure("a", "A", "Do.", (1, 2))])))
    assert report["outcome"] == "in_sync" and report["history"][-1]["open_failures"] == 2


# ---- what is joined and filled in


def test_missing_people_get_the_reason_of_their_failure() -> None:
    failures = [
        audits.failure("a", "By id", "Do.", (1,), people=[{"id": audits.person(1)["jumpcloud_id"], "email": "other@example.com"}]),
        audits.failure("b", "By email", "Do.", (2,), people=[{"id": None, "email": audits.person(2)["email"].upper()}, None]),
        audits.failure("c", "Overcome", "Do.", (3,), open_people_count=0),
        audits.failure("d", "Too late", "Do.", (1,)),
    ]
    missing = [*(audits.person(number) for number in range(1, 5)), audits.person(1, reason="Its own.")]
    people = audits.report(audits.works(people=audits.people(missing=missing), health=audits.health(failures)))["people"]
    assert [person["reason"] for person in people["missing"]] == ["By id", "By email", None, None, "Its own."]


def test_person_without_id_and_email_matches_nobody() -> None:
    lost = audits.person(1, email=None, jumpcloud_id=None)
    failures = [audits.failure("a", "A", "Do.", (1,), people=[{"id": None, "email": None}])]
    people = audits.report(audits.works(people=audits.people(missing=[lost]), health=audits.health(failures)))["people"]
    assert people["missing"][0]["reason"] is None


def test_subject_is_filled_in_from_what_was_seen() -> None:
    given = audits.works(subject=None, connector=None, application=None)
    assert audits.report(given)["subject"] == {
        "unity_organization_id": None,
        "jumpcloud_organization_id": None,
        "application": "Unity",
        "application_id": audits.APP_ID,
        "base_url": audits.BASE_URL,
    }
    assert set(audits.report(nothing())["subject"].values()) == {None}


@pytest.mark.parametrize("label, name, shown", [("Label", "Name", "Label"), (None, "Name", "Name"), (None, None, None)])
def test_application_is_shown_by_its_label(label: str | None, name: str | None, shown: str | None) -> None:
    given = audits.works(subject=None, application={"display_label": label, "display_name": name})
    assert audits.report(given)["subject"]["application"] == shown


def test_what_was_said_of_the_subject_stays() -> None:
    assert audits.report(audits.works(subject={"application": "Mine"}))["subject"]["application"] == "Mine"


def test_not_seen_is_said_once() -> None:
    row = {"what": "pending", "why": "Refused."}
    report = audits.report(audits.works(not_seen=[row, None, row], people={**audits.people(), "not_seen": [row, {"what": None, "why": None}]}))
    assert report["not_seen"] == [row, {"what": "something", "why": "No reason was given."}]


def test_counts_stay_exact_where_lists_are_cut() -> None:
    people = {**audits.people(missing=[audits.person()]), "truncated": True}
    people["counts"]["missing"] = 50000
    report = audits.report(audits.works(people=people))
    assert (report["people"]["counts"]["missing"], len(report["people"]["missing"]), report["history"][-1]["missing"]) == (50000, 1, 50000)


def test_counts_that_nobody_gave_are_those_of_the_lists() -> None:
    report = audits.report(audits.works(people={"missing": [audits.person()], "counts": None}))
    assert (report["people"]["counts"]["missing"], report["people"]["counts"]["expected"], report["people"]["in_sync"]) == (1, None, False)


def test_past_runs() -> None:
    report = audits.report(audits.works(), audits.past([0] * 150))
    assert (len(report["history"]), report["history"][-1]["checked_at"]) == (100, audits.AT)
    assert report["history"][-1] == {
        "checked_at": audits.AT, "outcome": "in_sync", "expected": 412, "provisioned": 412, "missing": 0, "pending": 0, "unexpected": 0, "differing": 0,
        "open_failures": 0, "key_age_days": 45,
    }


def test_report_needs_a_time() -> None:
    with pytest.raises(ValueError):
        model.make(audits.works(), "yesterday", [])


# ---- whatever is handed over


@pytest.mark.parametrize("name", [name for name in GIVEN if name != "name"])
@pytest.mark.parametrize("value", [None, {}, [], ""])
def test_any_part_may_be_missing(name: str, value: t.Any) -> None:
    try:
        report = audits.report(audits.works(**{name: value}))
    except ScimError as error:
        assert value is not None and " %s: expected " % name in str(error)
    else:
        assert complaints(report) == []
        assert html.render(report, 10) and markdown.render(report, 10)


HOLES: t.Any = {
    "people": {name: [{}, None] for name in ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended")},
    "health": {"failures": [{}, None], "days": [{}, None], "last_success": {}, "last_integration_change": {}},
    "events": [{}, None],
    "steps": [{}, None],
    "account": {},
    "keys": [{}, None],
    "application": {"identity_management": {}},
    "connector": {},
    "groups": [{}, None],
    "not_seen": [{}, None],
}


def test_rows_may_be_full_of_holes() -> None:
    report = audits.report(audits.works(**HOLES))
    assert complaints(report) == []
    assert html.render(report, 10) and markdown.render(report, 10)


@pytest.mark.parametrize(
    "given, where",
    [
        ({"people": []}, "people: expected an object, got a list"),
        ({"people": {"missing": {}}}, "people.missing: expected a list, got an object"),
        ({"people": {"missing": ["SENTINEL"]}}, r"people.missing\[0\]: expected an object, got a string"),
        ({"people": {"missing": [{"email": ["SENTINEL"]}]}}, r"people.missing\[0\].email: expected a string, got a list"),
        ({"people": {"counts": {"missing": -1}}}, "people.counts.missing: expected a whole number that is not negative"),
        ({"people": {"counts": {"missing": True}}}, "people.counts.missing: expected a whole number"),
        ({"people": {"counts": {"missing": "SENTINEL"}}}, "people.counts.missing: expected a whole number"),
        ({"people": {"in_sync": "SENTINEL"}}, "people.in_sync: expected true or false, got a string"),
        ({"steps": [{"changed": 1}]}, r"steps\[0\].changed: expected true or false, got a whole number"),
        ({"name": True}, "name: expected a string, got true or false"),
        ({"account": {"roles": [["SENTINEL"]]}}, r"account.roles\[0\]: expected a string, got a list"),
    ],
)
def test_wrong_types_are_named_without_their_values(given: dict[str, t.Any], where: str) -> None:
    with pytest.raises(ScimError, match=where) as caught:
        audits.report(audits.works(**given))
    assert "SENTINEL" not in caught.value.sentence() and "as they are" in caught.value.sentence()


def test_words_that_old_templates_make_of_values() -> None:
    people = audits.people()
    people.update(in_sync="False", truncated="true", counts={**people["counts"], "missing": "3", "pending": ""})
    report = audits.report(audits.works(people=people, subject={"unity_organization_id": 12345678901234}))
    assert report["people"]["counts"]["missing"] == 3 and report["people"]["truncated"] is True and report["people"]["in_sync"] is False
    assert report["people"]["counts"]["pending"] == 0
    assert report["subject"]["unity_organization_id"] == "12345678901234"


def test_attributes_of_any_type_are_shown() -> None:
    differences = [{"attribute": "active", "jumpcloud": True, "unity": False}, {"attribute": "emails", "jumpcloud": ["a"], "unity": None}]
    person = audits.report(audits.works(people=audits.people(differing=[audits.person(differences=differences)])))["people"]["differing"][0]
    assert person["differences"][1] == {"attribute": "emails", "jumpcloud": '["a"]', "unity": None}
    assert wording.why(person) == 'active: true in JumpCloud, false in Unity; emails: ["a"] in JumpCloud, nothing in Unity'


def test_json_is_ascii() -> None:
    assert model.as_json(audits.report(audits.hostile("right\u202eto left \ud800"))).isascii()


@pytest.mark.parametrize(
    "value, shown",
    [
        ("2026-11-24T05:40:04Z", "24 November 2026, 05:40 UTC"),
        ("2026-11-24t05:40:04.123456789z", "24 November 2026, 05:40 UTC"),
        ("2026-11-24 05:40:04+00:00", "24 November 2026, 05:40 UTC"),
        ("2026-11-24T00:40:04+01:00", "23 November 2026, 23:40 UTC"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
        ("2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z"),
        ("\u0662\u0660\u0662\u0666-11-24T05:40:04Z", "\u0662\u0660\u0662\u0666-11-24T05:40:04Z"),
        ("soon", "soon"),
        ("", "not seen"),
        (None, "not seen"),
    ],
)
def test_times(value: str | None, shown: str) -> None:
    assert wording.shown_time(value) == shown


def test_words() -> None:
    assert wording.shown_minute("2026-11-24T05:40:04Z") == "24 Nov 2026, 05:40" and wording.shown_minute("soon") == "soon"
    assert wording.shown_day("2026-02-31") == "2026-02-31" and wording.shown_day(None) == "not seen"
    assert [wording.listed(["a", "b", "c"][:number]) for number in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert wording.event_title("user_sneeze") == "User sneeze"
    assert wording.event_subject({"resource": None}) == "\u2013"
    assert wording.outcome_of({"success": None}) == "not said"
