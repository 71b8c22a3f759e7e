/*
 * Verdicts on short stories, for tests of the rules.
 */
#ifndef TRAC_TESTS_UNIT_VERDICTS_H
#define TRAC_TESTS_UNIT_VERDICTS_H

#include "proto/life/verdict.h"
#include "tests/unit/stories.h"

/* Lines of a story: "kind field=value ...", of the laptop and told by envoi; "@author" in
 * front tells another, "-" that no device is named. */
#define CAME "received origin=external donor_type=company\n"
#define CAME_OF(type) "received origin=external donor_type=" type "\n"
#define SEEN "identified device_type=laptop medium=S3Z9NB0K:ssd\n"
#define SEEN_HDD "identified device_type=laptop medium=WDX11A22:hdd\n"
#define BARE "identified device_type=laptop no_medium=yes\n"
#define OK "audited decision=reuse\n"
#define ERASE(medium, level, technique, verification, result) \
	"data_erased medium=" medium " level=" level " technique=" technique \
	" tool=nwipe verification=" verification " result=" result "\n"
#define WIPED ERASE("S3Z9NB0K:ssd", "purge", "ata_secure_erase", "full", "success")
#define RESULTS "power:success,display:success,pointer:success,storage:success,memory:success" \
	",battery:success,sound:success,wireless:success,ports:success,charger:success"
#define TEST "tested grid=standard grid_version=1 functions_expected=11 results="
#define TESTED TEST RESULTS ",keyboard:success\n"
#define RETEST(function, result) \
	"tested grid=one grid_version=1 functions_expected=1 results=" function ":" result "\n"
#define FIXED(function, result) "repaired operation=" function " result=" result "\n"
#define DECLARED "refurbished_declared warranty_months=12\n"
#define GIVEN "made_available " DONATED "\n"
#define SOLD(mode, price) "made_available mode=" mode " recipient_type=final_user" \
	" public=low_income department=31 price_cents=" price "\n"
#define GOOD CAME SEEN OK WIPED TESTED

struct expected {
	const char *story;
	enum truth truth;
	const char *words;          /* in the reason; NULL: any */
	unsigned events;            /* that decide; 0: any number */
};

/* Adds the lines of a story to s, which is ended by tale_end(). */
void tale_tell(struct story *s, const char *tale);
void tale_end(struct story *s);
/* The verdicts of the last cycle of the laptop. */
void tale_judge(struct story *s, struct verdict out[RULE_COUNT]);
/* Each story has that verdict by the rule, with a clean reason and events in order. */
void tale_expect(enum rule rule, const struct expected *row, size_t count);
#define EXPECT(rule, rows) tale_expect(rule, rows, sizeof rows / sizeof *rows)
void verdict_check_order(const struct verdict *v);

#endif
