#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make lock: the newest versions that work together on every supported Python.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
choose_python
get_uv
[ -n "$UV" ] || die 'uv could not be installed; see .cache/logs/uv.log'
cd "$ROOT/requirements"
for name in dev docs mutants oldest partners peers; do
  as_caller "$UV" pip compile -q --upgrade --universal --python-version 3.11 --no-annotate \
    --custom-compile-command 'make lock' "$name.in" -o "$name.txt"
done
