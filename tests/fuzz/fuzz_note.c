/* Signed notes and the checkpoints in them. */
#include "proto/log/checkpoint.h"
#include "tests/fuzz/fuzz.h"

/* What parses is written so that it parses to the same. */
static void try_checkpoint(struct span text)
{
	struct fault f;
	struct checkpoint first, second;
	struct buffer b;
	if (checkpoint_parse(&first, text, &f))
		return;
	buffer_init(&b, NOTE_BYTES_MAX);
	checkpoint_write(&first, &b);
	REQUIRE(!b.failed);
	REQUIRE(checkpoint_parse(&second, fuzz_span(&b), &f) == 0);
	REQUIRE(strcmp(first.origin, second.origin) == 0);
	REQUIRE(first.size == second.size);
	REQUIRE(hash_equal(&first.root, &second.root));
	buffer_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	struct note n;
	struct span bytes = { data, size };
	if (note_parse(&n, bytes, &f) == 0) {
		REQUIRE(n.count <= NOTE_SIGNATURES_MAX);
		REQUIRE(n.text.size > 0 && n.text.data[n.text.size - 1] == '\n');
		try_checkpoint(n.text);
	}
	try_checkpoint(bytes);
	return 0;
}
