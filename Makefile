# run: the portal with everything it needs.  test: every check.  check: the quick ones.  bench: the measurements.  screenshots: docs/.
# messages: the phrases of the source into locale/, where what is new waits for its English.  lock: new versions.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check browser bench screenshots messages lock clean

run: .venv/run
	@$(BIN)/portal demo $(ARGS)

test: .venv/dev browser
	@$(BIN)/python -m pytest $(ARGS)

check: .venv/dev
	@$(BIN)/python -m pytest $(SLOW:%=--ignore=tests/%) $(ARGS)
SLOW := browser faults commands demo exchange test_embedded.py test_mailcatcher.py intake/test_hostile_mail.py

browser:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } > /dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && echo "Installing Chromium ..." && \
	  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes chromium; } > /dev/null 2>&1; } || { \
	  echo "Chromium is missing: sudo apt-get install chromium"; exit 1; }

bench: .venv/dev .venv/bench browser
	@for measure in requests hostile mail search scale indexing typists keystroke worklist likeness reports pages phone; do echo "== $$measure"; $(BIN)/python bench/$$measure.py || exit 1; done
	@for measure in letters crash_points takeover mail_crowd; do echo "== $$measure"; $(BIN)/python -m bench.$$measure || exit 1; done

screenshots: .venv/dev browser
	@$(BIN)/python -m tests.browser.screenshots

messages: .venv/dev
	@$(BIN)/pybabel --quiet extract --mapping babel.cfg --add-location file --omit-header --output .messages.pot .
	@$(BIN)/pybabel --quiet update --input-file .messages.pot --output-file locale/en/LC_MESSAGES/portal.po --locale en \
	  --no-fuzzy-matching --ignore-obsolete --omit-header --width 120
	@rm .messages.pot

lock: .venv/dev
	@$(BIN)/uv --quiet pip compile $(LOCK) --extra demo --extra build --output-file requirements.lock
	@$(BIN)/uv --quiet pip compile $(LOCK) --extra demo --extra dev --extra build --constraint requirements.lock \
	  --output-file requirements-dev.lock
	@$(BIN)/uv --quiet pip compile $(LOCK) --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock
LOCK := pyproject.toml --universal --upgrade --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

# One left half-made, by a Python without ensurepip, has no pip: it is made anew.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("The portal needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || { echo "Python has no venv here: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/run: requirements.lock pyproject.toml | .venv/bin/pip
	@echo "Installing $$(grep -c == requirements.lock) packages of requirements.lock into .venv: a minute or two ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml | .venv/bin/pip
	@echo "Installing $$(grep -c == requirements-dev.lock) packages of requirements-dev.lock into .venv: a minute or two ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ .venv/run

.venv/bench: requirements-bench.lock | .venv/dev
	@echo "Installing what requirements-bench.lock names into .venv ..."
	@$(INSTALL) --require-hashes -r requirements-bench.lock
	@touch $@
INSTALL := $(BIN)/pip --quiet --disable-pip-version-check install

clean:
	rm -rf .venv .demo
