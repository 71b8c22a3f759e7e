/* Attachments: pieces in, pieces out. */
#include "daemon/attachments.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "proto/log/digest.h"
#include "store/folder.h"

#define FOLDER "attachments"
/* Uploads at once: as many as have clients that read a folder each; 1 KiB each. */
#define UPLOADS_MAX 32
/* An upload that did not grow for so long gives way to another one. */
#define IDLE_MS 60000
/* What a file of one byte takes on disk. */
#define BLOCK_BYTES 4096

#define NAME_MAX_BYTES (2 * HASH_SIZE + 16)

struct upload {
	bool used;
	struct hash name;
	int fd;
	uint64_t size, held;
	int64_t grown_ms;
	struct digest digest;
};

struct attachments {
	int folder;
	uint64_t used_bytes;             /* of whole files and of what was announced */
	struct upload upload[UPLOADS_MAX];
};

static uint64_t on_disk(uint64_t size)
{
	return (size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

static void file_name(const struct hash *h, const char *ending, char out[NAME_MAX_BYTES])
{
	hex_write(out, h->b, HASH_SIZE);
	snprintf(out + 2 * HASH_SIZE, NAME_MAX_BYTES - 2 * HASH_SIZE, "%s", ending);
}

/* --- start and end --- */

/* What was not whole when the node stopped goes; the rest is counted. */
static int take_stock(void *ctx, const char *name)
{
	struct attachments *a = ctx;
	const size_t size = strlen(name);
	struct stat st;

	if (size > 5 && !strcmp(name + size - 5, ".part"))
		unlinkat(a->folder, name, 0);
	else if (fstatat(a->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		a->used_bytes += on_disk((uint64_t)st.st_size);
	return 0;
}

int attachments_create(struct node *n, struct fault *f)
{
	struct attachments *a = calloc(1, sizeof *a);

	if (!a)
		return fault_set(f, FAULT_FULL, "no memory for attachments");
	n->attachments = a;
	a->folder = folder_open(n->settings.home, FOLDER, f);
	if (a->folder < 0)
		return -1;
	if (folder_each(a->folder, take_stock, a) < 0)
		return folder_fault(f, FOLDER, "cannot be read");
	return 0;
}

static void upload_end(struct attachments *a, struct upload *u, bool is_whole)
{
	char part[NAME_MAX_BYTES];

	close(u->fd);
	file_name(&u->name, ".part", part);
	if (!is_whole) {
		unlinkat(a->folder, part, 0);
		a->used_bytes -= on_disk(u->size);
	}
	u->used = false;
}

void attachments_destroy(struct node *n)
{
	struct attachments *a = n->attachments;

	if (!a)
		return;
	for (unsigned i = 0; i < UPLOADS_MAX; i++) {
		if (a->upload[i].used)
			upload_end(a, &a->upload[i], false);
	}
	if (a->folder >= 0)
		close(a->folder);
	free(a);
	n->attachments = NULL;
}

int attachments_folder(const struct node *n)
{
	return n->attachments->folder;
}

/* --- what is here --- */

int64_t attachments_size(const struct node *n, const struct hash *name)
{
	char file[NAME_MAX_BYTES];
	struct stat st;

	file_name(name, "", file);
	if (fstatat(n->attachments->folder, file, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return -1;
	return st.st_size;
}

static struct upload *find_upload(struct attachments *a, const struct hash *name)
{
	for (unsigned i = 0; i < UPLOADS_MAX; i++) {
		if (a->upload[i].used && hash_equal(&a->upload[i].name, name))
			return &a->upload[i];
	}
	return NULL;
}

uint64_t attachments_held(const struct node *n, const struct hash *name)
{
	const struct upload *u = find_upload(n->attachments, name);
	const int64_t whole = attachments_size(n, name);

	return whole >= 0 ? (uint64_t)whole : u ? u->held : 0;
}

long attachments_read(const struct node *n, const struct hash *name, uint64_t offset,
		      void *to, size_t room, struct fault *f)
{
	char file[NAME_MAX_BYTES];
	long got;
	int fd;

	file_name(name, "", file);
	fd = openat(n->attachments->folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fault_set(f, FAULT_ABSENT, "attachment %.64s is not here: ask the member "
				 "that recorded it (trac attach --fetch)", file);
	got = offset > ATTACHMENT_BYTES_MAX ? 0 : folder_read(fd, to, room, (size_t)offset);
	if (got < 0)
		folder_fault(f, FOLDER, "cannot be read");
	close(fd);
	return got;
}

/* --- what comes --- */

/* A free place, or that of the upload that has been idle for longest. */
static struct upload *free_upload(struct attachments *a, struct fault *f)
{
	struct upload *oldest = &a->upload[0];

	for (unsigned i = 0; i < UPLOADS_MAX; i++) {
		if (!a->upload[i].used)
			return &a->upload[i];
		if (a->upload[i].grown_ms < oldest->grown_ms)
			oldest = &a->upload[i];
	}
	if (clock_mono_ms() - oldest->grown_ms < IDLE_MS) {
		fault_set(f, FAULT_BUSY, "%d files are being stored at once: try again in a minute",
			  UPLOADS_MAX);
		return NULL;
	}
	upload_end(a, oldest, false);
	return oldest;
}

static int check_size(const struct attachments *a, uint64_t size, struct fault *f)
{
	if (size == 0)
		return fault_set(f, FAULT_INPUT, "the file is empty: there is nothing to attach");
	if (size > ATTACHMENT_BYTES_MAX)
		return fault_set(f, FAULT_LIMIT, "the file has %llu bytes, an attachment at most %d: "
				 "divide it, or lower the resolution of its pictures",
				 (unsigned long long)size, ATTACHMENT_BYTES_MAX);
	/* files put there by hand, and lists of readers, may be beyond it already */
	if (a->used_bytes > ATTACHMENTS_BYTES_MAX ||
	    on_disk(size) > ATTACHMENTS_BYTES_MAX - a->used_bytes)
		return fault_set(f, FAULT_FULL, "the attachments of this node reach their limit of "
				 "%llu bytes: move old files of HOME/" FOLDER " elsewhere, and restart",
				 (unsigned long long)ATTACHMENTS_BYTES_MAX);
	return 0;
}

static struct upload *begin(struct attachments *a, const struct hash *name, uint64_t size,
			    struct fault *f)
{
	char part[NAME_MAX_BYTES];
	struct upload *u;
	int fd;

	if (check_size(a, size, f) < 0)
		return NULL;
	u = free_upload(a, f);
	if (!u)
		return NULL;
	file_name(name, ".part", part);
	fd = openat(a->folder, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		folder_fault(f, FOLDER, "cannot be written");
		return NULL;
	}
	*u = (struct upload){ .used = true, .name = *name, .fd = fd, .size = size };
	digest_init(&u->digest);
	a->used_bytes += on_disk(size);
	return u;
}

/* All bytes have come: are they the right ones? Then they get their name. */
static int finish(struct attachments *a, struct upload *u, struct fault *f)
{
	char part[NAME_MAX_BYTES], file[NAME_MAX_BYTES];
	struct hash got;
	int rc = 0;

	digest_end(&u->digest, &got);
	file_name(&u->name, ".part", part);
	file_name(&u->name, "", file);
	if (!hash_equal(&got, &u->name))
		rc = fault_set(f, FAULT_INPUT, "attachment %.64s: the bytes that came have another "
			       "SHA-256: the file changed meanwhile? send it again", file);
	else if (fsync(u->fd) < 0 || renameat(a->folder, part, a->folder, file) < 0)
		rc = folder_fault(f, FOLDER, "cannot be written");
	else
		rc = folder_sync(a->folder, FOLDER, f);
	upload_end(a, u, rc == 0);
	return rc;
}

static int check_piece(const struct upload *u, uint64_t size, uint64_t offset, struct span piece,
		       struct fault *f)
{
	if (!u || offset != u->held || size != u->size)
		return fault_set(f, FAULT_INPUT, "attachment: a piece at %llu of %llu came, expected "
				 "at %llu of %llu: begin again at 0", (unsigned long long)offset,
				 (unsigned long long)size, u ? (unsigned long long)u->held : 0,
				 u ? (unsigned long long)u->size : size);
	if (piece.size == 0 || piece.size > ATTACH_PIECE_MAX || piece.size > size - offset)
		return fault_set(f, FAULT_INPUT, "attachment: a piece of %zu bytes at %llu of %llu: "
				 "1 to %d bytes are allowed, and none past the end", piece.size,
				 (unsigned long long)offset, (unsigned long long)size,
				 ATTACH_PIECE_MAX);
	return 0;
}

int attachments_add(struct node *n, const struct hash *name, uint64_t size, uint64_t offset,
		    struct span piece, struct fault *f)
{
	struct attachments *a = n->attachments;
	struct upload *u = find_upload(a, name);

	if (attachments_size(n, name) >= 0)
		return 0;
	if (offset == 0) {
		if (u)
			upload_end(a, u, false);
		u = begin(a, name, size, f);
		if (!u)
			return -1;
	}
	if (check_piece(u, size, offset, piece, f) < 0) {
		if (u && offset == 0)
			upload_end(a, u, false);
		return -1;
	}
	if (folder_write(u->fd, piece, (size_t)offset) < 0) {
		folder_fault(f, FOLDER, "cannot be written");
		upload_end(a, u, false);
		return -1;
	}
	digest_add(&u->digest, piece.data, piece.size);
	u->held += piece.size;
	u->grown_ms = clock_mono_ms();
	assert(u->held <= u->size);
	return u->held == u->size ? finish(a, u, f) : 0;
}
