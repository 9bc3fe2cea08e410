# SPDX-License-Identifier: GPL-3.0-or-later
"""The JumpCloud scopes that each playbook, and the inventory plugin, needs: this writes them into docs/docsite/rst/guide_credentials.rst, for people, and
into plugins/module_utils/_jumpcloud/scopes.py, for the module that makes a role of them.

tests/contracts/called_operations.yml says which operations each of them calls, which tests/stories/ compare with real runs; JumpCloud's
published files beside it say in ``x-scopes`` which scopes an operation takes, and assumed_scopes.yml where they say nothing.

    scripts/scopes.py            write them
    scripts/scopes.py --check    show what would be written, and fail if there is anything
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import pathlib
import re
import sys
import typing as t

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "tests" / "contracts"
CALLED = CONTRACTS / "called_operations.yml"
ASSUMED_SCOPES = CONTRACTS / "assumed_scopes.yml"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_credentials.rst"
PLUGIN = ROOT / "plugins" / "module_utils" / "_jumpcloud" / "scopes.py"
RULE = ROOT / "plugins" / "module_utils" / "_rules" / "fewest_scopes.py"
PUBLISHED = {"jumpcloud_console": "", "jumpcloud_provider": "", "jumpcloud_insights": "/insights/directory"}
"""Files, and the base path of their servers."""
METHODS = ("get", "post", "put", "patch", "delete")
BEGIN, END = ".. scripts/scopes.py writes from here\n\n", ".. to here\n"
ASSUMED = "none known: assumed"
# what no service account of one organization is for: an administrator runs it, and the inventory is of many organizations
NOT_DAILY = ("bootstrap_jumpcloud", "jumpcloud_organizations")
HEADER = '''# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scopes JumpCloud's operations take, and which operations the playbooks call. scripts/scopes.py writes this file; don't edit it.

PUBLISHED, but for these, which are ASSUMED: %s.
The operations below ``provision`` are assumed themselves, so no scope of theirs is known.
"""

from __future__ import annotations

'''


def published_scopes() -> dict[str, list[str]]:
    """The scopes of each published operation, as ``GET /path/{parameter}``."""
    found = {}
    for name, base in PUBLISHED.items():
        paths = json.loads((CONTRACTS / f"{name}.openapi.json").read_text(encoding="utf-8"))["paths"]
        for template, item in paths.items():
            for method in METHODS:
                if method in item:
                    found[f"{method.upper()} {base}{template}"] = item[method].get("x-scopes", [])
    return found


def operation_of(method: str, path: str, published: t.Iterable[str]) -> str:
    """The published operation of a request; or the request itself, without the ids in it."""
    for operation in published:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation), f"{method} {path}"):
            return operation
    return f"{method} {re.sub(r'/[0-9a-f]{24}(?=/|$)', '/{id}', path)}"


def assumed_scopes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(ASSUMED_SCOPES.read_text(encoding="utf-8"))
    return found


def fewest(scopes: t.Iterable[t.Sequence[str]]) -> list[str]:
    """As the module decides it."""
    spec = importlib.util.spec_from_file_location("fewest_scopes", RULE)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(RULE)
    rule = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rule)
    found: list[str] = rule.fewest(scopes)
    return found


def table(widths: str, *rows: tuple[str, ...]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in rows:
        lines += [f"   * - {row[0]}", *(f"     - {cell}" for cell in row[1:])]
    return "\n".join(lines) + "\n\n"


def literals(names: t.Iterable[str], between: str = ", ") -> str:
    return between.join(f"``{name}``" for name in names)


def called_operations() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(CALLED.read_text(encoding="utf-8"))
    return found


def tables() -> str:
    """Two tables: by playbook, and by operation."""
    called, assumed = called_operations(), assumed_scopes()
    scopes = {**published_scopes(), **assumed}
    by_playbook = [
        (f"``{playbook}``", literals(fewest(scopes.get(operation, []) for operation in operations)) or "none: it asks nothing of JumpCloud")
        for playbook, operations in called.items()
    ]
    daily = [operations for playbook, operations in called.items() if operations and playbook not in NOT_DAILY]
    operations = sorted({operation for found in called.values() for operation in found}, key=lambda operation: operation.split(" ")[::-1])
    by_operation = [
        (
            f"``{operation}``",
            (literals(scopes.get(operation, []), " or ") or ASSUMED) + (" (assumed)" if operation in assumed else ""),
            "all playbooks" if all(operation in found for found in daily) else literals(name for name, found in called.items() if operation in found),
        )
        for operation in operations
    ]
    return table("24 76", ("Playbook, or inventory plugin", "The fewest and narrowest scopes"), *by_playbook) + table(
        "40 36 24", ("Operation", "Scopes that JumpCloud lists for it", "Called by"), *by_operation
    )


def python_of(name: str, kind: str, values: dict[str, list[str]]) -> str:
    lines = [f"{name}: {kind} = {{"]
    for key, items in values.items():
        # as the formatter wants it
        if len(items) < 2:
            only = "".join(f'"{item}",' for item in items)
            lines.append(f'    "{key}": ({only}),')
        else:
            lines += [f'    "{key}": (', *(f'        "{item}",' for item in items), "    ),"]
    return "\n".join([*lines, "}", ""])


def module() -> str:
    called, assumed = called_operations(), assumed_scopes()
    known = {**published_scopes(), **assumed}
    scopes = {operation: known[operation] for operation in sorted({one for found in called.values() for one in found}) if known.get(operation)}
    kind = "dict[str, tuple[str, ...]]"
    daily = {playbook: operations for playbook, operations in called.items() if playbook not in NOT_DAILY}
    return HEADER % ", ".join(f"``{operation}``" for operation in assumed) + python_of("SCOPES", kind, scopes) + python_of("CALLED", kind, daily)


def main(arguments: list[str]) -> str | None:
    text = GUIDE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _now, end, after = rest.partition(END)
    if not begin or not end:
        return f"{GUIDE} lacks the lines between which the scopes stand."
    differences = []
    for path, wanted in ((GUIDE, before + begin + tables() + end + after), (PLUGIN, module())):
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        if wanted == present:
            continue
        if "--check" in arguments:
            differences += difflib.unified_diff(present.splitlines(), wanted.splitlines(), str(path), "as it should be", n=1, lineterm="")
        else:
            path.write_text(wanted, encoding="utf-8")
            print(f"{path}: written")
    return "\n".join(differences) + "\n\nscripts/scopes.py writes that." if differences else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
