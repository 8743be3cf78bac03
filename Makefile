# The commands of this project, the same by hand and in continuous integration.
# Every path is relative, so that the folder's own path may hold spaces.

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
ARGS ?=

# Translations must not depend on the language of the person who types make.
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-fast test-looks check fix bench load messages styles walls states retention lock clean

help:
	@echo 'make demo      install, start a demonstration at 127.0.0.1:8000 (PORT=, CONFIDENTIAL_VAR=)'
	@echo 'make test      install and run every test, in a browser too (ARGS="-k name")'
	@echo 'make test-fast the tests that take no browser and not long: a sign on the way, no proof'
	@echo 'make test-looks  every journey on each screen in each language'
	@echo 'make check     format, lint, types, templates, imports, migrations, translations, security'
	@echo 'make fix       mend what can be mended by itself'
	@echo 'make bench     measure speed, say what became slower (ARGS=--keep)'
	@echo 'make load      200 people at once for 10 minutes (ARGS="--minutes 1 --people 20"); prints a table'
	@echo 'make messages  bring the translation files up to date with the texts of the program'
	@echo 'make styles    cut Bootstrap to what the pages use, into static/css/'
	@echo 'make walls     write docs/walls.md from the catalogue of a database'
	@echo 'make states    write docs/states.md from the tables of steps'
	@echo 'make retention write docs/retention.md from the schedule'
	@echo 'make lock      choose new versions of the dependencies (needs uv)'
	@echo 'make clean     remove what was installed and made; the data in var/ stays'

demo: .venv/demo.installed $(CATALOGUES)
	@exec $(PY) manage.py demo

test: .venv/test.installed $(CATALOGUES)
	@sh tools/ensure_browser.sh
	@exec $(PY) -m pytest -n auto $(ARGS)

test-fast: .venv/test.installed $(CATALOGUES)
	@exec $(PY) -m pytest -n auto -m "not browser and not slow" $(ARGS)

test-looks: .venv/test.installed $(CATALOGUES)
	@sh tools/ensure_browser.sh
	@LOOKS=all exec $(PY) -m pytest -n auto tests/journeys $(ARGS)

check: .venv/check.installed $(CATALOGUES)
	@exec $(PY) tools/check.py $(ARGS)

fix: .venv/check.installed
	@exec $(PY) tools/fix.py

bench: .venv/bench.installed $(CATALOGUES)
	@sh tools/ensure_browser.sh
	@exec $(PY) -m benchmarks $(ARGS)

load: .venv/bench.installed $(CATALOGUES)
	@exec $(PY) -m benchmarks.crowded $(ARGS)

messages: .venv/demo.installed
	@exec $(PY) tools/update_messages.py

styles: .venv/demo.installed
	@exec $(PY) tools/cut_styles.py

walls: .venv/demo.installed
	@exec $(PY) -m tools.walls_document

states: .venv/demo.installed
	@exec $(PY) -m tools.states_document

retention: .venv/demo.installed
	@exec $(PY) -m tools.retention_document

lock:
	@PATH="$$PATH:.venv/bin" sh tools/lock.sh $(ARGS)

clean:
	rm -rf .venv staticfiles .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo

# A .mo file is compiled without GNU gettext, which a fresh machine lacks.
%.mo: %.po .venv/demo.installed
	@$(PY) tools/compile_messages.py "$<"

# ---- installing: again only when a lock file changed ----

.venv/python.made:
	@$(PYTHON) tools/make_venv.py

.venv/demo.installed: .venv/python.made requirements/base.txt requirements/embedded.txt
	@echo 'Installing what the application needs ...'
	@$(PIP) install -q --require-hashes -r requirements/base.txt
	@$(PIP) install -q --require-hashes -r requirements/embedded.txt
	@touch $@

.venv/test.installed: .venv/demo.installed requirements/test.txt
	@echo 'Installing what the tests need ...'
	@$(PIP) install -q --require-hashes -r requirements/test.txt
	@touch $@

.venv/check.installed: .venv/test.installed requirements/check.txt
	@echo 'Installing what the checks need ...'
	@$(PIP) install -q --require-hashes -r requirements/check.txt
	@touch $@

.venv/bench.installed: .venv/test.installed requirements/bench.txt
	@echo 'Installing what the benchmarks compare with ...'
	@$(PIP) install -q --require-hashes -r requirements/bench.txt
	@touch $@
