/* Entries of any log, also of a newer version. */
#include "proto/wire/event.pb-c.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > ENTRY_SIZE_MAX)
		return 0;
	fuzz_turn(&trac__event__descriptor, (struct span){ data, size }, UNPACK_KEEP_UNKNOWN);
	fuzz_turn(&trac__event__descriptor, (struct span){ data, size }, UNPACK_STRICT);
	return 0;
}
