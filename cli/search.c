/* trac search: identifiers by how they begin, or by what they look like. */
#include "cli/search.h"

#include <string.h>

#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/wire/bytes.h"
#include "proto/wire/limits.h"
#include "proto/wire/unpack.h"

Trac__Reply *search_ask(const char *home, const char *text, bool look_alikes, const char *after,
			struct fault *f)
{
	Trac__SearchRequest search = TRAC__SEARCH_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	search.text = (char *)text;
	search.after = (char *)after;
	search.has_look_alikes = true;
	search.look_alikes = look_alikes;
	request.body_case = TRAC__REQUEST__BODY_SEARCH;
	request.search = &search;
	return client_ask_once(home, &request, TRAC__REPLY__BODY_SEARCH, f);
}

static int print_json(struct context *c, const Trac__SearchReply *s, struct fault *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->n_value; i++)
		json_array_append_new(list, json_string(s->value[i]));
	return json_print(c->out, json_pack("{s:o, s:b}", "values", list, "more", (int)s->more), f);
}

static void print_text(struct context *c, const Trac__SearchReply *s)
{
	for (size_t i = 0; i < s->n_value; i++)
		fprintf(c->out, "%s\n", safe(s->value[i]));
	if (s->more && s->n_value > 0 && !c->quiet)
		fprintf(c->out, _("there are more: type more of it, or go on with --after %s\n"),
			safe(s->value[s->n_value - 1]));
}

static bool is_text(const char *text)
{
	return !text || (strlen(text) <= TEXT_MAX && text_is_clean(text, strlen(text)));
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *text = a->operand[0], *after = given(a, "after");
	bool like = given(a, "like");
	if (!is_text(text) || !is_text(after))
		return fault_set(f, FAULT_USAGE, "what is searched is text of at most %d bytes",
				 TEXT_MAX);
	Trac__Reply *r = search_ask(c->home, text, like, after, f);
	if (!r)
		return -1;
	int rc = 0;
	if (c->json)
		rc = print_json(c, r->search, f);
	else
		print_text(c, r->search);
	if (rc == 0 && r->search->n_value == 0)
		rc = fault_set(f, FAULT_ABSENT, like ? "no identifier held here looks like \"%s\""
			       : "no identifier held here begins with \"%s\": trac search --like "
			       "finds what may have been misread", text);
	unpack_free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "like", 'l', NULL, false, N_("what looks like it, not what begins with it") },
	{ "after", 0, "VALUE", false, N_("only what comes behind this one") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_search = {
	.name = "search", .operands = "TEXT",
	.summary = N_("find identifiers by how they begin or what they look like"),
	.manual = N_("Prints identifiers as they are kept, at most 100, in the order in which a tired eye\n"
		     "reads them: O is 0, I and L are 1, S is 5, B is 8, Z is 2. What looks alike is a\n"
		     "suggestion, never the same device: trac show says what each of them is."),
	.json = "{\"values\": [string], \"more\": bool}",
	.option = option, .least = 1, .most = 1, .run = run,
};
