# SPDX-License-Identifier: GPL-3.0-or-later
"""How sphinx makes the documentation site out of the pages of antsibull-docs and the guides. `make docs` runs it, with warnings as errors."""

from __future__ import annotations

import pathlib
import re
import typing as t

import yaml
from docutils import nodes
from sphinx.application import Sphinx

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
GALAXY = yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))

# Where the pages point into Ansible's own documentation, so that nothing is downloaded for it. What is not here and not ours either is a warning.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
ELSEWHERE = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
    "ANSIBLE_CACHE_PLUGIN": "reference_appendices/config.html#envvar-ANSIBLE_CACHE_PLUGIN",
    "ANSIBLE_CACHE_PLUGIN_CONNECTION": "reference_appendices/config.html#envvar-ANSIBLE_CACHE_PLUGIN_CONNECTION",
    "ANSIBLE_CACHE_PLUGIN_PREFIX": "reference_appendices/config.html#envvar-ANSIBLE_CACHE_PLUGIN_PREFIX",
    "ANSIBLE_CACHE_PLUGIN_TIMEOUT": "reference_appendices/config.html#envvar-ANSIBLE_CACHE_PLUGIN_TIMEOUT",
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "reference_appendices/config.html#envvar-ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED",
}

project = "%(namespace)s.%(name)s" % GALAXY
release = GALAXY["version"]
html_title = "SCIM from JumpCloud to Unity"
html_theme = "furo"
extensions = ["sphinx_antsibull_ext"]
highlight_language = "YAML+Jinja"
# the overview of antsibull-docs, in whose place is the page index.rst here
exclude_patterns = ["reference/index.rst"]
default_role = "any"
nitpicky = True
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_theme_options = {"source_repository": GALAXY["repository"]}


def elsewhere(app: Sphinx, env: object, node: t.Any, shown: nodes.TextElement) -> nodes.reference | None:
    """A reference into Ansible's own documentation."""
    place = ELSEWHERE.get(node["reftarget"])
    return nodes.reference("", "", shown, refuri=ANSIBLE + place, internal=False) if place else None


def prepare(app: Sphinx, name: str, source: list[str]) -> None:
    """The order of the guides stands in extra-docs.yml alone. What titles have in common fills a phone, and the theme shows each page's contents beside it."""
    if name == "index":
        extra = yaml.safe_load((COLLECTION / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
        source[0] = app.builder.templates.render_string(source[0], {**extra, **GALAXY})
    else:
        text = re.sub(r"^%s\.(\w+ \w+ -- .*\n\++\n)" % re.escape(project), r"\1", source[0], count=1, flags=re.MULTILINE)
        source[0] = re.sub(r"^\.\. contents::\n(?: +:\w+:.*\n)+", "", text, count=1, flags=re.MULTILINE)


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", elsewhere)
    app.connect("source-read", prepare)
