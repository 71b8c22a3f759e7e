/* trac proof: what a donor is handed for his devices of a year. */
#include "cli/proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/pdf.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/log/note.h"
#include "proto/wire/unpack.h"

#define PATH_ROOM 4096
#define STOCK_MAX 100000000

struct work {
	struct context *c;
	struct looked looked;
	struct donor_year proof;
	struct proof_frame frame;
	char network[NETWORK_MAX + 1], member[MEMBER_NAME_MAX + 1];
	char pdf_path[PATH_ROOM], bundle_path[PATH_ROOM];
	struct buffer pdf, note;
};

static int read_number(const char *name, const char *text, uint64_t least, uint64_t most,
		       uint64_t *out, struct fault *f)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < least || n > most)
		return fault_set(f, FAULT_USAGE, "--%s is \"%s\": give a number from %llu to %llu", name,
				 text, (unsigned long long)least, (unsigned long long)most);
	*out = n;
	return 0;
}

/* Who signs: what tracd says of itself. */
static int ask_member(struct work *w, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATUS;
	request.status = &empty;
	Trac__Reply *r = client_ask_once(w->c->home, &request, TRAC__REPLY__BODY_STATUS, f);
	if (!r)
		return -1;
	snprintf(w->network, sizeof w->network, "%s", r->status->network ? r->status->network : "");
	snprintf(w->member, sizeof w->member, "%s", r->status->member ? r->status->member : "");
	unpack_free(r);
	w->frame.network = w->network;
	w->frame.member = w->member;
	return 0;
}

static const char *title_of(const struct work *w)
{
	const struct member *m = registry_by_name(w->looked.view.bundle.registry, w->member);
	return m && *m->title ? m->title : w->member;
}

/* DIR/proof-DONOR-YEAR.pdf; of a donor's name only what every file system takes. */
static int make_paths(struct work *w, const char *dir, struct fault *f)
{
	char donor[TEXT_MAX + 1];
	size_t i;
	for (i = 0; w->proof.donor[i]; i++) {
		char c = w->proof.donor[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
			     || (c >= 'A' && c <= 'Z') || c == '-';
		donor[i] = plain ? c : '_';
	}
	donor[i] = '\0';
	int size = snprintf(w->pdf_path, PATH_ROOM, "%s/proof-%s-%u.pdf", dir, donor,
			    w->proof.year);
	snprintf(w->bundle_path, PATH_ROOM, "%s/proof-%s-%u.bundle", dir, donor, w->proof.year);
	if (size < 0 || size >= PATH_ROOM - 8)
		return fault_set(f, FAULT_USAGE, "--out: the path is too long");
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", dir, strerror(errno));
	return 0;
}

/* Has tracd sign both hashes; its note goes behind the PDF. */
static int sign(struct work *w, struct fault *f)
{
	struct hash document;
	Trac__ProofRequest proof = TRAC__PROOF_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	if (w->pdf.used && w->pdf.data[w->pdf.used - 1] != '\n')
		write_u8(&w->pdf, '\n');
	hash_bytes(w->pdf.data, w->pdf.used, &document);
	proof.has_document_sha256 = proof.has_bundle_sha256 = proof.has_year = true;
	proof.document_sha256 = (ProtobufCBinaryData){ HASH_SIZE, document.b };
	proof.bundle_sha256 = (ProtobufCBinaryData){ HASH_SIZE, w->frame.bundle.b };
	proof.donor = w->proof.donor;
	proof.year = w->proof.year;
	request.body_case = TRAC__REQUEST__BODY_SIGN_PROOF;
	request.sign_proof = &proof;
	Trac__Reply *r = client_ask_once(w->c->home, &request, TRAC__REPLY__BODY_SIGN_PROOF, f);
	if (!r)
		return -1;
	write_bytes(&w->note, r->sign_proof->note.data, r->sign_proof->note.len);
	unpack_free(r);
	proof_note_add(&w->pdf, (struct span){ w->note.data, w->note.used });
	return w->pdf.failed || w->note.failed ? fault_set(f, FAULT_LIMIT, "no room for the "
							   "signature of the PDF") : 0;
}

/* Says nothing that the donor could not verify. */
static int check_proved(const struct work *w, const struct arguments *a, struct fault *f)
{
	const struct view *v = &w->looked.view;
	if (v->bundle.message->cut)
		return fault_set(f, FAULT_LIMIT, "%s has more events than one answer holds: the "
				 "proof would not be whole", w->proof.donor);
	if (!w->proof.count)
		return fault_set(f, FAULT_ABSENT, "no device held here came from %s and was retired, "
				 "received or oriented to reuse in %u: is it the SIRET, RNA or name that "
				 "was recorded as donor=?", w->proof.donor, w->proof.year);
	if (v->pending && !given(a, "pending"))
		return fault_set(f, FAULT_UNPROVED, "%u of %u entries are not under a signed checkpoint "
				 "yet, and the donor could not verify them: repeat when a hub has "
				 "answered (trac status), or give --pending", v->pending, v->count);
	return 0;
}

static int print(const struct work *w, struct fault *f)
{
	struct context *c = w->c;
	char document[2 * HASH_SIZE + 1], number[NUMBER_TEXT], rate[NUMBER_TEXT];
	struct hash h;
	hash_bytes(w->pdf.data, w->pdf.used, &h);
	hex_write(document, h.b, HASH_SIZE);
	const struct donor_year *p = &w->proof;
	if (c->json)
		return json_print(c->out, json_pack(
			"{s:s, s:i, s:i, s:i, s:i, s:i, s:I, s:b, s:s, s:s, s:s, s:o}", "donor",
			p->donor, "year", (int)p->year, "devices", (int)p->count, "refurbished",
			(int)p->refurbished, "distributed", (int)p->distributed, "reused",
			(int)p->reused, "stock", (json_int_t)w->frame.stock, "public_donor",
			(int)p->public_donor, "document", w->pdf_path, "bundle", w->bundle_path,
			"document_sha256", document, "bundle_sha256",
			json_hex((struct span){ w->frame.bundle.b, HASH_SIZE })), f);
	if (c->quiet)
		return 0;
	fprintf(c->out, dngettext("trac", "%s, %u: %s device\n", "%s, %u: %s devices\n", p->count),
		safe(p->donor), p->year, number_text(p->count, c->french, number));
	if (w->frame.stock && p->public_donor)
		fprintf(c->out, _("reuse rate A / B: %s\n"),
			percent_text(p->reused, w->frame.stock, 1, c->french, rate));
	fprintf(c->out, _("%s: the signed document\n%s: the bundle that proves it\n"), w->pdf_path,
		w->bundle_path);
	fprintf(c->out, _("the donor verifies both with: trac verify %s --authority VKEY\n"),
		w->pdf_path);
	return 0;
}

int proof_collect(const struct looked *looked, const char *donor, unsigned year,
		  struct donor_year *out, struct fault *f)
{
	if (donor_collect(&looked->view.lives, &looked->view.parts, donor, year, out) < 0)
		return fault_set(f, FAULT_IO, "no memory for the devices of a proof");
	return 0;
}

static int make(struct work *w, const struct arguments *a, struct fault *f)
{
	const char *donor = given(a, "donor"), *stock = given(a, "stock"), *out = given(a, "out");
	uint64_t year;
	if (!donor || !given(a, "year"))
		return fault_set(f, FAULT_USAGE, "say whose proof of which year: trac proof --donor "
				 "SIRET --year AAAA");
	if (read_number("year", given(a, "year"), 2000, 2999, &year, f) < 0
	    || (stock && read_number("stock", stock, 1, STOCK_MAX, &w->frame.stock, f) < 0)
	    || ask_member(w, f) < 0
	    || looked_ask(&w->looked, w->c->home, donor, TRAC__LOOKUP_SCOPE__LOOKUP_DONOR, f) < 0
	    || proof_collect(&w->looked, donor, (unsigned)year, &w->proof, f) < 0
	    || check_proved(w, a, f) < 0 || make_paths(w, out ? out : ".", f) < 0)
		return -1;
	w->frame.title = title_of(w);
	w->frame.proved = &w->looked.view.bundle;
	w->frame.french = w->c->french;
	w->frame.made_ms = world_now_ms();
	const struct span bundle = { w->looked.bytes.data, w->looked.bytes.used };
	hash_bytes(bundle.data, bundle.size, &w->frame.bundle);
	if (proof_page(&w->proof, &w->frame, &w->pdf, f) < 0 || sign(w, f) < 0)
		return -1;
	/* the bundle first: a PDF is never there without what it names */
	if (file_write(w->bundle_path, bundle, 0644, FILE_REPLACE, f) < 0)
		return -1;
	const struct span pdf = { w->pdf.data, w->pdf.used };
	return file_write(w->pdf_path, pdf, 0644, FILE_REPLACE, f);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct work *w = calloc(1, sizeof *w);
	if (!w)
		return fault_set(f, FAULT_IO, "no memory");
	w->c = c;
	buffer_init(&w->pdf, PDF_BYTES_MAX);
	buffer_init(&w->note, NOTE_BYTES_MAX);
	int rc = make(w, a, f);
	if (rc == 0)
		rc = print(w, f);
	donor_clear(&w->proof);
	looked_clear(&w->looked);
	buffer_clear(&w->pdf);
	buffer_clear(&w->note);
	free(w);
	return rc;
}

static const struct option_row option[] = {
	{ "donor", 'd', "SIRET", false, N_("of whom the devices are: its SIRET, SIREN, RNA or name") },
	{ "year", 'y', "YEAR", false, N_("in which they were retired, received or oriented to reuse") },
	{ "stock", 0, "B", false, N_("retired equipment in stock on 1 January, for the rate A / B") },
	{ "out", 'o', "DIR", false, N_("folder for both files (else this one)") },
	{ "pending", 0, NULL, false, N_("also with entries that nobody can verify yet") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_proof = {
	.name = "proof", .operands = "",
	.summary = N_("write a donor's signed proof of erasure and reuse"),
	.manual = N_("Writes proof-DONOR-YEAR.pdf, signed by this member, and proof-DONOR-YEAR.bundle,\n"
		     "which proves every line of it. Each device with what may be said of it, its\n"
		     "erasures, its fate, and the rate of décret n° 2023-266. Of a device that a\n"
		     "household has only month, département and mode are told."),
	.json = "{\"donor\", \"year\": N, \"devices\": N, \"refurbished\": N, \"distributed\": N,\n"
		" \"reused\": N (A), \"stock\": N (B; 0: not given), \"public_donor\": bool,\n"
		" \"document\", \"bundle\", \"document_sha256\", \"bundle_sha256\"}",
	.option = option, .run = run,
};
