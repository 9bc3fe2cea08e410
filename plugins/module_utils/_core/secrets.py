# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authorization header of SCIM, and the masking of everything that could give a secret away."""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import typing as t
from collections.abc import Mapping, Sequence, Set
from urllib.parse import quote, quote_plus

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError

MASK = "********"
# what ansible-core's modules return in place of a value that is a secret as a whole
WHOLE = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# shorter values would mask ordinary words of the output
SHORTEST_SECRET = 6
# Results are read by such names, so they stay even if somebody's password is "failed".
NAME_IN_A_RESULT = re.compile("[a-z_]+")


def authorization_header(key_id: str, secret_key: str) -> str:
    """The header value for a service account key: ``Basic base64(key_id:secret_key)`` (Unity docs, service accounts; RFC 7617)."""
    return "Basic " + base64.b64encode(("%s:%s" % (key_id, secret_key)).encode("utf-8")).decode("ascii")


def parse_authorization_header(value: str) -> tuple[str, str]:
    """Return (key ID, secret key). Raises ScimError, without the value, for anything but ``Basic <base64(key ID:secret key)>``."""
    hint = "Pass the part of Unity's header after 'Authorization: ', which has the form 'Basic <base64(key ID:secret key)>'."
    scheme, separator, encoded = value.partition(" ")
    if not separator or scheme != "Basic" or encoded != encoded.strip():
        raise ScimError("The authorization header value does not start with 'Basic ' and one base64 value.", hint)
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ScimError("The authorization header value is not valid base64 after 'Basic '.", hint) from None
    key_id, separator, secret_key = decoded.partition(":")
    if not separator or not key_id or not secret_key:
        raise ScimError("The authorization header value does not hold 'key ID:secret key'.", hint)
    return key_id, secret_key


class Masker:
    """Knows the secrets of this run, and takes them out of text.

    ``on_register`` is told every form of an *input* secret, so that Ansible masks it as well. A created secret is registered
    with ``returned=True``: it has to leave in the module's result, so Ansible must not mask it there, but messages never show it.
    """

    def __init__(self, on_register: t.Callable[[str], None] | None = None):
        self._forms: set[str] = set()
        self._on_register = on_register or (lambda form: None)

    def register(self, secret: str | None, returned: bool = False) -> None:
        """Mask this value and its base64 and URL-encoded forms from now on."""
        if secret and len(secret) >= SHORTEST_SECRET:
            self._add(_forms_of(secret), returned)

    def register_key(self, key_id: str | None, secret_key: str | None, returned: bool = False) -> None:
        """Mask the secret of a service account key, alone and within its Authorization header."""
        self.register(secret_key, returned)
        if key_id and secret_key:
            self.register(authorization_header(key_id, secret_key).partition(" ")[2], returned)

    def register_userinfo(self, user: str, password: str) -> None:
        """Mask the credentials of a URL. The whole ``user:password@`` is masked whatever its length, since no ordinary word is written so."""
        if password:
            self.register_key(user, password)
            self.register("%s:%s" % (user, password))
            self._add({"%s:%s@" % (user, password)})

    def _add(self, forms: set[str], returned: bool = False) -> None:
        for form in forms - self._forms:
            self._forms.add(form)
            if not returned:
                self._on_register(form)

    def redact(self, text: str) -> str:
        """Return the text with every known secret replaced."""
        return _redacted(text, _longest_first(self._forms))


def without_secrets(value: t.Any, secrets: t.Iterable[str]) -> t.Any:
    """A copy of a result, of whatever depth, with every one of these secrets replaced.

    ``remove_values`` of ansible-core, deprecated since 2.22, does the same, but for the names in dictionaries, which it leaves as they are.
    """
    forms = _longest_first(secrets)
    # Instead of a recursion: a value may be deeper than Python lets functions call each other.
    unfilled: list[tuple[t.Any, t.Any]] = []

    def masked(value: t.Any) -> t.Any:
        if isinstance(value, str):
            return WHOLE if value in forms else _redacted(value, forms)
        if isinstance(value, bytes):
            text = masked(value.decode("utf-8", "surrogateescape"))
            return text if text == WHOLE else text.encode("utf-8", "surrogateescape")
        if value is None or isinstance(value, (bool, datetime.date, datetime.time)):
            return value
        if isinstance(value, (int, float)):
            return WHOLE if any(form in str(value) for form in forms) else value
        for kind, new in ((Mapping, dict), (Set, set), (Sequence, list)):
            if isinstance(value, kind):
                unfilled.append((value, new()))
                return unfilled[-1][1]
        raise TypeError("A result can't hold a value of the type %s." % type(value).__name__)

    def masked_name(name: t.Any) -> t.Any:
        return name if isinstance(name, str) and NAME_IN_A_RESULT.fullmatch(name) else masked(name)

    copy = masked(value)
    while unfilled:
        old, new = unfilled.pop()
        if isinstance(new, dict):
            new.update((masked_name(name), masked(entry)) for name, entry in old.items())
        elif isinstance(new, set):
            new.update(map(masked, old))
        else:
            new.extend(map(masked, old))
    return copy


def _longest_first(forms: t.Iterable[str]) -> list[str]:
    """So that one that holds another leaves no rest."""
    return sorted(filter(None, forms), key=len, reverse=True)


def _redacted(text: str, forms: t.Iterable[str]) -> str:
    for form in forms:
        text = text.replace(form, MASK)
    return text


def _forms_of(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode("utf-8")).decode("ascii")
    return {secret, quote(secret, safe=""), quote_plus(secret), encoded, encoded.rstrip("="), quote(encoded, safe="")}
