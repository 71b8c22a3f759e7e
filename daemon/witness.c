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

	if (t && cosigned_find(t, &origin, &row)) {
		write_bytes(&out->body, row.note.data, row.note.size);
		out->cache = IPC_CACHE_SHORT;
	} else {
		fault_set(&f, FAULT_ABSENT, "no checkpoint of that log has been cosigned here");
		refuse(out, 404, &f);
	}
	txn_abort(t);
}

/* --- adding --- */

/* The key that is trusted for that origin at that size; NULL: none. */
static const struct verifier *trusted(const struct node *n, const char *origin, uint64_t size,
				      struct log_id *id, bool *of_network)
{
	const struct verifier *v;
	const struct member *m;
	const char *name;

	*of_network = false;
	log_id_of(origin, id);
	/* nobody vouches for himself */
	if (!n->cosigner || !strcmp(origin, n->origin))
		return NULL;
	for (unsigned i = 0; i < n->settings.witness_log_count; i++) {
		if (!strcmp(n->settings.witness_log[i].name, origin))
			return &n->settings.witness_log[i];
	}
	if (!intake_log(n, id, &name, &v) || strcmp(name, origin))
		return NULL;
	m = registry_by_log(n->registry, id);
	*of_network = true;
	return !m || member_may_link(m) ? intake_key(n, id, size) : NULL;
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

/* Keeps it in t and writes the line that is the answer. -1: f says why not. */
static int cosign(struct node *n, struct txn *t, const struct witness_request *q,
		  const struct verifier *v, struct buffer *line, struct fault *f)
{
	const int64_t time_s = clock_wall_ms() / 1000;
	struct buffer note;
	int rc = -1;

	buffer_init(&note, NOTE_BYTES_MAX + ORIGIN_MAX + 256);
	if (cosigner_write(n, &q->note, v, time_s, &note, f) == 0 &&
	    note_cosign(line, q->note.text, n->cosigner, time_s, f) == 0) {
		cosigned_put(t, &q->head, time_s, (struct span){ note.data, note.used });
		rc = 0;
	}
	buffer_clear(&note);
	return rc;
}

static unsigned judge(struct node *n, struct txn *t, const struct witness_request *q,
		      const struct verifier *v, struct web_answer *out, struct fault *f)
{
	struct cosigned last;
	unsigned status;

	cosigned_get(t, q->head.origin, &last);
	if (txn_failed(t))
		return 500;
	status = witness_judge(q, v, &last, f);
	if (status == 200 && !is_borne_out(t, &q->head)) {
		fault_set(f, FAULT_UNPROVED, "the checkpoint of \"%s\" is not of the entries that this "
			  "hub holds: the log has been forked by its author", q->head.origin);
		return 422;
	}
	/* its own log is in doubt, or nobody could say yet what it signed before */
	if (status == 200 && (n->doubt || !core_may_cosign(n->core, clock_mono_ms()))) {
		fault_set(f, FAULT_UNAVAILABLE, "this hub may be an old copy of itself, and cosigns "
			  "nothing until a peer has greeted it: try again");
		return 503;
	}
	if (status == 409) {
		write_format(&out->body, "%llu\n", (unsigned long long)last.size);
		out->type = WITNESS_SIZE_TYPE;
	}
	if (status == 200 && cosign(n, t, q, v, &out->body, f) < 0)
		return 500;
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

/* The signature leaves after what it says is durable. */
static unsigned decide(struct node *n, const struct witness_request *q, struct web_answer *out,
		       struct fault *f)
{
	struct log_id id;
	bool of_network;
	const struct verifier *v = trusted(n, q->head.origin, q->head.size, &id, &of_network);
	struct txn *t = txn_begin(n->store, true, f);
	unsigned status;

	if (!t)
		return 503;
	status = judge(n, t, q, v, out, f);
	if (status != 200) {
		const bool forked = status == 422 && of_network && contradicts(t, &q->head);

		txn_abort(t);
		if (forked)
			show_fork(n, q, &id, v);
		return status;
	}
	if (txn_commit(t, f) < 0) {
		if (f->code == FAULT_IO)
			node_die(n, f);
		return 503;
	}
	if (of_network)
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
