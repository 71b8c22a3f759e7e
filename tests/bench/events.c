/* Events of the bench: ten kinds in the order of a device's life. */
#include "tests/bench/events.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "proto/wire/event.pb-c.h"

#define FIRST_MS 1767225600000       /* 2026-01-01 UTC */
#define SET(m, field, value) ((m)->has_##field = true, (m)->field = (value))

/* Room for what an event points to. */
struct draft {
	Trac__Event event;
	Trac__Identifier serial;
	Trac__Identifier *device[1];
	Trac__Attachment attachment[3];
	Trac__Attachment *attachments[3];
	Trac__Medium medium;
	Trac__Medium *media[1];
	Trac__FunctionResult result[6];
	Trac__FunctionResult *results[6];
	uint8_t id[16], digest[3][32];
	char serial_text[SERIAL_ROOM], disk[20], lot[32], operator_text[24];
};

/* splitmix64 */
uint64_t mix(uint64_t state)
{
	uint64_t z = state + 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void fill(uint64_t seed, uint8_t *to, size_t size)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = mix(seed + i);
		memcpy(to + i, &word, 8);
	}
}

static uint64_t device_of(uint64_t number)
{
	uint64_t block = number / (EVENTS_PER_DEVICE * DEVICES_AT_ONCE);

	return block * DEVICES_AT_ONCE + number % DEVICES_AT_ONCE;
}

void serial_pick(uint64_t seed, uint64_t count, uint64_t dice, char serial[SERIAL_ROOM])
{
	uint64_t whole = count - count % (EVENTS_PER_DEVICE * DEVICES_AT_ONCE);

	assert(whole > 0);
	serial_make(seed, dice % whole, serial);
}

void serial_make(uint64_t seed, uint64_t number, char serial[SERIAL_ROOM])
{
	static const char digit[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	uint64_t value = mix(mix(seed) ^ device_of(number));

	memcpy(serial, "5CG", 3);
	for (int i = 3; i < SERIAL_LENGTH; i++) {
		serial[i] = digit[value % (sizeof digit - 1)];
		value /= sizeof digit - 1;
	}
	serial[SERIAL_LENGTH] = '\0';
}

static const struct disk {
	const char *model;
	uint64_t bytes;
	Trac__MediumType type;
} disks[] = {
	{ "Samsung MZVLB256HBHQ-000H1", 256060514304, TRAC__MEDIUM_TYPE__NVME },
	{ "SK hynix SC311 SATA 256GB", 256060514304, TRAC__MEDIUM_TYPE__SSD },
	{ "TOSHIBA MQ01ACF050", 500107862016, TRAC__MEDIUM_TYPE__HDD },
	{ "KINGSTON SA400S37240G", 240057409536, TRAC__MEDIUM_TYPE__SSD },
};

static void fill_medium(struct draft *d, uint64_t dice)
{
	const struct disk *disk = &disks[dice % 4];

	trac__medium__init(&d->medium);
	snprintf(d->disk, sizeof d->disk, "S3T%012llX",
		 (unsigned long long)(mix(dice) >> 16));
	d->medium.serial = d->disk;
	d->medium.model = (char *)disk->model;
	SET(&d->medium, type, disk->type);
	SET(&d->medium, capacity_bytes, disk->bytes);
	d->media[0] = &d->medium;
}

static void fill_envelope(struct draft *d, uint64_t seed, uint64_t number)
{
	static const char *const makers[] = { "HP", "Dell Inc.", "LENOVO", "FUJITSU" };
	static const char *const communes[] = { "31555", "35238", "67482", "44109" };
	Trac__Event *e = &d->event;
	uint64_t device = device_of(number), dice = mix(seed ^ device);
	int64_t at = FIRST_MS + (int64_t)number * 20 + (int64_t)(dice % 20);

	trac__event__init(e);
	fill(mix(seed) ^ (number << 8), d->id, sizeof d->id);
	for (int i = 0; i < 6; i++)
		d->id[i] = (uint8_t)((uint64_t)at >> (8 * (5 - i)));
	d->id[6] = (uint8_t)(0x70 | (d->id[6] & 0x0f));
	d->id[8] = (uint8_t)(0x80 | (d->id[8] & 0x3f));
	e->has_id = true;
	e->id = (ProtobufCBinaryData){ sizeof d->id, d->id };
	SET(e, time_ms, at - 60000);
	SET(e, zone_minutes, 60);
	SET(e, recorded_ms, at);
	e->commune = (char *)communes[seed % 4];
	trac__identifier__init(&d->serial);
	SET(&d->serial, kind, TRAC__IDENTIFIER_KIND__SERIAL);
	serial_make(seed, number, d->serial_text);
	d->serial.value = d->serial_text;
	d->serial.maker = (char *)makers[dice % 4];
	d->device[0] = &d->serial;
	e->device = d->device;
	e->n_device = 1;
	snprintf(d->operator_text, sizeof d->operator_text, "bench-%02u",
		 (unsigned)(dice >> 8) % 24);
	e->operator_ = d->operator_text;
	snprintf(d->lot, sizeof d->lot, "lot-2026-%05llu", (unsigned long long)device / 80);
	e->lot = d->lot;
	e->agreement = (char *)"convention-2026-014";
}

/* Reports and photos, kept at the author. */
static void fill_attachments(struct draft *d, uint64_t seed, uint64_t number, unsigned count)
{
	static const char *const types[] = { "application/pdf", "image/jpeg", "text/xml" };

	for (unsigned i = 0; i < count; i++) {
		Trac__Attachment *a = d->attachments[i] = &d->attachment[i];
		uint64_t dice = mix(seed ^ mix(number * 4 + i));

		trac__attachment__init(a);
		fill(dice, d->digest[i], 32);
		a->has_sha256 = true;
		a->sha256 = (ProtobufCBinaryData){ 32, d->digest[i] };
		SET(a, size_bytes, 20000 + dice % 400000);
		a->media_type = (char *)types[i];
	}
	d->event.attachment = d->attachments;
	d->event.n_attachment = count;
}

static void fill_results(struct draft *d, uint64_t dice)
{
	for (unsigned i = 0; i < 6; i++) {
		Trac__FunctionResult *r = d->results[i] = &d->result[i];

		trac__function_result__init(r);
		SET(r, function, (Trac__Function)(TRAC__FUNCTION__POWER + i));
		SET(r, result, TRAC__OUTCOME__SUCCESS);
		SET(r, measure, (int64_t)(dice >> i) % 100);
	}
}

#define BODY(field, tag, type) \
	Trac__##type body_##field; \
	trac__##field##__init(&body_##field); \
	d->event.body_case = TRAC__EVENT__BODY_##tag; \
	d->event.field = &body_##field

static void pack_draft(const struct draft *d, struct bench_event *out)
{
	out->size = trac__event__get_packed_size(&d->event);
	assert(out->size <= sizeof out->bytes);
	trac__event__pack(&d->event, out->bytes);
}

static void make_received(struct draft *d, struct bench_event *out)
{
	BODY(received, RECEIVED, Received);
	SET(&body_received, origin, TRAC__ORIGIN__EXTERNAL);
	SET(&body_received, donor_type, TRAC__DONOR_TYPE__COMPANY);
	SET(&body_received, device_type, TRAC__DEVICE_TYPE__LAPTOP);
	body_received.donor = (char *)"55208131766522";
	pack_draft(d, out);
}

static void make_identified(struct draft *d, struct bench_event *out)
{
	BODY(identified, IDENTIFIED, Identified);
	SET(&body_identified, device_type, TRAC__DEVICE_TYPE__LAPTOP);
	body_identified.brand = (char *)"HP";
	body_identified.model = (char *)"EliteBook 840 G5";
	SET(&body_identified, year, 2018);
	body_identified.cpu = (char *)"Intel Core i5-8350U";
	SET(&body_identified, memory_bytes, 8ull << 30);
	body_identified.n_medium = 1;
	body_identified.medium = d->media;
	pack_draft(d, out);
}

static void make_audited(struct draft *d, struct bench_event *out)
{
	BODY(audited, AUDITED, Audited);
	SET(&body_audited, decision, TRAC__AUDIT_DECISION__REUSE);
	SET(&body_audited, battery_percent, 81);
	SET(&body_audited, disk_hours, 11230);
	SET(&body_audited, smart_passed, true);
	pack_draft(d, out);
}

static void make_erased(struct draft *d, struct bench_event *out)
{
	BODY(data_erased, DATA_ERASED, DataErased);
	body_data_erased.medium = &d->medium;
	SET(&body_data_erased, level, TRAC__ERASURE_LEVEL__PURGE);
	SET(&body_data_erased, technique, TRAC__ERASURE_TECHNIQUE__OVERWRITE);
	body_data_erased.tool = (char *)"nwipe";
	body_data_erased.tool_version = (char *)"0.34";
	SET(&body_data_erased, verification, TRAC__VERIFICATION_TYPE__FULL);
	SET(&body_data_erased, verified_percent, 100);
	SET(&body_data_erased, verification_result, TRAC__OUTCOME__SUCCESS);
	SET(&body_data_erased, result, TRAC__OUTCOME__SUCCESS);
	SET(&body_data_erased, hidden_areas, TRAC__HIDDEN_AREAS__HIDDEN_NONE);
	SET(&body_data_erased, passes, 1);
	SET(&body_data_erased, duration_seconds, 2140);
	SET(&body_data_erased, erased_bytes, d->medium.capacity_bytes);
	body_data_erased.has_certificate_sha256 = true;
	body_data_erased.certificate_sha256 = (ProtobufCBinaryData){ 32, d->digest[0] };
	pack_draft(d, out);
}

static void make_repaired(struct draft *d, struct bench_event *out)
{
	BODY(repaired, REPAIRED, Repaired);
	SET(&body_repaired, operation, TRAC__FUNCTION__BATTERY);
	SET(&body_repaired, result, TRAC__OUTCOME__SUCCESS);
	SET(&body_repaired, part, TRAC__PART_ORIGIN__PART_USED);
	SET(&body_repaired, minutes, 25);
	SET(&body_repaired, cost_cents, 3200);
	pack_draft(d, out);
}

static void make_os_installed(struct draft *d, struct bench_event *out)
{
	BODY(os_installed, OS_INSTALLED, OsInstalled);
	body_os_installed.system = (char *)"Linux Mint";
	body_os_installed.version = (char *)"22.1";
	SET(&body_os_installed, licence, TRAC__LICENCE__FREE_SOFTWARE);
	body_os_installed.language = (char *)"fr";
	pack_draft(d, out);
}

static void make_tested(struct draft *d, struct bench_event *out)
{
	BODY(tested, TESTED, Tested);
	body_tested.grid = (char *)"portable";
	body_tested.grid_version = (char *)"3";
	SET(&body_tested, functions_expected, 6);
	body_tested.n_results = 6;
	body_tested.results = d->results;
	pack_draft(d, out);
}

static void make_graded(struct draft *d, struct bench_event *out)
{
	BODY(graded, GRADED, Graded);
	SET(&body_graded, grade, TRAC__GRADE__GRADE_B);
	pack_draft(d, out);
}

static void make_stocked(struct draft *d, struct bench_event *out)
{
	BODY(stocked, STOCKED, Stocked);
	SET(&body_stocked, place, TRAC__STOCK_PLACE__STOREROOM);
	pack_draft(d, out);
}

static void make_available(struct draft *d, struct bench_event *out)
{
	BODY(made_available, MADE_AVAILABLE, MadeAvailable);
	SET(&body_made_available, mode, TRAC__MODE__SOLIDARITY_SALE);
	SET(&body_made_available, recipient_type, TRAC__RECIPIENT_TYPE__FINAL_USER);
	SET(&body_made_available, public_, TRAC__PUBLIC__LOW_INCOME);
	SET(&body_made_available, price_cents, 8000);
	body_made_available.department = (char *)"31";
	SET(&body_made_available, warranty_months, 6);
	pack_draft(d, out);
}

void event_make(uint64_t seed, uint64_t number, struct bench_event *out)
{
	/* attachments bring each kind near 300 bytes */
	static const struct {
		void (*make)(struct draft *d, struct bench_event *out);
		unsigned attachments;
	} kinds[EVENTS_PER_DEVICE] = {
		{ make_received, 3 }, { make_identified, 1 }, { make_audited, 3 },
		{ make_erased, 1 }, { make_repaired, 3 }, { make_os_installed, 3 },
		{ make_tested, 2 }, { make_graded, 3 }, { make_stocked, 3 },
		{ make_available, 3 },
	};
	unsigned kind = number / DEVICES_AT_ONCE % EVENTS_PER_DEVICE;
	struct draft d;

	fill_envelope(&d, seed, number);
	fill_attachments(&d, seed, number, kinds[kind].attachments);
	fill_medium(&d, mix(seed ^ ~device_of(number)));
	fill_results(&d, mix(number));
	kinds[kind].make(&d, out);
	memcpy(out->serial, d.serial_text, sizeof out->serial);
}
