/*
 * Files that events cite by hash: HOME/attachments/SHA256, kept here and sent to
 * nobody but the members that the owner names (daemon/letters.h). They stand
 * outside the log, so that they can be deleted.
 *
 * A file comes in pieces in order, its hash is computed on the way, and it has
 * its name only when it is whole, right and on disk. Uploads that were not
 * ended are deleted at the next start, or after IDLE_MS when their place is
 * needed. Who may ask for a file stands beside it in SHA256.readers.
 */
#ifndef TRAC_DAEMON_ATTACHMENTS_H
#define TRAC_DAEMON_ATTACHMENTS_H

#include "daemon/node.h"
#include "proto/log/tree.h"
#include "proto/wire/control.pb-c.h"

/* Members that may ask for one file: a donor's lot passes through a few hands. */
#define ATTACHMENT_READERS_MAX 64

int attachments_create(struct node *n, struct fault *f);
void attachments_destroy(struct node *n);

/* One piece; the last one makes the file. Offset 0 begins anew. A file that is there
 * already is right: pieces of it are accepted and not looked at. */
int attachments_add(struct node *n, const struct hash *name, uint64_t size, uint64_t offset,
		    struct span piece, struct fault *f);
/* The size of the file; -1 when it is not here. */
int64_t attachments_size(const struct node *n, const struct hash *name);
/* How much of it has come, of what attachments_add() was given. */
uint64_t attachments_held(const struct node *n, const struct hash *name);
/* At most room bytes from offset: how many, or -1. */
long attachments_read(const struct node *n, const struct hash *name, uint64_t offset,
		      void *to, size_t room, struct fault *f);

/* Names a member that may ask for it, or takes that back. */
int attachments_share(struct node *n, const struct hash *name, const char *member, bool withdraw,
		      struct fault *f);
struct readers {
	unsigned count;
	char name[ATTACHMENT_READERS_MAX][MEMBER_NAME_MAX + 1];
};
/* Who may ask, in the order in which they were named. */
int attachments_readers(const struct node *n, const struct hash *name, struct readers *out,
			struct fault *f);
bool attachments_may_read(const struct node *n, const struct hash *name, const char *member);

/* The folder, for daemon/attach_readers.c. */
int attachments_folder(const struct node *n);

/* Names above *after (all zero: the first) in order: at most room; how many, or -1. */
int attachments_list(const struct node *n, const struct hash *after, struct hash *out,
		     unsigned room, struct fault *f);

/* --- answers to control.proto (daemon/attach_answers.c) --- */
void answer_attach(struct node *n, const Trac__AttachRequest *q, struct buffer *b);
void answer_read(struct node *n, const Trac__ReadRequest *q, struct buffer *b);
void answer_share(struct node *n, const Trac__ShareRequest *q, struct buffer *b);

#endif
