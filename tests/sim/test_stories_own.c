/* Stories of a node whose own log others know, or say they know, better than it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
static void an_old_backup_is_not_published(void **state)
{
	struct ram_log backup = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);

	(void)state;
	ram_copy(&s->w->node[2].log[3], &backup);
	node_start(s->w, 2);
	node_record(s->w, 2, 20);
	story_run(s, 1500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: records 20, holds 24\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: a has forked\n"
	       "[ 4260] " TELLS("10", "4"));
	story_run(s, 60000);
	story_expect(s, "");
	ram_clear(&backup);
	story_end(s);
}

static void a_known_head_outlives_a_restart(void **state)
{
	struct ram_log backup = { .count = 0 }, newest = { .count = 0 };
	struct story *s = story_of_a_backup(&backup);
	struct node *a = &s->w->node[2];

	(void)state;
	ram_copy(&newest, &a->log[3]);
	ram_copy(&a->log[3], &backup);
	node_start(s->w, 2);
	node_record(s->w, 2, 2);
	story_run(s, 1500);
	story_expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: records 2, holds 6\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4260] a: head of a grew 4 -> 10, wants 4\n"
	       "[ 4260] " TELLS("10", "4"));
	/* the tail grows over the head that is known, which nobody claims any more */
	node_record(s->w, 2, 20);
	node_stop(s->w, 2);
	story_run(s, 2000);
	node_stop(s->w, 1);
	node_start(s->w, 2);
	story_run(s, 60000);
	story_expect(s, "[ 4800] a: records 20, holds 26\n"
	       "[ 4800] a: dies\n"
	       "[ 4810] hub: link with a is down\n"
	       "[ 6800] hub: dies\n"
	       "[ 6800] a: starts again\n"
	       "[ 6800] " TELLS("10", "4")
	       "[ 6810] authority: link with hub is down\n");
	node_stop(s->w, 2);
	node_start(s->w, 1);
	story_run(s, 2000);
	story_forget(s);
	/* the newest copy is put back */
	ram_copy(&a->log[3], &newest);
	node_start(s->w, 2);
	node_record(s->w, 2, 1);
	story_run(s, 2000);
	story_expect(s, "[68800] a: starts again\n"
	       "[68800] a: records 1, holds 11\n"
	       "[68810] a: link to hub\n"
	       "[68810] hub: link from a\n"
	       "[68830] a: signs 11\n"
	       "[68840] hub: head of a grew 10 -> 11, wants 1\n"
	       "[68860] hub: a [10, 11) is proved, holds 11 of 11\n"
	       "[68870] authority: head of a grew 10 -> 11, wants 1\n"
	       "[68890] authority: a [10, 11) is proved, holds 11 of 11\n");
	story_expect_equal(s);
	ram_clear(&backup);
	ram_clear(&newest);
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
	       "[ 5240] a: signs 11\n"
	       "[ 5250] hub: head of a grew 10 -> 11, wants 1\n"
	       "[ 5270] hub: a [10, 11) is proved, holds 11 of 11\n"
	       "[ 5280] authority: head of a grew 10 -> 11, wants 1\n"
	       "[ 5300] authority: a [10, 11) is proved, holds 11 of 11\n");
	story_expect_equal(s);
	ram_clear(&backup);
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
	story_run(s, 1000);
	story_expect(s, "[ 3000] liar: starts\n"
	       "[ 3010] liar: link to a\n"
	       "[ 3010] a: link from liar\n"
	       "[ 3050] liar: head of members grew 0 -> 4, wants 4\n"
	       "[ 3070] liar: members [0, 4) is proved, holds 4 of 4\n"
	       "[ 3070] liar: knows 4 members\n"
	       "[ 3500] a: records 1, holds 1\n"
	       "[ 4020] a: signs 1\n"
	       "[ 4030] liar: head of a grew 0 -> 1, wants 1\n"
	       "[ 4030] hub: head of a grew 0 -> 1, wants 1\n"
	       "[ 4050] liar: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 4050] hub: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 4060] authority: head of a grew 0 -> 1, wants 1\n"
	       "[ 4080] authority: a [0, 1) is proved, holds 1 of 1\n");
	/* it links again and says it again: a second time it is heard, a third it is not */
	net_break(s->w, s->w->conn_count - 1);
	story_run(s, 1100);
	net_break(s->w, s->w->conn_count - 1);
	story_run(s, 1100);
	story_forget(s);
	node_record(s->w, 2, 1);
	story_run(s, 100);
	story_expect(s, "[ 6700] a: records 1, holds 2\n"
	       "[ 6700] a: signs 2\n"
	       "[ 6710] liar: head of a grew 1 -> 2, wants 1\n"
	       "[ 6710] hub: head of a grew 1 -> 2, wants 1\n"
	       "[ 6730] liar: a [1, 2) is proved, holds 2 of 2\n"
	       "[ 6730] hub: a [1, 2) is proved, holds 2 of 2\n"
	       "[ 6740] authority: head of a grew 1 -> 2, wants 1\n"
	       "[ 6760] authority: a [1, 2) is proved, holds 2 of 2\n");
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
		cmocka_unit_test(an_old_backup_is_not_published),
		cmocka_unit_test(a_known_head_outlives_a_restart),
		cmocka_unit_test(a_lost_signature_comes_back),
		cmocka_unit_test(a_claim_alone_only_delays),
		cmocka_unit_test(a_forged_own_head_is_its_senders_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
