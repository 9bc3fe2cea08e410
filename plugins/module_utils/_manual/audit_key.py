# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does to get a key for audits. The secret goes from Unity's dialog to where the audits get their credentials, and touches no file."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import (
    UNITY_ACCOUNTS,
    Steps,
    create_service_account,
    switch_organization,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import SOURCE, unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import ManualStep, Outcome
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence

STEP = "unity_audit_key"
SECTION = "Make a key for audits, so that they see people"
ROLES = ("SCIM Authenticator",)
DESCRIPTION = "Reads Unity's people for audits of SCIM provisioning"
VARIABLES = ENVIRONMENT["audit"]
KEEPER = "Where your audits get their credentials: the masked variables of a pipeline, a credential of AWX, or the environment"


def audit_key_step(organization_id: str, runbook: str | None, context: Context, reason: str = "") -> ManualStep:
    # the last of its steps is the command
    return ManualStep(STEP, SECTION, unity_tenant(organization_id), runbook, context, reason=reason, command="")


def ask_for_audit_key(organization_id: str, account: str, runbook: str | None, context: Context, reason: str = "") -> tuple[Steps, Outcome]:
    """What a person has to do, and how it stands: open, since nothing shows a key that nobody has given."""
    steps = _steps(organization_id, account, context.playbook("audit_key"))
    outcome = audit_key_step(organization_id, runbook, context, reason).carry_out(steps, lambda: Evidence(None, SOURCE, "No key for audits was given."))
    return steps, outcome


def _steps(organization_id: str, account: str, command: str) -> Steps:
    """Make the account and the key, keep it, and let a run prove it."""

    def step(where: str, do: str, why: str, field: str | None = None, value: t.Any = None) -> dict[str, t.Any]:
        return {"where": where, "do": do, "field": field, "value": value, "why": why}

    return [
        *switch_organization(organization_id),
        *create_service_account(account, DESCRIPTION, ROLES, "The key for audits has an account of its own, so that rotating JumpCloud's key leaves it alone."),
        step(UNITY_ACCOUNTS, "Select the account, then Add key in the Keys section.", "Audits read Unity's people with it.", "Service account", account),
        step(KEEPER, "Keep the key ID under this name.", "Unity shows the key this once.", "Key ID", VARIABLES["key_id"]),
        step(KEEPER, "Keep the secret key under this name, as a secret.", "It is not delivered to JumpCloud.", "Secret key", VARIABLES["secret_key"]),
        step("A terminal with both", "Run this.", "It shows that the key can read Unity's people.", "Command", command),
    ]
