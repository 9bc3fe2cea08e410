# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others within Markdown (CommonMark, and the tables and links of GitHub's). Pure."""

from __future__ import annotations

import re

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~-])")
# what GitHub's dialect makes a link of without any markup
LINK = re.compile(r"(?i)\b(www)\.|:(?=//)")


def text(value: str) -> str:
    """The text with everything escaped that Markdown or HTML would take for markup."""
    escaped = SPECIAL.sub(r"\\\1", visible(value))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LINK.sub(lambda found: "%s&#46;" % found.group(1) if found.group(1) else "&#58;", escaped)


def code(value: str) -> str:
    """A code span: its fence is longer than any run of backticks within."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if value.startswith("`") or value.endswith("`") or not value.strip() else ""
    return fence + padding + value + padding + fence
