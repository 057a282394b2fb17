# run: the portal with everything it needs.  test: every check.  bench: the measurements.  lock: new versions.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test bench lock clean

run: .venv/run
	@$(BIN)/portal demo $(ARGS)

test: .venv/dev
	@$(BIN)/python -m pytest $(ARGS)

bench: .venv/dev
	@for measure in bench/*.py; do echo "== $$measure"; $(BIN)/python $$measure || exit 1; done

lock: .venv/dev
	@$(BIN)/uv --quiet pip compile $(LOCK) --extra demo --extra build --output-file requirements.lock
	@$(BIN)/uv --quiet pip compile $(LOCK) --all-extras --constraint requirements.lock --output-file requirements-dev.lock
LOCK := pyproject.toml --universal --upgrade --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The portal needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what requirements.lock names into .venv ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Installing what requirements-dev.lock names into .venv ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ .venv/run
INSTALL := $(BIN)/pip --quiet --disable-pip-version-check install

clean:
	rm -rf .venv .demo
