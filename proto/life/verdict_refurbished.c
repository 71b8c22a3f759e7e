/*
 * "Reconditionné" (décret n° 2022-190; code de la consommation, R. 122-4 to
 * R. 122-6), condition by condition, and "reconditionné en France".
 */
#include <stdio.h>
#include <string.h>

#include "proto/life/figure.h"
#include "proto/life/verdict_judge.h"

#define WORDS_MAX 120

/* The physics of an erasure: what a person may forget to enter is not among them. */
#define DOUBTS_OF_FACT (DOUBT_TOO_FAST | DOUBT_TOO_LITTLE | DOUBT_TOO_EARLY | DOUBT_SAME_REPORT \
	| DOUBT_DEGAUSSED_FLASH | DOUBT_CONTRADICTION | DOUBT_TECHNIQUE | DOUBT_OTHER_MEDIUM)

/* (1) it is second-hand: somebody had it before */
static void judge_owner(const struct judged *j, struct verdict *v)
{
	struct origin o;
	origin_find(j, &o);
	if (!o.type_at) {
		verdict_say(v, UNDETERMINED, "no event says who gave it",
			    "aucun événement ne dit qui l'a donné");
		return;
	}
	verdict_say(v, TRUE_, "it had an owner before", "il a eu un propriétaire");
	verdict_cite(v, o.type_at);
}

/* --- (2) tests --- */

/* Words of the functions that want says, apart by ", ". */
struct wanted {
	bool want[FUNCTION_SLOTS];
	unsigned count;
};

static void want(struct wanted *w, int function)
{
	w->want[function] = true;
	w->count++;
}

static const char *words_of(const struct wanted *w, bool fr, char out[WORDS_MAX])
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < FUNCTION_SLOTS; i++) {
		const char *word = word_label(&trac__function__descriptor, i, fr);
		if (!w->want[i])
			continue;
		int size = snprintf(out + used, WORDS_MAX - used, "%s%s", used ? ", " : "",
				    word ? word : "?");
		if (used + (size_t)size >= WORDS_MAX)
			break;
		used += (size_t)size;
	}
	return out;
}

static void say_words(struct verdict *v, enum truth t, const struct wanted *w, const char *en,
		      const char *fr)
{
	char words[WORDS_MAX];
	v->truth = t;
	verdict_reason(v, false, "%s: %s", en, words_of(w, false, words));
	verdict_reason(v, true, "%s : %s", fr, words_of(w, true, words));
}

static bool has_failed(const struct function_fact *f)
{
	return f->tested >= 0 && f->result != TRAC__OUTCOME__SUCCESS;
}

static bool judge_failed(const struct judged *j, const struct test_facts *t, struct verdict *v)
{
	struct wanted failed = { .count = 0 };
	for (int i = 0; i < FUNCTION_SLOTS; i++) {
		if (!has_failed(&t->function[i]))
			continue;
		want(&failed, i);
		verdict_cite_line(v, j, t->function[i].tested);
	}
	if (failed.count)
		say_words(v, FALSE_, &failed, "its last test failed", "son dernier test a échoué");
	return failed.count > 0;
}

static bool judge_untested(const struct judged *j, const struct test_facts *t,
			   struct verdict *v)
{
	struct wanted missing = { .count = 0 };
	for (int i = 1; i < FUNCTION_SLOTS; i++) {
		if (t->function[i].tested < 0 && grid_names(j->life->type, i, true))
			want(&missing, i);
		verdict_cite_line(v, j, t->function[i].tested);
	}
	if (missing.count)
		say_words(v, UNDETERMINED, &missing, "not tested", "non testé");
	return missing.count > 0;
}

static void judge_tests(const struct judged *j, const struct test_facts *t, struct verdict *v)
{
	if (t->last < 0) {
		verdict_say(v, UNDETERMINED, "no functional test is recorded",
			    "aucun test fonctionnel n'est enregistré");
		return;
	}
	if (judge_failed(j, t, v))
		return;
	if (!grid_has(j->life->type)) {
		verdict_say(v, UNDETERMINED, "there is no grid of tests for its type",
			    "aucune grille de test pour ce type d'appareil");
		return;
	}
	if (judge_untested(j, t, v))
		return;
	if (t->covered < t->asked) {
		verdict_say(v, UNDETERMINED, "its tests cover %u of the %u functions of their grid",
			    "ses tests couvrent %u des %u fonctions de leur grille", t->covered,
			    t->asked);
		return;
	}
	verdict_say(v, TRUE_, "all functions were tested and work",
		    "toutes les fonctions ont été testées et marchent");
}

/* --- (3) defects --- */

static bool is_open(const struct function_fact *f)
{
	return f->defect >= 0 && (f->repaired < 0 || f->passed < 0);
}

static void judge_defects(const struct judged *j, const struct test_facts *t,
			  struct verdict *v)
{
	struct wanted open = { .count = 0 }, partly = { .count = 0 };
	verdict_say(v, TRUE_, "no defect is left", "aucune panne ne reste");
	for (int i = 0; i < FUNCTION_SLOTS; i++) {
		const struct function_fact *f = &t->function[i];
		if (f->defect < 0)
			continue;
		if (is_open(f))
			want(f->repaired < 0 && f->passed < 0 ? &open : &partly, i);
	}
	if (open.count)
		say_words(v, FALSE_, &open, "found broken and not repaired",
			  "en panne et non réparé");
	else if (partly.count)
		say_words(v, UNDETERMINED, &partly, "repair, or test after it, not recorded",
			  "réparation, ou test après elle, non enregistré");
	for (int i = 0; i < FUNCTION_SLOTS; i++) {
		const struct function_fact *f = &t->function[i];
		if (f->defect < 0 || (v->truth != TRUE_ && !is_open(f)))
			continue;
		verdict_cite_line(v, j, f->defect);
		verdict_cite_line(v, j, f->repaired);
		verdict_cite_line(v, j, f->passed);
	}
}

/* --- (4) data --- */

static void judge_medium(const struct medium_fact *m, struct verdict *v)
{
	verdict_cite(v, m->wiped_at ? m->wiped_at : m->seen);
	if (m->left_at || m->failed_at) {
		const char *en = m->left_at ? "medium %s left not erased"
			: "the last erasure of medium %s failed or left a part";
		const char *fr = m->left_at ? "le support %s est parti non effacé"
			: "le dernier effacement du support %s a échoué ou est partiel";
		v->truth = FALSE_;
		verdict_reason(v, false, en, medium_title(m, false));
		verdict_reason(v, true, fr, medium_title(m, true));
		verdict_cite(v, m->left_at);
		verdict_cite(v, m->failed_at);
		return;
	}
	if (!medium_is_clean(m)) {
		v->truth = UNDETERMINED;
		verdict_reason(v, false, "no erasure of medium %s is recorded",
			       medium_title(m, false));
		verdict_reason(v, true, "aucun effacement du support %s n'est enregistré",
			       medium_title(m, true));
		return;
	}
	if (m->doubts & DOUBTS_OF_FACT) {
		v->truth = UNDETERMINED;
		verdict_reason(v, false, "the erasure of medium %s is doubtful",
			       medium_title(m, false));
		verdict_reason(v, true, "l'effacement du support %s est douteux",
			       medium_title(m, true));
	}
}

static void judge_data(const struct judged *j, struct verdict *v)
{
	struct media_facts f;
	media_find(j, &f);
	v->truth = TRUE_;
	for (unsigned i = 0; i < f.count; i++) {
		struct verdict part = { .truth = TRUE_ };
		judge_medium(&f.item[i], &part);
		verdict_and(v, &part);
	}
	verdict_cite(v, v->truth == TRUE_ ? f.none_at : NULL);
	bool never = j->life->type == TRAC__DEVICE_TYPE__SCREEN;
	if (f.overflow || (f.count == 0 && !f.none_at && !never)) {
		struct verdict part = { .truth = UNDETERMINED };
		verdict_say(&part, UNDETERMINED, "no event says which storage media it has",
			    "aucun événement ne dit quels supports il contient");
		verdict_and(v, &part);
	}
	if (v->truth == TRUE_)
		verdict_say(v, TRUE_, "no data are left on it", "aucune donnée n'y reste");
}

/* --- (5) what came after --- */

static bool is_end(const Trac__Event *e)
{
	return e->body_case == TRAC__EVENT__BODY_DISMANTLED
	       || e->body_case == TRAC__EVENT__BODY_WEEE_HANDED_OVER
	       || e->body_case == TRAC__EVENT__BODY_INTAKE_REFUSED;
}

static bool is_condemned(const Trac__Event *e)
{
	return e->body_case == TRAC__EVENT__BODY_AUDITED
	       && (e->audited->decision == TRAC__AUDIT_DECISION__PARTS
		   || e->audited->decision == TRAC__AUDIT_DECISION__WEEE);
}

static bool is_complaint(const Trac__Event *e)
{
	return e->body_case == TRAC__EVENT__BODY_RETURNED
	       && e->returned->reason == TRAC__RETURN_REASON__AFTER_SALES;
}

static void judge_later(const struct judged *j, const struct test_facts *t, struct verdict *v)
{
	int end = -1, condemned = -1, complaint = -1;
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const Trac__Event *e = j->life->line[i].input->event;
		if (is_end(e))
			end = (int)i;
		if (e->body_case == TRAC__EVENT__BODY_AUDITED)
			condemned = is_condemned(e) ? (int)i : -1;
		if (is_complaint(e))
			complaint = (int)i;
	}
	verdict_say(v, TRUE_, "nothing failed later", "rien n'a failli ensuite");
	if (end >= 0 || condemned >= 0) {
		verdict_say(v, FALSE_, "it was refused, dismantled, waste, or condemned by its "
			    "last audit", "il a été refusé, démonté, mis en DEEE, ou condamné "
			    "par son dernier audit");
		verdict_cite_line(v, j, end);
		verdict_cite_line(v, j, condemned);
	} else if (complaint > t->last) {
		verdict_say(v, UNDETERMINED, "it came back to after-sales and was not tested since",
			    "il est revenu au service après-vente et n'a pas été testé depuis");
		verdict_cite_line(v, j, complaint);
	}
}

void judge_refurbished(const struct judged *j, struct verdict *v)
{
	struct test_facts t;
	struct verdict part[5];
	memset(part, 0, sizeof part);
	tests_find(j, &t);
	judge_owner(j, &part[0]);
	judge_tests(j, &t, &part[1]);
	judge_defects(j, &t, &part[2]);
	judge_data(j, &part[3]);
	judge_later(j, &t, &part[4]);
	v->truth = TRUE_;
	for (unsigned i = 0; i < sizeof part / sizeof *part; i++)
		verdict_and(v, &part[i]);
}

/* --- in France --- */

/* Work on the device, and its way between workshops. */
static bool is_operation(const Trac__Event *e)
{
	return e->body_case >= TRAC__EVENT__BODY_COLLECTED
	       && e->body_case <= TRAC__EVENT__BODY_TRANSFER_RECEIVED;
}

/* In the official geographic code 99 is what is abroad. */
static bool is_abroad(const Trac__Event *e)
{
	if (e->body_case == TRAC__EVENT__BODY_REFURBISHED_DECLARED
	    && e->refurbished_declared->has_in_france && !e->refurbished_declared->in_france)
		return true;
	return e->commune && strncmp(e->commune, "99", 2) == 0;
}

static void judge_places(const struct judged *j, struct verdict *v)
{
	struct verdict abroad = { .truth = FALSE_ }, unknown = { .truth = UNDETERMINED };
	char department[4];
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const struct life_input *input = j->life->line[i].input;
		if (!is_operation(input->event))
			continue;
		commune_department(input->event->commune, department);
		if (is_abroad(input->event))
			verdict_cite(&abroad, input);
		else if (department[0] == '\0')
			verdict_cite(&unknown, input);
		else
			verdict_cite(v, input);
	}
	verdict_say(&abroad, FALSE_, "not all work on it was done in France",
		    "toutes les opérations n'ont pas eu lieu en France");
	verdict_say(&unknown, UNDETERMINED, "the place of some work on it is not said",
		    "le lieu de certaines opérations n'est pas dit");
	verdict_say(v, TRUE_, "it may be called refurbished, and all %u events of work on it "
		    "name a commune in France", "il peut être dit reconditionné, et ses %u "
		    "événements d'atelier ont tous une commune de France", v->count);
	if (abroad.count)
		*v = (struct verdict){ .rule = v->rule, .source = v->source };
	if (abroad.count || unknown.count)
		verdict_and(v, abroad.count ? &abroad : &unknown);
}

void judge_in_france(const struct judged *j, const struct verdict *refurbished,
		     struct verdict *v)
{
	if (refurbished->truth == TRUE_) {
		judge_places(j, v);
		return;
	}
	*v = (struct verdict){ .rule = v->rule, .source = v->source,
		.truth = refurbished->truth };
	if (v->truth == FALSE_)
		verdict_say(v, FALSE_, "it may not be called refurbished at all",
			    "il ne peut pas du tout être dit reconditionné");
	else
		verdict_say(v, v->truth, "it is not settled that it may be called refurbished",
			    "il n'est pas établi qu'il peut être dit reconditionné");
	v->count = refurbished->count;
	memcpy(v->event, refurbished->event, sizeof v->event);
}
