/*
 * The inside of a draft (event.h), used by draft.c and draft_value.c alone.
 */
#ifndef TRAC_LIFE_DRAFT_H
#define TRAC_LIFE_DRAFT_H

#include "proto/life/event.h"

struct draft {
	const struct kind *kind;
	Trac__Event event;
	ProtobufCMessage *body;
	int default_zone;
	char *maker, *scope;          /* for the identifiers that have none */
	struct chunk *memory;
	size_t used;                  /* what all chunks hold */
};

/* Memory that lives as long as the draft. NULL: the event is too long. */
void *draft_alloc(struct draft *d, size_t size, struct fault *f);
char *draft_text(struct draft *d, const char *from, size_t size, struct fault *f);
ProtobufCMessage *draft_message(struct draft *d, const ProtobufCMessageDescriptor *type,
				struct fault *f);

/* Room for one more value of a list; it counts only when draft_list_commit() is called. */
void *draft_list_room(struct draft *d, ProtobufCMessage *m,
		      const ProtobufCFieldDescriptor *field, struct fault *f);
void draft_list_commit(ProtobufCMessage *m, const ProtobufCFieldDescriptor *field);

/* name: as the person called it. A value that is refused leaves what was there before. */
int draft_single(struct draft *d, const char *name, ProtobufCMessage *m,
		 const ProtobufCFieldDescriptor *field, const char *text, struct fault *f);
/* The same, or "a,b,c" added to a list. */
int draft_field(struct draft *d, const char *name, ProtobufCMessage *m,
		const ProtobufCFieldDescriptor *field, const char *text, struct fault *f);

#endif
