/*
 * Indicators: what folded lives contribute to which figure. A pure function of
 * the lives, so that a hub applies the difference when a life changes, and two
 * hubs with the same logs hold the same counters. Counting unit: the
 * device-cycle; costs, training and the like count by event. Corrected and
 * invalid events count nowhere, repeated ones once. Source: domain page, 4.
 *
 * A contribution is added to a cell; cells are summed into measures
 * (figure_sum.h); a figure is one measure, or one over another.
 */
#ifndef TRAC_LIFE_FIGURE_H
#define TRAC_LIFE_FIGURE_H

#include "proto/life/life.h"

/* What is counted. number is 1, and amount and detail are 0, unless said. */
enum counter {
	COUNT_COLLECTED = 1,       /* party: donor; detail: enum fate */
	COUNT_REFURBISHED = 2,     /* party: donor */
	COUNT_DISTRIBUTED = 3,     /* party: prescriber; detail: DIST_ bits; amount: its price */
	COUNT_DELAY = 4,           /* distributed; detail: days since its collection */
	COUNT_WEEE = 5,            /* party: who took it; number: 1 a cycle; amount: grams */
	COUNT_COST = 6,            /* detail: enum CostItem; number: minutes; amount: cents */
	COUNT_TRAINING = 7,        /* detail: enum TrainingType; number: people; amount: minutes */
	COUNT_SATISFACTION = 8,    /* detail: score; number: answers; amount: score * answers */
	COUNT_NEED = 9,            /* a household's request */
};

/* What became of a collected cycle. */
enum fate {
	FATE_UNDERWAY, FATE_DISTRIBUTED, FATE_STOCK, FATE_PARTS, FATE_WEEE, FATE_REFUSED, FATE_LOST,
	FATE_COUNT
};

/* Of what kind a distribution was. */
enum {
	DIST_FNE = 1,              /* I03 */
	DIST_SOLIDARITY = 2,       /* given, or sold at a solidarity price */
	DIST_SALE = 4,             /* of these, sold */
	DIST_COLLECTED_HERE = 8,   /* origin and workshop in one département */
	DIST_GIVEN_HERE = 16,      /* workshop and destination in one département */
	DIST_PRIORITY = 32,        /* in a priority district (QPV) */
	DIST_NEED = 64,            /* answers a request */
	DIST_COMMITTED = 128,      /* with the commitment of a beneficiary */
};

/* Parties are a SIRET, an RNA or a short name; longer ones end with a hash. */
#define PARTY_MAX 31
/* Above it, an amount is junk of a foreign log and counts nowhere: kind.c refuses it. */
#define AMOUNT_COUNTED_MAX UINT64_C(100000000000)

/* Up to and with party it names the cell, compared byte by byte: zero it before filling. */
struct contribution {
	uint8_t counter;
	uint8_t device_type;       /* 0: of no device, or not known */
	uint16_t month;            /* year * 12 + month - 1, civil, in the event's own zone */
	uint16_t detail;
	char department[4];        /* of the place of the event: "31", "2A", "974"; zero-padded */
	char structure[MEMBER_NAME_MAX + 1];  /* to whom it is attributed; zero-padded */
	char party[PARTY_MAX + 1]; /* zero-padded */
	uint64_t number, amount;   /* what is added */
};

/* Where contributions go. */
struct contribution_sink {
	void (*add)(void *ctx, const struct contribution *c);
	/* Is this event to be counted here? NULL: all are. A life of which none is counts
	 * where its own events are. */
	bool (*is_here)(void *ctx, const struct life_input *input);
	void *ctx;
};

/*
 * Tells the contributions of all lives, and of the events that are about no
 * device. Attribution: collected to the first receiver, refurbished to the
 * emitter of the cycle's last declaration, distributed to the emitter of the
 * final made_available; everything else to its author; département from the
 * event's commune. An event that is about several lives counts in the first.
 */
void lives_contribute(const struct lives *l, const struct contribution_sink *to);

/* Département of a commune: "2A004" -> "2A", "97411" -> "974". Empty when malformed. */
void commune_department(const char *commune, char out[4]);
/* Region of a département, as "53 Bretagne"; "" for none. */
const char *department_region(const char *department);

/* What figures are made of. */
enum measure {
	MEASURE_NONE,
	MEASURE_COLLECTED, MEASURE_REFURBISHED, MEASURE_DISTRIBUTED, MEASURE_FNE,
	MEASURE_FATE,                               /* FATE_COUNT of them */
	MEASURE_FATE_LAST = MEASURE_FATE + FATE_COUNT - 1,
	MEASURE_FATE_KNOWN,                         /* neither stock nor under way */
	MEASURE_SOLIDARITY, MEASURE_SOLIDARITY_MEDIAN, MEASURE_SOLIDARITY_BASE,
	MEASURE_COLLECTED_HERE, MEASURE_GIVEN_HERE, MEASURE_ALL_HERE,
	MEASURE_PRIORITY, MEASURE_NEEDS, MEASURE_NEEDS_MET, MEASURE_COMMITTED,
	MEASURE_COST_TECHNICAL, MEASURE_COST_ALL, MEASURE_SUBSIDY,  /* cents */
	MEASURE_WORK_MINUTES,
	MEASURE_DELAY_MEDIAN, MEASURE_DELAY_MEDIAN_BASE,   /* base 2: the mean of two may be x.5 */
	MEASURE_DELAY_P90, MEASURE_DELAY_LONGEST, MEASURE_DELAY_BASE,
	MEASURE_PEOPLE, MEASURE_PEOPLE_MINUTES, MEASURE_STAFF,
	MEASURE_SCORES, MEASURE_ANSWERS, MEASURE_ANSWERS_GOOD,
	MEASURE_WEEE, MEASURE_WEEE_GRAMS,
	MEASURE_DONORS, MEASURE_PRESCRIBERS,
	MEASURE_PRICE, MEASURE_PRICED,
	MEASURE_COUNT
};

/* Adds a cell to the measures that are plain sums. */
void measure_cell(const struct contribution *cell, uint64_t measure[MEASURE_COUNT]);

enum unit {
	UNIT_COUNT, UNIT_PERCENT,
	UNIT_EUROS,      /* numerator in cents */
	UNIT_DAYS,
	UNIT_MINUTES, UNIT_HOURS,   /* numerator in minutes */
	UNIT_SCORE,      /* a mean with two decimals */
	UNIT_KG,         /* numerator in grams */
	UNIT_COUNT_OF_UNITS
};
const char *unit_name(enum unit u);        /* "percent" */

/* A figure as printed: its definition. */
struct figure {
	const char *id;            /* I01 */
	const char *label, *label_fr;   /* without commas: they stand in CSV */
	enum unit unit;
	enum measure numerator;
	enum measure denominator;  /* MEASURE_NONE: none, or a constant */
	uint64_t target;           /* constant denominator: 2,000,000 for I04; 0: none */
};
extern const struct figure figures[];   /* ends with a NULL id */

#endif
