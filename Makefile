# Two commands matter: `make run` and `make test`.  `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export VEKHA_DATA ?= $(CURDIR)/data

.PHONY: help run test check bench conformance screenshots lock accept clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## load the five example roadmaps and serve them on 127.0.0.1:8000
	$(BIN)/vekha demo

test: $(VENV)/dev.stamp ## everything CI runs: format, lint, types, import contracts, all tests
	sh .ci/system-packages
	$(MAKE) check
	$(BIN)/python -m pytest

check: $(VENV)/dev.stamp ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp ## scores and speeds, side by side in one run; what lacks ../shared is skipped
	sh .ci/system-packages
	$(BIN)/python -m bench

conformance: $(VENV)/dev.stamp ## the W3C suites through HTTP, beside other engines (needs ../shared)
	$(BIN)/python -m bench.conformance

screenshots: $(VENV)/dev.stamp ## pictures of every page in both languages, light, dark and on a telephone, into ./screenshots
	sh .ci/system-packages
	$(BIN)/python -m bench.screenshots screenshots

accept: $(VENV)/dev.stamp ## rewrite golden files and generated pages; review the difference before you commit
	$(BIN)/python -m pytest -q --accept

lock: $(VENV)/dev.stamp ## resolve the dependencies anew (needs the network)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --group build --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove the virtual environment and the data folder of `make run`
	rm -rf $(VENV) data

$(BIN)/python:
	@sh .ci/environment "$(PYTHON)" "$(VENV)"

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp
