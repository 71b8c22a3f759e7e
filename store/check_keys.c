/* The keys of the logs that a store holds. */
#include "store/check_keys.h"

#include <stdlib.h>
#include <string.h>

#include "proto/log/cosign.h"
#include "proto/log/registry.h"
#include "store/log.h"

struct check_keys {
	struct registry *registry;       /* owned */
	const struct verifier *own;      /* borrowed */
};

/* As far as the statements are what they were: one that is damaged is told as an entry. */
static int statements_apply(struct check_keys *k, struct store *s, struct fault *f)
{
	struct txn *t = txn_begin(s, false, f);
	struct span bytes;
	struct fault ignored;

	if (!t)
		return -1;
	uint32_t log = log_find(t, registry_verifier(k->registry)->name);
	for (uint64_t i = 0; log && log_entry(t, log, i, &bytes); i++) {
		if (registry_apply(k->registry, i, bytes, &ignored))
			break;
	}
	txn_abort(t);
	return 0;
}

struct check_keys *check_keys_create(struct store *s, const struct verifier *authority,
				     const struct verifier *own, struct fault *f)
{
	const char *slash = strchr(authority->name, '/');
	struct check_keys *k = calloc(1, sizeof *k);
	char network[NETWORK_MAX + 1] = "";

	if (slash && slash - authority->name <= NETWORK_MAX)
		memcpy(network, authority->name, (size_t)(slash - authority->name));
	if (k)
		k->registry = registry_create(network, authority->key);
	if (!k || !k->registry) {
		check_keys_destroy(k);
		fault_set(f, FAULT_LIMIT, "no memory for the members of '%s'", network);
		return NULL;
	}
	k->own = own;
	if (statements_apply(k, s, f) == 0)
		return k;
	check_keys_destroy(k);
	return NULL;
}

void check_keys_destroy(struct check_keys *k)
{
	if (!k)
		return;
	registry_destroy(k->registry);
	free(k);
}

/* What a key signed before it was replaced stays what it was, also beyond where the next key
 * begins: it may be the evidence that it signed two histories. Of the member log that is over
 * once its key is replaced. */
static bool is_past(const struct check_keys *k, const struct log_id *log, struct span note)
{
	const struct verifier *v;
	struct checkpoint c;
	struct fault f;

	if (!memcmp(log->b, registry_log(k->registry)->b, LOG_ID_SIZE))
		return false;
	for (unsigned i = 0; (v = registry_past_key(k->registry, log, i)); i++) {
		if (checkpoint_open(&c, note, v, &f) == 0)
			return true;
	}
	return false;
}

int check_keys_signed(const struct check_keys *k, const char *origin, struct span note,
		      struct fault *f)
{
	struct vouches ignored;
	struct checkpoint c;
	struct log_id id;
	struct note n;

	log_id_of(origin, &id);
	if (registry_key(k->registry, &id, 0)) {
		if (registry_open(k->registry, &id, note, &c, NULL, f) && !is_past(k, &id, note))
			return -1;
	} else if (k->own && !strcmp(origin, k->own->name) &&
		   checkpoint_open(&c, note, k->own, f)) {
		return -1;
	}
	return note_parse(&n, note, f) || cosign_read(&ignored, &n, k->registry, f) ? -1 : 0;
}

static bool is_own(const struct check_keys *k, const struct verifier *v)
{
	return v && memcmp(v->key, k->own->key, KEY_SIZE) == 0;
}

static bool has_signed(const struct check_keys *k, const struct log_id *log)
{
	const struct verifier *v = registry_key(k->registry, log, UINT64_MAX);

	for (unsigned i = 0; v; i++) {
		if (is_own(k, v))
			return true;
		v = registry_past_key(k->registry, log, i);
	}
	return false;
}

enum own_key check_keys_own(const struct check_keys *k)
{
	const struct closed_log *closed;
	const struct member *m;
	struct log_id id;

	log_id_of(k->own->name, &id);
	m = registry_author(k->registry, &id, &closed);
	/* of the log that goes on: the keys may have changed in a later epoch */
	if (!m || is_own(k, &m->key))
		return OWN_KEY_PRESENT;
	if (has_signed(k, &id) || has_signed(k, &m->log))
		return OWN_KEY_REPLACED;
	for (unsigned i = 0; i < registry_count(k->registry); i++) {
		if (has_signed(k, &registry_member(k->registry, i)->log))
			return OWN_KEY_OTHERS;
	}
	return OWN_KEY_UNKNOWN;
}
