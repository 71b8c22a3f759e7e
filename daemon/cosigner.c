/* Cosignatures at one node. */
#include "daemon/cosigner.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/forks.h"
#include "daemon/intake.h"
#include "daemon/log.h"
#include "daemon/writer.h"
#include "proto/log/secret.h"
#include "store/branch.h"
#include "store/keyfile.h"

int cosigner_open(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 32];
	uint8_t seed[KEY_SEED_SIZE];

	snprintf(path, sizeof path, "%s/keys/cosign.key", n->settings.home);
	if (n->settings.role != TRAC__ROLE__HUB || (access(path, F_OK) < 0 && errno == ENOENT))
		return 0;
	if (keyfile_read(path, seed, f) < 0)
		return -1;
	n->cosigner = signer_create(n->origin, KEY_COSIGNATURE, seed, f);
	secret_wipe(seed, sizeof seed);
	return n->cosigner ? 0 : -1;
}

/* A head of that size and text that is here already. */
static bool known_note(struct txn *t, uint32_t log, const struct checkpoint *c,
		       const struct note *head, struct note *out)
{
	struct checkpoint there;
	struct span bytes;
	struct fault f;

	for (int kind = HEAD_KINDS; kind-- > 0;) {
		if (!head_get(t, log, (enum head_kind)kind, &there, &bytes) ||
		    there.size != c->size)
			continue;
		if (note_parse(out, bytes, &f) == 0 && out->text.size == head->text.size &&
		    !memcmp(out->text.data, head->text.data, head->text.size))
			return true;
	}
	return false;
}

/* Our own line says what was signed, whatever this store remembers. */
static void remember(struct node *n, struct txn *t, const struct checkpoint *c,
		     const struct note *head, const struct verifier *v)
{
	struct cosigned last;
	struct buffer own;
	struct fault f;
	int64_t time_s;

	if (!n->cosigner || note_cosigned(head, signer_verifier(n->cosigner), &time_s, &f) <= 0)
		return;
	if (cosigned_get(t, c->origin, &last, &f) < 0)
		return;   /* told when that log is to be cosigned */
	switch (cosign_recall(&last, c)) {
	case COSIGN_SAME:
	case COSIGN_SMALLER:
		return;
	case COSIGN_FORKED:
		node_alert(n, "cosigning: this hub's key has signed two histories of one log: "
			   "its key is used elsewhere, or an old copy of it ran; ask the "
			   "authority to revoke it");
		return;
	case COSIGN_NEW:
		break;
	}
	buffer_init(&own, NOTE_BYTES_MAX);
	if (cosign_sign(&own, head, v, n->cosigner, time_s, &f) == 0) {
		cosigned_put(t, c, time_s, (struct span){ own.data, own.used });
		log_line(LOG_NOTE, "cosigning: %s was cosigned at %llu, which this store did not know",
			 c->origin, (unsigned long long)c->size);
	}
	buffer_clear(&own);
}

int cosigner_merge(struct node *n, struct txn *t, const struct checkpoint *c, uint32_t log,
		   struct span note, const struct verifier *v, struct buffer *kept,
		   struct fault *f)
{
	struct note head, there;
	struct vouches ignored;
	bool known;

	if (note_parse(&head, note, f) || cosign_read(&ignored, &head, n->registry, f))
		return -1;
	known = log > 0 && known_note(t, log, c, &head, &there);
	cosign_merge(kept, known ? &there : NULL, &head, v, n->registry);
	if (kept->failed)
		return fault_set(f, FAULT_FULL, "no memory for a head of %s", c->origin);
	remember(n, t, c, &head, v);
	return 0;
}

/* Hubs whose lines that head carries. */
static unsigned count_lines(const struct node *n, struct txn *t, uint32_t log,
			    enum head_kind kind, struct checkpoint *c, struct span *bytes)
{
	struct note note;
	struct fault f;

	if (!head_get(t, log, kind, c, bytes) || note_parse(&note, *bytes, &f) < 0)
		return 0;
	return (unsigned)__builtin_popcountll(cosign_marks(&note, n->registry));
}

static unsigned hubs_wanted(const struct node *n)
{
	return n->settings.witness_policy > 0 ? (unsigned)n->settings.witness_policy : 1;
}

void cosigner_vouched(struct node *n, struct txn *t, uint32_t log)
{
	struct checkpoint proved, older;
	struct span ignored;
	unsigned lines;

	lines = count_lines(n, t, log, HEAD_PROVED, &proved, &ignored);
	if (lines > 0 && (lines >= hubs_wanted(n) ||
			  lines >= count_lines(n, t, log, HEAD_VOUCHED, &older, &ignored)))
		head_vouch(t, log);
}

bool cosigner_older(const struct node *n, struct txn *t, uint32_t log, struct checkpoint *c,
		    struct span *note)
{
	struct checkpoint proved;
	struct span ignored;
	const unsigned lines = count_lines(n, t, log, HEAD_PROVED, &proved, &ignored);

	return lines < hubs_wanted(n) && count_lines(n, t, log, HEAD_VOUCHED, c, note) > lines &&
	       c->size > 0 && c->size < proved.size;
}

static bool wants(const struct node *n, struct txn *t, uint32_t log)
{
	const unsigned need = n->settings.witness_policy;
	struct checkpoint proved, older;
	struct span ignored;

	return need > 0 && !branch_is(t, log) && head_get(t, log, HEAD_PROVED, &proved, &ignored) &&
	       proved.size > 0 && count_lines(n, t, log, HEAD_PROVED, &proved, &ignored) < need &&
	       count_lines(n, t, log, HEAD_VOUCHED, &older, &ignored) < need;
}

unsigned cosigner_few(struct node *n)
{
	const int64_t start_ms = clock_mono_ms();
	struct fault f;
	struct txn *t;

	/* whoever may read the metrics asks as often as he likes: a hundredth of the time */
	if (start_ms < n->few_due_ms)
		return n->few_hubs;
	t = txn_begin(n->store, false, &f);
	n->few_hubs = 0;
	for (uint32_t log = 1; t && log <= log_last(t); log++)
		n->few_hubs += wants(n, t, log);
	txn_abort(t);
	n->few_due_ms = start_ms + 100 * (clock_mono_ms() - start_ms);
	return n->few_hubs;
}

void cosigner_state(const struct node *n, struct txn *t, uint32_t log, const char *origin,
		    uint64_t *vouched, uint64_t *cosigned)
{
	struct cosigned last = { .known = false };
	struct span bytes;
	struct note note;
	struct fault f;

	*vouched = 0;
	if (log > 0 && head_get(t, log, HEAD_SEEN, NULL, &bytes) &&
	    note_parse(&note, bytes, &f) == 0)
		*vouched = cosign_marks(&note, n->registry);
	if (n->cosigner)
		cosigned_get(t, origin, &last, &f);
	*cosigned = last.size;
}

int cosigner_check(const struct node *n, struct fault *f)
{
	const struct member *self = registry_by_name(n->registry, n->settings.member);

	if (self && self->cosigns &&
	    !memcmp(self->cosign_key, signer_verifier(n->cosigner)->key, KEY_SIZE))
		return 0;
	return fault_set(f, FAULT_CONFIG, "cosigning: keys/cosign.key is not the key that the member "
			 "log has of this hub: put the right file back, nothing is cosigned");
}

/* Keeps what is signed, and puts the line on the heads of that size. */
static int keep(struct node *n, struct txn *t, uint32_t log, const struct checkpoint *c,
		const struct verifier *v, int64_t time_s, struct span bytes, struct fault *f)
{
	struct buffer own, kept;
	struct note head, signed_head;
	int rc = -1;

	buffer_init(&own, NOTE_BYTES_MAX);
	buffer_init(&kept, NOTE_BYTES_MAX);
	if (note_parse(&head, bytes, f) || cosign_sign(&own, &head, v, n->cosigner, time_s, f) ||
	    note_parse(&signed_head, (struct span){ own.data, own.used }, f))
		goto out;
	cosign_merge(&kept, &head, &signed_head, v, n->registry);
	if (kept.failed) {
		fault_set(f, FAULT_FULL, "no memory for a cosignature");
		goto out;
	}
	cosigned_put(t, c, time_s, (struct span){ own.data, own.used });
	n->cosigned++;
	head_lines(t, log, c, (struct span){ kept.data, kept.used });
	cosigner_vouched(n, t, log);
	rc = 0;
out:
	buffer_clear(&own);
	buffer_clear(&kept);
	return rc;
}

/* What was cosigned last bears its author's line, as the other history does that is held: the
 * two are evidence. Of a log of others that was witnessed by another key it is none. */
static void accuse(struct node *n, struct txn *t, uint32_t log, const struct log_id *id,
		   const char *origin)
{
	struct gossip g = { .type = GOSSIP_HEAD, .head = { .log = *id } };
	const struct core_effect fx = { .type = FX_TAKE_HEAD, .log = *id, .message = &g };
	struct cosigned_row row;
	struct checkpoint c;
	struct hash key;
	struct verifier v;
	struct fault f;

	hash_bytes(origin, strlen(origin), &key);
	if (cosigned_find(t, &key, &row, &f) <= 0 ||
	    intake_open_head(n, id, row.note, &c, &v, &f) != INTAKE_TAKEN)
		return;
	g.head.checkpoint = row.note;
	forks_head(n, t, log, &fx, &c);
}

static int sign(struct node *n, struct txn *t, uint32_t log, const struct log_id *id,
		struct fault *f)
{
	const struct verifier *v;
	struct tree_reader tree;
	struct cosigned last;
	struct checkpoint c;
	struct log_tree lt;
	struct span note;

	if (!head_get(t, log, HEAD_PROVED, &c, &note))
		return 0;
	v = intake_key(n, id, c.size);
	if (!v)
		return 0;
	if (cosigned_get(t, c.origin, &last, f) < 0)
		return fault_prefix(f, "cosigning");
	log_tree(&lt, &tree, t, log);
	switch (cosign_judge(&last, &c, &tree)) {
	case COSIGN_SMALLER:
		return 0;
	case COSIGN_FORKED:
		accuse(n, t, log, id, c.origin);
		return fault_set(f, FAULT_REFUSED, "cosigning: %s is held here in another history than "
				 "the one that this hub cosigned at %llu entries: nothing more of it is "
				 "cosigned", c.origin, (unsigned long long)last.size);
	case COSIGN_SAME:
		return keep(n, t, log, &c, v, last.time_s, note, f);
	case COSIGN_NEW:
		break;
	}
	return keep(n, t, log, &c, v, clock_wall_ms() / 1000, note, f);
}

int cosigner_sign(struct node *n, const struct log_id *id, const char *origin, struct fault *f)
{
	struct txn *t;
	uint32_t log;

	if (!n->cosigner || cosigner_check(n, f) < 0)
		return n->cosigner ? -1 : 0;
	t = writer_txn(n, f);
	if (!t)
		return -1;
	if (txn_failed(t))
		return 0;   /* the commit says why; the core asks again */
	log = log_find(t, origin);
	if (!log || sign(n, t, log, id, f) < 0)
		return log ? -1 : 0;
	writer_changed(n, id, log, 0, 0, CHECKPOINT_BYTES_MAX);
	return 0;
}
