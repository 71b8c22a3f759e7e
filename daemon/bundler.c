/*
 * A lookup's answer: raw entries, proofs, checkpoints and member statements.
 * tracd judges nothing here; trac opens it with proto/log/bundle.h as any
 * third party would.
 */
#include "daemon/answers.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/cosigner.h"
#include "daemon/derive.h"
#include "daemon/forks.h"
#include "daemon/log.h"
#include "daemon/node_cache.h"
#include "daemon/recovery.h"
#include "proto/wire/unpack.h"
#include "store/branch.h"

struct piece {
	struct piece *next;
};

/* The message under construction. Entries and notes are borrowed from the
 * transaction; everything else is a piece, freed at once. */
struct bundling {
	struct txn *txn;
	const struct node *node;
	struct piece *pieces;
	bool failed;                  /* no memory, or the store is not as it should be */
	struct fault fault;           /* why, when it is not memory */
	size_t bytes;                 /* of entries and proofs so far */
	struct node_cache *cache;
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

/* What waits aside (recovery.h) is told as what it will be: the end of the own log. */
static bool entry_bytes(const struct bundling *b, uint32_t log, uint64_t index, struct span *bytes)
{
	const struct node *n = b->node;

	if (n->aside && log == n->own && index >= n->own_held)
		return log_entry(b->txn, n->aside, index - n->own_held, bytes);
	return log_entry(b->txn, log, index, bytes);
}

static int position_order(const void *left, const void *right)
{
	const struct position *a = left, *b = right;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static void place_aside(const struct node *n, struct found *found)
{
	bool any = false;

	for (unsigned i = 0; n->aside && i < found->count; i++) {
		if (found->at[i].log != n->aside)
			continue;
		found->at[i] = (struct position){ n->own, n->own_held + found->at[i].index };
		any = true;
	}
	if (any)
		qsort(found->at, found->count, sizeof *found->at, position_order);
}

/* Of the other branch of a log: what both have is told once, and what is not under its signed
 * head yet cannot be proved. Statements are no events. */
static bool is_told(const struct node *n, struct txn *t, struct position at)
{
	struct checkpoint head;

	if (!branch_is(t, at.log))
		return true;
	return branch_beside(t, at.log) != n->members &&
	       forks_provable(n, t, branch_beside(t, at.log)) &&
	       head_get(t, at.log, HEAD_PROVED, &head, NULL) && at.index < head.size &&
	       !branch_repeats(t, at.log, at.index);
}

static void drop_repeated(const struct node *n, struct txn *t, struct found *found)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < found->count; i++) {
		if (is_told(n, t, found->at[i]))
			found->at[kept++] = found->at[i];
	}
	found->count = kept;
}

static Trac__ProvedEntry *new_entry(struct bundling *b, uint32_t log, uint64_t index)
{
	Trac__ProvedEntry *e = get(b, sizeof *e);
	struct span bytes;

	if (!e)
		return NULL;
	trac__proved_entry__init(e);
	if (!entry_bytes(b, log, index, &bytes)) {
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
	char *origin = get(b, ORIGIN_MAX + 1), stored[ORIGIN_MAX + 1];
	struct span note;

	memset(head, 0, sizeof *head);
	if (!l || !origin)
		return NULL;
	trac__proved_log__init(l);
	log_origin(b->txn, number, stored);
	l->has_branch = l->branch = branch_main(stored, origin);
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

static size_t add_hashes(struct bundling *b, const struct proof *proof, ProtobufCBinaryData **out)
{
	uint8_t *hash = get(b, (size_t)proof->count * HASH_SIZE + 1);
	size_t count = 0;

	*out = get(b, (proof->count + 1) * sizeof **out);
	for (; hash && *out && count < proof->count; count++, hash += HASH_SIZE) {
		memcpy(hash, proof->hash[count].b, HASH_SIZE);
		(*out)[count] = (ProtobufCBinaryData){ HASH_SIZE, hash };
	}
	b->bytes += (size_t)proof->count * (HASH_SIZE + 2);
	return count;
}

static void add_path(struct bundling *b, const struct tree_reader *tree, uint64_t size,
		     Trac__ProvedEntry *e)
{
	struct proof proof;

	if (tree_inclusion(tree, e->index, size, &proof) < 0)
		b->failed = true;
	else
		e->n_proof = add_hashes(b, &proof, &e->proof);
}

/* That a closed log leads to its end; what is held of it may be another branch. */
static void add_end(struct bundling *b, const struct tree_reader *tree, uint64_t size,
		    Trac__ProvedLog *l)
{
	const struct closed_log *c;
	struct log_id id;
	struct proof proof;
	struct hash root;

	log_id_of(l->origin, &id);
	registry_author(b->node->registry, &id, &c);
	if (!c || c->size == 0 || c->size >= size || tree_root(tree, c->size, &root) < 0 ||
	    !hash_equal(&root, &c->root))
		return;
	if (tree_consistency(tree, c->size, size, &proof) < 0)
		b->failed = true;
	else
		l->n_end_proof = add_hashes(b, &proof, &l->end_proof);
}

/* Behind the head of a log that grows all the time stands the one that hubs vouch for: added
 * when it covers all that is proved here, entries below end. */
static void add_vouched(struct bundling *b, const struct tree_reader *tree, uint32_t log,
			uint64_t end, uint64_t size, Trac__ProvedLog *l)
{
	struct checkpoint older;
	struct proof proof;
	struct span note;

	if (!cosigner_older(b->node, b->txn, log, &older, &note) || older.size < end)
		return;
	if (tree_consistency(tree, older.size, size, &proof) < 0) {
		b->failed = true;
		return;
	}
	l->has_vouched = true;
	l->vouched = (ProtobufCBinaryData){ note.size, (uint8_t *)note.data };
	l->n_vouched_proof = add_hashes(b, &proof, &l->vouched_proof);
}

/* One author's entries: at[0..count) are of one log, rising. */
static Trac__ProvedLog *add_author(struct bundling *b, const struct position *at, unsigned count)
{
	const struct tree_reader tree = { node_cache_read, b->cache };
	struct checkpoint head;
	Trac__ProvedLog *l = new_log(b, at->log, count, &head);
	uint64_t end = 0;

	node_cache_turn(b->cache, b->txn, at->log);
	if (l)
		add_end(b, &tree, head.size, l);
	for (unsigned i = 0; l && i < count && !b->failed; i++) {
		Trac__ProvedEntry *e = new_entry(b, at->log, at[i].index);

		if (!e)
			break;
		if (e->index < head.size) {
			add_path(b, &tree, head.size, e);
			end = e->index + 1;
		} else {
			e->has_pending = true;
			e->pending = true;
		}
		l->entry[l->n_entry++] = e;
	}
	if (l && end > 0)
		add_vouched(b, &tree, at->log, end, head.size, l);
	return l;
}

static void add_found(struct bundling *b, const struct found *found)
{
	unsigned first = 0;

	b->cache = get(b, sizeof *b->cache);
	b->bundle.log = get(b, (found->count + 1) * sizeof *b->bundle.log);
	while (first < found->count && !b->failed) {
		unsigned end = first + 1;

		while (end < found->count && found->at[end].log == found->at[first].log)
			end++;
		b->bundle.log[b->bundle.n_log++] = add_author(b, found->at + first, end - first);
		first = end;
	}
}

/* Of the logs that are told from, and of the member log: are they forked? */
static void add_fork(struct bundling *b, uint32_t log)
{
	struct fork_row row;
	Trac__KnownFork *k;
	char *text;

	if (branch_is(b->txn, log))
		log = branch_beside(b->txn, log);
	const int forked = fork_find(b->txn, log, &row, &b->fault);
	/* nobody is shown as beyond doubt what cannot be told to be */
	b->failed = b->failed || forked < 0;
	if (forked <= 0 || !forks_provable(b->node, b->txn, log))
		return;
	k = get(b, sizeof *k);
	text = get(b, ORIGIN_MAX + 1 + sizeof row.from);
	if (!k || !text)
		return;
	trac__known_fork__init(k);
	log_origin(b->txn, log, text);
	k->origin = text;
	for (size_t i = 0; i < b->bundle.n_fork; i++) {
		if (!strcmp(b->bundle.fork[i]->origin, text))
			return;
	}
	k->from = memcpy(text + ORIGIN_MAX + 1, row.from, sizeof row.from);
	k->has_evidence = true;
	k->evidence = (ProtobufCBinaryData){ row.bytes.size, (uint8_t *)row.bytes.data };
	b->bytes += row.bytes.size;
	b->bundle.fork[b->bundle.n_fork++] = k;
}

static void add_forks(const struct node *n, struct bundling *b, const struct found *found)
{
	b->bundle.fork = get(b, (b->bundle.n_log + 1) * sizeof *b->bundle.fork);
	if (!b->bundle.fork)
		return;
	add_fork(b, n->members);
	for (unsigned i = 0; i < found->count && !b->failed; i++) {
		if (i == 0 || found->at[i].log != found->at[i - 1].log)
			add_fork(b, found->at[i].log);
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
	reply.has_witness_policy = true;
	reply.witness_policy = n->settings.witness_policy;
	buffer_reset(out);
	pack(&reply, out);
}

/* Room of a wide bundle that is not for entries of devices: a registry of 4,096 members
 * is 2 MiB. */
#define WIDE_RESERVE (8 * 1024 * 1024)

static int find_wide(struct node *n, struct txn *t, enum wide_scope scope, const char *name,
		     struct found *found, struct fault *f)
{
	struct wide_query q = {
		.scope = scope, .name = name, .bytes_max = BUNDLE_WIDE_BYTES_MAX - WIDE_RESERVE,
	};

	if (name[0] == '\0' || strlen(name) > TEXT_MAX)
		return fault_set(f, FAULT_INPUT, "lookup: name a lot, a donor or a watch in 1 to %d "
				 "bytes", TEXT_MAX);
	if (scope == WIDE_WATCH) {
		q.watch = watch_by_name(name);
		if (!q.watch)
			return fault_set(f, FAULT_INPUT, "lookup: '%.64s' is no watch: name limbo "
					 "or alarm", name);
	}
	return index_lookup_wide(n->index, t, &q, found, f);
}

static int find_one(struct node *n, struct txn *t, const char *query, struct found *found,
		    struct fault *f)
{
	uint64_t index;

	if (!recovery_place(n, query, &index))
		return index_lookup(n->index, t, query, found, f);
	*found = (struct found){ .count = 1, .at = malloc(sizeof *found->at) };
	if (!found->at)
		return fault_set(f, FAULT_FULL, "lookup: no memory");
	found->at[0] = (struct position){ n->aside, index };
	return 0;
}

static int find(struct node *n, struct txn *t, const Trac__LookupRequest *q, const char *query,
		struct found *found, struct fault *f)
{
	if (!q->has_scope)
		return find_one(n, t, query, found, f);
	switch (q->scope) {
	case TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE:
		return find_one(n, t, query, found, f);
	case TRAC__LOOKUP_SCOPE__LOOKUP_LOT:
		return find_wide(n, t, WIDE_LOT, query, found, f);
	case TRAC__LOOKUP_SCOPE__LOOKUP_DONOR:
		return find_wide(n, t, WIDE_DONOR, query, found, f);
	case TRAC__LOOKUP_SCOPE__LOOKUP_WATCH:
		return find_wide(n, t, WIDE_WATCH, query, found, f);
	case _TRAC__LOOKUP_SCOPE_IS_INT_SIZE:
		break;
	}
	return fault_set(f, FAULT_PROTOCOL, "lookup: what kind of question this is, this tracd "
			 "does not know: is trac newer?");
}

/* An answer about one device leaves half of its room to the member log; a wide one was cut
 * to fit. */
static bool is_too_large(const struct bundling *b, const Trac__LookupRequest *q)
{
	bool wide = q->has_scope && q->scope != TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE;

	return b->bytes > (wide ? BUNDLE_WIDE_BYTES_MAX - 1024 * 1024 : BUNDLE_BYTES_MAX / 2);
}

/* A list of alarms that is only not computed yet would pass for one of none. When damage stops
 * that, which the operator is told, those that are known are listed. */
static int catch_up(struct node *n, const Trac__LookupRequest *q, struct fault *f)
{
	if (!q->has_scope || q->scope != TRAC__LOOKUP_SCOPE__LOOKUP_WATCH || derive_now(n, f) == 0)
		return 0;
	if (f->code == FAULT_BUSY)
		return -1;
	node_alert(n, f->text);
	*f = (struct fault){ 0 };
	return 0;
}

void answer_lookup(struct node *n, const Trac__LookupRequest *q, struct buffer *out)
{
	const char *query = q->query ? q->query : "";
	struct bundling b = { .node = n };
	struct found found = { 0 };
	struct fault f = { 0 };

	trac__bundle__init(&b.bundle);
	b.txn = catch_up(n, q, &f) < 0 ? NULL : txn_begin(n->store, false, &f);
	if (!b.txn || find(n, b.txn, q, query, &found, &f) < 0)
		goto out;
	if (registry_size(n->registry) == 0) {
		fault_set(&f, FAULT_UNPROVED, "this node has not received the member log yet, so it "
			  "can prove nothing (%u events about '%.64s' are here): link it to a peer, "
			  "see trac peers", found.count, query);
		goto out;
	}
	add_members(n, &b);
	drop_repeated(n, b.txn, &found);
	place_aside(n, &found);
	add_found(&b, &found);
	add_forks(n, &b, &found);
	add_known(n, &b);
	if (b.failed && b.fault.code)
		f = b.fault;
	else if (b.failed)
		fault_set(&f, FAULT_FULL, "lookup: no memory for %u events", found.count);
	else if (is_too_large(&b, q))
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
