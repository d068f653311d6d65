# Everything one does here, by name: `make` alone lists it.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
BIN := .venv/bin
LOCK := $(BIN)/pip-compile --quiet --no-header --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --strip-extras --allow-unsafe
# Unset, the standard places are tried.
export POSTGRESQL_URL
SECONDS ?= 600
TIMES ?= 20
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help setup run test check test-services bench fuzz properties mutate-policy format screenshots lock

help:  ## List what there is to make.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed. Install it, or name it: make PYTHON=/path/to/python3."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed-base: requirements/base.txt | .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt | .venv/installed-base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/installed-dev  ## Make .venv with everything tests and checks need.

run: export DEBUG ?= 1
run: .venv/installed-base  ## Run the console with its worker and its scheduler; PORT=8000.
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed_demo --if-empty
	@exec $(BIN)/python -m backoffice.serve --host $(HOST) --port $(PORT)

test: setup  ## Run every test on SQLite, in parallel; those that commit in processes of their own.
	$(BIN)/pytest -n auto -m "not commits"
	$(BIN)/pytest -n auto -m commits

test-services: setup  ## Run every test again on PostgreSQL, with the Redis and RabbitMQ that answer.
	@url=$$($(BIN)/python -m tests.support.answering) || { echo "The tests on PostgreSQL are skipped."; exit $${CI_STRICT:-0}; }; \
	echo "On PostgreSQL."; DATABASE_URL=$$url $(BIN)/pytest -n auto

check: export VAR_DIR ?= $(CURDIR)/.venv/var
check: setup  ## Check format, lint, types, layers, templates, dependencies, spelling and settings.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DEBUG=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint admin_theme apps imports
	$(BIN)/deptry .
	$(BIN)/codespell
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') DEBUG=0 \
		$(MANAGE) check --deploy --fail-level WARNING
	DEBUG=1 $(MANAGE) makemigrations --check --dry-run

bench: setup  ## Measure imports and lists beside the stock libraries.
	$(BIN)/python -m bench

fuzz: setup  ## Give changed files to everything that reads files, for SECONDS=600 in all.
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

properties: setup  ## Try what must hold of imports on TIMES=20 as many random files, edits, kills and retries.
	TIMES=$(TIMES) $(BIN)/pytest -n auto tests/imports -k "holds or survive or undo_leave or round_trip"

mutate-policy: setup  ## Take out each condition of the policy and see that a test notices; ONLY=catalog narrows it.
	$(BIN)/python -m tests.mutation $(ONLY)

format: setup  ## Format the code.
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

screenshots: setup  ## Make the pictures of the README.
	$(BIN)/python -m docs.screenshots

lock: setup  ## Write requirements/*.txt from requirements/*.in.
	cd requirements && ../$(LOCK) --output-file base.txt base.in && ../$(LOCK) --output-file dev.txt dev.in
