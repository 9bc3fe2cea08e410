# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JUnit XML, which pipelines show as tests: drift is a failure, what nobody could see is an error. Counts only, since many look there. Pure.

There are failures if something differs, and errors if the outcome is ``error``; where it is ``in_sync``, there are neither.
"""

from __future__ import annotations

import re
import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line, visible
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import remedies, unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.verdict import DRIFT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import step_title

Row = t.Dict[str, t.Any]

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# what printable text may hold, and XML 1.0 may not
NO_CHARACTER = re.compile("[\ufffe\uffff]")
# the check that a step belongs to; other steps stand for themselves
CHECK_OF = {
    "service_account": "service_account",
    "service_account_key": "key",
    "retire_keys": "key",
    "connector_url": "connector",
    "identity_management": "application",
    "user_groups": "groups",
}
AUDIT_AGAIN = remedies.Remedy("Run the audit again, once it can see this.", remedies.AUDIT)


class Case(t.NamedTuple):
    """``result``: what the element is called that says what is wrong; None if nothing is. ``kind`` says what of. The first of ``lines`` is the message."""

    name: str
    result: str | None = None
    kind: str = ""
    lines: tuple[str, ...] = ()


def render(report: Row) -> str:
    cases = _cases(report)
    subject = report["subject"]
    pair = one_line(report["name"] or subject["application"] or subject["unity_organization_id"] or "a pair of tenants")
    root = ET.Element("testsuites")
    # the time of day has no zone there
    named = {"name": _clean("SCIM provisioning: %s" % pair), "timestamp": report["checked_at"][:-1]}
    suite = ET.SubElement(root, "testsuite", {**named, **_numbers(cases)})
    if report["duration_seconds"] is not None:
        suite.set("time", "%.3f" % report["duration_seconds"])
    properties = ET.SubElement(suite, "properties")
    for name, value in subject.items():
        if value:
            ET.SubElement(properties, "property", name=name, value=_clean(one_line(value)))
    for case in cases:
        # what stands before a dot, Jenkins takes for a package
        element = ET.SubElement(suite, "testcase", classname=_clean("scim_provisioning.%s" % pair.replace(".", "_")), name=_clean(case.name))
        if case.result == "skipped":
            ET.SubElement(element, "skipped", message=_clean(one_line(case.lines[0])))
        elif case.result:
            # GitLab shows the text alone, Jenkins both
            ET.SubElement(element, case.result, type=case.kind, message=_clean(one_line(case.lines[0]))).text = _clean("\n".join(case.lines))
    ET.SubElement(suite, "system-out").text = _clean("\n".join(_said(report)))
    ET.indent(root)
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _numbers(cases: t.Sequence[Case]) -> dict[str, str]:
    results = [case.result for case in cases]
    return {"tests": str(len(cases)), **{name + "s": str(results.count(name)) for name in ("failure", "error")}, "skipped": str(results.count("skipped"))}


def _cases(report: Row) -> list[Case]:
    """The audit itself, the checks, and what belongs to none of them: steps that differ, and what is unchecked."""
    audit = Case("Audit", "error", "error", tuple(report["error"].splitlines())) if (report["error"] or "").strip() else Case("Audit")
    checks = [_check(check, report) for check in report["checks"]]
    steps = [_step(row) for row in report["differences"] if row["step"] not in CHECK_OF]
    told = [check["found"] for check in report["checks"] if check["state"] == "unknown"]
    # pipelines know a test by its name
    hidden: dict[str, list[str]] = {}
    for row in unseen.unchecked(report):
        if row["why"] not in told:
            hidden.setdefault("Unchecked: %s" % one_line(step_title(row["what"])), []).append(row["why"])
    return [audit, *checks, *steps, *(Case(name, "error", "unchecked", _lines("\n".join(whys), AUDIT_AGAIN)) for name, whys in hidden.items())]


def _check(check: Row, report: Row) -> Case:
    differing = [row for row in report["differences"] if CHECK_OF.get(row["step"]) == check["check"]]
    remedy = remedies.Remedy(check["remedy"], check["command"]) if check["remedy"] else None
    if check["state"] == "red" or differing or (check["check"] == "people" and _people_differ(report)):
        said = [check["found"], *(_would_do(row) for row in differing)]
        since = check["since"] or differing[0]["since"] if check["since"] or differing else None
        return Case(check["title"], "failure", "drift", _lines("\n".join(said), remedy or remedies.RUN, since))
    if check["state"] != "unknown":
        return Case(check["title"])
    whys = [row["why"] for row in unseen.unchecked(report)]
    if check["check"] not in report["switched_off"] and (report["error"] or check["found"] in whys):
        return Case(check["title"], "error", "unchecked", _lines(check["found"], remedy or AUDIT_AGAIN, check["since"]))
    return Case(check["title"], "skipped", "", (check["found"],))


def _people_differ(report: Row) -> bool:
    people = report["people"]
    if not people:
        return False
    # who hands over false may know more than the counts say; but whoever was not seen makes it false, too
    return any(people["counts"][name] for name, _one, _many in DRIFT) or not (people["in_sync"] or unseen.of_people(report))


def _step(row: Row) -> Case:
    return Case("Step: %s" % one_line(step_title(row["step"])), "failure", "drift", _lines(_would_do(row), remedies.RUN, row["since"]))


def _would_do(row: Row) -> str:
    return "The step %s found: %s. A provision run would %s." % (row["step"], row["found"].rstrip("."), ", ".join(row["would_do"]) or "change it")


def _lines(said: str, remedy: remedies.Remedy, since: str | None = None) -> tuple[str, ...]:
    """What, since when, what to do, and the command to type."""
    lines = [*said.splitlines(), *(["Since %s." % shown_time(since)] if since else []), "What to do: %s" % remedy.words]
    return (*lines, *(["    %s" % remedy.command] if remedy.command else []))


def _said(report: Row) -> list[str]:
    """The verdict, and what is worth a look although it is no drift."""
    look = ["%s: %s %s" % (check["title"], check["found"], check["remedy"] or "") for check in report["checks"] if check["state"] == "amber"]
    return [report["verdict"], *look]


def _clean(text: str) -> str:
    """What XML 1.0 can hold. Line ends stay line ends."""
    return "\n".join(NO_CHARACTER.sub(lambda found: "\\u%04x" % ord(found.group()), visible(line)) for line in text.splitlines())
