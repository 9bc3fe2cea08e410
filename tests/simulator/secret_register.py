# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every secret that exists or ever existed here, so that tests can look for leaks."""

from __future__ import annotations

import base64
from typing import Any


def basic_value(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode("utf-8")).decode("ascii")


class SecretRegister:
    def __init__(self, known: list[str] | None = None) -> None:
        self._values: dict[str, None] = dict.fromkeys(known or [])

    def add(self, value: str) -> None:
        if value:
            self._values[value] = None

    def add_pair(self, name: str, secret: str) -> None:
        """A secret and the Basic form that carries it."""
        self.add(secret)
        self.add(basic_value(name, secret))

    def values(self) -> list[str]:
        return list(self._values)

    def is_in(self, text: str) -> bool:
        # a copy: another thread may create a key meanwhile
        return any(value in text for value in list(self._values))

    def redact(self, value: Any) -> Any:
        """The same structure with each secret replaced."""
        if isinstance(value, str):
            return "(secret)" if self.is_in(value) else value
        if isinstance(value, dict):
            return {self.redact(name): self.redact(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        return value
