/* trac member admit at a hub: its tracd asks the authority's. */
#ifndef TRAC_CLI_MEMBER_HUB_H
#define TRAC_CLI_MEMBER_HUB_H

#include "cli/home.h"
#include "cli/verb.h"

/* Asks for each request, and waits a while for each answer. */
int hub_admit(struct context *c, const struct home *h, const struct arguments *a,
	      struct fault *f);
int hub_withdraw(struct context *c, const char *name, struct fault *f);

#endif
