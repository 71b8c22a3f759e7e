/*
 * The side of tracd that faces tracd-net. What comes from there is checked
 * again: the process that strangers talk to may be theirs one day.
 */
#include "daemon/transport.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/child.h"
#include "daemon/engine.h"
#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/seal.h"
#include "proto/log/secret.h"

struct dial {
	uint32_t id;                     /* as tracd-net knows it; never given twice */
	char address[ADDRESS_MAX + 1];
	uint8_t key[LINK_KEY_SIZE];
	bool wanted;
};

struct link {
	uint32_t id;                     /* 0: free */
	uint32_t dial;                   /* 0: it came to us */
};

struct transport {
	struct child child;
	struct buffer out;               /* of the message being written */
	uint8_t *secret;                 /* locked memory */
	uint8_t public[LINK_KEY_SIZE];
	char listens[ADDRESS_MAX + 1];
	uint32_t dial_last;
	unsigned dial_count;
	struct dial dial[2 * DIALS_MAX];       /* of the settings, and hubs */
	struct link link[LINKS_MAX];
};

static struct buffer *begin(struct transport *t, enum ipc_type type)
{
	buffer_reset(&t->out);
	write_u8(&t->out, (uint8_t)type);
	return &t->out;
}

/* --- what tracd-net may know ------------------------------------------------- */

static bool is_own_key(const struct transport *t, const uint8_t *key)
{
	return !memcmp(key, t->public, LINK_KEY_SIZE);
}

static void send_allowed(struct node *n)
{
	struct transport *t = n->transport;
	struct buffer *b = begin(t, IPC_NET_ALLOW);
	size_t at = b->used;
	uint32_t count = 0;

	write_u32(b, 0);
	for (unsigned i = 0; i < registry_count(n->registry); i++) {
		const struct member *m = registry_member(n->registry, i);

		if (!member_may_link(m) || is_own_key(t, m->link_key))
			continue;
		/* who has not heard yet that its new keys are named comes with the old one */
		if (member_had_link_key(m) && !is_own_key(t, m->last_link_key)) {
			write_bytes(b, m->last_link_key, LINK_KEY_SIZE);
			count++;
		}
		write_bytes(b, m->link_key, LINK_KEY_SIZE);
		count++;
	}
	/* "before the member log is known: only the configured hub's" */
	for (unsigned i = 0; i < n->settings.peer_count && registry_count(n->registry) == 0; i++) {
		write_bytes(b, n->settings.peer[i].key, LINK_KEY_SIZE);
		count++;
	}
	if (!b->failed)
		put_u32(b->data + at, count);
	child_send(&t->child, b);
}

static void send_dial(struct transport *t, const struct dial *d)
{
	struct buffer *b = begin(t, IPC_NET_DIAL);

	write_u32(b, d->id);
	write_text(b, d->address);
	write_bytes(b, d->key, LINK_KEY_SIZE);
	child_send(&t->child, b);
}

static void want_dial(struct transport *t, const char *address, const uint8_t *key)
{
	struct dial *d;

	if (is_own_key(t, key))
		return;
	for (unsigned i = 0; i < t->dial_count; i++) {
		d = &t->dial[i];
		if (!memcmp(d->key, key, LINK_KEY_SIZE) && !strcmp(d->address, address)) {
			d->wanted = true;
			return;
		}
	}
	if (t->dial_count == sizeof t->dial / sizeof *t->dial)
		return;
	d = &t->dial[t->dial_count++];
	*d = (struct dial){ .id = ++t->dial_last, .wanted = true };
	snprintf(d->address, sizeof d->address, "%s", address);
	memcpy(d->key, key, LINK_KEY_SIZE);
	send_dial(t, d);
}

/* The settings say where it was and with which key: the member log may know better. */
static void want_peer(struct node *n, const struct peer_address *p)
{
	const struct member *m = registry_by_link_key(n->registry, p->key);
	const char *address = m && m->moved && m->address_count > 0 ? m->address[0] : p->address;

	want_dial(n->transport, address, m ? m->link_key : p->key);
}

static void drop_unwanted(struct transport *t)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < t->dial_count; i++) {
		if (t->dial[i].wanted) {
			t->dial[kept++] = t->dial[i];
			continue;
		}
		struct buffer *b = begin(t, IPC_NET_UNDIAL);
		write_u32(b, t->dial[i].id);
		child_send(&t->child, b);
	}
	t->dial_count = kept;
}

void transport_update(struct node *n)
{
	const struct member *hub[DIALS_MAX];
	struct transport *t = n->transport;
	unsigned hubs = core_dials(n->core, hub, DIALS_MAX);

	send_allowed(n);
	for (unsigned i = 0; i < t->dial_count; i++)
		t->dial[i].wanted = false;
	for (unsigned i = 0; i < n->settings.peer_count; i++)
		want_peer(n, &n->settings.peer[i]);
	for (unsigned i = 0; i < hubs; i++) {
		if (hub[i]->address_count > 0)
			want_dial(t, hub[i]->address[0], hub[i]->link_key);
	}
	drop_unwanted(t);
}

static void on_started(struct node *n)
{
	struct transport *t = n->transport;
	struct buffer *b = begin(t, IPC_NET_CONFIG);

	write_bytes(b, t->secret, LINK_KEY_SIZE);
	write_bytes(b, t->public, LINK_KEY_SIZE);
	write_text(b, n->settings.listen);
	child_send(&t->child, b);
	secret_wipe(b->data, b->used);
	t->dial_count = 0;
	transport_update(n);
}

/* --- what comes from it -------------------------------------------------------- */

static struct link *find_link(struct transport *t, uint32_t id)
{
	for (unsigned i = 0; i < LINKS_MAX; i++) {
		if (t->link[i].id == id)
			return &t->link[i];
	}
	return NULL;
}

static void link_up(struct node *n, struct reader *r)
{
	struct transport *t = n->transport;
	uint32_t id = read_u32(r);
	bool inbound = read_u8(r) != 0;
	uint32_t dial = read_u32(r);
	const uint8_t *key = read_bytes(r, LINK_KEY_SIZE);
	struct link *l;

	if (!reader_done(r) || id == 0 || find_link(t, id)) {
		log_line(LOG_BUG, "tracd-net: a link comes up wrongly");
		return;
	}
	l = find_link(t, 0);
	if (!l) {
		struct fault f;

		fault_set(&f, FAULT_LIMIT, "more than %u links: try again later", LINKS_MAX);
		transport_drop(n, id, &f);
		return;
	}
	*l = (struct link){ .id = id, .dial = inbound ? 0 : dial };
	if (l->dial)
		node_calm(n, transport_address(n, id));
	engine_link_up(n, id, key, inbound);
}

static void link_down(struct node *n, struct reader *r)
{
	char why[FAULT_TEXT_MAX];
	uint32_t id = read_u32(r);
	struct link *l;

	read_text(r, why, sizeof why);
	l = id ? find_link(n->transport, id) : NULL;
	if (!reader_done(r) || !l)
		return;
	log_line(LOG_TRACE, "link %u: down (%s)", id, why);
	l->id = 0;
	engine_link_down(n, id);
}

static void link_message(struct node *n, struct reader *r)
{
	uint32_t id = read_u32(r);
	struct gossip_box box;
	struct fault f = { 0 };

	if (r->failed || !id || !find_link(n->transport, id))
		return;
	if (gossip_read(&box, (struct span){ r->data, r->left }, &f) < 0) {
		log_line(LOG_BUG, "tracd-net: %s", f.text);
		return;
	}
	engine_message(n, id, &box.msg);
	gossip_box_clear(&box);
}

static void note(struct node *n, struct reader *r)
{
	enum log_level level = read_u8(r);
	char text[FAULT_TEXT_MAX];

	read_text(r, text, sizeof text);
	if (!reader_done(r) || level > LOG_TRACE)
		return;
	if (level == LOG_ALERT)
		node_alert(n, text);
	else
		log_line(level, "net: %s", text);
}

static void on_message(struct node *n, struct span bytes)
{
	struct transport *t = n->transport;
	struct reader r;
	uint8_t type;

	reader_init(&r, bytes.data, bytes.size);
	type = read_u8(&r);
	switch (type) {
	case IPC_NET_READY:
		read_text(&r, t->listens, sizeof t->listens);
		if (t->listens[0])
			log_line(LOG_NOTE, "listening on %s", t->listens);
		break;
	case IPC_NET_UP:
		link_up(n, &r);
		break;
	case IPC_NET_DOWN:
		link_down(n, &r);
		break;
	case IPC_NET_MESSAGE:
		link_message(n, &r);
		break;
	case IPC_NET_NOTE:
		note(n, &r);
		break;
	default:
		log_line(LOG_BUG, "tracd-net: message of unknown type %u", type);
	}
}

static void on_ended(struct node *n, const char *why)
{
	struct transport *t = n->transport;

	(void)why;
	for (unsigned i = 0; i < LINKS_MAX; i++) {
		uint32_t id = t->link[i].id;

		t->link[i].id = 0;
		if (id)
			engine_link_down(n, id);
	}
}

/* --- for the rest of tracd ------------------------------------------------------- */

int transport_create(struct node *n, const uint8_t secret[32], struct fault *f)
{
	static const struct child_calls calls = { on_started, on_message, on_ended };
	struct transport *t = calloc(1, sizeof *t);

	if (!t)
		return fault_set(f, FAULT_FULL, "no memory for the transport");
	n->transport = t;
	buffer_init(&t->out, IPC_BYTES_MAX);
	t->secret = secret_copy(secret, LINK_KEY_SIZE);
	if (!t->secret || secret_link_public(secret, t->public) < 0)
		return fault_set(f, FAULT_CONFIG, "keys/link.key: not a usable key");
	return child_create(&t->child, n, SPAWN_NET, "tracd-net", &calls, f);
}

int transport_rekey(struct node *n, const uint8_t secret[32], struct fault *f)
{
	struct transport *t = n->transport;
	uint8_t *fresh;

	if (!memcmp(t->secret, secret, LINK_KEY_SIZE))
		return 0;
	fresh = secret_copy(secret, LINK_KEY_SIZE);

	if (!fresh || secret_link_public(secret, t->public) < 0) {
		secret_free(fresh);
		return fault_set(f, FAULT_CONFIG, "keys/link.key: not a usable key");
	}
	secret_free(t->secret);
	t->secret = fresh;
	child_restart(&t->child, "it has a new key");
	return 0;
}

int transport_start(struct node *n, struct fault *f)
{
	return child_start(&n->transport->child, f);
}

void transport_destroy(struct node *n)
{
	struct transport *t = n->transport;

	if (!t)
		return;
	child_destroy(&t->child);
	buffer_clear(&t->out);
	secret_free(t->secret);
	free(t);
	n->transport = NULL;
}

int transport_public_key(const struct node *n, uint8_t key[LINK_KEY_SIZE], struct fault *f)
{
	if (!n->transport)
		return fault_set(f, FAULT_BUG, "the link key is asked for too early");
	memcpy(key, n->transport->public, LINK_KEY_SIZE);
	return 0;
}

int transport_unseal(const struct node *n, struct span sealed, uint8_t *out)
{
	return seal_open(n->transport->public, n->transport->secret, sealed, out);
}

const char *transport_listens(const struct node *n)
{
	return n->transport->listens;
}

unsigned transport_restarts(const struct node *n)
{
	return n->transport->child.restarts;
}

static void cut(struct node *n, uint32_t id)
{
	struct transport *t = n->transport;
	struct link *l = find_link(t, id);
	struct buffer *b = begin(t, IPC_NET_DROP);

	write_u32(b, id);
	child_send(&t->child, b);
	if (!l)
		return;
	l->id = 0;
	engine_link_down(n, id);
}

void transport_send(struct node *n, uint32_t link, const struct gossip *g)
{
	struct transport *t = n->transport;
	struct buffer *b = begin(t, IPC_NET_SEND);
	struct fault f = { 0 };

	if (!find_link(t, link))
		return;
	write_u32(b, link);
	if (gossip_write(g, b, &f) < 0)
		log_line(LOG_BUG, "%s: %s", gossip_name(g->type), f.text);
	else if (child_send(&t->child, b) < 0)
		cut(n, link);
}

void transport_drop(struct node *n, uint32_t link, const struct fault *why)
{
	struct gossip g = { .type = GOSSIP_BYE };
	struct transport *t = n->transport;

	log_line(LOG_NOTE, "link %u (%s): dropped: %s", link, transport_address(n, link), why->text);
	g.bye.code = why->code;
	memcpy(g.bye.text, why->text, sizeof g.bye.text);
	if (find_link(t, link))
		transport_send(n, link, &g);
	cut(n, link);
}

const char *transport_address(const struct node *n, uint32_t link)
{
	const struct transport *t = n->transport;

	for (unsigned i = 0; i < LINKS_MAX; i++) {
		if (t->link[i].id != link || !t->link[i].dial)
			continue;
		for (unsigned k = 0; k < t->dial_count; k++) {
			if (t->dial[k].id == t->link[i].dial)
				return t->dial[k].address;
		}
	}
	return "";
}
