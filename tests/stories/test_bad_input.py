# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators get wrong: the message tells what, and nothing is changed, or the key of this run is revoked again."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.testing import ORGANIZATION, TEST_EMAIL
from stories.pair import GROUPS, PEOPLE, Pair, Seed, application_of, finished, unity_of

OTHER_ORGANIZATION = "5f0a1b2c3d4e5f6071829399"


def sso_is_off(seed: Seed) -> None:
    unity_of(seed)["sso"]["enabled"] = False


def unity_has_the_test_user(seed: Seed) -> None:
    unity_of(seed)["users"] = [{"userName": TEST_EMAIL, "emails": [{"value": TEST_EMAIL}]}]


def all_accounts_are_taken(seed: Seed) -> None:
    unity_of(seed)["service_accounts"] = [{"name": f"Account {number}"} for number in range(50)]


def all_keys_are_taken(seed: Seed) -> None:
    unity_of(seed)["service_accounts"] = [{"name": "JumpCloud SCIM", "keys": [{"secret": f"SENTINELtakenkeysecret{number:04d}"} for number in range(20)]}]


# what is given or not, and what the last message says; none of them lets the run write anything
REFUSED_AT_ONCE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no credentials for Unity": (
        {"env": {"UNITY_ACCESS_TOKEN": None}, "extra_vars": {"scim_provisioning_unity_method": "api"}},
        ["No credentials for Unity. Set access_token (scim_provisioning_unity_access_token, UNITY_ACCESS_TOKEN)"],
    ),
    "no credentials for JumpCloud": (
        {"env": {"JUMPCLOUD_API_KEY": None}},
        ["No credentials for JumpCloud. Set api_key (scim_provisioning_jumpcloud_api_key, JUMPCLOUD_API_KEY)"],
    ),
    "wrong credentials for Unity": (
        {"env": {"UNITY_ACCESS_TOKEN": "SENTINEL-wrong-token-1a"}},
        ["single_sign_on, service_account, enforcement: Unity administration: cannot read the single sign-on settings: HTTP 401", "Get a new access token"],
    ),
    "wrong credentials for JumpCloud": (
        {"env": {"JUMPCLOUD_API_KEY": "SENTINEL-wrong-key-2b"}},
        ["application, test_user, identity_management, user_groups: JumpCloud: cannot list the applications: HTTP 401", "API access is off by default"],
    ),
    "two kinds of credentials": (
        {"env": {"JUMPCLOUD_CLIENT_ID": "example-client", "JUMPCLOUD_CLIENT_SECRET": "SENTINEL-client-secret-55d0"}},
        ["mutually exclusive: api_key|client_id"],
    ),
    "no Unity organization": (
        {"env": {"UNITY_ORGANIZATION_ID": None}},
        ["No Unity organization.", "Set organization_id (scim_provisioning_unity_organization_id, UNITY_ORGANIZATION_ID)"],
    ),
    "another Unity organization": (
        {"extra_vars": {"scim_provisioning_unity_expected_organization_id": "99999999999999"}},
        ['The Unity organization is "12345678901234", but "99999999999999" is expected. Nothing was changed.'],
    ),
    "another JumpCloud organization": (
        {"extra_vars": {"scim_provisioning_jumpcloud_expected_organization_id": OTHER_ORGANIZATION}},
        ["5f0a1b2c3d4e5f6071829301", f'but "{OTHER_ORGANIZATION}" is expected. Nothing was changed.'],
    ),
    "a JumpCloud organization that is not theirs": (
        {"extra_vars": {"scim_provisioning_jumpcloud_organization_id": OTHER_ORGANIZATION}},
        [
            "HTTP 404",
            f"Organization {OTHER_ORGANIZATION} not found",
            "Check the id, organization_id (scim_provisioning_jumpcloud_organization_id, JUMPCLOUD_ORGANIZATION_ID) and region (",
        ],
    ),
    "a JumpCloud organization that is no id": (
        {"extra_vars": {"scim_provisioning_jumpcloud_organization_id": "Example Studio"}},
        ['must be a JumpCloud organization ID of 24 hexadecimal digits, not "Example Studio"'],
    ),
    "an unknown application": (
        {"extra_vars": {"scim_provisioning_application": "Unitty"}},
        ['JumpCloud has no application labelled "Unitty" (did you mean "Unity"?). Its applications: "Unity", "Meetings".'],
    ),
    "an unknown application id": (
        {"extra_vars": {"scim_provisioning_application": None, "scim_provisioning_application_id": "64aa00000000000000000099"}},
        ['JumpCloud has no application with the id "64aa00000000000000000099"'],
    ),
    "a label of two applications": (
        {"seed": "twins"},
        [
            'JumpCloud has 2 applications labelled "Unity": 64aa00000000000000000001',
            "64aa00000000000000000002",
            "Set application_id (scim_provisioning_application_id) to the right one.",
        ],
    ),
    "single sign-on is off": ({"change": sso_is_off}, ["Single sign-on is not enabled in the Unity organization. Nothing was changed."]),
    "a domain that is not validated": (
        {"extra_vars": {"scim_provisioning_test_email": "scim-test@draft.example.net"}},
        ["The domain draft.example.net of the test user is not a validated domain of the Unity organization (validated: example.com). Nothing was changed."],
    ),
    "a test user who is in JumpCloud": (
        {"extra_vars": {"scim_provisioning_test_email": "Ada@Example.com"}},
        ["The test user's email Ada@Example.com is in use in JumpCloud. Nothing was changed."],
    ),
    "no groups": ({"extra_vars": {"scim_provisioning_groups": None}}, ["scim_provisioning_groups"]),
    "a wrong groups state": (
        {"extra_vars": {"scim_provisioning_groups_state": "exactly"}},
        ["value of scim_provisioning_groups_state must be one of: present, exact, got: exactly"],
    ),
    "no room for an account": ({"change": all_accounts_are_taken}, ["HTTP 400: Limit Exceeded: The organization already has 50 service accounts"]),
}


@pytest.mark.parametrize("case", REFUSED_AT_ONCE)
def test_refused_before_anything_is_changed(pair: Pair, case: str) -> None:
    given, says = REFUSED_AT_ONCE[case]
    pair.begin(given.get("seed", "empty"), given.get("change"))
    pair.more_secrets += [value for value in (given.get("env") or {}).values() if value and value.startswith("SENTINEL")]
    run = pair.play("provision", extra_vars=given.get("extra_vars"), env=given.get("env"))
    run.failed(*says)
    if case == "no room for an account":
        assert all(entry["status"] == 400 for entry in run.entries if entry["write"])
    else:
        assert run.writes == []
    assert pair.is_untouched() and pair.account() is None


def test_no_room_for_a_key(pair: Pair) -> None:
    pair.begin("empty", all_keys_are_taken)
    run = pair.play("provision").failed("The service account has 20 keys, and 20 are allowed. No key was created.", "20 by others")
    assert not any(write.endswith("/keys") for write in run.writes)
    assert len(pair.keys()) == 20 and pair.identity_management() is None and run.stats["rescued"] == 1


def test_account_name_is_taken_by_an_account_that_is_not_listed(pair: Pair) -> None:
    pair.fault("status", "unity-admin", "POST", "/service-accounts$", status=409)
    pair.play("provision").failed("HTTP 409", "The name is in use by an account that the list did not show.")
    assert pair.account() is None and pair.is_untouched()


BAD_ADDRESSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "trailing slash": ({"scim_provisioning_base_url": "{url}/scim/v2/tenants/{organization}/"}, ["base_url must not end with a slash"]),
    "plain http": ({"scim_provisioning_base_url": "http://services.api.unity.com/scim/v2/tenants/{organization}"}, ["base_url must start with https://"]),
    "another host": (
        {"scim_provisioning_base_url": "https://evil.example/scim/v2/tenants/{organization}"},
        ['the host "evil.example", which is not Unity\'s API'],
    ),
    "another tenant": ({"scim_provisioning_base_url": "{url}/scim/v2/tenants/99999999999999"}, ['belongs to the organization "99999999999999"']),
    "group management": (
        {"scim_provisioning_group_management": True},
        ["Group management was asked for, but Unity's guide for JumpCloud says not to enable it."],
    ),
}


@pytest.mark.parametrize("case", BAD_ADDRESSES)
def test_bad_address_is_refused_before_a_key_exists(pair: Pair, case: str) -> None:
    given, says = BAD_ADDRESSES[case]
    texts = {"url": pair.url, "organization": ORGANIZATION}
    extra_vars = {name: value.format(**texts) if isinstance(value, str) else value for name, value in given.items()}
    run = pair.play("provision", extra_vars=extra_vars)
    run.failed(*says)
    assert run.writes == [] and pair.account() is None and pair.is_untouched()


def test_address_that_does_not_answer_is_found_by_the_first_use_of_the_key(pair: Pair) -> None:
    given = {"scim_provisioning_base_url": f"http://127.0.0.1:9/scim/v2/tenants/{ORGANIZATION}", "scim_provisioning_time_budget": 1}
    run = pair.play("provision", extra_vars=given, may_warn=True)
    run.failed("Unity SCIM: cannot count the users: no connection", "which was created in this run and could not be delivered, was revoked.")
    assert pair.account() and pair.is_untouched()
    assert "jumpcloud-provisioning" not in {entry["service"] for entry in run.entries if entry["write"]}


def test_test_user_who_is_in_unity_is_found_before_jumpcloud_gets_the_key(pair: Pair) -> None:
    pair.begin("empty", unity_has_the_test_user)
    run = pair.play("provision")
    run.failed(f"The test user's email {TEST_EMAIL} is in use in Unity. JumpCloud was not changed.", "was revoked.")
    assert pair.is_untouched() and run.stats["rescued"] == 1


def test_unknown_group_is_named_with_a_suggestion(pair: Pair) -> None:
    pair.begin("configured", finished)
    run = pair.play("provision", extra_vars={"scim_provisioning_groups": ["unity artist", "Nobody's group"]})
    run.failed('JumpCloud has no user group "unity artist" (did you mean "Unity Artists"?), "Nobody\'s group".', "Nothing was changed.")
    assert run.writes == []


def test_unknown_group_on_an_empty_pair_is_found_before_anything_is_changed(pair: Pair) -> None:
    run = pair.play("provision", extra_vars={"scim_provisioning_groups": ["Unity Artistes"]})
    run.failed('JumpCloud has no user group "Unity Artistes" (did you mean "Unity Artists"?)', "Nothing was changed.")
    assert run.writes == []


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("name", ["application", "test_email", "groups"])
def test_what_no_run_can_do_without_is_not_empty(pair: Pair, name: str, value: str | None) -> None:
    """The answer that a survey did not get takes the place of what the job template has."""
    run = pair.play("provision", extra_vars={f"scim_provisioning_{name}": value}).failed(f"scim_provisioning_{name}")
    assert run.entries == []


NAMES = ["{{ 1/0 }} \"quoted\" 'single'", "über-Künstler ✨ {% if %}", "two\nlines\tand \x07 bell", "{{ lookup('pipe', 'touch {mark}') }}"]


def test_names_from_jumpcloud_are_never_templated(pair: Pair) -> None:
    """Names that would fail, or run a command, if they were templates: bound, and one of them only suggested."""
    mark = pair.machine / "templated"
    names = [name.replace("{mark}", str(mark)) for name in NAMES]

    def strange(seed: Seed) -> None:
        groups = seed["jumpcloud"]["groups"]
        groups += [{"id": f"64cc0000000000000000001{number}", "name": name, "members": ["ada@example.com"]} for number, name in enumerate(names)]
        application_of(seed).update(displayName="{{ 1/0 }}", description="{{ 1/0 }}", displayLabel="Unity {{ 1/0 }}")
        unity_of(seed)["name"] = "{{ 1/0 }} Studio"

    pair.begin("empty", strange)
    ids = [f"64cc0000000000000000001{number}" for number in range(len(names))]
    given = {"scim_provisioning_application": None, "scim_provisioning_application_id": "64aa00000000000000000001", "scim_provisioning_groups": ids}
    first = pair.play("provision", diff=True, extra_vars=given).succeeded()
    assert sorted(group["name"] for group in first.result("The user groups are bound to the application")["groups"]) == sorted(names)
    assert pair.bound_groups() == sorted(names) and pair.people() == ["ada@example.com"]
    assert pair.play("audit", diff=True, extra_vars={**given, "scim_provisioning_check_people": False}).succeeded().changed == 0
    unknown = pair.play(
        "provision", extra_vars={**given, "scim_provisioning_groups": ["{{ '{{' }} 1/0 }} quoted single"], "scim_provisioning_groups_state": "exact"}
    )
    unknown.failed('(did you mean "{{ 1/0 }} \\"quoted\\" \'single\'"?)')
    beyond = pair.play("provision", extra_vars={**given, "scim_provisioning_groups": ids[:0], "scim_provisioning_groups_state": "exact"})
    beyond.failed("Unbinding would take 1 person their access")
    label = pair.play("provision", extra_vars={"scim_provisioning_application": "Unity"})
    label.failed('JumpCloud has no application labelled "Unity". Its applications: "Unity {{ 1/0 }}", "Meetings".')
    assert not mark.exists()


def test_description_with_quotes_braces_and_lines_arrives_as_it_is(pair: Pair, tmp_path: Any) -> None:
    vars_file = tmp_path / "description.yml"
    vars_file.write_text(
        'scim_provisioning_service_account_description: !unsafe "Say \\"hi\\" \'there\' {{ 1/0 }}\\nsecond line ✨ \\\\ end"\n', encoding="utf-8"
    )
    given = ["-e", f"@{vars_file}"]
    pair.play("provision", *given, diff=True).succeeded()
    account = pair.account()
    assert account and account["description"] == "Say \"hi\" 'there' {{ 1/0 }}\nsecond line ✨ \\ end"
    assert pair.people() == PEOPLE and pair.bound_groups() == GROUPS
    assert pair.play("provision", *given).succeeded().writes == []
