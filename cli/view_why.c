/* Why what is shown as one device is held to be one. */
#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/name.h"
#include "cli/text.h"
#include "cli/view.h"

static const char *how_name(enum evidence_how how)
{
	static const char *const name[] = {
		[BY_ENTRY] = "entry", [BY_LINK] = "link", [BY_BARE_SERIAL] = "bare_serial",
		[BY_MEDIUM_PAIR] = "medium_pair", [BY_ANNOUNCEMENT] = "announcement",
	};
	return name[how];
}

static const char *how_text(enum evidence_how how)
{
	switch (how) {
	case BY_ENTRY:
		return _("named together");
	case BY_LINK:
		return _("linked by hand");
	case BY_BARE_SERIAL:
		return _("a serial that only one maker has");
	case BY_MEDIUM_PAIR:
		return _("two weaker identifiers agree");
	case BY_ANNOUNCEMENT:
		return _("announced, and received in the same lot");
	}
	return "?";
}

void view_why_print(const struct view *v, const struct life *l, bool french, FILE *out)
{
	char name[2][NAME_TEXT];
	for (unsigned i = 0; i < l->evidence_count; i++) {
		const struct evidence *e = &l->evidence[i];
		fprintf(out, "%s%s = %s: %s", _("why one device: "),
			ident_text(&l->ident[e->a], french, name[0]),
			ident_text(&l->ident[e->b], french, name[1]), how_text(e->how));
		if (e->at) {
			char reference[REFERENCE_MAX];
			fprintf(out, " (%s)", safe(bundle_reference(v->entry[e->at - v->input],
								    reference)));
		}
		fputc('\n', out);
	}
}

json_t *view_why_json(const struct view *v, const struct life *l)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < l->evidence_count; i++) {
		const struct evidence *e = &l->evidence[i];
		json_array_append_new(list, json_pack(
			"{s:o, s:o, s:s, s:o}", "a", ident_json(&l->ident[e->a]), "b",
			ident_json(&l->ident[e->b]), "how", how_name(e->how), "reference",
			e->at ? entry_json(v->entry[e->at - v->input]) : json_null()));
	}
	return list;
}
