SOURCES ?= samples
OUTPUT ?= output
PYTHON ?=
STAMP := .venv/set-up
VERSION := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

check: $(STAMP)
	.venv/bin/python -m ruff check
	.venv/bin/python -m mypy
	.venv/bin/python -m cogapp --check README.md docs/questions.md
	.venv/bin/python -m pytest

test: check

ingest run: $(STAMP)
	.venv/bin/jixiao ingest $(SOURCES) --output "$(OUTPUT)" --upgrade

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@for python in $(PYTHON) python3.11 python3 python; do \
	  if "$$python" -c '$(VERSION)' 2>/dev/null; then exec "$$python" -m venv .venv; fi; \
	done; echo '需要 Python 3.11 或更高版本（含 venv 模块）；可用 make PYTHON=路径 指定。' >&2; exit 1
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

golden: $(STAMP)
	.venv/bin/python tests/golden_records.py
score: $(STAMP)
	.venv/bin/python tests/labelled.py
bench: $(STAMP)
	.venv/bin/python -m bench && .venv/bin/python -m bench.nightly && .venv/bin/python -m bench.million_findings && .venv/bin/python -m bench.reconcile

docs: $(STAMP)
	.venv/bin/python -m cogapp -r README.md docs/questions.md

clean:
	rm -rf .venv output build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: check test ingest run setup golden score bench docs clean
