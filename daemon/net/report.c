/* What tracd is told. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/ipc.h"
#include "daemon/net/net.h"

static struct buffer *begin(struct net *n, enum ipc_type type)
{
	buffer_reset(&n->flat);
	write_u8(&n->flat, (uint8_t)type);
	return &n->flat;
}

/* What was reported is what tracd goes by: when it cannot be, both start afresh. */
static void end(struct net *n)
{
	if (n->flat.failed ||
	    channel_send(n->channel, (struct span){ n->flat.data, n->flat.used }) < 0) {
		log_line(LOG_BUG, "the queue to tracd is full: starting afresh");
		net_end(n, 1);
	}
}

void net_end(struct net *n, int exit_code)
{
	n->exit_code = exit_code;
	event_base_loopbreak(n->base);
}

void report_ready(struct net *n, const char *address)
{
	write_text(begin(n, IPC_NET_READY), address);
	end(n);
}

void report_up(struct net *n, const struct link *l)
{
	struct buffer *b = begin(n, IPC_NET_UP);
	write_u32(b, l->id);
	write_u8(b, l->inbound);
	write_u32(b, l->inbound ? 0 : l->dial->id);
	write_bytes(b, l->key, KEY_BYTES);
	end(n);
}

void report_down(struct net *n, const struct link *l, const char *why)
{
	struct buffer *b = begin(n, IPC_NET_DOWN);
	write_u32(b, l->id);
	write_text(b, why);
	end(n);
}

void report_message(struct net *n, const struct link *l, const struct gossip *g)
{
	struct fault f;
	struct buffer *b = begin(n, IPC_NET_MESSAGE);
	write_u32(b, l->id);
	if (gossip_write(g, b, &f) < 0) {
		/* it was decoded within the same bounds */
		log_line(LOG_BUG, "%s cannot be handed over: %s", gossip_name(g->type), f.text);
		return;
	}
	end(n);
	if (channel_queued(n->channel) > CHANNEL_BUSY)
		sources_hold(n, true);
}

void report_note(struct net *n, enum log_level level, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	struct buffer *b = begin(n, IPC_NET_NOTE);
	write_u8(b, (uint8_t)level);
	write_text(b, text);
	end(n);
}

const char *key_name(const uint8_t key[KEY_BYTES])
{
	static char name[9];
	hex_write(name, key, 4);
	return name;
}
