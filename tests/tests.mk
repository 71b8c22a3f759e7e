# How the tests are built and run.
UNIT = $(patsubst tests/unit/test_%.c,$(BUILD)/unit/test_%,$(wildcard tests/unit/test_*.c))
SIM = $(patsubst tests/sim/test_%.c,$(BUILD)/sim/test_%,$(wildcard tests/sim/test_*.c))
FUZZ = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
SIM_HELP = $(filter-out $(wildcard tests/sim/test_*.c),$(wildcard tests/sim/*.c))
UNIT_HELP = $(filter-out $(wildcard tests/unit/test_*.c),$(wildcard tests/unit/*.c))

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) $(ALL_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(STORE_L) -levent_core -lconfuse -lseccomp \
		-ljansson -lzmq
# tests of the command line link its core, which others need not wait for
CLI_UNIT = $(patsubst %,$(BUILD)/unit/test_%,csv json_record render scan proof bench bench_nwipe \
	import_match import_review note_verify tile_verify)
$(CLI_UNIT): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) \
		$(BUILD)/libcli.a $(STORE_A) | $(FRENCH)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(STORE_L) $(CLI_L)
# these run the real programs
$(BUILD)/unit/test_net $(BUILD)/unit/test_net_hostile $(BUILD)/unit/test_spawner: \
		| $(BUILD)/bin/tracd-net
$(BUILD)/unit/test_http $(BUILD)/unit/test_http_pieces $(BUILD)/unit/test_spawner: \
		| $(BUILD)/bin/tracd-http
# the simulator links proto and core alone: a call to LMDB, ZeroMQ or libevent cannot link
$(BUILD)/sim/%: $(BUILD)/obj/tests/sim/%.o $(call obj,$(SIM_HELP)) $(BUILD)/libcore.a $(PROTO_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(PROTO_L)
$(BUILD)/fuzz/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(PROTO_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PROTO_L)
# decoders of the command line: what benches and people write
CLI_FUZZ = nwipe smartctl lshw dmidecode glpi csv jsonl
$(patsubst %,$(BUILD)/fuzz/replay_%,$(CLI_FUZZ)): $(BUILD)/fuzz/replay_%: \
		$(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o \
		$(BUILD)/libcli.a $(STORE_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(STORE_L) $(CLI_L)
$(patsubst %,$(BUILD)/fuzz/fuzz_%,$(CLI_FUZZ)): $(BUILD)/fuzz/fuzz_%: \
		$(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/libcli.a $(STORE_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(STORE_L) $(CLI_L)
# to search: make BUILD=build/search CC=clang SANITIZE=address,undefined,fuzzer-no-link \
#	build/search/fuzz/fuzz_gossip && build/search/fuzz/fuzz_gossip tests/fuzz/corpus/gossip
$(BUILD)/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(PROTO_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PROTO_L)
# writes the first corpus anew: $(BUILD)/fuzz/seed tests/fuzz/corpus
$(BUILD)/fuzz/seed: $(BUILD)/obj/tests/fuzz/seed.o $(PROTO_A)
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PROTO_L)

tests: $(UNIT) $(SIM) $(FUZZ)

.PHONY: tests

include tests/check/check.mk

# --- the demonstration's events ----------------------------------------------
$(BUILD)/demo/scenario: $(call obj,$(wildcard tests/demo/*.c))
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

# --- the six loops of the study, as scenarios ---------------------------------
$(BUILD)/loops/loop: $(call obj,$(wildcard tests/loops/*.c))
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson

loops: all $(BUILD)/loops/loop
	@for file in $(sort $(wildcard tests/loops/*.loop)); do \
		tests/loops/loop.sh $(BUILD) $$file || exit 1; \
	done

.PHONY: loops

# --- running -----------------------------------------------------------------
SANITIZED = $(BUILD)/san
NET = $(sort $(wildcard tests/net/t[0-9]*.sh))

check: packages-check
	@$(MAKE) check-source
	@$(MAKE) check-clang
	@$(MAKE) $(JOBS) all tests $(BUILD)/demo/scenario $(BUILD)/loops/loop
	@$(MAKE) check-tree
	@$(MAKE) $(JOBS) BUILD=$(SANITIZED) SANITIZE=address,undefined all tests
	@tests/run.sh $(BUILD) $(SANITIZED)

# thousands of seeds where make check runs hundreds; seconds of the processor bound each, so
# that a busy machine is no failure
sim-long: $(SIM)
	ulimit -t 200; $(BUILD)/sim/test_forks --count 6000
	ulimit -t 400; $(BUILD)/sim/test_fork_free --count 3000
	ulimit -t 200; $(BUILD)/sim/test_cosign --count 2000
	ulimit -t 60; $(BUILD)/sim/test_swarm --nodes 40 --seed 7 --minutes 60

.PHONY: sim-long

# the same warnings by the other compiler; generates, does not link
CLANG_SRC = $(wildcard proto/*/*.c store/*.c daemon/*.c daemon/*/*.c cli/*.c cli/bench/*.c \
	tests/*/*.c)
check-clang: $(GEN_H)
	@clang -fsyntax-only $(CPPFLAGS) -std=c11 $(WARNINGS) $(CLANG_SRC)
	@echo "clang: $(words $(CLANG_SRC)) files without a warning"

.PHONY: check check-clang

include tests/bench/bench.mk
