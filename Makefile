# tracd: distributed traceability for refurbishing workshops.
#
#   make            build everything below build/
#   make demo       watch a network of workshops at work (KEEP=1 leaves it up)
#   make loops      the six loops of the study, expected beside computed
#   make check      every test, also under the sanitizers
#   make sim-long   thousands of seeds of the simulated networks, about 10 minutes
#   make bench      our figures beside those of the named peers
#   make install    DESTDIR= PREFIX=/usr
#
# Layers are static libraries linked in the order of doc/HACKING.md; who may
# include whom stands in the .may_include files and is held by check-source.

BUILD ?= build
CC = gcc
PREFIX ?= /usr
VERSION = 0.1.0

# one short line a file; V=1 shows the commands
ifndef V
Q = @
tell = @printf '  %-5s %s\n' $(1) $(2)
endif
JOBS = --jobs=$(shell nproc)

include conf/packages.mk

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wswitch-enum -Wformat=2 -Wvla -Wundef -Wno-format-nonliteral -Werror
STRICT = -Wconversion -Wno-sign-conversion
OPTIMIZE = -O2 -D_FORTIFY_SOURCE=2
ifdef SANITIZE
OPTIMIZE = -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
LDFLAGS += -fsanitize=$(SANITIZE)
endif
CPPFLAGS += -D_GNU_SOURCE -I. -I$(BUILD)/gen -DTRAC_VERSION='"$(VERSION)"'
CFLAGS += -std=c11 -g $(OPTIMIZE) $(WARNINGS) -fstack-protector-strong -fPIE -pthread
LDFLAGS += -pie -Wl,-z,relro,-z,now -pthread

# --- sources -----------------------------------------------------------------
PROTOS = $(wildcard proto/wire/*.proto)
GEN = $(PROTOS:%.proto=$(BUILD)/gen/%.pb-c.c)
GEN_H = $(GEN:.c=.h)
LAYERS = wire log life store core daemon cli
wire_SRC = $(wildcard proto/wire/*.c)
log_SRC = $(wildcard proto/log/*.c)
life_SRC = $(wildcard proto/life/*.c)
store_SRC = $(wildcard store/*.c)
core_SRC = $(wildcard daemon/core/*.c)
daemon_SRC = $(filter-out daemon/main.c,$(wildcard daemon/*.c))
net_SRC = $(wildcard daemon/net/*.c)
http_SRC = $(wildcard daemon/http/*.c)
cli_SRC = $(filter-out cli/main.c,$(wildcard cli/*.c)) $(wildcard cli/bench/*.c)
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# a library may use those to its right
PROTO_A = $(BUILD)/liblife.a $(BUILD)/liblog.a $(BUILD)/libwire.a
STORE_A = $(BUILD)/libstore.a $(PROTO_A)
ALL_A = $(BUILD)/libdaemon.a $(BUILD)/libcore.a $(STORE_A)
PROTO_L = -lsodium -lnettle -lprotobuf-c
STORE_L = -llmdb $(PROTO_L)
CLI_L = -ljansson -lsmartcols -lconfuse -lqrencode -lhpdf -lexpat -lm
PROGRAMS = $(BUILD)/bin/tracd $(BUILD)/bin/tracd-net $(BUILD)/bin/tracd-http $(BUILD)/bin/trac
FRENCH = $(BUILD)/locale/fr/LC_MESSAGES/trac.mo

all: $(PROGRAMS) $(FRENCH)

# --- rules -------------------------------------------------------------------
.SECONDARY:
.DELETE_ON_ERROR:
$(BUILD)/gen/%.pb-c.c $(BUILD)/gen/%.pb-c.h: %.proto
	@mkdir -p $(@D)
	$(call tell,PROTO,$<)
	$(Q)protoc-c -I proto/wire --c_out=$(BUILD)/gen/proto/wire $<

DATA = $(sort $(wildcard conf/data/*.tsv))
$(BUILD)/gen/conf/data.c: conf/data/embed.awk $(DATA)
	@mkdir -p $(@D)
	$(call tell,DATA,conf/data)
	$(Q)awk -f conf/data/embed.awk $(DATA) > $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(GEN_H)
	@mkdir -p $(@D)
	$(call tell,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -std=c11 -g $(OPTIMIZE) -fPIE -c -o $@ $<

$(BUILD)/obj/proto/%.o $(BUILD)/obj/daemon/core/%.o: CFLAGS += $(STRICT)
$(BUILD)/obj/%.o: %.c | $(GEN_H)
	@mkdir -p $(@D)
	$(call tell,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define library
$(BUILD)/lib$(1).a: $(call obj,$($(1)_SRC)) $(2)
	@rm -f $$@
	$$(call tell,AR,$$@)
	$$(Q)ar rcs $$@ $$^
endef
$(eval $(call library,wire,$(PROTOS:%.proto=$(BUILD)/obj/gen/%.pb-c.o)))
$(eval $(call library,life,$(BUILD)/obj/gen/conf/data.o))
$(foreach l,log store core daemon cli,$(eval $(call library,$(l))))

$(BUILD)/bin/tracd: $(call obj,daemon/main.c) $(ALL_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(STORE_L) -levent_core -lconfuse -lseccomp
$(BUILD)/bin/tracd-net: $(call obj,$(net_SRC)) $(BUILD)/libdaemon.a $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lzmq -lprotobuf-c -levent_core -lseccomp
$(BUILD)/bin/tracd-http: $(call obj,$(http_SRC)) $(BUILD)/libdaemon.a $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -levent_core -levent_extra -lseccomp -lprotobuf-c
$(BUILD)/bin/trac: $(call obj,cli/main.c) $(BUILD)/libcli.a $(STORE_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(STORE_L) $(CLI_L)
$(FRENCH): cli/fr.po
	@mkdir -p $(@D)
	$(call tell,MSGFMT,$<)
	$(Q)msgfmt --check -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
include tests/tests.mk

# --- for people --------------------------------------------------------------
packages:
	@conf/packages.sh $(BUILD_PACKAGES)
packages-check:
	@conf/packages.sh $(BUILD_PACKAGES) $(CHECK_PACKAGES)
packages-bench:
	@conf/packages.sh $(BUILD_PACKAGES) $(BENCH_PACKAGES)

demo: packages
	@$(MAKE) $(JOBS) all $(BUILD)/demo/scenario
	@tests/demo/run.sh $(BUILD)

# the page of the 30 kinds, from the table that judges events
vocabulary: all
	@LC_ALL=C $(BUILD)/bin/trac record --help all >doc/vocabulary.md

install: all
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/bin/trac
	install -D -m 755 $(BUILD)/bin/tracd -t $(DESTDIR)$(PREFIX)/sbin
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/tracd \
		$(BUILD)/bin/tracd-net $(BUILD)/bin/tracd-http
	install -D -m 644 $(FRENCH) -t $(DESTDIR)$(PREFIX)/share/locale/fr/LC_MESSAGES
	install -D -m 644 conf/tracd.conf.sample -t $(DESTDIR)$(PREFIX)/share/doc/tracd
	install -D -m 644 conf/ateliers.csv -t $(DESTDIR)$(PREFIX)/share/tracd
	install -D -m 644 systemd/tracd.service -t $(DESTDIR)/usr/lib/systemd/system
	install -D -m 644 systemd/tracd.sysusers $(DESTDIR)/usr/lib/sysusers.d/tracd.conf
	install -D -m 644 systemd/tracd.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/tracd.conf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 doc/man/trac.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 doc/man/tracd.conf.5
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 doc/man/tracd.8

clean:
	rm -rf $(BUILD)

.PHONY: all packages packages-check packages-bench demo vocabulary install clean
