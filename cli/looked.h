/*
 * A question to tracd whose answer is proved and folded here: a device, all
 * devices of a lot, all of a donor.
 */
#ifndef TRAC_CLI_LOOKED_H
#define TRAC_CLI_LOOKED_H

#include "cli/fields.h"
#include "cli/view.h"
#include "proto/wire/control.pb-c.h"

struct looked {
	struct buffer bytes;       /* the bundle as it came */
	struct view view;
};

/* Asks the tracd of home; an empty answer is no refusal. Cleared with looked_clear() also
 * after a refusal. */
int looked_ask(struct looked *k, const char *home, const char *query,
	       Trac__LookupScope scope, struct fault *f);
/* The same of a bundle that is at hand; copies it. */
int looked_read(struct looked *k, struct span bundle, const uint8_t authority_key[KEY_SIZE],
		struct fault *f);
void looked_clear(struct looked *k);

/* The identifiers that name a device in a new event: the strong ones, or all there are. */
int life_fields(const struct life *l, struct fields *out, struct fault *f);
/* "serial 5CD1234 (HP)" of the identifier that people know best, appended to out. */
void life_name(const struct life *l, bool french, struct buffer *out);
/* The position of that identifier; -1: there is none. */
int life_ident(const struct life *l);
/* Does the device bear that value (as ident_query() gives it)? */
bool life_bears(const struct life *l, const char *value);

#endif
