# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, answers and routes, without sockets and without vendors."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import parse_qs, unquote


class Refused(Exception):
    """A request ends here with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class NoRoute(Exception):
    """No handler serves this path, or not with this method."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class NotJSON(ValueError):
    """The body of a request is not a JSON object."""


@dataclass
class Request:
    method: str
    path: str
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.query_string, keep_blank_values=True)

    def parameter(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def parameter_list(self, name: str) -> list[str]:
        """The values of a comma-separated or repeated parameter."""
        return [part for value in self.query.get(name, []) for part in value.split(",") if part]

    def json_object(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise NotJSON("the body is not JSON") from error
        if not isinstance(value, dict):
            raise NotJSON("the body is not a JSON object")
        return value


@dataclass
class Response:
    status: int
    body: Any = None
    """Bytes are sent as they are, None is an empty body, anything else becomes JSON."""
    headers: dict[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode("utf-8")

    def set_default_header(self, name: str, value: str) -> None:
        if name.lower() not in {known.lower() for known in self.headers}:
            self.headers[name] = value


Handler = Callable[..., Response]


class Router:
    """Finds the handler of a method and a path with {named} segments."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, template: str, handler: Handler) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        self._routes.append((method, re.compile(pattern + r"/?\Z"), handler))

    def find(self, request: Request) -> tuple[Handler, dict[str, str]]:
        """The handler and the path parameters. NoRoute carries 405 for a known path, else 404."""
        status = 404
        for method, pattern, handler in self._routes:
            match = pattern.match(request.path)
            if match and method == request.method:
                return handler, {name: unquote(value) for name, value in match.groupdict().items()}
            if match:
                status = 405
        raise NoRoute(status, f"Nothing answers {request.method} {request.path}")


def as_int(text: str, default: int) -> int:
    """An integer parameter; a ValueError names what came."""
    if text == "":
        return default
    return int(text)
