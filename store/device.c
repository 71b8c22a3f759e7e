/* Counting one device anew. */
#include "store/device.h"

#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"
#include "store/row.h"

#define KEY_HASH 16
#define ROW_KEY (1 + KEY_HASH)
/* 4,096 events make at most as many cycles; far less in truth. */
#define ROW_MAX (4 * 1024 * 1024)

/* The rows that lead to a device: of its identifiers, or of events without. */
struct paths {
	unsigned count;
	uint8_t (*key)[ROW_KEY];     /* owned */
};

struct counting {
	const struct closure *closure;        /* borrowed, as are these */
	struct txn *txn;
	const struct figures_rules *rules;
	struct paths paths;
	unsigned old_count;
	uint8_t (*old)[ROW_KEY];              /* owned; devices that this one was */
	struct tally tally;                   /* old ones are taken back, new ones added */
	struct watches was, now;
};

/* --- what leads to the device --- */

static void path_ident(uint8_t to[ROW_KEY], const struct ident *id)
{
	uint8_t text[2 * (TEXT_MAX + 1) + 1];
	bool serial = id->kind == TRAC__IDENTIFIER_KIND__SERIAL;
	size_t value = strlen(id->value), scope = serial ? 0 : strlen(id->scope);
	struct hash h;

	text[0] = (uint8_t)id->kind;
	memcpy(text + 1, id->value, value);
	text[1 + value] = '\0';
	memcpy(text + 2 + value, id->scope, scope);
	hash_bytes(text, 2 + value + scope, &h);
	to[0] = 'i';
	memcpy(to + 1, h.b, KEY_HASH);
}

static void path_position(uint8_t to[ROW_KEY], struct position at)
{
	memset(to, 0, ROW_KEY);
	to[0] = 'p';
	entry_key(to + 1, at.log, at.index);
}

static int path_compare(const void *a, const void *b)
{
	return memcmp(a, b, ROW_KEY);
}

static int paths_find(struct paths *p, const struct closure *c)
{
	unsigned own = closure_own(c), wanted = c->own > 0 ? c->own_wanted : c->wanted_count;

	p->key = calloc((size_t)wanted + own + 1, sizeof *p->key);
	if (!p->key)
		return -1;
	for (unsigned i = 0; i < wanted; i++) {
		if (c->wanted[i].joins)
			path_ident(p->key[p->count++], &c->wanted[i].ident);
	}
	for (unsigned i = 0; i < own; i++) {
		if (c->tied[i].alone && !c->tied[i].shown)
			path_position(p->key[p->count++], c->tied[i].at);
	}
	qsort(p->key, p->count, sizeof *p->key, path_compare);
	return 0;
}

static const struct span large = { (const uint8_t *)"L", 1 };

bool device_is_large(struct txn *t, const struct ident *id, struct position at)
{
	uint8_t path[ROW_KEY];
	struct span v;

	if (id)
		path_ident(path, id);
	else
		path_position(path, at);
	return txn_get(t, TABLE_DEVICES, (struct span){ path, ROW_KEY }, &v) && v.size == 1;
}

/* --- what it counted before --- */

static bool old_known(const struct counting *w, const uint8_t *key)
{
	for (unsigned i = 0; i < w->old_count; i++) {
		if (memcmp(w->old[i], key, ROW_KEY) == 0)
			return true;
	}
	return false;
}

/* The row of the watches of a device. */
static struct span watch_path(uint8_t to[ROW_KEY], const uint8_t device[ROW_KEY])
{
	memcpy(to, device, ROW_KEY);
	to[0] = 'w';
	return (struct span){ to, ROW_KEY };
}

static int damaged(struct fault *f)
{
	return fault_set(f, FAULT_IO, "the counters of the indicators are damaged: run "
		"'trac store check --rebuild'");
}

/* Takes back what it counted, and reads what it was under. A device that grew too large
 * left ways that end nowhere; one that counts nothing may be under watch, and the reverse. */
static int old_read(struct counting *w, const uint8_t old[ROW_KEY], struct fault *f)
{
	struct span key = { old, ROW_KEY }, v;
	uint8_t watch[ROW_KEY];

	if (txn_get(w->txn, TABLE_DEVICES, key, &v) && !tally_read(&w->tally, v, -1))
		return damaged(f);
	key = watch_path(watch, old);
	if (txn_get(w->txn, TABLE_DEVICES, key, &v) && !watches_read(&w->was, v))
		return damaged(f);
	return 0;
}

/* Takes back what each former device counted, and unlinks the ways to it. */
static int old_find(struct counting *w, struct fault *f)
{
	struct span v;

	w->old = calloc(w->paths.count + 1, sizeof *w->old);
	if (!w->old)
		return fault_set(f, FAULT_LIMIT, "no memory to count a device");
	for (unsigned i = 0; i < w->paths.count; i++) {
		struct span path = { w->paths.key[i], ROW_KEY };
		if (!txn_get(w->txn, TABLE_DEVICES, path, &v) || v.size == 1)
			continue;
		if (v.size != ROW_KEY || v.data[0] != 'd')
			return damaged(f);
		if (old_known(w, v.data))
			continue;
		memcpy(w->old[w->old_count++], v.data, ROW_KEY);
	}
	for (unsigned i = 0; i < w->old_count; i++) {
		if (old_read(w, w->old[i], f))
			return -1;
	}
	watches_sort(&w->was);
	return 0;
}

/* --- what it counts now --- */

struct folding {
	unsigned count;
	struct life_input *input;                 /* owned; events too */
	char (*author)[MEMBER_NAME_MAX + 1];      /* owned */
	bool *shown;                              /* owned */
	unsigned *tied;                           /* owned; number in the closure */
	struct tally *tally;                      /* borrowed */
};

static void folding_clear(struct folding *g)
{
	for (unsigned i = 0; g->input && i < g->count; i++)
		unpack_free((void *)g->input[i].event);
	free(g->input);
	free(g->author);
	free(g->shown);
	free(g->tied);
}

static int folding_fill(struct counting *w, struct folding *g)
{
	const struct closure *c = w->closure;
	char origin[ORIGIN_MAX + 1];

	g->input = calloc(c->count + 1, sizeof *g->input);
	g->author = calloc(c->count + 1, sizeof *g->author);
	g->shown = calloc(c->count + 1, sizeof *g->shown);
	g->tied = calloc(c->count + 1, sizeof *g->tied);
	if (!g->input || !g->author || !g->shown || !g->tied)
		return -1;
	for (unsigned i = 0; i < c->count; i++) {
		struct position at = c->tied[i].at;
		Trac__Event *e = event_at(w->txn, at);
		if (!e || !log_origin(w->txn, at.log, origin)) {
			unpack_free(e);
			continue;
		}
		bool valid = w->rules->author(w->rules->ctx, origin, at.index,
					      g->author[g->count]);
		g->shown[g->count] = c->tied[i].shown;
		g->tied[g->count] = i;
		g->input[g->count] = (struct life_input){
			.event = e,
			.author = g->author[g->count],
			.index = at.index,
			.valid = valid,
		};
		g->count++;
	}
	return 0;
}

/* Lives that are here in part, because a donation announced them too, count
 * with their own device. */
static bool is_own(void *ctx, const struct life_input *input)
{
	const struct folding *g = ctx;

	return !g->shown[input - g->input];
}

static void add_contribution(void *ctx, const struct contribution *c)
{
	struct folding *g = ctx;

	tally_add(g->tally, c, 1);
}

/* Watches that an event of this very device brought about; those of the devices that had
 * its disks stand with them. */
static int watches_take(struct counting *w, const struct folding *g, const struct lives *l)
{
	const struct closure *c = w->closure;
	struct watch *list = NULL;
	struct parts parts;

	if (parts_fold(l, &parts))
		return -1;
	int count = lives_watch(l, &parts, &list), rc = count < 0 ? -1 : 0;
	for (int i = 0; !rc && i < count; i++) {
		unsigned k = g->tied[list[i].at - g->input];
		if (k < closure_own(c) && !c->tied[k].shown)
			rc = watches_add(&w->now, list[i].kind, list[i].at->event->time_ms,
					 c->tied[k].at);
	}
	watches_sort(&w->now);
	free(list);
	parts_clear(&parts);
	return rc;
}

/* Events of the device itself come first. */
static unsigned own_inputs(const struct counting *w, const struct folding *g)
{
	unsigned count = g->count;

	while (count > 0 && g->tied[count - 1] >= closure_own(w->closure))
		count--;
	return count;
}

static int new_find(struct counting *w)
{
	struct folding g = { .tally = &w->tally };
	const struct contribution_sink sink = { add_contribution, is_own, &g };
	struct lives lives = { 0 };
	int rc = -1;

	if (w->closure->cut)
		return 0;
	if (folding_fill(w, &g))
		goto out;
	unsigned own = own_inputs(w, &g);
	if (lives_fold(g.input, own, &lives))
		goto out;
	lives_contribute(&lives, &sink);
	if (own < g.count) {
		lives_clear(&lives);
		if (lives_fold(g.input, g.count, &lives))
			goto out;
	}
	rc = watches_take(w, &g, &lives);
out:
	lives_clear(&lives);
	folding_clear(&g);
	return rc;
}

/* --- writing the difference --- */

static bool span_equal(struct span a, struct span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Was it one device with this list, and do all ways lead to it? */
static bool is_unchanged(struct counting *w, struct span list)
{
	struct span v;

	if (w->closure->cut)
		return false;
	if (w->old_count == 0)
		return list.size == 0 && w->now.count == 0;
	struct span key = { w->old[0], ROW_KEY };
	if (!txn_get(w->txn, TABLE_DEVICES, key, &v))
		v = (struct span){ list.data, 0 };
	if (w->old_count > 1 || !span_equal(v, list) ||
	    !span_equal(watches_span(&w->was), watches_span(&w->now)))
		return false;
	for (unsigned i = 0; i < w->paths.count; i++) {
		struct span path = { w->paths.key[i], ROW_KEY };
		if (!txn_get(w->txn, TABLE_DEVICES, path, &v))
			return false;
	}
	return true;
}

static void rows_replace(struct counting *w, struct span list)
{
	uint8_t key[ROW_KEY], watch[ROW_KEY];

	for (unsigned i = 0; i < w->old_count; i++) {
		txn_delete(w->txn, TABLE_DEVICES, (struct span){ w->old[i], ROW_KEY });
		txn_delete(w->txn, TABLE_DEVICES, watch_path(watch, w->old[i]));
	}
	watches_replace(w->txn, &w->was, &w->now);
	if (w->paths.count == 0)
		return;
	memcpy(key, w->paths.key[0], ROW_KEY);
	key[0] = 'd';
	for (unsigned i = 0; i < w->paths.count; i++) {
		struct span path = { w->paths.key[i], ROW_KEY };
		if (w->closure->cut)
			txn_put(w->txn, TABLE_DEVICES, path, large);
		else if (list.size > 0 || w->now.count > 0)
			txn_put(w->txn, TABLE_DEVICES, path, (struct span){ key, ROW_KEY });
		else if (w->old_count > 0)
			txn_delete(w->txn, TABLE_DEVICES, path);
	}
	if (list.size > 0)
		txn_put(w->txn, TABLE_DEVICES, (struct span){ key, ROW_KEY }, list);
	if (w->now.count > 0)
		txn_put(w->txn, TABLE_DEVICES, watch_path(watch, key), watches_span(&w->now));
}

/* A medium that leads to more than can be folded is not followed again. */
static void mark_medium(struct counting *w)
{
	uint8_t path[ROW_KEY];

	if (w->closure->large.value[0] == '\0')
		return;
	path_ident(path, &w->closure->large);
	txn_put(w->txn, TABLE_DEVICES, (struct span){ path, ROW_KEY }, large);
}

static int write_difference(struct counting *w, struct fault *f)
{
	struct buffer list;
	int rc = 0;

	buffer_init(&list, ROW_MAX);
	tally_sort(&w->tally);
	tally_write(&w->tally, &list);
	struct span bytes = { list.data, list.used };
	if (list.failed || w->tally.failed) {
		rc = fault_set(f, FAULT_LIMIT, "no memory to count a device");
	} else if (!is_unchanged(w, bytes)) {
		rows_replace(w, bytes);
		tally_apply(&w->tally, w->txn);
	}
	if (!rc)
		mark_medium(w);
	buffer_clear(&list);
	return rc;
}

int device_count(const struct closure *c, struct txn *t, const struct figures_rules *rules,
		 struct fault *f)
{
	struct counting w = { .closure = c, .txn = t, .rules = rules };
	int rc = -1;

	if (c->failed || paths_find(&w.paths, c)) {
		fault_set(f, FAULT_LIMIT, "no memory to count a device");
		goto out;
	}
	if (old_find(&w, f))
		goto out;
	if (new_find(&w)) {
		fault_set(f, FAULT_LIMIT, "no memory to fold a device");
		goto out;
	}
	rc = write_difference(&w, f);
out:
	free(w.paths.key);
	free(w.old);
	tally_clear(&w.tally);
	watches_clear(&w.was);
	watches_clear(&w.now);
	return rc;
}
