/*
 * An event as people and files give it: names and values as text, in order.
 * The command line, JSON lines and CSV rows all end up here, and
 * fields_event() makes the event of them by the rules of proto/life/event.h.
 */
#ifndef TRAC_CLI_FIELDS_H
#define TRAC_CLI_FIELDS_H

#include <stdbool.h>

#include "proto/life/event.h"

/* An announced lot of 512 serials is one value a serial. */
#define FIELDS_MAX 2048

struct fields {
	unsigned count, room;
	struct field { char *name, *value; } *at;   /* owned */
};

void fields_clear(struct fields *l);   /* a zeroed list is empty */
int fields_add(struct fields *l, const char *name, const char *value, struct fault *f);
/* The first value of that name; NULL when there is none. */
const char *fields_value(const struct fields *l, const char *name);

/* Values for what was not given. */
struct defaults {
	const char *commune;       /* NULL or "": none */
	int64_t now_ms;            /* time of recording */
	bool date_needed;          /* a file must say when; else it is now */
	uint8_t id[EVENT_ID_SIZE]; /* of the event */
};

/*
 * Packs the event, appended to out, checked by event_check(). "kind" says what
 * it is; "id", "date" and "commune" win over the defaults; a date without zone
 * is of the local zone of that day. id: of the event that was made.
 */
int fields_event(const struct fields *l, const struct defaults *d, struct buffer *out,
		 uint8_t id[EVENT_ID_SIZE], struct fault *f);

/*
 * One JSON object as fields: nested objects become "medium.serial", lists one
 * value each, lists of objects "function:result". null is not given. Refused:
 * duplicates, numbers with a decimal point (cents are written "12.34"), depth.
 */
int fields_from_json(struct fields *l, const char *text, size_t size, struct fault *f);

#endif
