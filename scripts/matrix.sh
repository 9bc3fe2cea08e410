#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make matrix: the unit tests, the integration tests and the stories on every ansible-core that is supported, with all that there is for them.
# CORES="2.19 2.20" chooses some. One that the package index does not have for this Python is left out, and said so; one that is not released is taken.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
get_uv
[ -n "$UV" ] || die 'uv could not be installed; see .cache/logs/uv.log'
FAILED=''
OLDEST=$(oldest_core)
OLDEST=${OLDEST:-2.18}
for core in ${CORES:-2.18 2.19 2.20 2.21 2.22}; do
  if [ "${core#2.}" -lt "${OLDEST#2.}" ]; then
    echo "$core: its ansible-test does not know $("$PY" --version)"
    continue
  fi
  if ! as_caller "$UV" pip install -q --dry-run --python "$CACHE/venv/bin/python" "ansible-core==$core.*" > "$CACHE/logs/matrix.log" 2>&1; then
    grep -q 'No solution found' "$CACHE/logs/matrix.log" || die "The package index can't be asked; see .cache/logs/matrix.log"
    echo "$core: none for $("$PY" --version) on the package index"
    continue
  fi
  echo "$core:"
  CORE=$core FULL=${FULL:-1} bash "$ROOT/scripts/test.sh" units-oldest integration-oldest stories-oldest || FAILED="$FAILED $core"
done
[ -z "$FAILED" ] || die "failed:$FAILED"
