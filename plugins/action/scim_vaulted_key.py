# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a key in an encrypted file on the controller."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.vaulted_key import VaultedKeyAction


class ActionModule(VaultedKeyAction):
    """See the module's documentation."""
