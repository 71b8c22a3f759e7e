/* The waiting side of trac attach --fetch. */
#include "cli/attach_fetch.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/progress.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"

#define WAIT_SECONDS 60
#define WAIT_SECONDS_MAX 3600
#define ASK_MS 100

struct far {
	uint64_t size, held;
};

/* 1: it is here, 0: not yet, -1: it will not come. */
static int ask(struct client *c, const struct hash *h, const char *member, struct far *far,
	       struct fault *f)
{
	Trac__FetchRequest q = TRAC__FETCH_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	q.has_sha256 = true;
	q.sha256 = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)h->b };
	q.member = (char *)member;
	request.body_case = TRAC__REQUEST__BODY_FETCH;
	request.fetch = &q;
	Trac__Reply *r = client_ask(c, &request, f);
	if (!r)
		return -1;
	int rc = -1;
	if (!reply_refused(r, TRAC__REPLY__BODY_FETCH, f)) {
		*far = (struct far){ r->fetch->size_bytes, r->fetch->held };
		rc = far->size > 0 && far->held == far->size;
		if (r->fetch->refusal)
			rc = fault_copy(f, FAULT_REFUSED, r->fetch->refusal);
	}
	unpack_free(r);
	return rc;
}

static int refuse_late(const char *member, const struct far *far, long seconds, struct fault *f)
{
	return fault_set(f, FAULT_UNAVAILABLE, "%s did not send it within %ld s (%llu of %llu bytes "
			 "came): it is not linked to a hub that we are linked to, or is off: trac "
			 "peers; ask again when it is on", member, seconds,
			 (unsigned long long)far->held, (unsigned long long)far->size);
}

int attach_fetch(struct context *c, const struct hash *h, const char *member, const char *wait,
		 struct fault *f)
{
	struct far far = { 0, 0 };
	struct progress p;
	struct client client;
	char *end = NULL;
	long seconds = wait ? strtol(wait, &end, 10) : WAIT_SECONDS;
	if (wait && (*end || seconds < 1 || seconds > WAIT_SECONDS_MAX))
		return fault_set(f, FAULT_USAGE, "--wait is a number of seconds, 1 to %d",
				 WAIT_SECONDS_MAX);
	if (client_open(&client, c->home, f) < 0)
		return -1;
	int64_t until_ms = world_steady_ms() + seconds * 1000;
	progress_start(&p, _("fetching"), !c->quiet && !c->json);
	int rc = ask(&client, h, member, &far, f);
	while (rc == 0 && world_steady_ms() < until_ms) {
		poll(NULL, 0, ASK_MS);
		progress_update(&p, far.held, far.size, far.held);
		rc = ask(&client, h, member, &far, f);
	}
	progress_end(&p);
	client_close(&client);
	if (rc <= 0)
		return rc < 0 ? -1 : refuse_late(member, &far, seconds, f);
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:I}", "from", member, "size",
						    (json_int_t)far.size), f);
	if (!c->quiet)
		fprintf(c->out, _("the file is here: trac attach --get HASH FILE writes it\n"));
	return 0;
}
