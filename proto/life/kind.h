/*
 * The vocabulary: one table of the 30 kinds of events, with the fields each
 * needs, their bounds and their words. It validates events, explains a kind,
 * reads `field=value` and JSON, and names things in English and French.
 * Source: domain page, section 2.2.
 *
 * A field is named by its protobuf name ("device_type"); a value of an
 * enumeration by its word ("laptop", French "portable"). Both languages are
 * accepted wherever a person types; files and JSON are written in English.
 */
#ifndef TRAC_LIFE_KIND_H
#define TRAC_LIFE_KIND_H

#include <stdbool.h>

#include "proto/wire/bytes.h"
#include "proto/wire/event.pb-c.h"
#include "proto/wire/fault.h"

struct field_rule {
	const char *name;       /* protobuf field of the body */
	bool required;
	bool may_be_zero;       /* numbers: 0 is a value; lists: may be empty */
	uint64_t least, most;   /* numbers: bounds; 0, 0: none. bytes: size */
};

struct kind {
	unsigned tag;           /* of the oneof, also Trac__Event body_case */
	const char *name;       /* donation_announced: also the protobuf field */
	const char *name_fr;    /* don_annonce */
	const char *label;      /* English, for people; translated with gettext by the CLI */
	const char *label_fr;
	bool needs_device;      /* at least one identifier in the envelope */
	/* all fields of the body, in the order of their tags; ends with a NULL name */
	const struct field_rule *field;
};

#define KIND_COUNT 30

const struct kind *kind_at(unsigned i);                /* 0 to KIND_COUNT - 1 */
const struct kind *kind_by_tag(unsigned tag);          /* NULL: unknown */
const struct kind *kind_by_name(const char *name);     /* either language; NULL */
const ProtobufCMessageDescriptor *kind_body_type(const struct kind *k);

/* The rules of a body, or of a message nested in an event; NULL: not one of ours. */
const struct field_rule *message_rules(const ProtobufCMessageDescriptor *type);

/* The word of an enumeration's value, "laptop"; French with fr. NULL: unknown value.
 * The UNSPECIFIED value (0) has no word. */
const char *word_of(const ProtobufCEnumDescriptor *e, int value, bool fr);
/* The same to be read and not typed: "numéro de série". */
const char *word_label(const ProtobufCEnumDescriptor *e, int value, bool fr);
/* The value of a word of either language, any case. -1: none. */
int word_value(const ProtobufCEnumDescriptor *e, const char *word);

/* What a text field of that name takes, in a few words: "date: AAAA-MM-JJ". */
const char *text_accepted(const char *field, bool fr);

/* The body of an event and its kind; NULL when the kind is unknown to us. */
const ProtobufCMessage *event_body(const Trac__Event *e, const struct kind **kind);

#endif
