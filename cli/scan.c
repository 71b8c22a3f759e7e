/* trac scan: recording at the bench. The conversation is cli/scan.h; here it is held. */
#include "cli/scan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/home.h"
#include "cli/lang.h"
#include "cli/lines.h"
#include "cli/scan_device.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"

struct bench {
	struct context *c;
	struct scan scan;
	struct batch batch;
	struct fields always;
	char commune[COMMUNE_SIZE + 1];
	unsigned sent;              /* of the append in flight: acknowledged */
	struct buffer out;
};

static void flush(struct bench *b)
{
	fwrite(b->out.data, 1, b->out.used, b->c->out);
	fflush(b->c->out);
	buffer_reset(&b->out);
	b->out.failed = false;
}

static void count_sent(void *ctx, const uint8_t id[EVENT_ID_SIZE], uint64_t index, bool is_new)
{
	struct bench *b = ctx;
	(void)id;
	(void)index;
	(void)is_new;
	b->sent++;
}

/* Each has its id since it was made: what is sent twice is recorded once. */
static void send_pending(struct bench *b)
{
	struct fault f = { 0 };
	struct defaults d = { .commune = b->commune, .now_ms = world_now_ms() };
	int rc = 0;
	b->sent = 0;
	if (b->batch.client.fd < 0) {
		batch_close(&b->batch);
		rc = batch_open(&b->batch, b->c->home, &f);
		b->batch.tell = count_sent;
		b->batch.ctx = b;
	}
	/* dates are of seconds: the time of recording keeps the order of what was scanned */
	for (unsigned i = 0; rc == 0 && i < b->scan.pending_count; i++, d.now_ms++)
		rc = batch_add(&b->batch, &b->scan.pending[i], &d, i + 1, &f);
	if (rc == 0)
		rc = batch_send(&b->batch, &f);
	b->batch.count = 0;
	buffer_reset(&b->batch.bytes);
	scan_sent(&b->scan, b->sent, rc < 0 ? f.text : NULL, &b->out);
}

/* A node that cannot answer now does not stop the bench: it is told, and asked again. */
static void look(struct bench *b)
{
	struct scan_known known;
	struct fault f;
	if (scan_device_ask(b->c->home, b->scan.query, b->c->french, &known, &f) < 0) {
		write_format(&b->out, "%s\n", safe(f.text));
		return;
	}
	scan_looked(&b->scan, &known, &b->out);
}

/* Spaces around it are the scanner's. False when it is too long for a line of ours. */
static bool line_copy(const char *text, size_t size, char out[SCAN_LINE_MAX + 1])
{
	while (size && strchr(" \t\r", text[0]) && text[0]) {
		text++;
		size--;
	}
	while (size && strchr(" \t\r", text[size - 1]) && text[size - 1])
		size--;
	if (size > SCAN_LINE_MAX || !text_is_clean(text, size))
		return false;
	memcpy(out, text, size);
	out[size] = '\0';
	return true;
}

static enum scan_act take_line(struct bench *b, const char *text, size_t size)
{
	char line[SCAN_LINE_MAX + 1];
	struct scan_now now = { .ms = world_now_ms() };
	if (!line_copy(text, size, line)) {
		write_format(&b->out, _("That line is too long or holds control characters.\n"));
		return SCAN_ASK;
	}
	now.zone_minutes = world_zone(now.ms);
	world_event_id(now.ms, now.id);
	return scan_line(&b->scan, line, &now, &b->out);
}

/* A pipe that ends in the middle of an event must not look like success. */
static int check_end(const struct bench *b, struct fault *f)
{
	if (b->scan.want != WANT_FIELD && b->scan.want != WANT_MORE)
		return 0;
	return fault_set(f, FAULT_USAGE, "the lines ended in the middle of an event of %s: it was "
			 "not recorded, nor %u that waited", safe(b->scan.typed),
			 b->scan.pending_count);
}

static int talk(struct bench *b, struct fault *f)
{
	struct lines l;
	char *text;
	size_t size;
	int rc = lines_open(&l, STDIN_FILENO, f);
	while (rc == 0) {
		scan_prompt(&b->scan, &b->out);
		flush(b);
		int got = lines_next(&l, &text, &size, f);
		if (got <= 0) {
			rc = got < 0 ? -1 : check_end(b, f);
			break;
		}
		if (!isatty(STDIN_FILENO))
			write_format(&b->out, "\n");   /* the Enter that a terminal shows */
		enum scan_act act = take_line(b, text, size);
		if (act == SCAN_LOOKUP)
			look(b);
		else if (act == SCAN_SEND)
			send_pending(b);
		else if (act == SCAN_QUIT)
			break;
	}
	lines_close(&l);
	flush(b);
	return rc;
}

/* What stands in every event of this sitting. */
static int take_options(struct bench *b, const struct arguments *a, struct fault *f)
{
	static const char *const name[] = { "lot", "operator", "agreement", "commune" };
	for (unsigned i = 0; i < sizeof name / sizeof *name; i++) {
		const char *value = given(a, name[i]);
		if (value && fields_add(&b->always, name[i], value, f) < 0)
			return -1;
	}
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct bench *b = calloc(1, sizeof *b);
	if (!b)
		return fault_set(f, FAULT_IO, "no memory");
	b->c = c;
	buffer_init(&b->out, SCAN_TEXT_MAX);
	home_commune(c->home, b->commune);
	b->scan.french = c->french;
	b->scan.commune = b->commune;
	b->scan.member = b->batch.member;
	b->scan.always = &b->always;
	int rc = take_options(b, a, f);
	if (rc == 0)
		rc = batch_open(&b->batch, c->home, f);
	else
		b->batch.client.fd = -1;
	b->batch.tell = count_sent;
	b->batch.ctx = b;
	scan_start(&b->scan);
	if (rc == 0)
		rc = talk(b, f);
	if (rc == 0 && b->scan.pending_count)
		rc = fault_set(f, FAULT_USAGE, "the lines ended, and %u events that waited were not "
			       "sent: an empty line sends them", b->scan.pending_count);
	scan_clear(&b->scan);
	fields_clear(&b->always);
	batch_close(&b->batch);
	buffer_clear(&b->out);
	free(b);
	return rc;
}

static const struct option_row option[] = {
	{ "lot", 'l', "LOT", false, N_("of all that is recorded") },
	{ "operator", 'o', "ROLE", false, N_("a role, never a name") },
	{ "agreement", 0, "CODE", false, N_("the convention it falls under") },
	{ "commune", 0, "INSEE", false, N_("of the place, when it is not the node's") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_scan = {
	.name = "scan", .operands = "",
	.summary = N_("record at the bench, by keyboard and bar code scanner"),
	.manual = N_("Asks for an identifier, what happened, and the few fields that it needs; each\n"
		     "has a default, so that a scanner and Enter are enough. What is known of the device\n"
		     "is shown at once. Events wait, and an empty line sends them; what was acknowledged\n"
		     "is on disk. ? explains the rest. Reads lines, so that it may be fed by a pipe."),
	.option = option, .run = run,
};
