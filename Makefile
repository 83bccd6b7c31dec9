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
# An installation to build against, and a pyzmq that was built from its sources.
STAGE := $(CURDIR)/target/stage
SOURCE_VENV := $(CURDIR)/target/venv-source
VERSION := 4.3.5

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include

# Messages in each binding test: the short set, and the set of `make test-all`.
MESSAGES ?= 10000
MESSAGES_ALL := 100000
# The same for the second pyzmq, which runs the same tests.
SOURCE_MESSAGES ?= 1000

# How long each fuzz check runs.
FUZZ_SECONDS ?= 20

.PHONY: build demo test test-all bench setup install uninstall clean
.PHONY: fmt clippy unit fuzz loom capi capi-slow interop interop-slow memcheck
.PHONY: bindings python python-source go go-race cpp

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

# $(call fill,prefix,libdir,includedir)
fill = sed -e '/^\#/d' -e 's|@prefix@|$(1)|' -e 's|@libdir@|$(2)|' \
  -e 's|@includedir@|$(3)|' -e 's|@version@|$(VERSION)|'

$(OUT)/libzmq.pc: libzmq.pc.in Makefile | $(OUT)/libzmq.so
	$(call fill,$(CURDIR),$(OUT),$(CURDIR)/include) libzmq.pc.in > $@

install: build
	install -d $(DESTDIR)$(LIBDIR)/{pkgconfig,cmake/ZeroMQ} $(DESTDIR)$(INCLUDEDIR)
	install -m 755 $(OUT)/libzmq.so $(DESTDIR)$(LIBDIR)/libzmq.so.$(VERSION)
	ln -sf libzmq.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libzmq.so.5
	ln -sf libzmq.so.5 $(DESTDIR)$(LIBDIR)/libzmq.so
	install -m 644 $(OUT)/libzmq.a $(DESTDIR)$(LIBDIR)/libzmq.a
	install -m 644 include/zmq.h $(DESTDIR)$(INCLUDEDIR)/zmq.h
	$(call fill,$(PREFIX),$(LIBDIR),$(INCLUDEDIR)) libzmq.pc.in \
	  > $(DESTDIR)$(LIBDIR)/pkgconfig/libzmq.pc
	for file in ZeroMQConfig ZeroMQConfigVersion; do \
	  $(call fill,$(PREFIX),$(LIBDIR),$(INCLUDEDIR)) cmake/$$file.cmake.in \
	    > $(DESTDIR)$(LIBDIR)/cmake/ZeroMQ/$$file.cmake; \
	done

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

$(STAGE)/ready: $(OUT)/libzmq.so $(OUT)/libzmq.a include/zmq.h $(wildcard cmake/*) | build
	$(MAKE) --no-print-directory install PREFIX=$(STAGE)
	@touch $@

# Built anew when the header changes. The library it meets is the linker's choice.
$(SOURCE_VENV)/ready: bindings/python/requirements.txt include/zmq.h | setup $(STAGE)/ready
	python3 -m venv $(SOURCE_VENV)
	ZMQ_PREFIX=$(STAGE) PKG_CONFIG_PATH=$(STAGE)/lib/pkgconfig \
	  $(SOURCE_VENV)/bin/python -m pip install --quiet --no-cache-dir --force-reinstall \
	  --no-binary pyzmq -r $<
	@touch $@

# --- demo and figures --------------------------------------------------------

demo: setup build $(VENV)/ready
	@$(PYTHON) demo/run.py

bench: setup build
	python3 benches/run.py $(BENCH)

# --- tests -------------------------------------------------------------------

test: setup build $(VENV)/ready
	@python3 .ci/stages.py fmt clippy unit loom capi interop cpp python python-source go go-race

test-all: setup build $(VENV)/ready
	@MESSAGES=$(MESSAGES_ALL) SOURCE_MESSAGES=$(MESSAGES_ALL) python3 .ci/stages.py \
	  fmt clippy unit fuzz loom capi-slow interop-slow cpp python python-source go go-race memcheck

fmt:
	cargo fmt --check

clippy:
	cargo clippy --all-targets -- -D warnings

# The library under test is named for the tests that look at the built file.
unit:
	ZMQ_LIBRARY=$(OUT)/libzmq.so cargo test

# The fuzz checks on new inputs, each for so many seconds. `fuzz/` digs deeper.
fuzz:
	FUZZ_SECONDS=$(FUZZ_SECONDS) CARGO_PROFILE_DEV_OPT_LEVEL=2 CARGO_TARGET_DIR=target/fuzz \
	  cargo test --test fuzz -- --nocapture

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

bindings: cpp python python-source go go-race

# C++11, linked with the shared library and with the static one, by cmake.
cpp: $(STAGE)/ready
	cmake -S bindings/cpp -B target/cpp -DCMAKE_PREFIX_PATH=$(STAGE) >target/cpp.log
	cmake --build target/cpp >>target/cpp.log
	LD_LIBRARY_PATH=$(dir $(LIB)) MESSAGES=$(MESSAGES) timeout 600 \
	  target/cpp/shared $(realpath $(LIB))
	MESSAGES=$(MESSAGES) timeout 600 target/cpp/static

python: $(VENV)/ready
	LD_PRELOAD=$(LIB) ZMQ_LIBRARY=$(LIB) MESSAGES=$(MESSAGES) PYTHONDONTWRITEBYTECODE=1 \
	  timeout 3600 $(PYTHON) -m pytest -q -p no:cacheprovider bindings/python

# The same tests with a pyzmq that was compiled and linked against this library.
python-source: $(SOURCE_VENV)/ready
	LD_LIBRARY_PATH=$(dir $(LIB)) ZMQ_LIBRARY=$(LIB) MESSAGES=$(SOURCE_MESSAGES) \
	  PYTHONDONTWRITEBYTECODE=1 \
	  timeout 3600 $(SOURCE_VENV)/bin/python -m pytest -q -p no:cacheprovider bindings/python

# A folder without a libzmq.pc of its own leaves pkg-config to the system's.
go:
	cd bindings/go && PKG_CONFIG_PATH=$(dir $(LIB)) LD_LIBRARY_PATH=$(dir $(LIB)) \
	  ZMQ_LIBRARY=$(LIB) MESSAGES=$(MESSAGES) go test -count=1 -v -timeout 1800s ./...

# A tenth of the messages, watched for data races, with the garbage collected all
# the time: Go's memory must not be looked at after a call has returned.
go-race:
	cd bindings/go && PKG_CONFIG_PATH=$(dir $(LIB)) LD_LIBRARY_PATH=$(dir $(LIB)) \
	  go test -c -race -o $(CURDIR)/target/go-race.test .
	cd bindings/go && LD_LIBRARY_PATH=$(dir $(LIB)) ZMQ_LIBRARY=$(LIB) GOGC=1 \
	  MESSAGES=$$(($(MESSAGES) / 10)) $(CURDIR)/target/go-race.test -test.v -test.timeout 1800s
