# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a value: its published form, and what is joined. test_report_verdict.py has its outcome."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import times
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import given, html, markdown, model, since, wording
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import GIVEN
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report.audits import SCHEMA, complaints, nothing
from jsonschema import Draft202012Validator


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
    assert complaints({**report, "more": 1}) and complaints({**report, "outcome": "good"}) and complaints({**report, "checks": report["checks"][:6]})


def test_module_describes_the_fields_of_the_schema() -> None:
    assert set(audits.report(nothing())) == set(SCHEMA["properties"])


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
    report = audits.report(audits.works(unchecked=[row, None, row], people={**audits.people(), "unchecked": [row, {"what": None, "why": None}]}))
    assert report["unchecked"] == [row, {"what": "something", "why": "No reason was given."}]


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
        "checked_at": audits.AT,
        "outcome": "in_sync",
        "expected": 412,
        "provisioned": 412,
        "missing": 0,
        "pending": 0,
        "unexpected": 0,
        "differing": 0,
        "open_failures": 0,
        "key_age_days": 45,
        "checks": {check["check"]: {"state": "green", "since": None} for check in report["checks"]},
        "differing_steps": [],
        "people_since": {
            **{name: [] for name in given.PEOPLE_LISTS},
            "staged": [{"since": audits.AT, "people": [since.fingerprint(person) for person in report["people"]["staged"]]}],
        },
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
    "people": {
        name: [{}, None] for name in ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended", "at_risk")
    },
    "health": {"failures": [{}, None], "days": [{}, None], "last_success": {}, "last_integration_change": {}},
    "events": [{}, None],
    "steps": [{}, None],
    "account": {},
    "keys": [{}, None],
    "application": {"identity_management": {}},
    "connector": {},
    "groups": [{}, None],
    "unchecked": [{}, None],
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
    assert times.shown_time(value) == shown


def test_words() -> None:
    assert times.shown_minute("2026-11-24T05:40:04Z") == "24 Nov 2026, 05:40" and times.shown_minute("soon") == "soon"
    assert times.shown_day("2026-02-31") == "2026-02-31" and times.shown_day(None) == "not seen"
    assert [wording.listed(["a", "b", "c"][:number]) for number in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [wording.are_shown(*numbers) for numbers in ((1, 3), (2, 3), (0, 3))] == ["1 of 3 is shown.", "2 of 3 are shown.", "0 of 3 are shown."]
    assert wording.event_title("user_sneeze") == "User sneeze"
    assert wording.event_subject({"resource": None}) == "\u2013"
    assert wording.outcome_of({"success": None}) == "not said"
