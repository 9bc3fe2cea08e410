# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module says of check mode, diff mode and idempotence."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules that change something, and of modules that only read."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and predict the changes without sending a single write request.
  diff_mode:
    support: full
    description: Returns what has changed, or would change in check mode, when in diff mode.
  idempotent:
    support: full
    description: When run twice in a row with the same options, outside check mode, the second run does not change anything.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode). This module only reads, so it does the same there.
  diff_mode:
    support: N/A
    description: Returns what has changed, or would change in check mode, when in diff mode. This module only reads.
  idempotent:
    support: full
    description: When run twice in a row with the same options, outside check mode, the second run does not change anything.
"""

    GROUP_UNITY = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/unity_jumpcloud.scim.unity) or C(group/unity_jumpcloud.scim.all) in C(module_defaults) to set options of this module.
    support: full
    membership:
      - unity_jumpcloud.scim.unity
      - unity_jumpcloud.scim.all
"""

    GROUP_JUMPCLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/unity_jumpcloud.scim.jumpcloud) or C(group/unity_jumpcloud.scim.all) in C(module_defaults) to set options of this module.
    support: full
    membership:
      - unity_jumpcloud.scim.jumpcloud
      - unity_jumpcloud.scim.all
"""
