/*
 * Writes the events of the demonstration: loops A (Sicoval, full size) and B
 * (Ordi Grand Ouest, one tenth) of the study, as the files that each member
 * hands to trac. Seeded: the same bytes each time.
 *
 *	scenario TOP DIR     writes DIR/members.tsv, DIR/NAME.jsonl, DIR/NAME.csv
 *
 * Counts of the study: A 80 refurbished and distributed; B 500 collected, 85 %
 * refurbished: 425, and 75 not.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/demo/members.h"

#define A_DEVICES 80
#define A_UPGRADES 12
#define B_EACH 20
#define B_REFURBISHED 17
#define HOUR 3600

static uint64_t dice = 20260116;   /* splitmix64 */

static uint64_t roll(void)
{
	uint64_t z = dice += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static const struct {
	const char *maker, *model, *type;
	unsigned serial_size;
} models[] = {
	{ "Dell", "Latitude 5490", "laptop", 7 },
	{ "Dell", "OptiPlex 7050", "desktop", 7 },
	{ "HP", "EliteBook 840 G5", "laptop", 10 },
	{ "HP", "ProDesk 600 G3", "desktop", 10 },
	{ "Lenovo", "ThinkPad T480", "laptop", 8 },
	{ "Lenovo", "ThinkCentre M720q", "desktop", 8 },
};

struct device {
	unsigned model;
	char serial[16], disk[16];
	char shipped[33];        /* id of the last transfer_sent */
};

struct out {
	FILE *file;
	const char *commune;
	int csv;                 /* columns are fixed then: see csv_header */
};

static void draw(char *to, unsigned size)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

	/* no letter O or I, as makers do; a letter first keeps spreadsheets honest */
	to[0] = letters[10 + roll() % 24];
	for (unsigned i = 1; i < size; i++)
		to[i] = letters[roll() % 34];
	to[size] = '\0';
}

static void make_device(struct device *d)
{
	d->model = (unsigned)(roll() % (sizeof models / sizeof *models));
	draw(d->serial, models[d->model].serial_size);
	snprintf(d->disk, sizeof d->disk, "S4E");
	draw(d->disk + 3, 11);
	d->shipped[0] = '\0';
}

/* Seconds since 1970 of a day of 2025, 8:00 UTC. */
static int64_t day(unsigned month, unsigned number)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	return 1735689600 + (int64_t)(before[month - 1] + number - 1) * 86400 + 8 * HOUR;
}

static void make_id(char id[33], int64_t s)
{
	snprintf(id, 33, "%012llx%04llx%016llx", (unsigned long long)s * 1000 & 0xffffffffffff,
		 (0x7000 | (roll() & 0xfff)) + 0ULL, (unsigned long long)roll());
}

static void write_date(FILE *f, int64_t s)
{
	int64_t days = s / 86400 - 20089, clock = s % 86400;   /* since 2025-01-01 */
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int month = 0;

	while (days >= length[month])
		days -= length[month++];
	fprintf(f, "2025-%02d-%02dT%02d:%02d:%02dZ", month + 1, (int)days + 1,
		(int)(clock / 3600), (int)(clock / 60 % 60), (int)(clock % 60));
}

/* The columns of NAME.csv; a cell that a kind does not have stays empty. */
static const char *const column[] = {
	"origin", "donor_type", "device_type", "decision", "medium.serial", "medium.type",
	"medium.capacity_bytes", "level", "technique", "tool", "tool_version", "verification",
	"result", "component", "before_bytes", "after_bytes", "system", "version", "licence",
	"warranty_months", "recipient", "nature", "item", "amount_cents", "tax_included", NULL,
};

static void csv_header(FILE *f)
{
	fputs("id,kind,date,commune,serial,maker", f);
	for (unsigned i = 0; column[i]; i++)
		fprintf(f, ",%s", column[i]);
	fputc('\n', f);
}

struct pair {
	const char *name, *value;
};

static void write_csv(struct out *o, const char *id, const char *kind, int64_t at,
		      const struct device *d, const struct pair *p)
{
	fprintf(o->file, "%s,%s,", id, kind);
	write_date(o->file, at);
	fprintf(o->file, ",%s,%s,%s", o->commune, d ? d->serial : "", d ? models[d->model].maker : "");
	for (unsigned i = 0; column[i]; i++) {
		const char *value = "";

		for (const struct pair *q = p; q->name; q++) {
			if (!strcmp(q->name, column[i]))
				value = q->value;
		}
		fprintf(o->file, ",%s", value);
	}
	fputc('\n', o->file);
}

static void write_json(struct out *o, const char *id, const char *kind, int64_t at,
		       const struct device *d, const struct pair *p)
{
	fprintf(o->file, "{\"id\":\"%s\",\"kind\":\"%s\",\"date\":\"", id, kind);
	write_date(o->file, at);
	fprintf(o->file, "\",\"commune\":\"%s\"", o->commune);
	if (d)
		fprintf(o->file, ",\"serial\":\"%s\",\"maker\":\"%s\"", d->serial,
			models[d->model].maker);
	for (; p->name; p++)
		fprintf(o->file, ",\"%s\":\"%s\"", p->name, p->value);
	fputs("}\n", o->file);
}

/* One event: kind, then name and value pairs, ended by NULL. Its id is kept in id. */
static void event(struct out *o, char id[33], const char *kind, int64_t at,
		  const struct device *d, ...)
{
	struct pair p[16];
	unsigned n = 0;
	va_list ap;

	va_start(ap, d);
	while (n < 15 && (p[n].name = va_arg(ap, const char *)))
		p[n++].value = va_arg(ap, const char *);
	va_end(ap);
	p[n].name = NULL;
	make_id(id, at);
	(o->csv ? write_csv : write_json)(o, id, kind, at, d, p);
}

static struct out open_out(const char *dir, const struct place *who, int csv)
{
	char path[512];
	struct out o = { .commune = who->insee, .csv = csv };

	snprintf(path, sizeof path, "%s/%s.%s", dir, who->name, csv ? "csv" : "jsonl");
	o.file = fopen(path, "w");
	if (!o.file) {
		perror(path);
		exit(1);
	}
	if (csv)
		csv_header(o.file);
	return o;
}

static void close_out(struct out *o)
{
	if (fclose(o->file) != 0) {
		perror("scenario");
		exit(1);
	}
}

/* What every workshop does to a device before it may be declared. */
static void refurbish(struct out *o, const struct device *d, int64_t at)
{
	char id[33];

	event(o, id, "identified", at, d, "device_type", models[d->model].type,
	      "medium.serial", d->disk, "medium.type", "ssd", "medium.capacity_bytes", "256GB", NULL);
	event(o, id, "audited", at + HOUR, d, "decision", "reuse", NULL);
	event(o, id, "data_erased", at + 2 * HOUR, d, "medium.serial", d->disk,
	      "medium.type", "ssd", "medium.capacity_bytes", "256GB", "level", "purge",
	      "technique", "ata_secure_erase", "tool", "nwipe", "tool_version", "0.34",
	      "verification", "full", "result", "success", NULL);
}

static void declare(struct out *o, const struct device *d, int64_t at, const char *system)
{
	char id[33];

	event(o, id, "os_installed", at, d, "system", system, "version", "11",
	      "licence", "existing", NULL);
	event(o, id, "refurbished_declared", at + HOUR, d, "warranty_months", "6", NULL);
}

static void give(struct out *o, const struct device *d, int64_t at, const char *department)
{
	char id[33];

	event(o, id, "made_available", at, d, "mode", "donation", "recipient_type", "final_user",
	      "public", "low_income", "department", department, NULL);
}

static const char *const donors[] = { "state", "school", "company", "company" };

/* Envoi's part of loop A, up to the shipment of all 80 to Sicoval. */
static void loop_a_envoi(struct out *o, struct device *d)
{
	static const struct pair costs[] = {
		{ "collection", "280000" }, { "part", "60000" }, { "part", "84000" },
	};
	char id[33];

	for (unsigned i = 0; i < A_DEVICES; i++) {
		int64_t at = day(2 + i / 40, 3 + i % 20);

		event(o, id, "received", at, &d[i], "origin", "external", "donor_type",
		      donors[i % 4], "device_type", models[d[i].model].type, NULL);
		refurbish(o, &d[i], at + HOUR);
		if (i < A_UPGRADES)
			event(o, id, "upgraded", at + 24 * HOUR, &d[i], "component", "ram",
			      "before_bytes", "4GiB", "after_bytes", "8GiB", NULL);
		else if (i < 2 * A_UPGRADES)
			event(o, id, "upgraded", at + 24 * HOUR, &d[i], "component", "disk",
			      "before_bytes", "128GB", "after_bytes", "256GB", NULL);
		declare(o, &d[i], at + 26 * HOUR, "Windows");
		event(o, d[i].shipped, "transfer_sent", at + 72 * HOUR, &d[i], "recipient",
		      "sicoval", "nature", "ownership", NULL);
	}
	for (unsigned i = 0; i < 3; i++)
		event(o, id, "cost_recorded", day(4, 1), NULL, "item", costs[i].name,
		      "amount_cents", costs[i].value, "tax_included", "no", NULL);
}

static void loop_a_sicoval(struct out *o, const struct device *d)
{
	char id[33];

	for (unsigned i = 0; i < A_DEVICES; i++) {
		int64_t at = day(2 + i / 40, 3 + i % 20);

		event(o, id, "donation_announced", at - 240 * HOUR, &d[i], "donor_type",
		      donors[i % 4], "count", "1", NULL);
		event(o, id, "transfer_received", at + 96 * HOUR, &d[i], "shipment",
		      d[i].shipped, NULL);
		give(o, &d[i], at + 240 * HOUR, "31");
		event(o, id, "training_given", at + 241 * HOUR, &d[i], "people", "1", "minutes",
		      "600", "type", "first_steps", "frame", "at_delivery", NULL);
	}
	event(o, id, "cost_recorded", day(6, 30), NULL, "item", "structure", "amount_cents",
	      "960000", "tax_included", "no", NULL);
	event(o, id, "cost_recorded", day(6, 30), NULL, "item", "management", "amount_cents",
	      "125400", "tax_included", "no", NULL);
}

static void loop_b_hub(struct out *o, struct device *d, const struct cast *c)
{
	char id[33];

	for (unsigned i = 0; i < WEST_MEMBERS * B_EACH; i++) {
		int64_t at = day(1, 6) + (int64_t)i * HOUR;

		make_device(&d[i]);
		event(o, id, "received", at, &d[i], "origin", "external", "donor_type", "company",
		      "device_type", models[d[i].model].type, NULL);
		event(o, d[i].shipped, "transfer_sent", at + 48 * HOUR, &d[i], "recipient",
		      c->west[i / B_EACH].name, "nature", "possession", NULL);
	}
}

/* A device that goes on to the next member, who gives it: it crosses three workshops. */
static void pass_on(struct out *from, struct out *to, struct device *d, int64_t at,
		    const struct place *whom)
{
	char department[3], id[33];

	snprintf(department, sizeof department, "%.2s", whom->insee);
	event(from, d->shipped, "transfer_sent", at, d, "recipient", whom->name, "nature",
	      "ownership", NULL);
	event(to, id, "transfer_received", at + 48 * HOUR, d, "shipment", d->shipped, NULL);
	give(to, d, at + 96 * HOUR, department);
}

static void loop_b_member(struct out *o, struct device *d, const struct cast *c, unsigned m)
{
	const struct place *here = &c->west[m];
	char department[3], id[33];

	snprintf(department, sizeof department, "%.2s", here->insee);
	for (unsigned i = 0; i < B_EACH; i++) {
		int64_t at = day(3, 3) + (int64_t)(m * B_EACH + i) * HOUR;

		event(&o[m], id, "transfer_received", at, &d[i], "shipment", d[i].shipped, NULL);
		refurbish(&o[m], &d[i], at + HOUR);
		if (i >= B_REFURBISHED) {
			event(&o[m], id, "weee_handed_over", at + 48 * HOUR, &d[i], "recipient",
			      "ecologic", "waste_code", "16 02 14", "weight_grams", "4200", NULL);
			continue;
		}
		declare(&o[m], &d[i], at + 24 * HOUR, "Linux Mint");
		if (i == 0)
			pass_on(&o[m], &o[(m + 1) % WEST_MEMBERS], &d[i], at + 72 * HOUR,
				&c->west[(m + 1) % WEST_MEMBERS]);
		else
			give(&o[m], &d[i], at + 96 * HOUR, department);
	}
}

static void write_members(const char *dir, const struct cast *c, const char *crossing)
{
	const struct place *hub[] = { &c->ogo, &c->rhinocc }, *shop[] = { &c->sicoval, &c->envoi };
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/members.tsv", dir);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	for (unsigned i = 0; i < 2; i++)
		fprintf(f, "%s\thub\t%s\t%s\n", hub[i]->name, hub[i]->insee, hub[i]->title);
	for (unsigned i = 0; i < 2; i++)
		fprintf(f, "%s\tworkshop\t%s\t%s\n", shop[i]->name, shop[i]->insee, shop[i]->title);
	for (unsigned i = 0; i < WEST_MEMBERS; i++)
		fprintf(f, "%s\tworkshop\t%s\t%s\n", c->west[i].name, c->west[i].insee,
			c->west[i].title);
	fclose(f);
	snprintf(path, sizeof path, "%s/crossing", dir);
	f = fopen(path, "w");
	if (f) {
		fprintf(f, "%s\n", crossing);
		fclose(f);
	}
}

int main(int argc, char **argv)
{
	static struct device a[A_DEVICES], b[WEST_MEMBERS * B_EACH];
	static struct out west[WEST_MEMBERS];
	struct cast c;
	struct out o;

	if (argc != 3) {
		fprintf(stderr, "usage: scenario TOP DIR\n");
		return 64;
	}
	members_read(argv[1], &c);
	for (unsigned i = 0; i < A_DEVICES; i++)
		make_device(&a[i]);
	o = open_out(argv[2], &c.envoi, 1);
	loop_a_envoi(&o, a);
	close_out(&o);
	o = open_out(argv[2], &c.sicoval, 0);
	loop_a_sicoval(&o, a);
	close_out(&o);
	o = open_out(argv[2], &c.ogo, 0);
	loop_b_hub(&o, b, &c);
	close_out(&o);
	for (unsigned m = 0; m < WEST_MEMBERS; m++)
		west[m] = open_out(argv[2], &c.west[m], 0);
	for (unsigned m = 0; m < WEST_MEMBERS; m++)
		loop_b_member(west, &b[m * B_EACH], &c, m);
	for (unsigned m = 0; m < WEST_MEMBERS; m++)
		close_out(&west[m]);
	write_members(argv[2], &c, b[0].serial);
	return 0;
}
