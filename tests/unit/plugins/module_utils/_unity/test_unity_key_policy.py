# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys are our own, when one is created, and which ones may go."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ScimError
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.key_policy import (
    KeyPolicy,
    created,
    oldest_first,
    reason_to_create,
    require_room,
    superfluous,
)
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._unity.service_accounts import Key

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)


def policy(**given: t.Any) -> KeyPolicy:
    return KeyPolicy(**{"key_name": "ours", "rotate": "auto", "max_age": None, "keep_previous": None, "max_keys": 20, **given})


def key(key_id: str, age: float | None = 0.0, name: str | None = "ours 000000000001") -> Key:
    """A key of this age in days; None for one without a date."""
    return Key(key_id, None if age is None else (NOW - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%SZ"), name)


def reason(keys: list[Key], warned: list[str] | None = None, **given: t.Any) -> str | None:
    told: list[str] = []
    found = reason_to_create(keys, policy(**given), NOW.timestamp(), told.append)
    assert len(told) == len(warned or [])
    assert all(part in text for part, text in zip(warned or [], told))
    return found


def ids(keys: t.Iterable[Key]) -> list[str]:
    return [one.id for one in keys]


@pytest.mark.parametrize("name", ["ours", "ours 5f0c1d2e3a4b", "ours 000000000001"])
def test_own(name: str) -> None:
    assert policy().is_managed(key("k", name=name))


@pytest.mark.parametrize("name", [None, "", "our", "ours-b", "oursx 1", "Ours 1", " ours 1", "theirs ours 1", "ours\t5f0c1d2e3a4b", "ours 5f0c1d2e3a4b\n"])
def test_foreign(name: str | None) -> None:
    assert not policy().is_managed(key("k", name=name))


@pytest.mark.parametrize("name", ["ours 1", "ours  ", "ours backup", "ours audit 5f0c1d2e3a4b", "ours 5F0C1D2E3A4B", "ours 5f0c1d2e3a4b5"])
def test_a_name_that_only_begins_like_ours_is_foreign(name: str) -> None:
    """A person's own key, and that for audits, whose account may be the same."""
    assert not policy().is_managed(key("k", name=name))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2026-11-24T12:00:00Z", NOW),
        ("2026-11-24T12:00:00.123Z", NOW.replace(microsecond=123000)),
        ("2026-11-24T13:00:00+01:00", NOW),
        ("2026-11-24T12:00:00", NOW),
        (None, None),
        ("", None),
        ("soon", None),
        ("2026-13-45T12:00:00Z", None),
        ("1795521600", None),
    ],
)
def test_created(text: str | None, expected: datetime | None) -> None:
    assert created(Key("k", text)) == expected


def test_oldest_first() -> None:
    keys = [key("new"), key("b", 3), key("a", 3), key("unknown-2", None), Key("unknown-1", "soon"), key("future", -5), key("old", 900)]
    assert ids(oldest_first(keys)) == ["unknown-1", "unknown-2", "old", "a", "b", "new", "future"]


# ---- when to create


@pytest.mark.parametrize("keys", [[], [key("k")], [key("k", 9999)]])
def test_always(keys: list[Key]) -> None:
    assert reason(keys, rotate="always") == "rotate is 'always'"


@pytest.mark.parametrize("keys", [[key("k", 9999)], [key("k", name="theirs")], [key("a"), key("b"), key("c")]])
def test_never(keys: list[Key]) -> None:
    assert reason(keys, rotate="never", max_age=1.0, keep_previous=0) is None


def test_never_without_a_key() -> None:
    with pytest.raises(ScimError, match="has no key, and rotate is 'never'"):
        reason([], rotate="never")


def test_auto_without_a_key() -> None:
    assert reason([]) == "the account has no key"


@pytest.mark.parametrize("age, due", [(0, False), (89.9, False), (90, False), (90.001, True), (400, True)])
def test_max_age(age: float, due: bool) -> None:
    assert (reason([key("k", age)], max_age=90.0) is not None) is due


def test_max_age_names_the_key_and_its_age() -> None:
    assert reason([key("k", 400)], max_age=90.0) == "the key k is 400 days old"
    assert reason([key("k", 1.2)], max_age=1.0) == "the key k is 1 day old"
    assert reason([key("k", 0.2)], max_age=0.1) == "the key k is 0 days old"


def test_max_age_looks_at_the_newest_supplied_key_only() -> None:
    assert reason([key("new", 1), key("old", 400)], max_age=90.0) is None
    assert reason([key("new", 1, "theirs"), key("old", 400)], max_age=90.0) == "the key old is 400 days old"
    assert reason([key("new", 1), key("old", 400, "theirs"), key("unknown", None)], max_age=90.0) is None


def test_foreign_keys_have_no_age() -> None:
    """And that their age counts for nothing is told, since nothing would ever be rotated by age."""
    told = 'The account has 2 keys, and none was made under the name "ours", so max_age applies to none. Rotate once with rotate=always.'
    foreign = [key("k", 9999, "theirs"), key("l", None, None)]
    assert reason(foreign, [told], max_age=1.0) is None
    assert reason(foreign[:1], [told.replace("2 keys", "1 key")], max_age=1.0) is None
    assert reason(foreign) is None and reason(foreign, max_age=1.0, rotate="never") is None
    assert reason(foreign, max_age=1.0, rotate="always") == "rotate is 'always'"


@pytest.mark.parametrize("keys", [[key("k", None)], [Key("k", "soon", "ours 000000000001")], [key("j", None), key("k", None)]])
def test_an_unknown_age_is_told(keys: list[Key]) -> None:
    assert reason(keys, ["The age of the key k is unknown, so max_age can't be applied to it."], max_age=1.0) is None


@pytest.mark.parametrize("days", [1, 0.01])
def test_a_key_from_the_future_counts_as_new(days: float) -> None:
    assert reason([key("k", -days)], ["The key k was created in the future (2026-11-2"], max_age=0.0) is None


def test_clocks_may_differ_a_little() -> None:
    assert reason([key("k", -299 / 86400)], max_age=0.0) is None


def test_without_max_age_no_date_is_looked_at() -> None:
    assert reason([key("k", None), key("l", -100), key("m", 9999)]) is None


@pytest.mark.parametrize("keep, own, due", [(None, 9, False), (0, 1, False), (0, 2, True), (1, 2, False), (1, 3, True), (2, 3, False)])
def test_more_managed_keys_than_kept(keep: int | None, own: int, due: bool) -> None:
    keys = [key("k%d" % number, number) for number in range(own)] + [key("f%d" % number, number, "theirs") for number in range(5)]
    expected = "%d managed keys are live, and which of them is in use can't be told" % own
    assert reason(keys, keep_previous=keep) == (expected if due else None)


# ---- room


@pytest.mark.parametrize("keys, most, fits", [(0, 1, True), (1, 1, False), (19, 20, True), (20, 20, False), (21, 20, False), (0, 0, False)])
def test_room(keys: int, most: int, fits: bool) -> None:
    held = [key("k%d" % number, name="ours" if number % 2 else None) for number in range(keys)]
    if fits:
        require_room(held, policy(max_keys=most))
        return
    with pytest.raises(ScimError) as caught:
        require_room(held, policy(max_keys=most))
    said = {0: "0 keys, and 0 are", 1: "1 key, and 1 is"}.get(keys, "%d keys, and %d are" % (keys, most))
    assert str(caught.value) == "The service account has %s allowed. No key was created." % said
    assert "(%d of them were made by this collection, %d by others)" % (keys // 2, keys - keys // 2) in (caught.value.hint or "")


def test_room_that_one_supplied_key_takes() -> None:
    with pytest.raises(ScimError) as caught:
        require_room([key("a"), key("b", name="theirs")], policy(max_keys=2))
    assert "(1 of them was made by this collection, 1 by others)" in (caught.value.hint or "")


# ---- what may go


HELD = [key("c", 1), key("theirs", 900, "theirs"), key("a", 3), key("unnamed", 900, None), key("b", 2), key("undated", None), key("used", 400)]


@pytest.mark.parametrize(
    "keep, gone",
    [(None, ["undated", "a", "b", "c"]), (0, ["undated", "a", "b", "c"]), (1, ["undated", "a", "b"]), (3, ["undated"]), (4, []), (99, [])],
)
def test_superfluous_oldest_first(keep: int | None, gone: list[str]) -> None:
    """Whatever its age, the key that is in use stays; so does what is foreign."""
    assert ids(superfluous(HELD, "used", policy(keep_previous=keep))) == gone


def test_superfluous_beside_a_foreign_key_that_is_in_use() -> None:
    assert ids(superfluous(HELD, "theirs", policy(keep_previous=1))) == ["undated", "used", "a", "b"]


@pytest.mark.parametrize("keys", [[], HELD])
@pytest.mark.parametrize("key_id", ["", "gone", "two\nlines"])
def test_superfluous_where_the_key_in_use_is_not_live(keys: list[Key], key_id: str) -> None:
    with pytest.raises(ScimError, match="so its other keys stay") as caught:
        superfluous(keys, key_id, policy())
    assert "\n" not in str(caught.value)


def test_the_key_in_use_is_the_listed_one_in_whatever_case() -> None:
    assert superfluous(HELD, "USED", policy()) == superfluous(HELD, "used", policy())
    assert ids(superfluous([key("used"), key("USED")], "USED", policy())) == ["used"]


def test_one_key_leaves_nothing_superfluous() -> None:
    assert superfluous([key("used")], "used", policy()) == []
