/* Evidence of forks: each row is what was written, and proves what it is filed as. */
#include <string.h>

#include "store/checker.h"
#include "store/evidence.h"
#include "store/guard.h"
#include "store/row.h"

static int no_row(struct fault *f, const char *why)
{
	return fault_set(f, FAULT_UNPROVED, "the evidence of a fork is damaged: %s", why);
}

static int check_branch(const struct check_report *r, const char *origin,
			const struct evidence_branch *b, struct fault *f)
{
	if (strcmp(b->head.origin, origin) != 0)
		return no_row(f, "it is of another log");
	return r->is_signed ? r->is_signed(r->ctx, origin, b->note, f) : 0;
}

int check_evidence_row(const struct check_report *r, struct txn *t, struct span key,
		       struct span value, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];
	struct fork_evidence e;
	struct fork_row row;

	if (key.size != 3 || !log_origin(t, get_u24(key.data), origin))
		return no_row(f, "it is of a log that is not known");
	if (!guard_is_good(key, value) || !fork_get(t, get_u24(key.data), &row))
		return no_row(f, "it is not what was written");
	if (evidence_parse(&e, row.bytes, f) || evidence_judge(&e, f))
		return -1;
	if (fork_level(t, get_u24(key.data)) != e.common + 1)
		return no_row(f, "it is filed as another than it is");
	return check_branch(r, origin, &e.small, f) || check_branch(r, origin, &e.large, f) ?
		-1 : 0;
}

int check_each(struct checker *c, enum table table, check_row *row, struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);
	struct span key, value;
	struct fault why;
	struct walk w;

	if (!t)
		return -1;
	walk_begin(&w, t, table, (struct span){ NULL, 0 });
	while (!txn_failed(t) && walk_next(&w, &key, &value)) {
		if (row(c->report, t, key, value, &why))
			check_bad(c, "%s: stop tracd, then run 'trac store repair'", why.text);
	}
	walk_end(&w);
	if (!txn_failed(t))
		return txn_commit(t, f);
	txn_commit(t, f);
	check_bad(c, "%s", f->text);
	return 0;
}
