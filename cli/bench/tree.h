/* Reading a tree of JSON that somebody else wrote: nothing is taken for granted. */
#ifndef TRAC_BENCH_TREE_H
#define TRAC_BENCH_TREE_H

#include <jansson.h>

#include "cli/bench/findings.h"

/* The document, of at most BENCH_JSON_MAX bytes, no name twice. NULL: refused. */
json_t *tree_load(struct span bytes, struct fault *f);
/* The value at "a.b.c"; NULL when a step is missing or no object. */
json_t *tree_at(const json_t *j, const char *path);
/* The text there, numbers written as text in room; "" when there is none. */
const char *tree_text(const json_t *j, const char *path);
/* The number there, also of a text that is one; 0 when there is none or it is negative. */
uint64_t tree_number(const json_t *j, const char *path);
/* 1, 0, or -1 when there is no boolean. */
int tree_yes(const json_t *j, const char *path);
/* One object is a list of one, as XML has it. i from 0; NULL past the end. */
json_t *tree_item(json_t *list, size_t i);

/* found_ident() and found_words() of the text there. */
void tree_ident(char to[FOUND_TEXT], Trac__IdentifierKind kind, const json_t *j,
		const char *path);
void tree_words(char to[FOUND_TEXT], const json_t *j, const char *path);

/* GLPI's content, from JSON or from XML made into it. */
int glpi_tree_read(json_t *request, struct findings *out, struct fault *f);

#endif
