/* Files that events cite by hash: into tracd's store of attachments and out of it. */
#ifndef TRAC_CLI_ATTACH_H
#define TRAC_CLI_ATTACH_H

#include "cli/client.h"
#include "cli/fields.h"

#define ATTACH_HASH_SIZE 32

/*
 * Stores the file in tracd, whole and durable when it returns 0; storing it again is
 * harmless. Fills its SHA-256 and size. The client is closed when tracd did not answer.
 */
int attach_file(struct client *c, const char *path, uint8_t sha256[ATTACH_HASH_SIZE],
		uint64_t *size, struct fault *f);

/* The same of bytes at hand; name: of refusals. */
int attach_bytes(struct client *c, const char *name, struct span bytes,
		 uint8_t sha256[ATTACH_HASH_SIZE], struct fault *f);

/* The stored file, appended to out, which is empty and bounds it. */
int attach_read(struct client *c, const uint8_t sha256[ATTACH_HASH_SIZE], struct buffer *out,
		struct fault *f);

/* The media type that a file's name tells ("application/pdf"), or NULL. */
const char *attach_media_type(const char *path);

/* attachment=PATH becomes attachment=HEX:SIZE[:TYPE], the file stored; what is hexadecimal
 * already stays. */
int attach_fields(struct client *c, struct fields *l, struct fault *f);

#endif
