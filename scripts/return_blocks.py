# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the return values that several modules have into their RETURN, from return_blocks.yml.

Usage: return_blocks.py [--check] [MODULE.py ...]

Without files: every module. With --check nothing is written, and what differs is shown.
"""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
import re
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = pathlib.Path(__file__).with_suffix(".yml")
OWN = "..."

# Return values that only have the name of a common one.
SOMETHING_ELSE = {
    "scim_audit": {"actions"},
    "scim_audit_report": {"actions"},
    "scim_fleet_report": {"actions"},
    "scim_drift_info": {"pending"},
    "scim_preflight_info": {"manual_steps"},
    "scim_provisioned_user": {"evidence"},
}
# Lines that differ since the module does, by their keys.
DIFFERENT = {
    "jumpcloud_group_binding": {
        "step.contains.method.description": "V(api), since groups are bound in this way with any O(method).",
    },
    "jumpcloud_scim_app": {
        "step.contains.found.description": "V(active), V(inactive) or V(not configured). With O(method=manual), what the events tell, in words.",
    },
    "jumpcloud_scim_app_info": {"manual_steps.returned": "failure of an assumed endpoint"},
    "scim_key_retirement": {
        "step.description": "What this step found and did, for a summary; null if no key had to be revoked. Texts are for people.",
        "step.contains.verified.description": "What shows that JumpCloud uses the new key; empty in check mode.",
    },
    "unity_audit_key": {
        "method.description": "How a key was made or is to be made, V(api) or V(manual); where one was given, what O(method) says.",
        "method.returned": "success",
        "pending.returned": "success",
        "runbook.returned": "success",
        "manual_steps.returned": "success, or failure of an assumed endpoint",
    },
    "unity_organization_info": {"manual_steps.returned": "failure of an assumed endpoint"},
    "unity_scim_connector": {
        "step.contains.step.description": "C(enforcement) where O(enforced) is given, else C(connector_url).",
    },
    "unity_service_account_key": {
        "step.contains.step.description": "C(service_account_key), or C(retire_keys) with O(state=pruned).",
    },
}


class Unclear(Exception):
    """What only the author of a module can mend."""


@dataclasses.dataclass
class Line:
    """A line of YAML, and those below it that are indented further."""

    text: str
    children: list[Line] = dataclasses.field(default_factory=list)

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.text.strip().startswith("- ")

    @property
    def key(self) -> str:
        """What stands before the colon."""
        return self.text.strip().partition(":")[0]

    @property
    def value(self) -> str:
        """What stands after the colon, or after the dash."""
        return self.text.strip()[2:] if self.is_item else self.text.partition(":")[2].strip()

    def __str__(self) -> str:
        return "".join([self.text, "\n", *map(str, self.children)])


def parse(text: str) -> list[Line]:
    """The lines of a text as trees, without comments and blank lines."""
    top = Line("")
    path = [(-1, top)]
    for text_line in text.splitlines():
        if not text_line.strip() or text_line.startswith(("#", "---")):
            continue
        line = Line(text_line)
        indent = len(text_line) - len(text_line.lstrip())
        while path[-1][0] >= indent:
            path.pop()
        path[-1][1].children.append(line)
        path.append((indent, line))
    return top.children


def fill(common: Line, present: Line | None, path: str, different: dict[str, str]) -> Line:
    """The common line, with what is the module's own taken from what it has now."""
    if path in different:
        return Line(f"{common.text.partition(':')[0]}: {different[path]}")
    if common.value == OWN:
        if present is None:
            raise Unclear(f"lacks {path}, which is the module's own")
        return present
    now = {line.key: line for line in present.children if not line.is_item} if present else {}
    known = {line.key for line in common.children}
    unknown = [line for key, line in now.items() if key not in known]
    if unknown and common.children and OWN not in known:
        raise Unclear(f"has {path}.{unknown[0].key}, which scripts/return_blocks.yml does not know")
    filled = []
    for index, line in enumerate(common.children):
        if line.key == OWN:
            filled += unknown
        elif line.is_item and line.value == OWN:
            filled += present.children[index:] if present else []
        elif line.is_item:
            filled.append(line)
        else:
            filled.append(fill(line, now.get(line.key), f"{path}.{line.key}", different))
    return Line(common.text, filled)


def with_common_blocks(module: str, returned: str, common: dict[str, Line]) -> str:
    """The module's RETURN as it should be."""
    blocks = []
    for block in re.split(r"^(?=\w)", returned, flags=re.MULTILINE):
        key = block.partition(":")[0]
        if key in common and key not in SOMETHING_ELSE.get(module, ()):
            block = str(fill(common[key], parse(block)[0], key, DIFFERENT.get(module, {})))
        blocks.append(block)
    return "".join(blocks)


def main(arguments: list[str]) -> t.Iterator[str]:
    """Write or check; yields what is wrong."""
    check = "--check" in arguments
    files = [pathlib.Path(name) for name in arguments if name != "--check"] or sorted((ROOT / "plugins" / "modules").glob("*.py"))
    common = {line.key: line for line in parse(SOURCE.read_text(encoding="utf-8"))}
    for path in files:
        text = path.read_text(encoding="utf-8")
        found = re.search(r'^RETURN = r"""\n(.*?)^"""', text, flags=re.DOTALL | re.MULTILINE)
        if found is None:
            yield f"{path}: there is no RETURN"
            continue
        try:
            wanted = with_common_blocks(path.stem, found[1], common)
        except Unclear as error:
            yield f"{path}: RETURN {error}"
            continue
        if wanted == found[1]:
            continue
        if check:
            yield "\n".join(difflib.unified_diff(found[1].splitlines(), wanted.splitlines(), str(path), str(SOURCE), n=1, lineterm=""))
        else:
            path.write_text(text[: found.start(1)] + wanted + text[found.end(1) :], encoding="utf-8")
            print(f"{path}: written")


if __name__ == "__main__":
    problems = list(main(sys.argv[1:]))
    if problems:
        sys.exit(
            "\n".join(problems) + "\n\nThe common return values stand in scripts/return_blocks.yml; scripts/return_blocks.py writes them into the modules."
        )
