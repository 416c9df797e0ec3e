# Two commands are enough: `make run` serves the demo city, `make test` checks everything.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
# Cargo may have been installed a moment ago by .ci/setup, before any shell knows it.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# Where libtorch lies, and that it is built for the old names of C++: for building and for running.
torch := $(CURDIR)/data/libtorch
with_libtorch := LIBTORCH=$(torch) LIBTORCH_CXX11_ABI=0 LD_LIBRARY_PATH=$(torch)/lib

.PHONY: run test test-faults test-call test-backends test-rust-bert onnxruntime libtorch setup-run setup-test setup-call help bench performance deny

run: setup-run ## Build in release, fetch the models, serve the demo city on http://127.0.0.1:8311
	@cargo build --release --locked -p bot-server
	@target/release/guichet models fetch || echo "going on without the models that are missing" >&2
	@exec target/release/guichet serve

test: setup-test ## Format, lints, tests, the demo city's own checks and conversations
	@.ci/test

test-faults: setup-test ## The long campaign of faults: kills, a lost database, a full disk, clocks, halts
	@.ci/faults

test-call: setup-call ## Real calls on loopback: a SIP phone, a phone company that does our TwiML (four minutes)
	@cargo build --locked -p bot-server
	@target/debug/guichet models fetch || echo "going on without the models that are missing" >&2
	@data/call-python/bin/python tests/call/selfcheck.py
	@data/call-python/bin/python tests/call/real.py

onnxruntime: ## Fetch the library that nlu.backend = "ort" needs, checked by SHA-256
	@cargo run --release --locked -p bot-server -- models fetch onnxruntime

test-backends: onnxruntime ## The backends candle and ort: agreement with our own kernels, benchmark
	cargo test --release --locked -p nlu-backends --features candle,ort
	RAYON_NUM_THREADS=1 cargo bench --locked -p nlu-backends --features candle,ort

libtorch: ## Fetch and lay out the library that nlu.backend = "rust-bert" needs (812 MB; Linux, x86-64)
	@.ci/libtorch

test-rust-bert: libtorch ## The backend rust-bert: agreement with our own kernels, benchmark (builds 7 CPU minutes)
	$(with_libtorch) cargo test --release --locked -p nlu-backends --features rust-bert
	$(with_libtorch) cargo bench --locked -p nlu-backends --features rust-bert

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup test

setup-call:
	@.ci/setup call

performance: setup-test ## Measure everything in docs/performance.md on this machine
	@.ci/performance

bench: ## The criterion benchmarks of every crate
	cargo bench --locked --workspace

deny: ## Licences, advisories and bans of dependencies (installs cargo-deny if missing)
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
