/* The witness protocol over HTTP. */
#include "daemon/witness.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/cosigner.h"
#include "daemon/engine.h"
#include "daemon/intake.h"
#include "daemon/writer.h"
#include "proto/log/witness.h"
#include "store/evidence.h"

#define PREFIX "/witness/"
#define SUFFIX "/checkpoint"
#define HEX_SIZE (2 * HASH_SIZE)
/* Who asks again for the same gets the line that is kept; after an hour, a new one that says
 * that this is still the largest tree: what strangers make this node write is bounded. */
#define LINE_FRESH_S 3600

/* --- asking --- */

static bool path_hash(const char *path, struct hash *out)
{
	const char *hex = path + strlen(PREFIX);
	char text[HEX_SIZE + 1];

	if (strncmp(path, PREFIX, strlen(PREFIX)) ||
	    strspn(hex, "0123456789abcdef") != HEX_SIZE || strcmp(hex + HEX_SIZE, SUFFIX))
		return false;
	memcpy(text, hex, HEX_SIZE);
	text[HEX_SIZE] = '\0';
	return hex_read(out->b, HASH_SIZE, text) == 0;
}

bool witness_serves(const char *path)
{
	struct hash ignored;

	return path_hash(path, &ignored);
}

static void refuse(struct web_answer *out, unsigned status, const struct fault *f)
{
	out->status = status;
	buffer_reset(&out->body);
	write_format(&out->body, "%s\n", f->text);
}

void witness_get(struct node *n, const char *path, struct web_answer *out)
{
	struct cosigned_row row;
	struct hash origin;
	struct fault f = { 0 };
	struct txn *t = path_hash(path, &origin) ? txn_begin(n->store, false, &f) : NULL;
	int rc = t ? cosigned_find(t, &origin, &row, &f) : 0;

	if (rc > 0) {
		write_bytes(&out->body, row.note.data, row.note.size);
		out->cache = IPC_CACHE_SHORT;
	} else if (rc < 0) {
		refuse(out, 500, &f);
	} else {
		fault_set(&f, FAULT_ABSENT, "no checkpoint of that log has been cosigned here");
		refuse(out, 404, &f);
	}
	txn_abort(t);
}

/* --- adding --- */

/* Of the network are the member log, and the present logs of those who are not revoked. */
static bool is_of_network(const struct node *n, const char *origin, const struct log_id *id)
{
	const struct closed_log *closed;
	const struct member *m = registry_author(n->registry, id, &closed);

	return m ? !closed && member_may_link(m) : !strcmp(origin, n->settings.authority.name);
}

/* Nobody vouches for himself, in an earlier epoch neither. */
static bool is_own(const struct node *n, const char *origin, const struct log_id *id)
{
	const struct closed_log *closed;
	const struct member *m = registry_author(n->registry, id, &closed);

	return !strcmp(origin, n->origin) || (m && !strcmp(m->name, n->settings.member));
}

/* The key that is trusted for that origin at that size; NULL: none. */
static const struct verifier *trusted(const struct node *n, const char *origin, uint64_t size,
				      struct log_id *id, bool *of_network)
{
	*of_network = false;
	log_id_of(origin, id);
	if (!n->cosigner || is_own(n, origin, id))
		return NULL;
	for (unsigned i = 0; i < n->settings.witness_log_count; i++) {
		if (!strcmp(n->settings.witness_log[i].name, origin))
			return &n->settings.witness_log[i];
	}
	*of_network = is_of_network(n, origin, id);
	return *of_network ? intake_key(n, id, size) : NULL;
}

/* A log that is held here is compared with what is held, as far as it goes. */
static bool contradicts(struct txn *t, const struct checkpoint *c)
{
	const uint32_t log = log_find(t, c->origin);
	struct tree_reader tree;
	struct log_tree lt;
	struct hash root;

	if (!log || log_size(t, log) < c->size)
		return false;
	log_tree(&lt, &tree, t, log);
	return tree_root(&tree, c->size, &root) < 0 || !hash_equal(&root, &c->root);
}

/* Of a log that is known to be forked nothing is cosigned any more. */
static bool is_borne_out(struct txn *t, const struct checkpoint *c)
{
	const uint32_t log = log_find(t, c->origin);

	return (!log || fork_level(t, log) == 0) && !contradicts(t, c);
}

/* What the checkpoint must continue: what was cosigned last, or what is proved here of a log
 * that is held, whichever is larger. parted: these two are not of one history. */
static int last_seen(struct txn *t, const char *origin, struct cosigned *last, bool *parted,
		     struct fault *f)
{
	const uint32_t log = log_find(t, origin);
	struct checkpoint proved;
	struct tree_reader tree;
	struct log_tree lt;

	*parted = false;
	if (cosigned_get(t, origin, last, f) < 0)
		return -1;
	if (log && head_get(t, log, HEAD_PROVED, &proved, NULL)) {
		log_tree(&lt, &tree, t, log);
		*parted = !cosign_latest(last, &proved, &tree);
	}
	return 0;
}

/* The line of that very tree, when it was made not long ago: asking again writes nothing. */
static bool stored_line(struct node *n, struct txn *t, const struct checkpoint *c,
			struct buffer *line)
{
	const int64_t now_s = clock_wall_ms() / 1000;
	struct cosigned_row row;
	struct hash origin;
	struct note note;
	struct fault f;

	hash_bytes(c->origin, strlen(c->origin), &origin);
	if (cosigned_find(t, &origin, &row, &f) <= 0 || row.last.size != c->size ||
	    now_s - row.last.time_s >= LINE_FRESH_S || note_parse(&note, row.note, &f) < 0)
		return false;
	for (unsigned i = 0; i < note.count; i++) {
		if (note_line_is(&note.line[i], signer_verifier(n->cosigner)))
			note_line_write(&note.line[i], line);
	}
	return line->used > 0;
}

/* 503 as long as it is not known here what this hub signed, or by whom it is checked. */
static unsigned is_sure(const struct node *n, struct fault *f)
{
	if (cosigner_check(n, f) < 0)
		return 503;
	if (!n->doubt && core_may_cosign(n->core, clock_mono_ms()))
		return 200;
	fault_set(f, FAULT_UNAVAILABLE, "this hub may be an old copy of itself, and cosigns nothing "
		  "until a peer has greeted it: try again");
	return 503;
}

/* The status, with the body of 409, and of 200 when it is kept here already. */
static unsigned judge(struct node *n, struct txn *t, const struct witness_request *q,
		      const struct verifier *v, struct web_answer *out, struct fault *f)
{
	struct cosigned last;
	unsigned status;
	bool parted;

	if (last_seen(t, q->head.origin, &last, &parted, f) < 0)
		return 500;
	status = witness_judge(q, v, &last, f);
	if (status == 409) {
		write_format(&out->body, "%llu\n", (unsigned long long)last.size);
		out->type = WITNESS_SIZE_TYPE;
	}
	if (status != 200)
		return status;
	if (parted || !is_borne_out(t, &q->head)) {
		fault_set(f, FAULT_UNPROVED, "the checkpoint of \"%s\" is not of the entries that this "
			  "hub holds: the log has been forked by its author", q->head.origin);
		return 422;
	}
	status = is_sure(n, f);
	if (status == 200)
		stored_line(n, t, &q->head, &out->body);
	return status;
}

/* A checkpoint of the network that its author signed and that does not go with what is held:
 * evidence is made of it like of one that a peer sends. */
static void show_fork(struct node *n, const struct witness_request *q, const struct log_id *id,
		      const struct verifier *v)
{
	struct buffer head;

	buffer_init(&head, CHECKPOINT_BYTES_MAX);
	write_bytes(&head, q->note.text.data, q->note.text.size);
	write_bytes(&head, "\n", 1);
	for (unsigned i = 0; i < q->note.count; i++) {
		if (note_line_is(&q->note.line[i], v))
			note_line_write(&q->note.line[i], &head);
	}
	if (!head.failed)
		engine_head(n, id, (struct span){ head.data, head.used });
	buffer_clear(&head);
}

/* Writes the line that is the answer; it leaves after what it says is durable. */
static unsigned cosign(struct node *n, const struct witness_request *q, const struct verifier *v,
		       struct buffer *line, struct fault *f)
{
	const int64_t time_s = clock_wall_ms() / 1000;
	struct txn *t = txn_begin(n->store, true, f);
	struct buffer note;
	int rc = t ? 0 : -1;

	buffer_init(&note, NOTE_BYTES_MAX + ORIGIN_MAX + 256);
	if (t && (cosign_sign(&note, &q->note, v, n->cosigner, time_s, f) < 0 ||
		  note_cosign(line, q->note.text, n->cosigner, time_s, f) < 0)) {
		txn_abort(t);
		rc = -1;
	} else if (t) {
		cosigned_put(t, &q->head, time_s, (struct span){ note.data, note.used });
		rc = txn_commit(t, f);
		if (rc < 0 && f->code == FAULT_IO)
			node_die(n, f);
	}
	buffer_clear(&note);
	if (rc == 0)
		n->cosigned++;
	return rc == 0 ? 200 : 503;
}

/* Judged by who only reads: strangers do not make this node write. Nothing else writes until
 * this returns, so that it still holds when the answer is kept. */
static unsigned decide(struct node *n, const struct witness_request *q, struct web_answer *out,
		       struct fault *f)
{
	struct log_id id;
	bool of_network, forked;
	const struct verifier *v = trusted(n, q->head.origin, q->head.size, &id, &of_network);
	struct txn *t = txn_begin(n->store, false, f);
	unsigned status;

	if (!t)
		return 503;
	status = judge(n, t, q, v, out, f);
	forked = status == 422 && of_network && contradicts(t, &q->head);
	if (txn_failed(t)) {
		txn_commit(t, f);   /* says why */
		return 500;
	}
	txn_abort(t);
	if (forked)
		show_fork(n, q, &id, v);
	if (status != 200 || out->body.used > 0)
		return status;
	status = cosign(n, q, v, &out->body, f);
	if (status == 200 && of_network)
		engine_log_changed(n, &id);
	return status;
}

void witness_post(struct node *n, struct span body, struct web_answer *out)
{
	struct witness_request *q = calloc(1, sizeof *q);
	struct fault f = { 0 };
	unsigned status = 503;

	writer_settle(n);
	if (n->stopping || !q)
		fault_set(&f, FAULT_UNAVAILABLE, "this node is stopping or has no memory: try again");
	else if (witness_parse(q, body, &f) < 0)
		status = 400;
	else
		status = decide(n, q, out, &f);
	free(q);
	out->status = status;
	if (status != 200 && status != 409)
		refuse(out, status, &f);
}
