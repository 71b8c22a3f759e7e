/*
 * Events named as people name them: "member/index" where an event id of 32
 * hexadecimal digits is wanted. tracd is asked for the event, whoever its
 * author is, and it is proved here like any other.
 */
#ifndef TRAC_CLI_REFS_H
#define TRAC_CLI_REFS_H

#include "cli/fields.h"

/* Replaces the references in the fields that cite events. FAULT_ABSENT names the first
 * that is not held. */
int refs_fields(const char *home, struct fields *l, struct fault *f);

#endif
