# SPDX-License-Identifier: GPL-3.0-or-later
"""The JumpCloud scopes that each playbook, and the inventory plugin, needs stand in docs/docsite/rst/guide_credentials.rst, and this writes them there.

They come from two places: tests/contracts/called_operations.yml says which operations each of them calls, which tests/stories/ compare with
real runs; and JumpCloud's published files beside it say in ``x-scopes`` which scopes an operation takes.

    scripts/scopes.py            write them into the guide
    scripts/scopes.py --check    show what would be written, and fail if there is anything
"""

from __future__ import annotations

import difflib
import json
import pathlib
import re
import sys
import typing as t

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "tests" / "contracts"
CALLED = CONTRACTS / "called_operations.yml"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_credentials.rst"
PUBLISHED = {"jumpcloud_console": "", "jumpcloud_provider": "", "jumpcloud_insights": "/insights/directory"}
"""Files, and the base path of their servers."""
INVENTORY = "jumpcloud_organizations"
METHODS = ("get", "post", "put", "patch", "delete")
BEGIN, END = ".. scripts/scopes.py writes from here\n\n", ".. to here\n"
NOT_IN_THE_FILES = "not in the files that this project has"
ASSUMED = "none known: assumed"


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


def fewest(scopes: t.Iterable[list[str]]) -> list[str]:
    """One scope for each operation: the narrowest, unless one that is needed anyhow will do."""
    chosen: set[str] = set()
    for options in sorted(filter(None, scopes), key=lambda options: (len(options), options)):
        if not chosen & set(options):
            chosen.add(max(options, key=lambda scope: (scope.endswith(".readonly"), scope.count("."), scope)))
    return sorted(chosen)


def table(widths: str, *rows: tuple[str, ...]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for row in rows:
        lines += [f"   * - {row[0]}", *(f"     - {cell}" for cell in row[1:])]
    return "\n".join(lines) + "\n\n"


def literals(names: t.Iterable[str], between: str = ", ") -> str:
    return between.join(f"``{name}``" for name in names)


def generated() -> str:
    """The two tables: by playbook, and by operation."""
    called: dict[str, list[str]] = yaml.safe_load(CALLED.read_text(encoding="utf-8"))
    scopes = published_scopes()
    by_playbook = [(f"``{playbook}``", literals(fewest(scopes.get(operation, []) for operation in operations))) for playbook, operations in called.items()]
    playbooks = {name: found for name, found in called.items() if name != INVENTORY}
    operations = sorted({operation for found in called.values() for operation in found}, key=lambda operation: operation.split(" ")[::-1])
    by_operation = [
        (
            f"``{operation}``",
            literals(scopes.get(operation, []), " or ") or (ASSUMED if "/provision" in operation else NOT_IN_THE_FILES),
            "all playbooks"
            if all(operation in found for found in playbooks.values())
            else literals(name for name, found in called.items() if operation in found),
        )
        for operation in operations
    ]
    return table("24 76", ("Playbook, or inventory plugin", "The fewest and narrowest scopes"), *by_playbook) + table(
        "40 36 24", ("Operation", "Scopes that JumpCloud lists for it", "Called by"), *by_operation
    )


def main(arguments: list[str]) -> str | None:
    text = GUIDE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _now, end, after = rest.partition(END)
    if not begin or not end:
        return f"{GUIDE} lacks the lines between which the scopes stand."
    wanted = before + begin + generated() + end + after
    if wanted == text:
        return None
    if "--check" in arguments:
        difference = difflib.unified_diff(text.splitlines(), wanted.splitlines(), str(GUIDE), "as it should be", n=1, lineterm="")
        return "\n".join(difference) + "\n\nscripts/scopes.py writes that."
    GUIDE.write_text(wanted, encoding="utf-8")
    print(f"{GUIDE}: written")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
