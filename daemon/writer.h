/*
 * The one write transaction of a node. Whoever changes the store within a turn
 * of the loop (events of clients, heads and frames of peers, own signatures)
 * shares it; it is committed when nothing more is waiting to be read, or is
 * large or old enough. What follows is told after that only: answers to
 * clients, EV_LOG to the core, entries to the index.
 */
#ifndef TRAC_DAEMON_WRITER_H
#define TRAC_DAEMON_WRITER_H

#include "daemon/node.h"

int writer_create(struct node *n, struct fault *f);
void writer_destroy(struct node *n);

/* The open transaction, begun when there is none. NULL: the store cannot. */
struct txn *writer_txn(struct node *n, struct fault *f);

/* In the open transaction this log has changed: `entries` of it, `bytes` long, came
 * in at index `first`. With 0 entries: its heads. May commit at once, when it is
 * large: then the transaction is no longer open. */
void writer_changed(struct node *n, const struct log_id *log, uint32_t number, uint64_t first,
		    unsigned entries, size_t bytes);

/* Asks for a commit when the loop comes to rest, also with nothing open. */
void writer_soon(struct node *n);

/* Commits what is open, and what the recorder has waiting; tells what follows. */
void writer_commit(struct node *n);

/* Commits until nothing is open: what follows a commit may write again. Due before any
 * write transaction of another kind (index, figures, member statements). */
void writer_settle(struct node *n);

#endif
