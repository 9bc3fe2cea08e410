# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run that came to nothing."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary import PREREQUISITES, summary
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.summary_lines import NONE_RAN

STEP = {"step": "user_groups", "method": "api", "changed": True, "found": "", "did": ["bind 1"], "verified": [], "pending": False, "waiting": False}


def test_results_of_an_earlier_use_do_not_count_without_a_look_at_both_sides() -> None:
    made = summary({}, {"user_groups": {"step": STEP}})
    assert (made["steps"], made["changed"], made["check_mode"]) == ([], False, False)


def test_what_was_compared_before_a_failure_counts() -> None:
    made = summary({"check_mode": True}, {"user_groups": {"step": STEP}, "enforcement": {"failed": True, "msg": "no"}})
    assert [step["step"] for step in made["steps"]] == ["user_groups"] and made["changed"]


@pytest.mark.parametrize(
    "looked_at, results, says_so",
    [
        ((*PREREQUISITES, "user_groups"), {"user_groups": {}, "enforcement": {}}, True),
        # the tag `prerequisites`
        (PREREQUISITES, {"user_groups": {}, "enforcement": {}}, False),
        (("user_groups",), {"user_groups": {"skipped": True}, "enforcement": {}}, False),
        (("user_groups",), {"user_groups": {"failed": True, "msg": "no"}, "enforcement": {}}, False),
    ],
)
@pytest.mark.parametrize("entry", ["", "rotate", "deprovision"])
def test_tags_that_select_no_step(entry: str, looked_at: t.Sequence[str], results: dict[str, t.Any], says_so: bool) -> None:
    """A tag that is misspelt is no error to Ansible."""
    made = summary({"verdicts": [{"step": step} for step in looked_at]}, results, entry)
    assert (NONE_RAN in made["lines"]) is says_so


def test_a_look_that_stops_the_run_is_not_put_down_to_the_tags() -> None:
    assert summary({"failed": True, "verdicts": [{"step": "user_groups"}]}, {"user_groups": {}})["lines"] == []
