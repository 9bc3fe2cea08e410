# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others, made fit to be shown. Pure."""
from __future__ import annotations

import unicodedata

# control and format characters, surrogates, private use, line and paragraph separators
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def visible(text: str) -> str:
    """Characters that can't be seen, or that change how the rest is read, are shown as escapes."""
    return "".join("\\u%04x" % ord(char) if unicodedata.category(char) in UNSEEN else char for char in text)
