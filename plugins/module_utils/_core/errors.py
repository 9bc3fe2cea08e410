# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as exceptions that are safe to print.

None of them can hold a request header, a request body or a whole answer, so none can carry a secret out.
"""

from __future__ import annotations

import difflib
import json
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import shortened, visible

# so many of a list of ids are named
MAX_WHICH = 5


def quoted(name: t.Any) -> str:
    """Show a name from a vendor or an operator on one line: quotes, newlines and all that can't be seen are escaped, and the end is cut off."""
    return visible(json.dumps(shortened(str(name)), ensure_ascii=False))


def which(ids: t.Sequence[str], number: int) -> str:
    """The first of the ids that are known, in brackets, where ``number`` things are meant; nothing where none is known."""
    named = [quoted(identifier) for identifier in ids[:MAX_WHICH]]
    return " (%s)" % ", ".join(named + (["%d more" % (number - len(named))] if number > len(named) else [])) if named else ""


def with_suggestion(entry: str, names: t.Iterable[str]) -> str:
    """A name that is not among these, with the nearest of them."""
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(entry.casefold(), by_folded, n=1)
    return quoted(entry) + (" (did you mean %s?)" % quoted(by_folded[close[0]]) if close else "")


class ScimError(Exception):
    """A failure that an operator can act on.

    ``hint`` says what to do next. ``details`` holds further facts for the module's result, all of them printable. ``secret_sent``: a secret had been
    sent by then, in a step whose endpoint is assumed.
    """

    secret_sent = False

    def __init__(self, message: str, hint: str | None = None, **details: t.Any):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def sentence(self) -> str:
        """The message for people: what failed, and what to do next."""
        return self.message if not self.hint else "%s %s" % (self.message, self.hint)

    def as_result(self) -> dict[str, t.Any]:
        """The fields of the failed module result, beside ``msg``."""
        return dict(self.details)


class ApiError(ScimError):
    """A request that did not succeed.

    ``outcome`` tells what is known of its effect: ``refused`` (an answer came, nothing was done), ``not_sent``
    (it never reached the service) or ``unknown`` (it was sent, and no answer came back). ``retry_after``: so many seconds the service wants to be
    left alone. ``endpoint``: method and path of one that is assumed, as the contract names it, and ``shape``: what its answer is like, without a value of it.
    """

    retry_after: float | None = None
    endpoint: str | None = None
    shape: dict[str, t.Any] | None = None

    def __init__(
        self,
        message: str,
        *,
        service: str,
        operation: str,
        status: int | None = None,
        code: str | int | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        hint: str | None = None,
        outcome: str = "refused",
    ):
        super().__init__(message, hint)
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retryable = retryable
        self.outcome = outcome

    def as_result(self) -> dict[str, t.Any]:
        return {
            **super().as_result(),
            "error": {
                "service": self.service,
                "operation": self.operation,
                "status": self.status,
                "code": self.code,
                "request_id": self.request_id,
                "retryable": self.retryable,
                "hint": self.hint,
                "outcome": self.outcome,
                **({"shape": self.shape} if self.shape else {}),
            },
        }


class UnexpectedAnswer(ApiError):
    """An answer that is not what the contract says: HTML, nothing, truncated JSON, a wrong type, a missing route."""

    def __init__(self, message: str, *, expected: str, got: str, **fields: t.Any):
        super().__init__(message, **fields)
        self.expected = expected
        self.got = got


class AssumptionFailed(ApiError):
    """An endpoint that the vendor does not publish answered otherwise than assumed: stop, and let a person do the step."""

    def __init__(self, step: str, manual_steps: list[dict[str, t.Any]], cause: UnexpectedAnswer, secret_sent: bool = False):
        super().__init__(
            "%s: the service has no published API for this step, and it did not answer as this collection assumes. "
            "Expected %s, but got %s. %s" % (step, cause.expected, cause.got, "The secret had been sent by then." if secret_sent else "No secret was sent."),
            service=cause.service,
            operation=cause.operation,
            status=cause.status,
            code=cause.code,
            request_id=cause.request_id,
            hint="Do the step in the vendor's console; manual_steps lists it click by click. Last answer: %s"
            % " ".join(part for part in (cause.message, cause.hint) if part),
            outcome=cause.outcome,
        )
        self.endpoint, self.shape = cause.endpoint, cause.shape
        self.secret_sent = secret_sent
        self.step = step
        self.expected = cause.expected
        self.got = cause.got
        self.manual_steps = manual_steps

    def as_result(self) -> dict[str, t.Any]:
        result = super().as_result()
        result["error"].update(step=self.step, expected=self.expected, got=self.got)
        result["manual_steps"] = self.manual_steps
        return result
