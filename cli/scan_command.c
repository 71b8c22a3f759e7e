/* Words and bar codes that are commands at the bench. */
#include "cli/scan.h"

#include <string.h>

#include "proto/life/reflect.h"

/* Each is also a bar code: TRAC-UNDO. */
static const struct {
	enum scan_command command;
	const char *word[4];
} row[] = {
	{ COMMAND_UNDO, { "<", "undo", "annuler", NULL } },
	{ COMMAND_SEND, { "send", "envoyer", NULL } },
	{ COMMAND_SAME, { "=", "same", "idem", NULL } },
	{ COMMAND_LIST, { "list", "liste", NULL } },
	{ COMMAND_HELP, { "?", "help", "aide", NULL } },
	{ COMMAND_QUIT, { "quit", "q", "quitter", NULL } },
	{ COMMAND_SKIP, { "-", "skip", "passer", NULL } },
	{ COMMAND_MORE, { "0", "more", "plus", NULL } },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What stands behind "TRAC-", in the form of our words; the line itself when it is none. */
static const char *code_of(const char *line, char out[64])
{
	static const char prefix[] = "trac-";
	size_t i;
	for (i = 0; i < sizeof prefix - 1; i++) {
		char c = line[i];
		if (lower(c) != prefix[i])
			return line;
	}
	line += i;
	for (i = 0; line[i] && i < 63; i++) {
		char c = line[i];
		out[i] = c == '-' ? '_' : lower(c);
	}
	out[i] = '\0';
	return out;
}

enum scan_command scan_command(const char *line)
{
	char code[64];
	const char *word = code_of(line, code);
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		for (unsigned k = 0; row[i].word[k]; k++) {
			if (word_is(word, row[i].word[k]))
				return row[i].command;
		}
	}
	return COMMAND_NONE;
}

const struct kind *scan_kind_named(const char *line)
{
	char code[64], low[64];
	const char *word = code_of(line, code);
	size_t i;
	for (i = 0; word[i] && i < sizeof low - 1; i++) {
		char c = word[i];
		low[i] = c == '-' || c == ' ' ? '_' : lower(c);
	}
	low[i] = '\0';
	for (unsigned k = 0; scan_kind_at(k); k++) {
		const struct kind *kind = scan_kind_at(k);
		if (!strcmp(low, kind->name) || !strcmp(low, kind->name_fr)
		    || word_is(word, kind->label) || word_is(word, kind->label_fr))
			return kind;
	}
	return NULL;
}
