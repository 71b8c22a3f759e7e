/*
 * Random events about few devices, told to a story: identifiers of all strengths,
 * look-alikes, links, splits, corrections, announcements, and times that collide.
 */
#ifndef TRAC_TESTS_IDENTITIES_H
#define TRAC_TESTS_IDENTITIES_H

#include "proto/wire/bytes.h"
#include "tests/unit/stories.h"

uint32_t identities_dice(uint32_t *seed);

/* Whatever happens: any identifiers together, wrong ones too. */
void identities_tell_anything(struct story *s, uint32_t *seed);

/* What is true of DEVICES devices: each event names some of what its device has. Two
 * neighbours (0 and 1, 2 and 3) look alike, share a UUID, a disk, a MAC, and junk. */
#define IDENTITIES_DEVICES 8
struct truth {
	unsigned event, device;    /* that event is about that device */
};
struct truth identities_tell_truth(struct story *s, uint32_t *seed);

/* All that a fold says, as text; b is emptied first. */
void identities_print(struct buffer *b, const struct lives *lives);

#endif
