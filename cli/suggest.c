/* Suggestions. */
#include "cli/suggest.h"

#include <string.h>

#include "cli/lang.h"
#include "cli/search.h"
#include "cli/text.h"
#include "proto/wire/bytes.h"
#include "proto/wire/unpack.h"

/* A screen's worth; trac search lists all. */
#define SUGGESTED_MAX 10

/* NULL: none. */
static Trac__Reply *ask(struct context *c, const char *query, bool look_alikes)
{
	struct fault ignored;
	Trac__Reply *r = search_ask(c->home, query, look_alikes, NULL, &ignored);
	if (r && r->search->n_value == 0) {
		unpack_free(r);
		r = NULL;
	}
	return r;
}

static void list_write(const Trac__SearchReply *s, struct buffer *out)
{
	for (size_t i = 0; i < s->n_value && i < SUGGESTED_MAX; i++)
		write_format(out, "%s%s", i ? ", " : "", safe(s->value[i]));
	if (s->more || s->n_value > SUGGESTED_MAX)
		write_format(out, ", ...");
	write_u8(out, '\0');
}

void suggest_print(struct context *c, const char *query)
{
	for (int look_alikes = 1; look_alikes >= 0; look_alikes--) {
		Trac__Reply *r = ask(c, query, look_alikes);
		struct buffer list;
		if (!r)
			continue;
		buffer_init(&list, (SUGGESTED_MAX + 1) * 256);
		list_write(r->search, &list);
		fprintf(c->out, look_alikes ? _("did you mean, which looks alike: %s\n")
			: _("what begins so: %s\n"), list.failed ? "..." : (char *)list.data);
		buffer_clear(&list);
		unpack_free(r);
	}
}

void suggest_json(struct context *c, const char *query, json_t *to)
{
	static const char *const name[] = { "begin_so", "look_alikes" };
	for (int look_alikes = 1; to && look_alikes >= 0; look_alikes--) {
		Trac__Reply *r = ask(c, query, look_alikes);
		json_t *list = json_array();
		for (size_t i = 0; r && i < r->search->n_value; i++)
			json_array_append_new(list, json_string(r->search->value[i]));
		json_object_set_new(to, name[look_alikes], list);
		unpack_free(r);
	}
}
