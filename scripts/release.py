# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release consists of. scripts/release.sh runs it.

Usage: release.py check CHECKOUT                  refuses what is no release, in a line that ends with the next command
       release.py make CHECKOUT STAGED FOLDER     makes the files; an armored private key on standard input signs them
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parent
PUBLIC_KEY = "docs/release-key.asc"


def git(checkout: pathlib.Path, *arguments: str) -> str:
    """Git's answer, whoever owns the checkout."""
    try:
        done = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(checkout), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit("A release is made in a clone with git, and this is none. Next: git clone") from None
    return done.stdout.strip()


def version_of(checkout: pathlib.Path) -> str:
    """The one place where the version stands. The Python that checks may have no yaml."""
    found = re.search(r"^version: (\S+)$", (checkout / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SystemExit("galaxy.yml has no line with the version.")
    return found.group(1)


def check(checkout: pathlib.Path) -> None:
    """A clean tree at the tag of galaxy.yml's version, with its changelog written."""
    version = version_of(checkout)
    if git(checkout, "status", "--porcelain"):
        raise SystemExit("The work tree is not clean. Next: git status")
    if fragments := list((checkout / "changelogs" / "fragments").glob("*.y*ml")):
        raise SystemExit(f"changelogs/fragments/ has fragments left ({len(fragments)}). Next: make changelog")
    if not re.search(rf"^  ['\"]?{re.escape(version)}['\"]?:", (checkout / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"), re.MULTILINE):
        raise SystemExit(f"changelogs/changelog.yaml has nothing about {version}. Next: make changelog")
    tags = git(checkout, "tag", "--points-at", "HEAD").split()
    if f"v{version}" not in tags:
        raise SystemExit(f"HEAD is {'tagged ' + ', '.join(tags) if tags else 'not tagged'}, and galaxy.yml says {version}. Next: git tag -a v{version}")


def make(checkout: pathlib.Path, staged: pathlib.Path, folder: pathlib.Path) -> None:
    """All or nothing: the folder appears when everything is in it."""
    key = sys.stdin.read()
    version = version_of(staged)
    unfinished = folder.with_name(folder.name + ".unfinished")
    for old in (folder, unfinished):
        shutil.rmtree(old, ignore_errors=True)

    date = git(checkout, "log", "-1", "--format=%ct")
    run("build.py", staged, unfinished, environment={"SOURCE_DATE_EPOCH": date})
    [tarball] = unfinished.iterdir()
    name = tarball.name.removesuffix(".tar.gz")
    run("sbom.py", tarball, unfinished / f"{name}.cdx.json")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(unfinished.iterdir())]
    (unfinished / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    subprocess.run(
        ["antsibull-changelog", "generate", version, "--only-latest", "--output-format", "md", "--output", str(unfinished / "RELEASE_NOTES.md")],
        cwd=staged,
        check=True,
    )
    if key.strip():
        with tarfile.open(tarball) as archive:
            manifest = archive.extractfile("MANIFEST.json").read()  # type: ignore[union-attr]
        signed_by = sign(
            key, staged / PUBLIC_KEY, {f"{name}.MANIFEST.json.asc": manifest, "SHA256SUMS.asc": (unfinished / "SHA256SUMS").read_bytes()}, unfinished
        )
    unfinished.rename(folder)
    print("".join(sums) + (f"Signed by {signed_by}" if key.strip() else "Not signed: RELEASE_GPG_KEY is not set."))


def run(script: str, *arguments: pathlib.Path, environment: dict[str, str] | None = None) -> None:
    """One of the scripts beside this one."""
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), *map(str, arguments)], env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise SystemExit(f"scripts/{script} failed.")


def sign(key: str, public: pathlib.Path, contents: dict[str, bytes], folder: pathlib.Path) -> str:
    """Detached signatures, and whose. The key stays in memory where there is /dev/shm, and the paths there are short enough for gpg's sockets."""
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))  # so that the key is removed then, too
    with tempfile.TemporaryDirectory(prefix="gpg.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp") as home:

        def gpg(*arguments: str, given: bytes, trouble: str) -> bytes:
            command = ["gpg", "--homedir", home, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", *arguments]
            done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            if done.returncode:
                raise SystemExit(trouble)
            return done.stdout

        def fingerprint(listing: bytes) -> str:
            return next(line.split(":")[9] for line in listing.decode().splitlines() if line.startswith("fpr:"))

        try:
            trouble = "RELEASE_GPG_KEY is no private key that gpg takes. Next: gpg --armor --export-secret-keys"
            gpg("--import", given=key.encode(), trouble=trouble)
            secret = fingerprint(gpg("--list-secret-keys", "--with-colons", given=b"", trouble=trouble))
            published = public.read_bytes() if public.exists() else b""
            other = f"{PUBLIC_KEY} is not the public half of RELEASE_GPG_KEY. Next: gpg --armor --export {secret} > {PUBLIC_KEY}"
            if not published or fingerprint(gpg("--show-keys", "--with-colons", given=published, trouble=other)) != secret:
                raise SystemExit(other)
            for name, content in contents.items():
                trouble = f"gpg can't sign with RELEASE_GPG_KEY: it has a passphrase, or has expired. Next: gpg --edit-key {secret}"
                (folder / name).write_bytes(gpg("--armor", "--local-user", secret, "--detach-sign", given=content, trouble=trouble))
            return secret
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], stderr=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    {"check": check, "make": make}[sys.argv[1]](*(pathlib.Path(argument).resolve() for argument in sys.argv[2:]))
