/*
 * Real tracd-net processes for tests, which play tracd to each of them over a
 * socket pair. No waiting for a while: for a state, with a limit.
 */
#ifndef TRAC_UNIT_NET_NODE_H
#define TRAC_UNIT_NET_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/ipc.h"

#define NET_WAIT_MS 20000
#define NET_NOTES_MAX 16384

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
	char notes[NET_NOTES_MAX];
	struct gossip last;            /* of its numbers; spans are gone */
	size_t last_bytes;             /* of its entries */
	uint8_t in[IPC_BYTES_MAX + 4];
	size_t used;
	bool deaf;                     /* we do not read: tracd is busy */
};

/* The two of a test: a listens, b dials. Group setup, setup and teardown. */
extern struct node *a, *b;
extern char net_program[];
int find_net_program(void **state);
int two_nodes(void **state);
int end_nodes(void **state);
/* b dials a, both allow each other, and b has pinged with nonce 1. */
void link_nodes(void);

void make_keys(struct key_pair *k);
struct node *node_create(void);
void node_spawn(struct node *n);
void node_kill(struct node *n);
/* Closes its channel: it must end by itself, well. NULL is harmless. */
void node_destroy(struct node *n);
size_t node_rss_mib(const struct node *n);

/* As tracd. */
void node_config(struct node *n, const char *listen);
void node_allow(struct node *n, unsigned count, const uint8_t *first, const uint8_t *second);
void node_dial(struct node *n, const struct node *to);   /* as dial 7 */
void node_number(struct node *n, enum ipc_type type, uint32_t number);
void node_send(struct node *n, const struct gossip *g);
struct gossip ping(uint64_t nonce);

/* Reads what both have to tell: one turn of at most ms; turns for ms. */
void turn(int ms);
void turns(int64_t ms);
int64_t now_ms(void);

#define UNTIL(condition) do { \
	int64_t until_ms = now_ms() + NET_WAIT_MS; \
	while (!(condition)) { \
		if (now_ms() > until_ms) \
			fail_msg("never: %s; a: %s b: %s", #condition, a->notes, b->notes); \
		turn(100); \
	} \
} while (0)

#endif
