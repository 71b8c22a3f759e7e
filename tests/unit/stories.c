/* Stories for tests of the fold. */
#include "tests/unit/stories.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

#define STORY_START_MS 1704067200000     /* 2024-01-01 UTC */
#define HOUR_MS 3600000

struct story *story_begin(void)
{
	struct story *s = calloc(1, sizeof *s);
	assert_non_null(s);
	return s;
}

void story_end(struct story *s)
{
	lives_clear(&s->lives);
	for (unsigned i = 0; i < s->count; i++)
		unpack_free((void *)s->input[i].event);
	free(s);
}

unsigned story_tell(struct story *s, const char *author, const char *kind, const char *pairs)
{
	char all[1024], date[30];
	struct buffer b;
	struct fault f;
	unsigned number = s->count++;
	assert_in_range(number, 0, STORY_MAX - 1);
	civil_format(STORY_START_MS + (int64_t)number * HOUR_MS, 60, date);
	int size = snprintf(all, sizeof all, "date=%s %s", date, pairs);
	assert_in_range(size, 1, sizeof all - 1);
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, all, number);
	struct life_input *i = &s->input[number];
	i->event = event_open((struct span){ b.data, b.used }, &f);
	assert_non_null(i->event);
	i->author = author;
	i->index = number;
	i->valid = true;
	buffer_clear(&b);
	return number;
}

unsigned story_correct(struct story *s, const char *author, unsigned number)
{
	uint8_t id[EVENT_ID_SIZE];
	char pairs[100] = "reason=did_not_occur target=";
	event_sample_id(number, id);
	hex_write(pairs + strlen(pairs), id, sizeof id);
	return story_tell(s, author, "corrected", pairs);
}

unsigned story_arrive(struct story *s, const char *author, const char *device, unsigned number,
		      const char *pairs)
{
	uint8_t id[EVENT_ID_SIZE];
	char all[200], hex[2 * EVENT_ID_SIZE + 1] = "";
	event_sample_id(number, id);
	hex_write(hex, id, sizeof id);
	int size = snprintf(all, sizeof all, "%sshipment=%s %s", device, hex, pairs);
	assert_in_range(size, 1, sizeof all - 1);
	return story_tell(s, author, "transfer_received", all);
}

static void tell_about(struct story *s, const char *author, const char *kind,
		       const char *device, const char *pairs)
{
	char all[512];
	snprintf(all, sizeof all, "%s%s", device, pairs);
	story_tell(s, author, kind, all);
}

void story_refurbish(struct story *s, const char *author, const char *device)
{
	tell_about(s, author, "received", device, "origin=external donor_type=company");
	tell_about(s, author, "identified", device, "device_type=laptop medium=S3Z9NB0K:ssd");
	tell_about(s, author, "audited", device, "decision=reuse");
	tell_about(s, author, "data_erased", device, "medium=S3Z9NB0K:ssd level=purge tool=nwipe "
		   "technique=ata_secure_erase verification=full result=success");
	tell_about(s, author, "refurbished_declared", device, "warranty_months=12");
}

const struct lives *story_lives(struct story *s)
{
	lives_clear(&s->lives);
	assert_int_equal(lives_fold(s->input, s->count, &s->lives), 0);
	return &s->lives;
}

const struct life *story_life(struct story *s)
{
	story_lives(s);
	assert_int_equal(s->lives.count, 1);
	return &s->lives.life[0];
}
