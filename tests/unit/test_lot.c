/* Lots: what was announced beside what came. */
#include "proto/life/lot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/stories.h"

#define LOT "lot=DGFIP-06 "
#define CAME LOT "origin=external donor_type=state "

static void must_reconcile(struct story *s, const char *name, struct lot *out)
{
	assert_int_equal(lot_reconcile(s->input, s->count, name, out), 0);
}

static void expect_row(const struct lot *l, unsigned i, enum lot_match match,
		       const char *announced, const char *received)
{
	assert_in_range(i, 0, l->count - 1);
	assert_int_equal(l->row[i].match, match);
	assert_string_equal(l->row[i].announced.value, announced);
	assert_string_equal(l->row[i].received.value, received);
	assert_int_equal(l->row[i].announcement != NULL, *announced != '\0');
	assert_int_equal(l->row[i].reception != NULL, *received != '\0');
}

/* One of each, whatever the order of the events. */
static void a_lot_is_reconciled(void **state)
{
	struct story *s = story_begin();
	struct lot l;
	(void)state;

	story_tell(s, "bdn", "donation_announced", LOT "donor_type=state donor=dgfip-06 count=6 "
		   "announced=serial:PF0ANN01:LENOVO,serial:PF0ANN02:LENOVO,serial:PF0ANN0O:LENOVO,"
		   "serial:PF0ANN04,serial:PF0ANN05:LENOVO");
	story_tell(s, "azur", "received", CAME "serial=PF0ANN01 maker=LENOVO");
	/* read with a zero where the donor had typed the letter */
	story_tell(s, "azur", "received", CAME "serial=PF0ANN00 maker=LENOVO");
	/* announced without its maker; received under a label, identified later */
	story_tell(s, "azur", "received", CAME "label=AZ-0004 scope=azur");
	story_tell(s, "azur", "identified", "label=AZ-0004 scope=azur serial=PF0ANN04 maker=LENOVO "
		   "device_type=laptop");
	story_tell(s, "azur", "received", CAME "serial=PF0OTHER maker=LENOVO");
	story_tell(s, "azur", "received", CAME "serial=PF0ANN05 maker=LENOVO discrepancy=missing");
	/* of another lot, and of none */
	story_tell(s, "azur", "received", "lot=OTHER serial=PF0ANN02 maker=LENOVO "
		   "origin=external donor_type=state");
	story_tell(s, "azur", "received", "serial=PF0OTHR2 maker=LENOVO origin=external "
		   "donor_type=state");

	for (int turn = 0; turn < 2; turn++) {
		/* a person writes its name as he likes */
		must_reconcile(s, turn ? "dgfip-06 " : "DGFIP-06", &l);
		assert_int_equal(l.count, 6);
		expect_row(&l, 0, LOT_ARRIVED, "PF0ANN01", "PF0ANN01");
		expect_row(&l, 1, LOT_ARRIVED, "PF0ANN04", "PF0ANN04");
		expect_row(&l, 2, LOT_MISSING, "PF0ANN02", "");
		assert_false(l.row[2].said);
		expect_row(&l, 3, LOT_MISSING, "PF0ANN05", "");
		assert_true(l.row[3].said);
		expect_row(&l, 4, LOT_UNEXPECTED, "", "PF0OTHER");
		expect_row(&l, 5, LOT_MISMATCH, "PF0ANN0O", "PF0ANN00");
		assert_int_equal(l.promised, 6);
		assert_int_equal(l.number[LOT_ARRIVED], 2);
		assert_int_equal(l.number[LOT_MISSING], 2);
		assert_int_equal(l.number[LOT_UNEXPECTED], 1);
		assert_int_equal(l.number[LOT_MISMATCH], 1);
		lot_clear(&l);
		for (unsigned i = 0; i < s->count / 2; i++) {
			struct life_input t = s->input[i];
			s->input[i] = s->input[s->count - 1 - i];
			s->input[s->count - 1 - i] = t;
		}
	}
	must_reconcile(s, "NO SUCH LOT", &l);
	assert_int_equal(l.count, 0);
	lot_clear(&l);
	story_end(s);
}

/* What is said twice, taken back, or comes after all. */
static void corrections_and_repetitions_count_once(void **state)
{
	struct story *s = story_begin();
	struct lot l;
	(void)state;

	unsigned wrong = story_tell(s, "bdn", "donation_announced", LOT "donor_type=state count=9 "
				    "announced=serial:PF0WRONG:LENOVO");
	story_correct(s, "bdn", wrong);
	story_tell(s, "bdn", "donation_announced", LOT "donor_type=state count=2 "
		   "announced=serial:PF0ANN01:LENOVO,serial:PF0ANN02:LENOVO");
	story_tell(s, "bdn", "donation_announced", LOT "donor_type=state count=1 "
		   "announced=serial:PF0ANN01:LENOVO");
	story_tell(s, "azur", "received", CAME "serial=PF0ANN01 maker=LENOVO discrepancy=missing");
	story_tell(s, "azur", "received", CAME "serial=PF0ANN01 maker=LENOVO");
	story_tell(s, "azur", "received", CAME "serial=PF0ANN01 maker=LENOVO");
	unsigned slip = story_tell(s, "azur", "received", CAME "serial=PF0ANN02 maker=LENOVO");
	story_correct(s, "azur", slip);
	must_reconcile(s, "DGFIP-06", &l);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.promised, 3);
	expect_row(&l, 0, LOT_ARRIVED, "PF0ANN01", "PF0ANN01");
	assert_ptr_equal(l.row[0].reception, &s->input[5]);
	expect_row(&l, 1, LOT_MISSING, "PF0ANN02", "");
	lot_clear(&l);
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lot_is_reconciled),
		cmocka_unit_test(corrections_and_repetitions_count_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
