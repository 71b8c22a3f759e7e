/* Whole files: read within a limit, written so that a half file is never left. */
#ifndef TRAC_CLI_FILES_H
#define TRAC_CLI_FILES_H

#include <sys/types.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* Reads path ("-": standard input) into out, whose max is the limit. */
int file_read(const char *path, struct buffer *out, struct fault *f);

enum file_mode {
	FILE_REPLACE,      /* an older file of that name gives way */
	FILE_KEEP,         /* an older file of that name is a refusal */
};

/* Writes a temporary file beside path, syncs it, renames it, syncs the folder. */
int file_write(const char *path, struct span bytes, mode_t mode, enum file_mode how,
	       struct fault *f);
/* For one of many that are synced all at once; the temporary file, which a crash leaves and
 * the next write takes over, is named by the caller, who keeps others from using it. */
int file_write_unsynced(const char *temporary, const char *path, struct span bytes, mode_t mode,
			struct fault *f);

#endif
