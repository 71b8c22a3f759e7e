/* Tiles and single proofs: the examples of their formats, foreign files, every changed byte. */
#include "proto/log/tile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/tlog_proof.h"
#include "tests/unit/logs.h"
#include "tests/unit/vectors.h"

static void paths_are_those_of_the_format(void **state)
{
	static const struct {
		const char *path;
		struct tile tile;
	} good[] = {
		{ "tile/0/000", { false, 0, 0, 256 } },
		{ "tile/0/x001/x234/067", { false, 0, 1234067, 256 } },
		{ "tile/1/000.p/17", { false, 1, 0, 17 } },
		{ "tile/entries/x273/112.p/1", { true, 0, 273112, 1 } },
		{ "tile/63/x018/x446/x744/x073/x709/x551/615.p/255",
		  { false, 63, UINT64_MAX, 255 } },
	};
	static const char *const bad[] = {
		"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000",
		"tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/001/234", "tile/0/x001",
		"tile/0/x001/x234", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/",
		"tile/0/000.p/01", "tile/0/000/", "/tile/0/000", "tile/-1/000", "tile/data/000",
		"tile/0/x018/x446/x744/x073/x709/x551/616", "tile/8/0/000",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
	};
	struct fault f;
	struct tile t;
	char path[TILE_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(tile_parse(good[i].path, &t, &f), 0);
		assert_int_equal(t.entries, good[i].tile.entries);
		assert_int_equal(t.level, good[i].tile.level);
		assert_true(t.number == good[i].tile.number);
		assert_int_equal(t.width, good[i].tile.width);
		tile_path(&t, path);
		assert_string_equal(path, good[i].path);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (tile_parse(bad[i], &t, &f) == 0)
			fail_msg("\"%s\" is taken for a tile", bad[i]);
		assert_int_equal(f.code, FAULT_INPUT);
	}
}

static unsigned last_width(unsigned level, uint64_t size)
{
	struct tile t;

	tile_at(level, false, tile_count(level, size) - 1, size, &t);
	return t.width;
}

/* "Size 256 -> full level-0 tile + level-1 partial W=1. Size 70,000 -> 273 full + W=112
 * (L0), 1 full + W=17 (L1), W=1 (L2)." */
static void sizes_have_the_tiles_of_the_format(void **state)
{
	const struct tile whole = { false, 0, 272, 256 }, part = { false, 0, 273, 112 };
	const struct tile older = { false, 0, 273, 40 }, ahead = { false, 0, 273, 113 };
	const struct tile huge = { false, 0, UINT64_MAX, 1 };

	(void)state;
	assert_int_equal(tile_count(0, 0), 0);
	assert_int_equal(tile_count(0, 256), 1);
	assert_int_equal(last_width(0, 256), 256);
	assert_int_equal(tile_count(1, 256), 1);
	assert_int_equal(last_width(1, 256), 1);
	assert_int_equal(tile_count(1, 255), 0);
	assert_int_equal(tile_count(0, 70000), 274);
	assert_int_equal(last_width(0, 70000), 112);
	assert_int_equal(tile_count(1, 70000), 2);
	assert_int_equal(last_width(1, 70000), 17);
	assert_int_equal(tile_count(2, 70000), 1);
	assert_int_equal(last_width(2, 70000), 1);
	assert_int_equal(tile_count(3, 70000), 0);
	assert_int_equal(tile_count(9, UINT64_MAX), 0);
	assert_true(tile_exists(&whole, 70000) && tile_exists(&part, 70000));
	assert_true(tile_exists(&older, 70000));
	assert_false(tile_exists(&ahead, 70000));
	assert_false(tile_exists(&huge, UINT64_MAX));
}

static int entry_of(void *ctx, uint64_t index, struct span *out)
{
	const struct span *list = ctx;

	*out = list[index];
	return 0;
}

struct told {
	unsigned count;
	struct span entry[3];
};

static int tell(void *ctx, uint64_t index, struct span entry)
{
	struct told *t = ctx;

	assert_int_equal(index, t->count);
	t->entry[t->count++] = entry;
	return 0;
}

/* "leaves "a","b","c" ... bundle bytes 000161 000162 000163" */
static void entry_bundles_have_the_known_bytes(void **state)
{
	static const uint8_t want[] = { 0, 1, 'a', 0, 1, 'b', 0, 1, 'c' };
	const struct tile t = { true, 0, 0, 3 };
	struct span list[] = { { (const uint8_t *)"a", 1 }, { (const uint8_t *)"b", 1 },
			       { (const uint8_t *)"c", 1 } };
	struct told told = { 0 };
	struct buffer b;
	struct fault f;

	(void)state;
	buffer_init(&b, 100);
	unsigned at = 0;
	assert_int_equal(tile_entries(&t, &at, entry_of, list, &b), 0);
	assert_int_equal(at, 3);
	assert_int_equal(b.used, sizeof want);
	assert_memory_equal(b.data, want, sizeof want);
	assert_int_equal(tile_read_entries(&t, SPAN(b), tell, &told, &f), 0);
	assert_int_equal(told.count, 3);
	/* in pieces of seven bytes: two entries, then one */
	struct buffer small, tiny;
	buffer_init(&small, 7);
	at = 0;
	assert_int_equal(tile_entries(&t, &at, entry_of, list, &small), 0);
	assert_int_equal(at, 2);
	assert_int_equal(small.used, 6);
	buffer_reset(&small);
	assert_int_equal(tile_entries(&t, &at, entry_of, list, &small), 0);
	assert_int_equal(at, 3);
	assert_memory_equal(small.data, want + 6, 3);
	buffer_clear(&small);
	buffer_init(&tiny, 2);
	at = 0;
	assert_int_equal(tile_entries(&t, &at, entry_of, list, &tiny), -1);
	buffer_clear(&tiny);
	for (size_t size = 0; size < sizeof want; size++) {
		told.count = 0;
		assert_int_equal(tile_read_entries(&t, (struct span){ want, size }, tell, &told,
						   &f), -1);
	}
	const struct tile narrow = { true, 0, 0, 2 };
	told.count = 0;
	assert_int_equal(tile_read_entries(&narrow, (struct span){ want, sizeof want }, tell, &told,
					   &f), -1);
	buffer_clear(&b);
}

/* The hashes of a level are the nodes of the tree at eight times that level. */
static void tiles_hold_the_nodes_of_the_tree(void **state)
{
	struct ram_log l;
	struct tree_reader r;
	struct buffer b;
	struct hash node;
	char text[16];

	(void)state;
	ram_log_init(&l);
	for (unsigned i = 0; i < 600; i++)
		ram_log_append(&l, text, (size_t)snprintf(text, sizeof text, "%u", i));
	r = ram_log_reader(&l);
	buffer_init(&b, TILE_BYTES_MAX);
	for (unsigned level = 0; level < 2; level++) {
		for (uint64_t i = 0; i < tile_count(level, 600); i++) {
			struct tile t;
			tile_at(level, false, i, 600, &t);
			buffer_reset(&b);
			assert_int_equal(tile_hashes(&t, &r, &b), 0);
			assert_int_equal(b.used, t.width * HASH_SIZE);
			assert_int_equal(r.node(r.ctx, 8 * level, i * 256 + t.width - 1, &node), 0);
			assert_memory_equal(b.data + b.used - HASH_SIZE, node.b, HASH_SIZE);
		}
	}
	buffer_clear(&b);
	ram_log_clear(&l);
}

/* --- single proofs --- */

static int check_proof(struct span proof, struct span leaf, const struct verifier *v)
{
	struct tlog_proof p;
	struct checkpoint c;
	struct fault f;

	if (tlog_proof_parse(&p, proof, &f))
		return -1;
	return tlog_proof_check(&p, leaf, v, &c, &f);
}

static void a_foreign_proof_holds_and_no_changed_byte_of_it(void **state)
{
	size_t size, leaf_size;
	char *proof = vector_read("tlog/example.tlog-proof", &size);
	char *leaf = vector_read("tlog/example.tlog-proof.leaf", &leaf_size);
	char *vkey = vector_read("tlog/cosigned-checkpoint.log.vkey", NULL);
	struct span entry = { (uint8_t *)leaf, leaf_size }, all = { (uint8_t *)proof, size };
	struct verifier v;
	struct fault f;

	(void)state;
	if (!proof || !leaf || !vkey)
		goto out;
	vkey[strcspn(vkey, "\n")] = '\0';
	assert_int_equal(verifier_parse(&v, vkey, &f), 0);
	assert_int_equal(check_proof(all, entry, &v), 0);
	/* a cosignature behind the log's own line is not ours to check */
	size_t end = (size_t)(strstr(strstr(proof, "\n\n") + 2, "\n\n") + 2 - proof);
	end += strcspn(proof + end, "\n");
	for (size_t i = 0; i < end; i++) {
		proof[i] ^= 1;
		if (check_proof(all, entry, &v) == 0)
			fail_msg("byte %zu may change", i);
		proof[i] ^= 1;
	}
	for (size_t i = 0; i < end; i++)
		assert_int_equal(check_proof((struct span){ all.data, i }, entry, &v), -1);
	entry.size--;
	assert_int_equal(check_proof(all, entry, &v), -1);
out:
	free(proof);
	free(leaf);
	free(vkey);
}

static void what_is_written_is_read(void **state)
{
	struct tlog_proof p = { .index = 70 }, q;
	struct buffer b;
	struct fault f;

	(void)state;
	p.path.count = 3;
	for (unsigned i = 0; i < 3; i++)
		memset(p.path.hash[i].b, (int)i, HASH_SIZE);
	p.checkpoint = (struct span){ (const uint8_t *)"note", 4 };
	buffer_init(&b, TLOG_PROOF_BYTES_MAX);
	tlog_proof_write(&p, &b);
	assert_int_equal(tlog_proof_parse(&q, (struct span){ b.data, b.used }, &f), 0);
	assert_true(q.index == 70 && q.path.count == 3 && q.checkpoint.size == 4);
	assert_memory_equal(&q.path.hash[2], &p.path.hash[2], HASH_SIZE);
	buffer_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_the_format),
		cmocka_unit_test(sizes_have_the_tiles_of_the_format),
		cmocka_unit_test(entry_bundles_have_the_known_bytes),
		cmocka_unit_test(tiles_hold_the_nodes_of_the_tree),
		cmocka_unit_test(a_foreign_proof_holds_and_no_changed_byte_of_it),
		cmocka_unit_test(what_is_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
