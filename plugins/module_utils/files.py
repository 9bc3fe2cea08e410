# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced as a whole, or not at all."""
from __future__ import annotations

import os
import tempfile

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils.errors import ScimError, quoted


def write_atomically(path: str, text: str, mode: int, option: str) -> None:
    """Replace the file. A symbolic link at ``path`` is replaced too, never followed. ``option`` is where the path comes from."""
    folder = os.path.dirname(os.path.abspath(path))
    temporary = None
    try:
        # made with mode 0600, exclusively
        descriptor, temporary = tempfile.mkstemp(prefix=".%s." % os.path.basename(path), dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise ScimError(
            "Can't write %s: %s." % (quoted(path), error.strerror or type(error).__name__),
            "Choose another path for %s, in a folder that exists and that the user who runs Ansible can write to." % option,
        ) from None
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
