# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preflight reads of Unity, over one connection. Whatever is not as it must be is a ScimError."""

from __future__ import annotations

import typing as t
from contextlib import suppress
from dataclasses import asdict

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import domain_key, email_domain
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.parallel import results_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import parse_authorization_header
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import open_transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import unity_organization, unity_scim_connector, unity_service_account
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_contract import OddAnswers
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.preflight_reads import Once, Reads
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import enforcement, instructions, service_account, service_account_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.instructions import assumed_step
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.secret_file import SecretFile, WrongContent
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.service_account import prove, unity_tenant
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual.steps import left_to_a_person, open_sections
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.evidence import CONFIRMED
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.held_key import HeldKey
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import KeyPolicy, oldest_first
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.methods import AUTO, Method, MethodFacts, choose_method, needs_second_look
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.verdicts import API, DONE, MANUAL, UNPROVEN, Found
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.client import UnityConnection
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.organizations import Organizations, Sso
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.scim import ScimService, base_url_from
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key, ServiceAccounts

# the sections of the runbook in which a person may have been asked for what a side does
LEFT = {"unity": (service_account.STEP, service_account_key.STEP), "enforcement": (enforcement.STEP,)}
STEP_OF = {"unity": "service_account"}


class UnityReads:
    """As JumpCloudReads. ``header``: that of the supplied key."""

    def __init__(self, options: Reads, context: Context, header: str | None, runbook: str | None, odd_answers: OddAnswers):
        self._options = options
        self._context = context
        self._header = header
        self._runbook = runbook
        self._odd_answers = odd_answers
        self._tenant = unity_tenant(options.owner.organization.organization_id)
        self.transport = open_transport(options.http, context)
        self._connection = connection = UnityConnection(options.owner, self.transport)
        self._organizations = Organizations(connection.admin, connection.services, connection.organization_id)
        self._sso = Once(self._read_sso)
        self._organization = Once(self._organizations.read)
        administration = ("Unity administration", *(("Unity",) if options.owner.exchange_token else ()))
        self.services = {
            "single_sign_on": ("Unity", "Unity administration"),
            "service_account": administration,
            "connector_url": ("Unity SCIM",),
            "enforcement": administration,
        }
        self.seen: dict[str, t.Any] = {}
        self.keys: list[Key] = []
        self.live_key_ids: frozenset[str] | None = None
        self.methods: dict[str, Method] = {}

    def by_method(self, side: str, wanted: str, by_api: t.Callable[[], Found], has_credentials: bool) -> Found:
        """Look by the API as far as it goes. Where a person does the step instead, the reason is what is found, unless it is done already."""
        method = choose_method(MethodFacts(wanted, has_credentials))
        found: Found | None = None
        if method is None or method.method == API:
            try:
                found = by_api()
                method = choose_method(MethodFacts(wanted, asked=self._left_to_a_person(side) if wanted == AUTO else ""))
            except ScimError as error:
                accepts = wanted == AUTO and needs_second_look(error) and self._is_accepted()
                method = choose_method(MethodFacts(wanted, error=error, accepts=accepts))
                self._odd_answers.note(STEP_OF.get(side, side), error, method is not None)
                if method is None:
                    raise
        self.methods[side] = t.cast(Method, method)
        reason = self.methods[side].reason
        if found and (found.verdict == DONE or self.methods[side].method == API):
            return found
        return Found(MANUAL, "A person does it%s." % (": " + reason if reason else ""))

    def _left_to_a_person(self, side: str) -> str:
        return left_to_a_person(self._runbook, self._tenant, *LEFT.get(side, ()))

    @property
    def waits_for_key(self) -> bool:
        """An earlier run has asked a person for a key in the secret file."""
        return bool(open_sections(self._runbook, self._tenant, service_account_key.STEP))

    @property
    def kept_by_open_pruning(self) -> str | None:
        return service_account_key.kept_by_open_pruning(self._runbook, self._tenant, self._options.service_account or "")

    def _is_accepted(self) -> bool:
        """Whether the endpoint that Unity's own packages call takes the credentials for this organization."""
        with suppress(ScimError):
            self._organization()
            return True
        return False

    def _read_sso(self) -> Sso:
        sso = self._organizations.sso()
        self.seen["enforcement"] = {"enabled": sso.enabled, "scim_enabled": sso.scim_enabled, "scim_enforced": sso.scim_enforced, "base_url": sso.base_url}
        return sso

    def single_sign_on(self, test_email: str | None) -> Found:
        """It is set up, and so is the domain of the test user. That it can be read shows that the credentials reach the organization."""
        with assumed_step(unity_organization.STEP, instructions.read_sso_settings()):
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
        return Found(DONE, "Single sign-on is enabled%s." % (", and the domain %s is validated" % domain if domain else ""))

    def enforcement(self) -> Found:
        """It can be read."""
        wanted = bool(self._options.enforced)
        with assumed_step(unity_scim_connector.STEP, instructions.set_enforcement(wanted)):
            is_enforced = self._sso().scim_enforced
        return Found(DONE if is_enforced == wanted else API, "SCIM provisioning is %senforced." % ("" if is_enforced else "not "))

    def enforcement_by_word(self, found: Found) -> Found:
        """A person's word, where it can be about what is wanted; else ``found``."""
        options, said = self._options, enforcement.WORD in self._options.confirmed
        if said and enforcement.word_counts(options.owner.organization, bool(options.enforced), self._runbook, self._context):
            return Found(DONE, CONFIRMED.detail)
        return found

    def accounts(self) -> Found:
        """The account with its roles and keys; there may be none yet."""
        name = self._options.service_account
        if not name:
            raise ScimError("service_account is needed to look the account up.", "Set scim_provisioning_service_account.")
        steps = instructions.create_service_account(name, self._options.description, self._options.roles or ())
        with assumed_step(unity_service_account.STEP, steps):
            gateway = ServiceAccounts(self._connection.admin, self._connection.organization_id)
            account = unity_service_account.find_account(gateway, None, name)
            account_id = account.id if account else ""
            roles, keys = results_of(lambda: gateway.roles(account_id), lambda: oldest_first(gateway.keys(account_id))) if account else ((), [])
        policy = KeyPolicy(self._options.policy.key_name, "never", None, None, 0)
        self.seen["service_account"] = {"account": {**asdict(account), "roles": list(roles)} if account else None}
        self.seen["service_account_key"] = {
            "service_account_id": account.id if account else None,
            "keys": [{**key.as_result(), "managed": policy.is_managed(key)} for key in keys],
        }
        self.keys, self.live_key_ids = keys, frozenset(key.id for key in keys)
        return Found(DONE, "The account exists.") if account else Found(API, "There is no such account yet.")

    @property
    def base_url(self) -> str:
        return base_url_from(self._options.owner.organization, self._options.base_url)

    def connector_url(self) -> Found:
        """The address is one that a key may be sent to, and the supplied key works there."""
        base_url = self.base_url
        if self._header is not None:
            service = ScimService(base_url, self._header, self.transport)
            service.count_users()
            service.features()
            return Found(DONE, "The SCIM service accepts the supplied key.")
        return Found(UNPROVEN, "%s; a key will prove it." % ("It is given" if self._options.base_url else "It is derived from the organization's ID"))

    def accepts(self, header: str) -> bool:
        """Whether the SCIM service knows the key. Every other refusal is an error."""
        try:
            ScimService(self.base_url, header, self.transport).count_users()
        except ApiError as error:
            if error.status != 401:
                raise
            return False
        return True

    def key_in_secret_file(self, path: str, handed_over: str | None) -> HeldKey | None:
        """The key in the file, if there is another one than that which is handed over anyway; ScimError for a file that must not be used."""
        try:
            header = SecretFile(path).read()
        except WrongContent as error:
            self._context.warn("%s is left as it is: %s" % (quoted(path), error.sentence()))
            return None
        key_id = parse_authorization_header(header)[0] if header else None
        if header is None or key_id is None or key_id == handed_over:
            return None
        evidence = prove(ScimService(self.base_url, header, self.transport))
        return HeldKey(key_id, bool(evidence.found), evidence.contradicts != "Keys")
