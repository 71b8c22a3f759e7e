/* What was cosigned last of each log: filed under its origin, and what its note says. */
#include <string.h>

#include "store/checker.h"
#include "store/cosigned.h"

static bool says_the_same(const struct cosigned_row *row)
{
	struct checkpoint c;
	struct note note;
	struct fault f;

	return note_parse(&note, row->note, &f) == 0 && checkpoint_parse(&c, note.text, &f) == 0 &&
	       c.size == row->last.size && hash_equal(&c.root, &row->last.root) &&
	       strcmp(c.origin, row->origin) == 0;
}

/* One of its lines carries the time: 4 bytes of id, 8 of time, the signature. */
static bool has_time(const struct cosigned_row *row)
{
	uint8_t bytes[4 + 8 + SIGNATURE_SIZE];
	struct note note;
	struct fault f;

	if (note_parse(&note, row->note, &f))
		return false;
	for (unsigned i = 0; i < note.count; i++) {
		const struct span text = note.line[i].base64;
		const long n = base64_read(bytes, sizeof bytes, (const char *)text.data,
					   text.size);

		if (n == (long)sizeof bytes && get_u64(bytes + 4) == (uint64_t)row->last.time_s)
			return true;
	}
	return false;
}

static void check_row(struct checker *c, struct txn *t, struct span key)
{
	struct cosigned_row row;
	struct hash origin, filed;
	struct fault f = { .text = "" };

	if (key.size != HASH_SIZE) {
		check_bad(c, "cosigned: a row is filed under no origin");
		return;
	}
	memcpy(filed.b, key.data, HASH_SIZE);
	if (!cosigned_find(t, &filed, &row))
		return;   /* the transaction has failed, and says so */
	hash_bytes(row.origin, strlen(row.origin), &origin);
	if (!hash_equal(&origin, &filed))
		check_bad(c, "cosigned: the row of another log is filed as one of its own");
	else if (!says_the_same(&row) || !has_time(&row))
		check_bad(c, "cosigned: what was signed of %s is not what its note says", row.origin);
	else if (c->report->is_signed &&
		 c->report->is_signed(c->report->ctx, row.origin, row.note, &f) < 0)
		check_bad(c, "cosigned: %s", f.text);
}

int check_cosigned(struct checker *c, struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);
	struct span key, value;
	struct walk w;

	if (!t)
		return -1;
	walk_begin(&w, t, TABLE_COSIGNED, (struct span){ NULL, 0 });
	while (!txn_failed(t) && walk_next(&w, &key, &value))
		check_row(c, t, key);
	walk_end(&w);
	if (!txn_failed(t))
		return txn_commit(t, f);
	txn_commit(t, f);
	check_bad(c, "%s", f->text);
	return 0;
}
