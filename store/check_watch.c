/*
 * Checking watches: those of the devices and those of the table are the same,
 * and there are as many as is said. Whether they are the right ones only the
 * daemon knows, who has the members. In one transaction, since they are few
 * and change together.
 */
#include "store/checker.h"

#include "store/watch.h"

struct watch_sum {
	uint64_t of_devices;
	uint64_t rows[WATCH_KINDS];
	bool bad;
};

static void bad(struct checker *c, struct watch_sum *s, const char *what)
{
	/* one sentence is enough: all of them are computed anew */
	if (!s->bad)
		check_bad(c, "%s: run 'trac store check --rebuild'", what);
	s->bad = true;
}

/* Each watch of a device has its row. */
static void check_devices(struct checker *c, struct txn *t, struct watch_sum *s)
{
	static const uint8_t prefix = 'w';
	struct span key, value, v;
	struct walk w;

	walk_begin(&w, t, TABLE_DEVICES, (struct span){ &prefix, 1 });
	while (walk_next(&w, &key, &value)) {
		if (value.size == 0 || value.size % WATCH_KEY_SIZE != 0)
			bad(c, s, "a row of the watches of a device is damaged");
		for (size_t at = 0; at + WATCH_KEY_SIZE <= value.size; at += WATCH_KEY_SIZE) {
			struct span row = { value.data + at, WATCH_KEY_SIZE };
			s->of_devices++;
			if (!txn_get(t, TABLE_WATCH, row, &v))
				bad(c, s, "a watch of a device is not in the list of watches");
		}
	}
	walk_end(&w);
}

/* Each row is of an event that is held. */
static void check_rows(struct checker *c, struct txn *t, struct watch_sum *s)
{
	struct watch_seed seed;
	enum watch_kind kind;
	struct span key, value;
	struct walk w;

	walk_begin(&w, t, TABLE_WATCH, (struct span){ NULL, 0 });
	while (walk_next(&w, &key, &value)) {
		if (key.size == 2 && key.data[0] == 0)
			continue;
		if (value.size > 0 || !watch_read(key, &kind, &seed) ||
		    seed.at.index >= log_size(t, seed.at.log))
			bad(c, s, "a watch is of no event that is held");
		else
			s->rows[kind]++;
	}
	walk_end(&w);
}

int check_watches(struct checker *c, struct fault *f)
{
	struct watch_sum s = { 0 };
	struct txn *t = txn_begin(c->store, false, f);

	if (!t)
		return -1;
	check_devices(c, t, &s);
	check_rows(c, t, &s);
	for (int k = 1; k < WATCH_KINDS; k++) {
		if (s.rows[k] != watch_count(t, (enum watch_kind)k))
			bad(c, &s, "the number of watches is not that of their rows");
	}
	if (s.of_devices != s.rows[WATCH_LIMBO] + s.rows[WATCH_ALARM])
		bad(c, &s, "there is a watch of no device");
	return txn_commit(t, f);
}
