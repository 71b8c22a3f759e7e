/* Index and figures, kept up in bulk and in idle slices. */
#include "daemon/derive.h"

#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/writer.h"
#include "proto/life/figure.h"

/* Below sockets (1) and commits (2): only when nothing else waits. */
#define IDLE_PRIORITY 3
/* An idle node writes its tail after a second, so that a start has little to read. */
#define FLUSH_MS 1000
/* A long tail is written soon, but after the answers of the commit that made it long. */
#define FLUSH_SOON_MS 1
#define TAIL_LONG (INDEX_TAIL_MAX - COMMIT_ENTRIES_MAX)
/* One commit: a batch of the recorder, and frames up to the limit that ends it. */
#define COMMIT_ENTRIES_MAX (2 * COMMIT_EVENTS_MAX + FRAME_ENTRIES_MAX)
/* A slice of figures: about 20 ms at a hub, which nobody notices; at a bench, where people
 * wait for each event, 5 ms. Every node folds all devices: an alarm is raised everywhere. */
#define SLICE_HUB 512
#define SLICE_BENCH 128
/* Entries folded for one request: half a second at most. The asker asks again. */
#define CATCH_UP_MAX 16384
/* A bench that records or receives folds that often only, until it is quiet. */
#define BUSY_MS 100

struct derive {
	struct event *flush;        /* timer */
	struct event *slice;        /* figures, at idle priority */
	bool flush_due, flush_soon, slice_due;
	bool behind;                /* committed entries are missing in the index */
};

static void ask_slice(struct node *n)
{
	static const struct timeval later = { 0, BUSY_MS * 1000 }, now = { 0, 0 };
	struct derive *d = n->derive;
	bool busy = n->settings.role != TRAC__ROLE__HUB && index_tail(n->index) > 0;

	if (d->slice_due)
		return;
	d->slice_due = true;
	/* a timer also when it is due: after event_active() in its own callback the loop would
	 * look at no socket until all is folded */
	event_add(d->slice, busy ? &later : &now);
}

static void flush(struct node *n)
{
	struct fault f = { 0 };

	if (index_tail(n->index) > 0 && index_flush(n->index, &f) < 0) {
		if (f.code == FAULT_IO)
			node_die(n, &f);
		else
			node_alert(n, f.text);
	}
}

static void on_flush(evutil_socket_t fd, short what, void *ctx)
{
	struct node *n = ctx;

	(void)fd;
	(void)what;
	n->derive->flush_due = n->derive->flush_soon = false;
	writer_settle(n);
	if (n->stopping)
		return;
	flush(n);
	ask_slice(n);
}

static void on_slice(evutil_socket_t fd, short what, void *ctx)
{
	struct node *n = ctx;
	struct fault f = { 0 };
	int64_t left;

	(void)fd;
	(void)what;
	n->derive->slice_due = false;
	writer_settle(n);
	if (n->stopping)
		return;
	left = figures_catch_up(n->figures, n->settings.role == TRAC__ROLE__HUB ? SLICE_HUB :
				SLICE_BENCH, &f);
	if (left > 0)
		ask_slice(n);
	else if (left < 0 && f.code == FAULT_IO)
		node_die(n, &f);
	else if (left < 0)
		node_alert(n, f.text);
	else
		node_calm(n, "figures wait");
}

int derive_create(struct node *n, struct fault *f)
{
	struct derive *d = calloc(1, sizeof *d);

	if (!d)
		return fault_set(f, FAULT_FULL, "no memory for the index");
	n->derive = d;
	d->flush = evtimer_new(n->base, on_flush, n);
	d->slice = event_new(n->base, -1, 0, on_slice, n);
	if (!d->flush || !d->slice)
		return fault_set(f, FAULT_FULL, "no memory for the index");
	event_priority_set(d->slice, IDLE_PRIORITY);
	ask_slice(n);
	return 0;
}

void derive_destroy(struct node *n)
{
	struct derive *d = n->derive;

	if (!d)
		return;
	if (!store_is_dead(n->store) && n->exit_code == 0)
		flush(n);
	if (d->flush)
		event_free(d->flush);
	if (d->slice)
		event_free(d->slice);
	free(d);
	n->derive = NULL;
}

/* Tells the index the last entry of each log: it reads what lies before by itself. */
static bool catch_up(struct node *n)
{
	struct fault f = { 0 };
	struct txn *t = txn_begin(n->store, false, &f);
	struct span last;
	bool done = t != NULL;

	for (uint32_t log = 1; done && log <= log_last(t); log++) {
		uint64_t size = log == n->members ? 0 : log_size(t, log);

		if (size > 0 && log_entry(t, log, size - 1, &last))
			done = index_add(n->index, (struct position){ log, size - 1 }, last,
					 &f) == 0;
	}
	txn_abort(t);
	return done;
}

bool derive_ready(struct node *n)
{
	struct derive *d = n->derive;

	if (!d->behind && index_tail(n->index) <= TAIL_LONG)
		return true;
	writer_settle(n);
	if (n->stopping)
		return false;
	if (d->behind || index_tail(n->index) > TAIL_LONG)
		flush(n);
	if (d->behind && index_tail(n->index) <= TAIL_LONG)
		d->behind = !catch_up(n);
	return !d->behind && index_tail(n->index) <= TAIL_LONG;
}

unsigned derive_room(struct node *n)
{
	if (index_tail(n->index) == INDEX_TAIL_MAX)
		flush(n);
	return INDEX_TAIL_MAX - index_tail(n->index);
}

bool derive_entry(struct node *n, uint32_t log, uint64_t index, struct span entry)
{
	static const struct timeval later = { FLUSH_MS / 1000, FLUSH_MS % 1000 * 1000 };
	static const struct timeval soon = { 0, FLUSH_SOON_MS * 1000 };
	struct derive *d = n->derive;
	struct fault f = { 0 };

	if (index_add(n->index, (struct position){ log, index }, entry, &f) < 0) {
		d->behind = true;
		node_alert(n, f.text);
		return false;
	}
	if (!d->flush_due) {
		d->flush_due = true;
		evtimer_add(d->flush, &later);
	}
	if (!d->flush_soon && index_tail(n->index) > TAIL_LONG / 2) {
		d->flush_soon = true;
		evtimer_add(d->flush, &soon);
	}
	return true;
}

void derive_figures(struct node *n)
{
	if (!n->derive || !n->figures || n->stopping)
		return;
	figures_contest_changed(n->figures);
	ask_slice(n);
}

int derive_now(struct node *n, struct fault *f)
{
	int64_t left;

	writer_settle(n);
	left = figures_catch_up(n->figures, CATCH_UP_MAX, f);
	if (left > 0)
		fault_set(f, FAULT_BUSY, "the figures are being computed, %lld entries are left: "
			  "ask again in a moment", (long long)left);
	return left == 0 ? 0 : -1;
}

void derive_drop_figures(struct node *n)
{
	struct fault f = { 0 };

	writer_settle(n);
	if (n->stopping)
		return;
	if (figures_drop(n->figures, &f) < 0)
		node_die(n, &f);
	log_line(LOG_NOTE, "figures: dropped, to be computed anew");
	ask_slice(n);
}
