/*
 * The table of settings: one row says all there is to say of a setting. Used
 * by settings.c to parse and check, and to print the sample and the manual.
 */
#ifndef TRAC_DAEMON_SETTINGS_TABLE_H
#define TRAC_DAEMON_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/settings.h"

enum setting_type {
	SETTING_TEXT,      /* a string; least and most count its bytes */
	SETTING_NUMBER,
	SETTING_CHOICE,    /* one of the names; the value is first + its place */
	SETTING_PEERS,     /* a list of strings; least and most count them */
	SETTING_VKEYS,     /* a list of public keys of logs, counted alike */
};

struct setting {
	const char *name;
	enum setting_type type;
	const char *unit;              /* "" when there is none */
	long least, most;
	const char *fallback;          /* as written in the file; NULL: must be given */
	const char *example;           /* for the sample, where there is no fallback */
	const char *sentence;          /* what it does */
	const char *accepted;          /* what a value looks like */
	const char *const *choice;     /* CHOICE: names, NULL at the end */
	unsigned first;
	bool (*is_valid)(const char *text);    /* TEXT: beyond its length; may be NULL */
	size_t offset, room;           /* of the field in struct settings */
};

extern const struct setting settings_table[];
extern const unsigned settings_count;

bool setting_is_list(const struct setting *t);
/* Checks one value and writes it to its field. False: not accepted, nothing changed. */
bool setting_take(const struct setting *t, struct settings *s, const char *value);

#endif
