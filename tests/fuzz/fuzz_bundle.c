/* Bundles: the message, then every proof in it. */
#include "proto/log/bundle.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = { .code = FAULT_NONE };
	struct opened_bundle bundle;
	struct span bytes = { data, size };

	fuzz_turn(&trac__bundle__descriptor, bytes, UNPACK_STRICT);
	if (bundle_open(&bundle, bytes, fuzz_authority_key(), &f) == 0) {
		for (unsigned i = 0; i < bundle.count; i++)
			REQUIRE(bundle.entry[i].author);
		bundle_clear(&bundle);
	} else {
		REQUIRE(f.code != FAULT_NONE && f.text[0]);
	}
	return 0;
}
