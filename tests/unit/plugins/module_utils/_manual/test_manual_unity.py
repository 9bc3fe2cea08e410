# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unity's steps by a person: the account, its key, the enforcement. The calls are exact, so no assumed endpoint was asked."""

from __future__ import annotations

import dataclasses
import json
import shlex
import typing as t
from pathlib import Path

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker, authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import ManualTimeout
from ansible_collections.unity_jumpcloud.scim.plugins.modules import unity_scim_connector, unity_service_account, unity_service_account_key
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, FakeTime, Reply, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.helpers import params, verbs
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import HEADER, KEY_ID, ORG, SECRET, scim_list, scim_user

USERS = "/scim/v2/tenants/%s/Users" % ORG
ONE = {"startIndex": 1, "count": 1}
ROLE = "SCIM Authenticator"


def refused(status: int) -> Reply:
    return reply({"title": "Refused", "status": status, "code": 51}, status)


def account(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {"organization_id": ORG, "method": "manual", "name": "JumpCloud SCIM", "roles": [ROLE], **given}
    return unity_service_account.run(params(unity_service_account.ARGUMENTS, **options), context)


def key(context: Context, secret_file: Path | None, **given: t.Any) -> dict[str, t.Any]:
    path = str(secret_file) if secret_file else None
    options = {"organization_id": ORG, "method": "manual", "service_account": "JumpCloud SCIM", "secret_file": path, **given}
    return unity_service_account_key.run(params(unity_service_account_key.ARGUMENTS, **options), context)


def enforcement(context: Context, **given: t.Any) -> dict[str, t.Any]:
    options = {"organization_id": ORG, "enforced": True, "enforcement_method": "manual", **given}
    return unity_scim_connector.run(params(unity_scim_connector.ARGUMENTS, **options), context)


def hand_over(path: Path, text: str = HEADER) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


# -------------------------------------------------------------------------------------------------- the account


def test_account_without_a_key_is_asked_for_and_can_not_be_seen(context: Context) -> None:
    result = account(context)
    assert result["pending"] and result["changed"] and result["evidence"]["found"] is None and verbs(result) == ["ask"]
    assert [(step["field"], step["value"]) for step in result["manual_steps"] if step["field"]] == [
        ("Address", "https://cloud.unity.com"),
        ("Organization ID", ORG),
        ("Name", "JumpCloud SCIM"),
        ("Description", ""),
        ("Admin", ROLE),
    ]


def test_account_whose_key_answers_is_there(context: Context, http: ExactCalls) -> None:
    http.expect("GET", USERS, reply(scim_list(scim_user("1", "a@example.com"), total=42)), query=ONE, headers={"Authorization": HEADER})
    result = account(context, authorization_header=HEADER)
    assert not result["pending"] and not result["changed"] and result["evidence"]["found"] is True and "users: 42" in result["evidence"]["detail"]
    assert result["diff"]["before"] == result["diff"]["after"]


@pytest.mark.parametrize(("status", "field", "said"), [(401, "Keys", "wrong or was revoked"), (403, "Admin", "the role SCIM Authenticator is missing")])
def test_refused_key_names_the_field_that_it_contradicts(context: Context, http: ExactCalls, status: int, field: str, said: str) -> None:
    http.expect("GET", USERS, refused(status), query=ONE)
    result = account(context, key_id=KEY_ID, secret_key=SECRET)
    assert result["pending"] and result["evidence"]["found"] is False
    assert result["evidence"]["contradicts"] == field and said in result["evidence"]["detail"]


def test_any_other_refusal_is_an_error(context: Context, http: ExactCalls) -> None:
    http.expect("GET", USERS, refused(404), query=ONE)
    with pytest.raises(ApiError, match="404"):
        account(context, authorization_header=HEADER)


def test_role_that_is_given_later_is_seen_within_the_timeout(context: Context, http: ExactCalls) -> None:
    for answer in (refused(403), refused(403), reply(scim_list())):
        http.expect("GET", USERS, answer, query=ONE)
    result = account(context, authorization_header=HEADER, manual_timeout=60.0)
    assert not result["pending"] and result["changed"] and verbs(result) == ["see_done"]


def test_wait_may_be_longer_than_the_time_budget(context: Context, http: ExactCalls, time: FakeTime) -> None:
    for _number in range(200):
        http.expect("GET", USERS, refused(403), query=ONE)
    with pytest.raises(ManualTimeout):
        account(context, authorization_header=HEADER, manual_timeout=400.0, time_budget=10.0)
    assert time.elapsed == pytest.approx(400.0)
    http._expected.clear()  # pylint: disable=protected-access


UNKNOWN = {"id": None, "name": "JumpCloud SCIM", "description": None, "created_at": None, "roles": None}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("given", "answer", "shown"),
    [
        ({}, None, None),
        ({}, refused(401), None),
        # the key is known, so its account is there
        ({}, refused(403), UNKNOWN),
        ({"state": "absent"}, None, None),
        ({"state": "absent"}, refused(403), UNKNOWN),
        ({"state": "absent", "confirmed": True, "runbook": "early"}, None, None),
    ],
)
def test_a_wish_is_not_shown_as_the_account_that_is_there(
    context: Context,
    check_context: Context,
    http: ExactCalls,
    tmp_path: Path,
    check_mode: bool,
    given: dict[str, t.Any],
    answer: Reply | None,
    shown: dict[str, t.Any] | None,
) -> None:
    if answer:
        http.expect("GET", USERS, answer, query=ONE)
    runbook = {"runbook": str(tmp_path / given["runbook"])} if "runbook" in given else {}
    key_given = {"authorization_header": HEADER} if answer else {}
    result = account(check_context if check_mode else context, description="d", **{**given, **runbook, **key_given})
    assert result["pending"] and result["changed"] and result["service_account"] == shown
    assert result["diff"]["before"] != result["diff"]["after"]


def test_an_account_that_is_seen_or_said_to_be_there_is_shown(context: Context, http: ExactCalls) -> None:
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    for given in ({"authorization_header": HEADER}, {"confirmed": True}):
        assert account(context, description="d", **given)["service_account"] == {**UNKNOWN, "description": "d", "roles": [ROLE]}
    gone = account(context, state="absent", confirmed=True)
    assert not gone["pending"] and gone["service_account"] is None and gone["diff"]["before"] == gone["diff"]["after"] == {}


def test_an_account_that_is_to_go_is_in_the_diff_by_what_names_it(context: Context) -> None:
    result = account(context, state="absent", name=None, roles=None, service_account_id="abc", description="d")
    assert (result["diff"]["before"], result["diff"]["after"], result["service_account"]) == ({"id": "abc"}, {}, None)


@pytest.mark.parametrize(("answer", "gone"), [(refused(401), True), (reply(scim_list()), False), (refused(403), False)])
def test_deleted_account_is_known_by_its_dead_key(context: Context, http: ExactCalls, answer: Reply, gone: bool) -> None:
    http.expect("GET", USERS, answer, query=ONE)
    result = account(context, state="absent", authorization_header=HEADER)
    assert result["evidence"]["found"] is gone and result["pending"] is not gone
    assert result["service_account"] == (None if gone else UNKNOWN)
    assert (result["diff"]["before"], result["diff"]["after"]) == ({} if gone else {"name": "JumpCloud SCIM"}, {})


def test_account_needs_a_name_and_the_expected_organization(context: Context) -> None:
    with pytest.raises(ScimError, match="name is needed"):
        account(context, name=None, service_account_id="x")
    with pytest.raises(ScimError, match="is expected"):
        account(context, expected_organization_id="999")


# ------------------------------------------------------------------------------------------------------ the key


@pytest.mark.parametrize("text", [HEADER + "\n", "key_id: %s\nsecret_key: %s\n" % (KEY_ID, SECRET)])
def test_key_in_the_file_is_proven_returned_and_removed(context: Context, http: ExactCalls, tmp_path: Path, text: str) -> None:
    http.expect("GET", USERS, reply(scim_list()), query=ONE, headers={"Authorization": HEADER})
    result = key(context, hand_over(tmp_path / "secret", text))
    assert result["credentials"] == {"key_id": KEY_ID, "secret_key": SECRET, "authorization_header": authorization_header(KEY_ID, SECRET)}
    assert result["changed"] and not result["pending"] and verbs(result) == ["take"] and result["key"]["id"] == KEY_ID and result["live_keys"] is None
    assert not (tmp_path / "secret").exists()
    assert SECRET not in json.dumps({name: value for name, value in result.items() if name != "credentials"})


def test_returned_key_is_not_masked_in_the_result(context: Context, http: ExactCalls, tmp_path: Path) -> None:
    masked: list[str] = []
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    key(dataclasses.replace(context, masker=Masker(masked.append)), hand_over(tmp_path / "secret"))
    assert masked == []


def test_file_stays_where_a_later_task_needs_it(context: Context, http: ExactCalls, tmp_path: Path) -> None:
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    assert key(context, hand_over(tmp_path / "secret"), remove_secret_file=False)["credentials"]
    assert (tmp_path / "secret").exists()


def test_missing_file_is_asked_for(context: Context, tmp_path: Path) -> None:
    result = key(context, tmp_path / "secret")
    assert result["pending"] and result["credentials"] is None and "There is no key in" in result["evidence"]["detail"]
    assert any(step["value"] == "(umask 077 && cat > %s)" % shlex.quote(str(tmp_path / "secret")) for step in result["manual_steps"])


def test_wrong_then_refused_then_right(context: Context, http: ExactCalls, tmp_path: Path) -> None:
    """A person pastes the wrong thing, is told so, and corrects it while the run waits."""
    path, lines = tmp_path / "secret", []
    contents = iter(["Bearer %s" % SECRET, HEADER, HEADER, HEADER])
    for answer in (refused(401), refused(403), reply(scim_list())):
        http.expect("GET", USERS, answer, query=ONE)
    types = dataclasses.replace(context.clock, sleep=lambda _seconds: hand_over(path, next(contents)) and None)
    result = key(dataclasses.replace(context, announce=lines.append, clock=types), path, manual_timeout=60.0)
    assert result["credentials"] and not path.exists()
    shown = "\n".join(lines)
    assert "does not start with 'Basic '" in shown and "(401)" in shown and "(403)" in shown
    assert SECRET not in shown and HEADER.partition(" ")[2] not in shown


def test_check_mode_takes_and_removes_nothing(check_context: Context, http: ExactCalls, tmp_path: Path) -> None:
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    result = key(check_context, hand_over(tmp_path / "secret"), manual_timeout=60.0)
    assert result["credentials"] is None and result["changed"] and not result["pending"] and (tmp_path / "secret").exists()
    assert result["key"]["id"] == KEY_ID


def test_too_open_file_is_refused_before_anything_is_sent(context: Context, tmp_path: Path) -> None:
    path = hand_over(tmp_path / "secret")
    path.chmod(0o644)
    with pytest.raises(ScimError, match="has mode 0644"):
        key(context, path)


def test_without_a_file_the_key_is_to_be_supplied(context: Context) -> None:
    result = key(context, None)
    assert result["pending"] and result["credentials"] is None and "Supply it as key_id and secret_key" in result["evidence"]["detail"]
    assert "scim_provisioning_key_id" in result["manual_steps"][-1]["do"]
    result = key(context, None, rotate="never")
    assert not result["pending"] and not result["changed"] and result["evidence"]["found"] is None


REVOCATIONS = [
    ("absent", "Key ID", {"key": KEY_ID}, {"key": None}),
    ("pruned", "Key ID to keep", {"keys": [KEY_ID, "those that JumpCloud used before"]}, {"keys": [KEY_ID]}),
]


@pytest.mark.parametrize(("state", "field", "before", "after"), REVOCATIONS)
def test_revocation_can_only_be_asked_for(context: Context, state: str, field: str, before: dict[str, t.Any], after: dict[str, t.Any]) -> None:
    result = key(context, None, state=state, key_id=KEY_ID, manual_timeout=60.0)
    assert result["pending"] and result["evidence"]["found"] is None and result["manual_steps"][-1]["field"] == field
    assert (result["diff"]["before"], result["diff"]["after"]) == (before, after)
    done = key(context, None, state=state, key_id=KEY_ID, confirmed=True)
    assert not done["changed"] and done["diff"]["before"] == done["diff"]["after"] == after


# ---------------------------------------------------------------------------------------------- the enforcement


def test_enforcement_is_pending_until_a_person_confirms_it(context: Context, tmp_path: Path) -> None:
    prefix = str(tmp_path / "runbook")
    first = enforcement(context, runbook=prefix)
    assert first["pending"] and first["changed"] and first["evidence"]["found"] is None and "Nothing published shows it" in first["evidence"]["detail"]
    assert first["enforced"] is None and enforcement(context, enforced=False)["enforced"] is None
    confirmed = enforcement(context, runbook=prefix, enforcement_confirmed=True)
    assert not confirmed["pending"] and confirmed["changed"] and confirmed["evidence"]["found"] is None and confirmed["enforced"] is True
    again = enforcement(context, runbook=prefix, enforcement_confirmed=True)
    assert not again["pending"] and not again["changed"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_enforcement_is_shown_as_it_was_seen_until_a_person_has_changed_it(context: Context, check_context: Context, check_mode: bool, wanted: bool) -> None:
    used = check_context if check_mode else context
    for was in (True, False):
        seen = {"enforcement": {"enabled": True, "scim_enabled": True, "scim_enforced": was, "base_url": None}}
        result = enforcement(used, enforced=wanted, seen=seen)
        assert (result["pending"], result["enforced"]) == (was is not wanted, was)


EARLY = "It was said before it was asked for: scim_provisioning_confirmed names %s"


def is_early(result: dict[str, t.Any], name: str) -> bool:
    """Told once, and where a person reads it."""
    said = EARLY % name
    assert result["pending"] is (said in result["evidence"]["detail"]) and result["step"]["found"].count(said) == result["pending"]
    return result["pending"]


def test_a_word_of_before_lifts_no_enforcement(context: Context, time: FakeTime, tmp_path: Path) -> None:
    def said(enforced: bool) -> bool:
        result = enforcement(context, enforced=enforced, runbook=str(tmp_path / "runbook"), enforcement_confirmed=True)
        return is_early(result, "enforcement")

    assert not said(True) and not (tmp_path / "runbook.json").exists()
    assert said(False) and not said(False) and not said(False)
    time.pass_(86400.0)
    assert said(False), "somebody may have enforced it meanwhile"
    # once it was lifted, it is something new, too
    assert said(True) and not said(True)
    time.pass_(86400.0)
    assert not said(True) and said(False)
    assert not is_early(enforcement(context, enforced=False, enforcement_confirmed=True), "enforcement")


def test_a_word_of_before_is_not_about_another_account(context: Context, time: FakeTime, tmp_path: Path) -> None:
    def said(state: str, **given: t.Any) -> bool:
        return is_early(account(context, **{"runbook": str(tmp_path / "runbook"), "state": state, "confirmed": True, **given}), "service_account")

    assert said("absent") and said("absent", name="Another") and said("absent") and not said("absent") and not said("absent")
    time.pass_(86400.0)
    assert said("absent") and said("present") and not said("present")
    time.pass_(86400.0)
    assert not said("present") and not said("absent", runbook=None)


@pytest.mark.parametrize("state, word", [("absent", "service_account"), ("present", "")])
def test_the_page_says_that_a_deletion_counts_by_a_word(context: Context, tmp_path: Path, state: str, word: str) -> None:
    account(context, state=state, runbook=str(tmp_path / "runbook"))
    page = (tmp_path / "runbook.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "runbook.json").read_text(encoding="utf-8"))["sections"][0]["word"] == word
    assert ("Your word, since nothing published shows it. Once the account is gone" in page) is (state == "absent")
    assert ("The next run tries a key of the account" in page) is (state == "present")


@pytest.mark.parametrize("name, state", [("JumpCloud SCIM", "done"), ("Another", "pending")])
def test_with_the_account_its_keys_are_gone(context: Context, check_context: Context, tmp_path: Path, name: str, state: str) -> None:
    runbook = str(tmp_path / "runbook")

    def revocation() -> str:
        sections = json.loads((tmp_path / "runbook.json").read_text(encoding="utf-8"))["sections"]
        return next(str(one["state"]) for one in sections if one["word"] == "retire_keys")

    key(context, None, state="pruned", key_id=KEY_ID, runbook=runbook)
    given = {"state": "absent", "name": name, "runbook": runbook}
    assert account(context, **given)["pending"] and revocation() == "pending"
    account(check_context, **given, confirmed=True)
    assert revocation() == "pending"
    assert not account(context, **given, confirmed=True)["pending"] and revocation() == state


def test_a_deletion_that_the_accounts_key_tells_of_needs_no_word(context: Context, http: ExactCalls, tmp_path: Path) -> None:
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    account(context, state="absent", runbook=str(tmp_path / "runbook"), key_id=KEY_ID, secret_key=SECRET)
    assert "scim_provisioning_confirmed" not in (tmp_path / "runbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("state", ["absent", "pruned"])
def test_a_word_of_before_is_not_about_the_keys_that_the_next_one_replaces(context: Context, tmp_path: Path, state: str) -> None:
    def said(key_id: str, runbook: str | None = str(tmp_path / "runbook")) -> bool:
        return is_early(key(context, None, state=state, key_id=key_id, runbook=runbook, confirmed=True), "retire_keys")

    assert said("second") and not said("second") and not said("second")
    assert said("third") and not said("third") and not said("fourth", None)


def test_enforcement_that_is_left_alone_asks_nobody(context: Context) -> None:
    assert not enforcement(context, enforced=None)["changed"]


# ----------------------------------------------------------------------------------------------------- the step


def step(name: str, found: str, **differs: t.Any) -> dict[str, t.Any]:
    nothing = {"changed": False, "did": [], "verified": [], "pending": False, "waiting": False, "reason": ""}
    return {"step": name, "method": "manual", "found": found, **nothing, **differs}


ASKED = {"changed": True, "did": ["ask"], "pending": True}
# an account and keys that are as wanted: a person's part is never taken from it; an enforcement that can be seen needs nobody's word
SEEN = {
    "service_account": {"account": {"id": "1", "name": "JumpCloud SCIM", "description": "", "created_at": None, "roles": [ROLE]}},
    "service_account_key": {"service_account_id": "1", "keys": [{"id": KEY_ID, "name": None, "created_at": None}]},
    "enforcement": {"enabled": True, "scim_enabled": True, "scim_enforced": True, "base_url": None},
}


@pytest.mark.parametrize("seen", [None, SEEN])
def test_step_tells_what_is_asked(context: Context, tmp_path: Path, seen: dict[str, t.Any] | None) -> None:
    results = [
        account(context, seen=seen),
        key(context, tmp_path / "secret", seen=seen),
        key(context, None, rotate="never", seen=seen),
        key(context, None, state="absent", key_id=KEY_ID, seen=seen),
        key(context, None, state="pruned", key_id=KEY_ID, seen=seen),
        enforcement(context, seen=seen),
    ]
    names = ["service_account", "service_account_key", "service_account_key", "service_account_key", "retire_keys", "enforcement"]
    for name, result in zip(names, results):
        assert result["step"] == step(name, result["evidence"]["detail"], **(ASKED if result["pending"] else {}))
    assert [result["pending"] for result in results] == [True, True, False, True, True, seen is None]


@pytest.mark.parametrize("check_mode", [True, False])
def test_step_of_what_is_done(context: Context, check_context: Context, http: ExactCalls, tmp_path: Path, check_mode: bool) -> None:
    used = check_context if check_mode else context
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    proven = "The SCIM service accepts the key, so its account exists and has the role (users: 0)."
    verified = [] if check_mode else ["key %s is accepted by the SCIM service" % KEY_ID]
    result = key(used, hand_over(tmp_path / "secret"))
    assert result["step"] == step("service_account_key", proven, changed=True, did=["take"], verified=verified)
    assert SECRET not in json.dumps(result["step"])
    http.expect("GET", USERS, reply(scim_list()), query=ONE)
    assert account(used, authorization_header=HEADER)["step"] == step("service_account", proven)
    confirmed = enforcement(used, enforcement_confirmed=True)["step"]
    assert confirmed == step("enforcement", "You say that it is done. Nothing published shows it.")
