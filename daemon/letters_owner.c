/* The side that has a file, and the door for all letters. */
#include <string.h>

#include "daemon/attachments.h"
#include "daemon/letters_inside.h"
#include "daemon/log.h"
#include "daemon/petitions.h"
#include "daemon/seal.h"
#include "daemon/transport.h"
#include "proto/log/letter.h"

void letters_send(struct node *n, uint32_t link, struct gossip *g)
{
	struct fault f = { 0 };

	snprintf(g->letter.from, sizeof g->letter.from, "%s", n->settings.member);
	if (letter_sign(n->signer, n->settings.network, g, &f) < 0) {
		log_line(LOG_NOTE, "letters: %s", f.text);
		return;
	}
	core_letter_sent(n->core, link);
	transport_send(n, link, g);
}

/* --- the owner --- */

static void refuse(struct node *n, uint32_t link, const struct gossip *q,
		   enum letter_refusal code)
{
	struct gossip g = { .type = GOSSIP_LETTER };

	g.letter.kind = LETTER_REFUSAL;
	g.letter.code = code;
	memcpy(g.letter.to, q->letter.from, sizeof g.letter.to);
	memcpy(g.letter.sha256, q->letter.sha256, sizeof g.letter.sha256);
	g.letter.nonce = q->letter.nonce;
	g.letter.offset = q->letter.offset;
	letters_send(n, link, &g);
}

static void send_piece(struct node *n, uint32_t link, const struct gossip *q,
		       const struct member *to, const struct hash *name)
{
	struct gossip g = { .type = GOSSIP_LETTER };
	struct letters *l = n->letters;
	const int64_t size = attachments_size(n, name);
	struct fault f = { 0 };
	long got;

	if (size <= 0 || q->letter.offset >= (uint64_t)size) {
		refuse(n, link, q, LETTER_ABSENT);
		return;
	}
	got = attachments_read(n, name, q->letter.offset, l->piece, LETTER_PIECE_MAX, &f);
	if (got <= 0 || size > ATTACHMENT_BYTES_MAX ||
	    seal_make(to->link_key, (struct span){ l->piece, (size_t)got }, l->sealed) < 0) {
		log_line(LOG_NOTE, "letters: a file cannot be sent to %s: %s", to->name, f.text);
		refuse(n, link, q, LETTER_BUSY);
		return;
	}
	g.letter.kind = LETTER_PART;
	memcpy(g.letter.to, q->letter.from, sizeof g.letter.to);
	memcpy(g.letter.sha256, q->letter.sha256, sizeof g.letter.sha256);
	g.letter.nonce = q->letter.nonce;
	g.letter.offset = q->letter.offset;
	g.letter.total = (uint64_t)size;
	g.letter.body = (struct span){ l->sealed, (size_t)got + SEAL_BYTES };
	letters_send(n, link, &g);
}

/* Every request gets an answer: silence would look like a node that knows no letters. */
static void take_request(struct node *n, uint32_t link, const struct gossip *g,
			 const struct member *from)
{
	struct hash name;

	memcpy(name.b, g->letter.sha256, HASH_SIZE);
	/* who may not have it does not learn whether it is here */
	if (!attachments_may_read(n, &name, from->name))
		refuse(n, link, g, LETTER_NOT_SHARED);
	else
		send_piece(n, link, g, from, &name);
}

/* --- the door --- */

/* The member at the other end of the link is the one that speaks: a hub's own refusal. */
static bool is_of_peer(const struct node *n, uint32_t link, const char *from)
{
	struct core_link l;

	for (unsigned i = 0; core_link(n->core, i, &l); i++) {
		if (l.link == link)
			return l.member && !strcmp(l.member->name, from);
	}
	return false;
}

void letters_read(struct node *n, uint32_t link, const struct gossip *g)
{
	const struct member *from = registry_by_name(n->registry, g->letter.from);
	struct fault f = { 0 };

	if (!from || !member_may_link(from))
		return;
	if (g->letter.kind == LETTER_REFUSAL && g->letter.code == LETTER_NO_ROUTE) {
		if (is_of_peer(n, link, from->name)) {
			letters_take_refusal(n, g);
			petitions_answered(n, g);
		}
		return;
	}
	if (letter_check(&from->key, n->settings.network, g, &f) < 0) {
		log_line(LOG_NOTE, "%s", f.text);
		if (g->letter.kind == LETTER_REQUEST)
			refuse(n, link, g, LETTER_NOT_SHARED);
	} else if (g->letter.kind == LETTER_REQUEST) {
		take_request(n, link, g, from);
	} else if (g->letter.kind == LETTER_PETITION) {
		petitions_take(n, link, g);
	} else if (g->letter.kind == LETTER_ANSWER) {
		petitions_answered(n, g);
	} else if (g->letter.kind == LETTER_PART) {
		letters_take_part(n, link, g);
	} else {
		letters_take_refusal(n, g);
	}
}
