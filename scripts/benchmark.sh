#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make benchmark: arguments go to tests/benchmark/run.py; after the word people or fleet, to the program of that name beside it.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
stage benchmark
cd "$STAGE"
case ${1:-} in
    people | fleet)
        program=$1
        shift
        ;;
    *) program=run ;;
esac
exec python "tests/benchmark/$program.py" "$@"
