#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make changelog: turn the fragments into CHANGELOG.md and changelogs/changelog.yaml, and give the modules the version of galaxy.yml. It needs the staged copy to find
# the documentation of new modules, so the results are copied back.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
dev_venv
stage changelog
cd "$STAGE"
antsibull-changelog release
version=$(sed -n 's/^version: //p' galaxy.yml)
sed "s/^VERSION = .*/VERSION = \"$version\"/" plugins/module_utils/_core/version.py > "$ROOT/plugins/module_utils/_core/version.py"
cp CHANGELOG.md "$ROOT/CHANGELOG.md"
cp changelogs/changelog.yaml "$ROOT/changelogs/changelog.yaml"
for fragment in "$ROOT"/changelogs/fragments/*.yml; do
  [ -e "changelogs/fragments/$(basename -- "$fragment")" ] || rm -f -- "$fragment"
done
