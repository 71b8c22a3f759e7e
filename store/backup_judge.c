/* Comparing two backups, log by log. */
#include "store/backup_judge.h"

#include <string.h>

#include "store/log.h"

static bool is_own(const struct verifier *own, const char *origin)
{
	size_t size = strlen(own->name);

	return !strncmp(origin, own->name, size) &&
	       (origin[size] == '\0' || origin[size] == '/');
}

int backup_weigh(struct store *s, const struct verifier *own, struct backup_weight *out,
		 struct fault *f)
{
	struct txn *t = txn_begin(s, false, f);
	char origin[ORIGIN_MAX + 1];

	if (!t)
		return -1;
	*out = (struct backup_weight){ .logs = log_last(t), .known = log_find(t, own->name) > 0 };
	for (uint32_t log = 1; log <= out->logs && log_origin(t, log, origin); log++) {
		uint64_t size = log_size(t, log);
		out->entries += size;
		out->own_entries += is_own(own, origin) ? size : 0;
	}
	return txn_commit(t, f);
}

/* What waits aside goes back into the own log, in its own time. */
static bool is_steady(const struct verifier *own, const char *origin)
{
	const char *last = strrchr(origin, '/');

	return is_own(own, origin) && strcmp(last, "/aside") && strcmp(last, "/branch");
}

/* Do the first entries of the new log have the root of the old one? */
static bool continues(struct txn *old, uint32_t log, struct txn *new, uint32_t same)
{
	struct tree_reader reader;
	struct hash root, want;
	struct frontier said;
	struct log_tree lt;

	if (!log_frontier(old, log, &said) || said.size > log_size(new, same))
		return false;
	frontier_root(&said, &want);
	log_tree(&lt, &reader, new, same);
	return said.size == 0 ||
	       (tree_root(&reader, said.size, &root) == 0 && hash_equal(&root, &want));
}

static int compare_logs(struct txn *old, struct txn *new, const struct verifier *own,
			const char *path, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];

	for (uint32_t log = 1, last = log_last(old); log <= last; log++) {
		if (!log_origin(old, log, origin) || !is_steady(own, origin))
			continue;
		if (!continues(old, log, new, log_find(new, origin)))
			return fault_set(f, FAULT_REFUSED, "%s holds entries of %s that are not "
					 "in the store, and maybe nowhere else: it is not "
					 "replaced: name another folder", path, origin);
	}
	return 0;
}

static int compare_weights(struct store *old, struct store *new, const struct verifier *own,
			   const char *path, struct fault *f)
{
	struct backup_weight was, is;
	const char *what = "of this node ";

	if (backup_weigh(old, own, &was, f) || backup_weigh(new, own, &is, f))
		return -1;
	uint64_t there = was.own_entries, here = is.own_entries;
	if (there <= here) {
		there = was.entries;
		here = is.entries;
		what = "";
	}
	if (there <= here)
		return 0;
	return fault_set(f, FAULT_REFUSED, "%s holds %llu entries %sand the store holds %llu: a "
			 "larger backup is not replaced: name another folder", path,
			 (unsigned long long)there, what, (unsigned long long)here);
}

int backup_judge(struct store *old, struct store *new, const struct verifier *own,
		 const char *path, struct fault *f)
{
	struct txn *then, *now;
	int rc = -1;

	if (compare_weights(old, new, own, path, f))
		return -1;
	then = txn_begin(old, false, f);
	now = then ? txn_begin(new, false, f) : NULL;
	if (now)
		rc = compare_logs(then, now, own, path, f);
	txn_abort(now);
	txn_abort(then);
	return rc;
}
