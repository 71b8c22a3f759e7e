/*
 * Stories of two to five nodes. The trace is the documentation: each story
 * says what happens line by line, "[milliseconds] who: what".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sim/world.h"

struct story {
	struct world *w;
	char text[16384];
	size_t used;
};

static void keep_line(struct world *w, const char *line)
{
	struct story *s = w->ctx;
	const size_t length = strlen(line);

	if (s->used + length + 2 > sizeof s->text)
		return;
	memcpy(s->text + s->used, line, length);
	s->used += length;
	s->text[s->used++] = '\n';
	s->text[s->used] = '\0';
}

/* Node 0 is the authority, then come the hubs; all are admitted. */
static struct story *begin(unsigned count, unsigned hubs, const char *const *names)
{
	struct story *s = calloc(1, sizeof *s);

	s->w = world_create(1, count, hubs, names, false);
	for (unsigned i = 1; i < count; i++)
		node_admit(s->w, i);
	s->w->line = keep_line;
	s->w->ctx = s;
	return s;
}

static void end(struct story *s)
{
	world_destroy(s->w);
	free(s);
}

static void forget(struct story *s)
{
	s->used = 0;
	s->text[0] = '\0';
}

/* What happened since the last time. */
static void expect(struct story *s, const char *text)
{
	if (strcmp(s->text, text) != 0) {
		fprintf(stderr, "--- expected ---\n%s--- happened ---\n%s", text, s->text);
		fail();
	}
	assert_string_equal(s->w->failure, "");
	forget(s);
}

static void expect_equal(struct story *s)
{
	char why[400] = "";

	if (!check_equal(s->w, why, sizeof why)) {
		fprintf(stderr, "%s\n", why);
		fail();
	}
	assert_string_equal(s->w->failure, "");
}

static void run_for(struct story *s, int64_t ms)
{
	world_run(s->w, s->w->now + ms);
}

/* The authority and its hub know each other. */
static void found(struct story *s)
{
	node_dials(s->w, 1, AUTHORITY);
	node_start(s->w, AUTHORITY);
	node_start(s->w, 1);
	run_for(s, 2000);
	forget(s);
}

static void join_with_the_authoritys_key(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	node_dials(s->w, 1, AUTHORITY);
	node_dials(s->w, 2, 1);
	node_start(s->w, AUTHORITY);
	node_start(s->w, 1);
	run_for(s, 2000);
	expect(s, "[    0] authority: starts\n"
	       "[    0] hub: starts\n"
	       "[   10] hub: link to authority\n"
	       "[   10] authority: link from hub\n"
	       "[   50] hub: head of members grew 0 -> 3, wants 3\n"
	       "[   70] hub: members [0, 3) is proved, holds 3 of 3\n"
	       "[   70] hub: knows 3 members\n");
	node_start(s->w, 2);
	node_record(s->w, 2, 3);
	run_for(s, 1500);
	expect(s, "[ 2000] a: starts\n"
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
	expect_equal(s);
	end(s);
}

static void both_ways(void **state)
{
	static const char *const names[] = { "authority", "hub", "a", "b" };
	struct story *s = begin(4, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	node_record(s->w, 2, 2);
	run_for(s, 1000);
	forget(s);
	node_start(s->w, 3);
	node_record(s->w, 3, 5);
	run_for(s, 1500);
	expect(s, "[ 4000] b: starts\n"
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
	expect_equal(s);
	end(s);
}

static void news_are_pushed(void **state)
{
	static const char *const names[] = { "authority", "hub", "a", "b" };
	struct story *s = begin(4, 1, names);

	(void)state;
	found(s);
	for (unsigned i = 2; i < 4; i++) {
		node_dials(s->w, i, 1);
		node_start(s->w, i);
	}
	run_for(s, 3000);
	forget(s);
	node_record(s->w, 2, 1);
	run_for(s, 20);
	/* 50 ms have not passed: they are signed together */
	node_record(s->w, 2, 1);
	node_record(s->w, 2, 1);
	run_for(s, 1000);
	expect(s, "[ 5000] a: records 1, holds 1\n"
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
	expect_equal(s);
	end(s);
}

static void fetching_goes_on_after_a_break(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	forget(s);
	node_record(s->w, 2, 2000);
	run_for(s, 60);
	net_break(s->w, s->w->conn_count - 1);
	run_for(s, 1500);
	expect(s, "[ 3000] a: records 2000, holds 2000\n"
	       "[ 3000] a: signs 2000\n"
	       "[ 3010] hub: head of a grew 0 -> 2000, wants 2000\n"
	       "[ 3030] hub: a [0, 256) is proved, holds 256 of 2000\n"
	       "[ 3030] hub: a [256, 512) is proved, holds 512 of 2000\n"
	       "[ 3030] hub: a [512, 768) is proved, holds 768 of 2000\n"
	       "[ 3030] hub: a [768, 1024) is proved, holds 1024 of 2000\n"
	       "[ 3050] hub: a [1024, 1280) is proved, holds 1280 of 2000\n"
	       "[ 3050] hub: a [1280, 1536) is proved, holds 1536 of 2000\n"
	       "[ 3050] hub: a [1536, 1792) is proved, holds 1792 of 2000\n"
	       "[ 3050] hub: a [1792, 2000) is proved, holds 2000 of 2000\n"
	       "[ 3060] authority: head of a grew 0 -> 2000, wants 2000\n"
	       "[ 3070] a: link with hub is down\n"
	       "[ 3070] hub: link with a is down\n"
	       "[ 3080] authority: a [0, 256) is proved, holds 256 of 2000\n"
	       "[ 3080] authority: a [256, 512) is proved, holds 512 of 2000\n"
	       "[ 3080] authority: a [512, 768) is proved, holds 768 of 2000\n"
	       "[ 3080] authority: a [768, 1024) is proved, holds 1024 of 2000\n"
	       "[ 3100] authority: a [1024, 1280) is proved, holds 1280 of 2000\n"
	       "[ 3100] authority: a [1280, 1536) is proved, holds 1536 of 2000\n"
	       "[ 3100] authority: a [1536, 1792) is proved, holds 1792 of 2000\n"
	       "[ 3100] authority: a [1792, 2000) is proved, holds 2000 of 2000\n"
	       "[ 4080] a: link to hub\n"
	       "[ 4080] hub: link from a\n");
	expect_equal(s);
	end(s);
}

static void a_restart_goes_on_where_it_was(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	forget(s);
	node_record(s->w, 2, 600);
	s->w->node[1].crash_in = 4;   /* the hub dies when it is to store a frame */
	run_for(s, 100);
	node_start(s->w, 1);
	run_for(s, 2000);
	expect(s, "[ 3000] a: records 600, holds 600\n"
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
	expect_equal(s);
	end(s);
}

static void frames_cut_by_their_bytes(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	forget(s);
	s->w->frame_entries = 100;
	node_record(s->w, 2, 450);
	run_for(s, 1000);
	expect(s, "[ 3000] a: records 450, holds 450\n"
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
	expect_equal(s);
	end(s);
}

static void a_revoked_member_is_dropped(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	forget(s);
	node_revoke(s->w, 2);
	run_for(s, 3000);
	expect(s, "[ 3000] authority: revokes a\n"
	       "[ 3010] hub: head of members grew 3 -> 4, wants 1\n"
	       "[ 3030] hub: members [3, 4) is proved, holds 4 of 4\n"
	       "[ 3030] hub: knows 3 members\n"
	       "[ 3030] hub: drops a: link: \"a\" has been revoked by the authority of "
	         "fne.example: ask it why\n"
	       "[ 3040] a: head of members grew 3 -> 4, wants 1\n"
	       "[ 3040] a: tells: link: hub closes: link: \"a\" has been revoked by the "
	         "authority of fne.example: ask it why\n"
	       "[ 3040] a: link with hub is down\n");
	end(s);
}

static void a_liar_is_dropped_and_good_data_arrives(void **state)
{
	static const char *const names[] = { "authority", "hub", "liar", "a", "b" };
	struct story *s = begin(5, 2, names);

	(void)state;
	found(s);
	s->w->node[2].lies = LIE_FRAMES;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_dials(s->w, 4, 2);
	node_start(s->w, 2);
	node_start(s->w, 3);
	run_for(s, 1500);
	node_record(s->w, 3, 4);
	run_for(s, 500);
	forget(s);
	/* b asks the liar first, and only then knows the hub */
	node_start(s->w, 4);
	run_for(s, 2000);
	expect(s, "[ 4000] b: starts\n"
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
	run_for(s, 1000);
	expect(s, "[ 6010] b: link to hub\n"
	       "[ 6010] hub: link from b\n"
	       "[ 6050] b: members [0, 5) is proved, holds 5 of 5\n"
	       "[ 6050] b: knows 5 members\n"
	       "[ 6070] b: head of a grew 0 -> 4, wants 4\n"
	       "[ 6090] b: a [0, 4) is proved, holds 4 of 4\n"
	       "[ 6150] b: link to liar\n"
	       "[ 6150] liar: link from b\n");
	expect_equal(s);
	end(s);
}

static void junk_heads(void **state)
{
	static const char *const names[] = { "authority", "hub", "liar", "a" };
	struct story *s = begin(4, 2, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	node_start(s->w, 3);
	run_for(s, 1500);
	s->w->node[2].lies = LIE_HEADS;
	node_dials(s->w, 3, 2);
	net_dial_all(s->w, 3);
	run_for(s, 100);
	node_record(s->w, 1, 2);
	forget(s);
	run_for(s, 500);
	expect(s, "[ 3610] a: head of hub grew 0 -> 2, wants 2\n"
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
	expect_equal(s);
	end(s);
}

static void who_does_not_send_is_asked_last(void **state)
{
	static const char *const names[] = { "authority", "hub", "silent", "a", "b" };
	struct story *s = begin(5, 2, names);

	(void)state;
	found(s);
	s->w->node[2].lies = LIE_SILENCE;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	node_start(s->w, 3);
	run_for(s, 1500);
	node_record(s->w, 3, 4);
	run_for(s, 500);
	node_dials(s->w, 4, 1);
	node_start(s->w, 4);
	run_for(s, 1000);
	node_dials(s->w, 4, 2);
	net_dial_all(s->w, 4);
	run_for(s, 1000);
	net_break(s->w, 3);   /* b and the hub */
	run_for(s, 10);
	s->w->node[4].group = 9;   /* no new link */
	forget(s);
	node_record(s->w, 3, 1);
	run_for(s, 12000);
	s->w->node[4].group = 0;
	run_for(s, 12000);
	expect(s, "[ 6010] a: records 1, holds 5\n"
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
	expect_equal(s);
	end(s);
}

static void an_old_backup_is_not_published(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);
	struct ram_log backup = { .count = 0 };
	struct node *a = &s->w->node[2];

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	node_record(s->w, 2, 4);
	run_for(s, 100);
	ram_copy(&backup, &a->log[3]);
	node_record(s->w, 2, 6);
	run_for(s, 100);
	node_stop(s->w, 2);
	run_for(s, 100);
	forget(s);
	/* the backup is restored; more is recorded than was lost, before anyone is heard */
	ram_copy(&a->log[3], &backup);
	node_start(s->w, 2);
	node_record(s->w, 2, 20);
	run_for(s, 1500);
	expect(s, "[ 3300] a: starts again\n"
	       "[ 3300] a: records 20, holds 24\n"
	       "[ 4220] a: link to hub\n"
	       "[ 4220] hub: link from a\n"
	       "[ 4240] a: tells: own log: hub knows 10 entries of it, this node has signed "
	         "4: an old copy of the store is running, or a second node under this name; "
	         "nothing is published until the log is restored\n");
	ram_clear(&backup);
	end(s);
}

static void a_lying_claim_ends_with_its_member(void **state)
{
	static const char *const names[] = { "authority", "hub", "a", "liar" };
	struct story *s = begin(4, 1, names);

	(void)state;
	found(s);
	s->w->node[3].lies = LIE_CLAIM;
	node_dials(s->w, 2, 1);
	node_dials(s->w, 3, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	node_dials(s->w, 3, 2);
	node_start(s->w, 3);
	run_for(s, 1000);
	forget(s);
	node_record(s->w, 2, 1);
	run_for(s, 500);
	node_revoke(s->w, 3);
	run_for(s, 2000);
	expect(s, "[ 4000] a: records 1, holds 1\n"
	       "[ 4500] authority: revokes liar\n"
	       "[ 4510] hub: head of members grew 4 -> 5, wants 1\n"
	       "[ 4530] hub: members [4, 5) is proved, holds 5 of 5\n"
	       "[ 4530] hub: knows 4 members\n"
	       "[ 4530] hub: drops liar: link: \"liar\" has been revoked by the authority of "
	         "fne.example: ask it why\n"
	       "[ 4540] liar: head of members grew 4 -> 5, wants 1\n"
	       "[ 4540] a: head of members grew 4 -> 5, wants 1\n"
	       "[ 4540] liar: tells: link: hub closes: link: \"liar\" has been revoked by the "
	         "authority of fne.example: ask it why\n"
	       "[ 4540] liar: link with hub is down\n"
	       "[ 4560] a: members [4, 5) is proved, holds 5 of 5\n"
	       "[ 4560] a: knows 4 members\n"
	       "[ 4560] a: drops liar: link: \"liar\" has been revoked by the authority of "
	         "fne.example: ask it why\n"
	       "[ 4570] liar: tells: link: a closes: link: \"liar\" has been revoked by the "
	         "authority of fne.example: ask it why\n"
	       "[ 4570] liar: link with a is down\n"
	       "[ 5560] a: signs 1\n"
	       "[ 5570] hub: head of a grew 0 -> 1, wants 1\n"
	       "[ 5590] hub: a [0, 1) is proved, holds 1 of 1\n"
	       "[ 5600] authority: head of a grew 0 -> 1, wants 1\n"
	       "[ 5620] authority: a [0, 1) is proved, holds 1 of 1\n");
	end(s);
}

static void a_dead_line_is_noticed(void **state)
{
	static const char *const names[] = { "authority", "hub", "a" };
	struct story *s = begin(3, 1, names);

	(void)state;
	found(s);
	node_dials(s->w, 2, 1);
	node_start(s->w, 2);
	run_for(s, 1000);
	forget(s);
	net_hang(s->w, s->w->conn_count - 1);
	node_record(s->w, 2, 1);
	run_for(s, 60000);
	expect(s, "[ 3000] a: records 1, holds 1\n"
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
	expect_equal(s);
	end(s);
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
		cmocka_unit_test(a_revoked_member_is_dropped),
		cmocka_unit_test(a_liar_is_dropped_and_good_data_arrives),
		cmocka_unit_test(junk_heads),
		cmocka_unit_test(who_does_not_send_is_asked_last),
		cmocka_unit_test(an_old_backup_is_not_published),
		cmocka_unit_test(a_lying_claim_ends_with_its_member),
		cmocka_unit_test(a_dead_line_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
