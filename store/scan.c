/* Walking a table in short transactions. */
#include "store/scan.h"

#include <string.h>

/* Rows between two transactions. */
#define SCAN_ROWS 1000

void scan_begin(struct scan *c, struct store *s, enum table table, struct span prefix,
		struct span from)
{
	*c = (struct scan){ .store = s, .table = table, .prefix = prefix };
	if (from.size == 0)
		from = prefix;
	c->last_size = from.size < SCAN_KEY_MAX ? from.size : SCAN_KEY_MAX;
	if (c->last_size > 0)
		memcpy(c->last, from.data, c->last_size);
}

static void scan_close(struct scan *c)
{
	if (!c->txn)
		return;
	walk_end(&c->walk);
	if (txn_failed(c->txn) && !c->failed) {
		c->failed = true;
		txn_commit(c->txn, &c->fault);
	} else {
		txn_abort(c->txn);
	}
	c->txn = NULL;
}

static bool scan_reopen(struct scan *c)
{
	scan_close(c);
	if (c->failed)
		return false;
	c->txn = txn_begin(c->store, false, &c->fault);
	c->failed = !c->txn;
	if (c->failed)
		return false;
	walk_from(&c->walk, c->txn, c->table, c->prefix,
		  (struct span){ c->last, c->last_size });
	return true;
}

static int order_of(const struct scan *c, struct span key)
{
	size_t common = key.size < c->last_size ? key.size : c->last_size;
	int order = common > 0 ? memcmp(key.data, c->last, common) : 0;

	return order ? order : (key.size > c->last_size) - (key.size < c->last_size);
}

bool scan_next(struct scan *c, struct span *key, struct span *value)
{
	bool first = !c->txn, again = c->txn && c->rows >= SCAN_ROWS;

	if (c->failed || ((first || again) && !scan_reopen(c)))
		return false;
	if (again)
		c->rows = 0;
	if (!walk_next(&c->walk, key, value))
		return false;
	/* the row that was told last, if it is still there */
	if (again && order_of(c, *key) == 0 && !walk_next(&c->walk, key, value))
		return false;
	/* rows out of order could lead a walk in circles */
	int order = order_of(c, *key);
	if (key->size > SCAN_KEY_MAX || order < 0 || (order == 0 && !first)) {
		c->failed = true;
		fault_set(&c->fault, FAULT_IO, "rows of the store are out of order: it is "
			"damaged: set it aside, then restore from peers");
		return false;
	}
	memcpy(c->last, key->data, key->size);
	c->last_size = key->size;
	c->rows++;
	return true;
}

int scan_end(struct scan *c, struct fault *f)
{
	scan_close(c);
	if (c->failed)
		*f = c->fault;
	return c->failed ? -1 : 0;
}
