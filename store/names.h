/*
 * Derived: the normalised value of every identifier that an indexed event
 * names, once. For those who know how a serial begins, or misread it. A row is
 * filed as a tired eye reads the value, then as it is, so that one order serves
 * both questions: values that begin alike and values that look alike are
 * neighbours. Written with the index, and like it kept in memory until then.
 */
#ifndef TRAC_STORE_NAMES_H
#define TRAC_STORE_NAMES_H

#include "store/index.h"

/* What a search is: values that begin with text, or look like it. */
struct names_query {
	const char *text;          /* as typed */
	const char *after;         /* normalised; "": from the first */
	bool look_alikes;
};

struct names_found {
	unsigned count;
	bool more;                 /* there are others behind the last one */
	char value[SEARCH_VALUES_MAX][TEXT_MAX + 1];   /* in the order of the table */
};

/* FAULT_INPUT when text holds nothing to search for. */
int index_search(struct index *x, struct txn *t, const struct names_query *q,
		 struct names_found *out, struct fault *f);

/* --- used inside store/ only --- */

#define NAME_KEY_MAX (2 * TEXT_MAX + 1)

/* Names that wait to be written: 2 MiB is more than INDEX_TAIL_MAX events of ten values
 * say; an entry of 64 KiB, which says each value once, fits by itself. */
#define NAMES_TAIL_MAX (2 * 1024 * 1024)

struct names_tail {
	struct buffer rows;        /* u16 size, key; in order of arrival, may repeat */
};

void names_init(struct names_tail *n);
void names_clear(struct names_tail *n);
/* false: full, or no memory. */
bool names_put(struct names_tail *n, const void *value, size_t size);
/* Forgets what was put since rows.used was that. */
void names_cut(struct names_tail *n, size_t used);
void names_write(struct txn *t, const struct names_tail *n);

/* The key of a value; its size, 0: it can have none. */
size_t name_key(uint8_t to[NAME_KEY_MAX], const void *value, size_t size);
/* The value of a key; false: the row is damaged. */
bool name_value(struct span key, char value[TEXT_MAX + 1]);

#endif
