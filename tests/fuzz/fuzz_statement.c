/*
 * The member log on a fresh registry. The input is a row of statements, each
 * behind its length (two bytes, big-endian).
 */
#include "proto/log/registry.h"
#include "tests/fuzz/fuzz.h"

static void try_statement(struct registry *r, struct span statement)
{
	struct fault f;
	uint64_t size = registry_size(r);
	unsigned count = registry_count(r);
	int checked = registry_check(r, statement, &f);
	int applied = registry_apply(r, size, statement, &f);
	REQUIRE(checked == applied);
	REQUIRE(registry_size(r) == size + (applied == 0));
	REQUIRE(applied == 0 || registry_count(r) == count);
	for (unsigned i = 0; i < registry_count(r); i++) {
		const struct member *m = registry_member(r, i);
		REQUIRE(member_name_is_valid(m->name));
		REQUIRE(registry_by_name(r, m->name) == m);
		REQUIRE(registry_by_log(r, &m->log) == m);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registry *r = registry_create(FUZZ_NETWORK, fuzz_authority_key());
	REQUIRE(r);

	struct reader in;
	reader_init(&in, data, size);
	while (in.left > 0 && !in.failed) {
		struct span statement;
		statement.size = read_u16(&in);
		statement.data = read_bytes(&in, statement.size);
		if (statement.data)
			try_statement(r, statement);
	}
	registry_destroy(r);
	return 0;
}
