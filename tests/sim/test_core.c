/* The core alone: single steps, and the effects that they must have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/core.h"
#include "daemon/core/links.h"
#include "daemon/core/state.h"
#include "proto/log/member.h"
#include "proto/log/request.h"

#define NET "fne.example"

/* Member 0 is the authority, 1 is us, the first hubs after us are hubs. */
struct bench {
	struct registry *registry;
	struct core *core;
	struct core_effects fx;
	int64_t now;
	uint8_t authority[KEY_SIZE];
};

static void name_of(unsigned i, char out[MEMBER_NAME_MAX + 1])
{
	snprintf(out, MEMBER_NAME_MAX + 1, i == 1 ? "us" : "m%u", i);
}

static void key_of(unsigned i, uint8_t key[32], uint8_t kind)
{
	memset(key, 0, 32);
	put_u32(key, i);
	key[31] = kind;
}

static struct log_id log_of(unsigned i)
{
	char name[MEMBER_NAME_MAX + 1], origin[ORIGIN_MAX + 1];
	struct log_id id;

	name_of(i, name);
	snprintf(origin, sizeof origin, NET "/%s", name);
	log_id_of(origin, &id);
	return id;
}

static void apply(struct bench *b, struct buffer *statement)
{
	struct fault f = { .text = "" };

	assert_int_equal(0, registry_apply(b->registry, registry_size(b->registry),
			 (struct span){ statement->data, statement->used }, &f));
	buffer_clear(statement);
}

static void add_member(struct bench *b, unsigned i, bool hub)
{
	struct member m = { .role = i == 0 ? TRAC__ROLE__AUTHORITY :
			    hub ? TRAC__ROLE__HUB : TRAC__ROLE__WORKSHOP };
	struct buffer out;
	struct fault f = { .text = "" };
	uint8_t key[KEY_SIZE];

	name_of(i, m.name);
	snprintf(m.commune, sizeof m.commune, "67482");
	snprintf(m.structure, sizeof m.structure, "%014u", i + 1);
	snprintf(m.title, sizeof m.title, "Atelier %u", i);
	key_of(i, m.link_key, 9);
	if (hub) {
		snprintf(m.address[0], sizeof m.address[0], "tcp://m%u.example:7465", i);
		m.address_count = 1;
	}
	key_of(i, key, 1);
	assert_int_equal(0, member_complete(&m, NET, key, &f));
	buffer_init(&out, ENTRY_SIZE_MAX);
	if (i == 0)
		assert_int_equal(0, found_write(&out, NET, &m, 1, &f));
	else
		assert_int_equal(0, admit_write(&out, &m, 1, &f));
	apply(b, &out);
}

static void step(struct bench *b, struct core_event ev)
{
	ev.now_ms = b->now;
	core_step(b->core, &ev, &b->fx);
}

static struct bench *begin(unsigned members, unsigned hubs)
{
	const struct core_config config = { .member = "us", .network = NET, .scope = 3,
					    .dial_members = 2, .seed = 7 };
	struct bench *b = calloc(1, sizeof *b);

	key_of(0, b->authority, 1);
	b->registry = registry_create(NET, b->authority);
	for (unsigned i = 0; i < members; i++)
		add_member(b, i, i > 1 && i < 2 + hubs);
	b->core = core_create(&config, b->registry);
	b->now = 1000;
	step(b, (struct core_event){ .type = EV_START });
	return b;
}

static void end(struct bench *b)
{
	core_destroy(b->core);
	registry_destroy(b->registry);
	core_effects_clear(&b->fx);
	free(b);
}

static unsigned count(const struct bench *b, enum core_effect_type type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->fx.count; i++)
		n += b->fx.item[i].type == type;
	return n;
}

static const struct gossip *sent(const struct bench *b, enum gossip_type type)
{
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		if (x->type == FX_SEND && x->message->type == type)
			return x->message;
	}
	return NULL;
}

static const struct core_effect *effect(const struct bench *b, enum core_effect_type type)
{
	for (unsigned i = 0; i < b->fx.count; i++) {
		if (b->fx.item[i].type == type)
			return &b->fx.item[i];
	}
	return NULL;
}

static void link_up(struct bench *b, uint32_t link, unsigned member, bool inbound)
{
	struct core_event ev = { .type = EV_LINK_UP, .link = link };

	ev.up.inbound = inbound;
	key_of(member, ev.up.key, 9);
	step(b, ev);
}

static void hear(struct bench *b, uint32_t link, const struct gossip *g)
{
	step(b, (struct core_event){ .type = EV_MESSAGE, .link = link, .message = g });
}

static struct gossip greeting_of(unsigned member)
{
	struct gossip g = { .type = GOSSIP_GREETING };

	g.greeting.version = GOSSIP_VERSION;
	snprintf(g.greeting.network, sizeof g.greeting.network, NET);
	name_of(member, g.greeting.member);
	g.greeting.scope = 3;
	return g;
}

static void greet(struct bench *b, uint32_t link, unsigned member)
{
	const struct gossip g = greeting_of(member);

	link_up(b, link, member, true);
	hear(b, link, &g);
}

static void log_is(struct bench *b, unsigned member, uint64_t held, uint64_t proved,
		   uint64_t target, uint64_t seen)
{
	step(b, (struct core_event){ .type = EV_LOG, .log = log_of(member),
		.state = { held, proved, target, seen } });
}

static void hear_head(struct bench *b, uint32_t link, unsigned member, uint64_t size)
{
	struct checkpoint c = { .size = size };
	struct gossip g = { .type = GOSSIP_HEAD };
	struct buffer note;
	char name[MEMBER_NAME_MAX + 1];

	name_of(member, name);
	snprintf(c.origin, sizeof c.origin, NET "/%s", name);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	checkpoint_write(&c, &note);
	write_format(&note, "\n\xe2\x80\x94 %s AAAAAAAAAAAAAAAA\n", c.origin);
	g.head.log = log_of(member);
	g.head.held = size;
	g.head.checkpoint = (struct span){ note.data, note.used };
	hear(b, link, &g);
	buffer_clear(&note);
}

/* --- greetings --- */

static void dialler_greets_first(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip g = greeting_of(3);

	(void)state;
	link_up(b, 1, 2, false);
	assert_non_null(sent(b, GOSSIP_GREETING));
	link_up(b, 2, 3, true);
	assert_null(sent(b, GOSSIP_GREETING));
	g.greeting.digest[0] ^= 1;
	hear(b, 2, &g);
	assert_non_null(sent(b, GOSSIP_GREETING));
	assert_non_null(sent(b, GOSSIP_SUMMARY));
	end(b);
}

static void expect_refused(struct bench *b, uint32_t link, const struct gossip *g, const char *word)
{
	link_up(b, link, 3, true);
	hear(b, link, g);
	assert_int_equal(1, count(b, FX_DROP));
	assert_non_null(strstr(effect(b, FX_DROP)->fault.text, word));
	/* gone: nothing of it is heard any more */
	hear(b, link, g);
	assert_int_equal(0, count(b, FX_DROP));
}

static void wrong_greetings_are_refused(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip g;

	(void)state;
	g = greeting_of(3);
	g.greeting.version = 2;
	expect_refused(b, 1, &g, "version 2");
	g = greeting_of(3);
	snprintf(g.greeting.network, sizeof g.greeting.network, "other.example");
	expect_refused(b, 2, &g, "other.example");
	g = greeting_of(3);
	g.greeting.scope = 1;
	expect_refused(b, 3, &g, "scope 1");
	g = greeting_of(2);
	expect_refused(b, 4, &g, "is that of \"m3\"");
	g = greeting_of(1);
	expect_refused(b, 5, &g, "dials itself");
	g = greeting_of(3);
	memset(g.greeting.member, 0, sizeof g.greeting.member);
	expect_refused(b, 6, &g, "not one of a member");
	end(b);
}

static void unknown_keys_are_refused(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip g = greeting_of(3);

	(void)state;
	link_up(b, 1, 77, true);
	assert_int_equal(1, count(b, FX_DROP));
	/* what we dialled may be newer than our member log, but not bear a known name */
	link_up(b, 2, 77, false);
	assert_int_equal(0, count(b, FX_DROP));
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_DROP));
	end(b);
}

static void the_first_hub_is_believed_unverified(void **state)
{
	struct bench *b = begin(0, 0);
	const struct gossip g = greeting_of(2);
	struct core_link l;

	(void)state;
	link_up(b, 1, 2, false);
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_DROP));
	assert_true(core_link(b->core, 0, &l));
	assert_true(l.greeted);
	assert_null(l.member);
	/* the member log comes, and says that this key is another's */
	for (unsigned i = 0; i < 2; i++)
		add_member(b, i, false);
	add_member(b, 2, true);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(0, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_DIAL_ALLOWED));
	assert_true(core_link(b->core, 0, &l));
	assert_string_equal("m2", l.member->name);
	end(b);
}

static void silence_is_pinged_then_dropped(void **state)
{
	struct bench *b = begin(4, 1);
	const struct core_event tick = { .type = EV_TICK };

	(void)state;
	greet(b, 1, 3);
	link_up(b, 2, 2, true);
	b->now += GREETING_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_DROP));   /* did not greet */
	assert_int_equal(2, effect(b, FX_DROP)->link);
	b->now += PING_MS - GREETING_MS;
	step(b, tick);
	assert_non_null(sent(b, GOSSIP_PING));
	step(b, tick);
	assert_null(sent(b, GOSSIP_PING));
	b->now += DEAD_MS - PING_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_DROP));
	end(b);
}

static void links_are_bounded(void **state)
{
	struct bench *b = begin(4, 1);
	struct core_counts n;

	(void)state;
	for (uint32_t i = 0; i < LINKS_PER_KEY + 3; i++)
		link_up(b, i, 3, true);
	assert_int_equal(1, count(b, FX_DROP));
	core_counts(b->core, &n);
	assert_int_equal(LINKS_PER_KEY, n.links);
	for (uint32_t i = 0; i < LINKS_MAX + 10; i++)
		link_up(b, 100 + i, 1000 + i, false);
	assert_int_equal(1, count(b, FX_DROP));
	core_counts(b->core, &n);
	assert_int_equal(LINKS_MAX, n.links);
	end(b);
}

/* --- exchange --- */

static void summaries_are_rationed(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip g = greeting_of(3);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	for (unsigned i = 0; i < 20; i++) {
		hear(b, 1, &g);
		n += sent(b, GOSSIP_SUMMARY) != NULL;
	}
	assert_in_range(n, 1, SUMMARY_BURST);
	b->now += SUMMARY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_non_null(sent(b, GOSSIP_SUMMARY));
	end(b);
}

static void one_link_is_greeted_again(void **state)
{
	struct bench *b = begin(4, 1);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	greet(b, 2, 2);
	b->now += ANTI_ENTROPY_MS + 1;
	step(b, (struct core_event){ .type = EV_TICK });
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		n += x->type == FX_SEND && x->message->type == GOSSIP_GREETING;
	}
	assert_int_equal(1, n);
	end(b);
}

static void only_larger_heads_are_taken(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip junk = { .type = GOSSIP_HEAD };

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	log_is(b, 3, 10, 10, 10, 10);
	hear_head(b, 1, 3, 10);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	hear_head(b, 1, 50, 10);   /* of no member */
	assert_int_equal(0, b->fx.count);
	junk.head.log = log_of(3);
	junk.head.checkpoint = (struct span){ (const uint8_t *)"junk", 4 };
	hear(b, 1, &junk);
	assert_int_equal(1, count(b, FX_DROP));
	end(b);
}

/* --- fetching --- */

static struct gossip frame_of(unsigned member, uint64_t start, uint32_t entries, uint64_t size)
{
	static struct span entry[FRAME_ENTRIES_MAX];
	struct gossip g = { .type = GOSSIP_FRAME };

	g.frame.log = log_of(member);
	g.frame.start = start;
	g.frame.tree_size = size;
	g.frame.count = entries;
	g.frame.entry = entry;
	return g;
}

static void wants_are_bounded(void **state)
{
	struct bench *b = begin(4, 1);
	struct gossip g;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 5000);
	log_is(b, 3, 0, 0, 5000, 5000);
	assert_int_equal(WANTS_MAX, count(b, FX_SEND));
	g = frame_of(3, 0, FRAME_ENTRIES_MAX, 5000);
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_TAKE_FRAME));
	assert_int_equal(1, count(b, FX_SEND));
	assert_int_equal(WANTS_MAX * FRAME_ENTRIES_MAX, sent(b, GOSSIP_WANT)->want.start);
	/* the same again: nobody asked for it */
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_TAKE_FRAME));
	assert_int_equal(1, count(b, FX_DROP));
	end(b);
}

static void what_is_late_is_asked_elsewhere(void **state)
{
	struct bench *b = begin(5, 1);
	struct gossip g;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	assert_int_equal(1, effect(b, FX_SEND)->link);
	greet(b, 2, 4);
	hear_head(b, 2, 3, 10);
	assert_null(sent(b, GOSSIP_WANT));
	b->now += WANT_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(2, effect(b, FX_SEND)->link);
	/* the late frame is no fault */
	g = frame_of(3, 0, 10, 10);
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_DROP));
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_TAKE_FRAME));
	end(b);
}

static void what_does_not_fit_is_asked_ever_later(void **state)
{
	struct bench *b = begin(4, 1);
	unsigned asked = 0;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	step(b, (struct core_event){ .type = EV_STALE, .link = 1, .log = log_of(3) });
	assert_non_null(sent(b, GOSSIP_WANT));   /* once is chance */
	for (unsigned i = 0; i < 600; i++) {
		const struct gossip g = frame_of(3, 0, 10, 10);

		if (sent(b, GOSSIP_WANT)) {
			asked++;
			hear(b, 1, &g);
			step(b, (struct core_event){ .type = EV_STALE, .link = 1, .log = log_of(3) });
			continue;
		}
		b->now += 100;
		step(b, (struct core_event){ .type = EV_TICK });
		if (sent(b, GOSSIP_PING)) {
			const struct gossip pong = { .type = GOSSIP_PONG };

			hear(b, 1, &pong);
		}
	}
	assert_in_range(asked, 5, 15);
	end(b);
}

static void who_lies_is_shunned(void **state)
{
	struct bench *b = begin(4, 1);
	const struct fault f = { FAULT_UNPROVED, "it does not prove" };

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	step(b, (struct core_event){ .type = EV_REJECTED, .link = 1, .log = log_of(3), .fault = &f });
	assert_int_equal(1, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_TELL));
	greet(b, 2, 3);
	hear_head(b, 2, 3, 12);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	b->now += SHUN_MIN_MS;
	hear_head(b, 2, 3, 12);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	end(b);
}

/* --- serving --- */

static unsigned served(struct bench *b, unsigned member, uint64_t start, uint64_t stop, uint64_t size)
{
	struct gossip g = { .type = GOSSIP_WANT };

	g.want.log = log_of(member);
	g.want.start = start;
	g.want.end = stop;
	g.want.tree_size = size;
	hear(b, 1, &g);
	return count(b, FX_SERVE);
}

static void only_what_was_told_is_served(void **state)
{
	struct bench *b = begin(4, 1);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	log_is(b, 1, 9, 5, 5, 5);
	log_is(b, 2, 8, 6, 10, 10);
	assert_int_equal(1, served(b, 1, 0, 5, 5));
	assert_int_equal(0, served(b, 1, 0, 5, 9));    /* not published */
	assert_int_equal(1, served(b, 2, 6, 8, 8));
	assert_int_equal(0, served(b, 2, 6, 8, 10));   /* no proof can be made */
	assert_int_equal(0, served(b, 2, 3, 3, 8));
	assert_int_equal(0, served(b, 2, 3, 9, 8));
	assert_int_equal(0, served(b, 60, 0, 1, 1));
	for (unsigned i = 0; i < SERVES_RATE + 100; i++)
		n += served(b, 2, 0, 8, 8);
	assert_in_range(n, SERVES_RATE - 10, SERVES_RATE);
	assert_int_equal(0, count(b, FX_DROP));
	end(b);
}

/* --- publishing --- */

static void signed_when_it_can_be_heard(void **state)
{
	struct bench *b = begin(4, 1);

	(void)state;
	log_is(b, 1, 3, 0, 0, 0);
	assert_int_equal(0, count(b, FX_SIGN));
	greet(b, 1, 3);
	assert_int_equal(1, count(b, FX_SIGN));
	log_is(b, 1, 3, 3, 3, 3);
	assert_int_equal(1, count(b, FX_SEND_HEAD));
	log_is(b, 1, 1000, 3, 3, 3);
	assert_int_equal(0, count(b, FX_SIGN));
	b->now += SIGN_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(1, count(b, FX_SIGN));
	assert_int_equal(3, core_published(b->core));
	end(b);
}

static void never_signed_before_admission(void **state)
{
	struct bench *b = begin(1, 0);

	(void)state;
	log_is(b, 1, 3, 0, 0, 0);
	greet(b, 1, 0);
	assert_int_equal(0, count(b, FX_SIGN));
	add_member(b, 1, false);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(1, count(b, FX_SIGN));
	end(b);
}

static void eager_to_few_lazy_to_others(void **state)
{
	struct bench *b = begin(40, 1);

	(void)state;
	for (unsigned i = 2; i < 32; i++)
		greet(b, i, i);
	log_is(b, 1, 1, 1, 1, 1);
	assert_int_equal(EAGER_LINKS, count(b, FX_SEND_HEAD));
	log_is(b, 1, 2, 2, 2, 2);
	assert_int_equal(EAGER_LINKS, count(b, FX_SEND_HEAD));
	b->now += LAZY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	/* once each, whatever came in between */
	assert_in_range(count(b, FX_SEND_HEAD), 30 - EAGER_LINKS, 30);
	b->now += LAZY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(0, count(b, FX_SEND_HEAD));
	end(b);
}

static void hubs_are_dialled(void **state)
{
	struct bench *b = begin(20, 8);
	const struct member *m[8];
	struct buffer out;
	struct fault f;
	char first[MEMBER_NAME_MAX + 1];

	(void)state;
	assert_int_equal(2, core_dials(b->core, m, 8));
	assert_int_equal(TRAC__ROLE__HUB, m[0]->role);
	assert_int_equal(1, core_dials(b->core, m, 1));
	snprintf(first, sizeof first, "%s", m[0]->name);
	buffer_init(&out, ENTRY_SIZE_MAX);
	assert_int_equal(0, revoke_write(&out, first, 0, TRAC__REVOKE_REASON__RETIRED, 1, &f));
	apply(b, &out);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(2, core_dials(b->core, m, 8));
	assert_string_not_equal(first, m[0]->name);
	assert_string_not_equal(first, m[1]->name);
	end(b);
}

/* --- bounds --- */

static void a_full_hub_takes_a_few_megabytes(void **state)
{
	struct bench *b = begin(514, 2);
	const struct gossip g = { .type = GOSSIP_SUMMARY };
	size_t bytes = 0;

	(void)state;
	for (unsigned i = 2; i < 514; i++) {
		greet(b, i, i);
		hear(b, i, &g);
	}
	for (unsigned i = 2; i < 514; i++)
		log_is(b, i, 5, 5, 5, 5);
	for (unsigned i = 0; i < b->core->links.count; i++) {
		const struct link *l = b->core->links.item[i];

		bytes += sizeof *l + l->rows * (sizeof *l->known + sizeof *l->owed);
	}
	bytes += b->core->logs.room * sizeof *b->core->logs.row;
	assert_in_range(bytes, 1024 * 1024, 6 * 1024 * 1024);
	assert_int_equal(LINKS_MAX, b->core->links.count);
	end(b);
}

static void unknown_pairs_are_ignored(void **state)
{
	struct bench *b = begin(4, 1);
	const struct gossip g = { .type = GOSSIP_PING };
	const struct fault f = { FAULT_UNPROVED, "" };

	(void)state;
	step(b, (struct core_event){ .type = EV_START });
	step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = 9 });
	step(b, (struct core_event){ .type = EV_STALE, .link = 9, .log = log_of(88) });
	step(b, (struct core_event){ .type = EV_REJECTED, .link = 9, .log = log_of(88), .fault = &f });
	hear(b, 9, &g);
	link_up(b, 1, 3, true);
	hear(b, 1, &g);            /* before the greeting */
	assert_int_equal(0, count(b, FX_SEND) + count(b, FX_DROP));
	link_up(b, 1, 3, true);    /* a second time */
	assert_int_equal(1, b->core->links.count);
	assert_in_range(b->core->ignored, 5, 5);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialler_greets_first),
		cmocka_unit_test(wrong_greetings_are_refused),
		cmocka_unit_test(unknown_keys_are_refused),
		cmocka_unit_test(the_first_hub_is_believed_unverified),
		cmocka_unit_test(silence_is_pinged_then_dropped),
		cmocka_unit_test(links_are_bounded),
		cmocka_unit_test(summaries_are_rationed),
		cmocka_unit_test(one_link_is_greeted_again),
		cmocka_unit_test(only_larger_heads_are_taken),
		cmocka_unit_test(wants_are_bounded),
		cmocka_unit_test(what_is_late_is_asked_elsewhere),
		cmocka_unit_test(what_does_not_fit_is_asked_ever_later),
		cmocka_unit_test(who_lies_is_shunned),
		cmocka_unit_test(only_what_was_told_is_served),
		cmocka_unit_test(signed_when_it_can_be_heard),
		cmocka_unit_test(never_signed_before_admission),
		cmocka_unit_test(eager_to_few_lazy_to_others),
		cmocka_unit_test(hubs_are_dialled),
		cmocka_unit_test(a_full_hub_takes_a_few_megabytes),
		cmocka_unit_test(unknown_pairs_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
