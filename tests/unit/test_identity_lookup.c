/* What ties devices together is found from each of their identifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/index.h"
#include "tests/unit/identities.h"
#include "tests/unit/store_help.h"

#define SEEDS 40

struct filed {
	struct story *story;
	struct position at[STORY_MAX];
};

/* Each author has a log; every event of the story is appended to it. */
static void file_story(struct filed *d, struct store *s)
{
	char origin[ORIGIN_MAX + 1];
	struct buffer b;
	struct txn *t = must_begin(s, true);
	buffer_init(&b, ENTRY_SIZE_MAX);
	for (unsigned i = 0; i < d->story->count; i++) {
		struct life_input *in = &d->story->input[i];
		snprintf(origin, sizeof origin, "fne.example/%s", in->author);
		buffer_reset(&b);
		pack(in->event, &b);
		struct span entry = { b.data, b.used };
		d->at[i].log = log_open(t, origin);
		assert_int_equal(log_append(t, d->at[i].log, &entry, 1, &d->at[i].index), 0);
		in->index = d->at[i].index;
		in->valid = true;
	}
	must_commit(t);
	buffer_clear(&b);
}

static unsigned find_number(const struct filed *d, struct position at)
{
	for (unsigned i = 0; i < d->story->count; i++) {
		if (d->at[i].log == at.log && d->at[i].index == at.index)
			return i;
	}
	fail_msg("a lookup found what was never filed");
	return 0;
}

static bool life_has(const struct life *l, const char *value)
{
	for (unsigned i = 0; i < l->ident_count; i++) {
		if (strcmp(l->ident[i].value, value) == 0)
			return true;
	}
	return false;
}

/* Nothing but what was said of it in passing: whole only in the lookup of its own. */
static bool is_hearsay(const struct life *l)
{
	for (unsigned i = 0; i < l->line_count; i++) {
		const struct kind *k;
		event_body(l->line[i].input->event, &k);
		if (k->needs_device)
			return false;
	}
	return true;
}

static bool same_lines(const struct life *a, const struct life *b)
{
	if (a->line_count != b->line_count || a->ident_count != b->ident_count)
		return false;
	for (unsigned i = 0; i < a->line_count; i++) {
		if (strcmp(a->line[i].input->author, b->line[i].input->author) != 0
		    || a->line[i].input->index != b->line[i].input->index)
			return false;
	}
	return true;
}

/* Returns how many lives with that value were compared. */
static unsigned expect_whole(const struct filed *d, struct index *x, struct txn *t,
			     const char *value, unsigned number)
{
	struct life_input some[STORY_MAX];
	struct lives lives;
	struct found found;
	struct fault f;
	unsigned compared = 0;
	if (index_lookup(x, t, value, &found, &f))
		fail_msg("%s", f.text);
	assert_false(found.cut);
	for (unsigned i = 0; i < found.count; i++)
		some[i] = d->story->input[find_number(d, found.at[i])];
	assert_int_equal(lives_fold(some, found.count, &lives), 0);
	for (unsigned i = 0; i < d->story->lives.count; i++) {
		const struct life *l = &d->story->lives.life[i];
		bool same = false;
		if (!life_has(l, value) || is_hearsay(l))
			continue;
		for (unsigned k = 0; k < lives.count && !same; k++)
			same = same_lines(l, &lives.life[k]);
		if (!same)
			fail_msg("seed %u, %s: a life of %u lines is not found whole", number,
				 value, l->line_count);
		compared++;
	}
	lives_clear(&lives);
	free(found.at);
	return compared;
}

static unsigned look_up_all(const struct filed *d, struct index *x, struct txn *t,
			    unsigned number)
{
	unsigned compared = 0;
	for (unsigned i = 0; i < d->story->lives.count; i++) {
		const struct life *l = &d->story->lives.life[i];
		for (unsigned k = 0; k < l->ident_count; k++)
			compared += expect_whole(d, x, t, l->ident[k].value, number);
	}
	return compared;
}

static void lookups_find_whole_devices(void **state)
{
	const char *dir = scratch_create();
	unsigned compared = 0;
	struct fault f;
	(void)state;
	for (uint32_t number = 1; number <= SEEDS; number++) {
		uint32_t seed = number * 2654435761u;
		struct filed d = { .story = story_begin() };
		char path[4200];
		snprintf(path, sizeof path, "%s/%u", dir, number);
		assert_int_equal(mkdir(path, 0700), 0);
		struct store *s = must_open(path, STORE_WRITE);
		unsigned count = 4 + identities_dice(&seed) % 30;
		while (d.story->count < count) {
			if (number % 2 == 0)
				identities_tell_anything(d.story, &seed);
			else
				identities_tell_truth(d.story, &seed);
		}
		file_story(&d, s);
		story_lives(d.story);
		struct index *x = index_create(s, &f);
		assert_non_null(x);
		struct txn *t = must_begin(s, false);
		compared += look_up_all(&d, x, t, number);
		txn_abort(t);
		index_destroy(x);
		store_close(s);
		story_end(d.story);
	}
	printf("%u lives compared\n", compared);
	assert_true(compared > 1000);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_find_whole_devices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
