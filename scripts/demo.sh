#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make demo: build and install the collection as a user would, then run it against the simulator.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
demo_venv

echo 'Building the collection and installing it offline'
rm -rf "$CACHE/demo"
mkdir -p "$CACHE/demo"
ansible-galaxy collection build --output-path "$CACHE/demo" "$ROOT" > "$CACHE/logs/demo-build.log" 2>&1 || {
  cat "$CACHE/logs/demo-build.log"
  exit 1
}
export ANSIBLE_COLLECTIONS_PATH=$CACHE/demo/collections
mkdir -p "$ANSIBLE_COLLECTIONS_PATH"
ansible-galaxy collection install --offline -p "$ANSIBLE_COLLECTIONS_PATH" "$CACHE"/demo/*.tar.gz

cd "$CACHE/demo"
exec python "$ROOT/scripts/with_simulator.py" --log "$CACHE/demo/requests.log" python "$ROOT/scripts/demo.py"
