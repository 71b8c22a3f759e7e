/*
 * What the rules of verdict.h share; used by proto/life/verdict*.c alone.
 *
 *	verdict.c             names, words, citing; the order of the rules
 *	verdict_origin.c      who gave it, when it was retired, how sensitive it was
 *	verdict_media.c       what became of each storage medium in the cycle
 *	verdict_tests.c       functions: tested, found broken, repaired, tested again
 *	verdict_refurbished.c  3.1
 *	verdict_erasure.c     3.6
 *	verdict_donation.c    3.3, 3.4 and 3.5
 *	plausible.c           doubts about one erasure
 *	verdict_report.c      one raw report cited for two media
 */
#ifndef TRAC_LIFE_VERDICT_JUDGE_H
#define TRAC_LIFE_VERDICT_JUDGE_H

#include "proto/life/event.h"
#include "proto/life/verdict.h"

/* One cycle of one device, before the judge. */
struct judged {
	const struct lives *lives;
	const struct parts *parts;
	const struct life *life;
	unsigned cycle;
};

/* --- verdict.c --- */

/* Positions in life->line of what counts in the cycle: the first at or after from;
 * line_count when there is none. An announcement between two cycles is of the later. */
unsigned line_next(const struct judged *j, unsigned from);
const struct cycle *judged_cycle(const struct judged *j);
/* Valid, not corrected, not a repetition. */
bool line_counts(const struct life_line *line);

/* Adds an event to those that decide; twice is once, NULL is none. */
void verdict_cite(struct verdict *v, const struct life_input *i);
void verdict_cite_line(struct verdict *v, const struct judged *j, int at);
/* The truth, with the reason in both languages from the same values. */
void verdict_say(struct verdict *v, enum truth t, const char *en, const char *fr, ...)
	__attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* One language, where words differ. */
void verdict_reason(struct verdict *v, bool fr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* All conditions of a rule must hold: joins one of them. What is false outweighs what is
 * not known, which is listed. */
void verdict_and(struct verdict *v, const struct verdict *part);

/* --- law.c --- */

/* Civil day of an event in its own zone, AAAAMMJJ. */
int event_day(const Trac__Event *e);

/* --- verdict_origin.c --- */

/* What the events say of the donor of the cycle; of several the last to say it. */
struct origin {
	Trac__DonorType type;
	const struct life_input *type_at;     /* NULL: not said */
	bool conflict;                        /* some say a public body, some another */
	const struct life_input *other_at;    /* that contradicts */
	Trac__Sensitivity sensitivity;        /* the strictest that was said */
	const struct life_input *sensitivity_at;
	/* days AAAAMMJJ between which it was put in service; 0: not said */
	int service_first, service_last;
	const struct life_input *service_at;
	int retired;                          /* said; else the day it came; 0: neither */
	bool retired_said;                    /* else it is the day it came */
	const struct life_input *retired_at;
};
void origin_find(const struct judged *j, struct origin *out);
bool donor_is_public(Trac__DonorType t);

/* --- verdict_media.c --- */

#define JUDGED_MEDIA_MAX 64

enum wipe { WIPE_NONE, WIPE_CLEAR, WIPE_PURGE, WIPE_DESTROYED };   /* as in law.tsv */

struct medium_fact {
	char serial[TEXT_MAX + 1], wwn[TEXT_MAX + 1];   /* normalised; "" when not said */
	const char *said;                     /* its number as it was first read; borrowed */
	Trac__MediumType type;
	enum wipe wipe;                       /* since its last use */
	bool verified;
	bool fresh;                           /* came new: nobody's data */
	const struct life_input *seen;        /* in the cycle, first; or before it */
	const struct life_input *came;        /* put in, used, by this event */
	const struct life_input *gone;        /* taken out by this event */
	Trac__MediumDestination destination;
	const struct life_input *wiped_at;
	unsigned doubts;                      /* about it */
	const struct life_input *failed_at;   /* the last attempt, if it failed */
	const struct life_input *left_at;     /* left with data on it, in the device */
};

struct media_facts {
	unsigned count;
	bool overflow;                        /* more than fit: not all is known */
	const struct life_input *none_at;     /* said that there is none */
	struct medium_fact item[JUDGED_MEDIA_MAX];
};
void media_find(const struct judged *j, struct media_facts *out);
/* Its serial, or WWN, or that it has none. */
const char *medium_title(const struct medium_fact *m, bool fr);
/* Does it need no wiping any more: wiped, new, or back at the donor's? */
bool medium_is_clean(const struct medium_fact *m);
bool medium_is_flash(Trac__MediumType t);

/* Media of an event, named as above. */
void medium_name(const Trac__Medium *m, char serial[TEXT_MAX + 1], char wwn[TEXT_MAX + 1]);

/* --- verdict_tests.c --- */

#define FUNCTION_SLOTS 32             /* of enum Function, with room for newer ones */

struct function_fact {
	int tested;                           /* last test, as a line; -1: none */
	Trac__Outcome result;                 /* of it */
	int defect, repaired, passed;         /* each after the one before; -1: none */
};

struct test_facts {
	struct function_fact function[FUNCTION_SLOTS];
	int last;                             /* last test of all; -1: none */
	unsigned asked, covered;              /* by the fullest of their own grids */
};
void tests_find(const struct judged *j, struct test_facts *out);
/* Is there a grid for the type (data_grids), and does it name a function? */
bool grid_has(Trac__DeviceType type);
bool grid_names(Trac__DeviceType type, int function, bool needed_only);

/* --- plausible.c --- */

/* Media that a life was seen with, but by wiping them: named once, since each of its
 * erasures is held against all. */
struct sightings {
	const struct life *life;              /* borrowed */
	unsigned count;
	struct sighting *item;                /* owned */
};
/* -1: no memory. */
int sightings_find(struct sightings *s, const struct life *life);
void sightings_clear(struct sightings *s);
/* erasure_doubts() without DOUBT_SAME_REPORT: what the device alone tells. s: of its life,
 * NULL for a medium out of its device. */
unsigned erasure_own_doubts(const struct sightings *s, const struct life_input *erasure);

/* --- the rules: each fills v, which has its rule and source --- */

void judge_refurbished(const struct judged *j, struct verdict *v);
void judge_in_france(const struct judged *j, const struct verdict *refurbished,
		     struct verdict *v);
void judge_donor_erasure(const struct judged *j, struct verdict *v);
void judge_plausible(const struct judged *j, struct verdict *v);
void judge_public_donation(const struct judged *j, struct verdict *v);
void judge_price_cap(const struct judged *j, const struct verdict *public_donation,
		     struct verdict *v);
void judge_over_ten_years(const struct judged *j, struct verdict *v);
void judge_final_fate(const struct judged *j, struct verdict *v);
void judge_reuse_target(const struct judged *j, const struct verdict done[RULE_COUNT],
			struct verdict *v);

#endif
