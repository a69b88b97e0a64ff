# make demo    clean the scanned release in fixtures/ and show what was done
# make test    run the tests
# make check   tests, types and style
# make bench   every benchmark in benchmarks/, each on its development data or else on fixtures/
#
# Each target does all set-up itself: a virtual environment in .venv, the package, tesseract with English and French.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= demo-output

.PHONY: setup engine demo test lint types check bench clean

setup: $(VENV)/.installed engine

# Where there is no Python, or one without ensurepip (Debian's python3 without python3-venv), it is installed first.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tools/apt-install python3-venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ocrclean needs Python 3.11 or later; set PYTHON=/path/to/python3.11" >&2; exit 4; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

engine:
	@tools/check-tesseract || tools/apt-install tesseract-ocr tesseract-ocr-eng tesseract-ocr-fra tesseract-ocr-osd
	@tools/check-tesseract

demo: setup
	rm -rf $(OUT)
	$(BIN)/ocrclean run fixtures/release.pdf fixtures/bilingual.png fixtures/atip-page.txt --output $(OUT)
	$(BIN)/ocrclean verify $(OUT)
	$(BIN)/ocrclean trace $(OUT)/atip-page.txt "social credibility within the group.¹³¹"
	@echo "Read $(OUT)/*/clean.txt beside raw.txt, or: $(BIN)/ocrclean show $(OUT)/release.pdf"

test: setup
	$(BIN)/python -m pytest -q

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

check: lint types test

# One alone: python benchmarks/NAME.py (--help says more). A benchmark that fails does not stop the others.
bench: setup
	@failed=""; for script in benchmarks/*.py; do \
	  echo "== $$script"; $(BIN)/python $$script || failed="$$failed $$script"; echo; \
	done; [ -z "$$failed" ] || { echo "failed:$$failed" >&2; exit 1; }

clean:
	rm -rf $(VENV) $(OUT) .mypy_cache .pytest_cache .ruff_cache .hypothesis
