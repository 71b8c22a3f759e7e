/* From an erasure to those of other disks that cite the same raw report. */
#include "store/closure.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/verdict.h"
#include "proto/wire/unpack.h"

/* Reports of one closure that are followed, and citations of each that are read: a device has
 * a few disks, and a run wipes a few dozen. */
#define REPORTS_MAX 32
#define CITED_MAX 256

struct report {
	uint8_t sha256[32];
	uint32_t log;              /* of its first citation here */
	const Trac__Event *by;     /* owned: freed with unpack_free() */
};

struct reports {
	unsigned count;
	struct report item[REPORTS_MAX];
	uint32_t log;              /* of the event at hand */
	struct position at;
	struct txn *txn;
};

static void take_report(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct reports *r = ctx;

	if (type != KEY_REPORT || size != sizeof r->item[0].sha256 || r->count == REPORTS_MAX)
		return;
	for (unsigned i = 0; i < r->count; i++) {
		if (memcmp(r->item[i].sha256, key, size) == 0)
			return;
	}
	struct report *one = &r->item[r->count];
	memcpy(one->sha256, key, size);
	one->log = r->log;
	one->by = event_at(r->txn, r->at);
	r->count += one->by != NULL;
}

/* Shown with the device, and not followed: what else happened to the other disk is not asked. */
static void add_citations(struct closure *c, struct index *x, struct txn *t,
			  const struct report *r)
{
	struct candidates found;
	struct position at;
	unsigned looks = CITED_MAX;

	candidates_begin(&found, x, t, KEY_REPORT,
			 key_prefix(index_store(x), KEY_REPORT, r->sha256, sizeof r->sha256), 0);
	while (looks > 0 && !c->failed && candidates_next(&found, &at)) {
		looks--;
		Trac__Event *e = event_at(t, at);
		bool cites = e && e->body_case == TRAC__EVENT__BODY_DATA_ERASED &&
			     event_has_key(e, KEY_REPORT, r->sha256, sizeof r->sha256);
		if (cites && (at.log != r->log || !erasures_are_one_run(e, r->by)))
			closure_show(c, at, e);
		unpack_free(e);
	}
	candidates_end(&found);
}

void closure_add_reports(struct closure *c, struct index *x, struct txn *t)
{
	struct reports *r = calloc(1, sizeof *r);
	unsigned count = c->count;

	if (!r) {
		c->failed = true;
		return;
	}
	r->txn = t;
	for (unsigned i = 0; i < count && r->count < REPORTS_MAX; i++) {
		r->at = c->tied[i].at;
		r->log = r->at.log;
		Trac__Event *e = c->tied[i].shown ? NULL : event_at(t, r->at);
		if (e && e->body_case == TRAC__EVENT__BODY_DATA_ERASED)
			event_keys(e, take_report, r);
		unpack_free(e);
	}
	for (unsigned i = 0; i < r->count; i++) {
		add_citations(c, x, t, &r->item[i]);
		unpack_free((void *)r->item[i].by);
	}
	free(r);
	closure_run(c, x, t);   /* what corrects them */
}
