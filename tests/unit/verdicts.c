/* Verdicts on short stories. */
#include "tests/unit/verdicts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void tell_line(struct story *s, const char *line)
{
	char author[20] = "envoi", kind[40], all[900];
	int skip = 0;
	const char *device = LAPTOP;
	if (*line == '@') {
		assert_int_equal(sscanf(line, "@%19s %n", author, &skip), 1);
		line += skip;
	}
	if (*line == '-') {
		device = "";
		line++;
	}
	assert_int_equal(sscanf(line, "%39s %n", kind, &skip), 1);
	snprintf(all, sizeof all, "%s%s", device, line + skip);
	story_tell(s, strdup(author), kind, all);
}

void tale_tell(struct story *s, const char *tale)
{
	char *copy = strdup(tale), *rest = NULL;
	for (char *at = strtok_r(copy, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest))
		tell_line(s, at);
	free(copy);
}

void tale_end(struct story *s)
{
	for (unsigned i = 0; i < s->count; i++)
		free((char *)s->input[i].author);
	story_end(s);
}

void tale_judge(struct story *s, struct verdict out[RULE_COUNT])
{
	struct parts p;
	struct lives *l = (struct lives *)story_lives(s);
	unsigned at = 0;
	assert_int_equal(lives_mark_implausible(l), 0);
	assert_int_equal(parts_fold(l, &p), 0);
	while (at < l->count && strcmp(l->life[at].ident[0].value, "PF0S0001") != 0)
		at++;
	assert_in_range(at, 0, l->count - 1);
	verdicts_judge(l, &p, at, l->life[at].cycle_count - 1, out);
	parts_clear(&p);
}

void verdict_check_order(const struct verdict *v)
{
	unsigned kept = v->count < VERDICT_EVENTS_MAX ? v->count : VERDICT_EVENTS_MAX;
	for (unsigned i = 1; i < kept; i++) {
		assert_true(v->event[i - 1]->event->time_ms <= v->event[i]->event->time_ms);
		assert_ptr_not_equal(v->event[i - 1], v->event[i]);
	}
}

void tale_expect(enum rule rule, const struct expected *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct verdict v[RULE_COUNT];
		struct story *s = story_begin();
		tale_tell(s, row[i].story);
		tale_judge(s, v);
		const struct verdict *got = &v[rule];
		if (got->truth != row[i].truth
		    || (row[i].words && !strstr(got->reason, row[i].words))
		    || (row[i].events && got->count != row[i].events))
			fail_msg("%s, story %zu:\n%s\nis %s (%u events): %s", rule_name(rule), i,
				 row[i].story, truth_name(got->truth), got->count, got->reason);
		assert_true(strlen(got->reason) > 0 && strlen(got->reason_fr) > 0);
		assert_true(text_is_clean(got->reason, strlen(got->reason)));
		assert_true(text_is_clean(got->reason_fr, strlen(got->reason_fr)));
		assert_int_equal(got->rule, rule);
		verdict_check_order(got);
		tale_end(s);
	}
}
