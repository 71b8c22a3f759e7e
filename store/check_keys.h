/*
 * With which key each log of a store signs: the authority's and the own one are given, the
 * others are what the member log of that store says.
 */
#ifndef TRAC_STORE_CHECK_KEYS_H
#define TRAC_STORE_CHECK_KEYS_H

#include "proto/log/keys.h"
#include "store/db.h"

struct check_keys;

/* Borrows both keys; own: NULL, or the key named by the own log. NULL: no memory, or the
 * authority's key names no network. */
struct check_keys *check_keys_create(struct store *s, const struct verifier *authority,
				     const struct verifier *own, struct fault *f);
void check_keys_destroy(struct check_keys *k);   /* NULL is harmless */

/* As is_signed of check.h. A log whose author is not known is passed over. */
int check_keys_signed(const struct check_keys *k, const char *origin, struct span note,
		      struct fault *f);

enum own_key {
	OWN_KEY_PRESENT,      /* the one that signs the own log now, or nobody says which */
	OWN_KEY_REPLACED,     /* one that signed it before */
	OWN_KEY_UNKNOWN,      /* of nobody: its change may not be in this store */
	OWN_KEY_OTHERS,       /* another member's, now or before */
};
enum own_key check_keys_own(const struct check_keys *k);

#endif
