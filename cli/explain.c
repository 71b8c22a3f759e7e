/* trac record --help [KIND]: the vocabulary, from the table that judges events. */
#include <inttypes.h>
#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/verb.h"
#include "proto/life/data.h"
#include "proto/life/kind.h"
#include "proto/wire/event.pb-c.h"
#include "proto/wire/limits.h"

#define WORDS_ROOM 1024

static void words_text(const ProtobufCEnumDescriptor *e, bool french, char out[WORDS_ROOM])
{
	size_t used = 0;
	out[0] = '\0';
	for (unsigned i = 0; i < e->n_values; i++) {
		const char *word = word_of(e, e->values[i].value, french);
		if (word && used + strlen(word) + 4 < WORDS_ROOM)
			used += (size_t)snprintf(out + used, WORDS_ROOM - used, "%s%s",
						 used ? ", " : "", word);
	}
}

/* "serial:type:capacity_bytes": how an element of a list of messages is written. */
static void parts_text(const ProtobufCMessageDescriptor *m, char out[WORDS_ROOM])
{
	size_t used = 0;
	for (unsigned i = 0; i < m->n_fields && used + 60 < WORDS_ROOM; i++)
		used += (size_t)snprintf(out + used, WORDS_ROOM - used, "%s%s", i ? ":" : "",
					 m->fields[i].name);
}

static void accepted_text(const ProtobufCFieldDescriptor *d, const struct field_rule *r,
			  bool french, char out[WORDS_ROOM])
{
	if (d->type == PROTOBUF_C_TYPE_ENUM)
		words_text(d->descriptor, french, out);
	else if (d->type == PROTOBUF_C_TYPE_MESSAGE)
		parts_text(d->descriptor, out);
	else if (d->type == PROTOBUF_C_TYPE_BOOL)
		snprintf(out, WORDS_ROOM, "%s", _("yes or no"));
	else if (d->type == PROTOBUF_C_TYPE_BYTES && r->most == EVENT_ID_SIZE)
		snprintf(out, WORDS_ROOM, "%s", _("event: member/index, or 32 hexadecimal digits"));
	else if (d->type == PROTOBUF_C_TYPE_BYTES)
		snprintf(out, WORDS_ROOM, _("%" PRIu64 " hexadecimal digits"), 2 * r->most);
	else if (d->type == PROTOBUF_C_TYPE_STRING)
		snprintf(out, WORDS_ROOM, "%s", text_accepted(d->name, french));
	else if (r->most)
		snprintf(out, WORDS_ROOM, _("a number from %" PRIu64 " to %" PRIu64),
			 r->may_be_zero ? 0 : r->least, r->most);
	else
		snprintf(out, WORDS_ROOM, "%s", _("a number"));
	size_t used = strlen(out);
	if (d->label == PROTOBUF_C_LABEL_REPEATED)
		snprintf(out + used, WORDS_ROOM - used, " %s", _("(several: separated by commas)"));
}

/* The words that record one, from data_examples; NULL: none. */
static const char *example_of(const struct kind *k)
{
	for (unsigned i = 0; i < data_examples.count; i++) {
		if (!strcmp(data_examples.row[i].cell[0], k->name))
			return data_examples.row[i].cell[1];
	}
	return NULL;
}

static json_t *field_json(const ProtobufCFieldDescriptor *d, const struct field_rule *r)
{
	char accepted[WORDS_ROOM];
	accepted_text(d, r, false, accepted);
	return json_pack("{s:s, s:b, s:b, s:s}", "name", r->name, "required", (int)r->required,
			 "list", d->label == PROTOBUF_C_LABEL_REPEATED, "accepted", accepted);
}

static int print_kind_json(struct context *c, const struct kind *k, struct fault *f)
{
	json_t *list = json_array();
	for (const struct field_rule *r = k->field; r->name; r++) {
		json_array_append_new(list, field_json(
			protobuf_c_message_descriptor_get_field_by_name(kind_body_type(k), r->name),
			r));
	}
	return json_print(c->out, json_pack("{s:s, s:s, s:s, s:b, s:s?, s:o}", "kind", k->name,
					    "name_fr", k->name_fr, "label", k->label,
					    "needs_device", (int)k->needs_device, "example",
					    example_of(k), "fields", list), f);
}

static int print_kind(struct context *c, const struct kind *k, struct fault *f)
{
	char accepted[WORDS_ROOM];
	struct table t;
	fprintf(c->out, "%s (%s): %s\n", k->name, k->name_fr, c->french ? k->label_fr : k->label);
	fprintf(c->out, "%s\n\n", k->needs_device
		? _("about a device: give serial and maker, imei, uuid, label or another identifier")
		: _("about a device (given as serial and maker, imei, uuid, label ...) or none"));
	table_start(&t);
	table_column(&t, _("FIELD"), COLUMN_LEFT);
	table_column(&t, _("NEEDED"), COLUMN_LEFT);
	table_column(&t, _("ACCEPTED"), COLUMN_WRAP);
	for (const struct field_rule *r = k->field; r->name; r++) {
		const ProtobufCFieldDescriptor *d =
			protobuf_c_message_descriptor_get_field_by_name(kind_body_type(k), r->name);
		accepted_text(d, r, c->french, accepted);
		table_line(&t);
		table_cell(&t, "%s", r->name);
		table_cell(&t, "%s", r->required ? _("yes") : "");
		table_cell(&t, "%s", accepted);
	}
	if (table_print(&t, c->out, f) < 0)
		return -1;
	if (example_of(k))
		fprintf(c->out, "\n%s\n  trac record %s %s\n", _("Example:"), k->name,
			example_of(k));
	fprintf(c->out, "\n%s\n", _("Also: date, commune, lot, operator (a role, never a name), "
				    "agreement, id."));
	return 0;
}

static int print_kinds(struct context *c, struct fault *f)
{
	struct table t;
	table_start(&t);
	table_column(&t, _("KIND"), COLUMN_LEFT);
	table_column(&t, _("IN FRENCH"), COLUMN_LEFT);
	table_column(&t, _("WHAT HAPPENED"), COLUMN_WRAP);
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *k = kind_at(i);
		table_line(&t);
		table_cell(&t, "%s", k->name);
		table_cell(&t, "%s", k->name_fr);
		table_cell(&t, "%s", c->french ? k->label_fr : k->label);
	}
	return table_print(&t, c->out, f);
}

/* --- the page of all kinds, doc/vocabulary.md: made by `make vocabulary` --- */

static const char page_head[] =
	"# The vocabulary\n\n"
	"Made from the table that judges events: do not edit, run `make vocabulary`.\n"
	"Each kind stands under its English name, with the French one; a field that must\n"
	"be there is bold. Values are typed in either language; files are written in\n"
	"English. Every example is recorded by a test.\n\n"
	"Any event also takes `date`, `commune`, `lot`, `operator` (a role, never a name),\n"
	"`agreement` and `id`; one about a device takes its identifiers: `serial` with\n"
	"`maker`, `imei`, `uuid`, `label`, `asset_tag` with `scope`, ...\n";

static void page_kind(FILE *out, const struct kind *k)
{
	char accepted[WORDS_ROOM];
	fprintf(out, "\n## %s\n\n*%s*: %s, en français %s.%s\n\n", k->name, k->name_fr, k->label,
		k->label_fr, k->needs_device ? "" : " About a device or none.");
	fputs("| field | accepted |\n| --- | --- |\n", out);
	for (const struct field_rule *r = k->field; r->name; r++) {
		accepted_text(protobuf_c_message_descriptor_get_field_by_name(kind_body_type(k),
									      r->name),
			      r, false, accepted);
		fprintf(out, r->required ? "| **%s** | %s |\n" : "| %s | %s |\n", r->name, accepted);
	}
	if (example_of(k))
		fprintf(out, "\n    trac record %s %s\n", k->name, example_of(k));
}

static int print_page(struct context *c)
{
	fputs(page_head, c->out);
	for (unsigned i = 0; i < KIND_COUNT; i++)
		page_kind(c->out, kind_at(i));
	return 0;
}

int explain_kind(struct context *c, const char *topic, struct fault *f)
{
	if (!topic) {
		help_verb(c, &verb_record);
		fputc('\n', c->out);
		return print_kinds(c, f);
	}
	if (!strcmp(topic, "all"))
		return print_page(c);
	const struct kind *k = kind_by_name(topic);
	if (!k)
		return fault_set(f, FAULT_USAGE, "kind \"%.60s\" is unknown: trac record --help "
				 "lists them", topic);
	return c->json ? print_kind_json(c, k, f) : print_kind(c, k, f);
}
