/* What is known of the device that was just scanned. */
#ifndef TRAC_CLI_SCAN_DEVICE_H
#define TRAC_CLI_SCAN_DEVICE_H

#include "cli/looked.h"
#include "cli/scan.h"

/* Asks the tracd of home. known is cleared with scan_known_clear(). */
int scan_device_ask(const char *home, const char *query, bool french, struct scan_known *known,
		    struct fault *f);
/* The same of an answer that is at hand. */
int scan_device_tell(const struct looked *k, const char *query, bool french,
		     struct scan_known *known, struct fault *f);

#endif
