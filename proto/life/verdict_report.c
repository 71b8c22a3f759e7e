/*
 * One raw report that is cited for two media. A tool that wipes several disks in
 * one run writes one report of all of them, which is no doubt: same author, same
 * tool, at the same time.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/life/verdict_judge.h"

#define SHA256_SIZE 32
/* The certificate and what is attached. */
#define REPORTS_MAX (EVENT_ATTACHMENTS_MAX + 1)
/* Citations of one report that are compared with each other: one run wipes fewer disks. */
#define RUN_MAX 256

static bool is_erasure(const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	return e->body_case == TRAC__EVENT__BODY_DATA_ERASED && line_counts(line)
	       && e->data_erased->result == TRAC__OUTCOME__SUCCESS;
}

static unsigned reports_of(const Trac__Event *e, const uint8_t *out[REPORTS_MAX])
{
	unsigned count = 0;
	if (e->data_erased->certificate_sha256.len == SHA256_SIZE)
		out[count++] = e->data_erased->certificate_sha256.data;
	for (size_t i = 0; i < e->n_attachment && count < REPORTS_MAX; i++) {
		if (e->attachment[i]->sha256.len == SHA256_SIZE)
			out[count++] = e->attachment[i]->sha256.data;
	}
	return count;
}

/* An erasure that cites reports, its medium named once. */
struct cited {
	struct life_line *line;        /* borrowed */
	char serial[TEXT_MAX + 1], wwn[TEXT_MAX + 1];
};

/* Compares like with like: two serials, or two WWNs. */
static bool are_two_media(const struct cited *a, const struct cited *b)
{
	if (*a->serial && *b->serial)
		return strcmp(a->serial, b->serial) != 0;
	return *a->wwn && *b->wwn && strcmp(a->wwn, b->wwn) != 0;
}

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Had it begun at that moment? Foreign times may be any number: no overflow. */
static bool is_begun_by(const Trac__Event *a, int64_t ms)
{
	uint64_t lasted = (uint64_t)a->data_erased->duration_seconds * 1000;
	return a->time_ms <= ms || (uint64_t)a->time_ms - (uint64_t)ms <= lasted;
}

bool erasures_are_one_run(const Trac__Event *a, const Trac__Event *b)
{
	const Trac__DataErased *left = a->data_erased, *right = b->data_erased;
	return is_same_text(left->tool, right->tool)
	       && is_same_text(left->tool_version, right->tool_version)
	       && is_begun_by(a, b->time_ms) && is_begun_by(b, a->time_ms);
}

static bool do_clash(const struct cited *a, const struct cited *b)
{
	return a->line->input != b->line->input && are_two_media(a, b)
	       && (strcmp(a->line->input->author, b->line->input->author) != 0
		   || !erasures_are_one_run(a->line->input->event, b->line->input->event));
}

/* A report, cited by an erasure. */
struct citation {
	const uint8_t *report;
	struct cited *by;              /* one of a list: set when all are known */
	size_t number;                 /* of it */
};

struct citations {
	size_t count, room;
	struct citation *item;         /* owned */
	size_t cited_count, cited_room;
	struct cited *cited;           /* owned */
};

static int compare_inputs(const struct life_input *a, const struct life_input *b)
{
	if (a->event->time_ms != b->event->time_ms)
		return a->event->time_ms < b->event->time_ms ? -1 : 1;
	int c = strcmp(a->author, b->author);
	if (c == 0)
		c = (a->epoch > b->epoch) - (a->epoch < b->epoch);
	return c ? c : (a->index > b->index) - (a->index < b->index);
}

static int compare_citations(const void *left, const void *right)
{
	const struct citation *a = left, *b = right;
	int c = memcmp(a->report, b->report, SHA256_SIZE);
	return c ? c : compare_inputs(a->by->line->input, b->by->line->input);
}

/* Room for one more; NULL: no memory. */
static void *grow(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	size_t more = *room ? 2 * *room : 64;
	void *grown = reallocarray(list, more, size);
	if (grown)
		*room = more;
	return grown;
}

static int add_citation(struct citations *c, const uint8_t *report)
{
	struct citation *item = grow(c->item, c->count, &c->room, sizeof *item);
	if (!item)
		return -1;
	c->item = item;
	c->item[c->count++] = (struct citation){ report, NULL, c->cited_count - 1 };
	return 0;
}

static int add_cited(struct citations *c, struct life_line *line)
{
	const uint8_t *report[REPORTS_MAX];
	unsigned reports = is_erasure(line) ? reports_of(line->input->event, report) : 0;
	if (reports == 0)
		return 0;
	struct cited *cited = grow(c->cited, c->cited_count, &c->cited_room, sizeof *cited);
	if (!cited)
		return -1;
	c->cited = cited;
	cited += c->cited_count++;
	cited->line = line;
	medium_name(line->input->event->data_erased->medium, cited->serial, cited->wwn);
	for (unsigned k = 0; k < reports; k++) {
		if (add_citation(c, report[k]) < 0)
			return -1;
	}
	return 0;
}

/* Marks what the device alone tells, and gathers the reports. */
static int mark_lines(struct citations *c, const struct sightings *s, struct life_line *line,
		      unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!line_counts(&line[i]))
			continue;
		line[i].doubts = erasure_own_doubts(s, line[i].input);
		if (line[i].doubts)
			line[i].notes |= NOTE_IMPLAUSIBLE;
		if (add_cited(c, &line[i]) < 0)
			return -1;
	}
	return 0;
}

static int mark_life(struct citations *c, struct life *life)
{
	struct sightings s;
	if (sightings_find(&s, life) < 0)
		return -1;
	int rc = mark_lines(c, &s, life->line, life->line_count);
	sightings_clear(&s);
	return rc;
}

static void mark_same(struct life_line *line)
{
	line->doubts |= DOUBT_SAME_REPORT;
	line->notes |= NOTE_IMPLAUSIBLE | NOTE_SAME_REPORT;
}

static void mark_shared(struct citations *c)
{
	for (size_t i = 0; i < c->count; i++)
		c->item[i].by = &c->cited[c->item[i].number];
	qsort(c->item, c->count, sizeof *c->item, compare_citations);
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = i + 1; k < c->count && k - i < RUN_MAX; k++) {
			if (memcmp(c->item[i].report, c->item[k].report, SHA256_SIZE) != 0)
				break;
			if (!do_clash(c->item[i].by, c->item[k].by))
				continue;
			mark_same(c->item[i].by->line);
			mark_same(c->item[k].by->line);
		}
	}
}

int lives_mark_implausible(struct lives *l)
{
	struct citations c = { 0 };
	int rc = 0;
	for (unsigned i = 0; i < l->count && rc == 0; i++)
		rc = mark_life(&c, &l->life[i]);
	if (rc == 0)
		rc = mark_lines(&c, NULL, l->other, l->other_count);
	if (rc == 0 && c.count)
		mark_shared(&c);
	free(c.item);
	free(c.cited);
	return rc;
}
