/* A device in a few lines, and as the bench needs it. */
#include "cli/scan_device.h"

#include <stdio.h>
#include <string.h>

#include "cli/body.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "proto/life/watch.h"

/* The last line that counts; NULL: none does. */
static const struct life_line *last_line(const struct life *l)
{
	for (unsigned i = l->line_count; i-- > 0;) {
		if (!(l->line[i].notes & (NOTE_CORRECTED | NOTE_INVALID | NOTE_REPEATED)))
			return &l->line[i];
	}
	return NULL;
}

static void say_last(const struct life_line *line, bool french, struct buffer *out)
{
	const Trac__Event *e = line->input->event;
	char when[TIME_TEXT];
	write_format(out, _("  last: %s, %s, "), time_text(e->time_ms, e->zone_minutes, french, when),
		     safe(line->input->author));
	body_words(e, french, out);
	write_format(out, "\n");
}

static void say_life(const struct looked *k, unsigned at, bool french, struct buffer *out)
{
	const struct life *l = &k->view.lives.life[at];
	const char *type = word_label(&trac__device_type__descriptor, l->type, french);
	const struct life_line *last = last_line(l);
	write_format(out, "  ");
	life_name(l, french, out);
	write_format(out, _(": %s; %s; data: %s; held by: %s\n"), type ? type : "?",
		     life_state_label(l->state, french), data_state_label(l->data, french),
		     *l->holder ? safe(l->holder) : _("nobody known"));
	if (last)
		say_last(last, french, out);
	for (unsigned i = 0; i < k->view.parts.alarm_count; i++) {
		const struct alarm *a = &k->view.parts.alarm[i];
		if (a->device == (int)at && !a->healed)
			write_format(out, _("  ALARM: %s %s\n"), alarm_label(a->kind, french),
				     safe(a->medium.value));
	}
}

static const char *serial_as_read(const Trac__Medium *m, const struct ident *wanted)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	struct ident is;
	if (!m->serial)
		return NULL;
	i.has_kind = true;
	i.kind = TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL;
	i.value = m->serial;
	ident_normalise(&i, &is);
	return strcmp(is.value, wanted->value) ? NULL : m->serial;
}

/* The disk's serial as somebody read it, not as it is compared. */
static const char *medium_serial(const struct life *l, const struct ident *wanted)
{
	for (unsigned i = l->line_count; i-- > 0;) {
		const Trac__Event *e = l->line[i].input->event;
		const char *read = NULL;
		if (e->body_case == TRAC__EVENT__BODY_UPGRADED && e->upgraded->medium)
			read = serial_as_read(e->upgraded->medium, wanted);
		if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED && e->data_erased->medium)
			read = serial_as_read(e->data_erased->medium, wanted);
		if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED) {
			for (size_t k = 0; k < e->identified->n_medium && !read; k++)
				read = serial_as_read(e->identified->medium[k], wanted);
		}
		if (read)
			return read;
	}
	return wanted->value;
}

/* The only disk that is in the device now. */
static void find_medium(const struct looked *k, int device, struct scan_known *known)
{
	const struct parts *p = &k->view.parts;
	unsigned found = 0;
	for (unsigned i = 0; i < p->count; i++) {
		const struct part_life *part = &p->part[i];
		if (!part->stay_count)
			continue;
		const struct stay *last = &part->stay[part->stay_count - 1];
		if (last->device != device || last->to
		    || part->ident.kind == TRAC__IDENTIFIER_KIND__PART_SERIAL)
			continue;
		found++;
		snprintf(known->medium, sizeof known->medium, "%s",
			 medium_serial(&k->view.lives.life[device], &part->ident));
		known->medium_type = part->medium_type;
	}
	if (found != 1)
		known->medium[0] = '\0';
}

static int take_life(const struct looked *k, unsigned at, struct scan_known *known,
		     struct fault *f)
{
	const struct life *l = &k->view.lives.life[at];
	const struct life_line *last = last_line(l);
	bool refused;
	known->type = l->type;
	known->state = l->state;
	known->last_tag = last ? last->input->event->body_case : 0;
	find_medium(k, (int)at, known);
	const struct life_line *shipment = life_limbo(l, &refused);
	if (shipment && shipment->input->event->id.len == EVENT_ID_SIZE)
		hex_write(known->shipment, shipment->input->event->id.data, EVENT_ID_SIZE);
	return life_fields(l, &known->ident, f);
}

/* Is it the serial of a disk, a battery, a memory module? */
static bool is_part(const struct parts *p, const char *value)
{
	for (unsigned i = 0; i < p->count; i++) {
		if (!strcmp(p->part[i].ident.value, value))
			return true;
	}
	return false;
}

int scan_device_tell(const struct looked *k, const char *query, bool french,
		     struct scan_known *known, struct fault *f)
{
	const struct lives *lives = &k->view.lives;
	struct buffer text;
	int rc = 0;
	*known = (struct scan_known){ 0 };
	buffer_init(&text, sizeof known->summary - 1);
	for (unsigned i = 0; i < lives->count && rc == 0; i++) {
		if (!life_bears(&lives->life[i], query))
			continue;
		say_life(k, i, french, &text);
		if (known->candidates++ == 0)
			rc = take_life(k, i, known, f);
	}
	known->is_part = !known->candidates && is_part(&k->view.parts, query);
	for (unsigned i = 0; known->is_part && i < lives->count; i++) {
		if (k->view.asked[i])
			say_life(k, i, french, &text);
	}
	if (text.used)
		memcpy(known->summary, text.data, text.used);
	/* the last line that fitted is whole */
	char *end = strrchr(known->summary, '\n');
	if (end)
		end[1] = '\0';
	buffer_clear(&text);
	if (rc < 0)
		scan_known_clear(known);
	return rc;
}

int scan_device_ask(const char *home, const char *query, bool french, struct scan_known *known,
		    struct fault *f)
{
	struct looked k;
	*known = (struct scan_known){ 0 };
	int rc = looked_ask(&k, home, query, TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE, f);
	if (rc == 0)
		rc = scan_device_tell(&k, query, french, known, f);
	looked_clear(&k);
	return rc;
}
