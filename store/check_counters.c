/*
 * Checking counters: what each device counts is summed and compared with what stands in
 * the table. Every way to a device ends at one, or where a large one was left out. Whether
 * a device counts what it should only folding tells: that is what a rebuild is for. In one
 * transaction, since they change together.
 */
#include "store/checker.h"

#include <string.h>

#include "store/tally.h"

#define WAY_SIZE 17

struct counter_sum {
	uint64_t key_sum, number, amount, cells;
	bool bad;
};

static void bad(struct checker *c, struct counter_sum *s, const char *what)
{
	if (!s->bad)
		check_bad(c, "%s: run 'trac store check --rebuild'", what);
	s->bad = true;
}

/* Sums of number and amount over cells, each weighed by its key: equal when the cells are. */
static void cell_add(struct counter_sum *s, const uint8_t *key, size_t size, uint64_t number,
		     uint64_t amount)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		h = (h ^ key[i]) * UINT64_C(0x100000001b3);
	h |= 1;
	s->key_sum += h * number;
	s->number += number;
	s->amount += (h ^ UINT64_C(0x9e3779b97f4a7c14)) * amount;
}

static void device_add(struct checker *c, struct counter_sum *s, struct span list)
{
	struct tally a = { 0 };

	if (!tally_read(&a, list, 1) || a.count == 0)
		bad(c, s, "what a device counts is damaged");
	for (unsigned i = 0; i < a.count; i++)
		cell_add(s, a.change[i].key, a.change[i].size, a.change[i].number,
			 a.change[i].amount);
	tally_clear(&a);
}

/* A way leads to what a device counts, or to its watches. */
static bool leads_on(struct txn *t, struct span way)
{
	uint8_t key[WAY_SIZE];
	struct span v;

	if (way.size == 1)
		return way.data[0] == 'L';
	if (way.size != WAY_SIZE || way.data[0] != 'd')
		return false;
	memcpy(key, way.data, sizeof key);
	if (txn_get(t, TABLE_DEVICES, (struct span){ key, sizeof key }, &v))
		return true;
	key[0] = 'w';
	return txn_get(t, TABLE_DEVICES, (struct span){ key, sizeof key }, &v);
}

/* The key of a device is that of the first way to it, whatever kind that is. */
static bool is_led_to(struct txn *t, struct span device)
{
	uint8_t key[WAY_SIZE];
	struct span v;

	memcpy(key, device.data, sizeof key);
	for (const char *kind = "ip"; *kind; kind++) {
		key[0] = (uint8_t)*kind;
		if (txn_get(t, TABLE_DEVICES, (struct span){ key, sizeof key }, &v))
			return true;
	}
	return false;
}

static void check_device_row(struct checker *c, struct txn *t, struct counter_sum *s,
			     struct span key, struct span value)
{
	if (key.size != WAY_SIZE || !strchr("dwip", key.data[0]) || key.data[0] == 0)
		bad(c, s, "there is a row of devices that is none");
	else if (strchr("ip", key.data[0]) && !leads_on(t, value))
		bad(c, s, "a way to a device leads nowhere");
	else if (strchr("dw", key.data[0]) && !is_led_to(t, key))
		bad(c, s, "no way leads to a device");
	else if (key.data[0] == 'd')
		device_add(c, s, value);
}

int check_counters(struct checker *c, struct fault *f)
{
	struct counter_sum devices = { 0 }, cells = { 0 };
	struct txn *t = txn_begin(c->store, false, f);
	struct contribution cell;
	struct span key, value;
	struct walk w;

	if (!t)
		return -1;
	walk_begin(&w, t, TABLE_DEVICES, (struct span){ NULL, 0 });
	while (walk_next(&w, &key, &value))
		check_device_row(c, t, &devices, key, value);
	walk_end(&w);
	walk_begin(&w, t, TABLE_COUNTERS, (struct span){ NULL, 0 });
	while (walk_next(&w, &key, &value)) {
		if (!cell_read(key, value, &cell))
			bad(c, &devices, "a counter is damaged");
		else
			cell_add(&cells, key.data, key.size, cell.number, cell.amount);
	}
	walk_end(&w);
	if (devices.key_sum != cells.key_sum || devices.number != cells.number ||
	    devices.amount != cells.amount)
		bad(c, &devices, "the counters are not the sums of what the devices count");
	return txn_commit(t, f);
}
