#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make release: what a release consists of, into .cache/release. RELEASE_GPG_KEY, an armored private key, signs it. It is taken out of the environment
# at once: the programs that are started here do not inherit it, and the one that signs reads it.
set -euo pipefail
gpg_key=${RELEASE_GPG_KEY:-}
unset RELEASE_GPG_KEY
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"
choose_python
"$PY" "$ROOT/scripts/release.py" check "$ROOT"
[ -z "$gpg_key" ] || command -v gpg > /dev/null || die 'RELEASE_GPG_KEY is set, and there is no gpg to sign with. Next: apt-get install gnupg'
dev_venv
stage release-stage
printf '%s' "$gpg_key" | python "$ROOT/scripts/release.py" make "$ROOT" "$STAGE" "$CACHE/release"
echo 'All of it is in .cache/release'
