# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others, made fit to be shown."""

from __future__ import annotations

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.context import Context
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.errors import ApiError, quoted
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.printable import counted, one_line, serializable
from ansible_collections.unity_jumpcloud.scim.tests.unit.http_fake import ExactCalls, reply
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils.http_client import make_client

# as large as an answer may be, nearly
HUGE = 16_000_000
RAW = {
    "escape": ("\x1b[31mred", "\\u001b[31mred"),
    "bell": ("ring\x07", "ring\\u0007"),
    "a terminal's control sequence": ("\x9b31mred", "\\u009b31mred"),
    "right to left": ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
    "half a surrogate pair": ("Zo\ud83d", "Zo\\ud83d"),
    "a tag": ("a\U000e0041", "a\\U000e0041"),
    "a family": ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    "Persian": ("می\u200cخواهم", "می\u200cخواهم"),
    "a conjunct of Devanagari": ("क्\u200dष", "क्\u200dष"),
    "a heart on fire": ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
    "a dark-skinned cook": ("\U0001f469\U0001f3ff\u200d\U0001f373", "\U0001f469\U0001f3ff\u200d\U0001f373"),
    "a joiner before nothing": ("Ada\u200d", "Ada\\u200d"),
    "a joiner after nothing": ("\u200cAda", "\\u200cAda"),
    "a joiner beside a blank": ("Ada \u200dLovelace", "Ada \\u200dLovelace"),
    "two joiners": ("م\u200c\u200cخ", "م\\u200c\\u200cخ"),
    "a joiner in a number": ("1\u200c2", "1\\u200c2"),
}


@pytest.mark.parametrize("text, shown", RAW.values(), ids=RAW)
def test_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert quoted(text) == '"%s"' % shown


def test_blanks_are_one() -> None:
    assert one_line("  two\nlines\r\n and\ta\u2028third\x85") == "two lines and a third"


def test_long_text_is_cut() -> None:
    assert one_line("a" * 300) == "a" * 300
    assert one_line("a" * 301) == "a" * 299 + "…"
    assert one_line("a" * HUGE, 5) == "aaaa…"
    assert one_line(" " * HUGE + "a") == "…"
    assert quoted("b" * 300) == '"%s"' % ("b" * 300)
    assert quoted("b" * HUGE) == '"%s…"' % ("b" * 299)


@pytest.mark.parametrize("text, shown", [*RAW.values(), ("two\nlines", "two lines"), ("x" * HUGE, "x" * 299 + "…")], ids=[*RAW, "lines", "16 MB"])
def test_what_a_service_says_is_shown_on_one_line(http: ExactCalls, context: Context, text: str, shown: str) -> None:
    http.expect("GET", "/things", reply({"code": text, "message": "no"}, 403))
    http.expect("GET", "/things", reply({"code": 7, "message": text}, 403))
    codes, messages = (caught(context) for _unused in range(2))
    assert codes.code == shown
    assert ("HTTP 403: " + shown)[:299] in messages.message and len(messages.message) < 400


@pytest.mark.parametrize("number, said", [(0, "0 steps differ"), (1, "1 step differs"), (2, "2 steps differ"), (12345, "12,345 steps differ")])
def test_one_and_many(number: int, said: str) -> None:
    assert counted(number, "step differs", "steps differ") == said


@pytest.mark.parametrize("code", [10**4000, -(2**63), [1], {"a": 1}, 1.5])
def test_a_code_that_is_none(http: ExactCalls, context: Context, code: object) -> None:
    http.expect("GET", "/things", reply({"code": code, "message": "no"}, 403))
    assert caught(context).code is None


@pytest.mark.parametrize("text, shown", [("\x9b31mred", "\\u009b31mred"), ("r" * 5000, "r" * 299 + "…")])
def test_a_request_id_is_shown_on_one_line(http: ExactCalls, context: Context, text: str, shown: str) -> None:
    http.expect("GET", "/things", reply({"message": "no"}, 403, headers={"X-Request-Id": text}))
    error = caught(context)
    assert error.request_id == shown
    assert error.message.endswith("(request id %s)." % shown)


def caught(context: Context) -> ApiError:
    with pytest.raises(ApiError) as error:
        make_client(context).request("GET", "/things", "list things")
    return error.value


def test_half_a_surrogate_pair_is_escaped_wherever_it_is_and_nothing_else() -> None:
    value = {"na\ud83dme": ["Zo\udc00", ("é", 7, None, True)], "whole": "\U0001f468\x1b"}
    assert serializable(value) == {"na\\ud83dme": ["Zo\\udc00", ["é", 7, None, True]], "whole": "\U0001f468\x1b"}
