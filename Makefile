# Everything here makes its own environment in .venv first; PYTHON picks the interpreter for it.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types bench gate clean

demo: $(VENV)/installed
	$(BIN)/python -m examples.orders.demo

test: $(VENV)/installed
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed
	$(BIN)/mypy
	$(BIN)/pyright

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks $(ARGS)

gate: $(VENV)/installed
	$(BIN)/python -m benchmarks --gate

$(VENV)/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "flowrt needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.12"; false; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
