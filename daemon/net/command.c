/* What tracd asks of tracd-net. */
#include <string.h>

#include "daemon/ipc.h"
#include "daemon/net/net.h"

static bool take_config(struct net *n, struct reader *r)
{
	const uint8_t *secret = read_bytes(r, KEY_BYTES);
	const uint8_t *public = read_bytes(r, KEY_BYTES);
	read_text(r, n->listen, sizeof n->listen);
	if (!reader_done(r) || n->is_configured ||
	    (n->listen[0] && strncmp(n->listen, "tcp://", 6) != 0))
		return false;
	memcpy(n->secret, secret, KEY_BYTES);
	memcpy(n->public, public, KEY_BYTES);
	n->is_configured = true;
	listen_start(n);
	return true;
}

static bool take_allow(struct net *n, struct reader *r)
{
	uint32_t count = read_u32(r);
	if (r->failed || count > MEMBERS_MAX + DIALS_MAX)
		return false;
	const uint8_t *keys = read_bytes(r, (size_t)count * KEY_BYTES);
	if (!reader_done(r) || zap_allow(n, keys, count) < 0)
		return false;
	link_check_all(n);
	dial_check_all(n);
	return true;
}

static bool take_dial(struct net *n, struct reader *r)
{
	char address[ADDRESS_MAX + 1];
	uint32_t id = read_u32(r);
	read_text(r, address, sizeof address);
	const uint8_t *key = read_bytes(r, KEY_BYTES);
	if (!reader_done(r))
		return false;
	dial_start(n, id, address, key);
	return true;
}

static bool take_undial(struct net *n, struct reader *r)
{
	uint32_t id = read_u32(r);
	if (!reader_done(r))
		return false;
	dial_stop(n, id);
	return true;
}

/* A link that has gone down meanwhile is no fault. */
static bool take_send(struct net *n, struct reader *r)
{
	uint32_t id = read_u32(r);
	if (r->failed)
		return false;
	struct link *l = link_by_id(n, id);
	if (l && l->is_up)
		link_send(l, (struct span){ r->data, r->left });
	return true;
}

static bool take_drop(struct net *n, struct reader *r)
{
	uint32_t id = read_u32(r);
	if (!reader_done(r))
		return false;
	struct link *l = link_by_id(n, id);
	if (l)
		link_drop(l, "dropped", false);
	return true;
}

static bool take(struct net *n, uint8_t type, struct reader *r)
{
	if (!n->is_configured && type != IPC_NET_CONFIG && type != IPC_NET_ALLOW)
		return false;
	switch (type) {
	case IPC_NET_CONFIG:
		return take_config(n, r);
	case IPC_NET_ALLOW:
		return take_allow(n, r);
	case IPC_NET_DIAL:
		return take_dial(n, r);
	case IPC_NET_UNDIAL:
		return take_undial(n, r);
	case IPC_NET_SEND:
		return take_send(n, r);
	case IPC_NET_DROP:
		return take_drop(n, r);
	default:
		return false;
	}
}

void command_take(struct net *n, struct span bytes)
{
	struct reader r;
	reader_init(&r, bytes.data, bytes.size);
	uint8_t type = read_u8(&r);
	if (take(n, type, &r))
		return;
	log_line(LOG_BUG, "tracd sends what cannot be understood: type %u of %zu bytes", type,
		 bytes.size);
	net_end(n, 1);
}
