/* Evidence of a fork: what is taken apart and proves is written as the same bytes. */
#include "proto/log/evidence.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span bytes = { data, size };
	struct fork_evidence e;
	struct buffer again;
	struct fault f;

	if (evidence_parse(&e, bytes, &f)) {
		REQUIRE(f.code == FAULT_INPUT);
		return 0;
	}
	REQUIRE(e.proof.count <= PROOF_HASHES_MAX && e.common_small.count <= PROOF_HASHES_MAX);
	buffer_init(&again, EVIDENCE_BYTES_MAX);
	if (evidence_write(&e, &again, &f) == 0)
		REQUIRE(again.used == size && memcmp(again.data, data, size) == 0);
	buffer_clear(&again);
	return 0;
}
