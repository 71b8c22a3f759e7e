/* Figures: equal to one fold of all events, for any order and any slices. */
#include "store/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "tests/unit/events_help.h"
#include "tests/unit/store_help.h"

static struct world w;
/* Entries of the last log from here on are revoked. */
static uint64_t revoked_from;

static bool author(void *ctx, const char *origin, uint64_t index, char *name)
{
	(void)ctx;
	assert_memory_equal(origin, "fne.example/", 12);
	strcpy(name, origin + 12);
	return strcmp(name, world_author(WORLD_LOGS - 1)) != 0 || index < revoked_from;
}

static const struct figures_rules rules = { author, NULL, NULL };

static bool is_asked(const struct figures_query *q, const struct contribution *c)
{
	return (!q->from_month || c->month >= q->from_month) &&
	       (!q->to_month || c->month <= q->to_month) &&
	       (!*q->department || strcmp(q->department, c->department) == 0) &&
	       (!*q->structure || strcmp(q->structure, c->structure) == 0);
}

static struct contribution counted[20000];
static unsigned counted_count;

static void keep(void *ctx, const struct contribution *c)
{
	(void)ctx;
	assert_in_range(counted_count, 0, 19999);
	counted[counted_count++] = *c;
}

/* One fold of everything. */
static void fold_all(void)
{
	static const struct contribution_sink sink = { keep, NULL, NULL };
	static struct life_input input[WORLD_EVENTS];
	struct lives lives;
	unsigned count = 0;

	for (unsigned i = 0; i < w.count; i++) {
		char origin[40], name[64];
		/* promises count nowhere and make nothing ambiguous */
		if (!w.item[i].event ||
		    w.item[i].event->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED)
			continue;
		snprintf(origin, sizeof origin, "fne.example/%s", w.item[i].author);
		input[count++] = (struct life_input){
			.event = w.item[i].event,
			.author = w.item[i].author,
			.index = w.item[i].at.index,
			.valid = author(NULL, origin, w.item[i].at.index, name),
		};
	}
	assert_int_equal(lives_fold(input, count, &lives), 0);
	counted_count = 0;
	lives_contribute(&lives, &sink);
	lives_clear(&lives);
}

/* All groups and all measures, in words. */
static char *told(struct figure_sum *sum)
{
	const struct figure_group *group;
	unsigned count = 0;
	struct buffer b;
	struct fault f;

	buffer_init(&b, 1 << 20);
	group = figure_sum_finish(sum, &count, &f);
	if (!group)
		fail_msg("%s", f.text);
	for (unsigned i = 0; i < count; i++) {
		write_format(&b, "[%s]", group[i].name);
		for (unsigned k = 1; k < MEASURE_COUNT; k++)
			write_format(&b, " %llu", (unsigned long long)group[i].measure[k]);
		write_format(&b, "\n");
	}
	write_u8(&b, 0);
	figure_sum_destroy(sum);
	return (char *)b.data;
}

static char *brute(const struct figures_query *q, Trac__GroupBy by)
{
	struct figure_sum *sum = figure_sum_create(by);

	for (unsigned k = 0; k < counted_count; k++) {
		if (is_asked(q, &counted[k]))
			figure_sum_add(sum, &counted[k]);
	}
	return told(sum);
}

static char *asked(struct store *s, const struct figures_query *q, Trac__GroupBy by)
{
	struct figure_sum *sum = figure_sum_create(by);
	struct txn *t = must_begin(s, false);

	assert_int_equal(figures_sum(t, q, sum), 0);
	txn_abort(t);
	return told(sum);
}

static void check(struct store *s)
{
	static const struct figures_query query[] = {
		{ 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 },
		{ .department = "31" }, { .department = "2A" }, { .department = "974" },
		{ .structure = "w0" }, { .structure = "w3" }, { .structure = "nobody" },
		{ .from_month = 2023 * 12 + 11 }, { .to_month = 2023 * 12 + 11 },
		{ .from_month = 2024 * 12, .to_month = 2024 * 12, .structure = "w1",
		  .department = "69" },
	};

	fold_all();
	for (unsigned i = 0; i < sizeof query / sizeof *query; i++) {
		Trac__GroupBy by = i < 7 ? i : 0;
		char *got = asked(s, &query[i], by), *want = brute(&query[i], by);
		if (strcmp(got, want) != 0)
			fail_msg("query %u:\n%s\ninstead of\n%s", i, got, want);
		free(got);
		free(want);
	}
}

/* What the cells of all collections sum to. */
static uint64_t collected_in(struct store *s)
{
	struct figure_sum *sum = figure_sum_create(0);
	struct txn *t = must_begin(s, false);
	unsigned count;
	struct fault f;

	assert_int_equal(figures_sum(t, &(struct figures_query){ 0 }, sum), 0);
	txn_abort(t);
	uint64_t n = figure_sum_finish(sum, &count, &f)->measure[MEASURE_COLLECTED];
	assert_int_equal(count, 1);
	figure_sum_destroy(sum);
	return n;
}

static void catch_up(struct figures *g, unsigned max)
{
	int64_t left = 1, before = INT64_MAX;
	struct fault f;

	while (left > 0) {
		left = figures_catch_up(g, max, &f);
		if (left < 0)
			fail_msg("%s", f.text);
		assert_true(left < before);
		before = left;
	}
}

static unsigned rows(struct store *s, enum table table)
{
	struct span key, value;
	struct walk walk;
	unsigned n = 0;

	struct txn *t = must_begin(s, false);
	walk_begin(&walk, t, table, (struct span){ NULL, 0 });
	while (walk_next(&walk, &key, &value))
		n++;
	walk_end(&walk);
	txn_abort(t);
	return n;
}

static void figures_equal_one_fold(void **state)
{
	const char *dir = scratch_create();
	uint64_t total = 0;
	struct fault f;
	(void)state;

	for (unsigned seed = 0; seed < 8; seed++) {
		char path[4200];
		snprintf(path, sizeof path, "%s/%u", dir, seed);
		assert_int_equal(mkdir(path, 0700), 0);
		struct store *s = must_open(path, STORE_WRITE);
		dice_seed(500 + seed);
		revoked_from = seed % 2 ? 60 : UINT64_MAX;
		world_begin(&w, s, 200 + 100 * seed);
		struct index *x = index_create(s, &f);
		struct figures *g = figures_create(s, x, rules);
		for (int round = 0; round < 12; round++) {
			world_grow(&w, x, 1 + (unsigned)dice(60));
			catch_up(g, 1 + (unsigned)dice(70));
			if (dice(3) == 0)
				assert_int_equal(index_flush(x, &f), 0);
			check(s);
			if (round != 6)
				continue;
			figures_destroy(g);
			index_destroy(x);
			store_close(s);
			s = w.store = must_open(path, STORE_WRITE);
			x = index_create(s, &f);
			g = figures_create(s, x, rules);
			check(s);
		}
		/* revoked: dropped and computed anew, in other slices */
		revoked_from = 10;
		assert_int_equal(figures_drop(g, &f), 0);
		assert_int_equal(rows(s, TABLE_COUNTERS) + rows(s, TABLE_DEVICES), 0);
		catch_up(g, 1000);
		check(s);
		total += counted_count;
		figures_destroy(g);
		figures_destroy(NULL);
		index_destroy(x);
		world_end(&w);
		store_close(s);
	}
	printf("%d counted\n", (int)total);
	assert_true(total > 500);
	scratch_remove(dir);
}

/* A device of more events than are folded counts nothing, whenever it grew so. */
static void too_large_counts_nothing(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	Trac__Identifier serial = TRAC__IDENTIFIER__INIT, *list[1] = { &serial };
	Trac__Collected collected = TRAC__COLLECTED__INIT;
	Trac__Event e = TRAC__EVENT__INIT;
	uint8_t id[EVENT_ID_SIZE] = { 0 };
	struct position at = { 0 };
	struct buffer b;
	struct fault f;
	(void)state;

	revoked_from = UINT64_MAX;
	serial.has_kind = 1;
	serial.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	serial.value = "5CG1234XYZ";
	serial.maker = "HP";
	e.has_id = e.has_time_ms = 1;
	e.id = (ProtobufCBinaryData){ EVENT_ID_SIZE, id };
	e.time_ms = 1700000000000;
	e.device = list;
	e.n_device = 1;
	e.body_case = TRAC__EVENT__BODY_COLLECTED;
	e.collected = &collected;
	struct index *x = index_create(s, &f);
	struct figures *g = figures_create(s, x, rules);
	buffer_init(&b, ENTRY_SIZE_MAX);
	for (int i = 0; i < LOOKUP_EVENTS_MAX + 200;) {
		int next = i < 10 ? 10 : i < LOOKUP_EVENTS_MAX ? LOOKUP_EVENTS_MAX : i + 100;
		struct txn *t = must_begin(s, true);
		at.log = log_open(t, "fne.example/w0");
		for (; i < next; i++) {
			put_u64(id + 8, (uint64_t)i);
			buffer_reset(&b);
			pack(&e, &b);
			struct span entry = { b.data, b.used };
			log_append(t, at.log, &entry, 1, &at.index);
		}
		must_commit(t);
		assert_int_equal(index_add(x, at, (struct span){ b.data, b.used }, &f), 0);
		catch_up(g, 10000);
		assert_int_equal(collected_in(s), i <= LOOKUP_EVENTS_MAX);
	}
	assert_int_equal(rows(s, TABLE_COUNTERS), 0);
	buffer_clear(&b);
	figures_destroy(g);
	index_destroy(x);
	store_close(s);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_equal_one_fold),
		cmocka_unit_test(too_large_counts_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
