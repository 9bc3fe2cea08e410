# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that lie: wrong totals, pages that are short, lost or repeated, filters that find nobody, odd rows.

Whatever a vendor says of its lists: nobody loses access beyond the plan, and no audit is green unless everybody was seen. A lie may cost the
run (it fails, before the write that would rest on it), never the truth. Every playbook with every lie are some hundred runs: they are left out
unless STORIES_ALL_CASES is set.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable

import pytest
from simulator.testing import ORGANIZATION
from stories.pair import GROUPS, PEOPLE, Pair, Run, Seed, account_of, cases, finished, read_seed, unity_of

KEY = account_of(read_seed("configured"))["keys"][0]
AUDIT_KEY = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"], "scim_provisioning_user_timeout": 10}
BOUND_PEOPLE = "/applications/[^/]+/users$"
GENERATED, LEAVERS = 250, 60
EVERYBODY = GENERATED + len(PEOPLE)
TEAMS = ["Team 0000", "Team 0001"]
SOMEBODY = "person00007@example.com"
MANY = {"scim_provisioning_groups": [*GROUPS, *TEAMS], "scim_provisioning_enforced": False, **AUDIT_KEY}
# where the events hold it up, that is no success
HELD_UP = {"scim_provisioning_deprovision_wait": 20, "scim_provisioning_pending_is_failure": True}
ALLOWED = {**MANY, "scim_provisioning_max_deprovisioned_users": 300, **HELD_UP}


def many(seed: Seed) -> None:
    """More people than a page holds, all of them provisioned."""
    finished(seed)
    seed["generate"] = {"users": GENERATED, "groups": len(TEAMS), "bind": "Unity", "provisioned": "Unity"}


def many_and_leavers(seed: Seed) -> None:
    """And those whom JumpCloud does not know any more."""
    many(seed)
    unity_of(seed)["users"] = [{"userName": f"leaver{number}@example.com"} for number in range(LEAVERS)]


def lie(pair: Pair, service: str, **how: Any) -> None:
    pair.tenants.control("POST", "lies", json={"service": service, **how})


def told(pair: Pair) -> int:
    return sum(known["told"] for known in pair.tenants.control("GET", "lies")["lies"])


def audited(run: Run) -> dict[str, Any]:
    """The outcome of an audit. Where it is an error, Ansible ends without handing statistics over: the task that made them has them."""
    made = [line["result"].get("ansible_stats", {}).get("data", {}) for line in run.tasks]
    found = [use["audit"] for data in made for uses in data.get("scim_provisioning_artifacts", {}).values() for use in uses.values() if "audit" in use]
    assert found, run.output[-3000:]
    outcome: dict[str, Any] = found[-1]
    return outcome


def require_everybody_or_an_error(run: Run, unexpected: int = 0) -> None:
    """The audit saw all that there is, or it is an error: never green, and never a drift, on the strength of a part."""
    outcome = audited(run)
    assert run.writes == []
    if run.rc == 1:
        assert outcome["outcome"] == "error" and (outcome["error"] or outcome["unchecked"]), outcome["verdict"]
        return
    counts = outcome["counts"]
    assert (counts["expected"], counts["matched"], counts["unexpected"], counts["missing"]) == (EVERYBODY, EVERYBODY, unexpected, 0), outcome["verdict"]
    assert not outcome.get("unchecked")
    assert (run.rc, outcome["outcome"]) == ((2, "drift") if unexpected else (0, "in_sync"))


# one person bound and one page lost, or all of them: the list owes people
@pytest.mark.parametrize(
    "path, lost, allowed",
    [
        (BOUND_PEOPLE, {"empty": True}, 0),
        (BOUND_PEOPLE, {"cap": 1, "lost_after": 1}, 1),
        (BOUND_PEOPLE, {"empty": True, "total": "absent"}, 0),
        (BOUND_PEOPLE, {"cap": 1, "lost_after": 1, "total": "absent"}, 1),
        ("/associations$", {"empty": True}, 0),
    ],
    ids=["no-people", "second-page-of-people", "no-people-and-no-total", "second-page-of-people-and-no-total", "no-groups"],
)
def test_people_whom_a_list_owes_are_not_deprovisioned(pair: Pair, path: str, lost: dict[str, Any], allowed: int) -> None:
    pair.begin("configured")
    there = ["ada@example.com", "grace@example.com"]
    assert pair.people() == there
    lie(pair, "jumpcloud", path=path, **lost)
    options = {"scim_provisioning_max_deprovisioned_users": allowed, "scim_provisioning_deprovision_wait": 2}
    run = pair.play("deprovision", extra_vars=options, may_warn=True)
    assert run.rc != 0 and run.writes == [] and told(pair)
    assert pair.people() == there and pair.is_active()


@pytest.mark.parametrize(
    "total, unexpected",
    cases([("page", 0), ("one_short", LEAVERS)], itertools.product(("page", "zero", "minus_one", "one_short", "too_many"), (0, LEAVERS))),
)
def test_an_audit_does_not_believe_a_total(pair: Pair, total: str, unexpected: int) -> None:
    pair.begin("configured", many_and_leavers if unexpected else many)
    lie(pair, "unity-scim", total=total)
    run = pair.play("audit", extra_vars=MANY, may_warn=True)
    assert told(pair)
    require_everybody_or_an_error(run, unexpected)


def test_an_audit_that_was_promised_more_people_is_an_error(pair: Pair) -> None:
    pair.begin("configured", many)
    lie(pair, "unity-scim", total="too_many")
    run = pair.play("audit", extra_vars=MANY, may_warn=True)
    outcome = audited(run)
    assert (run.rc, outcome["outcome"], run.writes) == (1, "error", [])
    assert re.search(r"seen|could not be compared|unchecked", outcome["verdict"]), outcome["verdict"]


def test_dead_records_hide_nobody_from_the_guard(pair: Pair) -> None:
    """A page of 99 of 100 is no end."""
    pair.begin("configured", many)
    lie(pair, "jumpcloud", path=BOUND_PEOPLE, thin=True, total="absent")
    run = pair.play("deprovision", extra_vars=MANY, may_warn=True)
    run.failed(f"Unbinding would take {EVERYBODY} people their access")
    assert run.writes == [] and told(pair) and len(pair.people()) == EVERYBODY


@pytest.mark.parametrize("service", ["unity-scim", "jumpcloud"])
def test_rows_that_come_twice_are_no_whole_list(pair: Pair, service: str) -> None:
    pair.begin("configured", many)
    lie(pair, service, path="/Users$" if service == "unity-scim" else BOUND_PEOPLE, repeat=True)
    run = pair.play("audit", extra_vars=MANY, may_warn=True)
    assert (run.rc, audited(run)["outcome"], run.writes) == (1, "error", []) and told(pair)


@dataclass(frozen=True)
class Flow:
    """A playbook in a pair where it has something to do. ``reads``: it never writes."""

    playbook: str
    change: Callable[[Seed], None] = many
    options: dict[str, Any] = field(default_factory=lambda: MANY)
    gone: str = ""
    """Somebody whom somebody deleted in Unity."""
    reads: bool = False


def almost_finished(seed: Seed) -> None:
    """A group is to be bound, and the account to be described."""
    description, bindings = account_of(seed)["description"], seed["jumpcloud"]["applications"][0]["bindings"]
    many(seed)
    account_of(seed)["description"] = description
    seed["jumpcloud"]["applications"][0]["bindings"] = bindings


def not_configured(seed: Seed) -> None:
    almost_finished(seed)
    del seed["generate"]["provisioned"]
    del seed["jumpcloud"]["applications"][0]["provision"]


FLOWS = {
    "audit": Flow("audit", reads=True),
    "audit with leavers": Flow("audit", many_and_leavers, reads=True),
    "preflight": Flow("preflight", almost_finished, reads=True),
    "provision": Flow("provision", almost_finished),
    # the address is a person's, which JumpCloud and Unity must not be tested with
    "provision with a person's address": Flow("provision", not_configured, {**MANY, "scim_provisioning_test_email": SOMEBODY}),
    "rotate_key": Flow("rotate_key"),
    "deprovision": Flow("deprovision", options=ALLOWED),
    "deprovision too many": Flow("deprovision"),
    "unbind": Flow("provision", options={**MANY, "scim_provisioning_groups": GROUPS, "scim_provisioning_groups_state": "exact"}),
    "somebody who is there": Flow("provision_user", options={**MANY, "scim_provisioning_user": SOMEBODY}),
    "somebody who is not": Flow("provision_user", options={**MANY, "scim_provisioning_user": SOMEBODY}, gone=SOMEBODY),
}

LISTS: dict[str, dict[str, Any]] = {
    **{f"total {total}": {"total": total} for total in ("page", "zero", "minus_one", "one_short", "too_many")},
    "thin": {"thin": True},
    "thin, total page": {"thin": True, "total": "page"},
    "repeat": {"repeat": True},
    "repeat, total page": {"repeat": True, "total": "page"},
    "empty": {"empty": True},
    "lost after 100": {"lost_after": 100},
    "cap": {"cap": 60},
    "cap, total page": {"cap": 60, "total": "page"},
    **{f"beyond the end {status}": {"beyond_end": status} for status in (204, 400, 404)},
    **{f"beyond the end {status}, total too_many": {"beyond_end": status, "total": "too_many"} for status in (204, 400, 404)},
    **{f"filter {answer}": {"filter": answer} for answer in ("empty", 403, 404, 501)},
}
ONLY: dict[str, dict[str, dict[str, Any]]] = {
    "unity-scim": {kind: {"odd": {SOMEBODY: kind}} for kind in ("emails_text", "emails_null", "active_text", "numeric_external_id", "no_user_name")},
    "jumpcloud": {
        "total absent": {"total": "absent"},
        "thin, total absent": {"thin": True, "total": "absent"},
        "cap, total absent": {"cap": 60, "total": "absent"},
    },
    "insights": {
        "incomplete": {"incomplete": True, "cap": 1},
        "no events": {"empty": True},
        **{kind: {"odd": dict.fromkeys([*PEOPLE, SOMEBODY], kind)} for kind in ("no_timestamp", "error_object")},
    },
}
# a service, or both at once; a lie
Told = tuple[tuple[str, ...], str]
BOTH = ("unity-scim", "jumpcloud")
EVERY_LIE: list[Told] = [
    *((BOTH, name) for name in ("total page", "thin", "repeat", "cap, total page")),
    *(((service,), name) for service, name in itertools.product(("unity-scim", "jumpcloud"), LISTS)),
    *(((service,), name) for service, lies in ONLY.items() for name in lies),
]
SOME: list[tuple[str, Told]] = [
    ("deprovision too many", (BOTH, "lost after 100")),
    ("deprovision", (BOTH, "total page")),
    ("somebody who is there", (("unity-scim",), "filter empty")),
    ("provision with a person's address", (BOTH, "filter empty")),
    ("audit", (("unity-scim",), "emails_null")),
]
CASES = cases(SOME, itertools.product(FLOWS, EVERY_LIE))
HONEST: dict[str, tuple[int, Counter[str]]] = {}
"""Exit status and writes of a flow to which nobody lies, made once."""


def carried_out(pair: Pair, flow: Flow, services: tuple[str, ...] = (), name: str = "") -> Run:
    pair.begin("configured", flow.change)
    if flow.gone:
        pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{flow.gone}")
    for service in services:
        lie(pair, service, **{**LISTS, **ONLY.get(service, {})}[name])
    return pair.play(flow.playbook, extra_vars=flow.options, may_warn=True)


def written(run: Run) -> Counter[str]:
    """The writes, by method and path; new keys have other ids each time."""
    return Counter(re.sub(r"/keys/[^/]+$", "/keys/(id)", write) for write in run.writes)


def without_undone_keys(writes: Counter[str]) -> Counter[str]:
    """That a run revokes the key that it made and could not deliver is as it should be."""
    made = sum(times for write, times in writes.items() if re.match(r"POST .*/keys$", write))
    return Counter({write: times - min(times, made) if re.match(r"DELETE .*/keys/", write) else times for write, times in writes.items()})


@pytest.mark.parametrize("name, told_lie", CASES, ids=[f"{flow}: {'+'.join(services)} {name}" for flow, (services, name) in CASES])
def test_no_lie_makes_a_run_do_more_or_see_less(pair: Pair, name: str, told_lie: Told) -> None:
    flow = FLOWS[name]
    if name not in HONEST and not flow.reads:
        honest = carried_out(pair, flow)
        HONEST[name] = honest.rc, written(honest)
    run = carried_out(pair, flow, *told_lie)
    if flow.reads:
        assert run.writes == []
        if flow.playbook == "audit":
            require_everybody_or_an_error(run, LEAVERS if flow.change is many_and_leavers else 0)
        return
    expected_rc, expected = HONEST[name]
    beyond = without_undone_keys(written(run)) - expected
    assert not beyond, f"{dict(beyond)} beyond what an honest run writes\n{run.output[-3000:]}"
    if run.rc == 0:
        assert expected_rc == 0 and written(run) == expected, "it says that all is well, but it is not what was to be done"
