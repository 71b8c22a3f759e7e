/* Random events about few devices. */
#include "tests/unit/identities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

uint32_t identities_dice(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static const char *const authors[] = { "envie", "humanis", "desclicks" };

/* Kinds that name a device, and what they need besides. */
static const char *const bodies[][2] = {
	{ "received", "origin=external donor_type=state device_type=laptop" },
	{ "received", "origin=external donor_type=state" },
	{ "identified", "device_type=laptop medium=S3Z9NB0K:ssd" },
	{ "audited", "decision=reuse" },
	{ "stocked", "place=storeroom" },
};

/* Instants collide; some events are of members who were revoked, some ids are copied. */
static void blur(struct story *s, uint32_t *seed)
{
	Trac__Event *e = (void *)s->input[s->count - 1].event;
	e->time_ms -= e->time_ms % (7 * 3600000);
	s->input[s->count - 1].valid = identities_dice(seed) % 16 != 0;
	if (s->count < 2 || identities_dice(seed) % 20 != 0)
		return;
	const struct life_input *other = &s->input[identities_dice(seed) % (s->count - 1)];
	memcpy(e->id.data, other->event->id.data, EVENT_ID_SIZE);
}

/* --- anything --- */

static void add_any(char *pairs, size_t room, uint32_t *seed)
{
	static const char *const some[] = {
		"serial=AAAA1 ", "serial=AAA41 ", "serial=BBBB2 ", "serial=88882 ",
		"uuid=00112233-4455-6677-8899-AABBCCDDEEFF ",
		"uuid=33221100-5544-7766-8899-AABBCCDDEEFF ",
		"uuid=4c4c4544-0056-1048-8057-b3c04f584831 ",
		"board_serial=PBDK1 ", "board_serial=PBDK2 ", "chassis_serial=CHAS1 ",
		"imei=352099001761481 ", "imei=3520990017614823 ", "imei=490154203237518 ",
		"label=L1 ", "label=L2 ", "label=L3 ", "mac=00:1a:2b:3c:4d:5e ",
		"medium_serial=S3Z9NB0K ", "gs1=urn:epc:id:giai:0614141.12345 ",
	};
	size_t used = strlen(pairs);
	snprintf(pairs + used, room - used, "%s", some[identities_dice(seed) % 19]);
}

static void tell_link(struct story *s, const char *author, uint32_t *seed)
{
	static const char *const ends[] = {
		"serial:AAAA1:HP", "serial:BBBB2:DELL", "label:L1::x", "label:L2::x",
		"serial:AAAA1", "uuid:00112233-4455-6677-8899-AABBCCDDEEFF",
		"imei:490154203237518", "board_serial:PBDK1",
	};
	char pairs[300];
	snprintf(pairs, sizeof pairs, "a=%s b=%s direction=%s", ends[identities_dice(seed) % 8],
		 ends[identities_dice(seed) % 8], identities_dice(seed) % 3 ? "link" : "split");
	story_tell(s, author, "identity_linked", pairs);
}

static void tell_announcement(struct story *s, const char *author, uint32_t *seed)
{
	static const char *const lists[] = {
		"AAAA1", "AAAA1:HP,serial:BBBB2", "BBBB2,serial:CCCC3", "CCCC3:DELL",
	};
	char pairs[300];
	snprintf(pairs, sizeof pairs, "donor_type=state count=2 lot=LOT%u announced=serial:%s",
		 identities_dice(seed) % 2, lists[identities_dice(seed) % 4]);
	story_tell(s, author, "donation_announced", pairs);
}

static void tell_any_device(struct story *s, const char *author, uint32_t *seed)
{
	static const char *const scopes[] = {
		"maker=HP ", "maker=DELL ", "", "scope=x ", "maker=HP scope=x ",
	};
	unsigned kind = identities_dice(seed) % 5, count = 1 + identities_dice(seed) % 4;
	char pairs[600] = "";
	for (unsigned i = 0; i < count; i++)
		add_any(pairs, sizeof pairs, seed);
	size_t used = strlen(pairs);
	snprintf(pairs + used, sizeof pairs - used, "%s%s%s", scopes[identities_dice(seed) % 5],
		 identities_dice(seed) % 2 ? "lot=lot1 " : "", bodies[kind][1]);
	char *type = strstr(pairs, "device_type=laptop");
	if (type && identities_dice(seed) % 6 == 0)
		memcpy(type + 12, "screen", 6);
	story_tell(s, author, bodies[kind][0], pairs);
}

void identities_tell_anything(struct story *s, uint32_t *seed)
{
	const char *author = authors[identities_dice(seed) % 3];
	unsigned what = identities_dice(seed) % 20;
	if (what < 2 && s->count > 0)
		story_correct(s, author, identities_dice(seed) % s->count);
	else if (what < 5)
		tell_link(s, author, seed);
	else if (what < 7)
		tell_announcement(s, author, seed);
	else
		tell_any_device(s, author, seed);
	blur(s, seed);
}

/* --- the truth --- */

/* Of neighbours, as a tired eye would mix them up. */
static const char *const serials[IDENTITIES_DEVICES] = {
	"5CGO1S7", "5CG0157", "PF0BI2Z", "PF081Z2", "ABCD1", "A8CDI", "S0S0X", "5O5OX",
};
static const char *const boards[IDENTITIES_DEVICES] = {
	"PBDKS1", "PBDK51", "CN0BO1", "CN0801", "QQS8Z", "QQ58Z", "MB01X", "MBO1X",
};
static const char *const labels[IDENTITIES_DEVICES] = {
	"EO1", "E01", "EB2", "E82", "ES3", "E53", "EI4", "E14",
};

static void add_fact(char *pairs, size_t room, unsigned device, unsigned which)
{
	size_t used = strlen(pairs);
	char *to = pairs + used;
	room -= used;
	switch (which) {
	case 0:
		snprintf(to, room, "serial=%s maker=HP ", serials[device]);
		return;
	case 1:
		snprintf(to, room, "uuid=4c4c4544-0056-1048-8057-b3c04f58%04x ", device / 2 + 1);
		return;
	case 2:
		snprintf(to, room, "board_serial=%s ", boards[device]);
		return;
	case 3:
		snprintf(to, room, "label=%s scope=x ", labels[device]);
		return;
	case 4:
		snprintf(to, room, "mac=00:1a:2b:3c:4d:%02x ", device / 2 + 1);
		return;
	case 5:
		snprintf(to, room, "medium_serial=S3Z9NB0K%u ", device / 2);
		return;
	default:
		snprintf(to, room, "asset_tag=INV%s scope=ville ", labels[device]);
	}
}

struct truth identities_tell_truth(struct story *s, uint32_t *seed)
{
	unsigned device = identities_dice(seed) % IDENTITIES_DEVICES;
	unsigned kind = identities_dice(seed) % 5, facts = identities_dice(seed) % 127 + 1;
	const char *author = authors[identities_dice(seed) % 3];
	char pairs[600] = "";
	for (unsigned i = 0; i < 7; i++) {
		/* one scope an event: that of the label, or that of the asset tag */
		if ((facts >> i & 1) && !(i == 6 && (facts >> 3 & 1)))
			add_fact(pairs, sizeof pairs, device, i);
	}
	size_t used = strlen(pairs);
	/* what makers leave in the field */
	snprintf(pairs + used, sizeof pairs - used, "%s",
		 kind == 2 ? "seen=serial:None:HP,uuid:03000200-0400-0500-0006-000700080009 " : "");
	used = strlen(pairs);
	snprintf(pairs + used, sizeof pairs - used, "%s", bodies[kind][1]);
	unsigned number = story_tell(s, author, bodies[kind][0], pairs);
	blur(s, seed);
	return (struct truth){ number, device };
}

/* --- as text --- */

static void print_line(struct buffer *b, const struct life_line *l)
{
	write_format(b, "  %s/%llu %u %s %s %u\n", l->input->author,
		     (unsigned long long)l->input->index, l->notes, life_state_name(l->state),
		     l->holder, l->cycle);
}

static void print_evidence(struct buffer *b, const struct evidence *e)
{
	write_format(b, "  %u-%u by %u", e->a, e->b, e->how);
	if (e->at)
		write_format(b, " %s/%llu", e->at->author, (unsigned long long)e->at->index);
	write_format(b, "\n");
}

static void print_cycle(struct buffer *b, const struct cycle *c)
{
	write_format(b, "  cycle %d%d%d%d %d %d %d %d %u\n", c->collected, c->refurbished,
		     c->distributed, c->fne, c->collected_at, c->refurbished_at,
		     c->distributed_at, c->ended_at, c->fate);
}

void identities_print(struct buffer *b, const struct lives *lives)
{
	buffer_reset(b);
	for (unsigned i = 0; i < lives->count; i++) {
		const struct life *l = &lives->life[i];
		write_format(b, "life %u %s %s holder=%s\n", l->type, life_state_name(l->state),
			     data_state_name(l->data), l->holder);
		for (unsigned k = 0; k < l->ident_count; k++)
			write_format(b, "  %u %s %s %u\n", l->ident[k].kind, l->ident[k].value,
				     l->ident[k].scope, l->ident[k].strength);
		for (unsigned k = 0; k < l->evidence_count; k++)
			print_evidence(b, &l->evidence[k]);
		for (unsigned k = 0; k < l->line_count; k++)
			print_line(b, &l->line[k]);
		for (unsigned k = 0; k < l->cycle_count; k++)
			print_cycle(b, &l->cycle[k]);
	}
	for (unsigned i = 0; i < lives->other_count; i++)
		print_line(b, &lives->other[i]);
	assert_false(b->failed);
}
