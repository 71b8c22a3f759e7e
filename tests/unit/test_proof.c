/* A donor's proof: which devices of which year, equal bytes, and the note behind the PDF. */
#include "cli/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/pdf.h"
#include "proto/log/note.h"
#include "tests/unit/events.h"
#include "tests/unit/logs.h"

#define SIRET "21310555400017"

struct world {
	struct test_network network;
	struct test_member a;
	struct looked looked;
	unsigned number;
};

static void start(struct world *w)
{
	memset(w, 0, sizeof *w);
	test_network_init(&w->network, "fne.example", 1);
	test_network_admit(&w->network, &w->a, "alpha", TRAC__ROLE__WORKSHOP, 2);
}

static void stop(struct world *w)
{
	looked_clear(&w->looked);
	test_member_clear(&w->a);
	test_network_clear(&w->network);
}

static void record(struct world *w, const char *kind, const char *pairs)
{
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, ++w->number);
	ram_log_append(&w->a.log, b.data, b.used);
	w->a.signed_size = ram_log_size(&w->a.log);
	buffer_clear(&b);
}

/* Folds what was recorded as whoever reads the bundle does. */
static void look(struct world *w)
{
	struct test_member *members[] = { &w->a };
	struct buffer bundle;
	struct fault f;
	buffer_init(&bundle, BUNDLE_BYTES_MAX);
	test_bundle(&w->network, members, 1, &bundle);
	looked_clear(&w->looked);
	if (looked_read(&w->looked, SPAN(bundle), signer_verifier(w->network.signer)->key, &f) < 0)
		fail_msg("%s", f.text);
	buffer_clear(&bundle);
}

static unsigned devices(struct world *w, const char *donor, unsigned year, unsigned *reused)
{
	struct donor_year p;
	struct fault f;
	assert_int_equal(proof_collect(&w->looked, donor, year, &p, &f), 0);
	unsigned count = p.count;
	if (reused)
		*reused = p.reused;
	donor_clear(&p);
	return count;
}

#define FROM " maker=HP origin=external donor_type=local_authority device_type=laptop "

static void the_donor_and_the_year_choose(void **state)
{
	struct world w;
	unsigned reused;
	(void)state;
	start(&w);
	record(&w, "received", "serial=AAAA0001" FROM "in_service_on=2020 donor=" SIRET
	       " date=2024-12-31T23:30:00+01:00");
	record(&w, "received", "serial=AAAA0002" FROM "donor=" SIRET
	       " date=2025-01-01T00:30:00+01:00");
	/* retired the year before it came */
	record(&w, "received", "serial=AAAA0003" FROM "donor=" SIRET
	       " retired_on=2024-11-02 date=2025-02-01T00:30:00+01:00");
	record(&w, "received", "serial=AAAA0004" FROM "donor=other date=2025-02-01T09:00:00+01:00");
	record(&w, "received", "serial=AAAA0005" FROM "date=2025-02-01T09:00:00+01:00");
	look(&w);
	assert_int_equal(devices(&w, SIRET, 2024, NULL), 2);
	assert_int_equal(devices(&w, SIRET, 2025, NULL), 1);
	assert_int_equal(devices(&w, SIRET, 2023, NULL), 0);
	assert_int_equal(devices(&w, "213105554", 2025, NULL), 1);      /* its SIREN */
	assert_int_equal(devices(&w, "213105555", 2025, NULL), 0);
	assert_int_equal(devices(&w, "OTHER", 2025, NULL), 1);
	/* oriented in the year, whenever it came */
	record(&w, "made_available", "serial=AAAA0001 maker=HP mode=donation "
	       "recipient_type=final_user public=low_income department=31 "
	       "date=2025-03-01T09:00:00+01:00");
	look(&w);
	assert_int_equal(devices(&w, SIRET, 2025, &reused), 2);
	assert_int_equal(reused, 1);
	assert_int_equal(devices(&w, SIRET, 2024, &reused), 2);
	assert_int_equal(reused, 0);
	stop(&w);
}

/* What came in a lot that the donor announced came from it. */
static void an_announced_lot_names_its_donor(void **state)
{
	struct world w;
	(void)state;
	start(&w);
	record(&w, "donation_announced", "donor_type=local_authority donor=" SIRET
	       " count=1 lot=L-1 date=2025-01-02T09:00:00+01:00");
	record(&w, "received", "serial=AAAA0001" FROM "lot=l-1 date=2025-01-03T09:00:00+01:00");
	record(&w, "received", "serial=AAAA0002" FROM "lot=L-2 date=2025-01-03T09:00:00+01:00");
	look(&w);
	assert_int_equal(devices(&w, SIRET, 2025, NULL), 1);
	stop(&w);
}

/* What a tool calls a success and left hidden areas, or could not verify, is none here either. */
static void only_what_succeeded_counts_as_erased(void **state)
{
	static const char *const end[] = {
		"", " hidden_areas=left", " verification_result=failure",
	};
	struct donor_year p;
	struct world w;
	struct fault f;
	(void)state;
	start(&w);
	record(&w, "received", "serial=AAAA0001" FROM "donor=" SIRET
	       " date=2025-01-03T09:00:00+01:00");
	for (unsigned i = 0; i < 3; i++) {
		char pairs[400];
		snprintf(pairs, sizeof pairs, "serial=AAAA0001 maker=HP medium.serial=DISK000%u "
			 "medium.type=hdd level=clear technique=overwrite tool=nwipe "
			 "verification=full result=success date=2025-01-04T09:00:00+01:00%s", i,
			 end[i]);
		record(&w, "data_erased", pairs);
	}
	look(&w);
	assert_int_equal(proof_collect(&w.looked, SIRET, 2025, &p, &f), 0);
	assert_int_equal(p.erased, 1);
	assert_int_equal(p.failed, 2);
	donor_clear(&p);
	stop(&w);
}

static void page(struct world *w, int64_t made_ms, bool french, struct buffer *out)
{
	struct donor_year p;
	struct fault f;
	struct proof_frame by = { .network = "fne.example", .member = "alpha",
		.title = "Atelier É", .proved = &w->looked.view.bundle, .stock = 2,
		.made_ms = made_ms, .french = french };
	buffer_init(out, PDF_BYTES_MAX);
	assert_int_equal(proof_collect(&w->looked, SIRET, 2025, &p, &f), 0);
	if (proof_page(&p, &by, out, &f) < 0)
		fail_msg("%s", f.text);
	donor_clear(&p);
}

static void equal_input_gives_equal_bytes(void **state)
{
	struct world w;
	struct buffer one, two;
	char pairs[160];
	(void)state;
	start(&w);
	/* more than a page */
	for (unsigned i = 0; i < 30; i++) {
		snprintf(pairs, sizeof pairs, "serial=AAAA%04u" FROM "donor=" SIRET
			 " date=2025-02-01T09:00:00+01:00", i);
		record(&w, "received", pairs);
	}
	look(&w);
	page(&w, SAMPLE_NOW_MS, false, &one);
	page(&w, SAMPLE_NOW_MS, false, &two);
	assert_int_equal(one.used, two.used);
	assert_memory_equal(one.data, two.data, one.used);
	assert_true(proof_is_pdf(SPAN(one)));
	buffer_clear(&two);
	page(&w, SAMPLE_NOW_MS + INT64_C(86400000), false, &two);
	assert_true(one.used != two.used || memcmp(one.data, two.data, one.used));
	buffer_clear(&one);
	buffer_clear(&two);
	stop(&w);
}

#define NOTE "tracd proof of reuse v1\nfne.example/alpha\n\n\xe2\x80\x94 x y\n"

static void put(struct buffer *b, const char *text)
{
	write_bytes(b, text, strlen(text));
}

static int find(const char *file, struct span *document, struct buffer *note)
{
	struct fault f;
	buffer_reset(note);
	note->failed = false;
	return proof_note_find((struct span){ (const uint8_t *)file, strlen(file) }, document,
			       note, &f);
}

static void the_note_is_found_again(void **state)
{
	struct buffer pdf, note;
	struct span document;
	struct fault f;
	(void)state;
	buffer_init(&pdf, 4096);
	buffer_init(&note, NOTE_BYTES_MAX);
	/* the words in the document are not the note */
	put(&pdf, "%PDF-1.3\n% tracd proof of reuse v1\n%%EOF");
	size_t size = pdf.used + 1;
	proof_note_add(&pdf, (struct span){ (const uint8_t *)NOTE, sizeof NOTE - 1 });
	assert_int_equal(proof_note_find(SPAN(pdf), &document, &note, &f), 0);
	assert_int_equal(document.size, size);
	assert_int_equal(note.used, sizeof NOTE - 1);
	assert_memory_equal(note.data, NOTE, note.used);
	/* what stands behind it, or in it, is refused */
	for (size_t cut = 1; cut < pdf.used - size - 28; cut++) {
		struct span shorter = { pdf.data, pdf.used - cut };
		struct span again;
		buffer_reset(&note);
		if (proof_note_find(shorter, &again, &note, &f) == 0)
			assert_true(note.used < sizeof NOTE - 1);
	}
	put(&pdf, "more\n");
	assert_int_equal(proof_note_find(SPAN(pdf), &document, &note, &f), -1);
	assert_int_equal(find("", &document, &note), -1);
	assert_int_equal(find("%PDF-1.3\n%%EOF\n", &document, &note), -1);
	assert_int_equal(find("x% tracd proof of reuse v1\n", &document, &note), -1);
	assert_int_equal(find("% tracd proof of reuse v1\n%\n", &document, &note), -1);
	assert_int_equal(find("% tracd proof of reuse v1\n", &document, &note), 0);
	buffer_clear(&pdf);
	buffer_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_donor_and_the_year_choose),
		cmocka_unit_test(an_announced_lot_names_its_donor),
		cmocka_unit_test(only_what_succeeded_counts_as_erased),
		cmocka_unit_test(equal_input_gives_equal_bytes),
		cmocka_unit_test(the_note_is_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
