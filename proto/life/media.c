/*
 * The data axis. A medium is to be erased from the moment it is seen until a
 * successful erasure or destruction; the device is as its worst medium.
 *
 * Media are told apart by serial (or WWN). One without either, as in telephones,
 * is one place without a name; it takes the first name that is given later.
 */
#include <assert.h>
#include <string.h>

#include "proto/life/fold.h"

void media_init(struct media *m)
{
	m->count = 0;
	m->none = false;
	m->overflow = false;
}

static void medium_name(const Trac__Medium *medium, char name[TEXT_MAX + 1])
{
	name[0] = '\0';
	if (medium && medium->serial)
		ident_query(medium->serial, name);
	else if (medium && medium->wwn)
		ident_query(medium->wwn, name);
}

/* -1: not known. A medium without a name is the only one there is, or the nameless. */
static int find_medium(const struct media *m, const char *name)
{
	int nameless = -1;
	for (unsigned i = 0; i < m->count; i++) {
		if (strcmp(m->item[i].name, name) == 0)
			return (int)i;
		if (m->item[i].name[0] == '\0')
			nameless = (int)i;
	}
	if (name[0] == '\0' && m->count == 1)
		return 0;
	return nameless;
}

/* Sets the state of a medium, which is added when it is not known. */
static void set_medium(struct media *m, const Trac__Medium *medium, enum data_state state)
{
	char name[TEXT_MAX + 1];
	medium_name(medium, name);
	int at = find_medium(m, name);
	if (at < 0 && m->count == MEDIA_MAX) {
		m->overflow = true;
		return;
	}
	if (at < 0) {
		at = (int)m->count++;
		m->item[at].name[0] = '\0';
	}
	if (m->item[at].name[0] == '\0')
		memcpy(m->item[at].name, name, sizeof name);
	m->item[at].state = state;
	m->none = false;
}

/* Seen again, it keeps the state it has. */
static void see_medium(struct media *m, const Trac__Medium *medium)
{
	char name[TEXT_MAX + 1];
	medium_name(medium, name);
	if (find_medium(m, name) < 0)
		set_medium(m, medium, DATA_TO_ERASE);
}

static void remove_medium(struct media *m, const Trac__Medium *medium)
{
	char name[TEXT_MAX + 1];
	medium_name(medium, name);
	int at = find_medium(m, name);
	if (at < 0)
		return;
	m->item[at] = m->item[--m->count];
	m->none = m->count == 0;
}

/* Hidden areas left are a failure, whatever the tool says of itself. */
static bool is_erased(const Trac__DataErased *b)
{
	if (b->result != TRAC__OUTCOME__SUCCESS)
		return false;
	if (b->has_hidden_areas && b->hidden_areas == TRAC__HIDDEN_AREAS__HIDDEN_LEFT)
		return false;
	return !b->has_verification_result || b->verification_result == TRAC__OUTCOME__SUCCESS;
}

static void apply_identified(struct media *m, const Trac__Identified *b)
{
	for (size_t i = 0; i < b->n_medium; i++)
		see_medium(m, b->medium[i]);
	if (b->no_medium && b->n_medium == 0) {
		m->count = 0;
		m->none = true;
	}
}

void media_apply(struct media *m, const Trac__Event *e)
{
	const struct kind *k = kind_by_tag(e->body_case);
	if (!k)
		return;
	if (k->tag == TRAC__EVENT__BODY_IDENTIFIED) {
		apply_identified(m, e->identified);
	} else if (k->tag == TRAC__EVENT__BODY_DATA_ERASED) {
		set_medium(m, e->data_erased->medium,
			   is_erased(e->data_erased) ? DATA_ERASED : DATA_FAILED);
	} else if (k->tag == TRAC__EVENT__BODY_MEDIUM_REMOVED) {
		remove_medium(m, e->medium_removed->medium);
	} else if (k->tag == TRAC__EVENT__BODY_MEDIUM_DESTROYED) {
		bool done = e->medium_destroyed->result == TRAC__OUTCOME__SUCCESS;
		set_medium(m, e->medium_destroyed->medium, done ? DATA_DESTROYED : DATA_FAILED);
	} else if (k->tag == TRAC__EVENT__BODY_UPGRADED && e->upgraded->medium) {
		bool used = e->upgraded->part == TRAC__PART_ORIGIN__PART_USED;
		/* a new disk holds nobody's data; one that was erased before keeps that */
		if (used)
			see_medium(m, e->upgraded->medium);
		else
			set_medium(m, e->upgraded->medium, DATA_ERASED);
	}
}

void media_used(struct media *m)
{
	for (unsigned i = 0; i < m->count; i++) {
		if (m->item[i].state == DATA_ERASED)
			m->item[i].state = DATA_TO_ERASE;
	}
}

enum data_state media_worst(const struct media *m)
{
	/* from best to worst */
	static const int rank[] = {
		[DATA_NO_MEDIUM] = 0, [DATA_DESTROYED] = 1, [DATA_ERASED] = 2, [DATA_UNKNOWN] = 3,
		[DATA_TO_ERASE] = 4, [DATA_FAILED] = 5,
	};
	enum data_state worst = m->overflow ? DATA_TO_ERASE : DATA_NO_MEDIUM;
	if (m->count == 0 && !m->none)
		return DATA_UNKNOWN;
	for (unsigned i = 0; i < m->count; i++) {
		if (rank[m->item[i].state] > rank[worst])
			worst = m->item[i].state;
	}
	return worst;
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
