/* Logs over HTTP. Source of the paths, types and caching: C2SP tlog-tiles v0.1.0. */
#include "daemon/tiles.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/log/tile.h"
#include "store/whole.h"

#define PREFIX "/logs/"
#define MEMBER_LOG "members"
#define BRANCH "branch/"       /* the other history of a forked log: store/branch.h */
#define EPOCH_DIGITS_MAX 9

bool tiles_serve(const char *path)
{
	return !strncmp(path, PREFIX, sizeof PREFIX - 1);
}

static void refuse(struct web_answer *a, unsigned status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void refuse(struct web_answer *a, unsigned status, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	a->status = status;
	a->type = "text/plain; charset=utf-8";
	a->cache = IPC_CACHE_NEVER;
	a->total = a->more = 0;
	buffer_reset(&a->body);
	write_format(&a->body, "%s\n", text);
}

/* --- whose log, and what of it --- */

static bool is_epoch(const char *from, size_t size)
{
	return size > 0 && size <= EPOCH_DIGITS_MAX && from[0] != '0' &&
	       strspn(from, "0123456789") == size;
}

/* Takes "alpha/", "alpha/2/" or one of them and "branch/" off the path, of which the origin is
 * made; what is left, or NULL. */
static const char *take_origin(const char *path, const char *network, char origin[ORIGIN_MAX + 1])
{
	char name[MEMBER_NAME_MAX + 1];
	const char *slash = strchr(path, '/'), *next;
	size_t size = slash ? (size_t)(slash - path) : 0;
	int used;

	if (size == 0 || size >= sizeof name)
		return NULL;
	memcpy(name, path, size);
	name[size] = '\0';
	if (!member_name_is_valid(name) && strcmp(name, MEMBER_LOG) != 0)
		return NULL;
	next = strchr(slash + 1, '/');
	if (next && is_epoch(slash + 1, (size_t)(next - slash - 1)))
		slash = next;
	if (!strncmp(slash + 1, BRANCH, sizeof BRANCH - 1))
		slash += sizeof BRANCH - 1;
	used = snprintf(origin, ORIGIN_MAX + 1, "%s/%.*s", network, (int)(slash - path), path);
	return used <= ORIGIN_MAX ? slash + 1 : NULL;
}

/* --- what is in it --- */

struct source {
	struct txn *txn;
	uint32_t log;
};

static int read_entry(void *ctx, uint64_t index, struct span *out)
{
	const struct source *s = ctx;
	struct fault ignored;

	return whole_entry(s->txn, s->log, index, out, &ignored) ? 0 : -1;
}

/* What the bundle has in all; 0: an entry is not there. Only sizes are looked at: this is asked
 * for each piece of it, and what is sent is hashed as it is written. */
static size_t bundle_size(const struct source *s, const struct tile *t)
{
	size_t total = 0;
	struct span entry;

	for (unsigned i = 0; i < t->width; i++) {
		if (!log_entry(s->txn, s->log, t->number * TILE_WIDTH + i, &entry))
			return 0;
		total += 2 + entry.size;
	}
	return total;
}

static int write_bundle(struct source *s, const struct tile *t, uint32_t from,
			struct web_answer *a)
{
	unsigned at = from;

	a->total = bundle_size(s, t);
	if (a->total == 0 || tile_entries(t, &at, read_entry, s, &a->body))
		return -1;
	a->more = at < t->width ? at : 0;
	return 0;
}

static int write_hashes(struct source *s, const struct tile *t, struct web_answer *a)
{
	struct log_tree lt;
	struct tree_reader reader;

	log_tree(&lt, &reader, s->txn, s->log);
	return tile_hashes(t, &reader, &a->body);
}

static void answer_tile(struct source *s, const char *path, uint64_t size, uint32_t from,
			struct web_answer *a)
{
	struct tile t;
	struct fault f;

	if (tile_parse(path, &t, &f)) {
		refuse(a, 400, "%s", f.text);
	} else if (!tile_exists(&t, size)) {
		refuse(a, 404, "this log is signed at size %llu, which has no such tile: fetch its "
		       "checkpoint", (unsigned long long)size);
	} else if (from >= (t.entries ? t.width : 1)) {
		refuse(a, 400, "there is nothing of that tile from %u on", from);
	} else if (t.entries ? write_bundle(s, &t, from, a) : write_hashes(s, &t, a)) {
		refuse(a, 500, "this tile cannot be read: its node must run trac store check");
	} else {
		a->type = "application/octet-stream";
		a->cache = IPC_CACHE_FOREVER;
	}
}

static void answer_log(struct txn *t, const char *origin, const char *what, uint32_t from,
		       struct web_answer *a)
{
	struct source s = { t, log_find(t, origin) };
	struct checkpoint head;
	struct span note;

	if (s.log == 0 || !head_get(t, s.log, HEAD_PROVED, &head, &note)) {
		refuse(a, 404, "no signed log %s is held here: see trac members for those that "
		       "there are", origin);
	} else if (!strcmp(what, "checkpoint")) {
		a->cache = IPC_CACHE_SHORT;
		write_bytes(&a->body, note.data, note.size);
	} else if (!strncmp(what, "tile/", 5)) {
		answer_tile(&s, what, head.size, from, a);
	} else {
		refuse(a, 404, "of a log there are checkpoint, tile/LEVEL/NUMBER and "
		       "tile/entries/NUMBER");
	}
}

void tiles_answer(struct node *n, const char *path, uint32_t from, struct web_answer *out)
{
	char origin[ORIGIN_MAX + 1];
	const char *what;
	struct fault f;
	struct txn *t;

	assert(tiles_serve(path));
	what = take_origin(path + sizeof PREFIX - 1, n->settings.network, origin);
	if (!what) {
		refuse(out, 400, "a log is asked for as " PREFIX "MEMBER/checkpoint, of a later epoch "
		       "as " PREFIX "MEMBER/2/checkpoint");
		return;
	}
	t = txn_begin(n->store, false, &f);
	if (t)
		answer_log(t, origin, what, from, out);
	else
		refuse(out, 503, "the store cannot be read now: try again");
	txn_abort(t);
}
