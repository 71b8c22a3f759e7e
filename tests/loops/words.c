/* What stands between { and } in a scenario. */
#include <stdlib.h>
#include <string.h>

#include "tests/loops/scenario.h"

char *word_next(char **at)
{
	char *word = *at + strspn(*at, " \t");
	int depth = 0;

	if (!*word)
		return NULL;
	/* a space inside { } ends no word */
	char *end = word;
	for (; *end && (depth > 0 || !strchr(" \t", *end)); end++)
		depth += (*end == '{') - (*end == '}');
	*at = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

struct out {
	char *text;
	size_t used, room;
};

static void put(struct scenario *s, struct out *o, const char *text, size_t size)
{
	if (o->used + size >= o->room)
		refuse(s, "a value is longer than %zu characters", o->room - 1);
	memcpy(o->text + o->used, text, size);
	o->used += size;
	o->text[o->used] = '\0';
}

static void put_text(struct scenario *s, struct out *o, const char *text)
{
	put(s, o, text, strlen(text));
}

/* {a|b|c}: by turns. */
static void put_turn(struct scenario *s, struct out *o, const struct step *step, const char *list)
{
	unsigned count = 1;

	for (const char *c = list; *c; c++)
		count += *c == '|';
	for (unsigned skip = step ? (step->number - 1) % count : 0; skip > 0; skip--)
		list = strchr(list, '|') + 1;
	put(s, o, list, strcspn(list, "|"));
}

/* {serial pc 3}, {serials pc}, {serials pc without 3}: of devices, without a step. */
static void put_serials(struct scenario *s, struct out *o, char *at)
{
	bool all = strcmp(word_next(&at), "serials") == 0;
	char *name = word_next(&at), *word = word_next(&at), *number = word_next(&at);
	const struct pool *p = pool_find(s, name ? name : "");
	unsigned one = (unsigned)strtoul(number ? number : word ? word : "0", NULL, 10);

	if (one > p->count || (!all && one == 0))
		refuse(s, "there is no device %u of \"%s\"", one, p->name);
	if (!all) {
		put_text(s, o, p->device[one - 1].serial);
		return;
	}
	bool first = true;
	for (unsigned i = 0; i < p->count; i++) {
		if (i + 1 == one)
			continue;
		put_text(s, o, first ? "serial:" : ",serial:");
		put_text(s, o, p->device[i].serial);
		put_text(s, o, ":HP");
		first = false;
	}
}

/* name=value of the step that called the recipe. */
static bool put_argument(struct scenario *s, struct out *o, const struct step *step,
			 const char *name)
{
	size_t n = strlen(name);
	const char *at = step->arguments;

	while (at && *at) {
		at += strspn(at, " \t");
		size_t size = 0;
		for (int depth = 0; at[size] && (depth > 0 || !strchr(" \t", at[size])); size++)
			depth += (at[size] == '{') - (at[size] == '}');
		if (size > n && strncmp(at, name, n) == 0 && at[n] == '=') {
			char value[LINE_ROOM], done[LINE_ROOM];
			struct step plain = *step;
			plain.arguments = NULL;
			snprintf(value, sizeof value, "%.*s", (int)(size - n - 1), at + n + 1);
			words_expand(s, &plain, value, done, sizeof done);
			put_text(s, o, done);
			return true;
		}
		at += size;
	}
	return false;
}

static bool put_of_device(struct scenario *s, struct out *o, const struct step *step,
			  const char *name)
{
	const struct device *d = step->device;
	char text[64];

	if (!d)
		return false;
	if (!strcmp(name, "serial"))
		put_text(s, o, d->serial);
	else if (!strcmp(name, "type"))
		put_text(s, o, step->pool->type);
	else if (!strcmp(name, "shipment"))
		put_text(s, o, d->shipment);
	else if (!strcmp(name, "disk") || !strcmp(name, "disk2")) {
		snprintf(text, sizeof text, "%s:ssd:256GB", name[4] ? d->disk2 : d->disk);
		put_text(s, o, text);
	} else {
		return false;
	}
	return true;
}

static bool put_of_step(struct scenario *s, struct out *o, const struct step *step, char *name)
{
	char text[24];

	if (!strcmp(name, "department")) {
		put(s, o, step->who->commune, step->who->commune[1] == '7' &&
		    step->who->commune[0] == '9' ? 3 : 2);
		return true;
	}
	if (name[0] != 'n' || (name[1] && !strchr("%+", name[1])))
		return false;
	/* {n}, {n+68}, {n%31}: 1 to 31 by turns */
	unsigned by = name[1] ? (unsigned)strtoul(name + 2, NULL, 10) : 0, n = step->number;
	if (name[1] == '%')
		n = by ? (n - 1) % by + 1 : n;
	else
		n += by;
	snprintf(text, sizeof text, "%u", n);
	put_text(s, o, text);
	return true;
}

/* {west}: the member of the team whose turn the device is. */
static bool put_team(struct scenario *s, struct out *o, const struct step *step, const char *name)
{
	for (unsigned i = 0; i < s->team_count && step->pool; i++) {
		const struct team *t = &s->team[i];
		if (strcmp(t->name, name) != 0)
			continue;
		put_text(s, o, t->member[(size_t)step->index * t->count / step->pool->count]->name);
		return true;
	}
	return false;
}

static void put_name(struct scenario *s, struct out *o, const struct step *step, char *name)
{
	if (strchr(name, '|'))
		put_turn(s, o, step, name);
	else if (!strncmp(name, "serial ", 7) || !strncmp(name, "serials ", 8))
		put_serials(s, o, name);
	else if (!step || !(put_argument(s, o, step, name) || put_of_device(s, o, step, name) ||
			    put_of_step(s, o, step, name) || put_team(s, o, step, name)))
		refuse(s, "{%s} stands for nothing here", name);
}

void words_expand(struct scenario *s, const struct step *step, const char *text, char *out,
		  size_t room)
{
	struct out o = { .text = out, .room = room };

	*out = '\0';
	while (*text) {
		size_t size = strcspn(text, "{");
		put(s, &o, text, size);
		text += size;
		if (!*text)
			return;
		char name[LINE_ROOM];
		const char *end = strchr(text, '}');
		if (!end)
			refuse(s, "{ without }");
		snprintf(name, sizeof name, "%.*s", (int)(end - text - 1), text + 1);
		put_name(s, &o, step, name);
		text = end + 1;
	}
}
