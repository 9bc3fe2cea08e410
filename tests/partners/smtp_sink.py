# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server (aiosmtpd) that takes mail from one user, over TLS only, and keeps it.

Usage: smtp_sink.py PORT CERTIFICATE FOLDER, with USER and PASSWORD in the environment. FOLDER/ready appears when it listens.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword


class Sink:
    """Each mail is two files: what the envelope and the session say, and the message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # the library's name
        self._number += 1
        told = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "authenticated": session.authenticated}
        assert isinstance(envelope.content, bytes)
        (self._folder / f"{self._number}.eml").write_bytes(envelope.content)
        (self._folder / f"{self._number}.json").write_text(json.dumps(told), encoding="utf-8")
        return "250 kept"


def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    wanted = LoginPassword(os.environ["USER"].encode(), os.environ["PASSWORD"].encode())
    # not handled: the library sends the refusal
    return AuthResult(success=given == wanted, handled=False)


def main() -> None:
    port, certificate, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Controller(Sink(folder), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True, authenticator=known)
    server.start()
    (folder / "ready").touch()
    signal.sigwait({signal.SIGTERM})
    server.stop()


main()
