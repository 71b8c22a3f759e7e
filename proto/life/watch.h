/*
 * What must not be forgotten: devices that were sent and never arrived, and
 * alarms (part.h). Each node keeps the list of the devices under watch, so that
 * `trac limbo`, `trac alarms` and `trac status` need not read all logs; whoever
 * is told the list folds the devices again and sees for himself.
 */
#ifndef TRAC_LIFE_WATCH_H
#define TRAC_LIFE_WATCH_H

#include "proto/life/part.h"

enum watch_kind {
	WATCH_LIMBO = 1,     /* sent, not received nor refused, as of the last event known */
	WATCH_ALARM = 2,     /* an alarm that is not healed */
	WATCH_KINDS = 3
};

/* "limbo", "alarm"; NULL: none. */
const char *watch_name(enum watch_kind k);
enum watch_kind watch_by_name(const char *name);   /* 0: none */

/* A device, or a loose medium, is under that watch because of this event. */
struct watch {
	enum watch_kind kind;
	int device;                        /* position in lives.life; -1: a loose medium */
	const struct life_input *at;       /* borrowed */
};

/* All watches of these lives, by event; *out is owned by the caller: free(). Returns how
 * many, -1: no memory. */
int lives_watch(const struct lives *l, const struct parts *p, struct watch **out);

/* The last shipment of a device that has not arrived; NULL: none. refused: the recipient
 * sent it back, and nobody has confirmed that it is back. */
const struct life_line *life_limbo(const struct life *l, bool *refused);

#endif
