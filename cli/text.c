/* Making foreign text harmless for a terminal. */
#include "cli/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define RING 16
#define ROOM 256

/* One character of text; *size bytes of it. Broken UTF-8 is one byte, flagged. */
static uint32_t next_character(const unsigned char *t, unsigned *size, int *broken)
{
	unsigned more = t[0] < 0x80 ? 0 : t[0] >= 0xf0 ? 3 : t[0] >= 0xe0 ? 2 : 1;
	uint32_t c = more == 0 ? t[0] : t[0] & (0x3fu >> more);
	*broken = t[0] >= 0xf8 || (t[0] >= 0x80 && t[0] < 0xc2);
	*size = 1;
	for (unsigned i = 1; i <= more && !*broken; i++) {
		*broken = (t[i] & 0xc0) != 0x80;
		c = c << 6 | (t[i] & 0x3f);
	}
	if (*broken)
		return t[0];
	*size = more + 1;
	return c;
}

static int is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0)
		|| (c >= 0x200b && c <= 0x200f)      /* zero width, direction marks */
		|| (c >= 0x2028 && c <= 0x202e)      /* separators, direction overrides */
		|| (c >= 0x2060 && c <= 0x206f)      /* invisible, direction isolates */
		|| c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

const char *safe(const char *text)
{
	static char ring[RING][ROOM];
	static unsigned turn;
	char *to = ring[turn++ % RING];
	const unsigned char *t = (const unsigned char *)(text ? text : "");
	size_t used = 0;
	while (*t && used < ROOM - 16) {
		unsigned size;
		int broken;
		uint32_t c = next_character(t, &size, &broken);
		if (broken || is_harmful(c)) {
			used += (size_t)snprintf(to + used, 16, "\\u{%X}", c);
		} else {
			memcpy(to + used, t, size);
			used += size;
		}
		t += size;
	}
	if (*t) {
		memcpy(to + used, "...", 3);
		used += 3;
	}
	to[used] = '\0';
	return to;
}

const char *safe_log(const char *origin)
{
	const char *slash = origin ? strchr(origin, '/') : NULL;
	return safe(slash ? slash + 1 : origin);
}
