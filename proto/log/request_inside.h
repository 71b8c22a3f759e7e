/* What the kinds of requests share: lines `key value` of a note's text. */
#ifndef TRAC_LOG_REQUEST_INSIDE_H
#define TRAC_LOG_REQUEST_INSIDE_H

#include "proto/log/request.h"

/* longer than any value that is accepted */
#define REQUEST_VALUE_MAX 80

/* Takes the note apart, and that whole first line off its text; what: "succession". */
int request_begin(struct note *n, struct span note, const char *line, const char *what,
		  struct fault *f);
/* The value of the next line, which must be "KEY VALUE". */
int request_line(struct span *text, const char *key, char value[REQUEST_VALUE_MAX + 1],
		 struct fault *f);
/* The lines network and name; name may be NULL: then there is none. */
int request_who(struct span *text, char network[NETWORK_MAX + 1], char name[MEMBER_NAME_MAX + 1],
		struct fault *f);
/* A number as it is written, of at most `most`. */
int request_number(const char *value, uint64_t most, uint64_t *to);
/* FAULT_INPUT: that line is not as it must be. */
int request_bad(const char *key, struct fault *f);
/* FAULT_UNPROVED: that key did not sign under the name; which: "present". */
int request_signed(const struct note *n, const char *name, const uint8_t key[KEY_SIZE],
		   const char *which, struct fault *f);
/* May m ask to be admitted in its role? */
int request_role(const struct member *m, struct fault *f);
/* The statement at that time, packed and appended to out. */
int statement_write(struct buffer *out, Trac__Statement *s, int64_t time_ms, struct fault *f);

#endif
