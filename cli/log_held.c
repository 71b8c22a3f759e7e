/* The logs in the store, read only. */
#include "cli/log_held.h"

#include <stdio.h>
#include <string.h>

#include "cli/home.h"
#include "store/branch.h"

/* The registry, from the entries of the member log. */
static int registry_read(struct held *h, const char *origin, struct txn *t, struct fault *f)
{
	uint32_t log = log_find(t, origin);
	uint64_t size = log ? log_size(t, log) : 0;
	struct span statement;

	for (uint64_t i = 0; i < size; i++) {
		if (!log_entry(t, log, i, &statement))
			return fault_set(f, FAULT_IO, "entry %llu of the member log is not in the "
					 "store: run trac store check", (unsigned long long)i);
		if (registry_apply(h->registry, i, statement, f) < 0)
			return fault_prefix(f, "entry %llu of the member log",
					    (unsigned long long)i);
	}
	return 0;
}

int held_open(struct held *h, const char *home, struct fault *f)
{
	struct verifier authority;
	char path[PATH_MAX];
	struct txn *t;

	memset(h, 0, sizeof *h);
	if (home_authority(home, &authority, h->network, f) < 0)
		return -1;
	if (!home_path(home, "store", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	store_guard();
	h->store = store_open(path, STORE_READ_ONLY, f);
	if (!h->store)
		return -1;
	h->registry = registry_create(h->network, authority.key);
	if (!h->registry)
		return fault_set(f, FAULT_FULL, "no memory for the members");
	t = txn_begin(h->store, false, f);
	int rc = t ? registry_read(h, authority.name, t, f) : -1;
	txn_abort(t);
	return rc;
}

void held_close(struct held *h)
{
	registry_destroy(h->registry);
	store_close(h->store);
	memset(h, 0, sizeof *h);
}

uint32_t held_last(struct held *h, struct fault *f)
{
	struct txn *t = txn_begin(h->store, false, f);
	uint32_t last = t ? log_last(t) : 0;

	txn_abort(t);
	return last;
}

static int head_read(struct held *h, struct txn *t, uint32_t log, struct held_log *out,
		     struct fault *f)
{
	char origin[ORIGIN_MAX + 1];
	struct checkpoint again;
	struct fault ignored;
	struct log_id id;
	struct span note;

	if (!head_get(t, log, HEAD_PROVED, &out->head, &note))
		return 0;
	if (note.size > sizeof out->note)
		return fault_set(f, FAULT_IO, "the head of %s is damaged: run trac store check",
				 out->head.origin);
	out->log = log;
	out->note_size = note.size;
	memcpy(out->note, note.data, note.size);
	/* the other branch of a forked log has the key of that log */
	branch_main(out->head.origin, origin);
	log_id_of(origin, &id);
	out->has_key = registry_open(h->registry, &id, note, &again, &out->key, &ignored) == 0;
	return 1;
}

int held_log(struct held *h, uint32_t log, struct held_log *out, struct fault *f)
{
	struct txn *t = txn_begin(h->store, false, f);
	int rc = t ? head_read(h, t, log, out, f) : -1;

	txn_abort(t);
	return rc;
}

int held_find(struct held *h, const char *name, struct held_log *out, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];
	struct txn *t = txn_begin(h->store, false, f);
	uint32_t log = 0;
	int rc;

	if (!t)
		return -1;
	if (snprintf(origin, sizeof origin, "%s/%s", h->network, name) < (int)sizeof origin)
		log = log_find(t, origin);
	rc = log ? head_read(h, t, log, out, f) : 0;
	txn_abort(t);
	if (rc == 0)
		return fault_set(f, FAULT_ABSENT, "no signed log of \"%.80s\" is held here: see trac "
				 "members, or ask at a hub", name);
	return rc < 0 ? -1 : 0;
}

bool held_is_void(const struct held *h, const struct held_log *l, uint64_t index)
{
	const struct closed_log *closed = NULL;
	const struct member *author;
	struct log_id id;

	log_id_of(l->head.origin, &id);
	author = registry_author(h->registry, &id, &closed);
	if (closed)
		return index >= closed->size;
	return author && !member_entry_valid(author, index);
}

int held_entry(void *source, uint64_t index, struct span *out)
{
	const struct held_source *s = source;

	return log_entry(s->txn, s->log, index, out) ? 0 : -1;
}
