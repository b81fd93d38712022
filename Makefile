# Everything a newcomer needs is `make run`; everything a contributor needs is `make test`.
# Both build .venv on first use and install again only when a lock file has changed. The locks hold
# every version with its hashes, so what is installed is what was tested, to the byte.

PORT    ?= 8501
WORKERS ?= 2
FUZZ_LINES ?= 1000000
FUZZ_SEED  ?= 1
KILLS      ?= 200
SESSIONS   ?= 4
SOAK_SEED  ?= 1
# Tried in this order, newest first; `make PYTHON=/path/to/python3 run` tries only that one.
PYTHON  ?= python3.13 python3.12 python3.11 python3

VENV := .venv
PY   := $(VENV)/bin/python

TOOLS := $(VENV)/tools
UV    := uv~=0.13.9
AUDIT := pip-audit~=2.10
RENEW := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --upgrade \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test lint bench bench-quick fuzz soak lock audit clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

run: $(VENV)/run.stamp ## start the dashboard on http://127.0.0.1:8501 (PORT=… for another port)
	@exec $(PY) -m streamlit run app.py --server.port $(PORT)

test: lint ## format, lint, types, then every test
	@$(PY) -m pytest -n $(WORKERS)

lint: $(VENV)/test.stamp ## format, lint and types only
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

bench: $(VENV)/test.stamp ## measure what the README claims about speed (half an hour, 40 GB of disk)
	@PYTHONPATH=. $(PY) benchmarks/run.py

bench-quick: $(VENV)/test.stamp ## the same at a hundredth of the size, within five minutes
	@PYTHONPATH=. $(PY) benchmarks/run.py --quick

fuzz: $(VENV)/test.stamp ## load a million spoiled lines (FUZZ_LINES=…, FUZZ_SEED=…)
	@PYTHONPATH=. $(PY) tests/formats/fuzz.py --lines $(FUZZ_LINES) --seed $(FUZZ_SEED)

soak: $(VENV)/test.stamp ## kill -9 in the middle of things (KILLS=…), many sessions (SESSIONS=…)
	@PYTHONPATH=. $(PY) tests/faults/soak.py --kills $(KILLS) --sessions $(SESSIONS) --seed $(SOAK_SEED)

lock: $(TOOLS)/stamp ## renew the lock files: the newest versions that the requirements allow
	@$(TOOLS)/bin/uv pip compile $(RENEW) requirements.txt -o requirements.lock
	@$(TOOLS)/bin/uv pip compile $(RENEW) requirements-dev.txt -c requirements.lock \
		-o requirements-dev.lock

audit: $(TOOLS)/stamp ## ask the package registry for known vulnerabilities of what is locked
	@$(TOOLS)/bin/pip-audit --vulnerability-service pypi --disable-pip --require-hashes \
		--progress-spinner off --timeout 15 -r requirements-dev.lock

clean: ## remove the environment and caches; loaded data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate has to run, be new enough and be able to make an environment: version managers leave
# commands on the path that only print an error, and Debian ships Python without ensurepip.
$(PY):
	@for python in $(PYTHON); do \
		if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then echo "Making $(VENV) with $$("$$python" --version)"; exec "$$python" -m venv --clear $(VENV); fi; \
	done; \
	echo "Python 3.11 or newer with its venv module is needed; tried: $(PYTHON)." >&2; exit 1

# The stamps are written last, so an interrupted installation is taken up again.
$(VENV)/run.stamp: requirements.lock $(PY)
	@echo "Installing requirements.lock"
	@$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock requirements.lock $(PY)
	@echo "Installing requirements-dev.lock"
	@$(PY) -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/run.stamp

# What looks after the locks: apart, so that it changes nothing of what runs.
$(TOOLS)/stamp: $(PY)
	@$(PY) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet '$(UV)' '$(AUDIT)'
	@touch $@
