/* The hub's side: asks the authority until the member log names the workshop. */
#include "daemon/petitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/answers.h"
#include "daemon/clock.h"
#include "daemon/dice.h"
#include "daemon/letters_inside.h"
#include "daemon/log.h"
#include "daemon/petitions_inside.h"
#include "proto/wire/unpack.h"

#define TURN_MS 500
/* Asked again when nothing comes: soon while a person may wait for it, then seldom. */
#define SOON_MS 3000
#define SOON_TRIES 4
#define SELDOM_MS 30000
/* The authority said that it cannot now. */
#define LATER_MS 600000

/* --- asking --- */

static void waits(struct node *n, struct asked *a, const char *why)
{
	struct fault alert;

	if (!strcmp(a->why, why))
		return;
	fault_set(&alert, FAULT_REFUSED, "admission of %s:", a->member.name);
	node_calm(n, alert.text);
	snprintf(a->why, sizeof a->why, "%s", why);
	/* it is cut where no character is halved */
	fault_set(&alert, FAULT_REFUSED, "admission of %s: %s: %s", a->member.name,
		  a->refused ? "refused" : "waits for the authority", why);
	if (why[0])
		node_alert(n, alert.text);
}

static void refuse(struct node *n, struct asked *a, const char *why)
{
	a->refused = true;
	a->why[0] = '\0';
	waits(n, a, why);
}

/* Would it be admitted, by what is known here? Appends the petition for it to note. */
static int make(const struct node *n, const struct member *m, struct buffer *note,
		struct fault *f)
{
	const struct member *hub = registry_by_name(n->registry, n->settings.member);
	struct buffer statement;
	struct petition p;
	int rc;

	if (!hub)
		return fault_set(f, FAULT_REFUSED, "this node is no member yet: have it admitted");
	if (petition_texts(m, f) ||
	    petition_write(note, n->settings.network, hub, m, n->signer, f))
		return -1;
	buffer_init(&statement, ENTRY_SIZE_MAX);
	rc = petition_judge(n->registry, hub->name, (struct span){ note->data, note->used },
			    clock_wall_ms(), &p, &statement, f);
	buffer_clear(&statement);
	/* how many it may have in a day is for the authority to say */
	return rc && f->code != FAULT_BUSY ? -1 : 0;
}

static void send_it(struct node *n, struct asked *a, struct span note)
{
	const struct member *authority = registry_member(n->registry, 0);
	struct gossip g = { .type = GOSSIP_LETTER };
	uint32_t route[ROUTES_MAX];
	const unsigned routes = core_routes(n->core, authority->name, route, ROUTES_MAX);

	if (routes == 0) {
		waits(n, a, "this node has no link to it nor to a hub now: see trac peers");
		return;
	}
	g.letter.kind = LETTER_PETITION;
	memcpy(g.letter.to, authority->name, sizeof g.letter.to);
	hash_bytes(note.data, note.size, &a->name);
	memcpy(g.letter.sha256, a->name.b, HASH_SIZE);
	g.letter.nonce = a->nonce;
	g.letter.body = note;
	letters_send(n, route[a->tries % routes], &g);
	if (++a->tries == SOON_TRIES && !a->why[0])
		waits(n, a, "it does not answer: its tracd is stopped, or older than this one");
}

static void ask(struct node *n, struct asked *a)
{
	struct buffer note;
	struct fault f;

	a->due_ms = clock_mono_ms() + (a->tries < SOON_TRIES ? SOON_MS : SELDOM_MS);
	if (!registry_by_name(n->registry, n->settings.member)) {
		waits(n, a, "this node has to get the member log back first");
		return;
	}
	buffer_init(&note, PETITION_BYTES_MAX);
	if (make(n, &a->member, &note, &f) < 0)
		refuse(n, a, f.text);
	else
		send_it(n, a, (struct span){ note.data, note.used });
	buffer_clear(&note);
}

static bool is_admitted(const struct node *n, const struct member *m)
{
	const struct member *now = registry_by_name(n->registry, m->name);

	return now && member_may_link(now) && !memcmp(now->key.key, m->key.key, KEY_SIZE);
}

static void turn_in(struct node *n, int64_t wait_ms)
{
	const struct timeval tv = { wait_ms / 1000, wait_ms % 1000 * 1000 };

	evtimer_add(n->petitions->turn, &tv);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct node *n = ctx;
	bool busy = false;

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < PETITIONS_MAX; i++) {
		struct asked *a = &n->petitions->asked[i];

		if (!a->used)
			continue;
		if (is_admitted(n, &a->member)) {
			log_line(LOG_NOTE, "%s is admitted", a->member.name);
			petition_drop(n, a);
			continue;
		}
		if (!a->refused && clock_mono_ms() >= a->due_ms)
			ask(n, a);
		busy |= !a->refused;
	}
	if (busy)
		turn_in(n, TURN_MS);
}

/* --- what comes back --- */

void petitions_answered(struct node *n, const struct gossip *g)
{
	const bool is_of_authority = !strcmp(registry_member(n->registry, 0)->name,
					     g->letter.from);
	struct asked *a = NULL;
	char text[FAULT_TEXT_MAX];

	for (unsigned i = 0; i < PETITIONS_MAX && !a; i++) {
		struct asked *one = &n->petitions->asked[i];

		if (one->used && !one->refused && one->nonce == g->letter.nonce &&
		    !memcmp(one->name.b, g->letter.sha256, HASH_SIZE))
			a = one;
	}
	if (!a || (!is_of_authority && g->letter.kind == LETTER_ANSWER))
		return;   /* late, or not asked for */
	if (g->letter.kind == LETTER_REFUSAL) {
		waits(n, a, "no hub that this node is linked to is linked to it now");
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)g->letter.body.size,
		 g->letter.body.data ? (const char *)g->letter.body.data : "");
	if (g->letter.code == LETTER_BUSY)
		a->due_ms = clock_mono_ms() + LATER_MS;
	if (g->letter.code == LETTER_REFUSED)
		refuse(n, a, text);
	else
		waits(n, a, text);
}

/* --- the local socket --- */

static struct asked *find(struct node *n, const char *name)
{
	for (unsigned i = 0; i < PETITIONS_MAX; i++) {
		struct asked *a = &n->petitions->asked[i];

		if (a->used && !strcmp(a->member.name, name))
			return a;
	}
	return NULL;
}

/* Its own place, a free one, or that of one that was refused. */
static struct asked *place(struct node *n, const char *name, struct fault *f)
{
	struct asked *best = find(n, name);

	for (unsigned i = 0; i < PETITIONS_MAX && !best; i++) {
		if (!n->petitions->asked[i].used)
			best = &n->petitions->asked[i];
	}
	for (unsigned i = 0; i < PETITIONS_MAX && !best; i++) {
		if (n->petitions->asked[i].refused)
			best = &n->petitions->asked[i];
	}
	if (!best)
		fault_set(f, FAULT_BUSY, "%d workshops wait for the authority, the most that can: "
			  "see trac status; withdraw one, or ask when it answers", PETITIONS_MAX);
	return best;
}

static int begin(struct node *n, const struct member *m, struct span request, struct fault *f)
{
	struct buffer note;
	struct asked *a;
	int rc;

	if (n->petitions->folder < 0)
		return fault_set(f, FAULT_REFUSED, "this node is no hub: the authority admits members, "
				 "and hubs those of their regions");
	if (request.size > PETITION_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "the request has %zu bytes, at most %d are taken",
				 request.size, PETITION_BYTES_MAX);
	buffer_init(&note, PETITION_BYTES_MAX);
	rc = make(n, m, &note, f);
	buffer_clear(&note);
	a = rc < 0 ? NULL : place(n, m->name, f);
	if (!a)
		return -1;
	if (a->used)
		petition_drop(n, a);
	*a = (struct asked){ .member = *m, .size = request.size };
	memcpy(a->request, request.data, request.size);
	if (dice_fill(&a->nonce, sizeof a->nonce, f) < 0 || petition_keep(n, a, f) < 0)
		return -1;
	a->used = true;
	ask(n, a);
	turn_in(n, TURN_MS);
	return 0;
}

/* How far it is; a refusal that was told is forgotten. */
static int tell(struct node *n, const struct member *m, struct buffer *b, struct fault *f)
{
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__PetitionReply body = TRAC__PETITION_REPLY__INIT;
	struct asked *a = find(n, m->name);

	body.has_admitted = true;
	body.admitted = is_admitted(n, m);
	if (body.admitted && a)
		petition_drop(n, a);
	if (!body.admitted && !a)
		return fault_set(f, FAULT_ABSENT, "%s is not asked for any more: it was withdrawn",
				 m->name);
	if (!body.admitted && a->refused) {
		fault_set(f, FAULT_REFUSED, "%s", a->why);
		petition_drop(n, a);
		return -1;
	}
	if (!body.admitted && a->why[0])
		body.waits = a->why;
	reply.body_case = TRAC__REPLY__BODY_PETITION;
	reply.petition = &body;
	pack(&reply, b);
	return 0;
}

static int withdraw(struct node *n, const char *name, struct buffer *b, struct fault *f)
{
	struct asked *a = find(n, name);

	if (!a)
		return fault_set(f, FAULT_ABSENT, "no admission of \"%s\" waits here: see trac status",
				 member_name_is_valid(name) ? name : "?");
	petition_drop(n, a);
	answer_done(b);
	return 0;
}

void answer_petition(struct node *n, const Trac__PetitionRequest *q, struct buffer *b)
{
	const struct span request = { q->request.data, q->has_request ? q->request.len : 0 };
	char network[NETWORK_MAX + 1];
	struct fault f = { 0 };
	struct member m;
	int rc;

	if (q->withdraw)
		rc = withdraw(n, q->withdraw, b, &f);
	else
		rc = request_open(request, network, &m, &f);
	if (rc == 0 && !q->withdraw && strcmp(network, n->settings.network))
		rc = fault_set(&f, FAULT_REFUSED, "it asks to join the network %s, this is %s", network,
			       n->settings.network);
	if (rc == 0 && !q->withdraw && !q->again && !is_admitted(n, &m))
		rc = begin(n, &m, request, &f);
	if (rc == 0 && !q->withdraw)
		rc = tell(n, &m, b, &f);
	if (rc < 0)
		answer_refusal(&f, b);
}

/* --- start and end --- */

static void on_work(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	petitions_work(ctx);
}

int petitions_create(struct node *n, struct fault *f)
{
	struct petitions *p = calloc(1, sizeof *p);

	if (!p)
		return fault_set(f, FAULT_FULL, "no memory for petitions");
	n->petitions = p;
	p->folder = -1;
	p->turn = evtimer_new(n->base, on_turn, n);
	p->work = evtimer_new(n->base, on_work, n);
	if (!p->turn || !p->work)
		return fault_set(f, FAULT_FULL, "no memory for petitions");
	if (n->settings.role != TRAC__ROLE__HUB)
		return 0;
	if (petitions_open(n, f) < 0)
		return -1;
	for (unsigned i = 0; i < PETITIONS_MAX; i++) {
		if (p->asked[i].used &&
		    dice_fill(&p->asked[i].nonce, sizeof p->asked[i].nonce, f) < 0)
			return -1;
	}
	turn_in(n, TURN_MS);
	return 0;
}

void petitions_destroy(struct node *n)
{
	struct petitions *p = n->petitions;

	if (!p)
		return;
	if (p->turn)
		event_free(p->turn);
	if (p->work)
		event_free(p->work);
	if (p->folder >= 0)
		close(p->folder);
	free(p);
	n->petitions = NULL;
}
