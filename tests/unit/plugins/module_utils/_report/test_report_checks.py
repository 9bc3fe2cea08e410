# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the checks, one by one: what makes a check green, amber, red or unknown, and what is said of it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.moments import moment_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import checks, unseen
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.given import read_all
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits

NOW = moment_of(audits.AT)


def check(name: str, **given: t.Any) -> dict[str, t.Any]:
    # by way of the report, which fills in what a list says of its count
    return next(one for one in audits.report(audits.works(**given))["checks"] if one["check"] == name)


def step(name: str, *did: str, changed: bool = True) -> dict[str, t.Any]:
    return {"step": name, "changed": changed, "found": "", "did": list(did), "verified": []}


def keys(*created: str | None) -> list[dict[str, t.Any]]:
    return [{"id": str(number), "name": "key", "created_at": at} for number, at in enumerate(created)]


def settings(status: str | None = "active", success: bool | None = True, **test: t.Any) -> dict[str, t.Any]:
    return {"display_label": "Unity", "identity_management": {"status": status, "last_test": {"success": success, "at": None, "message": None, **test}}}


def test_all_is_well() -> None:
    checks = audits.report(audits.works())["checks"]
    assert [one["check"] for one in checks] == ["service_account", "role", "key", "connector", "application", "groups", "people"]
    assert {one["state"] for one in checks} == {"green"}
    assert {one["remedy"] for one in checks} == {None}
    assert [one["found"] for one in checks] == [
        "JumpCloud SCIM exists.",
        "The account has the organization role SCIM Authenticator.",
        "1 key is live; the newest is 45 days old (maximum age: 90 days).",
        "The SCIM service accepts the key and has 414 users.",
        "Provisioning is active; the last connection test passed on 14 October 2026, 09:11 UTC.",
        "2 groups are bound.",
        "412 of 412 expected people have their accounts.",
    ]


def test_nothing_was_seen() -> None:
    checks = audits.report(audits.params(audits.ARGUMENTS, checked_at=audits.AT))["checks"]
    assert {(one["state"], one["found"], one["remedy"]) for one in checks} == {("unknown", "The audit did not look at it.", None)}


@pytest.mark.parametrize(
    "name, what",
    [
        ("service_account", "service_account"),
        ("role", "Role"),
        ("key", "service_account_key"),
        ("connector", "SCIM service"),
        ("application", "identity management"),
        ("groups", "user_groups"),
        ("people", "people"),
    ],
)
def test_why_it_was_unchecked(name: str, what: str) -> None:
    given = dict.fromkeys(("account", "keys", "connector", "application", "groups", "people", "health"))
    found = check(name, unchecked=[{"what": "else", "why": "No."}, {"what": what, "why": "Unity refused it."}], **given)
    assert (found["state"], found["found"]) == ("unknown", "Unity refused it.")


def test_what_the_comparison_of_people_did_not_see_counts_as_well() -> None:
    people = {**audits.people(), "unchecked": [{"what": "keys", "why": "No permission."}]}
    assert check("key", keys=None, people=people)["found"] == "No permission."


def test_step_tells_why_nobody_looked() -> None:
    steps = [{**step("service_account_key", changed=False), "found": "a key is supplied."}]
    assert check("key", keys=None, steps=steps)["found"] == "The audit did not look at it. Its step found: a key is supplied."


# ---- service account and role


def test_account_that_would_be_created_is_missing() -> None:
    given = {"account": None, "steps": [step("service_account", "create", "set_roles")]}
    assert (check("service_account", **given)["state"], check("service_account", **given)["remedy"]) == ("red", "Run the provision playbook.")
    assert (check("role", **given)["state"], check("role", **given)["found"]) == ("red", "Without the account there is no role.")


@pytest.mark.parametrize("one", [step("service_account", changed=False), step("service_account", "create", changed=False), step("service_account", "update")])
def test_account_that_would_not_be_created_was_unchecked(one: dict[str, t.Any]) -> None:
    assert check("service_account", account=None, steps=[one])["state"] == "unknown"


@pytest.mark.parametrize("account, shown", [({"name": None, "id": "7d1f"}, "7d1f exists."), ({}, "It exists."), ({"name": "x", "id": "7d1f"}, "x exists.")])
def test_account_without_a_name(account: dict[str, t.Any], shown: str) -> None:
    assert check("service_account", account=account)["found"] == shown


@pytest.mark.parametrize(
    "roles, steps, state",
    [
        (["SCIM Authenticator"], [], "green"),
        (["Owner", "scim authenticator"], [step("service_account", "set_roles")], "green"),
        ([{"id": "7", "name": "SCIM Authenticator"}], [], "green"),
        (["A role of our own"], [step("service_account", changed=False)], "green"),
        (["A role of our own"], [step("service_account", "set_roles")], "red"),
        (["A role of our own"], [], "red"),
        ([], [step("service_account", changed=False)], "red"),
        (None, [], "unknown"),
    ],
)
def test_role(roles: t.Any, steps: list[dict[str, t.Any]], state: str) -> None:
    found = check("role", account={"id": "7", "name": "x", "roles": roles}, steps=steps)
    assert (found["state"], bool(found["remedy"])) == (state, state == "red")


# ---- key


@pytest.mark.parametrize(
    "created, limit, state, words, remedy",
    [
        ([], 90, "red", "No key is live.", "provision"),
        (["2026-11-24T06:00:00Z"], 90, "green", "newest is 0 days old (maximum age: 90 days).", None),
        (["2026-11-25T06:00:00Z"], 90, "green", "newest is 0 days old", None),
        (["2026-11-23T06:00:00Z"], 0, "green", "newest is 1 day old.", None),
        (["2020-01-01T00:00:00Z"], 0, "green", "newest is 2,519 days old.", None),
        (["2026-09-09T06:00:00Z"], 90, "green", "76 days old", None),
        (["2026-09-08T06:00:00Z"], 90, "amber", "77 days old", "within 13 days"),
        (["2026-08-27T06:00:00Z"], 90, "amber", "89 days old", "within 1 day."),
        (["2026-08-26T06:00:00Z"], 90, "amber", "90 days old", "today"),
        (["2026-08-25T06:00:00Z"], 90, "amber", "91 days old", "rotate_key"),
        (["2026-01-01T00:00:00Z", "2026-11-20T00:00:00Z"], 0, "green", "2 keys are live; the newest is 4 days old.", None),
        (["2026-01-01T00:00:00Z", "2026-11-20T00:00:00Z"], 90, "amber", "An older one is past the maximum age.", "Revoke the older key"),
        (["2026-08-26T06:00:00Z", "2026-11-20T00:00:00Z"], 90, "green", "2 keys are live", None),
        (["2026-11-20T00:00:00Z"], 30.5, "green", "4 days old (maximum age: 31 days)", None),
        (["2026-11-20T00:00:00Z"], 0.5, "amber", "4 days old (maximum age: 1 day)", "rotate_key"),
        ([None], 90, "unknown", "1 key is live; its age is not known.", None),
        (["yesterday"], 0, "green", "its age is not known", None),
        ([None, "2026-11-20T00:00:00Z"], 90, "green", "2 keys are live; the newest is 4 days old", None),
        (["2026-11-23T23:00:00-08:00"], 0, "green", "0 days", None),
    ],
)
def test_key(created: list[str | None], limit: float, state: str, words: str, remedy: str | None) -> None:
    found = check("key", keys=keys(*created), key_max_age=limit)
    assert found["state"] == state
    assert words in found["found"]
    assert remedy in found["remedy"] if remedy else found["remedy"] is None


@pytest.mark.parametrize(
    "own, limit, state, words",
    [
        ([False, False], 0, "amber", "2 keys are live, and none of them was made by this collection."),
        ([False], 90, "amber", "1 key is live, and none of them was made by this collection, so the maximum age applies to none."),
        ([False, None], 0, "green", "2 keys"),
        ([True, False], 0, "green", "2 keys"),
    ],
)
def test_foreign_keys_alone(own: list[bool | None], limit: float, state: str, words: str) -> None:
    """An audit's supplied key must not hide that JumpCloud's is gone."""
    keys_of = [{"id": str(number), "name": "x", "created_at": audits.AT, "managed": one} for number, one in enumerate(own)]
    found = check("key", keys=keys_of, key_max_age=limit)
    assert found["state"] == state and words in found["found"] and bool(found["remedy"]) is (state == "amber")


def test_people_who_can_not_be_seen() -> None:
    people = {"counts": {"matched": 1, "expected": 1}, "unchecked": [{"what": "bound", "why": "2 bound people are not in the list."}]}
    found = check("people", people=people)
    assert found["state"] == "amber" and "2 bound people are not in the list." in found["found"]
    assert found["remedy"] == "Let the audit read all of JumpCloud's users, or run it again."


@pytest.mark.parametrize(
    "kinds, remedy",
    [
        (["odd_rows"], "Correct the entries that can't be read, or remove them."),
        (["odd_rows", "bound"], "Correct the entries that can't be read, or remove them. Let the audit read all of JumpCloud's users, or run it again."),
        (["directory"], "Let the audit read all of JumpCloud's users, or run it again."),
        (["provisioned"], "Run the audit again; green needs everybody to be seen."),
        (["provisioned", "odd_rows"], "Correct the entries that can't be read, or remove them. Run the audit again; green needs everybody to be seen."),
    ],
)
def test_what_cannot_be_read_is_not_helped_by_another_run(kinds: list[str], remedy: str) -> None:
    people = {**audits.people(), "unchecked": [{"what": kind, "why": "They were not seen."} for kind in kinds]}
    assert check("people", people=people)["remedy"] == remedy


@pytest.mark.parametrize("kind, state", [("bound", "amber"), ("directory", "amber"), ("provisioned", "amber"), ("odd_rows", "amber"), ("pending", "green")])
def test_people_are_green_only_if_all_were_seen(kind: str, state: str) -> None:
    """Who counts as missing instead of pending was seen; the others were not."""
    row = {"what": kind, "why": "They were not seen."}
    for given in ({"people": {**audits.people(), "unchecked": [row]}}, {"unchecked": [row]}):
        found = check("people", **given)
        assert (found["state"], "They were not seen." in found["found"]) == (state, state == "amber")


def test_a_missing_person_is_more_urgent_than_what_was_unchecked() -> None:
    people = {**audits.people(missing=[audits.person()]), "unchecked": [{"what": "provisioned", "why": "They were not seen."}]}
    assert check("people", people=people)["state"] == "red"


def test_users_of_a_list_that_is_cut_are_at_least_so_many() -> None:
    people = {**audits.people(), "unchecked": [{"what": "provisioned", "why": "They were not seen."}]}
    assert check("connector", people=people)["found"] == "The SCIM service accepts the key and has at least 414 users."


def test_people_who_are_switched_off_are_not_green() -> None:
    found = check("people", people=None, switched_off=["people"])
    assert (found["state"], found["found"]) == ("unknown", "The audit was told not to look at it.")


def test_age_is_that_of_the_newest_key() -> None:
    facts = read_all(audits.works(keys=keys("2026-01-01T00:00:00Z", None, "2026-11-20T00:00:00Z")))
    assert NOW and checks.in_days(checks.key_age(facts, NOW)) == 4
    assert NOW and checks.key_age(read_all(audits.works(keys=None)), NOW) is None


# ---- connector


@pytest.mark.parametrize(
    "connector, state, words",
    [
        ({"reachable": True, "users": 1}, "green", "has 1 user."),
        ({"reachable": True, "users": None}, "green", "accepts the key."),
        ({"reachable": "True", "users": "414"}, "green", "has 414 users."),
        ({"reachable": False, "users": None}, "red", "does not answer, or refuses the key"),
        ({"reachable": None}, "unknown", "did not look"),
        (None, "unknown", "did not look"),
    ],
)
def test_connector(connector: dict[str, t.Any] | None, state: str, words: str) -> None:
    found = check("connector", connector=connector)
    assert (found["state"], words in found["found"], bool(found["remedy"])) == (state, True, state == "red")


# ---- application


@pytest.mark.parametrize(
    "application, steps, state, words",
    [
        (settings(), [], "green", "Provisioning is active; the last connection test passed."),
        (settings(success=None), [], "green", "Provisioning is active."),
        (settings(), [step("identity_management", "configure")], "amber", "settings that differ"),
        (settings("inactive"), [], "red", "Provisioning is inactive."),
        (settings(None), [], "unknown", "The audit did not look at it."),
        (settings("inactive", False), [], "red", "Provisioning is inactive."),
        (settings(success=False, message="No answer."), [], "red", "The last connection test failed."),
        (settings(success=False), [], "red", "The last connection test failed."),
        ({"display_label": "Unity", "identity_management": {"status": "active", "last_test": None}}, [], "green", "Provisioning is active."),
        ({"display_label": "Unity", "identity_management": None}, [step("identity_management", "configure")], "red", "not configured"),
        ({"display_label": "Unity", "identity_management": None}, [step("identity_management", changed=False)], "unknown", "did not look"),
        (None, [step("identity_management", "configure")], "unknown", "did not look"),
    ],
)
def test_application(application: dict[str, t.Any] | None, steps: list[dict[str, t.Any]], state: str, words: str) -> None:
    found = check("application", application=application, steps=steps)
    assert (found["state"], bool(found["remedy"])) == (state, state in ("amber", "red"))
    assert words in found["found"]


# ---- groups


@pytest.mark.parametrize(
    "groups, did, state, words",
    [
        ([{"id": "1", "name": "Artists"}], [], "green", "1 group is bound."),
        ([{"id": "1", "name": "Artists"}], ["bind 1"], "red", "1 group is bound; one that is wanted is not."),
        (
            [{"id": "1", "name": "Artists"}, {"id": "2", "name": "Coders", "bound": False}],
            ["bind 1"],
            "red",
            "1 group is bound; to be bound: Coders.",
        ),
        ([{"id": "2", "name": "Coders", "bound": False}], ["bind 1"], "red", "No group is bound; to be bound: Coders."),
        ([], ["bind 2"], "red", "No group is bound; one that is wanted is not."),
        (None, ["bind 2"], "red", "No group is bound; one that is wanted is not."),
        ([], [], "red", "No group is bound, so nobody is provisioned."),
        ([{"id": "1", "name": "Artists"}], ["unbind 1"], "amber", "one of them is not wanted"),
        ([{"id": "1", "name": "Artists"}], ["bind 1", "unbind 1"], "red", "one that is wanted is not"),
        (None, [], "unknown", "did not look"),
        (None, ["unbind 1"], "unknown", "did not look"),
    ],
)
def test_groups(groups: list[dict[str, t.Any]] | None, did: list[str], state: str, words: str) -> None:
    found = check("groups", groups=groups, steps=[step("user_groups", *did, changed=bool(did))])
    assert (found["state"], bool(found["remedy"])) == (state, state in ("amber", "red"))
    assert words in found["found"]


# ---- people


@pytest.mark.parametrize(
    "lists, state, words, remedy",
    [
        ({}, "green", "412 of 412 expected people have their accounts.", None),
        ({"missing": 1}, "red", "411 of 412 expected people have their accounts; 1 is missing.", "the reason beside each name"),
        ({"missing": 2, "pending": 1}, "red", "409 of 412 expected people have their accounts; 2 are missing and 1 is pending.", "reason"),
        ({"unexpected": 1}, "amber", "1 account is unexpected", "Compare the accounts"),
        ({"differing": 2}, "amber", "2 accounts differ", "Compare the accounts"),
        ({"duplicates": 1}, "amber", "1 account is a duplicate", "Compare the accounts"),
        ({"pending": 3}, "amber", "3 are pending", "Wait"),
        ({"outside_domain": 3, "staged": 1, "suspended": 1}, "green", "412 of 412", None),
    ],
)
def test_people(lists: dict[str, int], state: str, words: str, remedy: str | None) -> None:
    people = audits.people(**{name: [audits.person(number) for number in range(count)] for name, count in lists.items()})
    found = check("people", people=people, health=None)
    assert (found["state"], words in found["found"]) == (state, True), found
    assert remedy in found["remedy"] if remedy else found["remedy"] is None


@pytest.mark.parametrize(
    "matched, expected, said",
    [
        (1, 1, "1 of 1 expected person has an account."),
        (0, 1, "0 of 1 expected person has an account."),
        (1, 2, "1 of 2 expected people has an account."),
        (0, 2, "0 of 2 expected people have their accounts."),
    ],
)
def test_one_person_has_and_many_have(matched: int, expected: int, said: str) -> None:
    assert check("people", people={"counts": {"matched": matched, "expected": expected}})["found"] == said


def test_remedy_of_what_keeps_most_people_out() -> None:
    failures = [{**audits.failure("a", "A", "", (1,)), "remedy": None}, audits.failure("b", "B", "Do this.", (2,)), audits.failure("c", "C", "Do that.", (3,))]
    found = check("people", people=audits.people(missing=[audits.person(9)]), health=audits.health(failures))
    assert (found["state"], found["remedy"]) == ("red", "Do this.")


def test_failures_alone_are_worth_a_look() -> None:
    health = audits.health([audits.failure("a", "A", "Do this.", (1,))])
    found = check("people", health=health)
    assert (found["state"], found["remedy"]) == ("amber", "Do this.")
    assert found["found"].endswith("have their accounts; 1 person's last sync failed.")
    alone = check("people", people=None, health=health)
    assert (alone["state"], alone["found"], alone["remedy"]) == ("amber", "1 person's last sync failed. Accounts were not compared.", "Do this.")


def test_failures_that_were_overcome_are_no_worry() -> None:
    health = audits.health([audits.failure("a", "A", "Do this.", (1,), open_people_count=0)])
    assert check("people", health=health)["state"] == "green"


@pytest.mark.parametrize("counts", [None, {"matched": 3}, {"expected": 3}])
def test_people_who_were_not_counted(counts: dict[str, int] | None) -> None:
    found = check("people", people={"counts": counts})
    assert (found["state"], found["found"]) == ("amber", "People were compared, and not counted. " + unseen.NO_COUNTS)


def test_nobody_is_expected() -> None:
    people = audits.people()
    people["counts"].update(expected=0, matched=0, provisioned=0, bound=0)
    found = check("people", people=people)
    assert (found["state"], found["found"]) == ("amber", "Nobody is expected: the bound groups have no active members.")
