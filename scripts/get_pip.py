# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the pip bootstrap script that ansible-test would download from outside the package index.

It is laid where ansible-test looks for its downloaded copy, and installs pip from a wheel beside it.
"""

from __future__ import annotations

import glob
import os
import subprocess
import sys

folder = os.path.join(os.path.expanduser("~"), ".ansible", "test", "cache")
wheel = sorted(glob.glob(os.path.join(folder, "pip-*.whl")))[-1]
options = ["--disable-pip-version-check", "--no-index", "--no-cache-dir", "-q"]
sys.exit(subprocess.call([sys.executable, os.path.join(wheel, "pip"), "install", *options, wheel]))
