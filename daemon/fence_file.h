/* The folder of the fence files, and how one is written. Used by daemon/fence.c. */
#ifndef TRAC_DAEMON_FENCE_FILE_H
#define TRAC_DAEMON_FENCE_FILE_H

#include "daemon/settings.h"
#include "proto/wire/bytes.h"

/* The folder of that home: the setting `fence`, or HOME.fence beside it. */
void fence_folder(const struct settings *s, char *out, size_t room);
/* Makes it when it is not there. -1: FAULT_CONFIG, also when a copy of the home would hold it. */
int fence_folder_open(const struct settings *s, struct fault *f);

/* Written to a temporary file, synced, renamed, the folder synced: the old or the new one is
 * there after a crash, and the new one after return. */
int fence_file_write(int folder, const char *name, struct span bytes, struct fault *f);

#endif
