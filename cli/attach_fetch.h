/* Asking another member for a file, through tracd. */
#ifndef TRAC_CLI_ATTACH_FETCH_H
#define TRAC_CLI_ATTACH_FETCH_H

#include "cli/verb.h"
#include "proto/log/tree.h"

/* Waits until the file is here, whole and right. wait: seconds as text; NULL: 60. */
int attach_fetch(struct context *c, const struct hash *h, const char *member, const char *wait,
		 struct fault *f);

#endif
