# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line for each request: what was asked and answered, never a header or a body."""

from __future__ import annotations

import json
import threading
from typing import Any, TextIO

from .clock import timestamp
from .wire import Request

ENGINE_USER_AGENT = "JumpCloud-SCIM-simulated"
OPERATOR_USER_AGENT = "a-person-at-the-console"
UNCOUNTED_READS = ("unity-observed", "jumpcloud-oauth", "insights")
"""Services whose POST changes nothing that anyone keeps."""


def caller(request: Request) -> str:
    if request.path.startswith("/_simulator"):
        return "control"
    if request.headers.get("user-agent", "").startswith(ENGINE_USER_AGENT):
        return "engine"
    if request.headers.get("user-agent", "") == OPERATOR_USER_AGENT:
        return "operator"
    return "module"


def is_write(request: Request, service: str) -> bool:
    return request.method not in ("GET", "HEAD", "OPTIONS") and service not in UNCOUNTED_READS


class RequestLog:
    def __init__(self, path: str | None = None) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []
        self._next = 1
        self._file: TextIO | None = open(path, "a", encoding="utf-8") if path else None  # pylint: disable=consider-using-with

    def add(self, request: Request, service: str, status: int | None, fault: str | None, path: str, query: str) -> None:
        """Path and query come redacted: a client may have put a secret there by mistake."""
        entry: dict[str, Any] = {
            "at": timestamp(),
            "by": caller(request),
            "service": service,
            "method": request.method,
            "path": path,
            "query": query,
            "status": status,
            "fault": fault,
            "write": is_write(request, service),
        }
        if request.path.endswith("/provision/client/verify"):
            entry["test"] = True
        with self._lock:
            entry = {"n": self._next, **entry}
            self._next += 1
            self._entries.append(entry)
            if self._file and not self._file.closed:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def report(self) -> dict[str, Any]:
        with self._lock:
            entries = list(self._entries)
        counted = [entry for entry in entries if entry["by"] == "module"]
        by_service: dict[str, int] = {}
        for entry in counted:
            by_service[entry["service"]] = by_service.get(entry["service"], 0) + 1
        writes = sum(1 for entry in counted if entry["write"])
        return {"entries": entries, "counts": {"reads": len(counted) - writes, "writes": writes, "by_service": by_service}}

    def close(self) -> None:
        if self._file:
            self._file.close()
