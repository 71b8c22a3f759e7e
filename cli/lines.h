/* Lines of a stream, with a word to the caller before it would have to wait. */
#ifndef TRAC_CLI_LINES_H
#define TRAC_CLI_LINES_H

#include <stddef.h>

#include "proto/wire/fault.h"

/* An event in JSON is rarely longer than the event. */
#define LINE_MAX_BYTES (256 * 1024)

struct lines {
	int fd;
	char *text;              /* owned */
	size_t start, end;
	unsigned number;         /* of the line read last */
	int ended;
};

int lines_open(struct lines *l, int fd, struct fault *f);
void lines_close(struct lines *l);
/* Must more be read, and is nothing there yet? */
int lines_would_wait(const struct lines *l);
/* 1: a line, without its end, valid until the next call. 0: the end. -1: refused. */
int lines_next(struct lines *l, char **line, size_t *size, struct fault *f);

#endif
