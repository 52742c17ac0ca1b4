# Aircheck: `make run` and `make test` are the two that a newcomer needs; both set everything up first.

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format screenshots translations bench

BIN := .venv/bin
# Test files that run at once; most of their time is waiting for real recordings.
JOBS ?= 3

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## system packages, .venv, locked versions; nothing when that is done
	@.ci/setup

run: setup ## open the window; without a display, run the demo in the terminal
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
	  exec $(BIN)/aircheck; \
	else \
	  echo 'No display here, so no window: running the demo in the terminal.'; \
	  exec $(BIN)/aircheck demo; \
	fi

demo: setup ## record, transcribe, find, export and verify the sample broadcast (offline, under a minute)
	@$(BIN)/aircheck demo

test: setup check ## the checks, then every test
	@$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile

check: setup ## ruff, import-linter, mypy
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: setup ## rewrite the sources as ruff would have them
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: setup ## grab the window's pages and states, light, dark and in high contrast, at 100 and 200 %, into build/screenshots
	@for scale in 1 2; do \
	  QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=$$scale AIRCHECK_SCREENSHOTS=1 \
	    $(BIN)/pytest tests/app/gui/test_looks*.py -q || exit 1; \
	done
	@ls build/screenshots

translations: setup ## bring the window's translations up to date with its sentences
	@$(BIN)/python resources/make_translations.py

bench: setup ## what a recording costs: CPU, memory, journal rate
	@$(BIN)/pip install --quiet -c .ci/constraints.txt --no-build-isolation --editable '.[bench]' \
	  || echo 'streamlink is not to be had: it is left out.'
	@$(BIN)/pytest tests/bench --override-ini=python_files="bench_*.py" -q -s
