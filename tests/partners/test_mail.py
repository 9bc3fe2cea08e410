# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's mail about drift, as it is printed, to a mail server that demands TLS and a password."""

from __future__ import annotations

import email
import email.policy
import json
import os
from pathlib import Path
from typing import Any

import pytest
import trustme
from partners.partner import PYTHON, free_port, needs, printed, running
from stories.pair import PEOPLE, Pair, Run, account_of, finished, read_seed

COLLECTIONS = Path(os.environ.get("PARTNERS_COLLECTIONS") or "/nonexistent")
pytestmark = [
    needs("aiosmtpd"),
    pytest.mark.skipif(not (COLLECTIONS / "ansible_collections" / "community" / "general").is_dir(), reason="PARTNERS_COLLECTIONS has no community.general"),
]

USER, PASSWORD = "scim-audit", "SENTINEL-smtp-password-8d41"
KEY = account_of(read_seed("configured"))["keys"][0]


def audit(pair: Pair, collections: str, password: str) -> tuple[Run, list[tuple[dict[str, Any], email.message.EmailMessage]]]:
    """Somebody is missing in Unity, and a mail says so: what came of the run, and what came to the server, whose certificate nobody trusts."""
    pair.begin("configured", finished)
    pair.tenants.control("DELETE", f"unity/users/12345678901234/{PEOPLE[0]}")
    pair.more_secrets.append(PASSWORD)
    mails = pair.machine / "mails"
    mails.mkdir()
    certificate = pair.machine / "certificate.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    port = free_port()
    tasks = printed("guide_audit", "A mail, with the page attached")
    assert tasks.count("smtp.example.com") == tasks.count("587") == 1
    (pair.machine / "mail.yml").write_text(tasks.replace("smtp.example.com", "127.0.0.1").replace("587", str(port)), encoding="utf-8")
    given = {
        "scim_provisioning_on_drift": str(pair.machine / "mail.yml"),
        "scim_provisioning_report": str(pair.machine / "report"),
        "scim_provisioning_audit_key_id": KEY["id"],
        "scim_provisioning_audit_secret_key": KEY["secret"],
        "smtp_user": USER,
        "smtp_password": password,
    }
    command = [str(PYTHON), str(Path(__file__).with_name("smtp_sink.py")), str(port), str(certificate), str(mails)]
    environment = {"PATH": os.defpath, "USER": USER, "PASSWORD": PASSWORD}
    with running(command, environment, pair.machine / "smtp.log", (mails / "ready").exists):
        found = pair.play("audit", check=True, extra_vars=given, env={"ANSIBLE_COLLECTIONS_PATH": f"{collections}:{COLLECTIONS}"})
    received = [
        (
            json.loads(path.with_suffix(".json").read_text(encoding="utf-8")),
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default),
        )
        for path in sorted(mails.glob("*.eml"))
    ]
    pair.require_no_secret({"mails": "\n".join(mail.as_string() for _session, mail in received), "server": (pair.machine / "smtp.log").read_text("utf-8")})
    return found, received


def test_a_mail_about_drift(pair: Pair, collections: str) -> None:
    run, received = audit(pair, collections, PASSWORD)
    assert run.rc == 2, run.output[-3000:]
    ((session, mail),) = received
    assert session == {"from": "scim-audit@example.com", "to": ["it-team@example.com"], "tls": True, "authenticated": True}
    told = run.custom_stats["scim_provisioning_audit"]
    assert mail["Subject"] == f"SCIM provisioning: {told['verdict']}" and told["verdict"].startswith("Drift:")
    text = mail.get_body(("plain",))
    assert text and told["verdict"] in text.get_content() and "2 of 3 expected people have their accounts; 1 is missing." in text.get_content()
    (page,) = mail.iter_attachments()
    assert page.get_filename() == "report.html" and page.get_payload(decode=True) == (pair.machine / "report.html").read_bytes()


def test_a_mail_that_is_refused(pair: Pair, collections: str) -> None:
    run, received = audit(pair, collections, "SENTINEL-smtp-password-0000")
    assert run.rc == 1 and received == [] and (pair.machine / "report.html").is_file()
    assert run.said("mail.yml (scim_provisioning_on_drift) failed: Authentication to 127.0.0.1"), run.output[-2500:]
