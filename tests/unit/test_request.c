/* Requests for admission and the statements that the authority writes. */
#include "proto/log/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define NETWORK "fne.example"

static void write_request(const struct test_member *t, struct buffer *b)
{
	struct fault f;

	buffer_init(b, NOTE_BYTES_MAX);
	if (request_write(b, NETWORK, &t->member, t->signer, &f))
		fail_msg("%s", f.text);
}

static void opens_what_it_writes(void **state)
{
	struct test_member t;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b;
	struct fault f;

	(void)state;
	test_member_init(&t, NETWORK, "envie-strasbourg", TRAC__ROLE__WORKSHOP, 5);
	strcpy(t.member.title, "Envie 2E \u2014 Strasbourg");
	t.member.address_count = 2;
	strcpy(t.member.address[1], "tcp://[::1]:5671");
	write_request(&t, &b);
	assert_int_equal(request_open(SPAN(b), network, &m, &f), 0);
	assert_string_equal(network, NETWORK);
	assert_memory_equal(&m, &t.member, sizeof m);
	buffer_clear(&b);
	/* and without all that may be left out */
	t.member.title[0] = t.member.structure[0] = t.member.commune[0] = '\0';
	t.member.address_count = 0;
	t.member.role = TRAC__ROLE__HUB;
	t.member.cosigns = true;
	memset(t.member.cosign_key, 3, KEY_SIZE);
	write_request(&t, &b);
	assert_int_equal(request_open(SPAN(b), network, &m, &f), 0);
	assert_int_equal(m.address_count, 0);
	assert_int_equal(m.role, TRAC__ROLE__HUB);
	assert_string_equal(m.title, "");
	assert_true(m.cosigns);
	assert_memory_equal(m.cosign_key, t.member.cosign_key, KEY_SIZE);
	buffer_clear(&b);
	test_member_clear(&t);
}

static void is_a_text_that_people_can_read(void **state)
{
	static const char want[] =
		"tracd-request/v1\nnetwork fne.example\nname a\nrole hub\n"
		"sign-key iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n"
		"link-key gYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYE=\n"
		"address tcp://a.example:5670\nstructure 12345678900011\ncommune 67482\n"
		"title Atelier a\n\n\u2014 fne.example/a ";
	struct test_member t;
	struct buffer b;

	(void)state;
	test_member_init(&t, NETWORK, "a", TRAC__ROLE__HUB, 1);
	write_request(&t, &b);
	assert_true(b.used > sizeof want);
	assert_memory_equal(b.data, want, sizeof want - 1);
	buffer_clear(&b);
	test_member_clear(&t);
}

static void any_changed_byte_spoils_it(void **state)
{
	struct test_member t;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b;
	struct fault f;

	(void)state;
	test_member_init(&t, NETWORK, "a", TRAC__ROLE__WORKSHOP, 1);
	write_request(&t, &b);
	for (size_t i = 0; i < b.used; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b.data[i] ^= (uint8_t)(1u << bit);
			assert_int_equal(request_open(SPAN(b), network, &m, &f), -1);
			assert_true(f.code == FAULT_INPUT || f.code == FAULT_UNPROVED);
			b.data[i] ^= (uint8_t)(1u << bit);
		}
	}
	for (size_t size = 0; size < b.used; size++)
		assert_int_equal(request_open((struct span){ b.data, size }, network, &m, &f), -1);
	buffer_clear(&b);
	test_member_clear(&t);
}

#define HEAD "tracd-request/v1\nnetwork fne.example\nname a\n"
#define KEYS "sign-key iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n" \
	"link-key gYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYE=\n"

/* Properly signed, and still not a request. */
static void refuses_signed_nonsense(void **state)
{
	static const struct {
		const char *text, *word;
	} bad[] = {
		{ "tracd-request/v2\n", "first line" },
		{ HEAD KEYS, "\"role\"" },
		{ HEAD "role king\n" KEYS, "\"role\"" },
		{ HEAD "role authority\n" KEYS, "\"role\"" },
		{ HEAD "role  hub\n" KEYS, "\"role\"" },
		{ HEAD "role \n" KEYS, "\"role\"" },
		{ HEAD "role hub\n" KEYS "crown yes\n", "unknown" },
		{ HEAD "role hub\n" KEYS "title x\ntitle y\n", "repeated" },
		{ HEAD "role hub\n" KEYS "title x\ncommune 67482\n", "out of place" },
		{ HEAD "role hub\n" KEYS "commune 6748\n", "commune" },
		{ HEAD "role hub\n" KEYS "address nowhere\n", "address" },
		{ HEAD "role hub\n" KEYS "address ipc://1\naddress ipc://2\naddress ipc://3\n"
		  "address ipc://4\naddress ipc://5\n", "repeated" },
		{ "tracd-request/v1\nnetwork fne.example\nname A\nrole hub\n" KEYS, "name" },
		{ "tracd-request/v1\nnetwork FNE\nname a\nrole hub\n" KEYS, "network" },
		{ HEAD "role hub\nsign-key AAAA\n", "\"sign-key\"" },
	};
	struct test_member t;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b;
	struct fault f;

	(void)state;
	test_member_init(&t, NETWORK, "a", TRAC__ROLE__HUB, 1);
	buffer_init(&b, NOTE_BYTES_MAX);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buffer_reset(&b);
		assert_int_equal(note_sign(&b, (struct span){ (const uint8_t *)bad[i].text,
			strlen(bad[i].text) }, t.signer, &f), 0);
		assert_int_equal(request_open(SPAN(b), network, &m, &f), -1);
		if (f.code != FAULT_INPUT || !strstr(f.text, bad[i].word))
			fail_msg("%zu: %s: %s", i, fault_name(f.code), f.text);
	}
	buffer_clear(&b);
	test_member_clear(&t);
}

/* Signed by a key that is not the one it asks for. */
static void proves_possession(void **state)
{
	static const char text[] = HEAD "role hub\n" KEYS;
	struct test_member thief;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b;
	struct fault f;

	(void)state;
	test_member_init(&thief, NETWORK, "a", TRAC__ROLE__HUB, 2);
	buffer_init(&b, NOTE_BYTES_MAX);
	note_sign(&b, (struct span){ (const uint8_t *)text, sizeof text - 1 }, thief.signer, &f);
	assert_int_equal(request_open(SPAN(b), network, &m, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	buffer_clear(&b);
	test_member_clear(&thief);
}

static void refuses_to_write_what_would_be_refused(void **state)
{
	struct test_member t, other;
	struct buffer b;
	struct fault f;

	(void)state;
	test_member_init(&t, NETWORK, "a", TRAC__ROLE__HUB, 1);
	test_member_init(&other, NETWORK, "b", TRAC__ROLE__HUB, 2);
	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(request_write(&b, NETWORK, &t.member, other.signer, &f), -1);
	assert_int_equal(request_write(&b, "FNE", &t.member, t.signer, &f), -1);
	t.member.role = TRAC__ROLE__AUTHORITY;
	assert_int_equal(request_write(&b, NETWORK, &t.member, t.signer, &f), -1);
	assert_int_equal(admit_write(&b, &t.member, 1, &f), -1);
	t.member.role = TRAC__ROLE__HUB;
	strcpy(t.member.commune, "abcde");
	assert_int_equal(request_write(&b, NETWORK, &t.member, t.signer, &f), -1);
	assert_int_equal(found_write(&b, NETWORK, &t.member, 1, &f), -1);
	assert_int_equal(revoke_write(&b, "No Name", 1, 0, 1, &f), -1);
	assert_int_equal(revoke_write(&b, "a", 1, 99, 1, &f), -1);
	assert_int_equal(b.used, 0);
	buffer_clear(&b);
	test_member_clear(&t);
	test_member_clear(&other);
}

/* request -> Admit -> registry: the member is the one who asked. */
static void leads_to_an_admission(void **state)
{
	struct test_network n;
	struct test_member t;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b, statement;
	const struct member *admitted;
	struct fault f;

	(void)state;
	test_network_init(&n, NETWORK, 1);
	test_member_init(&t, NETWORK, "a", TRAC__ROLE__WORKSHOP, 2);
	write_request(&t, &b);
	assert_int_equal(request_open(SPAN(b), network, &m, &f), 0);
	buffer_init(&statement, ENTRY_SIZE_MAX);
	assert_int_equal(admit_write(&statement, &m, 77, &f), 0);
	test_network_say(&n, &statement);
	admitted = registry_by_name(n.registry, "a");
	assert_non_null(admitted);
	m.admitted_index = 1;
	m.admitted_ms = 77;
	assert_memory_equal(admitted, &m, sizeof m);
	buffer_clear(&b);
	buffer_clear(&statement);
	test_member_clear(&t);
	test_network_clear(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_it_writes),
		cmocka_unit_test(is_a_text_that_people_can_read),
		cmocka_unit_test(any_changed_byte_spoils_it),
		cmocka_unit_test(refuses_signed_nonsense),
		cmocka_unit_test(proves_possession),
		cmocka_unit_test(refuses_to_write_what_would_be_refused),
		cmocka_unit_test(leads_to_an_admission),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
