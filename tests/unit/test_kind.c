/* Each sentence of proto/life/kind.h: the table is whole, the words are unique. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/life/kind.h"
#include "proto/life/reflect.h"
#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

static void every_kind_has_its_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *k = kind_at(i);
		const ProtobufCFieldDescriptor *f =
			protobuf_c_message_descriptor_get_field(&trac__event__descriptor, k->tag);
		assert_non_null(f);
		assert_string_equal(f->name, k->name);
		assert_ptr_equal(f->descriptor, kind_body_type(k));
		assert_ptr_equal(kind_by_tag(k->tag), k);
		assert_ptr_equal(kind_by_name(k->name), k);
		assert_ptr_equal(kind_by_name(k->name_fr), k);
		assert_true(strlen(k->label) > 0 && strlen(k->label_fr) > 0);
	}
	assert_null(kind_by_tag(0));
	assert_null(kind_by_tag(100));
	assert_null(kind_by_tag(131));
	assert_null(kind_by_name("stolen"));
	assert_null(kind_by_name(""));
	assert_ptr_equal(kind_by_name("Collected"), kind_by_name("COLLECTE"));
}

/* All members of the oneof are kinds. */
static void no_body_is_without_kind(void **state)
{
	(void)state;
	unsigned bodies = 0;
	for (unsigned i = 0; i < trac__event__descriptor.n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &trac__event__descriptor.fields[i];
		if (!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
			continue;
		bodies++;
		assert_non_null(kind_by_tag(f->id));
	}
	assert_int_equal(bodies, KIND_COUNT);
}

static void rules_match(const ProtobufCMessageDescriptor *type, const struct field_rule *rules)
{
	assert_non_null(rules);
	unsigned count = 0;
	for (const struct field_rule *r = rules; r->name; r++, count++) {
		assert_in_range(count, 0, type->n_fields - 1);
		const ProtobufCFieldDescriptor *f = &type->fields[count];
		assert_string_equal(f->name, r->name);
		assert_true(r->least <= r->most);
		if (f->type == PROTOBUF_C_TYPE_BYTES)
			assert_true(r->least > 0);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			rules_match(f->descriptor, message_rules(f->descriptor));
	}
	assert_int_equal(count, type->n_fields);
}

static void every_field_has_one_rule(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		rules_match(kind_body_type(kind_at(i)), kind_at(i)->field);
		assert_ptr_equal(message_rules(kind_body_type(kind_at(i))), kind_at(i)->field);
	}
	assert_null(message_rules(&trac__event__descriptor));
}

/* "the lower-case name, without the prefix that only tells two enumerations apart" */
static void check_english(const ProtobufCEnumValue *v, const char *word)
{
	size_t whole = strlen(v->name), size = strlen(word);
	assert_true(size <= whole);
	const char *tail = v->name + whole - size;
	assert_true(word_is(tail, word));
	assert_true(tail == v->name || tail[-1] == '_');
}

static void check_words(const ProtobufCEnumDescriptor *e)
{
	for (unsigned i = 0; i < e->n_values; i++) {
		const ProtobufCEnumValue *v = &e->values[i];
		const char *en = word_of(e, v->value, false), *fr = word_of(e, v->value, true);
		if (v->value == 0) {
			assert_null(en);
			continue;
		}
		if (!en || !fr)
			fail_msg("%s has no word", v->name);
		check_english(v, en);
		/* no other value has either word, in either language */
		assert_int_equal(word_value(e, en), v->value);
		assert_int_equal(word_value(e, fr), v->value);
	}
	assert_null(word_of(e, (int)e->n_values, false));
	assert_null(word_of(e, -1, true));
	assert_int_equal(word_value(e, "nonsense"), -1);
	assert_int_equal(word_value(e, ""), -1);
}

static void check_enums(const ProtobufCMessageDescriptor *type, unsigned *count)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];
		if (f->type == PROTOBUF_C_TYPE_ENUM) {
			check_words(f->descriptor);
			(*count)++;
		} else if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
			check_enums(f->descriptor, count);
		}
	}
}

static void every_value_has_two_words(void **state)
{
	(void)state;
	unsigned count = 0;
	check_enums(&trac__event__descriptor, &count);
	assert_true(count > 36);
	assert_string_equal(word_of(&trac__grade__descriptor, TRAC__GRADE__GRADE_A, false), "a");
	assert_string_equal(word_of(&trac__hidden_areas__descriptor,
				    TRAC__HIDDEN_AREAS__HIDDEN_LEFT, false), "left");
	assert_string_equal(word_of(&trac__device_type__descriptor,
				    TRAC__DEVICE_TYPE__LAPTOP, true), "portable");
	assert_int_equal(word_value(&trac__mode__descriptor, "Vente_Solidaire"),
			 TRAC__MODE__SOLIDARITY_SALE);
}

/* The sample of each kind is accepted, and needs all that its table requires. */
static void samples_are_accepted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct buffer b;
		struct fault f;
		const struct kind *k;
		buffer_init(&b, ENTRY_SIZE_MAX);
		event_sample(&b, i, 1, i);
		Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
		assert_non_null(e);
		assert_non_null(event_body(e, &k));
		assert_ptr_equal(k, kind_at(i));
		unpack_free(e);
		buffer_clear(&b);
	}
}

/* The sample without one of its pairs. */
static void pairs_without(const char *pairs, const char *name, char *out)
{
	size_t size = strlen(name);
	*out = '\0';
	while (*pairs != '\0') {
		size_t pair = strcspn(pairs, " ");
		bool is_it = strncmp(pairs, name, size) == 0
			     && (pairs[size] == '=' || pairs[size] == '.');
		if (!is_it) {
			strncat(out, pairs, pair);
			strcat(out, " ");
		}
		pairs += pair + (pairs[pair] == ' ');
	}
}

static void required_fields_are_required(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *k = kind_at(i);
		for (const struct field_rule *r = k->field; r->name; r++) {
			char pairs[1024] = "serial=PF0S0001 maker=LENOVO ", path[100];
			struct fault f;
			if (!r->required)
				continue;
			pairs_without(event_sample_pairs(i), r->name, pairs + strlen(pairs));
			event_refused(k->name, pairs, &f);
			snprintf(path, sizeof path, "%s.%s is missing", k->name, r->name);
			if (!strstr(f.text, path))
				fail_msg("%s: %s", path, f.text);
		}
	}
}

static void a_device_is_needed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		struct fault f;
		if (!kind_at(i)->needs_device)
			continue;
		event_refused(kind_at(i)->name, event_sample_pairs(i), &f);
		assert_non_null(strstr(f.text, "needs a device"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_names),
		cmocka_unit_test(no_body_is_without_kind),
		cmocka_unit_test(every_field_has_one_rule),
		cmocka_unit_test(every_value_has_two_words),
		cmocka_unit_test(samples_are_accepted),
		cmocka_unit_test(required_fields_are_required),
		cmocka_unit_test(a_device_is_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
