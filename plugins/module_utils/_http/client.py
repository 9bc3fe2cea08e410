# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP client for every service. Knows no vendor.

It adds to ``requests``: timeouts, retries by what is known of the outcome, one time budget per run, refusal of unsafe
addresses and redirects, checks of the answer's shape, and errors that name the operation and hold no secret.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from functools import partial
from urllib.parse import urljoin

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, UnexpectedAnswer, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.answer import Answer, parse_body, request_id_of, with_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.bounded import ACCEPTED_CODINGS, UnusableAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.error_reader import MISSING_METHOD_STATUSES, UNKNOWN, ErrorReader, outcome_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.failures import PROXY_WANTS_CREDENTIALS, diagnose
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import IDEMPOTENT_METHODS, may_repeat_after_status, parse_retry_after
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.transport import Transport
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.urls import AssumedPath, origin, shown_origin

USER_AGENT = "unity_jumpcloud.scim/%s" % VERSION
REDIRECTS = frozenset((301, 302, 303, 307, 308))
UNAUTHORIZED = 401
PROXY_REFUSAL = 407
FORBIDDEN = 403
MAX_REDIRECTS = 3
LARGEST_SHOWN_CODE = 2**63
SAFE_METHODS = frozenset(("GET", "HEAD"))


class HttpClient:
    """Speaks to one service at one address. ``headers`` gives the headers of authentication, asked anew for each request.

    ``refused`` is told those that were answered with 401, and says whether others may be had.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        transport: Transport,
        headers: t.Callable[[], dict[str, str]],
        errors: ErrorReader,
        refused: t.Callable[[t.Mapping[str, str]], bool] = lambda headers: False,
    ):
        self.service = service
        self.base_url = base_url
        self.transport = transport
        self._headers = headers
        self._errors = errors
        self._refused = refused

    def request(
        self,
        method: str,
        path: str | AssumedPath,
        operation: str,
        *,
        query: dict[str, t.Any] | None = None,
        json_body: t.Any = None,
        form: dict[str, str] | None = None,
        media_type: str = "application/json",
        idempotent: bool | None = None,
        reads: bool | None = None,
        handled: t.Collection[int] = (),
    ) -> Answer:
        """Send a request, again where that is safe, and return the answer. The errors of an assumed path tell what its answer is like.

        ``operation`` names it in errors ("list the user groups"). ``idempotent`` and ``reads`` override what the method says; what only reads is idempotent.
        Statuses in ``handled`` are returned like a success; every other one from 300 up raises ApiError.
        """
        endpoint = "%s %s" % (method, path.template) if isinstance(path, AssumedPath) else None
        path = str(path)
        reads = method in SAFE_METHODS if reads is None else reads
        if idempotent is None:
            idempotent = reads or method in IDEMPOTENT_METHODS
        headers = {"Accept": media_type, "Accept-Encoding": ACCEPTED_CODINGS, "User-Agent": USER_AGENT, **self._authentication(operation)}
        arguments: dict[str, t.Any] = {"params": query, "headers": headers}
        if json_body is not None:
            headers["Content-Type"] = media_type
            arguments["data"] = json.dumps(json_body).encode("utf-8")
        if form is not None:
            arguments["data"] = form
        failures: list[ApiError] = []
        try:
            return self._answered(method, path, operation, arguments, endpoint, idempotent, reads, handled, failures)
        except ApiError as error:
            # what an earlier try may have done is not undone by what a later one is told
            if not reads and error.outcome != UNKNOWN and any(failure.outcome == UNKNOWN for failure in failures):
                error.outcome = UNKNOWN
                error.hint = " ".join(part for part in ("Whether an earlier try took effect is not known.", error.hint) if part)
            raise

    def _answered(
        self,
        method: str,
        path: str,
        operation: str,
        arguments: dict[str, t.Any],
        endpoint: str | None,
        idempotent: bool,
        reads: bool,
        handled: t.Collection[int],
        failures: list[ApiError],
    ) -> Answer:
        """Try until there is an answer to return. What failed is added to ``failures``."""
        url = self.base_url + path
        redirects = tries = 0
        renewed = False
        while True:
            tries += 1
            try:
                response = replace(self.transport.send(method, url, partial(self.require_time_left, operation), **arguments), endpoint=endpoint)
            except ApiError:
                raise
            except UnusableAnswer as error:
                failure, again, retry_after = self._unusable(operation, error), False, None
            except (OSError, ValueError) as error:  # RequestException is an OSError
                failure, again = self._connection_error(operation, error, idempotent)
                retry_after = None
            except Exception as error:  # pylint: disable=broad-exception-caught
                # whatever breaks within a request has an outcome, and that decides what has to be cleaned up
                unusable = UnusableAnswer("could not be read (%s)" % type(error).__name__)
                failure, again, retry_after = self._unusable(operation, unusable), False, None
            else:
                if response.status_code in REDIRECTS:
                    url = self._redirected(operation, method, url, response)
                    if redirects == MAX_REDIRECTS:
                        raise self._error(
                            operation,
                            "the service redirected the request more than %d times" % MAX_REDIRECTS,
                            response,
                            hint="Check the URL options: the address that answers must be given itself.",
                        )
                    # the new address has its own query
                    arguments["params"] = None
                    redirects += 1
                    tries -= 1
                    continue
                if response.status_code == UNAUTHORIZED and not renewed and self._refused(arguments["headers"]) and reads:
                    arguments["headers"].update(self._authentication(operation))
                    renewed = True
                    continue
                if response.status_code < 300 or response.status_code in handled:
                    return Answer(self, operation, response)
                retry_after = parse_retry_after(response.headers.get("Retry-After"), self.transport.context.clock)
                again = may_repeat_after_status(response.status_code, idempotent)
                failure = self.status_error(operation, response, again)
                if failure.status == FORBIDDEN:
                    failure.hint = self._errors.forbidden(method, path) or failure.hint
            failures.append(failure)
            self._wait_before_next_try(failure, again, tries, retry_after)

    def _authentication(self, operation: str) -> dict[str, str]:
        """Its headers. Libraries differ in what they do with one that can't be sent, and some show its value."""
        headers = self._headers()
        for name, value in headers.items():
            if not value.isascii() or not value.isprintable() or value != value.strip():
                hint = "Look at the credential: a newline or a space at its end, or a typographic quote, for example."
                raise self._not_sent(operation, "the header %s holds a character that HTTP can't carry" % name, hint, retryable=False)
        return headers

    def require_time_left(self, operation: str) -> None:
        """A request with next to no time for its answer would have an unknown outcome for certain: don't send it."""
        budget = self.transport.budget
        if budget.remaining() <= 0:
            hint = "Raise time_budget, or try again later."
            raise self._not_sent(operation, "the time_budget of %.0f s is used up" % budget.seconds, hint, retryable=True)

    def _not_sent(self, operation: str, reason: str, hint: str, retryable: bool) -> ApiError:
        message = "%s: cannot %s: %s. The request was not sent." % (self.service, operation, reason)
        return ApiError(message, service=self.service, operation=operation, retryable=retryable, hint=hint, outcome="not_sent")

    def _wait_before_next_try(self, failure: ApiError, again: bool, tries: int, retry_after: float | None) -> None:
        transport, clock = self.transport, self.transport.context.clock
        failure.retry_after = retry_after
        if not again or tries >= transport.policy.tries:
            raise failure
        delay = transport.policy.delay(tries, retry_after, clock)
        if delay >= transport.budget.remaining():
            failure.hint = "Waiting %.0f s more would exceed time_budget (%.0f s): raise it, or try again later. %s" % (
                delay,
                transport.budget.seconds,
                failure.hint or "",
            )
            raise failure
        transport.context.warn("%s Trying again in %.1f s (try %d of %d)." % (failure.message, delay, tries + 1, transport.policy.tries))
        clock.sleep(delay)

    def _redirected(self, operation: str, method: str, url: str, response: t.Any) -> str:
        try:
            target: str = urljoin(url, response.headers.get("Location", ""))
            place = origin(target)
        except ValueError:
            target, place = "", ("", None, None)
        if method not in SAFE_METHODS or place != origin(url):
            raise self._error(
                operation,
                "the service redirected the request to %s" % quoted(shown_origin(place)),
                response,
                hint="Redirects of writes, and to another host, are refused: credentials must not follow them. Check the URL options.",
            )
        return target

    def _unusable(self, operation: str, error: UnusableAnswer) -> ApiError:
        message = "%s: cannot %s: the answer %s." % (self.service, operation, error.reason)
        hint = "Whether it took effect is not known. Check the URL options, and what stands between here and the service."
        return ApiError(message, service=self.service, operation=operation, hint=hint, outcome=UNKNOWN)

    def _connection_error(self, operation: str, error: Exception, idempotent: bool) -> tuple[ApiError, bool]:
        found = diagnose(error)
        budget = self.transport.budget
        reason = found.reason
        if found.outcome == UNKNOWN and budget.remaining() <= 0:
            reason = "no whole answer came within the time_budget of %.0f s" % budget.seconds
        failure = ApiError(
            "%s: cannot %s: %s." % (self.service, operation, self._shown(reason)),
            service=self.service,
            operation=operation,
            retryable=found.transient,
            hint=found.hint,
            outcome=found.outcome,
        )
        return failure, found.transient and (idempotent or found.outcome == "not_sent")

    def status_error(self, operation: str, response: t.Any, retryable: bool = False) -> ApiError:
        """The error for an answer with an error status. That the route itself is missing is another thing than a missing resource."""
        status = response.status_code
        if status == PROXY_REFUSAL:
            return self._error(operation, "the proxy refused the request, HTTP %d" % status, response, hint=PROXY_WANTS_CREDENTIALS)
        code, said, is_json = None, None, True
        try:
            code, said = self._errors.read(parse_body(response))
        except ShapeMismatch as mismatch:
            said, is_json = mismatch.got, False
        if status in MISSING_METHOD_STATUSES or (status == 404 and not is_json) or self._errors.is_missing_route(status, code):
            return self.unexpected(operation, response, "an endpoint that knows this operation", said or "HTTP %d" % status)
        reason = "HTTP %d%s" % (status, ": %s" % said if said else "")
        return self._error(operation, reason, response, hint=self._errors.hint(status), code=code, retryable=retryable)

    def _error(self, operation: str, reason: str, response: t.Any, hint: str | None = None, code: t.Any = None, retryable: bool = False) -> ApiError:
        error = ApiError(
            self._sentence(operation, reason, response),
            service=self.service,
            operation=operation,
            status=response.status_code,
            code=self._shown_code(code),
            request_id=self._request_id(response),
            retryable=retryable,
            hint=hint,
            outcome=outcome_of(response.status_code),
        )
        return with_shape(error, response)

    def unexpected(self, operation: str, response: t.Any, expected: str, got: str) -> UnexpectedAnswer:
        """The error for an answer that is not what the contract says."""
        got = self._shown(got)
        error = UnexpectedAnswer(
            self._sentence(operation, "HTTP %d, expected %s, got %s" % (response.status_code, expected, got), response),
            expected=expected,
            got=got,
            service=self.service,
            operation=operation,
            status=response.status_code,
            request_id=self._request_id(response),
            outcome=outcome_of(response.status_code),
        )
        return with_shape(error, response)

    def _shown_code(self, code: t.Any) -> str | int | None:
        """The service could echo anything as its code."""
        if isinstance(code, str):
            return self._shown(code)
        return code if isinstance(code, int) and abs(code) < LARGEST_SHOWN_CODE else None

    def _request_id(self, response: t.Any) -> str | None:
        """The id under which the service knows the request, if it told one."""
        found = request_id_of(response, self._errors.request_id_field)
        return self._shown(found) if found else None

    def _sentence(self, operation: str, reason: str, response: t.Any) -> str:
        identifier = self._request_id(response)
        shown = self._shown(reason).rstrip(".")
        return "%s: cannot %s: %s%s." % (self.service, operation, shown, " (request id %s)" % identifier if identifier else "")

    def _shown(self, text: str) -> str:
        """What the service said, on one line, without secrets, and not too long."""
        return one_line(self.transport.context.masker.redact(text))
