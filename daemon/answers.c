/* Answers that only read what the node holds. */
#include "daemon/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/cosigner.h"
#include "daemon/membership.h"
#include "daemon/transport.h"
#include "daemon/web.h"
#include "proto/wire/unpack.h"
#include "store/branch.h"
#include "store/names.h"
#include "store/watch.h"

static void write_reply(Trac__Reply *r, struct buffer *b)
{
	buffer_reset(b);
	pack(r, b);
}

void answer_refusal(const struct fault *f, struct buffer *b)
{
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__Refusal refusal = TRAC__REFUSAL__INIT;

	refusal.has_code = true;
	refusal.code = f->code;
	refusal.text = (char *)f->text;
	r.refusal = &refusal;
	write_reply(&r, b);
}

void answer_done(struct buffer *b)
{
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__Empty done = TRAC__EMPTY__INIT;

	r.body_case = TRAC__REPLY__BODY_DONE;
	r.done = &done;
	write_reply(&r, b);
}

unsigned horizon_read(const struct node *n, struct txn *t, struct horizon *row, unsigned room)
{
	unsigned count = 0;

	for (uint32_t log = 1; log <= log_last(t); log++) {
		struct log_state s;
		struct horizon h;

		log_state(t, log, &s);
		if (log == n->members || log == n->aside || branch_is(t, log) ||
		    !log_origin(t, log, h.origin) ||
		    (s.held == 0 && s.head[HEAD_SEEN] == 0))
			continue;
		h.seen = s.head[HEAD_SEEN];
		h.held = s.held;
		if (row && count < room)
			row[count] = h;
		count++;
	}
	return count;
}

#define SET(r, field, value) ((r)->has_##field = true, (r)->field = (value))

static void count_entries(struct node *n, Trac__StatusReply *s)
{
	uint64_t entries = 0, missing = 0;
	unsigned logs = 0;
	struct fault f;
	struct txn *t = txn_begin(n->store, false, &f);

	if (!t)
		return;
	for (uint32_t log = 1; log <= log_last(t); log++) {
		struct log_state st;

		log_state(t, log, &st);
		if (log == n->members)
			continue;
		if (!branch_is(t, log)) {
			entries += st.held;
			logs += st.held > 0 && log != n->aside;
		}
		if (st.head[HEAD_SEEN] > st.held)
			missing += st.head[HEAD_SEEN] - st.held;
	}
	txn_abort(t);
	SET(s, entries, entries);
	SET(s, logs, logs);
	SET(s, missing, missing);
	SET(s, few_hubs, cosigner_few(n));
	SET(s, witness_policy, n->settings.witness_policy);
}

static void count_watches(struct node *n, Trac__StatusReply *s)
{
	struct fault f;
	struct txn *t = txn_begin(n->store, false, &f);

	if (!t)
		return;
	SET(s, alarms, watch_count(t, WATCH_ALARM));
	SET(s, limbo, watch_count(t, WATCH_LIMBO));
	txn_abort(t);
}

void answer_search(struct node *n, const Trac__SearchRequest *q, struct buffer *b)
{
	static struct names_found found;
	char *value[SEARCH_VALUES_MAX];
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__SearchReply s = TRAC__SEARCH_REPLY__INIT;
	const struct names_query query = {
		.text = q->text ? q->text : "", .after = q->after ? q->after : "",
		.look_alikes = q->look_alikes,
	};
	struct fault f;
	struct txn *t = txn_begin(n->store, false, &f);

	if (!t || index_search(n->index, t, &query, &found, &f)) {
		answer_refusal(&f, b);
	} else {
		for (unsigned i = 0; i < found.count; i++)
			value[i] = found.value[i];
		s.n_value = found.count;
		s.value = value;
		SET(&s, more, found.more);
		r.body_case = TRAC__REPLY__BODY_SEARCH;
		r.search = &s;
		write_reply(&r, b);
	}
	txn_abort(t);
}

static void write_status(Trac__StatusReply *s, struct buffer *b)
{
	Trac__Reply r = TRAC__REPLY__INIT;

	r.body_case = TRAC__REPLY__BODY_STATUS;
	r.status = s;
	write_reply(&r, b);
}

void answer_status(struct node *n, struct buffer *b)
{
	Trac__StatusReply s = TRAC__STATUS_REPLY__INIT;
	char *alert[ALERTS_MAX], key_hex[2 * LINK_KEY_SIZE + 1] = "";
	uint8_t key[LINK_KEY_SIZE];
	Trac__Recovery recovery = TRAC__RECOVERY__INIT;
	struct core_counts counts;
	struct checkpoint head;
	struct fault f;

	core_counts(n->core, &counts);
	s.network = n->settings.network;
	s.member = n->settings.member;
	SET(&s, role, n->settings.role);
	s.version = (char *)TRAC_VERSION;
	SET(&s, own_size, n->own_held);
	SET(&s, published_size, core_published(n->core));
	count_entries(n, &s);
	SET(&s, links, counts.links);
	SET(&s, members_size, registry_size(n->registry));
	SET(&s, admitted, membership_admitted(n));
	SET(&s, started_ms, n->started_ms);
	SET(&s, net_restarts, transport_restarts(n));
	SET(&s, store_bytes, store_bytes(n->store));
	SET(&s, index_tail, index_tail(n->index));
	SET(&s, http_port, web_port(n));
	s.listen = (char *)transport_listens(n);
	if (transport_public_key(n, key, &f) == 0)
		hex_write(key_hex, key, sizeof key);
	s.link_key = key_hex;
	count_watches(n, &s);
	recovery_fill(n, &recovery, &head);
	s.recovery = &recovery;
	for (unsigned i = 0; i < n->alert_count; i++)
		alert[i] = n->alert[i];
	s.n_alert = n->alert_count;
	s.alert = alert;
	answer_status_forks(n, &s, b, write_status);
}

void answer_peers(struct node *n, struct buffer *b)
{
	static Trac__Peer row[LINKS_MAX];
	static Trac__Peer *pointer[LINKS_MAX];
	static char fault[LINKS_MAX][FAULT_TEXT_MAX];
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__PeersReply p = TRAC__PEERS_REPLY__INIT;
	int64_t wall = clock_wall_ms(), mono = clock_mono_ms();
	struct core_link l;

	for (unsigned i = 0; i < LINKS_MAX && core_link(n->core, i, &l); i++) {
		Trac__Peer *q = pointer[p.n_peer++] = &row[i];

		trac__peer__init(q);
		q->address = (char *)transport_address(n, l.link);
		q->member = l.member ? (char *)l.member->name : NULL;
		q->state = l.greeted ? (char *)"greeted" : (char *)"connecting";
		SET(q, inbound, l.inbound);
		SET(q, since_ms, wall - (mono - l.since_ms));
		SET(q, frames_in, l.frames_in);
		SET(q, frames_out, l.frames_out);
		SET(q, faults, l.faults);
		snprintf(fault[i], sizeof fault[i], "%s", l.last_fault);
		q->last_fault = fault[i];
	}
	p.peer = pointer;
	r.body_case = TRAC__REPLY__BODY_PEERS;
	r.peers = &p;
	write_reply(&r, b);
}

/* One row of `trac members`; address is room for its pointers. */
static void fill_member(struct txn *t, const struct member *m, Trac__MemberRow *row,
			 Trac__Member *body, char **address)
{
	struct log_state s = { 0 };
	uint32_t log = log_find(t, m->origin);

	trac__member_row__init(row);
	trac__member__init(body);
	if (log)
		log_state(t, log, &s);
	body->name = (char *)m->name;
	SET(body, role, m->role);
	body->has_sign_key = body->has_link_key = true;
	body->sign_key = (ProtobufCBinaryData){ KEY_SIZE, (uint8_t *)m->key.key };
	body->link_key = (ProtobufCBinaryData){ LINK_KEY_SIZE, (uint8_t *)m->link_key };
	for (unsigned i = 0; i < m->address_count; i++)
		address[body->n_address++] = (char *)m->address[i];
	body->address = address;
	body->structure = (char *)m->structure;
	body->commune = (char *)m->commune;
	body->title = (char *)m->title;
	row->member = body;
	SET(row, revoked, m->revoked_from != REVOKED_NEVER);
	SET(row, revoked_from, m->revoked_from);
	SET(row, head_size, s.head[HEAD_SEEN]);
	SET(row, held, s.held);
	SET(row, admitted_ms, m->admitted_ms);
	row->by = m->by[0] ? (char *)m->by : NULL;
	row->region = m->region[0] ? (char *)m->region : NULL;
}

void answer_members(struct node *n, struct buffer *b)
{
	struct row {
		Trac__MemberRow row;
		Trac__Member member;
		char *address[MEMBER_ADDRESSES_MAX];
	} *rows;
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__MembersReply m = TRAC__MEMBERS_REPLY__INIT;
	unsigned count = registry_count(n->registry);
	struct fault f = { 0 };
	struct txn *t = txn_begin(n->store, false, &f);
	Trac__MemberRow **pointer = calloc(count + 1, sizeof *pointer);

	rows = calloc(count + 1, sizeof *rows);
	if (!t || !rows || !pointer) {
		if (!f.code)
			fault_set(&f, FAULT_FULL, "no memory for %u members", count);
		answer_refusal(&f, b);
		goto out;
	}
	for (unsigned i = 0; i < count; i++) {
		fill_member(t, registry_member(n->registry, i), &rows[i].row, &rows[i].member,
			    rows[i].address);
		pointer[i] = &rows[i].row;
	}
	m.n_member = count;
	m.member = pointer;
	r.body_case = TRAC__REPLY__BODY_MEMBERS;
	r.members = &m;
	write_reply(&r, b);
out:
	txn_abort(t);
	free(rows);
	free(pointer);
}
