/* The texts of dmidecode and hdparm. */
#include "tests/fuzz/fuzz_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read(BENCH_DMIDECODE, data, size);
	fuzz_read(BENCH_HDPARM, data, size);
	return 0;
}
