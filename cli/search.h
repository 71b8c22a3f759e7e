/* Values of identifiers that tracd knows and that begin so or look so. */
#ifndef TRAC_CLI_SEARCH_H
#define TRAC_CLI_SEARCH_H

#include <stdbool.h>

#include "proto/wire/control.pb-c.h"
#include "proto/wire/fault.h"

/* The reply's search, freed with unpack_free(); after may be NULL. */
Trac__Reply *search_ask(const char *home, const char *text, bool look_alikes, const char *after,
			struct fault *f);

#endif
