# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin jumpcloud_organizations does."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import asdict, dataclass, fields

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.options import parse
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import (
    Organization,
    organizations_of_key,
    organizations_of_provider,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.pairs import Pair, pairs_of, require_room, unity_ids


@dataclass(frozen=True)
class Options:
    """The options of jumpcloud_organizations."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    provider_id: str | None
    unity_organizations: dict[str, t.Any]
    host_names: str


class Found(t.NamedTuple):
    """``rows`` are what JumpCloud published, for the cache; ``variables`` those of each pair's host."""

    rows: list[dict[str, t.Any]]
    pairs: list[Pair]
    variables: dict[str, dict[str, t.Any]]

    def require_room(self, there: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
        """ScimError where they can't stand beside the hosts that other sources have given; ``there`` has the variables of those."""
        require_room(self.pairs, there)


def run(params: dict[str, t.Any], context: Context, remembered: t.Any = None) -> Found:
    """The organizations as pairs. Of ``remembered`` rows they are made without a request, unless an organization is mapped that came later."""
    options = parse(Options, params)
    mapping = unity_ids(options.unity_organizations)
    cached = _organizations_of(remembered)
    if cached is not None:
        with contextlib.suppress(ScimError):
            return _found(options, cached, mapping)
    organizations = _listed(options, context)
    if not organizations and not mapping:
        context.warn("%s, so the inventory is empty. %s" % _about_nothing(options))
    return _found(options, organizations, mapping)


def _listed(options: Options, context: Context) -> list[Organization]:
    client = JumpCloudConnection(options.jumpcloud, open_transport(options.http, context)).across_organizations
    return organizations_of_provider(client, options.provider_id) if options.provider_id else organizations_of_key(client)


def _found(options: Options, organizations: list[Organization], mapping: dict[str, str]) -> Found:
    pairs = pairs_of(organizations, mapping, by_id=options.host_names == "id")
    region = options.jumpcloud.region.strip().lower()
    return Found([asdict(one) for one in organizations], pairs, {pair.host: pair.variables(region) for pair in pairs})


def _about_nothing(options: Options) -> tuple[str, str]:
    if options.provider_id:
        what = "The provider %s has no organizations" % quoted(options.provider_id)
        return what, "Check provider_id and %s, or create the first organization in the multi-tenant portal." % named("region", "jumpcloud")
    return "The JumpCloud credentials reach no organization", "Check whose they are, or give provider_id to list the organizations of a provider."


def _organizations_of(remembered: t.Any) -> list[Organization] | None:
    """What is in the cache; None where nothing is, or what another version, or somebody else, has put there."""
    names = {one.name for one in fields(Organization)}
    if not isinstance(remembered, list) or not all(isinstance(row, dict) and set(row) == names and isinstance(row["id"], str) for row in remembered):
        return None
    return [Organization(**row) for row in remembered]
