# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_group_binding: what binding means for people is shown, and limited, before it is done."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_group_binding
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_group_binding import ARGUMENTS, run
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
    SECRET,
    V1_PAGE,
    application,
    edge,
    scim_list,
    scim_user,
    v1,
)

ARTISTS, CODERS = "65f0c0ffee65f0c0ffee00b0", "65f0c0ffee65f0c0ffee00b1"
USERS = "/api/v2/applications/%s/users" % APP_ID
EVERYBODY = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}
READER = {"unity_organization_id": ORG, "key_id": KEY_ID, "secret_key": SECRET}
PEOPLE = {"ada": {}, "bob": {}, "new": {}, "staged": {"state": "STAGED"}, "far": {"email": "far@partner.example"}}


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", "groups": ["Artists"], **given})


def person(name: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"_id": name, "email": name + "@example.com", "firstname": name, "state": "ACTIVATED", "suspended": False, **fields}


def expect_groups(http: ExactCalls, *bound: str) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    rows = [{"id": ARTISTS, "name": "Artists"}, {"id": CODERS, "name": "Coders"}]
    http.expect("GET", "/api/v2/usergroups", reply(rows), query=GROUPS_PAGE)
    http.expect("GET", ASSOCIATIONS, reply([edge(group) for group in bound]), query=BOUND_PAGE)


def expect_jumpcloud(http: ExactCalls, members: t.Iterable[str] = tuple(PEOPLE), ties: t.Any = ()) -> None:
    http.expect("GET", USERS, reply(list(ties)), query=PAGE)
    http.expect("GET", "/api/v2/usergroups/%s/membership" % ARTISTS, reply([{"id": name, "type": "user"} for name in members]), query=PAGE)
    http.expect("GET", "/api/systemusers", reply(v1(*(person(name, **fields) for name, fields in PEOPLE.items()))), query=EVERYBODY)


def expect_unity(http: ExactCalls, *names: str) -> None:
    users = [scim_user("u-" + name, name) for name in names]
    http.expect("GET", BASE_URL + "/Users", reply(scim_list(*users)), query={"startIndex": 1, "count": 100}, headers={"Authorization": HEADER})
    if users:
        http.expect("GET", BASE_URL + "/Users", reply(scim_list(total=len(users))), query={"startIndex": 1 + len(users), "count": 100})


def expect_bound(http: ExactCalls) -> None:
    http.expect("POST", ASSOCIATIONS, reply(status=204), json={"op": "add", "type": "user_group", "id": ARTISTS})
    http.expect("GET", ASSOCIATIONS, reply([edge(ARTISTS)]), query=BOUND_PAGE)


def test_check_mode_shows_both_halves_and_names_people_in_the_diff_alone(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    expect_unity(http, "Ada@example.com", "guest@example.com")
    result = run(options(**READER, domains=["example.com"]), check_context)
    assert_documented(jumpcloud_group_binding, result)
    people = result["people"]
    assert (people["created"], people["adopted"], people["left_out"], people["in_no_bound_group"]) == (2, 1, 2, 1)
    assert people["left_out_reasons"] == {"outside the validated domains": 1, "staged": 1}
    assert result["step"]["found"] == (
        "0 groups bound; people: 2 to create, 1 to adopt, 2 left out (1 outside the validated domains, 1 staged), "
        "1 in Unity in no bound group, no limit is set (scim_provisioning_max_created_users)"
    )
    assert {name: found for name, found in result["diff"]["after"].items() if name != "groups"} == {
        "people_created": ["bob@example.com", "new@example.com"],
        "people_adopted": ["ada@example.com"],
        "people_left_out": ["far@partner.example (outside the validated domains)", "staged@example.com (staged)"],
        "people_in_no_bound_group": ["guest@example.com"],
    }
    assert set(result["diff"]["before"]) == set(result["diff"]["after"]) and result["diff"]["before"]["people_created"] == []
    assert "@" not in str({name: value for name, value in result.items() if name != "diff"})


def test_without_a_key_it_says_so_and_shows_jumpclouds_half(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    people = run(options(unity_organization_id=ORG), check_context)["people"]
    assert (people["created"], people["adopted"], people["in_no_bound_group"]) == (4, None, None)
    assert people["unread"] == "there is no key to read with (scim_provisioning_audit_key_id)" and not people["domains_checked"]


def test_half_a_key_is_said_to_be_one(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    people = run(options(unity_organization_id=ORG, secret_key="half-0123"), check_context)["people"]
    assert people["unread"] == "Of the key for Unity's SCIM service, only the secret key was given."


@pytest.mark.parametrize("given", [{"unity_organization_id": None}, {"unity_expected_organization_id": "other"}])
def test_an_organization_that_is_not_meant_is_not_asked(http: ExactCalls, check_context: Context, given: dict[str, t.Any]) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    assert run(options(**{**READER, **given}), check_context)["people"]["unread"]


def test_a_key_that_unity_refuses_stops_nothing(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    http.expect("GET", BASE_URL + "/Users", reply({"detail": "no"}, status=401), query={"startIndex": 1, "count": 100})
    people = run(options(**READER), check_context)["people"]
    assert people["created"] == 4 and "401" in people["unread"] and SECRET not in str(people)


def test_who_stays_bound_by_another_group_or_directly_is_no_news(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http, CODERS)
    ties = [{"id": "ada", "type": "user", "paths": [[edge(CODERS), {"to": {"type": "user", "id": "ada"}}]]}]
    expect_jumpcloud(http, ["ada", "bob"], ties)
    result = run(options(), check_context)
    assert result["people"]["created"] == 1 and result["diff"]["after"]["people_created"] == ["bob@example.com"]


def test_a_run_without_a_limit_reads_nobody(http: ExactCalls, context: Context) -> None:
    expect_groups(http)
    expect_bound(http)
    result = run(options(**READER), context)
    assert result["people"] is None and result["step"]["found"] == "0 groups bound" and set(result["diff"]["after"]) == {"groups"}


def test_nobody_is_read_where_nothing_is_to_be_bound(http: ExactCalls, check_context: Context) -> None:
    expect_groups(http, ARTISTS)
    assert run(options(**READER, max_created_users=0), check_context)["people"] is None


def test_the_limit_is_kept_before_anything_is_bound(http: ExactCalls, context: Context) -> None:
    expect_groups(http)
    expect_jumpcloud(http)
    expect_unity(http, "ada@example.com")
    with pytest.raises(ScimError) as failure:
        run(options(**READER, max_created_users=2), context)
    assert http.writes == [] and failure.value.details["people"]["created"] == 3
    assert "for 3 people: bob@example.com, far@partner.example, new@example.com. At most 2 are allowed." in failure.value.sentence()

    expect_groups(http)
    expect_jumpcloud(http)
    expect_unity(http, "ada@example.com")
    expect_bound(http)
    assert run(options(**READER, max_created_users=3), context)["people"]["max_created_users"] == 3


def test_a_wrong_group_of_people_in_another_domain_does_not_pass_a_limit(http: ExactCalls, context: Context) -> None:
    """Nothing published says that such people get no account; of staged ones something does."""
    for limit in (0, 1):
        expect_groups(http)
        expect_jumpcloud(http, ["far", "staged"])
        expect_unity(http)
        asked = options(**READER, domains=["example.com"], max_created_users=limit)
        if limit:
            expect_bound(http)
            assert run(asked, context)["people"]["left_out"] == 2
            continue
        with pytest.raises(ScimError, match=r"for 1 person who is only assumed to get none: far@partner.example \(outside the validated domains\)"):
            run(asked, context)
        assert http.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_limit_is_kept_though_nobody_asks_for_people(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    asked = options(**READER, preview_people=False, max_created_users=0)
    expect_groups(http)
    expect_jumpcloud(http)
    expect_unity(http)
    with pytest.raises(ScimError, match="At most 0 are allowed"):
        run(asked, check_context if check_mode else context)
    assert http.writes == []
    expect_groups(http, ARTISTS)
    assert run(asked, check_context if check_mode else context)["people"] is None


def test_what_cant_be_read_stops_only_where_there_is_a_limit(http: ExactCalls, context: Context, check_context: Context, warnings: list[str]) -> None:
    def refused() -> None:
        expect_groups(http)
        http.expect("GET", USERS, reply({"message": "forbidden"}, status=403), query=PAGE)

    refused()
    assert run(options(), check_context)["people"] is None
    assert len(warnings) == 1 and warnings[0].startswith("Who would be created in Unity is not known. ")
    refused()
    with pytest.raises(ScimError):
        run(options(max_created_users=5), context)
    assert http.writes == []


def test_check_mode_shows_what_another_module_has_seen(http: ExactCalls, check_context: Context) -> None:
    said = {"said": "3 to create", "created": 3}
    seen = {
        "application": application(),
        "user_groups": {"wanted": [{"id": ARTISTS, "name": "Artists"}], "bound": []},
        "preview": {"people": said, "names": {"people_created": ["ada@example.com"]}},
    }
    seen["application"] = {
        "id": APP_ID,
        "template": None,
        "display_name": None,
        "display_label": "Unity",
        "active": None,
        "organization_id": None,
        "sso_url": None,
    }
    result = run(options(seen=seen), check_context)
    assert result["people"] == said and result["step"]["found"] == "0 groups bound; people: 3 to create"
    assert result["diff"]["after"]["people_created"] == ["ada@example.com"]
    seen["preview"] = {"people": None, "names": None}
    assert run(options(seen=seen), check_context)["people"] is None


@pytest.mark.parametrize("people", [None, {"said": "4 to create", "created": 4, "max_created_users": 9}, {"said": "4 to create", "created": 4}])
def test_what_was_seen_without_this_limit_is_read_again(http: ExactCalls, check_context: Context, people: dict[str, t.Any] | None) -> None:
    seen = {"user_groups": {"wanted": [{"id": ARTISTS, "name": "Artists"}], "bound": []}, "preview": {"people": people, "names": None}}
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    expect_jumpcloud(http)
    with pytest.raises(ScimError, match="At most 3 are allowed"):
        run(options(seen=seen, max_created_users=3), check_context)


def test_what_was_seen_with_this_limit_is_taken(http: ExactCalls, check_context: Context) -> None:
    people = {"said": "3 to create", "created": 3, "max_created_users": 3}
    seen = {"user_groups": {"wanted": [{"id": ARTISTS, "name": "Artists"}], "bound": []}, "preview": {"people": people, "names": None}}
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    assert run(options(seen=seen, max_created_users=3), check_context)["people"] == people
