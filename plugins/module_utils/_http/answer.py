# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of a service, and its body as JSON of a known shape. Knows no vendor."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, UnexpectedAnswer
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.outline import length_class, outline, shown_media_type
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch, check_shape
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.bounded import Received

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id")
Failure = t.TypeVar("Failure", bound=ApiError)


class Explainer(t.Protocol):
    """The client that an answer came through, which words its errors."""

    def unexpected(self, operation: str, response: Received, expected: str, got: str) -> UnexpectedAnswer: ...

    def status_error(self, operation: str, response: Received) -> ApiError: ...


class Answer:
    """A successful answer, or one of the statuses that the caller said it can handle."""

    def __init__(self, client: Explainer, operation: str, response: Received):
        self._client = client
        self._operation = operation
        self._response = response
        self.status: int = response.status_code

    def header(self, name: str) -> str | None:
        value: str | None = self._response.headers.get(name)
        return value

    def is_empty(self) -> bool:
        """True if the body is nothing, or an empty JSON value."""
        return self._response.content.strip() in (b"", b"null", b"{}", b"[]")

    def json(self, shape: t.Any) -> t.Any:
        """The body, which must be JSON of this shape; else UnexpectedAnswer."""
        try:
            return check_shape(parse_body(self._response), shape)
        except ShapeMismatch as mismatch:
            raise self.unexpected(mismatch.expected, mismatch.got) from None

    def unexpected(self, expected: str, got: str) -> UnexpectedAnswer:
        """The error for an answer that is not what the contract says."""
        return self._client.unexpected(self._operation, self._response, expected, got)

    def is_missing(self) -> bool:
        """Whether the service says that it has no such thing. "No such API", or the page of a proxy, is no proof of anything, and raises UnexpectedAnswer."""
        if self.status != 404:
            if self._response.content.lstrip()[:1] == b"<":
                raise self.unexpected("the service's own answer", "an HTML page")
            return False
        failure = self.failure()
        if isinstance(failure, UnexpectedAnswer):
            raise failure
        return True

    def failure(self) -> ApiError:
        """The error that this answer would have raised, had its status not been handled."""
        return self._client.status_error(self._operation, self._response)


def with_shape(error: Failure, response: Received) -> Failure:
    """Of an assumed endpoint it matters what it answers: it may be that the assumption is wrong."""
    if response.endpoint:
        error.endpoint, error.shape = response.endpoint, shape_of(response)
    return error


def request_id_of(response: Received, body_field: str | None) -> str | None:
    """The id under which the service knows the request: of a header, else of this field of the body."""
    found: t.Any = next((response.headers[name] for name in REQUEST_ID_HEADERS if response.headers.get(name)), None)
    if not found and body_field:
        try:
            body = parse_body(response)
        except ShapeMismatch:
            body = None
        found = body.get(body_field) if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def shape_of(response: Received) -> dict[str, t.Any]:
    """What the answer is like, without any value of it."""
    try:
        body = outline(parse_body(response))
    except ShapeMismatch as mismatch:
        body = "%s %s" % (mismatch.got, length_class(len(response.content)))
    return {"status": response.status_code, "media_type": shown_media_type(response.headers.get("Content-Type")), "body": body}


def parse_body(response: Received) -> t.Any:
    """The JSON value of the body; ShapeMismatch says in words what came instead."""
    # not response.text, which guesses the encoding where the media type is not application/json
    body = response.content
    if not body.strip():
        raise ShapeMismatch("the answer", "JSON", "an empty body")
    try:
        return json.loads(body)
    except (RecursionError, MemoryError):
        raise ShapeMismatch("the answer", "JSON", "JSON that is nested too deep") from None
    except ValueError:
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "text that is not JSON, or JSON that was cut off"
        raise ShapeMismatch("the answer", "JSON", kind) from None
