# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit found, taken apart with care: it comes from vendors and from templates, so any field may be missing, null or of another type. Pure."""

from __future__ import annotations

import json
import math
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.shapes import ShapeMismatch, type_name

# takes a value and its place, gives the value as the report has it; ShapeMismatch where it can't be that
Reader = t.Callable[[t.Any, str], t.Any]


def mismatch(where: str, expected: str, value: t.Any) -> ShapeMismatch:
    return ShapeMismatch(where, expected, type_name(type(value)))


def text(value: t.Any, where: str) -> str | None:
    """Templates make numbers of IDs that look like numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise mismatch(where, "a string", value)
    return value


def text_or(default: str) -> Reader:
    """A text that the report always has."""

    def read(value: t.Any, where: str) -> str:
        return text(value, where) or default

    return read


def number(value: t.Any, where: str) -> int | None:
    """A whole number, which old versions of Ansible hand over as a string where it comes from a template."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        return int(value)
    if value is None or value == "":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise mismatch(where, "a whole number that is not negative", value)
    return value


def number_or_zero(value: t.Any, where: str) -> int:
    return number(value, where) or 0


def seconds(value: t.Any, where: str) -> float | None:
    """A time that something took, to the millisecond."""
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise mismatch(where, "a number that is not negative", value)
    return round(float(value), 3)


def whole_days(value: t.Any, where: str) -> int:
    """A part of a day counts as one."""
    return math.ceil(seconds(value, where) or 0)


def flag(value: t.Any, where: str) -> bool | None:
    """True or false, or the words that old versions of Ansible hand over for them."""
    if isinstance(value, str) and value.lower() in ("true", "false", ""):
        return {"true": True, "false": False}.get(value.lower())
    if value is not None and not isinstance(value, bool):
        raise mismatch(where, "true or false", value)
    return value


def is_true(value: t.Any, where: str) -> bool:
    return flag(value, where) is True


def is_not_false(value: t.Any, where: str) -> bool:
    return flag(value, where) is not False


def any_as_text(value: t.Any, _where: str) -> str | None:
    """An attribute of a person has any type; the report shows it."""
    return value if value is None or isinstance(value, str) else json.dumps(value, sort_keys=True)


def name_of(value: t.Any, where: str) -> str | None:
    """A name, or the name of an object that has one."""
    return text(value.get("name") if isinstance(value, dict) else value, where)


def record(**fields: Reader) -> Reader:
    """An object with exactly these fields, or null. What else it has is left out."""

    def read(value: t.Any, where: str) -> dict[str, t.Any] | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise mismatch(where, "an object", value)
        return {name: reader(value.get(name), "%s.%s" % (where, name)) for name, reader in fields.items()}

    return read


def rows(reader: Reader) -> Reader:
    """A list, empty where there is none. Rows that are null are left out."""
    read_some = rows_or_none(reader)
    return lambda value, where: read_some(value, where) or []


def rows_or_none(reader: Reader) -> Reader:
    """A list, or null where nobody looked."""

    def read(value: t.Any, where: str) -> list[t.Any] | None:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise mismatch(where, "a list", value)
        found = (reader(row, "%s[%d]" % (where, position)) for position, row in enumerate(value))
        return [row for row in found if row is not None]

    return read


RESOURCE = record(type=text, id=text, username=text, email=text)
EVENT = record(
    event_type=text_or("unknown"),
    timestamp=text,
    success=flag,
    application_id=text,
    error_message=text,
    response_code=number,
    details=text,
    initiated_by=text,
    resource=RESOURCE,
)
DIFFERENCE = record(attribute=text_or("unknown"), jumpcloud=any_as_text, unity=any_as_text)
PERSON = record(
    email=text,
    name=text,
    status=text_or("unknown"),
    jumpcloud_id=text,
    unity_id=text,
    user_name=text,
    reason=text,
    action=text,
    remedy=text,
    differences=rows(DIFFERENCE),
)
PEOPLE_LISTS = ("missing", "pending", "unexpected", "differing", "duplicates", "outside_domain", "staged", "suspended", "at_risk")
COUNTS = ("bound", "expected", "provisioned", "matched", *PEOPLE_LISTS)
ACTIONS = ("bind_group", "provision_user", "correct_in_jumpcloud", "correct_in_unity")
NOT_SEEN = record(what=text_or("something"), why=text_or("No reason was given."))
PEOPLE = record(
    application=record(id=text, display_label=text, display_name=text),
    base_url=text,
    checked_at=text,
    in_sync=flag,
    counts=record(**dict.fromkeys(COUNTS, number)),
    to_do=record(**dict.fromkeys(ACTIONS, number_or_zero)),
    truncated=is_true,
    unchecked=rows(NOT_SEEN),
    **dict.fromkeys(PEOPLE_LISTS, rows(PERSON)),
)
FAILURE = record(
    cause=text_or("unknown"),
    title=text_or("A cause that is not known"),
    remedy=text,
    response_code=number,
    count=number_or_zero,
    first=text,
    last=text,
    people_count=number_or_zero,
    open_people_count=number_or_zero,
    people=rows(record(id=text, email=text)),
    message=text,
)
HEALTH = record(
    since=text,
    until=text,
    retention_days=number,
    succeeded=number_or_zero,
    failed=number_or_zero,
    last_success=EVENT,
    last_failure=EVENT,
    last_integration_change=EVENT,
    failures=rows(FAILURE),
    open_failures=number_or_zero,
    days=rows(record(day=text, succeeded=number_or_zero, failed=number_or_zero)),
    incomplete=is_true,
)
TEST = record(success=flag, at=text, message=text)
APPLICATION = record(id=text, display_label=text, display_name=text, identity_management=record(status=text, base_url=text, last_test=TEST))
GIVEN: dict[str, Reader] = {
    "name": text,
    "duration": seconds,
    "subject": record(unity_organization_id=text, jumpcloud_organization_id=text, application=text, application_id=text, base_url=text),
    "steps": rows(record(step=text_or("unknown"), changed=is_true, known=is_not_false, found=text_or("nothing was said"), did=rows(text), verified=rows(text))),
    "account": record(id=text, name=text, roles=rows_or_none(name_of)),
    "keys": rows_or_none(record(id=text, name=text, created_at=text, managed=flag)),
    "key_max_age": whole_days,
    "application": APPLICATION,
    "connector": record(base_url=text, reachable=flag, users=number),
    "groups": rows_or_none(record(id=text, name=text, bound=is_not_false)),
    "people": PEOPLE,
    "health": HEALTH,
    "events": rows(EVENT),
    "unchecked": rows(NOT_SEEN),
    "switched_off": rows(text),
    "error": text,
}


def read_all(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Everything that the report is made of. ShapeMismatch names the place and the types, never the value."""
    return {name: reader(given.get(name), name) for name, reader in GIVEN.items()}
