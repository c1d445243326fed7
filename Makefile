# Every habit of this project, as one word. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
RUN_STAMP := .venv/installed-to-run
DEV_STAMP := .venv/installed-to-develop
BENCH_STAMP := .venv/installed-to-compare
BROWSER_STAMP := .venv/installed-to-browse
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-browser screenshots fuzz check format lock bench bench-http bench-archive catalogue eval clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUN_STAMP) ## Make .venv with the policy-archive command in it

demo: $(RUN_STAMP) ## Ingest the sample articles and serve them on http://127.0.0.1:8000/
	@$(BIN)/policy-archive demo

test: $(DEV_STAMP) ## Run the tests
	@$(BIN)/python -m pytest $(ARGS)

test-browser: $(DEV_STAMP) $(BROWSER_STAMP) ## Run the tests that look at pages in Chromium; installs what they need
	@$(BIN)/python -m pytest --browser tests/browser $(ARGS)

screenshots: $(DEV_STAMP) $(BROWSER_STAMP) ## Take pictures of every type of page: all into screenshots/, some into docs/
	@$(BIN)/python -m tests.browser.screenshots

fuzz: $(DEV_STAMP) ## Run the property tests on new random examples, many more of them
	@$(BIN)/python -m pytest --hypothesis-profile=fuzz -m hypothesis $(ARGS)

check: $(DEV_STAMP) ## Run ruff, the type checker and the import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV_STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogue: $(RUN_STAMP) ## List anew what pages say, for translators: app/translations/messages.pot
	$(BIN)/python -m app.translations

lock: ## Lock the dependencies of pyproject.toml anew, with hashes (needs uv)
	uv lock --upgrade
	uv export --quiet --format requirements-txt --extra meaning --no-default-groups --group build --no-emit-project --no-header -o requirements.txt
	uv export --quiet --format requirements-txt --extra meaning --no-emit-project --no-header -o requirements-dev.txt
	uv export --quiet --format requirements-txt --only-group bench --no-emit-project --no-emit-package pip --no-header -o requirements-bench.txt
	uv export --quiet --format requirements-txt --only-group browser --no-emit-project --no-header -o requirements-browser.txt
	rm uv.lock

bench: $(DEV_STAMP) $(BENCH_STAMP) ## Compare our engine with others at SIZE articles (10000 if not given)
	@$(BIN)/python -m benchmarks.engines --size $(or $(SIZE),10000) $(ARGS)

bench-http: $(DEV_STAMP) $(BENCH_STAMP) ## Compare our pages with Datasette's at SIZE articles (10000 if not given)
	@$(BIN)/python -m benchmarks.served --size $(or $(SIZE),10000) $(ARGS)

bench-archive: $(RUN_STAMP) ## Time ingest and searches on the articles in BENCH (a path; the sample articles if not given)
	$(BIN)/python benchmarks/archive.py $(or $(BENCH),seeds)

eval: $(DEV_STAMP) ## Measure relevance on COLLECTION (a folder; our judged collections if not given)
	@$(BIN)/python benchmarks/relevance.py $(COLLECTION) $(ARGS)

clean: ## Remove what was made: environment, caches, the demo's data
	rm -rf .venv tests/browser/node_modules screenshots .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache data

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which with PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_STAMP): requirements.txt pyproject.toml | .venv/bin/python
	$(PIP) install --no-deps --require-hashes -r requirements.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	$(PIP) install --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

# What can't be installed is told, and the tests that need it are skipped.
$(BROWSER_STAMP): requirements-browser.txt tests/browser/package-lock.json $(DEV_STAMP)
	@missing="$$({ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || echo chromium; \
		command -v npm >/dev/null || echo nodejs npm)"; \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq $$missing >/dev/null; } || \
		echo "Missing, and can't be installed here:" $$missing "(Debian's packages)."
	@$(PIP) install --no-deps --require-hashes -r requirements-browser.txt || echo "Playwright could not be installed."
	@npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error || \
		echo "axe-core, Lighthouse and html-validate could not be installed."
	@touch $@

# Where one of these can't be installed, the comparison says so in its place.
$(BENCH_STAMP): requirements-bench.txt $(DEV_STAMP)
	$(PIP) install --no-deps --require-hashes -r requirements-bench.txt && touch $@ || \
		echo "Not all engines to compare with could be installed; those are left out."
