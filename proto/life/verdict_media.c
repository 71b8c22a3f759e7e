/*
 * What became of each storage medium of a device in a cycle: who saw it, who
 * wiped it and how well, whether it left with data on it. media.c answers for
 * the device as a whole; a verdict needs the events. Source: domain page, 3.6.
 */
#include <string.h>

#include "proto/life/verdict_judge.h"

/* Media named by the events of one life that are looked at: what is beyond is no device. */
#define NAMED_MAX 4096

struct walk {
	const struct judged *judged;
	struct media_facts *out;
	const struct life_input *at;       /* the event at hand */
	unsigned named;
};

bool medium_is_flash(Trac__MediumType t)
{
	return t == TRAC__MEDIUM_TYPE__SSD || t == TRAC__MEDIUM_TYPE__NVME
	       || t == TRAC__MEDIUM_TYPE__EMMC || t == TRAC__MEDIUM_TYPE__FLASH;
}

static void normalise(Trac__IdentifierKind kind, const char *value, char out[TEXT_MAX + 1])
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	struct ident ident;
	out[0] = '\0';
	if (!value)
		return;
	i.has_kind = 1;
	i.kind = kind;
	i.value = (char *)value;
	ident_normalise(&i, &ident);
	if (!ident.junk)
		memcpy(out, ident.value, sizeof ident.value);
}

void medium_name(const Trac__Medium *m, char serial[TEXT_MAX + 1], char wwn[TEXT_MAX + 1])
{
	normalise(TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, m ? m->serial : NULL, serial);
	normalise(TRAC__IDENTIFIER_KIND__WWN, m ? m->wwn : NULL, wwn);
}

const char *medium_title(const struct medium_fact *m, bool fr)
{
	if (m->said)
		return m->said;
	return fr ? "(sans numéro)" : "(without serial)";
}

static bool is_nameless(const struct medium_fact *m)
{
	return m->serial[0] == '\0' && m->wwn[0] == '\0';
}

/* As media.c: one without a name is the only one there is, or takes the first name. */
static struct medium_fact *find(struct media_facts *f, const char *serial, const char *wwn)
{
	struct medium_fact *nameless = NULL;
	for (unsigned i = 0; i < f->count; i++) {
		struct medium_fact *m = &f->item[i];
		if (*serial && strcmp(m->serial, serial) == 0)
			return m;
		if (*wwn && strcmp(m->wwn, wwn) == 0)
			return m;
		if (is_nameless(m))
			nameless = m;
	}
	if (!*serial && !*wwn && f->count == 1)
		return &f->item[0];
	return nameless;
}

/* The medium of an event, added when it was not known. NULL: no room. */
static struct medium_fact *meet(struct walk *w, const Trac__Medium *medium)
{
	char serial[TEXT_MAX + 1], wwn[TEXT_MAX + 1];
	if (w->named == NAMED_MAX) {
		w->out->overflow = true;
		return NULL;
	}
	w->named++;
	medium_name(medium, serial, wwn);
	struct medium_fact *m = find(w->out, serial, wwn);
	if (!m && w->out->count == JUDGED_MEDIA_MAX) {
		w->out->overflow = true;
		return NULL;
	}
	if (!m) {
		m = &w->out->item[w->out->count++];
		*m = (struct medium_fact){ .seen = w->at };
	}
	if (!m->serial[0] && *serial) {
		memcpy(m->serial, serial, sizeof serial);
		m->said = medium->serial;
	}
	if (!m->wwn[0])
		memcpy(m->wwn, wwn, sizeof wwn);
	if (!m->said && *wwn)
		m->said = medium->wwn;
	if (medium && medium->has_type)
		m->type = medium->type;
	w->out->none_at = NULL;
	return m;
}

/* Overwriting reaches what the interface shows: clear. So does a reset, and whatever
 * nobody verified may claim no more. */
static enum wipe erasure_level(const Trac__DataErased *b)
{
	bool cleared = b->technique == TRAC__ERASURE_TECHNIQUE__OVERWRITE
		       || b->technique == TRAC__ERASURE_TECHNIQUE__FACTORY_RESET;
	bool verified = b->verification == TRAC__VERIFICATION_TYPE__SAMPLED
			|| b->verification == TRAC__VERIFICATION_TYPE__FULL;
	if (b->level != TRAC__ERASURE_LEVEL__PURGE || cleared || !verified)
		return WIPE_CLEAR;
	return WIPE_PURGE;
}

static void wipe(struct medium_fact *m, const struct life_input *i)
{
	const Trac__Event *e = i->event;
	bool good;
	enum wipe level;
	bool verified = true;
	if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED) {
		const Trac__DataErased *b = e->data_erased;
		good = erasure_succeeded(b);
		level = erasure_level(b);
		verified = b->verification == TRAC__VERIFICATION_TYPE__SAMPLED
			   || b->verification == TRAC__VERIFICATION_TYPE__FULL;
	} else {
		const Trac__MediumDestroyed *b = e->medium_destroyed;
		bool magnet = b->method == TRAC__DESTRUCTION_METHOD__DEGAUSSING;
		good = b->result == TRAC__OUTCOME__SUCCESS
		       && !(magnet && medium_is_flash(m->type));
		level = WIPE_DESTROYED;
	}
	m->failed_at = good ? NULL : i;
	m->wiped_at = good ? i : NULL;
	m->wipe = good ? level : WIPE_NONE;
	m->verified = good && verified;
}

bool medium_is_clean(const struct medium_fact *m)
{
	if (m->wipe != WIPE_NONE || m->fresh)
		return true;
	return m->gone && m->destination == TRAC__MEDIUM_DESTINATION__BACK_TO_DONOR;
}

static void take_out(struct walk *w, const Trac__Medium *medium, Trac__MediumDestination to)
{
	struct medium_fact *m = meet(w, medium);
	if (!m)
		return;
	m->gone = w->at;
	m->destination = to;
}

static void identify(struct walk *w, const Trac__Identified *b)
{
	for (size_t i = 0; i < b->n_medium; i++)
		meet(w, b->medium[i]);
	if (!b->no_medium || b->n_medium)
		return;
	/* what was in it is not any more, and nobody said where it went */
	for (unsigned i = 0; i < w->out->count; i++) {
		if (!w->out->item[i].gone)
			w->out->item[i].gone = w->at;
	}
	w->out->none_at = w->at;
}

static void put_in(struct walk *w, const Trac__Upgraded *b)
{
	struct medium_fact *m = b->medium ? meet(w, b->medium) : NULL;
	if (!m)
		return;
	m->gone = NULL;
	if (b->part == TRAC__PART_ORIGIN__PART_USED)
		m->came = w->at;
	else
		m->fresh = true;
}

/* It goes to others for good, with all that is in it. */
static bool is_leaving(const Trac__Event *e)
{
	if (e->body_case == TRAC__EVENT__BODY_TRANSFER_SENT)
		return e->transfer_sent->nature == TRAC__TRANSFER_NATURE__OWNERSHIP;
	if (e->body_case == TRAC__EVENT__BODY_MADE_AVAILABLE)
		return e->made_available->mode != TRAC__MODE__LOAN;
	return e->body_case == TRAC__EVENT__BODY_WEEE_HANDED_OVER;
}

/* --- media that were wiped out of the device --- */

static const struct part_life *find_part(const struct parts *p, const struct medium_fact *m)
{
	for (unsigned i = 0; p && i < p->count; i++) {
		const struct ident *d = &p->part[i].ident;
		if (d->kind == TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL && *m->serial
		    && strcmp(d->value, m->serial) == 0)
			return &p->part[i];
		if (d->kind == TRAC__IDENTIFIER_KIND__WWN && *m->wwn
		    && strcmp(d->value, m->wwn) == 0)
			return &p->part[i];
	}
	return NULL;
}

static bool is_wipe(const struct life_input *i)
{
	return i && (i->event->body_case == TRAC__EVENT__BODY_DATA_ERASED
		     || i->event->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED);
}

static bool is_before(const struct stay *s, const struct life_input *came)
{
	return came && s->from && s->from != came
	       && s->from->event->time_ms <= came->event->time_ms;
}

/* Before it came, by the stays until then; or after it was taken out. */
static void wipe_elsewhere(const struct judged *j, struct medium_fact *m)
{
	const struct part_life *p = m->came || m->gone ? find_part(j->parts, m) : NULL;
	const struct life_input *before = NULL;
	for (unsigned i = 0; p && i < p->stay_count; i++) {
		const struct stay *s = &p->stay[i];
		bool earlier = is_before(s, m->came);
		if (earlier && is_wipe(s->erased))
			before = s->erased;
		/* used again since */
		if (earlier && s->data != DATA_ERASED && s->data != DATA_DESTROYED)
			before = NULL;
		if (!is_wipe(s->erased) || m->wiped_at)
			continue;
		if (m->gone && s->erased->event->time_ms >= m->gone->event->time_ms)
			wipe(m, s->erased);
	}
	if (before && !m->wiped_at && !m->failed_at
	    && before->event->time_ms <= m->came->event->time_ms)
		wipe(m, before);
}

static void leave(struct walk *w)
{
	for (unsigned i = 0; i < w->out->count; i++) {
		struct medium_fact *m = &w->out->item[i];
		if (m->gone)
			continue;
		if (!medium_is_clean(m) && m->came)
			wipe_elsewhere(w->judged, m);
		if (!medium_is_clean(m) && !m->left_at)
			m->left_at = w->at;
	}
}

/* Somebody used it: what was wiped holds data again. What is out or destroyed is of the
 * past once a new cycle begins. */
static void use(struct walk *w, bool new_cycle)
{
	struct media_facts *f = w->out;
	unsigned kept = 0;
	for (unsigned i = 0; i < f->count; i++) {
		struct medium_fact *m = &f->item[i];
		if (new_cycle && (m->gone || m->wipe == WIPE_DESTROYED))
			continue;
		if (m->wipe != WIPE_DESTROYED && !m->gone) {
			m->wipe = WIPE_NONE;
			m->fresh = m->verified = false;
			m->wiped_at = m->failed_at = m->came = NULL;
		}
		if (new_cycle)
			m->left_at = NULL;
		f->item[kept++] = *m;
	}
	f->count = kept;
}

static bool is_used_again(const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	return e->body_case == TRAC__EVENT__BODY_RETURNED && !(line->notes & NOTE_OUT_OF_ORDER)
	       && e->returned->reason != TRAC__RETURN_REASON__DELIVERY_ERROR;
}

static void step(struct walk *w, const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	struct medium_fact *m = NULL;
	w->at = line->input;
	if (is_leaving(e))
		leave(w);
	if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED)
		identify(w, e->identified);
	else if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED)
		m = meet(w, e->data_erased->medium);
	else if (e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED)
		m = meet(w, e->medium_destroyed->medium);
	else if (e->body_case == TRAC__EVENT__BODY_MEDIUM_REMOVED)
		take_out(w, e->medium_removed->medium, e->medium_removed->destination);
	else if (e->body_case == TRAC__EVENT__BODY_UPGRADED)
		put_in(w, e->upgraded);
	else if (is_used_again(line))
		use(w, false);
	for (size_t i = 0; e->body_case == TRAC__EVENT__BODY_DISMANTLED
	     && i < e->dismantled->n_medium; i++)
		take_out(w, e->dismantled->medium[i], TRAC__MEDIUM_DESTINATION__TO_STOCK);
	if (m)
		wipe(m, w->at);
}

/* What was wiped elsewhere is known by its own words alone. */
static unsigned wipe_doubts(const struct judged *j, const struct medium_fact *m)
{
	for (unsigned i = 0; m->wiped_at && i < j->life->line_count; i++) {
		if (j->life->line[i].input == m->wiped_at)
			return erasure_doubts(&j->life->line[i]);
	}
	return m->wiped_at ? erasure_own_doubts(NULL, m->wiped_at) : 0;
}

void media_find(const struct judged *j, struct media_facts *out)
{
	struct walk w = { .judged = j, .out = out };
	unsigned cycle = 0;
	out->count = 0;
	out->overflow = false;
	out->none_at = NULL;
	for (unsigned i = 0; i < j->life->line_count; i++) {
		const struct life_line *line = &j->life->line[i];
		if (line->cycle > j->cycle)
			break;
		if (!line_counts(line))
			continue;
		if (line->cycle != cycle)
			use(&w, true);
		cycle = line->cycle;
		step(&w, line);
	}
	if (cycle != j->cycle)
		use(&w, true);
	for (unsigned i = 0; i < out->count; i++) {
		struct medium_fact *m = &out->item[i];
		if (!medium_is_clean(m) && !m->failed_at)
			wipe_elsewhere(j, m);
		m->doubts = wipe_doubts(j, m);
	}
}
