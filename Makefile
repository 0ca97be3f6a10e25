# `make run` and `make test` need Python 3.11+ and nothing else; the rest is set up in .venv.
# DUCKDB=2 runs any target on DuckDB 2, which is set up in .venv-duckdb2.
PYTHON ?= python3
ENGINE := $(if $(filter-out 1,$(DUCKDB)),-duckdb$(DUCKDB))
VENV := .venv$(ENGINE)
SCRIPTS := $(VENV)/bin/python -m scripts
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# Neither dbt-charts nor anything else is to wait for a network.
export DO_NOT_TRACK := 1
BOARDS := $(filter-out charts/meta.yml charts/_%,$(wildcard charts/*.yml))
CHARTS := $(dir $(or $(LEADS_WAREHOUSE),warehouse/leads.duckdb))charts

.PHONY: run daily studio test test-all test-spark bench lint charts serve docs lock clean

# dbt-bouncer, which lint runs, takes no DuckDB 2.
LINT := $(if $(ENGINE),,lint)
OWN = $(if $(DATA),"$(DATA)") $(if $(CONNECT),--connect "$(CONNECT)") $(if $(FROM),--from "$(FROM)")

run: $(VENV)/installed  ## sample data, DATA=folder or CONNECT=hubspot FROM=place, to published marts and KPIs
	@$(SCRIPTS) run $(OWN)

daily: $(VENV)/installed  ## what a nightly job calls: run, but for what measures the models
	@$(SCRIPTS) daily $(OWN)

studio: $(VENV)/installed  ## points edited in a browser, which shows at once what that does
	@$(SCRIPTS) studio $(if $(PROPOSAL),"$(PROPOSAL)")

test: $(VENV)/installed $(LINT) target/duckdb2  ## everything that must hold before a change lands
	@$(VENV)/bin/pytest -q -m "not slow" -n auto --dist loadgroup --no-loadscope-reorder

test-all: $(VENV)/installed $(LINT) target/duckdb2  ## also the long-running tests
	@$(VENV)/bin/pytest -q

bench: $(VENV)/installed  ## time and memory on EVENTS=1000000 made-up events, as ratios to a plain query
	@$(SCRIPTS) bench $(if $(EVENTS),--events $(EVENTS))

test-spark: .venv/installed-spark  ## every mart on two Spark workers equals DuckDB's (needs Java 17)
	@.venv/bin/pytest -q tests/spark

lint: export LEADS_WAREHOUSE := target/lint/leads.duckdb
lint: export DBT_TARGET_PATH := target/lint/target
lint: $(VENV)/installed  ## style, types, and that every model builds, on no data, and is described
	@ruff check --quiet . && ruff format --quiet --check . && mypy
	@rm -rf target/lint && mkdir -p target/lint/data
	@echo 'lead_id,created_at' > target/lint/data/leads.csv
	@$(SCRIPTS) land target/lint/data > target/lint/land.log
	@dbt --quiet build --exclude warn_on_data_issues --vars 'naive_bayes: true' && dbt --quiet docs generate --vars 'naive_bayes: true'
	@dbt-bouncer run --config-file dbt-bouncer.yml
	@dct validate > target/lint/dct.log 2>&1 || { cat target/lint/dct.log; exit 1; }
	@cp target/lint/target/semantic_manifest.json target # where mf looks
	@mf validate-configs --skip-dw > target/lint/mf.log || { cat target/lint/mf.log; exit 1; }
	@sqlfluff lint --disable-progress-bar --nocolor models tests > target/lint/sqlfluff.log 2>&1 || { cat target/lint/sqlfluff.log; exit 1; }
	@sqlfluff lint --disable-progress-bar --nocolor --templater raw connectors > target/lint/sqlfluff.log 2>&1 || { cat target/lint/sqlfluff.log; exit 1; }

charts: $(VENV)/installed  ## the dashboards as HTML and PNG, from the published file
	@for format in html png; do dct render $(BOARDS) --no-warnings --format $$format -o "$(CHARTS)/{stem}.$$format" || exit 1; done
	@echo "dashboards: $(CHARTS)/index.html"

serve: $(VENV)/installed  ## the dashboards in a browser
	@dct serve --port 8081

docs: $(VENV)/installed  ## one offline page with every model, column and seed
	@dbt --quiet docs generate --static
	@echo "docs: target/static_index.html"

lock: LOCK := --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url
lock: $(VENV)/installed  ## pins the requirements anew from pyproject.toml
	@uv pip compile $(LOCK) --extra dev --extra duckdb1 pyproject.toml -o requirements.txt
	@uv pip compile $(LOCK) --extra dev --extra duckdb1 --extra spark -c requirements.txt pyproject.toml -o requirements-spark.txt
	@grep -v '^duckdb' requirements.txt | uv pip compile $(LOCK) --extra dev --extra duckdb2 -c /dev/stdin pyproject.toml -o requirements-duckdb2.txt

clean:  ## everything made, but for the warehouse
	rm -rf .venv* target logs

$(VENV)/installed: requirements$(ENGINE).txt
	@echo "setting up $(VENV) (about half a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements$(ENGINE).txt
	@touch $@

# DuckDB 2 alone, on which a test builds the sample beside that of .venv.
target/duckdb2: requirements-duckdb2.txt $(VENV)/installed
	@rm -rf $@
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --target $@ "$$(grep '^duckdb==' $<)"

.venv/installed-spark: .venv/installed requirements-spark.txt
	@echo "adding Spark to .venv …"
	@.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-spark.txt
	@touch $@
