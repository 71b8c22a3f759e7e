/* Real tracd-net processes for tests. */
#include "tests/unit/net_node.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "daemon/log.h"

char net_program[PATH_MAX];
struct node *a, *b;

/* --- processes --- */

int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void node_spawn(struct node *n)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	n->pid = fork();
	assert_true(n->pid >= 0);
	if (n->pid == 0) {
		if (pair[1] == IPC_FD ? fcntl(IPC_FD, F_SETFD, 0) == 0
				      : dup2(pair[1], IPC_FD) == IPC_FD)
			execl(net_program, "tracd-net", "128", NULL);
		_exit(127);
	}
	close(pair[1]);
	n->fd = pair[0];
	n->used = 0;
}

void make_keys(struct key_pair *k)
{
	assert_int_equal(crypto_box_keypair(k->public, k->secret), 0);
}

struct node *node_create(void)
{
	struct node *n = calloc(1, sizeof *n);
	assert_non_null(n);
	make_keys(&n->keys);
	node_spawn(n);
	return n;
}

void node_kill(struct node *n)
{
	assert_int_equal(kill(n->pid, SIGKILL), 0);
	waitpid(n->pid, NULL, 0);
	close(n->fd);
}

void node_destroy(struct node *n)
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

size_t node_rss_mib(const struct node *n)
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

void node_config(struct node *n, const char *listen)
{
	struct buffer out = begin(IPC_NET_CONFIG);
	write_bytes(&out, n->keys.secret, 32);
	write_bytes(&out, n->keys.public, 32);
	write_text(&out, listen);
	send_buffer(n, &out);
}

void node_allow(struct node *n, unsigned count, const uint8_t *first, const uint8_t *second)
{
	struct buffer out = begin(IPC_NET_ALLOW);
	write_u32(&out, count);
	if (count > 0)
		write_bytes(&out, first, 32);
	if (count > 1)
		write_bytes(&out, second, 32);
	send_buffer(n, &out);
}

void node_dial(struct node *n, const struct node *to)
{
	struct buffer out = begin(IPC_NET_DIAL);
	write_u32(&out, 7);
	write_text(&out, to->address);
	write_bytes(&out, to->keys.public, 32);
	send_buffer(n, &out);
}

void node_number(struct node *n, enum ipc_type type, uint32_t number)
{
	struct buffer out = begin(type);
	write_u32(&out, number);
	send_buffer(n, &out);
}

void node_send(struct node *n, const struct gossip *g)
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
		if (strlen(n->notes) + strlen(text) + 2 < NET_NOTES_MAX)
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
void turn(int ms)
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

void turns(int64_t ms)
{
	for (int64_t until_ms = now_ms() + ms; now_ms() < until_ms;)
		turn(20);
}

struct gossip ping(uint64_t nonce)
{
	return (struct gossip){ .type = GOSSIP_PING, .ping = { .nonce = nonce } };
}

/* --- the two of a test --- */

int two_nodes(void **state)
{
	(void)state;
	a = node_create();
	b = node_create();
	node_config(a, "tcp://127.0.0.1:0");
	node_config(b, "");
	UNTIL(a->ready && b->ready);
	return 0;
}

int end_nodes(void **state)
{
	(void)state;
	node_destroy(a);
	node_destroy(b);
	a = b = NULL;
	return 0;
}

void link_nodes(void)
{
	struct gossip g = ping(1);
	node_allow(a, 1, b->keys.public, NULL);
	node_allow(b, 1, a->keys.public, NULL);
	node_dial(b, a);
	UNTIL(b->ups == 1);
	node_send(b, &g);              /* an inbound link is up with its first message */
	UNTIL(a->ups == 1 && a->messages == 1);
}

/* $TRAC_BIN/tracd-net, or ../bin/tracd-net from where this test lies. */
int find_net_program(void **state)
{
	char self[PATH_MAX - 32];
	const char *folder = getenv("TRAC_BIN");
	(void)state;
	if (folder) {
		snprintf(net_program, sizeof net_program, "%s/tracd-net", folder);
	} else {
		ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
		self[size > 0 ? size : 0] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(net_program, sizeof net_program, "%s/../bin/tracd-net", self);
	}
	return access(net_program, X_OK);
}
