# make report, make test: both make .venv first, from requirements.lock; nothing is done twice.
DATA ?=
OUT ?= data/derived
PYTHON ?= python3
BSI = .venv/bin/python -m bsi
DATA_FLAG = $(if $(DATA),--data "$(DATA)",)
STAMP = .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help report build notebooks figures gallery test lab bench lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bsi needs Python 3.11 or newer; try: make PYTHON=python3.12 report"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "setting up .venv from requirements.lock (once; about a minute) ..."
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --allow-existing --python "$$(command -v $(PYTHON))" .venv && uv pip install -q --compile-bytecode --python .venv/bin/python --require-hashes -r requirements.lock && \
	  uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .; \
	else \
	  $(PYTHON) -m venv .venv && .venv/bin/python -m pip install -q --require-hashes -r requirements.lock && \
	  .venv/bin/python -m pip install -q --no-deps --no-build-isolation -e .; \
	fi
	@touch $(STAMP)

report: $(STAMP) ## register, notebooks, figures and report: of DATA=folder, else of data/, else of the synthetic sample
	@$(BSI) build $(DATA_FLAG) --out "$(OUT)"
	@$(BSI) notebooks --out "$(OUT)"
	@$(BSI) report --out "$(OUT)"

build: $(STAMP) ## the register alone
	@$(BSI) build $(DATA_FLAG) --out "$(OUT)"

notebooks: $(STAMP) ## run every notebook whose inputs changed
	@$(BSI) notebooks --out "$(OUT)"

figures: $(STAMP) ## export every figure
	@$(BSI) figures --out "$(OUT)"

gallery: $(STAMP) ## remake the README's pictures: make gallery DATA=folder
	@$(BSI) build $(DATA_FLAG) --out data/derived/gallery
	@.venv/bin/python scripts/make_gallery.py data/derived/gallery

test: $(STAMP) ## lint and all tests
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check --quiet bsi tests scripts benchmarks || { echo "format: run .venv/bin/ruff format"; exit 1; }
	@.venv/bin/python -m pytest -q

lab: $(STAMP) ## JupyterLab in notebooks/
	@JUPYTER_CONFIG_PATH="$(CURDIR)/scripts/jupyter" .venv/bin/python -m jupyter lab --notebook-dir=notebooks

bench: $(STAMP) ## speed and quality, written to benchmarks/: make bench DATA=folder
	@.venv/bin/python benchmarks/run.py $(DATA_FLAG)

lock: ## pin the dependencies anew (needs uv)
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q -o requirements.lock

clean: ## remove what can be made again
	rm -rf data/derived report .pytest_cache .ruff_cache
	find figures -mindepth 1 -maxdepth 1 ! -name gallery ! -name ".git*" -exec rm -rf {} +
