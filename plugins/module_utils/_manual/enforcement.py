# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The enforcement of SCIM provisioning with enforcement_method=manual. Nothing published shows it, so a person's word is all there is."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import open_step, plan_of, step_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import SITTING, ManualStep
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import Evidence, Word
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityOrganization, require_organization

STEP = "unity_scim_connector"
WORD = "enforcement"
TITLE = "Enforcement of SCIM provisioning"


def enforce_by_hand(
    organization: UnityOrganization, enforced: bool, evidence: Evidence | None, is_confirmed: bool, runbook: str | None, context: Context, reason: str
) -> dict[str, t.Any]:
    """Ask for the one click until there is evidence: a person's word, or Unity's settings where they can be read."""
    step = _open(organization, enforced, runbook, context, reason)
    step.word = WORD
    steps = [*instructions.switch_organization(require_organization(organization)), *instructions.set_enforcement(enforced)]
    word = Word(WORD, is_confirmed, _counts(step, enforced))
    said = word.instead_of(Evidence(None, "none", "Nothing published shows it."), "Once you have seen it there")
    outcome = step.carry_out(steps, lambda: evidence or said)
    if not outcome.pending:
        step.close()
    plan = plan_of(outcome, TITLE, {"enforced": enforced}, None, {"enforced": None})
    return {**plan.as_result(), **outcome.as_result(), "step": step_of("enforcement", plan, outcome)}


def word_counts(organization: UnityOrganization, enforced: bool, runbook: str | None, context: Context) -> bool:
    return _counts(_open(organization, enforced, runbook, context), enforced)


def _counts(step: ManualStep, enforced: bool) -> bool:
    """That it is enforced may have been so before anybody asked. That it is not is an act, and so is enforcing it after it was lifted."""
    return step.has_asked(remembered=math.inf if enforced else SITTING) or (enforced and step.previous is None)


def _open(organization: UnityOrganization, enforced: bool, runbook: str | None, context: Context, reason: str = "") -> ManualStep:
    return open_step(STEP, "%s SCIM provisioning" % ("Enforce" if enforced else "Do not enforce"), organization, runbook, context, reason=reason)
