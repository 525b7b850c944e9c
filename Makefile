# Qiping 企评: every habit of the project is a target here.
.DEFAULT_GOAL := help
.PHONY: help demo test serve bench fonts setup lint screens
PY := .venv/bin/python

help: ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## set up, run three quarters of the sample county, show the results
	@.ci/setup demo
	@.venv/bin/survey --instance instance/demo demo

test: ## set up, lint, check types, run every test
	@.ci/setup test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@$(PY) -m pytest -n 2 --dist loadscope

serve: ## open hall and desk of the demo county on this machine
	@.ci/setup demo
	@.venv/bin/survey --instance instance/demo serve both

bench: ## measure promises of speed against a reference of the same run
	@.ci/setup test
	@.venv/bin/pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e ".[bench]"
	@for bench in tests/bench/bench_*.py; do $(PY) -m $$(echo $${bench%.py} | tr / .) || exit 1; done

fonts: ## build the fonts of the letters into instance/fonts
	@.ci/setup demo

screens: ## picture every page of the demonstration into tests/artefacts/screens
	@.ci/setup test
	@$(PY) -m tests.browser.screens
