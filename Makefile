# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that is made lies in .cache/. PYTHON=/path/to/python3 chooses the interpreter (3.11 to 3.14).
.DEFAULT_GOAL := help
.PHONY: help demo test matrix units mutants lint benchmark docs changelog lock release clean

help: ## Show this help
	@echo 'Targets:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 14

demo: ## Both roads on a simulated pair of tenants, in at most 100 lines; VERBOSE=1 shows all
	@VERBOSE=$(or $(VERBOSE),0) bash scripts/demo.sh

test: ## Run every check and test; STEPS="sanity units" runs some, FULL=1 all on the oldest Ansible
	@FULL=$(FULL) bash scripts/test.sh $(STEPS)

matrix: ## Run the tests on every supported ansible-core; CORES="2.19 2.20" runs some
	@bash scripts/matrix.sh

units: ## Run the unit tests only; ARGS="-k retry -x" goes to pytest
	@bash scripts/units.sh $(ARGS)

mutants: ## Mutation tests of a seeded sample; ARGS="--sample 50 --seed 7 --room _rules"
	@bash scripts/mutants.sh $(ARGS)

lint: ## Run the linters only
	@bash scripts/test.sh ruff mypy ansible-lint yamllint shellcheck reuse workflows changelog returns

benchmark: ## Measure the collection against the simulator; ARGS goes to the benchmark
	@bash scripts/benchmark.sh $(ARGS)

changelog: ## Write CHANGELOG.md from changelogs/fragments, for the version in galaxy.yml
	@bash scripts/changelog.sh

lock: ## Choose new versions for requirements/*.txt
	@bash scripts/lock.sh

docs: ## Build the documentation site in .cache/docs/html, and check its links
	@bash scripts/docs.sh

release: ## Build what a release consists of into .cache/release; RELEASE_GPG_KEY (an armored private key) signs it
	@bash scripts/release.sh

clean: ## Remove everything that was made
	rm -rf .cache
