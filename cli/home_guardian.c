/* trac guardian: who together name the next key of the authority, and how they sign it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/note.h"
#include "proto/log/request.h"
#include "store/keyfile.h"

/* of a key in base64 */
#define KEY_TEXT_MAX 44

/* A guardian needs no home: his key, and the name of the network. */
static struct signer *guardian_signer(const char *path, const char *network, struct fault *f)
{
	char name[ORIGIN_MAX + 1];
	uint8_t seed[32];
	struct signer *s = NULL;
	if (keyfile_read(path, seed, f) == 0) {
		snprintf(name, sizeof name, "%s/guardian", network);
		s = signer_create(name, KEY_ED25519, seed, f);
	}
	explicit_bzero(seed, sizeof seed);
	return s;
}

static int run_init(struct context *c, const struct arguments *a, struct fault *f)
{
	char vkey[VKEY_TEXT_MAX];
	uint8_t seed[32];
	/* first: a key that is there is not written over when the name is put right */
	if (!network_name_is_valid(a->operand[0]))
		return fault_set(f, FAULT_USAGE, "\"%s\" is no name of a network", a->operand[0]);
	world_random(seed, sizeof seed);
	int rc = keyfile_create(a->operand[1], seed, f);
	explicit_bzero(seed, sizeof seed);
	struct signer *s = rc == 0 ? guardian_signer(a->operand[1], a->operand[0], f) : NULL;
	if (!s)
		return -1;
	verifier_format(signer_verifier(s), vkey);
	signer_destroy(s);
	if (c->json)
		return json_print(c->out, json_pack("{s:s}", "vkey", vkey), f);
	fprintf(c->out, "%s\n", vkey);
	return 0;
}

const struct verb verb_guardian_init = {
	.name = "guardian init", .operands = "NETWORK KEYFILE",
	.summary = N_("make the key of a guardian of the authority"),
	.manual = N_("Prints its public half, for the authority. Keep KEYFILE away from any node: it is "
		     "used on the day when the authority's key is lost or stolen."),
	.json = "{\"vkey\"}",
	.least = 2, .most = 2, .run = run_init,
};

static int guardians_read(struct guardians *g, const struct arguments *a, const char *network,
			  struct fault *f)
{
	char name[ORIGIN_MAX + 1], *end;
	struct verifier v;
	*g = (struct guardians){ .needs = (unsigned)strtoul(a->operand[0], &end, 10) };
	if (*end || a->count - 1 > GUARDIANS_MAX || g->needs == 0 ||
	    (int)g->needs > a->count - 1)
		return fault_set(f, FAULT_USAGE, "%s of %d guardians: name 1 to %d keys, and how many of "
				 "them are needed", a->operand[0], a->count - 1, GUARDIANS_MAX);
	snprintf(name, sizeof name, "%s/guardian", network);
	for (int i = 1; i < a->count; i++) {
		if (verifier_parse(&v, a->operand[i], f) < 0)
			return fault_prefix(f, "guardian %d", i);
		if (strcmp(v.name, name) || v.type != KEY_ED25519)
			return fault_set(f, FAULT_USAGE, "guardian %d: the key is named \"%s\", not "
					 "\"%s\": take the line that trac guardian init printed", i,
					 v.name, name);
		memcpy(g->key[g->count++], v.key, KEY_SIZE);
	}
	return 0;
}

static int run_name(struct context *c, const struct arguments *a, struct fault *f)
{
	struct buffer text, statement;
	struct guardians g;
	struct home h;
	if (home_read(c->home, &h, f) < 0 || guardians_read(&g, a, h.network, f) < 0)
		return -1;
	struct signer *s = home_signer(c->home, &h, f);
	if (!s)
		return -1;
	buffer_init(&text, NOTE_BYTES_MAX);
	buffer_init(&statement, ENTRY_SIZE_MAX);
	guardians_text(h.network, &g, &text);
	signer_sign(s, (struct span){ text.data, text.used }, g.signature);
	signer_destroy(s);
	int rc = guardians_write(&statement, &g, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&text);
	buffer_clear(&statement);
	if (rc < 0)
		return -1;
	if (c->json)
		return json_print(c->out, json_pack("{s:i, s:i}", "needs", (int)g.needs, "guardians",
						    (int)g.count), f);
	if (!c->quiet)
		fprintf(c->out, _("any %u of these %u guardians name the next key of the authority\n"),
			g.needs, g.count);
	return 0;
}

const struct verb verb_guardian_name = {
	.name = "guardian name", .operands = "K VKEY...",
	.summary = N_("name the guardians, of whom any K replace the authority's key (authority only)"),
	.manual = N_("Those named before are guardians no more."),
	.json = "{\"needs\", \"guardians\": N}",
	.least = 2, .most = 1 + GUARDIANS_MAX, .run = run_name,
};

/* What his signature says, before it is given: as the text has it, to be compared aloud. */
static int tell_succession(struct context *c, const char *network, const struct succession *q,
			   const char *file, struct fault *f)
{
	char key[KEY_TEXT_MAX + 1], from[NUMBER_TEXT];
	base64_write(key, q->sign_key, KEY_SIZE);
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:s, s:I, s:s}", "signed", file, "network",
						    network, "from", (json_int_t)q->from,
						    "sign_key", key), f);
	if (!c->quiet)
		fprintf(c->out, _("from entry %s of the member log on, the authority of %s signs with "
				  "the key\n%s\n"), number_text(q->from, c->french, from), network,
			key);
	return 0;
}

static int sign(struct context *c, const struct arguments *a, struct buffer *note, struct fault *f)
{
	char network[NETWORK_MAX + 1];
	struct succession q;
	struct note n;
	const struct span bytes = { note->data, note->used };
	if (succession_open(bytes, network, &q, f) < 0 || note_parse(&n, bytes, f) < 0)
		return fault_prefix(f, "%s", a->operand[0]);
	struct signer *s = guardian_signer(given(a, "key"), network, f);
	if (!s)
		return -1;
	struct buffer out;
	buffer_init(&out, NOTE_BYTES_MAX);
	write_bytes(&out, bytes.data, bytes.size);
	int rc = note_add(&out, n.text, s, f);
	if (rc == 0)
		rc = tell_succession(c, network, &q, a->operand[0], f);
	if (rc == 0)
		rc = file_write(a->operand[0], (struct span){ out.data, out.used }, 0644,
				FILE_REPLACE, f);
	buffer_clear(&out);
	signer_destroy(s);
	if (rc == 0 && !c->quiet && !c->json)
		fprintf(c->out, _("%s: signed\n"), a->operand[0]);
	return rc;
}

static int run_sign(struct context *c, const struct arguments *a, struct fault *f)
{
	struct buffer note;
	if (!given(a, "key"))
		return fault_set(f, FAULT_USAGE, "--key KEYFILE is missing: the guardian's key");
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = file_read(a->operand[0], &note, f);
	if (rc == 0)
		rc = sign(c, a, &note, f);
	buffer_clear(&note);
	return rc;
}

static const struct option_row option[] = {
	{ "key", 0, "KEYFILE", false, N_("the key of this guardian") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_guardian_sign = {
	.name = "guardian sign", .operands = "FILE",
	.summary = N_("sign the succession of the authority's key, as a guardian"),
	.manual = N_("Adds a signature to FILE, which trac member succession wrote. Make sure by another "
		     "way that the key that is printed is the one that the right people made."),
	.json = "{\"signed\": FILE, \"network\", \"from\": N, \"sign_key\"}",
	.option = option, .least = 1, .most = 1, .run = run_sign,
};
