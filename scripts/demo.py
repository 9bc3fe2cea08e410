# SPDX-License-Identifier: GPL-3.0-or-later
"""Provision a simulated pair of tenants, show what arrived, then drift and repair it. Fails if a promise is not kept.

Started by demo.sh beside the simulator, with the collection installed and the credentials in the environment.
"""

from __future__ import annotations

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t
import urllib.request

URL = os.environ["SCIM_SIMULATOR_URL"]
ORGANIZATION = os.environ["UNITY_ORGANIZATION_ID"]
VARIABLES = pathlib.Path(__file__).with_name("demo_vars.yml")
ONE_PERSON = pathlib.Path(__file__).with_name("demo_one_person.yml")
REPORT = pathlib.Path.cwd() / "report"
APPLICATION = "Unity"
DRIFTED_GROUP = "Unity Developers"
secrets: list[str] = []


class Run(t.NamedTuple):
    """What one playbook run did."""

    status: int
    output: str
    changed: int
    reads: int
    writes: int


def main() -> None:
    """The seven acts."""
    heading("1. Provision: a service account and its key in Unity, identity management and groups in JumpCloud")
    run = playbook("provision")
    require(run.status == 0 and run.changed > 0 and run.writes > 0, "The first run must succeed and change something.")

    heading("2. JumpCloud's engine delivers: the users in Unity's SCIM service")
    delivered = arrived()
    show_users(delivered)
    show_requests()
    require(bool(delivered), "Users must have arrived.")

    heading("3. Provision again: nothing to do")
    run = playbook("provision")
    require(run.status == 0, "The second run must succeed.")
    require(run.changed == 0 and run.writes == 0, "The second run must change nothing and write nothing.")
    say(f"changed=0, {run.reads} requests that read, 0 that write.")

    heading("4. A scheduled audit, with a key to read Unity's users: in sync")
    audit_options = ["-e", f"@{audit_variables()}"]
    run = playbook("audit", "--check", "--diff", *audit_options)
    require(run.status == 0 and run.writes == 0, "The audit of a pair that is in sync must succeed and write nothing.")

    heading("5. Drift behind Ansible's back, then the audit again")
    lost = delivered[0]
    drift(lost)
    run = playbook("audit", "--check", "--diff", *audit_options)
    require(run.status == 2, "The audit must end with status 2, so that a scheduled job raises an alarm.")
    require(run.writes == 0, "The audit must write nothing.")
    require(DRIFTED_GROUP in run.output, "The audit must name the group that is no longer bound.")
    require("1 person is missing" in run.output, "The audit must count the person who is missing.")
    require(lost["userName"] in REPORT.with_suffix(".html").read_text(encoding="utf-8"), "The report must name the person who is missing.")
    say(f"The audit exits with status {run.status} as it should: {run.reads} requests that read, 0 that write.")

    heading("6. Provision once more: repaired, but for the person whom JumpCloud believes to be there")
    run = playbook("provision")
    require(run.status == 0 and run.changed > 0, "The repair must succeed and change something.")

    heading("7. That person is provisioned now, and followed until Unity shows it")
    run = playbook(str(ONE_PERSON), *audit_options, "-e", f"person={lost['userName']}")
    require(run.status == 0 and "created" in run.output, "The person must be created.")
    repaired = arrived()
    require(user_names(repaired) == user_names(delivered), "The same users must be there as before the drift.")
    show_users(repaired)
    run = playbook("audit", *audit_options)
    require(run.status == 0, "The audit must be in sync again.")
    say(f"The report, with the trend of three audits: {REPORT.with_suffix('.html')}\n")
    say("Done. Provisioned, proven idempotent, audited and repaired; no credential appeared in any output.")


def playbook(name: str, *options: str) -> Run:
    """Run one of the collection's playbooks, showing its output as it comes."""
    command = ["ansible-playbook", name if name.endswith(".yml") else f"unity_jumpcloud.scim.{name}", "-e", f"@{VARIABLES}", *options]
    say("$ ANSIBLE_COLLECTIONS_PATH=... " + " ".join(command[:2]) + " -e @scripts/demo_vars.yml" + "".join(" " + option for option in options))
    before = last_request()
    lines = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    output = "".join(lines)
    require_no_secret(output)
    ours = [entry for entry in requests_since(before) if entry["by"] == "module"]
    writes = sum(1 for entry in ours if entry["write"])
    changed = sum(int(count) for count in re.findall(r"\bchanged=(\d+)", output))
    return Run(process.returncode, output, changed, len(ours) - writes, writes)


def audit_variables() -> pathlib.Path:
    """Make a key for audits, as an owner does once in Unity's dashboard, and hand it over in a private file."""
    account = unity_organization()["service_accounts"][0]
    path = f"/auth/v1/organizations/{ORGANIZATION}/service-accounts/{account['id']}/keys"
    key = call("POST", path, {"Authorization": "Bearer " + os.environ["UNITY_ACCESS_TOKEN"]}, {"name": "for audits"})
    secrets.append(key["secretKey"])
    variables = {
        "scim_provisioning_audit_key_id": key["id"],
        "scim_provisioning_audit_secret_key": key["secretKey"],
        "scim_provisioning_report": str(REPORT),
        "scim_provisioning_report_history": str(REPORT.with_suffix(".history")),
        "scim_provisioning_report_name": "Demo",
        # the demo does not wait an hour
        "scim_provisioning_pending_grace": 0,
    }
    file = pathlib.Path.cwd() / "audit_vars.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(variables), encoding="utf-8")
    return file


def unity_organization() -> dict[str, t.Any]:
    """As the simulator sees it."""
    return next(known for known in control("GET", "/state")["unity"]["organizations"] if known["genesis_id"] == ORGANIZATION)


def drift(lost: dict[str, t.Any]) -> None:
    """Take a group off the application and a person out of Unity, as people might in the consoles."""
    state = control("GET", "/state")
    application = next(known for known in state["jumpcloud"]["applications"] if known["display_label"] == APPLICATION)
    group = next(known for known in state["jumpcloud"]["groups"] if known["name"] == DRIFTED_GROUP)

    call(
        "POST",
        f"/api/v2/applications/{application['id']}/associations",
        {"x-api-key": os.environ["JUMPCLOUD_API_KEY"]},
        {"op": "remove", "type": "user_group", "id": group["id"]},
    )
    say(f"JumpCloud: group {group['name']} is no longer bound to application {APPLICATION}.")
    given = json.loads((pathlib.Path.cwd() / "audit_vars.json").read_text(encoding="utf-8"))
    key = f"{given['scim_provisioning_audit_key_id']}:{given['scim_provisioning_audit_secret_key']}"
    call("DELETE", f"/scim/v2/tenants/{ORGANIZATION}/Users/{lost['id']}", {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()})
    say(f"Unity: {lost['userName']} is gone.\n")


def arrived() -> list[dict[str, t.Any]]:
    """The users in Unity's SCIM service once the engine has nothing left to do."""
    control("POST", "/settle")
    resources = control("GET", "/state")["scim"][ORGANIZATION]
    return sorted((resource for resource in resources if "userName" in resource), key=lambda user: user["userName"])


def user_names(users: list[dict[str, t.Any]]) -> list[str]:
    """Who they are."""
    return [user["userName"] for user in users]


def show_users(users: list[dict[str, t.Any]]) -> None:
    """As a table."""
    rows = [("userName", "given name", "family name", "active")]
    for user in users:
        name = user.get("name") or {}
        rows.append((user["userName"], name.get("givenName", ""), name.get("familyName", ""), str(user.get("active", "")).lower()))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print(f"  {len(users)} users\n")


def show_requests() -> None:
    """How many HTTP requests it took, by caller and service."""
    rows: dict[tuple[str, str], list[int]] = {}
    for entry in requests_since(0):
        if entry["by"] != "control":
            caller = "the collection" if entry["by"] == "module" else "JumpCloud's engine"
            rows.setdefault((caller, entry["service"]), [0, 0])[bool(entry["write"])] += 1
    for (caller, service), (reads, writes) in sorted(rows.items()):
        print(f"  {caller:18} -> {service:20} {reads:3} read, {writes:3} write")
    print()


def last_request() -> int:
    """The number of the newest request."""
    return max((entry["n"] for entry in requests_since(0)), default=0)


def requests_since(number: int) -> list[dict[str, t.Any]]:
    """Entries of the simulator's log."""
    return [entry for entry in control("GET", "/log")["entries"] if entry["n"] > number]


def control(method: str, path: str) -> t.Any:
    """The simulator's own interface."""
    return call(method, "/_simulator" + path, {})


def call(method: str, path: str, headers: dict[str, str], body: t.Any = None) -> t.Any:
    """One HTTP request to the simulator, by no proxy."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers={"Content-Type": "application/json", **headers}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        content = response.read()
    return json.loads(content) if content else None


def require_no_secret(output: str) -> None:
    """Neither a credential, nor an authorization header, may be shown."""
    for secret in (os.environ["UNITY_ACCESS_TOKEN"], os.environ["JUMPCLOUD_API_KEY"], *secrets):
        require(secret not in output, "The output contains a credential.")
    require(not re.search(r"Basic [A-Za-z0-9+/]{24,}", output), "The output contains an authorization header.")


def require(condition: bool, promise: str) -> None:
    """Stop the demo when a promise is not kept."""
    if not condition:
        sys.exit(f"\nThe demo failed: {promise}")


def heading(title: str) -> None:
    """Set apart."""
    print(f"\n{'=' * 100}\n{title}\n{'=' * 100}\n", flush=True)


def say(text: str) -> None:
    """One line."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
