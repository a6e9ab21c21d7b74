# Two commands do everything: `make demo` and `make test`. Both may be run again, quickly.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Wheels only, and pip finds no program at all: that no compiler is needed is shown by every installation.
PIP := PATH=/nonexistent $(BIN)/pip --disable-pip-version-check --no-input install -q --only-binary :all: -c constraints.txt

.PHONY: demo test lint clean

demo: $(VENV)/.pipeline
	$(BIN)/callsift demo $(DEMO)

test: $(VENV)/.test
	$(BIN)/python -m tests.servers -- $(BIN)/python -m pytest -n 2 $(TESTS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo 'callsift needs Python 3.11; name it: make PYTHON=/path/to/python3.11'; exit 1; }
	@echo 'Making the environment in $(VENV)/ (once)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.pipeline: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Installing callsift and what it stands on: about 5 GB with PyTorch (once; 2 to 10 minutes)'
	@echo '1 of 3: the installer'
	$(PIP) --upgrade pip
	@echo '2 of 3: its tools'
	$(PIP) setuptools
	@echo '3 of 3: callsift and its libraries; nothing is printed until they are there'
	$(PIP) --no-build-isolation -e '.[pipeline]'
	@touch $@

$(VENV)/.test: $(VENV)/.pipeline
	$(PIP) --no-build-isolation -e '.[pipeline,postgres,test]'
	@touch $@

clean:
	rm -rf $(VENV) demo-data
