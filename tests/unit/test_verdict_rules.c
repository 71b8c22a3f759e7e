/* Verdicts: erasure, donors, prices, age, fate and reuse; true, false, undetermined, and
 * at their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/verdicts.h"

/* --- 3.6 --- */

#define OF(sensitivity) "received origin=external donor_type=state sensitivity=" sensitivity "\n"
#define SSD(level, technique, verification) \
	SEEN ERASE("S3Z9NB0K:ssd", level, technique, verification, "success")
#define HDD(level, technique, verification) \
	SEEN_HDD ERASE("WDX11A22:hdd", level, technique, verification, "success")
#define SHRED "medium_destroyed medium=S3Z9NB0K:ssd method=shredding result=success\n"

static void test_donor_erasure(void **state)
{
	static const struct expected row[] = {
		{ OF("standard") SSD("clear", "overwrite", "full"), TRUE_, "standard", 2 },
		{ OF("standard") SSD("clear", "overwrite", "no_verification"), TRUE_, NULL, 0 },
		{ OF("personal_data") SSD("purge", "block_erase", "sampled"), TRUE_,
		  "personal data", 2 },
		{ OF("personal_data") SSD("clear", "block_erase", "full"), FALSE_,
		  "reached clear, purge is asked", 2 },
		/* overwriting flash reaches clear, whatever is said of it */
		{ OF("personal_data") SSD("purge", "overwrite", "full"), FALSE_, "reached clear", 0 },
		/* nobody verified it: no purge */
		{ OF("personal_data") SSD("purge", "block_erase", "no_verification"), FALSE_,
		  "reached clear", 0 },
		{ OF("personal_data") HDD("clear", "overwrite", "full"), TRUE_, NULL, 0 },
		{ OF("personal_data") HDD("clear", "overwrite", "no_verification"), FALSE_,
		  "not verified, clear verified is asked", 0 },
		{ OF("personal_data") "identified device_type=laptop medium=DISK0001:other\n"
		  ERASE("DISK0001:other", "clear", "overwrite", "full", "success"), UNDETERMINED,
		  "type of medium", 0 },
		{ OF("restricted") SSD("purge", "block_erase", "full"), FALSE_,
		  "destruction is asked", 0 },
		{ OF("classified") SEEN SHRED, TRUE_, "classified", 0 },
		{ OF("classified") SEEN "intake_refused reason=classified sent_back=yes\n", TRUE_,
		  "refused", 1 },
		{ OF("standard") SEEN, UNDETERMINED, "no erasure", 0 },
		{ OF("standard") SEEN OK TESTED GIVEN, FALSE_, "left not erased", 0 },
		{ OF("standard") SEEN OK "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n", FALSE_, "left not erased", 0 },
		{ OF("standard") BARE, TRUE_, "no storage medium", 1 },
		{ OF("standard") "identified device_type=laptop\n", UNDETERMINED, "which", 0 },
		{ CAME SSD("purge", "block_erase", "full"), UNDETERMINED, "sensitivity is not said",
		  0 },
		{ CAME SEEN SHRED, TRUE_, "any donor", 0 },
		/* what was announced counts, the strictest of it */
		{ "donation_announced donor_type=state count=1 sensitivity=personal_data\n"
		  OF("standard") SSD("clear", "block_erase", "full"), FALSE_, NULL, 0 },
	};
	(void)state;
	EXPECT(RULE_DONOR_ERASURE, row);
}

/* The text that asks for it is the one of the day. */
static void test_the_source_follows_the_day(void **state)
{
	struct verdict v[RULE_COUNT];
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, OF("standard") SSD("clear", "overwrite", "full"));
	tale_judge(s, v);
	assert_string_equal(v[RULE_DONOR_ERASURE].source, "NIST SP 800-88r1");
	tale_end(s);
	s = story_begin();
	tale_tell(s, OF("standard") SEEN "data_erased date=2025-10-01T10:00:00+02:00"
	     " medium=S3Z9NB0K:ssd level=clear technique=overwrite tool=nwipe"
	     " verification=full result=success\n");
	tale_judge(s, v);
	assert_string_equal(v[RULE_DONOR_ERASURE].source, "NIST SP 800-88r2");
	tale_end(s);
}

static void test_erasure_plausible(void **state)
{
	static const struct expected row[] = {
		{ CAME SEEN OK WIPED, TRUE_, "erasures (1)", 1 },
		{ CAME SEEN OK, NOT_APPLICABLE, NULL, 0 },
		{ CAME SEEN OK ERASE("S3Z9NB0K:ssd", "purge", "block_erase", "no_verification",
				     "success"), FALSE_, "nobody verified", 1 },
		/* an honest failure is no doubt */
		{ CAME SEEN OK ERASE("S3Z9NB0K:ssd", "purge", "block_erase", "no_verification",
				     "failure"), NOT_APPLICABLE, NULL, 0 },
	};
	(void)state;
	EXPECT(RULE_ERASURE_PLAUSIBLE, row);
}

/* --- 3.4 --- */

static void test_public_donation(void **state)
{
	static const struct expected row[] = {
		{ CAME_OF("state"), TRUE_, "state", 1 },
		{ CAME_OF("local_authority"), TRUE_, NULL, 1 },
		{ CAME_OF("school"), TRUE_, NULL, 1 },
		{ CAME_OF("social_body"), TRUE_, NULL, 1 },
		{ CAME_OF("hospital"), TRUE_, NULL, 1 },
		{ CAME_OF("company"), FALSE_, "company", 1 },
		{ CAME_OF("individual"), FALSE_, NULL, 1 },
		{ CAME_OF("recycling_centre"), FALSE_, NULL, 1 },
		{ CAME_OF("refurbisher"), UNDETERMINED, "refurbisher", 1 },
		{ "received origin=network\n", UNDETERMINED, "who gave it", 0 },
		{ "@sicoval donation_announced donor_type=state count=1\n" CAME, UNDETERMINED,
		  "others not", 2 },
		/* it survives transfers */
		{ CAME_OF("hospital") OK "transfer_sent recipient=sicoval nature=ownership\n"
		  "@sicoval received origin=network donor_type=refurbisher\n", TRUE_, NULL, 1 },
		/* each cycle has its own donor */
		{ CAME_OF("state") OK TESTED GIVEN "returned reason=donated_back\n", FALSE_,
		  "individual", 1 },
		{ CAME_OF("company") OK TESTED GIVEN "donation_announced donor_type=state count=1\n"
		  "received origin=external donor_type=hospital\n", TRUE_, NULL, 0 },
		{ CAME_OF("company") OK TESTED GIVEN "donation_announced donor_type=state count=1\n"
		  CAME, UNDETERMINED, "others not", 2 },
		/* the lot tells of its devices, said by who took them in */
		{ "-donation_announced donor_type=state count=9 lot=palette-7\n"
		  "received origin=network lot=palette-7\n", UNDETERMINED, NULL, 0 },
		{ "-collected donor_type=state origin_commune=31254 count=9 waste_status=product"
		  " lot=palette-7\n"
		  "collected donor_type=hospital origin_commune=31254 count=1 waste_status=product"
		  " lot=palette-7\n", TRUE_, "hospital", 0 },
	};
	(void)state;
	EXPECT(RULE_PUBLIC_DONATION, row);
}

#define TYPE(type) "received origin=external donor_type=state device_type=" type "\n"

static void test_price_cap(void **state)
{
	static const struct expected row[] = {
		{ TYPE("laptop") SOLD("solidarity_sale", "180,00"), TRUE_, "180.00", 2 },
		{ TYPE("laptop") SOLD("solidarity_sale", "180,01"), FALSE_, "180.01", 2 },
		{ TYPE("desktop") SOLD("solidarity_sale", "150,00"), TRUE_, NULL, 0 },
		{ TYPE("desktop") SOLD("solidarity_sale", "150,01"), FALSE_, NULL, 0 },
		{ TYPE("tablet") SOLD("solidarity_sale", "100,01"), FALSE_, NULL, 0 },
		{ TYPE("smartphone") SOLD("solidarity_sale", "100,00"), TRUE_, NULL, 0 },
		{ TYPE("screen") SOLD("solidarity_sale", "30,01"), FALSE_, NULL, 0 },
		{ TYPE("printer") SOLD("solidarity_sale", "30,00"), TRUE_, NULL, 0 },
		/* nobody said whether it also scans and copies */
		{ TYPE("printer") SOLD("solidarity_sale", "170,00"), UNDETERMINED, "copies", 0 },
		{ TYPE("printer") SOLD("solidarity_sale", "170,01"), FALSE_, NULL, 0 },
		{ TYPE("server") SOLD("solidarity_sale", "10,00"), UNDETERMINED, "no cap for", 0 },
		{ CAME_OF("state") SOLD("solidarity_sale", "10,00"), UNDETERMINED, "no cap for", 0 },
		{ TYPE("laptop") GIVEN, NOT_APPLICABLE, "not sold", 0 },
		{ TYPE("laptop") SOLD("market_sale", "300,00"), NOT_APPLICABLE, NULL, 0 },
		{ CAME SEEN SOLD("solidarity_sale", "300,00"), NOT_APPLICABLE, "public body", 0 },
		{ "received origin=network device_type=laptop\n" SOLD("solidarity_sale", "300,00"),
		  UNDETERMINED, "over the cap", 0 },
		{ "received origin=network device_type=laptop\n" SOLD("solidarity_sale", "100,00"),
		  UNDETERMINED, NULL, 0 },
		/* the first sale broke it, the second does not mend it */
		{ TYPE("laptop") "made_available mode=solidarity_sale recipient_type=intermediary"
		  " public=association department=31 price_cents=200,00\n"
		  SOLD("solidarity_sale", "100,00"), FALSE_, "200.00", 0 },
		/* the day before the decree, and its first day */
		{ "received date=2022-11-01 origin=external donor_type=state device_type=laptop\n"
		  "made_available date=2022-11-09T23:59:59+01:00 mode=solidarity_sale"
		  " recipient_type=final_user public=low_income department=31 price_cents=200,00\n",
		  NOT_APPLICABLE, "in force", 0 },
		{ "received date=2022-11-01 origin=external donor_type=state device_type=laptop\n"
		  "made_available date=2022-11-10T00:00:00+01:00 mode=solidarity_sale"
		  " recipient_type=final_user public=low_income department=31 price_cents=200,00\n",
		  FALSE_, NULL, 0 },
	};
	(void)state;
	EXPECT(RULE_PRICE_CAP, row);
}

/* --- 3.3 --- */

#define AGED(service, retired) "received origin=external donor_type=state in_service_on=" service \
	" retired_on=" retired "\n"

static void test_over_ten_years(void **state)
{
	static const struct expected row[] = {
		{ AGED("2014-01-01", "2024-01-01"), FALSE_, "retired on 2024-01-01", 1 },
		{ AGED("2014-01-01", "2024-01-02"), TRUE_, NULL, 1 },
		{ AGED("2013-12-31", "2024-01-01"), TRUE_, NULL, 1 },
		{ AGED("2014", "2024-01-01"), FALSE_, NULL, 0 },
		{ AGED("2014", "2024-01-02"), UNDETERMINED, NULL, 0 },
		{ AGED("2014", "2024-12-31"), UNDETERMINED, NULL, 0 },
		{ AGED("2014", "2025-01-01"), TRUE_, NULL, 0 },
		/* without a day of reform, the day it came */
		{ "received origin=external donor_type=state in_service_on=2013-06-01\n", TRUE_,
		  "came on 2024-01-01", 1 },
		/* the year on its label, when nobody said more */
		{ CAME "identified device_type=laptop year=2018\n", FALSE_, "2018", 2 },
		{ CAME "identified device_type=laptop year=2010\n", TRUE_, NULL, 0 },
		{ CAME, UNDETERMINED, NULL, 1 },
		{ AGED("2005-01-01", "2022-12-31"), NOT_APPLICABLE, "in force", 0 },
		{ AGED("2005-01-01", "2023-01-01"), TRUE_, NULL, 0 },
		{ "donation_announced donor_type=state count=1 in_service_on=2012-03-01"
		  " retired_on=2023-12-31\n" CAME_OF("state"), TRUE_, "2023-12-31", 1 },
	};
	(void)state;
	EXPECT(RULE_OVER_TEN_YEARS, row);
}

#define YOUNG AGED("2018-01-01", "2023-12-31")

static void test_reuse_target(void **state)
{
	static const struct expected row[] = {
		{ YOUNG OK DECLARED, TRUE_, "2024, for a target of 35 %", 2 },
		{ YOUNG OK GIVEN, TRUE_, NULL, 2 },
		{ YOUNG OK, UNDETERMINED, "neither", 1 },
		{ YOUNG OK "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n", FALSE_, "not reused", 0 },
		{ YOUNG OK DECLARED "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n", FALSE_, "not reused", 0 },
		{ AGED("2010-01-01", "2023-12-31") OK GIVEN, FALSE_, "left out", 0 },
		{ "received origin=external donor_type=state in_service_on=2018"
		  " sensitivity=classified\n" OK GIVEN, FALSE_, "left out", 0 },
		{ CAME_OF("state") OK GIVEN, UNDETERMINED, "age", 0 },
		{ CAME OK GIVEN, NOT_APPLICABLE, "no public body", 0 },
		{ "received origin=network in_service_on=2018 retired_on=2023-12-31\n" OK GIVEN,
		  UNDETERMINED, "who gave it", 0 },
		/* the year of the reuse chooses the target: to the second, in its own zone */
		{ YOUNG OK "made_available date=2024-12-31T23:59:59+01:00 " DONATED "\n", TRUE_,
		  "2024, for a target of 35 %", 0 },
		{ YOUNG OK "made_available date=2025-01-01T00:00:00+01:00 " DONATED "\n", TRUE_,
		  "2025, for a target of 50 %", 0 },
	};
	(void)state;
	EXPECT(RULE_REUSE_TARGET, row);
}

/* --- 3.5 --- */

static void test_final_fate(void **state)
{
	static const struct expected row[] = {
		{ GOOD DECLARED GIVEN, TRUE_, "made available", 1 },
		{ GOOD DECLARED "stocked place=shop\n", TRUE_, "in stock", 1 },
		{ GOOD DECLARED "made_available " LENT "\n", TRUE_, NULL, 1 },
		{ CAME OK "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n", TRUE_, "waste", 1 },
		{ CAME OK "dismantled part=ram\n", TRUE_, "dismantled", 1 },
		{ CAME "intake_refused reason=too_old\n", TRUE_, "refused", 1 },
		{ CAME "lost nature=theft\n", TRUE_, "lost", 1 },
		{ CAME OK, UNDETERMINED, "on its way: audited", 1 },
		{ CAME OK "transfer_sent recipient=sicoval nature=possession\n", UNDETERMINED,
		  "in transfer", 1 },
		{ "donation_announced donor_type=state count=1\n", UNDETERMINED, "announced", 1 },
		{ CAME OK "weee_handed_over recipient=732829320 weight_grams=2100"
		  " waste_code=20.01.36\n" TESTED, FALSE_, "seen again", 2 },
		/* a disk is wiped after its device was taken apart */
		{ CAME SEEN OK "dismantled part=disk\n" WIPED, TRUE_, NULL, 0 },
	};
	(void)state;
	EXPECT(RULE_FINAL_FATE, row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_donor_erasure),
		cmocka_unit_test(test_the_source_follows_the_day),
		cmocka_unit_test(test_erasure_plausible),
		cmocka_unit_test(test_public_donation),
		cmocka_unit_test(test_price_cap),
		cmocka_unit_test(test_over_ten_years),
		cmocka_unit_test(test_reuse_target),
		cmocka_unit_test(test_final_fate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
