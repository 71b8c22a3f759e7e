/*
 * What strangers and hostile members do to a tracd-net: junk, floods, twins,
 * over sockets of our own that hold an admitted key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zmq.h>

#include "tests/unit/net_node.h"

static void *context;

static int open_context(void **state)
{
	context = zmq_ctx_new();
	return find_net_program(state);
}

static int close_context(void **state)
{
	(void)state;
	return zmq_ctx_term(context);
}

static void *stranger_with(const struct key_pair *keys)
{
	void *s = zmq_socket(context, ZMQ_DEALER);
	int none = 0;
	assert_non_null(s);
	zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, keys->secret, 32);
	zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, keys->public, 32);
	zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, a->keys.public, 32);
	assert_int_equal(zmq_connect(s, a->address), 0);
	return s;
}

static size_t pack_ping(uint8_t *to, size_t room, uint64_t nonce)
{
	struct buffer out;
	struct fault f;
	struct gossip g = ping(nonce);
	buffer_init(&out, room);
	assert_int_equal(gossip_pack(&g, &out, &f), 0);
	size_t used = out.used;
	memcpy(to, out.data, used);
	buffer_clear(&out);
	return used;
}

static void junk_is_dropped_and_reported(void **state)
{
	struct key_pair keys;
	(void)state;
	make_keys(&keys);
	node_allow(a, 1, keys.public, NULL);
	void *s = stranger_with(&keys);
	assert_int_equal(zmq_send(s, "\xff\xfe junk", 7, 0), 7);
	assert_int_equal(zmq_send(s, "", 0, 0), 0);
	UNTIL(strstr(a->notes, "sends junk"));
	assert_int_equal(a->ups, 0);           /* junk makes no link */
	/* a message of several frames is none of ours either */
	zmq_send(s, "a", 1, ZMQ_SNDMORE);
	zmq_send(s, "b", 1, 0);
	uint8_t good[64];
	size_t size = pack_ping(good, sizeof good, 5);
	assert_int_equal(zmq_send(s, good, size, 0), size);
	UNTIL(a->ups == 1 && a->messages == 1 && a->last.ping.nonce == 5);
	for (int i = 0; i < 200; i++)
		zmq_send(s, "junk", 4, 0);
	UNTIL(a->downs == 1);
	assert_string_equal(a->why, "sends junk");
	UNTIL(strstr(a->notes, "it flooded or sent junk"));    /* it comes back, and is kept out */
	assert_int_equal(a->ups, 1);
	zmq_close(s);
}

static void a_message_over_the_limit_cuts_the_line(void **state)
{
	struct key_pair keys;
	(void)state;
	make_keys(&keys);
	node_allow(a, 1, keys.public, NULL);
	void *s = stranger_with(&keys);
	uint8_t good[64];
	size_t size = pack_ping(good, sizeof good, 5);
	zmq_send(s, good, size, 0);
	UNTIL(a->ups == 1);
	uint8_t *big = calloc(1, 1024 * 1024);
	zmq_send(s, big, 1024 * 1024, 0);
	free(big);
	UNTIL(a->downs == 1);
	zmq_close(s);
}

static void a_key_that_connects_often_keeps_the_newest_links(void **state)
{
	struct key_pair keys;
	uint8_t good[64];
	(void)state;
	make_keys(&keys);
	node_allow(a, 1, keys.public, NULL);
	void *first = stranger_with(&keys);
	zmq_send(first, good, pack_ping(good, sizeof good, 1), 0);
	UNTIL(a->ups == 1);
	uint32_t old = a->link;
	/* two of one name are seen together, a third takes the place of the first */
	void *second = stranger_with(&keys);
	zmq_send(second, good, pack_ping(good, sizeof good, 2), 0);
	UNTIL(a->ups == 2 && a->last.ping.nonce == 2);
	assert_int_equal(a->downs, 0);
	zmq_send(first, good, pack_ping(good, sizeof good, 3), 0);
	UNTIL(a->last.ping.nonce == 3);
	void *third = stranger_with(&keys);
	zmq_send(third, good, pack_ping(good, sizeof good, 4), 0);
	UNTIL(a->ups == 3 && a->downs == 1 && a->last.ping.nonce == 4);
	assert_string_equal(a->why, "its key connected again");
	assert_int_not_equal(a->link, old);
	zmq_send(second, good, pack_ping(good, sizeof good, 5), 0);
	UNTIL(a->last.ping.nonce == 5);
	zmq_close(first);
	zmq_close(second);
	zmq_close(third);
}

/* Sends pings for a while, as fast as the socket takes them. Returns how many. */
static unsigned flood(void *s, int64_t ms)
{
	unsigned sent = 0;
	for (int64_t until_ms = now_ms() + ms; now_ms() < until_ms;) {
		uint8_t good[64];
		size_t size = pack_ping(good, sizeof good, sent);
		for (int i = 0; i < 100; i++)
			sent += zmq_send(s, good, size, ZMQ_DONTWAIT) >= 0;
		turn(0);
	}
	return sent;
}

static void a_flood_is_cut_and_memory_stays(void **state)
{
	struct key_pair keys;
	(void)state;
	make_keys(&keys);
	node_allow(a, 1, keys.public, NULL);
	void *s = stranger_with(&keys);
	size_t before_mib = node_rss_mib(a);
	unsigned sent = flood(s, 1500);
	UNTIL(a->downs >= 1);
	assert_string_equal(a->why, "floods");
	print_message("flood: %u sent, %u passed, memory %zu to %zu MiB\n", sent, a->messages,
		      before_mib, node_rss_mib(a));
	assert_true(a->messages <= PEER_BURST + 2 * PEER_RATE * 2);
	assert_true(node_rss_mib(a) < before_mib + 16);
	zmq_close(s);
}

#define NET_TEST(f) cmocka_unit_test_setup_teardown(f, two_nodes, end_nodes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(junk_is_dropped_and_reported),
		NET_TEST(a_message_over_the_limit_cuts_the_line),
		NET_TEST(a_key_that_connects_often_keeps_the_newest_links),
		NET_TEST(a_flood_is_cut_and_memory_stays),
	};
	return cmocka_run_group_tests_name("net_hostile", tests, open_context, close_context);
}
