/* The inside of parts_fold(): part.c follows the parts, part_alarm.c the alarms. */
#ifndef TRAC_LIFE_PART_WORK_H
#define TRAC_LIFE_PART_WORK_H

#include "proto/life/media.h"
#include "proto/life/part.h"

#define NO_ALARM UINT32_MAX

/* Alarms of one fold: 16 for each device of the largest lot that is looked up at once. */
#define ALARMS_MAX 65536

/* A part of the shelf, by number of its item. */
struct track {
	struct part_life part;
	const struct life_input *first;  /* NULL: no event that counts speaks of it */
	const char *keeper;              /* who spoke of it last; "": given back */
	uint32_t alarm;                  /* last one that is not healed, or NO_ALARM */
};

struct device_track {
	const char *holder;
	enum life_state state;
	unsigned cycle;
	uint32_t alarm;                  /* of its unnamed media */
};

struct raised {
	struct alarm alarm;
	uint32_t before;                 /* another of the same that is not healed */
	bool unknown;                    /* no medium of the device was known */
};

struct part_work {
	const struct lives *lives;
	struct shelf shelf;
	uint32_t track_room;
	struct track *track;             /* owned; of each item */
	struct device_track *device;     /* owned; of each life */
	uint32_t alarm_count, alarm_room;
	struct raised *alarm;            /* owned */
	bool failed;                     /* no memory */
};

/* A line that counts, of a life: does the device change hands with data on it? */
void alarm_custody(struct part_work *w, uint32_t life, const struct life_input *at);
/* A part that held data when it was in another device comes into this one. */
void alarm_reuse(struct part_work *w, uint32_t item, uint32_t life, const struct life_input *at);
/* After a fact: what has been erased or destroyed heals. */
void alarm_heal(struct part_work *w, uint32_t item, uint32_t life, const struct fact *f);
/* Hands them over, by event, then medium. */
void alarms_finish(struct part_work *w, struct parts *out);

#endif
