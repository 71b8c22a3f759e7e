/* The only clock and the only dice of trac. */
#ifndef TRAC_CLI_WORLD_H
#define TRAC_CLI_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "proto/wire/limits.h"

int64_t world_now_ms(void);
/* A clock that is never set: for time limits. */
int64_t world_steady_ms(void);
/* Local time minus UTC at that moment, in minutes. */
int world_zone(int64_t ms);
void world_random(void *to, size_t size);
/* Like UUIDv7: 48 bits of milliseconds, then random bits, with version and variant. */
void world_event_id(int64_t now_ms, uint8_t id[EVENT_ID_SIZE]);

#endif
