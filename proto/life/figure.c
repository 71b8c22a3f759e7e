/* The figures, and what each cell adds to them. Source: domain page, section 4. */
#include "proto/life/figure.h"

#include <assert.h>

#define COUNT(figure_id, en, fr, n) { figure_id, en, fr, UNIT_COUNT, n, 0, 0 }
#define SHARE(figure_id, en, fr, n, d) { figure_id, en, fr, UNIT_PERCENT, n, d, 0 }

const struct figure figures[] = {
	COUNT("I01", "Devices collected", "Appareils collectés", MEASURE_COLLECTED),
	COUNT("I02", "Devices refurbished", "Appareils reconditionnés", MEASURE_REFURBISHED),
	COUNT("I03", "Made available to low-income households (FNE)",
	      "Mis à disposition des ménages modestes (FNE)", MEASURE_FNE),
	COUNT("I03t", "Made available in all", "Mis à disposition au total",
	      MEASURE_DISTRIBUTED),
	SHARE("I03q", "Share in priority districts (QPV)",
	      "Part en quartier prioritaire (QPV)", MEASURE_PRIORITY, MEASURE_DISTRIBUTED),
	SHARE("I03n", "Requests met", "Demandes satisfaites", MEASURE_NEEDS_MET, MEASURE_NEEDS),
	/* 2 million over 2023-2027, about 400,000 a year */
	{ "I04", "Progress towards the FNE target", "Avancement FNE", UNIT_PERCENT, MEASURE_FNE,
	  0, 2000000 },
	SHARE("I05", "Solidarity rate", "Taux solidaire", MEASURE_SOLIDARITY,
	      MEASURE_DISTRIBUTED),
	SHARE("I05m", "Solidarity rate: median of structures",
	      "Taux solidaire : médiane des structures", MEASURE_SOLIDARITY_MEDIAN,
	      MEASURE_SOLIDARITY_BASE),
	SHARE("I06", "Reuse rate (flow)", "Taux de réemploi (flux)", MEASURE_REFURBISHED,
	      MEASURE_COLLECTED),
	SHARE("I07", "Reuse rate (cohort of known fate)",
	      "Taux de réemploi (cohorte au devenir connu)", MEASURE_FATE + FATE_DISTRIBUTED,
	      MEASURE_FATE_KNOWN),
	COUNT("I08d", "Fate: made available", "Devenir : mis à disposition",
	      MEASURE_FATE + FATE_DISTRIBUTED),
	COUNT("I08s", "Fate: in stock", "Devenir : en stock", MEASURE_FATE + FATE_STOCK),
	COUNT("I08p", "Fate: dismantled for parts", "Devenir : démonté pour pièces",
	      MEASURE_FATE + FATE_PARTS),
	COUNT("I08w", "Fate: waste (WEEE)", "Devenir : DEEE", MEASURE_FATE + FATE_WEEE),
	COUNT("I08r", "Fate: refused at intake", "Devenir : refusé à l'entrée",
	      MEASURE_FATE + FATE_REFUSED),
	COUNT("I08l", "Fate: lost or stolen", "Devenir : perdu ou volé",
	      MEASURE_FATE + FATE_LOST),
	COUNT("I08u", "Fate: under way", "Devenir : en cours", MEASURE_FATE + FATE_UNDERWAY),
	SHARE("I09", "Same department from collection to destination",
	      "Même département de la collecte à la destination", MEASURE_ALL_HERE,
	      MEASURE_SOLIDARITY),
	SHARE("I09c", "Collected in the department of the workshop",
	      "Collecté dans le département de l'atelier", MEASURE_COLLECTED_HERE,
	      MEASURE_SOLIDARITY),
	SHARE("I09d", "Given in the department of the workshop",
	      "Distribué dans le département de l'atelier", MEASURE_GIVEN_HERE,
	      MEASURE_SOLIDARITY),
	{ "I11", "Technical cost of a refurbished device", "Coût technique par reconditionné",
	  UNIT_EUROS, MEASURE_COST_TECHNICAL, MEASURE_REFURBISHED, 0 },
	{ "I12", "Whole cost of a device made available", "Coût complet par mise à disposition",
	  UNIT_EUROS, MEASURE_COST_ALL, MEASURE_DISTRIBUTED, 0 },
	{ "I12s", "Subsidies", "Subventions", UNIT_EUROS, MEASURE_SUBSIDY, 0, 0 },
	{ "I13", "Days from collection to distribution: median",
	  "Jours de la collecte à la distribution : médiane", UNIT_DAYS, MEASURE_DELAY_MEDIAN,
	  MEASURE_DELAY_MEDIAN_BASE, 0 },
	{ "I13p", "Days from collection to distribution: 9 of 10 within",
	  "Jours de la collecte à la distribution : 9 sur 10 en", UNIT_DAYS, MEASURE_DELAY_P90,
	  MEASURE_DELAY_BASE, 0 },
	{ "I13x", "Days from collection to distribution: the longest",
	  "Jours de la collecte à la distribution : le plus long", UNIT_DAYS,
	  MEASURE_DELAY_LONGEST, MEASURE_DELAY_BASE, 0 },
	{ "I14", "Minutes of work on a refurbished device",
	  "Minutes de travail par reconditionné", UNIT_MINUTES, MEASURE_WORK_MINUTES,
	  MEASURE_REFURBISHED, 0 },
	COUNT("I15", "Made available with a commitment", "Mises à disposition avec engagement",
	      MEASURE_COMMITTED),
	COUNT("I16", "People supported", "Personnes accompagnées", MEASURE_PEOPLE),
	{ "I16h", "Hours of support", "Heures d'accompagnement", UNIT_HOURS,
	  MEASURE_PEOPLE_MINUTES, 0, 0 },
	COUNT("I17", "Staff and prescribers trained", "Professionnels et prescripteurs formés",
	      MEASURE_STAFF),
	{ "I18", "Satisfaction (1 to 5)", "Satisfaction (1 à 5)", UNIT_SCORE, MEASURE_SCORES,
	  MEASURE_ANSWERS, 0 },
	SHARE("I18p", "Satisfied (4 or 5)", "Satisfaits (4 ou 5)", MEASURE_ANSWERS_GOOD,
	      MEASURE_ANSWERS),
	COUNT("I21", "Devices handed over as waste (WEEE)", "Appareils remis en DEEE",
	      MEASURE_WEEE),
	{ "I21k", "Weight handed over as waste (WEEE)", "Poids remis en DEEE", UNIT_KG,
	  MEASURE_WEEE_GRAMS, 0, 0 },
	COUNT("I24d", "Active donors", "Donateurs actifs", MEASURE_DONORS),
	COUNT("I24p", "Active prescribers", "Prescripteurs actifs", MEASURE_PRESCRIBERS),
	{ "I25", "Mean solidarity price", "Prix solidaire moyen", UNIT_EUROS, MEASURE_PRICE,
	  MEASURE_PRICED, 0 },
	{ "I30", "Eligible cost (SIEG)", "Coûts éligibles (SIEG)", UNIT_EUROS,
	  MEASURE_COST_ALL, 0, 0 },
	{ NULL, NULL, NULL, 0, 0, 0, 0 },
};

const char *unit_name(enum unit u)
{
	static const char *const name[UNIT_COUNT_OF_UNITS] = {
		[UNIT_COUNT] = "count", [UNIT_PERCENT] = "percent", [UNIT_EUROS] = "euros",
		[UNIT_DAYS] = "days", [UNIT_MINUTES] = "minutes", [UNIT_HOURS] = "hours",
		[UNIT_SCORE] = "score", [UNIT_KG] = "kg",
	};
	assert(u < UNIT_COUNT_OF_UNITS);
	return name[u];
}

/* --- cells --- */

static void measure_collected(const struct contribution *c, uint64_t *m)
{
	unsigned fate = c->detail < FATE_COUNT ? c->detail : FATE_UNDERWAY;
	m[MEASURE_COLLECTED] += c->number;
	m[MEASURE_FATE + fate] += c->number;
	if (fate != FATE_UNDERWAY && fate != FATE_STOCK)
		m[MEASURE_FATE_KNOWN] += c->number;
}

static void measure_distributed(const struct contribution *c, uint64_t *m)
{
	static const struct {
		unsigned bits;
		enum measure measure;
	} row[] = {
		{ 0, MEASURE_DISTRIBUTED },
		{ DIST_FNE, MEASURE_FNE },
		{ DIST_SOLIDARITY, MEASURE_SOLIDARITY },
		{ DIST_SALE, MEASURE_PRICED },
		{ DIST_SOLIDARITY | DIST_COLLECTED_HERE, MEASURE_COLLECTED_HERE },
		{ DIST_SOLIDARITY | DIST_GIVEN_HERE, MEASURE_GIVEN_HERE },
		{ DIST_SOLIDARITY | DIST_COLLECTED_HERE | DIST_GIVEN_HERE, MEASURE_ALL_HERE },
		{ DIST_PRIORITY, MEASURE_PRIORITY },
		{ DIST_NEED, MEASURE_NEEDS_MET },
		{ DIST_COMMITTED, MEASURE_COMMITTED },
	};
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		if ((c->detail & row[i].bits) == row[i].bits)
			m[row[i].measure] += c->number;
	}
	if (c->detail & DIST_SALE)
		m[MEASURE_PRICE] += c->amount;
}

/* A subsidy pays costs and is none; structure and management are no work on a device. */
static void measure_cost(const struct contribution *c, uint64_t *m)
{
	bool technical = c->detail == TRAC__COST_ITEM__COLLECTION
			 || c->detail == TRAC__COST_ITEM__LABOUR
			 || c->detail == TRAC__COST_ITEM__PART
			 || c->detail == TRAC__COST_ITEM__COST_LICENCE;
	if (c->detail == TRAC__COST_ITEM__SUBSIDY) {
		m[MEASURE_SUBSIDY] += c->amount;
		return;
	}
	m[MEASURE_COST_ALL] += c->amount;
	m[MEASURE_WORK_MINUTES] += c->number;
	if (technical)
		m[MEASURE_COST_TECHNICAL] += c->amount;
}

/* Who trains prescribers and volunteers supports no household. */
static void measure_training(const struct contribution *c, uint64_t *m)
{
	if (c->detail == TRAC__TRAINING_TYPE__STAFF_TRAINING) {
		m[MEASURE_STAFF] += c->number;
		return;
	}
	m[MEASURE_PEOPLE] += c->number;
	m[MEASURE_PEOPLE_MINUTES] += c->amount;
}

static void measure_satisfaction(const struct contribution *c, uint64_t *m)
{
	m[MEASURE_ANSWERS] += c->number;
	m[MEASURE_SCORES] += c->amount;
	if (c->detail >= 4)
		m[MEASURE_ANSWERS_GOOD] += c->number;
}

void measure_cell(const struct contribution *c, uint64_t m[MEASURE_COUNT])
{
	switch ((enum counter)c->counter) {
	case COUNT_COLLECTED:
		measure_collected(c, m);
		return;
	case COUNT_REFURBISHED:
		m[MEASURE_REFURBISHED] += c->number;
		return;
	case COUNT_DISTRIBUTED:
		measure_distributed(c, m);
		return;
	case COUNT_WEEE:
		m[MEASURE_WEEE] += c->number;
		m[MEASURE_WEEE_GRAMS] += c->amount;
		return;
	case COUNT_COST:
		measure_cost(c, m);
		return;
	case COUNT_TRAINING:
		measure_training(c, m);
		return;
	case COUNT_SATISFACTION:
		measure_satisfaction(c, m);
		return;
	case COUNT_NEED:
		m[MEASURE_NEEDS] += c->number;
		return;
	case COUNT_DELAY:      /* no sum: figure_sum.h */
		return;
	}
}
