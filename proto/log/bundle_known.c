/* Whether a bundle hides what an earlier one told. */
#include "proto/log/bundle_said.h"

#include <inttypes.h>
#include <string.h>

static const struct proved_log *find_log(const struct opened_bundle *b, const char *origin)
{
	for (unsigned i = 0; i < b->log_count; i++) {
		if (!strcmp(b->log[i].origin, origin))
			return &b->log[i];
	}
	return NULL;
}

static bool is_forked(const struct opened_bundle *b, const char *origin)
{
	for (unsigned i = 0; i < b->fork_count; i++) {
		if (!strcmp(b->fork[i].origin, origin))
			return true;
	}
	return false;
}

static int follows(const struct proved_log *is, const struct proved_log *was, struct fault *f)
{
	if (is->size < was->size)
		return fault_set(f, FAULT_UNPROVED, "log \"%s\": the bundle shows its first %" PRIu64
				 " entries, and %" PRIu64 " are known: it is an old one, handed over "
				 "again; ask for a new bundle", was->origin, is->size, was->size);
	if (is->size == was->size && !hash_equal(&is->root, &was->root))
		return fault_set(f, FAULT_UNPROVED, "log \"%s\": the bundle and what is known show two "
				 "histories of %" PRIu64 " entries, both signed: its author forked it; "
				 "keep both files, they prove it", was->origin, is->size);
	return 0;
}

static bool is_other(const struct proved_entry *a, const struct proved_entry *b)
{
	return a->tree_size > 0 && b->tree_size > 0 &&
		(a->bytes.size != b->bytes.size ||
		 memcmp(a->bytes.data, b->bytes.data, a->bytes.size) != 0);
}

/* The entry of that index from *at on: entries rise, in both. */
static const struct proved_entry *entry_at(const struct proved_entry **at,
					   const struct proved_entry *end, uint64_t index)
{
	while (*at != end && (*at)->index < index)
		++*at;
	return *at != end && (*at)->index == index ? *at : NULL;
}

static int same_entries(const struct opened_bundle *b, const struct proved_log *is,
			const struct opened_bundle *known, const struct proved_log *was,
			struct fault *f)
{
	const struct proved_entry *at = &b->entry[is->first], *end = at + is->count;

	for (unsigned i = was->first; i < was->first + was->count; i++) {
		const struct proved_entry *e = &known->entry[i];
		const struct proved_entry *now = entry_at(&at, end, e->index);

		if (now && is_other(now, e))
			return fault_set(f, FAULT_UNPROVED, "log \"%s\", entry %" PRIu64 ": the bundle and "
					 "what is known prove two different ones: its author forked it; "
					 "keep both files, they prove it", was->origin, e->index);
	}
	return 0;
}

int bundle_follows(const struct opened_bundle *b, const struct opened_bundle *known,
		   struct fault *f)
{
	for (unsigned i = 0; i < known->log_count; i++) {
		const struct proved_log *was = &known->log[i], *is = find_log(b, was->origin);

		/* of a log that says nothing of this device there is nothing to hide here; of one
		 * that is known to be forked each node holds its own branch */
		if (!is || is_forked(b, was->origin))
			continue;
		if (follows(is, was, f) || same_entries(b, is, known, was, f))
			return -1;
	}
	return 0;
}

static unsigned missing_of(const struct opened_bundle *b, const struct proved_log *is,
			   const struct opened_bundle *known, const struct proved_log *was,
			   const struct proved_entry **first)
{
	const struct proved_entry *at = is ? &b->entry[is->first] : NULL;
	const struct proved_entry *end = is ? at + is->count : NULL;
	unsigned missing = 0;

	for (unsigned i = was->first; i < was->first + was->count; i++) {
		const struct proved_entry *e = &known->entry[i];

		/* what is void says nothing; what is pending may never have been signed */
		if (entry_at(&at, end, e->index) || e->proof != LINE_PROVED)
			continue;
		if (!*first)
			*first = e;
		missing++;
	}
	return missing;
}

unsigned bundle_left_out(const struct opened_bundle *b, const struct opened_bundle *known,
			 const struct proved_entry **first)
{
	const char *is = b->message->query, *was = known->message->query;
	unsigned missing = 0;

	*first = NULL;
	if (!is || !was || strcmp(is, was) || b->message->cut)
		return 0;
	for (unsigned i = 0; i < known->log_count; i++) {
		const char *origin = known->log[i].origin;

		if (!is_forked(b, origin))
			missing += missing_of(b, find_log(b, origin), known, &known->log[i], first);
	}
	return missing;
}
