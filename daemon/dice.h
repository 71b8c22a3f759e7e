/* The only dice of tracd: keys and nonces that nobody can guess. */
#ifndef TRAC_DAEMON_DICE_H
#define TRAC_DAEMON_DICE_H

#include <stddef.h>

#include "proto/wire/fault.h"

/* -1: the kernel gives none, and nothing may be drawn. */
int dice_fill(void *to, size_t size, struct fault *f);

#endif
