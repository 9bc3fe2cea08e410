# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that a person does in a vendor's console, and how a run hands them over and sees them done."""

from __future__ import annotations


class ModuleDocFragment:
    """The method, the runbook, and the file for the secret."""

    DOCUMENTATION = r"""
options:
  method:
    description:
      - How the step is done. The vendor publishes console clicks for it, and no API.
      - V(api) calls endpoints that this collection B(assumes).
      - V(auto) uses them as far as they prove themselves, and is V(manual) in the same task where they are missing, answer otherwise than assumed, refuse
        credentials that another endpoint of the service takes, or where no credentials for them are given. Whatever else goes wrong is an error. The
        reason is in RV(step).
      - V(manual) calls none of them. A person does the steps in RV(manual_steps), and the module looks for the published evidence that they are done,
        and verifies it. RV(pending) tells whether they still have to be done.
    type: str
    choices: [auto, api, manual]
    default: auto
  confirmed:
    description:
      - Whether a person says that it is done. It counts where nothing published shows the contrary, and RV(evidence) is marked as C(confirmed).
      - JumpCloud's Directory Insights may be off, or forget events after 15 days; then a person's word is all there is.
      - With a runbook, it is not taken for something that was not asked for yet, such as a new key or the end of provisioning. Then RV(pending) stays true
        until an earlier run has left this very request in the same runbook, with the same key. Only that provisioning is active, where no key is to be
        delivered, is taken at once. Without a runbook nothing is known of earlier runs, and it is taken as it comes.
    type: bool
    default: false
  manual_timeout:
    description:
      - Seconds to wait until a person has done the steps. V(0) looks once, and succeeds with RV(pending=true) if they are not done.
      - If the time runs out, the module fails. Nothing is lost; the next run picks up where this one stopped.
      - While it waits, a line tells at least every 20 seconds what has been seen, where the module runs in the controller's process.
      - In check mode the module looks once.
    type: float
    default: 0.0
"""

    RUNBOOK = r"""
options:
  runbook:
    description:
      - The path of the runbook without its suffix. V(/path/runbook) makes V(/path/runbook.md) and V(/path/runbook.html) for people, and
        V(/path/runbook.json), by which the next run knows what was asked for, and since when. The folder is made where it is missing.
      - Modules that are given the same path share the runbook; each has its own section. The files hold no secret, and have mode 0644.
      - If it is left out, the steps are in RV(manual_steps) only, and the next run does not know that they were asked for.
      - Nothing is written in check mode.
    type: path
"""

    SECRET_FILE = r"""
options:
  secret_file:
    description:
      - The path of the file in which a person and the module hand each other the key, and which holds nothing else.
      - It must be a regular file of mode 0600, no symbolic link, that belongs to the user who runs the module. Everything else is refused.
    type: path
"""
