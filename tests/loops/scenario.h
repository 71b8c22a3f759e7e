/*
 * The scenario of one loop, read from a text file: who takes part, what they
 * record about which devices, and what the figures must then be. The language
 * is explained in README.md beside this file.
 *
 * The file is read once for writing the events of each member (generate), and
 * once more for asking what came of them (expect): serials and ids are made up
 * in the same way each time.
 */
#ifndef TRAC_TESTS_LOOPS_SCENARIO_H
#define TRAC_TESTS_LOOPS_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define NAME_ROOM 64
#define LINE_ROOM 1024
#define MEMBERS_MAX 64
#define TEAMS_MAX 8
#define TEAM_MAX 32
#define POOLS_MAX 64
#define RECIPES_MAX 32
#define RECIPE_LINES 16

struct member {
	char name[NAME_ROOM], commune[6];
	bool hub;
	bool offline;                  /* works without a network */
	bool closes;                   /* is switched off when its part is recorded */
	FILE *out;                     /* its events; NULL when they are not written */
	unsigned events;
};

/* Members who do one thing to one part of a pool each. */
struct team {
	char name[NAME_ROOM];
	unsigned count;
	struct member *member[TEAM_MAX];
};

struct device {
	char serial[16], disk[16], disk2[16];
	char shipment[33];             /* id of its last transfer_sent */
};

struct pool {
	char name[NAME_ROOM], type[NAME_ROOM];
	unsigned count;
	struct device *device;         /* owned */
};

struct recipe {
	char name[NAME_ROOM];
	unsigned count;
	char line[RECIPE_LINES][LINE_ROOM];
};

struct expectations;

struct scenario {
	const char *path;              /* of the file; for sentences, as is line */
	unsigned line;
	char title[LINE_ROOM];
	unsigned member_count, team_count, pool_count, recipe_count;
	struct member member[MEMBERS_MAX];
	struct team team[TEAMS_MAX];
	struct pool pool[POOLS_MAX];
	struct recipe recipe[RECIPES_MAX];
	uint64_t seed;
	/* what an `expect` and a `note` line are handed to; NULL: skipped */
	void (*expect)(struct scenario *s, char *words);
	void (*note)(struct scenario *s, const char *text);
	void *ctx;
};

/* Ends the program with the file, the line and the sentence. */
_Noreturn void refuse(const struct scenario *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads all of a file; members' events are written where member.out is set by begin(),
 * which is called when the members are known: before the first step. May be NULL. */
void scenario_read(struct scenario *s, const char *path, void (*begin)(struct scenario *s));
void scenario_clear(struct scenario *s);

struct member *member_find(struct scenario *s, const char *name);   /* refuses */
struct pool *pool_find(struct scenario *s, const char *name);       /* refuses */

/* --- steps.c --- */

/* One event about one device of a pool, or about none. */
struct step {
	struct member *who;
	const struct pool *pool;       /* NULL: none */
	struct device *device;
	unsigned number, index;        /* of the device: from 1 in the step, from 0 in the pool */
	int64_t seconds;               /* when, since 1970 UTC */
	const char *arguments;         /* "name=value ..." that a recipe's {name} stand for */
};

/* "2025-02-03 every 3h envoi refurbish pc[1-12] name=value ...": cut up, changed. */
void step_run(struct scenario *s, char *line);
/* Makes up the serials of a pool; serial: of its only device, or NULL. */
void pool_fill(struct scenario *s, struct pool *p, const char *serial);

/* --- words.c --- */

/* The next word of *at, ended; NULL: none. */
char *word_next(char **at);
/* Replaces {...} in text; step may be NULL outside of steps. */
void words_expand(struct scenario *s, const struct step *step, const char *text, char *out,
		  size_t room);

#endif
