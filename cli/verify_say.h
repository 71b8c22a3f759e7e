/*
 * What trac verify says of a bundle: a sentence for each thing that it proved and each that
 * it could not, and the refusal that follows from those.
 */
#ifndef TRAC_CLI_VERIFY_SAY_H
#define TRAC_CLI_VERIFY_SAY_H

#include "cli/verb.h"
#include "cli/view.h"

/* What is proved: who is a member, each log, by which key of which statement. */
void verify_say_proved(const struct context *c, const struct view *v,
		       const struct verifier *authority);
/* What nothing in any bundle proves, so that nobody takes it for proved. */
void verify_say_unproved(const struct context *c, const struct view *v);
/* Sets f, FAULT_UNPROVED, when entries are in doubt, void or pending; path: of what file. */
int verify_doubts(const struct view *v, const char *path, struct fault *f);

#endif
