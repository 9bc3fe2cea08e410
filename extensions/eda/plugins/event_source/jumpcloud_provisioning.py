# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source for ansible-rulebook: what happens to the provisioning of a JumpCloud application."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: jumpcloud_provisioning
short_description: Tell what happens to the provisioning of a JumpCloud application
version_added: 0.1.0
description:
  - Asks Directory Insights every so often for the events of one SSO application, and puts each one into the queue once.
  - An event may appear late, twice, or after a newer one. So each look asks again for the time that the last ones have seen, as far back as
    O(overlap), and what was told is known by its id. With O(state_file) that is also so after a restart. If the process is killed while events are
    handed over, those of that look are told again. What was handed over is not told again, whether a rule has acted on it or not.
  - A watch that begins without a state tells nothing of what was there before.
  - Only published operations are used. How long an event takes to appear is not published. Minutes were observed.
  - Whatever goes wrong, it looks again, later each time, at most after 15 minutes or when the service asks for it. What the credentials or the options
    forbid ends it with one line, at once where it has not seen anything yet, and else after three refusals (401, 402 or 403) in a row, so that
    nobody hammers with a revoked key.
  - Options that are empty count as not given. Credentials come from the environment where they are left out, as those of the modules do.
  - ansible-core and C(requests) must be installed for the Python that runs ansible-rulebook.
options:
  application:
    description: The display label of the application. Needed without O(application_id).
    type: str
  application_id:
    description: The ID of the application. Needed without O(application).
    type: str
  interval:
    description: How many seconds to wait between two looks. JumpCloud publishes no limit for its requests.
    type: float
    default: 60
  overlap:
    description: How late an event may appear, in seconds, after a newer one has. What comes later still is not told.
    type: float
    default: 900
  state_file:
    description:
      - Where to remember what was told, for the next start. It is replaced as a whole, readable by nobody else (mode 0600), and holds ids and times,
        but no address and no secret. Each watch needs its own. Its folder is made if it is missing (mode 0700).
      - One that is damaged, from the future, or older than the 90 days for which JumpCloud keeps events is not gone on with. That is reported, told
        as an event of the kind V(unwatched), and the watch begins anew.
      - One that is older than 15 days, for which JumpCloud keeps events on its lowest plan, is gone on with. That is reported and told as well, since
        older events may be gone.
      - If it can't be written at the start, the watch ends. Later on that is reported, and the watch goes on.
      - If it is left out, each start is a beginning, and so is one that does not find the file.
    type: path
  ours:
    description:
      - By whom changes are expected, as RV(initiated_by) names them, for example the address of the administrator whose key the collection uses.
      - If it is left out, every change counts as somebody else's.
    type: list
    elements: str
    default: []
  max_deprovisioned:
    description: How many people may be deprovisioned within O(within_minutes). One more is an event of the kind V(many_deprovisionings).
    type: int
    default: 10
  within_minutes:
    description: For how many minutes a deprovisioning counts for O(max_deprovisioned).
    type: int
    default: 60
  may_provision_users:
    description: Whether C(may_provision_user) may be true in an event of the kind V(people_failing).
    type: bool
    default: false
  may_pause:
    description: Whether C(may_pause) may be true in an event of the kind V(many_deprovisionings).
    type: bool
    default: false
  api_key:
    description: An administrator's API key. Taken from E(JUMPCLOUD_API_KEY) if it is left out.
    type: str
  client_id:
    description: The client ID of a service account, instead of O(api_key). Taken from E(JUMPCLOUD_CLIENT_ID) if it and O(client_secret) are left out.
    type: str
  client_secret:
    description: The client secret of the service account. Taken from E(JUMPCLOUD_CLIENT_SECRET) if it and O(client_id) are left out.
    type: str
  organization_id:
    description: The JumpCloud organization, for administrators of several. Taken from E(JUMPCLOUD_ORGANIZATION_ID) if it is left out.
    type: str
  expected_organization_id:
    description: A guard. If it is set, the application must belong to this organization.
    type: str
  region:
    description: V(us), V(eu) or V(in). Taken from E(JUMPCLOUD_REGION) if it is left out.
    type: str
    default: us
  console_url:
    description: Another address of the console API. Taken from E(JUMPCLOUD_CONSOLE_URL) if it is left out.
    type: str
  oauth_url:
    description: Another address for the tokens of service accounts. Taken from E(JUMPCLOUD_OAUTH_URL) if it is left out.
    type: str
  insights_url:
    description: Another address of Directory Insights. Taken from E(JUMPCLOUD_INSIGHTS_URL) if it is left out.
    type: str
  connect_timeout:
    description: How many seconds to wait for a connection.
    type: float
    default: 10
  read_timeout:
    description: How many seconds to wait for the next part of an answer. The end of the process may wait so long, too.
    type: float
    default: 30
  time_budget:
    description: How many seconds the requests of one look may take together, with their repetitions.
    type: float
    default: 300
  concurrency:
    description: How many requests may be under way at a time.
    type: int
    default: 4
  ca_path:
    description: A file with the certificates of the authorities to trust.
    type: path
  proxy:
    description: The URL of a proxy. Otherwise the environment's is used.
    type: str
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
- name: Watch the provisioning of Unity
  hosts: all
  sources:
    - name: JumpCloud
      unity_jumpcloud.scim.jumpcloud_provisioning:
        application: Unity
        state_file: /var/lib/scim/unity-watch.json
        ours: [scim-automation@example.com]
  rules:
    - name: Somebody else changed something
      condition: event.kind == "changed_by_others"
      action:
        run_playbook:
          name: unity_jumpcloud.scim.audit
          # else it runs for localhost, without the variables of the pair
          extra_vars:
            scim_provisioning_hosts: all
"""

import asyncio
import importlib.util
import logging
import os
import sys
import threading
import types
import typing as t

COLLECTION = "ansible_collections.unity_jumpcloud.scim"


def _make_importable(name: str, levels: int) -> None:
    """A package that is the folder so many levels above this one."""
    package = types.ModuleType(name)
    package.__path__ = [os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * levels))]
    sys.modules[name] = package


# ansible-rulebook runs this file by its path, and knows nothing of Ansible's search for collections. So the collection is the one that this file lies in,
# whatever else is installed. What is found otherwise of other collections stays to be found.
if COLLECTION not in sys.modules:
    if importlib.util.find_spec("ansible_collections") is None:
        _make_importable("ansible_collections", 6)
    _make_importable(COLLECTION, 4)

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import APPLICATION_IDENTITY, JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Clock, Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import plain, require_whole
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.provisioning_watch import Watch, run

ARGUMENTS = (
    JUMPCLOUD
    + APPLICATION_IDENTITY
    + Arguments(
        {
            "interval": {"type": "float", "default": 60.0},
            "overlap": {"type": "float", "default": 900.0},
            "state_file": {"type": "path"},
            "ours": {"type": "list", "elements": "str", "default": []},
            "max_deprovisioned": {"type": "int", "default": 10},
            "within_minutes": {"type": "int", "default": 60},
            "may_provision_users": {"type": "bool", "default": False},
            "may_pause": {"type": "bool", "default": False},
        }
    )
)
# of ansible-rulebook's own
NO_OPTIONS = ("eda_feedback_queue",)
LOG = logging.getLogger("unity_jumpcloud.scim.jumpcloud_provisioning")


class Ended(Exception):
    """The watch ends while a thread of it waits."""


class WatchFailed(Exception):
    """The watch can't go on. ansible-rulebook shows the text on one line, and ends."""


async def main(queue: asyncio.Queue[t.Any], args: dict[str, t.Any]) -> None:
    """Look, hand over, remember, wait; until it is cancelled, or has to end."""
    end = threading.Event()
    try:
        watch = open_watch(args, end)
        while True:
            look = await asyncio.to_thread(watch.look)
            for event in look.told:
                await queue.put(event)
            await asyncio.to_thread(watch.keep, look)
            await asyncio.sleep(look.pause)
    except ScimError as error:
        raise WatchFailed(error.sentence()) from None
    finally:
        end.set()


def open_watch(args: dict[str, t.Any], end: threading.Event) -> Watch:
    """The watch of these options. ``end`` wakes whoever waits for the next try of a request."""
    given = {name: value for name, value in args.items() if name not in NO_OPTIONS and value not in (None, "")}
    masker = Masker()
    spec = ARGUMENTS.as_spec()
    for name, option in spec["argument_spec"].items():
        if option.get("no_log"):
            masker.register(str(given.get(name, "")))
    checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(given)
    if checked.error_messages:
        raise ScimError(masker.redact(one_line("The event source jumpcloud_provisioning: %s." % "; ".join(checked.error_messages))))

    require_whole(checked.validated_parameters)

    def wait(seconds: float) -> None:
        if end.wait(seconds):
            raise Ended

    # what is tried again by itself is no news
    context = Context(warn=lambda line: LOG.info("%s", masker.redact(line)), masker=masker, clock=Clock(sleep=wait))
    return run(plain(checked.validated_parameters), context, lambda line: LOG.warning("%s", line))
