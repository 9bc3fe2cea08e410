# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file through which a person and a run hand each other a key. Its content never enters a message."""

from __future__ import annotations

import os
import re
import shlex
import stat
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.files import NotRegular, TooLarge, read_regular, write_atomically
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import authorization_header, parse_authorization_header

LARGEST = 8192
LINE = re.compile(r"\A\s*(key[ _]?id|secret[ _]?key)\s*[:=]\s*(\S+)\s*\Z", re.IGNORECASE)
FORMS = "Write either the one line 'Basic ...', as Unity shows it after 'Authorization: ', or the two lines 'key_id: ...' and 'secret_key: ...'."


class WrongContent(ScimError):
    """The file is in order, but what it holds is not a key. A person can still correct it."""


class SecretFile:
    """A regular file of mode 0600 that belongs to the user who runs Ansible. Everything else is refused, and left as it is."""

    def __init__(self, path: str):
        self.path = path

    @property
    def command_to_show(self) -> str:
        return "cat %s" % shlex.quote(self.path)

    @property
    def command_to_fill(self) -> str:
        """Reads from the terminal, so that the secret gets into no shell history."""
        return "(umask 077 && cat > %s)" % shlex.quote(self.path)

    def read(self) -> str | None:
        """The header value that the file holds; None where there is no file, or an empty one."""
        text = self._text()
        return header_in(text) if text and text.strip() else None

    def write(self, header: str, only_over: t.Collection[str] | None = None) -> None:
        """Make the file hold this header value. A file that holds anything but a key is not overwritten.

        ``only_over``: the IDs of the keys whose place it may take, and of no others; None where that is nobody's concern.
        """
        self._require_safe_folder()
        try:
            held = self.read()
        except WrongContent:
            raise ScimError(
                "The secret file %s exists, and holds something that is not a key of this collection. It was not overwritten." % quoted(self.path),
                "Choose another path, or delete the file.",
            ) from None
        if held == header:
            return
        if held and only_over is not None and parse_authorization_header(held)[0] not in (*only_over, parse_authorization_header(header)[0]):
            raise ScimError(
                "The secret file %s holds a key that somebody else has put there. It was not overwritten." % quoted(self.path),
                "Another use of the role may have left it for a person to deliver. Name another file. If nobody needs that key, delete this one.",
            )
        write_atomically(self.path, header + "\n", 0o600, "secret_file")

    def remove(self) -> bool:
        """Remove the file if it holds a key; True if it did. Somebody may have deleted it by hand."""
        if self.read() is None:
            return False
        os.unlink(self.path)
        return True

    def _text(self) -> str | None:
        try:
            content = read_regular(self.path, LARGEST, self._require_private)
        except TooLarge:
            raise WrongContent("The secret file %s is larger than a key can be." % quoted(self.path), FORMS) from None
        except NotRegular:
            if os.path.islink(self.path):
                raise self._refusal("is a symbolic link", "Replace it by a regular file of mode 0600.") from None
            raise self._refusal("is not a regular file", "Choose another path.") from None
        except OSError as error:
            what = "can't be read (%s)" % (error.strerror or type(error).__name__)
            raise self._refusal(what, "Replace it by a regular file of mode 0600.") from None
        try:
            return None if content is None else content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise WrongContent("The secret file %s holds no text." % quoted(self.path), FORMS) from None

    def _require_private(self, found: os.stat_result) -> None:
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid != os.geteuid():
            raise self._refusal("belongs to another user (uid %d)" % found.st_uid, "It must belong to the user who runs Ansible (uid %d)." % os.geteuid())
        if mode & 0o177:
            hint = "Make it private: chmod 600 %s. If others can log in to that machine, replace the key: they could read it." % shlex.quote(self.path)
            raise self._refusal("has mode %04o, so others than its owner may read it" % mode, hint)

    def _require_safe_folder(self) -> None:
        folder = os.path.dirname(os.path.abspath(self.path))
        try:
            mode = os.stat(folder).st_mode
        except OSError as error:
            raise self._refusal("is in a folder that can't be used (%s)" % (error.strerror or type(error).__name__), "Create the folder.") from None
        if mode & 0o002 and not mode & stat.S_ISVTX:
            raise self._refusal("is in a folder that everybody may write to", "Choose a private folder.")

    def _refusal(self, what: str, hint: str) -> ScimError:
        return ScimError("The secret file %s %s. It was not used." % (quoted(self.path), what), hint)


def header_in(text: str) -> str:
    """The header value, from either form. WrongContent, without the content, for anything else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and not LINE.match(lines[0]):
        header = re.sub(r"\Aauthorization\s*:\s*", "", lines[0], flags=re.IGNORECASE)
        try:
            parse_authorization_header(header)
        except ScimError as error:
            raise WrongContent("The secret file does not hold a key. %s" % error.message, FORMS) from None
        return header
    found: dict[str, t.Any] = {}
    for line in lines:
        match = LINE.match(line)
        name = re.sub(r"[ _]", "", match.group(1).lower()) if match else ""
        if not match or name in found:
            raise WrongContent("The secret file holds a line that is neither 'key_id: ...' nor 'secret_key: ...', or one of them twice.", FORMS)
        found[name] = match.group(2)
    if set(found) != {"keyid", "secretkey"}:
        raise WrongContent("The secret file holds a %s only." % ("key ID" if "keyid" in found else "secret key"), FORMS)
    return authorization_header(found["keyid"], found["secretkey"])
