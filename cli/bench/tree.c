/* Reading JSON that tools write. */
#include "cli/bench/tree.h"

#include <stdlib.h>
#include <string.h>

json_t *tree_load(struct span bytes, struct fault *f)
{
	json_error_t e;
	if (bytes.size > BENCH_JSON_MAX) {
		fault_set(f, FAULT_INPUT, "JSON of %zu bytes: at most %d are accepted", bytes.size,
			  BENCH_JSON_MAX);
		return NULL;
	}
	/* a byte order mark, as Windows tools write it */
	if (bytes.size >= 3 && !memcmp(bytes.data, "\xef\xbb\xbf", 3)) {
		bytes.data += 3;
		bytes.size -= 3;
	}
	json_t *j = json_loadb((const char *)bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &e);
	if (!j)
		fault_set(f, FAULT_INPUT, "not JSON: line %d, column %d: %s", e.line, e.column,
			  e.text);
	return j;
}

json_t *tree_at(const json_t *j, const char *path)
{
	char step[64];
	while (j) {
		size_t size = strcspn(path, ".");
		if (size >= sizeof step)
			return NULL;
		memcpy(step, path, size);
		step[size] = '\0';
		j = json_object_get(j, step);
		if (!path[size])
			return (json_t *)j;
		path += size + 1;
	}
	return NULL;
}

const char *tree_text(const json_t *j, const char *path)
{
	const char *text = json_string_value(tree_at(j, path));
	return text ? text : "";
}

uint64_t tree_number(const json_t *j, const char *path)
{
	const json_t *at = tree_at(j, path);
	if (json_is_integer(at))
		return json_integer_value(at) > 0 ? (uint64_t)json_integer_value(at) : 0;
	const char *text = json_string_value(at);
	return text && *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) : 0;
}

int tree_yes(const json_t *j, const char *path)
{
	const json_t *at = tree_at(j, path);
	return json_is_boolean(at) ? json_is_true(at) : -1;
}

json_t *tree_item(json_t *list, size_t i)
{
	if (json_is_object(list))
		return i == 0 ? list : NULL;
	return json_array_get(list, i);
}

void tree_ident(char to[FOUND_TEXT], Trac__IdentifierKind kind, const json_t *j,
		const char *path)
{
	const char *text = tree_text(j, path);
	found_ident(to, kind, text, strlen(text));
}

void tree_words(char to[FOUND_TEXT], const json_t *j, const char *path)
{
	const char *text = tree_text(j, path);
	found_words(to, text, strlen(text));
}
