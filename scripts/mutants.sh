#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make mutants: small faults in the rooms that decide, and whether a unit test notices. Arguments go to scripts/mutants.py.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
venv venv-mutants -r "$ROOT/requirements/mutants.txt"
stage mutants
cd "$STAGE"
export PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH
echo 'Looking which test runs which line'
export COVERAGE_FILE=$CACHE/mutants.coverage
if ! python -m pytest -q -p no:cacheprovider -n 2 --cov --cov-context=test --cov-report= tests/unit --ignore=tests/unit/simulator > "$CACHE/logs/mutants.log" 2>&1; then
  tail -n 30 "$CACHE/logs/mutants.log"
  die 'The unit tests fail already; see .cache/logs/mutants.log'
fi
exec "$CACHE/venv-mutants/bin/python" "$ROOT/scripts/mutants.py" --copy "$ANSIBLE_COLLECTIONS_PATH" --python "$CACHE/venv/bin/python" --seen "$COVERAGE_FILE" "$@"
