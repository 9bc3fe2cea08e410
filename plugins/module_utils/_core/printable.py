# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others, made fit to be shown. Pure."""

from __future__ import annotations

import re
import typing as t
import unicodedata

# control and format characters, surrogates, private use, line and paragraph separators
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# joiners of Persian and Indian scripts and of emoji, between two of their signs: without them, a name is another one
JOINERS = "\u200c\u200d"
# letters, marks (also what makes a sign an emoji), symbols, skin tones
JOINED = ("L", "M", "So", "Sk")
LONGEST_LINE = 300
SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """Characters that can't be seen, or that change how the rest is read, are shown as escapes."""
    if text.isprintable():
        return text
    return "".join(_escaped(char) if unicodedata.category(char) in UNSEEN and not _joins(text, at) else char for at, char in enumerate(text))


def _joins(text: str, at: int) -> bool:
    """Whether it is a joiner with something to join; elsewhere nobody would see that it is there."""
    return text[at] in JOINERS and 0 < at < len(text) - 1 and all(unicodedata.category(text[beside]).startswith(JOINED) for beside in (at - 1, at + 1))


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Text of any kind and length as one line that can be shown: blanks are one, what can't be seen is escaped, and the end is cut off."""
    # whatever it is, no more than this of it is looked at
    beginning = text[: 20 * longest]
    line = visible(" ".join(beginning.split()))
    return shortened(line, longest) if len(beginning) == len(text) else line[: longest - 1] + "…"


def shortened(text: str, longest: int = LONGEST_LINE) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(number: int, one: str, many: str) -> str:
    """``1 step differs``, ``2 steps differ``."""
    return "{:,} {}".format(number, one if number == 1 else many)


def sentence(clause: str) -> str:
    """The clause as a sentence of its own."""
    return "%s%s." % (clause[:1].upper(), clause[1:].rstrip("."))


def serializable(value: t.Any) -> t.Any:
    """The value with halves of surrogate pairs escaped, which JSON can hold and UTF-8 can't: Ansible refuses a result with one."""
    if isinstance(value, str):
        return value if value.isascii() else SURROGATE.sub(lambda found: _escaped(found.group()), value)
    if isinstance(value, dict):
        return {serializable(name): serializable(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [serializable(entry) for entry in value]
    return value


def _escaped(char: str) -> str:
    return ("\\u%04x" if ord(char) < 0x10000 else "\\U%08x") % ord(char)
