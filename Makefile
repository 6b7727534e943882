# The words of the project; `make help` lists them. Everything else is set up on the way.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR)/layers/shared/python
PYTHON_SOURCES := layers/shared/python layers/dependencies functions dev bench tests
need = @command -v python3.13 >/dev/null 2>&1 || { \
	echo "This project needs Python 3.13: install it so that python3.13 is on the PATH." >&2; exit 1; }; \
	python3.13 -I dev/local/set_up.py $(1)

help: ## this list
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the whole product on http://127.0.0.1:8080 (PORT=…, HEADLESS=1, SCENARIO=happy, SHOP_CSV=…)
	$(call need,dev sam ministack) && exec $(PYTHON) -m dev.run

test: ## all tests
	$(call need,dev sam ministack)
	@$(PYTHON) -m pytest

check: ## format, lint, types, layers of the code, template
	$(call need,dev sam)
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy $(wildcard $(PYTHON_SOURCES))
	@.venv/bin/lint-imports
	@$(PYTHON) -m dev.transformed .local/transformed.json && .venv/bin/cfn-lint .local/transformed.json
	@.tools/sam/bin/sam validate --lint

.PHONY: record corpus
corpus: ## how well the shop understands what customers write, by language and kind, with the misses
	$(call need,dev)
	@$(PYTHON) -m tests.corpus

explore: ## every interleaving of the payment services, with crashes and lost answers (a few minutes)
	$(call need,dev)
	@$(PYTHON) -m tests.explorer

mutation: ## mistakes put into the code of money, attempts and stock; fails if the tests miss too many
	$(call need,dev)
	@$(PYTHON) -m tests.mutation

bench: ## figures: cold start, latency, throughput, cost of an order
	$(call need,dev sam ministack)
	@$(PYTHON) -m bench

rehearsal: ## sam build and sam deploy of the unmodified template, into an empty local AWS
	$(call need,dev sam ministack) && exec $(PYTHON) -m dev.rehearsal

deploy: ## sam build and sam deploy to your AWS account (asks the first time)
	$(call need,dev sam)
	@.tools/sam/bin/sam build
	@.tools/sam/bin/sam deploy $$(grep -q '^parameter_overrides' samconfig.toml || echo --guided)

catalogue: ## a catalogue into the running local shop, or into a deployed one: CSV=shop.csv [STACK=…]
	$(call need,dev)
	@test -n "$(CSV)" || { echo "Say which file: make catalogue CSV=shop.csv" >&2; exit 1; }
	@$(PYTHON) -m dev.catalogue "$(CSV)" $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

reconcile: ## a day's payments against LINE Pay's, with a report: [DAY=2026-11-24] [STACK=…] [READ=1]
	$(call need,dev)
	@$(PYTHON) -m dev.reconcile $(if $(DAY),--day "$(DAY)") $(if $(READ),--read) $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

cases: ## what waits for a person: [DO='show refund_refused …'] [NOTE=…] [ORDER=… AMOUNT=… REFERENCE=…] [STACK=…]
	$(call need,dev)
	@$(PYTHON) -m dev.cases $(DO) $(if $(NOTE),--note "$(NOTE)") $(if $(ORDER),--order "$(ORDER)") $(if $(AMOUNT),--amount "$(AMOUNT)") \
		$(if $(REFERENCE),--reference "$(REFERENCE)") $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

.PHONY: desk
desk: ## events that could not be applied, and dead letters: [DO='show ID' | 'replay ID' | 'dismiss ID' | dismissed] [NOTE=…] [STACK=…]
	$(call need,dev)
	@$(PYTHON) -m dev.desk $(DO) $(if $(NOTE),--note "$(NOTE)") $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

record: ## every round of one quote, with times and events: QUOTE=… [STACK=…]
	$(call need,dev)
	@test -n "$(QUOTE)" || { echo "Say which quote: make record QUOTE=…" >&2; exit 1; }
	@$(PYTHON) -m dev.record "$(QUOTE)" $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

.PHONY: erase
erase: ## forget a customer who asked for it elsewhere: CUSTOMER=<id in a case, or LINE user id> NOTE=why [STACK=…]
	$(call need,dev)
	@test -n "$(CUSTOMER)" -a -n "$(NOTE)" || { echo "Say whom and why: make erase CUSTOMER=… NOTE=\"asked by letter\"" >&2; exit 1; }
	@$(PYTHON) -m dev.erase "$(CUSTOMER)" --note "$(NOTE)" $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

contracts: ## schemas, OpenAPI and samples of docs/back-office.md, from the code
	$(call need,dev)
	@$(PYTHON) -m dev.contracts

conformance: ## a back office's door, tried from outside: URL=https://…/hooks/wms SECRET=whsec_… [SOURCE=…] [ORDER=… [PICKUP=1]]
	$(call need,dev)
	@test -n "$$URL" -a -n "$$SECRET" || { echo "Say which door: make conformance URL=https://…/hooks/wms SECRET=whsec_…" >&2; exit 1; }
	@ORDER="$(if $(findstring command line,$(origin ORDER)),$(ORDER))" $(PYTHON) -m dev.conformance

.PHONY: richmenu
richmenu: ## the menus at the foot of the chat, registered with LINE: [STACK=…]; DRAW=1 draws their pictures anew
	$(call need,dev)
	@$(PYTHON) -m dev.rich_menu $(if $(DRAW),draw,register) $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

.PHONY: phrases
phrases: ## what customers called products by and nobody understood, for the catalogue's aliases: [STACK=…]
	$(call need,dev)
	@$(PYTHON) -m dev.phrases $(if $(STACK),--stack "$(STACK)") $(if $(PORT),--port "$(PORT)")

format: ## format and mend what ruff can
	$(call need,dev)
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

screenshots: ## the pictures of README and docs, from a run that plays scenarios and sends every notice
	$(call need,dev sam ministack)
	@$(PYTHON) -m dev.screenshots

.PHONY: gallery
gallery: ## every message of the product, and every Flex component, on one sheet a language
	$(call need,dev)
	@$(PYTHON) -m dev.gallery

clean: ## everything that was built or installed here
	@rm -rf .venv .tools .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help run test check explore mutation bench screenshots rehearsal deploy catalogue reconcile cases contracts conformance format clean
