# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a step without a published API is done by an assumed endpoint or by a person. Pure.

With ``auto`` an assumed endpoint is used where it proves itself. A person does the step where the endpoint is not there, answers otherwise than
assumed, or refuses credentials that another endpoint of the same service takes. A timeout, a limit of the rate, a server's failure and refused
credentials change nothing of that: they are errors.
"""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, AssumptionFailed, ScimError, UnexpectedAnswer

AUTO, API, MANUAL = "auto", "api", "manual"
NO_CREDENTIALS = "no credentials of an owner or manager were given"
BY_WORD = "which key JumpCloud uses is known by your word alone, so none is revoked"
DELIVERED_BEFORE = "an earlier run has delivered the key, and whether JumpCloud still uses it can't be told, so none is revoked"
# where another endpoint takes the same credentials, one that answers so is not what it was assumed to be
REFUSED = {
    **dict.fromkeys((401, 403), "the assumed endpoint refuses credentials that the service takes elsewhere"),
    404: "the assumed endpoint does not exist, as far as can be seen",
    **dict.fromkeys((301, 302, 303, 307, 308), "the assumed endpoint leads elsewhere, such as to a login page"),
}


@dataclass(frozen=True)
class MethodFacts:
    """What the choice is made of.

    ``wanted``: auto, api or manual. ``has_credentials``: somebody who may do the step by the API has given some. ``error``: why the API can't be used,
    as it has shown itself. ``accepts``: another endpoint of the service takes the same credentials. ``wrote``: the error came with a write.
    ``unproven``: the endpoint says that there is nothing, in the vendor's form of an error, which is also what a missing endpoint says. ``works``:
    published evidence shows that the step is done all the same. ``beside_manual``: a person does the other console's steps anyway. ``asked``: why an
    earlier run, with the same facts, has left it to a person; empty unless that is still to be done.
    """

    wanted: str
    has_credentials: bool = True
    error: ScimError | None = None
    accepts: bool = False
    wrote: bool = False
    unproven: bool = False
    works: bool = False
    beside_manual: bool = False
    asked: str = ""


@dataclass(frozen=True)
class Method:
    """``method``: api or manual. ``reason``: a clause; empty where the operator chose it. ``proven``: an answer has shown that the method works."""

    method: str
    reason: str
    proven: bool

    def as_result(self) -> dict[str, t.Any]:
        return asdict(self)


def choose_method(facts: MethodFacts) -> Method | None:
    """The method of a step; None where the error stays an error."""
    if facts.wanted != AUTO:
        return None if facts.error else Method(facts.wanted, "", proven=facts.wanted == MANUAL or not facts.unproven)
    if not facts.has_credentials:
        return Method(MANUAL, NO_CREDENTIALS, proven=True)
    if facts.error is not None:
        why = _why_by_hand(facts, facts.error)
        return Method(MANUAL, why, proven=True) if why else None
    if facts.unproven and facts.works:
        return Method(MANUAL, "it works, and the assumed endpoint knows nothing of it", proven=True)
    if facts.asked:
        return Method(MANUAL, facts.asked, proven=True)
    if not facts.unproven:
        return Method(API, "the endpoint answers as assumed", proven=True)
    if facts.beside_manual:
        return Method(MANUAL, "whether the assumed endpoint exists is not proven, and a person does the other console's steps anyway", proven=True)
    return Method(API, "whether the assumed endpoint exists is not proven: its 404 can also mean that nothing is configured yet", proven=False)


def needs_second_look(error: ScimError) -> bool:
    """Whether it matters if another endpoint of the service takes the same credentials: an assumed one, which alone has a name, has refused them."""
    is_refusal = isinstance(error, ApiError) and not isinstance(error, (UnexpectedAnswer, AssumptionFailed))
    return is_refusal and not error.secret_sent and t.cast(ApiError, error).endpoint is not None and t.cast(ApiError, error).status in REFUSED


def holds(reason: str) -> bool:
    """Whether what has left a step to a person holds in the next run, too: the operator's choice, credentials, and what the events tell, may be others then."""
    return reason not in ("", NO_CREDENTIALS, BY_WORD, DELIVERED_BEFORE)


def _why_by_hand(facts: MethodFacts, error: ScimError) -> str | None:
    """Why a person does the step; None where the error is no reason for it."""
    if error.secret_sent or not isinstance(error, ApiError) or (facts.wrote and error.outcome != "refused"):
        return None
    if isinstance(error, (UnexpectedAnswer, AssumptionFailed)):
        return "the assumed endpoint did not answer as assumed: expected %s, got %s" % (error.expected, error.got.rstrip("."))
    if facts.accepts and error.status in REFUSED:
        return "%s (HTTP %d)" % (REFUSED[error.status], error.status)
    return None
