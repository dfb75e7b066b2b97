# `make run` and `make test` are all the set-up there is. They need Python 3.11 or later and make.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
JOBS ?= auto
COMPARISONS ?= 1000000
UV_VERSION := 0.13.9

VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH := $(VENV)/bench

# durable-rules calls a function that Python 3.13 removed and that this one replaces, argument for argument.
BUILD_FLAGS := CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject

.DEFAULT_GOAL := help
.PHONY: help run docs test bench soak fmt lock clean system-packages

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------------------------------------------- use

run: $(INSTALLED)  ## start the service on 127.0.0.1:8080 with the shipped rulebook, reloading as it is edited
	$(BIN)/compliance serve --watch --host $(HOST) --port $(PORT)

docs: $(INSTALLED)  ## make a site of the shipped rulebook in build/docs, to be opened with any browser
	$(BIN)/compliance docs build/docs

# ---------------------------------------------------------------------------------------------------- check

# The tests come last, so that pytest's closing line closes the output.
test: $(INSTALLED)  ## check everything: format, lint, types, layers, rulebook, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/compliance check --places
	$(BIN)/pytest --numprocesses=$(JOBS) --maxprocesses=8 --dist=worksteal

# ---------------------------------------------------------------------------------------------------- measure

bench: $(BENCH)/.installed  ## measure against other engines, and the service over HTTP (15 minutes; QUICK=--quick: 3)
	$(BENCH)/bin/python -m benchmarks $(QUICK)
	$(BENCH)/bin/python -m benchmarks.scale $(QUICK)
	$(BENCH)/bin/python -m benchmarks.http $(QUICK)

soak: $(INSTALLED)  ## what takes too long for `test`: kill rounds, millions of comparisons
	$(BIN)/pytest -m soak --comparisons=$(COMPARISONS)

# ---------------------------------------------------------------------------------------------------- keep

fmt: $(INSTALLED)  ## put code and rule files into their one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .
	$(BIN)/compliance fmt

# Pins stay as they are unless pyproject.toml asks otherwise; `make lock UPGRADE=--upgrade` takes what is newest.
lock:  ## write requirements.lock anew from pyproject.toml
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet uv==$(UV_VERSION)
	$(VENV)/lock/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 $(UPGRADE) \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
		--output-file requirements.lock

clean:  ## remove the environment and everything built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------------- set up

$(INSTALLED): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@command -v cc >/dev/null \
		|| { echo "a C compiler is needed, since durable-rules comes as source: make system-packages" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BUILD_FLAGS) $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The other engines live in an environment of their own: the service must not need them.
$(BENCH)/.installed: $(INSTALLED) benchmarks/requirements.txt
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(BUILD_FLAGS) $(BENCH)/bin/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BUILD_FLAGS) $(BENCH)/bin/pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What pip cannot bring: a compiler for durable-rules, a browser for the browser tests (which skip without one).
system-packages:  ## install what is missing of the compiler and the browser (Debian, as root)
	@missing=; \
	command -v cc >/dev/null || missing="$$missing gcc libc6-dev"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	test -z "$$missing" && exit 0; \
	echo "installing$$missing"; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $$missing >/dev/null
