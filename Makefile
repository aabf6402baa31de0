# `make train` and `make test` do all there is to do on a fresh machine.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# The releases of the other two backends that the tests are run with.
BACKENDS ?= jax torch==2.13.0
TESTED_BACKENDS ?= tensorflow jax torch

# Two test files at a time, each from its first test to its last, in the order of tests/conftest.py.
AT_A_TIME ?= -n 2 --dist loadfile --no-loadscope-reorder

BACKEND_TESTS = tests/cmdcore tests/cmd_keras/test_mutual_distiller.py \
	tests/cmd_keras/test_optimizers.py tests/cmd_keras/test_trajectories.py \
	tests/cmd_keras/test_sync_mkd.py tests/cmd_keras/test_async_mkd.py \
	tests/cmd_keras/test_teacher.py tests/cmd_keras/test_elr.py tests/cmd_keras/test_joint.py \
	tests/cmd_keras/test_t_revision.py tests/cmd_keras/test_cdr.py \
	tests/cmd_keras/test_co_teaching.py tests/cmd_keras/test_truncated_gce.py \
	tests/cmd_keras/test_mentor_net.py \
	tests/cmd_keras/sklearn/test_classifier.py tests/cmd_keras/training_evidence \
	tests/cmd_keras/data/sources/test_csv_table.py tests/cmd_keras/data/test_input_format.py

.PHONY: train test test-backends test-arrays test-classifier test-tensorflow test-jax test-torch mutants bench \
	bench-labels lint format clean

train: $(VENV)/.installed
	$(BIN)/cmd-keras train --dataset digits --noise sym:0.4 --mode progressive --b2 -5

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest $(AT_A_TIME)

# The method and the training model on each backend, a process each.
test-backends: test-arrays test-classifier $(addprefix test-,$(TESTED_BACKENDS))

# What takes arrays of the other backends, which `make test` skips where they are not installed.
test-arrays: $(VENV)/.installed-backends
	$(BIN)/python -m pytest tests/cmd_keras/test_array_check.py tests/cmd_keras/run/test_bytes_of_first.py

# All that scikit-learn checks of a classifier; `make test` has what trains little, or tells most.
test-classifier: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 tests/cmd_keras/sklearn/every_estimator_check.py

test-tensorflow test-jax test-torch: test-%: $(VENV)/.installed-backends
	KERAS_BACKEND=$* $(BIN)/python -m pytest $(AT_A_TIME) $(BACKEND_TESTS)

# A test compiles programs that run for a millisecond: in half the time without LLVM's expensive
# passes, and once for all processes and tests.
test-jax: export JAX_DISABLE_MOST_OPTIMIZATIONS = 1
test-jax: export JAX_COMPILATION_CACHE_DIR = $(CURDIR)/.pytest_cache/jax
test-jax: export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS = 0
test-jax: export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES = -1

# Several processes on this machine, which takes JAX.
test-jax: BACKEND_TESTS += tests/cmd_keras/run/data_parallel.py tests/cmd_keras/run/processes.py

# Breaks the method on purpose, one way at a time; every test suite must notice.
mutants: $(VENV)/.installed-test
	$(BIN)/python -m tests.mutants

# Against PyTorch, and against the goals; set TFDS_DATA_DIR for the rows that read CIFAR-10.
bench: $(VENV)/.installed-backends
	$(BIN)/python -m benchmarks --output benchmarks.json

# Who finds wrong labels best; goes on where it was stopped. OF='--dataset …' for other data.
bench-labels: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.labels --output bench-labels $(OF)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml setup.py | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

$(VENV)/.installed-backends: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet $(BACKENDS)
	touch $@
