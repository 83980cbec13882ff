# Needs make and Python 3.11 or newer, nothing else. Everything is installed into .venv in this folder, by the
# first target that needs it and again when pyproject.toml has changed.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_VENV := $(VENV)/bench
BENCH_INSTALLED := $(BENCH_VENV)/.installed
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format docs stories bench bench-bank bench-feed bench-simulators clean

help: ## Show this list
	@echo 'make TARGET [ARGS="..."]; ARGS go to the command behind demo, test and the benches.'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Set up .venv with wardwatch and all tools

demo: $(INSTALLED) ## Run everything on this machine, e.g. ARGS="--seconds 20"
	@$(BIN)/wardwatch demo $(ARGS)

test: $(INSTALLED) ## Run the tests on all cores, e.g. ARGS="-k news2"
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

lint: $(INSTALLED) ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(INSTALLED) ## Mend what the linter can mend by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(INSTALLED) ## Write what docs/ has from the code anew: tables, a diagram, the feed's messages
	@$(BIN)/python -m docs.generate

stories: $(INSTALLED) ## Write what comes of the clinical stories anew; read the difference before you keep it
	@$(BIN)/python -m tests.scenarios.golden $(ARGS)

bench: $(BENCH_INSTALLED) ## Measure readings a second beside other libraries, e.g. ARGS="--json"
	@$(BENCH_VENV)/bin/python -m benchmarks.drain $(ARGS)

bench-bank: $(INSTALLED) ## Measure what judging a reading takes, in time and memory, e.g. ARGS="--json"
	@$(BIN)/python -m benchmarks.bank $(ARGS)

bench-feed: $(INSTALLED) ## Measure how the feed tells thousands of consoles, and how they come back, e.g. ARGS="--json"
	@$(BIN)/python -m benchmarks.fanout $(ARGS)
	@$(BIN)/python -m benchmarks.storms $(ARGS)

bench-simulators: $(INSTALLED) ## Measure how like real wearers the simulated ones are, and whether they are on time, e.g. ARGS="--json"
	@$(BIN)/python -m benchmarks.lateness $(ARGS)
	@$(BIN)/python -m benchmarks.realism $(ARGS)

clean: ## Remove .venv, caches and what tests have downloaded
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build tests/kafka/target tests/browser/artefacts tests/asyncapi/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Says what it does on standard error: standard output belongs to the command that follows.
$(INSTALLED): pyproject.toml
	@if [ ! -x $(BIN)/python ]; then \
	  found=; \
	  for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      found="$$candidate"; break; \
	    fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "wardwatch needs Python 3.11 or newer: install one, or name it with make PYTHON=/path/to/python." >&2; \
	    exit 1; \
	  fi; \
	  "$$found" -m venv $(VENV); \
	fi
	@echo "Installing wardwatch into $(VENV); this takes a minute." >&2
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' >&2 # the first that knows --group
	@$(BIN)/python -m pip install --quiet --editable . --group dev >&2
	@touch $@

# An environment of its own: what wardwatch is compared with wants older versions of what it uses itself.
$(BENCH_INSTALLED): $(INSTALLED)
	@echo "Installing wardwatch and what it is compared with into $(BENCH_VENV); this takes a minute." >&2
	@$(BIN)/python -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install --quiet --upgrade 'pip>=25.1' >&2
	@$(BENCH_VENV)/bin/python -m pip install --quiet --editable . --group bench >&2
	@touch $@
