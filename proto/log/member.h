/*
 * What makes a member acceptable: the checks that the registry and requests
 * share, and the protobuf form of a member.
 */
#ifndef TRAC_LOG_MEMBER_H
#define TRAC_LOG_MEMBER_H

#include "proto/log/registry.h"

/*
 * Checks every field of m that its member gave (name, role, link key,
 * addresses, structure, commune, title) and derives what follows from them,
 * the network and the key of its log: origin, log, key, and that nothing has
 * been revoked.
 */
int member_complete(struct member *m, const char *network,
		    const uint8_t key[KEY_SIZE], struct fault *f);

/* The origin of a member's log in that epoch. */
void epoch_origin(const char *network, const char *name, unsigned epoch,
		  char out[ORIGIN_MAX + 1]);

/* Copies text into room bytes; refuses, naming what, when it is too long or not clean. */
int member_text(char *to, size_t room, const char *text, const char *what, struct fault *f);

/* The addresses of a statement; m->address is written only when all are good. */
int member_addresses(struct member *m, size_t count, char *const *address, struct fault *f);

/* From the message; NULL is refused. Calls member_complete(). */
int member_from(struct member *m, const char *network, const Trac__Member *message,
		struct fault *f);

/* A member as a message whose fields are borrowed from m. */
struct member_message {
	Trac__Member message;
	char *address[MEMBER_ADDRESSES_MAX];
};

void member_to(struct member_message *to, const struct member *m);

#endif
