/* Lines of a text in memory. */
#include "cli/bench/rows.h"

#include <string.h>

void rows_init(struct rows *r, struct span text)
{
	*r = (struct rows){ .at = (const char *)text.data, .left = text.size };
}

bool rows_next(struct rows *r)
{
	if (!r->left)
		return false;
	const char *end = memchr(r->at, '\n', r->left);
	size_t size = end ? (size_t)(end - r->at) : r->left;
	size_t kept = size < ROW_MAX ? size : ROW_MAX;
	for (size_t i = 0; i < kept; i++)
		r->row[i] = r->at[i] ? r->at[i] : '?';
	while (kept && (r->row[kept - 1] == '\r' || r->row[kept - 1] == ' '))
		kept--;
	r->row[kept] = '\0';
	r->size = kept;
	size += end != NULL;
	r->at += size;
	r->left -= size;
	r->number++;
	return true;
}

const char *after(const char *row, const char *start)
{
	size_t size = strlen(start);
	return strncmp(row, start, size) ? NULL : row + size;
}

const char *value_of(const char *row, const char *key, char mark)
{
	row += strspn(row, " \t");
	const char *at = after(row, key);
	if (!at)
		return NULL;
	at += strspn(at, " \t");
	if (*at != mark)
		return NULL;
	at++;
	return at + strspn(at, " \t");
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool has_word(const char *text, const char *word)
{
	size_t size = strlen(word);
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		if (size && (at == text || !is_name(at[-1])) && !is_name(at[size]))
			return true;
	}
	return false;
}
