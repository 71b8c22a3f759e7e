/* trac member request: the note that asks the authority to admit this node. */
#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"
#include "proto/log/request.h"

static int deliver(struct context *c, const char *path, const struct buffer *note,
		   struct fault *f)
{
	if (path && file_write(path, (struct span){ note->data, note->used }, 0644,
			       FILE_REPLACE, f) < 0)
		return -1;
	if (c->json) {
		return json_print(c->out, json_pack("{s:o, s:s#}", "file", json_text(path), "note",
						    (const char *)note->data, (int)note->used), f);
	}
	if (!path)
		fwrite(note->data, 1, note->used, c->out);
	else if (!c->quiet)
		fprintf(c->out, _("%s: written; the authority runs: trac member admit %s\n"), path,
			path);
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct home h;
	struct buffer note;
	if (home_read(c->home, &h, f) < 0)
		return -1;
	struct signer *s = home_signer(c->home, &h, f);
	if (!s)
		return -1;
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = request_write(&note, h.network, &h.self, s, f);
	if (rc == 0)
		rc = deliver(c, given(a, "output"), &note, f);
	buffer_clear(&note);
	signer_destroy(s);
	return rc;
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write it there instead of standard output") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_request = {
	.name = "member request", .operands = "",
	.summary = N_("write the request by which this node is admitted"),
	.manual = N_("Needs no daemon. The note is public: it holds no secret and may be mailed."),
	.json = "{\"file\": string or null, \"note\": string}",
	.option = option, .run = run,
};
