/*
 * A lookup's answer: raw entries, proofs, checkpoints and member statements.
 * tracd judges nothing here; trac opens it with proto/log/bundle.h as any
 * third party would.
 */
#include "daemon/answers.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "proto/wire/unpack.h"

struct piece {
	struct piece *next;
};

/* The message under construction. Entries and notes are borrowed from the
 * transaction; everything else is a piece, freed at once. */
struct bundling {
	struct txn *txn;
	struct piece *pieces;
	bool failed;                  /* no memory, or the store is not as it should be */
	size_t bytes;                 /* of entries and proofs so far */
	Trac__Bundle bundle;
};

static void *get(struct bundling *b, size_t size)
{
	struct piece *p = calloc(1, sizeof *p + size);

	if (!p) {
		b->failed = true;
		return NULL;
	}
	p->next = b->pieces;
	b->pieces = p;
	return p + 1;
}

static void bundling_clear(struct bundling *b)
{
	txn_abort(b->txn);
	while (b->pieces) {
		struct piece *p = b->pieces;

		b->pieces = p->next;
		free(p);
	}
}

static Trac__ProvedEntry *new_entry(struct bundling *b, uint32_t log, uint64_t index)
{
	Trac__ProvedEntry *e = get(b, sizeof *e);
	struct span bytes;

	if (!e)
		return NULL;
	trac__proved_entry__init(e);
	if (!log_entry(b->txn, log, index, &bytes)) {
		log_line(LOG_BUG, "lookup: log %u has no entry %llu", log, (unsigned long long)index);
		b->failed = true;
		return NULL;
	}
	e->has_index = e->has_bytes = true;
	e->index = index;
	e->bytes = (ProtobufCBinaryData){ bytes.size, (uint8_t *)bytes.data };
	b->bytes += bytes.size;
	return e;
}

/* A log with room for count entries, under its proved head. */
static Trac__ProvedLog *new_log(struct bundling *b, uint32_t number, size_t count,
				struct checkpoint *head)
{
	Trac__ProvedLog *l = get(b, sizeof *l);
	char *origin = get(b, ORIGIN_MAX + 1);
	struct span note;

	memset(head, 0, sizeof *head);
	if (!l || !origin)
		return NULL;
	trac__proved_log__init(l);
	log_origin(b->txn, number, origin);
	l->origin = origin;
	l->entry = get(b, (count + 1) * sizeof *l->entry);
	if (head_get(b->txn, number, HEAD_PROVED, head, &note)) {
		l->has_checkpoint = true;
		l->checkpoint = (ProtobufCBinaryData){ note.size, (uint8_t *)note.data };
	}
	return b->failed ? NULL : l;
}

/* The member log is given whole: its root proves it, so entries carry no path. */
static void add_members(struct node *n, struct bundling *b)
{
	struct checkpoint head;
	struct log_state s;
	Trac__ProvedLog *l;

	log_state(b->txn, n->members, &s);
	l = new_log(b, n->members, s.head[HEAD_PROVED], &head);
	if (!l)
		return;
	for (uint64_t i = 0; i < head.size && !b->failed; i++)
		l->entry[l->n_entry++] = new_entry(b, n->members, i);
	b->bundle.members = l;
}

static void add_path(struct bundling *b, uint32_t log, const struct checkpoint *head,
		     Trac__ProvedEntry *e)
{
	struct tree_reader reader;
	struct proof *proof = get(b, sizeof *proof);
	struct log_tree tree;

	log_tree(&tree, &reader, b->txn, log);
	if (!proof || tree_inclusion(&reader, e->index, head->size, proof) < 0) {
		b->failed = true;
		return;
	}
	e->proof = get(b, (proof->count + 1) * sizeof *e->proof);
	for (unsigned i = 0; e->proof && i < proof->count; i++)
		e->proof[e->n_proof++] = (ProtobufCBinaryData){ HASH_SIZE, proof->hash[i].b };
	b->bytes += (size_t)proof->count * (HASH_SIZE + 2);
}

/* One author's entries: at[0..count) are of one log, rising. */
static Trac__ProvedLog *add_author(struct bundling *b, const struct position *at, unsigned count)
{
	struct checkpoint head;
	Trac__ProvedLog *l = new_log(b, at->log, count, &head);

	for (unsigned i = 0; l && i < count && !b->failed; i++) {
		Trac__ProvedEntry *e = new_entry(b, at->log, at[i].index);

		if (!e)
			break;
		if (e->index < head.size) {
			add_path(b, at->log, &head, e);
		} else {
			e->has_pending = true;
			e->pending = true;
		}
		l->entry[l->n_entry++] = e;
	}
	return l;
}

static void add_found(struct bundling *b, const struct found *found)
{
	unsigned first = 0;

	b->bundle.log = get(b, (found->count + 1) * sizeof *b->bundle.log);
	while (first < found->count && !b->failed) {
		unsigned end = first + 1;

		while (end < found->count && found->at[end].log == found->at[first].log)
			end++;
		b->bundle.log[b->bundle.n_log++] = add_author(b, found->at + first, end - first);
		first = end;
	}
}

/* "what may be missing because a head is known but its entries are not" */
static void add_known(const struct node *n, struct bundling *b)
{
	unsigned count = horizon_read(n, b->txn, NULL, 0);
	struct horizon *h = get(b, (count + 1) * sizeof *h);

	b->bundle.known = get(b, (count + 1) * sizeof *b->bundle.known);
	if (b->failed)
		return;
	horizon_read(n, b->txn, h, count);
	for (unsigned i = 0; i < count; i++) {
		Trac__KnownHead *k;

		if (h[i].seen <= h[i].held)
			continue;
		k = get(b, sizeof *k);
		if (!k)
			return;
		trac__known_head__init(k);
		k->origin = h[i].origin;
		k->has_size = k->has_held = true;
		k->size = h[i].seen;
		k->held = h[i].held;
		b->bundle.known[b->bundle.n_known++] = k;
	}
}

static void write_bundle(struct node *n, struct bundling *b, const char *query, bool cut,
			 struct buffer *out)
{
	Trac__Reply reply = TRAC__REPLY__INIT;

	b->bundle.has_version = b->bundle.has_made_ms = true;
	b->bundle.version = 1;
	b->bundle.network = n->settings.network;
	b->bundle.query = (char *)query;
	b->bundle.made_ms = clock_wall_ms();
	b->bundle.has_cut = b->bundle.cut = cut;
	reply.body_case = TRAC__REPLY__BODY_BUNDLE;
	reply.bundle = &b->bundle;
	buffer_reset(out);
	pack(&reply, out);
}

void answer_lookup(struct node *n, const char *query, struct buffer *out)
{
	struct bundling b = { 0 };
	struct found found = { 0 };
	struct fault f = { 0 };

	trac__bundle__init(&b.bundle);
	b.txn = txn_begin(n->store, false, &f);
	if (!b.txn || index_lookup(n->index, b.txn, query, &found, &f) < 0)
		goto out;
	if (registry_size(n->registry) == 0) {
		fault_set(&f, FAULT_UNPROVED, "this node has not received the member log yet, so it "
			  "can prove nothing (%u events about '%.64s' are here): link it to a peer, "
			  "see trac peers", found.count, query);
		goto out;
	}
	add_members(n, &b);
	add_found(&b, &found);
	add_known(n, &b);
	if (b.failed)
		fault_set(&f, FAULT_FULL, "lookup: no memory for %u events", found.count);
	else if (b.bytes > BUNDLE_BYTES_MAX / 2)
		fault_set(&f, FAULT_LIMIT, "lookup: %u events are more than one answer can hold: "
			  "ask for a more precise identifier", found.count);
	else
		write_bundle(n, &b, query, found.cut, out);
out:
	if (f.code)
		answer_refusal(&f, out);
	bundling_clear(&b);
	free(found.at);
}
