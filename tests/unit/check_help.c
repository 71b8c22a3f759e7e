/* The store that the tests of the check harm. */
#include "tests/unit/check_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store/cosigned.h"
#include "store/evidence.h"
#include "store/figures.h"
#include "store/run.h"
#include "tests/unit/store_help.h"

struct checked it;

static void tell(void *ctx, const char *sentence)
{
	(void)ctx;
	if (!*it.first)
		snprintf(it.first, sizeof it.first, "%s", sentence);
}

static void tell_progress(void *ctx, uint64_t entries)
{
	(void)ctx;
	it.progress = entries;
}

static const uint8_t seed[KEY_SEED_SIZE] = { 1 };

/* All logs of the world have one key. */
static int is_signed(void *ctx, const char *origin, struct span note, struct fault *f)
{
	struct signer *signer = signer_create(origin, KEY_ED25519, seed, f);
	struct checkpoint c;
	(void)ctx;

	assert_non_null(signer);
	int rc = checkpoint_open(&c, note, signer_verifier(signer), f);
	signer_destroy(signer);
	return rc;
}

int check_it(struct store *of, struct check_report *r)
{
	struct fault f = { .code = FAULT_NONE };

	*it.first = '\0';
	*r = (struct check_report){ .tell = tell, .progress = tell_progress,
				    .is_signed = is_signed };
	if (store_check(of, r, &f) == 0)
		return 0;
	snprintf(it.first, sizeof it.first, "%s", f.text);
	return -1;
}

/* A signed head of what the log holds. */
static void sign_head(uint32_t log)
{
	struct checkpoint c;
	struct frontier frontier;
	struct buffer note;
	struct fault f;

	struct txn *t = must_begin(it.s, true);
	log_origin(t, log, c.origin);
	log_frontier(t, log, &frontier);
	c.size = frontier.size;
	frontier_root(&frontier, &c.root);
	struct signer *signer = signer_create(c.origin, KEY_ED25519, seed, &f);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	assert_int_equal(checkpoint_sign(&c, signer, &note, &f), 0);
	assert_int_equal(head_take(t, log, &c, (struct span){ note.data, note.used }, &f), 0);
	must_commit(t);
	buffer_clear(&note);
	signer_destroy(signer);
}

static struct span bytes_of(const struct buffer *b)
{
	return (struct span){ b->data, b->used };
}

/* A log that forked before anything of it came here, and what was cosigned of another. */
static void accuse_and_vouch(void)
{
	const char *const origin = "fne.example/forked", *const vouched = "other.example/log";
	struct signer *s, *hub;
	struct fork_evidence e = { .small = { .head = { .size = 7 } } };
	struct buffer note[3], file;
	struct fork_row row = { .found_ms = 1767225600000, .from = "lille" };
	struct note parsed;
	struct fault f;

	for (unsigned i = 0; i < 3; i++) {
		struct checkpoint c = { .size = 7 };

		snprintf(c.origin, sizeof c.origin, "%s", i < 2 ? origin : vouched);
		c.root.b[0] = (uint8_t)i;
		buffer_init(&note[i], 2 * CHECKPOINT_BYTES_MAX);
		s = signer_create(c.origin, KEY_ED25519, seed, &f);
		assert_int_equal(checkpoint_sign(&c, s, &note[i], &f), 0);
		signer_destroy(s);
		*(i == 0 ? &e.small.head : &e.large.head) = c;
	}
	struct txn *t = must_begin(it.s, true);
	hub = signer_create("fne.example/hub", KEY_COSIGNATURE, seed, &f);
	assert_int_equal(note_parse(&parsed, bytes_of(&note[2]), &f), 0);
	assert_int_equal(note_cosign(&note[2], parsed.text, hub, 1767225600, &f), 0);
	cosigned_put(t, &e.large.head, 1767225600, bytes_of(&note[2]));
	signer_destroy(hub);
	snprintf(e.large.head.origin, sizeof e.large.head.origin, "%s", origin);
	e.large.head.root.b[0] = 1;
	e.small.note = bytes_of(&note[0]);
	e.large.note = bytes_of(&note[1]);
	buffer_init(&file, EVIDENCE_BYTES_MAX);
	assert_int_equal(evidence_write(&e, &file, &f), 0);
	row.bytes = bytes_of(&file);
	fork_put(t, log_open(t, origin), &row);
	must_commit(t);
	for (unsigned i = 0; i < 3; i++)
		buffer_clear(&note[i]);
	buffer_clear(&file);
}

static bool author(void *ctx, const char *origin, uint64_t index, char *name)
{
	(void)ctx, (void)index;
	snprintf(name, MEMBER_NAME_MAX + 1, "%s", strchr(origin, '/') + 1);
	return true;
}

int check_set_up(void **state)
{
	static const struct figures_rules rules = { author, NULL, NULL };
	struct fault f;
	(void)state;

	it.dir = scratch_create();
	it.s = must_open(it.dir, STORE_WRITE);
	dice_seed(77);
	world_begin(&it.w, it.s, 400);
	struct index *x = index_create(it.s, &f);
	world_grow(&it.w, x, CHECK_EVENTS);
	assert_int_equal(index_flush(x, &f), 0);
	for (unsigned i = 0; i < WORLD_LOGS; i++)
		sign_head(it.w.log[i]);
	struct figures *g = figures_create(it.s, x, rules);
	while (figures_catch_up(g, 1000, &f) > 0)
		;
	figures_destroy(g);
	accuse_and_vouch();
	/* a tail that is neither indexed nor signed */
	world_grow(&it.w, x, CHECK_TAIL);
	index_destroy(x);
	return 0;
}

int check_tear_down(void **state)
{
	(void)state;
	store_close(it.s);
	world_end(&it.w);
	scratch_remove(it.dir);
	return 0;
}

void harm_entry(uint32_t log, uint64_t index)
{
	static uint8_t copy[ENTRY_SIZE_MAX];
	uint8_t key[8];
	uint64_t arrival;
	struct span v;
	struct txn *t = must_begin(it.s, true);

	assert_true(run_arrival(t, log, index, &arrival));
	assert_true(txn_get(t, TABLE_ENTRIES, arrival_key(key, arrival), &v));
	memcpy(copy, v.data, v.size);
	copy[3] ^= 4;
	txn_put(t, TABLE_ENTRIES, arrival_key(key, arrival), (struct span){ copy, v.size });
	must_commit(t);
}

uint64_t size_of(uint32_t log)
{
	struct txn *t = must_begin(it.s, false);
	uint64_t size = log_size(t, log);

	txn_abort(t);
	return size;
}
