# Two commands: `make run` (try it, or crawl the web) and `make test` (everything).
# Each sets up what it needs on a fresh machine; a second call starts at once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export FINADWATCH_HOME ?= $(HOME)/.finadwatch
# Processes that share the tests out; those of one server or browser stay in one (tests/conftest.py).
WORKERS ?= 2
ALONE := not browser and not elastic and not redis and not rabbitmq and not models and not slow
PYTEST := $(BIN)/python -m pytest

.PHONY: help run test check siege acceptance endurance lint format clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(VENV)/.ready: pyproject.toml
	@scripts/setup venv "$(PYTHON)" "$(VENV)"

$(VENV)/.ready-dev: $(VENV)/.ready
	@scripts/setup dev "$(PYTHON)" "$(VENV)"

.PHONY: system system-test models
system:
	@scripts/setup system-run

system-test: system
	@scripts/setup system-test

models: $(VENV)/.ready
	@scripts/setup models "$(BIN)/finadwatch"

## make run                 try it on the sandbox; PLAN=plan.yaml or URLS=urls.txt crawls the real web
run: system $(VENV)/.ready models
ifneq ($(strip $(PLAN)),)
	@$(BIN)/finadwatch crawl "$(PLAN)"
else ifneq ($(strip $(URLS)),)
	@$(BIN)/finadwatch crawl --urls "$(URLS)"
else
	@$(BIN)/finadwatch sandbox run
endif

## make test                everything: checks, unit tests, Chromium, Elasticsearch, Redis, RabbitMQ, end to end
test: system-test $(VENV)/.ready-dev models
	@failed=0; \
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not shared and not endurance and not siege and $(ALONE)" || failed=1; \
	$(PYTEST) -n $(WORKERS) --dist loadgroup -m "not shared and not endurance and not siege and not ($(ALONE))" || failed=1; \
	exit $$failed

## make check               the fast part, under two minutes
check: $(VENV)/.ready-dev models
	@$(PYTEST) -n $(WORKERS) --dist worksteal --hypothesis-profile fast -m "not shared and not endurance and not siege and $(ALONE)"

## make siege               some minutes: three hundred hostile pages in one real crawl after another
siege: system-test $(VENV)/.ready-dev models
	@$(PYTEST) -m siege

## make acceptance SHARED=… what needs the folder of real pages and labelled texts
acceptance: system-test $(VENV)/.ready-dev models
	@test -n "$(SHARED)" || { echo "make acceptance needs SHARED=path of the shared folder" >&2; exit 2; }
	@SHARED="$(abspath $(SHARED))" $(PYTEST) -m "shared and not endurance"

## make endurance           hours: 50 kills in 2,000 tasks, 10,000 tasks in flat memory, 10,000 hostile pages; resumable
endurance: system-test $(VENV)/.ready-dev models
	@$(PYTEST) -m endurance -s

## make lint | format       ruff, mypy and import directions; or put the format right
lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(VENV)/.ready-dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

## make clean               remove the virtual environment and caches
clean:
	@rm -rf "$(VENV)" .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
