# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How requests are sent: the same options in every module."""

from __future__ import annotations


class ModuleDocFragment:
    """Timeouts, the time budget, the certificate authority and the proxy."""

    DOCUMENTATION = r"""
options:
  connect_timeout:
    description:
      - Seconds to wait for a connection, more than 0.
    type: float
    default: 10.0
  read_timeout:
    description:
      - Seconds to wait for an answer, or for the next part of it, more than 0.
    type: float
    default: 30.0
  time_budget:
    description:
      - Seconds that all requests of one run of the module may take together, retries and the waits between them included. More than 0.
      - A wait that would exceed it ends the run at once, with the error that was about to be retried.
      - Only to undo what must not stay, such as a key that nobody can use, 30 more seconds are there.
    type: float
    default: 300.0
  concurrency:
    description:
      - How many requests may be under way at a time, to all services together. Pages of long lists are read, and groups bound, so many at a time.
      - Where a service answers that requests come too fast, there are fewer, and later ones. At most 32.
    type: int
    default: 4
  ca_path:
    description:
      - A file with the certificates of the certificate authorities to trust, for example that of a TLS-inspecting proxy.
      - If it is left out, E(REQUESTS_CA_BUNDLE), then E(CURL_CA_BUNDLE) is used, then the certificates that come with C(requests).
      - Certificates are always validated. There is no option to turn that off, since every request carries a credential.
    type: path
  proxy:
    description:
      - The URL of a proxy for all requests but those to this machine.
      - If it is left out, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are honoured.
      - It is never shown, since it may hold a password.
    type: str
requirements:
  - requests >= 2.28 (on the machine that runs the module, which is the controller in the playbooks of this collection)
notes:
  - Requests that may be repeated safely are repeated after a passing failure, with growing pauses and a warning for each.
    A request that must not run twice, such as the creation of a key, is repeated only when it surely was not processed.
  - C(http://) URLs are accepted for this machine only, and redirects to another host are refused.
"""
