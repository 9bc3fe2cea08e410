# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that spoil answers: refused, dropped, truncated, slow, nonsense, stale, or overtaken by what somebody else does meanwhile."""

from __future__ import annotations

import copy
import json
import re
import threading
import time
from email.utils import formatdate
from typing import Any

from .request_log import caller
from .unity_errors import TOO_MANY_REQUESTS, gateway_refusal
from .wire import Request, Response

ACTIONS = ("status", "json", "html", "empty", "drop_before", "drop_after", "hang", "truncate", "slow", "stale", "meanwhile")
MATCHERS = ("service", "method", "path", "by")


class FaultRule:
    """`after` requests pass unharmed, then `times` requests are harmed (0: all of them)."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.match = dict(rule.get("match") or {})
        self.action = rule.get("action")
        if self.action not in ACTIONS:
            raise ValueError(f"action must be one of {', '.join(ACTIONS)}, not {self.action!r}")
        unknown = [name for name in self.match if name not in MATCHERS]
        if unknown:
            raise ValueError(f"match knows {', '.join(MATCHERS)}, not {', '.join(unknown)}")
        self.path = re.compile(self.match.get("path", ""))
        self.skip = int(rule.get("after", 0))
        self.times = int(rule.get("times", 1))
        self.status = int(rule.get("status", 200 if self.action in ("html", "empty", "json") else 503))
        self.headers = {name: str(value) for name, value in (rule.get("headers") or {}).items()}
        self.body = rule.get("body")
        self.seconds = float(rule.get("seconds", 1))
        self.with_effect = bool(rule.get("effect", False))
        self.meanwhile = _control_request(rule["request"]) if self.action == "meanwhile" else None
        self.used = 0

    def fits(self, request: Request, service: str) -> bool:
        return (
            self.match.get("service", service) == service
            and self.match.get("method", request.method).upper() == request.method
            and self.match.get("by", caller(request)) == caller(request)
            and self.path.search(request.path) is not None
            and not (self.action == "stale" and request.method == "GET")  # the reads lag, but the write decides
        )

    def spoiled(self, service: str) -> Response:
        """The answer that stands in for the true one."""
        headers = {name: _header_value(value) for name, value in self.headers.items()}
        if self.action == "empty":
            return Response(self.status, None, headers)
        if self.action == "html":
            headers.setdefault("Content-Type", "text/html; charset=utf-8")
            page = self.body or "<!DOCTYPE html><html><body><h1>Simulated page</h1></body></html>"
            return Response(self.status, page.encode("utf-8"), headers)
        body = self.body
        if body is None:
            body = _error_body(service, self.status)
        return Response(self.status, body.encode("utf-8") if isinstance(body, str) else copy.deepcopy(body), headers)

    def shown(self) -> dict[str, Any]:
        return {"match": self.match, "action": self.action, "times": self.times, "after": self.skip, "used": self.used}


def _control_request(sent: dict[str, Any]) -> Request:
    body = json.dumps(sent["body"]).encode("utf-8") if "body" in sent else b""
    return Request(str(sent.get("method", "POST")).upper(), "/_simulator/" + str(sent["path"]), body=body)


def _error_body(service: str, status: int) -> dict[str, Any]:
    """As the service's own errors look."""
    if service.startswith("unity"):
        refused = gateway_refusal(status, TOO_MANY_REQUESTS if status == 429 else 0, "Simulated fault", "A rule of the simulator says so.")
        body: dict[str, Any] = refused.response.body
        return body
    return {"code": 0, "message": "simulated fault", "status": str(status)}


def _header_value(value: str) -> str:
    """`http-date:+2` becomes the date two seconds from now, for Retry-After in its date form."""
    if value.startswith("http-date:"):
        return formatdate(time.time() + float(value.removeprefix("http-date:")), usegmt=True)
    return value


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []

    def add(self, rule: dict[str, Any]) -> FaultRule:
        made = FaultRule(rule)
        with self._lock:
            self._rules.append(made)
        return made

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def take(self, request: Request, service: str) -> FaultRule | None:
        """The first rule that harms this request, and count it."""
        with self._lock:
            for rule in self._rules:
                if not rule.fits(request, service):
                    continue
                if rule.skip:
                    rule.skip -= 1
                    continue
                if rule.times and rule.used >= rule.times:
                    continue
                rule.used += 1
                return rule
        return None
