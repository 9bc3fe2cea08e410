# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first hour on a pair whose unpublished endpoints are not there: three runs from nothing to a green audit with people, and one sitting at the consoles."""

from __future__ import annotations

import json

from simulator.operator import Operator, header_of
from stories.pair import GROUPS, PEOPLE, Pair
from stories.test_auto import pending, spoil

AUDIT_ACCOUNT = "JumpCloud SCIM audit"


def test_three_runs_and_one_sitting(pair: Pair) -> None:
    for side in ("unity", "jumpcloud"):
        spoil(pair, side, "status", {"status": 404})
    nobody = {"UNITY_ACCESS_TOKEN": None}
    first = pair.play("provision", env=nobody).succeeded()
    assert pending(first) == ["service_account", "identity_management"] and first.writes == []
    state = json.loads((pair.machine / "scim-runbook" / "localhost" / "scim.json").read_text(encoding="utf-8"))
    assert [section["step"] for section in state["sections"]] == ["unity_service_account", "jumpcloud_scim_app", "unity_audit_key"]

    operator = Operator(pair.url)
    operator.create_account()
    operator.activate(header_of(*operator.create_key()))
    operator.create_account(AUDIT_ACCOUNT)
    key_id, secret_key = operator.create_key(AUDIT_ACCOUNT)
    kept = {**nobody, "UNITY_SCIM_AUDIT_KEY_ID": key_id, "UNITY_SCIM_AUDIT_SECRET_KEY": secret_key}

    second = pair.play("provision", env=kept).succeeded()
    assert pending(second) == [] and pair.bound_groups() == GROUPS and pair.people() == PEOPLE
    audit = pair.play("audit", env=kept)
    assert audit.rc == 0 and audit.writes == [] and audit.said("In sync: all 7 steps are as wanted, and all 3 expected people have their accounts")


def test_whoever_has_a_key_for_audits_is_not_asked_for_one(pair: Pair) -> None:
    given = {"UNITY_ACCESS_TOKEN": None, "UNITY_SCIM_AUDIT_KEY_ID": "given", "UNITY_SCIM_AUDIT_SECRET_KEY": "SENTINEL-audit-secret-4d"}
    pair.play("provision", env=given).succeeded()
    assert AUDIT_ACCOUNT not in (pair.machine / "scim-runbook" / "localhost" / "scim.md").read_text(encoding="utf-8")
