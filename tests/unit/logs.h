/*
 * For tests: logs in memory, members with keys from fixed seeds, a network of
 * them, and bundles. What cannot fail in a test ends it by assert.
 */
#ifndef TRAC_TESTS_UNIT_LOGS_H
#define TRAC_TESTS_UNIT_LOGS_H

#include "proto/log/bundle.h"
#include "proto/log/registry.h"
#include "proto/log/request.h"

#define RAM_LEVELS 20

/* A log in memory with all its perfect subtrees; at most 2^(RAM_LEVELS - 1) entries. */
struct ram_log {
	struct frontier frontier;
	struct hash *node[RAM_LEVELS];      /* owned; by level, then index */
	size_t room[RAM_LEVELS];
	struct span *entry;                 /* owned, and their bytes */
	size_t entry_room;
};

void ram_log_init(struct ram_log *l);
void ram_log_clear(struct ram_log *l);
void ram_log_append(struct ram_log *l, const void *entry, size_t size);
uint64_t ram_log_size(const struct ram_log *l);
/* Borrows l. */
struct tree_reader ram_log_reader(struct ram_log *l);
/* The checkpoint of the first size entries. */
void ram_log_checkpoint(struct ram_log *l, const char *origin, uint64_t size,
			struct checkpoint *out);
/* The leaf hashes of [0, size), to be freed. */
struct hash *ram_log_leaves(const struct ram_log *l);

/* A member, its secret key and its log. */
struct test_member {
	struct member member;
	struct signer *signer;
	struct ram_log log;
	uint64_t signed_size;               /* entries below are under its checkpoint */
};

/* A network: its authority, its member log and the registry of it. */
struct test_network {
	const char *name;
	struct test_member authority;
	struct ram_log members;
	struct signer *signer;              /* the authority's key under the member log's name */
	struct registry *registry;
	int64_t time_ms;                    /* of the next statement; rises by a second */
};

/* Founds the network; the seed of a key is 32 times its byte. */
void test_network_init(struct test_network *n, const char *name, uint8_t seed);
void test_network_clear(struct test_network *n);
/* Appends a statement to the member log and the registry. */
void test_network_say(struct test_network *n, const struct buffer *statement);
/* A member with its keys, not admitted yet; and admitted. */
void test_member_init(struct test_member *t, const char *network, const char *name,
		      enum _Trac__Role role, uint8_t seed);
void test_member_clear(struct test_member *t);
void test_network_admit(struct test_network *n, struct test_member *t, const char *name,
			enum _Trac__Role role, uint8_t seed);
void test_network_revoke(struct test_network *n, const char *name, uint64_t from_index);

/* The signed checkpoint of the first size entries, appended to out. */
void test_sign(struct ram_log *l, const struct signer *s, uint64_t size, struct buffer *out);
/* A bundle of all entries of these members; those from signed_size on are pending. */
void test_bundle(struct test_network *n, struct test_member *const *member, size_t count,
		 struct buffer *out);

#define SPAN(buffer) ((struct span){ (buffer).data, (buffer).used })

#endif
