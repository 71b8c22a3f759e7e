/*
 * The open links: who is there, what the other side knows of each log, what
 * was asked of it, and how it behaves. At most LINKS_MAX; what is known of the
 * other's logs takes 25 bytes a log and is made when the link first says it.
 */
#ifndef TRAC_CORE_LINKS_H
#define TRAC_CORE_LINKS_H

#include "daemon/core/core.h"

/* Links under one key: a reconnect beside one that is half dead, two addresses
 * of one hub. Above, the oldest goes: one member cannot fill the table. */
#define LINKS_PER_KEY 4
/* Summaries told to one link at once, and the time after which it may have
 * another: it is the largest answer to a small question (130 KiB for LOGS_MAX). */
#define SUMMARY_BURST 4
#define SUMMARY_MS 250
/* Heads told to one link at once and later each second: half of what the other
 * side takes (PEER_BURST, PEER_RATE), the rest is for wants and frames. */
#define HEADS_BURST 512
#define HEADS_RATE 100
/* Frames served to one link each second: 512,000 entries, above what one
 * core can prove and store; more is a flood. A link that plays by the rules has
 * at most WANTS_MAX unanswered, but how fast it asks again is up to the wire. */
#define SERVES_RATE 2000
/* Letters taken from one link each second, and at once: 64 MiB of files, above what a
 * fetch that waits for each piece can bring. Above, they are dropped, and asked again. */
#define LETTERS_RATE 500
/* Letters that a link may leave unanswered before it is held not to know letters. */
#define LETTERS_UNANSWERED_MAX 2
/* So many times in a row frames did not come in time: told as a fault. */
#define SILENT_MAX 3

/* One frame that was asked for. It takes its place until it comes or its time
 * has passed, also when it does not matter any more (not live). */
struct want_slot {
	bool used, live;
	uint32_t row;
	uint64_t start, end, tree_size;
	uint64_t turn;                 /* asked as the how-manieth: answers come in order */
	int64_t asked_ms;
};

/* What the other side said it knows of a log, or was told by us. */
struct known {
	uint64_t seen, held;
	uint64_t vouched;              /* hubs that cosigned that head */
};

struct link {
	uint32_t id;
	bool inbound;
	bool greeted;                  /* the other side has greeted */
	bool gone;                     /* dropped in this step */
	bool pinged;                   /* since it was last heard */
	bool summary_sent;             /* in this exchange: since a greeting went either way */
	bool summary_due;              /* as soon as there may be one */
	bool deaf;                     /* it spoke of logs or keys that we did not know */
	bool faulted;                  /* a fault was told */
	uint64_t claim;                /* what it last said to know of our log */
	uint64_t weighed;              /* size of its head of our log that is being verified */
	uint64_t shown;                /* of the largest that was, in this quarantine */
	uint64_t instance;             /* of the other side; 0: it did not say */
	unsigned twin;                 /* enum greeting_twin: what it says of us */
	unsigned told_twin;            /* what we last said of it */
	uint8_t key[LINK_KEY_SIZE];
	char name[MEMBER_NAME_MAX + 1];        /* as it greeted */
	int64_t since_ms, heard_ms;
	int64_t progress_ms;           /* a frame that was asked for came */
	/* how much more may go there, and when that was last counted up */
	int64_t summaries_left, summaries_ms;
	int64_t heads_left, heads_ms;
	int64_t serves_left, serves_ms;
	int64_t letters_left, letters_ms;
	bool letters;                  /* it has sent one: it knows them */
	unsigned letters_out;          /* sent there */
	unsigned silent;               /* times in a row that frames did not come */
	unsigned late;                 /* frames that may still come after their time */
	unsigned rows;                 /* room of the two below */
	struct known *known;           /* owned; by row */
	uint8_t *owed;                 /* owned; by row: its head is to be told */
	unsigned owed_count;
	bool fork_heard;               /* what the other side knows of forks: it has said it */
	unsigned fork_rows;            /* room of fork, made when there is a fork */
	uint64_t *fork;                /* owned; by row: level of the evidence that it has */
	struct want_slot slot[WANTS_MAX];
	uint64_t turns;
	uint64_t frames_in, frames_out;
	unsigned faults;
	char last_fault[FAULT_TEXT_MAX];
};

struct links {
	unsigned count, room;
	struct link **item;            /* owned; by id */
};

void links_clear(struct links *l);
/* NULL when unknown or dropped. */
struct link *links_find(const struct links *l, uint32_t id);
/* A new link; NULL when there is no memory. The table is not full and the id is new. */
struct link *links_add(struct links *l, uint32_t id, int64_t now_ms);
void links_remove(struct links *l, uint32_t id);
/* Frees those that are gone. */
void links_sweep(struct links *l);
/* Links under that key that are not gone; the oldest of them in *oldest. */
unsigned links_of_key(const struct links *l, const uint8_t key[LINK_KEY_SIZE],
		      struct link **oldest);

/* Room for what is known of rows logs. -1: no memory. */
int link_reserve(struct link *l, unsigned rows);
struct known link_known(const struct link *l, uint32_t row);
void link_learn(struct link *l, uint32_t row, struct known k);   /* row is reserved */
/* Does the head that it knows lack lines that ours of that size carries? */
bool link_lacks_lines(const struct known *k, const struct log_size *ours);
void link_owe(struct link *l, uint32_t row, bool owed);          /* row is reserved */

/* Fills a count by rate each second, up to most; then takes one. false: none left. */
bool link_take(int64_t *left, int64_t *filled_ms, int64_t now_ms, int64_t rate, int64_t most);

struct want_slot *link_free_slot(struct link *l);    /* NULL: all in use */
unsigned link_slots_used(const struct link *l);
/* When that slot's time has passed: a link that delivers others is alive. */
int64_t link_slot_due(const struct link *l, const struct want_slot *s);

#endif
