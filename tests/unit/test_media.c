/* The data axis, told as stories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/stories.h"

static void disks_must_be_erased_first(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop "
		   "medium=S3Z9NB0K:ssd,WD123456:hdd");
	story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
	story_tell(s, "envie", "data_erased", LAPTOP "medium=S3Z9NB0K:ssd level=purge tool=nwipe "
		   "technique=ata_secure_erase verification=full result=success");
	assert_int_equal(story_life(s)->data, DATA_TO_ERASE);
	unsigned early = story_tell(s, "envie", "refurbished_declared", LAPTOP "in_france=yes");
	const struct life *l = story_life(s);
	assert_false(l->cycle[0].refurbished);
	assert_true(l->line[early].notes & NOTE_OUT_OF_ORDER);
	story_tell(s, "envie", "medium_removed", LAPTOP "medium=WD123456:hdd");
	assert_int_equal(story_life(s)->data, DATA_ERASED);
	/* hidden areas left are a failure, even if the tool says success */
	story_tell(s, "envie", "data_erased", LAPTOP "medium=S3Z9NB0K:ssd level=purge tool=nwipe "
		   "technique=overwrite verification=full result=success hidden_areas=left");
	assert_int_equal(story_life(s)->data, DATA_FAILED);
	story_tell(s, "envie", "medium_destroyed", LAPTOP "medium=S3Z9NB0K:ssd method=shredding "
		   "result=success");
	assert_int_equal(story_life(s)->data, DATA_DESTROYED);
	story_tell(s, "envie", "upgraded", LAPTOP "component=disk before_bytes=0 "
		   "after_bytes=256GB part=used medium=USED0001:ssd");
	assert_int_equal(story_life(s)->data, DATA_TO_ERASE);
	story_tell(s, "envie", "data_erased", LAPTOP "medium=USED0001:ssd level=clear tool=nwipe "
		   "technique=overwrite verification=full result=success");
	story_tell(s, "envie", "refurbished_declared", LAPTOP "in_france=yes");
	assert_true(story_life(s)->cycle[0].refurbished);
	story_end(s);
}

static void data_of_simple_devices(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	assert_int_equal(story_life(s)->data, DATA_UNKNOWN);
	story_tell(s, "envie", "identified", LAPTOP "device_type=smartphone medium=:emmc");
	assert_int_equal(story_life(s)->data, DATA_TO_ERASE);
	/* the nameless medium takes the name that the tool gives */
	story_tell(s, "envie", "data_erased", LAPTOP "medium=EMMC0001:emmc level=purge tool=x "
		   "technique=factory_reset verification=full result=success");
	assert_int_equal(story_life(s)->data, DATA_ERASED);
	story_tell(s, "envie", "data_erased", LAPTOP "medium=:emmc level=purge tool=x "
		   "technique=factory_reset verification=full result=partial");
	assert_int_equal(story_life(s)->data, DATA_FAILED);
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop no_medium=yes");
	assert_int_equal(story_life(s)->data, DATA_NO_MEDIUM);
	story_tell(s, "envie", "upgraded", LAPTOP "component=disk before_bytes=0 "
		   "after_bytes=256GB part=new medium=NEW00001:ssd");
	assert_int_equal(story_life(s)->data, DATA_ERASED);
	story_end(s);
}

/* More disks than are told apart: to be erased, until nothing is said of them any more. */
static void too_many_disks_are_to_be_erased(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	for (int i = 0; i < 70; i++) {
		char pairs[300];
		snprintf(pairs, sizeof pairs, LAPTOP "medium=DISK%04d:hdd level=clear tool=nwipe "
			 "technique=overwrite verification=full result=success", i);
		story_tell(s, "envie", "data_erased", pairs);
	}
	assert_int_equal(story_life(s)->data, DATA_TO_ERASE);
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disks_must_be_erased_first),
		cmocka_unit_test(data_of_simple_devices),
		cmocka_unit_test(too_many_disks_are_to_be_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
