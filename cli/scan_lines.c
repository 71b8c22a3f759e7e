/* The lines of the bench conversation: one comes in, the next question follows. */
#include "cli/scan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lang.h"
#include "cli/text.h"
#include "proto/life/label.h"

static void say(struct buffer *out, const char *sentence)
{
	write_format(out, "%s\n", sentence);
}

/* FIELD=VALUE of the envelope or of the kind, beside the question. */
static bool take_named(struct scan *s, const char *line, struct buffer *out)
{
	static const char *const envelope[] = { "lot", "date", "operator", "agreement", "commune" };
	char name[64];
	const char *equals = strchr(line, '=');
	struct fault f;
	if (!equals || equals == line || (size_t)(equals - line) >= sizeof name)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)(equals - line), line);
	bool known = scan_field(s->kind, name) != NULL
		     || word_value(&trac__identifier_kind__descriptor, name) > 0;
	for (unsigned i = 0; i < sizeof envelope / sizeof *envelope; i++)
		known |= !strcmp(name, envelope[i]);
	if (!known)
		return false;
	if (scan_check(&s->event, name, equals + 1, &f) < 0
	    || fields_add(&s->event, name, equals + 1, &f) < 0)
		write_format(out, "%s\n", f.text);
	return true;
}

/* Is the line the present device once more? Scanners fire twice. */
static bool is_same_device(const struct scan *s, const char *line)
{
	char value[TEXT_MAX + 1];
	if (strlen(line) > TEXT_MAX)
		return false;
	ident_query(line, value);
	return *value && !strcmp(value, s->query);
}

static void step_back(struct scan *s, const struct scan_now *now, struct buffer *out)
{
	if (s->want == WANT_KIND || s->want == WANT_OWNER) {
		scan_drop_device(s);
	} else if (s->answers) {
		const struct scan_answer *a = &s->answer[--s->answers];
		scan_fields_cut(&s->event, a->fields);
		s->step = a->step;
		scan_advance(s, now, out);
	} else {
		scan_drop_event(s);
		s->want = WANT_KIND;
	}
}

static void line_field(struct scan *s, const char *line, enum scan_command command,
		       const struct scan_now *now, struct buffer *out)
{
	struct scan_step step;
	struct fault f;
	if (is_same_device(s, line) && strcmp(line, s->known.medium)) {
		say(out, _("The same device once more: it waits for an answer."));
		return;
	}
	if (take_named(s, line, out))
		return;
	bool there = scan_step_at(s->kind, s->step, &step);
	assert(there && s->answers < sizeof s->answer / sizeof *s->answer);
	unsigned before = s->event.count;
	bool skip = command == COMMAND_SKIP;
	if (scan_take(s, &step, skip ? "" : line, skip, &f) < 0) {
		scan_fields_cut(&s->event, before);
		write_format(out, "%s\n", f.text);
		return;
	}
	s->answer[s->answers++] = (struct scan_answer){ s->step++, before };
	scan_advance(s, now, out);
}

static void line_more(struct scan *s, const char *line, const struct scan_now *now,
		      struct buffer *out)
{
	if (*line && !take_named(s, line, out))
		write_format(out, _("\"%s\" is not FIELD=VALUE.\n"), safe(line));
	else
		scan_finish(s, now, out);
}

static void line_kind(struct scan *s, const char *line, enum scan_command command,
		      const struct scan_now *now, struct buffer *out)
{
	char *end;
	const struct kind *k = *line ? scan_kind_named(line) : s->kind;
	long number = strtol(line, &end, 10);
	if (command == COMMAND_MORE) {
		scan_say_kinds(true, s->french, out);
		return;
	}
	if (command == COMMAND_SAME) {
		scan_kind_same(s, now, out);
		return;
	}
	if (*line && !*end && number > 0 && number < KIND_COUNT)
		k = scan_kind_at((unsigned)number - 1);
	if (k)
		scan_kind_begin(s, k, now, out);
	else if (is_same_device(s, line))
		say(out, _("The same device once more: it waits for an answer."));
	else
		write_format(out, _("\"%s\" is no kind: a number, its name, or 0 for all.\n"),
			     safe(line));
}

/* --- the device --- */

static bool is_uuid(const char *value)
{
	return strlen(value) == 32 && strspn(value, "0123456789ABCDEF") == 32;
}

/* What kind of identifier a new one is, by its form. */
static const char *guess_kind(const struct scan *s)
{
	char label[LABEL_SIZE + 1];
	if (*s->typed_kind)
		return s->typed_kind;
	if (label_read(s->query, label))
		return "label";
	if (luhn_is_valid(s->query))
		return "imei";
	return is_uuid(s->query) ? "uuid" : "serial";
}

/* K7QX-3M9T-C: printed as our labels are, and yet none. */
static bool is_label_mistyped(const char *typed)
{
	char label[LABEL_SIZE + 1];
	return strlen(typed) == LABEL_SHOWN_SIZE && typed[4] == '-' && typed[9] == '-'
	       && !label_read(typed, label);
}

static enum scan_act line_identifier(struct scan *s, const char *line, struct buffer *out)
{
	const char *equals = strchr(line, '=');
	s->typed_kind[0] = '\0';
	if (equals && equals > line && (size_t)(equals - line) < sizeof s->typed_kind) {
		snprintf(s->typed_kind, sizeof s->typed_kind, "%.*s", (int)(equals - line), line);
		if (word_value(&trac__identifier_kind__descriptor, s->typed_kind) > 0)
			line = equals + 1;
		else
			s->typed_kind[0] = '\0';
	}
	if (strlen(line) > TEXT_MAX) {
		say(out, _("That is too long for an identifier."));
		return SCAN_ASK;
	}
	if (label_typed(line, s->typed) == TYPED_WRONG || is_label_mistyped(s->typed)) {
		say(out, _("The check character does not agree: read it again."));
		return SCAN_ASK;
	}
	ident_query(s->typed, s->query);
	if (!*s->query) {
		say(out, _("That is no identifier."));
		return SCAN_ASK;
	}
	if (s->pending_count == SCAN_PENDING_MAX) {
		say(out, _("Too many events wait: Enter sends them."));
		return SCAN_ASK;
	}
	return SCAN_LOOKUP;
}

static enum scan_act line_device(struct scan *s, const char *line, enum scan_command command,
				 struct buffer *out)
{
	switch (command) {
	case COMMAND_UNDO:
		if (!s->pending_count) {
			say(out, _("Nothing waits."));
			return SCAN_ASK;
		}
		write_format(out, "  %s ", _("taken back:"));
		scan_say_event(&s->pending[--s->pending_count], s->french, out);
		write_format(out, "\n");
		fields_clear(&s->pending[s->pending_count]);
		memset(s->recent, 0, sizeof s->recent);   /* it may be noted again at once */
		return SCAN_ASK;
	case COMMAND_QUIT:
		if (!s->pending_count)
			return SCAN_QUIT;
		scan_say_pending(s, out);
		say(out, _("These were not sent: Enter sends them, < takes the last one back."));
		return SCAN_ASK;
	case COMMAND_SEND:
		return s->pending_count ? SCAN_SEND : SCAN_ASK;
	case COMMAND_SAME:
	case COMMAND_SKIP:
	case COMMAND_MORE:
		say(out, _("First an identifier."));
		return SCAN_ASK;
	case COMMAND_NONE:
	case COMMAND_LIST:
	case COMMAND_HELP:
		break;
	}
	if (!*line)
		return s->pending_count ? SCAN_SEND : SCAN_ASK;
	return line_identifier(s, line, out);
}

static void ask_kind(struct scan *s)
{
	const struct kind *k = scan_kind_after(s->known.state);
	bool repeats = s->last_kind && s->known.last_tag == s->last_kind->tag;
	s->kind = s->last_kind && !repeats ? s->last_kind : k;
	s->want = WANT_KIND;
}

/* The maker of a serial, the structure of an inventory number. */
static void line_owner(struct scan *s, const char *line, bool skip)
{
	const char *by = fields_value(&s->last, s->owner);
	struct fault f;
	if (!*line && by)
		line = by;
	if (*line && !skip) {
		fields_add(&s->known.ident, s->owner, line, &f);
		scan_remember(s, s->owner, line);
	}
	ask_kind(s);
}

/* A device that nobody has recorded: what was scanned is all that names it. */
static void name_new(struct scan *s)
{
	const char *kind = guess_kind(s);
	struct fault f;
	fields_add(&s->known.ident, kind, s->typed, &f);
	s->owner = NULL;
	if (!strcmp(kind, "label"))
		fields_add(&s->known.ident, "scope", s->member, &f);
	else if (!strcmp(kind, "serial"))
		s->owner = "maker";
	else if (!strcmp(kind, "asset_tag"))
		s->owner = "scope";
	if (s->owner)
		s->want = WANT_OWNER;
	else
		ask_kind(s);
}

/* Is the device named by an event that waits? Then that is what is known of it. */
static bool known_from_pending(struct scan *s)
{
	char value[TEXT_MAX + 1];
	struct fault f;
	for (unsigned i = s->pending_count; i-- > 0;) {
		const struct fields *l = &s->pending[i];
		bool found = false;
		for (unsigned k = 0; k < l->count && !found; k++) {
			if (word_value(&trac__identifier_kind__descriptor, l->at[k].name) <= 0)
				continue;
			ident_query(l->at[k].value, value);
			found = !strcmp(value, s->query);
		}
		if (!found)
			continue;
		const struct kind *kind = kind_by_name(fields_value(l, "kind"));
		const char *type = fields_value(l, "device_type");
		s->known.last_tag = kind->tag;
		if (type)
			s->known.type = (Trac__DeviceType)word_value(
				&trac__device_type__descriptor, type);
		for (unsigned k = 0; k < l->count && !s->known.candidates; k++) {
			const char *name = l->at[k].name;
			if (word_value(&trac__identifier_kind__descriptor, name) > 0
			    || !strcmp(name, "maker") || !strcmp(name, "scope"))
				fields_add(&s->known.ident, name, l->at[k].value, &f);
		}
		return true;
	}
	return false;
}

void scan_looked(struct scan *s, struct scan_known *known, struct buffer *out)
{
	scan_known_clear(&s->known);
	s->known = *known;
	*known = (struct scan_known){ 0 };
	write_format(out, "%s", s->known.summary);
	if (s->known.candidates > 1) {
		say(out, _("More than one device answers to it: give another identifier."));
		scan_drop_device(s);
		return;
	}
	if (s->known.is_part) {
		say(out, _("It is a part, of the device above: scan the device."));
		scan_drop_device(s);
		return;
	}
	bool waits = known_from_pending(s);
	if (waits)
		say(out, _("An event of it waits already."));
	if (s->known.candidates || waits)
		ask_kind(s);
	else
		name_new(s);
}

void scan_sent(struct scan *s, unsigned count, const char *why, struct buffer *out)
{
	assert(count <= s->pending_count);
	for (unsigned i = 0; i < count; i++)
		fields_clear(&s->pending[i]);
	s->pending_count -= count;
	memmove(s->pending, s->pending + count, s->pending_count * sizeof *s->pending);
	s->recorded += count;
	write_format(out, dngettext("trac", "recorded, on disk: %u event\n",
				    "recorded, on disk: %u events\n", count), count);
	if (!why)
		return;
	write_format(out, "%s\n", why);
	scan_say_pending(s, out);
}

enum scan_act scan_line(struct scan *s, const char *line, const struct scan_now *now,
			struct buffer *out)
{
	const enum scan_command command = scan_command(line);
	if (command == COMMAND_HELP || command == COMMAND_LIST) {
		if (command == COMMAND_HELP)
			scan_say_help(out);
		else
			scan_say_pending(s, out);
		return SCAN_ASK;
	}
	if (s->want == WANT_DEVICE)
		return line_device(s, line, command, out);
	if (command == COMMAND_UNDO)
		step_back(s, now, out);
	else if (command == COMMAND_QUIT)
		scan_drop_device(s);
	else if (s->want == WANT_OWNER)
		line_owner(s, line, command == COMMAND_SKIP);
	else if (s->want == WANT_KIND)
		line_kind(s, line, command, now, out);
	else if (s->want == WANT_FIELD)
		line_field(s, line, command, now, out);
	else
		line_more(s, line, now, out);
	return SCAN_ASK;
}
