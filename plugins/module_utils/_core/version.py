# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's version, as it is sent in the User-Agent header. `make changelog` writes it from galaxy.yml, and a test compares them."""

from __future__ import annotations

VERSION = "0.1.0"
