# Each target bootstraps .venv by itself and does nothing slow the second time. Needs Python 3.11 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: install run flow test review lint bench dictionary
.DEFAULT_GOAL := run

$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "needs Python 3.11 or newer, this is %d.%d: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) -e '.[test]'
	@touch $@

install: $(VENV)/.run

# Exit code 1 means: done, with issues to clear; they are told. Make would call that a failure.
run: $(VENV)/.run
	@$(BIN)/topology run || [ $$? -eq 1 ]

flow: $(VENV)/.run
	@$(BIN)/topology run --prefect || [ $$? -eq 1 ]

review: $(VENV)/.run
	@$(BIN)/topology review

test: $(VENV)/.test
	$(BIN)/python -m pytest

dictionary: $(VENV)/.run
	@$(BIN)/python -c "from pipeline import contract; print(contract.write_dictionary(), end='')" > DATA_DICTIONARY.md

lint: $(VENV)/.test
	$(BIN)/ruff format --check pipeline tests
	$(BIN)/ruff check pipeline tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

bench: $(VENV)/.test
	$(BIN)/python -m pytest tests/benchmarks -n 0 -s -o python_files='bench_*.py'
