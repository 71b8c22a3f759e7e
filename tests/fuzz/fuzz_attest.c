/* The signed note under a donor's proof: what reads is written to the same text. */
#include <strings.h>

#include "proto/log/attest.h"
#include "proto/log/note.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	struct attest a;
	struct note n;
	struct buffer text;
	struct span bytes = { data, size };
	if (attest_claim(bytes, &a, &f) < 0) {
		REQUIRE(f.code == FAULT_INPUT);
		return 0;
	}
	REQUIRE(note_parse(&n, bytes, &f) == 0);
	buffer_init(&text, NOTE_BYTES_MAX);
	REQUIRE(attest_write(&a, &text, &f) == 0);
	/* the case of hexadecimal digits is the only freedom */
	REQUIRE(text.used == n.text.size);
	REQUIRE(strncasecmp((const char *)text.data, (const char *)n.text.data, text.used) == 0);
	buffer_clear(&text);
	return 0;
}
