/* Tiles. Source of the rules: C2SP tlog-tiles v0.1.0. */
#include "proto/log/tile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define GROUP 1000             /* numbers go in groups of three digits */
#define LEVELS 8               /* levels that a size of 64 bits can reach */

/* Perfect subtrees of that level in a tree of size. */
static uint64_t hashes_at(unsigned level, uint64_t size)
{
	return level < LEVELS ? size >> (8 * level) : 0;
}

/* --- paths --- */

static void write_number(uint64_t number, char *out, size_t room)
{
	char groups[8][4];
	unsigned count = 0;
	size_t used = 0;

	do {
		snprintf(groups[count++], sizeof groups[0], "%03u", (unsigned)(number % GROUP));
		number /= GROUP;
	} while (number > 0);
	while (count-- > 0)
		used += (size_t)snprintf(out + used, room - used, "%s%s%s", count ? "x" : "",
					 groups[count], count ? "/" : "");
}

void tile_path(const struct tile *t, char out[TILE_PATH_MAX])
{
	char number[40], level[12], part[8] = "";

	assert(t->width >= 1 && t->width <= TILE_WIDTH && t->level <= TILE_LEVEL_MAX);
	write_number(t->number, number, sizeof number);
	snprintf(level, sizeof level, "%u", t->level);
	if (t->width < TILE_WIDTH)
		snprintf(part, sizeof part, ".p/%u", t->width);
	snprintf(out, TILE_PATH_MAX, "tile/%s/%s%s", t->entries ? "entries" : level, number, part);
}

/* A decimal number of at most max at *at, which moves behind it. -1: none. */
static int read_decimal(const char **at, unsigned max, unsigned *out)
{
	const char *c = *at;
	unsigned n = 0;

	if (*c < '0' || *c > '9')
		return -1;
	for (; *c >= '0' && *c <= '9'; c++) {
		n = 10 * n + (unsigned)(*c - '0');
		if (n > max)
			return -1;
	}
	*at = c;
	*out = n;
	return 0;
}

static int read_number(const char **at, uint64_t *out)
{
	uint64_t n = 0;
	const char *c = *at;

	for (;;) {
		bool more = *c == 'x';
		unsigned group;
		const char *digits = c + more;
		c = digits;
		if (read_decimal(&c, GROUP - 1, &group) || c - digits != 3)
			return -1;
		if (n > (UINT64_MAX - group) / GROUP)
			return -1;
		n = n * GROUP + group;
		if (!more)
			break;
		if (*c++ != '/')
			return -1;
	}
	*at = c;
	*out = n;
	return 0;
}

static int read_path(const char *c, struct tile *t)
{
	if (strncmp(c, "tile/", 5))
		return -1;
	c += 5;
	t->level = 0;
	t->entries = !strncmp(c, "entries/", 8);
	if (t->entries)
		c += 7;
	else if (read_decimal(&c, TILE_LEVEL_MAX, &t->level))
		return -1;
	if (*c++ != '/' || read_number(&c, &t->number))
		return -1;
	t->width = TILE_WIDTH;
	if (!strncmp(c, ".p/", 3)) {
		c += 3;
		if (read_decimal(&c, TILE_WIDTH - 1, &t->width) || t->width == 0)
			return -1;
	}
	return *c == '\0' ? 0 : -1;
}

int tile_parse(const char *path, struct tile *out, struct fault *f)
{
	char canonical[TILE_PATH_MAX];

	/* one tile has one path: "00" for level 0 and "x000/000" are none */
	if (strlen(path) < TILE_PATH_MAX && read_path(path, out) == 0) {
		tile_path(out, canonical);
		if (!strcmp(path, canonical))
			return 0;
	}
	return fault_set(f, FAULT_INPUT, "\"%.80s\" is no tile: tile/<level>/<number>[.p/<width>] or "
			 "tile/entries/<number>[.p/<width>], numbers in groups as x001/234", path);
}

/* --- which there are --- */

bool tile_exists(const struct tile *t, uint64_t size)
{
	uint64_t hashes = hashes_at(t->level, size);

	if (t->width < 1 || t->width > TILE_WIDTH || t->number > UINT64_MAX / TILE_WIDTH - 1)
		return false;
	return t->number * TILE_WIDTH + t->width <= hashes;
}

uint64_t tile_count(unsigned level, uint64_t size)
{
	uint64_t hashes = hashes_at(level, size);

	return hashes / TILE_WIDTH + (hashes % TILE_WIDTH != 0);
}

void tile_at(unsigned level, bool entries, uint64_t i, uint64_t size, struct tile *out)
{
	uint64_t left = hashes_at(level, size) - i * TILE_WIDTH;

	assert(i < tile_count(level, size) && (!entries || level == 0));
	*out = (struct tile){ entries, level, i, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
}

/* --- what is in them --- */

int tile_hashes(const struct tile *t, const struct tree_reader *r, struct buffer *out)
{
	struct hash h;

	assert(!t->entries && t->level < LEVELS);
	for (unsigned i = 0; i < t->width; i++) {
		if (r->node(r->ctx, 8 * t->level, t->number * TILE_WIDTH + i, &h))
			return -1;
		write_bytes(out, h.b, HASH_SIZE);
	}
	return out->failed ? -1 : 0;
}

int tile_entries(const struct tile *t, unsigned *at,
		 int (*entry)(void *ctx, uint64_t index, struct span *out), void *ctx,
		 struct buffer *out)
{
	const unsigned from = *at;
	struct span bytes;

	assert(t->entries);
	for (; *at < t->width; ++*at) {
		if (entry(ctx, t->number * TILE_WIDTH + *at, &bytes) || bytes.size > ENTRY_SIZE_MAX)
			return -1;
		if (out->used + 2 + bytes.size > out->max)
			return *at > from ? 0 : -1;
		write_u16(out, (uint16_t)bytes.size);
		write_bytes(out, bytes.data, bytes.size);
	}
	return out->failed ? -1 : 0;
}

int tile_read_entries(const struct tile *t, struct span bytes,
		      int (*tell)(void *ctx, uint64_t index, struct span entry), void *ctx,
		      struct fault *f)
{
	struct reader r;

	reader_init(&r, bytes.data, bytes.size);
	for (unsigned i = 0; i < t->width; i++) {
		uint16_t size = read_u16(&r);
		struct span entry = { read_bytes(&r, size), size };
		if (r.failed)
			return fault_set(f, FAULT_INPUT, "the entry bundle ends in entry %u of %u: it was cut",
					 i, t->width);
		if (tell(ctx, t->number * TILE_WIDTH + i, entry))
			return -1;
	}
	if (!reader_done(&r))
		return fault_set(f, FAULT_INPUT, "the entry bundle has %zu bytes behind its %u entries: "
				 "it is not the one that was asked for", r.left, t->width);
	return 0;
}
