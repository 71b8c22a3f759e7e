/*
 * The events that the fold of one device can depend on: at least all that
 * proto/life/group.c would tie together, whatever counts and whatever was
 * split, with their repetitions and corrections. The same set is found from
 * each of its events. Bounded. Used inside store/ only.
 *
 * A medium identifier (a UUID, an asset tag of nobody) ties events when a link
 * names it, and to those that share a second one: it is looked up for links and
 * for what has such a pair. Serials of one value are looked up together, because
 * one without its maker belongs to the only maker. What is contested there is
 * followed all the same.
 */
#ifndef TRAC_STORE_CLOSURE_H
#define TRAC_STORE_CLOSURE_H

#include "store/contest.h"
#include "store/key.h"

enum tie {
	TIE_DEVICE,              /* the device that the event is about */
	TIE_ANNOUNCED,           /* one of many of a donation to come */
	TIE_LINKED,              /* an end of a link */
};

/* The identifiers of an event that can tie it to others. */
void event_ties(const Trac__Event *e, struct txn *t, uint32_t log,
		void (*tell)(void *ctx, const struct ident *id, enum tie tie), void *ctx);

struct wanted {
	struct ident ident;
	bool joins;              /* all its events belong here; else its links only */
	bool done, joined;       /* what was looked up */
	/* Numbers of wanted that one event names together with it, as bits, and those of
	 * which it was looked up. */
	uint64_t pairs, pairs_done;
};

/* An event of the closure. */
struct tied {
	struct position at;
	bool shown;              /* here because it announces: its ties are not followed */
	bool alone;              /* none of its own identifiers joins */
	bool followed, followed_shown;   /* its ids were looked up; while shown only */
	uint8_t id[EVENT_ID_SIZE], target[EVENT_ID_SIZE];   /* zero: none */
};

/* Entries read for one closure: four times the largest life. Who repeats one id in
 * thousands of entries must not hold up a node. */
#define CLOSURE_LOOKS_MAX (4 * LOOKUP_EVENTS_MAX)

struct closure {
	unsigned count, room;
	struct tied *tied;       /* owned */
	unsigned slots;          /* power of two, at least twice room */
	uint32_t *slot;          /* owned; number of tied + 1 */
	unsigned wanted_count;
	struct wanted *wanted;   /* owned; LOOKUP_IDENTIFIERS_MAX */
	unsigned looks;          /* entries that may still be read */
	bool cut;                /* a limit was reached: there may be more */
	bool failed;             /* no memory */
	bool without_announced;  /* leaves announcements out altogether */
	bool without_repeats;    /* and what the other branch of a forked log only repeats */
	const struct contest *contest;   /* and what does not count of forked logs; may be NULL */
	/* What closure_add_media() found: events and identifiers below these numbers were there
	 * before; the first medium that leads to more than the limits. */
	unsigned own, own_wanted;
	struct ident large;      /* value "": none */
	/* Asked before an identifier (or, NULL, an event) is followed; true ends
	 * it as if a limit were reached. May be NULL. */
	bool (*stop)(void *ctx, const struct ident *id, struct position at);
	void *stop_ctx;
};

int closure_init(struct closure *c);     /* -1: no memory */
void closure_clear(struct closure *c);   /* frees */
void closure_reset(struct closure *c);   /* empties, keeps the memory */
/* Adds an event and what it is tied by. */
void closure_add(struct closure *c, struct txn *t, struct position at, const Trac__Event *e);
/* Adds an event that is shown only: its ties are not followed. */
void closure_show(struct closure *c, struct position at, const Trac__Event *e);
/* Adds all events with that normalised value, whatever it identifies. */
void closure_add_value(struct closure *c, struct index *x, struct txn *t, const char *value);
/* Follows ties until there are no more or a limit is reached. */
void closure_run(struct closure *c, struct index *x, struct txn *t);
/*
 * Adds the devices that had the same media as those of the closure: what became of a disk
 * decides what may be said of the device that it left. One step only, so that a bench that
 * moves disks all day does not tie all its devices together. A limit that is met here ends
 * it, and is told by large, not by cut.
 */
void closure_add_media(struct closure *c, struct index *x, struct txn *t);
/* Adds, to be shown only, the erasures of others that cite the report of one in the
 * closure: of another author, or of another run. */
void closure_add_reports(struct closure *c, struct index *x, struct txn *t);
/* Events of the closure itself, without what closure_add_media() added. */
unsigned closure_own(const struct closure *c);

#endif
