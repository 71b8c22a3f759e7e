/* What the bench conversation says. */
#include "cli/scan.h"

#include <stdlib.h>
#include <string.h>

#include "cli/body.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "proto/life/reflect.h"
#include "proto/wire/unpack.h"

void scan_say_words(const ProtobufCEnumDescriptor *e, bool french, struct buffer *out)
{
	for (int v = 1; word_of(e, v, french); v++)
		write_format(out, "%s%d %s", v > 1 ? ", " : "", v, word_of(e, v, french));
}

void scan_say_kinds(bool all, bool french, struct buffer *out)
{
	const struct kind *k;
	for (unsigned i = 0; (k = scan_kind_at(i)) && (all || i < SCAN_KINDS_SHOWN); i++)
		write_format(out, "%s%u %s", i ? i % 5 ? ", " : ",\n  " : "  ", i + 1,
			     french ? k->label_fr : k->label);
	if (!all)
		write_format(out, ", %s", _("0 more"));
	write_format(out, "\n");
}

/* The first identifier among the fields. */
static const char *device_of(const struct fields *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (word_value(&trac__identifier_kind__descriptor, l->at[i].name) > 0)
			return l->at[i].value;
	}
	return "";
}

void scan_say_event(const struct fields *l, bool french, struct buffer *out)
{
	struct defaults d = { .commune = "", .now_ms = 0 };
	struct buffer b;
	struct fault ignored;
	buffer_init(&b, ENTRY_SIZE_MAX);
	write_format(out, "%s: ", safe(device_of(l)));
	/* its check may fail for want of a clock here: it passed one when it was made */
	fields_event(l, &d, &b, d.id, &ignored);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &ignored);
	if (e)
		body_words(e, french, out);
	unpack_free(e);
	buffer_clear(&b);
}

void scan_say_pending(const struct scan *s, struct buffer *out)
{
	if (!s->pending_count)
		write_format(out, "%s\n", _("Nothing waits."));
	for (unsigned i = 0; i < s->pending_count; i++) {
		write_format(out, "  %2u. ", i + 1);
		scan_say_event(&s->pending[i], s->french, out);
		write_format(out, "\n");
	}
}

void scan_say_help(struct buffer *out)
{
	write_format(out, "%s\n", _(
		"Scan or type an identifier, then answer: a number or a word, Enter for what stands\n"
		"in [ ]. FIELD=VALUE adds any field of the kind, as lot= or date=.\n"
		"  <  back one answer; at the start: takes the last waiting event back\n"
		"  =  the same as the event before, for this device\n"
		"  -  leaves an optional answer out        list  shows what waits\n"
		"  Enter at the start sends what waits     quit  ends\n"
		"Bar codes: TRAC-UNDO TRAC-SAME TRAC-SKIP TRAC-LIST TRAC-SEND TRAC-QUIT, and kinds:\n"
		"TRAC-RECEIVED. trac label --as-is TRAC-UNDO prints one."));
}

static void say_type(const ProtobufCFieldDescriptor *d, bool french, struct buffer *out)
{
	if (!d)
		return;
	if (d->type == PROTOBUF_C_TYPE_ENUM) {
		write_format(out, " (");
		scan_say_words(d->descriptor, french, out);
		write_format(out, ")");
	} else if (d->type == PROTOBUF_C_TYPE_BOOL) {
		write_format(out, " (%s)", _("yes or no"));
	} else if (d->type == PROTOBUF_C_TYPE_UINT64 && strstr(d->name, "_bytes")) {
		write_format(out, " (%s)", _("as 256GB"));
	}
}

/* The question of one field, with its choices and its default. */
static void prompt_field(const struct scan *s, struct buffer *out)
{
	struct scan_step step;
	if (!scan_step_at(s->kind, s->step, &step))
		return;
	const ProtobufCFieldDescriptor *d = scan_field(s->kind, step.field);
	const char *by = scan_default(s, &step), *shown = by;
	if (!strcmp(step.field, "failed")) {
		write_format(out, "%s (", _("functions that fail, - for none"));
		for (unsigned i = 0; scan_grid_at(s->known.type, i); i++) {
			int v = word_value(&trac__function__descriptor,
					   scan_grid_at(s->known.type, i));
			write_format(out, "%s%d %s", i ? ", " : "", v,
				     word_of(&trac__function__descriptor, v, s->french));
		}
		write_format(out, ") [-]: ");
		return;
	}
	const char *dot = strchr(step.field, '.');
	if (dot)
		write_format(out, "%s, ", field_label("medium"));
	write_format(out, "%s", field_label(dot ? dot + 1 : step.field));
	say_type(d, s->french, out);
	if (by && d && d->type == PROTOBUF_C_TYPE_ENUM && !strchr(by, ',')) {
		int v = word_value(d->descriptor, by);
		shown = v > 0 ? word_of(d->descriptor, v, s->french) : by;
	}
	if (shown || step.optional)
		write_format(out, " [%s]", shown ? safe(shown) : "-");
	write_format(out, ": ");
}

void scan_prompt(const struct scan *s, struct buffer *out)
{
	const struct kind *k;
	switch (s->want) {
	case WANT_DEVICE:
		if (s->pending_count)
			write_format(out, dngettext("trac", "Next identifier (Enter sends %u event, < "
						    "takes it back): ", "Next identifier (Enter sends "
						    "%u events, < takes the last back): ",
						    s->pending_count), s->pending_count);
		else
			write_format(out, "%s", _("Identifier (? helps): "));
		break;
	case WANT_OWNER:
		write_format(out, "%s", *s->owner == 'm' ? _("new here; maker") :
			     _("new here; whose inventory number (scope)"));
		k = NULL;
		if (fields_value(&s->last, s->owner))
			write_format(out, " [%s]", safe(fields_value(&s->last, s->owner)));
		write_format(out, ": ");
		break;
	case WANT_KIND:
		scan_say_kinds(false, s->french, out);
		k = s->kind;
		write_format(out, "%s", _("what happened"));
		if (k)
			write_format(out, " [%s]", s->french ? k->label_fr : k->label);
		write_format(out, ": ");
		break;
	case WANT_FIELD:
		prompt_field(s, out);
		break;
	case WANT_MORE:
		write_format(out, "%s", _("FIELD=VALUE to complete it, < to go back: "));
		break;
	}
}
