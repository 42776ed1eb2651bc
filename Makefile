# Each target bootstraps .venv by itself and does nothing slow the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: install run flow test review lint bench
.DEFAULT_GOAL := run

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

install: $(VENV)/.run

run: $(VENV)/.run
	@$(BIN)/topology run

flow: $(VENV)/.run
	@$(BIN)/topology run --prefect

review: $(VENV)/.run
	@$(BIN)/topology review

test: $(VENV)/.test
	$(BIN)/python -m pytest

lint: $(VENV)/.test
	$(BIN)/ruff format --check pipeline tests
	$(BIN)/ruff check pipeline tests
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m pytest tests/benchmarks -n 0 -s -o python_files='bench_*.py'
