/*
 * tracd-http: started by tracd, with their socket pair as descriptor 3. It binds
 * where tracd says, closes itself in, and ends when tracd closes the pair.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/http/http.h"
#include "daemon/log.h"
#include "daemon/sandbox.h"

#define MEMORY_BYTES (64 * 1024 * 1024)  /* 64 connections of 8 KiB headers, 64 pieces of 256 KiB */
#define CHANNEL_MAX (2 * IPC_BYTES_MAX)
#define TILE_BYTES (256 * (ENTRY_SIZE_MAX + 2))  /* a full entry bundle, the largest body */

static void http_end(struct http *h, int exit_code)
{
	h->exit_code = exit_code;
	h->has_ended = true;
}

/* --- what tracd says --- */

static bool take_config(struct http *h, struct reader *r)
{
	char host[ADDRESS_MAX + 1];
	struct fault f;
	struct buffer b;
	read_text(r, host, sizeof host);
	uint16_t port = read_u16(r);
	if (!reader_done(r) || h->server)
		return false;
	tzset();        /* reads /etc/localtime, which the first Date header would do */
	/* from here on no socket and no file can be opened any more */
	if (server_open(h, host, port, &f) < 0 ||
	    sandbox_enter(SANDBOX_HTTP, NULL, NULL, MEMORY_BYTES, &f) < 0) {
		log_line(LOG_ALERT, "%s", f.text);
		http_end(h, 1);
		return true;
	}
	buffer_init(&b, 16);
	write_u8(&b, IPC_HTTP_READY);
	write_u16(&b, h->port);
	channel_send(h->channel, (struct span){ b.data, b.used });
	buffer_clear(&b);
	return true;
}

static bool take_answer(struct http *h, struct reader *r)
{
	char type[128];
	struct answer a = { .type = type };
	uint32_t id = read_u32(r);
	a.status = read_u16(r);
	read_text(r, type, sizeof type);
	a.cache = read_u8(r);
	a.total = read_u32(r);
	a.more = read_u32(r);
	a.body = read_span(r, IPC_BYTES_MAX);
	if (!reader_done(r) || a.status < 200 || a.status > 599 || a.cache > IPC_CACHE_FOREVER ||
	    a.total > TILE_BYTES || !text_is_clean(type, strlen(type)))
		return false;
	route_answer(h, id, &a);
	return true;
}

static void on_message(void *ctx, struct span bytes)
{
	struct http *h = ctx;
	struct reader r;
	reader_init(&r, bytes.data, bytes.size);
	uint8_t type = read_u8(&r);
	bool good = type == IPC_HTTP_CONFIG ? take_config(h, &r) :
		    type == IPC_HTTP_ANSWER ? take_answer(h, &r) : false;
	if (good)
		return;
	log_line(LOG_BUG, "tracd sends what cannot be understood: type %u of %zu bytes", type,
		 bytes.size);
	http_end(h, 1);
}

static void on_closed(void *ctx, const char *why)
{
	log_line(LOG_TRACE, "tracd is gone: %s", why);
	http_end(ctx, 0);
}

int main(void)
{
	static struct http h;
	const struct channel_calls calls = { on_message, on_closed, NULL, &h };

	log_init("tracd-http", LOG_NOTE);
	if (fcntl(IPC_FD, F_GETFD) < 0) {
		fputs("tracd-http is started by tracd, not by hand\n", stderr);
		return 64;
	}
	/* the terminal's signals are for tracd, which says when to end */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	h.base = event_base_new();
	if (h.base)
		h.channel = channel_create(h.base, IPC_FD, IPC_BYTES_MAX, CHANNEL_MAX, &calls);
	if (!h.channel) {
		log_line(LOG_ALERT, "no memory to start");
		return 1;
	}
	while (!h.has_ended) {
		event_base_loop(h.base, EVLOOP_ONCE);
		server_sweep(&h);
	}
	routes_close(&h);
	server_close(&h);
	channel_destroy(h.channel);
	event_base_free(h.base);
	return h.exit_code;
}
