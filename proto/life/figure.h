/*
 * Indicators: what a device's life contributes to which figure. A pure
 * function of the folded life, so that a hub applies the difference when a
 * life changes, and two hubs with the same logs hold the same counters.
 * Counting unit: the device-cycle. Source: domain page, section 4.
 */
#ifndef TRAC_LIFE_FIGURE_H
#define TRAC_LIFE_FIGURE_H

#include "proto/life/life.h"

enum counter {
	COUNT_COLLECTED = 1,       /* I01 */
	COUNT_REFURBISHED = 2,     /* I02, numerator of I06 */
	COUNT_FNE = 3,             /* I03, numerator of I04 */
	COUNT_DISTRIBUTED = 4,     /* all final distributions */
	COUNT_DISCARDED = 5,       /* cycles that ended as WEEE, parts, refused or lost */
};

/* One +1 to one cell. Cells are compared byte by byte: zero it before filling. */
struct contribution {
	uint8_t counter;
	uint8_t device_type;
	uint16_t month;            /* year * 12 + month - 1, civil, in the event's own zone */
	char department[4];        /* of the place of the event: "31", "2A", "974"; zero-padded */
	char structure[MEMBER_NAME_MAX + 1];  /* to whom it is attributed; zero-padded */
};

#define CYCLE_CONTRIBUTIONS_MAX 5

/*
 * Writes the contributions of a life, at most room, and returns their number.
 * room of cycle_count * CYCLE_CONTRIBUTIONS_MAX always suffices.
 * Attribution: collected to the first receiver, refurbished to the emitter of
 * the cycle's last declaration, distributed to the emitter of the final
 * made_available; département from the event's commune.
 */
unsigned life_contributions(const struct life *l, struct contribution *out, unsigned room);

/* Département of a commune: "2A004" -> "2A", "97411" -> "974". Empty when malformed. */
void commune_department(const char *commune, char out[4]);

/* A figure as printed: its definition. */
struct figure {
	const char *id;            /* I01 */
	const char *label, *label_fr;
	enum counter numerator;
	enum counter denominator;  /* 0: none, or a constant */
	uint64_t target;           /* constant denominator: 2,000,000 for I04; 0: none */
	bool percent;
};
extern const struct figure figures[];   /* I01, I02, I03, I04, I06; ends with a NULL id */

#endif
