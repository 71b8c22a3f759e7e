/* Both directions of the control socket. */
#include "proto/wire/control.pb-c.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_turn(&trac__request__descriptor, (struct span){ data, size }, UNPACK_STRICT);
	fuzz_turn(&trac__reply__descriptor, (struct span){ data, size }, UNPACK_STRICT);
	return 0;
}
