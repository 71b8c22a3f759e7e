# The bench: peers, load and shim are built beside ours; run.sh runs them.
BENCH = $(BUILD)/bench
BENCH_COMMON = $(call obj,tests/bench/events.c tests/bench/measure.c)
BENCH_PROGRAMS = $(addprefix $(BENCH)/,client peer_pg peer_sqlite peer_lmdb slowsync.so)

$(BUILD)/obj/tests/bench/peer_pg.o: CPPFLAGS += -I/usr/include/postgresql
$(BENCH)/client: $(call obj,tests/bench/client.c tests/bench/control.c) $(BENCH_COMMON) \
		$(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lprotobuf-c
$(BENCH)/peer_pg: $(call obj,tests/bench/peer_pg.c) $(BENCH_COMMON) $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpq -lprotobuf-c
$(BENCH)/peer_sqlite: $(call obj,tests/bench/peer_sqlite.c) $(BENCH_COMMON) $(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lsqlite3 -lprotobuf-c
$(BENCH)/peer_lmdb: $(call obj,tests/bench/peer_lmdb.c tests/bench/bare.c) $(BENCH_COMMON) \
		$(BUILD)/libwire.a
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -llmdb -lcrypto -lsodium -lprotobuf-c
$(BENCH)/slowsync.so: tests/bench/slowsync.c
	@mkdir -p $(@D)
	$(call tell,LINK,$@)
	$(Q)$(CC) $(CPPFLAGS) -std=c11 -g -O2 $(WARNINGS) -fPIC -shared -o $@ $<

# BENCH_EVENTS (200000), BENCH_ROUNDS (5) and BENCH_SECONDS (1) scale it
bench: packages-bench
	@$(MAKE) $(JOBS) all $(BENCH_PROGRAMS)
	@tests/bench/run.sh $(BUILD)

# the peers' headers are installed for the bench only
CLANG_SRC := $(filter-out tests/bench/%,$(CLANG_SRC))

.PHONY: bench
