/*
 * Files of one secret key: 32 bytes as 64 hex digits and a newline, mode 0600,
 * owned by the user. Looser modes, other owners, links and other contents are
 * refused with FAULT_CONFIG.
 */
#ifndef TRAC_STORE_KEYFILE_H
#define TRAC_STORE_KEYFILE_H

#include <stdint.h>

#include "proto/wire/fault.h"

/* Never overwrites: an existing file is refused. Synced, with its folder. */
int keyfile_create(const char *path, const uint8_t key[32], struct fault *f);
/* Wipe key with sodium_memzero() after use. */
int keyfile_read(const char *path, uint8_t key[32], struct fault *f);

#endif
