# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Unity organization belongs to which JumpCloud organization, and what a pair is called as a host. Pure."""

from __future__ import annotations

import collections
import re
import typing as t
import unicodedata
from dataclasses import asdict, dataclass

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError, quoted, with_suggestion
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.matching import name_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import variable_of
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted, serializable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import Organization

MAPPED, UNMAPPED = "mapped", "unmapped"
OPTION = "unity_organizations"
# they mean something else to Ansible
RESERVED = frozenset(("localhost", "127.0.0.1", "all", "ungrouped", MAPPED, UNMAPPED))
LONGEST_NAME = 63
MOST_NAMED = 5


@dataclass(frozen=True)
class Pair:
    """A JumpCloud organization as a host, with the Unity organization that it provisions, if one is mapped to it."""

    host: str
    organization: Organization
    unity_organization_id: str | None

    @property
    def group(self) -> str:
        return MAPPED if self.unity_organization_id else UNMAPPED

    def variables(self, region: str) -> dict[str, t.Any]:
        """The host's variables. The expectations are there so that a variable for all hosts, or of the environment, makes no two pairs one.

        One without a Unity organization expects one that does not exist, since UNITY_ORGANIZATION_ID may be set.
        """
        found = {
            # it is no machine, and an organization may have the name of one
            "ansible_connection": "local",
            "jumpcloud_organization": asdict(self.organization),
            variable_of("region", "jumpcloud"): region,
            variable_of("organization_id", "jumpcloud"): self.organization.id,
            variable_of("expected_organization_id", "jumpcloud"): self.organization.id,
            variable_of("expected_organization_id", "unity"): self.unity_organization_id or UNMAPPED,
        }
        if self.unity_organization_id:
            found[variable_of("organization_id", "unity")] = self.unity_organization_id
        shown: dict[str, t.Any] = serializable(found)
        return shown


def unity_ids(given: t.Mapping[t.Any, t.Any]) -> dict[str, str]:
    """The mapping as text. ScimError for an entry without an ID, for two that mean one organization, and for two pairs that would fight over another."""
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    keys: dict[str, str] = {}
    for key, value in given.items():
        entry, unity_id = str(key).strip(), "" if isinstance(value, bool) or not isinstance(value, (str, int)) else str(value).strip()
        if not unity_id:
            raise ScimError("%s has no ID of a Unity organization for %s." % (OPTION, quoted(entry)), "Give it (its Genesis ID), or remove the entry.")
        if entry in keys:
            raise _named_twice(keys[entry], str(key))
        keys[entry] = str(key)
        if unity_id in owners:
            raise ScimError(
                "%s has the Unity organization %s twice, for %s and %s: two pairs would fight over its people."
                % (OPTION, quoted(unity_id), quoted(owners[unity_id]), quoted(entry)),
                "Leave it to one of them.",
            )
        owners[unity_id] = entry
        found[entry] = unity_id
    return found


def pairs_of(organizations: t.Iterable[Organization], mapping: t.Mapping[str, str], by_id: bool) -> list[Pair]:
    """All organizations as hosts, in the order of their ids. ``by_id``: a host is called by its organization's id, not by its name."""
    known = sorted(organizations, key=lambda organization: organization.id)
    unity_of = _resolved(known, mapping)
    names = {one.id: one.id for one in known} if by_id else host_names(known)
    return [Pair(names[one.id], one, unity_of.get(one.id)) for one in known]


def _resolved(organizations: list[Organization], mapping: t.Mapping[str, str]) -> dict[str, str]:
    """Unity's ids by JumpCloud's. ScimError unless each entry means exactly one organization that was seen."""
    ids = {one.id for one in organizations}
    by_name: dict[str, list[str]] = collections.defaultdict(list)
    for one in organizations:
        if name_key(one.name):
            by_name[name_key(one.name)].append(one.id)
    meant = {entry: [entry] if entry in ids else by_name.get(name_key(entry), []) for entry in mapping}
    unknown = [entry for entry, found in meant.items() if not found]
    if unknown:
        names = [*ids, *(one.name for one in organizations if one.name)]
        raise ScimError(
            "%s names %s, which is not among the %s that JumpCloud shows."
            % (OPTION, _listed([with_suggestion(entry, names) for entry in unknown]), counted(len(ids), "organization", "organizations")),
            "Correct or remove what is wrong, or use credentials that reach these organizations: some see only a part.",
        )
    entry_of: dict[str, str] = {}
    for entry, found in meant.items():
        if len(found) > 1:
            raise ScimError("%s names %s, and JumpCloud has more than one of that name: %s." % (OPTION, quoted(entry), _listed(found)), "Use the ID.")
        other = entry_of.setdefault(found[0], entry)
        if other != entry:
            raise _named_twice(other, entry)
    return {found[0]: mapping[entry] for entry, found in meant.items()}


def _named_twice(one: str, another: str) -> ScimError:
    return ScimError("%s names one JumpCloud organization twice: %s and %s." % (OPTION, quoted(one), quoted(another)), "Remove one of them.")


def require_room(pairs: t.Iterable[Pair], there: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
    """ScimError where a pair would take the place of one that another source has given, or fight with it. ``there``: the variables of its hosts."""
    jumpcloud, unity = variable_of("organization_id", "jumpcloud"), variable_of("organization_id", "unity")
    owners = {str(known[unity]): host for host, known in there.items() if known.get(unity)}
    for pair in pairs:
        known = there.get(pair.host, {})
        if str(known.get(jumpcloud) or pair.organization.id) != pair.organization.id:
            raise ScimError(
                "Another source of the inventory has the host %s for the JumpCloud organization %s, and here it is %s: one of the pairs would be lost."
                % (quoted(pair.host), quoted(str(known[jumpcloud])), quoted(pair.organization.id)),
                "Set host_names: id.",
            )
        if pair.unity_organization_id is None:
            continue
        if str(known.get(unity) or pair.unity_organization_id) != pair.unity_organization_id:
            raise ScimError(
                "Another source of the inventory gives the host %s the Unity organization %s, and %s says %s."
                % (quoted(pair.host), quoted(str(known[unity])), OPTION, quoted(pair.unity_organization_id)),
                "Name one of them only.",
            )
        owner = owners.get(pair.unity_organization_id, pair.host)
        if owner != pair.host:
            raise ScimError(
                "Another source of the inventory has the Unity organization %s for the host %s, and %s has it for %s: two pairs would fight over its people."
                % (quoted(pair.unity_organization_id), quoted(owner), OPTION, quoted(pair.host)),
                "Leave it to one of them.",
            )


def _listed(shown: list[str]) -> str:
    return ", ".join([*shown[:MOST_NAMED], *(["%d more" % (len(shown) - MOST_NAMED)] if len(shown) > MOST_NAMED else [])])


def host_names(organizations: t.Iterable[Organization]) -> dict[str, str]:
    """A host name for each id. Those that would be called the same all get their id behind it, so that a name never passes from one to another."""
    ids = [one.id for one in organizations]
    names = {one.id: _host_name(one.name) or one.id for one in organizations}
    names.update({identifier: _longer(name, identifier) for identifier, name in names.items() if name in RESERVED})
    while len(set(names.values())) < len(ids):
        times = collections.Counter(names.values())
        names.update({identifier: _longer(name, identifier) for identifier, name in names.items() if times[name] > 1})
    return names


def _longer(name: str, identifier: str) -> str:
    return "%s-%s" % (name, identifier)


def _host_name(name: str | None) -> str:
    """Letters, digits, single hyphens and dots, so that it is a pattern, a folder and a file name as it stands; empty where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name or "").casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub("[^a-z0-9]+", lambda found: "." if found.group() == "." else "-", letters).strip("-.")[:LONGEST_NAME].rstrip("-.")
