# Every command sets up what it needs on a machine that has Python 3.11 or newer, make and gcc.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FINETUNE := $(VENV)/finetune
SPARK := $(VENV)/spark
READY := $(VENV)/.ready-run
READY_DEV := $(VENV)/.ready-dev

.PHONY: demo test test-finetune test-spark check fix train train-best bench lock browser

## demo: open the dashboard on the sample (http://127.0.0.1:8000)
demo: $(READY)
	$(BIN)/yousaid demo

## test: style, types and every test, the browser's included
test: check browser
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered --cov-fail-under=95

## test-finetune: the tests of fine-tuning, in an environment of their own with PyTorch
test-finetune: $(FINETUNE)/.ready
	$(FINETUNE)/bin/python -m pytest tests/unit/model/test_finetune.py \
		tests/unit/model/test_network.py tests/unit/model/test_teachers.py

## test-spark: the tests of reading on Spark, in an environment of their own; Java must be there
test-spark: $(SPARK)/.ready
	$(SPARK)/bin/python -m pytest tests/unit/test_spark.py

## check: style and types
check: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

## fix: mend style where it can be done by a program
fix: $(READY_DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## train: train a shipped model again; DATA is the folder of the labelled files
train: $(READY_DEV)
	$(BIN)/yousaid train training/fast.toml --data $(DATA) -o src/yousaid/models/fast

## train-best: the same for best, with PyTorch: days, or an hour on a graphics card; stopped and
## run again, it goes on
train-best: $(FINETUNE)/.ready
	$(FINETUNE)/bin/python -m yousaid train training/best.toml --data $(DATA) \
		--work .training -o src/yousaid/models/best

## bench: speed, as ratios to something in the same run
bench: $(READY_DEV)
	$(BIN)/python bench/classify.py
	$(BIN)/python bench/parquet.py
	$(BIN)/python bench/store --rows 100000

## lock: choose the versions of every dependency again
lock: $(READY_DEV)
	$(BIN)/uv pip compile pyproject.toml --upgrade --universal --generate-hashes --no-header -q \
		--extra build --output-file requirements/run.lock
	$(BIN)/uv pip compile pyproject.toml --upgrade --universal --generate-hashes --no-header -q \
		--extra dev --output-file requirements/dev.lock

# The lock files come with hashes; a package that was changed on its way is refused. They are whole,
# so nothing is resolved again (--no-deps): pip would meet an extra of a locked package, such as
# coverage[toml], with that package's newest release, and refuse it for want of a hash.
$(READY): requirements/run.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip --disable-pip-version-check check >/dev/null
	touch $@

$(READY_DEV): requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip --disable-pip-version-check check >/dev/null
	touch $(READY) $@

# Not locked: which build of PyTorch fits is the machine's affair.
$(FINETUNE)/.ready: pyproject.toml
	$(PYTHON) -m venv $(FINETUNE)
	$(FINETUNE)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[finetune]' 'pytest>=9.0' 'hypothesis>=6.100'
	touch $@

# Not locked: it is the cluster's version of Spark that counts.
$(SPARK)/.ready: pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[spark]' 'pytest>=9.0' 'hypothesis>=6.100'
	touch $@

# The browser tests drive Debian's Chromium. Where it cannot be installed they say that they skip.
browser: $(READY_DEV)
	@command -v chromium >/dev/null || { \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
		else echo "No chromium: the browser tests will be skipped."; fi; }
