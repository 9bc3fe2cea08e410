# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that messages name. As in the guides, ``@vars.yml`` stands for the reader's own variables. Knows no HTTP."""

from __future__ import annotations

RUN = "ansible-playbook unity_jumpcloud.scim.%s"
GIVEN = " -e @vars.yml"
PLAYBOOK = RUN + GIVEN
AUDIT = PLAYBOOK % "audit"
AUDIT_KEY = PLAYBOOK % "audit_key"
GET_AUDIT_KEY = "To get a key for audits, run: %s" % AUDIT_KEY
