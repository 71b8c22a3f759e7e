/* Links between two tracd-net: they come up, carry, end and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/net_node.h"

static void a_link_comes_up_and_talks_both_ways(void **state)
{
	(void)state;
	assert_int_equal(strncmp(a->address, "tcp://127.0.0.1:", 16), 0);
	assert_string_equal(b->address, "");
	link_nodes();
	assert_true(a->inbound);
	assert_false(b->inbound);
	assert_memory_equal(a->peer, b->keys.public, 32);
	assert_memory_equal(b->peer, a->keys.public, 32);
	assert_int_equal(a->last.ping.nonce, 1);
	struct gossip g = { .type = GOSSIP_PONG, .ping = { .nonce = 99 } };
	node_send(a, &g);
	UNTIL(b->messages == 1);
	assert_int_equal(b->last.type, GOSSIP_PONG);
	assert_int_equal(b->last.ping.nonce, 99);
}

static void large_frames_pass_whole_and_in_order(void **state)
{
	static uint8_t entry[1000], proof[PROOF_HASHES_MAX * 32];
	struct span entries[FRAME_ENTRIES_MAX];
	(void)state;
	link_nodes();
	for (unsigned i = 0; i < FRAME_ENTRIES_MAX; i++)
		entries[i] = (struct span){ entry, sizeof entry };
	struct gossip g = { .type = GOSSIP_FRAME, .frame = {
		.tree_size = 1000000, .count = FRAME_ENTRIES_MAX, .entry = entries,
		.proof_count = PROOF_HASHES_MAX, .proof = proof } };
	for (unsigned i = 0; i < 200; i++) {
		g.frame.start = i;
		node_send(b, &g);
		UNTIL(a->messages >= i);       /* as credit would have it */
	}
	UNTIL(a->messages == 201);
	assert_int_equal(a->last.frame.start, 199);
	assert_int_equal(a->last_bytes, FRAME_ENTRIES_MAX * sizeof entry);
	assert_int_equal(a->downs + b->downs, 0);
}

static void a_burst_of_heads_waits_for_the_socket(void **state)
{
	static uint8_t checkpoint[3000];
	(void)state;
	link_nodes();
	memset(checkpoint, 'x', sizeof checkpoint);
	struct gossip g = { .type = GOSSIP_HEAD,
			    .head = { .checkpoint = { checkpoint, sizeof checkpoint } } };
	for (unsigned i = 0; i < 2000; i++) {
		g.head.held = i;
		node_send(b, &g);
	}
	UNTIL(a->messages == 2001);
	assert_int_equal(a->last.head.held, 1999);
	assert_int_equal(a->downs + b->downs, 0);
}

static void an_unknown_key_is_refused(void **state)
{
	struct key_pair other;
	(void)state;
	make_keys(&other);
	node_allow(a, 1, other.public, NULL);
	node_allow(b, 1, a->keys.public, NULL);
	node_dial(b, a);
	UNTIL(strstr(a->notes, "is refused: no member has it") &&
	      strstr(b->notes, "refuses our key"));
	assert_int_equal(a->ups + b->ups, 0);
	/* and is tried again: once admitted it comes in by itself */
	node_allow(a, 1, b->keys.public, NULL);
	UNTIL(b->ups == 1);
}

static void before_keys_are_allowed_nobody_is(void **state)
{
	(void)state;
	node_allow(b, 1, a->keys.public, NULL);
	node_dial(b, a);
	UNTIL(strstr(b->notes, "refuses our key"));
	assert_int_equal(a->ups + b->ups, 0);
}

static void a_dial_waits_until_its_key_is_allowed(void **state)
{
	(void)state;
	node_allow(a, 1, b->keys.public, NULL);
	node_dial(b, a);
	turns(300);
	assert_int_equal(b->ups, 0);
	node_allow(b, 1, a->keys.public, NULL);
	UNTIL(b->ups == 1);
}

static void a_key_taken_from_the_list_loses_its_link_at_once(void **state)
{
	(void)state;
	link_nodes();
	node_allow(a, 0, NULL, NULL);
	UNTIL(a->downs == 1 && b->downs == 1);
	assert_string_equal(a->why, "its key is no longer a member's");
	UNTIL(strstr(b->notes, "refuses our key"));
	assert_int_equal(a->ups, 1);
	assert_int_equal(b->ups, 1);
}

static void a_dropped_link_has_its_last_word(void **state)
{
	struct gossip bye = { .type = GOSSIP_BYE, .bye = { .code = 1, .text = "go" } };
	struct gossip hello = ping(4);
	(void)state;
	link_nodes();
	node_send(a, &bye);
	node_number(a, IPC_NET_DROP, a->link);
	UNTIL(a->downs == 1 && b->downs == 1);
	assert_int_equal(b->messages, 1);
	assert_int_equal(b->last.type, GOSSIP_BYE);
	UNTIL(b->ups == 2);            /* it dials again */
	node_send(b, &hello);          /* the other side learns of a link by its first word */
	UNTIL(a->ups == 2 && a->messages == 2);
	node_send(b, &bye);
	node_number(b, IPC_NET_DROP, b->link);
	UNTIL(a->messages == 3 && a->downs == 2 && b->downs == 2);
	node_number(b, IPC_NET_UNDIAL, 7);
	turns(1500);
	assert_int_equal(a->ups, 2);
}

static void a_killed_dialler_comes_back(void **state)
{
	struct gossip g = ping(2);
	(void)state;
	link_nodes();
	node_kill(b);
	b->fd = -1;
	UNTIL(a->downs == 1);
	node_spawn(b);
	node_config(b, "");
	node_allow(b, 1, a->keys.public, NULL);
	node_dial(b, a);
	UNTIL(b->ups == 2);
	node_send(b, &g);
	UNTIL(a->ups == 2 && a->last.ping.nonce == 2);
}

static void a_killed_listener_comes_back(void **state)
{
	struct gossip g = ping(3);
	char address[sizeof a->address];
	(void)state;
	link_nodes();
	memcpy(address, a->address, sizeof address);
	node_kill(a);
	a->fd = -1;
	UNTIL(b->downs == 1);
	node_spawn(a);
	node_config(a, address);
	node_allow(a, 1, b->keys.public, NULL);
	UNTIL(b->ups == 2);
	node_send(b, &g);
	UNTIL(a->ups == 2 && a->last.ping.nonce == 3);
}

/* In its sandbox: the resolver's modules and files must be there. */
static void a_name_is_resolved(void **state)
{
	(void)state;
	node_allow(a, 1, b->keys.public, NULL);
	node_allow(b, 1, a->keys.public, NULL);
	char port[16];
	snprintf(port, sizeof port, "%s", strrchr(a->address, ':'));
	snprintf(a->address, sizeof a->address, "tcp://localhost%s", port);
	node_dial(b, a);
	UNTIL(b->ups == 1);
}

static void a_name_that_is_none_harms_nobody(void **state)
{
	(void)state;
	char address[sizeof a->address];
	node_allow(a, 1, b->keys.public, NULL);
	node_allow(b, 1, a->keys.public, NULL);
	memcpy(address, a->address, sizeof address);
	snprintf(a->address, sizeof a->address, "tcp://no-such-host.invalid:1");
	node_dial(b, a);
	UNTIL(strstr(b->notes, "no-such-host.invalid:1 cannot be reached"));
	memcpy(a->address, address, sizeof address);
	node_dial(b, a);               /* the same number: the new address replaces the old */
	UNTIL(b->ups == 1);
}

static void an_address_in_use_is_told(void **state)
{
	(void)state;
	struct node *c = b;
	node_destroy(c);
	b = node_create();
	node_config(b, a->address);
	UNTIL(strstr(b->notes, "cannot listen on ") && b->ready == 1);
	assert_string_equal(b->address, "");
}

static void a_busy_tracd_holds_its_peers(void **state)
{
	static uint8_t entry[60000];
	struct span entries[4];
	unsigned sent = 0;
	(void)state;
	link_nodes();
	for (unsigned i = 0; i < 4; i++)
		entries[i] = (struct span){ entry, sizeof entry };
	struct gossip g = { .type = GOSSIP_FRAME,
			    .frame = { .tree_size = 4, .count = 4, .entry = entries } };
	size_t before_mib = node_rss_mib(a);
	a->deaf = true;
	/* 8 MiB wait in a, 16 frames in its socket, 64 and 8 MiB in b, some in TCP: then b
	 * gives the link up, for a does not read */
	while (sent < 500 && b->downs == 0) {
		node_send(b, &g);
		turn(0);
		sent++;
	}
	UNTIL(b->downs == 1);
	assert_string_equal(b->why, "it does not read what it is sent");
	print_message("busy: %u frames of 240 kB sent, memory of the reader %zu to %zu MiB\n", sent,
		      before_mib, node_rss_mib(a));
	assert_true(node_rss_mib(a) < before_mib + 48);
	a->deaf = false;
	UNTIL(a->downs == 1);
	assert_true(a->messages > 8 * 1024 * 1024 / 240000);
}

static void it_says_so_when_started_by_hand(void **state)
{
	int status;
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		close(IPC_FD);
		close(STDERR_FILENO);
		execl(net_program, "tracd-net", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 64);
}

#define NET_TEST(f) cmocka_unit_test_setup_teardown(f, two_nodes, end_nodes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(a_link_comes_up_and_talks_both_ways),
		NET_TEST(large_frames_pass_whole_and_in_order),
		NET_TEST(a_burst_of_heads_waits_for_the_socket),
		NET_TEST(an_unknown_key_is_refused),
		NET_TEST(before_keys_are_allowed_nobody_is),
		NET_TEST(a_dial_waits_until_its_key_is_allowed),
		NET_TEST(a_key_taken_from_the_list_loses_its_link_at_once),
		NET_TEST(a_dropped_link_has_its_last_word),
		NET_TEST(a_killed_dialler_comes_back),
		NET_TEST(a_killed_listener_comes_back),
		NET_TEST(a_name_is_resolved),
		NET_TEST(a_name_that_is_none_harms_nobody),
		NET_TEST(an_address_in_use_is_told),
		NET_TEST(a_busy_tracd_holds_its_peers),
		cmocka_unit_test(it_says_so_when_started_by_hand),
	};
	return cmocka_run_group_tests_name("net", tests, find_net_program, NULL);
}
