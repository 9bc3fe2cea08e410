# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scim_provisioned_user: one person is provisioned now, and nothing is left behind."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import INTEGRATION_TYPES, PROVISIONING_TYPES
from ansible_collections.unity_jumpcloud.scim.plugins.modules import scim_provisioned_user
from ansible_collections.unity_jumpcloud.scim.plugins.modules.scim_provisioned_user import ARGUMENTS, main, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime, Reply, dropped, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, everything_in, params, run_main, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import (
    API_KEY,
    APP_ID,
    ASSOCIATIONS,
    BASE_URL,
    BOUND_PAGE,
    GROUPS_PAGE,
    HEADER,
    JC_ORG,
    JUMPCLOUD,
    ORG,
    PAGE,
    SECRET,
    V1_PAGE,
    application,
    edge,
    event,
    event_query,
    scim_list,
    scim_user,
    v1,
)

ADA = "65f0c0ffee65f0c0ffee00c1"
BOB = "65f0c0ffee65f0c0ffee00d9"
EMAIL = "ada@example.com"
EVENTS = "/insights/directory/v1/events"
USERS = BASE_URL + "/Users"
BOUND = "/api/v2/applications/%s/users" % APP_ID
EVERYBODY = {"startIndex": 1, "count": 100}
BY_NAME = {**EVERYBODY, "filter": 'userName eq "%s"' % EMAIL}
WRITES = {"add": {"op": "add", "type": "user", "id": ADA}, "remove": {"op": "remove", "type": "user", "id": ADA}}
# ten minutes, and 90 days, before the fake clock's time
LATELY, OLDEST = "2026-11-24T05:50:00Z", "2026-08-26T06:00:00Z"
NOW = "2026-11-24T06:00:01.000Z"
ACTIVE = event("integration_activate", timestamp="2026-11-01T00:00:00Z")
RESOURCE = {"type": "user", "id": ADA, "email": EMAIL}
SHOWN = {"id": "s1", "user_name": EMAIL, "external_id": ADA, "active": True, "emails": [EMAIL], "given_name": "Ada", "family_name": "Lovelace"}
THERE = scim_user("s1", EMAIL, active=True, externalId=ADA, name={"givenName": "Ada", "familyName": "Lovelace"}, emails=[{"value": EMAIL}])
OUTDATED = {**THERE, "name": {"givenName": "Ada", "familyName": "Byron"}}
BY_GROUP, DIRECTLY, BOTH = [[edge("g1")]], [[edge(APP_ID, "application")]], [[edge("g1")], [edge(ADA, "user")]]
BIND = {"action": "bind", "target": "user", "id": ADA, "email": EMAIL}
UNBIND = {**BIND, "action": "unbind"}


def options(**given: t.Any) -> dict[str, t.Any]:
    usual = {**JUMPCLOUD, "application": "Unity", "unity_organization_id": ORG, "authorization_header": HEADER, "user": EMAIL, "timeout": 10.0}
    return params(ARGUMENTS, **{**usual, **given})


def person(user_id: str = ADA, **fields: t.Any) -> dict[str, t.Any]:
    return {"_id": user_id, "email": EMAIL, "username": "ada", "firstname": "Ada", "lastname": "Lovelace", "state": "ACTIVATED", "suspended": False, **fields}


class Story:
    """The calls of a run, in their order."""

    def __init__(self, http: ExactCalls):
        self.http = http
        self.has_looked = False

    def application(self) -> Story:
        self.http.expect("GET", "/api/applications", reply(v1(application())), query=V1_PAGE, headers={"x-api-key": API_KEY})
        return self

    def person(self, *rows: dict[str, t.Any]) -> Story:
        self.http.expect("GET", "/api/systemusers", reply(v1(*rows)), query={**V1_PAGE, "filter": "email:$eq:%s" % EMAIL})
        return self

    def owner(self, row: dict[str, t.Any] | None) -> Story:
        """Whom an account's externalId names; None: nobody."""
        self.http.expect("GET", "/api/systemusers/" + BOB, reply(row) if row else reply({"message": "no"}, 404))
        return self

    def beside(self, *users: dict[str, t.Any]) -> Story:
        """What a look for an account of the owner's own finds: a filter is asked, then everybody is read."""
        self.http.expect("GET", USERS, reply(scim_list()), query={**EVERYBODY, "filter": 'userName eq "bob@example.com"'})
        return self.everybody(*users)

    def unity(self, *users: dict[str, t.Any], takes: float = 0.0) -> Story:
        """A filter is asked for the person; that it finds nobody is confirmed by the list, where it is the first time."""
        named = [user for user in users if user["userName"].lower() == EMAIL]
        self.http.expect("GET", USERS, reply(scim_list(*named), takes=takes), query=BY_NAME, headers={"Authorization": HEADER}, without=["x-api-key"])
        if not named and not self.has_looked:
            self.everybody(*users)
        self.has_looked = True
        return self

    def everybody(self, *users: dict[str, t.Any]) -> Story:
        """The whole list, and the proof of its end."""
        self.http.expect("GET", USERS, reply(scim_list(*users)), query=EVERYBODY)
        if users:
            self.http.expect("GET", USERS, reply(scim_list(total=len(users))), query={**EVERYBODY, "startIndex": 1 + len(users)})
        return self

    def activation(self, *rows: dict[str, t.Any]) -> Story:
        self.http.expect("POST", EVENTS, reply(list(rows)), json=event_query(OLDEST, INTEGRATION_TYPES))
        return self

    def events(self, *rows: dict[str, t.Any]) -> Story:
        self.http.expect("POST", EVENTS, reply(list(rows)), json=event_query(LATELY, PROVISIONING_TYPES))
        return self

    def events_refused(self, status: int = 403, event_types: t.Iterable[str] = INTEGRATION_TYPES) -> Story:
        since = OLDEST if event_types == INTEGRATION_TYPES else LATELY
        self.http.expect("POST", EVENTS, reply({"message": "no"}, status), json=event_query(since, event_types))
        return self

    def paths(self, paths: list[t.Any] | None) -> Story:
        """How the person is bound, after somebody else in the list; None: not at all."""
        rows = [{"id": "other", "type": "user", "paths": BY_GROUP}, *([{"id": ADA, "type": "user", "paths": paths}] if paths is not None else [])]
        self.http.expect("GET", BOUND, reply(rows), query=PAGE)
        return self

    def direct(self, *user_ids: str) -> Story:
        self.http.expect("GET", ASSOCIATIONS, reply([edge(user_id, "user") for user_id in user_ids]), query={**PAGE, "targets": "user"})
        return self

    def write(self, operation: str, answer: Reply | Break | None = None) -> Story:
        self.http.expect("POST", ASSOCIATIONS, answer or reply(status=204), json=WRITES[operation])
        return self

    def lost(self, operation: str) -> Story:
        """No answer, however often it is sent."""
        for _number in range(5):
            self.write(operation, dropped())
        return self

    def known(self, *users: dict[str, t.Any], paths: list[t.Any] | None = None) -> Story:
        """Up to the decision what to do."""
        return self.application().person(person()).unity(*users).activation(ACTIVE).paths(paths)

    def removal(self, paths: list[t.Any] | None = None) -> Story:
        return self.paths(paths or BOTH).write("remove").direct()


@pytest.fixture
def story(http: ExactCalls) -> Story:
    return Story(http)


def of_ada(event_type: str = "user_create_provision", **fields: t.Any) -> dict[str, t.Any]:
    return event(event_type, **{"timestamp": NOW, "resource": RESOURCE, **fields})


def writes(http: ExactCalls) -> list[str]:
    return [seen.json["op"] for seen in http.writes if seen.path == ASSOCIATIONS]


# ---- nothing to do


@pytest.mark.parametrize("check_mode", [True, False])
def test_somebody_who_is_there(story: Story, http: ExactCalls, context: Context, check_context: Context, check_mode: bool) -> None:
    """One look at each side, and no events, no bindings, no writes."""
    story.application().person(person()).unity(THERE)
    result = run(options(), check_context if check_mode else context)
    assert_documented(scim_provisioned_user, result)
    assert (result["outcome"], result["reason"], result["changed"], result["actions"]) == ("found", None, False, [])
    assert result["user"] == {"id": ADA, "email": EMAIL, "name": "Ada Lovelace", "status": "activated"}
    assert result["provisioned_user"] == SHOWN
    assert result["evidence"] == {"events": [], "scim_user": None}
    assert result["diff"]["before"] == result["diff"]["after"] == {"user_name": EMAIL, "given_name": "Ada", "family_name": "Lovelace", "active": True}
    assert (result["differences"], result["unchecked"], http.writes) == ([], [], [])
    assert "PRIVATE KEY" not in repr(result)


def test_somebody_who_is_there_and_will_be_taken_away(story: Story, context: Context) -> None:
    story.application().person(person(suspended=True)).unity(THERE)
    result = run(options(), context)
    assert (result["outcome"], result["user"]["status"]) == ("found", "suspended")
    assert "exports activated people only" in result["reason"]


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"state": "STAGED"}, '"ada@example.com" is staged in JumpCloud'),
        ({"state": "SUSPENDED"}, '"ada@example.com" is suspended in JumpCloud'),
        ({"suspended": True}, '"ada@example.com" is suspended in JumpCloud'),
        ({"state": "OTHER\n"}, '"ada@example.com" is not activated in JumpCloud'),
    ],
)
@pytest.mark.parametrize("there", [[], [OUTDATED]])
def test_whom_jumpcloud_does_not_export(story: Story, context: Context, fields: dict[str, t.Any], reason: str, there: list[t.Any]) -> None:
    story.application().person(person(**fields)).unity(*there)
    result = run(options(bind_directly=True), context)
    assert_documented(scim_provisioned_user, result)
    assert (result["outcome"], result["changed"], result["actions"]) == ("skipped", False, [])
    assert result["reason"] == reason + ", which exports activated people only. Activate the person in JumpCloud, then run again."
    assert result["diff"]["before"] == result["diff"]["after"]


def test_while_provisioning_is_deactivated(story: Story, context: Context) -> None:
    off = event("integration_deactivate", timestamp="2026-11-02T00:00:00Z", initiated_by={"email": "admin@example.com"})
    story.application().person(person()).unity().activation(ACTIVE, off)
    result = run(options(), context)
    assert result["outcome"] == "skipped"
    assert result["reason"] == (
        'Provisioning was deactivated at 2026-11-02T00:00:00Z by "admin@example.com". Activate it, with jumpcloud_scim_app or in JumpCloud, then run again.'
    )


def test_while_nobody_knows_who_deactivated_it(story: Story, context: Context) -> None:
    story.application().person(person()).unity().activation(event("integration_deactivate", timestamp="2026-11-02T00:00:00Z"))
    assert run(options(), context)["reason"].startswith("Provisioning was deactivated at 2026-11-02T00:00:00Z. Activate it")


def test_nobody_binds_the_person(story: Story, http: ExactCalls, context: Context) -> None:
    story.known()
    http.expect("GET", ASSOCIATIONS, reply([edge("g2"), edge("g1")]), query=BOUND_PAGE)
    groups = [{"id": "g0", "name": "Others"}, {"id": "g1", "name": "Unity Artists"}, {"id": "g2", "name": "Developers"}]
    http.expect("GET", "/api/v2/usergroups", reply(groups), query=GROUPS_PAGE)
    result = run(options(), context)
    assert (result["outcome"], result["changed"]) == ("skipped", False)
    assert result["reason"] == (
        '"ada@example.com" is in no group that is bound to the application. Put the person into one of "Developers", "Unity Artists", or set bind_directly.'
    )


def test_many_groups_are_not_all_named(story: Story, http: ExactCalls, context: Context) -> None:
    story.known()
    http.expect("GET", ASSOCIATIONS, reply([edge("g%d" % number) for number in range(13)]), query=BOUND_PAGE)
    http.expect("GET", "/api/v2/usergroups", reply([{"id": "g%d" % number, "name": "G%02d" % number} for number in range(13)]), query=GROUPS_PAGE)
    assert '"G09", and 3 more, or set bind_directly.' in run(options(), context)["reason"]


def test_no_group_is_bound(story: Story, http: ExactCalls, context: Context) -> None:
    story.known()
    http.expect("GET", ASSOCIATIONS, reply([]), query=BOUND_PAGE)
    assert run(options(), context)["reason"].startswith("No user group is bound to the application. Bind one with jumpcloud_group_binding")


# ---- what would be done


@pytest.mark.parametrize(
    "there, paths, outcome, actions",
    [
        ([], BY_GROUP, "created", [BIND, UNBIND]),
        ([OUTDATED], BY_GROUP, "updated", [BIND, UNBIND]),
        ([], None, "created", [BIND]),
        ([], DIRECTLY, "created", []),
        ([OUTDATED], BOTH, "updated", []),
    ],
)
def test_check_mode(story: Story, http: ExactCalls, time: FakeTime, check_context: Context, there: t.Any, paths: t.Any, outcome: str, actions: t.Any) -> None:
    story.known(*there, paths=paths)
    result = run(options(bind_directly=True), check_context)
    assert_documented(scim_provisioned_user, result)
    assert (result["outcome"], result["changed"], result["actions"], time.sleeps) == (outcome, True, actions, [])
    assert result["diff"]["before"] == ({"user_name": EMAIL, "given_name": "Ada", "family_name": "Byron", "active": True} if there else {})
    assert result["diff"]["after"] == {"user_name": EMAIL, "given_name": "Ada", "family_name": "Lovelace", "active": True}
    assert result["differences"] == ([{"attribute": "name.familyName", "jumpcloud": "Lovelace", "unity": "Byron"}] if there else [])
    assert bool(result["reason"]) is not bool(actions)
    assert writes(http) == []


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"active": False}, {"user_name": EMAIL, "given_name": None, "family_name": None, "active": True}),
        ({"name": {"givenName": "A"}}, {"user_name": EMAIL, "given_name": "Ada", "family_name": None, "active": None}),
    ],
)
def test_what_unity_does_not_show_is_not_expected(story: Story, check_context: Context, known: dict[str, t.Any], expected: dict[str, t.Any]) -> None:
    story.known(scim_user("s1", EMAIL, **known), paths=BY_GROUP)
    assert run(options(), check_context)["diff"]["after"] == expected


def test_another_user_name_with_the_address(story: Story, check_context: Context) -> None:
    story.known({**THERE, "userName": "ada"}, paths=BY_GROUP)
    result = run(options(), check_context)
    assert (result["outcome"], result["diff"]["before"]["user_name"], result["diff"]["after"]["user_name"]) == ("updated", "ada", EMAIL)


# ---- the attempt


def test_somebody_in_a_group_is_created(story: Story, http: ExactCalls, time: FakeTime, context: Context) -> None:
    """What is known by then is not of this attempt, and what is about others neither."""
    before = of_ada(success=False, timestamp="2026-11-24T05:55:00Z", message_chain={"response_code": 409})
    other = of_ada(success=False, resource={"id": "x", "email": EMAIL})
    arrived = of_ada()
    story.known(paths=BY_GROUP).events(before, other).write("add")
    story.unity().events(other, before).unity(THERE).events(arrived, other, before)
    story.removal()
    lines: list[str] = []
    result = run(options(), dataclasses.replace(context, announce=lines.append))
    assert_documented(scim_provisioned_user, result)
    assert (result["outcome"], result["reason"], result["changed"], result["actions"]) == ("created", None, True, [BIND, UNBIND])
    assert [found["timestamp"] for found in result["evidence"]["events"]] == [NOW]
    assert result["evidence"]["scim_user"] == result["provisioned_user"]
    assert result["provisioned_user"] == SHOWN
    assert (result["diff"]["before"], result["diff"]["after"]["family_name"]) == ({}, "Lovelace")
    assert (writes(http), time.sleeps) == (["add", "remove"], [1.0])
    assert lines == ['Waiting for "ada@example.com" in Unity (0 s of 10 s).']
    assert set(http.carrying(HEADER)) == {"GET /scim/v2/tenants/%s/Users" % ORG}


def test_somebody_who_differs_is_updated(story: Story, context: Context) -> None:
    story.known(OUTDATED, paths=BY_GROUP).events().write("add").unity(OUTDATED).events().unity(THERE).events().removal()
    result = run(options(), context)
    assert (result["outcome"], verbs(result)) == ("updated", ["bind", "unbind"])
    assert (result["differences"][0]["unity"], result["diff"]["before"]["family_name"]) == ("Byron", "Byron")


def test_somebody_in_no_group_stays_bound(story: Story, http: ExactCalls, context: Context) -> None:
    story.known().events().write("add").unity(THERE).events()
    result = run(options(bind_directly=True), context)
    assert (result["outcome"], result["actions"], writes(http)) == ("created", [BIND], ["add"])


def test_somebody_who_is_bound_directly_is_only_followed(story: Story, http: ExactCalls, context: Context) -> None:
    story.known(paths=BOTH).events().unity(THERE).events()
    result = run(options(), context)
    assert (result["outcome"], result["changed"], result["actions"], writes(http)) == ("created", True, [], [])
    assert "bound directly before" in result["reason"]


def test_by_id(story: Story, http: ExactCalls, context: Context) -> None:
    story.application()
    http.expect("GET", "/api/systemusers/" + ADA, reply(person()))
    story.unity(THERE)
    assert run(options(user=ADA), context)["outcome"] == "found"


def test_the_address_in_another_case(story: Story, context: Context) -> None:
    story.application().person(person()).unity({**THERE, "userName": "ADA@Example.com"})
    assert run(options(user="Ada@EXAMPLE.com"), context)["outcome"] == "found"


def test_a_line_now_and_then(story: Story, context: Context) -> None:
    story.known(paths=DIRECTLY).events()
    for _number in range(12):
        story.unity(takes=3.0).events()
    story.unity(THERE).events()
    lines: list[str] = []
    run(options(timeout=200.0), dataclasses.replace(context, announce=lines.append))
    assert len(lines) > 2 and lines[-1].endswith("s of 200 s).")
    assert len(lines) < 12


def test_the_time_to_follow_comes_on_top_of_the_time_budget(story: Story, context: Context) -> None:
    story.known(paths=DIRECTLY).events().unity(takes=50.0).events().unity(THERE).events()
    assert run(options(time_budget=20.0, timeout=100.0), context)["outcome"] == "created"


# ---- it fails


def test_an_event_says_why(story: Story, http: ExactCalls, context: Context) -> None:
    """The lookup before it, in the same instant, succeeded."""
    checks = {"response_code": 400, "message_details": "The domain\nis not validated"}
    failed = of_ada(success=False, error_message="400", message_chain=checks)
    story.known(paths=BY_GROUP).events().write("add").unity().events(of_ada("user_lookup_provision"), failed).removal()
    with pytest.raises(ScimError) as caught:
        run(options(), context)
    error, result = caught.value, caught.value.as_result()
    assert error.sentence() == (
        '"ada@example.com" could not be provisioned in Unity. The person\'s email domain is not validated in Unity. '
        'JumpCloud says: "400: The domain is not validated". Validate the domain in the Unity Dashboard (Administration > SSO > Domains), '
        "or give the person an address in a validated domain."
    )
    assert result["failure"] == {
        "cause": "domain_not_validated",
        "title": "The person's email domain is not validated in Unity.",
        "remedy": error.hint,
        "response_code": 400,
        "message": "400: The domain is not validated",
    }
    assert (result["outcome"], result["provisioned_user"], len(result["evidence"]["events"])) == ("failed", None, 2)
    assert ([done["action"] for done in context.progress.done], writes(http)) == (["bind", "unbind"], ["add", "remove"])


def test_an_event_without_words(story: Story, context: Context) -> None:
    story.known(paths=DIRECTLY).events().unity().events(of_ada(success=False, resource={"email": EMAIL.upper()}))
    with pytest.raises(ScimError, match='^"ada@example.com" could not be provisioned in Unity. The call failed, and the event does not say how.$') as caught:
        run(options(), context)
    assert caught.value.as_result()["failure"]["message"] is None


def test_a_failure_that_is_over(story: Story, context: Context) -> None:
    """JumpCloud tried again by itself; Unity shows the person a moment later."""
    again = [of_ada(timestamp="2026-11-24T06:00:02Z"), of_ada(success=False)]
    story.known(paths=DIRECTLY).events().unity().events(*again).unity(THERE).events(*again)
    assert run(options(), context)["outcome"] == "created"


def test_a_removal_that_found_nobody_is_no_failure(story: Story, context: Context) -> None:
    gone = of_ada("user_deprovision", success=False, message_chain={"response_code": 404})
    story.known(paths=DIRECTLY).events().unity().events(gone).unity(THERE).events(gone)
    assert run(options(), context)["outcome"] == "created"


@pytest.mark.parametrize("resource", [{}, {"email": ["x"]}, {"email": "bob@example.com"}, {"id": "65f0c0ffee65f0c0ffee00d9", "email": EMAIL}])
def test_failures_of_others(story: Story, context: Context, resource: dict[str, t.Any]) -> None:
    story.known(paths=DIRECTLY).events().unity().events(of_ada(success=False, resource=resource)).unity(THERE).events()
    assert run(options(), context)["outcome"] == "created"


@pytest.mark.parametrize(
    "paths, there, said, reason, hint",
    [
        (BY_GROUP, [], [], 'Unity does not show "ada@example.com" at all within 0 s.', "That a new binding starts an attempt is assumed."),
        (BY_GROUP, [OUTDATED], [], 'does not show "ada@example.com" as JumpCloud has the person within 0 s.', "change an attribute of the person"),
        (DIRECTLY, [], [], "at all", "bound directly before, which can't start an attempt again"),
        (DIRECTLY, [], [of_ada()], 'JumpCloud says that it succeeded, at "%s".' % NOW, "Check that base_url is the one that JumpCloud calls"),
        (DIRECTLY, [], [of_ada(success=None)], "within 0 s.", "bound directly before"),
    ],
)
def test_the_time_is_up(story: Story, context: Context, paths: t.Any, there: t.Any, said: t.Any, reason: str, hint: str) -> None:
    story.known(*there, paths=paths).events()
    if paths == BY_GROUP:
        story.write("add")
    story.unity(*there).events(*said)
    if not there:
        story.unity().everybody()
    if paths == BY_GROUP:
        story.removal()
    with pytest.raises(ScimError) as caught:
        run(options(timeout=0.0), context)
    assert reason in caught.value.message and hint in (caught.value.hint or "")
    result = caught.value.as_result()
    assert (result["outcome"], result["failure"], result["reason"]) == ("failed", None, caught.value.message)
    assert bool(result["provisioned_user"]) is bool(there)


def test_it_looks_until_the_time_is_up(story: Story, time: FakeTime, context: Context) -> None:
    story.known(paths=DIRECTLY).events()
    for _number in range(5):
        story.unity().events()
    story.unity().everybody()
    with pytest.raises(ScimError, match="within 10 s"):
        run(options(), context)
    assert time.sleeps == [1.0, 2.0, 4.0, 3.0]


def test_what_is_documented_of_failures(story: Story, context: Context) -> None:
    story.known(paths=DIRECTLY).events().unity().events(of_ada(success=False))
    with pytest.raises(ScimError) as caught:
        run(options(), context)
    values = yaml.safe_load(scim_provisioned_user.RETURN)
    result = caught.value.as_result()
    assert {name for name, value in values.items() if "when the attempt fails" in value["returned"]} <= set(result)
    assert set(result) <= set(values)
    assert set(result["failure"]) == set(values["failure"]["contains"])


# ---- the binding is removed, whatever happens


def test_an_error_while_it_is_followed(story: Story, http: ExactCalls, context: Context) -> None:
    story.known(paths=BY_GROUP).events().write("add")
    http.expect("GET", USERS, text_reply("<html>"), query=BY_NAME)
    story.removal()
    with pytest.raises(ApiError, match="Unity SCIM: cannot list the users"):
        run(options(), context)
    assert [done["action"] for done in context.progress.done] == ["bind", "unbind"]


def test_somebody_stops_the_run(story: Story, http: ExactCalls, context: Context) -> None:
    def stop(line: str) -> None:
        raise KeyboardInterrupt

    story.known(paths=BY_GROUP).events().write("add").unity().events().removal()
    with pytest.raises(KeyboardInterrupt):
        run(options(), dataclasses.replace(context, announce=stop))
    assert writes(http) == ["add", "remove"]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_the_binding_is_refused(story: Story, http: ExactCalls, context: Context, status: int) -> None:
    """Then there is nothing to remove."""
    story.known(paths=BY_GROUP).events().write("add", reply({"message": "no"}, status))
    with pytest.raises(ApiError, match="bind the user %s: HTTP %d: no" % (ADA, status)):
        run(options(), context)
    assert (context.progress.done, writes(http)) == ([], ["add"])


def test_no_answer_to_the_binding_that_took_effect(story: Story, context: Context) -> None:
    story.known(paths=BY_GROUP).events().lost("add").direct("other", ADA).unity(THERE).events().removal()
    assert verbs(run(options(), context)) == ["bind", "unbind"]


def test_no_answer_to_a_binding_that_shows_late(story: Story, context: Context) -> None:
    story.known().events().lost("add").direct().direct(ADA).unity(THERE).events()
    assert verbs(run(options(bind_directly=True), context)) == ["bind"]


def test_no_answer_to_a_binding_that_never_shows(story: Story, http: ExactCalls, context: Context) -> None:
    """It could still come: it is removed in any case."""
    story.known(paths=BY_GROUP).events().lost("add")
    for _number in range(9):
        story.direct()
    story.removal(BY_GROUP)
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert caught.value.outcome == "unknown"
    assert (context.progress.done, writes(http)[-1]) == ([], "remove")


def test_somebody_else_bound_the_person(story: Story, context: Context) -> None:
    """A conflict is as good as success."""
    story.known(paths=BY_GROUP).events().write("add", reply({"message": "Already Exists"}, 409)).unity(THERE).events().removal()
    assert run(options(), context)["outcome"] == "created"


@pytest.mark.parametrize("left", [DIRECTLY, [[edge(ADA, "user")]], None])
def test_no_group_holds_the_person_any_more(story: Story, http: ExactCalls, context: Context, warnings: list[str], left: t.Any) -> None:
    """The binding is the last one, and Unity would delete the account."""
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(left)
    result = run(options(), context)
    assert (result["outcome"], verbs(result), writes(http)) == ("created", ["bind"], ["add"])
    assert warnings == [
        '"ada@example.com" stays bound directly, since no bound group holds the person any more: without any binding, JumpCloud would deprovision, and Unity '
        'would delete the account. Remove the direct binding of "ada@example.com" from the application "Unity" in JumpCloud by hand, unless it shall stay.'
    ]


def test_the_removal_is_refused(story: Story, context: Context, warnings: list[str]) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(BOTH).write("remove", reply({"message": "no"}, 403))
    result = run(options(), context)
    assert (result["outcome"], verbs(result)) == ("created", ["bind"])
    assert len(warnings) == 1
    assert warnings[0].startswith("The direct binding that was made to start the attempt could not be removed: JumpCloud: cannot unbind the user %s" % ADA)
    assert warnings[0].endswith('Remove the direct binding of "ada@example.com" from the application "Unity" in JumpCloud by hand, unless it shall stay.')


def test_the_paths_cannot_be_read_before_the_removal(story: Story, http: ExactCalls, context: Context, warnings: list[str]) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events()
    http.expect("GET", BOUND, reply({"message": "no"}, 403), query=PAGE)
    run(options(), context)
    assert writes(http) == ["add"] and "could not be removed: JumpCloud: cannot list the bound users" in warnings[0]


@pytest.mark.parametrize("answer", [reply(status=204), reply({"message": "not found"}, 404)])
def test_the_removal_shows_late(story: Story, context: Context, warnings: list[str], answer: Reply) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(BOTH).write("remove", answer).direct(ADA).direct()
    assert (verbs(run(options(), context)), warnings) == (["bind", "unbind"], [])


def test_the_removal_never_shows(story: Story, context: Context, warnings: list[str]) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(BOTH).write("remove")
    for _number in range(9):
        story.direct(ADA)
    assert verbs(run(options(), context)) == ["bind", "unbind"]
    assert warnings[0].startswith("JumpCloud still shows the direct binding")


@pytest.mark.parametrize("is_lost, done", [(False, ["bind", "unbind"]), (True, ["bind"])])
def test_whether_the_removal_shows_can_not_be_read(
    story: Story, http: ExactCalls, context: Context, warnings: list[str], is_lost: bool, done: list[str]
) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(BOTH)
    if is_lost:
        story.lost("remove")
    else:
        story.write("remove")
    http.expect("GET", ASSOCIATIONS, reply({"message": "no"}, 403), query={**PAGE, "targets": "user"})
    assert verbs(run(options(), context)) == done
    assert "is gone could not be seen: JumpCloud: cannot" in warnings[-1] and "by hand" in warnings[-1]


def test_no_answer_to_the_removal(story: Story, context: Context, warnings: list[str]) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(THERE).events().paths(BOTH).lost("remove").direct()
    assert verbs(run(options(), context)) == ["bind", "unbind"]
    assert [warning for warning in warnings if "by hand" in warning] == []


def test_there_is_time_left_for_the_removal(story: Story, http: ExactCalls, context: Context) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity(takes=100.0).removal()
    with pytest.raises(ScimError):
        run(options(time_budget=20.0, timeout=0.0), context)
    assert writes(http) == ["add", "remove"]


# ---- Directory Insights can't be read


@pytest.mark.parametrize("status", [401, 403])
def test_no_permission_to_read_events(story: Story, context: Context, warnings: list[str], status: int) -> None:
    """Asked once, and not again."""
    story.application().person(person()).unity().events_refused(status).paths(BY_GROUP).write("add").unity().unity(THERE).removal()
    result = run(options(), context)
    assert (result["outcome"], result["evidence"]["events"]) == ("created", [])
    assert [seen["what"] for seen in result["unchecked"]] == ["events"]
    assert result["unchecked"][0]["why"].startswith("JumpCloud Directory Insights: cannot search the provisioning events: HTTP %d" % status)
    assert len(warnings) == 1 and warnings[0].endswith("Only Unity's side is followed.")


def test_events_that_can_be_read_no_more(story: Story, context: Context) -> None:
    story.known(paths=BY_GROUP).events().write("add").unity().events_refused(403, PROVISIONING_TYPES).unity(THERE).removal()
    result = run(options(), context)
    assert (result["outcome"], [seen["what"] for seen in result["unchecked"]]) == ("created", ["events"])


def test_no_activation_is_left_in_the_events(story: Story, context: Context, warnings: list[str]) -> None:
    story.application().person(person()).unity().activation().paths(DIRECTLY).events().unity(THERE).events()
    result = run(options(), context)
    assert (result["outcome"], [seen["what"] for seen in result["unchecked"]]) == ("created", ["activation"])
    assert warnings == ["Directory Insights shows no activation or deactivation of provisioning within 90 days. It is taken as active."]


# ---- who is meant


def test_nobody(story: Story, context: Context) -> None:
    story.application().person()
    # that a filter finds nobody is confirmed by the list
    fields = {"fields": "email username firstname lastname state suspended password_expired"}
    story.http.expect("GET", "/api/systemusers", reply(v1()), query={**V1_PAGE, **fields})
    with pytest.raises(ScimError, match='JumpCloud has no user "ada@example.com"') as caught:
        run(options(), context)
    assert "Pass an email address, or an id" in (caught.value.hint or "")


def test_no_such_id(story: Story, http: ExactCalls, context: Context) -> None:
    story.application()
    http.expect("GET", "/api/systemusers/" + ADA, reply({"message": "no"}, 404))
    with pytest.raises(ScimError, match='JumpCloud has no user "%s"' % ADA):
        run(options(user=ADA), context)


def test_two_with_the_same_address(story: Story, context: Context) -> None:
    story.application().person(person("f" * 24), person())
    with pytest.raises(ScimError, match='JumpCloud has 2 users with the address "ada@example.com": "%s", "%s".' % (ADA, "f" * 24)) as caught:
        run(options(), context)
    assert caught.value.hint == "Pass the id instead."


@pytest.mark.parametrize("email", [None, ""])
def test_without_an_address(story: Story, http: ExactCalls, context: Context, email: str | None) -> None:
    story.application()
    http.expect("GET", "/api/systemusers/" + ADA, reply(person(email=email)))
    with pytest.raises(ScimError, match='The JumpCloud user "ada" has no email address'):
        run(options(user=ADA), context)


@pytest.mark.parametrize(
    "others, expected",
    [
        ([scim_user("s0", "x", emails=[{"value": EMAIL}]), THERE], "s1"),
        ([scim_user("s0", "x", emails=[{"value": EMAIL}]), scim_user("s2", "y", emails=[{"value": EMAIL}], externalId=ADA)], "s2"),
        ([scim_user("s0", "x", emails=[{"value": EMAIL}])], "s0"),
    ],
)
def test_which_account_is_the_persons(story: Story, check_context: Context, others: list[t.Any], expected: str) -> None:
    story.application().person(person()).unity(*others)
    if expected != "s1":
        story.activation(ACTIVE).paths(BY_GROUP)
    assert run(options(), check_context)["provisioned_user"]["id"] == expected


def test_two_accounts_have_the_address(story: Story, context: Context) -> None:
    story.application().person(person()).unity(*(scim_user(name, name, emails=[{"value": EMAIL}]) for name in ("s2", "s0")))
    with pytest.raises(ScimError, match='Unity has 2 users with the address "ada@example.com": "s0", "s2".'):
        run(options(), context)


# ---- the account is another person's


BOBS = {**THERE, "externalId": BOB}
BOB_THERE = scim_user("s9", "bob@example.com", externalId=BOB, emails=[{"value": "bob@example.com"}, {"value": EMAIL}])
IS_BOBS = {"attribute": "externalId", "jumpcloud": "%s (%s)" % (ADA, EMAIL), "unity": "%s (bob@example.com)" % BOB}
BOBS_REMEDY = (
    "The account is that of bob@example.com: run the playbook provision_user for that person first, so that JumpCloud changes its address, then for this one."
)
REMEDIES = {
    "ACTIVATED": BOBS_REMEDY,
    "SUSPENDED": "Delete the account in Unity, which is another person's, then run the playbook provision_user.",
    "STAGED": (
        "The account is that of bob@example.com, who is staged in JumpCloud: activate that person, and run the playbook provision_user for that person first, "
        "then for this one. Delete it in Unity only if that person is not to have an account."
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("state", REMEDIES)
@pytest.mark.parametrize("theirs", [BOBS, {**BOBS, "name": {"givenName": "Bob"}}])
def test_another_persons_account(
    story: Story, http: ExactCalls, context: Context, check_context: Context, check_mode: bool, state: str, theirs: dict[str, t.Any]
) -> None:
    """The address has got a new owner, and the account has not. Neither events nor bindings are read, and what JumpCloud manages is not to be deleted."""
    story.application().person(person()).unity(theirs).owner(person(BOB, email="bob@example.com", state=state))
    if state == "ACTIVATED":
        story.beside(theirs)
    with pytest.raises(ScimError) as caught:
        run(options(bind_directly=True), check_context if check_mode else context)
    assert caught.value.sentence() == (
        'Unity has an account with the address of "%s" that belongs to "%s (bob@example.com)" in JumpCloud. Nothing was changed. %s'
        % (EMAIL, BOB, REMEDIES[state])
    )
    result = caught.value.as_result()
    assert (result["outcome"], result["failure"], result["differences"][-1], result["provisioned_user"]["external_id"]) == ("failed", None, IS_BOBS, BOB)
    assert http.writes == []


@pytest.mark.parametrize(
    "beside, begins",
    [
        (scim_user("s2", "bob@example.com"), "Look which of the accounts of bob@example.com is in use, and keep that one"),
        (scim_user("s2", "bob@example.com", externalId=BOB), "Look which of the accounts of bob@example.com is in use, and keep that one"),
        (scim_user("s2", "bob@example.com", externalId=ADA), "The account is that of bob@example.com, whose new address is taken as well."),
    ],
)
def test_what_the_owner_has_beside_decides_what_to_do(story: Story, http: ExactCalls, context: Context, beside: dict[str, t.Any], begins: str) -> None:
    story.application().person(person()).unity(BOBS).owner(person(BOB, email="bob@example.com"))
    http.expect("GET", USERS, reply(scim_list(beside)), query={**EVERYBODY, "filter": 'userName eq "bob@example.com"'})
    if beside.get("externalId") == ADA:
        http.expect("GET", "/api/systemusers/" + ADA, reply(person()))
    with pytest.raises(ScimError) as caught:
        run(options(), context)
    assert (caught.value.hint or "").startswith(begins) and "Delete" not in caught.value.hint


@pytest.mark.parametrize("owner", [{"email": None, "username": "bob@example.com"}, {}])
def test_a_look_at_the_owner_that_fails_or_has_nothing_to_look_for_hides_nothing(
    story: Story, http: ExactCalls, context: Context, owner: dict[str, t.Any]
) -> None:
    story.application().person(person()).unity(BOBS).owner(person(BOB, **{"email": "bob@example.com", **owner}))
    if not owner:
        http.expect("GET", USERS, reply({"detail": "no"}, 401), query={**EVERYBODY, "filter": 'userName eq "bob@example.com"'})
    with pytest.raises(ScimError, match="that belongs to .*bob@example.com") as caught:
        run(options(), context)
    assert caught.value.hint == BOBS_REMEDY


def test_an_account_whose_owner_is_gone_is_the_persons(story: Story, context: Context) -> None:
    story.application().person(person()).unity(BOBS).owner(None)
    result = run(options(), context)
    assert (result["outcome"], result["differences"]) == ("found", [])


@pytest.mark.parametrize("external_id", [ADA, None, "hr-4711", BOB.upper(), 4711])
def test_nobody_is_looked_up_who_cannot_be_another_person(story: Story, context: Context, external_id: t.Any) -> None:
    story.application().person(person()).unity({**THERE, "externalId": external_id})
    assert run(options(), context)["outcome"] == "found"


def test_who_may_not_be_exported_is_skipped_all_the_same(story: Story, http: ExactCalls, context: Context) -> None:
    story.application().person(person(state="STAGED")).unity(BOBS).owner(person(BOB, email="bob@example.com"))
    result = run(options(), context)
    assert_documented(scim_provisioned_user, result)
    assert (result["outcome"], result["differences"], http.writes) == ("skipped", [IS_BOBS], [])


def test_another_persons_account_that_lists_the_address_is_nobodys_match(story: Story, check_context: Context) -> None:
    story.application().person(person()).unity(BOB_THERE).owner(person(BOB, email="bob@example.com")).activation(ACTIVE).paths(BY_GROUP)
    result = run(options(), check_context)
    assert (result["outcome"], result["provisioned_user"], result["differences"], result["diff"]["before"]) == ("created", None, [], {})


def test_of_two_accounts_that_list_the_address_another_persons_does_not_count(story: Story, check_context: Context) -> None:
    free = scim_user("s0", "x", emails=[{"value": EMAIL}])
    story.application().person(person()).unity(BOB_THERE, free).owner(person(BOB, email="bob@example.com")).activation(ACTIVE).paths(BY_GROUP)
    assert run(options(), check_context)["provisioned_user"]["id"] == "s0"


def test_another_persons_account_that_turns_up_is_no_arrival(story: Story, http: ExactCalls, context: Context) -> None:
    """Its owner is read once."""
    story.known(paths=BY_GROUP).events().write("add").unity(BOBS).owner(person(BOB, email="bob@example.com")).events()
    for _number in range(4):
        story.unity(BOBS).events()
    story.removal()
    with pytest.raises(ScimError, match="that belongs to .*bob@example.com") as caught:
        run(options(), context)
    assert (caught.value.hint, writes(http)) == (BOBS_REMEDY, ["add", "remove"])
    assert "Nothing was changed" not in caught.value.message
    shown = caught.value.as_result()
    assert "externalId" in [one["attribute"] for one in shown["differences"]] and shown["provisioned_user"]["external_id"] == BOB


# ---- bad input


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"timeout": -1.0}, "timeout must not be negative"),
        ({"authorization_header": None}, "No key for Unity's SCIM service"),
        ({"authorization_header": None, "key_id": "a"}, "only the key ID was given."),
        ({"authorization_header": None, "secret_key": "b-secret-0123"}, "Of the key for Unity.s SCIM service, only the secret key was given."),
        ({"api_key": None}, "No credentials for JumpCloud"),
        ({"unity_expected_organization_id": "999"}, "is expected"),
        ({"base_url": BASE_URL + "/"}, "must not end with a slash"),
        ({"base_url": BASE_URL.replace("services.api.unity.com", "evil.example.net")}, "not Unity's API"),
        ({"organization_id": "short"}, "24 hexadecimal digits"),
    ],
)
def test_bad_input_sends_nothing(http: ExactCalls, context: Context, given: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(ScimError, match=reason) as caught:
        run(options(**given), context)
    assert http.seen == []
    assert SECRET not in everything_in(caught.value)


def test_another_organization(story: Story, context: Context) -> None:
    story.application()
    with pytest.raises(ScimError, match="is expected"):
        run(options(expected_organization_id="f" * 24), context)


def test_the_options_of_both_vendors(capsys: pytest.CaptureFixture[str]) -> None:
    """organization_id is JumpCloud's, and the key comes from Unity's service account."""
    result = run_main(main, capsys, api_key=API_KEY, application="Unity", organization_id=JC_ORG, unity_organization_id=ORG, user=EMAIL)
    assert result["msg"].startswith("No key for Unity's SCIM service.")
    result = run_main(main, capsys, api_key=API_KEY, application="Unity", unity_organization_id=ORG)
    assert result["msg"] == "missing required arguments: user"
