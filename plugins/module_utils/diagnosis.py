# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why there is no answer, and whether the request can have had an effect. Knows no vendor."""
from __future__ import annotations

import typing as t

try:
    import requests
except ImportError:  # the module's shell reports it with Ansible's own words
    requests = None  # type: ignore[assignment]

# exceptions of urllib3 and ssl that come before anything is sent; other TLS failures can come later
BEFORE_SENDING = frozenset(
    ("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "SSLCertVerificationError", "CertificateError")
)


class Diagnosis(t.NamedTuple):
    """Why there is no answer. ``passing``: the same request may succeed later."""

    reason: str
    hint: str
    outcome: str
    passing: bool


def diagnose(error: Exception) -> Diagnosis:
    """What is known of a request that got no answer. The outcome is unknown unless it surely was not sent."""
    kinds = requests.exceptions
    if isinstance(error, (kinds.InvalidURL, kinds.InvalidSchema)):
        return Diagnosis("the request could not be made (%s)" % type(error).__name__, "Check the URL options and the proxy.", "not_sent", False)
    if not isinstance(error, (kinds.RequestException, ValueError)):
        # requests looks for the certificates before it connects
        hint = "Check ca_path, and the variables REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE."
        return Diagnosis("the request could not be made (%s)" % error, hint, "not_sent", False)
    outcome = "not_sent" if any(type(cause).__name__ in BEFORE_SENDING for cause in _chain(error)) else "unknown"
    if isinstance(error, kinds.SSLError):
        hint = "Check the host name, or give a private CA's bundle as ca_path."
        return Diagnosis("the TLS connection failed (%s)" % _innermost(error), hint, outcome, False)
    if outcome == "not_sent":
        return Diagnosis("no connection (%s)" % _innermost(error), "Check the network, the proxy and the URL options.", outcome, True)
    reason = "the connection broke or timed out after the request was sent (%s)" % _innermost(error)
    return Diagnosis(reason, "Whether it took effect is not known.", outcome, isinstance(error, kinds.RequestException))


def _chain(error: BaseException) -> list[BaseException]:
    """The error and everything that it was made of."""
    found: list[BaseException] = []
    ahead: list[t.Any] = [error]
    while ahead:
        cause = ahead.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            ahead += [getattr(cause, "reason", None), cause.__cause__, *cause.args]
    return found


def _innermost(error: Exception) -> str:
    """A short reason. Not the exception's own text, which repeats the URL with its query."""
    last = _chain(error)[-1]
    return (getattr(last, "strerror", None) or type(last).__name__).strip(".")
