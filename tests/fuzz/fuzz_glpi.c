/* Inventories of GLPI, JSON and XML. */
#include "tests/fuzz/fuzz_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read(BENCH_GLPI_JSON, data, size);
	fuzz_read(BENCH_GLPI_XML, data, size);
	return 0;
}
