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

/* Compares like with like: two serials, or two WWNs. */
static bool are_two_media(const Trac__Medium *a, const Trac__Medium *b)
{
	char a_serial[TEXT_MAX + 1], b_serial[TEXT_MAX + 1];
	char a_wwn[TEXT_MAX + 1], b_wwn[TEXT_MAX + 1];
	medium_name(a, a_serial, a_wwn);
	medium_name(b, b_serial, b_wwn);
	if (*a_serial && *b_serial)
		return strcmp(a_serial, b_serial) != 0;
	return *a_wwn && *b_wwn && strcmp(a_wwn, b_wwn) != 0;
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

static bool is_one_run(const struct life_input *a, const struct life_input *b)
{
	const Trac__DataErased *left = a->event->data_erased, *right = b->event->data_erased;
	return strcmp(a->author, b->author) == 0 && is_same_text(left->tool, right->tool)
	       && is_same_text(left->tool_version, right->tool_version)
	       && is_begun_by(a->event, b->event->time_ms)
	       && is_begun_by(b->event, a->event->time_ms);
}

static bool do_clash(const struct life_input *a, const struct life_input *b)
{
	return a != b && !is_one_run(a, b)
	       && are_two_media(a->event->data_erased->medium, b->event->data_erased->medium);
}

/* A report, cited by a line. */
struct citation {
	const uint8_t *report;
	struct life_line *line;
};

struct citations {
	size_t count, room;
	struct citation *item;
};

static int compare_inputs(const struct life_input *a, const struct life_input *b)
{
	if (a->event->time_ms != b->event->time_ms)
		return a->event->time_ms < b->event->time_ms ? -1 : 1;
	int c = strcmp(a->author, b->author);
	return c ? c : (a->index > b->index) - (a->index < b->index);
}

static int compare_citations(const void *left, const void *right)
{
	const struct citation *a = left, *b = right;
	int c = memcmp(a->report, b->report, SHA256_SIZE);
	return c ? c : compare_inputs(a->line->input, b->line->input);
}

static int add_citation(struct citations *c, const uint8_t *report, struct life_line *line)
{
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : 64;
		struct citation *item = reallocarray(c->item, room, sizeof *item);
		if (!item)
			return -1;
		c->item = item;
		c->room = room;
	}
	c->item[c->count++] = (struct citation){ report, line };
	return 0;
}

/* Marks what the device alone tells, and gathers the reports. */
static int mark_lines(struct citations *c, const struct life *life, struct life_line *line,
		      unsigned count)
{
	const uint8_t *report[REPORTS_MAX];
	for (unsigned i = 0; i < count; i++) {
		if (!line_counts(&line[i]))
			continue;
		if (erasure_own_doubts(life, line[i].input))
			line[i].notes |= NOTE_IMPLAUSIBLE;
		unsigned reports = is_erasure(&line[i])
			? reports_of(line[i].input->event, report) : 0;
		for (unsigned k = 0; k < reports; k++) {
			if (add_citation(c, report[k], &line[i]) < 0)
				return -1;
		}
	}
	return 0;
}

static void mark_shared(struct citations *c)
{
	qsort(c->item, c->count, sizeof *c->item, compare_citations);
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = i + 1; k < c->count && k - i < RUN_MAX; k++) {
			if (memcmp(c->item[i].report, c->item[k].report, SHA256_SIZE) != 0)
				break;
			if (!do_clash(c->item[i].line->input, c->item[k].line->input))
				continue;
			c->item[i].line->notes |= NOTE_IMPLAUSIBLE | NOTE_SAME_REPORT;
			c->item[k].line->notes |= NOTE_IMPLAUSIBLE | NOTE_SAME_REPORT;
		}
	}
}

int lives_mark_implausible(struct lives *l)
{
	struct citations c = { 0, 0, NULL };
	int rc = 0;
	for (unsigned i = 0; i < l->count && rc == 0; i++)
		rc = mark_lines(&c, &l->life[i], l->life[i].line, l->life[i].line_count);
	if (rc == 0)
		rc = mark_lines(&c, NULL, l->other, l->other_count);
	if (rc == 0 && c.count)
		mark_shared(&c);
	free(c.item);
	return rc;
}
