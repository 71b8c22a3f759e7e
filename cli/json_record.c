/* One line of JSON as the fields of an event. */
#include "cli/fields.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define NAME_ROOM 128
#define VALUE_ROOM 1024

/* A scalar as text; borrowed from j or written to out. NULL: not a scalar we take. */
static const char *scalar_text(const json_t *j, char out[VALUE_ROOM])
{
	if (json_is_string(j))
		return json_string_value(j);
	if (json_is_boolean(j))
		return json_is_true(j) ? "true" : "false";
	if (!json_is_integer(j))
		return NULL;
	snprintf(out, VALUE_ROOM, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	return out;
}

static int refuse_value(const char *name, const json_t *j, struct fault *f)
{
	if (json_is_real(j))
		return fault_set(f, FAULT_INPUT, "%s: write a number with a decimal point between "
				 "quotes, as \"12.34\"", name);
	return fault_set(f, FAULT_INPUT, "%s: a %s does not belong here", name,
			 json_is_object(j) ? "nested object" : "list in a list");
}

static int add_scalar(struct fields *l, const char *name, const json_t *j, struct fault *f)
{
	char text[VALUE_ROOM];
	const char *value = scalar_text(j, text);
	if (!value)
		return refuse_value(name, j, f);
	if (strlen(value) != (json_is_string(j) ? json_string_length(j) : strlen(value)))
		return fault_set(f, FAULT_INPUT, "%s holds a NUL character", name);
	return fields_add(l, name, value, f);
}

/* The type of field `name` of that kind when it is a list of messages. */
static const ProtobufCMessageDescriptor *list_type(const struct kind *k, const char *name)
{
	const ProtobufCFieldDescriptor *d = k ? protobuf_c_message_descriptor_get_field_by_name(
		kind_body_type(k), name) : NULL;
	if (!d || d->type != PROTOBUF_C_TYPE_MESSAGE || d->label != PROTOBUF_C_LABEL_REPEATED)
		return NULL;
	return d->descriptor;
}

/*
 * {"function": "power", "result": "success"} as "power:success", by the order of
 * fields. 1: joined; 0: a value holds what would part it.
 */
static int join(const json_t *object, const ProtobufCMessageDescriptor *type,
		char joined[VALUE_ROOM])
{
	char text[VALUE_ROOM];
	size_t used = 0, kept = 0;
	joined[0] = '\0';
	for (unsigned i = 0; i < type->n_fields; i++) {
		const json_t *j = json_object_get(object, type->fields[i].name);
		const char *value = j && !json_is_null(j) ? scalar_text(j, text) : "";
		if (!value || strpbrk(value, ":,") || used + strlen(value) + 2 > VALUE_ROOM)
			return 0;
		used += (size_t)snprintf(joined + used, VALUE_ROOM - used, "%s%s", i ? ":" : "",
					 value);
		if (*value)
			kept = used;
	}
	joined[kept] = '\0';
	return kept > 0;
}

static int add_object(struct fields *l, const char *name, json_t *object, struct fault *f)
{
	const char *key;
	json_t *j;
	json_object_foreach(object, key, j) {
		char full[NAME_ROOM];
		if (snprintf(full, sizeof full, "%s.%s", name, key) >= (int)sizeof full)
			return fault_set(f, FAULT_INPUT, "%.40s...: the name is too long", name);
		if (!json_is_null(j) && add_scalar(l, full, j, f) < 0)
			return -1;
	}
	return 0;
}

/* An element of a list of messages: joined, or field by field in their order. */
static int add_element(struct fields *l, const char *name, const json_t *object,
		       const ProtobufCMessageDescriptor *type, struct fault *f)
{
	char joined[VALUE_ROOM];
	size_t known = 0;
	for (unsigned i = 0; i < type->n_fields; i++)
		known += json_object_get(object, type->fields[i].name) != NULL;
	if (known != json_object_size(object))
		return fault_set(f, FAULT_INPUT, "%s: an element has an unknown field", name);
	if (join(object, type, joined))
		return fields_add(l, name, joined, f);
	for (unsigned i = 0; i < type->n_fields; i++) {
		char full[NAME_ROOM];
		const json_t *j = json_object_get(object, type->fields[i].name);
		snprintf(full, sizeof full, "%s.%s", name, type->fields[i].name);
		if (j && !json_is_null(j) && add_scalar(l, full, j, f) < 0)
			return -1;
	}
	return 0;
}

static int add_list(struct fields *l, const struct kind *k, const char *name, json_t *list,
		    struct fault *f)
{
	size_t i;
	json_t *j;
	const ProtobufCMessageDescriptor *type = list_type(k, name);
	json_array_foreach(list, i, j) {
		int rc = !json_is_object(j) ? add_scalar(l, name, j, f)
			: type ? add_element(l, name, j, type, f)
			: refuse_value(name, j, f);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int fields_from_json(struct fields *l, const char *text, size_t size, struct fault *f)
{
	json_error_t e;
	json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &e);
	if (!line)
		return fault_set(f, FAULT_INPUT, "not JSON: column %d: %s", e.column, e.text);
	if (!json_is_object(line)) {
		json_decref(line);
		return fault_set(f, FAULT_INPUT, "not a JSON object {\"kind\": ...}");
	}
	const char *kind_name = json_string_value(json_object_get(line, "kind"));
	const struct kind *k = kind_name ? kind_by_name(kind_name) : NULL;
	const char *name;
	json_t *j;
	int rc = 0;
	json_object_foreach(line, name, j) {
		if (rc < 0 || json_is_null(j))
			continue;
		rc = json_is_object(j) ? add_object(l, name, j, f)
			: json_is_array(j) ? add_list(l, k, name, j, f)
			: add_scalar(l, name, j, f);
	}
	json_decref(line);
	return rc;
}
