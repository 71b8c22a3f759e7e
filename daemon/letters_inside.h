/* Letters from inside: letters.c asks, letters_owner.c answers and sends. */
#ifndef TRAC_DAEMON_LETTERS_INSIDE_H
#define TRAC_DAEMON_LETTERS_INSIDE_H

#include "daemon/letters.h"
#include "proto/log/tree.h"

/* Files fetched at once: a person waits for each. */
#define FETCHES_MAX 16
/* Hubs that are tried: as many as a node dials, and who dialled it. */
#define ROUTES_MAX (2 * DIALS_MAX)
/* A piece that has not come by then is asked again; looked at each turn. */
#define LETTER_WAIT_MS 3000
#define LETTER_TURN_MS 500
/* Times that each route is tried before it is given up. */
#define TRIES_MAX 3
/* A fetch that no client asks about any more. */
#define FORGET_MS 30000

struct fetch {
	bool used, no_route;         /* no_route: a hub said so */
	struct hash name;
	char member[MEMBER_NAME_MAX + 1];
	uint64_t nonce, size, next;  /* size 0: not known yet */
	uint32_t link;               /* asked there */
	unsigned route, tries;
	int64_t asked_ms, polled_ms;
	struct fault refusal;        /* code 0: goes on */
};

struct letters {
	struct event *turn;
	struct fetch fetch[FETCHES_MAX];
	uint8_t piece[LETTER_PIECE_MAX];
	uint8_t sealed[LETTER_BYTES_MAX];
};

/* --- letters.c --- */
void letters_take_part(struct node *n, uint32_t link, const struct gossip *g);
void letters_take_refusal(struct node *n, const struct gossip *g);

/* --- letters_owner.c --- */
/* Signs it as from this node, and sends it. */
void letters_send(struct node *n, uint32_t link, struct gossip *g);

#endif
