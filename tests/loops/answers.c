/* Asking trac. */
#include "tests/loops/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 256
#define COMMAND_ROOM 4096

struct answers {
	const char *trac, *work;
	unsigned count;
	struct {
		char *command;         /* owned */
		json_t *answer;        /* owned; NULL: refused */
	} asked[ASKED_MAX];
};

struct answers *answers_create(const char *trac, const char *work)
{
	struct answers *a = calloc(1, sizeof *a);

	if (a) {
		a->trac = trac;
		a->work = work;
	}
	return a;
}

void answers_destroy(struct answers *a)
{
	for (unsigned i = 0; a && i < a->count; i++) {
		free(a->asked[i].command);
		json_decref(a->asked[i].answer);
	}
	free(a);
}

/* 'word' for the shell. */
static void quote(char *command, const char *word)
{
	size_t used = strlen(command);

	for (const char *c = word; *c && used + 8 < COMMAND_ROOM; c++) {
		const char *text = *c == '\'' ? "'\\''" : (char[]){ *c, '\0' };
		used += (size_t)snprintf(command + used, COMMAND_ROOM - used, "%s%s",
					 c == word ? " '" : "", text);
	}
	snprintf(command + used, COMMAND_ROOM - used, "%s", *word ? "'" : " ''");
}

static json_t *run(const char *command)
{
	FILE *p = popen(command, "r");
	json_error_t e;

	if (!p)
		return NULL;
	json_t *j = json_loadf(p, JSON_DISABLE_EOF_CHECK, &e);
	while (fgetc(p) != EOF)
		;
	int status = pclose(p);
	if (!j)
		fprintf(stderr, "%s: exit %d: %s\n", command, status, e.text);
	return j;
}

const json_t *answers_ask(struct answers *a, const char *node, const char *const *word,
			  unsigned count)
{
	char command[COMMAND_ROOM] = "", home[512];

	snprintf(home, sizeof home, "%s/%s", a->work, node);
	quote(command, a->trac);
	quote(command, "--home");
	quote(command, home);
	for (unsigned i = 0; i < count; i++)
		quote(command, word[i]);
	quote(command, "--json");
	for (unsigned i = 0; i < a->count; i++) {
		if (!strcmp(a->asked[i].command, command))
			return a->asked[i].answer;
	}
	if (a->count == ASKED_MAX)
		return NULL;
	json_t *j = run(command);
	a->asked[a->count].command = strdup(command);
	a->asked[a->count++].answer = j;
	return j;
}

/* --- paths --- */

static void add(const json_t *j, struct found *out)
{
	char text[sizeof *out->text];

	if (json_is_string(j))
		snprintf(text, sizeof text, "%s", json_string_value(j));
	else if (json_is_integer(j))
		snprintf(text, sizeof text, "%lld", (long long)json_integer_value(j));
	else if (json_is_boolean(j))
		snprintf(text, sizeof text, "%s", json_is_true(j) ? "true" : "false");
	else
		return;
	for (unsigned i = 0; i < out->count; i++) {
		if (!strcmp(out->text[i], text))
			return;
	}
	if (out->count < FOUND_MAX)
		memcpy(out->text[out->count++], text, sizeof text);
}

/* Has that element the value that "name=value" asks for? */
static bool has_value(const json_t *j, const char *name, const char *value)
{
	struct found one = { .count = 0 };

	answers_find(json_object_get(j, name), "", &one);
	return one.count == 1 && !strcmp(one.text[0], value);
}

static void find(const json_t *j, const char *path, struct found *out)
{
	char name[80];
	size_t size = strcspn(path, "."), i;
	const char *rest = path[size] ? path + size + 1 : path + size;
	json_t *one;

	if (!j || !*path) {
		add(j, out);
		return;
	}
	snprintf(name, sizeof name, "%.*s", (int)size, path);
	char *equals = strchr(name, '=');
	if (equals)
		*equals = '\0';
	if (json_is_object(j)) {
		find(json_object_get(j, name), rest, out);
	} else if (strcmp(name, "*") == 0 || equals) {
		json_array_foreach(j, i, one) {
			if (!equals || has_value(one, name, equals + 1))
				find(one, rest, out);
		}
	} else {
		find(json_array_get(j, strtoul(name, NULL, 10)), rest, out);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void answers_find(const json_t *j, const char *path, struct found *out)
{
	find(j, path, out);
	qsort(out->text, out->count, sizeof *out->text, compare);
}
