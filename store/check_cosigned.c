/* What was cosigned last of each log: filed under its origin, and what its note says. */
#include <string.h>

#include "store/checker.h"
#include "store/cosigned.h"
#include "store/guard.h"

static bool says_the_same(const struct cosigned_row *row)
{
	struct checkpoint c;
	struct note note;
	struct fault f;

	return note_parse(&note, row->note, &f) == 0 && checkpoint_parse(&c, note.text, &f) == 0 &&
	       c.size == row->last.size && hash_equal(&c.root, &row->last.root) &&
	       strcmp(c.origin, row->origin) == 0;
}

static bool has_time(const struct cosigned_row *row)
{
	uint64_t time_s;
	struct note note;
	struct fault f;

	if (note_parse(&note, row->note, &f))
		return false;
	for (unsigned i = 0; i < note.count; i++) {
		if (note_line_time(&note.line[i], &time_s) &&
		    time_s == (uint64_t)row->last.time_s)
			return true;
	}
	return false;
}

int check_cosigned_row(const struct check_report *r, struct txn *t, struct span key,
		       struct span value, struct fault *f)
{
	struct cosigned_row row;
	struct hash origin, filed;

	if (key.size != HASH_SIZE)
		return fault_set(f, FAULT_UNPROVED, "cosigned: a row is filed under no origin");
	memcpy(filed.b, key.data, HASH_SIZE);
	if (!guard_is_good(key, value) || cosigned_find(t, &filed, &row, f) <= 0)
		return fault_set(f, FAULT_UNPROVED, "cosigned: a row is not what was written");
	hash_bytes(row.origin, strlen(row.origin), &origin);
	if (!hash_equal(&origin, &filed))
		return fault_set(f, FAULT_UNPROVED, "cosigned: the row of another log is filed as "
				 "that of %s", row.origin);
	if (!says_the_same(&row) || !has_time(&row))
		return fault_set(f, FAULT_UNPROVED, "cosigned: what was signed of %s is not what "
				 "its note says", row.origin);
	if (!r->is_signed || !r->is_signed(r->ctx, row.origin, row.note, f))
		return 0;
	fault_prefix(f, "cosigned");
	return -1;
}
