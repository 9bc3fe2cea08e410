# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name in the controller's process."""

from __future__ import annotations

from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.in_process import action_of

ActionModule = action_of("jumpcloud_service_account")
