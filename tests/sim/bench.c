/* One core on a bench. */
#include "tests/sim/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/member.h"
#include "proto/log/request.h"

static void name_of(unsigned i, char out[MEMBER_NAME_MAX + 1])
{
	snprintf(out, MEMBER_NAME_MAX + 1, i == 1 ? "us" : "m%u", i);
}

void key_of(unsigned i, uint8_t key[32], uint8_t kind)
{
	memset(key, 0, 32);
	put_u32(key, i);
	key[31] = kind;
}

struct log_id log_of(unsigned i)
{
	char name[MEMBER_NAME_MAX + 1], origin[ORIGIN_MAX + 1];
	struct log_id id;

	name_of(i, name);
	snprintf(origin, sizeof origin, NET "/%s", name);
	log_id_of(origin, &id);
	return id;
}

void apply(struct bench *b, struct buffer *statement)
{
	struct fault f = { .text = "" };

	assert_int_equal(0, registry_apply(b->registry, registry_size(b->registry),
			 (struct span){ statement->data, statement->used }, &f));
	buffer_clear(statement);
}

void add_member(struct bench *b, unsigned i, bool hub)
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

void step(struct bench *b, struct core_event ev)
{
	ev.now_ms = b->now;
	core_step(b->core, &ev, &b->fx);
}

struct bench *bench_begin(unsigned members, unsigned hubs)
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

void bench_end(struct bench *b)
{
	core_destroy(b->core);
	registry_destroy(b->registry);
	core_effects_clear(&b->fx);
	free(b);
}

unsigned count(const struct bench *b, enum core_effect_type type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->fx.count; i++)
		n += b->fx.item[i].type == type;
	return n;
}

const struct gossip *sent(const struct bench *b, enum gossip_type type)
{
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		if (x->type == FX_SEND && x->message->type == type)
			return x->message;
	}
	return NULL;
}

const struct core_effect *effect(const struct bench *b, enum core_effect_type type)
{
	for (unsigned i = 0; i < b->fx.count; i++) {
		if (b->fx.item[i].type == type)
			return &b->fx.item[i];
	}
	return NULL;
}

void link_up(struct bench *b, uint32_t link, unsigned member, bool inbound)
{
	struct core_event ev = { .type = EV_LINK_UP, .link = link };

	ev.up.inbound = inbound;
	key_of(member, ev.up.key, 9);
	step(b, ev);
}

void hear(struct bench *b, uint32_t link, const struct gossip *g)
{
	step(b, (struct core_event){ .type = EV_MESSAGE, .link = link, .message = g });
}

struct gossip greeting_of(unsigned member)
{
	struct gossip g = { .type = GOSSIP_GREETING };

	g.greeting.version = GOSSIP_VERSION;
	snprintf(g.greeting.network, sizeof g.greeting.network, NET);
	name_of(member, g.greeting.member);
	g.greeting.scope = 3;
	return g;
}

void greet(struct bench *b, uint32_t link, unsigned member)
{
	const struct gossip g = greeting_of(member);

	link_up(b, link, member, true);
	hear(b, link, &g);
}

void log_is(struct bench *b, unsigned member, uint64_t held, uint64_t proved,
		   uint64_t target, uint64_t seen)
{
	step(b, (struct core_event){ .type = EV_LOG, .log = log_of(member),
		.state = { .held = held, .proved = proved, .target = target, .seen = seen } });
}

void hear_head(struct bench *b, uint32_t link, unsigned member, uint64_t size)
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

struct gossip frame_of(unsigned member, uint64_t start, uint32_t entries, uint64_t size)
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
