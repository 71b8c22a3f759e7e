/* The authority's side: judges a petition, appends the admission, answers. */
#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/engine.h"
#include "daemon/letters_inside.h"
#include "daemon/log.h"
#include "daemon/membership.h"
#include "daemon/petitions_inside.h"
#include "proto/life/check.h"

/* --- what came --- */

void petitions_take(struct node *n, uint32_t link, const struct gossip *g)
{
	static const struct timeval now = { 0, 0 };
	struct petitions *p = n->petitions;
	unsigned of_one = 0;
	struct come *c;

	for (unsigned i = 0; i < p->come_count; i++)
		of_one += !strcmp(p->come[i].from, g->letter.from);
	if (p->come_count == COME_MAX || of_one == COME_OF_ONE_MAX)
		return;
	c = &p->come[p->come_count++];
	*c = (struct come){ .link = link, .nonce = g->letter.nonce, .size = g->letter.body.size };
	memcpy(c->from, g->letter.from, sizeof c->from);
	memcpy(c->name.b, g->letter.sha256, HASH_SIZE);
	memcpy(c->note, g->letter.body.data, c->size);
	/* not from within a step of the core: the members may change */
	evtimer_add(p->work, &now);
}

/* --- judging --- */

int petition_texts(const struct member *m, struct fault *f)
{
	/* as scope and donor of an event, which name structures too */
	const char *why = m->title[0] ? text_refusal("scope", m->title) : NULL;

	if (why)
		return fault_set(f, FAULT_REFUSED, "the title of \"%s\" %s", m->name, why);
	why = m->structure[0] ? text_refusal("donor", m->structure) : NULL;
	if (why)
		return fault_set(f, FAULT_REFUSED, "the structure of \"%s\" %s", m->name, why);
	return 0;
}

static int judge(struct node *n, const struct come *c, struct buffer *statement, struct fault *f)
{
	const struct span note = { c->note, c->size };
	struct petition p;

	if (!n->member_signer)
		return fault_set(f, FAULT_REFUSED, "\"%s\" does not keep the member log of %s",
				 n->settings.member, n->settings.network);
	/* the guardians have signed, or are about to, for the next statement alone */
	if (n->rotating)
		return fault_set(f, FAULT_BUSY, "the authority's key is being replaced: until then "
				 "nobody is admitted");
	if (n->doubt)
		return fault_set(f, FAULT_BUSY, "the authority's node is in quarantine: its operator "
				 "has to look at trac recover");
	if (petition_judge(n->registry, c->from, note, clock_wall_ms(), &p, statement, f) ||
	    petition_texts(&p.member, f))
		return -1;
	if (statement->used == 0)
		return 0;
	if (membership_state(n, (struct span){ statement->data, statement->used }, f) < 0)
		return -1;
	log_line(LOG_NOTE, "admitted %s, which hub %s asked for", p.member.name, c->from);
	engine_log_changed(n, registry_log(n->registry));
	engine_members_changed(n);
	return 0;
}

/* What one hub may do by itself is used up: the operator should know. */
static void tell(struct node *n, const struct come *c, int rc, const struct fault *f)
{
	struct fault alert;

	fault_set(&alert, FAULT_BUSY, "admissions of hub %s:", c->from);
	if (rc == 0) {
		node_calm(n, alert.text);
	} else if (f->code == FAULT_BUSY && !n->doubt && !n->rotating) {
		fault_set(&alert, FAULT_BUSY, "admissions of hub %s: %s", c->from, f->text);
		node_alert(n, alert.text);
	}
}

static void answer(struct node *n, const struct come *c, int rc, const struct fault *f)
{
	struct gossip g = { .type = GOSSIP_LETTER };

	g.letter.kind = LETTER_ANSWER;
	memcpy(g.letter.to, c->from, sizeof g.letter.to);
	memcpy(g.letter.sha256, c->name.b, HASH_SIZE);
	g.letter.nonce = c->nonce;
	if (rc < 0) {
		g.letter.code = f->code == FAULT_BUSY || f->code == FAULT_FULL ||
				f->code == FAULT_IO ? LETTER_BUSY : LETTER_REFUSED;
		g.letter.body = (struct span){ (const uint8_t *)f->text, strlen(f->text) };
	}
	letters_send(n, c->link, &g);
}

void petitions_work(struct node *n)
{
	struct petitions *p = n->petitions;
	struct buffer statement;
	const unsigned count = p->come_count;

	buffer_init(&statement, ENTRY_SIZE_MAX);
	for (unsigned i = 0; i < count && !n->stopping; i++) {
		struct fault f = { 0 };
		int rc = judge(n, &p->come[i], &statement, &f);

		tell(n, &p->come[i], rc, &f);
		answer(n, &p->come[i], rc, &f);
		buffer_reset(&statement);
	}
	/* what came meanwhile */
	p->come_count -= count;
	memmove(p->come, p->come + count, p->come_count * sizeof *p->come);
	buffer_clear(&statement);
}
