/* Contributions as changes of counters. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#define ADDS_MORE 0x80

_Static_assert(CELL_KEY_MAX < ADDS_MORE, "the length of a key leaves a bit");

static void put_u16(uint8_t *to, unsigned v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

static uint16_t get_u16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

static void cell_write(const struct contribution *c, struct change *to)
{
	size_t size = strnlen(c->structure, MEMBER_NAME_MAX), party = strnlen(c->party, PARTY_MAX);
	uint8_t *at = to->key + CELL_FIXED;

	to->key[0] = c->counter;
	put_u16(to->key + 1, c->month);
	to->key[3] = c->device_type;
	put_u16(to->key + 4, c->detail);
	memcpy(to->key + 6, c->department, 4);
	memcpy(at, c->structure, size);
	at += size;
	if (party > 0) {
		*at++ = '\0';
		memcpy(at, c->party, party);
		at += party;
	}
	to->size = (uint8_t)(at - to->key);
	to->number = c->number;
	to->amount = c->amount;
}

/* The structure and the party of a key. */
static bool names_read(const uint8_t *at, size_t size, struct contribution *out)
{
	const uint8_t *end = memchr(at, '\0', size);
	size_t structure = end ? (size_t)(end - at) : size;
	size_t party = end ? size - structure - 1 : 0;

	if (structure > MEMBER_NAME_MAX || party > PARTY_MAX || (end && party == 0))
		return false;
	memcpy(out->structure, at, structure);
	if (party > 0)
		memcpy(out->party, end + 1, party);
	return true;
}

bool cell_read(struct span key, struct span value, struct contribution *out)
{
	memset(out, 0, sizeof *out);
	if (key.size < CELL_FIXED || key.size > CELL_KEY_MAX ||
	    (value.size != 8 && value.size != 16))
		return false;
	out->counter = key.data[0];
	out->month = get_u16(key.data + 1);
	out->device_type = key.data[3];
	out->detail = get_u16(key.data + 4);
	memcpy(out->department, key.data + 6, 4);
	out->number = get_u64(value.data);
	out->amount = value.size == 16 ? get_u64(value.data + 8) : 0;
	return out->department[3] == '\0' &&
	       names_read(key.data + CELL_FIXED, key.size - CELL_FIXED, out);
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
		uint8_t size = read_u8(&r), length = size & (ADDS_MORE - 1);
		const uint8_t *key = read_bytes(&r, length);
		if (!key || length < CELL_FIXED || length > CELL_KEY_MAX)
			return false;
		struct change *to = tally_more(a, sign);
		if (!to)
			return false;
		to->size = length;
		memcpy(to->key, key, length);
		to->number = size & ADDS_MORE ? read_u64(&r) : 1;
		to->amount = size & ADDS_MORE ? read_u64(&r) : 0;
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
	const struct change *a = left, *b = right;
	int order = cell_compare(a, b);

	if (order)
		return order;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->amount > b->amount) - (a->amount < b->amount);
}

void tally_sort(struct tally *a)
{
	if (a->count > 1)
		qsort(a->change, a->count, sizeof *a->change, change_compare);
}

void tally_write(const struct tally *a, struct buffer *out)
{
	for (unsigned i = 0; i < a->count; i++) {
		const struct change *c = &a->change[i];
		bool more = c->number != 1 || c->amount != 0;
		if (c->sign < 0)
			continue;
		write_u8(out, more ? c->size | ADDS_MORE : c->size);
		write_bytes(out, c->key, c->size);
		if (more) {
			write_u64(out, c->number);
			write_u64(out, c->amount);
		}
	}
}

/* Both are sums of changes, so the order in which they wrap does not matter: what they
 * add up to is less than 2^64 as long as logs hold less than 10^8 of the largest costs. */
static bool sum_add(uint64_t *sum, uint64_t up, uint64_t down)
{
	if (up < down && *sum < down - up)
		return false;
	*sum += up - down;
	return true;
}

struct delta {
	uint64_t number_up, number_down, amount_up, amount_down;
};

static void cell_add(struct txn *t, const struct change *c, const struct delta *d)
{
	struct span key = { c->key, c->size }, v;
	uint64_t number = 0, amount = 0;
	uint8_t value[16];
	struct fault f;

	if (txn_get(t, TABLE_COUNTERS, key, &v) && (v.size == 8 || v.size == 16)) {
		number = get_u64(v.data);
		amount = v.size == 16 ? get_u64(v.data + 8) : 0;
	}
	if (!sum_add(&number, d->number_up, d->number_down) ||
	    !sum_add(&amount, d->amount_up, d->amount_down)) {
		fault_set(&f, FAULT_BUG, "a counter of the indicators would go below 0: run "
			"'trac store check --rebuild'");
		txn_fail(t, &f);
		return;
	}
	put_u64(value, number);
	put_u64(value + 8, amount);
	if (number == 0 && amount == 0)
		txn_delete(t, TABLE_COUNTERS, key);
	else
		txn_put(t, TABLE_COUNTERS, key, (struct span){ value, amount ? 16 : 8 });
}

static void delta_add(struct delta *d, const struct change *c)
{
	if (c->sign > 0) {
		d->number_up += c->number;
		d->amount_up += c->amount;
	} else {
		d->number_down += c->number;
		d->amount_down += c->amount;
	}
}

void tally_apply(const struct tally *a, struct txn *t)
{
	for (unsigned i = 0, end; i < a->count; i = end) {
		struct delta d = { 0 };
		for (end = i; end < a->count; end++) {
			if (cell_compare(&a->change[i], &a->change[end]) != 0)
				break;
			delta_add(&d, &a->change[end]);
		}
		if (d.number_up != d.number_down || d.amount_up != d.amount_down)
			cell_add(t, &a->change[i], &d);
	}
}
