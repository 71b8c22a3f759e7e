/* The bare LMDB log. */
#include "tests/bench/bare.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_SIZE (SERIAL_LENGTH + 8)

struct sorted {
	uint8_t key[KEY_SIZE];
};

static EVP_MD_CTX *hasher;
static EVP_MD *sha256;
static uint8_t sign_key[crypto_sign_SECRETKEYBYTES];

static void must(int rc, const char *what)
{
	if (rc)
		die("LMDB: %s: %s", what, mdb_strerror(rc));
}

/* The fastest way here: one context, one fetch, the SHA instructions. */
static void hash2(uint8_t prefix, const void *a, size_t a_size, const void *b, size_t b_size,
		  uint8_t out[32])
{
	EVP_DigestInit_ex2(hasher, sha256, NULL);
	EVP_DigestUpdate(hasher, &prefix, 1);
	EVP_DigestUpdate(hasher, a, a_size);
	if (b_size > 0)
		EVP_DigestUpdate(hasher, b, b_size);
	EVP_DigestFinal_ex(hasher, out, NULL);
}

static void put_be64(uint8_t *to, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(to, &v, 8);
}

void bare_open(struct bare *b, const char *dir, bool proves)
{
	uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
	MDB_txn *t;
	MDB_stat s;

	memset(b, 0, sizeof *b);
	b->proves = proves;
	hasher = EVP_MD_CTX_new();
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	crypto_sign_keypair(public_key, sign_key);
	mkdir(dir, 0700);
	must(mdb_env_create(&b->env), "create");
	must(mdb_env_set_maxdbs(b->env, 4), "maxdbs");
	must(mdb_env_set_mapsize(b->env, 64ul << 30), "mapsize");
	must(mdb_env_open(b->env, dir, MDB_NOTLS, 0600), "open");
	must(mdb_txn_begin(b->env, NULL, 0, &t), "begin");
	must(mdb_dbi_open(t, "log", MDB_CREATE | MDB_INTEGERKEY, &b->log), "log");
	must(mdb_dbi_open(t, "index", MDB_CREATE, &b->index), "index");
	must(mdb_dbi_open(t, "tree", MDB_CREATE | MDB_INTEGERKEY, &b->tree), "tree");
	must(mdb_dbi_open(t, "heads", MDB_CREATE | MDB_INTEGERKEY, &b->heads), "heads");
	must(mdb_stat(t, b->log, &s), "stat");
	b->size = s.ms_entries;
	must(mdb_txn_commit(t), "commit");
}

void bare_close(struct bare *b)
{
	mdb_env_close(b->env);
	free(b->order);
	EVP_MD_CTX_free(hasher);
	EVP_MD_free(sha256);
}

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, KEY_SIZE);
}

static void index_batch(struct bare *b, MDB_txn *t, const struct stored_event *event,
			unsigned count)
{
	MDB_val empty = { 0, NULL };

	b->order = realloc(b->order, count * sizeof *b->order);
	for (unsigned i = 0; i < count; i++) {
		memcpy(b->order[i].key, event[i].serial, SERIAL_LENGTH);
		put_be64(b->order[i].key + SERIAL_LENGTH, b->size + i);
	}
	qsort(b->order, count, sizeof *b->order, by_key);
	for (unsigned i = 0; i < count; i++) {
		MDB_val key = { KEY_SIZE, b->order[i].key };
		must(mdb_put(t, b->index, &key, &empty, 0), "index");
	}
}

/* Adds a leaf to the tree's right edge; stores each tile when it is full. */
static void prove_entry(struct bare *b, MDB_txn *t, uint64_t index,
			const struct stored_event *event)
{
	uint8_t node[32];
	unsigned level = 0;

	hash2(0, event->bytes, event->size, NULL, 0, node);
	memcpy(b->tile[index % TILE], node, 32);
	for (uint64_t rest = index; rest & 1; rest >>= 1, level++)
		hash2(1, b->edge[level], 32, node, 32, node);
	memcpy(b->edge[level], node, 32);
	if (index % TILE == TILE - 1) {
		size_t number = index / TILE;
		MDB_val key = { sizeof number, &number }, value = { sizeof b->tile, b->tile };
		must(mdb_put(t, b->tree, &key, &value, 0), "tree");
	}
}

static void edge_root(const struct bare *b, uint64_t size, uint8_t root[32])
{
	bool has = false;

	for (unsigned level = 0; level < 64; level++) {
		if (!(size >> level & 1))
			continue;
		if (has)
			hash2(1, b->edge[level], 32, root, 32, root);
		else
			memcpy(root, b->edge[level], 32);
		has = true;
	}
}

/* The part of a tile that is not full, and the head, signed. */
static void prove_batch(struct bare *b, MDB_txn *t)
{
	size_t number = b->size / TILE, zero = 0;
	MDB_val key = { sizeof number, &number };
	MDB_val value = { 32 * (b->size % TILE), b->tile };
	uint8_t head[8 + 32 + crypto_sign_BYTES];

	if (value.mv_size > 0)
		must(mdb_put(t, b->tree, &key, &value, 0), "tree");
	put_be64(head, b->size);
	edge_root(b, b->size, head + 8);
	crypto_sign_detached(head + 40, NULL, head, 40, sign_key);
	key = (MDB_val){ sizeof zero, &zero };
	value = (MDB_val){ sizeof head, head };
	must(mdb_put(t, b->heads, &key, &value, 0), "heads");
}

void bare_append(struct bare *b, const struct stored_event *event, unsigned count)
{
	MDB_txn *t;

	must(mdb_txn_begin(b->env, NULL, 0, &t), "begin");
	for (unsigned i = 0; i < count; i++) {
		size_t index = b->size + i;
		MDB_val key = { sizeof index, &index };
		MDB_val value = { event[i].size, (void *)event[i].bytes };
		must(mdb_put(t, b->log, &key, &value, MDB_APPEND), "log");
		if (b->proves)
			prove_entry(b, t, index, &event[i]);
	}
	index_batch(b, t, event, count);
	b->size += count;
	if (b->proves)
		prove_batch(b, t);
	must(mdb_txn_commit(t), "commit");
}

unsigned bare_lookup(struct bare *b, const char *serial, uint8_t *to, size_t room, size_t *size)
{
	MDB_val key = { SERIAL_LENGTH, (void *)serial }, value, at, entry;
	unsigned count = 0;
	MDB_cursor *c;
	MDB_txn *t;

	*size = 0;
	must(mdb_txn_begin(b->env, NULL, MDB_RDONLY, &t), "begin");
	must(mdb_cursor_open(t, b->index, &c), "cursor");
	int rc = mdb_cursor_get(c, &key, &value, MDB_SET_RANGE);
	while (rc == 0 && memcmp(key.mv_data, serial, SERIAL_LENGTH) == 0) {
		uint64_t be;
		memcpy(&be, (uint8_t *)key.mv_data + SERIAL_LENGTH, 8);
		size_t index = __builtin_bswap64(be);
		at = (MDB_val){ sizeof index, &index };
		must(mdb_get(t, b->log, &at, &entry), "get");
		if (*size + entry.mv_size > room)
			break;
		memcpy(to + *size, entry.mv_data, entry.mv_size);
		*size += entry.mv_size;
		count++;
		rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	}
	mdb_cursor_close(c);
	mdb_txn_abort(t);
	return count;
}

uint64_t bare_scan(struct bare *b, uint8_t root[32])
{
	uint64_t count = 0;
	MDB_val key, entry;
	MDB_cursor *c;
	MDB_txn *t;

	must(mdb_txn_begin(b->env, NULL, MDB_RDONLY, &t), "begin");
	must(mdb_cursor_open(t, b->log, &c), "cursor");
	for (; mdb_cursor_get(c, &key, &entry, MDB_NEXT) == 0; count++) {
		uint8_t node[32];
		unsigned level = 0;
		hash2(0, entry.mv_data, entry.mv_size, NULL, 0, node);
		for (uint64_t rest = count; rest & 1; rest >>= 1, level++)
			hash2(1, b->edge[level], 32, node, 32, node);
		memcpy(b->edge[level], node, 32);
	}
	mdb_cursor_close(c);
	mdb_txn_abort(t);
	edge_root(b, count, root);
	return count;
}

double bare_file_bytes(struct bare *b)
{
	MDB_envinfo info;
	MDB_stat stat;

	must(mdb_env_info(b->env, &info), "info");
	must(mdb_env_stat(b->env, &stat), "stat");
	return (double)(info.me_last_pgno + 1) * stat.ms_psize;
}
