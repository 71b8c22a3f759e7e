/* What lives and events contribute. */
#include "proto/life/figure.h"

#include <assert.h>
#include <string.h>

#include "proto/life/data.h"
#include "proto/life/event.h"

#define DAY_MS 86400000

/* --- places and parties --- */

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

const char *department_region(const char *department)
{
	for (unsigned i = 0; i < data_regions.count; i++) {
		if (strcmp(data_regions.row[i].cell[0], department) == 0)
			return data_regions.row[i].cell[1];
	}
	return "";
}

/* FNV-1a, so that long names that begin alike stay apart. */
static uint32_t text_hash(const char *text)
{
	uint32_t h = 2166136261u;
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619u;
	return h;
}

/* At most so many bytes, and no half character. */
static size_t text_cut(const char *text, size_t most)
{
	while (most > 0 && ((uint8_t)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

/* "what/who", one of which may be missing. */
static void party_write(char out[PARTY_MAX + 1], const char *what, const char *who)
{
	static const char digit[] = "0123456789abcdef";
	char text[2 * (TEXT_MAX + 1) + 1];
	what = what ? what : "";
	who = who ? who : "";
	size_t size = strlen(what), more = strlen(who);
	memset(out, 0, PARTY_MAX + 1);
	/* texts of a foreign log may be longer than any that we record: they are no names */
	if (size > TEXT_MAX || more > TEXT_MAX)
		return;
	memcpy(text, what, size);
	if (size && more)
		text[size++] = '/';
	memcpy(text + size, who, more + 1);
	size += more;
	if (size <= PARTY_MAX) {
		memcpy(out, text, size);
		return;
	}
	uint32_t h = text_hash(text);
	size = text_cut(text, PARTY_MAX - 9);
	memcpy(out, text, size);
	out[size++] = '~';
	for (int i = 28; i >= 0; i -= 4)
		out[size++] = digit[h >> i & 15];
}

/* --- one contribution --- */

struct counting {
	const struct lives *lives;
	const struct contribution_sink *sink;
	const struct life *life;       /* NULL: an event about no device */
	uint8_t device_type;
	unsigned next;                 /* first line of the cycle at hand */
	int weee_cycle;                /* the last one that was handed over; -1: none */
};

static int64_t civil_day(const Trac__Event *e)
{
	struct civil c;
	civil_from_ms(e->time_ms, e->zone_minutes, &c);
	c.hour = c.minute = c.second = c.ms = c.zone_minutes = 0;
	return civil_to_ms(&c) / DAY_MS;
}

static struct contribution make(const struct counting *w, enum counter counter,
				const struct life_input *input)
{
	struct contribution c;
	struct civil civil;
	memset(&c, 0, sizeof c);
	civil_from_ms(input->event->time_ms, input->event->zone_minutes, &civil);
	/* 5,461 years fit; what is dated later is junk and shown as suspect */
	int year = civil.year < 5460 ? civil.year : 5460;
	c.counter = (uint8_t)counter;
	c.device_type = w->device_type;
	c.month = (uint16_t)(year * 12 + civil.month - 1);
	commune_department(input->event->commune, c.department);
	strncpy(c.structure, input->author, MEMBER_NAME_MAX);
	c.number = 1;
	return c;
}

static void tell(const struct counting *w, const struct contribution *c)
{
	if (c->number || c->amount)
		w->sink->add(w->sink->ctx, c);
}

static const struct life_input *at(const struct counting *w, int line)
{
	assert(line >= 0 && (unsigned)line < w->life->line_count);
	return w->life->line[line].input;
}

static bool is_counted(const struct life_line *line)
{
	return !(line->notes & (NOTE_CORRECTED | NOTE_REPEATED | NOTE_INVALID));
}

/* --- cycles --- */

/* Who gave a cycle's device, and where it came from: the first that says so. */
struct source {
	const char *donor, *commune;
	int donor_type;
};

static void source_read(struct source *s, const Trac__Event *e)
{
	const char *donor = NULL, *commune = NULL;
	int type = 0;
	if (e->body_case == TRAC__EVENT__BODY_COLLECTED) {
		donor = e->collected->donor;
		commune = e->collected->origin_commune;
		type = e->collected->donor_type;
	} else if (e->body_case == TRAC__EVENT__BODY_RECEIVED) {
		donor = e->received->donor;
		commune = e->received->origin_commune;
		type = e->received->donor_type;
	}
	if (!s->donor && donor && *donor)
		s->donor = donor;
	if (!s->commune && commune && *commune)
		s->commune = commune;
	if (!s->donor_type)
		s->donor_type = type;
}

/* Lines are in order, so are their cycles: each line is read once. */
static struct source source_of(struct counting *w, unsigned cycle)
{
	struct source s = { .donor = NULL };
	for (; w->next < w->life->line_count; w->next++) {
		const struct life_line *line = &w->life->line[w->next];
		if (line->cycle > cycle)
			break;
		if (is_counted(line))
			source_read(&s, line->input->event);
	}
	return s;
}

static void donor_write(const struct source *s, char out[PARTY_MAX + 1])
{
	const char *type = word_of(&trac__donor_type__descriptor, s->donor_type, false);
	party_write(out, s->donor ? NULL : type, s->donor);
}

static enum fate fate_of(enum life_state s)
{
	switch (s) {
	case STATE_DISTRIBUTED:
		return FATE_DISTRIBUTED;
	case STATE_REFURBISHED:
	case STATE_STOCKED:
	case STATE_RESERVED:
		return FATE_STOCK;
	case STATE_DISMANTLED:
		return FATE_PARTS;
	case STATE_WEEE:
		return FATE_WEEE;
	case STATE_REFUSED:
		return FATE_REFUSED;
	case STATE_LOST:
		return FATE_LOST;
	case STATE_UNKNOWN:
	case STATE_ANNOUNCED:
	case STATE_COLLECTED:
	case STATE_RECEIVED:
	case STATE_IDENTIFIED:
	case STATE_AUDITED:
	case STATE_IN_WORK:
	case STATE_IN_TRANSFER:
	case STATE_RETURNED:
		return FATE_UNDERWAY;
	}
	return FATE_UNDERWAY;
}

/* The workshop is where it was declared refurbished, else where it was given. Places that
 * nobody named are in no département, not in the same one. */
static unsigned where_bits(const struct counting *w, const struct cycle *c,
			   const struct source *s)
{
	char origin[4], shop[4];
	const Trac__Event *given = at(w, c->distributed_at)->event;
	const Trac__Event *made = c->refurbished ? at(w, c->refurbished_at)->event : given;
	const char *to = given->made_available->department;
	unsigned bits = 0;
	const char *from = s->commune;
	if (!from && c->collected)
		from = at(w, c->collected_at)->event->commune;
	commune_department(from, origin);
	commune_department(made->commune, shop);
	if (*shop && strcmp(origin, shop) == 0)
		bits |= DIST_COLLECTED_HERE;
	if (*shop && to && strcmp(shop, to) == 0)
		bits |= DIST_GIVEN_HERE;
	return bits;
}

static unsigned mode_bits(const Trac__MadeAvailable *b)
{
	if (b->mode == TRAC__MODE__DONATION)
		return DIST_SOLIDARITY;
	if (b->mode == TRAC__MODE__SOLIDARITY_SALE)
		return DIST_SOLIDARITY | DIST_SALE;
	return 0;
}

static void count_distribution(const struct counting *w, const struct cycle *c,
			       const struct source *s)
{
	const struct life_input *input = at(w, c->distributed_at);
	const Trac__MadeAvailable *b = input->event->made_available;
	struct contribution d = make(w, COUNT_DISTRIBUTED, input);
	unsigned bits = mode_bits(b) | where_bits(w, c, s) | (c->fne ? DIST_FNE : 0);
	if (b->has_priority_district && b->priority_district)
		bits |= DIST_PRIORITY;
	if (b->need && *b->need)
		bits |= DIST_NEED;
	if (b->has_commitment)
		bits |= DIST_COMMITTED;
	d.detail = (uint16_t)bits;
	if (bits & DIST_SALE)
		d.amount = b->price_cents;
	party_write(d.party, word_of(&trac__prescriber_type__descriptor, b->prescriber_type,
				     false), b->prescriber);
	tell(w, &d);
}

static void count_delay(const struct counting *w, const struct cycle *c)
{
	const struct life_input *input = at(w, c->distributed_at);
	struct contribution d = make(w, COUNT_DELAY, input);
	int64_t days = civil_day(input->event) - civil_day(at(w, c->collected_at)->event);
	d.detail = (uint16_t)(days < 0 ? 0 : days > UINT16_MAX ? UINT16_MAX : days);
	tell(w, &d);
}

static void count_cycle(struct counting *w, unsigned number)
{
	const struct cycle *c = &w->life->cycle[number];
	struct source s = source_of(w, number);
	if (c->collected) {
		struct contribution d = make(w, COUNT_COLLECTED, at(w, c->collected_at));
		d.detail = (uint16_t)fate_of(c->fate);
		donor_write(&s, d.party);
		tell(w, &d);
	}
	if (c->refurbished) {
		struct contribution d = make(w, COUNT_REFURBISHED, at(w, c->refurbished_at));
		donor_write(&s, d.party);
		tell(w, &d);
	}
	if (c->distributed)
		count_distribution(w, c, &s);
	if (c->distributed && c->collected)
		count_delay(w, c);
}

/* --- events --- */

static void count_cost(const struct counting *w, const struct life_input *input, int item,
		       uint64_t minutes, uint64_t cents)
{
	struct contribution c = make(w, COUNT_COST, input);
	if (cents > AMOUNT_COUNTED_MAX || item < 0 || item > UINT8_MAX)
		return;
	c.detail = (uint16_t)item;
	c.number = minutes;
	c.amount = cents;
	tell(w, &c);
}

static void count_training(const struct counting *w, const struct life_input *input)
{
	const Trac__TrainingGiven *b = input->event->training_given;
	struct contribution c = make(w, COUNT_TRAINING, input);
	c.detail = b->type == TRAC__TRAINING_TYPE__STAFF_TRAINING
		? TRAC__TRAINING_TYPE__STAFF_TRAINING : TRAC__TRAINING_TYPE__TRAINING_UNSPECIFIED;
	c.number = b->people;
	c.amount = b->minutes;
	tell(w, &c);
}

static void count_satisfaction(const struct counting *w, const struct life_input *input)
{
	const Trac__SatisfactionRecorded *b = input->event->satisfaction_recorded;
	struct contribution c = make(w, COUNT_SATISFACTION, input);
	if (b->score < 1 || b->score > 5)
		return;
	c.detail = (uint16_t)b->score;
	c.number = b->answers;
	c.amount = (uint64_t)b->answers * b->score;
	tell(w, &c);
}

/* Of one cycle's hand-overs, a device is one; of a pallet, nobody said how many. */
static void count_weee(struct counting *w, const struct life_line *line)
{
	const Trac__WeeeHandedOver *b = line->input->event->weee_handed_over;
	struct contribution c = make(w, COUNT_WEEE, line->input);
	c.number = w->life && w->weee_cycle != (int)line->cycle;
	w->weee_cycle = (int)line->cycle;
	c.amount = b->weight_grams;
	party_write(c.party, NULL, b->recipient);
	tell(w, &c);
}

/* The kinds that count by event, whatever the device's life. */
static bool is_own_figure(const Trac__Event *e)
{
	return e->body_case == TRAC__EVENT__BODY_COST_RECORDED
	       || e->body_case == TRAC__EVENT__BODY_REPAIRED
	       || e->body_case == TRAC__EVENT__BODY_UPGRADED
	       || e->body_case == TRAC__EVENT__BODY_TRAINING_GIVEN
	       || e->body_case == TRAC__EVENT__BODY_SATISFACTION_RECORDED
	       || e->body_case == TRAC__EVENT__BODY_WEEE_HANDED_OVER
	       || e->body_case == TRAC__EVENT__BODY_NEED_REQUESTED;
}

static void count_event(struct counting *w, const struct life_line *line)
{
	const struct life_input *input = line->input;
	const Trac__Event *e = input->event;
	int part = TRAC__COST_ITEM__PART;
	if (e->body_case == TRAC__EVENT__BODY_COST_RECORDED)
		count_cost(w, input, e->cost_recorded->item, e->cost_recorded->minutes,
			   e->cost_recorded->amount_cents);
	else if (e->body_case == TRAC__EVENT__BODY_REPAIRED)
		count_cost(w, input, part, e->repaired->minutes, e->repaired->cost_cents);
	else if (e->body_case == TRAC__EVENT__BODY_UPGRADED)
		count_cost(w, input, part, 0, e->upgraded->cost_cents);
	else if (e->body_case == TRAC__EVENT__BODY_TRAINING_GIVEN)
		count_training(w, input);
	else if (e->body_case == TRAC__EVENT__BODY_SATISFACTION_RECORDED)
		count_satisfaction(w, input);
	else if (e->body_case == TRAC__EVENT__BODY_WEEE_HANDED_OVER)
		count_weee(w, line);
	else if (e->body_case == TRAC__EVENT__BODY_NEED_REQUESTED) {
		struct contribution c = make(w, COUNT_NEED, input);
		tell(w, &c);
	}
}

static bool is_here(const struct counting *w, const struct life_input *input)
{
	return !w->sink->is_here || w->sink->is_here(w->sink->ctx, input);
}

/* An event that links several devices is a line of each; it counts with the first. */
static bool is_of_earlier(const struct counting *w, const struct life_input *input)
{
	for (const struct life *l = w->lives->life; l != w->life; l++) {
		for (unsigned i = 0; i < l->line_count; i++) {
			if (l->line[i].input == input)
				return true;
		}
	}
	return false;
}

static void count_lines(struct counting *w, const struct life_line *line, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct life_input *input = line[i].input;
		if (!is_own_figure(input->event) || !is_counted(&line[i]) || !is_here(w, input))
			continue;
		if (!w->life || !is_of_earlier(w, input))
			count_event(w, &line[i]);
	}
}

/* --- lives --- */

static bool is_whole(const struct counting *w)
{
	for (unsigned i = 0; i < w->life->line_count; i++) {
		if (is_here(w, w->life->line[i].input))
			return true;
	}
	return false;
}

static void count_life(struct counting *w, const struct life *l)
{
	w->life = l;
	if (!is_whole(w))
		return;
	/* a type of a newer version is none that we can name */
	bool known = word_of(&trac__device_type__descriptor, (int)l->type, false) != NULL;
	w->device_type = known ? (uint8_t)l->type : 0;
	w->next = 0;
	w->weee_cycle = -1;
	for (unsigned i = 0; i < l->cycle_count; i++)
		count_cycle(w, i);
	count_lines(w, l->line, l->line_count);
}

void lives_contribute(const struct lives *l, const struct contribution_sink *to)
{
	struct counting w = { .lives = l, .sink = to };
	for (unsigned i = 0; i < l->count; i++)
		count_life(&w, &l->life[i]);
	w.life = NULL;
	w.device_type = 0;
	count_lines(&w, l->other, l->other_count);
}
