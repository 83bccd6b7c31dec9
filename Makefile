# Everything this project does from a shell: build, demo, test, bench, install.
#
# `make test` is what a change must pass, within a quarter of an hour on two
# cores; `make test-all` adds what takes longer. What is missing on a Debian
# machine with Rust is installed by `make setup`, which the others call.
# LIB=/path/to/libzmq.so runs the C and binding tests against another library:
# `make capi bindings LIB=/usr/lib/x86_64-linux-gnu/libzmq.so.5`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := build

OUT := $(CURDIR)/target/release
LIB ?= $(OUT)/libzmq.so
SOURCES := $(shell find src -name '*.rs') $(wildcard build.rs cbindgen.toml Cargo.toml Cargo.lock)
VENV := $(CURDIR)/target/venv
PYTHON := $(VENV)/bin/python
VERSION := 4.3.5

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include

# Messages in each binding test: the short set, and the set of `make test-all`.
MESSAGES ?= 10000
MESSAGES_ALL := 100000

.PHONY: build demo test test-all bench setup install uninstall clean
.PHONY: fmt clippy unit loom capi capi-slow interop interop-slow memcheck bindings python go

# --- build -------------------------------------------------------------------

build: $(OUT)/libzmq.so $(OUT)/libzmq.a $(OUT)/libzmq.so.5 $(OUT)/libzmq.pc

# One crate type at a time: cargo leaves out link-time optimisation, without a
# word, when an rlib is made in the same go.
$(OUT)/libzmq.so: $(SOURCES)
	cargo rustc --release --lib --crate-type cdylib -- \
	  -C link-arg=-Wl,-soname,libzmq.so.5 -C link-arg=-Wl,-z,nodelete
	@touch $@

$(OUT)/libzmq.a: $(SOURCES) | $(OUT)/libzmq.so
	cargo rustc --release --lib --crate-type staticlib
	@touch $@

$(OUT)/libzmq.so.5: $(OUT)/libzmq.so
	ln -sf libzmq.so $@

# $(call pc,prefix,libdir,includedir)
pc = sed -e '/^\#/d' -e 's|@prefix@|$(1)|' -e 's|@libdir@|$(2)|' \
  -e 's|@includedir@|$(3)|' -e 's|@version@|$(VERSION)|' libzmq.pc.in

$(OUT)/libzmq.pc: libzmq.pc.in Makefile | $(OUT)/libzmq.so
	$(call pc,$(CURDIR),$(OUT),$(CURDIR)/include) > $@

install: build
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)
	install -m 755 $(OUT)/libzmq.so $(DESTDIR)$(LIBDIR)/libzmq.so.$(VERSION)
	ln -sf libzmq.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libzmq.so.5
	ln -sf libzmq.so.5 $(DESTDIR)$(LIBDIR)/libzmq.so
	install -m 644 $(OUT)/libzmq.a $(DESTDIR)$(LIBDIR)/libzmq.a
	install -m 644 include/zmq.h $(DESTDIR)$(INCLUDEDIR)/zmq.h
	$(call pc,$(PREFIX),$(LIBDIR),$(INCLUDEDIR)) > $(DESTDIR)$(LIBDIR)/pkgconfig/libzmq.pc

uninstall:
	rm -f $(DESTDIR)$(LIBDIR)/libzmq.{so,so.5,so.$(VERSION),a} \
	  $(DESTDIR)$(LIBDIR)/pkgconfig/libzmq.pc $(DESTDIR)$(INCLUDEDIR)/zmq.h

clean:
	cargo clean

# --- what the machine needs --------------------------------------------------

setup:
	@.ci/setup

$(VENV)/ready: bindings/python/requirements.txt | setup
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --only-binary :all: -r $<
	@touch $@

# --- demo and figures --------------------------------------------------------

demo: setup build $(VENV)/ready
	@$(PYTHON) demo/run.py

bench: setup build
	python3 benches/run.py $(BENCH)

# --- tests -------------------------------------------------------------------

test: setup build $(VENV)/ready
	@python3 .ci/stages.py fmt clippy unit loom capi interop python go

test-all: setup build $(VENV)/ready
	@MESSAGES=$(MESSAGES_ALL) python3 .ci/stages.py \
	  fmt clippy unit loom capi-slow interop-slow python go memcheck

fmt:
	cargo fmt --check

clippy:
	cargo clippy --all-targets -- -D warnings

# The library under test is named for the tests that look at the built file.
unit:
	ZMQ_LIBRARY=$(OUT)/libzmq.so cargo test

# Every interleaving of the small protocols that everything else relies on.
loom:
	RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom CARGO_PROFILE_RELEASE_LTO=off \
	  CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo test --release --lib loom_

# The same C programs against this library and the system's.
capi:
	python3 capi-tests/run.py --ours $(LIB)

# The stress and soak programs too, and the long versions of the others.
capi-slow:
	python3 capi-tests/run.py --ours $(LIB) --slow

# One library on each side of a connection.
interop:
	python3 capi-tests/run.py interop --ours $(LIB)

interop-slow:
	python3 capi-tests/run.py interop --ours $(LIB) --slow

memcheck:
	python3 capi-tests/run.py --ours $(LIB) --wrap "valgrind -q --error-exitcode=99 \
	  --leak-check=full --errors-for-leak-kinds=definite"

bindings: python go

python: $(VENV)/ready
	LD_PRELOAD=$(LIB) ZMQ_LIBRARY=$(LIB) MESSAGES=$(MESSAGES) PYTHONDONTWRITEBYTECODE=1 \
	  timeout 1800 $(PYTHON) -m pytest -q -p no:cacheprovider bindings/python

# A folder without a libzmq.pc of its own leaves pkg-config to the system's.
go:
	cd bindings/go && PKG_CONFIG_PATH=$(dir $(LIB)) LD_LIBRARY_PATH=$(dir $(LIB)) \
	  ZMQ_LIBRARY=$(LIB) MESSAGES=$(MESSAGES) go test -count=1 -v -timeout 1800s ./...
