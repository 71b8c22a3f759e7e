/*
 * Unpacking foreign protobuf by the descriptors of protobuf-c, in one pass and
 * one arena.
 *
 * protobuf-c's own decoder is not used: it keeps strings without their length,
 * so that an embedded NUL cannot be seen afterwards, merges repeated singular
 * fields, which nobody else exercises, and each event would be read twice.
 */
#include "proto/wire/unpack.h"

#include <assert.h>
#include <string.h>

#include "proto/wire/arena.h"
#include "proto/wire/limits.h"
#include "proto/wire/value.h"

/* Schemas are not recursive: the deepest is Reply > Bundle > log > entry. */
#define DEPTH_MAX 8
/* Fields left out in a row before the table is searched. */
#define STEPS_MAX 4

/* --- messages --- */

struct task {
	struct arena *arena;
	int flags;
	size_t size;              /* of the whole input */
	struct fault *f;
};

struct frame {
	const ProtobufCMessageDescriptor *type;
	ProtobufCMessage *message;
	struct reader rest;
	unsigned depth;
	unsigned next;            /* place of the field that is likely to come */
	uint64_t seen[2];         /* singular fields, by place in the descriptor */
	const ProtobufCFieldDescriptor *body;   /* the member seen of a oneof */
};

static ProtobufCMessage *unpack_message(const struct task *t,
					const ProtobufCMessageDescriptor *type,
					struct span bytes, unsigned depth);

static void *member_at(const struct frame *w, unsigned offset)
{
	return (uint8_t *)w->message + offset;
}

static void *task_alloc(const struct task *t, const struct frame *w, size_t size)
{
	void *at = arena_alloc(t->arena, size);
	if (!at)
		fault_set(t->f, FAULT_INPUT, "%s: more than %zu bytes of memory are needed for "
			  "a message of %zu bytes, or there is none", w->type->short_name,
			  (size_t)UNPACK_BUDGET(t->size), t->size);
	return at;
}

/* Fields mostly come in the order of the schema: those behind the last are tried first. */
static const ProtobufCFieldDescriptor *frame_find(struct frame *w, unsigned number)
{
	const ProtobufCFieldDescriptor *field = NULL;
	unsigned at = w->next, stop = at + STEPS_MAX;
	while (at < w->type->n_fields && at < stop && w->type->fields[at].id < number)
		at++;
	if (at < w->type->n_fields)
		field = w->type->fields + at;
	if (!field || field->id != number) {
		field = protobuf_c_message_descriptor_get_field(w->type, number);
		if (!field)
			return NULL;
		at = (unsigned)(field - w->type->fields);
	}
	w->next = field->label == PROTOBUF_C_LABEL_REPEATED ? at : at + 1;
	return field;
}

static int refuse_second(const struct frame *w, const ProtobufCFieldDescriptor *field,
			 struct fault *f)
{
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return fault_set(f, FAULT_INPUT,
				 "%s has both %s and %s: it may have one of them, once",
				 w->type->short_name, w->body->name, field->name);
	return fault_set(f, FAULT_INPUT, "%s.%s is given twice: it may be given once",
			 w->type->short_name, field->name);
}

/* Marks a singular field as given. */
static int take_once(const struct task *t, struct frame *w,
		     const ProtobufCFieldDescriptor *field)
{
	/* there are no required fields in our schemas: who lacks one could not say so */
	assert(field->label == PROTOBUF_C_LABEL_OPTIONAL);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		/* all of our messages have one oneof at most */
		assert(!w->body || w->body->quantifier_offset == field->quantifier_offset);
		if (w->body)
			return refuse_second(w, field, t->f);
		w->body = field;
		*(uint32_t *)member_at(w, field->quantifier_offset) = field->id;
		return 0;
	}
	size_t place = (size_t)(field - w->type->fields);
	assert(place < 128);
	uint64_t bit = (uint64_t)1 << place % 64;
	if (w->seen[place / 64] & bit)
		return refuse_second(w, field, t->f);
	w->seen[place / 64] |= bit;
	/* texts and messages say by NULL that they are not there */
	if (field->quantifier_offset != 0)
		*(protobuf_c_boolean *)member_at(w, field->quantifier_offset) = true;
	return 0;
}

static int store_text(const struct task *t, const struct frame *w,
		      const ProtobufCFieldDescriptor *field, struct span from, void *to)
{
	if (!text_is_clean((const char *)from.data, from.size))
		return fault_set(t->f, FAULT_INPUT,
				 "%s.%s is not clean text: UTF-8 without control characters is asked",
				 w->type->short_name, field->name);
	char *copy = task_alloc(t, w, from.size + 1);
	if (!copy)
		return -1;
	memcpy(copy, from.data, from.size);
	copy[from.size] = '\0';
	*(char **)to = copy;
	return 0;
}

static int store_bytes(const struct task *t, const struct frame *w, struct span from, void *to)
{
	ProtobufCBinaryData *out = to;
	*out = (ProtobufCBinaryData){ .len = from.size };
	if (from.size == 0)
		return 0;
	out->data = task_alloc(t, w, from.size);
	if (!out->data)
		return -1;
	memcpy(out->data, from.data, from.size);
	return 0;
}

static int refuse_type(const struct task *t, const struct frame *w,
		       const ProtobufCFieldDescriptor *field)
{
	return fault_set(t->f, FAULT_INPUT, "%s.%s is of a wrong type: it is damaged, or from "
			 "another program", w->type->short_name, field->name);
}

static int store_value(const struct task *t, const struct frame *w,
		       const ProtobufCFieldDescriptor *field, const struct value *v, void *to)
{
	unsigned wire = value_wire[field->type];
	if (v->wire != wire)
		return refuse_type(t, w, field);
	if (wire == WIRE_VARINT) {
		value_store_varint(field->type, v->varint, to);
		return 0;
	}
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return store_text(t, w, field, v->bytes, to);
	if (field->type == PROTOBUF_C_TYPE_BYTES)
		return store_bytes(t, w, v->bytes, to);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		ProtobufCMessage *m = unpack_message(t, field->descriptor, v->bytes, w->depth + 1);
		*(ProtobufCMessage **)to = m;
		return m ? 0 : -1;
	}
	/* fixed sizes: little-endian, as the machines that we run on */
	memcpy(to, v->bytes.data, v->bytes.size);
	return 0;
}

/* --- lists --- */

/* Also a list that its schema does not pack may come packed. */
static bool is_packed(const ProtobufCFieldDescriptor *field, const struct value *v)
{
	return v->wire == WIRE_SIZED && value_wire[field->type] != WIRE_SIZED;
}

static size_t value_count(const ProtobufCFieldDescriptor *field, const struct value *v)
{
	if (!is_packed(field, v))
		return 1;
	if (value_wire[field->type] != WIRE_VARINT)
		return v->bytes.size / value_size[field->type];
	size_t count = 0;
	for (size_t i = 0; i < v->bytes.size; i++)
		count += v->bytes.data[i] < 0x80;
	return count;
}

/* A list with its room in front of it, for all values from v on. */
static void *list_create(const struct task *t, const struct frame *w,
			 const ProtobufCFieldDescriptor *field, const struct value *v)
{
	size_t room = value_count(field, v);
	struct reader rest = w->rest;
	struct value later;
	while (rest.left > 0 && value_read(&rest, &later)) {
		if (later.number == field->id)
			room += value_count(field, &later);
	}
	size_t *list = task_alloc(t, w, sizeof *list + room * value_size[field->type]);
	if (!list)
		return NULL;
	*list = room;
	return list + 1;
}

static int store_packed(const struct task *t, const struct frame *w,
			const ProtobufCFieldDescriptor *field, struct span from, uint8_t *to)
{
	size_t size = value_size[field->type];
	if (value_wire[field->type] != WIRE_VARINT) {
		if (from.size % size != 0)
			return refuse_type(t, w, field);
		memcpy(to, from.data, from.size);
		return 0;
	}
	struct reader r;
	reader_init(&r, from.data, from.size);
	for (; r.left > 0; to += size) {
		uint64_t v = value_varint(&r, VARINT_SIZE_MAX);
		if (r.failed)
			return refuse_type(t, w, field);
		value_store_varint(field->type, v, to);
	}
	return 0;
}

static int store_in_list(const struct task *t, const struct frame *w,
			 const ProtobufCFieldDescriptor *field, const struct value *v)
{
	uint8_t **list = member_at(w, field->offset);
	size_t *used = member_at(w, field->quantifier_offset);
	if (!*list)
		*list = list_create(t, w, field, v);
	if (!*list)
		return -1;
	size_t count = value_count(field, v);
	assert(*used + count <= ((size_t *)*list)[-1]);
	uint8_t *to = *list + *used * value_size[field->type];
	*used += count;
	if (is_packed(field, v))
		return store_packed(t, w, field, v->bytes, to);
	return store_value(t, w, field, v, to);
}

/* --- unknown fields --- */

static ProtobufCMessageUnknownField *unknown_create(const struct task *t,
						    const struct frame *w)
{
	size_t room = 1;
	struct reader rest = w->rest;
	struct value later;
	while (rest.left > 0 && value_read(&rest, &later)) {
		if (!protobuf_c_message_descriptor_get_field(w->type, later.number))
			room++;
	}
	return task_alloc(t, w, room * sizeof(ProtobufCMessageUnknownField));
}

static int keep_unknown(const struct task *t, const struct frame *w, const struct value *v)
{
	ProtobufCMessage *m = w->message;
	if (!m->unknown_fields)
		m->unknown_fields = unknown_create(t, w);
	if (!m->unknown_fields)
		return -1;
	struct span raw = { v->raw, (size_t)(w->rest.data - v->raw) };
	ProtobufCBinaryData copy;
	if (store_bytes(t, w, raw, &copy) < 0)
		return -1;
	m->unknown_fields[m->n_unknown_fields++] = (ProtobufCMessageUnknownField){
		.tag = v->number,
		.wire_type = (ProtobufCWireType)v->wire,
		.len = copy.len,
		.data = copy.data,
	};
	return 0;
}

/* --- the doors --- */

static int unpack_field(const struct task *t, struct frame *w)
{
	struct value v;
	if (!value_read(&w->rest, &v))
		return fault_set(t->f, FAULT_INPUT, "%s is not protobuf: it is damaged or cut "
				 "short", w->type->short_name);
	const ProtobufCFieldDescriptor *field = frame_find(w, v.number);
	if (!field) {
		if (t->flags & UNPACK_KEEP_UNKNOWN)
			return keep_unknown(t, w, &v);
		return fault_set(t->f, FAULT_INPUT,
				 "%s has a field %u that this version does not know: update tracd",
				 w->type->short_name, v.number);
	}
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return store_in_list(t, w, field, &v);
	if (take_once(t, w, field) < 0)
		return -1;
	return store_value(t, w, field, &v, member_at(w, field->offset));
}

static ProtobufCMessage *unpack_message(const struct task *t,
					const ProtobufCMessageDescriptor *type,
					struct span bytes, unsigned depth)
{
	struct frame w = { .type = type, .depth = depth };
	assert(depth <= DEPTH_MAX);
	w.message = task_alloc(t, &w, type->sizeof_message);
	if (!w.message)
		return NULL;
	protobuf_c_message_init(type, w.message);
	reader_init(&w.rest, bytes.data, bytes.size);
	while (w.rest.left > 0) {
		if (unpack_field(t, &w) < 0)
			return NULL;
	}
	return w.message;
}

void *unpack(const ProtobufCMessageDescriptor *type, struct span bytes,
	     int flags, struct fault *f)
{
	/* large enough for what honest peers send */
	size_t block = type->sizeof_message + 2 * bytes.size + 512;
	struct task t = { .flags = flags, .size = bytes.size, .f = f };
	t.arena = arena_create(block, UNPACK_BUDGET(bytes.size));
	if (!t.arena) {
		fault_set(f, FAULT_INPUT, "%s of %zu bytes: no memory for it",
			  type->short_name, bytes.size);
		return NULL;
	}
	void *message = unpack_message(&t, type, bytes, 1);
	if (!message) {
		arena_destroy(t.arena);
		return NULL;
	}
	/* unpack_free() finds the arena in front of the message */
	assert(message == t.arena + 1);
	return message;
}

void unpack_free(void *message)
{
	if (message)
		arena_destroy((struct arena *)message - 1);
}

struct sink {
	ProtobufCBuffer base;
	struct buffer *to;
};

static void sink_append(ProtobufCBuffer *base, size_t size, const uint8_t *data)
{
	write_bytes(((struct sink *)base)->to, data, size);
}

void pack(const void *message, struct buffer *b)
{
	struct sink sink = { { sink_append }, b };
	protobuf_c_message_pack_to_buffer(message, &sink.base);
}
