/*
 * A virtual world: nodes that each run the core of the daemon, joined by links
 * with delays, under a virtual clock. All that happens is an event of one heap,
 * ordered by (time, sequence): same seed, same world, same trace.
 *
 * The nodes perform effects (perform.c) with the real code of proto/log on logs
 * in memory (disk.c); checks run after every step (check.c).
 */
#ifndef TRAC_SIM_WORLD_H
#define TRAC_SIM_WORLD_H

#include "daemon/core/core.h"
#include "daemon/core/rng.h"
#include "proto/log/fence.h"
#include "proto/log/keys.h"
#include "tests/sim/disk.h"

#define NETWORK "fne.example"
#define DIALS_ROOM 16
#define AUTHORITY 0            /* node 0 */
#define MEMBERS_LOG 0          /* log 0; node i writes log i + 1 */

/* What a liar does to what it sends. */
enum lie {
	LIE_FRAMES = 1,        /* changes a byte of an entry of others */
	LIE_HEADS = 2,         /* raises the size in the heads of others */
	LIE_SILENCE = 4,       /* says it holds entries, never sends them */
	LIE_CLAIM = 8,         /* says it knows more of the other's log */
	LIE_JUNK = 16,         /* frames that nobody asked for, heads that are no notes */
	LIE_FORK = 32,         /* signs more than one history; see node_twin() */
};

struct pending {               /* a result that the core has not been told of */
	enum core_event_type type;
	uint32_t link;
	unsigned log;
	bool forked, same;             /* STALE; COMPARED */
	uint64_t from, to;             /* FORKED, COMPARED */
	struct fault fault;
};

struct sim_fence {
	uint64_t size, store;          /* 0: none */
	struct hash root;
};

struct node {
	struct world *world;
	unsigned id;
	unsigned own;                  /* its log: id + 1, but for a twin */
	char name[MEMBER_NAME_MAX + 1];
	unsigned role;
	unsigned lies;                 /* enum lie */
	bool up;
	bool born;                     /* was up once */
	unsigned group;                /* links cross no border of groups */
	unsigned dial_count;
	unsigned dial[DIALS_ROOM];     /* nodes of its settings */
	unsigned dial_members;
	struct signer *signer;
	struct signer *members_signer; /* of the authority */
	struct signer *cosigner;       /* of a hub that cosigns */
	struct sim_vouch *vouch;       /* owned: all that it ever cosigned */
	uint64_t vouch_count, vouch_room;
	uint8_t link_key[LINK_KEY_SIZE];
	struct registry *registry;     /* in memory: made anew at a start */
	struct core *core;
	struct core_effects effects;
	struct ram_log *log;           /* durable; of all logs of the world */
	struct ram_log aside;          /* durable: recorded in quarantine, and the tail */
	bool doubt;                    /* durable: in quarantine when it died */
	struct sim_fence fence;        /* durable, and in no copy of the rest */
	bool in_aside;                 /* records go there */
	uint64_t *checked;             /* entries of each log that check.c has seen */
	uint64_t wake;                 /* number of the last FX_WAKE */
	unsigned crash_in;             /* dies before that effect from now; 0: no */
	unsigned pending_count;
	struct pending *pending;
	uint64_t pending_room;
	uint64_t recorded;
	uint64_t store;                /* id of the store */
	unsigned stepping;             /* in core_step or performing */
};

struct conn {
	bool open;
	bool hung;                     /* what is sent is swallowed, until it breaks */
	unsigned node[2];              /* who dialled, who listens */
	int64_t last[2];               /* arrival of the last message to that side */
};

struct sim_event {
	int64_t at;
	uint64_t seq;
	void (*run)(struct world *w, struct sim_event *e);
	uint32_t a, b;
	uint64_t c;
	struct span bytes;             /* owned */
};

struct world {
	uint64_t seed;
	struct rng rng;
	int64_t now;
	uint64_t seq;
	struct sim_event *heap;
	uint64_t heap_count, heap_room;
	unsigned count;                /* nodes */
	struct node *node;
	struct log_id *log_id;         /* of all logs */
	uint32_t *log_sorted;          /* log numbers by id */
	struct ram_log *truth;         /* what was published of each log */
	uint64_t *shown;               /* how far anyone but its author saw that */
	struct ram_log *said;          /* what each node acknowledged and must not lose */
	uint8_t *dialling;             /* count * count: a dial of that pair is due */
	struct conn *conn;
	uint64_t conn_count, conn_room;
	int64_t delay_min, delay_max;
	unsigned double_in;            /* one message in so many comes twice; 0: none */
	bool fake;                     /* cheap signatures, for big swarms */
	unsigned frame_entries;        /* at most so many in a frame; 0: the limit of the network */
	uint64_t hash;                 /* of all that happened */
	uint64_t steps, messages;
	void (*line)(struct world *w, const char *line);   /* NULL: no story is told */
	void *ctx;
	char failure[256];             /* of check.c, "" while all is well */
};

/* All nodes are down. Node 0 is the authority, the next hubs are hubs. names: may be NULL. */
struct world *world_create(uint64_t seed, unsigned count, unsigned hubs,
			   const char *const *names, bool fake);
void world_destroy(struct world *w);
void world_at(struct world *w, int64_t at, void (*run)(struct world *, struct sim_event *),
	      uint32_t a, uint32_t b, uint64_t c, struct span bytes);
/* Runs what is due until that time, or until a check fails. */
void world_run(struct world *w, int64_t until);
void world_say(struct world *w, const struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void world_mix(struct world *w, uint64_t x);
void world_fail(struct world *w, const struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
unsigned world_log(const struct world *w, const struct log_id *id);   /* UINT_MAX: unknown */
const char *world_log_name(const struct world *w, unsigned log);
/* Behind all logs come their other branches, should they be forked. */
unsigned world_logs(const struct world *w);
unsigned world_branch(const struct world *w, unsigned log);
unsigned world_main(const struct world *w, unsigned log);

/* --- what tests do to nodes (node.c) --- */
void node_start(struct world *w, unsigned id);
void node_stop(struct world *w, unsigned id);     /* as by SIGKILL */
void node_dials(struct world *w, unsigned id, unsigned to);
void node_record(struct world *w, unsigned id, unsigned count);
void node_consent(struct world *w, unsigned id);
void node_admit(struct world *w, unsigned id);    /* by the authority */
void node_revoke(struct world *w, unsigned id);
void node_step(struct node *n, const struct core_event *ev);
/* Loads the registry from the member log; true when it grew. */
bool node_members(struct node *n);
struct core_event node_log_event(const struct node *n, unsigned log);
/* Another node of that id may be linked to: listed, or nothing is known yet. */
bool node_admits(const struct node *n, unsigned id);
/* What its fence says of its store. */
enum fence_word node_fence(const struct node *n);

/* --- perform.c --- */
void perform(struct node *n);
/* What the core is told after the step. */
void node_result(struct node *n, enum core_event_type type, uint32_t link, unsigned log,
		 const struct fault *f);
const struct verifier *node_verifier(const struct node *n, unsigned log);
int node_open_head(struct node *n, unsigned log, struct checkpoint *c, struct span bytes,
		   struct fault *f);

/* --- forks.c: as store/evidence.h and daemon/forks.h --- */
uint64_t fork_level(const struct ram_log *l);
/* That came by x: it contradicts what is held. The core is told what that means. */
void fork_of_head(struct node *n, const struct core_effect *x, unsigned log,
		  const struct checkpoint *c);
void fork_of_frame(struct node *n, const struct core_effect *x, unsigned log,
		   const struct range_taken *r);
/* As branch_follow() of store/evidence.h, after a change of a log; tells the core. */
void fork_follow(struct node *n, unsigned log);
/* Into an EV_LOG: what is to be compared. */
void fork_split(const struct node *n, unsigned log, struct core_event *ev);
void do_send_evidence(struct node *n, const struct core_effect *x);
void do_take_evidence(struct node *n, const struct core_effect *x);
void do_prove(struct node *n, const struct core_effect *x);
/* Which of the branches of a log has the tree that is asked for; false: none, and who asks
 * was told so when another one is signed. */
bool fork_serves(struct node *n, const struct core_effect *x, unsigned *log);
void do_take_proof(struct node *n, const struct core_effect *x);

/* --- aside.c --- */
/* false: it died on the way. */
bool aside_sign(struct node *n, const struct checkpoint *c);   /* before it: the fence */
bool aside_begin(struct node *n);     /* FX_ASIDE */
bool aside_end(struct node *n);       /* FX_RESUME */

struct disk_copy {
	unsigned logs;
	struct ram_log *log;           /* owned */
	struct ram_log aside;
	bool doubt;
	uint64_t store;
	struct sim_fence fence;
};
/* What becomes of the fence when a copy is put back: it lies outside of it, it is
 * lost, or it was taken back too, as by a snapshot of the whole machine. */
enum disk_fence { FENCE_KEPT, FENCE_LOST, FENCE_COPIED };
void disk_save(struct disk_copy *to, const struct node *n);
void disk_restore(struct node *n, const struct disk_copy *d, enum disk_fence fence);
void disk_clear(struct disk_copy *d);
/* After a disk was lost: what nobody holds any more is owed no more. */
void disk_forget_lost(struct node *n);
/* Only the keys are left. */
void disk_lose(struct node *n);
/* Node id becomes a copy of another node, which runs beside it under the same keys. */
void node_twin(struct world *w, unsigned id, unsigned of);

/* --- cosign.c --- */
/* That hub has a key to cosign with; before it is admitted. */
void node_cosigns(struct world *w, unsigned id);
void node_cosign_key(const struct node *n, struct member *m);
/* What is kept of a head that was verified (cosigner_merge()), and once it is kept. */
int cosign_kept(struct node *n, unsigned log, const struct checkpoint *c, struct span bytes,
		struct buffer *kept, struct fault *f);
void cosign_taken(struct node *n, unsigned log, const struct checkpoint *c, struct span kept);
void cosign_state(const struct node *n, unsigned log, struct core_event *ev);
void cosign_perform(struct node *n, const struct core_effect *x);
void cosign_clear(struct node *n);
/* Do all nodes that are up know that all hubs that cosign and are up vouch for that log? */
bool check_vouched(struct world *w, unsigned log, char *why, size_t room);

/* --- net.c --- */
void net_dial(struct world *w, unsigned from, unsigned to, int64_t in_ms);
void net_dial_all(struct world *w, unsigned from);
void net_send(struct node *n, uint32_t link, const struct gossip *g);
void net_drop(struct node *n, uint32_t link, const struct fault *f);
void net_break(struct world *w, uint64_t conn);
void net_hang(struct world *w, uint64_t conn);
void net_down(struct world *w, unsigned id);      /* all links of a node */
void net_partition(struct world *w);              /* breaks what crosses a border */
unsigned net_other(const struct world *w, uint32_t link);

/* --- liar.c: bends what a liar sends; false: nothing is sent --- */
bool liar_bend(struct node *n, struct gossip *g, struct buffer *room);

/* --- check.c --- */
/* Another node has verified that head. */
void check_shown(struct node *n, unsigned log, const struct checkpoint *c);
/* Does anyone who writes that log sign two histories on purpose? */
bool log_forks(const struct world *w, unsigned log);
/* Evidence of a fork is kept: its author did it. */
void check_accused(struct node *n, unsigned log);
void check_signed(struct node *n, unsigned log, const struct checkpoint *c);
void check_node(struct node *n);
/* Do all nodes that are up and tell no lies hold the same? When not, why. */
bool check_equal(struct world *w, char *why, size_t room);

#endif
