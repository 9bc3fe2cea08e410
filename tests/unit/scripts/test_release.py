# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release as a user gets it: the same tarball whoever builds it, a bill of materials, and signatures that ansible-galaxy accepts, by a throw-away key."""

from __future__ import annotations

import hashlib
import http.server
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "scripts"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
NAME = f"unity_jumpcloud-scim-{VERSION}"
SIGNATURES = {f"{NAME}.MANIFEST.json.asc", "SHA256SUMS.asc"}
without_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


def run(*command: t.Any, given: str = "", status: int = 0, umask: int = 0o022, **environment: str) -> str:
    """What the command says, in an environment without the caller's settings; PYTHONPATH, too, can lead to an installed collection."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GIT_", "PYTHON", "SOURCE_DATE", "RELEASE_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "NO_COLOR": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        env={**kept, **settings, **environment},
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=umask,
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def script(name: str, *arguments: t.Any, **options: t.Any) -> str:
    return run(sys.executable, SCRIPTS / name, *arguments, **options)


def git(checkout: Path, *arguments: str) -> str:
    author = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", "-c", "safe.directory=*"]
    return run("git", *author, "-C", checkout, *arguments)


def tag(checkout: Path, name: str) -> None:
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "Release")
    git(checkout, "tag", name)


# ---- what is no release is refused


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a repository as the checks look at, fit for a release."""
    for path in ("galaxy.yml", "scripts/env.sh", "scripts/release.sh", "scripts/release.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "changelogs" / "fragments").mkdir(parents=True)
    (tmp_path / "changelogs" / "changelog.yaml").write_text(f"releases:\n  {VERSION}:\n    changes: {{}}\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text(".cache/\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    tag(tmp_path, f"v{VERSION}")
    return tmp_path


def test_a_clean_tag_is_accepted(checkout: Path) -> None:
    assert script("release.py", "check", checkout) == ""


def dirty(checkout: Path) -> None:
    (checkout / "new.yml").write_text("", encoding="utf-8")


def untagged(checkout: Path) -> None:
    git(checkout, "commit", "-q", "--allow-empty", "-m", "One more")


def tagged_otherwise(checkout: Path) -> None:
    untagged(checkout)
    git(checkout, "tag", "v99.0.0")


def fragment_left(checkout: Path) -> None:
    (checkout / "changelogs" / "fragments" / "left.yml").write_text("", encoding="utf-8")
    untagged(checkout)
    tag(checkout, "next")


def not_in_the_changelog(checkout: Path) -> None:
    (checkout / "changelogs" / "changelog.yaml").write_text("releases: {}\n", encoding="utf-8")
    tag(checkout, "next")


def no_repository(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    # not the one around it either, if there is one
    (checkout / ".git").write_text("gitdir: nowhere", encoding="utf-8")


REFUSALS = {
    dirty: "The work tree is not clean. Next: git status",
    untagged: f"HEAD is not tagged, and galaxy.yml says {VERSION}. Next: git tag -a v{VERSION}",
    tagged_otherwise: f"HEAD is tagged v99.0.0, and galaxy.yml says {VERSION}. Next: git tag -a v{VERSION}",
    fragment_left: "changelogs/fragments/ has fragments left (1). Next: make changelog",
    not_in_the_changelog: f"changelogs/changelog.yaml has nothing about {VERSION}. Next: make changelog",
    no_repository: "A release is made in a clone with git, and this is none. Next: git clone",
}


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
def test_what_is_no_release_is_refused_with_the_next_command(checkout: Path, spoil: t.Callable[[Path], None]) -> None:
    spoil(checkout)
    assert script("release.py", "check", checkout, status=1) == REFUSALS[spoil] + "\n"


def test_the_target_refuses_before_it_installs_anything_and_keeps_the_key_to_itself(checkout: Path) -> None:
    """A program that stands in for Python writes down what it is given."""
    dirty(checkout)
    seen = checkout / ".cache" / "seen"
    python = checkout / ".cache" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n{{ env; echo "$@"; }} >> "{seen}"\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    said = run("bash", checkout / "scripts" / "release.sh", status=1, RELEASE_GPG_KEY="conspicuous", PYTHON=str(python))
    assert said == REFUSALS[dirty] + "\n"
    environment = seen.read_text(encoding="utf-8")
    assert f"HOME={checkout}" in environment and "conspicuous" not in environment
    assert not (checkout / ".cache" / "venv").exists()


# ---- the signatures


@pytest.fixture(scope="module")
def keys() -> t.Iterator[t.Callable[[], tuple[str, str]]]:
    """Makes throw-away keys, as armored private and public halves. gpg's sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="gpg.", dir="/tmp") as home:
        made: list[str] = []

        def new() -> tuple[str, str]:
            made.append(f"throw-away-{len(made)}@example.com")
            gpg = ("gpg", "--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "")
            run(*gpg, "--quick-generate-key", made[-1], "ed25519", "sign", "never")
            return run(*gpg, "--armor", "--export-secret-keys", made[-1]), run(*gpg, "--armor", "--export", made[-1])

        yield new
        run("gpgconf", "--homedir", home, "--kill", "all")


def sign(*arguments: t.Any) -> str:
    spec = importlib.util.spec_from_file_location("release_script", SCRIPTS / "release.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return str(found.sign(*arguments))


def homes() -> set[Path]:
    return {path for folder in ("/dev/shm", "/tmp") for path in Path(folder).glob("gpg.*")}


@without_gpg
def test_only_the_published_key_signs_and_nothing_of_it_stays(tmp_path: Path, keys: t.Callable[[], tuple[str, str]], capfd: pytest.CaptureFixture[str]) -> None:
    (private, public), (_unused, another) = keys(), keys()
    published = tmp_path / "key.asc"
    before = homes()
    with pytest.raises(SystemExit, match="docs/release-key.asc is not the public half of RELEASE_GPG_KEY"):
        sign(private, published, {"x.asc": b"x"}, tmp_path)
    published.write_text(another, encoding="utf-8")
    with pytest.raises(SystemExit, match="Next: gpg --armor --export [0-9A-F]{40} > docs/release-key.asc"):
        sign(private, published, {"x.asc": b"x"}, tmp_path)
    with pytest.raises(SystemExit, match="RELEASE_GPG_KEY is no private key"):
        sign("conspicuous", published, {"x.asc": b"x"}, tmp_path)
    assert not (tmp_path / "x.asc").exists()
    published.write_text(public, encoding="utf-8")
    assert len(sign(private, published, {"x.asc": b"x"}, tmp_path)) == 40
    assert (tmp_path / "x.asc").read_text().startswith("-----BEGIN PGP SIGNATURE-----")
    assert homes() == before
    assert capfd.readouterr() == ("", "")


# ---- a whole release


class Release(t.NamedTuple):
    collection: Path
    folder: Path
    date: str
    keyring: Path


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Release:
    """Made of the tree as it is, with a changelog and a tag, in a folder with a blank; signed where there is gpg."""
    top = tmp_path_factory.mktemp("a release")
    collection = top / "ansible_collections" / "unity_jumpcloud" / "scim"
    script("stage.py", ROOT, collection)
    for fragment in (collection / "changelogs" / "fragments").glob("*.yml"):
        fragment.unlink()
    changes = {"changes": {"release_summary": "What is new."}, "release_date": "2026-01-01"}
    changelog = {"ancestor": None, "releases": {VERSION: changes}}
    (collection / "changelogs" / "changelog.yaml").write_text(yaml.safe_dump(changelog), encoding="utf-8")
    private = ""
    keyring = top / "keyring.gpg"
    if shutil.which("gpg"):
        private, public = request.getfixturevalue("keys")()
        (collection / "docs" / "release-key.asc").write_text(public, encoding="utf-8")
        run("gpg", "--batch", "--output", keyring, "--dearmor", collection / "docs" / "release-key.asc")
    tag(collection, f"v{VERSION}")
    script("release.py", "check", collection)
    said = script("release.py", "make", collection, collection, top / "release", given=private)
    assert "PRIVATE" not in said
    return Release(collection, top / "release", git(collection, "log", "-1", "--format=%ct").strip(), keyring)


def test_a_release_consists_of_these_files(release: Release) -> None:
    made = {path.name for path in release.folder.iterdir()}
    unsigned = {f"{NAME}.tar.gz", f"{NAME}.cdx.json", "SHA256SUMS", "RELEASE_NOTES.md"}
    assert made == unsigned | (SIGNATURES if shutil.which("gpg") else set())
    lines = [line.split("  ") for line in (release.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert [name for _digest, name in lines] == [f"{NAME}.cdx.json", f"{NAME}.tar.gz"]
    assert [digest for digest, _name in lines] == [digest_of(release.folder / name) for _digest, name in lines]
    notes = (release.folder / "RELEASE_NOTES.md").read_text(encoding="utf-8")
    assert "What is new" in notes


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_build_of_the_same_files_is_the_same_to_the_bit(release: Release, tmp_path: Path) -> None:
    """Copied in another order, at another time, with other modes, built under another umask in another time zone."""
    names = git(release.collection, "ls-files").splitlines()
    for name in reversed(names):
        target = tmp_path / "elsewhere" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(release.collection / name, target, follow_symlinks=False)
        if not target.is_symlink():
            target.chmod(0o600)
            os.utime(target, (1, 1))
    script("build.py", tmp_path / "elsewhere", tmp_path / "built", umask=0o077, TZ="Pacific/Kiritimati", SOURCE_DATE_EPOCH=release.date)
    assert digest_of(tmp_path / "built" / f"{NAME}.tar.gz") == digest_of(release.folder / f"{NAME}.tar.gz")
    with tarfile.open(tmp_path / "built" / f"{NAME}.tar.gz") as archive:
        assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) for entry in archive} == {(int(release.date), 0, 0, "", "")}
        assert {oct(entry.mode) for entry in archive} == {"0o644", "0o755"}
        # file systems differ in the order in which they list a folder, and most do not mind in which one it was filled
        listed = [entry["name"] for entry in json.loads(archive.extractfile("FILES.json").read())["files"]]  # type: ignore[union-attr]
        assert listed == sorted(listed)
        assert archive.getnames() == ["MANIFEST.json", "FILES.json", *listed[1:]]


def test_the_bill_of_materials(release: Release, tmp_path: Path) -> None:
    """The script itself refuses what the schema of CycloneDX 1.6 does not allow."""
    tarball = release.folder / f"{NAME}.tar.gz"
    script("sbom.py", tarball, tmp_path / "again.json", TZ="Pacific/Kiritimati")
    text = (release.folder / f"{NAME}.cdx.json").read_text(encoding="utf-8")
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == text
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    collection = bill["metadata"]["component"]
    assert (collection["purl"], collection["version"]) == (f"pkg:generic/unity_jumpcloud.scim@{VERSION}", VERSION)
    assert collection["hashes"] == [{"alg": "SHA-256", "content": digest_of(tarball)}]
    assert collection["licenses"] == [{"license": {"id": "GPL-3.0-or-later"}}]
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    wanted = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert {(component["purl"], component["properties"][0]["value"], component["licenses"][0]["license"]["id"]) for component in bill["components"]} == {
        ("pkg:pypi/ansible-core", "ansible-core" + runtime["requires_ansible"], "GPL-3.0-or-later"),
        ("pkg:pypi/requests", *wanted, "Apache-2.0"),
    }
    assert {"ref": collection["bom-ref"], "dependsOn": ["pkg:pypi/ansible-core", "pkg:pypi/requests"]} in bill["dependencies"]


def spoiled(tarball: Path, folder: Path, change: t.Callable[[dict[str, bytes]], None]) -> Path:
    """The tarball with other contents, and everything else as it was."""
    folder.mkdir()
    with tarfile.open(tarball) as source, tarfile.open(folder / tarball.name, "w:gz") as target:
        contents = {entry.name: source.extractfile(entry).read() for entry in source if entry.isfile()}  # type: ignore[union-attr]
        change(contents)
        for entry in source:
            entry.size = len(contents.get(entry.name, b""))
            target.addfile(entry, io.BytesIO(contents[entry.name]) if entry.name in contents else None)
    return folder / tarball.name


class Galaxy(http.server.BaseHTTPRequestHandler):
    """As much of a Galaxy server as an install asks: it has the one tarball, and no signature."""

    tarball: Path

    def do_GET(self) -> None:
        content = self.tarball.read_bytes()
        version = {
            "namespace": {"name": "unity_jumpcloud"},
            "collection": {"name": "scim"},
            "version": VERSION,
            "href": "",
            "download_url": f"http://{self.headers['Host']}/download/{self.tarball.name}",
            "artifact": {"sha256": hashlib.sha256(content).hexdigest()},
            "metadata": {"dependencies": {}},
        }
        path = self.path.partition("?")[0].rstrip("/").removeprefix("/api/v3/collections/unity_jumpcloud/scim")
        answers = {
            "/api": {"available_versions": {"v3": "v3/"}},
            "": {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"},
            "/versions": {"meta": {"count": 1}, "links": {"next": None}, "data": [version]},
            f"/versions/{VERSION}": version,
        }
        answer = content if path.startswith("/download/") else json.dumps(answers[path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_unused: t.Any) -> None:
        pass


@pytest.fixture
def server(release: Release) -> t.Iterator[t.Callable[[Path], str]]:
    """Gives the address of a Galaxy server that has the tarball."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Galaxy,), {})) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()

        def serve(tarball: Path) -> str:
            running.RequestHandlerClass.tarball = tarball  # type: ignore[attr-defined]
            return f"http://127.0.0.1:{running.server_port}/api/"

        yield serve
        running.shutdown()


def galaxy(release: Release, *arguments: t.Any, status: int = 0) -> str:
    """ansible-galaxy, with the signature, and with homes of its own for it and for gpg."""
    signature = (release.folder / f"{NAME}.MANIFEST.json.asc").as_uri()
    checks = ("--signature", signature, "--keyring", release.keyring, "--required-valid-signature-count", "+1")
    homes = {"ANSIBLE_HOME": str(release.keyring.with_name("ansible")), "GNUPGHOME": str(release.keyring.parent)}
    said = run("ansible-galaxy", "collection", *arguments, *checks, status=status, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1", **homes)
    return " ".join(said.split())


def install(release: Release, address: str, folder: Path, status: int = 0) -> str:
    return galaxy(release, "install", "-s", address, "-p", folder, f"unity_jumpcloud.scim:{VERSION}", status=status)


def verify(release: Release, folder: Path, status: int = 0) -> str:
    return galaxy(release, "verify", "--offline", "-p", folder, "unity_jumpcloud.scim", status=status)


@without_gpg
def test_ansible_galaxy_installs_and_verifies_what_is_signed(release: Release, server: t.Callable[[Path], str], tmp_path: Path) -> None:
    install(release, server(release.folder / f"{NAME}.tar.gz"), tmp_path)
    assert "Successfully verified that checksums" in verify(release, tmp_path)
    sums = release.folder / "SHA256SUMS"
    run("gpg", "--homedir", release.keyring.parent, "--no-default-keyring", "--keyring", release.keyring, "--verify", f"{sums}.asc", sums)


def a_byte_of_a_file(contents: dict[str, bytes]) -> None:
    contents["README.md"] = b"!" + contents["README.md"][1:]


def the_manifest(contents: dict[str, bytes]) -> None:
    contents["MANIFEST.json"] = contents["MANIFEST.json"].replace(b"Set up", b"Set UP")


def a_file_and_its_digest(contents: dict[str, bytes]) -> None:
    before = hashlib.sha256(contents["README.md"]).hexdigest()
    a_byte_of_a_file(contents)
    contents["FILES.json"] = contents["FILES.json"].replace(before.encode(), hashlib.sha256(contents["README.md"]).hexdigest().encode())


@without_gpg
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (a_byte_of_a_file, "Checksum mismatch for 'README.md'"),
        (the_manifest, "Not installing unity_jumpcloud.scim because GnuPG signature verification failed"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_ansible_galaxy_refuses_what_was_changed(
    release: Release, server: t.Callable[[Path], str], tmp_path: Path, change: t.Callable[[dict[str, bytes]], None], message: str
) -> None:
    tarball = spoiled(release.folder / f"{NAME}.tar.gz", tmp_path / "spoiled", change)
    assert message in install(release, server(tarball), tmp_path, status=1)
    assert not (tmp_path / "ansible_collections" / "unity_jumpcloud" / "scim").exists()


@without_gpg
def test_verify_sees_what_install_does_not_look_at(release: Release, server: t.Callable[[Path], str], tmp_path: Path) -> None:
    """The install compares each file with FILES.json, but not FILES.json with the signed manifest: hence the guide tells to run both."""
    tarball = spoiled(release.folder / f"{NAME}.tar.gz", tmp_path / "spoiled", a_file_and_its_digest)
    install(release, server(tarball), tmp_path)
    assert "modified content in the following files: FILES.json" in verify(release, tmp_path, status=1)
