/* The files of a folder of tiles: its checkpoints, and tiles that no head needs. */
#include "cli/verify_tiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/text.h"

#define HEAD_NAME "checkpoint"
/* tile/entries/x001/x234/067.p/17 and some */
#define DEPTH_MAX 12

/* --- checkpoints --- */

static bool is_head_name(const char *name)
{
	size_t size = strlen(HEAD_NAME);

	return !strncmp(name, HEAD_NAME, size) && (name[size] == '\0' || name[size] == '.');
}

/* "checkpoint" carries every signature that is asked for; older ones that of the log. */
static int check_head(struct tiled *t, const char *name, struct checkpoint *c, struct fault *f)
{
	struct span bytes = { t->bytes.data, t->bytes.used };
	const struct verifier *key;
	struct note n;

	if (note_parse(&n, bytes, f) < 0 || checkpoint_parse(c, n.text, f) < 0 ||
	    verify_log_key(t->keys, c->origin, &n, &key, f) < 0 ||
	    checkpoint_open(c, bytes, key, f) < 0)
		return -1;
	if (t->count > 0 && strcmp(c->origin, t->head[0].checkpoint.origin) != 0)
		return fault_set(f, FAULT_UNPROVED, "it is of the log \"%s\", the others are of "
				 "\"%s\"", safe(c->origin), safe(t->head[0].checkpoint.origin));
	return strcmp(name, HEAD_NAME) ? 0 : verify_signatures(t->c, &n, t->keys, f);
}

static int add_head(struct tiled *t, const char *name, struct fault *f)
{
	struct tiled_head *more;

	if (t->count == TILED_HEADS_MAX)
		return fault_set(f, FAULT_LIMIT, "it has more than %d checkpoints: verify them in "
				 "parts", TILED_HEADS_MAX);
	if ((t->count & (t->count - 1)) == 0) {
		more = realloc(t->head, (t->count ? 2 * t->count : 1) * sizeof *more);
		if (!more)
			return fault_set(f, FAULT_FULL, "no memory for %u checkpoints", t->count);
		t->head = more;
	}
	struct tiled_head *h = &t->head[t->count];
	int rc = tiled_read(t, name, f);
	if (rc > 0)
		rc = fault_set(f, FAULT_IO, "it went away");
	if (rc < 0 || check_head(t, name, &h->checkpoint, f) < 0)
		return fault_prefix(f, "%s", safe(name));
	snprintf(h->name, sizeof h->name, "%s", name);
	t->count++;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const struct tiled_head *x = a, *y = b;

	if (x->checkpoint.size != y->checkpoint.size)
		return x->checkpoint.size < y->checkpoint.size ? -1 : 1;
	return strcmp(x->name, y->name);
}

int tiled_read_heads(struct tiled *t, struct fault *f)
{
	DIR *d = opendir(t->dir);
	int rc = 0;

	if (!d)
		return fault_set(f, FAULT_IO, "cannot be read: %s", strerror(errno));
	for (struct dirent *one; rc == 0 && (one = readdir(d));) {
		if (is_head_name(one->d_name))
			rc = add_head(t, one->d_name, f);
	}
	closedir(d);
	if (rc < 0)
		return -1;
	if (t->count == 0)
		return fault_set(f, FAULT_INPUT, "there is no checkpoint in it: it is no log of tiles");
	qsort(t->head, t->count, sizeof *t->head, by_size);
	t->size = t->head[t->count - 1].checkpoint.size;
	if (t->size > TILED_SIZE_MAX)
		return fault_set(f, FAULT_LIMIT, "the log has %llu entries; up to %llu are verified "
				 "here", (unsigned long long)t->size,
				 (unsigned long long)TILED_SIZE_MAX);
	return 0;
}

/* --- the other tiles --- */

static int not_same(const struct tile *tile, const struct tile *proved, struct fault *f)
{
	char a[TILE_PATH_MAX], b[TILE_PATH_MAX];

	tile_path(tile, a);
	tile_path(proved, b);
	return fault_set(f, FAULT_UNPROVED, "%s is not the beginning of %s, which is proved: it was "
			 "changed", a, b);
}

/* A narrower one than the largest head has. */
static int check_narrow(struct tiled *t, const struct tile *tile, const char *name, struct fault *f)
{
	struct tile wide, hashes;
	struct span proved;
	uint8_t hash[TILE_WIDTH * HASH_SIZE];

	tile_at(tile->level, false, tile->number, t->size, &hashes);
	wide = hashes;
	wide.entries = tile->entries;
	if (tiled_hashes(t, &hashes, &proved, f) < 0)
		return -1;
	memcpy(hash, proved.data, proved.size);
	if (tiled_read(t, name, f) != 0)
		return -1;
	if (tile->entries)
		return tiled_check_bundle(t, tile, hash, f);
	if (t->bytes.used != (size_t)tile->width * HASH_SIZE ||
	    memcmp(t->bytes.data, hash, t->bytes.used) != 0)
		return not_same(tile, &wide, f);
	t->tiles++;
	return 0;
}

static int check_other(struct tiled *t, const char *name, struct fault *f)
{
	struct tile tile, needed;

	if (tile_parse(name, &tile, f) < 0)
		return -1;
	if (!tile_exists(&tile, t->size)) {
		t->beyond++;
		return 0;
	}
	tile_at(tile.level, tile.entries, tile.number, t->size, &needed);
	return tile.width == needed.width ? 0 : check_narrow(t, &tile, name, f);
}

static int walk(struct tiled *t, const char *folder, unsigned depth, struct fault *f)
{
	char path[PATH_MAX], name[PATH_MAX];
	struct stat s;
	DIR *d;
	int rc = 0;

	if (depth > DEPTH_MAX)
		return fault_set(f, FAULT_INPUT, "%s: folders are nested deeper than tiles are",
				 safe(folder));
	if (snprintf(path, sizeof path, "%s/%s", t->dir, folder) >= PATH_MAX ||
	    !(d = opendir(path)))
		return fault_set(f, FAULT_IO, "%s: cannot be read: %s", safe(folder),
				 strerror(errno));
	for (struct dirent *one; rc == 0 && (one = readdir(d));) {
		if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, ".."))
			continue;
		if (snprintf(name, sizeof name, "%s/%s", folder, one->d_name) >= PATH_MAX ||
		    fstatat(dirfd(d), one->d_name, &s, 0) < 0)
			rc = fault_set(f, FAULT_IO, "%s/%s: cannot be read", safe(folder),
				       safe(one->d_name));
		else
			rc = S_ISDIR(s.st_mode) ? walk(t, name, depth + 1, f)
				: check_other(t, name, f);
	}
	closedir(d);
	return rc;
}

int tiled_check_others(struct tiled *t, struct fault *f)
{
	char path[PATH_MAX];
	struct stat s;

	/* an empty log has none */
	if (snprintf(path, sizeof path, "%s/tile", t->dir) >= PATH_MAX || stat(path, &s) < 0)
		return t->size == 0 ? 0 : fault_set(f, FAULT_UNPROVED, "it has no folder \"tile\"");
	return walk(t, "tile", 0, f);
}
