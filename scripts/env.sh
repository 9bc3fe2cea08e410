# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by the other scripts. It makes a known environment out of whatever the caller has, and keeps every file under
# .cache/ in the checkout: virtual environments, HOME, temporary files, logs.
set -euo pipefail
ROOT=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=$ROOT/.cache
NAMESPACE=unity_jumpcloud
NAME=scim
UV_VERSION=0.13.9
CALLERS_HOME=${HOME:-}
CALLERS_PATH=$PATH
WANTED_PYTHON=${PYTHON:-}

# Settings of the caller that would change what is built or tested. Package index settings (UV_*INDEX*, PIP_INDEX_URL, ...) and
# proxies stay: they may be the only way out of a company network.
for name in $(compgen -e); do
  case $name in
    UV_*INDEX* | UV_CONFIG_FILE | UV_INSECURE_HOST | UV_KEYRING_PROVIDER | UV_HTTP_TIMEOUT | PYENV_ROOT) ;;
    PIP_TARGET | PIP_PREFIX | PIP_ROOT | PIP_USER | PIP_REQUIRE_VIRTUALENV | PIP_CONSTRAINT | PIP_NO_BINARY | PIP_DRY_RUN) unset "$name" ;;
    ANSIBLE_* | MOLECULE_* | GALAXY_IMPORTER_* | UNITY_* | JUMPCLOUD_* | SCIM_*) unset "$name" ;;
    PYTHON* | PYENV_* | PYTEST_* | COV_* | COVERAGE_* | UV_* | VIRTUAL_ENV | CONDA_PREFIX) unset "$name" ;;
    GIT_* | MYPY* | RUFF_* | YAMLLINT_* | NO_COLOR | FORCE_COLOR | CLICOLOR* | PY_COLORS | XDG_*) unset "$name" ;;
    REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE | SSL_CERT_FILE | SSL_CERT_DIR | PIP_CERT)
      [ -e "${!name}" ] || unset "$name" ;;  # one that points to nothing breaks every download
  esac
done
unset name

mkdir -p "$CACHE/home" "$CACHE/tmp" "$CACHE/logs"
export HOME=$CACHE/home TMPDIR=$CACHE/tmp
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
case "$(locale -a 2>/dev/null)" in *C.UTF-8* | *C.utf8*) export LC_ALL=C.UTF-8 ;; *) export LC_ALL=en_US.UTF-8 ;; esac
export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}" NO_COLOR=1
export no_proxy=$NO_PROXY

# An empty configuration instead of the caller's ~/.ansible.cfg or /etc/ansible/ansible.cfg.
: > "$CACHE/ansible.cfg"
export ANSIBLE_CONFIG=$CACHE/ansible.cfg ANSIBLE_HOME=$CACHE/ansible
# Ansible's shell does not quote the folder that it makes for modules in HOME.
case $HOME in *[!A-Za-z0-9/._-]*) export ANSIBLE_REMOTE_TMP=/tmp/.ansible-$UID ;; esac
export ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_INVENTORY_UNPARSED_WARNING=0 ANSIBLE_NOCOLOR=1

# uv does not compile unless told to, and Ansible starts twice as slowly without bytecode.
export UV_CACHE_DIR=$CACHE/uv UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 UV_NO_PROGRESS=1

die() {
  echo "$*" >&2
  exit 1
}

# pythons TEST: those that really run and pass the test of their version, without links: one Python has one name, also when a script is started by another
# one from within a virtual environment. All matches on PATH are tried: a pyenv shim for a version that is not switched on fails, and may hide a good one.
pythons() {
  local candidate found pyenv=${PYENV_ROOT:-$CALLERS_HOME/.pyenv}/versions
  while IFS= read -r candidate; do
    found=$("$candidate" -c "import os, sys; assert $1; print(os.path.realpath(sys._base_executable))" 2>/dev/null < /dev/null) || continue
    [ ! -x "$found" ] || echo "$found"
  done < <(
    if [ -n "$WANTED_PYTHON" ]; then type -aP "$WANTED_PYTHON" || true; fi
    for candidate in 3.13 3.12 3.14 3.11; do
      type -aP "python$candidate" || true
      ls -d "$pyenv/$candidate".*/bin/python3 2>/dev/null || true
    done
    type -aP python3 || true
  )
}

# The first Python 3.11 to 3.14; where there is only a newer one, that one.
find_python() {
  local found
  found=$(pythons '(3, 11) <= sys.version_info < (3, 15)')
  if [ -z "$found" ]; then
    found=$(pythons 'sys.version_info >= (3, 15)')
    [ -z "$found" ] || echo "$("${found%%$'\n'*}" --version) is newer than what this was tested with (3.11 to 3.14). PYTHON=/path/to/python3 chooses another one." >&2
  fi
  [ -n "$found" ] || die 'No working Python 3.11 to 3.14 found. Set PYTHON=/path/to/python3 and try again.'
  echo "${found%%$'\n'*}"
}

# Sets PY, and a PATH without pyenv's shims: they break uv, ansible-test and Ansible's search for an interpreter.
choose_python() {
  local entry clean=''
  PY=$(find_python)
  while IFS= read -r entry; do
    case $entry in '' | */.pyenv/shims | "${PYENV_ROOT:-/nonexistent}"/shims) ;; *) clean=$clean:$entry ;; esac
  done <<< "${CALLERS_PATH//:/$'\n'}"
  BASE_PATH=$(dirname -- "$PY")$clean
  export PATH=$BASE_PATH
}

# Installers see the caller's HOME, where the settings for a package mirror may be.
as_caller() { HOME=$CALLERS_HOME "$@"; }

get_uv() {
  UV=$CACHE/uv-$UV_VERSION/bin/uv
  [ ! -x "$UV" ] || return 0
  local log=$CACHE/logs/uv.log
  if as_caller "$PY" -m pip install --disable-pip-version-check --target "$CACHE/uv-$UV_VERSION" "uv==$UV_VERSION" > "$log" 2>&1; then return 0; fi
  # Some distributions ship Python without pip, but with venv.
  rm -rf "$CACHE/bootstrap"
  if as_caller "$PY" -m venv "$CACHE/bootstrap" >> "$log" 2>&1 &&
    as_caller "$CACHE/bootstrap/bin/python" -m pip install --disable-pip-version-check --target "$CACHE/uv-$UV_VERSION" "uv==$UV_VERSION" >> "$log" 2>&1; then return 0; fi
  UV=''  # pip alone will do: slower
}

# venv DIRECTORY UV-ARGUMENTS...: the arguments are requirement files. Nothing is done if they are installed already.
venv() {
  local directory=$CACHE/$1 mark
  shift
  # The checkout may have been moved (paths are written into a virtual environment), or a requirement file changed.
  mark=$(cat -- "$ROOT"/requirements/*.txt "$ROOT"/requirements/*.in; echo "$directory" "$PY" "$@")
  if [ -x "$directory/bin/python" ] && [ "$(cat -- "$directory/.installed-$(basename -- "$2")" 2>/dev/null)" = "$mark" ]; then return 0; fi
  echo "Installing $(basename -- "$2") into .cache/$(basename -- "$directory")"
  get_uv
  # `make demo` adds nothing to the environment of `make test`, so one that has the right Python at the right place is kept.
  if [ "$(cat -- "$directory/.base" 2>/dev/null)" != "$directory $PY" ]; then rm -rf -- "$directory"; fi
  if [ -n "$UV" ]; then
    [ -x "$directory/bin/python" ] || as_caller "$UV" venv -q --python "$PY" "$directory"
    if ! as_caller "$UV" pip install -q --python "$directory/bin/python" "$@"; then UV=''; fi
  fi
  if [ -z "$UV" ]; then
    rm -rf -- "$directory"
    as_caller "$PY" -m venv "$directory"
    as_caller "$directory/bin/python" -m pip install -q --disable-pip-version-check "$@"
  fi
  echo "$directory $PY" > "$directory/.base"
  echo "$mark" > "$directory/.installed-$(basename -- "$2")"
}

demo_venv() {
  choose_python
  venv venv -r "$ROOT/requirements/demo.in" -c "$ROOT/requirements/dev.txt"
  export PATH=$CACHE/venv/bin:$BASE_PATH
}

dev_venv() {
  choose_python
  venv venv -r "$ROOT/requirements/dev.txt"
  export PATH=$CACHE/venv/bin:$BASE_PATH
}

# fetch_wheel PACKAGE VERSION DIRECTORY. uv cannot download without installing, so it takes a pip.
fetch_wheel() {
  local pip=("$PY" -m pip)
  if ! "${pip[@]}" --version > /dev/null 2>&1; then
    [ -x "$CACHE/bootstrap/bin/python" ] || as_caller "$PY" -m venv "$CACHE/bootstrap"
    pip=("$CACHE/bootstrap/bin/python" -m pip)
  fi
  as_caller "${pip[@]}" download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$3" "$1==$2"
}

# build COLLECTION FOLDER: the tarball, in the folder. All in it has the time of the commit.
build() {
  SOURCE_DATE_EPOCH=$(git -c safe.directory='*' -C "$ROOT" log -1 --format=%ct 2>/dev/null || echo 0) python "$ROOT/scripts/build.py" "$1" "$2"
}

# The oldest ansible-core whose ansible-test knows this Python; nothing where that is the oldest one that is supported.
oldest_core() { "$PY" -c 'import sys; print("" if sys.version_info < (3, 14) else "2.20" if sys.version_info < (3, 15) else "2.22")'; }

# Sets OTHER: an environment with another ansible-core, the oldest one that is supported, with the oldest requests, or the one that CORE names (2.20).
other_venv() {
  local core
  core=${CORE:-$(oldest_core)}
  export OTHER=$CACHE/venv-${core:-oldest}
  if [ -z "$core" ]; then
    venv venv-oldest -r "$ROOT/requirements/oldest.txt"
  else
    # resolvelib, too, of which each ansible-core takes versions of its own
    grep -vE '^(ansible-core|resolvelib)==' "$ROOT/requirements/dev.txt" > "$CACHE/tmp/pins.txt"
    venv "venv-$core" -r "$ROOT/requirements/matrix.in" -c "$CACHE/tmp/pins.txt" "ansible-core==$core.*"
  fi
}

# stage NAME: a copy of the tree at .cache/NAME/ansible_collections/..., where ansible-test insists on finding it.
stage() {
  STAGE=$CACHE/$1/ansible_collections/$NAMESPACE/$NAME
  python "$ROOT/scripts/stage.py" "$ROOT" "$STAGE"
  export ANSIBLE_COLLECTIONS_PATH=$CACHE/$1
}
