/* Reading a scenario: its lines, one by one. */
#include "tests/loops/scenario.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void refuse(const struct scenario *s, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%u: ", s->path, s->line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(65);
}

static char *must_word(struct scenario *s, char **at, const char *what)
{
	char *word = word_next(at);

	if (!word || strlen(word) >= NAME_ROOM)
		refuse(s, "%s is missing, or longer than %d characters", what, NAME_ROOM - 1);
	return word;
}

struct member *member_find(struct scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->member_count; i++) {
		if (!strcmp(s->member[i].name, name))
			return &s->member[i];
	}
	refuse(s, "nobody is called \"%s\": write \"member %s COMMUNE\" first", name, name);
}

struct pool *pool_find(struct scenario *s, const char *name)
{
	for (unsigned i = 0; i < s->pool_count; i++) {
		if (!strcmp(s->pool[i].name, name))
			return &s->pool[i];
	}
	refuse(s, "there are no devices \"%s\": write \"devices %s COUNT TYPE\" first", name, name);
}

/* --- lines --- */

static void add_member(struct scenario *s, char *at, bool hub)
{
	struct member *m = &s->member[s->member_count];

	if (s->member_count == MEMBERS_MAX)
		refuse(s, "more than %d members", MEMBERS_MAX);
	*m = (struct member){ .hub = hub };
	strcpy(m->name, must_word(s, &at, "the member's name"));
	const char *commune = must_word(s, &at, "its commune");
	if (strlen(commune) != 5)
		refuse(s, "\"%s\" is no INSEE code of a commune", commune);
	memcpy(m->commune, commune, 6);
	s->member_count++;
}

static void add_hub(struct scenario *s, char *at)
{
	add_member(s, at, true);
}

static void add_workshop(struct scenario *s, char *at)
{
	add_member(s, at, false);
}

static void add_offline(struct scenario *s, char *at)
{
	for (char *name = word_next(&at); name; name = word_next(&at))
		member_find(s, name)->offline = true;
}

static void add_closes(struct scenario *s, char *at)
{
	for (char *name = word_next(&at); name; name = word_next(&at))
		member_find(s, name)->closes = true;
}

static void add_team(struct scenario *s, char *at)
{
	struct team *t = &s->team[s->team_count];

	if (s->team_count++ == TEAMS_MAX)
		refuse(s, "more than %d teams", TEAMS_MAX);
	*t = (struct team){ .count = 0 };
	strcpy(t->name, must_word(s, &at, "the team's name"));
	for (char *name = word_next(&at); name; name = word_next(&at)) {
		if (t->count == TEAM_MAX)
			refuse(s, "more than %d members in a team", TEAM_MAX);
		t->member[t->count++] = member_find(s, name);
	}
}

static void add_devices(struct scenario *s, char *at)
{
	struct pool *p = &s->pool[s->pool_count];

	if (s->pool_count++ == POOLS_MAX)
		refuse(s, "more than %d kinds of devices", POOLS_MAX);
	*p = (struct pool){ .count = 0 };
	strcpy(p->name, must_word(s, &at, "the devices' name"));
	p->count = (unsigned)strtoul(must_word(s, &at, "how many"), NULL, 10);
	strcpy(p->type, must_word(s, &at, "their type"));
	if (p->count == 0 || p->count > 100000)
		refuse(s, "%u devices: write 1 to 100,000", p->count);
	p->device = calloc(p->count, sizeof *p->device);
	if (!p->device)
		refuse(s, "no memory");
	const char *serial = word_next(&at);
	if (serial && (strncmp(serial, "serial=", 7) != 0 || p->count != 1))
		refuse(s, "\"%s\": only serial=... may follow, of one device", serial);
	pool_fill(s, p, serial ? serial + 7 : NULL);
}

static void add_recipe(struct scenario *s, char *at)
{
	struct recipe *r = &s->recipe[s->recipe_count];

	if (s->recipe_count++ == RECIPES_MAX)
		refuse(s, "more than %d recipes", RECIPES_MAX);
	*r = (struct recipe){ .count = 0 };
	strcpy(r->name, must_word(s, &at, "the recipe's name"));
}

/* An indented line goes on with the recipe above it. */
static void add_recipe_line(struct scenario *s, char *line)
{
	if (s->recipe_count == 0)
		refuse(s, "an indented line belongs to a recipe");
	struct recipe *r = &s->recipe[s->recipe_count - 1];
	if (r->count == RECIPE_LINES)
		refuse(s, "more than %d lines in a recipe", RECIPE_LINES);
	strcpy(r->line[r->count++], line + strspn(line, " \t"));
}

static void read_title(struct scenario *s, char *at)
{
	snprintf(s->title, sizeof s->title, "%s", at);
}

static void read_expect(struct scenario *s, char *at)
{
	if (s->expect)
		s->expect(s, at);
}

static void read_note(struct scenario *s, char *at)
{
	if (s->note)
		s->note(s, at);
}

static void read_file(struct scenario *s, const char *path, void (**begin)(struct scenario *s));

/* A file of the same folder. */
static void read_include(struct scenario *s, char *at)
{
	char path[512];
	const char *slash = strrchr(s->path, '/'), *was = s->path;
	unsigned line = s->line;

	snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - s->path + 1) : 0, s->path,
		 must_word(s, &at, "the file"));
	read_file(s, path, NULL);
	s->path = was;
	s->line = line;
}

static void read_line(struct scenario *s, char *line, void (**begin)(struct scenario *s))
{
	static const struct {
		const char *word;
		void (*read)(struct scenario *s, char *at);
	} row[] = {
		{ "loop", read_title }, { "include", read_include }, { "hub", add_hub },
		{ "member", add_workshop }, { "offline", add_offline }, { "closes", add_closes }, { "team", add_team },
		{ "devices", add_devices }, { "recipe", add_recipe }, { "expect", read_expect },
		{ "note", read_note },
	};
	if (isdigit((unsigned char)*line)) {
		if (begin && *begin) {
			(*begin)(s);
			*begin = NULL;
		}
		step_run(s, line);
		return;
	}
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		size_t n = strlen(row[i].word);
		if (strncmp(line, row[i].word, n) == 0 && (line[n] == ' ' || line[n] == '\t')) {
			row[i].read(s, line + n + strspn(line + n, " \t"));
			return;
		}
	}
	refuse(s, "\"%.40s\" is no line of a scenario: README.md lists them", line);
}

static void read_file(struct scenario *s, const char *path, void (**begin)(struct scenario *s))
{
	char line[LINE_ROOM];
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(66);
	}
	s->path = path;
	for (s->line = 1; fgets(line, sizeof line, f); s->line++) {
		size_t size = strcspn(line, "\r\n");
		if (line[size] == '\0' && !feof(f))
			refuse(s, "longer than %d characters", LINE_ROOM - 2);
		line[size] = '\0';
		if (line[strspn(line, " \t")] == '\0' || *line == '#')
			continue;
		if (*line == ' ' || *line == '\t')
			add_recipe_line(s, line);
		else
			read_line(s, line, begin);
	}
	fclose(f);
}

void scenario_read(struct scenario *s, const char *path, void (*begin)(struct scenario *s))
{
	s->seed = 0x2545f4914f6cdd1d;
	read_file(s, path, &begin);
}

void scenario_clear(struct scenario *s)
{
	for (unsigned i = 0; i < s->pool_count; i++)
		free(s->pool[i].device);
}
