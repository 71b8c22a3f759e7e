/* Contributions as changes of counters. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

static void cell_write(const struct contribution *c, struct change *to)
{
	size_t size = strnlen(c->structure, MEMBER_NAME_MAX);

	to->key[0] = c->counter;
	to->key[1] = (uint8_t)(c->month >> 8);
	to->key[2] = (uint8_t)c->month;
	to->key[3] = c->device_type;
	memcpy(to->key + 4, c->department, 4);
	memcpy(to->key + CELL_FIXED, c->structure, size);
	to->size = (uint8_t)(CELL_FIXED + size);
}

bool cell_read(struct span key, struct contribution *out)
{
	memset(out, 0, sizeof *out);
	if (key.size < CELL_FIXED || key.size > CELL_KEY_MAX)
		return false;
	out->counter = key.data[0];
	out->month = (uint16_t)(key.data[1] << 8 | key.data[2]);
	out->device_type = key.data[3];
	memcpy(out->department, key.data + 4, 4);
	memcpy(out->structure, key.data + CELL_FIXED, key.size - CELL_FIXED);
	return out->department[3] == '\0';
}

void tally_clear(struct tally *a)
{
	free(a->change);
	*a = (struct tally){ 0 };
}

static struct change *tally_more(struct tally *a, int sign)
{
	if (a->count == a->room) {
		unsigned room = a->room ? 2 * a->room : 64;
		struct change *grown = realloc(a->change, room * sizeof *grown);
		if (!grown) {
			a->failed = true;
			return NULL;
		}
		a->change = grown;
		a->room = room;
	}
	a->change[a->count].sign = sign;
	return &a->change[a->count++];
}

void tally_add(struct tally *a, const struct contribution *c, int sign)
{
	struct change *to = tally_more(a, sign);

	if (to)
		cell_write(c, to);
}

bool tally_read(struct tally *a, struct span row, int sign)
{
	struct reader r;

	reader_init(&r, row.data, row.size);
	while (r.left > 0 && !r.failed) {
		uint8_t size = read_u8(&r);
		const uint8_t *key = read_bytes(&r, size);
		if (!key || size < CELL_FIXED || size > CELL_KEY_MAX)
			return false;
		struct change *to = tally_more(a, sign);
		if (!to)
			return false;
		to->size = size;
		memcpy(to->key, key, size);
	}
	return !r.failed;
}

static int cell_compare(const struct change *a, const struct change *b)
{
	int order = memcmp(a->key, b->key, a->size < b->size ? a->size : b->size);

	return order ? order : (int)a->size - (int)b->size;
}

static int change_compare(const void *left, const void *right)
{
	return cell_compare(left, right);
}

void tally_sort(struct tally *a)
{
	if (a->count > 1)
		qsort(a->change, a->count, sizeof *a->change, change_compare);
}

void tally_write(const struct tally *a, struct buffer *out)
{
	for (unsigned i = 0; i < a->count; i++) {
		if (a->change[i].sign < 0)
			continue;
		write_u8(out, a->change[i].size);
		write_bytes(out, a->change[i].key, a->change[i].size);
	}
}

static void cell_add(struct txn *t, const struct change *c, int64_t delta)
{
	struct span key = { c->key, c->size }, v;
	uint8_t value[8];
	struct fault f;
	uint64_t was = 0;

	if (txn_get(t, TABLE_COUNTERS, key, &v) && v.size == sizeof value)
		was = get_u64(v.data);
	if (delta < 0 && was < (uint64_t)-delta) {
		fault_set(&f, FAULT_BUG, "a counter of the indicators would go below 0: run "
			"'trac store check --rebuild'");
		txn_fail(t, &f);
		return;
	}
	put_u64(value, was + (uint64_t)delta);
	if (was + (uint64_t)delta == 0)
		txn_delete(t, TABLE_COUNTERS, key);
	else
		txn_put(t, TABLE_COUNTERS, key, (struct span){ value, sizeof value });
}

void tally_apply(const struct tally *a, struct txn *t)
{
	for (unsigned i = 0, end; i < a->count; i = end) {
		int64_t delta = 0;
		for (end = i; end < a->count; end++) {
			if (cell_compare(&a->change[i], &a->change[end]) != 0)
				break;
			delta += a->change[end].sign;
		}
		if (delta != 0)
			cell_add(t, &a->change[i], delta);
	}
}
