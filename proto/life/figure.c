/* What a life counts in. Source: domain page, section 4. */
#include "proto/life/figure.h"

#include <assert.h>
#include <string.h>

#include "proto/life/event.h"

const struct figure figures[] = {
	{ "I01", "Devices collected", "Appareils collectés", COUNT_COLLECTED, 0, 0, false },
	{ "I02", "Devices refurbished", "Appareils reconditionnés", COUNT_REFURBISHED, 0, 0,
	  false },
	{ "I03", "Made available to low-income households (FNE)",
	  "Mis à disposition des ménages modestes (FNE)", COUNT_FNE, 0, 0, false },
	/* 2 million over 2023-2027, about 400,000 a year */
	{ "I04", "Progress towards the FNE target", "Avancement FNE", COUNT_FNE, 0, 2000000,
	  true },
	{ "I06", "Reuse rate (flow)", "Taux de réemploi (flux)", COUNT_REFURBISHED,
	  COUNT_COLLECTED, 0, true },
	{ NULL, NULL, NULL, 0, 0, 0, false },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 01 to 95 without 20, 2A, 2B, and 97x, 98x beyond the seas; 00, 96 and 99 are no place. */
void commune_department(const char *commune, char out[4])
{
	memset(out, 0, 4);
	if (!commune || strlen(commune) != COMMUNE_SIZE)
		return;
	for (int i = 2; i < COMMUNE_SIZE; i++) {
		if (!is_digit(commune[i]))
			return;
	}
	if (commune[0] == '2' && (commune[1] == 'A' || commune[1] == 'B')) {
		memcpy(out, commune, 2);
		return;
	}
	if (!is_digit(commune[0]) || !is_digit(commune[1]))
		return;
	int number = (commune[0] - '0') * 10 + (commune[1] - '0');
	if (number == 0 || number == 20 || number == 96 || number == 99)
		return;
	memcpy(out, commune, number >= 97 ? 3 : 2);
}

/* Room for another was promised by the caller, or it is not counted: see life_contributions(). */
struct tally {
	struct contribution *out;
	unsigned room, count;
};

static void count_line(struct tally *t, enum counter counter, const struct life *l, int at)
{
	if (t->count == t->room)
		return;
	assert(at >= 0 && (unsigned)at < l->line_count);
	const struct life_input *input = l->line[at].input;
	struct contribution *c = &t->out[t->count++];
	struct civil civil;
	memset(c, 0, sizeof *c);
	civil_from_ms(input->event->time_ms, input->event->zone_minutes, &civil);
	/* 5,461 years fit; what is dated later is junk and shown as suspect */
	int year = civil.year < 5460 ? civil.year : 5460;
	c->counter = (uint8_t)counter;
	/* a type of a newer version is none that we can name */
	bool known = word_of(&trac__device_type__descriptor, (int)l->type, false) != NULL;
	c->device_type = known ? (uint8_t)l->type : 0;
	c->month = (uint16_t)(year * 12 + civil.month - 1);
	commune_department(input->event->commune, c->department);
	strncpy(c->structure, input->author, MEMBER_NAME_MAX);
}

static void count_cycle(struct tally *t, const struct life *l, const struct cycle *c)
{
	if (c->collected)
		count_line(t, COUNT_COLLECTED, l, c->collected_at);
	if (c->refurbished)
		count_line(t, COUNT_REFURBISHED, l, c->refurbished_at);
	if (c->fne)
		count_line(t, COUNT_FNE, l, c->distributed_at);
	if (c->distributed)
		count_line(t, COUNT_DISTRIBUTED, l, c->distributed_at);
	if (c->ended_at >= 0 && c->fate != STATE_DISTRIBUTED)
		count_line(t, COUNT_DISCARDED, l, c->ended_at);
}

unsigned life_contributions(const struct life *l, struct contribution *out, unsigned room)
{
	struct tally t = { out, room, 0 };
	for (unsigned i = 0; i < l->cycle_count; i++)
		count_cycle(&t, l, &l->cycle[i]);
	return t.count;
}
