# SPDX-License-Identifier: GPL-3.0-or-later
"""Check an installed collection: documentation renders, action groups are complete, nothing of the repository's tools is in it.

Usage: check_collection.py INSTALLED-COLLECTION
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

import yaml

COLLECTION = "unity_jumpcloud.scim"
REPOSITORY_ONLY = (
    *("tests", "scripts", "requirements", "Makefile", ".ci", ".cache", ".git", ".github", ".pre-commit-config.yaml", "extensions/molecule"),
    *(".editorconfig", ".git-blame-ignore-revs"),
)
# Modules that call both vendors take JumpCloud's options; some call neither, and take no connection options.
GROUPS = {"unity": ("unity_",), "jumpcloud": ("jumpcloud_", "scim_"), "all": ("",)}
WITHOUT_GROUP = {"scim_audit_report", "scim_fleet_report", "scim_vaulted_key"}
# Directories of plugins that ansible-doc can show, and its name for them where it differs.
DOCUMENTED = {"modules": "module", "lookup": "lookup", "filter": "filter", "test": "test", "inventory": "inventory", "callback": "callback"}


def ansible_doc(*arguments: str) -> str:
    """What ansible-doc prints; its warnings count as failures, but for one about a part of ansible-core itself."""
    result = subprocess.run(["ansible-doc", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    complaints = [line for line in result.stderr.splitlines() if "[WARNING]" in line or "[ERROR]" in line]
    if result.returncode or any("_protomatter" not in line for line in complaints):
        raise SystemExit(f"ansible-doc {' '.join(arguments)} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def documentation(root: pathlib.Path) -> t.Iterator[str]:
    """Problems with the documentation of plugins and roles."""
    for folder, kind in {**DOCUMENTED, "roles": "role"}.items():
        if kind == "role":
            names = {path.parent.parent.name for path in root.glob("roles/*/meta/argument_specs.yml")}
            yield from (f"role {path.name} has no meta/argument_specs.yml" for path in root.glob("roles/*") if path.name not in names)
        else:
            # a file of several filters has a file of documentation for each
            beside = {path.stem for path in (root / "plugins" / folder).glob("*.yml")}
            names = beside or {path.stem for path in (root / "plugins" / folder).glob("*.py") if not path.stem.startswith("_")}
        if not names:
            continue
        listed = {name.removeprefix(COLLECTION + ".") for name in json.loads(ansible_doc("-t", kind, "-l", "--json", COLLECTION))}
        if listed != names:
            yield f"{kind}: ansible-doc lists {sorted(listed)}, the collection has {sorted(names)}"
        rendered = ansible_doc("-t", kind, *(f"{COLLECTION}.{name}" for name in sorted(names)))
        yield from (f"{kind} {name} is not rendered" for name in sorted(names) if f"{COLLECTION}.{name}" not in rendered)
        print(f"{kind}: {len(names)} listed and rendered: {' '.join(sorted(names))}")


def action_groups(root: pathlib.Path) -> t.Iterator[str]:
    """Differences between meta/runtime.yml and the modules on disk."""
    groups = yaml.safe_load((root / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    modules = {path.stem for path in (root / "plugins" / "modules").glob("*.py")}
    if groups.keys() != GROUPS.keys():
        yield f"action groups are {sorted(groups)}, not {sorted(GROUPS)}"
    for group, prefixes in GROUPS.items():
        members = set(_members(groups, group))
        expected = {name for name in modules if name.startswith(prefixes)} - WITHOUT_GROUP
        yield from (f"meta/runtime.yml: {name} is missing from action group {group}" for name in sorted(expected - members))
        yield from (f"meta/runtime.yml: action group {group} has {name}, which is no such module" for name in sorted(members - expected))
    print(f"action groups: compared with {len(modules)} modules")


def _members(groups: dict[str, list[t.Any]], group: str) -> t.Iterator[str]:
    for entry in groups.get(group, []):
        if isinstance(entry, str):
            yield entry
        else:
            for extended in entry["metadata"]["extend_group"]:
                yield from _members(groups, extended)


def leftovers(root: pathlib.Path) -> t.Iterator[str]:
    """Parts of the repository that a release does not need."""
    yield from (f"the release contains {name}" for name in REPOSITORY_ONLY if (root / name).exists())
    yield from (f"the release contains {path.relative_to(root)}" for path in root.rglob("__pycache__"))


def main() -> int:
    """Print what is wrong."""
    root = pathlib.Path(sys.argv[1])
    problems = [*leftovers(root), *action_groups(root), *documentation(root)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
