/* Reports of disks as JSON: smartctl, nvme list, lsblk. */
#include "tests/fuzz/fuzz_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read(BENCH_SMARTCTL, data, size);
	fuzz_read(BENCH_NVME_LIST, data, size);
	fuzz_read(BENCH_LSBLK, data, size);
	return 0;
}
