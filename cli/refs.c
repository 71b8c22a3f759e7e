/* From references to event ids. */
#include "cli/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"
#include "cli/looked.h"
#include "proto/wire/unpack.h"

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
	char name[REFERENCE_MAX], hex[2 * EVENT_ID_SIZE + 1];
	for (unsigned i = 0; i < v->count; i++) {
		const struct proved_entry *e = v->entry[i];
		const ProtobufCBinaryData *id = &v->event[i]->id;
		if (strcmp(bundle_reference(e, name), reference) || id->len != EVENT_ID_SIZE)
			continue;
		hex_write(hex, id->data, id->len);
		write_format(out, "%s", hex);
		return 0;
	}
	return -1;
}

/* A correction of what another member said is kept and has no effect: better not made. */
static int check_own(const char *home, const char *reference, struct fault *f)
{
	Trac__Request request = TRAC__REQUEST__INIT;
	Trac__Empty empty = TRAC__EMPTY__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATUS;
	request.status = &empty;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_STATUS, f);
	if (!r)
		return -1;
	const char *own = r->status->member ? r->status->member : "";
	size_t size = strcspn(reference, "/");
	int rc = strlen(own) == size && !strncmp(own, reference, size) ? 0 : -1;
	if (rc < 0)
		fault_set(f, FAULT_INPUT, "target: %.80s was recorded by another member: only its "
			  "author corrects it; record what you saw instead", reference);
	unpack_free(r);
	return rc;
}

static int resolve(const char *home, const char *field, const char *reference,
		   struct buffer *out, struct fault *f)
{
	struct looked k;
	if (!strcmp(field, "target") && check_own(home, reference, f) < 0)
		return -1;
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
