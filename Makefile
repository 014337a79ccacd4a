# SPDX-License-Identifier: GPL-2.0-only
# Lastwords. `make` builds into build/ and installs nothing; `make help` lists the rest.

VERSION    := 0.1.0
CC         ?= gcc
MUSL_CC    ?= musl-gcc
PKG_CONFIG ?= pkg-config
# For the receiver, which reads what anybody on the LAN sends.
CPPFLAGS   ?= -D_FORTIFY_SOURCE=2
CFLAGS     ?= -O2 -g -fPIE -fstack-protector-strong
LDFLAGS    ?= -pie -Wl,-z,relro,-z,now
# For the sender: static, at a fixed address, small, and without a heap. musl has no fortified
# functions, and a program that starts in the capture kernel no time to die of a canary.
MUSL_CFLAGS ?= -Os -g
MUSL_LDFLAGS ?=

# Where things are installed. Packages say PREFIX=/usr; the files that name a path follow.
DESTDIR    ?=
PREFIX     ?= /usr/local
SBINDIR    ?= $(PREFIX)/sbin
LIBDIR     ?= $(PREFIX)/lib/lastwords
MANDIR     ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
DEFAULTSDIR ?= $(SYSCONFDIR)/default
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
RULESDIR   ?= $(PREFIX)/lib/udev/rules.d
COMPLETIONSDIR ?= $(PREFIX)/share/bash-completion/completions
# These look nowhere else, whatever our prefix is. Where KERNELPOSTINSTDIR is empty there is no such hook.
KERNELINSTALLDIR ?= /usr/lib/kernel/install.d
KERNELPOSTINSTDIR ?= /etc/kernel/postinst.d
DRACUTDIR  ?= /usr/lib/dracut/modules.d
INSTALL_DIRS := DESTDIR SBINDIR LIBDIR MANDIR SYSCONFDIR DEFAULTSDIR UNITDIR SYSUSERSDIR \
	        RULESDIR COMPLETIONSDIR KERNELINSTALLDIR KERNELPOSTINSTDIR DRACUTDIR
PLACES = $(foreach dir,$(INSTALL_DIRS),$(dir)='$($(dir))')

ARCH_INCLUDE ?= /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wconversion \
	    -Wno-sign-conversion $(if $(WERROR),-Werror)
COMMON   := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DLASTWORDS_VERSION='"$(VERSION)"' -I. $(WARNINGS) -MMD -MP \
	    '-ffile-prefix-map=$(CURDIR)=.'
# The kernel's headers come after musl's own; nothing else of the host is used.
MUSL     := $(COMMON) -idirafter /usr/include -idirafter $(ARCH_INCLUDE) -fno-pie \
	    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections
# Small above all: no padding between the segments, no table to protect in a static program.
MUSL_LD  := -static -no-pie -Wl,--gc-sections,--build-id=none \
	    -Wl,-z,noseparate-code,-z,norelro,-z,common-page-size=512
# Each program gets what it uses of these.
RECV_PKGS = libpcap libseccomp libcap-ng jansson libmicrohttpd
RECV_LIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs $(RECV_PKGS))
RECV_INC  = $(shell $(PKG_CONFIG) --cflags $(RECV_PKGS))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $(2))

SENDER_MAIN   := sender/lastwords-send.c
RECEIVER_MAIN := $(wildcard receiver/lastwords-*.c)
SENDER   := $(filter-out $(SENDER_MAIN),$(wildcard sender/*.c))
RECEIVER := $(filter-out $(RECEIVER_MAIN),$(wildcard receiver/*.c receiver/web/*.c))
WEB_FILES := $(addprefix build/web/,$(addsuffix .inc,style.css live.js icon.svg))
UNIT     := $(wildcard tests/unit/*_test.c)

# Two programs for the capture kernel: its process 1, and one that runs beside another.
CAPTURE_MAIN := crashkernel-initrd/init.c crashkernel-initrd/beside.c
CAPTURE  := $(filter-out $(CAPTURE_MAIN),$(wildcard crashkernel-initrd/*.c))

MUSL_LIB := $(SENDER:%.c=build/musl/%.o)
HOST_LIB := $(SENDER:%.c=build/host/%.o) $(RECEIVER:%.c=build/host/%.o)
UNIT_BIN := $(UNIT:%.c=build/%)

all: build/lastwords-send $(RECEIVER_MAIN:receiver/%.c=build/%) $(CAPTURE_MAIN:crashkernel-initrd/%.c=build/%)

build/lastwords-send: build/musl/sender/lastwords-send.o $(MUSL_LIB)
	$(call say,LINK,$@)
	$(Q)$(MUSL_CC) $(MUSL_LD) $(MUSL_LDFLAGS) -o $@ $^

$(CAPTURE_MAIN:crashkernel-initrd/%.c=build/%): build/%: build/musl/crashkernel-initrd/%.o \
		$(CAPTURE:%.c=build/musl/%.o) $(MUSL_LIB)
	$(call say,LINK,$@)
	$(Q)$(MUSL_CC) $(MUSL_LD) $(MUSL_LDFLAGS) -o $@ $^

$(RECEIVER_MAIN:receiver/%.c=build/%): build/%: build/host/receiver/%.o build/host/lastwords.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(RECV_LIBS)

build/host/lastwords.a: $(HOST_LIB)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

build/musl/%.o: %.c build/tools
	$(call say,MUSL,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(MUSL) $(MUSL_CFLAGS) -c -o $@ $<

build/host/%.o: %.c build/tools
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(COMMON) $(RECV_INC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What the page is made of goes into lastwords-web as string literals.
build/web/%.inc: receiver/web/%
	$(Q)mkdir -p $(@D)
	$(Q)sed 's/["\\]/\\&/g; s/^/"/; s/$$/\\n"/' $< >$@

build/host/receiver/web/asset.o: $(WEB_FILES)

build/tests/unit/%_test: build/host/tests/unit/%_test.o build/host/lastwords.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(RECV_LIBS)

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

# make check TESTS="frame unit" runs only the tests whose path holds one of the words; the long ones
# only where a word says long, as in TESTS=long_cards.
check: unit
	$(Q)tests/run $(if $(findstring long,$(TESTS)),--all) $(TESTS)

# make fuzz TIME=600 runs each fuzzer for so many seconds.
fuzz: $(WEB_FILES)
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

install: install-sender install-receiver

install-sender: build/lastwords-send build/init build/beside
install-receiver: $(RECEIVER_MAIN:receiver/%.c=build/%)
install-sender install-receiver: install-%:
	$(Q)$(PLACES) packaging/install $*

uninstall:
	$(Q)$(PLACES) packaging/install --remove sender receiver

# The sources as committed; where there is no git, as they are. The same bytes from the same sources.
DIST := build/lastwords-$(VERSION).tar.gz
dist:
	$(Q)mkdir -p build
	$(Q)if [ -e .git ]; then git -c tar.umask=0022 archive --prefix=lastwords-$(VERSION)/ HEAD; \
	else tar -c --transform='s|^[.]|lastwords-$(VERSION)|' --sort=name --owner=0 --group=0 \
		--numeric-owner --mode=u=rwX,go=rX --mtime=@$(or $(SOURCE_DATE_EPOCH),0) --exclude=./build \
		--exclude=./.cache --exclude=__pycache__ .; fi | gzip -n9 >$(DIST)
	$(call say,DIST,$(DIST))

# Debian packages of that, into build/deb.
deb: dist
	$(Q)tests/deps build package
	$(Q)rm -rf build/deb && mkdir -p build/deb
	$(Q)tar -xzf $(DIST) -C build/deb
	$(Q)cp -r build/deb/lastwords-$(VERSION)/packaging/debian build/deb/lastwords-$(VERSION)/debian
	$(Q)cd build/deb/lastwords-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		dpkg-buildpackage --build=binary --no-sign >../log 2>&1 || { tail -n 30 ../log; exit 1; }
	$(Q)ls build/deb/*.deb

# RPMs of that, into build/rpm. What to build with was seen to by tests/deps: another system's rpm
# knows no packages of this one.
rpm: dist
	$(Q)tests/deps build package
	$(Q)rm -rf build/rpm && mkdir -p build/rpm
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS rpmbuild -tb --nodeps \
		--define '_topdir $(CURDIR)/build/rpm' $(DIST) >build/rpm/log 2>&1 || \
		{ tail -n 30 build/rpm/log; exit 1; }
	$(Q)ls build/rpm/RPMS/*/*.rpm

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
	@echo 'make install    install all below PREFIX (/usr/local); install-sender, install-receiver'
	@echo 'make deb, rpm   packages into build/deb, build/rpm; make dist: a tarball of the sources'
	@echo 'make uninstall  remove what make install installed'
	@echo 'make deps       install what building and testing need'

.PHONY: dist deb rpm install install-sender install-receiver uninstall
.PHONY: all deps unit demo test test-all check fuzz coverage bench clean help
.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find build/host build/musl -type f -name '*.d' 2>/dev/null)
