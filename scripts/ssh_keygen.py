# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for ssh-keygen where OpenSSH is not installed.

ansible-test makes a key pair before any integration test, and tests on localhost never use it.
Understands what ansible-test asks for: -m PEM -q -t rsa -N '' -f PATH.
"""

from __future__ import annotations

import os
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def write(path: str, content: bytes, mode: int) -> None:
    """Write a file that has its mode from the start."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
        stream.write(content)


def main() -> None:
    """Make the pair."""
    path = sys.argv[sys.argv.index("-f") + 1]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    write(path, private, 0o600)
    write(path + ".pub", public + b"\n", 0o644)


if __name__ == "__main__":
    main()
