/*
 * One node: everything that tracd holds, and the parts that work on it. No
 * globals: each part takes the node. The parts, in the order they start:
 *
 *	membership   the member log and the registry computed from it
 *	writer       the one write transaction, and what follows from its commit
 *	recorder     events of clients, committed in groups
 *	derive       what follows from entries: index and figures, in idle slices
 *	fence        what was signed, in files outside the home; judges the store by them
 *	recovery     quarantine: entries go aside and back
 *	engine       the one performer of daemon/core
 *	transport    tracd-net: started, fed, started again
 *	web          tracd-http: the same
 *	attachments  files that events cite, outside the store
 *	commitments  the keys of beneficiaries, outside the store too
 *	letters      files sent to members that the owner names
 *	petitions    of a hub to the authority, for workshops of its region
 *	control      the local socket on which trac asks
 */
#ifndef TRAC_DAEMON_NODE_H
#define TRAC_DAEMON_NODE_H

#include <event2/event.h>

#include "daemon/core/core.h"
#include "daemon/settings.h"
#include "daemon/spawner.h"
#include "proto/log/registry.h"
#include "store/figures.h"
#include "store/heads.h"
#include "store/index.h"

#define ALERTS_MAX 16

struct writer;
struct recorder;
struct derive;
struct engine;
struct transport;
struct web;
struct control;
struct attachments;
struct commitments;
struct letters;
struct petitions;
struct fences;

struct node {
	struct settings settings;
	struct event_base *base;
	struct store *store;
	struct registry *registry;
	struct signer *signer;            /* of the own log */
	struct signer *member_signer;     /* of the member log; NULL unless authority */
	bool rotating;                    /* the next keys wait: nothing is signed */
	struct signer *cosigner;          /* of a hub that cosigns, else NULL */
	uint64_t cosigned;                /* cosignatures made since the start */
	struct index *index;
	struct figures *figures;
	struct core *core;
	struct spawner spawner;
	struct writer *writer;
	struct recorder *recorder;
	struct derive *derive;
	struct engine *engine;
	struct transport *transport;
	struct web *web;
	struct control *control;
	struct attachments *attachments;
	struct commitments *commitments;
	struct letters *letters;
	struct petitions *petitions;
	struct fences *fences;

	char origin[ORIGIN_MAX + 1];      /* of the own log */
	struct log_id log;
	uint32_t own;                     /* its local number */
	uint64_t own_held;                /* its committed size */
	bool restored;                    /* made by trac restore: the log is yet to come back */
	bool founded;                     /* the member log in this run: no fence yet is right */
	bool doubt;                       /* in quarantine: see recovery.h */
	struct event *epoch_due;          /* epoch.h */
	unsigned few_hubs;                /* cosigner_few(), not counted again before */
	int64_t few_due_ms;
	bool unfinished;                  /* going there or back: nothing can be recorded */
	uint32_t aside;                   /* then, where events are recorded; 0: the own log */
	uint64_t aside_held;
	uint32_t members;                 /* local number of the member log */
	int64_t started_ms;
	unsigned alert_count;
	char alert[ALERTS_MAX][FAULT_TEXT_MAX];
	bool stopping;
	int exit_code;
};

/* Store, keys, registry, index, core: everything but sockets. home is a home of settings.h. */
int node_open(struct node *n, struct fault *f);
/* n->core, by the settings and what is stored. */
int node_make_core(struct node *n, struct fault *f);
/* Tells the core the present link keys of the peers that the settings name. */
void node_set_dials(struct node *n);
/* Are the keys of the home there, good, and those of its settings? Changes nothing. */
int node_check(struct node *n, struct fault *f);
void node_close(struct node *n);

/* Reads the settings again: peers and log level take effect, others are named as
 * needing a restart. Refused whole when the file is not acceptable. */
int node_reload(struct node *n, struct fault *f);

/* Ends the loop. code: of fault_exit(). */
void node_stop(struct node *n, int code);

/*
 * A fault of our own store or keys: nothing may be published or numbered after
 * it. Says so and stops with FAULT_IO's exit code; a restart reads what is true.
 */
void node_die(struct node *n, const struct fault *f);

/* Says to the operator, in the log and in `trac status`; the same sentence once. */
void node_alert(struct node *n, const char *sentence);

/* Forgets the alerts about what their sentence begins with: it is well again. */
void node_calm(struct node *n, const char *what);

#endif
