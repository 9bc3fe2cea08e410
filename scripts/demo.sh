#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make demo: build and install the collection as a user would, then run it against the simulator. VERBOSE=1 shows all that is said.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
demo_venv

# quietly COMMAND...: what it says is shown where it fails, or with VERBOSE=1
quietly() {
  local log=$CACHE/logs/demo-build.log status=0
  "$@" > "$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ] || [ "${VERBOSE:-0}" != 0 ]; then cat "$log"; fi
  return "$status"
}

echo 'Building the collection and installing it offline'
rm -rf "$CACHE/demo"
mkdir -p "$CACHE/demo"
export ANSIBLE_COLLECTIONS_PATH=$CACHE/demo/collections
mkdir -p "$ANSIBLE_COLLECTIONS_PATH"
quietly build "$ROOT" "$CACHE/demo"
quietly ansible-galaxy collection install --offline -p "$ANSIBLE_COLLECTIONS_PATH" "$CACHE"/demo/*.tar.gz

cd "$CACHE/demo"
exec python "$ROOT/scripts/with_simulator.py" --log "$CACHE/demo/requests.log" python "$ROOT/scripts/demo.py"
