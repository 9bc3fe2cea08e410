# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach and authenticate to JumpCloud."""

from __future__ import annotations


class ModuleDocFragment:
    """The region, the organization and the credentials; and how to name an application."""

    DOCUMENTATION: str

    # without what is about one organization
    ACROSS_ORGANIZATIONS = r"""
seealso:
  - name: JumpCloud API documentation
    description: The published operations of the console API.
    link: https://docs.jumpcloud.com/api/2.0/index.html
options:
  api_key:
    description:
      - The API key of a JumpCloud administrator.
      - If it is left out, E(JUMPCLOUD_API_KEY) is used.
      - Mutually exclusive with O(client_id).
    type: str
  client_id:
    description:
      - The client ID of a JumpCloud service account, instead of O(api_key).
      - If it and O(client_secret) are left out, E(JUMPCLOUD_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - The client secret that belongs to O(client_id).
      - If it and O(client_id) are left out, E(JUMPCLOUD_CLIENT_SECRET) is used.
    type: str
  region:
    description:
      - The region of the JumpCloud organization, V(us), V(eu) or V(in), in upper or lower case. It selects the hosts.
      - If it is left out, E(JUMPCLOUD_REGION) is used.
    type: str
    default: us
  console_url:
    description:
      - The URL of the console API, where it is not the region's.
      - If it is left out, E(JUMPCLOUD_CONSOLE_URL) is used.
    type: str
  oauth_url:
    description:
      - The URL where service accounts get their tokens, where it is not the region's.
      - If it is left out, E(JUMPCLOUD_OAUTH_URL) is used.
    type: str
"""

    ONE_ORGANIZATION = r"""
options:
  organization_id:
    description:
      - The ID of the JumpCloud organization, 24 hexadecimal digits. Multi-tenant administrators need it.
      - If it is left out, E(JUMPCLOUD_ORGANIZATION_ID) is used, and if that is not set either, the credentials' only organization.
    type: str
  expected_organization_id:
    description:
      - A guard. If it is set and the credentials or the application belong to another organization, the module fails before anything is written.
    type: str
  insights_url:
    description:
      - The URL of Directory Insights, where it is not the region's.
      - If it is left out, E(JUMPCLOUD_INSIGHTS_URL) is used.
    type: str
"""

    APPLICATION = r"""
options:
  application:
    description:
      - The display label of the SSO application, compared exactly; if no application has it as its label, the display name is compared.
      - Two applications with the same label are an error that lists their ids.
      - Exactly one of O(application) and O(application_id) is required.
    type: str
  application_id:
    description:
      - The ID of the SSO application, 24 hexadecimal digits.
    type: str
"""


# not within the class, since ansible-test looks for texts there, and runs nothing
ModuleDocFragment.DOCUMENTATION = ModuleDocFragment.ACROSS_ORGANIZATIONS + ModuleDocFragment.ONE_ORGANIZATION.replace("\noptions:\n", "")
