# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a provisioning call failed, in words that an operator can act on. Pure.

PUBLISHED: the fields of an event (see events.py), and what a SCIM service means by a status (RFC 7644 section 3.12). ASSUMED: which words the
events use, since neither vendor publishes them. So the status decides, and words only tell apart what has the same status, or none.
"""

from __future__ import annotations

import re
import typing as t

LONGEST_MESSAGE = 300


class Cause(t.NamedTuple):
    """``slug`` is for programs, ``title`` says what happened, ``remedy`` what to do."""

    slug: str
    title: str
    remedy: str


KEY_REFUSED = Cause(
    "key_refused",
    "Unity does not accept the key that JumpCloud sends.",
    "The key was revoked or replaced, or the header value is not complete. Give JumpCloud a new key: run the playbook rotate_key "
    "with scim_provisioning_rotate=always.",
)
ROLE_MISSING = Cause(
    "role_missing",
    "Unity knows the key, but does not let it provision.",
    "Give the service account the organization role 'SCIM Authenticator', and see that SCIM provisioning is enabled in the Unity Dashboard. "
    "The playbook provision does the first.",
)
ALREADY_EXISTS = Cause(
    "already_exists",
    "Unity already has somebody with this user name or address.",
    "Look the address up with unity_scim_user_info. If another person or an old account holds it, correct the address in JumpCloud, or remove that account in "
    "Unity.",
)
DOMAIN_NOT_VALIDATED = Cause(
    "domain_not_validated",
    "The person's email domain is not validated in Unity.",
    "Validate the domain in the Unity Dashboard (Administration > SSO > Domains), or give the person an address in a validated domain.",
)
RATE_LIMITED = Cause(
    "rate_limited",
    "Unity asked JumpCloud to slow down.",
    "JumpCloud should try again by itself. If people stay out, bind fewer groups at a time.",
)
TIMEOUT = Cause(
    "timeout",
    "Unity did not answer in time.",
    "Try again later. If it lasts, look at the status page of Unity.",
)
UNREACHABLE = Cause(
    "unreachable",
    "JumpCloud could not reach Unity's SCIM service.",
    "Compare the base URL in JumpCloud with the one that the Unity Dashboard shows. If they are equal, look at the status pages of both vendors.",
)
INVALID_DATA = Cause(
    "invalid_data",
    "Unity refused the person's data as invalid.",
    "Read the message, and correct the person's attributes, or the attribute mapping, in JumpCloud.",
)
NOT_FOUND = Cause(
    "not_found",
    "Unity does not know the address or the person.",
    "Compare the base URL in JumpCloud with the one that the Unity Dashboard shows. If it is right, the person was removed in Unity: "
    "provision the person again with scim_provisioned_user.",
)
SERVICE_FAILED = Cause(
    "service_failed",
    "Unity's SCIM service failed.",
    "Try again later. If it lasts, give Unity's support the time of the failure and the message.",
)
NOT_SCIM = Cause(
    "not_scim",
    "What answered is not a SCIM service.",
    "The base URL in JumpCloud leads elsewhere, or something between the two changes the answer. Compare it with the one that the Unity Dashboard shows.",
)
OTHER = Cause(
    "other",
    "The call failed, and the event does not say how.",
    "Read the message, and look at the event in JumpCloud's Directory Insights.",
)
BY_STATUS = {
    400: INVALID_DATA,
    401: KEY_REFUSED,
    403: ROLE_MISSING,
    404: NOT_FOUND,
    408: TIMEOUT,
    409: ALREADY_EXISTS,
    422: INVALID_DATA,
    429: RATE_LIMITED,
}
DOMAIN_WORDS = re.compile(r"\bdomains?\b", re.IGNORECASE)
TIMEOUT_WORDS = re.compile(r"\btime[d-]?\s?-?out\b|\bdeadline\b", re.IGNORECASE)
UNREACHABLE_WORDS = re.compile(
    r"could not (reach|connect|resolve)|cannot (reach|connect|resolve)|unreachable|no such host|no route|name or service|\bdns\b|certificate|\b(tls|ssl)\b"
    r"|connection (refused|reset|closed|aborted)|\be(connrefused|connreset|notfound)\b",
    re.IGNORECASE,
)


def classify(response_code: int | None, text: str) -> Cause:
    """The cause of a failed call. ``response_code`` is the HTTP status that the SCIM service gave, or None; ``text`` is whatever the event says."""
    if response_code is None:
        return TIMEOUT if TIMEOUT_WORDS.search(text) else UNREACHABLE if UNREACHABLE_WORDS.search(text) else OTHER
    if response_code == 400 and DOMAIN_WORDS.search(text):
        return DOMAIN_NOT_VALIDATED
    if 200 <= response_code < 300:
        return NOT_SCIM
    return BY_STATUS.get(response_code, SERVICE_FAILED if 500 <= response_code < 600 else OTHER)


def message_of(event: t.Any) -> str | None:
    """What a failed event says, on one printable line of at most 300 characters; None if it says nothing. ``event`` is an events.Event."""
    parts: list[str] = []
    for said in (event.error_message, event.details):
        # the details come from wherever the engine called: any text, or none at all
        part = " ".join("".join(letter if letter.isprintable() else " " for letter in str(said or "")).split())
        if part and part not in parts:
            parts.append(part)
    return ": ".join(parts)[:LONGEST_MESSAGE] or None


def cause_of(event: t.Any) -> Cause:
    """The cause of a failed event."""
    return classify(event.response_code, "%s %s" % (event.error_message or "", event.details or ""))
