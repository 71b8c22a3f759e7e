/* The only dice of tracd. */
#include "daemon/dice.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int dice_fill(void *to, size_t size, struct fault *f)
{
	char *at = to;

	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fault_set(f, FAULT_IO, "the system gives no random bytes: %s",
					 strerror(errno));
		at += got;
		size -= (size_t)got;
	}
	return 0;
}
