/*
 * The donor's minimum erasure by the sensitivity of his data, and whether the
 * erasures of a cycle are to be believed. Source: domain page, 3.6.
 */
#include <stdio.h>
#include <string.h>

#include "proto/life/verdict_judge.h"

/* No device is wiped more often in one cycle; what is beyond is not judged. */
#define ERASURES_MAX 512

/* What is asked of one medium. */
struct asked {
	enum wipe level;
	bool verified;
	const char *source;
};

static int64_t value_of(const char *prefix, const char *what, int day, const char **source)
{
	char name[64];
	snprintf(name, sizeof name, "%s_%s", prefix, what);
	return law_value(name, day, source);
}

/* Of data that nobody said how sensitive they are: the least of all. A medium of unknown
 * type is held to what flash asks. */
static struct asked asked_of(Trac__Sensitivity s, bool disk, int day)
{
	const char *what = "standard";
	struct asked a = { WIPE_CLEAR, false, NULL };
	if (s == TRAC__SENSITIVITY__PERSONAL_DATA)
		what = disk ? "personal_data_disk" : "personal_data_flash";
	if (s == TRAC__SENSITIVITY__RESTRICTED)
		what = "restricted";
	if (s > TRAC__SENSITIVITY__RESTRICTED)
		what = "classified";
	int64_t level = value_of("erasure", what, day, &a.source);
	if (level > 0)
		a.level = (enum wipe)level;
	a.verified = value_of("verified", what, day, NULL) > 0;
	return a;
}

static const char *level_word(enum wipe w, bool fr)
{
	static const char *const en[] = { "not erased", "clear", "purge", "destruction" };
	static const char *const french[] = { "non effacé", "clear", "purge", "destruction" };
	return fr ? french[w] : en[w];
}

static bool is_enough(const struct medium_fact *m, const struct asked *a)
{
	if (m->gone && m->destination == TRAC__MEDIUM_DESTINATION__BACK_TO_DONOR)
		return true;
	if (m->fresh && m->wipe == WIPE_NONE)
		return true;
	return m->wipe >= a->level && (m->verified || !a->verified);
}

static void say_medium(struct verdict *v, enum truth t, const struct medium_fact *m,
		       const char *en, const char *fr)
{
	v->truth = t;
	verdict_reason(v, false, en, medium_title(m, false));
	verdict_reason(v, true, fr, medium_title(m, true));
}

static void say_short(struct verdict *v, const struct medium_fact *m, const struct asked *a)
{
	bool unverified = m->wipe >= a->level;
	v->truth = FALSE_;
	verdict_reason(v, false, "medium %s reached %s%s, %s%s is asked", medium_title(m, false),
		       level_word(m->wipe, false), unverified ? " not verified" : "",
		       level_word(a->level, false), a->verified ? " verified" : "");
	verdict_reason(v, true, "le support %s a atteint %s%s, il faut %s%s",
		       medium_title(m, true), level_word(m->wipe, true),
		       unverified ? " non vérifié" : "", level_word(a->level, true),
		       a->verified ? " vérifié" : "");
}

static void judge_medium(const struct medium_fact *m, Trac__Sensitivity s, struct verdict *v)
{
	const struct life_input *at = m->wiped_at ? m->wiped_at : m->seen;
	int day = event_day(at->event);
	struct asked strict = asked_of(s, m->type == TRAC__MEDIUM_TYPE__HDD, day);
	struct asked mild = asked_of(s, !medium_is_flash(m->type), day);
	verdict_cite(v, at);
	if (strict.source)
		v->source = strict.source;
	if (m->left_at) {
		say_medium(v, FALSE_, m, "medium %s left not erased",
			   "le support %s est parti non effacé");
		verdict_cite(v, m->left_at);
	} else if (m->failed_at) {
		say_medium(v, FALSE_, m, "the last erasure of medium %s failed or left a part",
			   "le dernier effacement du support %s a échoué ou est partiel");
		verdict_cite(v, m->failed_at);
	} else if (!medium_is_clean(m)) {
		say_medium(v, UNDETERMINED, m, "no erasure of medium %s is recorded",
			   "aucun effacement du support %s n'est enregistré");
	} else if (!is_enough(m, &mild)) {
		say_short(v, m, &mild);
	} else if (!is_enough(m, &strict)) {
		say_medium(v, UNDETERMINED, m, "the type of medium %s is not said: flash asks for "
			   "a purge", "le type du support %s n'est pas dit : la mémoire flash "
			   "demande une purge");
	}
}

/* Classified supports may be refused at the door, and go back whole. */
static const struct life_input *refusal(const struct judged *j)
{
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const struct life_input *input = j->life->line[i].input;
		if (input->event->body_case == TRAC__EVENT__BODY_INTAKE_REFUSED)
			return input;
	}
	return NULL;
}

/* Destruction meets whatever a donor may ask. */
static bool all_destroyed(const struct media_facts *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		if (f->item[i].wipe != WIPE_DESTROYED)
			return false;
	}
	return !f->overflow;
}

static void judge_media(const struct media_facts *f, Trac__Sensitivity s, struct verdict *v)
{
	v->truth = TRUE_;
	for (unsigned i = 0; i < f->count; i++) {
		struct verdict part = { .truth = TRUE_, .source = v->source };
		judge_medium(&f->item[i], s, &part);
		v->source = part.source;
		verdict_and(v, &part);
	}
}

static void say_enough(struct verdict *v, const struct origin *o, const struct media_facts *f)
{
	if (!o->sensitivity_at && !all_destroyed(f)) {
		verdict_say(v, UNDETERMINED, "erased (media: %u), but the donor's sensitivity is not "
			    "said", "effacé (supports : %u), mais la sensibilité du donateur n'est "
			    "pas dite", f->count);
		return;
	}
	const ProtobufCEnumDescriptor *words = &trac__sensitivity__descriptor;
	const char *en = word_label(words, (int)o->sensitivity, false);
	const char *fr = word_label(words, (int)o->sensitivity, true);
	v->truth = TRUE_;
	verdict_reason(v, false, "all media (%u) reached what \"%s\" asks", f->count,
		       en ? en : "any donor");
	verdict_reason(v, true, "tous les supports (%u) ont atteint ce que demande « %s »", f->count,
		       fr ? fr : "tout donateur");
	verdict_cite(v, o->sensitivity_at);
}

void judge_donor_erasure(const struct judged *j, struct verdict *v)
{
	struct origin o;
	struct media_facts f;
	origin_find(j, &o);
	media_find(j, &f);
	const struct life_input *refused = refusal(j);
	if (refused && o.sensitivity >= TRAC__SENSITIVITY__RESTRICTED) {
		verdict_say(v, TRUE_, "it was refused at intake, as its data ask",
			    "il a été refusé à l'entrée, comme ses données le demandent");
		verdict_cite(v, refused);
		return;
	}
	if (f.count == 0 && f.none_at) {
		verdict_say(v, TRUE_, "it has no storage medium", "il n'a pas de support");
		verdict_cite(v, f.none_at);
		return;
	}
	if (f.count == 0 || f.overflow) {
		verdict_say(v, UNDETERMINED, "no event says which storage media it has",
			    "aucun événement ne dit quels supports il contient");
		return;
	}
	judge_media(&f, o.sensitivity, v);
	if (v->truth == TRUE_)
		say_enough(v, &o, &f);
	else if (v->truth == FALSE_)
		verdict_cite(v, o.sensitivity_at);
}

/* --- are they to be believed? --- */

static void say_doubts(struct verdict *v, unsigned bits, bool fr)
{
	char text[VERDICT_REASON_MAX] = "";
	size_t used = 0;
	for (unsigned i = 0; i < DOUBTS && used < sizeof text; i++) {
		if (bits & 1u << i)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
						 used ? ", " : "",
						 doubt_label((enum doubt)(1u << i), fr));
	}
	verdict_reason(v, fr, fr ? "effacement douteux : %s" : "doubtful erasure: %s", text);
}

static bool is_wipe(const Trac__Event *e)
{
	if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED)
		return e->data_erased->result == TRAC__OUTCOME__SUCCESS;
	return e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED
	       && e->medium_destroyed->result == TRAC__OUTCOME__SUCCESS;
}

void judge_plausible(const struct judged *j, struct verdict *v)
{
	struct verdict good = *v, bad = *v;
	unsigned all = 0, judged = 0;
	for (unsigned i = line_next(j, 0); i < j->life->line_count && judged < ERASURES_MAX;
	     i = line_next(j, i + 1)) {
		const struct life_line *line = &j->life->line[i];
		if (!is_wipe(line->input->event))
			continue;
		unsigned bits = erasure_doubts(line);
		verdict_cite(bits ? &bad : &good, line->input);
		all |= bits;
		judged++;
	}
	*v = all ? bad : good;
	if (judged == 0)
		verdict_say(v, NOT_APPLICABLE, "no erasure is said to have succeeded",
			    "aucun effacement n'est dit réussi");
	else if (all == 0)
		verdict_say(v, TRUE_, "nothing contradicts its erasures (%u)",
			    "rien ne contredit ses effacements (%u)", judged);
	if (all == 0)
		return;
	v->truth = FALSE_;
	say_doubts(v, all, false);
	say_doubts(v, all, true);
}
