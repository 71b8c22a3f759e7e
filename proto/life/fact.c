/* What an event says of disks and parts, and the words of the data axis. */
#include <assert.h>

#include "proto/life/media.h"
#include "proto/life/part.h"

struct facts {
	unsigned count;
	struct fact *out;          /* FACTS_MAX */
};

static void tell_medium(struct facts *t, enum fact_kind kind, const Trac__Medium *m)
{
	if (t->count < FACTS_MAX)
		t->out[t->count++] = (struct fact){ .kind = kind, .medium = m };
}

static void tell_part(struct facts *t, enum fact_kind kind, const Trac__Part *p)
{
	if (p && t->count < FACTS_MAX)
		t->out[t->count++] = (struct fact){ .kind = kind, .part = p };
}

bool erasure_succeeded(const Trac__DataErased *b)
{
	if (b->result != TRAC__OUTCOME__SUCCESS)
		return false;
	if (b->has_hidden_areas && b->hidden_areas == TRAC__HIDDEN_AREAS__HIDDEN_LEFT)
		return false;
	return !b->has_verification_result || b->verification_result == TRAC__OUTCOME__SUCCESS;
}

static void tell_identified(struct facts *t, const Trac__Identified *b)
{
	if (b->no_medium && b->n_medium == 0)
		tell_medium(t, FACT_EMPTY, NULL);
	/* what is recorded through event_check() has no more; others may try */
	for (size_t i = 0; i < b->n_medium && i < EVENT_LIST_MAX; i++)
		tell_medium(t, FACT_SEEN, b->medium[i]);
	for (size_t i = 0; i < b->n_part && i < EVENT_LIST_MAX; i++)
		tell_part(t, FACT_SEEN, b->part[i]);
}

static enum fact_kind came_in(Trac__PartOrigin origin)
{
	return origin == TRAC__PART_ORIGIN__PART_USED ? FACT_SEEN : FACT_NEW;
}

static void tell_dismantled(struct facts *t, const Trac__Dismantled *b)
{
	for (size_t i = 0; i < b->n_medium && i < EVENT_LIST_MAX; i++)
		tell_medium(t, FACT_TAKEN, b->medium[i]);
	for (size_t i = 0; i < b->n_recovered && i < EVENT_LIST_MAX; i++)
		tell_part(t, FACT_TAKEN, b->recovered[i]);
}

static void tell_upgraded(struct facts *t, const Trac__Upgraded *b)
{
	tell_part(t, FACT_TAKEN, b->removed);
	tell_part(t, came_in(b->part), b->installed);
	if (b->medium)
		tell_medium(t, came_in(b->part), b->medium);
}

unsigned event_facts(const Trac__Event *e, struct fact out[FACTS_MAX])
{
	struct facts t = { .out = out };
	if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED) {
		tell_identified(&t, e->identified);
	} else if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED) {
		tell_medium(&t, erasure_succeeded(e->data_erased) ? FACT_ERASED : FACT_FAILED,
			    e->data_erased->medium);
	} else if (e->body_case == TRAC__EVENT__BODY_MEDIUM_REMOVED) {
		tell_medium(&t, FACT_TAKEN, e->medium_removed->medium);
	} else if (e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED) {
		bool done = e->medium_destroyed->result == TRAC__OUTCOME__SUCCESS;
		tell_medium(&t, done ? FACT_DESTROYED : FACT_FAILED, e->medium_destroyed->medium);
	} else if (e->body_case == TRAC__EVENT__BODY_REPAIRED) {
		tell_part(&t, FACT_TAKEN, e->repaired->removed);
		tell_part(&t, came_in(e->repaired->part), e->repaired->installed);
	} else if (e->body_case == TRAC__EVENT__BODY_UPGRADED) {
		tell_upgraded(&t, e->upgraded);
	} else if (e->body_case == TRAC__EVENT__BODY_DISMANTLED) {
		tell_dismantled(&t, e->dismantled);
	}
	return t.count;
}

static const struct {
	const char *name, *label, *label_fr;
} names[] = {
	[DATA_UNKNOWN] = { "unknown", "unknown", "inconnu" },
	[DATA_NO_MEDIUM] = { "no_medium", "no storage medium", "sans support" },
	[DATA_TO_ERASE] = { "to_erase", "to be erased", "à effacer" },
	[DATA_ERASED] = { "erased", "erased", "effacé" },
	[DATA_DESTROYED] = { "destroyed", "destroyed", "détruit" },
	[DATA_FAILED] = { "failed", "erasure failed", "échec de l'effacement" },
};

const char *data_state_name(enum data_state s)
{
	assert(s < sizeof names / sizeof *names);
	return names[s].name;
}

const char *data_state_label(enum data_state s, bool fr)
{
	assert(s < sizeof names / sizeof *names);
	return fr ? names[s].label_fr : names[s].label;
}
