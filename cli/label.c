/* trac label: what to stick on a device. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/qr.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/life/ident.h"
#include "proto/life/label.h"

/* Large enough for the cameras of telephones, small enough for a telephone's back. */
#define SIDE_MM 30
#define SVG_BYTES_MAX (1024 * 1024)

/* What our codes begin with, so that a scanner's text is told from other codes. */
#define CODE_PREFIX "TRAC:"

struct label {
	char value[TEXT_MAX + 1];      /* what is searched for */
	char shown[TEXT_MAX + 4];      /* what a person types, with its check character */
	char code[TEXT_MAX + sizeof CODE_PREFIX];   /* what a scanner sends */
	char check;
};

static void label_new(struct label *l)
{
	uint64_t random;
	char label[LABEL_SIZE + 1];
	do {
		world_random(&random, sizeof random);
	} while (!label_make(random, label));
	memcpy(l->value, label, sizeof label);
	label_show(label, l->shown);
	l->check = label[LABEL_SIZE - 1];
}

/* Of an identifier that the device has: a label of ours as it is, else the value and its
 * check character. */
static int label_of(struct label *l, const char *typed, struct fault *f)
{
	char bare[TEXT_MAX + 1], label[LABEL_SIZE + 1];
	if (strlen(typed) > TEXT_MAX || !text_is_clean(typed, strlen(typed)))
		return fault_set(f, FAULT_USAGE, "an identifier is text of at most %d bytes",
				 TEXT_MAX);
	if (label_typed(typed, bare) == TYPED_WRONG)
		return fault_set(f, FAULT_INPUT, "the check character of %s does not agree with it: "
				 "read it again", typed);
	ident_query(bare, l->value);
	if (!*l->value)
		return fault_set(f, FAULT_USAGE, "\"%s\" holds no identifier", typed);
	l->check = label_check(l->value);
	snprintf(l->shown, sizeof l->shown, "%s/%c", l->value, l->check);
	if (label_read(l->value, label)) {
		label_show(label, l->shown);
		l->check = label[LABEL_SIZE - 1];
	}
	return 0;
}

/* Does the terminal show UTF-8? trac itself writes it always. */
static bool is_utf8(void)
{
	static const char *const name[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	for (unsigned i = 0; i < sizeof name / sizeof *name; i++) {
		const char *value = getenv(name[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static enum qr_style style_of(const struct context *c, const struct arguments *a)
{
	if (given(a, "ascii") || !is_utf8())
		return QR_ASCII;
	return isatty(fileno(c->out)) ? QR_COLOUR : QR_BLOCKS;
}

static int write_svg(const char *path, const struct qr *q, const struct label *l, struct fault *f)
{
	struct buffer svg;
	buffer_init(&svg, SVG_BYTES_MAX);
	qr_svg(q, SIDE_MM, l->shown, &svg);
	int rc = svg.failed ? fault_set(f, FAULT_IO, "no memory for a label")
		: file_write(path, (struct span){ svg.data, svg.used }, 0644, FILE_REPLACE, f);
	buffer_clear(&svg);
	return rc;
}

static int print(struct context *c, const struct arguments *a, const struct qr *q,
		 const struct label *l, bool is_new, struct fault *f)
{
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:s, s:s, s:s%, s:b}", "value", l->value,
						    "shown", l->shown, "code", l->code, "check",
						    &l->check, (size_t)1, "new", (int)is_new), f);
	if (!given(a, "svg"))
		qr_print(q, style_of(c, a), c->out);
	fprintf(c->out, "%s\n", safe(l->shown));
	if (is_new && !c->quiet)
		fprintf(c->out, "%s\n", _("A new label: stick it on, then scan it (trac scan), or "
					  "record with label= and scope= your member name."));
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct label l = { .check = 0 };
	struct qr q;
	const char *word = a->operand[0], *svg = given(a, "svg");
	bool is_new = !strcmp(word, "new"), as_is = given(a, "as-is") != NULL;
	if (is_new)
		label_new(&l);
	else if (label_of(&l, word, f) < 0)
		return -1;
	snprintf(l.code, sizeof l.code, "%s%s", as_is ? "" : CODE_PREFIX,
		 as_is ? word : l.value);
	if (as_is)
		snprintf(l.shown, sizeof l.shown, "%s", word);
	if (qr_make(&q, l.code, f) < 0)
		return -1;
	int rc = svg ? write_svg(svg, &q, &l, f) : 0;
	if (rc == 0)
		rc = print(c, a, &q, &l, is_new, f);
	qr_clear(&q);
	return rc;
}

static const struct option_row option[] = {
	{ "svg", 's', "FILE", false, N_("write it as a picture instead (SVG, 30 mm wide)") },
	{ "ascii", 0, NULL, false, N_("## instead of blocks, for terminals without UTF-8") },
	{ "as-is", 0, NULL, false, N_("a code of the word itself: TRAC-UNDO and other commands of "
				      "trac scan") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_label = {
	.name = "label", .operands = "IDENT | new",
	.summary = N_("print a QR code and a short id for a device"),
	.manual = N_("IDENT: what the device has already, a serial or IMEI; \"new\" draws a label for one\n"
		     "that has none. The code is read by trac scan, and trac show takes what a scanner\n"
		     "makes of it. The character behind the last - or / is a check: trac scan refuses\n"
		     "what was mistyped. Needs no daemon."),
	.json = "{\"value\", \"shown\", \"code\", \"check\", \"new\": bool}",
	.option = option, .least = 1, .most = 1, .run = run,
};
