# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may say of its lists that is not so: as a seed or a test asks for it."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any, Callable

from .lying_lists import Serve, told_events, told_list
from .request_log import caller
from .wire import Request, Response

SERVICES = ("unity-scim", "jumpcloud", "insights")
TOTALS = ("honest", "page", "zero", "minus_one", "one_short", "too_many", "absent")
BEYOND_END = ("empty", 204, 400, 404)
FILTERS = ("honest", "empty", 403, 404, 501)
ODD_PEOPLE = ("emails_text", "emails_null", "active_text", "numeric_external_id", "no_user_name")
ODD_EVENTS = ("no_timestamp", "error_object")
PEOPLE_BETWEEN_DEAD_RECORDS = 100
REPEATED_ROWS = 10


@dataclass(frozen=True)
class Lie:
    """How one service lies about its lists, or about those whose path fits."""

    service: str
    path: str = ""
    total: str = "honest"
    thin: int = 0
    """Every so many positions one is a dead record's, which is not shown."""
    repeat: int = 0
    """So many of the first rows of each page but the first are those of the page before."""
    lost_after: int | None = None
    """Only the first so many rows come."""
    cap: int = 0
    beyond_end: str | int = "empty"
    filter: str | int = "honest"
    incomplete: bool = False
    odd: dict[str, str] = field(default_factory=dict)
    """Email address: what is odd about this person's rows."""

    @classmethod
    def read(cls, sent: dict[str, Any]) -> Lie:
        """A ValueError names what makes no sense."""
        given = dict(sent)
        if given.pop("empty", False):
            given["lost_after"] = 0
        for name, amount in (("thin", PEOPLE_BETWEEN_DEAD_RECORDS), ("repeat", REPEATED_ROWS)):
            if given.get(name) is True:
                given[name] = amount
        unknown = [name for name in given if name not in cls.__dataclass_fields__]
        if unknown:
            raise ValueError(f"a lie knows {', '.join(cls.__dataclass_fields__)} and empty, not {', '.join(unknown)}")
        lie = cls(**given)
        lie._check()
        return lie

    def _check(self) -> None:
        odd = {"unity-scim": ODD_PEOPLE, "insights": ODD_EVENTS}.get(self.service, ())
        for name, value, known in (
            ("service", self.service, SERVICES),
            # SCIM's total is an integer in any case
            ("total", self.total, TOTALS[:-1] if self.service == "unity-scim" else TOTALS),
            ("beyond_end", self.beyond_end, BEYOND_END),
            ("filter", self.filter, FILTERS),
            *(("odd", kind, odd) for kind in self.odd.values()),
        ):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(map(str, known)) or 'nothing'}, not {value!r}")
        re.compile(self.path)
        if self.incomplete and self.service != "insights":
            raise ValueError("incomplete is for insights only")

    def fits(self, request: Request, service: str) -> bool:
        """The engine and the operator are told the truth: what they do would hide what comes of the lie."""
        return self.service == service and caller(request) == "module" and re.search(self.path, request.path) is not None

    def told(self, request: Request, honest: Response, serve: Serve) -> Response:
        """What is said instead of the honest answer; ``serve`` gives the honest answers to other requests."""
        if honest.status != 200:
            return honest
        return told_events(self, request, honest, serve) if self.service == "insights" else told_list(self, request, honest, serve)


class Lies:
    """All that is not so. The first one that fits is told."""

    def __init__(self, seed: dict[str, Any]) -> None:
        self._lock = threading.Lock()
        self._lies: list[Lie] = []
        self._times: list[int] = []
        for sent in seed.get("lies") or []:
            self.add(sent)

    def add(self, sent: dict[str, Any]) -> None:
        made = Lie.read(sent)
        with self._lock:
            self._lies.append(made)
            self._times.append(0)

    def clear(self) -> None:
        with self._lock:
            self._lies.clear()
            self._times.clear()

    def shown(self) -> list[dict[str, Any]]:
        """With how many answers each of them changed."""
        with self._lock:
            return [{**lie.__dict__, "told": times} for lie, times in zip(self._lies, self._times)]

    def told(self, request: Request, service: str, honest: Response, serve: Callable[[Request], Response]) -> Response:
        with self._lock:
            number = next((number for number, lie in enumerate(self._lies) if lie.fits(request, service)), None)
            lie = self._lies[number] if number is not None else None
        if lie is None or number is None:
            return honest
        said = lie.told(request, honest, serve)
        if (said.status, said.payload(), said.headers) != (honest.status, honest.payload(), honest.headers):
            with self._lock:
                if number < len(self._times):
                    self._times[number] += 1
        return said
