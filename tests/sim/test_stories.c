/* Stories of two to four nodes that all mean well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/sim/story.h"

static void join_with_the_authoritys_key(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	node_dials(s->w, 1, AUTHORITY);
	node_dials(s->w, 2, 1);
	node_start(s->w, AUTHORITY);
	node_start(s->w, 1);
	story_run(s, 2000);
	story_expect(s, "[    0] authority: starts\n"
	       "[    0] hub: starts\n"
	       "[   10] hub: link to authority\n"
	       "[   10] authority: link from hub\n"
	       "[   50] hub: head of members grew 0 -> 3, wants 3\n"
	       "[   70] hub: members [0, 3) is proved, holds 3 of 3\n"
	       "[   70] hub: knows 3 members\n");
	node_start(s->w, 2);
	node_record(s->w, 2, 3);
	story_run(s, 1500);
	story_expect(s, "[ 2000] a: starts\n"
	       "[ 2000] a: records 3, holds 3\n"
	       "[ 2010] a: link to hub\n"
	       "[ 2010] hub: link from a\n"
	       "[ 2050] a: head of members grew 0 -> 3, wants 3\n"
	       "[ 2070] a: members [0, 3) is proved, holds 3 of 3\n"
	       "[ 2070] a: knows 3 members\n"
	       "[ 2070] a: signs 3\n"
	       "[ 2080] hub: head of a grew 0 -> 3, wants 3\n"
	       "[ 2100] hub: a [0, 3) is proved, holds 3 of 3\n"
	       "[ 2110] authority: head of a grew 0 -> 3, wants 3\n"
	       "[ 2130] authority: a [0, 3) is proved, holds 3 of 3\n");
	story_expect_equal(s);
	story_end(s);
}

static void both_ways(void **state)
{
	static const char *const names[] = { "authority", "hub", "a", "b" };
	struct story *s = story_begin(4, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	node_record(s->w, 2, 2);
	story_run(s, 1000);
	story_forget(s);
	node_start(s->w, 3);
	node_record(s->w, 3, 5);
	story_run(s, 1500);
	story_expect(s, "[ 4000] b: starts\n"
	       "[ 4000] b: records 5, holds 5\n"
	       "[ 4010] b: link to hub\n"
	       "[ 4010] hub: link from b\n"
	       "[ 4050] b: head of members grew 0 -> 4, wants 4\n"
	       "[ 4070] b: members [0, 4) is proved, holds 4 of 4\n"
	       "[ 4070] b: knows 4 members\n"
	       "[ 4070] b: signs 5\n"
	       "[ 4080] hub: head of b grew 0 -> 5, wants 5\n"
	       "[ 4090] b: head of a grew 0 -> 2, wants 2\n"
	       "[ 4100] hub: b [0, 5) is proved, holds 5 of 5\n"
	       "[ 4110] b: a [0, 2) is proved, holds 2 of 2\n"
	       "[ 4110] authority: head of b grew 0 -> 5, wants 5\n"
	       "[ 4110] a: head of b grew 0 -> 5, wants 5\n"
	       "[ 4130] authority: b [0, 5) is proved, holds 5 of 5\n"
	       "[ 4130] a: b [0, 5) is proved, holds 5 of 5\n");
	story_expect_equal(s);
	story_end(s);
}

static void news_are_pushed(void **state)
{
	static const char *const names[] = { "authority", "hub", "a", "b" };
	struct story *s = story_begin(4, 1, names);

	(void)state;
	story_found(s);
	for (unsigned i = 2; i < 4; i++) {
		node_dials(s->w, i, 1);
		node_start(s->w, i);
	}
	story_run(s, 3000);
	story_forget(s);
	node_record(s->w, 2, 1);
	story_run(s, 20);
	/* 50 ms have not passed: they are signed together */
	node_record(s->w, 2, 1);
	node_record(s->w, 2, 1);
	story_run(s, 1000);
	story_expect(s, "[ 5000] a: records 1, holds 1\n"
	       "[ 5000] a: signs 1\n"
	       "[ 5010] hub: head of a grew 0 -> 1, wants 1\n"
	       "[ 5020] a: records 1, holds 2\n"
	       "[ 5020] a: records 1, holds 3\n"
	       "[ 5030] hub: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 5040] authority: head of a grew 0 -> 1, wants 1\n"
	       "[ 5040] b: head of a grew 0 -> 1, wants 1\n"
	       "[ 5050] a: signs 3\n"
	       "[ 5060] hub: head of a grew 1 -> 3, wants 2\n"
	       "[ 5060] authority: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 5060] b: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 5080] hub: a [1, 3) is proved, holds 3 of 3\n"
	       "[ 5090] b: head of a grew 1 -> 3, wants 2\n"
	       "[ 5090] authority: head of a grew 1 -> 3, wants 2\n"
	       "[ 5110] b: a [1, 3) is proved, holds 3 of 3\n"
	       "[ 5110] authority: a [1, 3) is proved, holds 3 of 3\n");
	story_expect_equal(s);
	story_end(s);
}

static void fetching_goes_on_after_a_break(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	node_record(s->w, 2, 5000);
	/* the first frames have come, those asked for behind them are under way */
	story_run(s, 40);
	net_break(s->w, s->w->conn_count - 1);
	story_run(s, 1500);
	story_expect(s, "[ 3000] a: records 5000, holds 5000\n"
	       "[ 3000] a: signs 5000\n"
	       "[ 3010] hub: head of a grew 0 -> 5000, wants 5000\n"
	       "[ 3030] hub: a [0, 256) is proved, holds 256 of 5000\n"
	       "[ 3030] hub: a [256, 512) is proved, holds 512 of 5000\n"
	       "[ 3030] hub: a [512, 768) is proved, holds 768 of 5000\n"
	       "[ 3030] hub: a [768, 1024) is proved, holds 1024 of 5000\n"
	       "[ 3030] hub: a [1024, 1280) is proved, holds 1280 of 5000\n"
	       "[ 3030] hub: a [1280, 1536) is proved, holds 1536 of 5000\n"
	       "[ 3030] hub: a [1536, 1792) is proved, holds 1792 of 5000\n"
	       "[ 3030] hub: a [1792, 2048) is proved, holds 2048 of 5000\n"
	       "[ 3030] hub: a [2048, 2304) is proved, holds 2304 of 5000\n"
	       "[ 3030] hub: a [2304, 2560) is proved, holds 2560 of 5000\n"
	       "[ 3030] hub: a [2560, 2816) is proved, holds 2816 of 5000\n"
	       "[ 3030] hub: a [2816, 3072) is proved, holds 3072 of 5000\n"
	       "[ 3030] hub: a [3072, 3328) is proved, holds 3328 of 5000\n"
	       "[ 3030] hub: a [3328, 3584) is proved, holds 3584 of 5000\n"
	       "[ 3030] hub: a [3584, 3840) is proved, holds 3840 of 5000\n"
	       "[ 3030] hub: a [3840, 4096) is proved, holds 4096 of 5000\n"
	       "[ 3050] a: link with hub is down\n"
	       "[ 3050] hub: link with a is down\n"
	       "[ 4060] a: link to hub\n"
	       "[ 4060] hub: link from a\n"
	       "[ 4110] hub: a [4096, 4352) is proved, holds 4352 of 5000\n"
	       "[ 4110] hub: a [4352, 4608) is proved, holds 4608 of 5000\n"
	       "[ 4110] hub: a [4608, 4864) is proved, holds 4864 of 5000\n"
	       "[ 4110] hub: a [4864, 5000) is proved, holds 5000 of 5000\n"
	       "[ 4120] authority: head of a grew 0 -> 5000, wants 5000\n"
	       "[ 4140] authority: a [0, 256) is proved, holds 256 of 5000\n"
	       "[ 4140] authority: a [256, 512) is proved, holds 512 of 5000\n"
	       "[ 4140] authority: a [512, 768) is proved, holds 768 of 5000\n"
	       "[ 4140] authority: a [768, 1024) is proved, holds 1024 of 5000\n"
	       "[ 4140] authority: a [1024, 1280) is proved, holds 1280 of 5000\n"
	       "[ 4140] authority: a [1280, 1536) is proved, holds 1536 of 5000\n"
	       "[ 4140] authority: a [1536, 1792) is proved, holds 1792 of 5000\n"
	       "[ 4140] authority: a [1792, 2048) is proved, holds 2048 of 5000\n"
	       "[ 4140] authority: a [2048, 2304) is proved, holds 2304 of 5000\n"
	       "[ 4140] authority: a [2304, 2560) is proved, holds 2560 of 5000\n"
	       "[ 4140] authority: a [2560, 2816) is proved, holds 2816 of 5000\n"
	       "[ 4140] authority: a [2816, 3072) is proved, holds 3072 of 5000\n"
	       "[ 4140] authority: a [3072, 3328) is proved, holds 3328 of 5000\n"
	       "[ 4140] authority: a [3328, 3584) is proved, holds 3584 of 5000\n"
	       "[ 4140] authority: a [3584, 3840) is proved, holds 3840 of 5000\n"
	       "[ 4140] authority: a [3840, 4096) is proved, holds 4096 of 5000\n"
	       "[ 4160] authority: a [4096, 4352) is proved, holds 4352 of 5000\n"
	       "[ 4160] authority: a [4352, 4608) is proved, holds 4608 of 5000\n"
	       "[ 4160] authority: a [4608, 4864) is proved, holds 4864 of 5000\n"
	       "[ 4160] authority: a [4864, 5000) is proved, holds 5000 of 5000\n");
	story_expect_equal(s);
	story_end(s);
}

static void a_restart_goes_on_where_it_was(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	node_record(s->w, 2, 600);
	s->w->node[1].crash_in = 4;   /* the hub dies when it is to store a frame */
	story_run(s, 100);
	node_start(s->w, 1);
	story_run(s, 2000);
	story_expect(s, "[ 3000] a: records 600, holds 600\n"
	       "[ 3000] a: signs 600\n"
	       "[ 3010] hub: head of a grew 0 -> 600, wants 600\n"
	       "[ 3010] hub: dies\n"
	       "[ 3020] authority: link with hub is down\n"
	       "[ 3020] a: link with hub is down\n"
	       "[ 3100] hub: starts again\n"
	       "[ 4030] hub: link to authority\n"
	       "[ 4030] authority: link from hub\n"
	       "[ 4030] a: link to hub\n"
	       "[ 4030] hub: link from a\n"
	       "[ 4060] authority: head of a grew 0 -> 600, wants 600\n"
	       "[ 4080] hub: a [0, 256) is proved, holds 256 of 600\n"
	       "[ 4080] hub: a [256, 512) is proved, holds 512 of 600\n"
	       "[ 4080] hub: a [512, 600) is proved, holds 600 of 600\n"
	       "[ 4110] authority: a [0, 256) is proved, holds 256 of 600\n"
	       "[ 4110] authority: a [256, 512) is proved, holds 512 of 600\n"
	       "[ 4110] authority: a [512, 600) is proved, holds 600 of 600\n");
	story_expect_equal(s);
	story_end(s);
}

static void frames_cut_by_their_bytes(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = story_begin(3, 1, names);

	(void)state;
	story_found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	story_run(s, 1000);
	story_forget(s);
	s->w->frame_entries = 100;
	node_record(s->w, 2, 450);
	story_run(s, 1000);
	story_expect(s, "[ 3000] a: records 450, holds 450\n"
	       "[ 3000] a: signs 450\n"
	       "[ 3010] hub: head of a grew 0 -> 450, wants 450\n"
	       "[ 3030] hub: a [0, 100) is proved, holds 100 of 450\n"
	       "[ 3050] hub: a [100, 200) is proved, holds 200 of 450\n"
	       "[ 3050] hub: a [200, 300) is proved, holds 300 of 450\n"
	       "[ 3050] hub: a [300, 400) is proved, holds 400 of 450\n"
	       "[ 3050] hub: a [400, 450) is proved, holds 450 of 450\n"
	       "[ 3060] authority: head of a grew 0 -> 450, wants 450\n"
	       "[ 3080] authority: a [0, 100) is proved, holds 100 of 450\n"
	       "[ 3100] authority: a [100, 200) is proved, holds 200 of 450\n"
	       "[ 3100] authority: a [200, 300) is proved, holds 300 of 450\n"
	       "[ 3100] authority: a [300, 400) is proved, holds 400 of 450\n"
	       "[ 3100] authority: a [400, 450) is proved, holds 450 of 450\n");
	story_expect_equal(s);
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_with_the_authoritys_key),
		cmocka_unit_test(both_ways),
		cmocka_unit_test(news_are_pushed),
		cmocka_unit_test(fetching_goes_on_after_a_break),
		cmocka_unit_test(a_restart_goes_on_where_it_was),
		cmocka_unit_test(frames_cut_by_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
