/*
 * What may be said of a device by the law and the agreements, computed from its
 * events: each rule is true, false or undetermined, with the events that decide
 * it and the reason in words. Undetermined is a normal answer. Thresholds are
 * dated: data_law (conf/data/law.tsv) at the date of the event that is judged.
 * Source: domain page, section 3.
 */
#ifndef TRAC_LIFE_VERDICT_H
#define TRAC_LIFE_VERDICT_H

#include "proto/life/part.h"

enum rule {
	RULE_REFURBISHED,            /* 3.1: may be called "reconditionné" */
	RULE_REFURBISHED_IN_FRANCE,  /* 3.1: all operations on national territory */
	RULE_DONOR_ERASURE,          /* 3.6: the donor's minimum erasure, by sensitivity */
	RULE_ERASURE_PLAUSIBLE,      /* 3.6: no erasure of it is doubtful: enum doubt */
	RULE_PUBLIC_DONATION,        /* 3.4: its cycle began as a donation of a public body */
	RULE_PRICE_CAP,              /* 3.4: solidarity price within the cap; only for those */
	RULE_OVER_TEN_YEARS,         /* 3.3: more than ten years old at its reform */
	RULE_FINAL_FATE,             /* 3.5, Ordi 3.0: it has a final fate, or is in stock */
	RULE_REUSE_TARGET,           /* 3.3: counts in its public donor's reuse (numerator A) */
	RULE_COUNT
};

enum truth {
	UNDETERMINED, TRUE_, FALSE_,
	NOT_APPLICABLE,              /* the rule is about others: a cap on a gift */
};

#define VERDICT_EVENTS_MAX 16
#define VERDICT_REASON_MAX 240

struct verdict {
	enum rule rule;
	enum truth truth;
	/* The events that decide it, in order; the first VERDICT_EVENTS_MAX of count. */
	unsigned count;
	const struct life_input *event[VERDICT_EVENTS_MAX];   /* borrowed */
	/* Why, one sentence in each language: what was found, what the rule asks, and its
	 * source ("décret 2022-190"). Foreign text in it is clean UTF-8. */
	char reason[VERDICT_REASON_MAX], reason_fr[VERDICT_REASON_MAX];
	const char *source;          /* borrowed: of the rule, "décret n° 2022-190" */
};

/* Judges one cycle of one device (life: position in l->life; cycle < cycle_count) of lives
 * that lives_mark_implausible() has marked: RULE_COUNT verdicts in the order of enum rule. */
void verdicts_judge(const struct lives *l, const struct parts *p, unsigned life,
		    unsigned cycle, struct verdict out[RULE_COUNT]);

const char *rule_name(enum rule r);              /* "refurbished": for JSON */
const char *rule_label(enum rule r, bool fr);    /* "may be called refurbished" */
const char *truth_name(enum truth t);            /* "undetermined" */
const char *truth_label(enum truth t, bool fr);  /* "indéterminé" */

/* A parameter of data_law on a civil day (AAAAMMJJ); -1: none that day. Amounts are in
 * the unit of the file. source may be NULL. */
int64_t law_value(const char *parameter, int day, const char **source);

/*
 * Why an erasure that is said to have succeeded is doubtful. None is a proof of
 * fraud: clocks and keyboards err. An honest failure raises no doubt.
 */
enum doubt {
	DOUBT_TOO_FAST = 1,          /* more bytes a second than the interface carries */
	DOUBT_TOO_LITTLE = 2,        /* fewer bytes than the medium holds */
	DOUBT_TOO_EARLY = 4,         /* before the medium was known to the device */
	DOUBT_SAME_REPORT = 8,       /* its raw report serves another medium too */
	DOUBT_HIDDEN_LEFT = 16,      /* hidden areas were left, and it is called a success */
	DOUBT_NOT_VERIFIED = 32,     /* nobody verified it */
	DOUBT_DEGAUSSED_FLASH = 64,  /* flash memory is not magnetic */
	DOUBT_FLASH_PURGE = 128,     /* overwriting flash is called a purge */
	DOUBT_CONTRADICTION = 256,   /* its own fields contradict each other */
	DOUBT_TECHNIQUE = 512,       /* a command that such a medium does not have */
	DOUBT_OTHER_MEDIUM = 1024,   /* of a medium that was never seen in the device */
};
#define DOUBTS 11                    /* bits 0 to DOUBTS - 1 */

/* Sets doubts, NOTE_IMPLAUSIBLE and NOTE_SAME_REPORT on the lines of l whose erasure has a
 * doubt: by whoever folds, before anything is judged. Of a life with more media and events
 * than a device can have, the first decide. -1: no memory. */
int lives_mark_implausible(struct lives *l);
/* Could one run of one tool have made both erasures, of one author? Then one report of both
 * is no doubt. */
bool erasures_are_one_run(const Trac__Event *a, const Trac__Event *b);
/* Bits of enum doubt of a line, marked before; 0 of what is no erasure. */
unsigned erasure_doubts(const struct life_line *line);

const char *doubt_name(enum doubt d);              /* "too_fast" */
const char *doubt_label(enum doubt d, bool fr);    /* "faster than the interface carries" */

#endif
