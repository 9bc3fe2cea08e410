# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""jumpcloud_service_account: exactly the scopes that are needed, and a secret that is shown once and never made twice."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.modules import jumpcloud_service_account
from ansible_collections.unity_jumpcloud.scim.plugins.modules.jumpcloud_service_account import ARGUMENTS, run
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import Break, ExactCalls, FakeTime, Reply, dropped, read_timeout, refused, reply, text_reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import assert_documented, everything_in, params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import API_KEY, JC_ORG, JUMPCLOUD, PAGE, V1_PAGE, v1

ROLES, ACCOUNTS, TOKEN = "/api/v2/roles", "/api/v2/service-accounts", "/oauth2/token"
NAME = "unity_jumpcloud.scim"
ROLE_ID, ACCOUNT_ID = "66a0c0ffee66a0c0ffee0001", "66a0c0ffee66a0c0ffee0002"
SECRET = "q8Zr5tVw2xYb4nMk7pLs9dFg3hJc6aQe"
# rotate_key is the playbook that needs the fewest
SCOPES = ["applications.readonly", "directoryinsights.readonly", "organizations.readonly", "users.readonly"]
NEW_ROLE = {"name": NAME, "description": "What the playbooks of unity_jumpcloud.scim need, made by its playbook bootstrap_jumpcloud", "scopes": SCOPES}
CHANGED_ROLE = {"name": NAME, "description": "by hand", "organizationIds": ["1"], "scopes": SCOPES}
WANTED = {"authType": "CLIENT_SECRET", "clientSecretConfig": {"lifetime": "90 Days"}}
# the fake's clock says 2026-11-24T10:40:00Z
LATER, SOON, PAST = "2027-02-22T05:40:04Z", "2026-12-01T00:00:00Z", "2026-11-24T05:40:04Z"
LOST = [dropped(), read_timeout(), reply({"message": "oops"}, 500), text_reply("<html>", 201), reply({"serviceAccount": {}}, 201)]
IN_USE = reply({"message": "role is in use"}, 409)
STAYS = 'The role "%s" stays, since JumpCloud says that it is in use.' % NAME
# reads of a list that never shows what is waited for
READS = 7


def options(**given: t.Any) -> dict[str, t.Any]:
    return params(ARGUMENTS, **{**JUMPCLOUD, "organization_id": JC_ORG, "playbooks": ["rotate_key"], **given})


def role(*scopes: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"id": ROLE_ID, "name": NAME, "scopes": list(scopes or SCOPES), "isCustom": True, "description": "by hand", "organizationIds": ["1"], **fields}


def secret(number: int = 1, expires_at: str | None = LATER, **fields: t.Any) -> dict[str, t.Any]:
    shown = {"objectId": "secret-%d" % number, "clientId": "client-%d" % number, "createdAt": PAST, "expiresAt": expires_at, "status": "ACTIVE"}
    return {"authType": "CLIENT_SECRET", "clientSecretConfig": {**shown, **fields}}


def account(*secrets: dict[str, t.Any], **fields: t.Any) -> dict[str, t.Any]:
    found = {"objectId": ACCOUNT_ID, "name": NAME, "roleId": ROLE_ID, "roleName": NAME, "authType": "CLIENT_SECRET", "authConfigList": list(secrets)}
    return {**found, **fields}


def expect_roles(http: ExactCalls, *rows: dict[str, t.Any]) -> None:
    http.expect("GET", ROLES, reply(v1(*rows)), query=PAGE, headers={"x-api-key": API_KEY})


def expect_accounts(http: ExactCalls, *rows: dict[str, t.Any]) -> None:
    http.expect("GET", ACCOUNTS, reply(v1(*rows)), query=PAGE)


def expect_state(http: ExactCalls, roles: list[dict[str, t.Any]], accounts: list[dict[str, t.Any]]) -> None:
    expect_roles(http, *roles)
    expect_accounts(http, *accounts)


def expect_create(http: ExactCalls, answer: Reply | Break | None = None) -> None:
    made = reply({"serviceAccount": account(secret(clientSecret=SECRET))}, 201)
    http.expect("POST", ACCOUNTS, answer or made, json={"name": NAME, "roleId": ROLE_ID, "authConfig": WANTED})


def expect_add(http: ExactCalls, answer: Reply | Break | None = None) -> None:
    made = reply({"authConfig": secret(2, clientSecret=SECRET)}, 201)
    http.expect("POST", "%s/%s/auth-config" % (ACCOUNTS, ACCOUNT_ID), answer or made, json={"authConfig": WANTED})


def expect_token(http: ExactCalls, answer: Reply | None = None) -> None:
    form = {"scope": "api", "grant_type": "client_credentials"}
    http.expect("POST", TOKEN, answer or reply({"access_token": "token-of-the-new-secret"}), form=form, without=["x-api-key"])


def expect_delete(http: ExactCalls, answer: Reply | None = None) -> None:
    http.expect("DELETE", "%s/%s" % (ACCOUNTS, ACCOUNT_ID), answer or reply({}, 202))


def expect_delete_role(http: ExactCalls, answer: Reply | Break | None = None) -> None:
    http.expect("DELETE", "%s/%s" % (ROLES, ROLE_ID), answer or reply(status=204))


# ---- how it should be


def test_everything_is_made(http: ExactCalls, context: Context) -> None:
    expect_state(http, [], [])
    http.expect("POST", ROLES, reply(role(), 201), json=NEW_ROLE)
    expect_roles(http, role())
    expect_create(http)
    expect_accounts(http, account(secret()))
    expect_token(http)
    result = run(options(), context)
    assert_documented(jumpcloud_service_account, result)
    assert result["changed"] and verbs(result) == ["create", "create"]
    assert result["credentials"] == {"client_id": "client-1", "client_secret": SECRET} and result["secret_id"] == "secret-1"
    assert result["role"] == {"id": ROLE_ID, "name": NAME, "scopes": SCOPES}
    assert result["service_account"]["secrets"] == [{"id": "secret-1", "client_id": "client-1", "created_at": PAST, "expires_at": LATER, "status": "ACTIVE"}]
    assert SECRET not in repr({**result, "credentials": None}) and context.masker.redact(SECRET) != SECRET
    assert [done["action"] for done in context.progress.done] == ["create", "create"]


def test_nothing_is_made_in_check_mode(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, [], [])
    result = run(options(), check_context)
    assert result["changed"] and result["credentials"] is None and result["role"]["id"] is None
    assert result["diff"]["before"] == {"role": None, "service_account": None}
    assert result["diff"]["after"]["role"]["scopes"] == SCOPES


@pytest.mark.parametrize("others, shown", [([], JC_ORG), ([{"_id": "5f0a1b2c3d4e5f6071829302"}], None)])
def test_which_organization_it_is(http: ExactCalls, check_context: Context, others: list[dict[str, str]], shown: str | None) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": JC_ORG}, *others)), query=V1_PAGE)
    expect_state(http, [role()], [account(secret())])
    assert run(options(organization_id=None), check_context)["organization_id"] == shown
    expect_state(http, [role()], [account(secret())])
    assert run(options(), check_context)["organization_id"] == JC_ORG


def test_who_may_not_list_organizations_can_make_the_account(http: ExactCalls, check_context: Context) -> None:
    """As for several: the file is then kept for no organization."""
    http.expect("GET", "/api/organizations", reply({}, 403), query=V1_PAGE)
    expect_state(http, [role()], [account(secret())])
    assert run(options(organization_id=None), check_context)["organization_id"] is None


def test_another_failure_to_list_organizations_is_one(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", "/api/organizations", reply({}, 401), query=V1_PAGE)
    with pytest.raises(ApiError, match="HTTP 401"):
        run(options(organization_id=None), check_context)


@pytest.mark.parametrize("given", [{}, {"secret_id": "secret-1"}])
def test_what_is_deleted_does_not_depend_on_the_organizations(http: ExactCalls, check_context: Context, given: dict[str, str]) -> None:
    for organization_id in (None, JC_ORG):
        expect_state(http, [role()], [account(secret())])
        result = run(options(playbooks=None, state="absent", organization_id=organization_id, **given), check_context)
        assert result["changed"] and result["organization_id"] == organization_id


@pytest.mark.parametrize("given", [{}, {"stored_client_id": "client-1"}, {"role": NAME}, {"playbooks": ["rotate_key", "audit_key", "rotate_key"]}])
def test_what_is_there_is_left_alone(http: ExactCalls, context: Context, given: dict[str, t.Any]) -> None:
    expect_state(http, [role(), role(id="other", name="Other")], [account(secret()), account(name="Other", objectId="other")])
    result = run(options(**given), context)
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"] and result["credentials"] is None
    assert_documented(jumpcloud_service_account, result)


@pytest.mark.parametrize(
    "present, added, removed",
    [(SCOPES[1:], SCOPES[:1], []), ([*SCOPES, "users"], [], ["users"]), (["users"], SCOPES, ["users"])],
)
def test_scopes_are_set_right(http: ExactCalls, context: Context, present: list[str], added: list[str], removed: list[str]) -> None:
    expect_state(http, [role(*present)], [account(secret())])
    http.expect("PUT", "%s/%s" % (ROLES, ROLE_ID), reply(role()), json=CHANGED_ROLE)
    expect_roles(http, role())
    result = run(options(), context)
    assert result["actions"] == [{"action": "set_scopes", "target": "custom role", "name": NAME, "added": added, "removed": removed}]
    assert (result["diff"]["before"]["role"]["scopes"], result["diff"]["after"]["role"]["scopes"]) == (sorted(present), SCOPES)


def test_lists_without_what_is_not_promised(http: ExactCalls, check_context: Context) -> None:
    http.expect("GET", ROLES, reply({}), query=PAGE)
    http.expect("GET", ACCOUNTS, reply({"totalCount": 0}), query=PAGE)
    assert run(options(), check_context)["changed"]


def test_the_guard_comes_first(http: ExactCalls, context: Context) -> None:
    http.expect("GET", "/api/organizations", reply(v1({"_id": "5f0a1b2c3d4e5f6071829301"})), query={**PAGE, "sort": "_id"})
    with pytest.raises(ScimError, match="is expected. Nothing was changed"):
        run(options(expected_organization_id="5f0a1b2c3d4e5f6071829302"), context)


# ---- rotation


@pytest.mark.parametrize(
    "present, given, reason",
    [
        ([secret()], {"rotate": "always"}, "rotate is 'always'"),
        ([secret(expires_at=SOON)], {}, "the client secret in use ends on %s" % SOON),
        ([], {}, "the account has no live client secret"),
        ([secret(expires_at=PAST)], {}, "the account has no live client secret"),
        ([secret(status="EXPIRED")], {}, "the account has no live client secret"),
        ([secret()], {"stored_client_id": ""}, "the store holds no client secret"),
        ([secret()], {"stored_client_id": "client-9"}, 'the store holds "client-9", which is no live client secret of the account'),
    ],
)
def test_a_new_client_secret(http: ExactCalls, context: Context, present: list[dict[str, t.Any]], given: dict[str, t.Any], reason: str) -> None:
    expect_state(http, [role()], [account(*present)])
    expect_add(http)
    expect_accounts(http, account(*present, secret(2)))
    expect_token(http)
    result = run(options(**given), context)
    assert result["actions"] == [{"action": "create", "target": "client secret", "reason": reason}]
    assert result["credentials"] == {"client_id": "client-2", "client_secret": SECRET}
    assert [one["client_id"] for one in result["diff"]["after"]["service_account"]["secrets"]][-1] == "(new)"


def test_the_one_that_the_store_holds_is_the_one_in_use(http: ExactCalls, check_context: Context) -> None:
    expect_state(http, [role()], [account(secret(1, SOON), secret(2, status="EXPIRED"), secret(3, None))])
    assert not run(options(stored_client_id="client-3"), check_context)["changed"]


def test_a_third_one_is_not_asked_for(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [account(secret(1), secret(2, SOON))])
    with pytest.raises(ScimError, match="has 2 client secrets already .*client-2, which ends on .*client-1.* 2 are allowed") as caught:
        run(options(rotate="always"), context)
    assert "wait until it has ended" in caught.value.sentence()


# ---- what fails


@pytest.mark.parametrize("answer", LOST)
def test_a_lost_answer_costs_the_account_and_no_second_request(http: ExactCalls, context: Context, answer: Reply | Break) -> None:
    expect_state(http, [role()], [])
    expect_create(http, answer)
    expect_accounts(http, account(secret()))
    expect_delete(http)
    with pytest.raises(ApiError, match="create the service account") as caught:
        run(options(), context)
    assert "its client secret is lost, and so it was deleted: run again" in caught.value.sentence()


def test_an_account_that_never_appears_was_not_made(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    expect_create(http, dropped())
    for _read in range(READS):
        expect_accounts(http)
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "No account has appeared. Run again." in caught.value.sentence()


def test_a_request_that_was_not_sent_leaves_nothing_to_look_for(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    for _try in range(5):
        expect_create(http, refused())
    with pytest.raises(ApiError, match="no connection"):
        run(options(), context)


def test_an_account_of_somebody_else_is_not_deleted(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    expect_create(http, dropped())
    expect_accounts(http, account(secret(), roleId="other", roleName="Other"))
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "Run again to see what is there." in caught.value.sentence()


@pytest.mark.parametrize("shown", [account(secret(), roleId="other", roleName="Other"), account(secret())])
def test_a_new_account_that_does_not_work_is_deleted(http: ExactCalls, context: Context, shown: dict[str, t.Any]) -> None:
    expect_state(http, [role()], [])
    expect_create(http)
    expect_accounts(http, shown)
    if shown["roleId"] == ROLE_ID:
        expect_token(http, reply({"error": "invalid_client", "error_description": "No."}, 401))
    expect_delete(http)
    with pytest.raises(ScimError) as caught:
        run(options(wait_timeout=0.0), context)
    assert "it was deleted" in caught.value.sentence() and SECRET not in everything_in(caught.value)
    assert [done["action"] for done in context.progress.done] == ["create", "delete"]


def test_an_account_that_can_not_be_deleted_is_named(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    expect_create(http)
    expect_accounts(http, account(secret()))
    expect_token(http, reply({"error": "invalid_client"}, 401))
    expect_delete(http, reply({"message": "Forbidden"}, 403))
    with pytest.raises(ScimError) as caught:
        run(options(wait_timeout=0.0), context)
    assert "whose client secret nobody holds, could not be deleted" in caught.value.sentence() and "state=absent" in caught.value.sentence()


def test_a_new_secret_is_asked_again_for_a_while(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    expect_create(http)
    expect_accounts(http)
    expect_accounts(http, account(secret()))
    expect_token(http, reply({"error": "invalid_client"}, 401))
    expect_token(http)
    assert run(options(), context)["credentials"]


def test_an_interruption_deletes_the_account(http: ExactCalls, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_given: t.Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("%s.prove" % run.__module__, stop)
    expect_state(http, [role()], [])
    expect_create(http)
    expect_accounts(http, account(secret()))
    expect_delete(http)
    with pytest.raises(KeyboardInterrupt):
        run(options(), context)


@pytest.mark.parametrize(
    "answer, after, said",
    [
        (dropped(), [secret(1), secret(2)], "(client ID client-2, which ends on %s" % LATER),
        (dropped(), [secret(1)], "No new client secret has appeared. Run again."),
        (None, [secret(1), secret(2)], "could not be taken back, and nobody holds it. JumpCloud publishes no operation that revokes one"),
    ],
)
def test_a_second_secret_that_fails_is_told(http: ExactCalls, context: Context, answer: Break | None, after: list[dict[str, t.Any]], said: str) -> None:
    expect_state(http, [role()], [account(secret(1))])
    expect_add(http, answer)
    for _read in range(1 if len(after) > 1 else READS):
        expect_accounts(http, account(*after))
    if answer is None:
        expect_token(http, reply({"error": "invalid_client"}, 401))
    with pytest.raises(ApiError) as caught:
        run(options(rotate="always", wait_timeout=0.0), context)
    assert said in caught.value.sentence() and SECRET not in everything_in(caught.value)
    assert [seen.method for seen in http.writes if seen.path.startswith(ACCOUNTS)] == ["POST"]


def test_a_role_whose_answer_is_lost_is_looked_for(http: ExactCalls, context: Context, warnings: list[str]) -> None:
    expect_state(http, [], [])
    http.expect("POST", ROLES, dropped(), json=NEW_ROLE)
    expect_roles(http, role())
    expect_create(http)
    expect_accounts(http, account(secret()))
    expect_token(http)
    assert run(options(), context)["changed"] and "It took effect all the same" in warnings[0]
    assert [done["target"] for done in context.progress.done] == ["custom role", "service account"]


@pytest.mark.parametrize("verb, roles", [("create", []), ("set_scopes", [role("users")])])
def test_a_role_that_was_written_is_told_even_if_the_list_can_not_be_read(http: ExactCalls, context: Context, verb: str, roles: list[dict[str, t.Any]]) -> None:
    expect_state(http, roles, [])
    if roles:
        http.expect("PUT", "%s/%s" % (ROLES, ROLE_ID), reply(role()), json=CHANGED_ROLE)
    else:
        http.expect("POST", ROLES, reply(role(), 201), json=NEW_ROLE)
    http.expect("GET", ROLES, reply({"message": "no"}, 403), query=PAGE)
    with pytest.raises(ApiError, match="HTTP 403"):
        run(options(), context)
    assert [done["action"] for done in context.progress.done] == [verb]


def test_a_role_that_never_appears_is_not_asked_for_again(http: ExactCalls, context: Context) -> None:
    expect_state(http, [], [])
    http.expect("POST", ROLES, dropped(), json=NEW_ROLE)
    for _read in range(READS):
        expect_roles(http)
    with pytest.raises(ApiError, match="create the custom role"):
        run(options(), context)
    assert context.progress.done == []


def test_a_role_that_stays_otherwise(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role("users")], [account(secret())])
    http.expect("PUT", "%s/%s" % (ROLES, ROLE_ID), reply(role("users")), json=CHANGED_ROLE)
    for _read in range(READS):
        expect_roles(http, role("users"))
    with pytest.raises(ScimError, match="accepted the role .*, but shows it otherwise"):
        run(options(), context)
    assert [done["action"] for done in context.progress.done] == ["set_scopes"]


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refused_role_names_the_restrictions(http: ExactCalls, context: Context, status: int) -> None:
    expect_state(http, [], [])
    http.expect("POST", ROLES, reply({"message": "No", "code": 1}, status), json=NEW_ROLE)
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "Only an Admin with Billing" in caught.value.sentence() and "20 custom roles" in caught.value.sentence()


def test_a_taken_name(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [])
    expect_create(http, reply({"message": "exists"}, 409))
    with pytest.raises(ApiError) as caught:
        run(options(), context)
    assert "Choose another name." in caught.value.sentence()


@pytest.mark.parametrize(
    "roles, accounts, said",
    [
        ([role(id="r%d" % number, name="r%d" % number) for number in range(20)], [], "has 20 custom roles, and JumpCloud allows 20"),
        ([role(), role(id="r2")], [], "2 times a custom role called"),
        ([role()], [account(), account(objectId="a2")], "2 times a service account called"),
        ([role(isCustom=False)], [], "one of JumpCloud's own"),
        ([role()], [account(secret(), roleId="x", roleName="Manager")], 'has the role "Manager", not'),
        ([], [account(secret())], 'has the role "unity_jumpcloud.scim", not'),
        ([role()], [account(authType="API_KEY")], "has an API key, and no client secret"),
    ],
)
def test_what_can_not_be_set_right(http: ExactCalls, context: Context, roles: list[dict[str, t.Any]], accounts: list[dict[str, t.Any]], said: str) -> None:
    expect_state(http, roles, accounts)
    with pytest.raises(ScimError, match=said):
        run(options(), context)


def test_nothing_is_decided_on_the_strength_of_a_list_that_is_not_whole(http: ExactCalls, context: Context) -> None:
    http.expect("GET", ROLES, reply(v1(role(), total=2)), query=PAGE)
    http.expect("GET", ROLES, reply(v1(total=2)), query={**PAGE, "skip": 1, "limit": 1})
    http.expect("GET", ROLES, reply(v1(total=2)), query={**PAGE, "skip": 1})
    with pytest.raises(ScimError, match="The list of roles is not whole"):
        run(options(), context)


# ---- absent


@pytest.mark.parametrize(
    "roles, accounts, deleted",
    [
        ([role()], [account(secret())], ["service account", "custom role"]),
        ([role()], [], ["custom role"]),
        ([], [account()], ["service account"]),
        ([role(isCustom=False)], [account()], ["service account"]),
        ([role()], [account(), account(objectId="a2", name="Other")], ["service account"]),
        ([], [], []),
    ],
)
def test_absent(http: ExactCalls, context: Context, roles: list[dict[str, t.Any]], accounts: list[dict[str, t.Any]], deleted: list[str]) -> None:
    expect_state(http, roles, accounts)
    if "service account" in deleted:
        expect_delete(http)
        expect_accounts(http, account())
        expect_accounts(http)
    if "custom role" in deleted:
        expect_delete_role(http)
        expect_roles(http, *roles)
        expect_roles(http)
    result = run(options(playbooks=None, state="absent"), context)
    assert [action["target"] for action in result["actions"]] == deleted and result["changed"] is bool(deleted)
    assert_documented(jumpcloud_service_account, result)


@pytest.mark.parametrize("present, deleted", [([secret()], True), ([secret(), secret(2, PAST)], True), ([secret(3)], False), ([], False)])
def test_a_client_secret_is_taken_back(http: ExactCalls, context: Context, present: list[dict[str, t.Any]], deleted: bool) -> None:
    expect_state(http, [role()], [account(*present)])
    if deleted:
        expect_delete(http)
        expect_accounts(http)
    result = run(options(playbooks=None, state="absent", secret_id="secret-1"), context)
    assert verbs(result) == ["delete"] * deleted and result["role"] is not None


def test_a_client_secret_is_taken_back_however_its_id_is_written(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [account(secret())])
    expect_delete(http)
    expect_accounts(http)
    assert verbs(run(options(playbooks=None, state="absent", secret_id=" SECRET-1"), context)) == ["delete"]


def test_no_client_secret_to_take_back_is_no_request_to_delete_the_account(http: ExactCalls, context: Context) -> None:
    with pytest.raises(ScimError, match="secret_id has an empty text"):
        run(options(playbooks=None, state="absent", secret_id=""), context)
    assert http.seen == []


def test_a_client_secret_beside_one_in_use_is_not_taken_back(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [account(secret(), secret(2))])
    with pytest.raises(ScimError, match="could not be taken back") as caught:
        run(options(playbooks=None, state="absent", secret_id="secret-2"), context)
    assert "client ID client-2" in caught.value.sentence() and "another client secret of it is in use" in caught.value.sentence()


@pytest.mark.parametrize("answers", [1, 3])
def test_a_role_that_is_free_after_a_moment(http: ExactCalls, context: Context, answers: int) -> None:
    expect_state(http, [role()], [account(secret())])
    expect_delete(http)
    expect_accounts(http)
    for _try in range(answers):
        expect_delete_role(http, IN_USE)
    expect_delete_role(http)
    expect_roles(http)
    result = run(options(state="absent"), context)
    assert verbs(result) == ["delete", "delete"] and result["role"] is None
    assert result["lines"] == ['The service account "%s" is gone.' % NAME, 'The custom role "%s" is gone.' % NAME]


def test_a_role_that_is_in_use_stays(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [account(secret())])
    expect_delete(http)
    expect_accounts(http)
    for _try in range(READS):
        expect_delete_role(http, IN_USE)
    result = run(options(state="absent"), context)
    assert_documented(jumpcloud_service_account, result)
    assert result["actions"] == [{"action": "delete", "target": "service account", "name": NAME}] == context.progress.done
    assert result["lines"] == ['The service account "%s" is gone.' % NAME, STAYS]
    assert result["role"]["id"] == ROLE_ID and result["service_account"] is None
    assert result["diff"]["after"]["role"] == result["diff"]["before"]["role"]


def test_a_role_that_is_in_use_stays_in_later_runs(http: ExactCalls, context: Context, time: FakeTime) -> None:
    expect_state(http, [role()], [])
    expect_delete_role(http, IN_USE)
    result = run(options(state="absent"), context)
    assert (result["changed"], result["actions"], result["lines"], time.sleeps) == (False, [], [STAYS], [])
    assert result["diff"]["after"] == result["diff"]["before"]


@pytest.mark.parametrize("answer", [reply(status=204), reply({"message": "Not Found"}, 404)])
def test_a_role_that_is_deleted_but_stays(http: ExactCalls, context: Context, answer: Reply) -> None:
    expect_state(http, [role()], [])
    expect_delete_role(http, answer)
    for _read in range(READS):
        expect_roles(http, role())
    with pytest.raises(ScimError, match="accepted the deletion of the custom role"):
        run(options(state="absent"), context)


@pytest.mark.parametrize("found", [[], [account(secret())]])
@pytest.mark.parametrize("answer", [text_reply("<html>no</html>", 404), reply(status=404), reply({"message": "no"}, 405)])
def test_no_such_page_is_no_proof_that_it_is_gone(http: ExactCalls, context: Context, found: list[dict[str, t.Any]], answer: Reply) -> None:
    expect_state(http, [role()], found)
    if found:
        expect_delete(http, answer)
    else:
        expect_delete_role(http, answer)
    with pytest.raises(UnexpectedAnswer):
        run(options(state="absent"), context)
    assert context.progress.done == []


@pytest.mark.parametrize("target", ["service account", "custom role"])
def test_what_was_deleted_is_told_even_if_the_list_can_not_be_read(http: ExactCalls, context: Context, target: str) -> None:
    expect_state(http, [role()], [account(secret())] if target == "service account" else [])
    if target == "service account":
        expect_delete(http)
        http.expect("GET", ACCOUNTS, reply({"message": "no"}, 403), query=PAGE)
    else:
        expect_delete_role(http)
        http.expect("GET", ROLES, reply({"message": "no"}, 403), query=PAGE)
    with pytest.raises(ApiError, match="HTTP 403"):
        run(options(state="absent"), context)
    assert context.progress.done == [{"action": "delete", "target": target, "name": NAME}]


def test_an_account_that_stays(http: ExactCalls, context: Context) -> None:
    expect_state(http, [role()], [account(secret())])
    expect_delete(http)
    for _read in range(READS):
        expect_accounts(http, account(secret()))
    with pytest.raises(ScimError, match="accepted the deletion"):
        run(options(state="absent"), context)
