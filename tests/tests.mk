# How the tests are built and run.
UNIT = $(patsubst tests/unit/test_%.c,$(BUILD)/unit/test_%,$(wildcard tests/unit/test_*.c))
SIM = $(patsubst tests/sim/test_%.c,$(BUILD)/sim/test_%,$(wildcard tests/sim/test_*.c))
FUZZ = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
SIM_HELP = $(filter-out $(wildcard tests/sim/test_*.c),$(wildcard tests/sim/*.c))
UNIT_HELP = $(filter-out $(wildcard tests/unit/test_*.c),$(wildcard tests/unit/*.c))

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) $(ALL_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(STORE_L) -levent_core -lconfuse -lseccomp -ljansson
# tests of the command line link its core, which others need not wait for
CLI_UNIT = $(patsubst %,$(BUILD)/unit/test_%,csv json_record render)
$(CLI_UNIT): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(UNIT_HELP)) \
		$(BUILD)/libcli.a $(STORE_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(STORE_L) $(CLI_L)
# the simulator links proto and core alone: a call to LMDB, ZeroMQ or libevent cannot link
$(BUILD)/sim/%: $(BUILD)/obj/tests/sim/%.o $(call obj,$(SIM_HELP)) $(BUILD)/libcore.a $(PROTO_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(PROTO_L)
$(BUILD)/fuzz/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(PROTO_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PROTO_L)
# to search: make BUILD=build/search CC=clang SANITIZE=address,undefined,fuzzer-no-link \
#	build/search/fuzz/fuzz_gossip && build/search/fuzz/fuzz_gossip tests/fuzz/corpus/gossip
$(BUILD)/fuzz/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(PROTO_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PROTO_L)
# writes the first corpus anew: $(BUILD)/fuzz/seed tests/fuzz/corpus
$(BUILD)/fuzz/seed: $(BUILD)/obj/tests/fuzz/seed.o $(PROTO_A)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(PROTO_L)

tests: $(UNIT) $(SIM) $(FUZZ)

.PHONY: tests

include tests/check/check.mk
