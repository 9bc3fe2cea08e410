# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_group_binding: bind, unbind, and never take an account from somebody unasked."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import AffectedUsers, LosingPerson
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_group_binding
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_group_binding import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, dropped, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    APP_ID,
    ASSOCIATIONS,
    BOUND_PAGE,
    GROUPS_PAGE,
    JC_ORG,
    JUMPCLOUD,
    PAGE,
    V1_PAGE,
    application,
    edge,
    v1,
)

ARTISTS, DEVELOPERS, TWIN_A, TWIN_B = ("65f0c0ffee65f0c0ffee00b%d" % number for number in range(4))
GROUPS = {ARTISTS: "Unity Artists", DEVELOPERS: "Unity Developers", TWIN_A: "Twins", TWIN_B: "Twins"}
USERS = "/api/v2/applications/%s/users" % APP_ID
USERS_PAGE = {**V1_PAGE, "fields": "email username firstname lastname state suspended password_expired"}


NOBODY: dict[str, list[str]] = {"people_losing_access": [], "people_without_account_losing_access": []}


def options(*groups: str, **given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "application": "Unity", "groups": list(groups), "concurrency": 1, "preview_people": False, **given})


def group(group_id: str) -> dict[str, t.Any]:
    return {"id": group_id, "name": GROUPS[group_id]}


def expect_groups(http: ExactCalls, groups: dict[str, str] | None = None) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    rows = [{"id": group_id, "name": name} for group_id, name in (GROUPS if groups is None else groups).items()]
    http.expect("GET", "/api/v2/usergroups", reply(rows), query=GROUPS_PAGE)


def expect_state(http: ExactCalls, *bound: str, groups: dict[str, str] | None = None) -> None:
    expect_groups(http, groups)
    expect_bound(http, *bound)


def expect_bound(http: ExactCalls, *bound: str) -> None:
    http.expect("GET", ASSOCIATIONS, reply([edge(group_id) for group_id in bound]), query=BOUND_PAGE)


def expect_write(http: ExactCalls, op: str, group_id: str, answer: t.Any = None) -> None:
    http.expect("POST", ASSOCIATIONS, answer or reply(status=204), json={"op": op, "type": "user_group", "id": group_id})


def person(user_id: str, *paths: tuple[str, ...]) -> dict[str, t.Any]:
    direct = [{"to": {"type": "user", "id": user_id}}]
    return {"id": user_id, "type": "user", "paths": [[edge(group_id) for group_id in path] or direct for path in paths]}


def expect_people(http: ExactCalls, *people: dict[str, t.Any], removed: t.Iterable[str] = (ARTISTS,)) -> None:
    """Who is bound, and who is in the groups that are to be unbound."""
    http.expect("GET", USERS, reply(list(people)), query=PAGE)
    for group_id in removed:
        members = [one["id"] for one in people if group_id in {end["to"]["id"] for path in one["paths"] for end in path}]
        expect_members(http, group_id, *members)


def expect_members(http: ExactCalls, group_id: str, *user_ids: str) -> None:
    http.expect("GET", "/api/v2/usergroups/%s/membership" % group_id, reply([{"id": user_id, "type": "user"} for user_id in user_ids]), query=PAGE)


def user(user_id: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"_id": user_id, "email": user_id + "@example.com", "state": "ACTIVATED", "suspended": False, **fields}


def expect_names(http: ExactCalls, *user_ids: str, **fields: t.Any) -> None:
    for user_id in user_ids:
        http.expect("GET", "/api/systemusers/" + user_id, reply(user(user_id, **fields)))


def expect_all_names(http: ExactCalls, *pages: list[str], total: int) -> None:
    for number, page in enumerate(pages):
        query = {**USERS_PAGE, "skip": 100 * number}
        http.expect("GET", "/api/systemusers", reply(v1(*(user(user_id) for user_id in page), total=total)), query=query)


def expect_second_look(http: ExactCalls, bound: t.Iterable[str], *people: dict[str, t.Any], removed: t.Iterable[str] = (ARTISTS,)) -> None:
    """Right before the first group is unbound."""
    expect_bound(http, *bound)
    expect_people(http, *people, removed=removed)


def shown(*user_ids: str) -> list[dict[str, str]]:
    return [{"id": user_id, "email": user_id + "@example.com"} for user_id in user_ids]


@pytest.mark.parametrize("given", [{"application": ""}, {"application": None, "application_id": ""}])
def test_an_application_without_a_name_is_not_the_one_that_has_none(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    with pytest.raises(
        ScimError, match=r"^application(_id)? \(scim_provisioning_application(_id)?\) has an empty text in place of a name. Nothing was changed."
    ):
        run(options("Unity Artists", **given), context)
    assert http.seen == []


def test_bind(http: ExactCalls, context: Context, check_context: Context) -> None:
    expect_state(http)
    planned = run(options("Unity Developers", ARTISTS), check_context)
    assert http.writes == []
    expect_state(http)
    expect_write(http, "add", ARTISTS)
    expect_write(http, "add", DEVELOPERS)
    expect_bound(http, ARTISTS, DEVELOPERS)
    result = run(options("Unity Developers", ARTISTS), context)
    assert (result["changed"], verbs(result), result["added"]) == (True, ["bind", "bind"], [group(ARTISTS), group(DEVELOPERS)])
    assert (result["groups"], result["removed"], result["deprovisioned_users"]) == ([group(ARTISTS), group(DEVELOPERS)], [], [])
    assert_documented(jumpcloud_group_binding, result)
    assert planned == {**result, "step": {**result["step"], "verified": []}}
    assert len(context.progress.done) == 2 and check_context.progress.done == []


def test_several_at_a_time(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    with http.in_any_order():
        expect_write(http, "add", ARTISTS)
        expect_write(http, "add", DEVELOPERS)
    expect_bound(http, ARTISTS, DEVELOPERS)
    assert run(options(ARTISTS, DEVELOPERS, concurrency=4), context)["changed"]


@pytest.mark.parametrize(
    "state, groups, bound",
    [
        ("present", ["Unity Artists"], [ARTISTS, DEVELOPERS]),
        ("present", ["Unity Artists", ARTISTS], [ARTISTS]),
        ("present", [], []),
        ("absent", ["Unity Artists"], [DEVELOPERS]),
        ("exact", ["Unity Artists"], [ARTISTS]),
        ("exact", [], []),
    ],
)
def test_no_change(http: ExactCalls, context: Context, state: str, groups: list[str], bound: list[str]) -> None:
    expect_state(http, *bound)
    result = run(options(*groups, state=state), context)
    assert (result["changed"], result["actions"], http.writes) == (False, [], [])
    assert result["groups"] == sorted((group(group_id) for group_id in bound), key=lambda one: one["name"])
    assert result["diff"]["before"] == result["diff"]["after"]


@pytest.mark.parametrize("state, groups", [("absent", ["Unity Artists"]), ("exact", ["Unity Developers"])])
def test_unbind(http: ExactCalls, context: Context, check_context: Context, state: str, groups: list[str]) -> None:
    for chosen in (check_context, context):
        expect_state(http, ARTISTS, DEVELOPERS)
        people = person("u1", (ARTISTS,)), person("u2", (ARTISTS,), (DEVELOPERS,))
        expect_people(http, *people)
        expect_names(http, "u1")
        if chosen is context:
            expect_second_look(http, [ARTISTS, DEVELOPERS], *people)
            expect_write(http, "remove", ARTISTS)
            expect_bound(http, DEVELOPERS)
    planned = run(options(*groups, state=state, max_deprovisioned_users=1), check_context)
    assert http.writes == []
    result = run(options(*groups, state=state, max_deprovisioned_users=1), context)
    assert (result["removed"], result["groups"]) == ([group(ARTISTS)], [group(DEVELOPERS)])
    assert (result["deprovisioned_users"], result["deprovisioned_users_count"], result["users_without_account"]) == (shown("u1"), 1, [])
    assert result["diff"]["before"] == {"groups": [group(ARTISTS), group(DEVELOPERS)], **NOBODY}
    assert result["diff"]["after"] == {"groups": [group(DEVELOPERS)], **NOBODY, "people_losing_access": ["u1@example.com"]}
    assert_documented(jumpcloud_group_binding, result)
    assert planned == {**result, "step": {**result["step"], "verified": []}}


def test_bind_before_unbind(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_write(http, "add", DEVELOPERS)
    expect_second_look(http, [ARTISTS, DEVELOPERS])
    expect_write(http, "remove", ARTISTS)
    expect_bound(http, DEVELOPERS)
    result = run(options(DEVELOPERS, state="exact"), context)
    assert (verbs(result), result["added"], result["removed"]) == (["bind", "unbind"], [group(DEVELOPERS)], [group(ARTISTS)])


# ---- the guard against deprovisioning


@pytest.mark.parametrize(
    "allowed, people, said, limit",
    [(0, ["u1"], "1 person", "0 are"), (1, ["u1", "u2"], "2 people", "1 is"), (2, ["u1", "u2", "u3"], "3 people", "2 are")],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_more_than_allowed(
    http: ExactCalls, context: Context, check_context: Context, allowed: int, people: list[str], said: str, limit: str, check_mode: bool
) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, *(person(user_id, (ARTISTS,)) for user_id in people))
    expect_names(http, *people)
    with pytest.raises(ScimError) as caught:
        run(options(ARTISTS, state="absent", max_deprovisioned_users=allowed), check_context if check_mode else context)
    emails = ", ".join(user_id + "@example.com" for user_id in people)
    assert str(caught.value) == (
        "Unbinding would take %s their access, and Unity deletes the accounts of those who have one: %s. At most %s allowed. "
        "Nothing was changed." % (said, emails, limit)
    )
    assert "(scim_provisioning_max_deprovisioned_users) to at least %d" % len(people) in (caught.value.hint or "")
    assert caught.value.as_result() == {
        "deprovisioned_users": shown(*people),
        "deprovisioned_users_count": len(people),
        "unseen_users_count": 0,
        "users_without_account": [],
        "users_without_account_count": 0,
    }
    assert http.writes == []


@pytest.mark.parametrize(
    "people",
    [
        pytest.param([person("u1", (ARTISTS,), (DEVELOPERS,))], id="held by another group"),
        pytest.param([person("u1", (ARTISTS,), ())], id="bound directly as well"),
        pytest.param([person("u1", (DEVELOPERS,))], id="not a member"),
        pytest.param([], id="an empty group"),
    ],
)
def test_who_keeps_access_is_not_counted(http: ExactCalls, context: Context, people: list[dict[str, t.Any]]) -> None:
    expect_state(http, ARTISTS, DEVELOPERS)
    expect_people(http, *people)
    expect_second_look(http, [ARTISTS, DEVELOPERS], *people)
    expect_write(http, "remove", ARTISTS)
    expect_bound(http, DEVELOPERS)
    result = run(options(ARTISTS, state="absent"), context)
    assert (result["deprovisioned_users"], result["deprovisioned_users_count"]) == ([], 0)
    assert result["diff"]["after"] == {"groups": [group(DEVELOPERS)], **NOBODY}


@pytest.mark.parametrize(
    "paths",
    [[(ARTISTS,)], [("inner", ARTISTS)], [(ARTISTS,), (DEVELOPERS,)], []],
    ids=["member", "indirect member", "in both that are removed", "on no known path"],
)
def test_who_loses_access_is_counted(http: ExactCalls, context: Context, paths: list[tuple[str, ...]]) -> None:
    expect_state(http, ARTISTS, DEVELOPERS)
    expect_people(http, person("u1", *paths), removed=[ARTISTS, DEVELOPERS])
    expect_names(http, "u1")
    with pytest.raises(ScimError, match="would take 1 person their access"):
        run(options(state="exact"), context)
    assert http.writes == []


def test_a_group_that_is_added_in_the_same_run_keeps_its_members(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)), person("u2", (ARTISTS,)))
    http.expect("GET", "/api/v2/usergroups/%s/membership" % DEVELOPERS, reply([{"id": "u1", "type": "user"}]), query=PAGE)
    expect_names(http, "u2")
    with pytest.raises(ScimError, match="would take 1 person their access, .*: u2@example.com\\."):
        run(options(DEVELOPERS, state="exact"), context)


def test_twenty_are_named_in_the_error_and_all_in_the_result(http: ExactCalls, context: Context) -> None:
    people = ["u%02d" % number for number in range(23)]
    expect_state(http, ARTISTS)
    expect_people(http, *(person(user_id, (ARTISTS,)) for user_id in people))
    expect_all_names(http, [*people, "somebody-else"], total=24)
    with pytest.raises(ScimError, match="take 23 people .* u19@example.com, and 3 more\\. At most 0") as caught:
        run(options(ARTISTS, state="absent"), context)
    assert caught.value.details["deprovisioned_users_count"] == 23
    assert caught.value.details["deprovisioned_users"] == shown(*people)


def test_twenty_are_read_one_by_one(http: ExactCalls, check_context: Context) -> None:
    people = ["u%02d" % number for number in range(20)]
    expect_state(http, ARTISTS)
    expect_people(http, *(person(user_id, (ARTISTS,)) for user_id in people))
    expect_names(http, *people)
    assert run(options(ARTISTS, state="absent", max_deprovisioned_users=20), check_context)["deprovisioned_users"] == shown(*people)


def test_more_are_looked_for_in_the_list_until_all_are_found(http: ExactCalls, context: Context) -> None:
    """Three pages of people; the last one is not needed. The second look reads nobody again."""
    losing = ["u%03d" % number for number in range(90, 111)]
    others = ["v%03d" % number for number in range(90)]
    bound = [person(user_id, (ARTISTS,)) for user_id in losing]
    expect_state(http, ARTISTS)
    expect_people(http, *bound)
    expect_all_names(http, others + losing[:10], losing[10:] + ["w%03d" % number for number in range(89)], total=250)
    expect_second_look(http, [ARTISTS], *bound)
    expect_write(http, "remove", ARTISTS)
    expect_bound(http)
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=21), context)
    assert result["deprovisioned_users"] == shown(*losing)
    assert result["diff"]["after"]["people_losing_access"] == [user_id + "@example.com" for user_id in losing]


def test_people_are_sorted_by_email(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)), person("u2", (ARTISTS,)))
    expect_names(http, "u1", email="zoe@example.com")
    expect_names(http, "u2", email="ada@example.com")
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=2), check_context)
    assert [person["email"] for person in result["deprovisioned_users"]] == ["ada@example.com", "zoe@example.com"]
    assert result["diff"]["after"]["people_losing_access"] == ["ada@example.com", "zoe@example.com"]


def test_who_has_no_account_does_not_count(http: ExactCalls, context: Context) -> None:
    people = [person(user_id, (ARTISTS,)) for user_id in ("active", "staged", "suspended", "suspended-first")]
    expect_state(http, ARTISTS)
    expect_people(http, *people)
    expect_names(http, "active")
    expect_names(http, "staged", state="STAGED")
    expect_names(http, "suspended", state="SUSPENDED")
    expect_names(http, "suspended-first", suspended=True)
    expect_second_look(http, [ARTISTS], *people)
    expect_names(http, "staged", state="STAGED")
    expect_names(http, "suspended", state="SUSPENDED")
    expect_names(http, "suspended-first", suspended=True)
    expect_write(http, "remove", ARTISTS)
    expect_bound(http)
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=1), context)
    assert (result["deprovisioned_users"], result["deprovisioned_users_count"]) == (shown("active"), 1)
    assert [(one["id"], one["status"]) for one in result["users_without_account"]] == [
        ("staged", "staged"),
        ("suspended-first", "suspended"),
        ("suspended", "suspended"),
    ]
    assert result["diff"]["after"]["people_losing_access"] == ["active@example.com"]
    assert result["diff"]["after"]["people_without_account_losing_access"] == ["staged@example.com", "suspended-first@example.com", "suspended@example.com"]


def test_a_person_in_ten_groups(http: ExactCalls, check_context: Context) -> None:
    ten = ["65f0c0ffee65f0c0ffee0c%02d" % number for number in range(10)]
    known = {group_id: "Group %s" % group_id for group_id in ten}
    everywhere = person("u1", *((group_id,) for group_id in ten))
    expect_state(http, *ten, groups=known)
    expect_people(http, everywhere, removed=ten[:9])
    assert run(options(*ten[:9], state="absent"), check_context)["deprovisioned_users"] == []
    expect_state(http, *ten, groups=known)
    expect_people(http, everywhere, removed=ten)
    expect_names(http, "u1")
    with pytest.raises(ScimError, match="would take 1 person their access, .*: u1@example.com\\."):
        run(options(*ten, state="absent"), check_context)


@pytest.mark.parametrize("unbound, losing", [(DEVELOPERS, []), (ARTISTS, ["u1"])], ids=["the inner group", "the outer group"])
def test_a_group_within_a_group(http: ExactCalls, check_context: Context, unbound: str, losing: list[str]) -> None:
    """Only the outer group is what the application is bound to. That the inner one is bound as well makes a path of its own, here for others."""
    nested = [{"from": {"type": "application", "id": APP_ID}, **edge(ARTISTS)}, {"from": {"type": "user_group", "id": ARTISTS}, **edge(DEVELOPERS)}]
    expect_state(http, ARTISTS, DEVELOPERS)
    expect_people(http, {"id": "u1", "type": "user", "paths": [nested]}, removed=[unbound])
    expect_names(http, *losing)
    result = run(options(unbound, state="absent", max_deprovisioned_users=1), check_context)
    assert result["deprovisioned_users"] == shown(*losing)


def test_an_address_that_is_none_stays_on_one_line(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    expect_names(http, "u1", email="two\nlines")
    with pytest.raises(ScimError) as caught:
        run(options(ARTISTS, state="absent"), context)
    assert '"two\\nlines"' in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "answer, unread",
    [
        (reply({"message": "no"}, 403), True),
        (reply({"message": "oops"}, 500), True),
        (reply({"message": "Not Found"}, 404), True),
        (reply({"_id": "u1", "email": None}), False),
    ],
)
def test_people_who_cannot_be_read_are_named_by_id(http: ExactCalls, context: Context, answer: t.Any, unread: bool) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    http.expect("GET", "/api/systemusers/u1", answer)
    with pytest.raises(ScimError, match="have one: u1\\.") as caught:
        run(options(ARTISTS, state="absent"), context)
    assert ("1 of the people could not be read in JumpCloud, and is counted as if activated:" in (caught.value.hint or "")) is unread
    assert caught.value.details["deprovisioned_users"] == [{"id": "u1", "email": None}]


def test_a_refusal_to_read_people_is_not_repeated(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)), person("u2", (ARTISTS,)))
    http.expect("GET", "/api/systemusers/u1", reply({"message": "no"}, 403))
    with pytest.raises(ScimError, match="take 2 people their access, .*: u1, u2\\. At most 0"):
        run(options(ARTISTS, state="absent"), context)


def test_people_whose_list_cannot_be_read_are_counted(http: ExactCalls, context: Context) -> None:
    people = ["u%02d" % number for number in range(21)]
    bound = [person(user_id, (ARTISTS,)) for user_id in people]
    expect_state(http, ARTISTS)
    expect_people(http, *bound)
    http.expect("GET", "/api/systemusers", reply({"message": "no"}, 403), query=USERS_PAGE)
    expect_second_look(http, [ARTISTS], *bound)
    expect_write(http, "remove", ARTISTS)
    expect_bound(http)
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=21), context)
    assert result["deprovisioned_users"] == [{"id": user_id, "email": None} for user_id in people]
    assert result["diff"]["after"]["people_losing_access"] == people


def test_people_whom_the_list_does_not_show_are_counted(http: ExactCalls, context: Context) -> None:
    people = ["u%02d" % number for number in range(21)]
    expect_state(http, ARTISTS)
    expect_people(http, *(person(user_id, (ARTISTS,)) for user_id in people))
    expect_all_names(http, people[:20], total=20)
    with pytest.raises(ScimError, match="take 21 people their access") as caught:
        run(options(ARTISTS, state="absent", max_deprovisioned_users=20), context)
    assert caught.value.details["deprovisioned_users"][-1] == {"id": "u20", "email": None}


@pytest.mark.parametrize("answer", [reply({}), reply([7])])
def test_without_knowing_who_loses_access_nothing_is_unbound(http: ExactCalls, context: Context, answer: t.Any) -> None:
    expect_state(http, ARTISTS)
    http.expect("GET", USERS, answer, query=PAGE)
    with pytest.raises(UnexpectedAnswer, match="list the bound users"):
        run(options(ARTISTS, state="absent", max_deprovisioned_users=99), context)
    assert http.writes == []


OWED = reply([], headers={"X-Total-Count": "3"})


@pytest.mark.parametrize(
    "answer, unseen, allowed",
    [(OWED, 3, 0), (OWED, 3, 2), (reply([{"id": "u1", "type": "user"}]), 1, 0), (reply([{"id": "u1", "type": "user", "paths": "odd"}]), 1, 0)],
)
def test_people_whom_the_list_owes_count_as_losing_access(http: ExactCalls, context: Context, answer: t.Any, unseen: int, allowed: int) -> None:
    expect_state(http, ARTISTS)
    http.expect("GET", USERS, answer, query=PAGE)
    expect_members(http, ARTISTS)
    with pytest.raises(ScimError) as caught:
        run(options(ARTISTS, state="absent", max_deprovisioned_users=allowed), context)
    assert "%d whom JumpCloud's list does not show. At most %d are allowed. Nothing was changed." % (unseen, allowed) in caught.value.message
    assert caught.value.details[
        "unseen_users_count"
    ] == unseen and "raise max_deprovisioned_users (scim_provisioning_max_deprovisioned_users) to at least %d" % unseen in (caught.value.hint or "")
    assert http.writes == []


def test_people_whom_the_list_owes_only_now(http: ExactCalls, context: Context) -> None:
    """When it was planned, the list was whole."""
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_bound(http, ARTISTS)
    http.expect("GET", USERS, OWED, query=PAGE)
    expect_members(http, ARTISTS)
    with pytest.raises(ScimError, match="3 more people would lose access .* 3 whom JumpCloud's list does not show. That makes 3 people"):
        run(options(ARTISTS, state="absent", max_deprovisioned_users=99), context)
    assert http.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_members_whom_the_list_does_not_show_are_counted_and_named(http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    """The list of bound people is empty and calls itself whole, as where reads lag behind a binding."""
    expect_state(http, ARTISTS)
    http.expect("GET", USERS, reply([]), query=PAGE)
    expect_members(http, ARTISTS, "u1", "u2")
    expect_names(http, "u1", "u2")
    with pytest.raises(ScimError, match="would take 2 people their access, .*: u1@example.com, u2@example.com\\. At most 0 are allowed") as caught:
        run(options(ARTISTS, state="absent"), check_context if check_mode else context)
    assert (caught.value.details["deprovisioned_users"], caught.value.details["unseen_users_count"], http.writes) == (shown("u1", "u2"), 0, [])


# ---- the second look, right before the first group is unbound


def test_somebody_else_would_lose_access_by_now(http: ExactCalls, context: Context) -> None:
    """The limit would allow it: but whoever looked at the plan has not seen this person."""
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    expect_names(http, "u1")
    expect_second_look(http, [ARTISTS], person("u1", (ARTISTS,)), person("u2", (ARTISTS,)))
    expect_names(http, "u2")
    with pytest.raises(ScimError) as caught:
        run(options(ARTISTS, state="absent", max_deprovisioned_users=5), context)
    assert str(caught.value) == (
        "Since the plan was made, 1 more person would lose access by unbinding, and Unity deletes the accounts of those who have one: "
        "u2@example.com (not in the plan). That makes 2 people, and at most 5 are allowed. No group was unbound."
    )
    assert "Run again in check mode" in (caught.value.hint or "")
    assert caught.value.details["deprovisioned_users"] == shown("u1", "u2")
    assert http.writes == [] and context.progress.done == []


def test_what_was_bound_stays_when_the_second_look_refuses(http: ExactCalls, context: Context) -> None:
    members = "/api/v2/usergroups/%s/membership" % DEVELOPERS
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    http.expect("GET", members, reply([{"id": "u1", "type": "user"}]), query=PAGE)
    expect_write(http, "add", DEVELOPERS)
    expect_second_look(http, [ARTISTS, DEVELOPERS], person("u1", (ARTISTS,)))
    http.expect("GET", members, reply([]), query=PAGE)  # somebody took u1 out of the group
    expect_names(http, "u1")
    with pytest.raises(ScimError, match="1 more person would .* u1@example.com .not in the plan.\\. That makes 1 person, and at most 0 are allowed"):
        run(options(DEVELOPERS, state="exact"), context)
    assert [(done["action"], done["id"]) for done in context.progress.done] == [("bind", DEVELOPERS)]


def test_somebody_was_activated_meanwhile(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    expect_names(http, "u1", state="STAGED")
    expect_second_look(http, [ARTISTS], person("u1", (ARTISTS,)))
    expect_names(http, "u1")
    with pytest.raises(ScimError, match="u1@example.com .staged when it was made.\\. That makes 1 person"):
        run(options(ARTISTS, state="absent"), context)
    assert http.writes == []


def test_people_who_cannot_be_read_at_the_second_look_count(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_second_look(http, [ARTISTS], person("u1", (ARTISTS,)))
    http.expect("GET", "/api/systemusers/u1", reply({"message": "no"}, 403))
    with pytest.raises(ScimError, match="u1 .not in the plan.") as caught:
        run(options(ARTISTS, state="absent", max_deprovisioned_users=5), context)
    assert "could not be read" in (caught.value.hint or "")
    assert http.writes == []


def test_fewer_people_than_planned_are_fine(http: ExactCalls, context: Context) -> None:
    """One left the group meanwhile, and a staged one came: nobody loses an account who was not counted."""
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)), person("u2", (ARTISTS,)))
    expect_names(http, "u1", "u2")
    expect_second_look(http, [ARTISTS], person("u2", (ARTISTS,)), person("u3", (ARTISTS,)))
    expect_names(http, "u3", state="STAGED")
    expect_write(http, "remove", ARTISTS)
    expect_bound(http)
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=2), context)
    assert (result["deprovisioned_users"], result["deprovisioned_users_count"]) == (shown("u2"), 1)
    assert [one["id"] for one in result["users_without_account"]] == ["u3"]
    assert result["diff"]["after"]["people_losing_access"] == ["u2@example.com"]


def test_a_group_that_vanished_meanwhile_is_unbound(http: ExactCalls, context: Context) -> None:
    people = person("u1", (ARTISTS,)), person("u2", (DEVELOPERS,))
    expect_state(http, ARTISTS, DEVELOPERS)
    expect_people(http, *people, removed=[ARTISTS, DEVELOPERS])
    expect_names(http, "u1", "u2")
    expect_second_look(http, [DEVELOPERS], people[1], removed=[DEVELOPERS])
    expect_write(http, "remove", DEVELOPERS)
    expect_bound(http)
    result = run(options(state="exact", max_deprovisioned_users=2), context)
    assert (result["changed"], result["removed"], result["groups"]) == (True, [group(DEVELOPERS)], [])
    assert result["deprovisioned_users"] == shown("u2")
    assert result["diff"]["before"] == {"groups": [group(DEVELOPERS)], **NOBODY}
    assert [done["id"] for done in context.progress.done] == [DEVELOPERS]


def test_nothing_is_left_to_unbind(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http, person("u1", (ARTISTS,)))
    expect_names(http, "u1")
    expect_bound(http)
    expect_bound(http)
    result = run(options(ARTISTS, state="absent", max_deprovisioned_users=1), context)
    assert (result["changed"], result["removed"], result["deprovisioned_users"], http.writes) == (False, [], [], [])
    assert result["diff"]["before"] == result["diff"]["after"] == {"groups": []}


def test_a_group_that_is_deleted_after_the_second_look_is_unbound(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_second_look(http, [ARTISTS])
    expect_write(http, "remove", ARTISTS, reply({"message": "Not Found"}, 404))
    expect_bound(http)
    assert run(options(ARTISTS, state="absent"), context)["removed"] == [group(ARTISTS)]


def test_a_second_look_that_fails_unbinds_nothing(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_bound(http, ARTISTS)
    http.expect("GET", USERS, reply({"message": "no"}, 403), query=PAGE)
    with pytest.raises(ApiError, match="list the bound users: HTTP 403"):
        run(options(ARTISTS, state="absent"), context)
    assert http.writes == []


def test_nothing_is_unbound_before_the_new_groups_show(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_write(http, "add", DEVELOPERS)
    for _unused in range(9):
        expect_bound(http, ARTISTS)
    with pytest.raises(ScimError, match="missing %s, still there none" % DEVELOPERS) as caught:
        run(options(DEVELOPERS, state="exact"), context)
    assert "No group was unbound" in (caught.value.hint or "")
    assert sum(time.sleeps) <= 15.0


# ---- names


@pytest.mark.parametrize("state", ["present", "exact"])
@pytest.mark.parametrize(
    "entry, suggested",
    [
        ("unity artists", 'no user group "unity artists" (did you mean "Unity Artists"?).'),
        ("Unity Artits", '(did you mean "Unity Artists"?)'),
        ("Nobody", 'no user group "Nobody".'),
        ("two\nlines", 'no user group "two\\nlines"'),
        ("{{ 7 * 7 }}", 'no user group "{{ 7 * 7 }}".'),
    ],
)
def test_an_unknown_group(http: ExactCalls, context: Context, state: str, entry: str, suggested: str) -> None:
    expect_groups(http)
    if state == "exact":
        # it may be the id of a bound group that the list does not show
        expect_bound(http, DEVELOPERS)
    with pytest.raises(ScimError) as caught:
        run(options("Unity Artists", entry, state=state), context)
    assert suggested in str(caught.value) and "\n" not in str(caught.value)
    assert "Nothing was changed" in (caught.value.hint or "")
    assert http.writes == []


def test_all_unknown_groups_are_told_at_once(http: ExactCalls, context: Context) -> None:
    expect_groups(http)
    with pytest.raises(ScimError, match='no user group "A", "B"\\.'):
        run(options("A", "B"), context)


def test_an_unknown_group_is_taken_as_unbound(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    result = run(options("Unity Artits", state="absent"), context)
    assert not result["changed"]
    assert warnings == ['JumpCloud has no user group "Unity Artits" (did you mean "Unity Artists"?). It is taken as unbound.']


@pytest.mark.parametrize("given", [ARTISTS, ARTISTS.upper()])
def test_a_bound_group_that_the_list_does_not_show_is_unbound(http: ExactCalls, context: Context, warnings: list[str], given: str) -> None:
    nameless = {"id": ARTISTS, "name": None}
    expect_state(http, ARTISTS, groups={})
    expect_people(http)
    expect_second_look(http, [ARTISTS])
    expect_write(http, "remove", ARTISTS)
    expect_bound(http)
    result = run(options(given, state="absent"), context)
    assert (result["changed"], result["removed"], result["groups"], warnings) == (True, [nameless], [], [])


def test_a_bound_group_that_the_list_does_not_show_stays_if_it_is_wanted(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS, groups={})
    result = run(options(ARTISTS, state="exact"), context)
    assert (result["changed"], result["groups"]) == (False, [{"id": ARTISTS, "name": None}])
    expect_groups(http, {})
    with pytest.raises(ScimError, match="has no user group"):
        run(options(ARTISTS), context)


@pytest.mark.parametrize("given", [ARTISTS.upper(), ARTISTS + " "])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_group_is_meant_however_its_id_is_written(http: ExactCalls, check_context: Context, warnings: list[str], state: str, given: str) -> None:
    expect_state(http, *([ARTISTS] if state == "absent" else []))
    if state == "absent":
        expect_people(http)
    result = run(options(given, state=state), check_context)
    assert (result["added"], result["removed"], warnings) == (([group(ARTISTS)], [], []) if state == "present" else ([], [group(ARTISTS)], []))


@pytest.mark.parametrize("state", ["present", "absent", "exact"])
def test_twins(http: ExactCalls, context: Context, state: str) -> None:
    expect_groups(http)
    with pytest.raises(ScimError, match='2 user groups named "Twins": %s, %s\\.' % (TWIN_A, TWIN_B)):
        run(options("Twins", state=state), context)


def test_an_id_tells_twins_apart(http: ExactCalls, check_context: Context) -> None:
    expect_state(http)
    assert run(options(TWIN_B), check_context)["added"] == [group(TWIN_B)]


@pytest.mark.parametrize("name", ['The "best" artists', "Zoë's 東京", "{{ lookup('env', 'HOME') }}", "two\nlines", " padded "])
def test_names_are_only_text(http: ExactCalls, check_context: Context, name: str) -> None:
    expect_state(http, groups={ARTISTS: name})
    assert run(options(name), check_context)["added"] == [{"id": ARTISTS, "name": name}]


def test_a_bound_group_without_a_name(http: ExactCalls, context: Context) -> None:
    expect_state(http, "gone", ARTISTS)
    assert run(options(ARTISTS), context)["groups"] == [{"id": "gone", "name": None}, group(ARTISTS)]


# ---- failures


@pytest.mark.parametrize("verb, state, bound", [("bind", "present", []), ("unbind", "absent", [ARTISTS, DEVELOPERS])])
def test_a_partial_failure(http: ExactCalls, context: Context, verb: str, state: str, bound: list[str]) -> None:
    operation = {"bind": "add", "unbind": "remove"}[verb]
    expect_state(http, *bound)
    if bound:
        expect_people(http, removed=bound)
        expect_second_look(http, bound, removed=bound)
    expect_write(http, operation, ARTISTS, reply({"message": "oops"}, 500, {"X-Request-Id": "r1"}))
    expect_write(http, operation, DEVELOPERS)
    with pytest.raises(ScimError) as caught:
        run(options(ARTISTS, DEVELOPERS, state=state), context)
    said = "JumpCloud: cannot %s the user group %s: HTTP 500: oops (request id r1)." % (verb, ARTISTS)
    assert str(caught.value) == 'Could not %s 1 of 2 user groups ("Unity Artists"). The first error: %s' % (verb, said)
    result = caught.value.as_result()
    assert result["failed_groups"] == [{**group(ARTISTS), "msg": said}]
    assert (result["error"]["status"], result["error"]["request_id"]) == (500, "r1")
    assert [done["id"] for done in context.progress.done] == [DEVELOPERS]
    assert "Run again" in (caught.value.hint or "")


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_stop_at_once(http: ExactCalls, context: Context, status: int) -> None:
    expect_state(http)
    expect_write(http, "add", ARTISTS, reply({"message": "no"}, status))
    with pytest.raises(ScimError, match="Could not bind 2 of 2 user groups") as caught:
        run(options(ARTISTS, DEVELOPERS), context)
    assert caught.value.details["failed_groups"][1]["msg"] == "Not tried, since the credentials were refused before."


def test_the_one_group_that_fails(http: ExactCalls, context: Context) -> None:
    expect_state(http)
    expect_write(http, "add", ARTISTS, reply({"message": "oops"}, 500))
    with pytest.raises(ScimError, match='Could not bind 1 of 1 user group \\("Unity Artists"\\)'):
        run(options(ARTISTS), context)


def test_a_failed_binding_prevents_the_unbinding(http: ExactCalls, context: Context) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_write(http, "add", DEVELOPERS, reply({"message": "no"}, 400))
    with pytest.raises(ScimError, match="Could not bind"):
        run(options(DEVELOPERS, state="exact"), context)


def test_lost_answers_are_settled(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http)
    expect_write(http, "add", ARTISTS, dropped())
    expect_write(http, "add", ARTISTS, reply({"message": "Already Exists"}, 409))
    expect_bound(http, ARTISTS)
    assert run(options(ARTISTS), context)["changed"]
    assert len(warnings) == 1


def test_a_read_that_lags_behind(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http)
    expect_write(http, "add", ARTISTS)
    expect_bound(http)
    expect_bound(http)
    expect_bound(http, ARTISTS)
    assert run(options(ARTISTS), context)["changed"]
    assert time.sleeps == [0.5, 1.0]


def test_bindings_that_never_show(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http, ARTISTS)
    expect_people(http)
    expect_write(http, "add", DEVELOPERS)
    expect_second_look(http, [ARTISTS, DEVELOPERS])
    expect_write(http, "remove", ARTISTS)
    for _unused in range(9):
        expect_bound(http, ARTISTS)
    with pytest.raises(ScimError, match="missing %s, still there %s" % (DEVELOPERS, ARTISTS)):
        run(options(DEVELOPERS, state="exact"), context)
    assert sum(time.sleeps) <= 15.0


@pytest.mark.parametrize("present", [True, False])
def test_the_other_half_of_the_message(http: ExactCalls, context: Context, present: bool) -> None:
    bound = [] if present else [ARTISTS]
    expect_state(http, *bound)
    if not present:
        expect_people(http)
        expect_second_look(http, bound)
    expect_write(http, "add" if present else "remove", ARTISTS)
    for _unused in range(9):
        expect_bound(http, *bound)
    expected = "missing %s, still there none" % ARTISTS if present else "missing none, still there %s" % ARTISTS
    with pytest.raises(ScimError, match=expected):
        run(options(ARTISTS, state="present" if present else "absent"), context)


@pytest.mark.parametrize(
    "given, reason",
    [({"api_key": None}, "No credentials for JumpCloud"), ({"organization_id": "x"}, "24 hexadecimal"), ({"application_id": "x"}, "24 hexadecimal")],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason):
        run(options(ARTISTS, **given), context)
    assert http.seen == []


def test_another_organization(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    with pytest.raises(ScimError, match="Nothing was changed"):
        run(options(ARTISTS, expected_organization_id="f" * 24), context)


def test_groups_that_may_not_be_read(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE)
    http.expect("GET", "/api/v2/usergroups", reply({"message": "no"}, 403), query=GROUPS_PAGE)
    with pytest.raises(ApiError, match="list the user groups: HTTP 403"):
        run(options(ARTISTS), context)


def test_counts_are_exact_and_lists_end() -> None:
    """The failed result of 20,000 people would be 1.4 MB, and be stored for each run."""
    active = [LosingPerson("u%05d" % number, "u%05d@example.com" % number, "activated") for number in range(20000)]
    staged = [LosingPerson("s%05d" % number, "s%05d@example.com" % number, "staged") for number in range(101)]
    affected = AffectedUsers((*active, *staged))
    result, diff = affected.as_result(), affected.as_diff()
    assert (result["deprovisioned_users_count"], result["users_without_account_count"]) == (20000, 101)
    assert (len(result["deprovisioned_users"]), len(result["users_without_account"])) == (100, 100)
    assert diff["people_losing_access"][99:] == ["u00099@example.com", "... and 19900 more"]
    assert diff["people_without_account_losing_access"][100:] == ["... and 1 more"]
    assert len(repr(result)) + len(repr(diff)) < 25000
    exactly = AffectedUsers(tuple(active[:100]))
    assert len(exactly.as_result()["deprovisioned_users"]) == len(exactly.as_diff()["people_losing_access"]) == 100


# ---- how the step stands, and what was seen just now


def seen(wanted: t.Iterable[str], bound: t.Iterable[str], **fields: t.Any) -> dict[str, t.Any]:
    shown = {"id": APP_ID, "template": "unity", "display_name": "Unity", "display_label": "Unity", "active": True, "organization_id": JC_ORG}
    groups = {"wanted": [group(group_id) for group_id in wanted], "bound": [group(group_id) for group_id in bound]}
    return {"application": {**shown, "sso_url": "https://sso.jumpcloud.com/saml2/unity"}, "user_groups": groups, **fields}


def step(changed: bool, found: str, did: list[str], verified: list[str]) -> dict[str, t.Any]:
    shown = {"step": "user_groups", "method": "api", "changed": changed, "found": found, "did": did}
    return {**shown, "verified": verified, "pending": False, "waiting": False, "reason": ""}


STEPS = [
    ("present", [ARTISTS], [], "0 groups bound", ["bind 1"]),
    ("present", [ARTISTS, DEVELOPERS], [], "0 groups bound", ["bind 2"]),
    ("present", [ARTISTS], [ARTISTS], "1 group bound", []),
    ("exact", [ARTISTS], [DEVELOPERS], "1 group bound", ["bind 1", "unbind 1"]),
    ("exact", [], [ARTISTS, DEVELOPERS], "2 groups bound", ["unbind 2"]),
]


@pytest.mark.parametrize("state, wanted, bound, found, did", STEPS)
def test_step(http: ExactCalls, context: Context, check_context: Context, state: str, wanted: list[str], bound: list[str], found: str, did: list[str]) -> None:
    for chosen in (check_context, context):
        unbound = sorted(set(bound) - set(wanted)) if state == "exact" else []
        bind = sorted(set(wanted) - set(bound))
        expect_state(http, *bound)
        if unbound:
            expect_people(http, removed=unbound)
        if chosen is context and did:
            for group_id in bind:
                expect_write(http, "add", group_id)
            if unbound:
                expect_second_look(http, [*bound, *bind], removed=unbound)
            for group_id in unbound:
                expect_write(http, "remove", group_id)
            expect_bound(http, *(wanted if state == "exact" else {*bound, *wanted}))
    for chosen, verified in ((check_context, []), (context, ["bindings read back"] if did else [])):
        assert run(options(*wanted, state=state), chosen)["step"] == step(bool(did), found, did, verified)


@pytest.mark.parametrize(
    "state, groups, wanted, bound",
    [
        ("present", ["Unity Artists"], [ARTISTS], [ARTISTS, DEVELOPERS]),
        ("present", [DEVELOPERS, "Unity Artists"], [ARTISTS, DEVELOPERS], [DEVELOPERS, ARTISTS]),
        ("present", [], [], []),
        ("exact", ["Unity Artists"], [ARTISTS], [ARTISTS]),
        ("absent", ["Unity Artists"], [ARTISTS], [DEVELOPERS]),
    ],
)
def test_what_was_seen_and_needs_no_change_is_not_read_again(
    http: ExactCalls, context: Context, state: str, groups: list[str], wanted: list[str], bound: list[str]
) -> None:
    expect_state(http, *bound)
    read = run(options(*groups, state=state), context)
    http.seen.clear()
    assert run(options(*groups, state=state, seen=seen(wanted, bound)), context) == read
    by_id = {"application": None, "application_id": APP_ID, "expected_organization_id": JC_ORG}
    assert run(options(*groups, state=state, seen=seen(wanted, bound), **by_id), context) == read
    assert http.seen == []


def test_check_mode_believes_what_was_seen(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, DEVELOPERS)
    read = run(options("Unity Artists", DEVELOPERS), check_context)
    http.seen.clear()
    assert run(options("Unity Artists", DEVELOPERS, seen=seen([ARTISTS, DEVELOPERS], [DEVELOPERS])), check_context) == read
    assert (http.seen, verbs(read)) == ([], ["bind"])


def test_a_bound_group_without_a_name_has_none_either_where_it_was_seen(http: ExactCalls, context: Context) -> None:
    unnamed = {"id": "f" * 24, "name": None}
    found = seen([ARTISTS], [])
    found["user_groups"]["bound"] = [group(ARTISTS), unnamed]
    result = run(options(ARTISTS, seen=found), context)
    assert (result["groups"], http.seen) == ([unnamed, group(ARTISTS)], [])


def expect_groups_and_bound(http: ExactCalls, *bound: str) -> None:
    """All that is read where the application was seen."""
    http.expect("GET", "/api/v2/usergroups", reply([group(group_id) for group_id in GROUPS]), query=GROUPS_PAGE)
    expect_bound(http, *bound)


def test_what_was_seen_is_read_again_before_anything_is_bound(http: ExactCalls, context: Context) -> None:
    expect_groups_and_bound(http)
    expect_write(http, "add", ARTISTS)
    expect_bound(http, ARTISTS)
    assert run(options("Unity Artists", seen=seen([ARTISTS], [])), context)["added"] == [group(ARTISTS)]


def test_what_somebody_bound_meanwhile_is_not_bound_again(http: ExactCalls, context: Context) -> None:
    expect_groups_and_bound(http, ARTISTS)
    result = run(options("Unity Artists", seen=seen([ARTISTS], [])), context)
    assert (result["changed"], result["step"], http.writes) == (False, step(False, "1 group bound", [], []), [])


@pytest.mark.parametrize("state, groups, wanted", [("exact", [DEVELOPERS], [DEVELOPERS]), ("absent", [ARTISTS], [ARTISTS])])
def test_where_a_group_is_to_be_unbound_nothing_that_was_seen_counts(
    http: ExactCalls, check_context: Context, state: str, groups: list[str], wanted: list[str]
) -> None:
    """Not in check mode, either: the people who lose access have to be read."""
    expect_groups_and_bound(http, ARTISTS, DEVELOPERS)
    expect_people(http, person("u1", (ARTISTS,)))
    expect_names(http, "u1")
    with pytest.raises(ScimError, match="would take 1 person their access"):
        run(options(*groups, state=state, seen=seen(wanted, [ARTISTS, DEVELOPERS])), check_context)


@pytest.mark.parametrize(
    "groups, shown",
    [
        pytest.param(["Unity Artists"], None, id="nothing"),
        pytest.param(["Unity Artists"], [], id="a list"),
        pytest.param(["Unity Artists"], {"wanted": [group(ARTISTS)]}, id="nothing bound"),
        pytest.param(["Unity Artists"], {"wanted": [group(ARTISTS)], "bound": [ARTISTS]}, id="only ids"),
        pytest.param(["Unity Artists"], {"wanted": [], "bound": [group(ARTISTS)]}, id="a group is missing"),
        pytest.param(["unity artists"], {"wanted": [group(ARTISTS)], "bound": [group(ARTISTS)]}, id="another name"),
        pytest.param(["Twins"], {"wanted": [group(TWIN_A), group(TWIN_B)], "bound": [group(TWIN_A)]}, id="two of that name"),
    ],
)
def test_groups_of_another_form_or_others_are_read(http: ExactCalls, check_context: Context, groups: list[str], shown: t.Any) -> None:
    found = {**seen([], []), "user_groups": shown}
    if groups == ["Unity Artists"]:
        expect_groups_and_bound(http, ARTISTS)
        assert not run(options(*groups, seen=found), check_context)["changed"]
    else:
        http.expect("GET", "/api/v2/usergroups", reply([group(group_id) for group_id in GROUPS]), query=GROUPS_PAGE)
        with pytest.raises(ScimError, match="JumpCloud has (no|2) user group"):
            run(options(*groups, seen=found), check_context)


def test_an_application_that_was_seen_must_be_of_the_expected_organization_too(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="Nothing was changed"):
        run(options(ARTISTS, seen=seen([ARTISTS], [ARTISTS]), expected_organization_id="f" * 24), context)
    assert http.seen == []
