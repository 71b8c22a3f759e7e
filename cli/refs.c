/* From references to event ids. */
#include "cli/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/looked.h"

/* Fields that hold ids of events. */
static bool is_citing(const char *name)
{
	static const char *const field[] = {
		"target", "replacement", "shipment", "reference", "evidence",
	};
	for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
		if (!strcmp(name, field[i]))
			return true;
	}
	return false;
}

/* The id of the one event that is called so. */
static int find(const struct view *v, const char *reference, struct buffer *out)
{
	char name[MEMBER_NAME_MAX + 24], hex[2 * EVENT_ID_SIZE + 1];
	for (unsigned i = 0; i < v->count; i++) {
		const struct proved_entry *e = v->entry[i];
		const ProtobufCBinaryData *id = &v->event[i]->id;
		snprintf(name, sizeof name, "%s/%llu", e->author->name,
			 (unsigned long long)e->index);
		if (strcmp(name, reference) || id->len != EVENT_ID_SIZE)
			continue;
		hex_write(hex, id->data, id->len);
		write_format(out, "%s", hex);
		return 0;
	}
	return -1;
}

static int resolve(const char *home, const char *field, const char *reference,
		   struct buffer *out, struct fault *f)
{
	struct looked k;
	int rc = looked_ask(&k, home, reference, TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE, f);
	if (rc == 0 && find(&k.view, reference, out) < 0)
		rc = fault_set(f, FAULT_ABSENT, "%s: no event held here is %.80s: check it with trac "
			       "show %.80s, or give the event's id", field, reference, reference);
	looked_clear(&k);
	return rc;
}

/* One value, or several separated by commas; what is no reference stays as it is. */
static int resolve_list(const char *home, struct field *at, struct fault *f)
{
	struct buffer out;
	char one[TEXT_MAX + 1];
	const char *from = at->value;
	int rc = 0;
	buffer_init(&out, EVENT_LIST_MAX * (2 * EVENT_ID_SIZE + 1) + TEXT_MAX);
	for (;;) {
		size_t size = strcspn(from, ",");
		if (memchr(from, '/', size) && size < sizeof one) {
			memcpy(one, from, size);
			one[size] = '\0';
			rc = resolve(home, at->name, one, &out, f);
		} else {
			write_bytes(&out, from, size);
		}
		from += size;
		if (rc < 0 || *from == '\0')
			break;
		write_u8(&out, ',');
		from++;
	}
	write_u8(&out, '\0');
	char *value = rc == 0 && !out.failed ? strdup((char *)out.data) : NULL;
	if (rc == 0 && !value)
		rc = fault_set(f, FAULT_LIMIT, "%s: too many events are cited", at->name);
	if (value) {
		free(at->value);
		at->value = value;
	}
	buffer_clear(&out);
	return rc;
}

int refs_fields(const char *home, struct fields *l, struct fault *f)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (is_citing(l->at[i].name) && strchr(l->at[i].value, '/')
		    && resolve_list(home, &l->at[i], f) < 0)
			return -1;
	}
	return 0;
}
