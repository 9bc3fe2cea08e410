# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times and identifiers in the vendors' formats."""

from __future__ import annotations

import hashlib
import secrets
import string
from datetime import datetime, timezone


def timestamp() -> str:
    """Now, as RFC 3339 with milliseconds."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(text: str) -> datetime:
    """An RFC 3339 time; a ValueError says that it is none."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def object_id() -> str:
    """A new JumpCloud id: 24 hexadecimal digits."""
    return secrets.token_hex(12)


def derived_object_id(kind: str, name: str) -> str:
    """The same id for the same seed, every time."""
    return hashlib.sha256(f"{kind}/{name}".encode("utf-8")).hexdigest()[:24]


def derived_uuid(kind: str, name: str) -> str:
    digest = hashlib.sha256(f"{kind}/{name}".encode("utf-8")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def key_secret() -> str:
    """A key's secret as Unity's documentation shows one: 32 alphanumerics."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _unused in range(32))
