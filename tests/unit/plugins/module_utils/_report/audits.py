# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audits as the other modules and the role hand them over: one of a pair that works, one of a pair that does not, and hostile ones."""

from __future__ import annotations

import copy
import json
import typing as t
from datetime import date, timedelta
from pathlib import Path

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import history, model
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_audit_report import ARGUMENTS
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params
from jsonschema import Draft202012Validator

SCHEMA_PATH = Path(__file__).resolve().parents[5] / "roles" / "scim_provisioning" / "files" / "audit_report.schema.json"
SCHEMA = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
AT = "2026-11-24T06:00:00Z"
APP_ID = "65f0c0ffee65f0c0ffee00a1"
BASE_URL = "https://services.api.unity.com/scim/v2/tenants/12345678901234"
STEPS = ("prerequisites", "service_account", "service_account_key", "connector_url", "identity_management", "user_groups")
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</td></tr></table><img src=x onerror=alert(1)>",
    "</title></style><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "`code` and ``more``",
    "| cell | cell |",
    "[link](javascript:alert(1)) ![](https://evil.example/x.png) https://evil.example www.evil.example",
    "line\nbreak\r\n# heading\n\n| a |\n| --- |",
    "nul\x00bell\x07\x1b[31m",
    "right\u202eto left\u200b",
    "lone \ud800 surrogate",
    "&lt;b&gt; &amp;",
    "-->",
    "%s %(name)s {{ 7 * 7 }}",
    "n" * 300,
]
FIRST_NAMES = ("Ada", "Grace", "Katherine", "Margaret", "Radia", "Barbara", "Frances", "Hedy", "Karen", "Adele", "Joan", "Sophie")
LAST_NAMES = ("Lovelace", "Hopper", "Johnson", "Hamilton", "Perlman", "Liskov", "Allen", "Lamarr", "Jones", "Goldberg", "Clarke", "Wilson")


def person(number: int = 0, status: str = "activated", reason: str | None = None, **given: t.Any) -> dict[str, t.Any]:
    first, last = FIRST_NAMES[number % 12], LAST_NAMES[(number * 5 + number // 12) % 12]
    email = "%s.%s%s@example.com" % (first.lower(), last.lower(), number // 144 or "")
    facts = {"email": email, "name": "%s %s" % (first, last), "status": status, "jumpcloud_id": "%024x" % (0xC100 + number)}
    return {**facts, "unity_id": None, "user_name": email, "reason": reason, "differences": [], **given}


def event(event_type: str = "user_create_provision", at: str = "2026-11-24T05:40:04.123Z", success: bool | None = True, **given: t.Any) -> dict[str, t.Any]:
    return {
        "event_type": event_type,
        "timestamp": at,
        "success": success,
        "application_id": APP_ID,
        "error_message": None,
        "response_code": None,
        "details": None,
        "initiated_by": "JumpCloud",
        "resource": {"type": "user", "id": "%024x" % 0xC100, "email": person()["email"]},
        **given,
    }


def people(**lists: list[dict[str, t.Any]]) -> dict[str, t.Any]:
    names = ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended", "at_risk")
    counts = {name: len(lists.get(name, [])) for name in names}
    away = counts["missing"] + counts["pending"]
    expected = 412 if away < 412 else 412 + away
    totals = {"bound": expected + counts["staged"] + counts["suspended"], "expected": expected, "matched": expected - away}
    totals["provisioned"] = totals["matched"] + counts["unexpected"] + counts["duplicates"] + counts["outside_domain"]
    return {
        "changed": False,
        "application": {"id": APP_ID, "display_label": "Unity", "display_name": "Unity", "template": "unity", "sso_url": None},
        "base_url": BASE_URL,
        "checked_at": AT,
        "in_sync": not any(counts[name] for name in ("missing", "unexpected", "differing", "duplicates")),
        "counts": {**counts, **totals},
        **{name: lists.get(name, []) for name in names},
        "truncated": False,
        "unchecked": [],
    }


def days(count: int, bad: t.Mapping[int, int], succeeded: t.Callable[[int], int] = lambda day: 6 + day * day % 17) -> list[dict[str, t.Any]]:
    first = date(2026, 11, 24) - timedelta(days=count - 1)
    return [
        {"day": (first + timedelta(days=day)).isoformat(), "succeeded": succeeded(day), "failed": bad.get(day, 0)}
        for day in range(count)
        if (first + timedelta(days=day)).weekday() < 5
    ]


def health(failures: t.Sequence[dict[str, t.Any]] = (), bad: t.Mapping[int, int] | None = None, **given: t.Any) -> dict[str, t.Any]:
    rows = days(45, bad or {})
    return {
        "since": "2026-10-11T00:00:00Z",
        "until": AT,
        "retention_days": 90,
        "succeeded": sum(row["succeeded"] for row in rows),
        "failed": sum(row["failed"] for row in rows),
        "last_success": event(),
        "last_failure": None,
        "last_integration_change": event("integration_activate", "2026-10-14T09:12:00.000Z", initiated_by="admin@example.com"),
        "failures": list(failures),
        "open_failures": sum(failure["open_people_count"] for failure in failures),
        "days": rows,
        **given,
    }


def failure(cause: str, title: str, remedy: str, numbers: t.Sequence[int], **given: t.Any) -> dict[str, t.Any]:
    return {
        "cause": cause,
        "title": title,
        "remedy": remedy,
        "response_code": 400,
        "count": 3 * len(numbers),
        "first": "2026-11-20T08:11:00Z",
        "last": "2026-11-24T05:12:41Z",
        "people_count": len(numbers),
        "open_people_count": len(numbers),
        "people": [{"id": person(number)["jumpcloud_id"], "email": person(number)["email"]} for number in numbers],
        "message": None,
        **given,
    }


def works(**given: t.Any) -> dict[str, t.Any]:
    """Options for a pair of tenants in which all is well."""
    facts = {
        "name": "Example Games",
        "checked_at": AT,
        "subject": {
            "unity_organization_id": "12345678901234",
            "jumpcloud_organization_id": "65f0c0ffee65f0c0ffee0000",
            "application": "Unity",
            "application_id": APP_ID,
            "base_url": BASE_URL,
        },
        "steps": [{"step": step, "changed": False, "found": "as wanted", "did": [], "verified": []} for step in STEPS],
        "account": {"id": "7d1f2a10", "name": "JumpCloud SCIM", "roles": ["SCIM Authenticator"]},
        "keys": [{"id": "7b0d6b0e", "name": "unity_jumpcloud.scim", "created_at": "2026-10-10T05:40:04Z"}],
        "key_max_age": 90,
        "application": {
            "id": APP_ID,
            "display_label": "Unity",
            "identity_management": {"status": "active", "last_test": {"success": True, "at": "2026-10-14T09:11:02Z", "message": "Connection verified."}},
        },
        "connector": {"base_url": BASE_URL, "reachable": True, "users": 414},
        "groups": [{"id": "65f0c0ffee65f0c0ffee00b%d" % number, "name": name} for number, name in enumerate(("Unity Artists", "Unity Developers"))],
        "people": people(staged=[person(number, "staged", "Not activated yet.") for number in (40, 41)]),
        "health": health(),
        "events": [
            event("user_update_provision" if number % 3 else "user_create_provision", "2026-11-%02dT08:%02d:00Z" % (23 - number // 3, 59 - number))
            for number in range(12)
        ],
    }
    return params(ARGUMENTS, **{**copy.deepcopy(facts), **given})


def drifts(**given: t.Any) -> dict[str, t.Any]:
    """Options for a pair of tenants in which a group is not bound, a domain is not validated, and people are missing."""
    domain = failure(
        "invalid_value",
        "Unity refused the account: its domain is not validated",
        "Validate the domain in the Unity Dashboard: Administration, SSO, Domains.",
        (3, 8, 15, 21),
        message="userName: the domain draft.example.net is not validated for this organization.",
    )
    taken = failure(
        "already_exists",
        "The account exists already, and JumpCloud does not know it",
        "Delete the account in Unity, or wait for the next sync.",
        (30,),
        response_code=409,
        open_people_count=0,
        people_count=2,
        count=2,
        last="2026-11-12T10:20:30Z",
        message="uniqueness: userName is taken.",
    )
    found = people(
        missing=[person(number) for number in (3, 8, 15, 21)] + [person(27, reason="Shares its address with somebody else.")],
        unexpected=[
            person(50, "suspended", "Suspended in JumpCloud.", unity_id="u-50"),
            person(51, "unknown", "Unknown to JumpCloud.", jumpcloud_id=None, unity_id="u-51"),
        ],
        differing=[person(60, differences=[{"attribute": "name.familyName", "jumpcloud": "Lovelace", "unity": "Byron"}])],
        pending=[person(70, reason="Bound at 05:41."), person(71, reason="Bound at 05:41.")],
        suspended=[person(80, "suspended")],
        outside_domain=[person(90, "unknown", email="guest@partner.example.org", name="Guest of a partner")],
    )
    steps = [{"step": step, "changed": False, "found": "as wanted", "did": [], "verified": []} for step in STEPS]
    steps[5] = {"step": "user_groups", "changed": True, "found": "1 group bound", "did": ["bind 1"], "verified": []}
    steps[4] = {"step": "identity_management", "changed": True, "found": "active", "did": ["test", "configure", "reactivate"], "verified": []}
    words = {"error_message": "Bad Request", "response_code": 400, "details": "The domain draft.example.net is not validated."}
    events = [
        event("user_create_provision", "2026-11-24T05:%02d:41Z" % (59 - number), False, resource={"type": "user", "email": person(number)["email"]}, **words)
        for number in (3, 8, 15, 21)
    ]
    events += [
        event("association_change", "2026-11-23T16:02:00Z", initiated_by="admin@example.com", resource={"type": "application", "id": APP_ID}),
        event("integration_activate", "2026-11-05T09:12:00Z", initiated_by="admin@example.com", resource={"type": "application", "id": APP_ID}),
        event("integration_deactivate", "2026-11-03T17:40:00Z", initiated_by="admin@example.com", resource={"type": "application", "id": APP_ID}),
    ]
    facts = {
        "steps": steps,
        "keys": [{"id": "7b0d6b0e", "name": "unity_jumpcloud.scim", "created_at": "2026-09-04T05:40:04Z"}],
        "groups": [{"id": "65f0c0ffee65f0c0ffee00b0", "name": "Unity Artists"}],
        "people": found,
        "health": health([domain, taken], {24: 1, 25: 4, 32: 2, 40: 4, 41: 6, 44: 4}),
        "events": events + works()["events"],
        "unchecked": [{"what": "pending", "why": "Directory Insights answered for the last hour only."}],
    }
    return works(**{**facts, **given})


def hostile(name: str) -> dict[str, t.Any]:
    """A name wherever one can be."""
    somebody = person(1, name, name, email=name, name=name, user_name=name, differences=[{"attribute": name, "jumpcloud": name, "unity": name}])
    lists = ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended", "at_risk")
    about = dict.fromkeys(("type", "id", "username", "email"), name)
    happened = event(name, name, False, error_message=name, details=name, initiated_by=name, resource=about)
    failed = failure(name, name, name, (1,), message=name, first=name, last=name, people=[{"id": name, "email": name}])
    return works(
        name=name,
        subject=dict.fromkeys(("unity_organization_id", "jumpcloud_organization_id", "application", "application_id", "base_url"), name),
        steps=[{"step": name, "changed": True, "found": name, "did": [name], "verified": [name]}],
        account={"id": name, "name": name, "roles": [name]},
        keys=[{"id": name, "name": name, "created_at": name}],
        application={"id": name, "display_label": name, "identity_management": {"status": name, "last_test": {"success": False, "at": name, "message": name}}},
        connector={"base_url": name, "reachable": True, "users": 1},
        groups=[{"id": name, "name": name}],
        people={**people(**{one: [somebody] for one in lists}), "base_url": name, "unchecked": [{"what": name, "why": name}]},
        health={**health([failed]), "since": name, "until": name, "days": [{"day": name, "succeeded": 1, "failed": 1}], "last_integration_change": happened},
        events=[happened],
        unchecked=[{"what": name, "why": name}],
        error=name,
    )


def past(missing: t.Sequence[int]) -> list[history.Line]:
    """A run a day before the audit, for each number of missing people."""
    return [
        {
            "checked_at": "%sT06:00:00Z" % (date(2026, 11, 24) - timedelta(days=len(missing) - day)).isoformat(),
            "outcome": "error" if number < 0 else "drift" if number else "in_sync",
            "expected": None if number < 0 else 398 + day // 2,
            "provisioned": None if number < 0 else 399 + day // 2,
            "missing": None if number < 0 else number,
            "pending": None if number < 0 else day % 3,
            "unexpected": None if number < 0 else number // 2,
            "differing": None if number < 0 else int(number > 2),
            "open_failures": None if number < 0 else number,
            "key_age_days": day + 16,
            **dict.fromkeys(history.MEMORY),
        }
        for day, number in enumerate(missing)
    ]


def with_memory(given: dict[str, t.Any], lines: t.Sequence[history.Line], at: str) -> list[history.Line]:
    """The lines, the last of which has seen all of this since then."""
    seen = model.make({**given, "checked_at": at}, at, [])["history"][-1]
    return [*lines[:-1], {**lines[-1], **{name: seen[name] for name in history.MEMORY}}]


def nothing(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, checked_at=AT, **given)


def complaints(found: model.Report) -> list[str]:
    """Where a report has another form than the published one."""
    return ["%s: %s" % (error.json_path, error.message) for error in Draft202012Validator(SCHEMA).iter_errors(found)]


def report(given: dict[str, t.Any], lines: t.Sequence[history.Line] = ()) -> model.Report:
    return model.make(given, given["checked_at"], lines)


CALM = [0] * 12 + [2, 1] + [0] * 12 + [-1] + [0, 0, 0]
ROUGH = [0] * 9 + [1, 3, 2, 0, 0, 0, 4, 6, 6, 3, 0, 0, -1, 0, 0, 2, 2, 5, 4, 4]
