/* The folder of the fence files. Used by daemon/fence.c. */
#ifndef TRAC_DAEMON_FENCE_FILE_H
#define TRAC_DAEMON_FENCE_FILE_H

#include "daemon/settings.h"
#include "proto/wire/fault.h"

/* Makes the folder when it is not there. -1: FAULT_CONFIG, also when a copy of the home would
 * hold it. */
int fence_folder_open(const struct settings *s, struct fault *f);

#endif
