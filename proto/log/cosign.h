/*
 * Cosignatures (C2SP cosignature/v1): a hub vouches that this is the largest
 * consistent tree of a log that it has seen by that time. What a hub may sign, which
 * lines of a note count, and how lines that came apart are put together. Who keeps
 * what was signed, durably and before it leaves: store/cosigned.h.
 */
#ifndef TRAC_LOG_COSIGN_H
#define TRAC_LOG_COSIGN_H

#include "proto/log/checkpoint.h"
#include "proto/log/registry.h"

/* What a cosigner has signed last of a log. */
struct cosigned {
	bool known;                     /* false: nothing yet */
	uint64_t size;
	struct hash root;
	int64_t time_s;
};

enum cosign_word {
	COSIGN_NEW,        /* larger, of one history: to be signed */
	COSIGN_SAME,       /* what was signed last: the same line may go out again */
	COSIGN_SMALLER,    /* never */
	COSIGN_FORKED,     /* another history than the one that was signed: never */
};

/* May head be cosigned? tree: the entries that are held, those of head among them; a
 * head or a last signature that it does not bear out is forked. */
enum cosign_word cosign_judge(const struct cosigned *last, const struct checkpoint *head,
			      const struct tree_reader *tree);

/*
 * What a witness must see continued: last becomes the proved head of that tree when that is
 * larger. false: the two are not of one history; last stays, and nothing more of that log is
 * to be cosigned.
 */
bool cosign_latest(struct cosigned *last, const struct checkpoint *proved,
		   const struct tree_reader *tree);

/*
 * A head came with a good line of this hub itself, which may run on an old copy of its store.
 * NEW: that is what it signed last, to be remembered; FORKED: its key has signed two
 * histories; SAME, SMALLER: nothing new.
 */
enum cosign_word cosign_recall(const struct cosigned *last, const struct checkpoint *head);

/* The last second of the year 9999: a line of a later time is of a broken clock, and
 * does not count. */
#define COSIGN_TIME_MAX_S INT64_C(253402300799)

/* A hub that vouches for a head, and since when by its own clock. */
struct vouch {
	const struct member *hub;       /* borrowed from the registry */
	int64_t time_s;
};
struct vouches {
	unsigned count;
	struct vouch vouch[COSIGNERS_MAX];   /* the earliest first */
};

/*
 * The hubs of the registry whose lines on this checkpoint are good. Those that were
 * revoked, and the author of the log itself, do not count. FAULT_UNPROVED: a line of
 * one that counts is bad: the note was changed.
 */
int cosign_read(struct vouches *out, const struct note *n, const struct registry *r,
		struct fault *f);

/* Is that the origin of a log of this member, of any epoch? */
bool cosign_is_author(const struct member *m, struct span origin);

/*
 * A bit for each hub that would count, by its place in the registry
 * (registry_cosigner()), and has a line here; nothing is verified. All: of any log.
 */
uint64_t cosign_marks(const struct note *n, const struct registry *r);
uint64_t cosign_marks_all(const struct registry *r);

/*
 * What is kept and passed on of a head: the text of b, the line of its log's key v,
 * and of each hub that counts the earlier of its lines in a and b, as many as fit.
 * a: NULL or a note of the same text; both have been verified. Returns the marks.
 */
uint64_t cosign_merge(struct buffer *out, const struct note *a, const struct note *b,
		      const struct verifier *v, const struct registry *r);

/* What a hub keeps of its signature: the text, the line of its log's key v, and the hub's of
 * that time by s. */
int cosign_sign(struct buffer *out, const struct note *n, const struct verifier *v,
		const struct signer *s, int64_t time_s, struct fault *f);

#endif
