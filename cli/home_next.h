/* The next keys of a node: made beside the present ones, which they replace once named. */
#ifndef TRAC_CLI_HOME_NEXT_H
#define TRAC_CLI_HOME_NEXT_H

#include "cli/home.h"

struct next_keys {
	struct signer *signer;          /* under the name of the own log; owned */
	uint8_t link_key[LINK_KEY_SIZE];
	uint64_t size;                  /* of the own log, under its last signature */
};

/*
 * Makes keys/sign.key.next, and keys/link.key.next of a node that nobody dials, unless they
 * are there, and has tracd sign nothing more of the own log until they are named.
 * Clear with home_next_clear().
 */
int home_next_make(const char *home, const struct home *h, struct next_keys *out,
		   struct fault *f);
void home_next_clear(struct next_keys *k);

#endif
