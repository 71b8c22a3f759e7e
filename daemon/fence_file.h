/* The folder of the fence files. Used by daemon/fence.c. */
#ifndef TRAC_DAEMON_FENCE_FILE_H
#define TRAC_DAEMON_FENCE_FILE_H

#include "daemon/settings.h"
#include "proto/wire/fault.h"

/* Makes the folder when it is not there. -1: FAULT_CONFIG, also when a copy of the home would
 * hold it. */
int fence_folder_open(const struct settings *s, struct fault *f);

/* Before the folder is opened: may that file of it tell that a log of that origin was signed?
 * Also one that cannot be read; not one of another origin. */
bool fence_may_know(const struct settings *s, const char *name, const char *origin);

#endif
