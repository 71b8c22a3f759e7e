/*
 * The logs that the core knows: row 0 is the member log, row 1 the own log,
 * then one row for each other member by order of admission, and for each log that
 * was closed or came after one, and for the other branch of each that is forked. Rows are
 * never removed; there are at most 2 (LOGS_MAX + 1). Also what is told to others of a
 * log, and how far its fetching has come.
 */
#ifndef TRAC_CORE_LOGS_H
#define TRAC_CORE_LOGS_H

#include "daemon/core/core.h"

#define ROW_MEMBERS 0
#define ROW_OWN 1
#define ROW_NONE UINT32_MAX

/* A frame whose storing is not heard of by then is asked again. */
#define TAKE_MS WANT_MS
/* A frame that does not fit is asked again at once, and then ever later: a log
 * that was forked by its author never fits, and must not keep us busy. */
#define STALE_MIN_MS 100
#define STALE_MAX_MS 30000
/* A member that was caught lying is not listened to for that long, doubled
 * each time: it stays a member until the authority says otherwise. */
#define SHUN_MIN_MS 60000
#define SHUN_MAX_MS 3600000
/* What a member claims of our log is heard so many times, for one whose link breaks gets
 * through; then not again for that long, doubled each time: a liar is soon ignored. */
#define CLAIMS_FREE 3
#define CLAIM_MIN_MS 60000
#define CLAIM_MAX_MS 3600000

struct log_row {
	struct log_id id;
	uint64_t held, proved, target, seen;   /* store/heads.h */
	/* fetching [held, target): from one link at a time, so that frames come in order */
	bool sourced;
	uint32_t source;               /* link; while sourced */
	uint32_t live;                 /* frames in flight that still matter */
	uint64_t next;                 /* first entry that has not been asked for */
	uint32_t span;                 /* entries to ask for in one frame */
	bool unheld;                   /* no link holds target: nothing to look for */
	bool avoids;
	uint32_t avoid;                /* link that failed last; while avoids */
	bool prefers;
	uint32_t prefer;               /* link that has the branch looked for; while prefers */
	unsigned stale;                /* in a row, since held last grew */
	int64_t retry_ms;              /* not before */
	int64_t taken_ms;              /* when a frame was last handed to be stored */
	uint64_t vouched;              /* hubs whose lines the seen head carries */
	uint64_t cosigned;             /* by us, last */
	int64_t cosign_ms;             /* when it is due; 0: it is not */
	uint64_t mark, target_mark;    /* root_mark() of seen and target; 0: unknown */
	/* of a forked log and its other branch, which has a row of its own: the other row */
	uint32_t partner;              /* ROW_NONE: there is none */
	bool is_branch;
	/* evidence.c: a fork, and the search for where its branches part */
	uint64_t forked;               /* level of the evidence; 0: none is known */
	unsigned fork_news;            /* times that rose since the start */
	uint64_t split_from, split_to; /* what to compare, with who has the other branch; 0: not */
	bool parting, part_last;
	int64_t part_ms;               /* when it was last asked */
	uint32_t part_link;            /* that showed the other branch */
	uint64_t part_lo, part_hi;     /* entries that are the same, that are not */
	uint64_t part_tree, part_asked;
	/* the member of this log, as a peer */
	int64_t shun_ms;               /* until then */
	unsigned shuns;
	int64_t claim_ms;              /* its claims of our log count from then on */
	unsigned claims;
};

struct logs {
	unsigned count, room;
	struct log_row *row;           /* owned */
	uint32_t *sorted;              /* owned; rows by log id; room of them */
	bool own_hidden;               /* in quarantine nothing is told of the own log, so that all
	                                * show what they know of it */
	unsigned members, epochs;      /* of the registry that have been seen */
	uint64_t marks;                /* hubs of the registry that may vouch */
	/* what is told of all logs; made anew after a change */
	bool dirty;
	struct log_size *told;         /* owned; by log id; room of them */
	uint32_t told_count;
	struct hash digest;
};

/* Rows of the member log and the own one. -1: no memory. */
int logs_init(struct logs *l, const struct registry *r, const char *member);
void logs_clear(struct logs *l);
/* Rows for members that the registry has gained. -1: no memory, some are missing. */
int logs_grow(struct logs *l, const struct registry *r);
/* A row for the other branch of that forked log; rows may move. -1: no memory. */
int logs_branch(struct logs *l, uint32_t row);
/* The log beside it is not forked any more: nothing is looked for in that row, or told. */
void logs_end_branch(struct logs *l, uint32_t row);
/* ROW_NONE when unknown. */
uint32_t logs_find(const struct logs *l, const struct log_id *id);
/* Seen and held as others may know them: of the own log only what is signed is
 * held, and more is seen only in quarantine. */
struct log_size logs_told(const struct logs *l, uint32_t row);
/* All told sizes with seen > 0, by log id, and their digest. */
void logs_refresh(struct logs *l);
/* Entries under seen heads of foreign logs that are not held. */
uint64_t logs_missing(const struct logs *l);
/* Ready for being asked from the start of what is not held. */
void log_rewind(struct log_row *row);
/* A frame did not fit: when to ask again. */
void log_stale(struct log_row *row, int64_t now_ms);
/* The member of this log lied. */
void log_shun(struct log_row *row, int64_t now_ms);
/* The member of this log claimed to know more of ours. */
void log_claim(struct log_row *row, int64_t now_ms);

#endif
