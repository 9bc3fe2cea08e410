#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make benchmark: arguments go to tests/benchmark/run.py; after the word people, to tests/benchmark/people.py.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
stage benchmark
cd "$STAGE"
if [ "${1:-}" = people ]; then
    shift
    exec python tests/benchmark/people.py "$@"
fi
exec python tests/benchmark/run.py "$@"
