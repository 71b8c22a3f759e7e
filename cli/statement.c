/* Statements of the authority, sent to tracd. */
#include "cli/statement.h"

#include "cli/client.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"
#include "proto/life/check.h"
#include "proto/wire/unpack.h"

int statement_state(const char *home, const struct buffer *statement, struct fault *f)
{
	Trac__Statement *s = unpack(&trac__statement__descriptor,
				    (struct span){ statement->data, statement->used },
				    UNPACK_STRICT, f);
	if (!s)
		return -1;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATE;
	request.state = s;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_DONE, f);
	unpack_free(s);
	unpack_free(r);
	return r ? 0 : -1;
}

int statement_names_check(const struct member *m, struct fault *f)
{
	/* as scope and donor of an event, which name structures too */
	const char *why = m->title[0] ? text_refusal("scope", m->title) : NULL;
	if (why)
		return fault_set(f, FAULT_INPUT, "title \"%s\" %s", quote_text(m->title).text, why);
	why = m->structure[0] ? text_refusal("donor", m->structure) : NULL;
	if (why)
		return fault_set(f, FAULT_INPUT, "structure \"%s\" %s",
				 quote_text(m->structure).text, why);
	return 0;
}

int statement_deliver(struct context *c, const char *path, const struct buffer *note,
		      const char *command, struct fault *f)
{
	if (path && file_write(path, (struct span){ note->data, note->used }, 0644,
			       FILE_REPLACE, f) < 0)
		return -1;
	if (c->json)
		return json_print(c->out, json_pack("{s:o, s:s#}", "file", json_text(path), "note",
						    (const char *)note->data, (int)note->used), f);
	if (!path)
		fwrite(note->data, 1, note->used, c->out);
	else if (!c->quiet)
		fprintf(c->out, _("%s: written; the authority runs: %s %s\n"), path, command, path);
	return 0;
}
