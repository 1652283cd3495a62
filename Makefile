# Two commands: `make demo` and `make test`. Both need git, make and a Python 3, nothing more.

PYTHON3 ?= $(shell command -v python3 || command -v python)
BIN := .venv/bin
export CONFIGURATION_FILE ?= tests/settings.env
TEMPLATES := templates $(wildcard */templates oficina/*/templates)
UV := .tools/uv/bin/uv
COMPILE := $(UV) pip compile -q --universal --python-version 3.13 --generate-hashes --no-emit-index-url --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test kill soak soak-selftest lint audit format lock bench

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 24

demo: ## Run the portal with the data of a fictitious utility, on http://127.0.0.1:8000 (PORT moves it)
	@$(PYTHON3) scripts/bootstrap.py demo
	@exec env -u CONFIGURATION_FILE $(BIN)/python -m oficina.demo

demo-reset: ## Forget the data of the demo and start from nothing
	@$(PYTHON3) scripts/bootstrap.py demo
	@exec env -u CONFIGURATION_FILE $(BIN)/python -m oficina.demo --reset

test: ## All tests, in a real browser too (ARGS="tests/billing -x" for some of them)
	@$(PYTHON3) scripts/bootstrap.py test
	@$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

kill: ## Kill web and worker at each place where work is half done (ROUNDS=20 at each; docs/killing-processes.md)
	@$(PYTHON3) scripts/bootstrap.py test
	@KILL_ROUNDS=$(or $(ROUNDS),20) $(BIN)/pytest tests/kill $(ARGS)

soak: ## Look at random for a way to make the money go wrong (SECONDS=300, SEED=… repeats a run; docs/soak.md)
	@$(PYTHON3) scripts/bootstrap.py test
	@$(BIN)/python -m tests.soak $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

soak-selftest: ## Put known bugs in and see that the soak finds each (SECONDS=120 for each at most, SEED=1)
	@$(PYTHON3) scripts/bootstrap.py test
	@$(BIN)/python -m tests.soak.selftest $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

lint: ## Everything that can be checked without running the portal
	@$(PYTHON3) scripts/bootstrap.py lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py document_configuration --check
	$(BIN)/python scripts/check_requirements.py

format: ## Lay the code out and mend what can be mended
	@$(PYTHON3) scripts/bootstrap.py lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python manage.py document_configuration

lock: ## Compile requirements/*.txt anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(PYTHON3) scripts/bootstrap.py lint
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group demo --group test --group lint -o requirements/development.txt
	$(COMPILE) pyproject.toml --group demo -c requirements/development.txt -o requirements/demo.txt
	$(COMPILE) pyproject.toml -c requirements/development.txt -o requirements/production.txt

bench: ## Measure what the README states
	@$(PYTHON3) scripts/bootstrap.py test
	@if [ -d benchmarks ]; then $(BIN)/python -m benchmarks $(ARGS); else echo "There are no benchmarks yet."; fi
