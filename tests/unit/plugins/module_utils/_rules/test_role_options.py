# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variable of the role gives which option."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import OPTIONS, options_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import looked_at

ARGUMENT_SPECS = Path(__file__).resolve().parents[5] / "roles" / "scim_provisioning" / "meta" / "argument_specs.yml"
NEEDED = {"application": "Unity", "test_email": "scim-test@example.com", "groups": ["Unity Artists"]}


def given(whose: str, **values: t.Any) -> dict[str, t.Any]:
    """With what no run can do without."""
    if whose == "scim_preflight_info":
        values = {**NEEDED, **values}
    return options_of(whose, lambda variable: values.get(variable.removeprefix("scim_provisioning_")), lambda path: "/here/" + path)


def test_each_vendor_has_its_own_organization() -> None:
    values = {"unity_organization_id": "1", "jumpcloud_organization_id": "2"}
    assert given("unity", **values) == {"organization_id": "1"}
    assert given("jumpcloud", **values) == {"organization_id": "2"}
    assert given("scim_key_retirement", **values)["unity_organization_id"] == "1"


def test_both_vendors_share_how_requests_are_made() -> None:
    values = {"time_budget": 60, "concurrency": 2, "ca_path": "ca.pem"}
    assert given("unity", **values) == given("jumpcloud", **values) == {**values, "ca_path": "/here/ca.pem"}
    assert {name: given("scim_preflight_info", **values)[name] for name in values} == given("unity", **values)


@pytest.mark.parametrize("value", [False, 0, [], "no"])
def test_what_is_not_empty_is_given(value: t.Any) -> None:
    assert given("scim_preflight_info", check_sso=value)["check_sso"] == value


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_empty_is_not_given(value: t.Any) -> None:
    assert given("unity", organization_id=value, access_token=value, ca_path=value) == {}


@pytest.mark.parametrize("value", [None, "", " ", ",", " , "])
@pytest.mark.parametrize("entry", ["", "preflight", "audit", "rotate", "deprovision"])
def test_what_an_entry_point_needs_is_not_empty(entry: str, value: t.Any) -> None:
    """The answer that a survey did not get is no list of no groups. What the argument spec requires is refused, and the application, which has two names."""
    specs = yaml.safe_load(ARGUMENT_SPECS.read_text(encoding="utf-8"))["argument_specs"][entry or "main"]["options"]
    required = [name for name in ("test_email", "groups") if specs.get("scim_provisioning_" + name, {}).get("required")]
    assert required, entry
    for name in ("application", *required):
        with pytest.raises(ScimError, match=r"^scim_provisioning_%s is empty\. Nothing was changed\.$" % name) as refused:
            given("scim_preflight_info", **{name: value}, __scim_provisioning_entry=entry)
        assert refused.value.hint
    for name in {"test_email", "groups"} - set(required):
        assert given("scim_preflight_info", **{name: value}, __scim_provisioning_entry=entry)
    assert given("scim_preflight_info", application=value, application_id="5f", __scim_provisioning_entry=entry)["application_id"] == "5f"


def test_no_groups_are_groups() -> None:
    assert given("scim_preflight_info", groups=[])["groups"] == []


def test_an_option_of_another_name() -> None:
    assert given("scim_preflight_info", key_max_age=90)["max_age"] == 90 and "max_age" not in given("scim_preflight_info", max_age=90)


@pytest.mark.parametrize(
    "values, rotate",
    [
        ({}, "always"),
        ({"rotate": ""}, "always"),
        ({"rotate": "auto"}, "always"),
        ({"rotate": "auto", "key_max_age": ""}, "always"),
        ({"key_max_age": 90}, "auto"),
        ({"rotate": "auto", "key_max_age": "0.5"}, "auto"),
        ({"rotate": "always", "key_max_age": 90}, "always"),
    ],
)
def test_whoever_asks_for_a_rotation_gets_one_whatever_all_runs_are_told(values: dict[str, t.Any], rotate: str) -> None:
    assert given("scim_preflight_info", **values, __scim_provisioning_entry="rotate")["rotate"] == rotate
    for entry in (None, "audit", "preflight"):
        assert given("scim_preflight_info", **values, __scim_provisioning_entry=entry).get("rotate") == (values.get("rotate") or None)


def test_a_rotation_that_is_forbidden_is_refused() -> None:
    with pytest.raises(ScimError, match="A rotation was asked for, but scim_provisioning_rotate is 'never'. Nothing was changed."):
        given("scim_preflight_info", rotate="never", key_max_age=90, __scim_provisioning_entry="rotate")
    assert given("scim_preflight_info", rotate="never")["rotate"] == "never"


@pytest.mark.parametrize("entry, limit", [(None, 0), ("preflight", 0), ("deprovision", 0), ("audit", None)])
def test_an_audit_which_binds_nothing_has_no_limit_of_new_accounts(entry: str | None, limit: int | None) -> None:
    assert given("scim_preflight_info", max_created_users=0, __scim_provisioning_entry=entry).get("max_created_users") == limit


@pytest.mark.parametrize("whose", ["scim_preflight_info", "jumpcloud_group_binding"])
def test_an_audit_shows_what_the_guard_would_refuse(whose: str) -> None:
    def limit(value: int | None, entry: str) -> int | None:
        return t.cast("int | None", given(whose, max_deprovisioned_users=value, __scim_provisioning_entry=entry).get("max_deprovisioned_users"))

    assert [limit(2, entry) for entry in ("", "preflight", "rotate", "deprovision")] == [2, 2, 2, 2] and limit(None, "") is None
    assert limit(2, "audit") == limit(None, "audit") == 1000000000
    assert "max_deprovisioned_users" not in given("jumpcloud_scim_app", max_deprovisioned_users=2, __scim_provisioning_entry="audit")


@pytest.mark.parametrize("folder, path", [(None, "scim-runbook/pair-1/scim"), ("", "scim-runbook/pair-1/scim"), ("book", "book/scim")])
def test_each_host_has_a_runbook(folder: str | None, path: str) -> None:
    assert given("unity_scim_connector", runbook_dir=folder, inventory_hostname="pair-1") == {"runbook": "/here/" + path}


def test_no_variable_gives_two_options() -> None:
    assert all(len(set(options.values())) == len(options) for options in OPTIONS.values())


@pytest.mark.parametrize("folder, path", [(None, "scim-runbook/pair-1"), ("book/", "book")])
def test_only_a_preflight_reports_odd_answers_beside_the_runbook(folder: str | None, path: str) -> None:
    values = {"runbook_dir": folder, "inventory_hostname": "pair-1"}
    found = given("scim_preflight_info", **values, __scim_provisioning_entry="preflight")
    assert os.path.normpath(found["contract_report"]) == os.path.normpath("/here/%s/contract-report.json" % path)
    assert "contract_report" not in given("scim_preflight_info", **values, __scim_provisioning_entry="audit")
    assert "contract_report" not in given("scim_preflight_info", **values)


@pytest.mark.parametrize(
    "entry, tags, left_out, options",
    [
        ("rotate", ["all"], [], {"activates": False, "makes_account": False}),
        ("", ["all"], [], {}),
        ("", ["all"], ["service_account"], {"makes_account": False}),
        ("", ["all"], ["service_account", "identity_management"], {"left_out": ["identity_management"]}),
        ("", ["identity_management"], [], {"makes_account": False}),
        ("", ["identity_management", "user_groups"], [], {"makes_account": False}),
        ("", ["identity_management", "service_account"], [], {}),
        ("", ["identity_management", "service_account"], ["service_account"], {"makes_account": False}),
        # no key is made
        ("", ["user_groups"], [], {}),
        # what a tag of the playbook is at can't be told
        ("", ["identity_management", "scim"], [], {}),
        ("audit", ["identity_management"], [], {}),
        ("preflight", ["all"], ["service_account"], {}),
        ("deprovision", ["service_account"], [], {}),
        ("", ["all"], ["identity_management"], {"left_out": ["identity_management"]}),
    ],
)
def test_what_a_run_leaves_to_another_one(entry: str, tags: list[str], left_out: list[str], options: dict[str, t.Any]) -> None:
    found = given("scim_preflight_info", __scim_provisioning_entry=entry, ansible_run_tags=tags, ansible_skip_tags=left_out)
    assert {name: value for name, value in found.items() if name in ("activates", "makes_account", "left_out")} == options


@pytest.mark.parametrize(
    "entry, options",
    [
        ("", {"fail": True}),
        ("rotate", {"fail": True, "activates": False}),
        ("deprovision", {"fail": True, "preview_people": False}),
        ("preflight", {"fail": False, "preview_people": True}),
        ("audit", {"fail": False, "preview_people": False}),
    ],
)
def test_what_an_entry_point_looks_for(entry: str, options: dict[str, t.Any]) -> None:
    found = given("scim_preflight_info", __scim_provisioning_entry=entry, ansible_run_tags=["all"])
    assert {name: found[name] for name in ("fail", "preview_people", "activates") if name in found} == options
    assert found["steps"] == looked_at(["all"], entry)


def test_tags_that_leave_a_step_without_what_it_needs() -> None:
    with pytest.raises(ScimError, match="needs what connector_url finds out"):
        given("scim_preflight_info", ansible_run_tags=["all"], ansible_skip_tags=["connector_url"])


def test_what_the_store_told_before_the_look() -> None:
    empty = {"has_store": False, "stored_key": {}, "key": {"key_id": "", "secret_key": ""}}
    assert {"stored_key", "store_error", "key_id", "secret_key"}.isdisjoint(found := given("scim_preflight_info", __scim_provisioning_given=empty))
    assert found["has_store"] is False
    stored, supplied = {"key_id": "s", "secret_key": "t"}, {"key_id": "k", "secret_key": "l"}
    told = given(
        "scim_preflight_info",
        __scim_provisioning_given={"has_store": True, "stored_key": stored, "key": supplied},
        __scim_provisioning_vaulted_key={"msg": "The file can't be read."},
    )
    assert told["has_store"] is True and told["stored_key"] == stored and told["store_error"] == "The file can't be read."
    assert told["key_id"] == "k" and told["secret_key"] == "l"
