/* From one epoch of the own log to the next. */
#include "daemon/epoch.h"

#include <stdio.h>
#include <string.h>

#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/recovery.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "proto/log/secret.h"
#include "store/keyfile.h"

/* A full disk is looked at again so often. */
#define ROOM_S 10

static int make_signer(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 32];
	struct signer *fresh;
	uint8_t seed[32];

	snprintf(path, sizeof path, "%s/keys/sign.key", n->settings.home);
	if (keyfile_read(path, seed, f) < 0)
		return -1;
	fresh = signer_create(n->origin, KEY_ED25519, seed, f);
	secret_wipe(seed, sizeof seed);
	if (!fresh)
		return -1;
	signer_destroy(n->signer);
	n->signer = fresh;
	return 0;
}

static int adopt(struct node *n, const char *origin, struct fault *f)
{
	struct txn *t;

	if (strcmp(origin, n->origin)) {
		snprintf(n->origin, sizeof n->origin, "%s", origin);
		log_id_of(n->origin, &n->log);
		if (make_signer(n, f) < 0)
			return -1;
	}
	t = txn_begin(n->store, true, f);
	if (!t)
		return -1;
	n->own = log_open(t, n->origin);
	n->own_held = log_size(t, n->own);
	return txn_commit(t, f);
}

/* A log of this member that was closed before what is not signed of it was put aside. */
static const struct closed_log *unfinished(struct node *n, struct txn *t, const struct member *m)
{
	for (unsigned i = registry_closed_count(n->registry); i-- > 0;) {
		const struct closed_log *c = registry_closed(n->registry, i);
		struct log_state s = { .held = 0 };
		const uint32_t log = log_find(t, c->origin);

		if (!log || registry_member(n->registry, c->member) != m)
			continue;
		log_state(t, log, &s);
		/* without a head of its end, what was signed of it is not known: peers tell it */
		if (s.head[HEAD_SEEN] >= c->size && s.held > s.head[HEAD_SEEN])
			return c;
	}
	return NULL;
}

static void on_rest(evutil_socket_t fd, short what, void *ctx);

int epoch_open(struct node *n, struct fault *f)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);
	const struct closed_log *closed;
	struct txn *t;

	n->epoch_due = evtimer_new(n->base, on_rest, n);
	if (!n->epoch_due)
		return fault_set(f, FAULT_FULL, "no memory for the event loop");
	t = m ? txn_begin(n->store, false, f) : NULL;
	if (m && !t)
		return -1;
	closed = m ? unfinished(n, t, m) : NULL;
	txn_abort(t);
	return adopt(n, closed ? closed->origin : m ? m->origin : n->origin, f);
}

/* Links say what they know to a core that knows it all anew. */
static void drop_links(struct node *n)
{
	struct core_link l;
	struct fault f;

	fault_set(&f, FAULT_UNAVAILABLE, "link: this node begins epoch %u of its log: linking again",
		  registry_by_name(n->registry, n->settings.member)->epoch);
	while (!n->stopping && core_link(n->core, 0, &l))
		transport_drop(n, l.link, &f);
}

static int change(struct node *n, struct fault *f)
{
	writer_settle(n);
	/* what was not signed belongs to the next epoch */
	if (recovery_aside(n, f) < 0)
		return -1;
	drop_links(n);
	if (n->stopping)
		return 0;
	core_destroy(n->core);
	n->core = NULL;
	if (adopt(n, registry_by_name(n->registry, n->settings.member)->origin, f) < 0 ||
	    node_make_core(n, f) < 0)
		return -1;
	node_calm(n, "own log");
	n->unfinished = false;
	log_line(LOG_NOTE, "own log: goes on as %s", n->origin);
	engine_start(n);
	return 0;
}

static void soon(struct node *n, long seconds)
{
	const struct timeval in = { seconds, 0 };

	evtimer_add(n->epoch_due, &in);
}

/* Without room to put aside what is not signed, it would stay in the log that ends. */
static void wait_for_room(struct node *n, struct fault *f)
{
	n->unfinished = true;
	fault_prefix(f, "own log: the new epoch of this log waits");
	node_alert(n, f->text);
	soon(n, ROOM_S);
}

static void on_rest(evutil_socket_t fd, short what, void *ctx)
{
	const struct member *m;
	struct node *n = ctx;
	struct fault f = { 0 };

	(void)fd;
	(void)what;
	m = registry_by_name(n->registry, n->settings.member);
	if (n->stopping || !m || !strcmp(m->origin, n->origin))
		return;
	if (change(n, &f) == 0)
		return;
	/* the core is there as long as nothing was changed */
	if (f.code == FAULT_FULL && n->core && n->index && n->figures)
		wait_for_room(n, &f);
	else
		node_die(n, &f);
}

void epoch_follow(struct node *n)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);

	/* not from within a step of the core that it ends */
	if (m && strcmp(m->origin, n->origin))
		soon(n, 0);
}

void epoch_close(struct node *n)
{
	if (n->epoch_due)
		event_free(n->epoch_due);
	n->epoch_due = NULL;
}
