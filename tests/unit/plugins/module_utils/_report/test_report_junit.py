# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JUnit XML: what pipelines accept, with a failure for all that differs and an error for all that nobody could see."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import junit
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

# what Jenkins holds reports to; GitLab publishes no schema, and reads the same elements
SCHEMA = xmlschema.XMLSchema(str(Path(__file__).resolve().parents[4] / "contracts" / "junit-10.xsd"))
CHECKS = ["Service account", "Role", "Key", "Connector", "Application", "Groups", "People"]
PROVISION = "ansible-playbook unity_jumpcloud.scim.provision -e @vars.yml"


def suite_of(given: dict[str, t.Any]) -> ET.Element:
    text = junit.render(audits.report(given))
    SCHEMA.validate(text)
    suite = ET.fromstring(text.encode("utf-8"))[0]
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == len({(case.attrib["classname"], case.attrib["name"]) for case in cases})
    for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[attribute]) == len(suite.findall("testcase/%s" % element))
    # without a text, GitLab shows nothing; of these names of a type, Ruby would make something else
    for problem in [*suite.findall("testcase/failure"), *suite.findall("testcase/error")]:
        assert problem.text and problem.attrib["message"] and problem.attrib["type"] in ("drift", "unchecked", "error")
    return suite


def results(given: dict[str, t.Any]) -> dict[str, str]:
    """What became of each case that did not pass."""
    return {case.attrib["name"]: case[0].tag for case in suite_of(given).findall("testcase") if len(case)}


def text_of(given: dict[str, t.Any], name: str) -> list[str]:
    case = next(case for case in suite_of(given).findall("testcase") if case.attrib["name"] == name)
    return (case[0].text or "").split("\n")


def step(name: str, *did: str) -> dict[str, t.Any]:
    return {"step": name, "changed": True, "found": "as it should not be", "did": list(did), "verified": []}


def unchecked(*what: str) -> list[dict[str, str]]:
    return [{"what": name, "why": "Nobody could look at %s." % name} for name in what]


def test_all_is_well() -> None:
    suite = suite_of(audits.works(duration=3.25))
    assert [case.attrib["name"] for case in suite.findall("testcase")] == ["Audit", *CHECKS] and not results(audits.works())
    assert {name: suite.attrib[name] for name in ("name", "timestamp", "time")} == {
        "name": "SCIM provisioning: Example Games",
        "timestamp": "2026-11-24T06:00:00",
        "time": "3.250",
    }
    assert {one.attrib["name"]: one.attrib["value"] for one in suite.findall("properties/property")} == audits.works()["subject"]
    assert (suite.findtext("system-out") or "").startswith("In sync: ")


def test_drift_says_what_since_when_and_what_to_do() -> None:
    assert results(audits.drifts()) == dict.fromkeys(("Application", "Groups", "People"), "failure")
    assert text_of(audits.drifts(), "Groups") == [
        "1 group is bound; one that is wanted is not.",
        "The step user_groups found: 1 group bound. A provision run would bind 1 group.",
        "Since 24 November 2026, 06:00 UTC.",
        "What to do: Run the provision playbook. Until then its members get no accounts.",
        "    " + PROVISION,
    ]
    assert "Key: 1 key is live; the newest is 81 days old" in (suite_of(audits.drifts()).findtext("system-out") or ""), "worth a look, and no drift"


@pytest.mark.parametrize(
    "given, cases",
    [
        # drift: by its check, by a step of a check that is green, by a step without a check, by the people
        ({"connector": {"base_url": audits.BASE_URL, "reachable": False}}, {"Connector": "failure"}),
        ({"steps": [step("service_account", "update")]}, {"Service account": "failure"}),
        ({"steps": [step("retire_keys", "revoke 1")]}, {"Key": "failure"}),
        ({"steps": [step("enforcement", "enforce"), step("user_groups", "unbind 1")]}, {"Step: Enforcement": "failure", "Groups": "failure"}),
        ({"people": audits.people(unexpected=[audits.person()])}, {"People": "failure"}),
        ({"people": {**audits.people(), "in_sync": False}}, {"People": "failure"}),
        # worth a look, and no drift
        ({"people": audits.people(pending=[audits.person()])}, {}),
        ({"keys": [{"id": "1", "created_at": "2026-09-04T05:40:04Z"}]}, {}),
        ({"health": audits.health([audits.failure("other", "It failed", "Look.", (1,))])}, {}),
        # nobody could look, or was told not to
        ({"account": None, "unchecked": unchecked("service_account")}, {"Service account": "error", "Role": "error"}),
        ({"account": None}, {"Service account": "skipped", "Role": "skipped"}),
        ({"people": None, "switched_off": ["people"]}, {"People": "skipped"}),
        ({"people": None}, {"People": "error"}),
        ({"health": None, "unchecked": unchecked("events")}, {"Unchecked: Events": "error"}),
        ({"unchecked": [*unchecked("directory"), {"what": "directory", "why": "And another."}]}, {"Unchecked: Directory": "error", "People": None}),
        ({"unchecked": unchecked("pending")}, {}),
        ({"error": "The set-up could not be compared."}, {"Audit": "error"}),
        ({"error": "Stopped.", "account": None, "people": None}, {"Audit": "error", "Service account": "error", "Role": "error", "People": "error"}),
        ({"error": "Stopped.", "people": None, "switched_off": ["people"]}, {"Audit": "error", "People": "skipped"}),
    ],
)
def test_results(given: dict[str, t.Any], cases: dict[str, str | None]) -> None:
    found = results(audits.works(**given))
    assert found == {name: result for name, result in cases.items() if result}
    kinds = set(found.values())
    outcome = audits.report(audits.works(**given))["outcome"]
    assert {"error": "error" in kinds, "drift": "failure" in kinds and "error" not in kinds, "in_sync": kinds <= {"skipped"}}[outcome]


def test_what_nobody_could_see_says_why() -> None:
    given = audits.works(unchecked=[*unchecked("directory"), {"what": "directory", "why": "And another."}])
    assert text_of(given, "Unchecked: Directory") == [
        "Nobody could look at directory.",
        "And another.",
        "What to do: Run the audit again, once it can see this.",
        "    ansible-playbook unity_jumpcloud.scim.audit -e @vars.yml --diff",
    ]


@pytest.mark.parametrize(
    "given, shown",
    [
        ({}, "Example Games"),
        ({"name": "eu.example.com"}, "eu_example_com"),
        ({"name": None}, "Unity"),
        ({"name": None, "subject": {"unity_organization_id": "12345678901234"}, "application": None, "people": None}, "12345678901234"),
    ],
)
def test_pairs_are_told_apart(given: dict[str, t.Any], shown: str) -> None:
    """Jenkins takes what is before the last dot for a package."""
    assert {case.attrib["classname"] for case in suite_of(audits.works(**given)).findall("testcase")} == {"scim_provisioning." + shown}


@pytest.mark.parametrize("name", [*audits.HOSTILE, "]]>", "\ufffe \uffff \U0001fffe", "".join(map(chr, range(32)))])
def test_hostile_names_are_text(name: str) -> None:
    suite = suite_of(audits.hostile(name))
    assert {element.tag for element in suite.iter()} <= {"testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out"}


def test_nobody_is_named() -> None:
    text = junit.render(audits.report(audits.drifts()))
    assert "@example" not in text and not [name for name in (*audits.FIRST_NAMES, *audits.LAST_NAMES) if name in text]
