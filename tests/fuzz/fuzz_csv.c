/* CSV as people hand it in. */
#include "cli/csv.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv c;
	struct fault f = { .code = FAULT_NONE };
	int got;
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	if (!in)
		return 0;
	got = csv_open(&c, in, &f);
	while (got == 0 && (got = csv_next(&c, &f)) > 0) {
		REQUIRE(c.cells == c.columns && c.cells <= CSV_COLUMNS_MAX);
		for (unsigned i = 0; i < c.cells; i++)
			REQUIRE(text_is_clean(c.cell[i], strlen(c.cell[i])));
		got = 0;
	}
	REQUIRE(got >= 0 || (f.code != FAULT_NONE && f.text[0]));
	csv_close(&c);
	fclose(in);
	return 0;
}
