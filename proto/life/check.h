/*
 * The parts of event_check(): what a text may hold, what a message may hold,
 * and what one kind asks beyond its table. Used by event.c; texts also by who writes others
 * into a log.
 */
#ifndef TRAC_LIFE_CHECK_H
#define TRAC_LIFE_CHECK_H

#include "proto/life/kind.h"

/*
 * Why a text field of that name may not hold that text, as the end of a
 * sentence; NULL when it may. The text is clean UTF-8.
 */
const char *text_refusal(const char *field, const char *text);
/* The same of a label or asset tag, which people choose: beyond text_refusal(). */
const char *label_refusal(const char *text);

/* A message by its rules, with all that is nested in it. where: "collected". */
int message_check(const ProtobufCMessage *m, const struct field_rule *rules,
		  const char *where, struct fault *f);

/* Rules of a kind that tie two fields together. */
int kind_check(const Trac__Event *e, const struct kind *k, struct fault *f);

/* Text to quote in a sentence: at most 40 bytes, cut between characters. */
struct quote {
	char text[48];
};
struct quote quote_text(const char *text);

/* "one of laptop, tablet, ..."; cut when the list is long. */
struct choices {
	char text[200];
};
struct choices word_choices(const ProtobufCEnumDescriptor *e);

#endif
