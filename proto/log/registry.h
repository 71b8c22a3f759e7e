/*
 * Membership as a value: the member log's statements applied in order. Two
 * nodes with the same member log hold equal registries. Pure.
 *
 * Entry 0 is Found: it names the network and the authority, whose key must be
 * the one the node was configured with. The member log's own origin is
 * <network>/members and is signed by the authority's key under that name.
 */
#ifndef TRAC_LOG_REGISTRY_H
#define TRAC_LOG_REGISTRY_H

#include "proto/log/checkpoint.h"
#include "proto/log/keys.h"
#include "proto/wire/gossip.h"
#include "proto/wire/member.pb-c.h"

#define REVOKED_NEVER UINT64_MAX
#define LINK_KEY_SIZE 32

struct member {
	char name[MEMBER_NAME_MAX + 1];
	unsigned epoch;                     /* of its log: 1, and one more each time it is closed */
	char origin[ORIGIN_MAX + 1];        /* <network>/<name>, from epoch 2 on .../<epoch> */
	struct log_id log;
	unsigned role;                      /* enum Role of member.proto */
	struct verifier key;                /* of its log, named by its origin */
	uint8_t link_key[LINK_KEY_SIZE];
	bool cosigns;                       /* it is a hub that has told its cosign_key */
	uint8_t cosign_key[KEY_SIZE];       /* member_cosigner(); zero when it does not */
	unsigned address_count;
	char address[MEMBER_ADDRESSES_MAX][ADDRESS_MAX + 1];
	char structure[TEXT_MAX + 1];
	char commune[COMMUNE_SIZE + 1];
	char title[TITLE_MAX + 1];
	uint64_t admitted_index;            /* in the member log */
	int64_t admitted_ms;
	uint64_t revoked_from;              /* entries below it stay valid; REVOKED_NEVER */
	bool moved;                         /* its addresses are not those it was admitted with */
	unsigned rotations;                 /* how often its keys were changed */
	uint8_t last_link_key[LINK_KEY_SIZE];   /* the one before, which still links; or zero */
	char by[MEMBER_NAME_MAX + 1];       /* the hub that asked for it; "": the authority did */
	char region[REGION_SIZE + 1];       /* of a hub that may ask for workshops there; "" */
	unsigned department_count;          /* of that region */
	char department[DEPARTMENTS_MAX][DEPARTMENT_SIZE + 1];
};

/*
 * A log that its member could not continue: after a restore that lost entries, or a fork.
 * The statement Epoch ties its last trusted head to the log that goes on; what it holds
 * from size on is kept and shown as orphans.
 */
struct closed_log {
	unsigned member;                    /* registry_member() of it */
	unsigned epoch;
	char origin[ORIGIN_MAX + 1];
	struct log_id log;
	struct verifier key;                /* of its heads, named by its origin */
	uint64_t size;
	struct hash root;
	int64_t closed_ms;
};

struct guardians;
struct registry;

/* Owned by the caller; NULL when the name of the network is not valid or memory is short. */
struct registry *registry_create(const char *network, const uint8_t authority_key[KEY_SIZE]);
void registry_destroy(struct registry *r);

/*
 * Applies entry index of the member log, which must be registry_size(). The
 * statement is unpacked, checked (names, keys of right size, no second member
 * with the same name or key, member exists) and applied whole or refused whole.
 */
int registry_apply(struct registry *r, uint64_t index, struct span statement, struct fault *f);
/* Would it be applied? The same checks, nothing changed. */
int registry_check(const struct registry *r, struct span statement, struct fault *f);

uint64_t registry_size(const struct registry *r);       /* statements applied */
const char *registry_network(const struct registry *r);
/* The verifier of the member log itself (its present key), and its id. */
const struct verifier *registry_verifier(const struct registry *r);
const struct log_id *registry_log(const struct registry *r);

/*
 * The key that signs a checkpoint of that size of a log of the network, closed ones and the
 * member log included: keys change by Rotate and Succeed, and what was signed before stays
 * valid. NULL: no log of it. Borrowed, until the next apply.
 */
const struct verifier *registry_key(const struct registry *r, const struct log_id *log,
				    uint64_t size);
/*
 * Opens a signed checkpoint of that log with the key of its size, and says which; v may be
 * NULL. A checkpoint of the member log beyond a change of the authority's key that r does
 * not know yet carries the proof of it. FAULT_UNPROVED.
 */
int registry_open(const struct registry *r, const struct log_id *log, struct span note,
		  struct checkpoint *c, struct verifier *v, struct fault *f);
/*
 * Is that checkpoint of it signed under its name, and by no key that r gives at its size?
 * Who hands it on may know a longer member log than r, or a shorter one. unlisted: the key
 * of a log that r does not list yet, or NULL.
 */
bool registry_lacks_key(const struct registry *r, const struct log_id *log, struct span note,
			const struct verifier *unlisted);
/* Does that checkpoint of the member log prove, by the lines that it carries, that its key
 * was replaced by one that r does not know yet? Its own signature is not looked at. */
bool registry_is_succeeded(const struct registry *r, struct span note);
/*
 * Of two checkpoints of the member log: does the one open, and prove a later key than the other
 * is signed with? Also when the other does not open any more, or when only the one rests on
 * guardians who are known here. Then the other is of no use to anybody.
 */
bool registry_supersedes(const struct registry *r, struct span note, struct span other);
/* A key that signed that log before the present one, the i-th; NULL past the last. */
const struct verifier *registry_past_key(const struct registry *r, const struct log_id *log,
					 unsigned i);
/* The lines by which a checkpoint of the member log proves changes of its key; appended. */
void registry_successions(const struct registry *r, struct buffer *out);
/* Who may name the authority's next key; borrowed. needs is 0: none were named. */
const struct guardians *registry_guardians(const struct registry *r);

unsigned registry_count(const struct registry *r);
/* By order of admission; borrowed, valid until the next apply. */
const struct member *registry_member(const struct registry *r, unsigned i);
/* NULL when unknown. */
const struct member *registry_by_name(const struct registry *r, const char *name);
const struct member *registry_by_log(const struct registry *r, const struct log_id *log);
/* The member whose log that is or was; *closed: the one it was, NULL for the present one. */
const struct member *registry_author(const struct registry *r, const struct log_id *log,
				     const struct closed_log **closed);
/* Closed logs, in the order in which they were closed; borrowed, until the next apply. */
unsigned registry_closed_count(const struct registry *r);
const struct closed_log *registry_closed(const struct registry *r, unsigned i);
const struct member *registry_by_link_key(const struct registry *r,
					  const uint8_t key[LINK_KEY_SIZE]);

/*
 * Members that cosign, by order of admission: at most COSIGNERS_MAX, those admitted later
 * are not counted. A place is given once: it stays that of a member that was revoked.
 */
unsigned registry_cosigners(const struct registry *r);
const struct member *registry_cosigner(const struct registry *r, unsigned i);

/* May this member link to us now? Revoked members may not. */
bool member_may_link(const struct member *m);
/* Did it have another link key before, that still links? */
bool member_had_link_key(const struct member *m);
/* May this hub ask for the admission of a workshop of that commune? */
bool member_may_admit(const struct member *m, const char *commune);
/* Is entry index of this member's log still valid? */
bool member_entry_valid(const struct member *m, uint64_t index);

/* How people name an entry: "name/index", and "name/epoch/index" of a log that was begun
 * anew. Returns out. */
#define REFERENCE_MAX (MEMBER_NAME_MAX + 36)
const char *member_reference(const char *name, unsigned epoch, uint64_t index,
			     char out[REFERENCE_MAX]);

/* "<network>/<name>": its name on what outlives an epoch: cosignatures, requests. */
void member_lasting_name(const struct member *m, char out[ORIGIN_MAX + 1]);
/* The key with which it cosigns, under its lasting name; false: it does not. */
bool member_cosigner(const struct member *m, struct verifier *out);

/* A member name: 1 to 63 of a-z 0-9 and single inner hyphens; "members" is taken. */
bool member_name_is_valid(const char *name);
/* A network name: lower-case labels joined by dots, 1 to 63 characters. */
bool network_name_is_valid(const char *name);
/* tcp://host:port with a literal or name and a port of 1 to 65535, or ipc://path. */
bool address_is_valid(const char *address);

#endif
