/*
 * Opening a bundle: first the member log, proved against the authority's key
 * and folded into a registry, then each log against the key of its member.
 */
#include "proto/log/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"

#define BUNDLE_VERSION 1
/* what was asked: an identifier with its type, or two */
#define QUERY_MAX (4 * TEXT_MAX)

static struct span span_from(const ProtobufCBinaryData *b)
{
	return (struct span){ b->data, b->len };
}

static int check_entry(const Trac__ProvedLog *log, size_t i, struct fault *f)
{
	const Trac__ProvedEntry *e = log->entry[i];

	if (!e->has_index || !e->has_bytes)
		return fault_set(f, FAULT_INPUT, "an entry of log \"%s\" has no index or no bytes: "
				 "the bundle is damaged", log->origin);
	if (e->bytes.len == 0 || e->bytes.len > ENTRY_SIZE_MAX)
		return fault_set(f, FAULT_INPUT, "log \"%s\", entry %" PRIu64 ": %zu bytes, where 1 to "
				 "%d are allowed: the bundle is damaged", log->origin, e->index,
				 e->bytes.len, ENTRY_SIZE_MAX);
	if (i > 0 && e->index <= log->entry[i - 1]->index)
		return fault_set(f, FAULT_INPUT, "log \"%s\", entry %" PRIu64 ": it follows entry %"
				 PRIu64 ", but they must rise: the bundle is damaged", log->origin,
				 e->index, log->entry[i - 1]->index);
	return 0;
}

static int check_log(const Trac__ProvedLog *log, struct fault *f)
{
	if (!log->origin || log->origin[0] == '\0' || strlen(log->origin) > ORIGIN_MAX)
		return fault_set(f, FAULT_INPUT, "a log of the bundle has no origin of 1 to %d bytes: "
				 "the bundle is damaged", ORIGIN_MAX);
	for (size_t i = 0; i < log->n_entry; i++) {
		if (check_entry(log, i, f))
			return -1;
	}
	return 0;
}

static int check_known(const Trac__KnownHead *known, struct fault *f)
{
	if (!known->origin || known->origin[0] == '\0' || strlen(known->origin) > ORIGIN_MAX)
		return fault_set(f, FAULT_INPUT, "a known head of the bundle has no origin of 1 to %d "
				 "bytes: the bundle is damaged", ORIGIN_MAX);
	if (!known->has_size || !known->has_held || known->held > known->size)
		return fault_set(f, FAULT_INPUT, "the known head of \"%s\" says that %" PRIu64 " of %"
				 PRIu64 " entries are held: the bundle is damaged", known->origin,
				 known->held, known->size);
	return 0;
}

/* That the message has the form of a bundle; says nothing of its proofs. */
static int check_form(const Trac__Bundle *b, struct fault *f)
{
	size_t entries = 0;

	if (!b->has_version || b->version != BUNDLE_VERSION)
		return fault_set(f, FAULT_INPUT, "the bundle is of version %u, this program reads %d: "
				 "update it", b->version, BUNDLE_VERSION);
	if (!b->network || !b->members)
		return fault_set(f, FAULT_INPUT, "the bundle has no network or no member log: it is "
				 "damaged or something else");
	if (b->query && strlen(b->query) > QUERY_MAX)
		return fault_set(f, FAULT_INPUT, "the question in the bundle is longer than %d bytes: "
				 "it is damaged", QUERY_MAX);
	if (b->n_known > LOGS_MAX || b->n_log > LOGS_MAX)
		return fault_set(f, FAULT_INPUT, "the bundle has %zu logs and %zu known heads, at most "
				 "%d are taken: it is damaged", b->n_log, b->n_known, LOGS_MAX);
	if (check_log(b->members, f))
		return -1;
	for (size_t i = 0; i < b->n_log; i++) {
		if (check_log(b->log[i], f))
			return -1;
		entries += b->log[i]->n_entry;
	}
	if (entries > LOOKUP_WIDE_EVENTS_MAX)
		return fault_set(f, FAULT_INPUT, "the bundle has %zu entries, at most %d are taken: "
				 "ask for fewer", entries, LOOKUP_WIDE_EVENTS_MAX);
	for (size_t i = 0; i < b->n_known; i++) {
		if (check_known(b->known[i], f))
			return -1;
	}
	return 0;
}

/* The whole member log needs no paths: its root is computed from all of it. */
static int prove_members(const struct registry *r, const Trac__ProvedLog *log, struct fault *f)
{
	struct checkpoint c;
	struct frontier frontier;
	struct hash h;

	if (strcmp(log->origin, registry_verifier(r)->name))
		return fault_set(f, FAULT_UNPROVED, "the member log of the bundle is \"%s\", not "
				 "\"%s\": it is of another network", log->origin,
				 registry_verifier(r)->name);
	if (!log->has_checkpoint)
		return fault_set(f, FAULT_UNPROVED, "the member log \"%s\" of the bundle has no "
				 "checkpoint: nothing in it can be proved", log->origin);
	if (registry_open(r, registry_log(r), span_from(&log->checkpoint), &c, NULL, f))
		return fault_prefix(f, "member log of the bundle");
	if (c.size != log->n_entry)
		return fault_set(f, FAULT_UNPROVED, "the member log \"%s\" of the bundle has %zu "
				 "entries, its checkpoint says %" PRIu64 ": it is not whole",
				 log->origin, log->n_entry, c.size);
	frontier_init(&frontier);
	for (size_t i = 0; i < log->n_entry; i++) {
		const Trac__ProvedEntry *e = log->entry[i];

		if (e->index != i || e->n_proof > 0 || e->pending)
			return fault_set(f, FAULT_UNPROVED, "log \"%s\", entry %" PRIu64 ": entry %zu "
					 "was expected there, without a proof of its own",
					 log->origin, e->index, i);
		hash_leaf(e->bytes.data, e->bytes.len, &h);
		frontier_append(&frontier, &h, NULL, NULL);
	}
	frontier_root(&frontier, &h);
	if (!hash_equal(&h, &c.root))
		return fault_set(f, FAULT_UNPROVED, "the entries of the member log \"%s\" are not those "
				 "that the authority signed: do not trust who handed the bundle over",
				 log->origin);
	return 0;
}

static int fold_members(struct registry *r, const Trac__ProvedLog *log, struct fault *f)
{
	struct checkpoint c;

	if (prove_members(r, log, f))
		return -1;
	for (size_t i = 0; i < log->n_entry; i++) {
		if (registry_apply(r, i, span_from(&log->entry[i]->bytes), f))
			return fault_prefix(f, "log \"%s\", entry %zu", log->origin, i);
	}
	/* a change of key that its line told must be in the log too */
	if (checkpoint_open(&c, span_from(&log->checkpoint), registry_verifier(r), f))
		return fault_prefix(f, "member log of the bundle");
	return 0;
}

/* Hashes as a proof. -1 when they cannot be one. */
static int proof_from(struct proof *p, const ProtobufCBinaryData *hash, size_t count)
{
	if (count > PROOF_HASHES_MAX)
		return -1;
	p->count = (unsigned)count;
	for (unsigned i = 0; i < p->count; i++) {
		if (hash[i].len != HASH_SIZE)
			return -1;
		memcpy(p->hash[i].b, hash[i].data, HASH_SIZE);
	}
	return 0;
}

/* One log of the bundle while it is proved. */
struct proving {
	const Trac__ProvedLog *log;     /* borrowed */
	const struct member *author;    /* borrowed */
	const struct closed_log *closed;   /* NULL: the author's present log */
	bool is_signed;
	struct checkpoint head;         /* when is_signed */
	bool has_end;                   /* of closed: the signed tree begins with what was closed */
};

/*
 * The member log closed it at a size and root. What its author signed may be another history,
 * or end before: then none of it is shown to have gone on.
 */
static int prove_end(struct proving *p, struct fault *f)
{
	const Trac__ProvedLog *log = p->log;
	const struct closed_log *c = p->closed;
	struct proof proof;

	p->has_end = c && p->is_signed &&
		proof_from(&proof, log->end_proof, log->n_end_proof) == 0 &&
		consistency_verify(c->size, p->head.size, &c->root, &p->head.root, &proof) == 0;
	if (log->n_end_proof > 0 && !p->has_end)
		return fault_set(f, FAULT_UNPROVED, "log \"%s\": it is not proved to lead to the end at "
				 "which the member log closed it: do not trust who handed it over",
				 log->origin);
	return 0;
}

static int prove_entry(const struct proving *p, const Trac__ProvedEntry *e,
		       struct proved_entry *out, struct fault *f)
{
	struct proof proof;
	struct hash leaf;

	out->author = p->author;
	out->closed = p->closed;
	out->branch = p->log->branch;
	out->index = e->index;
	out->bytes = span_from(&e->bytes);
	if (e->pending) {
		/* what is pending claims nothing, and must not look as if */
		if (e->n_proof > 0 || p->log->branch || (p->is_signed && e->index < p->head.size))
			return fault_set(f, FAULT_UNPROVED, "log \"%s\", entry %" PRIu64 ": it is called "
					 "pending, but has a proof or lies below the signed size",
					 p->log->origin, e->index);
		/* what can never be signed any more does not wait */
		out->proof = p->closed || member_entry_valid(p->author, e->index) ?
			LINE_PENDING : LINE_REVOKED;
		return 0;
	}
	if (!p->is_signed)
		return fault_set(f, FAULT_UNPROVED, "log \"%s\", entry %" PRIu64 ": there is no signed "
				 "checkpoint to prove it against: ask for a new bundle",
				 p->log->origin, e->index);
	hash_leaf(e->bytes.data, e->bytes.len, &leaf);
	if (proof_from(&proof, e->proof, e->n_proof) ||
	    inclusion_verify(e->index, p->head.size, &leaf, &proof, &p->head.root))
		return fault_set(f, FAULT_UNPROVED, "log \"%s\", entry %" PRIu64 ": it is not in the "
				 "log that its author signed: do not trust who handed it over",
				 p->log->origin, e->index);
	out->tree_size = p->head.size;
	if (p->closed)
		out->proof = p->has_end && e->index < p->closed->size ? LINE_PROVED : LINE_ORPHAN;
	else
		out->proof = member_entry_valid(p->author, e->index) ? LINE_PROVED : LINE_REVOKED;
	return 0;
}

/* Which key signed the checkpoint of a log, which has been opened, and who vouches for it. */
static int prove_vouches(struct opened_bundle *b, const Trac__ProvedLog *log,
			 const struct member *author, struct fault *f)
{
	struct proved_log *to = &b->log[b->log_count++];
	struct checkpoint c;
	struct log_id id;
	struct note note;

	to->origin = log->origin;
	to->branch = log->branch;
	to->author = author;
	to->first = b->count;
	if (!log->has_checkpoint)
		return 0;
	if (note_parse(&note, span_from(&log->checkpoint), f) ||
	    checkpoint_parse(&c, note.text, f) ||
	    cosign_read(&to->vouches, &note, b->registry, f)) {
		f->code = FAULT_UNPROVED;
		return fault_prefix(f, "log \"%s\"", log->origin);
	}
	log_id_of(log->origin, &id);
	to->key = registry_key(b->registry, &id, c.size);
	to->size = to->vouched_size = c.size;
	to->root = c.root;
	return 0;
}

static int vouched_bad(const Trac__ProvedLog *log, struct fault *f)
{
	return fault_set(f, FAULT_UNPROVED, "log \"%s\": the smaller checkpoint that hubs vouch for is "
			 "not shown to be a part of the other one, or covers less than is told: do "
			 "not trust who handed it over", log->origin);
}

/* Hubs vouch for a smaller checkpoint, which the one above continues. */
static int prove_older(struct opened_bundle *b, const struct proving *p, struct fault *f)
{
	struct proved_log *to = &b->log[b->log_count - 1];
	const Trac__ProvedLog *log = p->log;
	struct checkpoint c;
	struct proof proof;
	struct log_id id;
	struct note note;

	if (!log->has_vouched)
		return log->n_vouched_proof > 0 ? vouched_bad(log, f) : 0;
	log_id_of(log->origin, &id);
	if (registry_open(b->registry, &id, span_from(&log->vouched), &c, NULL, f) ||
	    note_parse(&note, span_from(&log->vouched), f) ||
	    cosign_read(&to->vouches, &note, b->registry, f)) {
		f->code = FAULT_UNPROVED;
		return fault_prefix(f, "log \"%s\"", log->origin);
	}
	to->vouched_size = c.size;
	for (size_t i = 0; i < log->n_entry; i++) {
		if (!log->entry[i]->pending && log->entry[i]->index >= c.size)
			return vouched_bad(log, f);
	}
	if (!p->is_signed || c.size == 0 || c.size >= to->size ||
	    proof_from(&proof, log->vouched_proof, log->n_vouched_proof) ||
	    consistency_verify(c.size, to->size, &c.root, &to->root, &proof))
		return vouched_bad(log, f);
	return 0;
}

static int prove_log(struct opened_bundle *b, const Trac__ProvedLog *log, struct fault *f)
{
	struct proving p = { .log = log, .is_signed = log->has_checkpoint };
	struct log_id id;

	log_id_of(log->origin, &id);
	p.author = registry_author(b->registry, &id, &p.closed);
	if (!p.author || strcmp(p.closed ? p.closed->origin : p.author->origin, log->origin))
		return fault_set(f, FAULT_UNPROVED, "the author of log \"%s\" is no member of \"%s\": "
				 "nothing it says can be proved", log->origin,
				 registry_network(b->registry));
	if (p.is_signed &&
	    registry_open(b->registry, &id, span_from(&log->checkpoint), &p.head, NULL, f))
		return fault_prefix(f, "log \"%s\"", log->origin);
	if (prove_end(&p, f) || prove_vouches(b, log, p.author, f) || prove_older(b, &p, f))
		return -1;
	for (size_t i = 0; i < log->n_entry; i++) {
		if (prove_entry(&p, log->entry[i], &b->entry[b->count], f))
			return -1;
		b->entry[b->count].counts = b->entry[b->count].proof != LINE_REVOKED;
		b->count++;
		b->log[b->log_count - 1].count++;
	}
	return 0;
}

/* Each log once: two could show two histories, but for what is said to be the other one.
 * seen: by member, then by closed log; and again. */
static int check_once(const struct opened_bundle *b, bool *seen, const Trac__ProvedLog *log,
		      struct fault *f)
{
	const size_t logs = registry_count(b->registry) + registry_closed_count(b->registry);
	const struct closed_log *closed;
	const struct member *author;
	struct log_id id;
	bool *at;

	log_id_of(log->origin, &id);
	author = registry_author(b->registry, &id, &closed);
	if (!author)
		return 0;       /* prove_log() says it */
	at = closed ? &seen[registry_count(b->registry) +
			    (size_t)(closed - registry_closed(b->registry, 0))] :
		&seen[author - registry_member(b->registry, 0)];
	if (log->branch)
		at += logs;
	if (*at)
		return fault_set(f, FAULT_INPUT, "log \"%s\" is in the bundle twice: it is damaged",
				 log->origin);
	*at = true;
	return 0;
}

static int prove_logs(struct opened_bundle *b, struct fault *f)
{
	const Trac__Bundle *m = b->message;
	bool *seen = calloc(registry_count(b->registry) + registry_closed_count(b->registry),
			    2 * sizeof *seen);
	size_t entries = 0;
	int rc = -1;

	for (size_t i = 0; i < m->n_log; i++)
		entries += m->log[i]->n_entry;
	b->entry = calloc(entries + 1, sizeof *b->entry);
	b->log = calloc(m->n_log + 1, sizeof *b->log);
	if (!seen || !b->entry || !b->log) {
		fault_set(f, FAULT_FULL, "no memory for a bundle of %zu entries: free some", entries);
		goto out;
	}
	if (prove_vouches(b, m->members, NULL, f))
		goto out;
	for (size_t i = 0; i < m->n_log; i++) {
		if (check_once(b, seen, m->log[i], f) || prove_log(b, m->log[i], f))
			goto out;
	}
	rc = 0;
out:
	free(seen);
	return rc;
}

static int open_message(struct opened_bundle *b, const uint8_t authority_key[KEY_SIZE],
			struct fault *f)
{
	if (check_form(b->message, f))
		return -1;
	if (!network_name_is_valid(b->message->network))
		return fault_set(f, FAULT_INPUT, "the network of the bundle is not named by lower-case "
				 "labels joined by dots: it is damaged");
	b->registry = registry_create(b->message->network, authority_key);
	if (!b->registry)
		return fault_set(f, FAULT_FULL, "no memory for the members of a bundle: free some");
	if (fold_members(b->registry, b->message->members, f))
		return -1;
	if (registry_count(b->registry) == 0)
		return fault_set(f, FAULT_UNPROVED, "the member log of the bundle is empty: there is "
				 "nobody who could have said anything");
	if (prove_logs(b, f) || bundle_forks(b, f))
		return -1;
	b->known_count = (unsigned)b->message->n_known;
	return 0;
}

int bundle_open(struct opened_bundle *b, struct span bytes,
		const uint8_t authority_key[KEY_SIZE], struct fault *f)
{
	memset(b, 0, sizeof *b);
	if (bytes.size == 0 || bytes.size > BUNDLE_WIDE_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "a bundle of %zu bytes: 1 to %d are taken, so it is "
				 "cut or something else", bytes.size, BUNDLE_WIDE_BYTES_MAX);
	b->message = unpack(&trac__bundle__descriptor, bytes, UNPACK_STRICT, f);
	if (!b->message)
		return fault_prefix(f, "these bytes are no bundle");
	if (open_message(b, authority_key, f)) {
		bundle_clear(b);
		return -1;
	}
	return 0;
}

unsigned bundle_epoch(const struct proved_entry *e)
{
	return e->closed ? e->closed->epoch : e->author->epoch;
}

const char *bundle_reference(const struct proved_entry *e, char out[REFERENCE_MAX])
{
	char name[REFERENCE_MAX];
	const unsigned epoch = bundle_epoch(e);

	if (!e->branch)
		return member_reference(e->author->name, epoch, e->index, out);
	/* "name/branch/index", as the other history is kept (store/branch.h) */
	if (epoch > 1)
		snprintf(name, sizeof name, "%s/%u/branch", e->author->name, epoch);
	else
		snprintf(name, sizeof name, "%s/branch", e->author->name);
	return member_reference(name, 1, e->index, out);
}

void bundle_clear(struct opened_bundle *b)
{
	free(b->entry);
	free(b->log);
	free(b->fork);
	registry_destroy(b->registry);
	unpack_free(b->message);
	memset(b, 0, sizeof *b);
}
