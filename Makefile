# `make help` lists what there is. Everything runs inside .venv; nothing outside this folder changes,
# except that `make test` as root on Debian installs the system packages the tests need.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 8000

# The first Python that really runs and is new enough.
PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3 python; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$candidate"; break; }; done)

VENV_PYTHON := .venv/bin/python
PIP := $(VENV_PYTHON) -m pip --disable-pip-version-check --no-input --quiet
INSTALLED := .venv/.installed
TOOLS_INSTALLED := .venv/.tools-installed
NODE_INSTALLED := $(if $(wildcard tests/node/package-lock.json),tests/node/node_modules/.installed)
PEERS_INSTALLED := bench/peers/node_modules/.installed bench/peers/.venv/.installed
UV := uv==0.13.9

# The rooms where every branch has to be covered.
FULLY_COVERED := proofs status verification issuing keys encoding jsonld fetch
empty :=
space := $(empty) $(empty)
comma := ,
FULLY_COVERED_FILES := $(subst $(space),$(comma),$(FULLY_COVERED:%=app/%/*))

.PHONY: help install run migrate test check format bench bench-quick examples screenshots lock clean system-packages

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## virtual environment in .venv with the locked dependencies

run: $(INSTALLED) ## a first look: demo issuer, one badge, the service on HOST:PORT
	@.venv/bin/signet demo --host '$(HOST)' --port '$(PORT)'

migrate: $(INSTALLED) ## bring the database named by SIGNET_DATABASE_URL up to date
	@.venv/bin/signet migrate

test: system-packages $(TOOLS_INSTALLED) $(NODE_INSTALLED) $(PEERS_INSTALLED) ## the whole test suite, or a part: make test T=tests/unit/keys
ifdef T
	$(VENV_PYTHON) -m pytest $(T)
else
	$(VENV_PYTHON) -m pytest -n 2 --cov --cov-report=
	.venv/bin/coverage report --fail-under=95
	.venv/bin/coverage report --fail-under=100 --include='$(FULLY_COVERED_FILES)'
endif

check: $(TOOLS_INSTALLED) ## formatting, lint and types
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy

format: $(TOOLS_INSTALLED) ## put the code into its one form
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

bench: $(TOOLS_INSTALLED) $(PEERS_INSTALLED) ## measure against the peers, and write docs/performance.md
	$(VENV_PYTHON) -m bench

bench-quick: $(TOOLS_INSTALLED) $(PEERS_INSTALLED) ## the same in two minutes, and no page written
	$(VENV_PYTHON) -m bench --quick

examples: $(TOOLS_INSTALLED) ## run the worked examples and write anew what has changed in docs/examples
	$(VENV_PYTHON) -m tests.worked_pages

screenshots: $(TOOLS_INSTALLED) ## take the pictures in docs/images anew (needs Chromium)
	$(VENV_PYTHON) -m tests.browser.take_screenshots

# Keeps the versions that still fit; `make lock LOCK_OPTIONS=--upgrade` takes the newest.
lock: ## resolve the dependencies anew and write requirements/*.txt with hashes
	$(require-python)
	folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; \
	'$(PYTHON)' -m venv "$$folder"; \
	"$$folder/bin/python" -m pip install --quiet --disable-pip-version-check '$(UV)'; \
	compile=("$$folder/bin/uv" pip compile --quiet --universal --generate-hashes --no-header \
		--python-version 3.11 $(LOCK_OPTIONS)); \
	"$${compile[@]}" pyproject.toml --group build --output-file requirements/runtime.txt; \
	"$${compile[@]}" pyproject.toml --group build --group test --group lint \
		--constraint requirements/runtime.txt --output-file requirements/development.txt

clean: ## remove what can be made again; databases and keys stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* \
		build dist signet.egg-info tests/node/node_modules bench/peers/node_modules bench/peers/.venv

define require-python
	@[ -n '$(PYTHON)' ] || { echo 'Signet needs Python 3.11 or newer, and none was found.' \
		'Install it, or name it: make PYTHON=/path/to/python3' >&2; exit 1; }
endef

$(VENV_PYTHON):
	$(require-python)
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) comes without venv." \
		'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	'$(PYTHON)' -m venv .venv

# The stamps make a second run instant, and a changed lock file install what changed.
$(INSTALLED): requirements/runtime.txt pyproject.toml | $(VENV_PYTHON)
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(TOOLS_INSTALLED): requirements/development.txt $(INSTALLED)
	$(PIP) install --require-hashes -r requirements/development.txt
	@touch $@

system-packages:
	@.ci/system-packages

# Without npm the tests against JavaScript implementations are skipped, and the benchmark says whom
# it has not measured, so this may come to nothing.
%/node_modules/.installed: %/package-lock.json | system-packages
	@if command -v npm >/dev/null; then \
		cd $* && npm ci --ignore-scripts --no-audit --no-fund --silent \
		&& touch node_modules/.installed; \
	fi

# didkit has wheels for some platforms only; elsewhere the benchmark says that it is missing.
bench/peers/.venv/.installed: bench/peers/requirements.txt | $(VENV_PYTHON)
	@$(VENV_PYTHON) -m venv bench/peers/.venv
	@bench/peers/.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install \
		--require-hashes -r bench/peers/requirements.txt \
		&& touch $@ || echo 'didkit cannot be installed here; the benchmark goes without it.' >&2
