#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make units: the unit tests alone, in one process, for the inner loop. Arguments go to pytest.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
stage units
cd "$STAGE"
PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH exec python -m pytest -q -p no:cacheprovider "${@:-tests/unit}"
