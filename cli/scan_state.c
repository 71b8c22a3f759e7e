/* The questions of the bench conversation, one after the other. */
#include "cli/scan.h"

#include <stdio.h>
#include <string.h>

#include "cli/lang.h"
#include "proto/life/figure.h"

void scan_known_clear(struct scan_known *k)
{
	fields_clear(&k->ident);
	*k = (struct scan_known){ 0 };
}

void scan_start(struct scan *s)
{
	char department[4] = "";
	if (*s->commune)
		commune_department(s->commune, department);
	if (*department)
		scan_remember(s, "made_available.department", department);
	s->want = WANT_DEVICE;
}

/* What was answered of the present device is forgotten. */
void scan_drop_event(struct scan *s)
{
	fields_clear(&s->event);
	s->answers = s->step = 0;
}

void scan_drop_device(struct scan *s)
{
	scan_drop_event(s);
	scan_known_clear(&s->known);
	s->want = WANT_DEVICE;
}

void scan_clear(struct scan *s)
{
	scan_drop_device(s);
	for (unsigned i = 0; i < s->pending_count; i++)
		fields_clear(&s->pending[i]);
	s->pending_count = 0;
	fields_clear(&s->last);
}

static void say(struct buffer *out, const char *sentence)
{
	write_format(out, "%s\n", sentence);
}

/* The event is complete: it waits, or what is missing is asked for. */
void scan_finish(struct scan *s, const struct scan_now *now, struct buffer *out)
{
	struct fault f;
	switch (scan_end_event(s, now, &f)) {
	case EVENT_INCOMPLETE:
		write_format(out, "%s\n", f.text);
		s->want = WANT_MORE;
		return;
	case EVENT_REPEATED:
		say(out, _("The same was noted a moment ago: not noted twice."));
		break;
	case EVENT_WAITS:
		write_format(out, "  %s ", _("waits:"));
		scan_say_event(&s->pending[s->pending_count - 1], s->french, out);
		write_format(out, "\n");
		break;
	}
	scan_drop_device(s);
}

/* --- questions of a kind --- */

/* Must that question be asked, after what was answered so far? */
static bool is_asked(const struct scan *s, const struct scan_step *step)
{
	char name[64];
	if (!step->when)
		return true;
	size_t size = strcspn(step->when, "=");
	snprintf(name, sizeof name, "%.*s", (int)size, step->when);
	const char *value = fields_value(&s->event, name);
	if (!value || !step->when[size])
		return value != NULL;
	const ProtobufCFieldDescriptor *d = scan_field(s->kind, name);
	return word_value(d->descriptor, value) == word_value(d->descriptor, step->when + size + 1);
}

/* To the next question that has no answer yet, or to the end. */
void scan_advance(struct scan *s, const struct scan_now *now, struct buffer *out)
{
	struct scan_step step;
	for (; scan_step_at(s->kind, s->step, &step); s->step++) {
		bool tested = !strcmp(step.field, "failed") && fields_value(&s->event, "results");
		if (is_asked(s, &step) && !tested && !fields_value(&s->event, step.field)) {
			s->want = WANT_FIELD;
			return;
		}
	}
	scan_finish(s, now, out);
}

void scan_kind_begin(struct scan *s, const struct kind *k, const struct scan_now *now,
		       struct buffer *out)
{
	struct fault f;
	scan_drop_event(s);
	s->kind = k;
	if (fields_add(&s->event, "kind", k->name, &f) < 0
	    || !scan_fields_copy(&s->event, &s->known.ident)
	    || !scan_fields_copy(&s->event, s->always)) {
		say(out, _("No memory left: send what waits."));
		scan_drop_device(s);
		return;
	}
	scan_advance(s, now, out);
}

/* What was answered to that question last; "": nothing. */
static const char *last_line(const struct scan *s, const struct scan_step *step)
{
	const char *value = strcmp(step->field, "failed") ? scan_default(s, step)
		: fields_value(&s->last, "tested.failed");
	return value ? value : "";
}

/* All answers of the event before, for this device. */
void scan_kind_same(struct scan *s, const struct scan_now *now, struct buffer *out)
{
	struct scan_step step;
	const struct kind *k = s->last_kind;
	if (!k) {
		say(out, _("No event came before this one."));
		return;
	}
	scan_kind_begin(s, k, now, out);
	while (s->want == WANT_FIELD && scan_step_at(k, s->step, &step)) {
		unsigned before = s->event.count;
		const char *line = last_line(s, &step);
		struct fault f;
		if (scan_take(s, &step, line, !*line, &f) < 0) {
			scan_fields_cut(&s->event, before);
			return;      /* it is asked after all */
		}
		s->answer[s->answers++] = (struct scan_answer){ s->step++, before };
		scan_advance(s, now, out);
	}
}
