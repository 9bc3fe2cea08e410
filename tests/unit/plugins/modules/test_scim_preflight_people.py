# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_preflight_info: what the groups to be bound, and an enforcement, mean for people."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_preflight_info
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_preflight_info import ARGUMENTS, run_info
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    ASSOCIATIONS,
    BASE_URL,
    BOUND_PAGE,
    GROUPS_PAGE,
    HEADER,
    JUMPCLOUD,
    KEY_ID,
    ORG,
    PAGE,
    PROVISION,
    SECRET,
    SSO,
    TOKEN,
    V1_PAGE,
    application,
    configuration,
    edge,
    scim_list,
    scim_user,
    sso,
    v1,
)

ARTISTS = {"id": "65f0c0ffee65f0c0ffee00b1", "name": "Artists"}
FIELDS = "email username firstname lastname state suspended password_expired"
READ_BY_AUDIT = {"audit_key_id": KEY_ID, "audit_secret_key": SECRET}
FIRST_PAGE = {"startIndex": 1, "count": 100}
NOBODY = {"people": None, "names": None}


@pytest.fixture(autouse=True)
def both_vendors_together(http: ExactCalls) -> t.Iterator[None]:
    """Each in the order of its steps; which of them comes first is open."""
    with http.in_any_order():
        yield


def options(**given: t.Any) -> dict[str, t.Any]:
    pair = {**JUMPCLOUD, "unity_organization_id": ORG, "application": "Unity", "groups": ["Artists"], "steps": ["user_groups"]}
    return params(ARGUMENTS, **{**pair, **given})


def expect_groups(http: ExactCalls, *bound: t.Any) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", "/api/v2/usergroups", reply([ARTISTS]), query=GROUPS_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([edge(group["id"]) for group in bound]), query=BOUND_PAGE)


def expect_people(http: ExactCalls, *members: str, ties: t.Any = ()) -> None:
    http.expect("GET", "/api/v2/applications/%s/users" % APP_ID, reply(list(ties)), query=PAGE)
    if members:
        path = "/api/v2/usergroups/%s/membership" % ARTISTS["id"]
        http.expect("GET", path, reply([{"id": name, "type": "user"} for name in members]), query=PAGE)
    everybody = [{"_id": name, "email": name + "@example.com", "firstname": name} for name in ("ada", "bob")]
    http.expect("GET", "/api/systemusers", reply(v1(*everybody)), query={**V1_PAGE, "fields": FIELDS})


def expect_unity(http: ExactCalls, *names: str) -> None:
    users = [scim_user("u-" + name, name) for name in names]
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(*users)), query=FIRST_PAGE, headers={"Authorization": HEADER})
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=len(users))), query={**FIRST_PAGE, "startIndex": 1 + len(users)})


def test_a_check_run_counts_and_a_diff_names(http: ExactCalls, check_context: Context) -> None:
    for context in (check_context, replace(check_context, diff_mode=True)):
        expect_groups(http)
        expect_people(http, "ada", "bob")
        expect_unity(http, "ada@example.com", "guest@example.com")
        result = run_info(options(**READ_BY_AUDIT), context)
        assert_documented(scim_preflight_info, result)
        lines = [
            "people: 1 to create, 1 to adopt, 1 in Unity in no bound group, validated domains are not known, "
            "no limit is set (scim_provisioning_max_created_users)",
            "  To create: bob@example.com",
            "  To adopt: ada@example.com",
            "  In Unity in no bound group: guest@example.com",
        ]
        assert result["lines"][1:] == (lines if context.diff_mode else lines[:1])
    preview = result["seen"]["preview"]
    assert preview["people"]["created"] == 1 and preview["names"]["people_created"] == ["bob@example.com"]


@pytest.mark.parametrize(
    "given, reads",
    [
        ({}, False),
        ({"preview_people": True}, True),
        ({"max_created_users": 5}, True),
        ({"preview_people": False}, False),
        # a limit is kept whatever else is asked for
        ({"preview_people": False, "max_created_users": 5}, True),
    ],
)
def test_a_run_reads_people_only_where_it_is_asked_to(http: ExactCalls, context: Context, given: dict[str, t.Any], reads: bool) -> None:
    expect_groups(http)
    if reads:
        expect_people(http, "ada")
    result = run_info(options(**given), context)
    assert (result["seen"]["preview"] != NOBODY) == reads


@pytest.mark.parametrize("given", [{}, {"preview_people": True}, {"max_created_users": 0}, {"preview_people": False, "max_created_users": 0}])
def test_nobody_is_read_where_nothing_is_to_be_bound(http: ExactCalls, check_context: Context, given: dict[str, t.Any]) -> None:
    expect_groups(http, ARTISTS)
    assert run_info(options(**given), check_context)["seen"]["preview"] == NOBODY


def test_an_audit_leaves_people_to_the_comparison(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    assert run_info(options(preview_people=False), check_context)["seen"]["preview"] == NOBODY


def expect_resumption(http: ExactCalls, settings: dict[str, t.Any] | None, *bound: t.Any) -> None:
    expect_groups(http, *bound)
    http.expect("GET", PROVISION, reply({"message": "Not Found"}, 404) if settings is None else reply(settings))


ACTIVE = configuration()
STOPPED = configuration(status="inactive")
BOUND_ADA = {"id": "ada", "type": "user", "paths": [[{"to": {"type": "user", "id": "ada"}}]]}
BOTH_STEPS: dict[str, t.Any] = {"steps": ["identity_management", "connector_url", "user_groups"], "jumpcloud_method": "api", "unity_method": "api"}


def test_an_activation_provisions_who_is_bound_already(http: ExactCalls, context: Context) -> None:
    """As is usual where single sign-on came first."""
    expect_resumption(http, None, ARTISTS)
    expect_people(http, ties=[BOUND_ADA])
    with pytest.raises(ScimError, match="user_groups: This would create accounts in Unity for 1 person: ada@example.com. At most 0 are allowed."):
        run_info(options(**BOTH_STEPS, max_created_users=0, fail=True), context)


@pytest.mark.parametrize("settings, reads", [(None, True), (STOPPED, True), (ACTIVE, False)])
def test_check_mode_shows_whom_an_activation_provisions(http: ExactCalls, check_context: Context, settings: dict[str, t.Any] | None, reads: bool) -> None:
    expect_resumption(http, settings, ARTISTS)
    if reads:
        expect_people(http, ties=[BOUND_ADA])
    preview = run_info(options(**BOTH_STEPS), check_context)["seen"]["preview"]
    assert preview["people"]["created"] == 1 if reads else preview == NOBODY


def expect_owned(http: ExactCalls, *owners: str) -> None:
    users = [scim_user("u-" + owner, owner + "@example.com", externalId=owner, active=True) for owner in owners]
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(*users)), query=FIRST_PAGE, headers={"Authorization": HEADER})
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=len(users))), query={**FIRST_PAGE, "startIndex": 1 + len(users)})


@pytest.mark.parametrize("limit", [0, 1])
@pytest.mark.parametrize("steps", [BOTH_STEPS["steps"], ["identity_management", "connector_url"]])
def test_who_was_unbound_while_provisioning_was_stopped_counts_when_it_is_resumed(http: ExactCalls, context: Context, limit: int, steps: list[str]) -> None:
    """Bob was unbound, which then took nobody's account. Who is deleted, or was never JumpCloud's, is nobody's loss."""
    if "user_groups" in steps:
        expect_resumption(http, STOPPED, ARTISTS)
    else:
        http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
        http.expect("GET", PROVISION, reply(STOPPED))
    expect_people(http, ties=[BOUND_ADA])
    expect_owned(http, "ada", "bob", "deleted")
    given = options(**READ_BY_AUDIT, **{**BOTH_STEPS, "steps": steps}, max_deprovisioned_users=limit, fail=True)
    if limit:
        said = run_info(given, context)["seen"]["preview"]["people"]["said"]
        assert "1 to be deprovisioned, unbound while provisioning was stopped" in said
    else:
        with pytest.raises(ScimError) as refused:
            run_info(given, context)
        said = refused.value.sentence()
        assert (
            "%s: Activating may make JumpCloud deprovision 1 person who is not bound any more: bob@example.com. At most 0 are"
            % steps[-1 if "user_groups" in steps else 0]
            in said
        )
        assert "raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least 1." in said


UNCOUNTED = "Who was unbound while provisioning was stopped, and may be deprovisioned by the activation, is not known: "


@pytest.mark.parametrize("ties", [[BOUND_ADA], []])
def test_whom_a_resumption_deprovisions_is_not_known_without_a_key(http: ExactCalls, context: Context, warnings: list[str], ties: list[t.Any]) -> None:
    """Nor where nobody is bound any more. The plan says so, as it says that nobody was read."""
    expect_resumption(http, STOPPED, ARTISTS)
    expect_people(http, ties=ties)
    said = run_info(options(**BOTH_STEPS), context)["seen"]["preview"]["people"]["said"]
    key = "there is no key to read with (scim_provisioning_audit_key_id)"
    assert "not read: %s, so who was unbound while provisioning was stopped is not counted" % key in said and warnings == []


def test_whom_a_resumption_deprovisions_is_not_known_where_jumpcloud_shows_nobody(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_resumption(http, STOPPED, ARTISTS)
    http.expect("GET", "/api/v2/applications/%s/users" % APP_ID, reply([{"id": "ada", "type": "user"}]), query=PAGE)
    assert run_info(options(**READ_BY_AUDIT, **BOTH_STEPS), context)["seen"]["preview"] == NOBODY
    assert len(warnings) == 1 and warnings[0].startswith(UNCOUNTED)


def test_what_never_passed_a_test_was_never_active(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_resumption(http, {**STOPPED, "lastTest": None}, ARTISTS)
    assert run_info(options(**BOTH_STEPS), context)["seen"]["preview"] == NOBODY and warnings == []


@pytest.mark.parametrize("settings", [None, STOPPED])
def test_what_leaves_the_identity_management_out_activates_nothing(http: ExactCalls, context: Context, settings: dict[str, t.Any] | None) -> None:
    expect_resumption(http, settings, ARTISTS)
    given = options(**READ_BY_AUDIT, **BOTH_STEPS, left_out=["identity_management"], max_created_users=0, fail=True)
    assert run_info(given, context)["seen"]["preview"] == NOBODY


def test_the_groups_own_error_is_not_lost(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", "/api/v2/usergroups", reply([ARTISTS]), query=GROUPS_PAGE)
    http.expect("GET", PROVISION, reply({"message": "Not Found"}, 404))
    expect_people(http, ties=[BOUND_ADA])
    stops = run_info(options(**BOTH_STEPS, groups=["Artist"], max_created_users=0), context)["stops"]
    assert any(stop.startswith("identity_management: This would create accounts") for stop in stops) and any("Artist" in stop for stop in stops)


@pytest.mark.parametrize(
    "given",
    [{"activates": False}, {"preview_people": False}, {"steps": ["application", "identity_management", "user_groups"]}],
    ids=["rotation", "audit", "takedown"],
)
def test_who_does_not_resume_asks_for_nobody(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_resumption(http, STOPPED, ARTISTS)
    result = run_info(options(**{**BOTH_STEPS, **given, "fail": False}), context)
    assert result["seen"]["preview"] == NOBODY


@pytest.mark.parametrize("fail", [True, False])
def test_too_many_accounts_block_the_step_before_anything_is_changed(http: ExactCalls, context: Context, fail: bool) -> None:
    expect_groups(http)
    expect_people(http, "ada", "bob")
    asked = options(max_created_users=1, fail=fail)
    if fail:
        with pytest.raises(ScimError) as failure:
            run_info(asked, context)
        said = failure.value.sentence()
    else:
        result = run_info(asked, context)
        assert [one["verdict"] for one in result["verdicts"]] == ["blocked"]
        said = result["stops"][0]
    assert "user_groups: This would create accounts in Unity for 2 people: ada@example.com, bob@example.com. At most 1 is allowed." in said


@pytest.mark.parametrize("enforced", [True, False])
def test_before_an_enforcement_it_tells_who_is_in_no_bound_group(http: ExactCalls, context: Context, enforced: bool) -> None:
    owner = {"unity_access_token": TOKEN, "steps": ["user_groups", "enforcement"], "enforced": True}
    expect_groups(http, ARTISTS)
    http.expect("GET", SSO, reply(sso(enforced=enforced)))
    if not enforced:
        expect_people(http)
        expect_unity(http, "guest@example.com")
    people = run_info(options(**READ_BY_AUDIT, **owner), context)["seen"]["preview"]["people"]
    assert people is None if enforced else people["in_no_bound_group"] == 1


@pytest.mark.parametrize(
    "odd, entries", [([{"id": "invited"}], '1 entry of Unity\'s list of users ("invited")'), ([{"userName": "no-id"}], "1 entry of Unity's list of users")]
)
def test_who_cannot_be_read_in_unity_is_not_said_to_be_nobody(http: ExactCalls, check_context: Context, odd: list[dict[str, t.Any]], entries: str) -> None:
    expect_groups(http)
    expect_people(http, "ada")
    rows = [scim_user("u-ada", "ada@example.com"), *odd]
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(*rows)), query=FIRST_PAGE)
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=len(rows))), query={**FIRST_PAGE, "startIndex": 1 + len(rows)})
    # whoever is seen to be there is not counted for a limit
    people = run_info(options(**READ_BY_AUDIT, max_created_users=0), check_context)["seen"]["preview"]["people"]
    assert (people["created"], people["adopted"], people["in_no_bound_group"]) == (0, None, None)
    assert people["unread"] == "%s can't be read" % entries


def test_the_validated_domains_that_unity_shows_are_used(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", SSO, reply({**sso(), "domains": [{"name": "other.example", "validated": True}]}))
    expect_groups(http)
    expect_people(http, "ada")
    given = {"unity_access_token": TOKEN, "steps": ["single_sign_on", "user_groups"]}
    result = run_info(options(**given), check_context)
    assert result["seen"]["single_sign_on"] == {"validated_domains": ["other.example"]}
    assert result["seen"]["preview"]["people"]["left_out_reasons"] == {"outside the validated domains": 1}


def test_a_supplied_key_that_was_refused_is_not_tried_again(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", BASE_URL + "/Users", reply({"detail": "no"}, status=401), query={"startIndex": 1, "count": 1})
    expect_groups(http)
    expect_people(http, "ada")
    result = run_info(options(key_id=KEY_ID, secret_key=SECRET, steps=["connector_url", "user_groups"]), check_context)
    assert "there is no key to read with" in result["lines"][-3] and result["lines"][-1:] == result["stops"]


def test_a_stored_key_reads_people_unless_it_is_gone(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    expect_people(http, "ada")
    expect_unity(http, "ada@example.com")
    result = run_info(options(stored_key={"key_id": KEY_ID, "secret_key": SECRET}), check_context)
    assert result["seen"]["preview"]["people"]["adopted"] == 1
