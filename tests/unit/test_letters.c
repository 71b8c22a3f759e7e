/* Letters on the wire: signed by their sender, sealed to their reader, bounded. */
#include "proto/log/letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/seal.h"
#include "proto/log/secret.h"
#include "tests/unit/logs.h"

static struct test_network network;
static struct test_member alpha, beta;
static struct fault fault;
static uint8_t body[LETTER_BYTES_MAX + 1];

static int set_up(void **state)
{
	(void)state;
	test_network_init(&network, "fne.example", 1);
	test_network_admit(&network, &alpha, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&network, &beta, "beta", TRAC__ROLE__WORKSHOP, 3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_member_clear(&alpha);
	test_member_clear(&beta);
	test_network_clear(&network);
	return 0;
}

static struct gossip part(size_t size)
{
	struct gossip g = { .type = GOSSIP_LETTER };

	g.letter.kind = LETTER_PART;
	strcpy(g.letter.from, "alpha");
	strcpy(g.letter.to, "beta");
	memset(g.letter.sha256, 7, sizeof g.letter.sha256);
	g.letter.nonce = 77;
	g.letter.offset = 10;
	g.letter.total = ATTACHMENT_BYTES_MAX;
	g.letter.body = (struct span){ body, size };
	memset(body, 'x', sizeof body);
	return g;
}

static struct gossip request(void)
{
	struct gossip g = part(0);

	g.letter.kind = LETTER_REQUEST;
	g.letter.total = 0;
	return g;
}

static struct gossip petition(size_t size)
{
	struct gossip g = part(size);

	g.letter.kind = LETTER_PETITION;
	g.letter.offset = g.letter.total = 0;
	return g;
}

static int check(const struct gossip *g)
{
	return letter_check(&alpha.member.key, "fne.example", g, &fault);
}

/* Whatever of a letter is changed, its signature is no longer good. */
static void all_of_a_letter_is_signed(void **state)
{
	struct gossip g = part(100), h;
	uint8_t other[100];

	(void)state;
	assert_int_equal(letter_sign(alpha.signer, "fne.example", &g, &fault), 0);
	assert_int_equal(check(&g), 0);
	assert_int_equal(letter_check(&alpha.member.key, "other.example", &g, &fault), -1);
	assert_int_equal(letter_check(&beta.member.key, "fne.example", &g, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
#define CHANGED(change) \
	do { h = g; change; assert_int_equal(check(&h), -1); } while (0)
	CHANGED(h.letter.kind = LETTER_REFUSAL);
	CHANGED(h.letter.from[0] = 'b');
	CHANGED(h.letter.to[0] = 'c');
	CHANGED(h.letter.sha256[31] ^= 1);
	CHANGED(h.letter.nonce++);
	CHANGED(h.letter.offset++);
	CHANGED(h.letter.total--);
	CHANGED(h.letter.code = LETTER_BUSY);
	CHANGED(h.letter.body.size--);
	CHANGED(h.letter.signature[0] ^= 1);
	memcpy(other, body, sizeof other);
	other[50] ^= 1;
	CHANGED(h.letter.body.data = other);
}

static void only_the_reader_opens_a_seal(void **state)
{
	static const char plain[] = "certificate of a disk, with the name of who wiped it";
	uint8_t secret[32] = { 16 }, other[32] = { 32 }, public[32], other_public[32];
	uint8_t sealed[sizeof plain + SEAL_BYTES], out[sizeof plain];

	(void)state;
	assert_int_equal(secret_link_public(secret, public), 0);
	assert_int_equal(secret_link_public(other, other_public), 0);
	assert_int_equal(seal_make(public, (struct span){ (const uint8_t *)plain, sizeof plain },
				   sealed), 0);
	assert_null(memmem(sealed, sizeof sealed, plain, 8));
	struct span s = { sealed, sizeof sealed };
	assert_int_equal(seal_open(other_public, other, s, out), -1);
	s.size = SEAL_BYTES - 1;
	assert_int_equal(seal_open(public, secret, s, out), -1);
	s.size = sizeof sealed;
	assert_int_equal(seal_open(public, secret, s, out), 0);
	assert_string_equal(out, plain);
	sealed[SEAL_BYTES] ^= 1;
	assert_int_equal(seal_open(public, secret, s, out), -1);
}

/* Through both codecs, the same. */
static void turn(const struct gossip *g)
{
	struct gossip_box box;
	struct buffer b;

	for (int flat = 0; flat < 2; flat++) {
		buffer_init(&b, GOSSIP_BYTES_MAX);
		assert_int_equal((flat ? gossip_write : gossip_pack)(g, &b, &fault), 0);
		assert_int_equal((flat ? gossip_read : gossip_unpack)(&box, SPAN(b), &fault), 0);
		const struct gossip *h = &box.msg;
		assert_int_equal(h->type, GOSSIP_LETTER);
		assert_int_equal(h->letter.kind, g->letter.kind);
		assert_string_equal(h->letter.from, g->letter.from);
		assert_string_equal(h->letter.to, g->letter.to);
		assert_memory_equal(h->letter.sha256, g->letter.sha256, 32);
		assert_int_equal(h->letter.nonce, g->letter.nonce);
		assert_int_equal(h->letter.offset, g->letter.offset);
		assert_int_equal(h->letter.total, g->letter.total);
		assert_int_equal(h->letter.code, g->letter.code);
		assert_int_equal(h->letter.body.size, g->letter.body.size);
		if (g->letter.body.size)
			assert_memory_equal(h->letter.body.data, g->letter.body.data,
					    g->letter.body.size);
		assert_memory_equal(h->letter.signature, g->letter.signature, 64);
		gossip_box_clear(&box);
		buffer_clear(&b);
	}
}

static void letters_turn(void **state)
{
	struct gossip g = part(LETTER_BYTES_MAX);

	(void)state;
	turn(&g);
	assert_int_equal(letter_sign(alpha.signer, "fne.example", &g, &fault), 0);
	turn(&g);
	g = request();
	turn(&g);
	g.letter.kind = LETTER_REFUSAL;
	g.letter.code = LETTER_NO_ROUTE;
	turn(&g);
	g = petition(PETITION_BYTES_MAX);
	turn(&g);
	g.letter.kind = LETTER_ANSWER;
	g.letter.body = (struct span){ (const uint8_t *)"no", 2 };
	turn(&g);
	g.letter.body.size = 0;
	turn(&g);
}

static void refused(struct gossip g, const char *why)
{
	struct buffer b;

	assert_int_equal(gossip_check(&g, &fault), -1);
	if (!strstr(fault.text, why))
		fail_msg("\"%s\" does not say \"%s\"", fault.text, why);
	buffer_init(&b, GOSSIP_BYTES_MAX);
	assert_int_equal(gossip_pack(&g, &b, &fault), -1);
	assert_int_equal(gossip_write(&g, &b, &fault), -1);
	buffer_clear(&b);
}

static void bounds_are_held(void **state)
{
	struct gossip g;

	(void)state;
	refused(part(LETTER_BYTES_MAX + 1), "at most");
	refused(part(0), "only a part");
	refused(petition(PETITION_BYTES_MAX + 1), "at most 4096");
	refused(petition(0), "only a part");
	g = petition(2);
	g.letter.kind = LETTER_ANSWER;
	g.letter.body.data = (const uint8_t *)"a\033";
	refused(g, "clean text");
	g = petition(FAULT_TEXT_MAX);
	g.letter.kind = LETTER_ANSWER;
	refused(g, "at most 511");
	g = request();
	g.letter.body.size = 1;
	refused(g, "only a part");
	g = part(5);
	g.letter.kind = LETTER_ANSWER + 1;
	refused(g, "no known kind");
	g = part(5);
	g.letter.kind = 0;
	refused(g, "no known kind");
	g = part(5);
	g.letter.total++;
	refused(g, "largest attachment");
	g = part(5);
	g.letter.offset = g.letter.total;
	refused(g, "largest attachment");
	g = request();
	g.letter.offset = ATTACHMENT_BYTES_MAX + 1;
	refused(g, "largest attachment");
	g = part(5);
	g.letter.to[0] = '\0';
	refused(g, "name is missing");
	g = part(5);
	memset(g.letter.from, 'a', sizeof g.letter.from);
	refused(g, "name is missing");
	g = part(5);
	g.letter.from[0] = '\n';
	refused(g, "name is missing");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_of_a_letter_is_signed),
		CASE(only_the_reader_opens_a_seal),
		CASE(letters_turn),
		CASE(bounds_are_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
