/* Each sentence of proto/wire/gossip.h: both codecs, all kinds, all bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/gossip.h"

static struct fault fault;
static const uint8_t zeros[ENTRY_SIZE_MAX + 1];
static struct span entries[FRAME_ENTRIES_MAX + 1];
static struct log_size sizes[LOGS_MAX + 1];

struct codec {
	int (*decode)(struct gossip_box *box, struct span bytes, struct fault *f);
	int (*encode)(const struct gossip *g, struct buffer *b, struct fault *f);
};

static const struct codec codecs[] = {
	{ gossip_unpack, gossip_pack },
	{ gossip_read, gossip_write },
};

static void encode(const struct codec *c, const struct gossip *g, struct buffer *b)
{
	buffer_init(b, GOSSIP_BYTES_MAX);
	if (c->encode(g, b, &fault))
		fail_msg("%s", fault.text);
}

/* Encodes, decodes into box, encodes again: the bytes must be the same. */
static void turn(const struct codec *c, const struct gossip *g, struct buffer *b,
		 struct gossip_box *box)
{
	struct buffer again;
	encode(c, g, b);
	if (c->decode(box, (struct span){ b->data, b->used }, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(box->msg.type, g->type);
	encode(c, &box->msg, &again);
	assert_int_equal(again.used, b->used);
	assert_memory_equal(again.data, b->data, b->used);
	buffer_clear(&again);
}

static void turn_both(const struct gossip *g)
{
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], g, &b, &box);
		gossip_box_clear(&box);
		gossip_box_clear(&box);   /* cleared is harmless to clear */
		buffer_clear(&b);
	}
}

static struct gossip greeting(void)
{
	struct gossip g = { .type = GOSSIP_GREETING };
	g.greeting.version = GOSSIP_VERSION;
	strcpy(g.greeting.network, "fne.example");
	strcpy(g.greeting.member, "envie-strasbourg");
	g.greeting.scope = 3;
	memset(g.greeting.digest, 0xd1, sizeof g.greeting.digest);
	g.greeting.your_size = UINT64_MAX;
	g.greeting.members_size = 12;
	g.greeting.instance = UINT64_MAX;
	g.greeting.twin = TWIN_AFTER;
	return g;
}

static struct gossip summary(uint32_t count)
{
	struct gossip g = { .type = GOSSIP_SUMMARY };
	for (uint32_t i = 0; i <= LOGS_MAX; i++) {
		put_u32(sizes[i].log.b, i);
		sizes[i].seen = UINT64_MAX;
		sizes[i].held = UINT64_MAX - i;
		sizes[i].vouched = UINT64_MAX / 3;
		sizes[i].mark = i + 1;
		sizes[i].forked = i / 2;
	}
	g.summary.count = count;
	g.summary.item = sizes;
	return g;
}

static struct gossip head(size_t size)
{
	struct gossip g = { .type = GOSSIP_HEAD };
	g.head.log.b[0] = 9;
	g.head.held = 77;
	g.head.checkpoint = (struct span){ zeros, size };
	return g;
}

static struct gossip want(uint64_t start, uint64_t end, uint64_t tree_size)
{
	struct gossip g = { .type = GOSSIP_WANT };
	g.want.start = start;
	g.want.end = end;
	g.want.tree_size = tree_size;
	g.want.mark = UINT64_MAX;
	return g;
}

static struct gossip evidence(size_t size)
{
	struct gossip g = { .type = GOSSIP_EVIDENCE };
	g.evidence.log.b[3] = 8;
	g.evidence.bytes = (struct span){ zeros, size };
	return g;
}

static struct gossip prove(uint64_t from, uint64_t to)
{
	struct gossip g = { .type = GOSSIP_PROVE };
	g.prove.log.b[3] = 8;
	g.prove.from = from;
	g.prove.to = to;
	return g;
}

static struct gossip proof(uint64_t from, uint64_t to, size_t size, uint32_t count)
{
	struct gossip g = { .type = GOSSIP_PROOF };
	g.proof.log.b[3] = 8;
	g.proof.from = from;
	g.proof.to = to;
	memset(g.proof.root, 7, sizeof g.proof.root);
	g.proof.checkpoint = (struct span){ zeros, size };
	g.proof.proof_count = count;
	g.proof.proof = zeros;
	return g;
}

static struct gossip frame(uint32_t count, size_t size, uint32_t proof_count)
{
	struct gossip g = { .type = GOSSIP_FRAME };
	for (uint32_t i = 0; i <= FRAME_ENTRIES_MAX; i++)
		entries[i] = (struct span){ zeros, size };
	g.frame.start = 10;
	g.frame.tree_size = 10 + count;
	g.frame.count = count;
	g.frame.entry = entries;
	g.frame.proof_count = proof_count;
	g.frame.proof = zeros;
	return g;
}

static struct gossip bye(void)
{
	struct gossip g = { .type = GOSSIP_BYE };
	g.bye.code = FAULT_LIMIT;
	memset(g.bye.text, 'x', FAULT_TEXT_MAX - 1);
	return g;
}

static void greeting_turns(void **state)
{
	(void)state;
	struct gossip g = greeting();
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], &g, &b, &box);
		assert_string_equal(box.msg.greeting.network, "fne.example");
		assert_string_equal(box.msg.greeting.member, "envie-strasbourg");
		assert_int_equal(box.msg.greeting.version, GOSSIP_VERSION);
		assert_int_equal(box.msg.greeting.scope, 3);
		assert_memory_equal(box.msg.greeting.digest, g.greeting.digest, 32);
		assert_true(box.msg.greeting.your_size == UINT64_MAX);
		assert_int_equal(box.msg.greeting.members_size, 12);
		assert_true(box.msg.greeting.instance == UINT64_MAX);
		assert_int_equal(box.msg.greeting.twin, TWIN_AFTER);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
	/* a newcomer does not know its network yet */
	g.greeting.network[0] = '\0';
	turn_both(&g);
}

static void summary_turns(void **state)
{
	(void)state;
	struct gossip g = summary(LOGS_MAX);
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], &g, &b, &box);
		assert_int_equal(box.msg.summary.count, LOGS_MAX);
		assert_memory_equal(box.msg.summary.item, sizes, LOGS_MAX * sizeof *sizes);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
	g = summary(0);
	turn_both(&g);
	g.summary.item = NULL;
	turn_both(&g);
}

static void head_and_want_turn(void **state)
{
	(void)state;
	struct gossip g = head(CHECKPOINT_BYTES_MAX);
	struct gossip w = want(5, 6, UINT64_MAX);
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], &g, &b, &box);
		assert_int_equal(box.msg.head.log.b[0], 9);
		assert_int_equal(box.msg.head.held, 77);
		assert_int_equal(box.msg.head.checkpoint.size, CHECKPOINT_BYTES_MAX);
		gossip_box_clear(&box);
		buffer_clear(&b);
		turn(&codecs[i], &w, &b, &box);
		assert_int_equal(box.msg.want.start, 5);
		assert_int_equal(box.msg.want.end, 6);
		assert_true(box.msg.want.tree_size == UINT64_MAX);
		assert_true(box.msg.want.mark == UINT64_MAX);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
}

static void frame_turns(void **state)
{
	(void)state;
	struct gossip g = frame(FRAME_ENTRIES_MAX, FRAME_BYTES_MAX / FRAME_ENTRIES_MAX,
				PROOF_HASHES_MAX);
	entries[3] = (struct span){ (const uint8_t *)"third", 5 };
	entries[4] = (struct span){ (const uint8_t *)"4", 1 };
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], &g, &b, &box);
		assert_int_equal(box.msg.frame.start, 10);
		assert_int_equal(box.msg.frame.count, FRAME_ENTRIES_MAX);
		assert_int_equal(box.msg.frame.entry[3].size, 5);
		assert_memory_equal(box.msg.frame.entry[3].data, "third", 5);
		assert_int_equal(box.msg.frame.entry[4].size, 1);
		assert_int_equal(box.msg.frame.entry[255].size, 1024);
		assert_int_equal(box.msg.frame.proof_count, PROOF_HASHES_MAX);
		assert_memory_equal(box.msg.frame.proof, zeros, PROOF_HASHES_MAX * 32);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
	g = frame(1, ENTRY_SIZE_MAX, 0);
	turn_both(&g);
}

static void ping_pong_and_bye_turn(void **state)
{
	(void)state;
	struct gossip g = { .type = GOSSIP_PING };
	g.ping.nonce = UINT64_MAX;
	turn_both(&g);
	g.type = GOSSIP_PONG;
	turn_both(&g);
	g = bye();
	turn_both(&g);
}

static void what_tells_of_forks_turns(void **state)
{
	(void)state;
	struct gossip e = evidence(EVIDENCE_BYTES_MAX), p = prove(1, UINT64_MAX);
	struct gossip a = proof(3, 9, CHECKPOINT_BYTES_MAX, PROOF_HASHES_MAX);
	struct gossip bare = proof(9, 9, 0, 0);
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		struct gossip_box box;
		turn(&codecs[i], &e, &b, &box);
		assert_int_equal(box.msg.evidence.log.b[3], 8);
		assert_int_equal(box.msg.evidence.bytes.size, EVIDENCE_BYTES_MAX);
		gossip_box_clear(&box);
		buffer_clear(&b);
		turn(&codecs[i], &p, &b, &box);
		assert_int_equal(box.msg.prove.from, 1);
		assert_true(box.msg.prove.to == UINT64_MAX);
		gossip_box_clear(&box);
		buffer_clear(&b);
		turn(&codecs[i], &a, &b, &box);
		assert_int_equal(box.msg.proof.from, 3);
		assert_int_equal(box.msg.proof.to, 9);
		assert_memory_equal(box.msg.proof.root, a.proof.root, 32);
		assert_int_equal(box.msg.proof.checkpoint.size, CHECKPOINT_BYTES_MAX);
		assert_int_equal(box.msg.proof.proof_count, PROOF_HASHES_MAX);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
	turn_both(&bare);
}

static void assert_refused(struct gossip g, const char *why)
{
	assert_int_equal(gossip_check(&g, &fault), -1);
	assert_int_equal(fault.code, FAULT_PROTOCOL);
	if (!strstr(fault.text, why))
		fail_msg("'%s' is not in: %s", why, fault.text);
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		buffer_init(&b, GOSSIP_BYTES_MAX);
		assert_int_equal(codecs[i].encode(&g, &b, &fault), -1);
		assert_int_equal(b.used, 0);
		buffer_clear(&b);
	}
}

static void every_bound_is_checked(void **state)
{
	(void)state;
	struct gossip g = greeting();
	g.greeting.scope = 4;
	assert_refused(g, "scope 4");
	g = greeting();
	memset(g.greeting.network, 'a', sizeof g.greeting.network);
	assert_refused(g, "network");
	g = greeting();
	strcpy(g.greeting.member, "a\x1b");
	assert_refused(g, "member");

	assert_refused(summary(LOGS_MAX + 1), "limit");
	g = summary(3);
	sizes[2].log = sizes[1].log;
	assert_refused(g, "rise");
	g = summary(3);
	sizes[2].seen = sizes[2].held - 1;
	assert_refused(g, "more entries");
	g = summary(3);
	g.summary.item = NULL;
	assert_refused(g, "not there");

	assert_refused(head(0), "no checkpoint");
	assert_refused(head(CHECKPOINT_BYTES_MAX + 1), "4097");
	assert_refused(want(6, 6, 6), "want");
	assert_refused(want(5, 7, 6), "want");
	assert_refused(evidence(0), "evidence of 0 bytes");
	assert_refused(evidence(EVIDENCE_BYTES_MAX + 1), "evidence of");
	assert_refused(prove(0, 6), "prove");
	assert_refused(prove(7, 6), "prove");
	assert_refused(proof(0, 6, 0, 0), "proof");
	assert_refused(proof(7, 6, 0, 0), "proof");
	assert_refused(proof(1, 6, CHECKPOINT_BYTES_MAX + 1, 0), "4097");
	assert_refused(proof(1, 6, 0, PROOF_HASHES_MAX + 1), "129 hashes");

	assert_refused(frame(0, 1, 0), "0 entries");
	assert_refused(frame(FRAME_ENTRIES_MAX + 1, 1, 0), "257 entries");
	assert_refused(frame(1, ENTRY_SIZE_MAX + 1, 0), "65536");
	assert_refused(frame(FRAME_ENTRIES_MAX, 1025, 0), "limit 262144");
	assert_refused(frame(1, 1, PROOF_HASHES_MAX + 1), "129 hashes");
	g = frame(2, 1, 0);
	g.frame.start = UINT64_MAX;
	g.frame.tree_size = UINT64_MAX;
	assert_refused(g, "past the end");
	g.frame.start = UINT64_MAX - 1;
	assert_refused(g, "past the end");

	g = bye();
	g.bye.text[FAULT_TEXT_MAX - 1] = 'x';
	assert_refused(g, "sentence");
	g.type = (enum gossip_type)0;
	assert_refused(g, "no known kind");
	g.type = (enum gossip_type)9;
	assert_refused(g, "no known kind");
}

/* Every prefix of a message, and every message with one byte too many. */
static void cut_messages_are_refused(void **state)
{
	(void)state;
	struct gossip all[] = { greeting(), summary(3), head(100), want(1, 2, 3), frame(2, 30, 2),
				{ .type = GOSSIP_PING }, bye(), evidence(40), prove(3, 4),
				proof(3, 4, 40, 2) };
	for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
		for (int i = 0; i < 2; i++) {
			struct buffer b;
			struct gossip_box box;
			encode(&codecs[i], &all[m], &b);
			write_u8(&b, 0);
			for (size_t n = 0; n <= b.used; n++) {
				/* a copy, so that reading past the end is seen */
				uint8_t *copy = malloc(n + 1);
				assert_non_null(copy);
				memcpy(copy + 1, b.data, n);
				struct span cut = { copy + 1, n };
				int rc = codecs[i].decode(&box, cut, &fault);
				assert_int_equal(rc, n == b.used - 1 ? 0 : -1);
				if (rc)
					assert_int_equal(fault.code, FAULT_PROTOCOL);
				gossip_box_clear(&box);   /* harmless after a refusal */
				free(copy);
			}
			buffer_clear(&b);
		}
	}
}

static void hostile_protobuf_is_refused(void **state)
{
	(void)state;
	static const struct span row[] = {
		{ (const uint8_t *)"\x12\x03\x0a\x01z", 5 },            /* log ids of 1 byte */
		{ (const uint8_t *)"\x12\x03\x12\x01\x01", 5 },         /* sizes, no ids */
		{ (const uint8_t *)"\x22\x06\x10\x01\x18\x02\x20\x02", 8 },   /* want, no log */
		{ (const uint8_t *)"\x0a\0", 2 },                       /* no digest */
		{ (const uint8_t *)"\x32\x00\x32\x00", 4 },             /* two pings */
		{ (const uint8_t *)"\x32\x00\x3a\x00", 4 },             /* ping and pong */
		{ (const uint8_t *)"\x4a\x00", 2 },                     /* unknown kind */
	};
	struct gossip_box box;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (gossip_unpack(&box, row[i], &fault) == 0)
			fail_msg("row %zu was accepted", i);
		assert_int_equal(fault.code, FAULT_PROTOCOL);
	}
	uint8_t *large = calloc(1, GOSSIP_BYTES_MAX + 1);
	assert_non_null(large);
	struct span bytes = { large, GOSSIP_BYTES_MAX + 1 };
	assert_int_equal(gossip_unpack(&box, bytes, &fault), -1);
	assert_non_null(strstr(fault.text, "limit"));
	free(large);
}

static void a_small_buffer_is_a_fault(void **state)
{
	(void)state;
	struct gossip g = greeting();
	for (int i = 0; i < 2; i++) {
		struct buffer b;
		buffer_init(&b, 20);
		assert_int_equal(codecs[i].encode(&g, &b, &fault), -1);
		assert_int_equal(fault.code, FAULT_FULL);
		buffer_clear(&b);
	}
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(gossip_name(GOSSIP_HEAD), "head");
	for (int i = 0; i < 12; i++)
		assert_non_null(gossip_name((enum gossip_type)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greeting_turns),
		cmocka_unit_test(summary_turns),
		cmocka_unit_test(head_and_want_turn),
		cmocka_unit_test(frame_turns),
		cmocka_unit_test(ping_pong_and_bye_turn),
		cmocka_unit_test(what_tells_of_forks_turns),
		cmocka_unit_test(every_bound_is_checked),
		cmocka_unit_test(cut_messages_are_refused),
		cmocka_unit_test(hostile_protobuf_is_refused),
		cmocka_unit_test(a_small_buffer_is_a_fault),
		cmocka_unit_test(kinds_have_names),
	};
	return cmocka_run_group_tests_name("gossip", tests, NULL, NULL);
}
