/* The document of a donor's proof. */
#include "cli/proof.h"

#include <string.h>

#include "cli/lang.h"
#include "cli/pdf.h"
#include "cli/qr.h"

#define QR_SIDE_MM 38

/* b as text; what is over its maximum is cut. */
static const char *text_of(struct buffer *b)
{
	b->failed = false;
	if (b->used == b->max)
		b->used--;
	write_u8(b, 0);
	return b->failed ? "" : (const char *)b->data;
}

static const char *month_name(unsigned month)
{
	static const char *const name[] = {
		N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
		N_("July"), N_("August"), N_("September"), N_("October"), N_("November"),
		N_("December"),
	};
	return month >= 1 && month <= 12 ? _(name[month - 1]) : "?";
}

void proof_code(const struct donor_year *p, const struct proof_frame *by, struct buffer *out)
{
	char bundle[2 * HASH_SIZE + 1];
	hex_write(bundle, by->bundle.b, HASH_SIZE);
	write_format(out, "tracd proof of reuse v1\n%s/%s\ndonor %s\nyear %u\nbundle sha256:%s\n"
		     "trac verify", by->network, by->member, p->donor, p->year, bundle);
}

static void date_of(int64_t ms, bool french, char out[TIME_TEXT])
{
	time_text(ms, 0, french, out);
	out[10] = '\0';
}

static int put_code(struct pdf *pdf, const struct donor_year *p, const struct proof_frame *by,
		    struct fault *f)
{
	struct buffer text;
	struct qr q;
	buffer_init(&text, 1024);
	proof_code(p, by, &text);
	int rc = qr_make(&q, text_of(&text), f);
	if (rc == 0) {
		pdf_qr(pdf, &q, QR_SIDE_MM);
		qr_clear(&q);
	}
	buffer_clear(&text);
	return rc;
}

static void put_facts(struct pdf *pdf, const struct donor_year *p, const struct proof_frame *by)
{
	char date[TIME_TEXT], bundle[2 * HASH_SIZE + 1];
	date_of(by->made_ms, by->french, date);
	hex_write(bundle, by->bundle.b, HASH_SIZE);
	pdf_text(pdf, _("Donor: %s"), p->donor);
	pdf_text(pdf, _("Year: %u"), p->year);
	pdf_text(pdf, _("Made on %s by %s (%s/%s)"), date, by->title, by->network, by->member);
	pdf_text(pdf, _("Bundle that proves each line, SHA-256: %s"), bundle);
	pdf_text(pdf, "%s", _("This file is signed behind its last page. Anyone checks it, and every "
			      "event in the bundle, with the public key of the network's authority and "
			      "without trust in whoever made it: trac verify FILE.pdf."));
}

/* --- totals --- */

static void put_count(struct pdf *pdf, bool french, const char *what, unsigned n)
{
	char number[NUMBER_TEXT];
	pdf_text(pdf, french ? "%s : %s" : "%s: %s", what, number_text(n, french, number));
}

static void put_rate(struct pdf *pdf, const struct donor_year *p, const struct proof_frame *by)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT], rate[NUMBER_TEXT];
	const char *source = "";
	int64_t target = law_value("reuse_target", (int)p->year * 10000 + 1231, &source);
	if (!p->public_donor) {
		pdf_text(pdf, "%s", _("The reuse rate of décret n° 2023-266 is about public donors; what "
				      "the events say of this one does not make it one."));
		return;
	}
	number_text(p->reused, by->french, a);
	pdf_text(pdf, _("Oriented to reuse in %u, as décret n° 2023-266 counts it (A): %s"), p->year,
		 a);
	if (!by->stock) {
		pdf_text(pdf, "%s", _("Rate: A divided by B, the retired equipment in stock on 1 January, "
				      "which the donor knows."));
	} else {
		number_text(by->stock, by->french, b);
		percent_text(p->reused, by->stock, 1, by->french, rate);
		pdf_text(pdf, _("Retired equipment in stock on 1 January %u, said by the donor (B): %s"),
			 p->year, b);
		pdf_text(pdf, _("Rate A / B: %s"), rate);
	}
	if (target >= 0)
		pdf_text(pdf, _("Objective for %u: %lld %% (%s)"), p->year, (long long)target, source);
}

static void put_totals(struct pdf *pdf, const struct donor_year *p,
		       const struct proof_frame *by)
{
	const bool fr = by->french;
	pdf_heading(pdf, _("Totals"));
	put_count(pdf, fr, _("Devices in this proof"), p->count);
	put_count(pdf, fr, _("Declared refurbished"), p->refurbished);
	put_count(pdf, fr, _("Made available"), p->distributed);
	put_count(pdf, fr, _("Erasures that succeeded"), p->erased);
	put_count(pdf, fr, _("Storage media destroyed"), p->destroyed);
	put_count(pdf, fr, _("Erasures and destructions that did not succeed"), p->failed);
	pdf_strong(pdf, _("Where they are"));
	for (unsigned s = 0; s <= STATE_LOST; s++) {
		if (p->by_state[s])
			put_count(pdf, fr, life_state_label((enum life_state)s, fr),
				  p->by_state[s]);
	}
	pdf_strong(pdf, _("Reuse rate of the donor"));
	put_rate(pdf, p, by);
}

/* The logs that the bundle proves, and how far. */
static void put_logs(struct pdf *pdf, const struct proof_frame *by)
{
	const struct opened_bundle *b = by->proved;
	const struct pdf_column column[] = {
		{ _("Log"), 90 }, { _("Entries here"), 30 }, { _("Signed at size"), 30 }, { NULL, 0 },
	};
	pdf_heading(pdf, _("Logs that prove it"));
	pdf_table(pdf, column);
	for (unsigned i = 0; i < b->count;) {
		const struct member *author = b->entry[i].author;
		char n[NUMBER_TEXT], tree[NUMBER_TEXT];
		uint64_t size = 0;
		unsigned count = 0;
		for (; i < b->count && b->entry[i].author == author; i++, count++) {
			if (b->entry[i].tree_size > size)
				size = b->entry[i].tree_size;
		}
		pdf_row(pdf, (const char *const []){ author->origin,
						     number_text(count, by->french, n),
						     number_text(size, by->french, tree) });
	}
	pdf_table_end(pdf);
}

/* --- one device --- */

static const char *word(const ProtobufCEnumDescriptor *e, int value, bool french)
{
	const char *w = word_label(e, value, french);
	return w ? w : "-";
}

static void put_erasure(struct pdf *pdf, const struct life_line *line, bool fr)
{
	const Trac__Event *e = line->input->event;
	const Trac__Medium *m = erasure_medium(line);
	const struct ProtobufCEnumDescriptor *outcome = &trac__outcome__descriptor;
	char date[TIME_TEXT + REFERENCE_MAX], reference[REFERENCE_MAX];
	char medium[TEXT_MAX + 40], how[160];
	char tool[2 * TEXT_MAX + 4], check[80], size[NUMBER_TEXT] = "";
	date_of(e->time_ms + e->zone_minutes * INT64_C(60000), fr, date);
	snprintf(date + 10, sizeof date - 10, " %s", member_reference(
		 line->input->author, line->input->epoch, line->input->index, reference));
	if (m->has_capacity_bytes)
		size_text(m->capacity_bytes, fr, size);
	snprintf(medium, sizeof medium, "%s %s %s", m->serial ? m->serial : m->wwn ? m->wwn : "-",
		 word(&trac__medium_type__descriptor, m->type, fr), size);
	if (e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED) {
		const Trac__MediumDestroyed *d = e->medium_destroyed;
		pdf_row(pdf, (const char *const []){
			date, medium, _("destruction"),
			word(&trac__destruction_method__descriptor, d->method, fr), "-",
			word(outcome, d->result, fr) });
		return;
	}
	const Trac__DataErased *d = e->data_erased;
	snprintf(how, sizeof how, "%s, %s", word(&trac__erasure_level__descriptor, d->level, fr),
		 word(&trac__erasure_technique__descriptor, d->technique, fr));
	snprintf(tool, sizeof tool, "%s %s", d->tool ? d->tool : "-",
		 d->tool_version ? d->tool_version : "");
	snprintf(check, sizeof check, "%s%s%s",
		 word(&trac__verification_type__descriptor, d->verification, fr),
		 d->has_verification_result ? ", " : "",
		 d->has_verification_result ? word(outcome, d->verification_result, fr) : "");
	pdf_row(pdf, (const char *const []){ date, medium, how, tool, check,
					     word(outcome, d->result, fr) });
}

static void put_erasures(struct pdf *pdf, const struct life *l, unsigned cycle, bool fr)
{
	const struct pdf_column column[] = {
		{ _("Date"), 18 }, { _("Medium"), 48 }, { _("Level, technique"), 34 },
		{ _("Tool"), 26 }, { _("Verification"), 24 }, { _("Result"), 20 }, { NULL, 0 },
	};
	bool any = false;
	for (unsigned i = 0; i < l->line_count; i++) {
		if (l->line[i].cycle != cycle || !erasure_medium(&l->line[i]))
			continue;
		if (!any)
			pdf_table(pdf, column);
		any = true;
		put_erasure(pdf, &l->line[i], fr);
	}
	if (any)
		pdf_table_end(pdf);
	else
		pdf_text(pdf, "%s", _("No erasure or destruction is on record."));
}

/*
 * Of a device that a household has: month, département and mode, no more. Of the others
 * what they are, and since which month.
 */
static void put_fate(struct pdf *pdf, const struct life *l, const struct cycle *c, bool fr)
{
	unsigned year, month;
	int at = c->distributed ? c->distributed_at : c->ended_at;
	if (at < 0) {
		pdf_text(pdf, _("Fate: %s"), life_state_label(c->fate, fr));
		return;
	}
	line_month(&l->line[at], &year, &month);
	const Trac__Event *e = l->line[at].input->event;
	if (c->distributed && e->body_case == TRAC__EVENT__BODY_MADE_AVAILABLE)
		pdf_text(pdf, _("Fate: made available, %s %u, département %s, %s"), month_name(month),
			 year, e->made_available->department ? e->made_available->department : "?",
			 word(&trac__mode__descriptor, e->made_available->mode, fr));
	else
		pdf_text(pdf, _("Fate: %s, %s %u"), life_state_label(c->fate, fr), month_name(month),
			 year);
}

/* Reasons that would say more of the household than month, département and mode. */
static bool is_reason_public(enum rule r)
{
	return r != RULE_FINAL_FATE && r != RULE_REUSE_TARGET && r != RULE_PUBLIC_DONATION;
}

static void put_verdicts(struct pdf *pdf, const struct donor_device *d, bool fr)
{
	for (unsigned i = 0; i < RULE_COUNT; i++) {
		const struct verdict *v = &d->verdict[i];
		if (v->rule == RULE_PRICE_CAP || v->truth == NOT_APPLICABLE)
			continue;
		/* a reason names its source */
		const char *why = !is_reason_public(v->rule) ? v->source
			: fr ? v->reason_fr : v->reason;
		pdf_text(pdf, fr ? "%s : %s ; %s" : "%s: %s; %s", rule_label(v->rule, fr),
			 truth_label(v->truth, fr), why ? why : "");
	}
}

static void put_device(struct pdf *pdf, const struct donor_year *p, unsigned i, bool fr)
{
	const struct donor_device *d = &p->device[i];
	const struct life *l = &p->lives->life[d->life];
	struct buffer name;
	buffer_init(&name, 512);
	write_format(&name, "%u. ", i + 1);
	life_name(l, fr, &name);
	write_format(&name, ", %s", word(&trac__device_type__descriptor, l->type, fr));
	if (l->cycle_count > 1)
		write_format(&name, _(", cycle %u of %u"), d->cycle + 1, l->cycle_count);
	pdf_space(pdf);
	pdf_strong(pdf, text_of(&name));
	buffer_clear(&name);
	put_fate(pdf, l, &l->cycle[d->cycle], fr);
	put_verdicts(pdf, d, fr);
	put_erasures(pdf, l, d->cycle, fr);
}

int proof_page(const struct donor_year *p, const struct proof_frame *by, struct buffer *out,
	       struct fault *f)
{
	char foot[TEXT_MAX + 80];
	struct pdf *pdf = pdf_create(_("Proof of erasure and reuse"));
	if (!pdf)
		return fault_set(f, FAULT_IO, "no memory for a PDF");
	pdf_title(pdf, _("Proof of erasure and reuse"));
	int rc = put_code(pdf, p, by, f);
	put_facts(pdf, p, by);
	put_totals(pdf, p, by);
	put_logs(pdf, by);
	pdf_heading(pdf, _("Device by device"));
	for (unsigned i = 0; i < p->count; i++)
		put_device(pdf, p, i, by->french);
	snprintf(foot, sizeof foot, _("%s, %u, page"), p->donor, p->year);
	if (rc == 0)
		rc = pdf_finish(pdf, foot, out, f);
	pdf_destroy(pdf);
	return rc;
}
