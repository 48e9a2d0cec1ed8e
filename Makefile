# The portal's commands. Each installs what it needs first; see README.md.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= .data
export PORT HOST DATA

PY := .venv/bin/python
ASSETS := $(shell find assets -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo run test check bench lock clean libraries browser

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/installed static/build/portal.js libraries ## Run the portal with demo data until Ctrl-C (PORT, HOST, DATA)
	@exec $(PY) -m scripts.demo

run: .venv/installed static/build/portal.js libraries ## The same with Django's development server and reload
	@exec $(PY) -m scripts.demo --reload

test: .venv/installed static/build/portal.js browser ## Run every test, journeys in a real browser included
	@$(PY) -m pytest -n 2 --dist loadfile

check: .venv/installed static/build/portal.js libraries ## Format, lint, types, import contracts, migrations, deployment
	@$(PY) -m scripts.check

bench: .venv/installed static/build/portal.js libraries ## Measure against the floors; writes docs/benchmarks.md
	@$(PY) -m benchmarks

lock: .venv/installed ## Compile requirements/*.txt from pyproject.toml, keeping what still fits (UPGRADE=1 takes newer)
	@$(PY) -m scripts.lock $(if $(UPGRADE),--upgrade)

clean: ## Remove .venv, the data folder .data and the built assets
	@if [ -x $(PY) ] && [ -d .data ]; then for d in .data .data/test; do $(PY) -m qa_portal.embedded stop --data $$d; done; fi
	rm -rf .venv .data static/build

.venv/installed: requirements/dev.txt
	@$(PYTHON) scripts/environment.py

static/build/portal.js: .venv/installed package.json package-lock.json $(ASSETS)
	@$(PY) -m scripts.assets

libraries: .venv/installed
	@$(PY) -m scripts.system_libraries

browser: .venv/installed
	@$(PY) -m scripts.system_libraries --with-browser
