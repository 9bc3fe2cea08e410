#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make docs: the documentation site, in .cache/docs/html. Every warning is an error, and so is every link inside that leads nowhere.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
choose_python
venv venv-docs -r "$ROOT/requirements/docs.txt"
export PATH=$CACHE/venv-docs/bin:$BASE_PATH
stage site

rm -rf "$CACHE/docs"
mkdir -p "$CACHE/docs/rst/reference"
# antsibull-docs writes only where nobody else may
chmod -R go-w "$CACHE/docs"
antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --no-add-antsibull-docs-version \
  --dest-dir "$CACHE/docs/rst/reference" "$NAMESPACE.$NAME"
cp "$STAGE/docs/site/index.rst" "$CACHE/docs/rst"
python -m sphinx -q -W --keep-going -j auto -b html -d "$CACHE/docs/doctrees" -c "$STAGE/docs/site" "$CACHE/docs/rst" "$CACHE/docs/html"
python "$STAGE/scripts/check_site.py" "$CACHE/docs/html"
echo 'The site: .cache/docs/html/index.html'
