/* Reading lines from a descriptor. */
#include "cli/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int lines_open(struct lines *l, int fd, struct fault *f)
{
	*l = (struct lines){ .fd = fd, .text = malloc(LINE_MAX_BYTES) };
	return l->text ? 0 : fault_set(f, FAULT_IO, "no memory");
}

void lines_close(struct lines *l)
{
	free(l->text);
	l->text = NULL;
}

static char *line_end(const struct lines *l)
{
	return memchr(l->text + l->start, '\n', l->end - l->start);
}

int lines_would_wait(const struct lines *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	return !l->ended && !line_end(l) && poll(&p, 1, 0) == 0;
}

/* Moves what is left to the front and reads behind it. */
static int read_more(struct lines *l, struct fault *f)
{
	memmove(l->text, l->text + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	if (l->end == LINE_MAX_BYTES)
		return fault_set(f, FAULT_INPUT, "line %u: longer than the %d bytes accepted",
				 l->number + 1, LINE_MAX_BYTES);
	ssize_t got;
	do {
		got = read(l->fd, l->text + l->end, LINE_MAX_BYTES - l->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fault_set(f, FAULT_IO, "line %u: cannot be read: %s", l->number + 1,
				 strerror(errno));
	l->ended = got == 0;
	l->end += (size_t)got;
	return 0;
}

int lines_next(struct lines *l, char **line, size_t *size, struct fault *f)
{
	char *end;
	while (!(end = line_end(l)) && !l->ended) {
		if (read_more(l, f) < 0)
			return -1;
	}
	if (!end && l->start == l->end)
		return 0;
	*line = l->text + l->start;
	*size = (size_t)((end ? end : l->text + l->end) - *line);
	l->start += *size + (end != NULL);
	l->number++;
	return 1;
}
