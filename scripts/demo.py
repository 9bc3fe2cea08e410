# SPDX-License-Identifier: GPL-3.0-or-later
"""Both roads on a simulated pair of tenants, an act a line: what was done, and what it took. Fails if a promise is not kept.

Started by demo.sh beside the simulator, with the collection installed and the credentials in the environment. What ansible-playbook says goes to the log;
with VERBOSE=1 it is shown as well.
"""

from __future__ import annotations

import base64
import collections
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import typing as t
import urllib.request

SCRIPTS = pathlib.Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
TESTS = ROOT / "tests"
FOLDER = pathlib.Path.cwd()
URL = os.environ["SCIM_SIMULATOR_URL"]
ORGANIZATION = os.environ["UNITY_ORGANIZATION_ID"]
IS_VERBOSE = os.environ.get("VERBOSE", "") not in ("", "0")

VARIABLES = SCRIPTS / "demo_vars.yml"
REPORT = FOLDER / "report"
RUNBOOK = FOLDER / "runbook"
LOG = FOLDER / "demo.log"
RESULTS = FOLDER / "results.jsonl"
LAST_LINES = 30

APPLICATION = "Unity"
LOST_GROUP = "Unity Developers"
COLUMNS = "{:>2}  {:<18} {:>7} {:>5} {:>6} {:>7}  {}"
# what the simulated person does, by the operator's names
WORDS = {
    "unity-account": "the service account is made, with its role",
    "jumpcloud-activate": "a key is made and pasted, and the settings are entered, tested and activated",
}
# each that there was; none may be shown
secrets: set[str] = set()


class Run(t.NamedTuple):
    """What one run of a playbook did."""

    status: int
    output: str
    changed: int
    reads: int
    writes: int
    seconds: float
    artifacts: dict[str, t.Any]

    @property
    def summary(self) -> dict[str, t.Any]:
        """The role's."""
        return dict(self.artifacts["summary"])

    def did(self) -> list[str]:
        """The lines of the steps that did something."""
        return [line for step, line in zip(self.summary["steps"], self.summary["lines"]) if step["did"]]


class Demo:
    """Numbers the acts."""

    def __init__(self) -> None:
        self.number = 0

    def road(self, title: str) -> None:
        """A heading, with the names of the columns."""
        say(f"\n{title}", COLUMNS.format("", "act", "changed", "reads", "writes", "seconds", "what came of it"))

    def act(self, name: str, came_of_it: str, run: Run | None = None) -> None:
        """One line."""
        self.number += 1
        counts: tuple[object, ...] = (run.changed, run.reads, run.writes, f"{run.seconds:.1f}") if run else ("", "", "", "")
        say(COLUMNS.format(self.number, name, *counts, came_of_it))


def main() -> None:
    """Both roads."""
    LOG.touch(mode=0o600)
    demo = Demo()
    by_api(demo)
    control("POST", "/reset", {})
    by_hand(demo)
    for written in (LOG, *FOLDER.glob("report.*"), *RUNBOOK.iterdir()):
        require_no_secret(written.read_text(encoding="utf-8"))
    say(
        "",
        "Done: provisioned, idempotent, audited, repaired, rotated, taken down, and done by hand. No secret is in any output.",
        f"Report:   {REPORT.with_suffix('.html')}",
        f"Runbook:  {RUNBOOK / 'scim.html'}",
        f"Full log: {LOG} (VERBOSE=1 shows it all)",
    )


def by_api(demo: Demo) -> None:
    """Nobody does anything by hand."""
    demo.road("By the API: everything is done in one run")
    run = playbook("preflight")
    verdicts = collections.Counter(step["verdict"] for step in run.artifacts["preflight"])
    demo.act("preflight", "; ".join(f"{verdict}: {number}" for verdict, number in verdicts.items()), run)
    require(run.status == 0 and run.writes == 0, "A look must succeed and write nothing.", run)

    run = playbook("provision", "--check", "--diff")
    demo.act("provision --check", f"would do something in {counted(len(run.did()), 'step', 'steps')}, and wrote nothing", run)
    require(run.status == 0 and run.changed > 0 and run.writes == 0, "Check mode must find something to do, and write nothing.", run)

    run = playbook("provision")
    delivered = arrived()
    demo.act("provision", f"{counted(len(delivered), 'person has', 'people have')} arrived in Unity", run)
    require(run.status == 0 and run.changed > 0 and bool(delivered), "The first run must succeed, and people must arrive.", run)
    table(run.did())
    table_of_users(delivered)

    run = playbook("provision")
    demo.act("provision again", "nothing to do", run)
    require(run.status == 0 and run.changed == 0 and run.writes == 0, "The second run must change nothing and write nothing.", run)

    audit_options = ["-e", f"@{audit_variables()}"]
    run = playbook("audit", *audit_options)
    demo.act("audit", verdict_of(run), run)
    require(run.status == 0 and run.writes == 0, "The audit of a pair that is in sync must succeed and write nothing.", run)

    lost = delivered[0]
    drift(lost)
    demo.act("drift", f"in the consoles, {LOST_GROUP} is unbound, and {lost['userName']} is deleted")

    run = playbook("audit", *audit_options, expected=2)
    demo.act("audit", verdict_of(run), run)
    require(run.status == 2 and run.writes == 0, "The audit must end with status 2, so that a scheduled job raises an alarm, and write nothing.", run)
    findings = [f"{check['state'].upper()} {check['title']}: {check['found']}" for check in run.artifacts["audit"]["checks"] if check["state"] == "red"]
    table(findings)
    report = json.loads(REPORT.with_suffix(".json").read_text(encoding="utf-8"))
    missing = [f"{known['name']} <{known['email']}>" for known in report["people"]["missing"]]
    bound = [group["name"] for group in report["groups"] if group["bound"]]
    table([f"bound: {', '.join(bound)}", f"missing: {', '.join(missing)}"])
    require(LOST_GROUP not in bound, "The report must tell that the group is no longer bound.", run)
    require(any(lost["userName"] in known for known in missing), "The report must name the person who is missing.", run)

    run = playbook("provision")
    demo.act("provision: repair", "; ".join(run.did()), run)
    require(run.status == 0 and run.changed > 0, "The repair must succeed and change something.", run)

    run = playbook("provision_user", *audit_options, "-e", f"scim_provisioning_user={lost['userName']}")
    demo.act("provision_user", f"{lost['userName']}: {run.artifacts['user_outcome']}", run)
    require(run.status == 0 and user_names(arrived()) == user_names(delivered), "The same users must be there as before the drift.", run)

    run = playbook("rotate_key")
    demo.act("rotate_key", "a new key is in use, and the old one is revoked", run)
    require(run.status == 0 and run.changed > 0 and "retire_keys" in [step["step"] for step in run.summary["steps"]], "The old key must be revoked.", run)
    table(run.did())
    run = playbook("audit", *audit_options)
    demo.act("audit", verdict_of(run), run)
    require(run.status == 0, "The audit must be in sync again.", run)

    run = playbook("deprovision", "-e", f"scim_provisioning_max_deprovisioned_users={len(delivered)}")
    left = arrived()
    lost_access = counted(len(run.summary["deprovisioned_users"]), "person has", "people have")
    demo.act("deprovision", f"{lost_access} lost access, and {counted(len(left), 'person is', 'people are') if left else 'nobody is'} left in Unity", run)
    require(run.status == 0 and not left, "Nobody must be left.", run)
    table(run.did())


def by_hand(demo: Demo) -> None:
    """Only published operations are called; a simulated person does the rest in both consoles, in one sitting, by the runbook."""
    demo.road("By hand, on a new pair: a person does what has no published API")
    options = ["-e", f"@{manual_variables()}"]

    run = playbook("provision", *options)
    demo.act("provision", "one runbook for both consoles is made", run)
    table(run.summary["asks"])
    require(run.status == 0 and run.writes == 0 and run.summary["pending"] == ["service_account", "identity_management"], "Both must be asked for.", run)

    demo.act("a person", "; ".join(person("unity-account", "jumpcloud-activate")))
    run = playbook("provision", *options)
    delivered = arrived()
    demo.act("provision", f"the activation is seen; {counted(len(delivered), 'person has', 'people have')} arrived in Unity", run)
    table(run.did())
    require(run.status == 0 and not run.summary["pending"] and bool(delivered), "Nothing must be left to do, and people must arrive.", run)

    run = playbook("provision", *options)
    demo.act("provision again", "nothing to do", run)
    require(run.status == 0 and run.changed == 0 and run.writes == 0, "The last run must change nothing and write nothing.", run)


def playbook(name: str, *options: str, expected: int = 0) -> Run:
    """Run one of the collection's playbooks; its output goes to the log. A status that is not expected ends the demo with that status."""
    command = ["ansible-playbook", f"unity_jumpcloud.scim.{name}", "-e", f"@{VARIABLES}", *options]
    environment = {
        **os.environ,
        "ANSIBLE_CALLBACK_PLUGINS": str(TESTS / "stories" / "callbacks"),
        "ANSIBLE_CALLBACKS_ENABLED": "story_results",
        "STORY_RESULTS": str(RESULTS),
    }
    if any("manual" in option for option in options):
        del environment["UNITY_ACCESS_TOKEN"]
    RESULTS.unlink(missing_ok=True)
    before, started = last_request(), time.monotonic()
    lines = []
    with LOG.open("a", encoding="utf-8") as log:
        print("$", shlex.join(command), file=log, flush=True)
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                log.write(line)
                if IS_VERBOSE:
                    print(line, end="", flush=True)
    seconds = time.monotonic() - started
    output = "".join(lines)
    require_no_secret(output)
    if process.returncode != expected:
        fail(f"{' '.join(command[:2])} ended with status {process.returncode}.", output, process.returncode or 1)
    ours = [entry for entry in requests_since(before) if entry["by"] == "module"]
    writes = sum(1 for entry in ours if entry["write"])
    ended = next(line for line in map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines()) if "stats" in line)
    artifacts = ended["custom"].get("_run", {}).get("scim_provisioning_artifacts", {}).get("localhost", {})
    return Run(
        process.returncode,
        output,
        ended["stats"]["localhost"].get("changed", 0),
        len(ours) - writes,
        writes,
        seconds,
        {name: value for use in artifacts.values() for name, value in use.items()},
    )


def person(*steps: str) -> list[str]:
    """The simulated person does these steps of the consoles, and tells of each."""
    command = [sys.executable, "-m", "simulator.operator", "--url", URL, "do", *steps]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        fail("The simulated person could not do it.", done.stderr, done.returncode)
    return [WORDS[line.removesuffix(": done")] for line in done.stdout.splitlines()]


def audit_variables() -> pathlib.Path:
    """Make a key for audits, as an owner does once in Unity's dashboard, and hand it over in a private file."""
    account = unity_organization()["service_accounts"][0]
    path = f"/auth/v1/organizations/{ORGANIZATION}/service-accounts/{account['id']}/keys"
    key = call("POST", path, {"Authorization": "Bearer " + os.environ["UNITY_ACCESS_TOKEN"]}, {"name": "for audits"})
    return private_file(
        "audit_vars.json",
        scim_provisioning_audit_key_id=key["id"],
        scim_provisioning_audit_secret_key=key["secretKey"],
        scim_provisioning_report=str(REPORT),
        scim_provisioning_report_history=str(REPORT.with_suffix(".history")),
        scim_provisioning_report_name="Demo",
        # the demo does not wait an hour
        scim_provisioning_pending_grace=0,
    )


def manual_variables() -> pathlib.Path:
    """Both sides by hand."""
    return private_file(
        "manual_vars.json",
        scim_provisioning_unity_method="manual",
        scim_provisioning_jumpcloud_method="manual",
        scim_provisioning_runbook_dir=str(RUNBOOK),
    )


def private_file(name: str, **variables: t.Any) -> pathlib.Path:
    """Variables for ansible-playbook."""
    file = FOLDER / name
    file.touch(mode=0o600)
    file.write_text(json.dumps(variables), encoding="utf-8")
    return file


def verdict_of(audit: Run) -> str:
    """In one line."""
    return f"status {audit.status}: {audit.artifacts['audit']['verdict']}"


def unity_organization() -> dict[str, t.Any]:
    """As the simulator sees it."""
    return next(known for known in control("GET", "/state")["unity"]["organizations"] if known["genesis_id"] == ORGANIZATION)


def drift(lost: dict[str, t.Any]) -> None:
    """Take a group off the application and a person out of Unity, as people might in the consoles."""
    state = control("GET", "/state")
    application = next(known for known in state["jumpcloud"]["applications"] if known["display_label"] == APPLICATION)
    group = next(known for known in state["jumpcloud"]["groups"] if known["name"] == LOST_GROUP)
    call(
        "POST",
        f"/api/v2/applications/{application['id']}/associations",
        {"x-api-key": os.environ["JUMPCLOUD_API_KEY"]},
        {"op": "remove", "type": "user_group", "id": group["id"]},
    )
    given = json.loads((FOLDER / "audit_vars.json").read_text(encoding="utf-8"))
    key = f"{given['scim_provisioning_audit_key_id']}:{given['scim_provisioning_audit_secret_key']}"
    call("DELETE", f"/scim/v2/tenants/{ORGANIZATION}/Users/{lost['id']}", {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()})


def arrived() -> list[dict[str, t.Any]]:
    """The users in Unity's SCIM service once the engine has nothing left to do."""
    control("POST", "/settle")
    resources = control("GET", "/state")["scim"][ORGANIZATION]
    return sorted((resource for resource in resources if "userName" in resource), key=lambda user: user["userName"])


def user_names(users: list[dict[str, t.Any]]) -> list[str]:
    """Who they are."""
    return [user["userName"] for user in users]


def table_of_users(users: list[dict[str, t.Any]]) -> None:
    """Who they are, and how they are called."""
    rows = [(user["userName"], user["name"]["givenName"], user["name"]["familyName"], "active" if user["active"] else "inactive") for user in users]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    table(["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows])


def table(lines: t.Iterable[str]) -> None:
    """Below the line of an act."""
    say(*(" " * 6 + line for line in lines))


def last_request() -> int:
    """The number of the newest request."""
    return max((entry["n"] for entry in requests_since(0)), default=0)


def requests_since(number: int) -> list[dict[str, t.Any]]:
    """Entries of the simulator's log."""
    return [entry for entry in control("GET", "/log")["entries"] if entry["n"] > number]


def control(method: str, path: str, body: t.Any = None) -> t.Any:
    """The simulator's own interface."""
    return call(method, "/_simulator" + path, {}, body)


def call(method: str, path: str, headers: dict[str, str], body: t.Any = None) -> t.Any:
    """One HTTP request to the simulator, by no proxy."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers={"Content-Type": "application/json", **headers}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        content = response.read()
    return json.loads(content) if content else None


def require_no_secret(output: str) -> None:
    """Neither a secret that the simulator knows of, nor an authorization header, may be shown."""
    secrets.update(control("GET", "/state?secrets=true")["secrets"])
    if any(secret in output for secret in secrets):
        # the output is not shown then
        fail("The output contains a secret.", "")
    if re.search(r"Basic [A-Za-z0-9+/]{24,}", output):
        fail("The output contains an authorization header.", "")


def require(condition: bool, promise: str, run: Run) -> None:
    """Stop the demo when a promise is not kept."""
    if not condition:
        fail(promise, run.output, run.status or 1)


def fail(reason: str, output: str, status: int = 1) -> t.NoReturn:
    """Show the end of what was said, and end with the status of the act that failed."""
    if not IS_VERBOSE:
        table(output.splitlines()[-LAST_LINES:])
    say(f"The demo failed: {reason}", f"Full log: {LOG}")
    sys.exit(status)


def counted(number: int, one: str, many: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{number} {one if number == 1 else many}"


def say(*lines: str) -> None:
    """To the terminal, and to the log."""
    with LOG.open("a", encoding="utf-8") as log:
        for line in lines:
            print(line, flush=True)
            print(line, file=log)


if __name__ == "__main__":
    main()
