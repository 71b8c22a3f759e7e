/* The fence files: read at the start, written before each signature. */
#include "daemon/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fence_file.h"
#include "daemon/log.h"
#include "proto/log/fence.h"
#include "store/aside.h"
#include "store/folder.h"

enum which { OWN, MEMBERS, FENCES };

static const char *const file_name[FENCES] = { "head", "members" };

struct fences {
	int folder;
	bool known[FENCES];
	bool failed;                   /* the operator was told */
	bool met[FENCES];              /* at the start, all that it proves was here */
	struct fence last[FENCES];     /* as it is on disk; while known */
};

/* --- the file --- */

static int read_one(struct node *n, enum which which, struct fault *f)
{
	struct fences *e = n->fences;
	char bytes[FENCE_BYTES_MAX + 1];
	int fd = openat(e->folder, file_name[which], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	long size;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return folder_fault(f, file_name[which], "the fence cannot be read");
	size = folder_read(fd, bytes, sizeof bytes, 0);
	close(fd);
	if (size < 0)
		return folder_fault(f, file_name[which], "the fence cannot be read");
	if (fence_parse(&e->last[which], (struct span){ (uint8_t *)bytes, (size_t)size }, f)) {
		/* it said something: now the peers must, also to a store that never signed */
		n->doubt = true;
		fault_prefix(f, "own log: the fence file '%s'", file_name[which]);
		node_alert(n, f->text);
		return 0;
	}
	e->known[which] = true;
	return 0;
}

/* --- what is signed --- */

static uint32_t number_of(const struct node *n, enum which which)
{
	return which == OWN ? n->own : n->members;
}

static const char *origin_of(const struct node *n, enum which which)
{
	return which == OWN ? n->origin : registry_verifier(n->registry)->name;
}

static void fence_of(const struct node *n, enum which which, const struct checkpoint *c,
		     struct fence *out)
{
	*out = (struct fence){ .size = c->size, .root = c->root };
	snprintf(out->origin, sizeof out->origin, "%s", origin_of(n, which));
	memcpy(out->store, store_uuid(n->store), FENCE_STORE_SIZE);
}

/* The largest head that is signed and held; false: none. */
static bool signed_now(struct node *n, struct txn *t, enum which which, struct fence *out)
{
	struct checkpoint c;

	if (!head_get(t, number_of(n, which), HEAD_PROVED, &c, NULL) || c.size == 0)
		return false;
	fence_of(n, which, &c, out);
	return true;
}

static const char unwritten[] = "own log: nothing is published until its fence can be written";

static int told(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 16];

	n->fences->failed = true;
	fence_folder(path, sizeof path, n->settings.home, n->settings.fence);
	fault_prefix(f, "%s: see to %s", unwritten, path);
	return -1;
}

static int write_one(struct node *n, enum which which, const struct fence *now, struct fault *f)
{
	struct fences *e = n->fences;
	struct buffer b;
	int rc = 0;

	buffer_init(&b, FENCE_BYTES_MAX);
	fence_write(now, &b);
	if (b.failed)
		rc = fault_set(f, FAULT_FULL, "no memory for the fence");
	else if (folder_put(e->folder, file_name[which], (struct span){ b.data, b.used }) < 0)
		rc = folder_fault(f, file_name[which], "the fence cannot be written");
	buffer_clear(&b);
	if (rc < 0)
		return told(n, f);
	if (e->failed)
		node_calm(n, unwritten);
	e->failed = false;
	e->last[which] = *now;
	e->known[which] = true;
	return 0;
}

static int keep_one(struct node *n, struct txn *t, enum which which, bool always, struct fault *f)
{
	const struct fences *e = n->fences;
	struct fence now;

	if (!signed_now(n, t, which, &now))
		return 0;
	if (!always && e->known[which] && !strcmp(now.origin, e->last[which].origin) &&
	    now.size <= e->last[which].size)
		return 0;
	return write_one(n, which, &now, f);
}

static int keep(struct node *n, bool always, struct fault *f)
{
	struct txn *t = txn_begin(n->store, false, f);
	int rc;

	if (!t)
		return -1;
	rc = keep_one(n, t, OWN, always, f);
	if (rc == 0 && n->member_signer)
		rc = keep_one(n, t, MEMBERS, always, f);
	txn_abort(t);
	return rc;
}

int fence_sign(struct node *n, const struct checkpoint *c, struct fault *f)
{
	struct fence now;

	fence_of(n, OWN, c, &now);
	return write_one(n, OWN, &now, f);
}

int fence_try(struct node *n, struct fault *f)
{
	struct txn *t = n->doubt ? NULL : txn_begin(n->store, false, f);
	int rc;

	if (!t)
		return n->doubt ? 0 : -1;
	rc = keep_one(n, t, MEMBERS, true, f);
	txn_abort(t);
	return rc;
}

int fence_keep(struct node *n, struct fault *f)
{
	/* what was signed before is fenced already, and what comes back is not new */
	return n->doubt ? 0 : keep(n, false, f);
}

static void restored_path(const struct node *n, char *out, size_t room)
{
	snprintf(out, room, "%s/restored", n->settings.home);
}

bool fence_is_restored(const struct node *n)
{
	char path[sizeof n->settings.home + 16];

	restored_path(n, path, sizeof path);
	return access(path, F_OK) == 0;
}

int fence_renew(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 16];

	if (keep(n, true, f) < 0)
		return -1;
	restored_path(n, path, sizeof path);
	if (n->restored && unlink(path) < 0 && errno != ENOENT)
		return folder_fault(f, path, "cannot be taken away");
	n->restored = false;
	return 0;
}

/* --- the start --- */

bool fence_may_know_members(const struct node *n)
{
	return fence_may_know(&n->settings, file_name[MEMBERS], origin_of(n, MEMBERS));
}

struct held {
	struct txn *txn;
	uint32_t log, aside;
};

/* What waits aside stands behind the log in the end. */
static int root_with_aside(const struct held *h, uint64_t size, struct hash *out)
{
	const uint64_t held = log_size(h->txn, h->log);
	struct frontier at;
	struct span entry;
	struct hash leaf;

	if (!h->aside || size - held > log_size(h->txn, h->aside))
		return -1;
	frontier_init(&at);
	if (held > 0 && !log_frontier(h->txn, h->log, &at))
		return -1;
	for (uint64_t i = 0; at.size < size; i++) {
		if (!log_entry(h->txn, h->aside, i, &entry))
			return -1;
		hash_leaf(entry.data, entry.size, &leaf);
		frontier_append(&at, &leaf, NULL, NULL);
	}
	frontier_root(&at, out);
	return 0;
}

static int root_of(void *ctx, uint64_t size, struct hash *out)
{
	const struct held *h = ctx;
	struct tree_reader reader;
	struct log_tree tree;

	if (size > log_size(h->txn, h->log))
		return root_with_aside(h, size, out);
	log_tree(&tree, &reader, h->txn, h->log);
	return tree_root(&reader, size, out);
}

static bool is_earlier(const struct node *n, const struct fence *e)
{
	const struct closed_log *closed;
	const struct member *m;
	struct log_id log;

	log_id_of(e->origin, &log);
	m = registry_author(n->registry, &log, &closed);
	return m && closed && !strcmp(m->name, n->settings.member) && strcmp(e->origin, n->origin);
}

static void judge(struct node *n, struct txn *t, enum which which)
{
	struct fences *e = n->fences;
	struct held held = { t, number_of(n, which),
			     which == OWN ? aside_find(t, n->origin) : 0 };
	struct fence_store s = { .origin = origin_of(n, which), .held = log_size(t, held.log),
				 .root = root_of, .ctx = &held };
	struct checkpoint c;
	enum fence_word word;

	memcpy(s.store, store_uuid(n->store), FENCE_STORE_SIZE);
	if (head_get(t, held.log, HEAD_PROVED, &c, NULL))
		s.signed_size = c.size;
	if (which == MEMBERS && n->founded && !e->known[which])
		return;
	/* the fence of an earlier epoch says nothing of this one */
	word = fence_judge(e->known[which] && !is_earlier(n, &e->last[which]) ? &e->last[which] :
			   NULL, &s);
	e->met[which] = word == FENCE_GOOD;
	if (word == FENCE_FRESH || word == FENCE_GOOD)
		return;
	n->doubt = true;
	node_alert(n, fence_sentence(word));
}

/* A fence of another log says nothing of how far this one was signed. One that was met
 * may be of a signature that never left: nobody is to be waited for with it. */
static uint64_t size_of(const struct node *n, enum which which)
{
	const struct fences *e = n->fences;

	if (!e->known[which] || e->met[which] || strcmp(e->last[which].origin, origin_of(n, which)))
		return 0;
	return e->last[which].size;
}

uint64_t fence_own_size(const struct node *n)
{
	return size_of(n, OWN);
}

uint64_t fence_members_size(const struct node *n)
{
	return n->member_signer ? size_of(n, MEMBERS) : 0;
}

static int judge_all(struct node *n, struct fault *f)
{
	struct txn *t = txn_begin(n->store, false, f);

	if (!t)
		return -1;
	n->doubt |= aside_doubt(t, aside_find(t, n->origin));
	n->doubt |= aside_doubt(t, n->own) || n->restored;
	if (n->restored)
		node_alert(n, "own log: this home was made anew from its keys; nothing is published until "
			   "the peers have said what they hold of it");
	judge(n, t, OWN);
	if (n->member_signer)
		judge(n, t, MEMBERS);
	txn_abort(t);
	return fence_keep(n, f);
}

int fence_open(struct node *n, struct fault *f)
{
	struct fences *e = calloc(1, sizeof *e);

	if (!e)
		return fault_set(f, FAULT_FULL, "no memory for the fence");
	n->fences = e;
	e->folder = fence_folder_open(&n->settings, f);
	if (e->folder < 0)
		return -1;
	if (read_one(n, OWN, f) < 0 || (n->member_signer && read_one(n, MEMBERS, f) < 0))
		return -1;
	return judge_all(n, f);
}

void fence_close(struct node *n)
{
	if (n->fences && n->fences->folder >= 0)
		close(n->fences->folder);
	free(n->fences);
	n->fences = NULL;
}
