/* RFC 6962 trees against files that nobody of this project wrote. */
#include "proto/log/tree.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"
#include "tests/unit/vectors.h"

static void agrees_with_rfc6962_roots(void **state)
{
	const char *path = vector_path("tlog/rfc6962-roots.json");
	json_t *top, *leaves, *roots;
	struct ram_log l;
	struct hash root, want;
	uint8_t leaf[64];

	(void)state;
	if (!path)
		return;
	top = json_load_file(path, 0, NULL);
	leaves = json_object_get(top, "leaves_hex");
	roots = json_object_get(top, "root_hex_by_size");
	assert_int_equal(json_array_size(roots), json_array_size(leaves) + 1);
	ram_log_init(&l);
	for (size_t i = 0; i < json_array_size(roots); i++) {
		frontier_root(&l.frontier, &root);
		assert_int_equal(hex_read(want.b, HASH_SIZE,
					  json_string_value(json_array_get(roots, i))), 0);
		assert_true(hash_equal(&root, &want));
		if (i < json_array_size(leaves)) {
			const char *hex = json_string_value(json_array_get(leaves, i));

			assert_int_equal(hex_read(leaf, strlen(hex) / 2, hex), 0);
			ram_log_append(&l, leaf, strlen(hex) / 2);
		}
	}
	ram_log_clear(&l);
	json_decref(top);
}

/* A hash of a vector; -1 when it is of another size, as some are on purpose. */
static int vector_hash(const json_t *text, struct hash *out)
{
	uint8_t bytes[256];
	const char *s = json_string_value(text);

	if (!s || base64_read(bytes, sizeof bytes, s, strlen(s)) != HASH_SIZE)
		return -1;
	memcpy(out->b, bytes, HASH_SIZE);
	return 0;
}

static int vector_proof(const json_t *list, struct proof *p)
{
	memset(p, 0, sizeof *p);
	if (json_array_size(list) > PROOF_HASHES_MAX)
		return -1;
	for (; p->count < json_array_size(list); p->count++) {
		if (vector_hash(json_array_get(list, p->count), &p->hash[p->count]))
			return -1;
	}
	return 0;
}

static uint64_t vector_number(const json_t *top, const char *key)
{
	const double number = json_real_value(json_object_get(top, key));

	/* one vector has 2^64 - 1, which jansson reads as a real only */
	return number < 18446744073709551615.0 ? (uint64_t)number : UINT64_MAX;
}

static int run_inclusion(const json_t *top, const struct proof *p)
{
	struct hash leaf, root;

	if (vector_hash(json_object_get(top, "leafHash"), &leaf) ||
	    vector_hash(json_object_get(top, "root"), &root))
		return -1;
	return inclusion_verify(vector_number(top, "leafIdx"), vector_number(top, "treeSize"),
				&leaf, p, &root);
}

static int run_consistency(const json_t *top, const struct proof *p)
{
	struct hash from, to;

	if (vector_hash(json_object_get(top, "root1"), &from) ||
	    vector_hash(json_object_get(top, "root2"), &to))
		return -1;
	return consistency_verify(vector_number(top, "size1"), vector_number(top, "size2"),
				  &from, &to, p);
}

static unsigned run_folder(const char *folder)
{
	char path[1400];
	DIR *dir = opendir(folder);
	const struct dirent *e;
	unsigned count = 0;

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		json_t *top;
		struct proof p;
		int rc;

		if (!strstr(e->d_name, ".json"))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		top = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
		assert_non_null(top);
		rc = vector_proof(json_object_get(top, "proof"), &p);
		if (rc == 0)
			rc = strstr(folder, "/inclusion/") ? run_inclusion(top, &p)
							   : run_consistency(top, &p);
		if ((rc != 0) != json_is_true(json_object_get(top, "wantErr")))
			fail_msg("%s: got %d", path, rc);
		json_decref(top);
		count++;
	}
	closedir(dir);
	return count;
}

static void agrees_with_merkle_vectors(void **state)
{
	static const char *const kind[] = { "inclusion", "consistency" };
	const char *path = vector_path("tlog/merkle-vectors");
	char top[1024], folder[1100];
	unsigned count = 0;

	(void)state;
	if (!path)
		return;
	snprintf(top, sizeof top, "%s", path);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(folder, sizeof folder, "%s/%s/%u", top, kind[i / 3], i % 3);
		count += run_folder(folder);
	}
	assert_int_equal(count, 92);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_rfc6962_roots),
		cmocka_unit_test(agrees_with_merkle_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
