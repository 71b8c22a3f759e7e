/* Stories of a node whose own log others know, or say they know, better than it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/state.h"
#include "tests/sim/story.h"

#define TELLS(known, signed) \
	"a: tells: own log: others know " known " entries of it under our signature, this " \
	"node has signed " signed ": an old copy of the store is running, or a second node under " \
	"this name; nothing is published until the log is restored\n"

#define FORGED \
	"link: liar sent what does not prove, and is closed: the signature of \"fne.example/a\" " \
	"does not verify: the note was changed or the key is another\n"

static const char *const names[] = { "authority", "hub", "a", "liar" };

/* a publishes 4 entries, which are backed up, and 6 more, and dies. */
static struct story *story_of_a_backup(struct ram_log *backup)
{
	struct story *s = story_begin(3, 1, names);
	struct node *a = &s->w->node[2];

	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	node_record(s->w, 2, 4);
	story_run(s, 100);
	ram_copy(backup, &a->log[3]);
	node_record(s->w, 2, 6);
	story_run(s, 100);
	node_stop(s->w, 2);
	story_run(s, 100);
	story_forget(s);
	return s;
}

/* The backup is put back, and more is recorded than was lost before anyone is heard. */
static void an_old_backup_comes_back_whole(void **state)
{
	struct ram_log backup = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);

	(void)state;
	ram_copy(&s->w->node[2].log[3], &backup);
	node_start(s->w, 2);
	node_record(s->w, 2, 20);
	story_run(s, 1500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: is in quarantine, 0 aside\n"
	       "[ 3300] a: records 20, holds 20 aside\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: head of a grew 4 -> 10, wants 6\n"
	       "[ 4280] a: a [4, 10) is proved, holds 10 of 10\n"
	       "[ 4280] a: leaves quarantine, holds 30\n"
	       "[ 4280] a: signs 30\n"
	       "[ 4290] hub: head of a grew 10 -> 30, wants 20\n"
	       "[ 4310] hub: a [10, 30) is proved, holds 30 of 30\n"
	       "[ 4320] authority: head of a grew 10 -> 30, wants 20\n"
	       "[ 4340] authority: a [10, 30) is proved, holds 30 of 30\n");
	story_expect_equal(s);
	ram_clear(&backup);
	story_end(s);
}

/* A snapshot takes the fence back too: the hub's greeting finds it out, and what the
 * snapshot had not published yet contradicts what was published after it. */
static void a_snapshot_is_found_out_by_a_greeting(void **state)
{
	struct ram_log backup = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);
	struct node *a = &s->w->node[2];

	(void)state;
	ram_copy(&a->log[3], &backup);
	a->fence.size = backup.head[RAM_PROVED].size;
	a->fence.root = backup.head[RAM_PROVED].root;
	node_start(s->w, 2);
	node_record(s->w, 2, 20);
	story_run(s, 1500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: records 20, holds 24\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: a has forked\n"
	       "[ 4260] a: is in quarantine, 20 aside\n"
	       "[ 4260] " TELLS("10", "4")
	       "[ 4300] a: head of a grew 4 -> 10, wants 6\n"
	       "[ 4320] a: a [4, 10) is proved, holds 10 of 10\n"
	       "[ 4320] a: leaves quarantine, holds 30\n"
	       "[ 4320] a: signs 30\n"
	       "[ 4330] hub: head of a grew 10 -> 30, wants 20\n"
	       "[ 4350] hub: a [10, 30) is proved, holds 30 of 30\n"
	       "[ 4360] authority: head of a grew 10 -> 30, wants 20\n"
	       "[ 4380] authority: a [10, 30) is proved, holds 30 of 30\n");
	story_expect_equal(s);
	ram_clear(&backup);
	story_end(s);
}

static void only_the_keys_are_left(void **state)
{
	struct ram_log backup = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);

	(void)state;
	disk_lose(&s->w->node[2]);
	story_forget(s);
	node_start(s->w, 2);
	node_record(s->w, 2, 1);
	story_run(s, 1500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: is in quarantine, 0 aside\n"
	       "[ 3300] a: records 1, holds 1 aside\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: head of a grew 0 -> 10, wants 10\n"
	       "[ 4260] a: head of members grew 0 -> 3, wants 3\n"
	       "[ 4280] a: a [0, 10) is proved, holds 10 of 10\n"
	       "[ 4280] a: leaves quarantine, holds 11\n"
	       "[ 4280] a: members [0, 3) is proved, holds 3 of 3\n"
	       "[ 4280] a: knows 3 members\n"
	       "[ 4280] a: signs 11\n"
	       "[ 4290] hub: head of a grew 10 -> 11, wants 1\n"
	       "[ 4310] hub: a [10, 11) is proved, holds 11 of 11\n"
	       "[ 4320] authority: head of a grew 10 -> 11, wants 1\n"
	       "[ 4340] authority: a [10, 11) is proved, holds 11 of 11\n");
	story_expect_equal(s);
	ram_clear(&backup);
	story_end(s);
}

/* A copy of the folder runs on another machine: the hub that both dial sees two of one
 * name, and the second signs nothing until the first is gone. */
static void a_copied_folder_runs_beside_the_first(void **state)
{
	static const char *const three[] = { "authority", "hub", "a", "spare" };
	struct story *s = story_begin(4, 1, three);
	struct world *w = s->w;

	(void)state;
	story_found(s);
	node_dials(w, 2, 1);
	node_dials(w, 3, 1);
	node_start(w, 2);
	story_run(s, 1000);
	node_record(w, 2, 4);
	story_run(s, 200);
	node_twin(w, 3, 2);
	node_start(w, 3);
	story_run(s, 2000);
	node_record(w, 3, 2);
	node_record(w, 2, 1);
	story_forget(s);
	story_run(s, 20000);
	assert_true(w->node[3].in_aside);
	assert_int_equal(5, w->node[2].log[3].head[RAM_PROVED].size);
	/* the first is stopped for good: the second takes over where it ended */
	node_stop(w, 2);
	story_run(s, 30000);
	assert_false(w->node[3].in_aside);
	assert_int_equal(7, w->node[3].log[3].head[RAM_PROVED].size);
	assert_int_equal(7, w->node[1].log[3].count);
	/* it comes back with its older store, and is now the second */
	node_record(w, 3, 1);
	node_start(w, 2);
	node_record(w, 2, 1);
	story_run(s, 20000);
	assert_int_equal(8, w->node[1].log[3].head[RAM_PROVED].size);
	assert_string_equal(w->failure, "");
	story_end(s);
}

/* Nothing is recorded or looked up less for want of a network: a month alone. */
static void a_month_offline(void **state)
{
	struct story *s = story_begin(3, 1, names);
	struct world *w = s->w;

	(void)state;
	story_found(s);
	node_dials(w, 2, 1);
	node_start(w, 2);
	story_run(s, 1000);
	node_record(w, 2, 3);
	story_run(s, 200);
	w->node[2].group = 1;
	net_partition(w);
	for (unsigned hour = 0; hour < 30 * 24; hour++) {
		story_run(s, 3600000);
		if (hour % 6 == 0)
			node_record(w, 2, 1);
		if (hour == 400) {
			node_stop(w, 2);
			node_start(w, 2);
		}
		story_forget(s);
	}
	assert_int_equal(123, w->node[2].log[3].count);
	assert_int_equal(3, w->node[2].log[3].head[RAM_PROVED].size);
	w->node[2].group = 0;
	story_run(s, 60000);
	assert_int_equal(123, w->node[1].log[3].head[RAM_PROVED].size);
	story_expect_equal(s);
	story_end(s);
}

/* All entries are there, the last signature is not: the head that comes back fits. */
static void a_lost_signature_comes_back(void **state)
{
	struct ram_log backup = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);
	struct ram_log *own = &s->w->node[2].log[3];

	(void)state;
	for (int kind = RAM_PROVED; kind < RAM_HEADS; kind++) {
		const struct ram_head *h = &backup.head[kind];
		const struct checkpoint c = { .size = h->size, .root = h->root };

		ram_head_set(own, kind, &c, (struct span){ h->note, h->note_size });
	}
	node_start(s->w, 2);
	node_record(s->w, 2, 1);
	story_run(s, 2500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: records 1, holds 11\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: head of a grew 4 -> 10, wants 0\n"
	       "[ 4260] a: signs 11\n"
	       "[ 4270] hub: head of a grew 10 -> 11, wants 1\n"
	       "[ 4290] hub: a [10, 11) is proved, holds 11 of 11\n"
	       "[ 4300] authority: head of a grew 10 -> 11, wants 1\n"
	       "[ 4320] authority: a [10, 11) is proved, holds 11 of 11\n");
	story_expect_equal(s);
	ram_clear(&backup);
	story_end(s);
}

/* It dies between the fence and the signature, and is in quarantine then: nobody can have
 * what was never signed, and it is not waited for. */
static void a_fence_without_its_signature_is_not_waited_for(void **state)
{
	struct story *s = story_begin(3, 1, names);
	struct node *a = &s->w->node[2];

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	node_record(s->w, 2, 4);
	story_run(s, 100);
	a->crash_in = 3;   /* the effect, before the fence, behind it */
	node_record(s->w, 2, 1);
	story_run(s, 100);
	assert_false(a->up);
	assert_int_equal(5, a->fence.size);
	assert_int_equal(4, a->log[3].head[RAM_PROVED].size);
	/* told of a twin, it is in doubt, and stopped before anyone has answered */
	a->doubt = true;
	a->group = 1;
	node_start(s->w, 2);
	story_run(s, 1000);
	assert_int_equal(1, a->aside.count);
	node_stop(s->w, 2);
	a->group = 0;
	story_run(s, 100);
	story_forget(s);
	node_start(s->w, 2);
	story_run(s, 20000);
	assert_false(a->in_aside);
	assert_int_equal(5, s->w->node[1].log[3].head[RAM_PROVED].size);
	story_expect_equal(s);
	story_end(s);
}

static void a_claim_alone_only_delays(void **state)
{
	struct story *s = story_begin(4, 1, names);

	(void)state;
	story_found(s);
	s->w->node[3].lies = LIE_CLAIM;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 2);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	node_start(s->w, 3);
	story_run(s, 500);
	node_record(s->w, 2, 1);
	story_run(s, PROVE_MS);
	story_expect(s, "[ 3000] liar: starts\n"
	       "[ 3010] liar: link to a\n"
	       "[ 3010] a: link from liar\n"
	       "[ 3050] liar: head of members grew 0 -> 4, wants 4\n"
	       "[ 3070] liar: members [0, 4) is proved, holds 4 of 4\n"
	       "[ 3070] liar: knows 4 members\n"
	       "[ 3500] a: records 1, holds 1\n"
	       "[13020] a: signs 1\n"
	       "[13030] liar: head of a grew 0 -> 1, wants 1\n"
	       "[13030] hub: head of a grew 0 -> 1, wants 1\n"
	       "[13050] liar: a [0, 1) is proved, holds 1 of 1\n"
	       "[13050] hub: a [0, 1) is proved, holds 1 of 1\n"
	       "[13060] authority: head of a grew 0 -> 1, wants 1\n"
	       "[13080] authority: a [0, 1) is proved, holds 1 of 1\n");
	/* it links again and says it again: a few times it is heard, then it is not */
	for (unsigned i = 0; i < CLAIMS_FREE; i++) {
		net_break(s->w, s->w->conn_count - 1);
		story_run(s, i + 1 < CLAIMS_FREE ? PROVE_MS + 1100 : 1100);
	}
	story_forget(s);
	node_record(s->w, 2, 1);
	story_run(s, 100);
	story_expect(s, "[36800] a: records 1, holds 2\n"
	       "[36800] a: signs 2\n"
	       "[36810] hub: head of a grew 1 -> 2, wants 1\n"
	       "[36810] liar: head of a grew 1 -> 2, wants 1\n"
	       "[36830] hub: a [1, 2) is proved, holds 2 of 2\n"
	       "[36830] liar: a [1, 2) is proved, holds 2 of 2\n"
	       "[36840] authority: head of a grew 1 -> 2, wants 1\n"
	       "[36860] authority: a [1, 2) is proved, holds 2 of 2\n");
	story_expect_equal(s);
	story_end(s);
}

static void a_forged_own_head_is_its_senders_fault(void **state)
{
	static const char *const others[] = { "authority", "hub", "liar", "a" };
	struct story *s = story_begin(4, 2, others);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	node_start(s->w, 3);
	story_run(s, 1500);
	node_record(s->w, 3, 3);
	story_run(s, 500);
	/* a forgets; the liar is first to say what it knows */
	node_stop(s->w, 3);
	story_run(s, 100);
	s->w->node[2].lies = LIE_HEADS | LIE_CLAIM;
	s->w->node[3].dial[0] = 2;
	ram_clear(&s->w->node[3].log[4]);
	s->w->node[3].fence.size = 0;
	story_forget(s);
	node_start(s->w, 3);
	story_run(s, 500);
	story_expect(s, "[ 4100] a: starts again\n"
	       "[ 4110] a: link to liar\n"
	       "[ 4110] liar: link from a\n"
	       "[ 4150] a: tells: " FORGED "[ 4150] a: drops liar: " FORGED
	       "[ 4160] liar: tells: link: a closes: " FORGED
	       "[ 4160] liar: link with a is down\n");
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_backup_comes_back_whole),
		cmocka_unit_test(a_snapshot_is_found_out_by_a_greeting),
		cmocka_unit_test(only_the_keys_are_left),
		cmocka_unit_test(a_copied_folder_runs_beside_the_first),
		cmocka_unit_test(a_month_offline),
		cmocka_unit_test(a_lost_signature_comes_back),
		cmocka_unit_test(a_fence_without_its_signature_is_not_waited_for),
		cmocka_unit_test(a_claim_alone_only_delays),
		cmocka_unit_test(a_forged_own_head_is_its_senders_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
