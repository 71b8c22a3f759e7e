/* Verdicts: "reconditionné" condition by condition, and what holds for all rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/verdicts.h"

/* --- 3.1 --- */

static void test_refurbished(void **state)
{
	static const struct expected row[] = {
		{ GOOD DECLARED GIVEN, TRUE_, "décret n° 2022-190", 3 },
		{ GOOD, TRUE_, "all functions", 3 },
		/* (1) */
		{ "received origin=network\n" SEEN OK WIPED TESTED, UNDETERMINED, "who gave it", 0 },
		/* (2) */
		{ CAME SEEN OK WIPED DECLARED, UNDETERMINED, "no functional test", 0 },
		{ CAME SEEN OK WIPED TEST RESULTS "\n", UNDETERMINED, "not tested: keyboard", 1 },
		{ CAME SEEN OK WIPED TEST RESULTS "\n" RETEST("keyboard", "success"), TRUE_, NULL,
		  4 },
		{ CAME SEEN OK WIPED TEST RESULTS ",keyboard:failure\n", FALSE_, "keyboard", 1 },
		{ CAME SEEN OK WIPED TEST RESULTS ",keyboard:partial\n", FALSE_, "keyboard", 1 },
		{ CAME SEEN OK WIPED "tested grid=own grid_version=3 functions_expected=14 results="
		  RESULTS ",keyboard:success\n", UNDETERMINED, "11 of the 14", 0 },
		{ CAME "identified device_type=other no_medium=yes\n" OK RETEST("power", "success"),
		  UNDETERMINED, "no grid", 0 },
		/* (3) */
		{ CAME SEEN "audited decision=reuse defect=keyboard\n" WIPED FIXED("keyboard", "success")
		  TESTED, TRUE_, NULL, 5 },
		{ CAME SEEN "audited decision=reuse defect=keyboard\n" WIPED, FALSE_,
		  "not repaired: keyboard", 1 },
		{ CAME SEEN "audited decision=reuse defect=keyboard\n" WIPED
		  FIXED("keyboard", "failure"), FALSE_, "not repaired", 1 },
		{ CAME SEEN "audited decision=reuse defect=keyboard\n" WIPED TESTED, UNDETERMINED,
		  "not recorded: keyboard", 2 },
		{ CAME SEEN "audited decision=reuse defect=keyboard\n" WIPED TESTED
		  FIXED("keyboard", "success"), UNDETERMINED, "not recorded: keyboard", 2 },
		{ CAME SEEN "audited decision=reuse defect=memory\n" WIPED "upgraded component=ram"
		  " before_bytes=4GiB after_bytes=8GiB\n" TESTED, TRUE_, NULL, 0 },
		{ CAME SEEN "audited decision=reuse defect=board\n" WIPED FIXED("board", "success")
		  TESTED, TRUE_, NULL, 0 },
		{ GOOD RETEST("sound", "failure"), FALSE_, "sound", 0 },
		{ GOOD RETEST("sound", "failure") FIXED("sound", "success")
		  RETEST("sound", "success"), TRUE_, NULL, 0 },
		/* (5) */
		{ GOOD "audited decision=parts\n", FALSE_, "condemned", 1 },
		{ GOOD "audited decision=parts\naudited decision=reuse\n", TRUE_, NULL, 0 },
		{ GOOD DECLARED "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n", FALSE_, "waste", 1 },
		{ GOOD DECLARED GIVEN "returned reason=after_sales\n" WIPED, UNDETERMINED,
		  "after-sales", 1 },
		{ GOOD DECLARED GIVEN "returned reason=after_sales\n" WIPED TESTED, TRUE_, NULL,
		  0 },
	};
	(void)state;
	EXPECT(RULE_REFURBISHED, row);
}

/* (4): what became of the data. */
static void test_refurbished_without_data(void **state)
{
	static const struct expected row[] = {
		{ CAME BARE OK TESTED, TRUE_, "no data", 3 },
		{ CAME "identified device_type=laptop\n" OK TESTED, UNDETERMINED,
		  "which storage media", 0 },
		{ CAME SEEN OK TESTED, UNDETERMINED, "no erasure of medium S3Z9NB0K", 1 },
		{ CAME SEEN OK TESTED GIVEN, FALSE_, "S3Z9NB0K left not erased", 2 },
		{ CAME SEEN OK TESTED GIVEN WIPED, FALSE_, "left not erased", 0 },
		{ CAME SEEN OK TESTED "transfer_sent recipient=sicoval nature=ownership\n", FALSE_,
		  "left not erased", 2 },
		{ CAME SEEN OK TESTED "transfer_sent recipient=sicoval nature=possession\n" WIPED,
		  TRUE_, NULL, 0 },
		{ CAME SEEN OK TESTED "made_available " LENT "\n", UNDETERMINED, "no erasure", 0 },
		{ CAME SEEN OK ERASE("S3Z9NB0K:ssd", "purge", "ata_secure_erase", "full", "failure")
		  TESTED, FALSE_, "failed", 2 },
		{ CAME SEEN OK "data_erased medium=S3Z9NB0K:ssd level=purge technique=overwrite"
		  " tool=nwipe verification=full result=success hidden_areas=left\n" TESTED, FALSE_,
		  "left a part", 2 },
		/* two disks: the worse one decides */
		{ CAME "identified device_type=laptop medium=S3Z9NB0K:ssd,WDX11A22:hdd\n" OK WIPED
		  TESTED, UNDETERMINED, "medium WDX11A22", 1 },
		{ CAME SEEN OK "medium_removed medium=S3Z9NB0K:ssd destination=back_to_donor\n"
		  TESTED, TRUE_, NULL, 0 },
		{ CAME SEEN OK "medium_removed medium=S3Z9NB0K:ssd destination=to_stock\n" TESTED,
		  UNDETERMINED, "S3Z9NB0K", 0 },
		{ CAME SEEN OK "medium_removed medium=S3Z9NB0K:ssd destination=to_destruction\n"
		  "medium_destroyed medium=S3Z9NB0K:ssd method=shredding result=success\n" TESTED
		  GIVEN, TRUE_, NULL, 0 },
		/* a magnet does nothing to flash */
		{ CAME SEEN OK "medium_destroyed medium=S3Z9NB0K:ssd method=degaussing"
		  " result=success\n" TESTED, FALSE_, "failed", 0 },
	};
	(void)state;
	EXPECT(RULE_REFURBISHED, row);
}

/* (4) again: disks that came in, went out, or were wiped elsewhere. */
static void test_refurbished_with_other_media(void **state)
{
	static const struct expected row[] = {
		/* a new disk holds nobody's data, a used one does */
		{ CAME BARE OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=new"
		  " medium=NEW00001:ssd\n" TESTED GIVEN, TRUE_, NULL, 0 },
		{ CAME BARE OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=used"
		  " medium=USED0001:ssd\n" TESTED GIVEN, FALSE_, "USED0001", 0 },
		/* unless it was wiped on the shelf */
		{ "-" ERASE("USED0001:ssd", "purge", "ata_secure_erase", "full", "success") CAME
		  BARE
		  OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=used"
		  " medium=USED0001:ssd\n" TESTED GIVEN, TRUE_, NULL, 0 },
		/* or came out of another device, and was wiped there */
		{ "-received serial=PF0S0002 maker=LENOVO origin=external donor_type=company\n"
		  "-identified serial=PF0S0002 maker=LENOVO device_type=laptop medium=USED0001:ssd\n"
		  "-data_erased serial=PF0S0002 maker=LENOVO medium=USED0001:ssd level=purge"
		  " technique=ata_secure_erase tool=nwipe verification=full result=success\n"
		  "-medium_removed serial=PF0S0002 maker=LENOVO medium=USED0001:ssd\n"
		  CAME BARE OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=used"
		  " medium=USED0001:ssd\n" TESTED GIVEN, TRUE_, NULL, 0 },
		{ "-received serial=PF0S0002 maker=LENOVO origin=external donor_type=company\n"
		  "-identified serial=PF0S0002 maker=LENOVO device_type=laptop medium=USED0001:ssd\n"
		  "-medium_removed serial=PF0S0002 maker=LENOVO medium=USED0001:ssd\n"
		  CAME BARE OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=used"
		  " medium=USED0001:ssd\n" TESTED GIVEN, FALSE_, "USED0001", 0 },
		/* wiped there, and used again before it came out */
		{ "-received serial=PF0S0002 maker=LENOVO origin=external donor_type=company\n"
		  "-identified serial=PF0S0002 maker=LENOVO device_type=laptop medium=USED0001:ssd\n"
		  "-data_erased serial=PF0S0002 maker=LENOVO medium=USED0001:ssd level=purge"
		  " technique=ata_secure_erase tool=nwipe verification=full result=success\n"
		  "-made_available serial=PF0S0002 maker=LENOVO " LENT "\n"
		  "-returned serial=PF0S0002 maker=LENOVO reason=loan_ended\n"
		  "-medium_removed serial=PF0S0002 maker=LENOVO medium=USED0001:ssd\n"
		  CAME BARE OK "upgraded component=disk before_bytes=0 after_bytes=256GB part=used"
		  " medium=USED0001:ssd\n" TESTED GIVEN, FALSE_, "USED0001", 0 },
		/* taken out, and wiped later, on the shelf */
		{ CAME SEEN OK "medium_removed medium=S3Z9NB0K:ssd destination=to_stock\n"
		  "-" ERASE("S3Z9NB0K:ssd", "purge", "ata_secure_erase", "full", "success") TESTED
		  GIVEN, TRUE_, NULL, 0 },
		/* in the next cycle the old erasure does not count */
		{ GOOD DECLARED GIVEN CAME SEEN OK TESTED, UNDETERMINED, "no erasure", 0 },
		{ GOOD DECLARED GIVEN CAME OK TESTED, UNDETERMINED, "no erasure", 0 },
		/* an erasure that cannot be */
		{ CAME SEEN OK "data_erased medium=S3Z9NB0K:ssd:500GB level=clear tool=nwipe"
		  " technique=overwrite verification=full result=success duration_seconds=3"
		  " erased_bytes=500GB\n" TESTED, UNDETERMINED, "doubtful", 0 },
	};
	(void)state;
	EXPECT(RULE_REFURBISHED, row);
}

static void test_refurbished_in_france(void **state)
{
	static const struct expected row[] = {
		{ GOOD DECLARED GIVEN, TRUE_, "6 events", 6 },
		{ GOOD "refurbished_declared commune=97411 warranty_months=12\n", TRUE_, NULL, 0 },
		{ GOOD "refurbished_declared commune=2A004 in_france=yes\n", TRUE_, NULL, 0 },
		{ GOOD "refurbished_declared in_france=no\n", FALSE_, "not all work", 1 },
		{ CAME SEEN OK WIPED DECLARED, UNDETERMINED, "not settled", 0 },
		{ CAME SEEN OK TESTED GIVEN, FALSE_, "not be called refurbished", 2 },
	};
	(void)state;
	EXPECT(RULE_REFURBISHED_IN_FRANCE, row);
}

/* A commune abroad is refused when it is recorded here; it may come from elsewhere. */
static void test_work_abroad(void **state)
{
	static const struct { const char *commune; enum truth truth; } row[] = {
		{ "31555", TRUE_ }, { "99131", FALSE_ }, { "", UNDETERMINED }, { "XX", UNDETERMINED },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		struct verdict v[RULE_COUNT];
		struct story *s = story_begin();
		tale_tell(s, GOOD);
		Trac__Event *e = (Trac__Event *)s->input[4].event;
		char *kept = e->commune;
		e->commune = (char *)row[i].commune;
		tale_judge(s, v);
		assert_int_equal(v[RULE_REFURBISHED].truth, TRUE_);
		assert_int_equal(v[RULE_REFURBISHED_IN_FRANCE].truth, row[i].truth);
		e->commune = kept;
		tale_end(s);
	}
}

/* --- the whole --- */

/* What is corrected decides nothing. */
static void test_corrected_events_decide_nothing(void **state)
{
	struct verdict v[RULE_COUNT];
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, GOOD);
	tale_judge(s, v);
	assert_int_equal(v[RULE_REFURBISHED].truth, TRUE_);
	story_correct(s, strdup("envoi"), 4);
	tale_judge(s, v);
	assert_int_equal(v[RULE_REFURBISHED].truth, UNDETERMINED);
	tale_end(s);
}

/* Any order of the same events gives the same verdicts. */
static void test_order_does_not_matter(void **state)
{
	struct verdict a[RULE_COUNT], b[RULE_COUNT];
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, GOOD DECLARED GIVEN);
	tale_judge(s, a);
	for (int r = 0; r < RULE_COUNT; r++)
		a[r].event[0] = NULL;
	for (unsigned i = 0; i < s->count / 2; i++) {
		struct life_input swap = s->input[i];
		s->input[i] = s->input[s->count - 1 - i];
		s->input[s->count - 1 - i] = swap;
	}
	tale_judge(s, b);
	for (int r = 0; r < RULE_COUNT; r++) {
		assert_int_equal(a[r].truth, b[r].truth);
		assert_int_equal(a[r].count, b[r].count);
		assert_string_equal(a[r].reason, b[r].reason);
		assert_string_equal(a[r].reason_fr, b[r].reason_fr);
	}
	tale_end(s);
}

/* More events than a verdict holds are counted, and the first are named. */
static void test_many_events_are_counted(void **state)
{
	struct verdict v[RULE_COUNT];
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, CAME SEEN OK);
	for (int i = 0; i < 20; i++)
		tale_tell(s, WIPED);
	tale_judge(s, v);
	assert_int_equal(v[RULE_ERASURE_PLAUSIBLE].count, 20);
	verdict_check_order(&v[RULE_ERASURE_PLAUSIBLE]);
	assert_int_equal(v[RULE_ERASURE_PLAUSIBLE].event[0]->index, 3);
	tale_end(s);
}

static void test_everything_has_names(void **state)
{
	(void)state;
	for (int r = 0; r < RULE_COUNT; r++) {
		assert_non_null(rule_name((enum rule)r));
		assert_non_null(rule_label((enum rule)r, false));
		assert_non_null(rule_label((enum rule)r, true));
	}
	assert_string_equal(truth_name(FALSE_), "false");
	assert_string_equal(truth_label(UNDETERMINED, true), "indéterminé");
	assert_string_equal(truth_name(NOT_APPLICABLE), "not_applicable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refurbished),
		cmocka_unit_test(test_refurbished_without_data),
		cmocka_unit_test(test_refurbished_with_other_media),
		cmocka_unit_test(test_refurbished_in_france),
		cmocka_unit_test(test_work_abroad),
		cmocka_unit_test(test_corrected_events_decide_nothing),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_many_events_are_counted),
		cmocka_unit_test(test_everything_has_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
