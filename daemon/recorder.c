/* Group commit: requests wait for the loop to come to rest, then share one transaction. */
#include "daemon/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/derive.h"
#include "daemon/writer.h"
#include "proto/life/event.h"

/* Twice the events of a commit, a power of two: probes stay short. */
#define ID_SLOTS (2 * COMMIT_EVENTS_MAX)

struct request {
	recorder_done *done;         /* NULL: cancelled */
	void *ctx;
	unsigned first, count;       /* its accepted events in `item` */
	bool refused;
	struct fault refusal;
};

struct item {
	struct span bytes;           /* in `bytes` of the batch, once committed to it */
	size_t offset;
	uint64_t index;
	bool repeated;
};

struct recorder {
	struct buffer bytes;         /* of all waiting events */
	unsigned count;
	struct item item[COMMIT_EVENTS_MAX];
	unsigned slot[ID_SLOTS];     /* event id -> item + 1, of this batch */
	unsigned fresh;              /* items that will be appended */
	unsigned request_count;
	struct request request[CONTROL_CLIENTS_MAX];
};

int recorder_create(struct node *n, struct fault *f)
{
	struct recorder *r = calloc(1, sizeof *r);

	if (!r)
		return fault_set(f, FAULT_FULL, "no memory for the recorder");
	n->recorder = r;
	buffer_init(&r->bytes, COMMIT_BYTES_MAX + CONTROL_BYTES_MAX);
	return 0;
}

void recorder_destroy(struct node *n)
{
	struct recorder *r = n->recorder;

	if (!r)
		return;
	buffer_clear(&r->bytes);
	free(r);
	n->recorder = NULL;
}

static const uint8_t *item_id(const struct recorder *r, unsigned i, uint8_t id[EVENT_ID_SIZE])
{
	struct reader in;

	/* event_check() has seen the id; protobuf writes field 1 first, but need not */
	reader_init(&in, r->bytes.data + r->item[i].offset, r->item[i].bytes.size);
	if (read_u8(&in) == 0x0a && read_u8(&in) == EVENT_ID_SIZE) {
		const uint8_t *at = read_bytes(&in, EVENT_ID_SIZE);
		if (at) {
			memcpy(id, at, EVENT_ID_SIZE);
			return id;
		}
	}
	return NULL;
}

/* Where this id is, or belongs, in the table of the batch. */
static unsigned *id_slot(struct recorder *r, const uint8_t id[EVENT_ID_SIZE])
{
	/* the last bytes of an id are random */
	unsigned at = get_u32(id + 12) % ID_SLOTS;
	uint8_t other[EVENT_ID_SIZE];

	while (r->slot[at]) {
		if (item_id(r, r->slot[at] - 1, other) && !memcmp(other, id, EVENT_ID_SIZE))
			break;
		at = (at + 1) % ID_SLOTS;
	}
	return &r->slot[at];
}

/* Numbers the event: an old position, one of this batch, or the next one. */
static void number_item(struct node *n, unsigned i, struct txn *reader)
{
	struct recorder *r = n->recorder;
	struct item *it = &r->item[i];
	uint8_t id[EVENT_ID_SIZE];
	unsigned *slot;

	if (!item_id(r, i, id))
		memset(id, 0, sizeof id);
	slot = id_slot(r, id);
	if (*slot) {
		it->index = r->item[*slot - 1].index;
		it->repeated = true;
		return;
	}
	if (index_event(n->index, reader, n->own, id, &it->index)) {
		it->repeated = true;
		return;
	}
	/* what is aside will stand behind the own log */
	if (n->aside && index_event(n->index, reader, n->aside, id, &it->index)) {
		it->index += n->own_held;
		it->repeated = true;
		return;
	}
	*slot = i + 1;
	it->index = n->own_held + (n->aside ? n->aside_held : 0) + r->fresh++;
}

static int take_event(struct node *n, struct txn *reader, struct span event, int64_t now_ms,
		      struct fault *f)
{
	struct recorder *r = n->recorder;
	struct item *it = &r->item[r->count];
	uint8_t id[EVENT_ID_SIZE];

	if (event_check(event, now_ms, f) < 0)
		return -1;
	*it = (struct item){ .offset = r->bytes.used, .bytes = { NULL, event.size } };
	write_bytes(&r->bytes, event.data, event.size);
	if (r->bytes.failed)
		return fault_set(f, FAULT_FULL, "no memory for %zu bytes of events", event.size);
	if (!item_id(r, r->count, id))
		return fault_set(f, FAULT_INPUT, "event: its id must be its first field");
	number_item(n, r->count, reader);
	r->count++;
	return 0;
}

void recorder_add(struct node *n, const struct span *event, unsigned count,
		  recorder_done *done, void *ctx)
{
	struct recorder *r = n->recorder;
	int64_t now_ms = clock_wall_ms();
	bool ready;
	struct request *q;
	struct txn *reader;
	struct fault f = { 0 };

	if (r->request_count == CONTROL_CLIENTS_MAX || r->count + count > COMMIT_EVENTS_MAX ||
	    r->bytes.used > COMMIT_BYTES_MAX)
		writer_commit(n);
	ready = !n->unfinished && derive_ready(n);
	if (n->unfinished)
		fault_set(&f, FAULT_FULL, "the own log cannot be put aside or back, so nothing is "
			  "recorded: make room on the disk of %s", n->settings.home);
	else if (!ready)
		fault_set(&f, FAULT_FULL, "the index cannot be written, so nothing is recorded: make "
			  "room on the disk of %s", n->settings.home);
	q = &r->request[r->request_count++];
	*q = (struct request){ .done = done, .ctx = ctx, .first = r->count };
	reader = ready ? txn_begin(n->store, false, &f) : NULL;
	if (!reader)
		q->refused = true;
	for (unsigned i = 0; i < count && !q->refused; i++) {
		q->refused = take_event(n, reader, event[i], now_ms, &f) < 0;
		if (q->refused && count > 1)
			fault_prefix(&f, "event %u of %u", i + 1, count);
	}
	txn_abort(reader);
	q->refusal = f;
	q->count = r->count - q->first;
	writer_soon(n);
}

void recorder_cancel(struct node *n, void *ctx)
{
	struct recorder *r = n->recorder;

	for (unsigned i = 0; r && i < r->request_count; i++) {
		if (r->request[i].ctx == ctx)
			r->request[i].done = NULL;
	}
}

int recorder_append(struct node *n, struct fault *f)
{
	struct recorder *r = n->recorder;
	const uint32_t log = n->aside ? n->aside : n->own;
	struct span entry[COMMIT_EVENTS_MAX];
	struct log_id aside = { { 0 } };   /* the core knows no such log */
	unsigned count = 0;
	struct txn *t;

	for (unsigned i = 0; i < r->count; i++) {
		r->item[i].bytes.data = r->bytes.data + r->item[i].offset;
		if (!r->item[i].repeated)
			entry[count++] = r->item[i].bytes;
	}
	if (count == 0)
		return 0;
	t = writer_txn(n, f);
	if (!t || log_append(t, log, entry, count, NULL) < 0)
		return t ? 0 : -1;   /* the commit says what failed */
	writer_changed(n, n->aside ? &aside : &n->log, log, n->aside ? n->aside_held : n->own_held,
		       count, r->bytes.used);
	return 0;
}

static void answer(struct node *n, struct request *q, const struct fault *failure)
{
	struct recorder *r = n->recorder;
	uint64_t index[COMMIT_EVENTS_MAX];
	struct recorded out = { .index = index };

	if (!q->done)
		return;
	if (failure) {
		out.refusal = failure;
	} else {
		out.count = q->count;
		out.refusal = q->refused ? &q->refusal : NULL;
		for (unsigned i = 0; i < q->count; i++) {
			index[i] = r->item[q->first + i].index;
			out.repeated += r->item[q->first + i].repeated;
		}
	}
	q->done(q->ctx, &out);
}

void recorder_answer(struct node *n, const struct fault *failure)
{
	struct recorder *r = n->recorder;

	if (r->request_count == 0)
		return;
	for (unsigned i = 0; i < r->request_count; i++)
		answer(n, &r->request[i], failure);
	r->count = r->request_count = r->fresh = 0;
	memset(r->slot, 0, sizeof r->slot);
	buffer_reset(&r->bytes);
}
