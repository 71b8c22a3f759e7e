/* One line of JSON as an event: what is accepted is an event that tracd accepts. */
#include "cli/fields.h"
#include "tests/fuzz/fuzz.h"

#define NOW_MS 1772442251000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fields l = { .count = 0 };
	struct fault f = { .code = FAULT_NONE };
	struct defaults d = { .commune = "67482", .now_ms = NOW_MS, .id = { 7 } };
	struct buffer b;
	uint8_t id[EVENT_ID_SIZE];
	if (fields_from_json(&l, (const char *)data, size, &f) == 0) {
		buffer_init(&b, 2 * ENTRY_SIZE_MAX);
		if (fields_event(&l, &d, &b, id, &f) == 0)
			REQUIRE(event_check(fuzz_span(&b), NOW_MS, &f) == 0);
		else
			REQUIRE(f.code != FAULT_NONE && f.text[0]);
		buffer_clear(&b);
	} else {
		REQUIRE(f.code != FAULT_NONE && f.text[0]);
	}
	fields_clear(&l);
	return 0;
}
