# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for secrets in everything that a run leaves behind."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import Iterable
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 8
REDACTED_BY_THE_SIMULATOR = "(held a secret)"
SAMPLING_PAUSE = 0.03


def forms(secret: str) -> set[str]:
    """The secret as it could appear: plain, URL-encoded, and within the base64 form of any text that holds it."""
    plain = secret.removeprefix("Basic ")
    shown = {plain, quote(plain, safe=""), quote_plus(plain), base64.b64encode(plain.encode()).decode().rstrip("=")}
    for before in range(3):
        # the characters at both ends depend on the text around the secret
        encoded = base64.b64encode(b"\0" * before + plain.encode()).decode().rstrip("=")
        first = (0, 2, 3)[before]
        usable = encoded[first:]
        shown.add(usable[:-1])
        shown.add(quote(usable[:-1], safe=""))
    return {form for form in shown if len(form) >= SHORTEST_SECRET}


def find_secrets(secrets: Iterable[str], places: dict[str, str]) -> list[str]:
    """The names of the places where a secret shows, each with the first letters of the secret."""
    looked_for = {form: secret for secret in secrets if len(secret) >= SHORTEST_SECRET for form in forms(secret)}
    return sorted(
        {f"{place}: a form of {secret[:14]}..." for place, text in places.items() for form, secret in looked_for.items() if form in text}
        | {f"{place}: the simulator found a secret in a URL" for place, text in places.items() if REDACTED_BY_THE_SIMULATOR in text}
    )


def files_below(*folders: Path) -> dict[str, str]:
    """The text of each file in these folders."""
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {str(path): path.read_bytes().decode("utf-8", "replace") for path in found}


class ProcessWatch:
    """Collects the arguments of all processes whose environment holds a mark, as everybody on the machine can read them."""

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._over = threading.Event()
        self._seen: set[str] = set()
        # none of these gets the mark any more
        self._others = set(os.listdir("/proc"))
        self._thread = threading.Thread(target=self._watch, name="process-watch", daemon=True)

    @property
    def arguments(self) -> str:
        return "\n".join(sorted(self._seen))

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLING_PAUSE):
            for process in set(os.listdir("/proc")) - self._others:
                try:
                    if self._mark in Path("/proc", process, "environ").read_bytes():
                        self._seen.add(Path("/proc", process, "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue  # it has just ended
