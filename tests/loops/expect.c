/* Expectations: each is asked of the network and printed, expected beside computed. */
#include "tests/loops/expect.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 32
#define TEXT_ROOM 2048

/* "expect WORDS OP VALUE -- label", cut up. */
struct asked {
	unsigned count;
	const char *word[WORDS_MAX];
	const char *operator;          /* = <= >= */
	char value[TEXT_ROOM];
	const char *label;
};

static bool is_operator(const char *word)
{
	return !strcmp(word, "=") || !strcmp(word, "<=") || !strcmp(word, ">=");
}

static void cut(struct scenario *s, char *words, struct asked *a)
{
	static char text[WORDS_MAX][TEXT_ROOM];
	char *label = strstr(words, " -- ");
	size_t used = 0;

	*a = (struct asked){ .label = label ? label + 4 : "" };
	if (label)
		*label = '\0';
	for (char *word = word_next(&words); word; word = word_next(&words)) {
		char one[TEXT_ROOM];
		words_expand(s, NULL, word, one, sizeof one);
		if (a->operator) {
			used += (size_t)snprintf(a->value + used, sizeof a->value - used, "%s%s",
						 used ? " " : "", one);
			continue;
		}
		if (is_operator(one))
			a->operator = one[0] == '=' ? "=" : one[0] == '<' ? "<=" : ">=";
		else if (a->count < WORDS_MAX)
			a->word[a->count] = strcpy(text[a->count], one), a->count++;
	}
	if (!a->operator || a->count == 0 || used >= sizeof a->value)
		refuse(s, "an expectation is: expect WHAT = VALUE -- words");
}

/* --- figures --- */

struct figures_asked {
	const char *node, *group;
	unsigned count;
	const char *word[WORDS_MAX];   /* of trac */
	char option[WORDS_MAX][NAME_ROOM + 4];
};

static void figures_words(struct scenario *s, const struct asked *a, unsigned from,
			  const char *hub, struct figures_asked *q)
{
	*q = (struct figures_asked){ .node = hub, .count = 1, .word = { "indicators" } };
	for (unsigned i = from; i < a->count; i++) {
		const char *equals = strchr(a->word[i], '=');
		if (!equals || equals - a->word[i] >= NAME_ROOM || q->count + 2 > WORDS_MAX)
			refuse(s, "\"%s\" is not NAME=VALUE", a->word[i]);
		if (!strncmp(a->word[i], "group=", 6)) {
			q->group = equals + 1;
		} else if (!strncmp(a->word[i], "node=", 5)) {
			q->node = equals + 1;
		} else {
			snprintf(q->option[i], sizeof *q->option, "--%.*s",
				 (int)(equals - a->word[i]), a->word[i]);
			q->word[q->count++] = q->option[i];
			q->word[q->count++] = equals + 1;
		}
	}
}

/* "I08w+I08p": is the figure one of these? */
static bool is_one_of(const char *list, const char *id)
{
	size_t n = strlen(id);

	for (;; list++) {
		if (!strncmp(list, id, n) && (list[n] == '\0' || list[n] == '+'))
			return true;
		list = strchr(list, '+');
		if (!list)
			return false;
	}
}

/* A pattern that ends with a star is all that begin so. */
static bool is_in_group(const char *pattern, const char *group)
{
	size_t n = strcspn(pattern, "*");

	return pattern[n] ? strncmp(pattern, group, n) == 0 : strcmp(pattern, group) == 0;
}

/* A misspelt figure is not 0. */
static bool is_known(const json_t *figures, const char *ids)
{
	size_t i;
	json_t *one;

	json_array_foreach(figures, i, one) {
		if (is_one_of(ids, json_string_value(json_object_get(one, "id"))))
			return true;
	}
	return false;
}

static bool is_figure(struct answers *answers, const struct figures_asked *q, const char *ids)
{
	static const char *const word[] = { "indicators", "--budget", "1", "--target", "1" };

	return is_known(json_object_get(answers_ask(answers, q->node, word, 5), "figures"), ids);
}

/* One figure as it is printed; several, or those of several groups, added up. */
static void compute_figure(struct scenario *s, const struct asked *a, struct answers *answers,
			   const char *hub, bool groups, char *out)
{
	struct figures_asked q;
	json_int_t sum = 0;
	unsigned matches = 0;
	const char *value = NULL;
	size_t i;
	json_t *one;

	figures_words(s, a, groups ? 2 : 1, hub, &q);
	const char *ids = a->word[groups ? 1 : 0];
	const json_t *answer = answers_ask(answers, q.node, q.word, q.count);
	json_array_foreach(json_object_get(answer, "figures"), i, one) {
		const char *group = json_string_value(json_object_get(one, "group"));
		if (!is_one_of(ids, json_string_value(json_object_get(one, "id"))) ||
		    (q.group && !is_in_group(q.group, group ? group : "")))
			continue;
		sum += json_integer_value(json_object_get(one, "numerator"));
		value = json_string_value(json_object_get(one, "value"));
		matches++;
	}
	if (!answer)
		snprintf(out, TEXT_ROOM, "no answer");
	else if (matches == 0 && !is_figure(answers, &q, ids))
		snprintf(out, TEXT_ROOM, "no figure");
	else if (groups)
		snprintf(out, TEXT_ROOM, "%u", matches);
	else if (matches == 1 && value)
		snprintf(out, TEXT_ROOM, "%s", value);
	else
		snprintf(out, TEXT_ROOM, "%lld", (long long)sum);
}

/* --- anything that trac says --- */

/* "trac show SERIAL at PATH": the values there; "count": how many different ones. */
static void compute_path(struct scenario *s, const struct asked *a, struct answers *answers,
			 const char *hub, bool count, char *out)
{
	static struct found found;
	unsigned first = count ? 2 : 1, words = 0;
	const char *node = hub;
	size_t used = 0;

	if (first < a->count && !strncmp(a->word[first], "node=", 5))
		node = a->word[first++] + 5;
	while (first + words < a->count && strcmp(a->word[first + words], "at") != 0)
		words++;
	if (first + words + 2 != a->count)
		refuse(s, "write: trac VERB ... at PATH");
	found.count = 0;
	const json_t *answer = answers_ask(answers, node, a->word + first, words);
	answers_find(answer, a->word[a->count - 1], &found);
	out[0] = '\0';
	if (!answer)
		snprintf(out, TEXT_ROOM, "no answer");
	else if (count)
		snprintf(out, TEXT_ROOM, "%u", found.count);
	for (unsigned i = 0; answer && !count && i < found.count && used < TEXT_ROOM; i++)
		used += (size_t)snprintf(out + used, TEXT_ROOM - used, "%s%s", i ? " " : "",
					 found.text[i]);
}

/* --- the table --- */

static bool is_met(const struct asked *a, const char *computed)
{
	char *end;
	double got = strtod(computed, &end);

	if (*a->operator == '=')
		return !strcmp(a->value, computed);
	if (end == computed || *end)
		return false;
	double want = strtod(a->value, &end);
	return *a->operator == '<' ? got <= want : got >= want;
}

/* Columns, not bytes. */
static int padding(const char *text, int columns)
{
	for (; *text; text++)
		columns -= ((unsigned char)*text & 0xc0) != 0x80;
	return columns > 0 ? columns : 0;
}

void expect_line(struct scenario *s, char *words)
{
	struct expectations *e = s->ctx;
	char computed[TEXT_ROOM], wanted[TEXT_ROOM + 4];
	struct asked a;

	cut(s, words, &a);
	bool count = !strcmp(a.word[0], "count");
	if (count || !strcmp(a.word[0], "trac"))
		compute_path(s, &a, e->answers, e->hub, count, computed);
	else
		compute_figure(s, &a, e->answers, e->hub, !strcmp(a.word[0], "groups"), computed);
	bool met = is_met(&a, computed);
	snprintf(wanted, sizeof wanted, "%s%s", *a.operator == '=' ? "" : a.operator, a.value);
	printf("   %s%*s %14s %14s   %s\n", a.label, padding(a.label, 58), "", wanted, computed,
	       met ? "ok" : "DIFFERENT");
	e->asked++;
	e->different += !met;
}

void expect_note(struct scenario *s, const char *text)
{
	(void)s;
	printf("   %s\n", text);
}
