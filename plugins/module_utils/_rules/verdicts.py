# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each step stands and will be done: a verdict for each probe. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer

API, MANUAL, UNPROVEN, DONE, BLOCKED = "api", "manual", "unproven", "done", "blocked"
WHAT_IT_NAMES = "what the message names"
NOTHING_CHANGED = "Nothing was changed. These steps can not run as they are set up now:"
# the playbook that comes next
NEXT = {API: "provision", MANUAL: "provision", UNPROVEN: "provision", DONE: "audit", BLOCKED: "preflight"}


@dataclass(frozen=True)
class Remedy:
    """What to set where a step does not run. ``only_by_hand``: it helps where an assumed endpoint answered otherwise; any other message names its own."""

    variable: str
    only_by_hand: bool = False


# each step, in the order of the guide
REMEDIES = {
    "application": Remedy("scim_provisioning_application or scim_provisioning_application_id"),
    "test_user": Remedy(WHAT_IT_NAMES),
    "single_sign_on": Remedy("scim_provisioning_check_sso=false, once you have checked it yourself", True),
    "service_account": Remedy("scim_provisioning_unity_method=auto or manual, or scim_provisioning_key_id and scim_provisioning_secret_key", True),
    "connector_url": Remedy("scim_provisioning_base_url, scim_provisioning_key_id or scim_provisioning_secret_key"),
    "identity_management": Remedy("scim_provisioning_jumpcloud_method=auto or manual", True),
    "user_groups": Remedy("scim_provisioning_groups or scim_provisioning_max_deprovisioned_users"),
    "enforcement": Remedy("scim_provisioning_enforcement_method=auto or manual", True),
}
STEPS = tuple(REMEDIES)


class NotTried(ScimError):
    """A probe that was not made, since that of the step ``cause`` has shown that it can't succeed."""

    def __init__(self, message: str, cause: str):
        super().__init__("%s, see %s." % (message, cause))
        self.cause = cause


class Found(t.NamedTuple):
    """How a step stands that nothing speaks against: ``verdict`` is api, manual, unproven or done; ``reason`` is one sentence."""

    verdict: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """``reason`` is one sentence. ``variable``: what to set where the step can't run; else empty. ``playbook``: the one that comes next.

    ``cause``: the step that the same is in the way of, and that tells it; empty where this one does.
    """

    step: str
    verdict: str
    reason: str
    playbook: str
    variable: str = ""
    cause: str = ""

    @property
    def stops(self) -> bool:
        return self.verdict == BLOCKED

    @property
    def line(self) -> str:
        return "%s: %s. %s%s" % (self.step, self.verdict, " ".join(self.reason.split()), " Set %s." % self.variable if self.variable else "")

    def as_result(self) -> dict[str, t.Any]:
        return asdict(self)


def judge(step: str, found: Found | ScimError, show: t.Callable[[ScimError], str] = ScimError.sentence) -> Verdict:
    """``show`` makes the reason of an error, without secrets."""
    if isinstance(found, Found):
        return Verdict(step, found.verdict, found.reason, NEXT[found.verdict])
    remedy = REMEDIES[step]
    variable = WHAT_IT_NAMES if remedy.only_by_hand and not isinstance(found, AssumptionFailed) else remedy.variable
    if isinstance(found, NotTried):
        # its remedy is where the cause is told
        return Verdict(step, BLOCKED, show(found), NEXT[BLOCKED], cause=found.cause)
    return Verdict(step, BLOCKED, show(found), NEXT[BLOCKED], variable)


def is_unreachable(error: ScimError) -> bool:
    """Whether the service gave no answer at all, so that asking it for something else is useless."""
    if not isinstance(error, ApiError) or isinstance(error, (UnexpectedAnswer, AssumptionFailed)):
        return False
    return error.outcome == "not_sent" or (error.status is None and error.retryable)


def refuses_credentials(error: ScimError) -> bool:
    """Whether the service does not know who asks, so that asking it for something else is refused as well."""
    return isinstance(error, ApiError) and not isinstance(error, (UnexpectedAnswer, AssumptionFailed)) and error.status == 401


class Causes:
    """Remembers what was in the way of which step, so that one cause is told once."""

    def __init__(self) -> None:
        # by service: what is the matter with it, and the step that tells it
        self._useless: dict[str, tuple[str, str]] = {}
        self._known: list[tuple[ScimError, str]] = []

    def require_reachable(self, services: t.Iterable[str]) -> None:
        """Raise NotTried if one of these services gave no answer before, or refused the credentials."""
        for service in services:
            if service in self._useless:
                said, step = self._useless[service]
                raise NotTried(said % service, step)

    def told(self, step: str, error: ScimError) -> ScimError:
        """The error, or where it has been told for another step, a hint to that one."""
        for known, first in self._known:
            if known is error:
                return NotTried("What it needs could not be read", first)
        self._known.append((error, step))
        if isinstance(error, ApiError) and (is_unreachable(error) or refuses_credentials(error)):
            if error.service in self._useless:
                # both were under way when it happened
                said, first = self._useless[error.service]
                return NotTried(said % error.service, first)
            self._useless[error.service] = ("%s refuses the credentials" if refuses_credentials(error) else "%s could not be reached"), step
        return error


def stops_of(verdicts: t.Iterable[Verdict]) -> list[str]:
    """Why steps can't run: one line for each cause, which begins with all the steps that it is in the way of."""
    stopped = [verdict for verdict in verdicts if verdict.stops]
    return [
        "%s: %s" % (", ".join([one.step, *(other.step for other in stopped if other.cause == one.step)]), " ".join(one.reason.split()))
        for one in stopped
        if not one.cause
    ]


def refusal(verdicts: t.Iterable[Verdict]) -> list[str]:
    """What is said of all steps that can't run; nothing if there are none."""
    stops = stops_of(verdicts)
    return [NOTHING_CHANGED, *stops] if stops else []


def takes_down(steps: t.Sequence[str] | None) -> bool:
    """Whether these are the steps of a run that takes provisioning down: it asks for no proof of the connector."""
    return steps is not None and "identity_management" in steps and "connector_url" not in steps


def in_order(steps: t.Collection[str] | None) -> list[str]:
    """Those that are asked for, or all, in the order of the vendor's guide."""
    return [step for step in STEPS if step in (steps or STEPS)]


def stopped_by(error: ScimError, steps: t.Iterable[str], shown: t.Callable[[ScimError], str]) -> list[Verdict]:
    """The verdicts where nothing can be asked of anybody: one cause for all steps."""
    causes = Causes()
    return [judge(step, causes.told(step, error), shown) for step in steps]


def as_result(verdicts: t.Sequence[Verdict]) -> dict[str, t.Any]:
    shown = [verdict.as_result() for verdict in verdicts]
    return {"verdicts": shown, "lines": [verdict.line for verdict in verdicts], "stops": stops_of(verdicts), "manual_steps": []}
