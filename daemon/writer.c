/* The one write transaction of a node, and what follows from its commit. */
#include "daemon/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/derive.h"
#include "daemon/engine.h"
#include "daemon/fence.h"
#include "daemon/membership.h"
#include "daemon/recorder.h"

/* Sockets have 1: all that is readable is read first. */
#define COMMIT_PRIORITY 2
/* So long may a stream of frames keep others from their commit. */
#define OPEN_MAX_MS 20
/* Logs changed by one commit; one more commits first. */
#define CHANGES_MAX 64

struct change {
	struct log_id log;
	uint32_t number;
	uint64_t first, end;         /* entries that came in; equal: none */
};

struct writer {
	struct event *commit;
	struct txn *txn;             /* NULL: none open */
	int64_t since_ms;
	unsigned entries;
	size_t bytes;
	unsigned change_count;
	struct change change[CHANGES_MAX + 1];   /* and the own log, by the commit itself */
	bool committing;
};

static void on_commit(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	writer_commit(ctx);
}

int writer_create(struct node *n, struct fault *f)
{
	struct writer *w = calloc(1, sizeof *w);

	n->writer = w;
	if (w)
		w->commit = event_new(n->base, -1, 0, on_commit, n);
	if (!w || !w->commit)
		return fault_set(f, FAULT_FULL, "no memory for the writer");
	event_priority_set(w->commit, COMMIT_PRIORITY);
	return 0;
}

void writer_destroy(struct node *n)
{
	if (!n->writer)
		return;
	txn_abort(n->writer->txn);
	if (n->writer->commit)
		event_free(n->writer->commit);
	free(n->writer);
	n->writer = NULL;
}

void writer_soon(struct node *n)
{
	event_active(n->writer->commit, EV_TIMEOUT, 1);
}

struct txn *writer_txn(struct node *n, struct fault *f)
{
	struct writer *w = n->writer;

	if (w->txn)
		return w->txn;
	w->txn = txn_begin(n->store, true, f);
	w->since_ms = clock_mono_ms();
	w->entries = 0;
	w->bytes = 0;
	if (w->txn)
		writer_soon(n);
	return w->txn;
}

static struct change *change_of(struct writer *w, const struct log_id *log, uint32_t number,
				uint64_t first)
{
	struct change *c;

	for (unsigned i = 0; i < w->change_count; i++) {
		if (w->change[i].number == number)
			return &w->change[i];
	}
	assert(w->change_count <= CHANGES_MAX);
	c = &w->change[w->change_count++];
	*c = (struct change){ .log = *log, .number = number, .first = first, .end = first };
	return c;
}

void writer_changed(struct node *n, const struct log_id *log, uint32_t number, uint64_t first,
		    unsigned entries, size_t bytes)
{
	struct writer *w = n->writer;
	struct change *c = change_of(w, log, number, first);

	if (entries > 0) {
		if (c->first == c->end)
			c->first = first;
		c->end = first + entries;
	}
	w->entries += entries;
	w->bytes += bytes;
	if (w->change_count >= CHANGES_MAX || w->entries >= COMMIT_EVENTS_MAX ||
	    w->bytes >= COMMIT_BYTES_MAX || clock_mono_ms() - w->since_ms > OPEN_MAX_MS)
		writer_commit(n);
}

/* Hands committed entries to the index, in slices that its tail has room for. */
static void derive_change(struct node *n, const struct change *c)
{
	uint64_t i = c->first;
	struct fault f = { 0 };
	struct span bytes;

	while (c->number != n->members && i < c->end) {
		unsigned room = derive_room(n);   /* derive_ready() has seen to it */
		struct txn *t = txn_begin(n->store, false, &f);

		for (; t && i < c->end && room > 0; i++, room--) {
			if (!log_entry(t, c->number, i, &bytes) ||
			    !derive_entry(n, c->number, i, bytes))
				break;
		}
		txn_abort(t);
		if (!t || room > 0 || n->stopping)
			return;   /* done, or the index must catch up later */
	}
}

static void follow_size(struct node *n, const struct change *c)
{
	if (c->number == n->own && c->end > n->own_held)
		n->own_held = c->end;
	else if (c->number == n->aside && c->end > n->aside_held)
		n->aside_held = c->end;
}

static void tell_changes(struct node *n, const struct change *change, unsigned count)
{
	bool grown = false;

	for (unsigned i = 0; i < count; i++) {
		if (change[i].number == n->members)
			grown = membership_follow(n);
	}
	for (unsigned i = 0; i < count; i++)
		engine_log_changed(n, &change[i].log);
	if (grown)
		engine_members_changed(n);
}

static int commit_open(struct node *n, struct fault *f)
{
	int rc = recorder_append(n, f);
	struct txn *t = n->writer->txn;

	n->writer->txn = NULL;
	event_del(n->writer->commit);
	if (rc < 0)
		txn_abort(t);
	return rc < 0 ? -1 : t ? txn_commit(t, f) : 0;
}

void writer_commit(struct node *n)
{
	struct writer *w = n->writer;
	struct change change[CHANGES_MAX + 1];
	struct fault f = { 0 };
	unsigned count;
	int rc;

	/* what follows a commit may write again: that is the next one */
	if (w->committing)
		return;
	w->committing = true;
	rc = commit_open(n, &f);
	count = w->change_count;
	memcpy(change, w->change, count * sizeof *change);
	w->change_count = 0;
	for (unsigned i = 0; rc == 0 && i < count; i++) {
		derive_change(n, &change[i]);
		follow_size(n, &change[i]);
	}
	recorder_answer(n, rc == 0 ? NULL : &f);
	/* own heads are fenced before they are signed, statements tried with fence_try(): what
	 * is left is told all the same when there is no room, and fenced with the next commit */
	if (rc == 0)
		rc = fence_keep(n, &f);
	w->committing = false;
	if (rc < 0 && f.code == FAULT_IO)
		node_die(n, &f);
	else if (rc < 0)
		node_alert(n, f.text);
	if (n->engine && !n->stopping)
		tell_changes(n, change, count);
}

void writer_settle(struct node *n)
{
	do
		writer_commit(n);
	while (n->writer->txn && !n->stopping);
}
