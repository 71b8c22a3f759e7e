/*
 * The shelf: every disk, memory module and battery that a set of events names,
 * where it is and, of media, what became of the data on it. One shelf serves all
 * devices of a fold, so that a disk that moves takes its state along.
 *
 * A part is told apart by its serial, a medium without one by its WWN. One that
 * bears neither, or a junk serial, belongs to its device alone: it is on no list
 * of parts, but the data axis counts it. Used by cycle.c and part.c alone.
 */
#ifndef TRAC_LIFE_MEDIA_H
#define TRAC_LIFE_MEDIA_H

#include "proto/life/fold.h"

/* More disks than this in one device are counted as one that is to be erased. */
#define MEDIA_MAX 64

/* Parts named by one set of events: the largest lot that is looked up at once has 5,000
 * devices of a handful. What comes above counts as a disk to be erased in its device. */
#define SHELF_MAX 131072

#define NO_ITEM UINT32_MAX
#define IN_STOCK UINT32_MAX        /* item.home: in no device */

struct item {
	char *key;                 /* owned; kind letter and value */
	struct ident ident;        /* value "": it has no name of its own */
	const char *said;          /* that name as it was first read; borrowed from the event */
	bool medium;               /* else memory, a battery */
	bool known;                /* an event that was applied spoke of it */
	uint32_t alias;            /* a WWN of a medium whose serial is known: that one */
	uint32_t home;             /* number of a life */
	uint32_t next;             /* of the media of its home */
	enum data_state state;     /* media only */
};

/* What one device holds. */
struct rack {
	uint32_t first;            /* media; NO_ITEM: none */
	unsigned count;
	bool none;                 /* said: there is none */
	bool overflow;
};

struct shelf {
	uint32_t count, room;
	struct item *item;         /* owned */
	uint32_t slots;            /* power of two */
	uint32_t *slot;            /* owned; number of item + 1 */
	uint32_t rack_count;
	struct rack *rack;         /* owned; of each life */
	bool failed;               /* no memory */
};

/* What an event says of one part. */
enum fact_kind {
	FACT_SEEN,                 /* it is in the device */
	FACT_NEW,                  /* it came in and was never used */
	FACT_ERASED,
	FACT_FAILED,               /* an erasure or destruction that did not succeed */
	FACT_DESTROYED,
	FACT_TAKEN,                /* out of the device */
	FACT_EMPTY,                /* the device has no medium at all */
};

struct fact {
	enum fact_kind kind;
	const Trac__Medium *medium;   /* either; borrowed. Both NULL: a medium unnamed */
	const Trac__Part *part;
};

/* The facts of an event, in the order in which they are to be applied. */
#define FACTS_MAX (2 * EVENT_LIST_MAX)
unsigned event_facts(const Trac__Event *e, struct fact out[FACTS_MAX]);

/* For lives numbered below life_count. -1: no memory. */
int shelf_init(struct shelf *s, uint32_t life_count);
void shelf_clear(struct shelf *s);
/* Ties the WWNs that an event gives to the serials beside them, before any event is applied:
 * so that a WWN read alone finds its medium whichever event came first. */
void shelf_name(struct shelf *s, const Trac__Event *e);
/* The item that a fact is about, as things stand; NO_ITEM: none that can be told. life:
 * IN_STOCK when the event is about no device. */
uint32_t shelf_find(struct shelf *s, uint32_t life, const struct fact *f);
/* Applies a fact to the item that shelf_find() told. */
void shelf_apply(struct shelf *s, uint32_t life, const struct fact *f, uint32_t at);
/* All facts of an event. */
void shelf_event(struct shelf *s, const Trac__Event *e, uint32_t life);
/* Somebody used the device: what was erased is to be erased again. */
void shelf_used(struct shelf *s, uint32_t life);
enum data_state shelf_worst(const struct shelf *s, uint32_t life);
/* Nobody should have it: the data on it are not gone. */
bool data_is_left(enum data_state d);

#endif
