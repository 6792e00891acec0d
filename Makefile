# Everything starts here. `make` lists the targets; each says what it does and can be run again.
SHELL := /bin/bash
SERVE ?= 1
PORT ?= 8501
# Extra pytest arguments, for instance: make test ARGS="tests/app -k start"
ARGS ?=
# Whatever the surroundings say: the tests start the program some hundred times, and each time it would be compiled anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench wheel constraints clean bundle prove drill soak restart sessions coverage licences audit manual screenshots walks axe fuzz

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## prepare, assess the example into out/, serve the app (SERVE=0: stop after the files)
	@scripts/setup run
	@SERVE=$(SERVE) PORT=$(PORT) scripts/run

test: ## prepare and run all tests
	@scripts/setup dev
	@echo "[test] running all tests"
	@.venv/bin/python -m pytest -n 2 --dist loadgroup --durations 15 $(ARGS)

lint: ## style, format, types, layers
	@scripts/setup dev
	@scripts/lint

format: ## put the code into the house format
	@scripts/setup dev
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

bench: ## measure the figures of the README in one run
	@scripts/setup dev
	@.venv/bin/python -m benchmarks

wheel: ## build the wheel into dist/
	@scripts/setup dev
	@.venv/bin/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls -1 dist/*.whl

bundle: ## pack wheels, fonts, manual and checksums for a machine without network
	@scripts/setup dev
	@scripts/bundle

prove: ## install and run the bundle where there is no network (two minutes)
	@scripts/prove-bundle

drill: ## back up, restore elsewhere, prove that everything came back
	@scripts/setup run
	@.venv/bin/tanping db drill

fuzz: ## fuzz every door for a minute each (coverage-guided where atheris is installed)
	@scripts/setup dev
	@.venv/bin/python -m fuzz

soak: ## twenty people on one review for two minutes while savers are killed
	@scripts/setup dev
	@.venv/bin/python -m benchmarks.soak_review

restart: ## twenty people on one review for a minute while the PostgreSQL server is stopped and killed
	@scripts/setup dev
	@.venv/bin/python -m benchmarks.soak_review --seconds 60 --restarts 6

sessions: ## serve ten thousand sessions and watch the server's memory (most of an hour)
	@scripts/setup dev
	@.venv/bin/python -m benchmarks.soak_sessions

coverage: ## run all tests and say which lines none of them reached (half as long again as make test)
	@scripts/setup dev
	@.venv/bin/coverage erase
	-@.venv/bin/coverage run -m pytest -n 2 --dist loadgroup -q $(ARGS)
	@.venv/bin/coverage combine -q
	@.venv/bin/coverage report -m --skip-covered

licences: ## write docs/licences.md from the metadata of the installed packages
	@.venv/bin/python scripts/components licences docs/licences.md

audit: ## ask the advisory database about the pinned versions (network and pip-audit, or ADVISORIES=a copy carried in)
	@ADVISORIES="$(ADVISORIES)" scripts/audit

manual: ## write the manual's list of commands from the program's own help
	@.venv/bin/python scripts/commands docs/manual/commands.md

screenshots: ## take the manual's pictures in Chromium
	@scripts/setup dev
	@.venv/bin/python scripts/screenshots

walks: ## walk the reviewer's tasks in Chromium, counted and photographed, into out/walks (half an hour)
	@scripts/setup dev
	@.venv/bin/python tests/walks $(ARGS)

axe: ## look for barriers on every page with axe-core (fetched from npm the first time)
	@scripts/setup dev
	@test -e .venv/.axe/package/axe.min.js || (mkdir -p .venv/.axe && cd .venv/.axe && npm pack --silent axe-core >/dev/null && tar xzf axe-core-*.tgz)
	@.venv/bin/python scripts/screenshots --axe .venv/.axe/package/axe.min.js

constraints: ## write constraints.txt from what .venv holds
	@scripts/constraints

clean: ## remove what was built (not .venv, not drafts)
	@rm -rf build dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
