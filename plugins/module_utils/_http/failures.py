# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why there is no answer, and whether the request can have had an effect. Knows no vendor."""

from __future__ import annotations

import re
import ssl
import typing as t

from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._core.names import named
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._http.retry import TRANSIENT_STATUSES

try:
    import requests
except ImportError:  # open_transport tells
    requests = None  # type: ignore[assignment]

# exceptions of urllib3 and ssl that come before anything is sent; other TLS failures can come later
BEFORE_SENDING = frozenset(
    ("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "SSLCertVerificationError", "CertificateError")
)
# what http.client says where a proxy answers CONNECT with an error: the request itself has not left yet
REFUSED_TUNNEL = re.compile(r"\ATunnel connection failed: (\d{3})\b")
# X509_V_ERR_... of OpenSSL, as ssl.SSLCertVerificationError.verify_code
CA_PATH = named("ca_path")
PRIVATE_CA = "Give the bundle of a private certificate authority, such as that of a TLS-inspecting proxy, as %s." % CA_PATH
OTHER_HOST = ("the certificate belongs to another host", "Check the host in the URL options.")
CERTIFICATE_TROUBLE = {
    9: ("the certificate is not valid yet", "Check the clock of this machine."),
    10: ("the certificate has expired", "Whoever runs the service or the proxy must renew it; check the clock of this machine, too."),
    18: ("the certificate is self-signed", PRIVATE_CA),
    19: ("the certificate's issuer is self-signed and not trusted", PRIVATE_CA),
    20: ("the certificate's issuer is not known", PRIVATE_CA),
    62: OTHER_HOST,
    64: OTHER_HOST,
}
# what ssl.SSLError says, by a name or in words, where the two sides find no version of TLS that both speak: that ends the handshake
OLD_PROTOCOLS = re.compile(r"unsupported[ _]protocol|protocol[ _]version|no[ _]protocols|legacy[ _](sigalg|renegotiation)", re.IGNORECASE)
PROXY_WANTS_CREDENTIALS = "The proxy wants credentials: give them in HTTPS_PROXY (http://user:password@host:port), or have it let these hosts through without."


class Diagnosis(t.NamedTuple):
    """Why there is no answer. ``transient``: the same request may succeed later."""

    reason: str
    hint: str
    outcome: str
    transient: bool


def diagnose(error: Exception) -> Diagnosis:
    """What is known of a request that got no answer. The outcome is unknown unless it surely was not sent."""
    kinds = requests.exceptions
    if isinstance(error, (kinds.InvalidURL, kinds.InvalidSchema)):
        return Diagnosis("the request could not be made (%s)" % type(error).__name__, "Check the URL options and the proxy.", "not_sent", False)
    if not isinstance(error, (kinds.RequestException, ValueError)):
        # requests looks for the certificates before it connects
        hint = "Check %s, and CURL_CA_BUNDLE." % CA_PATH
        return Diagnosis("the request could not be made (%s)" % error, hint, "not_sent", False)
    status = _tunnel_status(error)
    if status is not None:
        hint = PROXY_WANTS_CREDENTIALS if status == 407 else "Check that the proxy lets this host through."
        return Diagnosis("the proxy refused the connection (HTTP %d)" % status, hint, "not_sent", status in TRANSIENT_STATUSES)
    outcome = "not_sent" if any(map(_came_before_sending, _chain(error))) else "unknown"
    if isinstance(error, kinds.ContentDecodingError):
        return Diagnosis("the answer is damaged: its gzip or deflate can't be unpacked", "Whether it took effect is not known.", outcome, True)
    if isinstance(error, kinds.SSLError):
        said, hint = _tls_trouble(error)
        return Diagnosis("the TLS connection failed (%s)" % said, hint, outcome, False)
    if outcome == "not_sent":
        return Diagnosis("no connection (%s)" % _innermost(error), "Check the network, the URL options, and %s." % named("proxy"), outcome, True)
    reason = "the connection broke or timed out after the request was sent (%s)" % _innermost(error)
    return Diagnosis(reason, "Whether it took effect is not known.", outcome, isinstance(error, kinds.RequestException))


def _came_before_sending(cause: BaseException) -> bool:
    return type(cause).__name__ in BEFORE_SENDING or _speaks_old_protocols(cause)


def _speaks_old_protocols(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError) and OLD_PROTOCOLS.search(str(cause)) is not None


def _tls_trouble(error: Exception) -> tuple[str, str]:
    """What is the matter with the certificate or the protocol, and what to do."""
    for cause in _chain(error):
        code = getattr(cause, "verify_code", None)
        if code in CERTIFICATE_TROUBLE:
            return CERTIFICATE_TROUBLE[code]
        # urllib3 before version 2 compares the names itself
        if type(cause).__name__ == "CertificateError":
            return OTHER_HOST
        if _speaks_old_protocols(cause):
            return "the service speaks TLS only in ways that are not safe any more", "TLS 1.2 or newer is needed: check the URL options and the proxy."
    return _innermost(error), "Check the URL options, the proxy, and %s." % CA_PATH


def _tunnel_status(error: Exception) -> int | None:
    """The status with which a proxy refused to connect to the service; None if that is not what happened."""
    found = (REFUSED_TUNNEL.match(str(cause)) for cause in _chain(error))
    return next((int(match.group(1)) for match in found if match), None)


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
