/* trac verify --vkey of a folder: a whole log, by nothing but its key. */
#include "cli/verify_tiles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"

/* --- files --- */

int tiled_read(struct tiled *t, const char *name, struct fault *f)
{
	char path[PATH_MAX];

	buffer_reset(&t->bytes);
	if (snprintf(path, sizeof path, "%s/%s", t->dir, name) >= PATH_MAX)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", path);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 1;
	return file_read(path, &t->bytes, f);
}

static int read_tile(struct tiled *t, const struct tile *tile, struct fault *f)
{
	char name[TILE_PATH_MAX];
	int rc;

	tile_path(tile, name);
	rc = tiled_read(t, name, f);
	return rc <= 0 ? rc : fault_set(f, FAULT_UNPROVED, "%s is missing: fetch it where the rest "
					"is from", name);
}

int tiled_hashes(struct tiled *t, const struct tile *tile, struct span *out, struct fault *f)
{
	const size_t size = (size_t)tile->width * HASH_SIZE;
	char name[TILE_PATH_MAX];

	if (read_tile(t, tile, f) < 0)
		return -1;
	tile_path(tile, name);
	if (t->bytes.used != size)
		return fault_set(f, FAULT_UNPROVED, "%s has %zu bytes where its %u hashes have %zu: it "
				 "was changed", name, t->bytes.used, tile->width, size);
	*out = (struct span){ t->bytes.data, size };
	return 0;
}

struct leaves {
	const uint8_t *hash;
	unsigned at;
};

static int check_leaf(void *ctx, uint64_t index, struct span entry)
{
	struct leaves *l = ctx;
	struct hash h;

	(void)index;
	hash_leaf(entry.data, entry.size, &h);
	return memcmp(h.b, l->hash + HASH_SIZE * (size_t)l->at++, HASH_SIZE) ? -1 : 0;
}

int tiled_check_bundle(struct tiled *t, const struct tile *tile, const uint8_t *hash,
		       struct fault *f)
{
	struct leaves l = { hash, 0 };
	struct span bytes = { t->bytes.data, t->bytes.used };
	char name[TILE_PATH_MAX];

	tile_path(tile, name);
	f->text[0] = '\0';
	if (tile_read_entries(tile, bytes, check_leaf, &l, f) == 0) {
		t->bundles++;
		return 0;
	}
	if (f->text[0] == '\0')
		return fault_set(f, FAULT_UNPROVED, "%s: entry %llu is not the one that the log "
				 "holds: it was changed", name,
				 (unsigned long long)(tile->number * TILE_WIDTH + l.at - 1));
	f->code = FAULT_UNPROVED;
	return fault_prefix(f, "%s", name);
}

/* --- from the root down --- */

/* The root of 2^depth hashes. */
static void perfect_root(const uint8_t *hash, unsigned depth, struct hash *out)
{
	struct hash h[TILE_WIDTH];

	memcpy(h, hash, ((size_t)1 << depth) * HASH_SIZE);
	for (unsigned many = 1u << depth; many > 1; many /= 2) {
		for (unsigned i = 0; i < many / 2; i++)
			hash_node(&h[2 * i], &h[2 * i + 1], &h[i]);
	}
	*out = h[0];
}

/* The perfect subtrees that the partial tile of a level is made of. */
static int take_edge(struct tiled *t, unsigned level, struct frontier *edge, struct fault *f)
{
	uint64_t count = tile_count(level, t->size);
	struct tile tile;
	struct span hash;
	unsigned at = 0;

	if (count == 0)
		return 0;
	tile_at(level, false, count - 1, t->size, &tile);
	if (tile.width == TILE_WIDTH)
		return 0;
	if (tiled_hashes(t, &tile, &hash, f) < 0)
		return -1;
	for (unsigned bit = 8; bit-- > 0;) {
		if (!(tile.width >> bit & 1))
			continue;
		perfect_root(hash.data + (size_t)at * HASH_SIZE, bit, &edge->node[8 * level + bit]);
		at += 1u << bit;
	}
	return 0;
}

/* The tiles at the right edge make the root, and so are proved. */
static int check_edge(struct tiled *t, struct fault *f)
{
	const struct tiled_head *top = &t->head[t->count - 1];
	struct frontier edge;
	struct hash root;

	frontier_init(&edge);
	edge.size = t->size;
	for (unsigned level = 0; level < TILED_LEVELS; level++) {
		if (take_edge(t, level, &edge, f) < 0)
			return -1;
	}
	frontier_root(&edge, &root);
	if (hash_equal(&root, &top->checkpoint.root))
		return 0;
	return fault_set(f, FAULT_UNPROVED, "the partial tiles, the last of each level, do not make "
			 "the root that is signed in %s: one of them was changed, or they are of "
			 "another log", top->name);
}

/* A full tile against what its parent, which is proved, holds of it. */
static int check_full(struct tiled *t, const struct tile *tile, struct span hash, struct fault *f)
{
	const struct buffer *above = &t->level[tile->level + 1];
	const size_t at = (size_t)tile->number * HASH_SIZE;
	char name[TILE_PATH_MAX];
	struct hash root;

	perfect_root(hash.data, 8, &root);
	if (at + HASH_SIZE <= above->used && !memcmp(above->data + at, root.b, HASH_SIZE))
		return 0;
	tile_path(tile, name);
	return fault_set(f, FAULT_UNPROVED, "%s does not have the hash that the signed root has of "
			 "it: it was changed", name);
}

static int check_entries(struct tiled *t, const struct tile *hashes, struct fault *f)
{
	struct tile tile = *hashes;

	if (!t->has_entries)
		return 0;
	tile.entries = true;
	return read_tile(t, &tile, f) < 0 ? -1
		: tiled_check_bundle(t, &tile, t->level[0].data, f);
}

/* --- the older heads --- */

static int meet_heads(struct tiled *t, struct fault *f)
{
	struct hash root;

	if (t->next == t->count || t->head[t->next].checkpoint.size != t->now.size)
		return 0;
	frontier_root(&t->now, &root);
	for (; t->next < t->count && t->head[t->next].checkpoint.size == t->now.size; t->next++) {
		const struct tiled_head *at = &t->head[t->next];
		if (!hash_equal(&at->checkpoint.root, &root))
			return fault_set(f, FAULT_UNPROVED, "%s is signed by the log and has another "
					 "root than its tiles at size %llu: the log has FORKED, keep "
					 "both and tell its authority", at->name,
					 (unsigned long long)t->now.size);
	}
	return 0;
}

static int on_leaves(struct tiled *t, const struct tile *tile, struct fault *f)
{
	struct hash leaf;

	progress_update(&t->progress, tile->number, tile_count(0, t->size), t->tiles);
	for (unsigned i = 0; i < tile->width; i++) {
		memcpy(leaf.b, t->level[0].data + (size_t)i * HASH_SIZE, HASH_SIZE);
		frontier_append(&t->now, &leaf, NULL, NULL);
		if (meet_heads(t, f) < 0)
			return -1;
	}
	return check_entries(t, tile, f);
}

/* --- all of it --- */

/* The hashes of a level, each tile proved: kept above, handed on below. */
static int check_level(struct tiled *t, unsigned level, struct fault *f)
{
	const uint64_t count = tile_count(level, t->size);
	struct tile tile;
	struct span hash;

	for (uint64_t i = 0; i < count; i++) {
		tile_at(level, false, i, t->size, &tile);
		if (tiled_hashes(t, &tile, &hash, f) < 0 ||
		    (tile.width == TILE_WIDTH && check_full(t, &tile, hash, f) < 0))
			return -1;
		if (level == 0)
			buffer_reset(&t->level[0]);
		write_bytes(&t->level[level], hash.data, hash.size);
		if (t->level[level].failed)
			return fault_set(f, FAULT_FULL, "no memory for the hashes of level %u", level);
		t->tiles++;
		if (level == 0 && on_leaves(t, &tile, f) < 0)
			return -1;
	}
	return 0;
}

static int check_all(struct tiled *t, struct fault *f)
{
	char path[PATH_MAX];

	if (tiled_read_heads(t, f) < 0 || check_edge(t, f) < 0)
		return -1;
	snprintf(path, sizeof path, "%s/tile/entries", t->dir);
	t->has_entries = access(path, F_OK) == 0;
	frontier_init(&t->now);
	if (meet_heads(t, f) < 0)
		return -1;
	for (unsigned level = TILED_LEVELS; level-- > 0;) {
		if (check_level(t, level, f) < 0)
			return -1;
	}
	t->others = t->count - 1;
	return tiled_check_others(t, f);
}

static int print(const struct tiled *t, struct fault *f)
{
	const struct context *c = t->c;
	const struct checkpoint *top = &t->head[t->count - 1].checkpoint;
	char a[NUMBER_TEXT], b[NUMBER_TEXT];

	if (c->json)
		return json_print(c->out, json_pack(
			"{s:s, s:I, s:I, s:I, s:I, s:b, s:I}", "origin", top->origin, "size",
			(json_int_t)top->size, "checkpoints", (json_int_t)t->count, "tiles",
			(json_int_t)t->tiles, "bundles", (json_int_t)t->bundles, "entries",
			(int)t->has_entries, "beyond", (json_int_t)t->beyond), f);
	if (c->quiet)
		return 0;
	fprintf(c->out, _("proved: the log %s, signed at size %s\n"), safe(top->origin),
		number_text(top->size, c->french, a));
	fprintf(c->out, _("proved: other checkpoints that are heads of the same history: %s\n"),
		number_text(t->others, c->french, a));
	fprintf(c->out, _("proved: tiles, each by its parent up to the signed root: %s; files of "
			  "entries: %s\n"), number_text(t->tiles, c->french, a),
		number_text(t->bundles, c->french, b));
	return 0;
}

/* What is there and could not be proved. */
static int judge(const struct tiled *t, struct fault *f)
{
	if (t->beyond > 0)
		return fault_set(f, FAULT_UNPROVED, "%llu tiles are beyond the largest checkpoint: "
				 "nothing proves them yet, fetch a newer checkpoint",
				 (unsigned long long)t->beyond);
	if (!t->has_entries && t->size > 0)
		return fault_set(f, FAULT_UNPROVED, "the entries are not here: only the hashes of "
				 "the log are proved");
	return 0;
}

int verify_tiles(struct context *c, const char *dir, const struct vkeys *keys, struct fault *f)
{
	struct tiled *t = calloc(1, sizeof *t);
	int rc;

	if (!t)
		return fault_set(f, FAULT_FULL, "no memory to verify a log");
	t->c = c;
	t->dir = dir;
	t->keys = keys;
	buffer_init(&t->bytes, TILE_BYTES_MAX);
	for (unsigned level = 0; level < TILED_LEVELS; level++)
		buffer_init(&t->level[level], TILED_SIZE_MAX / TILE_WIDTH * HASH_SIZE);
	progress_start(&t->progress, _("verifying"), !c->quiet && !c->json);
	rc = check_all(t, f);
	progress_end(&t->progress);
	if (rc == 0)
		rc = print(t, f);
	if (rc == 0)
		rc = judge(t, f);
	for (unsigned level = 0; level < TILED_LEVELS; level++)
		buffer_clear(&t->level[level]);
	buffer_clear(&t->bytes);
	free(t->head);
	free(t);
	return rc < 0 ? fault_prefix(f, "%s", dir) : 0;
}
