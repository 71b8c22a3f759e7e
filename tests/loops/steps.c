/* Steps: who records what about which devices, as JSON lines for `trac record -`. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/loops/scenario.h"

#define VALUE_ROOM 32768
#define HOUR 3600

/* SplitMix64: the same every run, so that a scenario makes the same events. */
static uint64_t roll(struct scenario *s)
{
	uint64_t z = s->seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void draw(struct scenario *s, char *to, unsigned size)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

	/* no letter O or I, as makers do */
	for (unsigned i = 0; i < size; i++)
		to[i] = letters[roll(s) % 34];
	to[size] = '\0';
}

void pool_fill(struct scenario *s, struct pool *p, const char *serial)
{
	for (unsigned i = 0; i < p->count; i++) {
		struct device *d = &p->device[i];
		strcpy(d->serial, "5CG");
		draw(s, d->serial + 3, 7);
		strcpy(d->disk, "S4E");
		draw(s, d->disk + 3, 11);
		strcpy(d->disk2, "S5G");
		draw(s, d->disk2 + 3, 11);
		if (serial)
			snprintf(d->serial, sizeof d->serial, "%s", serial);
	}
}

/* --- one event --- */

static void make_id(struct scenario *s, char id[33], int64_t seconds)
{
	snprintf(id, 33, "%012llx%04llx%016llx",
		 (unsigned long long)seconds * 1000 & 0xffffffffffff,
		 (0x7000 | (roll(s) & 0xfff)) + 0ULL, (unsigned long long)roll(s));
}

/* Days of the calendar, from 1970. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = y / 400, year = y - era * 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static void write_date(FILE *f, int64_t seconds)
{
	int64_t days = seconds / 86400, clock = seconds % 86400;
	int year = 1970, month = 1;

	while (days_of(year + 1, 1, 1) <= days)
		year++;
	while (month < 12 && days_of(year, month + 1, 1) <= days)
		month++;
	fprintf(f, "%04d-%02d-%02dT%02d:%02d:%02d+00:00", year, month,
		(int)(days - days_of(year, month, 1)) + 1, (int)(clock / 3600),
		(int)(clock / 60 % 60), (int)(clock % 60));
}

static void write_value(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

/* kind, then "name=value ..." in words. */
static void write_event(struct scenario *s, const struct step *step, const char *kind, char *words)
{
	static char value[VALUE_ROOM];
	FILE *f = step->who->out;
	bool dated = false;
	char id[33];

	make_id(s, id, step->seconds);
	if (!strcmp(kind, "transfer_sent") && step->device)
		memcpy(step->device->shipment, id, sizeof id);
	step->who->events++;
	if (!f)
		return;
	fprintf(f, "{\"id\":\"%s\",\"kind\":\"%s\"", id, kind);
	if (step->device && strcmp(kind, "donation_announced") != 0)
		fprintf(f, ",\"serial\":\"%s\",\"maker\":\"HP\"", step->device->serial);
	for (char *word = word_next(&words); word; word = word_next(&words)) {
		char *equals = strchr(word, '=');
		if (!equals)
			refuse(s, "\"%s\" is not FIELD=VALUE", word);
		*equals = '\0';
		dated = dated || !strcmp(word, "date");
		words_expand(s, step, equals + 1, value, sizeof value);
		fprintf(f, ",\"%s\":", word);
		write_value(f, value);
	}
	if (!dated) {
		fputs(",\"date\":\"", f);
		write_date(f, step->seconds);
		fputc('"', f);
	}
	fputs("}\n", f);
}

/* --- a step --- */

static const struct recipe *recipe_find(const struct scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->recipe_count; i++) {
		if (!strcmp(s->recipe[i].name, name))
			return &s->recipe[i];
	}
	return NULL;
}

/* A recipe is one event an hour, a kind of event is itself. */
static void do_one(struct scenario *s, struct step *step, const char *what, const char *arguments)
{
	const struct recipe *r = recipe_find(s, what);
	char line[LINE_ROOM];

	step->arguments = NULL;
	if (!r) {
		snprintf(line, sizeof line, "%s", arguments);
		write_event(s, step, what, line);
		return;
	}
	step->arguments = arguments;
	for (unsigned i = 0; i < r->count; i++, step->seconds += HOUR) {
		snprintf(line, sizeof line, "%s", r->line[i]);
		char *at = line, *kind = word_next(&at);
		write_event(s, step, kind, at);
	}
}

/* The member, or a team's whose turn the device is. */
static struct member *who_acts(struct scenario *s, const char *name, const struct pool *p,
			       unsigned index)
{
	for (unsigned i = 0; i < s->team_count; i++) {
		const struct team *t = &s->team[i];
		if (!strcmp(t->name, name) && p)
			return t->member[(size_t)index * t->count / p->count];
	}
	return member_find(s, name);
}

/* "3h" in seconds. */
static int64_t span_read(struct scenario *s, const char *word)
{
	char *unit;
	long n = word ? strtol(word, &unit, 10) : -1;

	if (n < 0 || strlen(unit) != 1 || !strchr("mhd", *unit))
		refuse(s, "\"%s\": write 20m, 3h or 1d after every", word ? word : "");
	return n * (*unit == 'm' ? 60 : *unit == 'h' ? HOUR : 86400);
}

/* When the steps of one line are: from a day at 8 o'clock on. */
struct times {
	int year, month, day;
	int64_t every;                 /* seconds */
	unsigned monthly;              /* so many a month, then the next month; 0: all */
	unsigned count;                /* without devices: so often */
};

static void date_read(struct scenario *s, const char *word, struct times *t)
{
	char more;

	*t = (struct times){ .count = 1 };
	if (sscanf(word, "%4d-%2d-%2d%c", &t->year, &t->month, &t->day, &more) != 3 ||
	    t->month < 1 || t->month > 12)
		refuse(s, "\"%s\" is no date: write it as 2025-02-03", word);
}

/* Of the number-th event, from 0. */
static int64_t time_of(const struct times *t, unsigned number)
{
	unsigned month = (unsigned)t->month - 1 + (t->monthly ? number / t->monthly : 0);
	unsigned in_month = t->monthly ? number % t->monthly : number;

	return days_of(t->year + month / 12, month % 12 + 1, t->day) * 86400 + 8 * HOUR +
	       in_month * t->every;
}

static unsigned count_read(struct scenario *s, const char *word)
{
	unsigned long n = word ? strtoul(word, NULL, 10) : 0;

	if (n < 1 || n > 100000)
		refuse(s, "\"%s\" is no number from 1 to 100,000", word ? word : "");
	return (unsigned)n;
}

/* "pc", "pc[3]" or "pc[1-12]": NULL when word is none of these, but a field. */
static struct pool *range_read(struct scenario *s, char *word, unsigned *first, unsigned *last)
{
	char *bracket = strchr(word, '[');

	if (bracket)
		*bracket = '\0';
	struct pool *p = pool_find(s, word);
	*first = 1;
	*last = p->count;
	if (bracket && sscanf(bracket + 1, "%u-%u]", first, last) < 2)
		*last = *first;
	if (*first < 1 || *last > p->count || *first > *last)
		refuse(s, "\"%s\" has the devices 1 to %u", p->name, p->count);
	return p;
}

void step_run(struct scenario *s, char *line)
{
	struct step step = { .number = 1 };
	unsigned first = 1, last;
	struct pool *p = NULL;
	struct times times;

	date_read(s, word_next(&line), &times);
	char *who = word_next(&line);
	for (; who; who = word_next(&line)) {
		if (!strcmp(who, "every"))
			times.every = span_read(s, word_next(&line));
		else if (!strcmp(who, "monthly"))
			times.monthly = count_read(s, word_next(&line));
		else if (!strcmp(who, "times"))
			times.count = count_read(s, word_next(&line));
		else
			break;
	}
	last = times.count;
	char *what = word_next(&line);
	if (!who || !what)
		refuse(s, "a step is DATE MEMBER WHAT [DEVICES] [FIELD=VALUE...]");
	line += strspn(line, " \t");
	if (*line && !memchr(line, '=', strcspn(line, " \t")))
		p = range_read(s, word_next(&line), &first, &last);
	step.pool = p;
	for (unsigned i = first; i <= last; i++, step.number++) {
		step.index = i - 1;
		step.device = p ? &p->device[i - 1] : NULL;
		step.who = who_acts(s, who, p, i - 1);
		step.seconds = time_of(&times, step.number - 1);
		do_one(s, &step, what, line);
	}
}
