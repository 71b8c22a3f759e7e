/* Each sentence of proto/wire/unpack.h, with hostile bytes written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/bundle.pb-c.h"
#include "proto/wire/control.pb-c.h"
#include "proto/wire/event.pb-c.h"
#include "proto/wire/limits.h"
#include "proto/wire/unpack.h"

#define BYTES(text) ((struct span){ (const uint8_t *)(text), sizeof(text) - 1 })

static struct fault fault;

static void *unpack_event(struct span bytes, int flags)
{
	fault.code = FAULT_NONE;
	fault.text[0] = '\0';
	return unpack(&trac__event__descriptor, bytes, flags, &fault);
}

static void assert_refused(struct span bytes, int flags, const char *why)
{
	assert_null(unpack_event(bytes, flags));
	assert_int_equal(fault.code, FAULT_INPUT);
	if (!strstr(fault.text, why))
		fail_msg("'%s' is not in: %s", why, fault.text);
}

static void what_we_pack_unpacks(void **state)
{
	(void)state;
	uint8_t id[EVENT_ID_SIZE] = "0123456789abcde";
	Trac__Identifier serial = TRAC__IDENTIFIER__INIT;
	serial.has_kind = true;
	serial.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	serial.value = (char *)"5CG9441XYZ";
	serial.maker = (char *)"HP";
	Trac__Identifier *device[] = { &serial, &serial };
	Trac__Graded graded = TRAC__GRADED__INIT;
	graded.has_grade = true;
	graded.grade = TRAC__GRADE__GRADE_B;
	Trac__Event e = TRAC__EVENT__INIT;
	e.has_id = true;
	e.id = (ProtobufCBinaryData){ sizeof id, id };
	e.commune = (char *)"31555";
	e.n_device = 2;
	e.device = device;
	e.body_case = TRAC__EVENT__BODY_GRADED;
	e.graded = &graded;

	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(&e, &b);
	assert_false(b.failed);
	Trac__Event *back = unpack_event((struct span){ b.data, b.used }, UNPACK_STRICT);
	assert_non_null(back);
	memset(b.data, 0xff, b.used);   /* nothing is borrowed from the bytes */
	buffer_clear(&b);
	assert_memory_equal(back->id.data, id, sizeof id);
	assert_string_equal(back->commune, "31555");
	assert_int_equal(back->n_device, 2);
	assert_string_equal(back->device[1]->value, "5CG9441XYZ");
	assert_int_equal(back->body_case, TRAC__EVENT__BODY_GRADED);
	assert_int_equal(back->graded->grade, TRAC__GRADE__GRADE_B);
	unpack_free(back);
	unpack_free(NULL);
}

static void nothing_at_all_is_an_empty_message(void **state)
{
	(void)state;
	Trac__Event *e = unpack_event((struct span){ NULL, 0 }, UNPACK_STRICT);
	assert_non_null(e);
	assert_false(e->has_id);
	unpack_free(e);
}

static void packing_stops_at_the_buffers_maximum(void **state)
{
	(void)state;
	Trac__Event e = TRAC__EVENT__INIT;
	e.commune = (char *)"31555";
	struct buffer b;
	buffer_init(&b, 3);
	pack(&e, &b);
	assert_true(b.failed);
	buffer_clear(&b);
}

static void unknown_fields_need_the_flag(void **state)
{
	(void)state;
	struct span unknown = BYTES("\x2a\x05" "31555" "\xfa\x01\x02hi" "\xe0\x5d\x05");
	assert_refused(unknown, UNPACK_STRICT, "field 31");
	Trac__Event *e = unpack_event(unknown, UNPACK_KEEP_UNKNOWN);
	assert_non_null(e);
	assert_int_equal(e->base.n_unknown_fields, 2);

	/* packing gives them back */
	struct buffer b;
	buffer_init(&b, 100);
	pack(e, &b);
	assert_int_equal(b.used, unknown.size);
	assert_memory_equal(b.data, unknown.data, b.used);
	buffer_clear(&b);
	unpack_free(e);

	/* inside of a message, too */
	struct span nested = BYTES("\x32\x02\x78\x01");
	assert_refused(nested, UNPACK_STRICT, "Identifier has a field 15");
	e = unpack_event(nested, UNPACK_KEEP_UNKNOWN);
	assert_non_null(e);
	unpack_free(e);
}

static void strings_are_clean_at_every_depth(void **state)
{
	(void)state;
	for (int flags = UNPACK_STRICT; flags <= UNPACK_KEEP_UNKNOWN; flags++) {
		assert_refused(BYTES("\x2a\x05" "315\0" "5"), flags, "Event.commune");
		assert_refused(BYTES("\x2a\x05" "315\n5"), flags, "Event.commune");
		assert_refused(BYTES("\x2a\x02\xc3("), flags, "Event.commune");
		assert_refused(BYTES("\x2a\x01\0"), flags, "Event.commune");
		assert_refused(BYTES("\x32\x05\x12\x03" "a\0b"), flags, "Identifier.value");
		/* graded: price_category */
		assert_refused(BYTES("\x92\x07\x05\x12\x03" "a\0b"), flags,
			       "Graded.price_category");
	}
	Trac__Event *e = unpack_event(BYTES("\x2a\x06S\xc3\xa8vre"), UNPACK_STRICT);
	assert_non_null(e);
	assert_string_equal(e->commune, "Sèvre");
	unpack_free(e);
	/* bytes fields hold anything */
	e = unpack_event(BYTES("\x0a\x02\0\n"), UNPACK_STRICT);
	assert_non_null(e);
	unpack_free(e);
}

static void one_value_where_one_has_room(void **state)
{
	(void)state;
	assert_refused(BYTES("\x2a\x01" "a\x2a\x01" "b"), UNPACK_STRICT, "given twice");
	assert_refused(BYTES("\x10\x01\x10\x01"), UNPACK_KEEP_UNKNOWN, "given twice");
	/* two bodies: graded and stocked, and graded twice */
	assert_refused(BYTES("\x92\x07\0\x82\x07\0"), UNPACK_STRICT, "both");
	assert_refused(BYTES("\x92\x07\0\x92\x07\0"), UNPACK_KEEP_UNKNOWN, "both");
	/* a list may have many */
	Trac__Event *e = unpack_event(BYTES("\x32\0\x32\0\x32\0"), UNPACK_STRICT);
	assert_non_null(e);
	assert_int_equal(e->n_device, 3);
	unpack_free(e);
}

static void damaged_bytes_are_refused(void **state)
{
	(void)state;
	static const struct span row[] = {
		{ (const uint8_t *)"\x2a\x06" "31555", 7 },              /* cut */
		{ (const uint8_t *)"\x2a", 1 },                          /* no length */
		{ (const uint8_t *)"\x2a\xff\xff\xff\xff\x0f", 6 },      /* huge length */
		{ (const uint8_t *)"\x2a\xff\xff\xff\xff\xff\x01", 7 },  /* long length */
		{ (const uint8_t *)"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 },
		{ (const uint8_t *)"\x80\x80\x80\x80\x80\x01", 6 },      /* long tag */
		{ (const uint8_t *)"\x02\x00", 2 },                      /* field 0 */
		{ (const uint8_t *)"\x2b\x2c", 2 },                      /* groups */
		{ (const uint8_t *)"\x2e\x00", 2 },                      /* wire type 6 */
		{ (const uint8_t *)"\x2d\0\0\0\0", 5 },                  /* string as 32 bits */
		{ (const uint8_t *)"\x28\x01", 2 },                      /* string as varint */
		{ (const uint8_t *)"\x12\x01\x01", 3 },                  /* number as bytes */
		{ (const uint8_t *)"\x32\x03\x12\x05" "a", 5 },          /* inner cut */
		{ (const uint8_t *)"\x92\x07\x01\x08", 4 },              /* inner cut */
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		for (int flags = UNPACK_STRICT; flags <= UNPACK_KEEP_UNKNOWN; flags++) {
			if (unpack_event(row[i], flags))
				fail_msg("row %zu was accepted", i);
			assert_int_equal(fault.code, FAULT_INPUT);
			assert_true(strlen(fault.text) > 10);
		}
	}
}

static void memory_is_bounded(void **state)
{
	(void)state;
	/* 1 MiB of empty identifiers would take 72 MiB */
	size_t size = 1 << 20;
	uint8_t *bytes = calloc(1, size);
	assert_non_null(bytes);
	for (size_t i = 0; i < size; i += 2)
		bytes[i] = 0x32;
	assert_refused((struct span){ bytes, size }, UNPACK_STRICT, "memory");
	/* and so would unknown fields */
	for (size_t i = 0; i < size; i += 2)
		bytes[i] = 0x7a;
	assert_refused((struct span){ bytes, size }, UNPACK_KEEP_UNKNOWN, "memory");
	free(bytes);
}

/* The largest honest messages have the room that they need. */
static void a_full_append_and_its_reply_fit(void **state)
{
	(void)state;
	static ProtobufCBinaryData event[COMMIT_EVENTS_MAX];
	static uint64_t index[COMMIT_EVENTS_MAX];
	for (size_t i = 0; i < COMMIT_EVENTS_MAX; i++) {
		event[i] = (ProtobufCBinaryData){ 60, (uint8_t *)index };
		index[i] = i;
	}
	Trac__AppendRequest append = TRAC__APPEND_REQUEST__INIT;
	append.n_event = COMMIT_EVENTS_MAX;
	append.event = event;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_APPEND;
	request.append = &append;
	struct buffer b;
	buffer_init(&b, CONTROL_BYTES_MAX);
	pack(&request, &b);
	void *m = unpack(&trac__request__descriptor, (struct span){ b.data, b.used },
			 UNPACK_STRICT, &fault);
	assert_non_null(m);
	unpack_free(m);

	Trac__AppendReply answer = TRAC__APPEND_REPLY__INIT;
	answer.n_index = COMMIT_EVENTS_MAX;
	answer.index = index;
	Trac__Reply reply = TRAC__REPLY__INIT;
	reply.body_case = TRAC__REPLY__BODY_APPEND;
	reply.append = &answer;
	buffer_reset(&b);
	pack(&reply, &b);
	m = unpack(&trac__reply__descriptor, (struct span){ b.data, b.used },
		   UNPACK_STRICT, &fault);
	assert_non_null(m);
	unpack_free(m);
	buffer_clear(&b);
}

static void heads_of_every_member_fit(void **state)
{
	(void)state;
	static Trac__KnownHead head[MEMBERS_MAX];
	static Trac__KnownHead *known[MEMBERS_MAX];
	for (size_t i = 0; i < MEMBERS_MAX; i++) {
		trac__known_head__init(&head[i]);
		head[i].origin = (char *)"fne.example/envie-strasbourg";
		head[i].has_size = head[i].has_held = true;
		head[i].size = head[i].held = 100000;
		known[i] = &head[i];
	}
	Trac__IndicatorReply answer = TRAC__INDICATOR_REPLY__INIT;
	answer.n_horizon = MEMBERS_MAX;
	answer.horizon = known;
	Trac__Reply reply = TRAC__REPLY__INIT;
	reply.body_case = TRAC__REPLY__BODY_INDICATORS;
	reply.indicators = &answer;
	struct buffer b;
	buffer_init(&b, CONTROL_BYTES_MAX);
	pack(&reply, &b);
	void *m = unpack(&trac__reply__descriptor, (struct span){ b.data, b.used },
			 UNPACK_STRICT, &fault);
	assert_non_null(m);
	unpack_free(m);
	buffer_clear(&b);
}

/* With the heads of 400 members. */
static void figures_of_every_group_fit(void **state)
{
	(void)state;
	static Trac__Figure row[FIGURE_ROWS_MAX];
	static Trac__Figure *figure[FIGURE_ROWS_MAX];
	static Trac__KnownHead head[400];
	static Trac__KnownHead *known[400];
	static char *const names[] = {
		"", "31", "laptop", "2026-03", "envie-strasbourg",
		"a-name-of-a-member-that-is-sixty-three-characters-long-in-all",
	};
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		for (size_t i = 0; i < FIGURE_ROWS_MAX; i++) {
			trac__figure__init(&row[i]);
			row[i].id = "I01";
			row[i].has_numerator = row[i].has_denominator = true;
			row[i].numerator = 1;
			row[i].group = names[n];
			figure[i] = &row[i];
		}
		for (size_t i = 0; i < 400; i++) {
			trac__known_head__init(&head[i]);
			head[i].origin = (char *)"fne.example/envie";
			head[i].has_size = head[i].has_held = true;
			known[i] = &head[i];
		}
		Trac__IndicatorReply answer = TRAC__INDICATOR_REPLY__INIT;
		answer.n_figure = FIGURE_ROWS_MAX;
		answer.figure = figure;
		answer.n_horizon = 400;
		answer.horizon = known;
		Trac__Reply reply = TRAC__REPLY__INIT;
		reply.body_case = TRAC__REPLY__BODY_INDICATORS;
		reply.indicators = &answer;
		struct buffer b;
		buffer_init(&b, CONTROL_BYTES_MAX);
		pack(&reply, &b);
		assert_false(b.failed);
		void *m = unpack(&trac__reply__descriptor, (struct span){ b.data, b.used },
				 UNPACK_STRICT, &fault);
		if (!m)
			fail_msg("%s: %s", names[n], fault.text);
		unpack_free(m);
		buffer_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_we_pack_unpacks),
		cmocka_unit_test(nothing_at_all_is_an_empty_message),
		cmocka_unit_test(packing_stops_at_the_buffers_maximum),
		cmocka_unit_test(unknown_fields_need_the_flag),
		cmocka_unit_test(strings_are_clean_at_every_depth),
		cmocka_unit_test(one_value_where_one_has_room),
		cmocka_unit_test(damaged_bytes_are_refused),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_full_append_and_its_reply_fit),
		cmocka_unit_test(heads_of_every_member_fit),
		cmocka_unit_test(figures_of_every_group_fit),
	};
	return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
