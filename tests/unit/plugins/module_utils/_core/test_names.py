# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What messages call an option: only variables that the role has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.filter.scim_summary import OTHERS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named, variable_of

ROOT = Path(__file__).resolve().parents[5]


@pytest.mark.parametrize(
    "option, vendor, text",
    [
        ("region", "jumpcloud", "region (scim_provisioning_jumpcloud_region, JUMPCLOUD_REGION)"),
        ("organization_id", "unity", "organization_id (scim_provisioning_unity_organization_id, UNITY_ORGANIZATION_ID)"),
        ("expected_organization_id", "unity", "expected_organization_id (scim_provisioning_unity_expected_organization_id)"),
        ("key_id", "scim", "key_id (scim_provisioning_key_id, UNITY_SCIM_KEY_ID)"),
        ("key_id", "audit", "key_id (scim_provisioning_audit_key_id, UNITY_SCIM_AUDIT_KEY_ID)"),
        ("max_deprovisioned_users", "", "max_deprovisioned_users (scim_provisioning_max_deprovisioned_users)"),
        ("max_age", "", "max_age (scim_provisioning_key_max_age)"),
        ("ca_path", "", "ca_path (scim_provisioning_ca_path, REQUESTS_CA_BUNDLE)"),
        ("concurrency", "unity", "concurrency (scim_provisioning_concurrency)"),
    ],
)
def test_names(option: str, vendor: str, text: str) -> None:
    assert named(option, vendor) == text


def test_every_named_variable_is_one_of_the_role() -> None:
    specs = yaml.safe_load((ROOT / "roles" / "scim_provisioning" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    known = {name for spec in specs.values() for name in spec["options"]} | {variable_of(name) for name in OTHERS}
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "plugins" / "module_utils").glob("*/*.py")))
    calls = re.findall(r'\bnamed\("(\w+)"(?:, "(\w+)")?\)', text)
    assert len(calls) > 20
    shown = {re.search(r"scim_provisioning_\w+", named(option, vendor)) for option, vendor in calls}
    assert {match.group() for match in shown if match} - known == set()
