/* A newcomer's request to be admitted. */
#include "proto/log/request.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	struct member m;
	char network[NETWORK_MAX + 1];
	struct buffer b;
	if (request_open((struct span){ data, size }, network, &m, &f))
		return 0;
	REQUIRE(network_name_is_valid(network));
	REQUIRE(member_name_is_valid(m.name));
	buffer_init(&b, ENTRY_SIZE_MAX);
	REQUIRE(admit_write(&b, &m, 0, &f) == 0);
	buffer_clear(&b);
	return 0;
}
