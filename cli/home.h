/*
 * A node's home folder as trac reads it: the identity in tracd.conf and the
 * authority's public key. Layout: see `trac init` and tracd.conf(5).
 */
#ifndef TRAC_CLI_HOME_H
#define TRAC_CLI_HOME_H

#include <limits.h>

#include "proto/log/registry.h"

struct home {
	char network[NETWORK_MAX + 1];    /* from the authority's key */
	struct verifier authority;        /* named <network>/members */
	struct member self;               /* as tracd.conf and keys/ say; perhaps not admitted */
};

/* DIR/NAME into out; false when too long. */
bool home_path(const char *home, const char *name, char out[PATH_MAX]);

/* A vkey named <network>/members, as text or as the name of a file that holds it. */
int authority_parse(const char *text, struct verifier *v, char network[NETWORK_MAX + 1],
		    struct fault *f);
int authority_read(const char *path, struct verifier *v, char network[NETWORK_MAX + 1],
		   struct fault *f);
/* home/authority.vkey. */
int home_authority(const char *home, struct verifier *v, char network[NETWORK_MAX + 1],
		   struct fault *f);

/* The folder of the fence, as the settings say or beside the home. */
void home_fence(const char *home, char out[PATH_MAX]);
/* The member whose settings lie in that folder; "" when none can be read. */
void home_member(const char *folder, char out[MEMBER_NAME_MAX + 1]);
/* The commune of the node's seat; "" when the settings name none or cannot be read. */
void home_commune(const char *home, char out[COMMUNE_SIZE + 1]);

/* How many hubs must vouch, for who verifies without a tracd: by the settings, whose default
 * it is where there are none that he may read. FAULT_CONFIG: what they say is no number that
 * tracd would take. */
int home_policy(const char *home, unsigned *need, struct fault *f);

/* All of it; reads the secret keys for their public halves. */
int home_read(const char *home, struct home *h, struct fault *f);
/* The signer of the node's own log; freed by signer_destroy(). */
struct signer *home_signer(const char *home, const struct home *h, struct fault *f);

/* HOST:PORT, or a whole tcp:// or ipc:// address. -1: not an address. */
int address_complete(const char *text, char out[ADDRESS_MAX + 1]);
/* The public half of a CURVE secret key. */
void link_key_public(const uint8_t secret[LINK_KEY_SIZE], uint8_t out[LINK_KEY_SIZE]);

#endif
