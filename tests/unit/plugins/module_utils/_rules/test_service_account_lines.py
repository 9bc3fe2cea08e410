# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a service account and its role: what was done, what stays and why."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.roles import Role
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.service_accounts import ClientSecret, ServiceAccount
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.client_secrets import NOT_REVOCABLE, SecretPolicy
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.service_account_plan import (
    Found,
    keep_role,
    lines_absent,
    lines_present,
    plan_absent,
    plan_present,
)

NOW = 1_800_000_000.0
ROLE = Role("r1", "Ansible", ("applications", "users.readonly"), True)
BUILT_IN = Role("r2", "Ansible", (), False)
HAS = "It has a client secret (client ID c%d, which ends on %s)."


def account(*ends: str) -> ServiceAccount:
    secrets = tuple(ClientSecret("s%d" % number, "c%d" % number, None, end, "ACTIVE") for number, end in enumerate(ends, 1))
    return ServiceAccount("a1", "Runner", "r1", "Ansible", "CLIENT_CREDENTIALS", secrets)


GONE = 'The service account "Runner" is gone.'


@pytest.mark.parametrize(
    "found, lines",
    [
        (Found(None, None, 0), ["There is nothing to remove."]),
        (Found(ROLE, account(), 1), [GONE, 'The custom role "Ansible" is gone.']),
        (Found(None, account(), 1), [GONE]),
        (Found(BUILT_IN, account(), 0), [GONE]),
        (Found(ROLE, account(), 1, ("Other", "Third")), [GONE, 'The role "Ansible" stays, since "Other", "Third" has it, too.']),
        (Found(ROLE, None, 1, ("Other",)), ['The role "Ansible" stays, since "Other" has it, too.']),
        (Found(None, None, 1, ("Other",)), ["There is nothing to remove."]),
    ],
)
def test_what_is_gone(found: Found, lines: list[str]) -> None:
    assert lines_absent(plan_absent(found, None, NOW), found) == lines


def test_a_role_in_use_stays() -> None:
    found = Found(ROLE, account(), 1)
    plan = keep_role(plan_absent(found, None, NOW))
    assert plan.after == {"role": (plan.before or {})["role"], "service_account": None}
    assert lines_absent(plan, found, role_in_use=True) == [GONE, 'The role "Ansible" stays, since JumpCloud says that it is in use.']


SCOPES = 'The role "Ansible" has exactly the scopes that audit, provision need: applications, users.readonly.'
SOON, LATER = "2027-01-15T09:00:00Z", "2027-03-01T00:00:00Z"


@pytest.mark.parametrize(
    "found, lines",
    [
        (Found(None, None, 0), ['The service account "Runner" is new.']),
        (Found(ROLE, account(LATER), 1), [HAS % (1, LATER)]),
        (
            Found(ROLE, account(), 1),
            ['The service account "Runner" gets a new client secret, since the account has no live client secret.'],
        ),
        (
            Found(ROLE, account(LATER, SOON), 1),
            [HAS % (2, SOON), HAS % (1, LATER), "Once nothing uses the older client secret: %s." % NOT_REVOCABLE],
        ),
        (
            Found(Role("r1", "Ansible", ("applications", "groups"), True), account(LATER), 1),
            ["Its scopes before were others: added users.readonly; removed groups.", HAS % (1, LATER)],
        ),
        (
            Found(Role("r1", "Ansible", ("applications",), True), account(LATER), 1),
            ["Its scopes before were others: added users.readonly.", HAS % (1, LATER)],
        ),
    ],
)
def test_what_is_there(found: Found, lines: list[str]) -> None:
    plan = plan_present(found, "Runner", "Ansible", ["applications", "users.readonly"], SecretPolicy("auto", 14, None), NOW)
    assert lines_present(plan, found, ["provision", "audit", "audit"], NOW) == [SCOPES, *lines]
