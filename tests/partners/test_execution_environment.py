# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment of the README for AWX: built from a tarball, and run as a cluster does, by a random user on a root that can't be written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

import pytest
import yaml
from partners.partner import ROOT, fenced, needs, program
from simulator.testing import ORGANIZATION
from stories.pair import CONNECTIONS, PEOPLE, WANTED, Pair, account_of, default_ansible_playbook, finished, read_seed
from stories.secrecy import files_below

README = ROOT / "extensions" / "awx" / "README.md"
BASE_IMAGE = os.environ.get("PARTNERS_BASE_IMAGE")
IMAGE = "localhost/unity_jumpcloud-scim-partners"
# of whom the image knows nothing, and whom podman knows without root, too; as in OpenShift, the group is root's
USER = "54321:0"
KEY = account_of(read_seed("configured"))["keys"][0]
# limits that may be set anywhere, and the simulator is on the loopback
RUN = ["podman", "run", "--rm", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--network", "host"]
# what ansible-runner itself keeps of the environment
WITH_ENVIRONMENT = ("command", "envvars", "extravars")

pytestmark = [
    needs("ansible-builder"),
    pytest.mark.skipif(not shutil.which("podman"), reason="there is no podman here"),
    pytest.mark.skipif(not BASE_IMAGE, reason="PARTNERS_BASE_IMAGE names no image to build on"),
]


def done(*command: str, folder: Path) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As the README defines it, but for the base image and where its Python is."""
    folder = tmp_path_factory.mktemp("image")
    ansible_galaxy = str(Path(default_ansible_playbook()).parent / "ansible-galaxy")
    done(ansible_galaxy, "collection", "build", "--output-path", str(folder), str(ROOT), folder=folder)
    (tarball,) = folder.glob("*.tar.gz")
    definition = yaml.safe_load(fenced(README, "**An execution environment**"))
    parts = fenced(README, "from a tarball")
    assert parts.count("unity_jumpcloud-scim-1.0.0.tar.gz") == 2
    parts = yaml.safe_load(parts.replace("unity_jumpcloud-scim-1.0.0.tar.gz", tarball.name))
    definition["dependencies"].update(parts.pop("dependencies"))
    definition.update(parts)
    definition["images"]["base_image"]["name"] = BASE_IMAGE
    python = done(*RUN, str(BASE_IMAGE), "sh", "-c", "command -v python3", folder=folder)
    definition["dependencies"]["python_interpreter"]["python_path"] = python.strip()
    (folder / "execution-environment.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    done(str(program("ansible-builder")), "create", "-f", "execution-environment.yml", "-c", "context", "--output-filename", "Containerfile", folder=folder)
    build = ["podman", "build", "--isolation", "chroot", "--network", "host", "-f", "context/Containerfile", "-t", IMAGE, "context"]
    done(*build, folder=folder)
    yield IMAGE
    done("podman", "rmi", "--force", IMAGE, folder=folder)


def test_an_audit_by_a_random_user_on_a_root_that_cannot_be_written(pair: Pair, image: str) -> None:
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/{ORGANIZATION}/{PEOPLE[0]}")
    private = pair.machine / "runner"
    connections = {name: value for name, value in pair.prepared("audit", {})[1].items() if name.startswith(CONNECTIONS)}
    key = {"scim_provisioning_audit_key_id": KEY["id"], "scim_provisioning_audit_secret_key": KEY["secret"]}
    play = [{"name": "Audit", "import_playbook": "unity_jumpcloud.scim.audit"}]
    given = {
        "env/envvars": json.dumps(connections),
        "env/extravars": json.dumps({**WANTED, **key, "scim_provisioning_report": "/runner/reports/audit"}),
        "inventory/hosts": "localhost\n",
        "project/audit.yml": yaml.safe_dump(play),
    }
    for name, text in given.items():
        (private / name).parent.mkdir(parents=True, exist_ok=True)
        (private / name).write_text(text, encoding="utf-8")
    # whoever it is may write here, and nowhere else
    for path in (private, *private.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    pair.tenants.control("DELETE", "log")
    command = [*RUN, "--user", USER, "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp"]
    command += ["--env", "HOME=/runner", "--volume", f"{private}:/runner:rw,z", image]
    command += ["ansible-runner", "run", "/runner", "--playbook", "audit.yml", "--ident", "1", "--cmdline=--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    said = ran.stdout + ran.stderr
    assert ran.returncode == 2 and "Drift: 1 person is missing." in said, said[-5000:]
    report = private / "reports" / "audit.json"
    assert json.loads(report.read_text(encoding="utf-8"))["outcome"] == "drift" and report.stat().st_uid != os.getuid()
    assert not [entry for entry in pair.tenants.control("GET", "log")["entries"] if entry["write"] and entry["by"] == "module"]
    left = {path: text for path, text in files_below(private).items() if Path(path).name not in WITH_ENVIRONMENT}
    pair.require_no_secret({"output": said, **left})
