# One command opens the course, one command tests it. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
NBVAL := $(BIN)/pytest --nbval --nbval-current-env --nbval-cell-timeout=120 -n 2 --dist loadfile -p no:cacheprovider
NOTEBOOKS = $(wildcard notebooks/0*.ipynb) $(wildcard solutions/*.ipynb)
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

# what the masters pass while they are tested is kept apart from your own progress
test unit nbval notebooks: export LESSONLIB_PROGRESS = $(CURDIR)/artefacts/progress.json

.PHONY: help env test-env lab test lint unit nbval notebooks release bench constraints clean

help:
	@echo "make lab         install the course on first use and open it in JupyterLab"
	@echo "make test        run every check: style, linter, unit tests, every notebook"
	@echo "make env         only make the environment (.venv)"
	@echo "make notebooks   run all lessons again and store what they print"
	@echo "make release     derive the learners' notebooks from the masters and the bank of exercises"
	@echo "make lint | unit | nbval   one part of make test"
	@echo "make bench       measure trainers and tables against gensim (about 20 minutes)"
	@echo "make constraints solve the exact versions in constraints.txt again"
	@echo "make clean       remove .venv and caches; work/ stays"

env: .venv/ready
test-env: .venv/ready-for-tests

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version 2>&1); try: make lab PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m lessonlib doctor
	@echo "Compiling UMAP for this processor, once (half a minute), so that lesson 07 need not."
	@$(BIN)/python -c "import umap"
	@touch $@

.venv/ready-for-tests: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,site]'
	@touch $@

lab: env
	$(BIN)/python -m lessonlib lab-files
	$(BIN)/jupyter lab --notebook-dir=work --LabApp.default_url=/lab/tree/01_onehot_vs_dense.ipynb $(ROOT_FLAG) $(LAB_ARGS)

test: lint unit nbval

lint: test-env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check lessonlib tools tests benchmarks
	$(BIN)/python -m tools.notebooks lint

unit: test-env
	$(ONE_THREAD) $(BIN)/pytest tests -n 2 --dist loadfile

nbval: test-env
	$(ONE_THREAD) $(NBVAL) $(NOTEBOOKS)

notebooks: test-env
	$(BIN)/python -m tools.notebooks run

release: env
	$(BIN)/python -m lessonlib release

bench: test-env
	$(ONE_THREAD) $(BIN)/python -m benchmarks.speed
	$(ONE_THREAD) $(BIN)/python -m benchmarks.nearest
	$(ONE_THREAD) $(BIN)/python -m benchmarks.vectors

constraints:
	$(PYTHON) -m tools.constraints

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis artefacts
