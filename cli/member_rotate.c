/* trac member rotate: new keys of a member, asked for there and named by the authority. */
#include <inttypes.h>
#include <string.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/home_next.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/log_held.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/request.h"

/* of a key in base64 */
#define KEY_TEXT_MAX 44

/* What no machine can see to: that the copies are new, and whose request it is. */
static void advise(const struct context *c, const struct rotation *q)
{
	char key[KEY_TEXT_MAX + 1];
	if (c->quiet || c->json)
		return;
	base64_write(key, q->sign_key, KEY_SIZE);
	fprintf(stderr, _("Its next signing key: %s\nCopy keys/ now, with the .next files: once they "
			  "are named, older copies are of no use, and a node that has lost them is "
			  "revoked and admitted under another name.\n"), key);
}

static int ask(struct context *c, const struct arguments *a, const struct home *h, struct fault *f)
{
	struct rotation q = { .from = 0 };
	struct next_keys next;
	struct buffer note;
	if (h->self.role == TRAC__ROLE__AUTHORITY)
		return fault_set(f, FAULT_REFUSED, "the authority's next key is named by its guardians: "
				 "trac member succession");
	struct signer *now = home_signer(c->home, h, f);
	if (!now || home_next_make(c->home, h, &next, f) < 0) {
		signer_destroy(now);
		return -1;
	}
	snprintf(q.network, sizeof q.network, "%s", h->network);
	snprintf(q.name, sizeof q.name, "%s", h->self.name);
	q.from = next.size;
	memcpy(q.sign_key, signer_verifier(next.signer)->key, KEY_SIZE);
	memcpy(q.link_key, next.link_key, LINK_KEY_SIZE);
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = rotation_write(&note, &q, now, next.signer, f);
	if (rc == 0)
		rc = statement_deliver(c, given(a, "output"), &note, "trac member rotate", f);
	if (rc == 0)
		advise(c, &q);
	buffer_clear(&note);
	home_next_clear(&next);
	signer_destroy(now);
	return rc;
}

/* Signed by the key that signs that log now, as the store of this node has it. */
static int check(const char *home, struct span note, const struct rotation *q, struct fault *f)
{
	struct held h;
	const struct member *m = NULL;
	int rc = held_open(&h, home, f);
	if (rc == 0)
		m = registry_by_name(h.registry, q->name);
	if (rc == 0 && !m)
		rc = fault_set(f, FAULT_ABSENT, "no member is named \"%s\": trac members lists them",
			       q->name);
	if (rc == 0)
		rc = rotation_check(note, q, m->key.key, f);
	held_close(&h);
	return rc;
}

static int state(struct context *c, const char *path, const struct home *h, struct fault *f)
{
	struct rotation q;
	struct buffer note, statement;
	buffer_init(&note, NOTE_BYTES_MAX);
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = file_read(path, &note, f);
	const struct span bytes = { note.data, note.used };
	if (rc == 0)
		rc = rotation_open(bytes, &q, f);
	if (rc == 0 && strcmp(q.network, h->network))
		rc = fault_set(f, FAULT_REFUSED, "is of the network %s, this is %s", q.network,
			       h->network);
	if (rc == 0)
		rc = check(c->home, bytes, &q, f);
	if (rc == 0)
		rc = rotate_write(&statement, &q, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&note);
	buffer_clear(&statement);
	if (rc < 0)
		return fault_prefix(f, "%s", path);
	char key[KEY_TEXT_MAX + 1];
	base64_write(key, q.sign_key, KEY_SIZE);
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:I, s:s}", "rotated", q.name, "from",
						    (json_int_t)q.from, "sign_key", key), f);
	if (!c->quiet)
		fprintf(c->out, _("%s: new keys; beyond %" PRIu64 " entries its log is signed with\n%s\n"),
			q.name, q.from, key);
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct home h;
	if (home_read(c->home, &h, f) < 0)
		return -1;
	return a->count ? state(c, a->operand[0], &h, f) : ask(c, a, &h, f);
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write it there instead of standard output") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_rotate = {
	.name = "member rotate", .operands = "[FILE]",
	.summary = N_("ask for new keys of this node; with FILE, name those of a member"),
	.manual = N_("At the member: makes keys beside the present ones and writes the request. Until "
		     "the authority has named them it records on and publishes nothing; then it "
		     "takes them by itself. What was signed before stays valid. At the authority: make "
		     "sure by telephone that the key in FILE is the one that the member made; who "
		     "stole its present keys can write such a request too."),
	.json = "{\"rotated\": NAME, \"from\": N, \"sign_key\"}, or {\"file\": string or null, \"note\": string}",
	.option = option, .least = 0, .most = 1, .run = run,
};
