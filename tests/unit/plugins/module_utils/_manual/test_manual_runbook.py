# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runbook as values, as Markdown and as a page: readable, complete, and harmless whatever a tenant is called."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core import printable
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic import unity_audit_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._manual import enforcement, instructions, scim_app, service_account, service_account_key
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._pages import markdown, runbook_html, runbook_markdown, runbook_model, runbook_style

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</code><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "`code` and ``more``",
    "[link](javascript:alert(1))",
    "line\nbreak\r\n# heading",
    "nul\x00bell\x07",
    "right\u202eto left\u200b",
    "&lt;b&gt; &amp;",
    "-->",
]


def section(name: str = "Unity", state: str = "pending") -> runbook_model.Section:
    steps = instructions.configure_identity_management(name, {"base_url": name, "test_email": name, "header_name": None}, "cat /path/secret")
    title, tenant = "Provisioning of %s is active" % name, "JumpCloud application %s" % name
    return runbook_model.Section("jumpcloud_scim_app", title, tenant, tuple(steps), state, "2026-11-24T05:40:04Z")


class Page(HTMLParser):
    """The tags, the attributes and the text of a page, as a browser takes it apart."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.codes: list[str] = []
        self._in_code = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):  # type: ignore[no-untyped-def]
        self.tags.append(tag)
        self.attributes += attrs
        self._in_code = tag == "code"
        if self._in_code:
            self.codes.append("")

    def handle_endtag(self, tag):  # type: ignore[no-untyped-def]
        self._in_code = False

    def handle_data(self, data):  # type: ignore[no-untyped-def]
        if self._in_code:
            self.codes[-1] += data


def test_steps_are_grouped_by_page_in_their_order() -> None:
    pages = section().pages()
    console = instructions.JUMPCLOUD_APP % "Unity"
    assert [where for where, steps in pages] == [console, instructions.TERMINAL, console]
    assert pages[2][1][0]["field"] == "Authorization header value", "what was copied is pasted next"
    assert [step["field"] for step in pages[0][1]][:3] == ["API type", "SCIM version", "Authentication method"]


def test_state_survives_a_round_trip() -> None:
    sections = [section(), runbook_model.done(section("Other", "pending"), "2026-11-24T06:00:00Z")]
    assert runbook_model.from_json(runbook_model.to_json(sections)) == sections


def test_a_state_of_before_sections_had_a_command_is_taken() -> None:
    state = json.loads(runbook_model.to_json([replace(section(), command="provision")]))
    assert state["sections"][0].pop("command") == "provision" and state["sections"][0].pop("word") == ""
    assert runbook_model.from_json(json.dumps(state)) == [section()]
    for wrong in ({"command": None}, {"another": ""}):
        with pytest.raises(ValueError):
            runbook_model.from_json(json.dumps({**state, "sections": [{**state["sections"][0], **wrong}]}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "sections": []}', '{"version": 1, "sections": [{}]}', '{"version": 1, "sections": [7]}'])
def test_another_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        runbook_model.from_json(text)


def test_sections_are_in_the_guides_order_and_one_of_the_same_step_and_tenant_is_replaced() -> None:
    other = runbook_model.Section("unity_service_account", "t", "o", (), "pending", "now")
    another_tenant = replace(section(), tenant="JumpCloud application Other")
    sections = runbook_model.with_section([section(), another_tenant, other], section(state="done"))
    assert [one.step for one in sections] == ["unity_service_account", "jumpcloud_scim_app", "jumpcloud_scim_app"]
    assert [one.state for one in sections if one.tenant == section().tenant] == ["done"]
    unknown = runbook_model.Section("another", "t", "o", (), "pending", "now")
    assert runbook_model.with_section([unknown], other)[-1] == unknown


def test_the_page_ends_with_the_command_of_the_next_run() -> None:
    one = replace(section(), command="ansible-playbook site.yml -e '@my vars.yml'")
    sections = [one, replace(one, title="Another"), section("audits")]
    page, text = runbook_html.render(sections), runbook_markdown.render(sections)
    assert Page(page).codes[-1] == one.command and page.count("run this again") == 1 and page.count("the command of the next run<") == 1
    assert text.endswith("\n\n## Then\n\nWhen you have done the steps, run this again. It sees what is done, and goes on.\n\n    %s\n" % one.command)


def test_the_command_of_the_next_run_says_what_nothing_else_tells() -> None:
    one = replace(section(), command="ansible-playbook site.yml")
    words = [replace(one, title=word, word=word) for word in ("retire_keys", "enforcement", "enforcement")]
    option = """-e '{"scim_provisioning_confirmed": ["retire_keys", "enforcement"]}'"""
    text = runbook_markdown.render([one, *words])
    assert Page(runbook_html.render([one, *words])).codes[-1] == "ansible-playbook site.yml " + option
    assert text.endswith("\n\n    ansible-playbook site.yml %s\n" % option) and "run this. Its last option says so, where nothing else can tell" in text
    # what is done needs no word any more
    done = [replace(word, state="done") for word in words]
    assert runbook_markdown.render([one, *done]).endswith("run this again. It sees what is done, and goes on.\n\n    ansible-playbook site.yml\n")


@pytest.mark.parametrize("left", [[], [section("audits")]])
def test_a_page_without_a_command_that_goes_on_names_none(left: list[runbook_model.Section]) -> None:
    """Neither that of what is done, nor one for what none goes on with."""
    sections = [replace(section(state="done"), command="ansible-playbook rotate"), *left]
    for rendered in (runbook_html.render(sections), runbook_markdown.render(sections)):
        assert "run this again" not in rendered and "Then" not in rendered and "ansible-playbook rotate" not in rendered


def test_each_command_is_shown_with_what_it_goes_on_with() -> None:
    title = "Deactivate provisioning of <b>"
    sections = [
        replace(section(), title="Create the account", command="provision"),
        replace(section(), title=title, command="pause"),
        replace(section(), title="Make a key", command="provision"),
    ]
    page, text = runbook_html.render(sections), runbook_markdown.render(sections)
    assert Page(page).codes[-2:] == ["provision", "pause"]
    assert "When you have done &#x27;Create the account&#x27; and &#x27;Make a key&#x27;, run this again." in page
    assert "the command of the next run, after &#x27;Deactivate provisioning of &lt;b&gt;&#x27;" in page
    assert text.count("## Then") == 1 and "When you have done 'Create the account' and 'Make a key', run this again. It sees" in text
    assert text.endswith("When you have done 'Deactivate provisioning of &lt;b&gt;', run this again. It sees what is done, and goes on.\n\n    pause\n")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_command_stays_text(name: str) -> None:
    page, harmless = Page(runbook_html.render([replace(section(), command=name)])), Page(runbook_html.render([replace(section(), command="a")]))
    assert page.tags == harmless.tags and page.codes[-1] == printable.visible(name)
    assert runbook_markdown.render([replace(section(), command=name)]).endswith("\n\n    %s\n" % printable.visible(name))


def test_page_needs_nothing_from_outside_and_allows_nothing() -> None:
    page = runbook_html.render([section()])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy.group(1).startswith("default-src &#x27;none&#x27;;")
    for content in (runbook_style.STYLE, runbook_style.SCRIPT):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert "sha256-%s" % digest in policy.group(1)
    assert not re.search(r"https?://|src=|@import|url\(", page)


def test_each_value_has_a_box_and_a_button() -> None:
    page = Page(runbook_html.render([section()]))
    values = [step["value"] for step in section().steps if step["value"] is not None]
    assert page.codes == values and page.tags.count("button") == len(values)
    assert page.tags.count("input") == len(section().steps)


def test_ticks_belong_to_one_round() -> None:
    keys = re.findall(r'data-key="([^"]+)"', runbook_html.render([section()]))
    later = runbook_model.Section(**{**vars(section()), "started_at": "2026-12-01T00:00:00Z"})
    assert len(set(keys)) == len(section().steps)
    assert not set(keys) & set(re.findall(r'data-key="([^"]+)"', runbook_html.render([later])))


def test_what_is_done_is_shown_done() -> None:
    done = runbook_model.done(section(), "2026-11-24T06:00:00Z")
    assert "checked disabled" in runbook_html.render([done]) and "- [x] 1" in runbook_markdown.render([done])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_stays_text_on_the_page(name: str) -> None:
    page, harmless = Page(runbook_html.render([section(name)])), Page(runbook_html.render([section("Unity")]))
    assert page.tags == harmless.tags
    assert {attribute for attribute, value in page.attributes} == {attribute for attribute, value in harmless.attributes}
    assert printable.visible(name) in page.codes


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_stays_text_in_markdown(name: str) -> None:
    text = runbook_markdown.render([section(name)])
    lines, usual = text.splitlines(), runbook_markdown.render([section("Unity")]).splitlines()
    assert len(lines) == len(usual), "a name began a line of its own"
    outside = re.sub(r"(`+) ?.*?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"<\w|</|<!", outside) and "](" not in outside
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", text)


@pytest.mark.parametrize(("value", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("`", "`` ` ``"), (" ", "`   `")])
def test_code_span_holds_backticks(value: str, shown: str) -> None:
    assert markdown.code(value) == shown


# ---- what makes a step count


@pytest.mark.parametrize("step", runbook_model.COUNTS_WHEN)
def test_every_step_says_what_makes_it_count(step: str) -> None:
    one = runbook_model.Section(**{**vars(section()), "step": step})
    page, text = runbook_html.render([one]), runbook_markdown.render([one])
    said = runbook_model.COUNTS_WHEN[step]
    assert "What makes it count: " + said.replace("'", "&#x27;") in page and "What makes it count: " + said.replace("_", "\\_").split(";")[0][:40] in text


def test_every_module_that_asks_a_person_has_such_words() -> None:
    asked = {service_account.STEP, service_account_key.STEP, service_account_key.REVOKE_STEP, scim_app.STEP, enforcement.STEP, unity_audit_key.STEP}
    assert set(runbook_model.COUNTS_WHEN) == asked
    assert runbook_model.COUNTS_OTHERWISE in runbook_html.render([runbook_model.Section("another", "t", "o", (), "pending", "now")])


def test_what_counts_by_a_word_has_an_option_that_can_be_copied() -> None:
    one = replace(section(), word="enforcement")
    option = """-e '{"scim_provisioning_confirmed": ["enforcement"]}'"""
    assert Page(runbook_html.render([one])).codes[0] == option and "\n    %s\n" % option in runbook_markdown.render([one])
    assert option not in runbook_html.render([section()])


def test_ticks_are_notes_and_the_page_says_so() -> None:
    assert "The ticks are your own notes: this browser keeps them, and no run reads them." in runbook_html.render([section()])
    assert "The boxes are for your own notes: no run reads them." in runbook_markdown.render([section()])


def test_what_is_done_is_folded() -> None:
    done = runbook_model.done(section(), "2026-11-24T06:00:00Z")
    open_page, folded = runbook_html.render([section()]), runbook_html.render([done])
    assert "<details" not in open_page and re.search(r"<details><summary>[^<]*</summary>.*<ol>.*</details>", folded, re.DOTALL)


def test_times_are_said_as_in_the_report() -> None:
    done = runbook_model.done(section(), "2026-11-24T06:00:00Z")
    assert 'Asked for on <time datetime="2026-11-24T05:40:04Z">24 November 2026, 05:40 UTC</time>' in runbook_html.render([section()])
    assert 'seen on <time datetime="2026-11-24T06:00:00Z">24 November 2026, 06:00 UTC</time>' in runbook_html.render([done])
    assert "**Done**, seen on 24 November 2026, 06:00 UTC." in runbook_markdown.render([done])


def test_buttons_are_told_apart() -> None:
    names = re.findall(r'<button[^>]*><span>Copy</span><span class="unseen"> ([^<]*)</span></button>', runbook_html.render([section()]))
    assert names[0] == "the value of step 1, API type: Provisioning of Unity is active" and len(set(names)) == len(names) > 5


def test_truth_is_shown_as_the_console_does() -> None:
    assert runbook_model.shown_value(True) == "on" and runbook_model.shown_value(False) == "off"
