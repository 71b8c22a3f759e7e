/* Repairing one log: what can be proved of it is copied. */
#include "store/repair_inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/aside.h"
#include "store/branch.h"
#include "store/row.h"
#include "store/tree_row.h"

/* Entries written in one transaction. */
#define STEP 1000
/* Damaged entries that are named and kept one by one; the whole file is kept anyway. */
#define NAMED_MAX 100

struct log_repair {
	struct repairing *p;
	uint32_t log, to;
	char origin[ORIGIN_MAX + 1];
	bool own;
	uint64_t held;               /* as the store says */
	uint64_t proved;             /* these make up a head, or the frontier */
	uint64_t kept;               /* of held, in place */
	uint64_t signed_size;        /* own: what peers may have of it */
	struct checkpoint head[HEAD_KINDS];
	struct span note[HEAD_KINDS];    /* size 0: none, or damaged */
	uint8_t bytes[HEAD_KINDS][CHECKPOINT_BYTES_MAX];
	uint64_t moved, lost;
};

/* --- reading what may be damaged --- */

static struct txn *reader(struct repairing *p)
{
	if (p->t && txn_failed(p->t)) {
		txn_abort(p->t);
		p->t = NULL;
	}
	if (!p->t)
		p->t = txn_begin(p->from, false, p->f);
	return p->t;
}

/* Readers are begun anew at times: they hold pages. false: not there, or no entry. */
static bool entry_at(const struct log_repair *k, uint64_t index, struct span *out)
{
	struct txn *t = reader(k->p);

	return t && log_entry(t, k->log, index, out) && out->size > 0 &&
	       out->size <= ENTRY_SIZE_MAX;
}

/* Does the entry have the hash that was stored with it? */
static bool is_as_stored(const struct log_repair *k, uint64_t index, struct span entry)
{
	const uint8_t *hashes;
	struct hash leaf;

	hash_leaf(entry.data, entry.size, &leaf);
	return tree_row_get(k->p->t, k->log, 0, index / TREE_GROUP, &hashes) >
		index % TREE_GROUP &&
		memcmp(hashes + index % TREE_GROUP * HASH_SIZE, leaf.b, HASH_SIZE) == 0;
}

static bool is_good(const struct log_repair *k, uint64_t index, struct span *entry)
{
	return entry_at(k, index, entry) && is_as_stored(k, index, *entry);
}

/* --- heads --- */

/* A head that says what it is filed as, by who may say it. */
static bool head_is_good(struct log_repair *k, enum head_kind kind, struct span note)
{
	const struct repairing *p = k->p;
	char origin[ORIGIN_MAX + 1];
	struct checkpoint told;
	struct fault why;
	struct note n;

	if (note.size > CHECKPOINT_BYTES_MAX || note_parse(&n, note, &why) ||
	    checkpoint_parse(&told, n.text, &why))
		return false;
	branch_main(k->origin, origin);
	if (strcmp(told.origin, origin) != 0 || told.size != k->head[kind].size ||
	    !hash_equal(&told.root, &k->head[kind].root))
		return false;
	return !p->keys || check_keys_signed(p->keys, origin, note, &why) == 0;
}

static void heads_read(struct log_repair *k)
{
	static const char *const name[HEAD_KINDS] = { "proved", "target", "seen", "vouched" };

	for (unsigned i = 0; i < HEAD_KINDS; i++) {
		struct txn *t = reader(k->p);
		struct span note;

		if (!t || !head_get(t, k->log, (enum head_kind)i, &k->head[i], &note)) {
			/* one that is damaged may have been signed over all */
			if (t && txn_failed(t) && k->own)
				k->signed_size = k->held;
			continue;
		}
		if (head_is_good(k, (enum head_kind)i, note)) {
			memcpy(k->bytes[i], note.data, note.size);
			k->note[i] = (struct span){ k->bytes[i], note.size };
			if (k->head[i].size > k->signed_size)
				k->signed_size = k->head[i].size;
			continue;
		}
		k->signed_size = k->held;
		repair_tell(k->p, "%s: its %s head is damaged and dropped: %s", k->origin, name[i],
			    k->own ? "it is signed again, or comes back from peers" : "peers tell it again");
	}
}

static int heads_write(struct log_repair *k)
{
	struct txn *t = txn_begin(k->p->to, true, k->p->f);

	if (!t)
		return -1;
	for (unsigned i = 0; i < HEAD_KINDS; i++) {
		if (k->note[i].size == 0)
			continue;
		if (head_take(t, k->to, &k->head[i], k->note[i], k->p->f) && !txn_failed(t))
			repair_tell(k->p, "a head is dropped: %s", k->p->f->text);
	}
	if (k->own && k->kept < k->signed_size)
		aside_set_doubt(t, aside_open(t, k->origin), true);
	return txn_commit(t, k->p->f);
}

/* --- how far it is proved --- */

static void proved_by(struct log_repair *k, const struct frontier *have,
		      const struct frontier *said)
{
	struct hash root, want;

	frontier_root(have, &root);
	for (unsigned i = 0; i < HEAD_KINDS; i++) {
		if (k->note[i].size > 0 && k->head[i].size == have->size &&
		    hash_equal(&k->head[i].root, &root))
			k->proved = have->size;
	}
	if (have->size != said->size)
		return;
	frontier_root(said, &want);
	if (hash_equal(&want, &root))
		k->proved = have->size;
}

/* Entries that together have the root of a head are good, whatever the hashes beside them
 * say; beyond, each has to have the hash that was stored with it. */
static void find_kept(struct log_repair *k, const struct frontier *said)
{
	struct frontier have;
	struct span entry;
	struct hash leaf;

	frontier_init(&have);
	proved_by(k, &have, said);
	while (have.size < k->held && entry_at(k, have.size, &entry)) {
		hash_leaf(entry.data, entry.size, &leaf);
		frontier_append(&have, &leaf, NULL, NULL);
		proved_by(k, &have, said);
	}
	k->kept = k->proved;
	while (k->kept < k->held && is_good(k, k->kept, &entry))
		k->kept++;
}

/* --- copying --- */

static int copy_step(struct log_repair *k, uint64_t first, unsigned count)
{
	struct span entry[STEP];
	struct repairing *p = k->p;

	for (unsigned i = 0; i < count; i++) {
		if (!entry_at(k, first + i, &entry[i]))
			return fault_set(p->f, FAULT_IO, "%s/%llu cannot be read twice",
					 k->origin, (unsigned long long)(first + i));
	}
	struct txn *t = txn_begin(p->to, true, p->f);
	if (!t)
		return -1;
	log_append(t, k->to, entry, count, NULL);
	if (txn_commit(t, p->f))
		return -1;
	p->r->kept += count;
	if (p->r->progress)
		p->r->progress(p->r->ctx, p->r->kept);
	return 0;
}

static int copy_kept(struct log_repair *k)
{
	for (uint64_t i = 0; i < k->kept; i += STEP) {
		if (copy_step(k, i, k->kept - i < STEP ? (unsigned)(k->kept - i) : STEP))
			return -1;
	}
	return 0;
}

/* The bytes of an own entry that nobody else has. */
static void keep_bytes(struct log_repair *k, uint64_t index, struct span entry)
{
	char name[ORIGIN_MAX + 80];
	size_t size = (size_t)snprintf(name, sizeof name, "%s-%llu-of-%s", k->origin,
				       (unsigned long long)index, k->p->r->old);

	for (size_t i = 0; i < size; i++)
		name[i] = name[i] == '/' ? '_' : name[i];
	bool kept = false;
	int fd = k->p->aside_fd < 0 ? -1 :
		openat(k->p->aside_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		kept = write(fd, entry.data, entry.size) == (ssize_t)entry.size && fsync(fd) == 0;
		close(fd);
	}
	repair_tell(k->p, "%s/%llu was never published and is damaged: nobody has it; %s%s",
		    k->origin, (unsigned long long)index,
		    kept ? "its bytes are kept in aside/" : "its bytes would be kept in aside/",
		    name);
}

static void lose(struct log_repair *k, uint64_t index)
{
	struct span entry;

	if (k->lost++ >= NAMED_MAX)
		return;
	if (entry_at(k, index, &entry))
		keep_bytes(k, index, entry);
	else
		repair_tell(k->p, "%s/%llu was never published and is not to be found: nobody has "
			    "it", k->origin, (unsigned long long)index);
}

/* Where the tail of the own log goes: behind itself when nobody knows it, else aside. */
static uint32_t tail_log(struct log_repair *k, struct txn *t)
{
	return k->kept < k->signed_size ? aside_open(t, k->origin) : k->to;
}

static int save_step(struct log_repair *k, uint64_t *at)
{
	struct txn *t = txn_begin(k->p->to, true, k->p->f);
	uint64_t end = k->held - *at > STEP ? *at + STEP : k->held;
	struct span entry;

	if (!t)
		return -1;
	uint32_t to = tail_log(k, t);
	for (; *at < end; ++*at) {
		if (is_good(k, *at, &entry)) {
			log_append(t, to, &entry, 1, NULL);
			k->moved++;
		} else if (*at >= k->signed_size) {
			lose(k, *at);
		}
	}
	return txn_commit(t, k->p->f);
}

static int save_tail(struct log_repair *k)
{
	for (uint64_t at = k->kept; at < k->held; ) {
		if (save_step(k, &at))
			return -1;
	}
	return 0;
}

static void say(struct log_repair *k)
{
	unsigned long long kept = k->kept, held = k->held, moved = k->moved, lost = k->lost;

	if (k->kept == k->held)
		return;
	if (!k->own)
		repair_tell(k->p, "%s: %llu of %llu entries are kept, the others are fetched again "
			    "from peers", k->origin, kept, held);
	else if (k->kept < k->signed_size)
		repair_tell(k->p, "%s: %llu of %llu entries are kept; what was signed of the others "
			    "comes back from peers, %llu wait aside until then", k->origin, kept,
			    held, moved);
	else
		repair_tell(k->p, "%s: %llu of %llu entries are kept, %llu that were never published "
			    "are lost", k->origin, kept + moved, held, lost);
}

/* --- what log it is --- */

/* Of a row that may be damaged: then it has a name of its own, and no entries. */
static void identify(struct log_repair *k, struct frontier *said)
{
	struct txn *t = reader(k->p);

	frontier_init(said);
	if (t && log_origin(t, k->log, k->origin) && log_frontier(t, k->log, said))
		k->held = said->size;
	else
		snprintf(k->origin, sizeof k->origin, "lost/%u", (unsigned)k->log);
}

static bool is_members(const struct repairing *p, const char *origin)
{
	return p->r->authority && !strcmp(origin, p->r->authority->name);
}

static bool is_own(const struct repairing *p, const char *origin)
{
	const struct verifier *own = p->r->own, *authority = p->r->authority;
	size_t size = own ? strlen(own->name) : 0;
	char main[ORIGIN_MAX + 1];

	/* the other branch of the own log comes from peers */
	if (!own || branch_main(origin, main))
		return false;
	if (!strncmp(origin, own->name, size) && (origin[size] == '\0' || origin[size] == '/'))
		return true;
	return is_members(p, origin) && !memcmp(own->key, authority->key, KEY_SIZE);
}

int repair_log_make(struct repairing *p, uint32_t log)
{
	struct log_repair k = { .p = p, .log = log };
	struct txn *t = txn_begin(p->to, true, p->f);
	struct frontier said;

	if (!t)
		return -1;
	identify(&k, &said);
	k.to = log_open(t, k.origin);
	if (txn_commit(t, p->f))
		return -1;
	if (k.to == log)
		return 0;
	return fault_set(p->f, FAULT_IO, "log %u and another one are both %s", (unsigned)log,
			 k.origin);
}

int repair_log(struct repairing *p, uint32_t log)
{
	struct log_repair k = { .p = p, .log = log, .to = log };
	struct frontier said;

	identify(&k, &said);
	k.own = is_own(p, k.origin);
	if (p->r->fence && !strcmp(k.origin, p->r->fence->origin))
		k.signed_size = p->r->fence->size;
	heads_read(&k);
	find_kept(&k, &said);
	/* statements do not wait aside: peers tell them again, or the authority */
	if (k.kept < k.signed_size && is_members(p, k.origin))
		k.own = false;
	if (copy_kept(&k) || heads_write(&k) || (k.own && save_tail(&k)))
		return -1;
	say(&k);
	p->r->fetched += k.own && k.kept >= k.signed_size ? 0 : k.held - k.kept;
	p->r->aside += k.kept < k.signed_size ? k.moved : 0;
	p->r->lost += k.lost;
	return 0;
}
