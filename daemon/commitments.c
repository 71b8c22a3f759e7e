/* The keys of beneficiaries: made, found, destroyed. */
#include "daemon/commitments.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/dice.h"
#include "proto/log/secret.h"
#include "proto/log/tree.h"
#include "store/folder.h"

#define FOLDER "private"
/* One key on disk: the id of its event, and the key. Appended, never moved: a copy in a
 * new file would leave the old one on the disk. */
#define RECORD_SIZE (EVENT_ID_SIZE + HMAC_KEY_SIZE)
#define FILE_NAME_SIZE (2 * HASH_SIZE + 1)

static_assert(COMMITMENT_SIZE == HMAC_SIZE, "HMAC-SHA-256");

struct commitments {
	int folder;
	long tokens;                /* how many files; -1: not counted yet */
};

int commitments_create(struct node *n, struct fault *f)
{
	struct commitments *c = calloc(1, sizeof *c);

	if (!c)
		return fault_set(f, FAULT_FULL, "no memory for beneficiaries");
	n->commitments = c;
	c->tokens = -1;
	c->folder = folder_open(n->settings.home, FOLDER, f);
	return c->folder < 0 ? -1 : 0;
}

void commitments_destroy(struct node *n)
{
	struct commitments *c = n->commitments;

	if (!c)
		return;
	if (c->folder >= 0)
		close(c->folder);
	free(c);
	n->commitments = NULL;
}

/* The token is not readable off the disk. */
static void file_name(const uint8_t token[TOKEN_SIZE], char out[FILE_NAME_SIZE])
{
	static const char domain[] = "tracd beneficiary token\n";
	uint8_t text[sizeof domain - 1 + TOKEN_SIZE];
	struct hash h;

	memcpy(text, domain, sizeof domain - 1);
	memcpy(text + sizeof domain - 1, token, TOKEN_SIZE);
	hash_bytes(text, sizeof text, &h);
	secret_wipe(text, sizeof text);
	hex_write(out, h.b, HASH_SIZE);
}

/* --- the file of a token --- */

struct keys {
	int fd;
	unsigned count;
	uint8_t record[TOKEN_KEYS_MAX * RECORD_SIZE];
};

static void keys_close(struct keys *k)
{
	if (k->fd >= 0)
		close(k->fd);
	secret_wipe(k->record, sizeof k->record);
}

/* Zeros over the keys first, then the name goes. */
static int keys_erase(const struct node *n, const char *name, struct keys *k, struct fault *f)
{
	struct stat st;

	secret_wipe(k->record, sizeof k->record);
	if (fstat(k->fd, &st) < 0 || st.st_size > (off_t)sizeof k->record ||
	    folder_write(k->fd, (struct span){ k->record, (size_t)st.st_size }, 0) < 0 ||
	    fsync(k->fd) < 0 || unlinkat(n->commitments->folder, name, 0) < 0)
		return folder_fault(f, FOLDER, "keys cannot be destroyed");
	if (n->commitments->tokens > 0)
		n->commitments->tokens--;
	return folder_sync(n->commitments->folder, FOLDER, f);
}

/* The node stopped in the middle of keys_erase(): no key is drawn that is all zeros. */
static bool is_half_erased(const struct keys *k)
{
	static const uint8_t zeros[HMAC_KEY_SIZE];

	for (unsigned i = 0; i < k->count; i++) {
		if (!memcmp(k->record + (size_t)i * RECORD_SIZE + EVENT_ID_SIZE, zeros,
			    sizeof zeros))
			return true;
	}
	return false;
}

static int unknown_token(struct fault *f)
{
	return fault_set(f, FAULT_ABSENT, "this token is not known here, or was forgotten: "
			 "beneficiary=new draws a new one");
}

/* A record that a crash cut short is no key: its commitment was never given away. */
static int keys_open(const struct node *n, const uint8_t token[TOKEN_SIZE], struct keys *k,
		     struct fault *f)
{
	char name[FILE_NAME_SIZE];
	long got;

	*k = (struct keys){ .count = 0 };
	file_name(token, name);
	k->fd = openat(n->commitments->folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (k->fd < 0 && errno == ENOENT)
		return unknown_token(f);
	got = k->fd < 0 ? -1 : folder_read(k->fd, k->record, sizeof k->record, 0);
	if (got < 0) {
		folder_fault(f, FOLDER, "the keys of a token cannot be read");
		keys_close(k);
		return -1;
	}
	k->count = (unsigned)got / RECORD_SIZE;
	if (!is_half_erased(k))
		return 0;
	if (keys_erase(n, name, k, f) == 0)
		unknown_token(f);
	keys_close(k);
	return -1;
}

static void key_tie(const struct keys *k, unsigned i, const uint8_t token[TOKEN_SIZE],
		    struct tied *out)
{
	const uint8_t *at = k->record + (size_t)i * RECORD_SIZE;

	memcpy(out->event, at, EVENT_ID_SIZE);
	secret_hmac(at + EVENT_ID_SIZE, token, TOKEN_SIZE, out->commitment);
}

/* --- drawing a token --- */

static int count_file(void *ctx, const char *name)
{
	(void)name;
	++*(long *)ctx;
	return 0;
}

static int check_room(struct commitments *c, struct fault *f)
{
	if (c->tokens < 0) {
		long count = 0;

		if (folder_each(c->folder, count_file, &count) < 0)
			return folder_fault(f, FOLDER, "cannot be read");
		c->tokens = count;
	}
	if (c->tokens < TOKENS_MAX)
		return 0;
	return fault_set(f, FAULT_LIMIT, "this node has %d beneficiaries: forget those whose time "
			 "has passed (trac forget TOKEN)", TOKENS_MAX);
}

int commitments_draw(struct node *n, uint8_t token[TOKEN_SIZE], struct fault *f)
{
	struct commitments *c = n->commitments;
	char name[FILE_NAME_SIZE];
	int fd;

	if (check_room(c, f) < 0 || dice_fill(token, TOKEN_SIZE, f) < 0)
		return -1;
	file_name(token, name);
	fd = openat(c->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return folder_fault(f, FOLDER, "a token cannot be written");
	close(fd);
	c->tokens++;
	return folder_sync(c->folder, FOLDER, f);
}

/* --- keys --- */

static int append_key(struct keys *k, const uint8_t event[EVENT_ID_SIZE], struct fault *f)
{
	const size_t offset = (size_t)k->count * RECORD_SIZE;
	uint8_t *at = k->record + offset;

	if (k->count == TOKEN_KEYS_MAX)
		return fault_set(f, FAULT_LIMIT, "%d events are tied to this token: that is no "
				 "person; draw another (beneficiary=new)", TOKEN_KEYS_MAX);
	memcpy(at, event, EVENT_ID_SIZE);
	if (dice_fill(at + EVENT_ID_SIZE, HMAC_KEY_SIZE, f) < 0)
		return -1;
	if (folder_write(k->fd, (struct span){ at, RECORD_SIZE }, offset) < 0 || fsync(k->fd) < 0)
		return folder_fault(f, FOLDER, "a key cannot be written");
	k->count++;
	return 0;
}

int commitments_make(struct node *n, const uint8_t token[TOKEN_SIZE], struct tied *t,
		     struct fault *f)
{
	static const uint8_t none[EVENT_ID_SIZE];
	struct keys k;
	unsigned i = 0;
	int rc = 0;

	if (keys_open(n, token, &k, f) < 0)
		return -1;
	while (i < k.count && memcmp(k.record + (size_t)i * RECORD_SIZE, t->event, EVENT_ID_SIZE))
		i++;
	/* two events without an id are two events */
	if (i == k.count || !memcmp(t->event, none, EVENT_ID_SIZE)) {
		i = k.count;
		rc = append_key(&k, t->event, f);
	}
	if (rc == 0)
		key_tie(&k, i, token, t);
	keys_close(&k);
	return rc;
}

int commitments_list(const struct node *n, const uint8_t token[TOKEN_SIZE], struct tied *out,
		     unsigned room, struct fault *f)
{
	struct keys k;

	if (keys_open(n, token, &k, f) < 0)
		return -1;
	for (unsigned i = 0; i < k.count && i < room; i++)
		key_tie(&k, i, token, &out[i]);
	keys_close(&k);
	return (int)k.count;
}

int commitments_forget(struct node *n, const uint8_t token[TOKEN_SIZE], struct fault *f)
{
	char name[FILE_NAME_SIZE];
	struct keys k;
	int rc;

	if (keys_open(n, token, &k, f) < 0)
		return -1;
	file_name(token, name);
	rc = keys_erase(n, name, &k, f);
	keys_close(&k);
	return rc < 0 ? -1 : (int)k.count;
}
