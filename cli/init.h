/* Making a home: shared by trac init and trac restore. */
#ifndef TRAC_CLI_INIT_H
#define TRAC_CLI_INIT_H

#include "cli/verb.h"

/*
 * By the operands and options of trac init. With the option --keys DIR the keys of that
 * folder are used instead of new ones, and the home is marked as restored: tracd signs
 * nothing in it until its peers have said what they hold of this log.
 */
int init_home(struct context *c, const struct arguments *a, struct fault *f);

#endif
