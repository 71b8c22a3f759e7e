/* The only reader of clocks in the daemon. */
#ifndef TRAC_DAEMON_CLOCK_H
#define TRAC_DAEMON_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);   /* since 1970 UTC; may jump */
int64_t clock_mono_ms(void);   /* never goes back */

#endif
