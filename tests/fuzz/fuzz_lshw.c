/* The tree of lshw. */
#include "tests/fuzz/fuzz_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read(BENCH_LSHW, data, size);
	return 0;
}
