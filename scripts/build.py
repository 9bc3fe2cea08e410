# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection, so that the same files always make the same tarball.

Usage: build.py COLLECTION FOLDER

ansible-galaxy lists the files in the order of the file system, and writes the times of the checkout and of the build. Here the tarball that it
made is written anew: sorted, and with SOURCE_DATE_EPOCH (seconds, 0 if not set) as the time of everything. The contents stay as they are.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile


def main() -> None:
    """Build elsewhere, and leave the tarball in the folder."""
    collection, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as temporary:
        done = subprocess.run(
            ["ansible-galaxy", "collection", "build", "--output-path", temporary, str(collection)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stdout.decode(errors="replace"))
        [built] = pathlib.Path(temporary).iterdir()
        content = alike(built, int(os.environ.get("SOURCE_DATE_EPOCH") or 0))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / built.name).write_bytes(content)
    print(folder / built.name)


def alike(tarball: pathlib.Path, date: int) -> bytes:
    """The tarball with nothing in it that depends on where and when it was built."""
    with tarfile.open(tarball) as source:
        members = {member.name: member for member in source}
        contents = {name: source.extractfile(member).read() for name, member in members.items() if member.isfile()}  # type: ignore[union-attr]

    # the list of files, which the manifest knows by its digest
    files = json.loads(contents["FILES.json"])
    files["files"].sort(key=lambda entry: entry["name"])
    contents["FILES.json"] = json.dumps(files, indent=True).encode()
    manifest = json.loads(contents["MANIFEST.json"])
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(contents["FILES.json"]).hexdigest()
    contents["MANIFEST.json"] = json.dumps(manifest, indent=True).encode()

    result = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=result, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target:
        # Galaxy and ansible-galaxy want the manifest first
        for name in ["MANIFEST.json", "FILES.json", *sorted(members.keys() - {"MANIFEST.json", "FILES.json"})]:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.mtime = members[name].type, members[name].linkname, date
            entry.mode = 0o755 if entry.isdir() or members[name].mode & 0o100 else 0o644
            entry.size = len(contents.get(name, b""))
            target.addfile(entry, io.BytesIO(contents[name]) if name in contents else None)
    return result.getvalue()


if __name__ == "__main__":
    main()
