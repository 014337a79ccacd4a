# SPDX-License-Identifier: GPL-2.0-only
# Lastwords. `make` builds into build/ and installs nothing; `make help` lists the rest.

VERSION    := 0.1.0
CC         ?= gcc
MUSL_CC    ?= musl-gcc
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
MUSL_CFLAGS ?= -Os -g
LDFLAGS    ?=
ARCH_INCLUDE ?= /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wconversion \
	    -Wno-sign-conversion $(if $(WERROR),-Werror)
COMMON   := -std=gnu11 -D_GNU_SOURCE -DLASTWORDS_VERSION='"$(VERSION)"' -I. $(WARNINGS) -MMD -MP
# The kernel's headers come after musl's own; nothing else of the host is used.
MUSL     := $(COMMON) -idirafter /usr/include -idirafter $(ARCH_INCLUDE) -fno-pie \
	    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
# Small above all: no padding between the segments, no table to protect in a static program.
MUSL_LD  := -static -no-pie -Wl,--gc-sections,--build-id=none \
	    -Wl,-z,noseparate-code,-z,norelro,-z,common-page-size=512
# Each program gets what it uses of these.
RECV_LIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs libpcap libseccomp libcap-ng jansson)
RECV_INC  = $(shell $(PKG_CONFIG) --cflags libpcap libseccomp libcap-ng jansson)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $(2))

SENDER_MAIN   := sender/lastwords-send.c
RECEIVER_MAIN := $(wildcard receiver/lastwords-*.c)
SENDER   := $(filter-out $(SENDER_MAIN),$(wildcard sender/*.c))
RECEIVER := $(filter-out $(RECEIVER_MAIN),$(wildcard receiver/*.c))
UNIT     := $(wildcard tests/unit/*_test.c)

INIT     := $(wildcard crashkernel-initrd/*.c)

MUSL_LIB := $(SENDER:%.c=build/musl/%.o)
HOST_LIB := $(SENDER:%.c=build/host/%.o) $(RECEIVER:%.c=build/host/%.o)
UNIT_BIN := $(UNIT:%.c=build/%)

all: build/lastwords-send $(RECEIVER_MAIN:receiver/%.c=build/%) build/init

build/lastwords-send: build/musl/sender/lastwords-send.o $(MUSL_LIB)
	$(call say,LINK,$@)
	$(Q)$(MUSL_CC) $(MUSL_LD) $(LDFLAGS) -o $@ $^

build/init: $(INIT:%.c=build/musl/%.o) $(MUSL_LIB)
	$(call say,LINK,$@)
	$(Q)$(MUSL_CC) $(MUSL_LD) $(LDFLAGS) -o $@ $^

$(RECEIVER_MAIN:receiver/%.c=build/%): build/%: build/host/receiver/%.o build/host/lastwords.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(RECV_LIBS)

build/host/lastwords.a: $(HOST_LIB)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

build/musl/%.o: %.c build/tools
	$(call say,MUSL,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(MUSL) $(MUSL_CFLAGS) -c -o $@ $<

build/host/%.o: %.c build/tools
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(COMMON) $(RECV_INC) $(CFLAGS) -c -o $@ $<

build/tests/unit/%_test: build/host/tests/unit/%_test.o build/host/lastwords.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(RECV_LIBS)

# What building needs; says what is missing, and how to get it.
build/tools: tests/deps
	$(Q)tests/deps --check build
	$(Q)mkdir -p build && touch $@

deps:
	$(Q)tests/deps build test

unit: all $(UNIT_BIN)

demo:
	$(Q)tests/deps build demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo

test:
	$(Q)tests/deps build test
	$(Q)$(MAKE) --no-print-directory unit
	$(Q)tests/run

# Adds the long matrices: many runs, every card and kernel. They write the tables under docs/.
test-all:
	$(Q)tests/deps build test
	$(Q)$(MAKE) --no-print-directory unit
	$(Q)tests/run --all

# make check TESTS='frame unit' runs only the tests, long ones too, whose path holds one of the words.
check: unit
	$(Q)tests/run $(if $(TESTS),--all) $(TESTS)

# make fuzz TIME=600 runs each fuzzer for so many seconds.
fuzz:
	$(Q)tests/deps build test
	$(Q)tests/fuzz/run $(or $(TIME),60)

# Which lines the tests without virtual machines reach; a quarter of an hour.
coverage:
	$(Q)tests/deps build test
	$(Q)tests/coverage $(TESTS)

bench: all
	$(Q)tests/deps build test
	$(Q)tests/bench/run
	$(Q)tests/bench/readers
	$(Q)tests/bench/receiver

clean:
	rm -rf build

help:
	@echo 'make            build lastwords-send, lastwords-recv and init into build/'
	@echo 'make demo       install what is missing, panic a virtual machine, show its last words'
	@echo 'make test       install what is missing, run every test'
	@echo 'make test-all   the same, and the long matrices behind docs/*.md'
	@echo 'make check TESTS=WORD   run the tests whose path holds WORD'
	@echo 'make fuzz TIME=SECONDS  run each fuzzer for so long (default 60)'
	@echo 'make coverage   which lines of sender and receiver the tests reach'
	@echo 'make bench      measure size, memory and time'
	@echo 'make deps       install what building and testing need'

.PHONY: all deps unit demo test test-all check fuzz coverage bench clean help
.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find build/host build/musl -name '*.d' 2>/dev/null)
