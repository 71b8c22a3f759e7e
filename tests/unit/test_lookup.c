/* Lookups: the lives that they lead to are those of all events together. */
#include "store/index.h"

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

struct folded {
	struct life_input input[WORLD_EVENTS];
	unsigned item[WORLD_EVENTS];      /* of the world */
	unsigned count;
	struct lives lives;
};

static void fold_begin(struct folded *o)
{
	o->count = 0;
}

static void fold_item(struct folded *o, unsigned i)
{
	if (!w.item[i].event)
		return;
	o->item[o->count] = i;
	o->input[o->count++] = (struct life_input){
		.event = w.item[i].event,
		.author = w.item[i].author,
		.index = w.item[i].at.index,
		.valid = true,
	};
}

static void fold_end(struct folded *o)
{
	assert_int_equal(lives_fold(o->input, o->count, &o->lives), 0);
}

static const char *wanted;
static bool has_value;

static void match(void *ctx, enum event_key type, const void *data, size_t size)
{
	(void)ctx;
	has_value |= type == KEY_VALUE && size == strlen(wanted) &&
		     memcmp(data, wanted, size) == 0;
}

static bool life_has(const struct life *l, const char *value)
{
	wanted = value;
	has_value = false;
	for (unsigned i = 0; i < l->line_count; i++) {
		const Trac__Event *e = l->line[i].input->event;
		/* other devices of the same donation are other lives, and a
		 * correction is about what its target is about */
		if (e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED &&
		    e->body_case != TRAC__EVENT__BODY_CORRECTED)
			event_keys(e, match, NULL);
	}
	return has_value;
}

static unsigned item_of(const struct folded *o, const struct life_line *l)
{
	return o->item[l->input - o->input];
}

/* Same lines, notes and end. */
static bool same_life(const struct folded *a, const struct life *x, const struct folded *b,
		      const struct life *y)
{
	if (x->line_count != y->line_count || x->cycle_count != y->cycle_count ||
	    x->state != y->state || x->data != y->data || strcmp(x->holder, y->holder) != 0)
		return false;
	for (unsigned i = 0; i < x->line_count; i++) {
		if (item_of(a, &x->line[i]) != item_of(b, &y->line[i]) ||
		    x->line[i].notes != y->line[i].notes)
			return false;
	}
	return true;
}

/* Nothing but what was said of it in passing: announcements, links, corrections.
 * It is whole only in the lookup of its own identifier. */
static bool is_hearsay(const struct life *l)
{
	for (unsigned i = 0; i < l->line_count; i++) {
		switch ((int)l->line[i].input->event->body_case) {
		case TRAC__EVENT__BODY_DONATION_ANNOUNCED:
		case TRAC__EVENT__BODY_IDENTITY_LINKED:
		case TRAC__EVENT__BODY_CORRECTED:
			continue;
		default:
			return false;
		}
	}
	return true;
}

static struct folded all, some;

static unsigned find_item(struct position at)
{
	for (unsigned i = 0; i < w.count; i++) {
		if (w.item[i].at.log == at.log && w.item[i].at.index == at.index)
			return i;
	}
	fail_msg("a lookup found what was never appended");
	return 0;
}

static unsigned check_value(struct index *x, struct txn *t, const char *value)
{
	struct found found;
	unsigned lives = 0;
	struct fault f;

	if (index_lookup(x, t, value, &found, &f))
		fail_msg("%s", f.text);
	/* more than 64 identifiers met: rare where values are many */
	if (found.cut) {
		free(found.at);
		return 0;
	}
	fold_begin(&some);
	for (unsigned i = 0; i < found.count; i++) {
		if (i > 0)
			assert_true(found.at[i - 1].log < found.at[i].log ||
				    (found.at[i - 1].log == found.at[i].log &&
				     found.at[i - 1].index < found.at[i].index));
		fold_item(&some, find_item(found.at[i]));
	}
	free(found.at);
	fold_end(&some);
	for (unsigned i = 0; i < all.lives.count; i++) {
		const struct life *l = &all.lives.life[i];
		bool same = false;
		if (!life_has(l, value) || is_hearsay(l))
			continue;
		lives++;
		for (unsigned k = 0; k < some.lives.count && !same; k++)
			same = same_life(&all, l, &some, &some.lives.life[k]);
		if (!same)
			fail_msg("%s: a life of %u lines is not found whole", value,
				 l->line_count);
	}
	lives_clear(&some.lives);
	return lives;
}

static void lookups_find_whole_lives(void **state)
{
	const char *dir = scratch_create();
	struct fault f;
	unsigned lives = 0;
	(void)state;

	for (uint64_t seed = 0; seed < 6; seed++) {
		char path[4200], value[TEXT_MAX + 1];
		snprintf(path, sizeof path, "%s/%d", dir, (int)seed);
		assert_int_equal(mkdir(path, 0700), 0);
		struct store *s = must_open(path, STORE_WRITE);
		dice_seed(100 + seed);
		world_begin(&w, s, 150 * (1 + (unsigned)seed));
		struct index *x = index_create(s, &f);
		world_grow(&w, x, 300);
		assert_int_equal(index_flush(x, &f), 0);
		world_grow(&w, x, 200);
		fold_begin(&all);
		for (unsigned i = 0; i < w.count; i++)
			fold_item(&all, i);
		fold_end(&all);
		struct txn *t = must_begin(s, false);
		for (int n = 0; n < 60; n++) {
			world_value(&w, value);
			lives += check_value(x, t, value);
		}
		txn_abort(t);
		lives_clear(&all.lives);
		index_destroy(x);
		world_end(&w);
		store_close(s);
	}
	printf("%u lives compared\n", lives);
	assert_true(lives > 100);
	scratch_remove(dir);
}

static void expect(struct index *x, struct txn *t, const char *query, unsigned count,
		   struct position at)
{
	struct found found;
	struct fault f;

	assert_int_equal(index_lookup(x, t, query, &found, &f), 0);
	assert_int_equal(found.count, count);
	assert_false(found.cut);
	if (count == 1) {
		assert_int_equal(found.at[0].log, at.log);
		assert_int_equal(found.at[0].index, at.index);
	}
	free(found.at);
}

static void references_lead_to_one_event(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct found found;
	struct fault f;
	(void)state;

	dice_seed(5);
	world_begin(&w, s, 50);
	struct index *x = index_create(s, &f);
	world_grow(&w, x, 100);
	struct txn *t = must_begin(s, false);
	expect(x, t, "w1/3", 1, (struct position){ w.log[1], 3 });
	expect(x, t, "fne.example/w1/3", 0, (struct position){ 0 });
	expect(x, t, "w1/99999", 0, (struct position){ 0 });
	expect(x, t, "w9/1", 0, (struct position){ 0 });
	expect(x, t, "1/1", 0, (struct position){ 0 });
	expect(x, t, "members/0", 0, (struct position){ 0 });
	expect(x, t, "w1/999999999999999999999", 0, (struct position){ 0 });
	assert_int_equal(index_lookup(x, t, "", &found, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_int_equal(index_lookup(x, t, " - ", &found, &f), -1);
	txn_abort(t);
	index_destroy(x);
	world_end(&w);
	store_close(s);
	scratch_remove(dir);
}

/* One serial with more events than a lookup gives: said, not hidden. */
static void limits_are_said(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	Trac__Identifier serial = TRAC__IDENTIFIER__INIT, *list[1] = { &serial };
	Trac__Event e = TRAC__EVENT__INIT;
	struct buffer b;
	struct found found;
	struct fault f;
	(void)state;

	serial.has_kind = 1;
	serial.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	serial.value = "5CG1234XYZ";
	serial.maker = "HP";
	e.device = list;
	e.n_device = 1;
	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(&e, &b);
	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, "fne.example/a");
	struct span entry = { b.data, b.used };
	for (int i = 0; i < LOOKUP_EVENTS_MAX + 10; i++)
		log_append(t, log, &entry, 1, NULL);
	must_commit(t);
	struct index *x = index_create(s, &f);
	t = must_begin(s, false);
	assert_int_equal(index_lookup(x, t, "5cg1234xyz", &found, &f), 0);
	assert_int_equal(found.count, LOOKUP_EVENTS_MAX);
	assert_true(found.cut);
	free(found.at);
	txn_abort(t);
	buffer_clear(&b);
	index_destroy(x);
	store_close(s);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_find_whole_lives),
		cmocka_unit_test(references_lead_to_one_event),
		cmocka_unit_test(limits_are_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
