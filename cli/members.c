/* trac members (trac member list): who is in the network. */
#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"

static const char *role_word(Trac__Role role)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(
		&trac__role__descriptor, (int)role);
	if (!v || role == TRAC__ROLE__ROLE_UNSPECIFIED)
		return "?";
	return role == TRAC__ROLE__AUTHORITY ? N_("authority")
		: role == TRAC__ROLE__HUB ? N_("hub") : N_("workshop");
}

static json_t *row_json(const Trac__MemberRow *row)
{
	const Trac__Member *m = row->member;
	json_t *address = json_array();
	for (size_t i = 0; i < m->n_address; i++)
		json_array_append_new(address, json_string(m->address[i]));
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:I, s:I, s:o, s:o, s:o, s:o, "
			 "s:o}",
			 "name", json_text(m->name), "role", role_word(m->role),
			 "title", json_text(m->title), "structure", json_text(m->structure),
			 "commune", json_text(m->commune), "address", address,
			 "revoked", (int)row->revoked,
			 "revoked_from", row->revoked ? json_integer((json_int_t)row->revoked_from)
			 : json_null(),
			 "head", (json_int_t)row->head_size, "held", (json_int_t)row->held,
			 "admitted", json_time(row->admitted_ms, 0),
			 "by", row->by ? json_text(row->by) : json_null(),
			 "region", row->region ? json_text(row->region) : json_null(),
			 "sign_key", json_hex((struct span){ m->sign_key.data, m->sign_key.len }),
			 "link_key", json_hex((struct span){ m->link_key.data, m->link_key.len }));
}

static int print_json(struct context *c, const Trac__MembersReply *r, struct fault *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_member; i++) {
		if (r->member[i]->member)
			json_array_append_new(list, row_json(r->member[i]));
	}
	return json_print(c->out, json_pack("{s:o}", "members", list), f);
}

static int print_table(struct context *c, const Trac__MembersReply *r, struct fault *f)
{
	struct table t;
	char since[TIME_TEXT], number[2][NUMBER_TEXT];
	table_start(&t);
	table_column(&t, _("NAME"), COLUMN_LEFT);
	table_column(&t, _("ROLE"), COLUMN_LEFT);
	table_column(&t, _("TITLE"), COLUMN_WRAP);
	table_column(&t, _("COMMUNE"), COLUMN_LEFT);
	table_column(&t, _("SIGNED"), COLUMN_RIGHT);
	table_column(&t, _("HELD"), COLUMN_RIGHT);
	table_column(&t, _("ADMITTED"), COLUMN_LEFT);
	table_column(&t, _("STATE"), COLUMN_LEFT);
	for (size_t i = 0; i < r->n_member; i++) {
		const Trac__MemberRow *row = r->member[i];
		const Trac__Member *m = row->member;
		if (!m)
			continue;
		table_line(&t);
		table_cell(&t, "%s", safe(m->name));
		table_cell(&t, "%s", _(role_word(m->role)));
		table_cell(&t, "%s", safe(m->title));
		table_cell(&t, "%s", safe(m->commune));
		table_cell(&t, "%s", number_text(row->head_size, c->french, number[0]));
		table_cell(&t, "%s", number_text(row->held, c->french, number[1]));
		table_cell(&t, "%s", time_text(row->admitted_ms, world_zone(row->admitted_ms),
					       c->french, since));
		if (row->revoked)
			table_cell(&t, _("revoked from %llu"),
				   (unsigned long long)row->revoked_from);
		else if (row->by)
			table_cell(&t, _("member, by %s"), safe(row->by));
		else if (row->region)
			table_cell(&t, _("member, region %s"), safe(row->region));
		else
			table_cell(&t, "%s", _("member"));
	}
	return table_print(&t, c->out, f);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_MEMBERS;
	request.members = &empty;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_MEMBERS, f);
	if (!r)
		return -1;
	int rc = c->json ? print_json(c, r->members, f) : print_table(c, r->members, f);
	unpack_free(r);
	return rc;
}

#define MEMBERS_JSON \
	"{\"members\": [{\"name\", \"role\", \"title\", \"structure\", \"commune\",\n" \
	" \"address\": [string], \"revoked\": bool, \"revoked_from\": N or null,\n" \
	" \"head\": N, \"held\": N, \"admitted\": time,\n" \
	" \"by\": NAME or null, \"region\": CODE or null,\n" \
	" \"sign_key\": hex, \"link_key\": hex}]}"

const struct verb verb_members = {
	.name = "members", .operands = "",
	.summary = N_("list the members of the network"),
	.manual = N_("SIGNED: size of the largest signed head seen. HELD: entries held here. STATE: "
		     "also the hub that had it admitted, and the region where a hub does that."),
	.json = MEMBERS_JSON, .run = run,
};

const struct verb verb_member_list = {
	.name = "member list", .operands = "", .summary = N_("the same as members"),
	.json = MEMBERS_JSON, .run = run,
};
