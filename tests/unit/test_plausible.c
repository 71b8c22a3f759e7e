/* Doubts about erasures: each of them, at its bound, and what raises none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/verdicts.h"

#define ERASED(rest) "data_erased tool=nwipe tool_version=0.34 result=success " rest "\n"
#define FINE "level=clear technique=overwrite verification=full "
#define SHA1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA2 "ff23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "serial=PF0S0002 maker=LENOVO "

static const struct life_line *line_of(const struct life_line *line, unsigned count,
				       const struct life_input *input)
{
	for (unsigned i = 0; i < count; i++) {
		if (line[i].input == input)
			return &line[i];
	}
	return NULL;
}

/* The doubts about the last erasure that was told. */
static unsigned doubts_of(struct story *s)
{
	struct lives *l = (struct lives *)story_lives(s);
	const struct life_input *last = NULL;
	for (unsigned i = 0; i < s->count; i++) {
		unsigned tag = s->input[i].event->body_case;
		if (tag == TRAC__EVENT__BODY_DATA_ERASED
		    || tag == TRAC__EVENT__BODY_MEDIUM_DESTROYED)
			last = &s->input[i];
	}
	assert_int_equal(lives_mark_implausible(l), 0);
	const struct life_line *line = line_of(l->other, l->other_count, last);
	const struct life *whose = NULL;
	for (unsigned i = 0; !line && i < l->count; i++) {
		whose = &l->life[i];
		line = line_of(whose->line, whose->line_count, last);
	}
	assert_non_null(line);
	unsigned bits = erasure_doubts(line);
	assert_int_equal(bits != 0, (line->notes & NOTE_IMPLAUSIBLE) != 0);
	return bits;
}

struct doubted {
	const char *story;
	unsigned doubts;
};

static void expect_doubts(const struct doubted *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct story *s = story_begin();
		tale_tell(s, row[i].story);
		unsigned bits = doubts_of(s);
		if (bits != row[i].doubts)
			fail_msg("doubts %#x, not %#x:\n%s", bits, row[i].doubts, row[i].story);
		tale_end(s);
	}
}
#define DOUBTS_ARE(rows) expect_doubts(rows, sizeof rows / sizeof *rows)

static void test_too_fast(void **state)
{
	static const struct doubted row[] = {
		/* 600 MB/s over SATA; the second that was begun is given */
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=sata"
				   " erased_bytes=60000000000 duration_seconds=99"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=sata"
				   " erased_bytes=60000000100 duration_seconds=99"), DOUBT_TOO_FAST },
		/* each pass moves them all */
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=sata passes=3"
				   " erased_bytes=20000000000 duration_seconds=99"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=sata passes=3"
				   " erased_bytes=20000000100 duration_seconds=99"), DOUBT_TOO_FAST },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=ata_parallel"
				   " erased_bytes=13300000100 duration_seconds=99"), DOUBT_TOO_FAST },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=usb2"
				   " erased_bytes=6000000100 duration_seconds=99"), DOUBT_TOO_FAST },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd medium.interface=usb3"
				   " erased_bytes=60000000000 duration_seconds=99"), 0 },
		/* without an interface the medium is the limit: a disk turns */
		{ CAME SEEN_HDD ERASED(FINE "medium=WDX11A22:hdd"
				       " erased_bytes=60000000100 duration_seconds=99"),
		  DOUBT_TOO_FAST },
		{ CAME SEEN_HDD ERASED(FINE "medium=WDX11A22:hdd medium.interface=sas"
				       " erased_bytes=60000000100 duration_seconds=99"),
		  DOUBT_TOO_FAST },
		/* and an "ssd" may be an NVMe */
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd"
				   " erased_bytes=600000000000 duration_seconds=99"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd erased_bytes=256GB"
				   " duration_seconds=0"), DOUBT_TOO_FAST },
		/* the bytes that were not said are those that it holds */
		{ CAME SEEN_HDD ERASED(FINE "medium=WDX11A22:hdd:500GB duration_seconds=60"),
		  DOUBT_TOO_FAST },
		/* a command takes seconds for any size */
		{ CAME SEEN ERASED("level=purge technique=ata_secure_erase verification=full"
				   " medium=S3Z9NB0K:ssd erased_bytes=256GB duration_seconds=2"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd erased_bytes=256GB"), 0 },
	};
	(void)state;
	DOUBTS_ARE(row);
}

static void test_too_little(void **state)
{
	static const struct doubted row[] = {
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd:256GB erased_bytes=256GB"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd:256GB erased_bytes=255999999999"),
		  DOUBT_TOO_LITTLE },
		/* size(apparent) 512 KB of a 500 GB disk */
		{ CAME "identified device_type=laptop medium=WDX11A22:hdd:500GB\n"
		  ERASED(FINE "medium=WDX11A22:hdd erased_bytes=512KB"), DOUBT_TOO_LITTLE },
		/* what others typed is rounded */
		{ CAME "identified device_type=laptop medium=WDX11A22:hdd:256GB\n"
		  ERASED(FINE "medium=WDX11A22:hdd erased_bytes=240GB"), 0 },
		{ CAME "identified device_type=laptop medium=WDX11A22:hdd:256GB\n"
		  ERASED(FINE "medium=WDX11A22:hdd erased_bytes=230GB"), DOUBT_TOO_LITTLE },
	};
	(void)state;
	DOUBTS_ARE(row);
}

/* By the day, since at the bench the order of entries is chance. */
static void test_too_early(void **state)
{
	static const struct doubted row[] = {
		{ CAME ERASED(FINE "medium=S3Z9NB0K:ssd") SEEN, 0 },
		{ CAME ERASED(FINE "medium=S3Z9NB0K:ssd")
		  "identified date=2024-01-02T00:00:00+01:00 device_type=laptop"
		  " medium=S3Z9NB0K:ssd\n", DOUBT_TOO_EARLY },
		{ CAME ERASED(FINE "medium=S3Z9NB0K:ssd")
		  "identified date=2024-01-01T23:59:59+01:00 device_type=laptop"
		  " medium=S3Z9NB0K:ssd\n", 0 },
		/* before its author had the device, but not before its donor gave it */
		{ CAME SEEN ERASED(FINE "date=2023-12-31 medium=S3Z9NB0K:ssd"), DOUBT_TOO_EARLY },
		{ CAME ERASED(FINE "date=2023-12-31 medium=S3Z9NB0K:ssd"), DOUBT_TOO_EARLY },
		{ "@dgfip " ERASED(FINE "date=2023-12-31 medium=S3Z9NB0K:ssd") CAME, 0 },
		/* the disk came into it later */
		{ CAME ERASED(FINE "medium=USED0001:ssd")
		  "upgraded date=2024-01-09 component=disk before_bytes=0 after_bytes=256GB"
		  " part=used medium=USED0001:ssd\n", DOUBT_TOO_EARLY },
	};
	(void)state;
	DOUBTS_ARE(row);
}

static void test_other_media(void **state)
{
	static const struct doubted row[] = {
		{ CAME SEEN ERASED(FINE "medium=WDX11A22:hdd"), DOUBT_OTHER_MEDIUM },
		{ CAME ERASED(FINE "medium=WDX11A22:hdd"), 0 },
		{ CAME "identified device_type=laptop medium.type=ssd\n"
		  ERASED(FINE "medium=WDX11A22:hdd"), 0 },
		{ "-" ERASED(FINE "medium=WDX11A22:hdd"), 0 },
	};
	(void)state;
	DOUBTS_ARE(row);
}

static void test_same_report(void **state)
{
#define REPORT(sha) " certificate_sha256=" sha
#define SEEN_2 "-identified " OTHER "device_type=laptop medium=WDX11A22:hdd\n"
#define ON_2(rest) "-data_erased " OTHER "tool=nwipe tool_version=0.34 result=success " FINE rest "\n"
	static const struct doubted row[] = {
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA1)), DOUBT_SAME_REPORT },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA2)), 0 },
		/* as a loose disk, too */
		{ "-" ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA1)), DOUBT_SAME_REPORT },
		/* the same disk, told twice */
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1))
		  ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)), 0 },
		/* one run of a tool wipes several disks and writes one report */
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd date=2024-01-05" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd date=2024-01-05" REPORT(SHA1)), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd date=2024-01-05T10:00:00+01:00"
				   REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd date=2024-01-05T12:00:00+01:00 duration_seconds=7200"
		       REPORT(SHA1)), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd date=2024-01-05T10:00:00+01:00"
				   REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd date=2024-01-05T12:00:00+01:00 duration_seconds=7199"
		       REPORT(SHA1)), DOUBT_SAME_REPORT },
		/* not of two authors */
		{ "@envie received origin=external donor_type=company\n"
		  "@envie " ERASED(FINE "medium=S3Z9NB0K:ssd date=2024-01-05" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd date=2024-01-05" REPORT(SHA1)), DOUBT_SAME_REPORT },
	};
	(void)state;
	DOUBTS_ARE(row);
}

/* What is attached is a report as the certificate is. */
static void test_same_attachment(void **state)
{
	uint8_t sha[32] = { 0, 1, 2 };
	Trac__Attachment a = TRAC__ATTACHMENT__INIT, *list[1] = { &a };
	struct story *s = story_begin();
	(void)state;
	a.has_sha256 = 1;
	a.sha256 = (ProtobufCBinaryData){ sizeof sha, sha };
	tale_tell(s, CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd") SEEN_2
		  ON_2("medium=WDX11A22:hdd"));
	assert_int_equal(doubts_of(s), 0);
	for (unsigned i = 2; i < 5; i += 2) {
		Trac__Event *e = (Trac__Event *)s->input[i].event;
		e->n_attachment = 1;
		e->attachment = list;
	}
	assert_int_equal(doubts_of(s), DOUBT_SAME_REPORT);
	for (unsigned i = 2; i < 5; i += 2) {
		Trac__Event *e = (Trac__Event *)s->input[i].event;
		e->n_attachment = 0;
		e->attachment = NULL;
	}
	tale_end(s);
}

static void test_what_it_says_of_itself(void **state)
{
	static const struct doubted row[] = {
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd hidden_areas=left"),
		  DOUBT_HIDDEN_LEFT },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd hidden_areas=removed"), 0 },
		{ CAME SEEN ERASED("level=clear technique=overwrite verification=no_verification"
				   " medium=S3Z9NB0K:ssd"), DOUBT_NOT_VERIFIED },
		{ CAME SEEN ERASED("level=purge technique=overwrite verification=full"
				   " medium=S3Z9NB0K:ssd"), DOUBT_FLASH_PURGE },
		{ CAME SEEN_HDD ERASED("level=purge technique=overwrite verification=full"
				       " medium=WDX11A22:hdd"), 0 },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd verification_result=failure"),
		  DOUBT_CONTRADICTION },
		{ CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd verified_percent=10"),
		  DOUBT_CONTRADICTION },
		{ CAME SEEN ERASED("level=clear technique=overwrite verification=sampled"
				   " medium=S3Z9NB0K:ssd verified_percent=10"), 0 },
		{ CAME SEEN_HDD ERASED("level=purge technique=nvme_format verification=full"
				       " medium=WDX11A22:hdd"), DOUBT_TECHNIQUE },
		{ CAME SEEN_HDD ERASED("level=purge technique=block_erase verification=full"
				       " medium=WDX11A22:hdd"), DOUBT_TECHNIQUE },
		{ CAME SEEN ERASED("level=purge technique=nvme_format verification=full"
				   " medium=S3Z9NB0K:ssd"), 0 },
		{ CAME SEEN "medium_destroyed medium=S3Z9NB0K:ssd method=degaussing"
		  " result=success\n", DOUBT_DEGAUSSED_FLASH },
		{ CAME SEEN_HDD "medium_destroyed medium=WDX11A22:hdd method=degaussing"
		  " result=success\n", 0 },
		/* all of it at once */
		{ CAME SEEN ERASED("level=purge technique=overwrite verification=no_verification"
				   " verified_percent=100 medium=S3Z9NB0K:ssd:256GB erased_bytes=1GB"
				   " duration_seconds=0 hidden_areas=left"),
		  DOUBT_NOT_VERIFIED | DOUBT_CONTRADICTION | DOUBT_FLASH_PURGE | DOUBT_TOO_LITTLE
		  | DOUBT_HIDDEN_LEFT },
		/* a failure that is called so raises no doubt */
		{ CAME SEEN "data_erased tool=nwipe result=failure level=purge technique=overwrite"
		  " verification=no_verification medium=S3Z9NB0K:ssd hidden_areas=left\n", 0 },
	};
	(void)state;
	DOUBTS_ARE(row);
}

/* The notes are of the lines that doubts are about, and of no others. */
static void test_doubtful_lines_are_marked(void **state)
{
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA1)) ON_2("medium=WDX11A22:hdd")
		  "-" ERASED(FINE "medium=LOOSE001:hdd hidden_areas=left")
		  "-" ERASED(FINE "medium=LOOSE002:hdd"));
	struct lives *l = (struct lives *)story_lives(s);
	assert_int_equal(lives_mark_implausible(l), 0);
	assert_int_equal(l->count, 2);
	assert_true(l->life[0].line[2].notes & NOTE_IMPLAUSIBLE);
	assert_true(l->life[1].line[1].notes & NOTE_IMPLAUSIBLE);
	assert_false(l->life[1].line[2].notes & NOTE_IMPLAUSIBLE);
	assert_false(l->life[0].line[1].notes & NOTE_IMPLAUSIBLE);
	assert_int_equal(l->other_count, 2);
	assert_true(l->other[0].notes & NOTE_IMPLAUSIBLE);
	assert_false(l->other[1].notes & NOTE_IMPLAUSIBLE);
	tale_end(s);
}

/* A report of a corrected erasure serves nobody. */
static void test_corrected_reports_are_free(void **state)
{
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA1)));
	assert_int_equal(doubts_of(s), DOUBT_SAME_REPORT);
	story_correct(s, strdup("envoi"), 2);
	assert_int_equal(doubts_of(s), 0);
	tale_end(s);
}

/* A foreign entry may say anything, also what no node would record. */
static void test_foreign_numbers_are_harmless(void **state)
{
	struct story *s = story_begin();
	(void)state;
	tale_tell(s, CAME SEEN ERASED(FINE "medium=S3Z9NB0K:ssd" REPORT(SHA1)) SEEN_2
		  ON_2("medium=WDX11A22:hdd" REPORT(SHA1)));
	Trac__Event *e = (Trac__Event *)s->input[4].event;
	Trac__DataErased *b = e->data_erased;
	Trac__Medium *m = b->medium;
	b->passes = UINT32_MAX;
	b->has_duration_seconds = b->has_erased_bytes = 1;
	b->duration_seconds = UINT32_MAX;
	b->erased_bytes = UINT64_MAX;
	assert_true(doubts_of(s) & DOUBT_TOO_FAST);
	e->time_ms = INT64_MIN;
	doubts_of(s);
	e->time_ms = INT64_MAX;
	b->medium = NULL;
	doubts_of(s);
	b->technique = (Trac__ErasureTechnique)77;
	m->type = (Trac__MediumType)-3;
	b->medium = m;
	doubts_of(s);
	tale_end(s);
}

static void test_doubts_have_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DOUBTS; i++) {
		assert_non_null(doubt_name((enum doubt)(1u << i)));
		assert_non_null(doubt_label((enum doubt)(1u << i), false));
		assert_non_null(doubt_label((enum doubt)(1u << i), true));
	}
	assert_string_equal(doubt_name(DOUBT_OTHER_MEDIUM), "other_medium");
	assert_string_equal(doubt_name(DOUBT_TOO_EARLY), "too_early");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_fast),
		cmocka_unit_test(test_too_little),
		cmocka_unit_test(test_too_early),
		cmocka_unit_test(test_other_media),
		cmocka_unit_test(test_same_report),
		cmocka_unit_test(test_same_attachment),
		cmocka_unit_test(test_what_it_says_of_itself),
		cmocka_unit_test(test_doubtful_lines_are_marked),
		cmocka_unit_test(test_corrected_reports_are_free),
		cmocka_unit_test(test_foreign_numbers_are_harmless),
		cmocka_unit_test(test_doubts_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
