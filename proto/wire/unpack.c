/*
 * Unpacking foreign protobuf: first a walk over the wire bytes that refuses
 * what protobuf-c would let through, then protobuf-c itself, in an arena.
 *
 * The walk comes first because protobuf-c keeps strings without their length:
 * an embedded NUL cannot be seen afterwards. It also spares us protobuf-c's
 * merging of repeated singular fields, code that nobody else exercises.
 */
#include "proto/wire/unpack.h"

#include <assert.h>
#include <stdlib.h>

#include "proto/wire/limits.h"

/* Schemas are not recursive: the deepest is Reply > Bundle > log > entry. */
#define DEPTH_MAX 8
#define FIELD_NUMBER_MAX ((1u << 29) - 1)

enum wire_type { WIRE_VARINT, WIRE_64 = 1, WIRE_SIZED = 2, WIRE_32 = 5 };

/* --- the walk --- */

struct walk {
	const ProtobufCMessageDescriptor *type;
	int flags;
	unsigned depth;
	unsigned next;            /* place of the field that is likely to come */
	uint64_t seen[2];         /* singular fields, by place in the descriptor */
	const ProtobufCFieldDescriptor *body;   /* the member seen of a oneof */
};

/* A varint of at most max bytes, as protobuf-c limits tags and lengths. */
static uint64_t read_varint(struct reader *r, unsigned max)
{
	/* nearly all tags and lengths are below 128 */
	if (!r->failed && r->left > 0 && *r->data < 0x80) {
		r->left--;
		return *r->data++;
	}
	uint64_t v = 0;
	for (unsigned i = 0; i < max; i++) {
		uint8_t byte = read_u8(r);
		v |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80)
			return v;
	}
	r->failed = true;
	return 0;
}

static int walk_message(const struct walk *parent, const ProtobufCMessageDescriptor *type,
			struct span bytes, struct fault *f);

/* Fields mostly come in the order of the schema: the one behind the last is tried first. */
static const ProtobufCFieldDescriptor *walk_find(struct walk *w, unsigned number)
{
	const ProtobufCFieldDescriptor *field = NULL;
	if (w->next < w->type->n_fields)
		field = w->type->fields + w->next;
	if (!field || field->id != number) {
		field = protobuf_c_message_descriptor_get_field(w->type, number);
		if (!field)
			return NULL;
		w->next = (unsigned)(field - w->type->fields);
	}
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		w->next++;
	return field;
}

static int walk_once(struct walk *w, const ProtobufCFieldDescriptor *field, struct fault *f)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return 0;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		/* all of our messages have one oneof at most */
		assert(!w->body || w->body->quantifier_offset == field->quantifier_offset);
		if (w->body)
			return fault_set(f, FAULT_INPUT,
					 "%s has both %s and %s: it may have one of them, once",
					 w->type->short_name, w->body->name, field->name);
		w->body = field;
		return 0;
	}
	size_t place = (size_t)(field - w->type->fields);
	assert(place < 128);
	uint64_t bit = (uint64_t)1 << place % 64;
	if (w->seen[place / 64] & bit)
		return fault_set(f, FAULT_INPUT, "%s.%s is given twice: it may be given once",
				 w->type->short_name, field->name);
	w->seen[place / 64] |= bit;
	return 0;
}

static int walk_sized(const struct walk *w, const ProtobufCFieldDescriptor *field,
		      struct span value, struct fault *f)
{
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return walk_message(w, field->descriptor, value, f);
	if (field->type == PROTOBUF_C_TYPE_STRING
	    && !text_is_clean((const char *)value.data, value.size))
		return fault_set(f, FAULT_INPUT,
				 "%s.%s is not clean text: UTF-8 without control characters is asked",
				 w->type->short_name, field->name);
	return 0;
}

static int walk_field(struct walk *w, struct reader *r, struct fault *f)
{
	uint64_t tag = read_varint(r, 5);
	uint64_t number = tag >> 3;
	struct span value = { NULL, 0 };

	switch (tag & 7) {
	case WIRE_VARINT:
		read_varint(r, 10);
		break;
	case WIRE_64:
		read_bytes(r, 8);
		break;
	case WIRE_32:
		read_bytes(r, 4);
		break;
	case WIRE_SIZED:
		value.size = read_varint(r, 5);
		value.data = read_bytes(r, value.size);
		break;
	default:
		r->failed = true;
	}
	if (r->failed || number == 0 || number > FIELD_NUMBER_MAX)
		return fault_set(f, FAULT_INPUT, "%s is not protobuf: it is damaged or cut short",
				 w->type->short_name);

	const ProtobufCFieldDescriptor *field = walk_find(w, (unsigned)number);
	if (!field) {
		if (w->flags & UNPACK_KEEP_UNKNOWN)
			return 0;
		return fault_set(f, FAULT_INPUT,
				 "%s has a field %u that this version does not know: update tracd",
				 w->type->short_name, (unsigned)number);
	}
	if (walk_once(w, field, f))
		return -1;
	/* another wire type than the schema's is left to protobuf-c, which refuses it */
	return value.data ? walk_sized(w, field, value, f) : 0;
}

static int walk_message(const struct walk *parent, const ProtobufCMessageDescriptor *type,
			struct span bytes, struct fault *f)
{
	struct walk w = { .type = type, .flags = parent->flags, .depth = parent->depth + 1 };
	assert(w.depth <= DEPTH_MAX);

	struct reader r;
	reader_init(&r, bytes.data, bytes.size);
	while (r.left > 0) {
		if (walk_field(&w, &r, f))
			return -1;
	}
	return 0;
}

/* --- the arena --- */

#define ALIGNMENT sizeof(uint64_t)

struct chunk {
	struct chunk *next;       /* older, larger ones last */
};

/*
 * In front of the message, in the same block. Further blocks are rare: the
 * first is large enough for what honest peers send.
 */
struct arena {
	struct chunk *more;
	uint8_t *at;              /* free part of the newest block */
	size_t left;              /* its size */
	size_t budget;            /* what further blocks may take */
	size_t block;             /* size of the newest block */
};

static size_t arena_round(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static bool arena_extend(struct arena *a, size_t size)
{
	size_t block = 2 * a->block;
	if (block < size)
		block = size;
	if (block > a->budget)
		block = a->budget;
	if (block < size)
		return false;
	struct chunk *c = malloc(sizeof *c + block);
	if (!c)
		return false;
	c->next = a->more;
	a->more = c;
	a->at = (uint8_t *)(c + 1);
	a->left = block;
	a->block = block;
	a->budget -= block;
	return true;
}

static void *arena_alloc(void *data, size_t size)
{
	struct arena *a = data;
	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = arena_round(size);
	if (size > a->left && !arena_extend(a, size))
		return NULL;
	void *at = a->at;
	a->at += size;
	a->left -= size;
	return at;
}

static void arena_free(void *data, void *pointer)
{
	(void)data;
	(void)pointer;   /* all at once, in arena_destroy() */
}

static struct arena *arena_create(size_t message_size, size_t wire_size)
{
	size_t budget = UNPACK_BUDGET(wire_size);
	size_t block = arena_round(message_size + 2 * wire_size + 512);
	if (block > budget)
		block = budget;
	struct arena *a = malloc(sizeof *a + block);
	if (!a)
		return NULL;
	*a = (struct arena){
		.at = (uint8_t *)(a + 1),
		.left = block,
		.budget = budget - block,
		.block = block,
	};
	return a;
}

static void arena_destroy(struct arena *a)
{
	struct chunk *c = a->more;
	while (c) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
	free(a);
}

/* --- the doors --- */

void *unpack(const ProtobufCMessageDescriptor *type, struct span bytes,
	     int flags, struct fault *f)
{
	const struct walk root = { .flags = flags };
	if (walk_message(&root, type, bytes, f))
		return NULL;

	struct arena *a = arena_create(type->sizeof_message, bytes.size);
	if (!a) {
		fault_set(f, FAULT_INPUT, "%s of %zu bytes: no memory for it",
			  type->short_name, bytes.size);
		return NULL;
	}
	ProtobufCAllocator allocator = { arena_alloc, arena_free, a };
	void *message = protobuf_c_message_unpack(type, &allocator, bytes.size, bytes.data);
	if (!message) {
		arena_destroy(a);
		fault_set(f, FAULT_INPUT,
			  "%s of %zu bytes has a field of a wrong type or needs more than %zu "
			  "bytes of memory", type->short_name, bytes.size,
			  (size_t)UNPACK_BUDGET(bytes.size));
		return NULL;
	}
	/* unpack_free() finds the arena in front of the message */
	assert(message == a + 1);
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
