# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight reads of both vendors: each thing at most once, over one connection to each. Whatever is not as it must be is a ScimError."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, field

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import domain_key, email_domain
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import HttpSettings, Transport, open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.applications import Application, ApplicationChoice, open_application
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.associations import Associations
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.client import JumpCloudAccess, JumpCloudConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.directory import Directory
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import Events
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import require_reachable_organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.provisioning import Provisioning
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import jumpcloud_group_binding as bindings
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import jumpcloud_scim_app as scim_app
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import unity_organization, unity_scim_connector, unity_service_account
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_people import GroupChange
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import instructions
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile, WrongContent
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import prove
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._people.guard import DeprovisionGuard
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.activation import evidence_of_activity, read_history, unknown_settings
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import BESIDE_JUMPCLOUD, UnityConnection, UnityOwner
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.organizations import Organizations, Sso
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimService, base_url_from
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import ServiceAccounts

Value = t.TypeVar("Value")


class _Once(t.Generic[Value]):
    """A read that is made at most once. What failed fails again, with the same error."""

    def __init__(self, read: t.Callable[[], Value]):
        self._read = read
        self._outcome: tuple[Value | None, ScimError | None] | None = None

    def __call__(self) -> Value:
        if self._outcome is None:
            try:
                self._outcome = self._read(), None
            except ScimError as failure:
                self._outcome = None, failure
        value, error = self._outcome
        if error:
            raise error
        return t.cast(Value, value)


@dataclass(frozen=True)
class Reads:
    """The options that say where to look, and for what."""

    http: HttpSettings
    jumpcloud: JumpCloudAccess
    target: ApplicationChoice
    owner: UnityOwner = field(metadata=BESIDE_JUMPCLOUD)
    policy: KeyPolicy
    base_url: str | None
    service_account: str | None
    description: str | None
    roles: tuple[str, ...] | None
    groups: tuple[str, ...]
    groups_state: str
    max_deprovisioned_users: int
    enforced: bool | None
    unity_method: str
    jumpcloud_method: str
    enforcement_method: str


class JumpCloudReads:
    """``seen`` is what the modules that write can be given, by name; ``in_use`` and the like are known once the identity management was read."""

    def __init__(self, options: Reads, context: Context, transport: Transport):
        self._options = options
        self._context = context
        self._connection = JumpCloudConnection(options.jumpcloud, transport)
        self._directory = Directory(self._connection.console)
        self.application = _Once(self._find_application)
        self.services = ("JumpCloud", "JumpCloud OAuth")
        self.seen: dict[str, t.Any] = {}
        self.in_use = self.has_header = self.is_pending = False
        self.is_active: bool | None = None
        self.group_change: GroupChange | None = None

    def _find_application(self) -> Application:
        application = open_application(self._connection, self._options.target)
        self.seen["application"] = application.as_result()
        return application

    def require_new_test_user(self, email: str) -> None:
        require_reachable_organization(self._connection.across_organizations, self._options.jumpcloud)
        if self._directory.holders(email):
            raise ScimError(
                "The test user's email %s is in use in JumpCloud. Nothing was changed." % email,
                "Set scim_provisioning_test_email to an address that neither JumpCloud nor Unity knows.",
            )

    def identity_management(self) -> None:
        application = self.application()
        if self._options.jumpcloud_method == "manual":
            self._read_events(application.id)
            return
        with assumed_step(scim_app.STEP, instructions.configure_identity_management(application.title, {})):
            found = Provisioning(self._connection.console, application.id).read()
        self.seen["identity_management"] = found.as_result() if found else None
        self.is_active = found is not None and found.active
        if found:
            self.has_header, self.is_pending = found.header_value_set, found.pending_reactivation
            # JumpCloud provisions with the header value that it has; nothing has to be delivered for that
            self.in_use = found.active and found.is_tested and not found.pending_reactivation

    def _read_events(self, application_id: str) -> None:
        """The events tell it: provisioning was activated, and no later call was refused."""
        history = read_history(Events(self._connection.insights), application_id, self._context.clock.wall())
        evidence = evidence_of_activity(history, None, False, None)
        self.seen["identity_management"] = {**unknown_settings(scim_app.SETTINGS, history.status), "evidence": evidence.as_result()}
        self.is_active = None if history.status is None else history.status == "active"
        self.in_use = self.has_header = bool(evidence.found)

    def found(self) -> str:
        """In words, how the identity management was."""
        if "identity_management" not in self.seen:
            return "identity management was not read"
        nothing = "unknown: no event tells" if self._options.jumpcloud_method == "manual" else "not configured"
        return "identity management is %s" % ((self.seen["identity_management"] or {}).get("status") or nothing)

    def require_bindable(self) -> None:
        """The groups are known, and unbinding those that are not wanted would not take more people their access than allowed."""
        options, associations = self._options, Associations(self._connection.console, self.application().id)
        groups = {group.id: group for group in self._directory.groups()}
        wanted = bindings.resolve_groups(options.groups, groups, options.groups_state, self._context)
        bound = associations.group_ids()
        plan = bindings.make_plan(options.groups_state, wanted, bound, groups)
        self.seen["user_groups"] = {
            "wanted": sorted((groups[group_id].as_result() for group_id in wanted), key=lambda group: (group["name"], group["id"])),
            "bound": (plan.before or {})["groups"],
        }
        added, removed = (frozenset(action.values["id"] for action in plan.actions if action.verb == verb) for verb in ("bind", "unbind"))
        self.group_change = GroupChange(self._directory, associations, added, removed)
        if removed:
            DeprovisionGuard(self._directory, associations, options.max_deprovisioned_users, options.http.concurrency).plan(removed, added)


class UnityReads:
    """As JumpCloudReads. ``header``: that of the supplied key."""

    def __init__(self, options: Reads, context: Context, header: str | None):
        self._options = options
        self._context = context
        self._header = header
        self.transport = open_transport(options.http, context)
        self._connection = connection = UnityConnection(options.owner, self.transport)
        self._organizations = Organizations(connection.admin, connection.services, connection.organization_id)
        self._sso = _Once(self._read_sso)
        administration = ("Unity administration", *(("Unity",) if options.owner.exchange_token else ()))
        self.services = {
            "single_sign_on": ("Unity", "Unity administration"),
            "service_account": administration,
            "connector_url": ("Unity SCIM",),
            "enforcement": administration,
        }
        self.seen: dict[str, t.Any] = {}
        self.live_key_ids: frozenset[str] | None = None

    def _read_sso(self) -> Sso:
        sso = self._organizations.sso()
        self.seen["enforcement"] = {"enabled": sso.enabled, "scim_enabled": sso.scim_enabled, "scim_enforced": sso.scim_enforced, "base_url": sso.base_url}
        return sso

    def require_sso(self, test_email: str | None) -> None:
        """The credentials reach the organization, its single sign-on is set up, and so is the domain of the test user."""
        with assumed_step(unity_organization.STEP, instructions.read_sso_settings()):
            self._organizations.read()
            sso = self._sso()
        if not sso.enabled:
            raise ScimError(
                "Single sign-on is not enabled in the Unity organization. Nothing was changed.",
                "Set it up in the Unity Dashboard (Administration > Single sign on) first.",
            )
        domain = email_domain(test_email)
        validated = sorted(name for name, is_validated in sso.domains.items() if is_validated)
        self.seen["single_sign_on"] = {"validated_domains": validated}
        if domain and domain not in map(domain_key, validated):
            raise ScimError(
                "The domain %s of the test user is not a validated domain of the Unity organization (validated: %s). Nothing was changed."
                % (domain, ", ".join(validated) or "none"),
                "Validate it in the Unity Dashboard (Administration > Single sign on), or choose another scim_provisioning_test_email.",
            )

    def enforcement(self) -> None:
        """It can be read."""
        with assumed_step(unity_scim_connector.STEP, instructions.set_enforcement(bool(self._options.enforced))):
            self._sso()

    def accounts(self) -> None:
        """The account with its roles and keys; there may be none yet."""
        name = self._options.service_account
        if not name:
            raise ScimError("service_account is needed to look the account up.", "Set scim_provisioning_service_account.")
        steps = instructions.create_service_account(name, self._options.description, self._options.roles or ())
        with assumed_step(unity_service_account.STEP, steps):
            gateway = ServiceAccounts(self._connection.admin, self._connection.organization_id)
            account = unity_service_account.find_account(gateway, None, name)
            roles = gateway.roles(account.id) if account else ()
            keys = oldest_first(gateway.keys(account.id)) if account else []
        policy = KeyPolicy(self._options.policy.key_name, "never", None, None, 0)
        self.seen["service_account"] = {"account": {**asdict(account), "roles": list(roles)} if account else None}
        self.seen["service_account_key"] = {
            "service_account_id": account.id if account else None,
            "keys": [{**key.as_result(), "managed": policy.is_managed(key)} for key in keys],
        }
        self.live_key_ids = frozenset(key.id for key in keys)

    def prove_connector(self) -> None:
        """The address is one that a key may be sent to, and the supplied key works there."""
        base_url = base_url_from(self._options.owner.organization, self._options.base_url)
        if self._header is not None:
            service = ScimService(base_url, self._header, self.transport)
            service.count_users()
            service.features()

    def key_in_secret_file(self, path: str) -> str | None:
        """The ID of the key in the file, if there is one that works; ScimError for a file that must not be used."""
        try:
            header = SecretFile(path).read()
        except WrongContent as error:
            self._context.warn("%s is left as it is: %s" % (quoted(path), error.sentence()))
            return None
        if header is None or not prove(ScimService(base_url_from(self._options.owner.organization, self._options.base_url), header, self.transport)).found:
            return None
        return parse_authorization_header(header)[0]
