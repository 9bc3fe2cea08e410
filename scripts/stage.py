# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the checkout to a folder of its own, with a git index of its own.

Usage: stage.py CHECKOUT DESTINATION

ansible-test lists a collection's files with git. A copy below a folder that the checkout ignores would look empty to it,
and its tests would pass without having looked at anything: hence the index.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

IGNORED = {".git", ".cache", ".ansible", ".venv", "venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "dist"}


def git(folder: pathlib.Path, *arguments: str) -> bytes:
    """Run git without the settings of the user, and trusting the folder whoever owns it."""
    command = ["git", "-c", "safe.directory=*", "-c", "core.autocrlf=false", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def listed_by_git(root: pathlib.Path) -> list[str]:
    """Files that are tracked, or new and not ignored."""
    return [os.fsdecode(name) for name in git(root, "ls-files", "-co", "--exclude-standard", "-z").split(b"\0") if name]


def listed_by_walking(root: pathlib.Path) -> list[str]:
    """The same for an unpacked archive, or where git is missing."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - IGNORED)
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files if not name.endswith((".pyc", ".tar.gz"))]
    return found


def main() -> None:
    """Copy, then add everything to a new index."""
    root, destination = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    try:
        names = listed_by_git(root) if (root / ".git").exists() else listed_by_walking(root)
    except (OSError, subprocess.CalledProcessError):
        names = listed_by_walking(root)

    shutil.rmtree(destination, ignore_errors=True)
    for name in names:
        source, target = root / name, destination / name
        if not source.is_file():  # deleted, but still in the index
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)

    try:
        git(destination, "init", "-q")
        git(destination, "add", "-A")
    except (OSError, subprocess.CalledProcessError):
        print("git is missing: ansible-test may not see the staged files", file=sys.stderr)


if __name__ == "__main__":
    main()
