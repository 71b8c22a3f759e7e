/*
 * Stories for tests of the fold: events told one by one, an hour apart from
 * 2024-01-01, and the lives that they make.
 */
#ifndef TRAC_TESTS_UNIT_STORIES_H
#define TRAC_TESTS_UNIT_STORIES_H

#include "proto/life/event.h"
#include "proto/life/life.h"

#define STORY_MAX 400

struct story {
	struct life_input input[STORY_MAX];
	unsigned count;
	struct lives lives;
};

/* What every device needs; in pairs as of events.h. */
#define LAPTOP "serial=PF0S0001 maker=LENOVO "
#define DONATED "mode=donation recipient_type=final_user public=low_income department=31"
#define LENT "mode=loan recipient_type=final_user public=precarious department=31"

struct story *story_begin(void);
void story_end(struct story *s);
/* The author records an event, number s->count. Returns its number. */
unsigned story_tell(struct story *s, const char *author, const char *kind, const char *pairs);
/* The author corrects event number. */
unsigned story_correct(struct story *s, const char *author, unsigned number);
/* The author says that the shipment, event number, arrived; pairs may say how. */
unsigned story_arrive(struct story *s, const char *author, const char *device, unsigned number,
		      const char *pairs);
/* The usual way: received, identified, audited, erased, declared; 5 events. */
void story_refurbish(struct story *s, const char *author, const char *device);
/* Folds what was told so far and returns the only life. */
const struct life *story_life(struct story *s);
const struct lives *story_lives(struct story *s);

#endif
