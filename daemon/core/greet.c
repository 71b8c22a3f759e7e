/* Who is at the other end of a link. */
#include <inttypes.h>
#include <string.h>

#include "daemon/core/state.h"

void greet_send(struct core *c, struct link *l)
{
	const struct log_row *theirs = core_peer_row(c, l);
	struct gossip *g = core_send(c, l, GOSSIP_GREETING);

	if (!g)
		return;
	logs_refresh(&c->logs);
	g->greeting.version = GOSSIP_VERSION;
	memcpy(g->greeting.network, c->network, sizeof g->greeting.network);
	memcpy(g->greeting.member, c->member, sizeof g->greeting.member);
	g->greeting.scope = c->scope;
	memcpy(g->greeting.digest, c->logs.digest.b, sizeof g->greeting.digest);
	g->greeting.your_size = theirs ? theirs->seen : 0;
	g->greeting.members_size = c->logs.row[ROW_MEMBERS].held;
	g->greeting.instance = c->instance;
	g->greeting.twin = core_twin(c, l);
	l->told_twin = g->greeting.twin;
	l->summary_sent = false;
}

/* --- who --- */

static int check_key(const struct core *c, const struct link *l, struct fault *f)
{
	const struct member *m = core_member(c, l);

	if (m && !member_may_link(m))
		return fault_set(f, FAULT_REFUSED, "link: \"%s\" has been revoked by the authority "
				 "of %s: ask it why", m->name, c->network);
	if (!m && l->inbound && registry_count(c->registry) > 0)
		return fault_set(f, FAULT_REFUSED, "link: this link key is not in the member log of "
				 "%s: ask its authority to be admitted", c->network);
	return 0;
}

static int check_name(const struct core *c, const struct link *l, const char *name,
		      struct fault *f)
{
	const struct member *m = core_member(c, l);

	if (!member_name_is_valid(name))
		return fault_set(f, FAULT_PROTOCOL, "greeting: the name is not one of a member: "
				 "check the settings of that node");
	if (strcmp(name, c->member) == 0)
		return fault_set(f, FAULT_REFUSED, "greeting: the other side is \"%s\" too: this "
				 "node dials itself, or runs twice; stop one", name);
	if (m && strcmp(m->name, name) != 0)
		return fault_set(f, FAULT_PROTOCOL, "greeting: the name is \"%s\", but the link key "
				 "is that of \"%s\": check the settings of that node", name, m->name);
	if (!m && registry_by_name(c->registry, name))
		return fault_set(f, FAULT_PROTOCOL, "greeting: the link key is not that of \"%s\": "
				 "check the key files of that node", name);
	return 0;
}

static int check_greeting(const struct core *c, const struct link *l, const struct gossip *g,
			  struct fault *f)
{
	if (g->greeting.version != GOSSIP_VERSION)
		return fault_set(f, FAULT_PROTOCOL, "greeting: gossip version %" PRIu32 ", this node "
				 "speaks %d: update the older one", g->greeting.version,
				 GOSSIP_VERSION);
	if (strcmp(g->greeting.network, c->network) != 0)
		return fault_set(f, FAULT_PROTOCOL, "greeting: network \"%s\", this node is of "
				 "\"%s\": check the settings", g->greeting.network, c->network);
	if (g->greeting.scope != c->scope)
		return fault_set(f, FAULT_PROTOCOL, "greeting: scope %" PRIu32 ", this version has "
				 "only %" PRIu32 ", all: update the older one", g->greeting.scope,
				 c->scope);
	if (check_name(c, l, g->greeting.member, f))
		return -1;
	return check_key(c, l, f);
}

void greet_recheck(struct core *c, struct link *l)
{
	struct fault f;

	if (!l->gone && check_key(c, l, &f))
		core_drop(c, l, &f);
}

void greet_twins(struct core *c, const uint8_t key[LINK_KEY_SIZE])
{
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];

		if (!l->gone && l->greeted && memcmp(l->key, key, LINK_KEY_SIZE) == 0 &&
		    core_twin(c, l) != l->told_twin)
			greet_send(c, l);
	}
}

void greet_take(struct core *c, struct link *l, const struct gossip *g)
{
	const bool first = !l->greeted;
	struct fault f;

	if (check_greeting(c, l, g, &f)) {
		core_fault(c, l, &f);
		core_drop(c, l, &f);
		return;
	}
	l->greeted = true;
	memcpy(l->name, g->greeting.member, sizeof l->name);
	own_greeted(c, l, g);
	l->summary_sent = false;
	if (c->first_greeting_ms == NEVER_MS)
		c->first_greeting_ms = c->now_ms;
	if ((first && l->inbound) || core_twin(c, l) != l->told_twin)
		greet_send(c, l);
	greet_twins(c, l->key);
	logs_refresh(&c->logs);
	if (memcmp(g->greeting.digest, c->logs.digest.b, sizeof g->greeting.digest) == 0)
		sync_equal(c, l);
	else
		sync_tell(c, l);
}
