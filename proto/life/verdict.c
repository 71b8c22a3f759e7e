/*
 * Verdicts: the order of the rules, their names, and how a reason and the events
 * behind it are put together.
 */
#include "proto/life/verdict.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/life/verdict_judge.h"

static const struct {
	const char *name, *label, *label_fr, *source;
} rules[RULE_COUNT] = {
	[RULE_REFURBISHED] = { "refurbished", "may be called refurbished",
		"peut être dit « reconditionné »", "décret n° 2022-190" },
	[RULE_REFURBISHED_IN_FRANCE] = { "refurbished_in_france",
		"may be called refurbished in France",
		"peut être dit « reconditionné en France »", "décret n° 2022-190" },
	[RULE_DONOR_ERASURE] = { "donor_erasure", "erased as its donor must ask",
		"effacé comme le donateur doit l'exiger", "NIST SP 800-88r2" },
	[RULE_ERASURE_PLAUSIBLE] = { "erasure_plausible", "no erasure is doubtful",
		"aucun effacement douteux", "NIST SP 800-88r2" },
	[RULE_PUBLIC_DONATION] = { "public_donation", "given by a public body",
		"donné par une personne publique", "CG3P, L. 3212-2" },
	[RULE_PRICE_CAP] = { "price_cap", "solidarity price within the cap",
		"prix solidaire sous le plafond", "décret n° 2022-1413" },
	[RULE_OVER_TEN_YEARS] = { "over_ten_years", "more than ten years old when retired",
		"plus de dix ans à la réforme", "décret n° 2023-266" },
	[RULE_FINAL_FATE] = { "final_fate", "has a final fate or is in stock",
		"a une issue finale ou est en stock", "Ordi 3.0" },
	[RULE_REUSE_TARGET] = { "reuse_target", "counts in its public donor's reuse",
		"compte dans le réemploi de son donateur public", "décret n° 2023-266" },
};

static const struct {
	const char *name, *label, *label_fr;
} truths[] = {
	[UNDETERMINED] = { "undetermined", "undetermined", "indéterminé" },
	[TRUE_] = { "true", "true", "vrai" },
	[FALSE_] = { "false", "false", "faux" },
	[NOT_APPLICABLE] = { "not_applicable", "not applicable", "sans objet" },
};

const char *rule_name(enum rule r)
{
	assert(r < RULE_COUNT);
	return rules[r].name;
}

const char *rule_label(enum rule r, bool fr)
{
	assert(r < RULE_COUNT);
	return fr ? rules[r].label_fr : rules[r].label;
}

const char *truth_name(enum truth t)
{
	assert(t < sizeof truths / sizeof *truths);
	return truths[t].name;
}

const char *truth_label(enum truth t, bool fr)
{
	assert(t < sizeof truths / sizeof *truths);
	return fr ? truths[t].label_fr : truths[t].label;
}

/* --- the lines of a cycle --- */

bool line_counts(const struct life_line *line)
{
	return !(line->notes & (NOTE_CORRECTED | NOTE_REPEATED | NOTE_INVALID));
}

const struct cycle *judged_cycle(const struct judged *j)
{
	return &j->life->cycle[j->cycle];
}

/* A donation announced after a cycle has ended is of the next one, which opens later. */
static bool is_early(const struct life *l, unsigned at)
{
	const struct life_line *line = &l->line[at];
	if (line->input->event->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED)
		return false;
	if (line->cycle + 1 >= l->cycle_count)
		return false;
	const struct cycle *c = &l->cycle[line->cycle];
	int end = c->ended_at >= 0 ? c->ended_at : c->distributed_at;
	return end >= 0 && at > (unsigned)end;
}

unsigned line_next(const struct judged *j, unsigned from)
{
	const struct life *l = j->life;
	for (unsigned i = from; i < l->line_count; i++) {
		if (line_counts(&l->line[i]) && l->line[i].cycle + is_early(l, i) == j->cycle)
			return i;
	}
	return l->line_count;
}

/* --- citing --- */

void verdict_cite(struct verdict *v, const struct life_input *i)
{
	if (!i)
		return;
	unsigned kept = v->count < VERDICT_EVENTS_MAX ? v->count : VERDICT_EVENTS_MAX;
	unsigned at = kept;
	for (unsigned k = 0; k < kept; k++) {
		if (v->event[k] == i)
			return;
	}
	while (at > 0 && v->event[at - 1]->event->time_ms > i->event->time_ms)
		at--;
	v->count++;
	if (at == VERDICT_EVENTS_MAX)
		return;
	unsigned moved = kept < VERDICT_EVENTS_MAX ? kept - at : kept - at - 1;
	memmove(&v->event[at + 1], &v->event[at], moved * sizeof *v->event);
	v->event[at] = i;
}

void verdict_cite_line(struct verdict *v, const struct judged *j, int at)
{
	if (at >= 0)
		verdict_cite(v, j->life->line[at].input);
}

/* --- reasons --- */

/* Cut where a character begins, with a mark that it is. */
static void cut_text(char text[VERDICT_REASON_MAX])
{
	size_t at = VERDICT_REASON_MAX - sizeof "...";
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	memcpy(text + at, "...", sizeof "...");
}

static void set_text(char out[VERDICT_REASON_MAX], const char *fmt, va_list args)
{
	if (vsnprintf(out, VERDICT_REASON_MAX, fmt, args) >= VERDICT_REASON_MAX)
		cut_text(out);
}

void verdict_say(struct verdict *v, enum truth t, const char *en, const char *fr, ...)
{
	va_list args;
	v->truth = t;
	va_start(args, fr);
	set_text(v->reason, en, args);
	va_end(args);
	va_start(args, fr);
	set_text(v->reason_fr, fr, args);
	va_end(args);
}

void verdict_reason(struct verdict *v, bool fr, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	set_text(fr ? v->reason_fr : v->reason, fmt, args);
	va_end(args);
}

static void append_text(char text[VERDICT_REASON_MAX], const char *between, const char *more)
{
	char both[2 * VERDICT_REASON_MAX + 4];
	if (*more == '\0')
		return;
	int size = snprintf(both, sizeof both, "%s%s%s", text, *text ? between : "", more);
	memcpy(text, both, VERDICT_REASON_MAX - 1);
	text[VERDICT_REASON_MAX - 1] = '\0';
	if (size >= VERDICT_REASON_MAX)
		cut_text(text);
}

static unsigned weight(enum truth t)
{
	return t == FALSE_ ? 2 : t == UNDETERMINED ? 1 : 0;
}

void verdict_and(struct verdict *v, const struct verdict *part)
{
	if (weight(part->truth) < weight(v->truth))
		return;
	if (weight(part->truth) > weight(v->truth)) {
		v->truth = part->truth;
		v->count = 0;
		v->reason[0] = v->reason_fr[0] = '\0';
	}
	append_text(v->reason, "; ", part->reason);
	append_text(v->reason_fr, " ; ", part->reason_fr);
	unsigned kept = part->count < VERDICT_EVENTS_MAX ? part->count : VERDICT_EVENTS_MAX;
	for (unsigned i = 0; i < kept; i++)
		verdict_cite(v, part->event[i]);
	v->count += part->count - kept;
}

/* Where there is room for all of it. */
static void append_source(char text[VERDICT_REASON_MAX], const char *source)
{
	size_t used = strlen(text);
	if (used + strlen(source) + sizeof " ()" <= VERDICT_REASON_MAX)
		snprintf(text + used, VERDICT_REASON_MAX - used, " (%s)", source);
}

/* --- all rules --- */

void verdicts_judge(const struct lives *l, const struct parts *p, unsigned life,
		    unsigned cycle, struct verdict out[RULE_COUNT])
{
	assert(life < l->count && cycle < l->life[life].cycle_count);
	const struct judged j = { l, p, &l->life[life], cycle };
	for (int r = 0; r < RULE_COUNT; r++)
		out[r] = (struct verdict){ .rule = (enum rule)r, .source = rules[r].source };
	judge_refurbished(&j, &out[RULE_REFURBISHED]);
	judge_in_france(&j, &out[RULE_REFURBISHED], &out[RULE_REFURBISHED_IN_FRANCE]);
	judge_donor_erasure(&j, &out[RULE_DONOR_ERASURE]);
	judge_plausible(&j, &out[RULE_ERASURE_PLAUSIBLE]);
	judge_public_donation(&j, &out[RULE_PUBLIC_DONATION]);
	judge_price_cap(&j, &out[RULE_PUBLIC_DONATION], &out[RULE_PRICE_CAP]);
	judge_over_ten_years(&j, &out[RULE_OVER_TEN_YEARS]);
	judge_final_fate(&j, &out[RULE_FINAL_FATE]);
	judge_reuse_target(&j, out, &out[RULE_REUSE_TARGET]);
	for (int r = 0; r < RULE_COUNT; r++) {
		append_source(out[r].reason, out[r].source);
		append_source(out[r].reason_fr, out[r].source);
	}
}
