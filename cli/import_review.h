/*
 * The review list: files, and parts of files, that wait for a person. It lies in
 * the node's home as review.jsonl, one item a line, is replaced whole and belongs
 * to one trac at a time. Dismissed and accepted items stay as long as there is
 * room, so that the same file does not come back.
 */
#ifndef TRAC_CLI_IMPORT_REVIEW_H
#define TRAC_CLI_IMPORT_REVIEW_H

#include <limits.h>

#include "proto/log/tree.h"
#include "proto/wire/fault.h"

/* What a person can look through, and some years of what was settled. */
#define REVIEW_ITEMS_MAX 4096
#define REVIEW_BYTES_MAX (8 * 1024 * 1024)

enum review_state { REVIEW_WAITS, REVIEW_ACCEPTED, REVIEW_DISMISSED };

struct review_item {
	unsigned number;           /* what people call it; rises, never given again */
	enum review_state state;
	struct hash hash;          /* of the file */
	unsigned line;             /* of the part that waits; 0: all of it */
	char *file, *format, *what, *why;  /* owned */
	char *reason;              /* owned; of a dismissal, or NULL */
	int64_t at_ms;             /* when it was put here */
};

struct review {
	int lock;                  /* -1: only read */
	char path[PATH_MAX];
	unsigned count, room, last;
	struct review_item *item;  /* owned; by number */
	bool changed;
};

/* Reads it; an absent one is empty. write: nobody else may until review_close(), and
 * FAULT_BUSY when somebody does. Close it also after a refusal. */
int review_open(struct review *r, const char *home, bool write, struct fault *f);
/* Writes it when it changed. */
int review_save(struct review *r, struct fault *f);
void review_close(struct review *r);

/* NULL: not in it. */
struct review_item *review_find(struct review *r, const struct hash *hash, unsigned line);
struct review_item *review_number(struct review *r, unsigned number);
/* Adds one, unless it is there; all texts are copied. NULL: full of waiting ones, or no
 * memory. A waiting one gets the new path and reason. */
struct review_item *review_add(struct review *r, const struct review_item *like,
			       struct fault *f);
/* It was imported after all: what waits of it is done. */
void review_done(struct review *r, const struct hash *hash, unsigned line);
const char *review_state_name(enum review_state s);
unsigned review_waiting(const struct review *r);

#endif
