# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview of many pairs in Markdown: for a ticket, a wiki or the summary of a pipeline. Pure; each value of a tenant goes through ``text``."""

from __future__ import annotations

import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.markdown import code, text
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages.times import shown_minute, shown_time
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet import WORDS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.fleet_rows import NOT_AUDITED, Row
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report.wording import OUTCOME_WORDS, shown_number

SIGNS = {NOT_AUDITED: "\u26a0\ufe0f", "error": "\u2754", "drift": "\u274c", "in_sync": "\u2705"}
HEADS = ("State", "Pair", "What differs", "The last runs", "Expected", "Missing", "Failing now", "Checked (UTC)")
TREND = 10
PEOPLE = (("expected", "expected"), ("missing", "missing"), ("unexpected", "unexpected"), ("differing", "differing"), ("open_failures", "failing now"))


def render(overview: Row) -> str:
    lines = ["# SCIM provisioning: overview", "", "**%s.** %s" % (OUTCOME_WORDS[overview["outcome"]], text(overview["verdict"])), ""]
    if overview["checked_from"]:
        lines += ["Checked from %s to %s." % (text(shown_time(overview["checked_from"])), text(shown_time(overview["checked_until"]))), ""]
    people = ["%s %s" % (shown_number(overview["people"][name]), words) for name, words in PEOPLE]
    lines += ["People, of all pairs in which they were seen: %s." % ", ".join(people), ""]
    lines += ["| %s |" % " | ".join(HEADS), "|%s" % (" --- |" * len(HEADS))]
    lines += ["| %s |" % " | ".join(_cells(row)) for row in overview["pairs"]]
    lines += ["", "The last runs, oldest first: %s." % ", ".join("%s %s" % (SIGNS[name], word.lower()) for name, word in OUTCOME_WORDS.items()), ""]
    if overview["left_out"]:
        lines += ["## Left out", "", *("- %s" % text(one) for one in overview["left_out"]), ""]
    collection = overview["collection"]
    return "\n".join([*lines, "Made by %s %s." % (code(collection["name"]), text(collection["version"]))]) + "\n"


def _cells(row: Row) -> t.Iterator[str]:
    yield "%s %s" % (SIGNS[row["outcome"]], WORDS[row["outcome"]])
    yield "[%s](%s)" % (text(row["name"]), row["report"]) if row["report"] else text(row["name"])
    yield text(row["summary"])
    yield "".join(SIGNS[run["outcome"]] for run in row["trend"][-TREND:])
    for name in ("expected", "missing", "open_failures"):
        yield shown_number(row["counts"][name])
    yield text(shown_minute(row["checked_at"])) if row["checked_at"] else ""
