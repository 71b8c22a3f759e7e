/* An event on a whole lot, with exceptions. */
#include "cli/lot_record.h"

#include <stdlib.h>
#include <string.h>

#include "cli/batch.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/looked.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/life/reflect.h"
#include "proto/life/watch.h"
#include "proto/log/tree.h"

struct lot_job {
	struct context *c;
	const char *lot, *kind;
	const struct arguments *a;
	struct looked looked;
	struct batch batch;
	char commune[COMMUNE_SIZE + 1];
	char day[11];              /* of now, here: part of the ids */
	const char **why;          /* owned list: of each life; NULL: it is recorded */
	unsigned taken, left;
	json_t *events, *left_out;
};

/* Lots are compared as they are looked up: whatever the case, without outer spaces. */
static bool lot_is(const char *given_lot, const char *lot)
{
	char bare[TEXT_MAX + 1];
	if (!given_lot || strlen(given_lot) > TEXT_MAX)
		return false;
	while (*given_lot == ' ')
		given_lot++;
	size_t size = strlen(given_lot);
	while (size && given_lot[size - 1] == ' ')
		size--;
	snprintf(bare, sizeof bare, "%.*s", (int)size, given_lot);
	return word_is(bare, lot);
}

static bool is_of_lot(const struct life *l, const char *lot)
{
	for (unsigned i = 0; i < l->line_count; i++) {
		if (!(l->line[i].notes & (NOTE_CORRECTED | NOTE_INVALID))
		    && lot_is(l->line[i].input->event->lot, lot))
			return true;
	}
	return false;
}

/* What a device that has left the workshop may still be told to have gone through. */
static bool is_for_gone(const char *kind)
{
	const struct kind *k = kind_by_name(kind);
	return k && (k->tag == TRAC__EVENT__BODY_RETURNED
		     || k->tag == TRAC__EVENT__BODY_WEEE_HANDED_OVER
		     || k->tag == TRAC__EVENT__BODY_TRAINING_GIVEN
		     || k->tag == TRAC__EVENT__BODY_COST_RECORDED);
}

static bool is_reception(const char *kind)
{
	const struct kind *k = kind_by_name(kind);
	return k && k->tag == TRAC__EVENT__BODY_TRANSFER_RECEIVED;
}

static bool is_gone(enum life_state s)
{
	return s == STATE_DISTRIBUTED || s == STATE_REFUSED || s == STATE_DISMANTLED
	       || s == STATE_WEEE || s == STATE_LOST;
}

static bool is_excepted(const struct lot_job *j, const struct life *l, bool *used)
{
	char value[TEXT_MAX + 1];
	const char *text;
	bool found = false;
	for (unsigned i = 0; (text = given_at(j->a, "except", i)); i++) {
		ident_query(text, value);
		if (!life_bears(l, value))
			continue;
		used[i] = true;
		found = true;
	}
	return found;
}

/* Why a device of the lot is left out; NULL: it is not. */
static const char *reason(const struct lot_job *j, const struct life *l, bool *used)
{
	bool refused;
	if (is_excepted(j, l, used))
		return N_("excepted");
	if (life_ident(l) < 0)
		return N_("has no identifier of its own");
	if (l->state == STATE_ANNOUNCED || l->state == STATE_UNKNOWN)
		return N_("has not arrived");
	if (is_gone(l->state) && !is_for_gone(j->kind))
		return N_("has left, or has ended");
	if (is_reception(j->kind))
		return life_limbo(l, &refused) ? NULL : N_("was not sent by anybody");
	if (l->state == STATE_IN_TRANSFER)
		return N_("is on its way");
	if (*l->holder && strcmp(l->holder, j->batch.member) && !is_for_gone(j->kind))
		return N_("is at another workshop");
	return NULL;
}

static const char not_of_lot[] = "";

static int choose(struct lot_job *j, struct fault *f)
{
	const struct lives *lives = &j->looked.view.lives;
	bool used[GIVEN_MAX] = { false };
	j->why = calloc(lives->count + 1, sizeof *j->why);
	if (!j->why)
		return fault_set(f, FAULT_IO, "no memory for %u devices", lives->count);
	for (unsigned i = 0; i < lives->count; i++) {
		j->why[i] = not_of_lot;
		if (!is_of_lot(&lives->life[i], j->lot))
			continue;
		j->why[i] = reason(j, &lives->life[i], used);
		j->taken += !j->why[i];
		j->left += j->why[i] != NULL;
	}
	const char *text;
	for (unsigned i = 0; (text = given_at(j->a, "except", i)); i++) {
		if (!used[i])
			return fault_set(f, FAULT_INPUT, "--except %s: no device of lot %s bears it: "
					 "nothing was recorded", text, j->lot);
	}
	if (j->looked.view.bundle.message->cut)
		return fault_set(f, FAULT_LIMIT, "lot %s has more events than one answer holds: "
				 "nothing was recorded; divide it", j->lot);
	if (!j->taken && !j->left)
		return fault_set(f, FAULT_ABSENT, "no device held here is of lot %s: trac lot lists "
				 "what was announced", j->lot);
	return 0;
}

/* The id of the event: of what it says, so that saying it again today changes nothing. */
static void make_id(const struct lot_job *j, const struct fields *l, uint8_t id[EVENT_ID_SIZE])
{
	struct buffer text;
	struct hash h;
	buffer_init(&text, ENTRY_SIZE_MAX * 4);
	write_text(&text, "tracd event of a lot v1");
	write_text(&text, j->batch.member);
	write_text(&text, j->day);
	for (unsigned i = 0; i < l->count; i++) {
		write_text(&text, l->at[i].name);
		write_text(&text, l->at[i].value);
	}
	hash_bytes(text.data, text.used, &h);
	memcpy(id, h.b, EVENT_ID_SIZE);
	buffer_clear(&text);
}

/* Each device came by a shipment of its own. */
static int cite_shipment(const struct life *l, struct fields *out, struct fault *f)
{
	char hex[2 * EVENT_ID_SIZE + 1];
	bool refused;
	const struct life_line *sent = life_limbo(l, &refused);
	if (!sent || sent->input->event->id.len != EVENT_ID_SIZE || fields_value(out, "shipment"))
		return 0;
	hex_write(hex, sent->input->event->id.data, EVENT_ID_SIZE);
	return fields_add(out, "shipment", hex, f);
}

static int make_fields(const struct lot_job *j, const struct life *l, struct fields *out,
		       struct fault *f)
{
	if (fields_add(out, "kind", j->kind, f) < 0 || life_fields(l, out, f) < 0)
		return -1;
	for (int i = 0; i < j->a->count; i++) {
		char name[64];
		const char *word = j->a->operand[i], *equals = strchr(word, '=');
		if (!equals || equals == word || (size_t)(equals - word) >= sizeof name)
			return fault_set(f, FAULT_USAGE, "\"%s\" is not FIELD=VALUE", word);
		snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
		if (fields_add(out, name, equals + 1, f) < 0)
			return -1;
	}
	if (!fields_value(out, "lot") && fields_add(out, "lot", j->lot, f) < 0)
		return -1;
	return is_reception(j->kind) ? cite_shipment(l, out, f) : 0;
}

/* Makes the event of one device: into the batch, or only to see whether it is good. */
static int one(struct lot_job *j, const struct life *l, bool send, struct fault *f)
{
	struct defaults d = { .commune = j->commune, .now_ms = world_now_ms() };
	struct fields fields = { 0 };
	int rc = make_fields(j, l, &fields, f);
	if (rc == 0)
		make_id(j, &fields, d.id);
	if (rc == 0 && send) {
		rc = batch_add(&j->batch, &fields, &d, 0, f);
	} else if (rc == 0) {
		struct buffer scratch;
		buffer_init(&scratch, ENTRY_SIZE_MAX + 1024);
		rc = fields_event(&fields, &d, &scratch, d.id, f);
		buffer_clear(&scratch);
	}
	fields_clear(&fields);
	if (rc < 0 && !send) {
		int at = life_ident(l);
		fault_prefix(f, "%s: nothing was recorded", at >= 0 ? l->ident[at].value : "?");
	}
	return rc;
}

static int each(struct lot_job *j, bool send, struct fault *f)
{
	const struct lives *lives = &j->looked.view.lives;
	for (unsigned i = 0; i < lives->count; i++) {
		if (!j->why[i] && one(j, &lives->life[i], send, f) < 0)
			return -1;
	}
	return send ? batch_send(&j->batch, f) : 0;
}

static void tell(void *ctx, const uint8_t id[EVENT_ID_SIZE], uint64_t index, bool is_new)
{
	struct lot_job *j = ctx;
	char reference[REFERENCE_MAX];
	member_reference(j->batch.member, j->batch.epoch, index, reference);
	json_array_append_new(j->events, json_pack(
		"{s:s, s:o, s:b}", "reference", reference, "id",
		json_hex((struct span){ id, EVENT_ID_SIZE }), "new", (int)is_new));
}

static void say_left_out(struct lot_job *j)
{
	const struct lives *lives = &j->looked.view.lives;
	for (unsigned i = 0; i < lives->count; i++) {
		if (!j->why[i] || j->why[i] == not_of_lot)
			continue;
		int at = life_ident(&lives->life[i]);
		const char *name = at >= 0 ? lives->life[i].ident[at].value : "?";
		if (j->c->json)
			json_array_append_new(j->left_out, json_pack("{s:s, s:s}", "device", name,
								     "why", j->why[i]));
		else
			fprintf(j->c->out, _("left out: %s: %s\n"), safe(name), _(j->why[i]));
	}
}

static int report(struct lot_job *j, bool dry, int rc, struct fault *f)
{
	struct context *c = j->c;
	const struct batch *b = &j->batch;
	uint64_t before = b->known_before + b->repeated;
	say_left_out(j);
	if (c->json) {
		struct fault later;
		json_t *report = json_pack("{s:s, s:i, s:I, s:I, s:O, s:O}", "lot", j->lot, "devices",
					   (int)j->taken, "recorded", (json_int_t)b->recorded,
					   "repeated", (json_int_t)before, "left_out", j->left_out,
					   "events", j->events);
		return json_print(c->out, report, rc < 0 ? &later : f) < 0 ? -1 : rc;
	}
	if (dry)
		fprintf(c->out, dngettext("trac", "lot %s: %u event would be recorded\n",
					  "lot %s: %u events would be recorded\n", j->taken),
			safe(j->lot), j->taken);
	else
		fprintf(c->out, dngettext("trac", "lot %s: %llu event recorded, %llu were there\n",
					  "lot %s: %llu events recorded, %llu were there\n",
					  b->recorded), safe(j->lot),
			(unsigned long long)b->recorded, (unsigned long long)before);
	return rc;
}

static int work(struct lot_job *j, struct fault *f)
{
	bool dry = given(j->a, "dry-run") != NULL;
	if (batch_open(&j->batch, j->c->home, f) < 0)
		return -1;
	j->batch.tell = tell;
	j->batch.ctx = j;
	if (looked_ask(&j->looked, j->c->home, j->lot, TRAC__LOOKUP_SCOPE__LOOKUP_LOT, f) < 0
	    || choose(j, f) < 0)
		return -1;
	if (!j->c->json && !j->c->quiet)
		fprintf(j->c->out, dngettext("trac", "lot %s: %u device, %u left out\n",
					     "lot %s: %u devices, %u left out\n", j->taken + j->left),
			safe(j->lot), j->taken + j->left, j->left);
	int rc = each(j, false, f);
	if (rc == 0 && !dry)
		rc = each(j, true, f);
	if (rc < 0 && !j->batch.recorded)
		return -1;
	return report(j, dry, rc, f);
}

int lot_record(struct context *c, const char *kind, const struct arguments *a, struct fault *f)
{
	struct lot_job *j = calloc(1, sizeof *j);
	char now[30];
	if (!j)
		return fault_set(f, FAULT_IO, "no memory");
	int64_t ms = world_now_ms();
	civil_format(ms, world_zone(ms), now);
	snprintf(j->day, sizeof j->day, "%.10s", now);
	j->c = c;
	j->a = a;
	j->kind = kind;
	j->lot = given(a, "lot");
	j->events = json_array();
	j->left_out = json_array();
	j->batch.client.fd = -1;
	home_commune(c->home, j->commune);
	int rc = work(j, f);
	json_decref(j->events);
	json_decref(j->left_out);
	free(j->why);
	looked_clear(&j->looked);
	batch_close(&j->batch);
	free(j);
	return rc;
}
