# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole simulation, without sockets: finds the service of a request, spoils, checks and logs."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass
from typing import Any

from . import insights, jumpcloud_auth, jumpcloud_errors, unity_errors, unity_observed, unity_scim
from .already_there import provision_before
from .bindings import StaleBindings
from .contracts import Contracts
from .control import Control
from .engine import Engine
from .faults import Faults
from .jumpcloud_accounts import ACCOUNTS, ROLES, JumpCloudAccounts
from .jumpcloud_console import JumpCloudConsole
from .jumpcloud_directory import JumpCloudDirectory
from .jumpcloud_providers import JumpCloudProviders
from .jumpcloud_provisioning import JumpCloudProvisioning
from .lies import Lies
from .request_log import RequestLog
from .state import State
from .unity_admin import UnityAdmin
from .wire import NoRoute, NotJSON, Refused, Request, Response

SERVICES = (
    ("control", re.compile(r"/_simulator(/|\Z)")),
    ("unity-admin", re.compile(r"/auth/v1/")),
    ("unity-observed", re.compile(r"/api/(auth|unity)/")),
    ("unity-scim", re.compile(r"/scim/v2/")),
    ("jumpcloud-oauth", re.compile(r"/oauth2/")),
    ("insights", re.compile(r"/insights/directory/")),
    ("jumpcloud-provisioning", re.compile(r"/api/v2/(provision/|applications/[^/]+/provision(/|\Z))")),
    ("jumpcloud", re.compile(r"/api/")),
)


@dataclass
class Answer:
    """What goes back over the socket, and how it is spoiled on the way."""

    response: Response
    spoil: str | None = None
    """None, "drop" or "truncate"."""


class Simulation:
    def __init__(
        self,
        seed: dict[str, Any],
        state: State | None = None,
        log_path: str | None = None,
        latency_seconds: float = 0.0,
        engine_delay_seconds: float = 0.0,
        check_contracts: bool = True,
    ) -> None:
        self.base_url = ""
        self._seed = seed
        self._latency_seconds = latency_seconds
        self._engine_delay_seconds = engine_delay_seconds
        self.log = RequestLog(log_path)
        self.faults = Faults()
        self.lies = Lies(seed)
        self.stale = StaleBindings()
        self.contracts = Contracts() if check_contracts else None
        self.state = state or _state_from(seed)
        self.engine = Engine(self.state, engine_delay_seconds)
        self._control = Control(self)

    def start(self, base_url: str) -> None:
        self.base_url = base_url
        self.state.place(base_url)
        self.engine.start()
        self.engine.trigger()

    def stop(self) -> None:
        """To be called while requests are still answered: the engine's last ones are among them."""
        self.engine.stop()

    def reset(self, seed: dict[str, Any] | None = None) -> None:
        """Begin anew: state, log, faults, lies and violations."""
        begun_with = seed if seed is not None else self._seed
        state, lies = _state_from(begun_with), Lies(begun_with)
        self.engine.stop()
        self.lies = lies
        self.faults.clear()
        self.stale.clear()
        self.log.clear()
        if self.contracts:
            self.contracts.clear()
        state.place(self.base_url)
        self.state = state
        self.engine = Engine(state, self._engine_delay_seconds)
        self.engine.start()
        self.engine.trigger()

    def answer(self, request: Request) -> Answer:
        service = next((name for name, pattern in SERVICES if pattern.match(request.path)), "unknown")
        if service == "control":
            return Answer(self._control.handle(request))
        if self._latency_seconds:
            time.sleep(self._latency_seconds)
        rule = self.faults.take(request, service)
        action = rule.action if rule else None
        shown_path, shown_query = self._redacted(request.path), self._redacted(request.query_string)

        def log(status: int | None) -> None:
            self.log.add(request, service, status, action, shown_path, shown_query)

        if rule and action == "drop_before":
            log(None)
            return Answer(Response(503), "drop")
        if rule and action == "slow":
            time.sleep(rule.seconds)
        if rule and action in ("status", "json", "html", "empty") and not rule.with_effect:
            response = rule.spoiled(service)
        else:
            response = self._serve(service, request, rule.seconds if rule and action == "stale" else 0.0)
            # what is checked against the contracts is the honest answer
            response = self.lies.told(request, service, response, lambda other: self._dispatch(service, other, 0.0))
            if rule and action in ("status", "json", "html", "empty"):
                response = rule.spoiled(service)
        if rule and rule.meanwhile:
            self._control.handle(rule.meanwhile)
        _finish(response, service)
        log(None if action in ("drop_after", "hang") else response.status)
        if rule and action == "hang":
            # the effect is there and the log tells it, but the client hears nothing: the moment to kill it
            time.sleep(rule.seconds)
        return Answer(response, {"drop_after": "drop", "hang": "drop", "truncate": "truncate"}.get(action or ""))

    def _serve(self, service: str, request: Request, stale_seconds: float) -> Response:
        operation = self.contracts.operation(request) if self.contracts else None
        try:
            response = self._dispatch(service, request, stale_seconds)
        except Refused as refused:
            response = refused.response
        except NoRoute as error:
            response = jumpcloud_errors.refusal(error.status, str(error)).response
        except NotJSON as error:
            response = jumpcloud_errors.refusal(400, f"Expected a JSON object: {error}", []).response
        if self.contracts and operation:
            self.contracts.record(operation, "request", operation.request_errors(request))
            self.contracts.record(operation, "response", operation.response_errors(request, response))
        return response

    def _dispatch(self, service: str, request: Request, stale_seconds: float) -> Response:
        try:
            return self._dispatched(service, request, stale_seconds)
        finally:
            if request.method != "GET" and service.startswith("jumpcloud"):
                self.state.touch()

    def _dispatched(self, service: str, request: Request, stale_seconds: float) -> Response:
        state, trigger = self.state, self.engine.trigger
        if service == "unity-admin":
            return UnityAdmin(state, self.base_url).handle(request)
        if service == "unity-observed":
            return unity_observed.handle(state, request)
        if service == "unity-scim":
            return unity_scim.handle(state, self.base_url, request)
        if service == "jumpcloud-oauth":
            return jumpcloud_auth.issue_token(state, request)
        if service == "insights":
            return insights.handle(state, request)
        if service == "jumpcloud-provisioning":
            return JumpCloudProvisioning(state, trigger).handle(request)
        if service == "jumpcloud" and request.path.startswith("/api/v2/providers/"):
            return JumpCloudProviders(state).handle(request)
        if service == "jumpcloud" and request.path.startswith((ROLES, ACCOUNTS)):
            return JumpCloudAccounts(state).handle(request)
        if service == "jumpcloud" and request.path.startswith("/api/v2/"):
            return JumpCloudDirectory(state, self.stale, trigger).handle(request, stale_seconds)
        if service == "jumpcloud":
            return JumpCloudConsole(state).handle(request)
        return Response(404, {"message": f"the simulator plays nothing at {self._redacted(request.path)}"})

    def _redacted(self, text: str) -> str:
        return "(held a secret)" if self.state.secrets.is_in(text) else text


def _state_from(seed: dict[str, Any]) -> State:
    state = State.from_seed(seed)
    provisioned = (seed.get("generate") or {}).get("provisioned")
    if provisioned:
        provision_before(state, provisioned)
    return state


def _finish(response: Response, service: str) -> None:
    """Request ids in every answer. The headers' names are assumed for both vendors."""
    name = unity_errors.REQUEST_ID if service.startswith("unity") else "x-request-id"
    response.set_default_header(name, str(uuid.uuid4()))
    if response.body is not None:
        response.set_default_header("Content-Type", "application/json")
