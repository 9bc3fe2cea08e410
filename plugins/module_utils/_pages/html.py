# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTML page that needs no network: style and script are within, and the page's policy allows nothing else. Pure."""

from __future__ import annotations

import base64
import hashlib
import html
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import visible


def page(title: str, style: str, script: str, body: str) -> str:
    """The whole page. ``style`` and ``script`` are fixed; whatever comes from a tenant is in ``title``, as it is, or in ``body``, as ``text`` gave it."""
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="%s">' % html.escape(_policy(style, script)),
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">',
            "<title>%s</title>\n<style>%s</style>\n</head>\n<body>" % (text(title), style),
            body,
            "<script>%s</script>\n</body>\n</html>\n" % script,
        ]
    )


def text(value: t.Any) -> str:
    """Safe both between tags and within a quoted attribute."""
    return html.escape(visible(str(value)), quote=True)


def _policy(style: str, script: str) -> str:
    """Nothing but this style and this script: a name that became markup after all could neither run, nor load, nor send."""
    return "default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'" % (_digest(style), _digest(script))


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
