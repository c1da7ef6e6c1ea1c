# Borgerlinje. `make` alone lists the targets.
PYTHON ?= python3
ROOM ?=
QUICK ?=
ARGS ?=

LOCK = CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench lock

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup:  ## fetch and build every part the product runs with (works offline once done)
	@$(PYTHON) -m setup --for run

run: setup  ## set up, then start the whole product with the demo centre
	@exec .venv/bin/borgerlinje up --demo

test:  ## set up with the tests' parts too, check the code, run every test
	@$(PYTHON) -m setup --for test
	@$(MAKE) --no-print-directory check
	@.venv/bin/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

check:  ## read the code: format, lint, types, import order, migrations, translations
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy .
	@.venv/bin/lint-imports
	@.venv/bin/python -m setup.check

bench:  ## measure one room: make bench ROOM=phone (QUICK=1 for a short run, ARGS=... for the room's own options)
	@test -n "$(ROOM)" || { echo "Name a room: make bench ROOM=phone"; exit 2; }
	@test -f "bench/$(ROOM).py" || { echo "There is no bench/$(ROOM).py"; exit 2; }
	@$(PYTHON) -m setup --for test
	@.venv/bin/python -m bench.$(ROOM) $(if $(QUICK),--quick) $(ARGS)

lock:  ## write the lock files anew from requirements/*.in and package.json
	@$(LOCK) requirements/base.in --output-file requirements/base.txt
	@$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) requirements/node.in --output-file requirements/node.txt
	@npm install --package-lock-only --ignore-scripts
