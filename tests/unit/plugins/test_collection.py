# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as a whole: versions, action groups, documentation, the direction of imports, the role."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.arguments import ENVIRONMENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import PREFIX as ROLE_PREFIX
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.version import VERSION
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.client import USER_AGENT
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules import role_steps
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import DEFAULTS as ROLE_DEFAULTS
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._rules.role_options import OPTIONS as ROLE_OPTIONS
from ansible_collections.unity_jumpcloud.scim.plugins.plugin_utils.in_process import InProcessAction

COLLECTION = "unity_jumpcloud.scim"
PACKAGE = "ansible_collections.unity_jumpcloud.scim.plugins"
ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
ROLE = ROOT / "roles" / "scim_provisioning"
# it runs on the controller only, so what it is called by is its action plugin, and its module is documentation
CONTROLLERS = ["scim_vaulted_key"]
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py") if path.stem not in ("__init__", *CONTROLLERS))
# they write files, and call no vendor
LOCAL_MODULES = ["scim_audit_report", "scim_fleet_report"]
# what they can't read is a result, and no failure
NEVER_FAIL_OF_A_REQUEST = ["scim_audit", *LOCAL_MODULES]
SOURCES = sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)


def load(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def module(name: str) -> t.Any:
    return importlib.import_module("%s.modules.%s" % (PACKAGE, name))


def group_of(name: str) -> str | None:
    """The action group whose options the module takes. What calls both vendors takes JumpCloud's, and Unity's under names of their own."""
    return None if name in LOCAL_MODULES else "unity" if name.startswith("unity_") else "jumpcloud"


def documentation(name: str) -> dict[str, t.Any]:
    """The module's documentation, with the options of its fragments."""
    found = yaml.safe_load(module(name).DOCUMENTATION)
    options: dict[str, t.Any] = {}
    for fragment in found.get("extends_documentation_fragment", []):
        file, _unused, part = fragment.removeprefix(COLLECTION + ".").partition(".")
        holder = importlib.import_module("%s.doc_fragments.%s" % (PACKAGE, file)).ModuleDocFragment
        text = getattr(holder, (part or "documentation").upper())
        options.update(yaml.safe_load(text).get("options") or {})
    return {**found, "options": {**options, **(found.get("options") or {})}}


def described(option: dict[str, t.Any]) -> str:
    text = option["description"]
    return text if isinstance(text, str) else " ".join(text)


# ---- version and action groups


def test_one_version() -> None:
    assert load(ROOT / "galaxy.yml")["version"] == VERSION
    assert USER_AGENT == "%s/%s" % (COLLECTION, VERSION)


def test_action_groups_are_the_modules_on_disk() -> None:
    groups = load(ROOT / "meta" / "runtime.yml")["action_groups"]
    assert groups["unity"] == [name for name in MODULES if group_of(name) == "unity"]
    assert groups["jumpcloud"] == [name for name in MODULES if group_of(name) == "jumpcloud"]
    assert groups["all"] == [{"metadata": {"extend_group": ["jumpcloud", "unity"]}}]
    assert sorted(groups["unity"] + groups["jumpcloud"]) == [name for name in MODULES if name not in LOCAL_MODULES]


GROUPS_PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  module_defaults:
    group/unity_jumpcloud.scim.%(group)s:
      time_budget: from the group
  tasks:
%(tasks)s
"""
GROUPS_TASK = """
    - unity_jumpcloud.scim.%(name)s: %(given)s
      ignore_errors: true
      register: result

    - ansible.builtin.assert:
        that: "'time_budget' in result.msg"
        fail_msg: "%(name)s did not get the defaults of %(group)s: {{ result.msg }}"
        quiet: true
"""


def play_of_group(group: str, members: list[str]) -> str:
    tasks = ""
    for name in members:
        spec = module(name).ARGUMENTS
        required = [option for option, facts in spec.options.items() if facts.get("required")]
        alternatives = [options[0] for options in spec.rules.get("required_one_of", [])]
        tasks += GROUPS_TASK % {"name": name, "group": group, "given": json.dumps(dict.fromkeys([*required, *alternatives], "x"))}
    return GROUPS_PLAY % {"group": group, "tasks": tasks}


def test_every_module_gets_the_module_defaults_of_its_groups(tmp_path: Path) -> None:
    """Proven with Ansible itself: the groups' default is one that the module's argument spec refuses."""
    members = {group: [name for name in MODULES if group_of(name) == group] for group in ("unity", "jumpcloud")}
    members["all"] = members["unity"] + members["jumpcloud"]
    play = tmp_path / "play.yml"
    play.write_text("".join(play_of_group(group, names) for group, names in members.items()), encoding="utf-8")
    config = tmp_path / "ansible.cfg"
    config.write_text("[defaults]\ncollections_path = %s\nhome = %s\n" % (ROOT.parents[2], tmp_path), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", str(play)]
    done = subprocess.run(command, env={**environment, "ANSIBLE_CONFIG": str(config)}, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok=%d" % (2 * sum(len(names) for names in members.values())) in done.stdout


@pytest.mark.parametrize("name", [name for name in MODULES if group_of(name)])
def test_the_documented_groups_are_those_that_the_module_is_in(name: str) -> None:
    holder = importlib.import_module("%s.doc_fragments.attributes" % PACKAGE).ModuleDocFragment
    group = group_of(name) or ""
    attributes = yaml.safe_load(getattr(holder, "GROUP_" + group.upper()))["attributes"]
    assert attributes["action_group"]["membership"] == ["%s.%s" % (COLLECTION, group), "%s.all" % COLLECTION]
    assert name in load(ROOT / "meta" / "runtime.yml")["action_groups"][group]


# ---- each module


@pytest.mark.parametrize("name", MODULES)
def test_options_are_documented_as_they_are(name: str) -> None:
    documented = documentation(name)["options"]
    spec = module(name).ARGUMENTS.options
    assert sorted(documented) == sorted(spec)
    for option, facts in spec.items():
        said = documented[option]
        shown = {field: said.get(field) for field in ("choices", "default", "elements")}
        assert shown == {field: facts.get(field) for field in ("choices", "default", "elements")}, option
        assert (said.get("type", "str"), bool(said.get("required"))) == (facts.get("type", "str"), bool(facts.get("required"))), option


@pytest.mark.parametrize("name", MODULES)
def test_environment_variables_are_documented(name: str) -> None:
    documented = documentation(name)["options"]
    named = {variable for concern in ENVIRONMENT.values() for variable in concern.values()}
    for option, facts in module(name).ARGUMENTS.options.items():
        variables = set(facts["fallback"][1]) if "fallback" in facts else set()
        assert {found for found in re.findall(r"E\((\w+)\)", described(documented[option])) if found in named} == variables, option


def test_guides_define_each_environment_variable_that_they_refer_to() -> None:
    """Sphinx warns of every other reference, and the pages of the modules can only point to what docs/docsite/config.yml declares."""
    guides = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst")))
    defined = re.findall(r"\.\. envvar:: (\w+)", guides)
    assert sorted(defined) == sorted(variable for concern in ENVIRONMENT.values() for variable in concern.values())
    assert set(re.findall(r":envvar:`(\w+)`", guides)) <= set(defined)
    assert load(ROOT / "docs" / "docsite" / "config.yml")["envvar_directives"] == sorted(defined)


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_names_the_module_and_its_version(name: str) -> None:
    found = documentation(name)
    assert (found["module"], bool(found["version_added"])) == (name, True)
    fragments = {fragment for fragment in found["extends_documentation_fragment"] if ".attributes.group_" in fragment}
    assert fragments == ({"%s.attributes.group_%s" % (COLLECTION, group_of(name))} if group_of(name) else set())


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    """One for each state, one for check mode where something can change, and only options that exist."""
    tasks = [(task, task["%s.%s" % (COLLECTION, name)] or {}) for task in yaml.safe_load(module(name).EXAMPLES) if "%s.%s" % (COLLECTION, name) in task]
    options = module(name).ARGUMENTS.options
    assert tasks
    for task, given in tasks:
        assert set(given) <= set(options), task["name"]
        assert task["name"][0].isupper()
    if "state" in options:
        assert {given.get("state", options["state"]["default"]) for task, given in tasks} == set(options["state"]["choices"])
    if not name.endswith("_info"):
        assert any(task.get("check_mode") for task, given in tasks)


@pytest.mark.parametrize("name", MODULES)
def test_return_values(name: str) -> None:
    values = yaml.safe_load(module(name).RETURN)
    # what a failed request was can only be said where one makes the module fail
    assert ("error" in values) is (name not in NEVER_FAIL_OF_A_REQUEST)
    assert ("actions" in values) is not name.endswith("_info")
    for value, facts in values.items():
        assert facts["description"] and facts["returned"] and facts["type"], value
        assert "sample" in facts or "contains" in facts, value


@pytest.mark.parametrize("name", MODULES)
def test_main_runs_the_logic_with_the_options(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[t.Any] = []
    found = module(name)
    monkeypatch.setattr(found, "run_module", lambda *arguments: called.append(arguments))
    found.main()
    logic = found.run_info if name.endswith("_info") else found.run
    assert called == [(found.ARGUMENTS, logic)]


@pytest.mark.parametrize("name", MODULES)
def test_each_module_has_an_action_plugin_that_runs_the_same(name: str) -> None:
    assert (PLUGINS / "action" / (name + ".py")).is_file()
    action = importlib.import_module("%s.action.%s" % (PACKAGE, name)).ActionModule
    found = module(name)
    assert issubclass(action, InProcessAction)
    assert (action.arguments, action.logic) == (found.ARGUMENTS, found.run_info if name.endswith("_info") else found.run)


def test_every_action_plugin_has_a_module() -> None:
    assert sorted(path.stem for path in (PLUGINS / "action").glob("*.py")) == sorted([*MODULES, *CONTROLLERS])


@pytest.mark.parametrize("name", CONTROLLERS)
def test_what_runs_on_the_controller_is_documented_as_it_is(name: str) -> None:
    documented = yaml.safe_load(module(name).DOCUMENTATION)["options"]
    spec = importlib.import_module("%s.plugin_utils.%s" % (PACKAGE, name.removeprefix("scim_"))).ARGUMENTS
    assert {option: (one["type"], one.get("required", False), one.get("default")) for option, one in documented.items()} == {
        option: (one["type"], one.get("required", False), one.get("default")) for option, one in spec.items()
    }


@pytest.mark.parametrize("name", [*MODULES, *CONTROLLERS])
def test_every_module_is_tested(name: str) -> None:
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / ("test_%s.py" % name)).is_file()
    target = ROOT / "tests" / "integration" / "targets" / name
    assert target.is_dir()
    assert list(target.glob("tasks/*.yml")) or (target / "runme.sh").is_file()


# ---- the direction of imports (each layer knows only those below it)


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """What a file imports, within a function or not; relative to the collection's plugins where it is of the collection."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "%s: relative import" % path
            found |= {"%s.%s" % (node.module, name.name) for name in node.names}
    return frozenset(name.removeprefix(PACKAGE + ".") for name in found)


def sources(*patterns: str) -> list[Path]:
    found = sorted({path for pattern in patterns for path in PLUGINS.glob(pattern) if path.name != "__init__.py"})
    assert found
    return found


def shown(path: Path) -> str:
    return str(path.relative_to(PLUGINS))


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_nothing_imports_tests(path: Path) -> None:
    assert [name for name in imports(path) if ".tests." in name or name.startswith("tests")] == []


PURE_REPORT = (
    "checks",
    "charts",
    "fleet",
    "fleet_html",
    "fleet_markdown",
    "fleet_rows",
    "fleet_style",
    "given",
    "history",
    "html",
    "markdown",
    "model",
    "style",
    "svg",
    "tables",
    "wording",
)
NAME_VENDORS = ("arguments", "halves", "matching", "names", "secrets")
# the rooms of module_utils: each imports from the floors below its own, and from itself
FLOORS = (("_core",), ("_http",), ("_unity", "_jumpcloud"), ("_rules",), ("_people", "_pages"), ("_manual", "_report"), ("_logic",))
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MODULE_UTILS = sorted(path for path in PLUGINS.glob("module_utils/*/*.py") if path.name != "__init__.py")
# files, what they must not import beside what the floors forbid
FORBIDDEN = [
    (["module_utils/_core/plan.py", "module_utils/_core/matching.py"], r"requests|module_utils"),
    (["module_utils/_pages/*.py", "module_utils/_report/*.py"], r"requests|module_utils\.(_http|_unity|_jumpcloud|_rules|_people|_core\.context)"),
    (["module_utils/_pages/*.py"], r"os|io|time|tempfile|pathlib|module_utils\._core\.files"),
    (["module_utils/_report/%s.py" % name for name in PURE_REPORT], r"os|io|time|tempfile|pathlib|module_utils\.(_core\.files|_report\.files)"),
    (["module_utils/_rules/*.py"], r"module_utils\.(_http|_unity\.client|_jumpcloud\.client)"),
    (["module_utils/_people/reconciliation.py"], r"module_utils\._http"),
    (["module_utils/_logic/*.py"], r"module_utils\._http\.(client|failures)"),
    (["modules/*.py"], r"ansible\.|requests|module_utils\.(?!_core|_logic)"),
    (["action/*.py"], r"ansible\.|requests|module_utils"),
    (["inventory/*.py"], r"requests|module_utils\.(?!_core|_logic)"),
]
FORBIDDEN = [
    (patterns, forbidden + r"|modules|action|plugin_utils" if patterns[0].startswith("module_utils") else forbidden) for patterns, forbidden in FORBIDDEN
]
RULES = [(path, forbidden) for patterns, forbidden in FORBIDDEN for path in sources(*patterns)]
SHELLS = (
    "module_utils/_core/module_shell.py",
    "module_utils/_core/arguments.py",
    "plugin_utils/in_process.py",
    "plugin_utils/vaulted_key.py",
    "plugin_utils/workers.py",
    "filter/scim_summary.py",
    "inventory/jumpcloud_organizations.py",
)


def test_every_file_has_a_room() -> None:
    assert sorted(path for path in PLUGINS.glob("module_utils/**/*.py") if path.name != "__init__.py") == MODULE_UTILS
    assert {path.parent.name for path in MODULE_UTILS} == set(FLOOR_OF)
    assert (len(FLOOR_OF) <= 10, len(FLOORS) <= 7) == (True, True)


@pytest.mark.parametrize("path", MODULE_UTILS, ids=shown)
def test_imports_run_downwards(path: Path) -> None:
    room = path.parent.name
    rooms = {match.group(1) for match in (re.match(r"module_utils\.(\w+)", name) for name in imports(path)) if match} - {room}
    assert [other for other in rooms if FLOOR_OF[other] >= FLOOR_OF[room]] == []


def test_no_two_files_import_each_other() -> None:
    """Within a room, too, there is an order."""
    names = {shown(path).removesuffix(".py").replace("/", "."): path for path in MODULE_UTILS}
    graph = {name: [other for other in names if any((found + ".").startswith(other + ".") for found in imports(path))] for name, path in names.items()}
    left = dict(graph)
    while free := [name for name, others in left.items() if not set(others) & set(left) - {name}]:
        left = {name: others for name, others in left.items() if name not in free}
    assert left == {}


@pytest.mark.parametrize("path, forbidden", RULES, ids=lambda value: shown(value) if isinstance(value, Path) else "")
def test_imports_keep_to_the_room(path: Path, forbidden: str) -> None:
    assert [name for name in imports(path) if re.match(forbidden, name)] == []


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_only_the_shells_know_ansible_and_only_the_transport_knows_requests(path: Path) -> None:
    if shown(path) not in SHELLS:
        assert [name for name in imports(path) if name.startswith("ansible.")] == []
    if shown(path) not in (SHELLS[0], *("module_utils/_http/%s.py" % name for name in ("bounded", "transport", "failures"))):
        assert [name for name in imports(path) if name.split(".")[0] in ("requests", "urllib3")] == []


# they know what the vendors' options and header are called
@pytest.mark.parametrize("path", [path for path in sources("module_utils/_core/*.py", "module_utils/_http/*.py") if path.stem not in NAME_VENDORS], ids=shown)
def test_what_knows_no_vendor_names_none(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("unity_jumpcloud", "")
    assert re.findall(r"unity|jumpcloud|genesis|okta", text, re.IGNORECASE) == []


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("module_utils/**/*.py")), ids=shown)
def test_a_file_has_one_reason_to_change(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_every_file_says_its_licence(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # in two parts: the licence checker would take one part for this file's own licence
    assert not text or "SPDX-License-" + "Identifier: GPL-3.0-or-later" in text


# ---- the role


# facts and variables that the role gives to the playbook, or exchanges with its user's own tasks files
HANDED_OVER = {
    "scim_provisioning_artifacts",
    "scim_provisioning_summary",
    "scim_provisioning_preflight",
    "scim_provisioning_audit",
    "scim_provisioning_new_key",
    "scim_provisioning_stored_key",
}


def role_files() -> list[Path]:
    return sorted([*ROLE.glob("tasks/**/*.yml"), *ROLE.glob("vars/*.yml")])


def variables_in(path: Path) -> set[str]:
    return set(re.findall(r"(?<![\w.])scim_provisioning_\w+", path.read_text(encoding="utf-8")))


def role_specs() -> dict[str, dict[str, t.Any]]:
    specs = load(ROLE / "meta" / "argument_specs.yml")["argument_specs"]
    return {name: spec.get("options") or {} for name, spec in specs.items()}


def test_the_roles_defaults_are_those_it_documents() -> None:
    defaults = load(ROLE / "defaults" / "main.yml")
    in_place = {name: values[0] for name, values in defaults_given_in_place().items() if name not in defaults and values[0] is not None}
    in_place["scim_provisioning_concurrency"] = module("jumpcloud_group_binding").ARGUMENTS.options["concurrency"]["default"]
    for entry, options in role_specs().items():
        documented = {name: option["default"] for name, option in options.items() if "default" in option}
        assert documented == {name: {**in_place, **defaults}[name] for name in documented}, entry
        assert set(defaults) & set(options) <= set(documented), entry
    assert set(defaults) <= {name for options in role_specs().values() for name in options}


def test_every_variable_that_the_role_uses_is_documented() -> None:
    documented = {name for options in role_specs().values() for name in options}
    for path in role_files():
        assert variables_in(path) - documented - HANDED_OVER == set(), path.name


def test_what_the_role_hands_over_is_described() -> None:
    text = (ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    assert [name for name in HANDED_OVER if "C(%s)" % name not in text] == []


def test_every_documented_variable_is_used() -> None:
    used = {name for path in role_files() for name in variables_in(path)} | {name for options in ROLE_OPTIONS.values() for name in options.values()}
    used |= {ROLE_PREFIX + name for name in re.findall(r'\.given\("(\w+)"\)', inspect.getsource(role_steps))}
    assert {name for options in role_specs().values() for name in options} - used == set()


def test_the_role_hands_every_connection_option_on() -> None:
    for vendor, name in (("unity", "unity_organization_info"), ("jumpcloud", "jumpcloud_scim_app_info")):
        identity = {"application", "application_id", "method"}
        assert set(ROLE_OPTIONS[vendor]) == set(module(name).ARGUMENTS.options) - identity


def test_what_the_role_gives_in_one_template_are_options_of_its_modules() -> None:
    documented = {name for options in role_specs().values() for name in options}
    for whose, options in ROLE_OPTIONS.items():
        assert set(options.values()) <= documented, whose
        if whose in MODULES:
            assert set(options) <= set(module(whose).ARGUMENTS.options), whose


def all_tasks(found: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Every task and block of a tasks file or a playbook, those within blocks, too."""
    for item in found or []:
        yield item
        for name in ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks"):
            yield from all_tasks(item.get(name))


BLOCKS_AND_PLAYS = {"block", "hosts"}
ROLE_TASKS = sorted(ROLE.glob("tasks/**/*.yml"))
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("path", [*ROLE_TASKS, *PLAYBOOKS], ids=lambda path: "%s/%s" % (path.parent.name, path.name))
def test_nothing_waits_for_the_other_hosts_or_takes_the_callers_item(path: Path) -> None:
    """`pause` and `run_once` run for all hosts, which the strategies `free` and `host_pinned` refuse; `item` belongs to the caller's own loop."""
    for task in all_tasks(load(path)):
        assert not {"pause", "ansible.builtin.pause"} & set(task), task["name"]
        assert not {"until", "retries"} & set(task), task["name"]
        assert not [name for name in task if name.startswith("with_")], task["name"]
        if "loop" in task:
            assert task["loop_control"]["loop_var"].startswith("__scim_provisioning_"), task["name"]
    for play in load(path):
        if play.get("strategy") != "ansible.builtin.linear":
            assert [task["name"] for task in all_tasks([play]) if "run_once" in task] == []
    assert re.findall(r"\bitem\b", re.sub(r"#.*", "", path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.name)
def test_every_play_is_local_whatever_the_inventory_says(path: Path) -> None:
    assert [play["name"] for play in load(path) if (play["connection"], play["vars"]["ansible_connection"]) != ("local", "local")] == []


def defaults_given_in_place() -> dict[str, list[t.Any]]:
    """What is null or empty counts as not given, so these defaults are given where the variable is used: as text, or by leaving a module's option out."""
    text = "".join(path.read_text(encoding="utf-8") for path in role_files())
    found: dict[str, list[t.Any]] = {}
    for name, value in re.findall(r"\b(scim_provisioning_\w+) \| default\(([^)]+), true\)", text):
        if value not in ("omit", "''"):
            found.setdefault(name, []).append(yaml.safe_load(value))
    for task in [task for path in ROLE_TASKS for task in all_tasks(load(path))]:
        for called in [name for name in task if name.startswith(COLLECTION)]:
            options = module(called.removeprefix(COLLECTION + ".")).ARGUMENTS.options if called.removeprefix(COLLECTION + ".") in MODULES else {}
            for option, value in (task[called] or {}).items():
                omitted = re.fullmatch(r"\{\{ (?:omit if )?(scim_provisioning_\w+) \| default\((?:omit, true\)|''\) in \['', none\] else \1) \}\}", str(value))
                if omitted:
                    found.setdefault(omitted.group(1), []).append(options[option].get("default"))
    for whose in set(ROLE_OPTIONS) & set(MODULES):
        for option, variable in ROLE_OPTIONS[whose].items():
            default = ROLE_DEFAULTS.get(variable, module(whose).ARGUMENTS.options[option].get("default"))
            if default is not None:
                found.setdefault(variable, []).append(default)
    return found


def test_a_default_that_is_given_again_is_the_same() -> None:
    defaults = load(ROLE / "defaults" / "main.yml")
    given = {name: values for name, values in defaults_given_in_place().items() if name in defaults}
    assert len(given) >= 3 and given == {name: [defaults[name]] * len(values) for name, values in given.items()}


def test_the_role_is_small() -> None:
    # with blocks and imports
    assert sum(len(list(all_tasks(load(path)))) for path in ROLE_TASKS) <= 70
    files = [*ROLE_TASKS, *ROLE.glob("vars/*.yml"), *ROLE.glob("defaults/*.yml")]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= 800


def registered_by(tasks: t.Any) -> set[str]:
    """What the tasks leave behind, those of the files that they import, too. A store's own tasks leave a key."""
    found = set()
    for task in all_tasks(tasks):
        found |= {task["register"]} & set(load(ROLE / "vars" / "main.yml")) if "register" in task else set()
        if "read_tasks" in str(task.get("ansible.builtin.include_tasks")):
            found |= {"__scim_provisioning_vaulted_key", "scim_provisioning_stored_key"}
        if "ansible.builtin.import_tasks" in task:
            found |= registered_by(load(ROLE / "tasks" / task["ansible.builtin.import_tasks"]))
    return found


def forgotten_by(tasks: t.Any) -> set[str]:
    found = set()
    for task in all_tasks(tasks):
        found |= {name for name, value in task.get("ansible.builtin.set_fact", {}).items() if value == {}}
        if "ansible.builtin.import_tasks" in task:
            found |= forgotten_by(load(ROLE / "tasks" / task["ansible.builtin.import_tasks"]))
    return found


@pytest.mark.parametrize("entry", sorted(role_specs()))
def test_however_an_entry_point_ends_nothing_stays_for_the_next_use(entry: str) -> None:
    tasks = load(ROLE / "tasks" / ("%s.yml" % entry))
    always = [task for block in tasks for task in block.get("always", []) + [late for inner in block.get("block", []) for late in inner.get("always", [])]]
    assert registered_by(tasks) and registered_by(tasks) <= forgotten_by(always)


def test_the_role_has_few_variables_of_its_own() -> None:
    names = {name for path in role_files() for name in re.findall(r"\b__scim_provisioning_\w+", path.read_text(encoding="utf-8"))}
    assert len(names) <= 20, sorted(names)
