/* Eight bytes that tell whether a row is what was written. */
#include "store/guard.h"

#include <string.h>

#include "proto/log/digest.h"

/* Of SHA-256 over the key's size, the key and the value. */
static void compute(struct span key, struct span value, uint8_t out[GUARD_SIZE])
{
	const uint8_t size = (uint8_t)key.size;
	struct digest d;
	struct hash h;

	digest_init(&d);
	digest_add(&d, &size, 1);
	digest_add(&d, key.data, key.size);
	digest_add(&d, value.data, value.size);
	digest_end(&d, &h);
	memcpy(out, h.b, GUARD_SIZE);
}

struct span guard_put(struct span key, uint8_t *value, size_t size)
{
	compute(key, (struct span){ value, size }, value + size);
	return (struct span){ value, size + GUARD_SIZE };
}

struct span guard_cut(struct span value)
{
	value.size -= value.size < GUARD_SIZE ? value.size : GUARD_SIZE;
	return value;
}

bool guard_is_good(struct span key, struct span value)
{
	const struct span cut = guard_cut(value);
	uint8_t want[GUARD_SIZE];

	if (value.size < GUARD_SIZE)
		return false;
	compute(key, cut, want);
	return memcmp(want, value.data + cut.size, GUARD_SIZE) == 0;
}
