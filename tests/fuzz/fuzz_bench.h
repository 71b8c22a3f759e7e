/*
 * What the fuzz targets of bench tools share: whatever a file holds, its reader
 * refuses it with a sentence or finds things that keep their promises.
 */
#ifndef TRAC_FUZZ_FUZZ_BENCH_H
#define TRAC_FUZZ_FUZZ_BENCH_H

#include "cli/bench/findings.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_text(const char *text)
{
	REQUIRE(strlen(text) <= TEXT_MAX && text_is_clean(text, strlen(text)));
}

static inline void fuzz_erasure(const struct found_erasure *e)
{
	REQUIRE(e->result >= TRAC__OUTCOME__SUCCESS && e->result <= TRAC__OUTCOME__FAILURE);
	/* a success has no doubt, a disk that is known, and was compared in full */
	REQUIRE((e->result == TRAC__OUTCOME__SUCCESS) == !e->doubt[0]);
	if (e->result == TRAC__OUTCOME__SUCCESS) {
		REQUIRE(e->medium.serial[0]);
		REQUIRE(e->verification == TRAC__VERIFICATION_TYPE__FULL);
		REQUIRE(e->verified == TRAC__OUTCOME__SUCCESS);
		REQUIRE(e->hidden != TRAC__HIDDEN_AREAS__HIDDEN_LEFT);
	}
	REQUIRE(e->line > 0);
	fuzz_text(e->method);
	fuzz_text(e->medium.serial);
	fuzz_text(e->medium.model);
}

static inline void fuzz_findings(const struct findings *f)
{
	const struct found_device *d = &f->device;
	fuzz_text(d->serial);
	fuzz_text(d->maker);
	fuzz_text(d->model);
	fuzz_text(d->uuid);
	fuzz_text(d->asset_tag);
	fuzz_text(d->board_serial);
	fuzz_text(d->cpu);
	REQUIRE(f->medium_count <= BENCH_MEDIA_MAX && f->part_count <= BENCH_PARTS_MAX);
	for (unsigned i = 0; i < f->medium_count; i++) {
		fuzz_text(f->medium[i].serial);
		fuzz_text(f->medium[i].model);
		fuzz_text(f->medium[i].wwn);
	}
	for (unsigned i = 0; i < f->part_count; i++)
		REQUIRE(f->part[i].serial[0] && f->part[i].component);
	for (unsigned i = 0; i < f->erasure_count; i++)
		fuzz_erasure(&f->erasure[i]);
}

/* As that format, whatever it is recognised as. */
static inline void fuzz_read(enum bench_format format, const uint8_t *data, size_t size)
{
	static const uint8_t nothing[1];
	struct span bytes = { size ? data : nothing, size };
	struct findings found;
	struct fault f = { .code = FAULT_NONE };
	REQUIRE(bench_recognise(bytes) < BENCH_FORMAT_COUNT);
	if (bench_read(format, bytes, &found, &f) < 0)
		REQUIRE(f.code != FAULT_NONE && f.text[0]);
	else
		fuzz_findings(&found);
	findings_clear(&found);
}

#endif
