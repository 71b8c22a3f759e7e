/* Petitions from inside: petitions.c asks, petitions_file.c keeps what is asked,
 * petitions_authority.c admits. */
#ifndef TRAC_DAEMON_PETITIONS_INSIDE_H
#define TRAC_DAEMON_PETITIONS_INSIDE_H

#include "daemon/petitions.h"
#include "proto/log/request.h"
#include "proto/log/tree.h"

/* Petitions that came in one turn of the loop, and how many of one hub: who floods fills
 * only its own places, and what finds none is sent again. */
#define COME_MAX 32
#define COME_OF_ONE_MAX 8

/* A workshop that this hub asks for. */
struct asked {
	bool used, refused;          /* refused: for good; kept until that was told */
	struct member member;
	struct hash name;            /* of the petition that was sent last */
	uint64_t nonce;
	unsigned tries;
	int64_t due_ms;              /* then it is sent again */
	char why[FAULT_TEXT_MAX];    /* it waits, or was refused; "": nothing is wrong yet */
	size_t size;
	uint8_t request[PETITION_BYTES_MAX];
};

/* A petition that came. */
struct come {
	uint32_t link;
	char from[MEMBER_NAME_MAX + 1];
	uint64_t nonce;
	struct hash name;
	size_t size;
	uint8_t note[PETITION_BYTES_MAX];
};

struct petitions {
	int folder;                  /* of a hub; -1 */
	struct event *turn, *work;
	struct asked asked[PETITIONS_MAX];
	unsigned come_count;
	struct come come[COME_MAX];
};

/* --- petitions_file.c: HOME/petitions --- */
int petitions_open(struct node *n, struct fault *f);
/* Durable when it returns 0. */
int petition_keep(struct node *n, const struct asked *a, struct fault *f);
void petition_drop(struct node *n, struct asked *a);

/* --- petitions_authority.c --- */
void petitions_work(struct node *n);

/* Title and structure stand in the log for ever, and are those of no person. */
int petition_texts(const struct member *m, struct fault *f);

#endif
