# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
name: jumpcloud_organizations
short_description: JumpCloud organizations, each with its Unity organization, as hosts
version_added: 0.1.0
description:
  - Lists the organizations of a JumpCloud provider, or those that the credentials reach, and makes each of them a host, for the playbooks of this collection.
  - >-
    The variables of a host are those of the role that name its pair of organizations, C(scim_provisioning_jumpcloud_organization_id) and, for those with an
    entry in O(unity_organizations), C(scim_provisioning_unity_organization_id), each with the guard C(..._expected_organization_id);
    C(scim_provisioning_jumpcloud_region); C(ansible_connection), which is V(local); and C(jumpcloud_organization), with what JumpCloud publishes of it,
    C(id), C(name), C(logo_url) and C(max_system_users). Of the last two, a provider's list shows the second one only, and the other list the first one.
  - >-
    Hosts with a Unity organization are in the group C(mapped), the others in the group C(unmapped). The playbooks refuse a host of C(unmapped), also where
    E(UNITY_ORGANIZATION_ID) is set.
  - The list is whole, or it is an error. Only published operations are called, and C(x-org-id) is not sent.
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices: [unity_jumpcloud.scim.jumpcloud_organizations]
  provider_id:
    description:
      - The ID of a provider, whose organizations are listed. The credentials must be those of the provider.
      - If it is left out, the organizations that the credentials reach are listed.
    type: str
  unity_organizations:
    description:
      - The IDs (Genesis IDs) of the Unity organizations, by the ID or the name of the JumpCloud organization. Names are compared exactly.
      - >-
        An entry that names none of the organizations that were seen, or more than one, is an error, and so is a Unity organization that is there twice, or
        that another source of the inventory has for another host, since two pairs would fight over its people.
    type: dict
    default: {}
  host_names:
    description:
      - V(name) calls a host by the name of its organization, in lower case, with a hyphen for all that is not a letter of ASCII, a digit or a single dot.
        Where two would be called the same, both get their ID behind it; and where nothing of a name is left, it is the ID. A host that another source of the
        inventory has for another organization is an error.
      - V(id) calls it by the ID of its organization, which does not change when somebody renames it.
    type: str
    choices: [name, id]
    default: name
extends_documentation_fragment:
  - unity_jumpcloud.scim.jumpcloud.across_organizations
  - unity_jumpcloud.scim.connection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The file is YAML, and its name ends with C(.yml) or C(.yaml). An option that this plugin does not know is an error.
  - >-
    Put no secret into the file in clear: leave the credentials to the environment, encrypt them with C(!vault), or write a template such as a lookup.
  - >-
    The cache holds what JumpCloud publishes of the organizations, and no secret. If an entry of O(unity_organizations) names one that is not in it, JumpCloud
    is asked.
  - >-
    Ansible goes on without an inventory that has failed, and only warns. Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) to V(true), or
    C(any_unparsed_is_failed) in the section C(inventory) of C(ansible.cfg), so that it stops.
  - >-
    Names come from people at JumpCloud. They are never taken as a template, and a host is never a machine, whatever its organization is called.
author:
  - unity_jumpcloud.scim contributors (@unity-jumpcloud)
"""

EXAMPLES = r"""
---
# fleet.yml, with JUMPCLOUD_API_KEY in the environment: the organizations that the key reaches
plugin: unity_jumpcloud.scim.jumpcloud_organizations
unity_organizations:
  Acme Studio: "12345678901234"
  5f0a1b2c3d4e5f6071829302: "12345678905678"

---
# The organizations of a provider, in JumpCloud's region for Europe, with a service account. They are read at most once an hour.
plugin: unity_jumpcloud.scim.jumpcloud_organizations
provider_id: 5f0a1b2c3d4e5f60718293aa
region: eu
client_id: "{{ lookup('ansible.builtin.env', 'PROVIDER_CLIENT_ID') }}"
client_secret: "{{ lookup('ansible.builtin.env', 'PROVIDER_CLIENT_SECRET') }}"
unity_organizations:
  Acme Studio: "12345678901234"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/jumpcloud_organizations
cache_timeout: 3600

---
# Variables and groups of one's own. What is wanted of each pair can stand in group_vars/mapped.yml, and in host_vars/.
plugin: unity_jumpcloud.scim.jumpcloud_organizations
host_names: id
strict: true
compose:
  scim_provisioning_report: "'/var/lib/scim/' ~ inventory_hostname ~ '/audit'"
groups:
  trials: jumpcloud_organization.name is search('trial', ignorecase=true)
keyed_groups:
  - key: scim_provisioning_jumpcloud_region
    prefix: region
"""

import json
import typing as t

from ansible.errors import AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import JUMPCLOUD, Arguments
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, with_suggestion
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.halves import plain, require_whole
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import one_line
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.secrets import Masker
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.jumpcloud_organizations import Found, run

# options of a connection that are about one organization
NOT_ASKED = ("organization_id", "expected_organization_id", "insights_url")
CONNECTION = Arguments({name: option for name, option in JUMPCLOUD.options.items() if name not in NOT_ASKED}, JUMPCLOUD.rules)
ARGUMENTS = CONNECTION + Arguments(
    {
        "provider_id": {"type": "str"},
        "unity_organizations": {"type": "dict", "default": {}},
        "host_names": {"type": "str", "choices": ["name", "id"], "default": "name"},
    }
)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The shell around the plugin's logic: it knows files, the cache and the inventory, and nothing of JumpCloud."""

    NAME = "unity_jumpcloud.scim.jumpcloud_organizations"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith((".yml", ".yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        masker = Masker()
        context = Context(warn=lambda text: self.display.warning(masker.redact(text)), masker=masker)
        try:
            found = self._found(self._params(config), context, path, cache)
            found.require_room({name: host.vars for name, host in inventory.hosts.items()})
        except ScimError as error:
            raise AnsibleParserError(masker.redact(error.sentence())) from None
        for pair in found.pairs:
            inventory.add_host(pair.host, group=inventory.add_group(pair.group))
            for name, value in found.variables[pair.host].items():
                inventory.set_variable(pair.host, name, _never_a_template(value))
            self._construct(inventory, pair.host)

    def _params(self, config: dict[str, t.Any]) -> dict[str, t.Any]:
        """The options as a module would get them: from the file, else from the environment; what is empty counts as not given."""
        documented = self.get_options()
        for name in config:
            if name not in documented:
                raise ScimError("This plugin has no option %s." % with_suggestion(str(name), documented), "Correct it, or remove it.")
        given = {name: self.templar.template(value) for name, value in config.items() if name in ARGUMENTS.options}
        # plain values, as a module gets them; what is encrypted becomes text only here on old versions of Ansible
        values = {name: value for name, value in json.loads(json.dumps(given, default=str)).items() if value not in (None, "")}
        spec = ARGUMENTS.as_spec()
        checked = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(values)
        if checked.error_messages:
            raise ScimError(" ".join("%s." % message.rstrip(".") for message in checked.error_messages))
        require_whole(checked.validated_parameters)
        return {**dict.fromkeys(NOT_ASKED), **plain(checked.validated_parameters)}

    def _found(self, params: dict[str, t.Any], context: Context, path: str, cache: bool) -> Found:
        """What the cache has, or JumpCloud. Another provider or another place is another entry."""
        if not self.get_option("cache"):
            return run(params, context)
        key = self.get_cache_key(" ".join((path, params["provider_id"] or "", params["region"], params["console_url"] or "")))
        remembered = self._remembered(key, context) if cache else None
        found = run(params, context, remembered)
        if found.rows != remembered:
            self._cache[key] = found.rows
        return found

    def _remembered(self, key: str, context: Context) -> t.Any:
        try:
            return self._cache.get(key)
        except Exception as error:  # pylint: disable=broad-exception-caught
            # which it is depends on the cache plugin, and on what another version of it has left there
            context.warn("The cache of the inventory can't be read (%s), so JumpCloud is asked." % one_line(str(error)).rstrip("."))
            return None

    def _construct(self, inventory: t.Any, host: str) -> None:
        """Variables and groups of the user's own."""
        strict = self.get_option("strict")
        variables = inventory.get_host(host).get_vars()
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)


def _never_a_template(value: t.Any) -> t.Any:
    """What JumpCloud shows may look like a template. Only what does is marked, since the mark is seen in all that is made of it, such as AWX's inventories."""
    if isinstance(value, dict):
        return {name: _never_a_template(entry) for name, entry in value.items()}
    return wrap_var(value) if isinstance(value, str) and "{" in value else value
