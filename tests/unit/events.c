/* Events for tests. */
#include "tests/unit/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID "00112233445566778899aabbccddeeff"

/* In the order of kind_at(). */
static const char *const samples[KIND_COUNT] = {
	"donor_type=state donor=dgfip-06 count=68 types=desktop:15,laptop:53"
	" announced=serial:PF0ANN01:LENOVO,serial:PF0ANN02:LENOVO retired_on=2026-01-15"
	" in_service_on=2019-09-01 sensitivity=standard unit_value_cents=120,00",
	"donor_type=company origin_commune=31254 count=80 waste_status=product"
	" donor=73282932000074 weight_grams=160000 distance_metres=12500",
	"origin=external donor_type=company discrepancy=surplus donor=W123456789"
	" device_type=laptop origin_commune=31254",
	"device_type=laptop seen=serial:PF0SEEN1:LENOVO brand=Lenovo model=T480 year=2018"
	" cpu=i5-8250U memory_bytes=8GiB medium=S3Z9NB0K:ssd:256GB:PM981",
	"reason=too_old sent_back=yes",
	"decision=reuse defect=battery,keyboard battery_percent=71 disk_hours=9200"
	" smart_passed=yes",
	"medium.serial=S3Z9NB0K medium.type=ssd medium.capacity_bytes=256GB level=purge"
	" technique=ata_secure_erase tool=nwipe tool_version=0.34 verification=full"
	" verified_percent=100 verification_result=success result=success hidden_areas=none"
	" passes=1 duration_seconds=3600 erased_bytes=256GB certificate_sha256=" SHA,
	"medium=S3Z9NB0K:ssd destination=to_destruction",
	"medium=S3Z9NB0K:ssd method=shredding result=success particle_micrometres=2000"
	" witness_role=coordinator",
	"operation=keyboard result=success part=new minutes=45 cost_cents=18,50",
	"component=ram before_bytes=4GiB after_bytes=8GiB cost_cents=5000 part=used",
	"system=Debian version=12 licence=free_software language=fr",
	"grid=laptop grid_version=3 functions_expected=2 results=keyboard:success,sound:success:60",
	"grade=b price_category=P2",
	"reference=" ID " in_france=yes warranty_months=12",
	"place=storeroom",
	"recipient=sicoval nature=ownership carrier=own-van",
	"shipment=" ID " discrepancy=missing refused=no",
	"need=n-7f3a device_type=laptop public=low_income urgent=no",
	"need=n-7f3a cancelled=no expires_on=2026-04-01",
	"mode=donation recipient_type=final_user public=low_income department=31"
	" commitment=" SHA " prescriber_type=local_mission priority_district=yes need=n-7f3a"
	" warranty_months=6 charter_signed=yes",
	"reason=after_sales",
	"people=1 minutes=90 type=first_steps frame=at_delivery commitment=" SHA,
	"score=5 answers=12 grid=household theme=delay",
	"part=ram,disk weight_grams=1800",
	"recipient=732829320 waste_code=20.01.36 weight_grams=2100"
	" consignment_note=BSD-20260302-ABCDEFGHI flow=PAM lot=palette-7",
	"nature=theft",
	"a=serial:PF0S0001:LENOVO b=label:ENV-0001::envie direction=link evidence=" ID
	" confidence_percent=95",
	"target=" ID " reason=did_not_occur replacement=ffeeddccbbaa99887766554433221100",
	"item=labour amount_cents=2800,00 tax_included=no minutes=60",
};

const char *event_sample_pairs(unsigned i)
{
	return samples[i];
}

void event_sample_id(unsigned number, uint8_t id[EVENT_ID_SIZE])
{
	memset(id, 0x5a, EVENT_ID_SIZE);
	put_u32(id + 4, number);
	/* ids are random: let the order of ids be another than that of numbers */
	put_u32(id, number * 2654435761u);
}

static int set_pairs(struct draft *d, const char *pairs, struct fault *f)
{
	char *copy = strdup(pairs), *rest = NULL;
	int rc = 0;
	for (char *at = strtok_r(copy, " ", &rest); at && rc == 0;
	     at = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(at, '=');
		assert_non_null(value);
		*value++ = '\0';
		rc = draft_set(d, at, value, f);
	}
	free(copy);
	return rc;
}

static int build(struct buffer *out, const char *kind, const char *pairs, unsigned number,
		 struct fault *f)
{
	uint8_t id[EVENT_ID_SIZE];
	const struct kind *k = kind_by_name(kind);
	assert_non_null(k);
	struct draft *d = draft_create(k);
	assert_non_null(d);
	event_sample_id(number, id);
	draft_id(d, id);
	draft_recorded(d, SAMPLE_NOW_MS);
	draft_time(d, SAMPLE_NOW_MS - 3600000, 60);
	int rc = draft_set(d, "commune", "31555", f);
	if (rc == 0)
		rc = set_pairs(d, pairs, f);
	size_t start = out->used;
	draft_write(d, out);
	draft_destroy(d);
	assert_false(out->failed);
	if (rc < 0)
		return -1;
	return event_check((struct span){ out->data + start, out->used - start },
			   SAMPLE_NOW_MS, f);
}

void event_build(struct buffer *out, const char *kind, const char *pairs, unsigned number)
{
	struct fault f;
	if (build(out, kind, pairs, number, &f) < 0)
		fail_msg("%s %s: %s", kind, pairs, f.text);
}

void event_refused(const char *kind, const char *pairs, struct fault *f)
{
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (build(&b, kind, pairs, 1, f) == 0)
		fail_msg("%s %s: was not refused", kind, pairs);
	assert_int_equal(f->code, FAULT_INPUT);
	buffer_clear(&b);
}

void event_sample(struct buffer *out, unsigned i, unsigned device, unsigned number)
{
	char pairs[1024];
	const struct kind *k = kind_at(i);
	int size = k->needs_device
		? snprintf(pairs, sizeof pairs, "serial=PF0S%04u maker=LENOVO %s", device,
			   samples[i])
		: snprintf(pairs, sizeof pairs, "%s", samples[i]);
	assert_in_range(size, 1, sizeof pairs - 1);
	event_build(out, k->name, pairs, number);
}
