/* Who may ask for an attachment, and which attachments there are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/attachments.h"
#include "store/folder.h"

#define FOLDER "attachments"
#define NAME_SIZE (2 * HASH_SIZE + 16)
#define FILE_BYTES_MAX (ATTACHMENT_READERS_MAX * (MEMBER_NAME_MAX + 1))

/* One name a line. */
static void file_name(const struct hash *h, const char *ending, char out[NAME_SIZE])
{
	hex_write(out, h->b, HASH_SIZE);
	snprintf(out + 2 * HASH_SIZE, NAME_SIZE - 2 * HASH_SIZE, "%s", ending);
}

static void parse(char *text, struct readers *out)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (out->count == ATTACHMENT_READERS_MAX || !member_name_is_valid(line))
			break;   /* not a file of ours: what is understood counts */
		snprintf(out->name[out->count++], sizeof out->name[0], "%s", line);
	}
}

int attachments_readers(const struct node *n, const struct hash *name, struct readers *out,
			struct fault *f)
{
	char file[NAME_SIZE], text[FILE_BYTES_MAX + 1];
	long got;
	int fd;

	out->count = 0;
	file_name(name, ".readers", file);
	fd = openat(attachments_folder(n), file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return folder_fault(f, FOLDER, "who may read a file cannot be read");
	got = folder_read(fd, text, FILE_BYTES_MAX, 0);
	if (got < 0)
		folder_fault(f, FOLDER, "who may read a file cannot be read");
	close(fd);
	if (got < 0)
		return -1;
	text[got] = '\0';
	parse(text, out);
	return 0;
}

static int find(const struct readers *r, const char *member)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (!strcmp(r->name[i], member))
			return (int)i;
	}
	return -1;
}

bool attachments_may_read(const struct node *n, const struct hash *name, const char *member)
{
	struct readers r;
	struct fault f;

	/* what cannot be read allows nobody */
	return attachments_readers(n, name, &r, &f) == 0 && find(&r, member) >= 0;
}

static int store(const struct node *n, const struct hash *name, const struct readers *r,
		 struct fault *f)
{
	char file[NAME_SIZE], text[FILE_BYTES_MAX + 1];
	size_t size = 0;

	for (unsigned i = 0; i < r->count; i++)
		size += (size_t)snprintf(text + size, sizeof text - size, "%s\n", r->name[i]);
	file_name(name, ".readers", file);
	if (folder_put(attachments_folder(n), file, (struct span){ (uint8_t *)text, size }) < 0)
		return folder_fault(f, FOLDER, "cannot be written");
	return 0;
}

static int check_member(const struct node *n, const char *member, bool withdraw, struct fault *f)
{
	if (!member_name_is_valid(member))
		return fault_set(f, FAULT_INPUT, "this is not the name of a member: trac members "
				 "lists them");
	if (!withdraw && !registry_by_name(n->registry, member))
		return fault_set(f, FAULT_ABSENT, "\"%s\" is not a member of this network: trac "
				 "members lists them", member);
	return 0;
}

int attachments_share(struct node *n, const struct hash *name, const char *member, bool withdraw,
		      struct fault *f)
{
	struct readers r;
	int at;

	if (check_member(n, member, withdraw, f) < 0)
		return -1;
	if (attachments_size(n, name) < 0)
		return fault_set(f, FAULT_ABSENT, "this file is not here: trac attach --list lists "
				 "those that are");
	if (attachments_readers(n, name, &r, f) < 0)
		return -1;
	at = find(&r, member);
	if (withdraw == (at < 0))
		return 0;
	if (withdraw)
		memmove(r.name[at], r.name[at + 1], (--r.count - (unsigned)at) * sizeof r.name[0]);
	else if (r.count == ATTACHMENT_READERS_MAX)
		return fault_set(f, FAULT_LIMIT, "%d members may ask for this file already: "
				 "withdraw one first", ATTACHMENT_READERS_MAX);
	else
		snprintf(r.name[r.count++], sizeof r.name[0], "%s", member);
	return store(n, name, &r, f);
}

/* --- the list --- */

struct page {
	const struct hash *after;
	struct hash *out;
	unsigned count, room;
};

/* Keeps the lowest names, in order. */
static int page_add(void *ctx, const char *name)
{
	struct page *p = ctx;
	struct hash h;
	unsigned at;

	if (hex_read(h.b, HASH_SIZE, name) < 0 || memcmp(h.b, p->after->b, HASH_SIZE) <= 0)
		return 0;
	at = p->count;
	while (at > 0 && memcmp(h.b, p->out[at - 1].b, HASH_SIZE) < 0)
		at--;
	if (at == p->room)
		return 0;
	if (p->count < p->room)
		p->count++;
	memmove(&p->out[at + 1], &p->out[at], (p->count - 1 - at) * sizeof *p->out);
	p->out[at] = h;
	return 0;
}

int attachments_list(const struct node *n, const struct hash *after, struct hash *out,
		     unsigned room, struct fault *f)
{
	struct page p = { after, out, 0, room };

	if (folder_each(attachments_folder(n), page_add, &p) < 0)
		return folder_fault(f, FOLDER, "cannot be read");
	return (int)p.count;
}
