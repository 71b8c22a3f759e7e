/* What is signed of a letter. */
#include "proto/log/letter.h"

#include <string.h>

#define TEXT_BYTES_MAX (LETTER_BYTES_MAX + 1024)

static void write_letter(const struct gossip *g, const char *network, struct buffer *b)
{
	static const char domain[] = "tracd letter v1\n";

	write_bytes(b, domain, sizeof domain - 1);
	write_text(b, network);
	write_u32(b, g->letter.kind);
	write_text(b, g->letter.from);
	write_text(b, g->letter.to);
	write_bytes(b, g->letter.sha256, sizeof g->letter.sha256);
	write_u64(b, g->letter.nonce);
	write_u64(b, g->letter.offset);
	write_u64(b, g->letter.total);
	write_u32(b, g->letter.code);
	write_span(b, g->letter.body);
}

int letter_sign(const struct signer *s, const char *network, struct gossip *g, struct fault *f)
{
	struct buffer b;
	int rc = 0;

	buffer_init(&b, TEXT_BYTES_MAX);
	write_letter(g, network, &b);
	if (b.failed)
		rc = fault_set(f, FAULT_FULL, "no memory to sign a letter");
	else
		signer_sign(s, (struct span){ b.data, b.used }, g->letter.signature);
	buffer_clear(&b);
	return rc;
}

int letter_check(const struct verifier *v, const char *network, const struct gossip *g,
		 struct fault *f)
{
	struct buffer b;
	int rc = 0;

	buffer_init(&b, TEXT_BYTES_MAX);
	write_letter(g, network, &b);
	if (b.failed)
		rc = fault_set(f, FAULT_FULL, "no memory to check a letter");
	else if (verifier_check(v, (struct span){ b.data, b.used }, g->letter.signature) < 0)
		rc = fault_set(f, FAULT_UNPROVED, "letter: it says that it is of %s, whose key did "
			       "not sign it", g->letter.from);
	buffer_clear(&b);
	return rc;
}
