/*
 * The logs in the store of this node as they may be handed to others: signed
 * heads, and whose they are. Reads the store beside a running tracd.
 */
#ifndef TRAC_CLI_LOG_HELD_H
#define TRAC_CLI_LOG_HELD_H

#include "proto/log/registry.h"
#include "store/heads.h"

struct held {
	struct store *store;
	struct registry *registry;
	char network[NETWORK_MAX + 1];
};

/* A log and its proved head. */
struct held_log {
	uint32_t log;
	struct checkpoint head;
	size_t note_size;
	uint8_t note[CHECKPOINT_BYTES_MAX];
	bool has_key;              /* signed by the key that the member log gives */
	struct verifier key;
};

/* held_close() is due also after a refusal. */
int held_open(struct held *h, const char *home, struct fault *f);
void held_close(struct held *h);

/* Logs are 1 to held_last(). */
uint32_t held_last(struct held *h, struct fault *f);
/* 1: filled. 0: there is no proved head of it. -1: the store cannot be read. */
int held_log(struct held *h, uint32_t log, struct held_log *out, struct fault *f);
/* MEMBER or MEMBER/EPOCH; FAULT_ABSENT when no signed log of it is held. */
int held_find(struct held *h, const char *name, struct held_log *out, struct fault *f);
/* Does the entry count no more: its author was revoked from there on, or its log was closed
 * below it? It is in the log all the same. */
bool held_is_void(const struct held *h, const struct held_log *l, uint64_t index);
/* An entry; fits tile_entries(). */
struct held_source {
	struct txn *txn;
	uint32_t log;
};
int held_entry(void *source, uint64_t index, struct span *out);

#endif
