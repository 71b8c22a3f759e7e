/* Bytes that only one member can read: libsodium's sealed box to its link key. */
#ifndef TRAC_DAEMON_SEAL_H
#define TRAC_DAEMON_SEAL_H

#include "proto/log/registry.h"

#define SEAL_BYTES 48

/* out holds bytes.size + SEAL_BYTES. -1: not a usable key. */
int seal_make(const uint8_t to[LINK_KEY_SIZE], struct span bytes, uint8_t *out);
/* out holds sealed.size - SEAL_BYTES. -1: not sealed to that key, or damaged. */
int seal_open(const uint8_t public[LINK_KEY_SIZE], const uint8_t secret[LINK_KEY_SIZE],
	      struct span sealed, uint8_t *out);

#endif
