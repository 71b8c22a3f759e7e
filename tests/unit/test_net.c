/*
 * Real tracd-net processes: this test plays tracd to each of them over a socket
 * pair, and strangers with sockets of its own. No waiting for a while: for a
 * state, with a limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "daemon/ipc.h"
#include "daemon/log.h"

#define WAIT_MS 20000
#define NOTES_MAX 16384

struct key_pair {
	uint8_t public[32], secret[32];
};

/* A tracd-net, and what it told. */
struct node {
	pid_t pid;
	int fd;
	struct key_pair keys;
	char address[ADDRESS_MAX + 1];
	unsigned ready, ups, downs, messages;
	uint32_t link;                 /* the last that came up */
	bool inbound;
	uint8_t peer[32];
	char why[FAULT_TEXT_MAX];      /* of the last that went down */
	char notes[NOTES_MAX];
	struct gossip last;            /* of its numbers; spans are gone */
	size_t last_bytes;             /* of its entries */
	uint8_t in[IPC_BYTES_MAX + 4];
	size_t used;
	bool deaf;                     /* we do not read: tracd is busy */
};

static char program[PATH_MAX];
static struct node *a, *b;
static void *context;

/* --- processes --- */

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void node_spawn(struct node *n)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	n->pid = fork();
	assert_true(n->pid >= 0);
	if (n->pid == 0) {
		if (pair[1] == IPC_FD ? fcntl(IPC_FD, F_SETFD, 0) == 0
				      : dup2(pair[1], IPC_FD) == IPC_FD)
			execl(program, "tracd-net", "128", NULL);
		_exit(127);
	}
	close(pair[1]);
	n->fd = pair[0];
	n->used = 0;
}

static void make_keys(struct key_pair *k)
{
	char public[41], secret[41];
	assert_int_equal(zmq_curve_keypair(public, secret), 0);
	assert_non_null(zmq_z85_decode(k->public, public));
	assert_non_null(zmq_z85_decode(k->secret, secret));
}

static struct node *node_create(void)
{
	struct node *n = calloc(1, sizeof *n);
	assert_non_null(n);
	make_keys(&n->keys);
	node_spawn(n);
	return n;
}

static void node_kill(struct node *n)
{
	assert_int_equal(kill(n->pid, SIGKILL), 0);
	waitpid(n->pid, NULL, 0);
	close(n->fd);
}

/* Closes its channel: it must end by itself, well. */
static void node_destroy(struct node *n)
{
	int status;
	if (!n)
		return;
	close(n->fd);
	assert_int_equal(waitpid(n->pid, &status, 0), n->pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("tracd-net ended with status %x", status);
	free(n);
}

static size_t node_rss_mib(const struct node *n)
{
	char path[64], text[256];
	long total, resident;
	snprintf(path, sizeof path, "/proc/%d/statm", (int)n->pid);
	FILE *in = fopen(path, "r");
	assert_non_null(in);
	assert_non_null(fgets(text, sizeof text, in));
	fclose(in);
	assert_int_equal(sscanf(text, "%ld %ld", &total, &resident), 2);
	return (size_t)resident * 4096 / (1024 * 1024);
}

/* --- as tracd --- */

static void send_buffer(struct node *n, struct buffer *out)
{
	uint8_t header[4];
	assert_false(out->failed);
	put_u32(header, (uint32_t)out->used);
	assert_int_equal(send(n->fd, header, 4, MSG_NOSIGNAL), 4);
	assert_int_equal(send(n->fd, out->data, out->used, MSG_NOSIGNAL), out->used);
	buffer_clear(out);
}

static struct buffer begin(enum ipc_type type)
{
	struct buffer out;
	buffer_init(&out, IPC_BYTES_MAX);
	write_u8(&out, (uint8_t)type);
	return out;
}

static void node_config(struct node *n, const char *listen)
{
	struct buffer out = begin(IPC_NET_CONFIG);
	write_bytes(&out, n->keys.secret, 32);
	write_bytes(&out, n->keys.public, 32);
	write_text(&out, listen);
	send_buffer(n, &out);
}

static void node_allow(struct node *n, unsigned count, const uint8_t *first, const uint8_t *second)
{
	struct buffer out = begin(IPC_NET_ALLOW);
	write_u32(&out, count);
	if (count > 0)
		write_bytes(&out, first, 32);
	if (count > 1)
		write_bytes(&out, second, 32);
	send_buffer(n, &out);
}

static void node_dial(struct node *n, const struct node *to)
{
	struct buffer out = begin(IPC_NET_DIAL);
	write_u32(&out, 7);
	write_text(&out, to->address);
	write_bytes(&out, to->keys.public, 32);
	send_buffer(n, &out);
}

static void node_number(struct node *n, enum ipc_type type, uint32_t number)
{
	struct buffer out = begin(type);
	write_u32(&out, number);
	send_buffer(n, &out);
}

static void node_send(struct node *n, const struct gossip *g)
{
	struct fault f;
	struct buffer out = begin(IPC_NET_SEND);
	write_u32(&out, n->link);
	assert_int_equal(gossip_write(g, &out, &f), 0);
	send_buffer(n, &out);
}

static void take_message(struct node *n, struct span bytes)
{
	struct gossip_box box;
	struct fault f;
	assert_int_equal(gossip_read(&box, bytes, &f), 0);
	n->messages++;
	n->last = box.msg;
	n->last_bytes = 0;
	for (uint32_t i = 0; box.msg.type == GOSSIP_FRAME && i < box.msg.frame.count; i++)
		n->last_bytes += box.msg.frame.entry[i].size;
	gossip_box_clear(&box);
}

static void take(struct node *n, struct span bytes)
{
	struct reader r;
	char text[FAULT_TEXT_MAX];
	reader_init(&r, bytes.data, bytes.size);
	uint8_t type = read_u8(&r);
	if (type == IPC_NET_READY) {
		n->ready++;
		read_text(&r, n->address, sizeof n->address);
	} else if (type == IPC_NET_UP) {
		n->ups++;
		n->link = read_u32(&r);
		n->inbound = read_u8(&r) != 0;
		assert_int_equal(read_u32(&r), n->inbound ? 0 : 7);
		memcpy(n->peer, read_bytes(&r, 32), 32);
	} else if (type == IPC_NET_DOWN) {
		n->downs++;
		read_u32(&r);
		read_text(&r, n->why, sizeof n->why);
	} else if (type == IPC_NET_MESSAGE) {
		read_u32(&r);
		take_message(n, (struct span){ r.data, r.left });
		return;
	} else {
		assert_int_equal(type, IPC_NET_NOTE);
		assert_int_not_equal(read_u8(&r), LOG_BUG);
		read_text(&r, text, sizeof text);
		if (strlen(n->notes) + strlen(text) + 2 < NOTES_MAX)
			strcat(strcat(n->notes, text), "\n");
	}
	assert_true(reader_done(&r));
}

/* Reads once and takes what is whole. False: closed. */
static bool node_read(struct node *n)
{
	ssize_t got = recv(n->fd, n->in + n->used, sizeof n->in - n->used, MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN;
	n->used += (size_t)got;
	size_t at = 0;
	while (n->used - at >= 4 && n->used - at - 4 >= get_u32(n->in + at)) {
		size_t size = get_u32(n->in + at);
		take(n, (struct span){ n->in + at + 4, size });
		at += 4 + size;
	}
	memmove(n->in, n->in + at, n->used - at);
	n->used -= at;
	return got > 0;
}

/* One turn over both nodes, of at most ms. */
static void turn(int ms)
{
	struct node *all[2] = { a, b };
	struct pollfd p[2];
	for (int i = 0; i < 2; i++) {
		bool listened = all[i] && !all[i]->deaf && all[i]->fd >= 0;
		p[i] = (struct pollfd){ .fd = listened ? all[i]->fd : -1, .events = POLLIN };
	}
	poll(p, 2, ms);
	for (int i = 0; i < 2; i++) {
		if (p[i].revents && !node_read(all[i]))
			fail_msg("tracd-net ended: %s", all[i]->notes);
	}
}

#define UNTIL(condition) do { \
	int64_t until_ms = now_ms() + WAIT_MS; \
	while (!(condition)) { \
		if (now_ms() > until_ms) \
			fail_msg("never: %s; a: %s b: %s", #condition, a->notes, b->notes); \
		turn(100); \
	} \
} while (0)

static void turns(int64_t ms)
{
	for (int64_t until_ms = now_ms() + ms; now_ms() < until_ms;)
		turn(20);
}

static struct gossip ping(uint64_t nonce)
{
	return (struct gossip){ .type = GOSSIP_PING, .ping = { .nonce = nonce } };
}

/* --- a and b linked: a listens, b dials --- */

static int two_nodes(void **state)
{
	(void)state;
	context = zmq_ctx_new();
	a = node_create();
	b = node_create();
	node_config(a, "tcp://127.0.0.1:0");
	node_config(b, "");
	UNTIL(a->ready && b->ready);
	return 0;
}

static int end_nodes(void **state)
{
	(void)state;
	node_destroy(a);
	node_destroy(b);
	zmq_ctx_term(context);
	a = b = NULL;
	return 0;
}

static void link_up(void)
{
	struct gossip g = ping(1);
	node_allow(a, 1, b->keys.public, NULL);
	node_allow(b, 1, a->keys.public, NULL);
	node_dial(b, a);
	UNTIL(b->ups == 1);
	node_send(b, &g);              /* an inbound link is up with its first message */
	UNTIL(a->ups == 1 && a->messages == 1);
}

static void a_link_comes_up_and_talks_both_ways(void **state)
{
	(void)state;
	assert_int_equal(strncmp(a->address, "tcp://127.0.0.1:", 16), 0);
	assert_string_equal(b->address, "");
	link_up();
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
	link_up();
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
	link_up();
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
	link_up();
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
	(void)state;
	link_up();
	node_send(a, &bye);
	node_number(a, IPC_NET_DROP, a->link);
	UNTIL(a->downs == 1 && b->downs == 1);
	assert_int_equal(b->messages, 1);
	assert_int_equal(b->last.type, GOSSIP_BYE);
	UNTIL(b->ups == 2);            /* it dials again */
	node_send(b, &bye);
	node_number(b, IPC_NET_DROP, b->link);
	UNTIL(a->ups == 2 && a->messages == 2 && a->downs == 2 && b->downs == 2);
	node_number(b, IPC_NET_UNDIAL, 7);
	turns(1500);
	assert_int_equal(a->ups, 2);
}

static void a_killed_dialler_comes_back(void **state)
{
	struct gossip g = ping(2);
	(void)state;
	link_up();
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
	link_up();
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

/* --- strangers --- */

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

static void a_key_that_connects_twice_keeps_the_newest_link(void **state)
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
	void *second = stranger_with(&keys);
	zmq_send(second, good, pack_ping(good, sizeof good, 2), 0);
	UNTIL(a->ups == 2 && a->downs == 1 && a->last.ping.nonce == 2);
	assert_string_equal(a->why, "its key connected again");
	assert_int_not_equal(a->link, old);
	zmq_close(first);
	zmq_close(second);
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

static void a_busy_tracd_holds_its_peers(void **state)
{
	static uint8_t entry[60000];
	struct span entries[4];
	unsigned sent = 0;
	(void)state;
	link_up();
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
		execl(program, "tracd-net", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 64);
}

/* $TRAC_BIN/tracd-net, or ../bin/tracd-net from where this test lies. */
static int find_program(void **state)
{
	char self[PATH_MAX - 32];
	const char *folder = getenv("TRAC_BIN");
	(void)state;
	if (folder) {
		snprintf(program, sizeof program, "%s/tracd-net", folder);
	} else {
		ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
		self[size > 0 ? size : 0] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(program, sizeof program, "%s/../bin/tracd-net", self);
	}
	return access(program, X_OK);
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
		NET_TEST(an_address_in_use_is_told),
		NET_TEST(junk_is_dropped_and_reported),
		NET_TEST(a_message_over_the_limit_cuts_the_line),
		NET_TEST(a_key_that_connects_twice_keeps_the_newest_link),
		NET_TEST(a_flood_is_cut_and_memory_stays),
		NET_TEST(a_busy_tracd_holds_its_peers),
		cmocka_unit_test(it_says_so_when_started_by_hand),
	};
	return cmocka_run_group_tests_name("net", tests, find_program, NULL);
}
