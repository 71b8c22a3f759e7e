/* Logs, members, networks and bundles in memory, for tests. */
#include "tests/unit/logs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* --- a log --- */

void ram_log_init(struct ram_log *l)
{
	memset(l, 0, sizeof *l);
}

void ram_log_clear(struct ram_log *l)
{
	for (uint64_t i = 0; i < l->frontier.size; i++)
		free((void *)l->entry[i].data);
	free(l->entry);
	for (unsigned level = 0; level < RAM_LEVELS; level++)
		free(l->node[level]);
	ram_log_init(l);
}

static void keep_node(void *ctx, unsigned level, uint64_t index, const struct hash *hash)
{
	struct ram_log *l = ctx;

	assert(level < RAM_LEVELS);
	if (index == l->room[level]) {
		l->room[level] = index ? 2 * index : 4;
		l->node[level] = must(realloc(l->node[level],
					      l->room[level] * sizeof *l->node[level]));
	}
	assert(index < l->room[level]);
	l->node[level][index] = *hash;
}

void ram_log_append(struct ram_log *l, const void *entry, size_t size)
{
	const uint64_t index = l->frontier.size;
	uint8_t *copy = must(malloc(size + 1));
	struct hash leaf;

	if (index == l->entry_room) {
		l->entry_room = index ? 2 * index : 4;
		l->entry = must(realloc(l->entry, l->entry_room * sizeof *l->entry));
	}
	if (size > 0)
		memcpy(copy, entry, size);
	l->entry[index] = (struct span){ copy, size };
	hash_leaf(entry, size, &leaf);
	frontier_append(&l->frontier, &leaf, keep_node, l);
}

uint64_t ram_log_size(const struct ram_log *l)
{
	return l->frontier.size;
}

static int read_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct ram_log *l = ctx;

	if (level >= RAM_LEVELS || index >= l->frontier.size >> level)
		return -1;
	*out = l->node[level][index];
	return 0;
}

struct tree_reader ram_log_reader(struct ram_log *l)
{
	return (struct tree_reader){ read_node, l };
}

void ram_log_checkpoint(struct ram_log *l, const char *origin, uint64_t size,
			struct checkpoint *out)
{
	const struct tree_reader t = ram_log_reader(l);

	memset(out, 0, sizeof *out);
	snprintf(out->origin, sizeof out->origin, "%s", origin);
	out->size = size;
	if (tree_root(&t, size, &out->root))
		abort();
}

struct hash *ram_log_leaves(const struct ram_log *l)
{
	struct hash *leaf = must(calloc(l->frontier.size + 1, sizeof *leaf));

	if (l->frontier.size > 0)
		memcpy(leaf, l->node[0], l->frontier.size * sizeof *leaf);
	return leaf;
}

/* --- members and networks --- */

static void fail(const struct fault *f)
{
	fprintf(stderr, "fixture: %s: %s\n", fault_name(f->code), f->text);
	abort();
}

void test_member_init(struct test_member *t, const char *network, const char *name,
		      enum _Trac__Role role, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct member *m = &t->member;
	struct fault f;

	memset(t, 0, sizeof *t);
	memset(bytes, seed, sizeof bytes);
	snprintf(m->name, sizeof m->name, "%s", name);
	snprintf(m->origin, sizeof m->origin, "%s/%s", network, name);
	log_id_of(m->origin, &m->log);
	m->role = role;
	m->revoked_from = REVOKED_NEVER;
	m->address_count = 1;
	snprintf(m->address[0], sizeof m->address[0], "tcp://%s.example:5670", name);
	snprintf(m->structure, sizeof m->structure, "12345678900011");
	snprintf(m->commune, sizeof m->commune, "67482");
	snprintf(m->title, sizeof m->title, "Atelier %s", name);
	/* no real CURVE key: any 32 bytes that differ do */
	memset(m->link_key, seed ^ 0x80, sizeof m->link_key);
	t->signer = signer_create(m->origin, KEY_ED25519, bytes, &f);
	if (!t->signer)
		fail(&f);
	m->epoch = 1;
	m->key = *signer_verifier(t->signer);
}

void test_member_clear(struct test_member *t)
{
	signer_destroy(t->signer);
	ram_log_clear(&t->log);
	memset(t, 0, sizeof *t);
}

void test_network_say(struct test_network *n, const struct buffer *statement)
{
	struct fault f;

	assert(!statement->failed);
	if (registry_apply(n->registry, registry_size(n->registry), SPAN(*statement), &f))
		fail(&f);
	ram_log_append(&n->members, statement->data, statement->used);
	n->time_ms += 1000;
}

void test_network_init(struct test_network *n, const char *name, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct buffer b;
	struct fault f;

	memset(n, 0, sizeof *n);
	n->name = name;
	n->time_ms = 1767225600000;
	test_member_init(&n->authority, name, "authority", TRAC__ROLE__AUTHORITY, seed);
	n->registry = must(registry_create(name, n->authority.member.key.key));
	memset(bytes, seed, sizeof bytes);
	n->signer = signer_create(registry_verifier(n->registry)->name, KEY_ED25519, bytes, &f);
	if (!n->signer)
		fail(&f);
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (found_write(&b, name, &n->authority.member, n->time_ms, &f))
		fail(&f);
	test_network_say(n, &b);
	buffer_clear(&b);
}

void test_network_clear(struct test_network *n)
{
	test_member_clear(&n->authority);
	ram_log_clear(&n->members);
	registry_destroy(n->registry);
	signer_destroy(n->signer);
	memset(n, 0, sizeof *n);
}

void test_network_admit(struct test_network *n, struct test_member *t, const char *name,
			enum _Trac__Role role, uint8_t seed)
{
	struct buffer b;
	struct fault f;

	test_member_init(t, n->name, name, role, seed);
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (admit_write(&b, &t->member, n->time_ms, &f))
		fail(&f);
	test_network_say(n, &b);
	buffer_clear(&b);
}

void test_network_revoke(struct test_network *n, const char *name, uint64_t from_index)
{
	struct buffer b;
	struct fault f;

	buffer_init(&b, ENTRY_SIZE_MAX);
	if (revoke_write(&b, name, from_index, TRAC__REVOKE_REASON__RETIRED, n->time_ms, &f))
		fail(&f);
	test_network_say(n, &b);
	buffer_clear(&b);
}

/* --- checkpoints and bundles --- */

void test_sign(struct ram_log *l, const struct signer *s, uint64_t size, struct buffer *out)
{
	struct checkpoint c;
	struct fault f;

	ram_log_checkpoint(l, signer_verifier(s)->name, size, &c);
	if (checkpoint_sign(&c, s, out, &f))
		fail(&f);
}

/* Entries of l; those below signed_size carry a path, unless bare. */
static void fill_log(Trac__ProvedLog *to, struct ram_log *l, uint64_t signed_size, bool bare)
{
	const struct tree_reader t = ram_log_reader(l);
	const uint64_t size = ram_log_size(l);

	to->entry = must(calloc(size + 1, sizeof *to->entry));
	for (uint64_t i = 0; i < size; i++) {
		Trac__ProvedEntry *e = must(malloc(sizeof *e));
		struct proof *p = must(calloc(1, sizeof *p));

		trac__proved_entry__init(e);
		e->has_index = e->has_bytes = 1;
		e->index = i;
		e->bytes = (ProtobufCBinaryData){ l->entry[i].size, (uint8_t *)l->entry[i].data };
		if (i >= signed_size)
			e->has_pending = e->pending = 1;
		else if (!bare && tree_inclusion(&t, i, signed_size, p))
			abort();
		e->proof = must(calloc(p->count + 1, sizeof *e->proof));
		for (; e->n_proof < p->count; e->n_proof++)
			e->proof[e->n_proof] = (ProtobufCBinaryData){
				HASH_SIZE, must(malloc(HASH_SIZE)) };
		for (unsigned k = 0; k < p->count; k++)
			memcpy(e->proof[k].data, p->hash[k].b, HASH_SIZE);
		free(p);
		to->entry[to->n_entry++] = e;
	}
}

static void free_log(Trac__ProvedLog *log)
{
	for (size_t i = 0; i < log->n_entry; i++) {
		for (size_t k = 0; k < log->entry[i]->n_proof; k++)
			free(log->entry[i]->proof[k].data);
		free(log->entry[i]->proof);
		free(log->entry[i]);
	}
	free(log->entry);
	free(log->checkpoint.data);
	free(log);
}

static Trac__ProvedLog *make_log(char *origin, struct ram_log *l, const struct signer *s,
				 uint64_t signed_size, bool bare)
{
	Trac__ProvedLog *log = must(malloc(sizeof *log));
	struct buffer note;

	trac__proved_log__init(log);
	log->origin = origin;
	fill_log(log, l, signed_size, bare);
	if (signed_size > 0) {
		buffer_init(&note, CHECKPOINT_BYTES_MAX);
		test_sign(l, s, signed_size, &note);
		log->has_checkpoint = 1;
		log->checkpoint = (ProtobufCBinaryData){ note.used, note.data };
	}
	return log;
}

void test_bundle(struct test_network *n, struct test_member *const *member, size_t count,
		 struct buffer *out)
{
	Trac__Bundle b = TRAC__BUNDLE__INIT;
	struct verifier v = *registry_verifier(n->registry);

	b.has_version = 1;
	b.version = 1;
	b.network = (char *)n->name;
	b.members = make_log(v.name, &n->members, n->signer, ram_log_size(&n->members), true);
	b.log = must(calloc(count + 1, sizeof *b.log));
	for (; b.n_log < count; b.n_log++) {
		struct test_member *t = member[b.n_log];

		b.log[b.n_log] = make_log(t->member.origin, &t->log, t->signer, t->signed_size,
					  false);
	}
	pack(&b, out);
	for (size_t i = 0; i < count; i++)
		free_log(b.log[i]);
	free(b.log);
	free_log(b.members);
}
