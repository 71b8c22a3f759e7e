/* Stories with liars, revoked members and dead lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/sim/story.h"

static void a_revoked_member_is_dropped(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	node_revoke(s->w, 2);
	story_run(s, 3000);
	story_expect(s, "[ 3000] authority: revokes a\n"
	       "[ 3010] hub: head of members grew 3 -> 4, wants 1\n"
	       "[ 3030] hub: members [3, 4) is proved, holds 4 of 4\n"
	       "[ 3030] hub: knows 3 members\n"
	       "[ 3030] hub: drops a: link: \"a\" has been revoked by the authority of "
	         "fne.example: ask it why\n"
	       "[ 3040] a: head of members grew 3 -> 4, wants 1\n"
	       "[ 3040] a: tells: link: hub closes: link: \"a\" has been revoked by the "
	         "authority of fne.example: ask it why\n"
	       "[ 3040] a: link with hub is down\n");
	story_end(s);
}

static void a_liar_is_dropped_and_good_data_arrives(void **state)
{
	static const char *const names[] = { "authority", "hub", "liar", "a", "b" };
	struct story *s = story_begin(5, 2, names);

	(void)state;
	story_found(s);
	s->w->node[2].lies = LIE_FRAMES;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_dials(s->w, 4, 2);
	node_start(s->w, 2);
	node_start(s->w, 3);
	story_run(s, 1500);
	node_record(s->w, 3, 4);
	story_run(s, 500);
	story_forget(s);
	/* b asks the liar first, and only then knows the hub */
	node_start(s->w, 4);
	story_run(s, 2000);
	story_expect(s, "[ 4000] b: starts\n"
	       "[ 4010] b: link to liar\n"
	       "[ 4010] liar: link from b\n"
	       "[ 4050] b: head of members grew 0 -> 5, wants 5\n"
	       "[ 4070] b: tells: link: liar sent what does not prove, and is closed: entries "
	         "[0, 5) of members do not prove against its head of 5\n"
	       "[ 4070] b: drops liar: link: liar sent what does not prove, and is closed: "
	         "entries [0, 5) of members do not prove against its head of 5\n"
	       "[ 4080] liar: tells: link: b closes: link: liar sent what does not prove, and "
	         "is closed: entries [0, 5) of members do not prove against its head of 5\n"
	       "[ 4080] liar: link with b is down\n"
	       "[ 5090] b: link to liar\n"
	       "[ 5090] liar: link from b\n"
	       "[ 5130] b: drops liar: link: liar sent what does not prove, and is closed: "
	         "entries [0, 5) of members do not prove against its head of 5\n"
	       "[ 5140] liar: link with b is down\n");
	node_dials(s->w, 4, 1);
	net_dial_all(s->w, 4);
	story_run(s, 1000);
	story_expect(s, "[ 6010] b: link to hub\n"
	       "[ 6010] hub: link from b\n"
	       "[ 6050] b: members [0, 5) is proved, holds 5 of 5\n"
	       "[ 6050] b: knows 5 members\n"
	       "[ 6070] b: head of a grew 0 -> 4, wants 4\n"
	       "[ 6090] b: a [0, 4) is proved, holds 4 of 4\n"
	       "[ 6150] b: link to liar\n"
	       "[ 6150] liar: link from b\n");
	story_expect_equal(s);
	story_end(s);
}

static void junk_heads(void **state)
{
	static const char *const names[] = { "authority", "hub", "liar", "a" };
	struct story *s = story_begin(4, 2, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	node_start(s->w, 3);
	story_run(s, 1500);
	s->w->node[2].lies = LIE_HEADS;
	node_dials(s->w, 3, 2);
	net_dial_all(s->w, 3);
	story_run(s, 100);
	node_record(s->w, 1, 2);
	story_forget(s);
	story_run(s, 500);
	story_expect(s, "[ 3610] a: head of hub grew 0 -> 2, wants 2\n"
	       "[ 3610] authority: head of hub grew 0 -> 2, wants 2\n"
	       "[ 3610] liar: head of hub grew 0 -> 2, wants 2\n"
	       "[ 3630] a: hub [0, 2) is proved, holds 2 of 2\n"
	       "[ 3630] authority: hub [0, 2) is proved, holds 2 of 2\n"
	       "[ 3630] liar: hub [0, 2) is proved, holds 2 of 2\n"
	       "[ 3640] a: tells: link: liar sent what does not prove, and is closed: the "
	         "signature of \"fne.example/hub\" does not verify: the note was changed or the "
	         "key is another\n"
	       "[ 3640] a: drops liar: link: liar sent what does not prove, and is closed: "
	         "the signature of \"fne.example/hub\" does not verify: the note was changed or "
	         "the key is another\n"
	       "[ 3650] liar: tells: link: a closes: link: liar sent what does not prove, and "
	         "is closed: the signature of \"fne.example/hub\" does not verify: the note was "
	         "changed or the key is another\n"
	       "[ 3650] liar: link with a is down\n");
	story_expect_equal(s);
	story_end(s);
}

static void who_does_not_send_is_asked_last(void **state)
{
	static const char *const names[] = { "authority", "hub", "silent", "a", "b" };
	struct story *s = story_begin(5, 2, names);

	(void)state;
	story_found(s);
	s->w->node[2].lies = LIE_SILENCE;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	node_start(s->w, 3);
	story_run(s, 1500);
	node_record(s->w, 3, 4);
	story_run(s, 500);
	node_dials(s->w, 4, 1);
	node_start(s->w, 4);
	story_run(s, 1000);
	node_dials(s->w, 4, 2);
	net_dial_all(s->w, 4);
	story_run(s, 1000);
	net_break(s->w, 3);   /* b and the hub */
	story_run(s, 10);
	s->w->node[4].group = 9;   /* no new link */
	story_forget(s);
	node_record(s->w, 3, 1);
	story_run(s, 12000);
	s->w->node[4].group = 0;
	story_run(s, 12000);
	story_expect(s, "[ 6010] a: records 1, holds 5\n"
	       "[ 6010] a: signs 5\n"
	       "[ 6020] hub: head of a grew 4 -> 5, wants 1\n"
	       "[ 6040] hub: a [4, 5) is proved, holds 5 of 5\n"
	       "[ 6050] authority: head of a grew 4 -> 5, wants 1\n"
	       "[ 6050] silent: head of a grew 4 -> 5, wants 1\n"
	       "[ 6070] authority: a [4, 5) is proved, holds 5 of 5\n"
	       "[ 6070] silent: a [4, 5) is proved, holds 5 of 5\n"
	       "[ 6080] b: head of a grew 4 -> 5, wants 1\n"
	       "[19020] b: link to hub\n"
	       "[19020] hub: link from b\n"
	       "[21080] b: tells: link: silent says it holds entries and did not send them "
	         "within 5 s, 3 times in a row: others are asked first\n"
	       "[21100] b: a [4, 5) is proved, holds 5 of 5\n");
	story_expect_equal(s);
	story_end(s);
}

static void a_dead_line_is_noticed(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	net_hang(s->w, s->w->conn_count - 1);
	node_record(s->w, 2, 1);
	story_run(s, 60000);
	story_expect(s, "[ 3000] a: records 1, holds 1\n"
	       "[ 3000] a: signs 1\n"
	       "[47060] hub: drops a: link: nothing was heard of a for 45 s: it is closed\n"
	       "[47070] a: drops hub: link: nothing was heard of hub for 45 s: it is closed\n"
	       "[47070] a: link with hub is down\n"
	       "[48080] a: link to hub\n"
	       "[48080] hub: link from a\n"
	       "[48110] hub: head of a grew 0 -> 1, wants 1\n"
	       "[48130] hub: a [0, 1) is proved, holds 1 of 1\n"
	       "[48140] authority: head of a grew 0 -> 1, wants 1\n"
	       "[48160] authority: a [0, 1) is proved, holds 1 of 1\n");
	story_expect_equal(s);
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_revoked_member_is_dropped),
		cmocka_unit_test(a_liar_is_dropped_and_good_data_arrives),
		cmocka_unit_test(junk_heads),
		cmocka_unit_test(who_does_not_send_is_asked_last),
		cmocka_unit_test(a_dead_line_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
