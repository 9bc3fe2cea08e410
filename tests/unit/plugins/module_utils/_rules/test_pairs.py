# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which organizations are a pair, and what it is called as a host."""

from __future__ import annotations

import itertools
import re
import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.organizations import Organization
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.pairs import host_names, pairs_of, require_room, unity_ids

A, B, C = "a" * 24, "b" * 24, "c" * 24
ORGANIZATIONS = [Organization(B, "Beta & Söhne"), Organization(A, "Acme"), Organization(C, None)]
UNITY, OTHER = "12345678901234", "12345678905678"


# ---- host names


@pytest.mark.parametrize(
    "name, host",
    [
        ("Acme", "acme"),
        ("Acme GmbH & Co. KG", "acme-gmbh-co-kg"),
        ("  Müller_Straße  ", "muller-strasse"),
        ("www.acme.com", "www.acme.com"),
        ("../../etc/passwd", "etc-passwd"),
        ("acme:22,web[1:9]*!&~@", "acme-22-web-1-9"),
        ("{{ lookup('pipe', 'id') }}", "lookup-pipe-id"),
        ("a\x1b[31m\u202eb\ud800", "a-31m-b"),
        ("Acme 株式会社", "acme"),
        ("株式会社", A),
        ("-.-", A),
        ("", A),
        (None, A),
        ("x" * 62 + " yz", "x" * 62),
        ("2024", "2024"),
        ("localhost", "localhost-" + A),
        ("Unmapped", "unmapped-" + A),
        ("All", "all-" + A),
    ],
)
def test_a_host_name(name: str | None, host: str) -> None:
    assert host_names([Organization(A, name)]) == {A: host}
    assert re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", host)


@pytest.mark.parametrize(
    "names, hosts",
    [
        (("Acme", "Acme", "Other"), ("acme-" + A, "acme-" + B, "other")),
        (("Acme", "ACME!", None), ("acme-" + A, "acme-" + B, C)),
        # somebody calls an organization as another one would be called
        (("Acme", "acme", "acme " + A), (f"acme-{A}-{A}", "acme-" + B, f"acme-{A}-{C}")),
        ((None, A, "x"), (f"{A}-{A}", f"{A}-{B}", "x")),
    ],
)
def test_host_names_are_unique_in_whatever_order_they_come(names: tuple[str | None, ...], hosts: tuple[str, ...]) -> None:
    organizations = [Organization(identifier, name) for identifier, name in zip((A, B, C), names)]
    for order in itertools.permutations(organizations):
        assert host_names(order) == dict(zip((A, B, C), hosts))


# ---- the mapping


@pytest.mark.parametrize("given, found", [({}, {}), ({"Acme": UNITY, B: " %s " % OTHER}, {"Acme": UNITY, B: OTHER}), ({2024: 12345678901234}, {"2024": UNITY})])
def test_a_mapping_as_text(given: dict[t.Any, t.Any], found: dict[str, str]) -> None:
    assert unity_ids(given) == found


@pytest.mark.parametrize("value", [None, "", "  ", True, 1.5, [UNITY], {"id": UNITY}])
def test_a_mapping_without_an_id(value: t.Any) -> None:
    with pytest.raises(ScimError) as caught:
        unity_ids({"Acme": value})
    assert caught.value.sentence() == ('unity_organizations has no ID of a Unity organization for "Acme". Give it (its Genesis ID), or remove the entry.')


def test_two_pairs_would_fight() -> None:
    with pytest.raises(ScimError) as caught:
        unity_ids({"Acme": UNITY, "Beta": OTHER, "Gamma": int(UNITY)})
    assert caught.value.sentence() == (
        'unity_organizations has the Unity organization "%s" twice, for "Acme" and "Gamma": two pairs would fight over its people. '
        "Leave it to one of them." % UNITY
    )


@pytest.mark.parametrize("other", ["Acme ", "\tAcme"])
def test_entries_that_differ_by_blanks_only_name_one_organization(other: str) -> None:
    with pytest.raises(ScimError, match="names one JumpCloud organization twice: ") as caught:
        unity_ids({"Acme": UNITY, other: OTHER})
    assert '"Acme" and "' in caught.value.sentence() and "\n" not in caught.value.sentence()


JUMPCLOUD_ID, UNITY_ID = "scim_provisioning_jumpcloud_organization_id", "scim_provisioning_unity_organization_id"
THERE: list[t.Any] = [
    pytest.param({}, None, id="nothing"),
    pytest.param({"acme": {JUMPCLOUD_ID: A, UNITY_ID: int(UNITY)}}, None, id="the same pair"),
    pytest.param({"acme": {JUMPCLOUD_ID: None, UNITY_ID: ""}, "beta": {}}, None, id="a host without organizations"),
    pytest.param({"gamma": {JUMPCLOUD_ID: C, UNITY_ID: OTHER}}, None, id="another pair"),
    pytest.param(
        {"acme": {JUMPCLOUD_ID: B, UNITY_ID: OTHER}},
        'Another source of the inventory has the host "acme" for the JumpCloud organization "%s", and here it is "%s": '
        "one of the pairs would be lost. Set host_names: id." % (B, A),
        id="another organization of that name",
    ),
    pytest.param({"beta": {JUMPCLOUD_ID: C}}, "Set host_names: id.", id="an unmapped one"),
    pytest.param(
        {"acme": {JUMPCLOUD_ID: A, UNITY_ID: OTHER}},
        'Another source of the inventory gives the host "acme" the Unity organization "%s", and unity_organizations says "%s". Name one of them only.'
        % (OTHER, UNITY),
        id="the same organization, with another one of Unity",
    ),
    pytest.param(
        {"gamma": {JUMPCLOUD_ID: C, UNITY_ID: UNITY}},
        'Another source of the inventory has the Unity organization "%s" for the host "gamma", and unity_organizations has it for "acme": '
        "two pairs would fight over its people. Leave it to one of them." % UNITY,
        id="one organization of Unity for two hosts",
    ),
]


@pytest.mark.parametrize("there, said", THERE)
def test_beside_what_another_source_of_the_inventory_has(there: dict[str, dict[str, t.Any]], said: str | None) -> None:
    pairs = pairs_of([Organization(A, "Acme"), Organization(B, "Beta")], {A: UNITY}, by_id=False)
    if said is None:
        require_room(pairs, there)
        return
    with pytest.raises(ScimError) as caught:
        require_room(pairs, there)
    assert caught.value.sentence().endswith(said)


def test_pairs_by_name_and_by_id() -> None:
    pairs = pairs_of(ORGANIZATIONS, {"Beta & So\u0308hne ": UNITY, C: OTHER}, by_id=False)
    assert [(pair.host, pair.organization.id, pair.unity_organization_id, pair.group) for pair in pairs] == [
        ("acme", A, None, "unmapped"),
        ("beta-sohne", B, UNITY, "mapped"),
        (C, C, OTHER, "mapped"),
    ]
    assert [pair.host for pair in pairs_of(ORGANIZATIONS, {}, by_id=True)] == [A, B, C]
    assert pairs_of([], {}, by_id=False) == []


@pytest.mark.parametrize(
    "organizations, mapping, said",
    [
        (
            ORGANIZATIONS,
            {"acme": UNITY},
            'unity_organizations names "acme" (did you mean "Acme"?), which is not among the 3 organizations that JumpCloud shows. '
            "Correct or remove what is wrong, or use credentials that reach these organizations: some see only a part.",
        ),
        (ORGANIZATIONS, {"d" * 24: UNITY, "Acme": OTHER}, 'unity_organizations names "%s", which is not among the 3 organizations' % ("d" * 24)),
        ([Organization(A, "One")], {str(n): str(n) for n in range(7)}, 'names "0", "1", "2", "3", "4", 2 more, which is not among the 1 organization that'),
        ([], {"Acme": UNITY}, 'names "Acme", which is not among the 0 organizations that JumpCloud shows.'),
        (
            [Organization(A, "Acme"), Organization(B, "Acme")],
            {"Acme": UNITY},
            'unity_organizations names "Acme", and JumpCloud has more than one of that name: %s, %s. Use the ID.' % (A, B),
        ),
        (
            ORGANIZATIONS,
            {"Acme": UNITY, A: OTHER},
            'unity_organizations names one JumpCloud organization twice: "Acme" and "%s". Remove one of them.' % A,
        ),
    ],
)
def test_a_mapping_that_does_not_fit(organizations: list[Organization], mapping: dict[str, str], said: str) -> None:
    with pytest.raises(ScimError) as caught:
        pairs_of(organizations, mapping, by_id=False)
    assert said in caught.value.sentence() and "\n" not in caught.value.sentence()


def test_an_organization_without_a_name_is_not_meant_by_an_empty_one() -> None:
    with pytest.raises(ScimError, match='names ""'):
        pairs_of(ORGANIZATIONS, {"": UNITY}, by_id=False)


def test_variables_of_a_host() -> None:
    unmapped, mapped, _nameless = pairs_of(ORGANIZATIONS, {B: UNITY}, by_id=False)
    assert mapped.variables("eu") == {
        "ansible_connection": "local",
        "jumpcloud_organization": {"id": B, "name": "Beta & Söhne", "logo_url": None, "max_system_users": None},
        "scim_provisioning_jumpcloud_region": "eu",
        "scim_provisioning_jumpcloud_organization_id": B,
        "scim_provisioning_jumpcloud_expected_organization_id": B,
        "scim_provisioning_unity_organization_id": UNITY,
        "scim_provisioning_unity_expected_organization_id": UNITY,
    }
    variables = unmapped.variables("us")
    assert "scim_provisioning_unity_organization_id" not in variables
    # whatever UNITY_ORGANIZATION_ID says, it is another one
    assert variables["scim_provisioning_unity_expected_organization_id"] == "unmapped"


def test_a_name_that_can_not_be_written() -> None:
    (pair,) = pairs_of([Organization(A, "a\ud800")], {}, by_id=False)
    assert pair.variables("us")["jumpcloud_organization"]["name"] == "a\\ud800"
